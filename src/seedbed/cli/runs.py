"""seedbed runs"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, data, hint, note, table

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
    table(["run", "makes", "model", "made", "wanted", "generated", "kept", "over", "failed", "calls", "tokens", "cost",
           "state"], [_row(line) for line in found])  # fmt: skip
    for line in found:
        for words in _notes(line):
            note(f"  {line.name}: {words}")
    if any(line.cost is None for line in found if line.calls):
        note("  ?: no price is known. Give price_in and price_out of the endpoint in study.toml.")
    whole = [line for line in found if line.state == "complete" and line.stage == found[0].stage]
    if len(whole) > 1:
        hint(command("compare", folder, whole[0].name, whole[1].name))


def _row(line: RunLine) -> list[Any]:
    kept = f"{line.kept:,}"
    if line.kept_share:
        s = line.kept_share
        kept = f"{line.kept:,}  {100 * s.value:.1f} % ({100 * s.low:.1f} to {100 * s.high:.1f})"
    wanted = f"{line.target:,} kept" if line.target else f"{line.candidates:,} made" if line.candidates else "–"
    cost = "?" if line.cost is None else f"{line.cost:,.2f} {line.currency}" if line.cost else "–"
    return [
        ("  └ " if line.depth else "") + line.name, kind_of(line), line.model or "–",
        line.created[:16].replace("T", " "), wanted, line.generated, kept, line.over_target, line.failed, line.calls,
        line.prompt_tokens + line.completion_tokens, cost if line.calls else "–", line.state,
    ]  # fmt: skip


def kind_of(line: RunLine) -> str:
    """What a run makes, in two words at most."""
    if line.raw:
        return "comparison rows"
    return "proposals" if line.proposals else line.stage or "–"


def _notes(line: RunLine) -> list[str]:
    found = [line.about_state] if line.about_state else []
    if line.prompts_from:
        found.append(f"answers the questions of {line.prompts_from}")
    if line.control_of:
        found.append(f"the control for {line.control_of}")
    return found
