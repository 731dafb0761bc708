"""seedbed runs"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, data, hint, note

if TYPE_CHECKING:
    from seedbed.runs import RunLine


def runs(folder: StudyFolder, as_json: AsJson = False) -> None:
    """Every run: what it is, what became of its rows, what it cost, and whether it is complete.

    A control stands beneath the run that it is the control for. A run that cannot be read is listed with the reason.
    """
    from seedbed.acts import Study
    from seedbed.runs import list_runs

    study = Study.open(folder)
    found = list_runs(study.folder, study.settings.endpoints)
    if as_json:
        data({"schema": 1, "study": str(folder), "runs": [asdict(line) for line in found]})
        return
    if not found:
        note("No run yet.")
        hint(command("generate", folder))
        return
    for line in found:
        for words in _told(line):
            note(("    " if line.depth else "") + words)
    if any(line.cost is None for line in found if line.calls and line.stage != "imported"):
        note("Where the cost is unknown: give price_in and price_out of the endpoint in study.toml.")
    for line in found:
        if pair := next(
            (other for other in found if other.stage == line.stage and other.control_of == line.name), None
        ):
            hint(command("compare", folder, line.name, pair.name))
            break


def _told(line: RunLine) -> Iterator[str]:
    """A run in a few lines: what it is, what became of its rows, what it took."""
    made = f", {line.created[:16].replace('T', ' ')}" if line.created else ""
    what = f"{kind_of(line)} by {line.model or 'unknown'}{made}, " if line.stage else ""
    yield f"{line.name}  {what}{line.state}" + (f" ({line.about_state})" if line.about_state else "")
    if line.control_of:
        yield f"  the control for {line.control_of}"
    if line.prompts_from:
        yield f"  answers the questions of {line.prompts_from}"
    if line.kept_share:
        s = line.kept_share
        of = f" of {line.candidates:,}" if line.candidates else ""
        to = f" ({line.target:,} wanted)" if line.target else ""
        yield (
            f"  {line.generated:,}{of} generated, {line.kept:,} kept{to}: {100 * s.value:.1f} % "
            f"({100 * s.low:.1f} to {100 * s.high:.1f})"
            + (f", {line.over_target:,} beyond the target" if line.over_target else "")
            + (f", {line.failed:,} failed" if line.failed else "")
        )
    if line.calls and line.stage != "imported":
        yield f"  {line.calls:,} calls, {line.prompt_tokens + line.completion_tokens:,} tokens, {_cost(line)}"


def _cost(line: RunLine) -> str:
    if line.cost is None:
        return "cost unknown"
    return f"{line.cost:,.2f} {line.currency}" if line.currency else "on this machine"


def kind_of(line: RunLine) -> str:
    """What a run makes, in two words at most."""
    if line.raw:
        return "comparison rows"
    return "proposals" if line.proposals else line.stage or "–"
