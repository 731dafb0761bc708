"""What the seeds did, as a page shows it: what was tested, in the tests' own words, and what can be tested now.

The statistics stand in files already; what reads them brings numpy along and is imported when somebody asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Literal

from seedbed.engine import Journal, RunRecord, read_run
from seedbed.errors import SeedbedError
from seedbed.server.road.schemas import (
    AgainstShown,
    CellWanted,
    DesignShown,
    PropagationShown,
    ReadingShown,
    SeedAdvice,
    TestableShown,
    TestedShown,
    YieldShown,
)
from seedbed.server.road.shown import report_behind
from seedbed.study import Folder

if TYPE_CHECKING:
    from seedbed.propagate.document import Propagation
    from seedbed.propagate.yields import Yields

__all__ = ["propagation"]

_MOST = 20  # seeds with advice, and cells to ask for, that a page shows; the report has them all
_OPTION = re.compile(r" \(--[^)]*\)|: --\w+")  # of the command; a page has buttons
# Of what else there is, imported runs among it, no ask can be made again
_MAKES: dict[str, list[Literal["controls", "swap", "dose"]]] = {
    "questions": ["controls", "swap", "dose"],
    "triples": ["controls"],
}
_SETS = 3  # sets of seeds, or doses, from which on a slope can be drawn


def propagation(folder: Folder) -> PropagationShown:
    """Raises InputError when a file is damaged."""
    from seedbed.propagate.bases import base_run
    from seedbed.propagate.material import is_base
    from seedbed.propagate.planning import read_plan
    from seedbed.report.tested import load_tests
    from seedbed.report.yielding import load_yields

    records = [read_run(folder.run(name)) for name in folder.run_names()]
    counts = {record.name: _generated(folder, record.name) for record in records}
    bases = [record for record in records if is_base(record) and counts[record.name]]
    tests, yields, plan = load_tests(folder), load_yields(folder), read_plan(folder)
    try:
        first = base_run(folder, None).name
    except SeedbedError:
        first = None
    return PropagationShown(
        runs=[_testable(folder, one, records, counts) for one in sorted(bases, key=lambda one: one.created)],
        first=first if first in {one.name for one in bases} else None,
        designs=[
            DesignShown(
                kind=one.kind, feature=one.feature, run=one.base, plan=one.plan,
                made=sum(_is_complete(folder, arm.run) for arm in one.arms), of=len(one.arms),
            )
            for one in (plan.designs if plan else ())
        ],
        tested=_tested(folder, tests, records, counts) if tests else None,
        yields=_yields(folder, yields) if yields else None,
        report=(folder.report / "index.html").is_file(),
        report_behind=report_behind(folder),
    )  # fmt: skip


def _testable(
    folder: Folder, base: RunRecord, records: Sequence[RunRecord], counts: Mapping[str, int]
) -> TestableShown:
    from seedbed.propagate.material import is_imported, stage_of
    from seedbed.propagate.propagating import part_of

    stage, imported = stage_of(base) or base.stage, is_imported(base)
    others = [
        AgainstShown(run=one.name, part=part_of(one), complete=_is_complete(folder, one.name))
        for one in records
        if one.about.get("control_of") == base.name and stage_of(one) == stage and counts[one.name]
    ]
    parts = [one.part for one in others]
    raw = bool(base.ask.get("raw")) or not base.verdict.get("order")
    tests = {
        "T1": True,
        "T2": any(part in ("no-seed", "swapped", "other") for part in parts),
        "T3": parts.count("set") >= _SETS,
        "T4": parts.count("dose") >= _SETS,
        "T5": not imported,  # nobody knows its examples
        "T6": not imported,
        "T7": True,
        "T8": not raw,
    }
    return TestableShown(
        run=base.name,
        stage=stage,
        generated=counts[base.name],
        raw=raw,
        against=others,
        tests=[test for test, there in tests.items() if there],
        makes=_MAKES.get(base.stage, []),
    )


def _tested(folder: Folder, found: Propagation, records: Sequence[RunRecord], counts: Mapping[str, int]) -> TestedShown:
    from seedbed.propagate.reading import ESTIMATES, equivalence_words
    from seedbed.report.tested import feature_name

    equivalence = {
        (one.run, one.finding.feature): one
        for one in found.findings
        if one.finding.test == "T7" and one.rows == "generated"
    }
    readings = []
    for one in found.readings:
        compared = equivalence.get((one.run, one.feature))
        verdict = compared.finding.outcome.verdict if compared else None
        readings.append(
            ReadingShown(
                run=one.run, feature=one.feature, words=feature_name(one.feature), says=one.says,
                sentence=one.sentence, by=one.by, estimate=ESTIMATES.get(one.by, ""), value=one.value, low=one.low,
                high=one.high, p=one.p_holm, decides=_OPTION.sub("", one.decides),
                verdict=verdict.value if verdict else None, compared=equivalence_words(compared) if compared else "",
            )
        )  # fmt: skip
    alpha = found.settings.get("alpha", 0.05)
    return TestedShown(
        made_at=found.made_at,
        headline=found.headline,
        readings=readings,
        runs=[run.name for run in found.runs],
        moved=[
            one.finding.feature
            for one in found.findings
            if one.finding.test == "T6" and one.finding.outcome.p is not None and one.finding.outcome.p <= alpha
        ],
        remarks=list(found.remarks),
        stale=_stale(folder, found, records, counts),
    )


def _stale(folder: Folder, found: Propagation, records: Sequence[RunRecord], counts: Mapping[str, int]) -> list[str]:
    """Runs that would be read another time: made since, made anew, or grown since."""
    tested, bases = {run.name: run for run in found.runs}, {run.name for run in found.runs if run.part == "base"}
    at = (folder.propagation / "propagation.json").stat().st_mtime_ns
    stale = []
    for record in records:
        known = tested.get(record.name)
        if known is None:
            if record.about.get("control_of") in bases and counts[record.name]:
                stale.append(record.name)
        elif known.fingerprint != record.fingerprints.get("ask", "") or (
            counts[record.name] > known.generated and (folder.run(record.name) / "journal.db").stat().st_mtime_ns > at
        ):
            stale.append(record.name)
    return stale


def _yields(folder: Folder, found: Yields) -> YieldShown:
    from seedbed import curate, seeds

    curation, taxonomy = curate.load(folder), seeds.current_taxonomy(folder)
    labels = {label.id: label.label for label in (*taxonomy.topics, *taxonomy.question_types)}

    def text(id: str) -> str:
        seed = curation.seed(id)
        return str(getattr(seed, "text", "") or getattr(seed, "prompt", ""))[:500]

    own = [part for part in found.parts if part.kind == "seed"]
    return YieldShown(
        made_at=found.made_at,
        run=found.run,
        seeds=len(own),
        advised=[
            SeedAdvice(
                id=one.id, text=text(one.id), group=one.group, rows=one.rows, accepted=one.accepted, advice=one.advice,
                why=one.why,
            )
            for one in own
            if one.advice
        ][:_MOST],
        ask_for=[
            CellWanted(
                topic=labels.get(one.topic, one.topic), question_type=labels.get(one.question_type, one.question_type),
                seeds=one.seeds, rows=one.rows, accepted=one.accepted, why=one.why,
            )
            for one in found.ask_for[:_MOST]
        ],
        wanted=len(found.ask_for),
        cells=found.cells,
        remarks=list(found.remarks),
    )  # fmt: skip


def _generated(folder: Folder, name: str) -> int:
    path = folder.run(name) / "journal.db"
    if not path.is_file():
        return 0
    with closing(Journal(path, read_only=True)) as journal:
        totals = journal.totals()
    return int(totals["kept"]) + int(totals["rejected"])


def _is_complete(folder: Folder, name: str) -> bool:
    return (folder.run(name) / "summary.json").is_file()
