"""seedbed judges"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, data, hint, note, table, working

if TYPE_CHECKING:
    from seedbed.judges import InspectorReport, ValueReport
    from seedbed.judges.report import Number


def judges(folder: StudyFolder, as_json: AsJson = False) -> None:
    """Train the inspector on the study's own pairs, and say how far it may be believed.

    It learns from the pairs of the alignment pool which response to a prompt is the aligned one, and is tested by
    cross-validation. It ranks candidates; it judges a value only where it has earned that.
    """
    from seedbed.acts import Study

    study = Study.open(folder)
    with working("Training the inspector") as listen:
        report = study.judges(listen=listen)
    if as_json:
        data({"schema": 1, **asdict(report)})
        return
    show(report)
    note(f"Inspector: {study.folder.root}/models/inspector.json")
    if not any(found.may_judge for found in report.values):
        hint(f"It ranks only. More pairs can earn it more: {command('import', folder, 'pairs.csv')}")


def show(report: InspectorReport) -> None:
    """The table of values, what length alone would have said, and what keeps a value from being judged."""
    columns = ["value", "pairs", "accuracy", "AUROC", "kappa", "ECE", "by length alone", "it"]
    table(columns, [_row(found) for found in report.values])
    for reason, count in report.left_out.items():
        note(f"  left out: {count} {reason}")
    null = report.shuffled
    note(
        f"  labels shuffled {null.times} times: AUROC {null.mean:.2f}, up to {null.upper:.2f}; "
        f"the true labels {null.auroc:.2f} (p = {null.p:.3f})"
    )
    for found in report.values:
        if not found.may_judge:
            note(f"  {_name(found)}: ranks only, because {'; '.join(found.reasons)}. {_missing(found)}")


def _row(found: ValueReport) -> list[Any]:
    shown = [_number(found.figures.get(name)) for name in ("accuracy", "auroc", "kappa", "ece")]
    length = _number(found.length.get("accuracy"))
    return [_name(found), found.pairs, *shown, length, "judges" if found.may_judge else "ranks"]


def _missing(found: ValueReport) -> str:
    more = f"At least {found.more_pairs:,} more pairs are needed" if found.more_pairs else ""
    if found.more_would_do:
        return f"{more}." if more else ""
    return f"{more}, and pairs like these would not do." if more else "More pairs like these would not do."


def _name(found: ValueReport) -> str:
    return "all values" if found.value is None else found.value


def _number(found: Number | None) -> str:
    value, low, high = (getattr(found, name, None) for name in ("value", "low", "high"))
    if value is None:
        return "–"
    return f"{value:.2f}" + (f" [{low:.2f}, {high:.2f}]" if low is not None and high is not None else "")
