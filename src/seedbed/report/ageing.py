"""What has changed since it was measured: a page may show old numbers, and never without saying so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing

from seedbed.assess.document import Assessment
from seedbed.engine import Journal, read_run
from seedbed.errors import InputError
from seedbed.propagate.document import Propagation
from seedbed.report.view import Arms
from seedbed.study import Folder

__all__ = ["changed_since", "outdated_tests", "refuse_gone"]


def refuse_gone(folder: Folder, arms: Iterable[Arms]) -> None:
    """Raises InputError where a run that the page would show was assessed and is no longer in the study."""
    here = set(folder.run_names())
    shown = {run for one in arms for run in (one.run and one.run.run, *(arm.info.run for arm in one.all())) if run}
    if gone := sorted(shown - here):
        raise InputError(
            f"Assessed, and no longer in the study: {', '.join(gone)}",
            hint=f"Assess it anew: seedbed assess {folder.root}",
        )


def changed_since(folder: Folder, assessment: Assessment) -> list[str]:
    """Runs that are new, gone, made anew, or have other counts than when they were assessed."""
    known = {funnel.run: funnel for funnel in assessment.funnels}
    names = folder.run_names()
    found = [name for name in known if name not in names]
    for name in names:
        funnel = known.get(name)
        if (
            funnel is None
            or _counts(folder, name) != (funnel.kept, funnel.rejected)
            or _asked(folder, name) != funnel.fingerprint
        ):
            found.append(name)
    return found


def outdated_tests(folder: Folder, tests: Propagation) -> list[str]:
    """Runs that stand in the tests and are gone, made anew, or have grown since."""
    return list(_outdated(folder, tests))


def _outdated(folder: Folder, tests: Propagation) -> Iterator[str]:
    names = folder.run_names()
    at = (folder.propagation / "propagation.json").stat().st_mtime_ns
    for run in tests.runs:
        if run.name not in names or _asked(folder, run.name) != run.fingerprint:
            yield run.name
            continue
        # rows without a text are counted in the journal and in no test: that there are more says nothing by itself
        rows, journal = sum(_counts(folder, run.name)), folder.run(run.name) / "journal.db"
        if rows < run.generated or (rows > run.generated and journal.stat().st_mtime_ns > at):
            yield run.name


def _asked(folder: Folder, run: str) -> str:
    return read_run(folder.run(run)).fingerprints.get("ask", "")


def _counts(folder: Folder, run: str) -> tuple[int, int]:
    """Kept and rejected rows; none of a run without a journal. Read only: a page must not mend what it looks at."""
    path = folder.run(run) / "journal.db"
    if not path.is_file():
        return 0, 0
    with closing(Journal(path, read_only=True)) as journal:
        totals = journal.totals()
    return totals["kept"], totals["rejected"]
