"""From the replies of a judging run to one judgement a row and part.

Order of taking together: first the two orders of a pair within each sample, which must name the same response; then
the samples, of which more than half must hold a label. Of an order the middle label stands (the lower of two), of the
three words about a pair the one that more than half of all samples gave.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from seedbed.engine import Journal, RunRecord
from seedbed.judges.model.spec import UNCLEAR, Judgement, JudgeName, JudgeSpec, scale_of
from seedbed.judges.model.stage import OUT_OF_LABEL
from seedbed.judges.model.store import Listed, judging_folder, judging_names, read_listed, record_of
from seedbed.judges.model.units import views_of
from seedbed.records import State
from seedbed.study import Folder

__all__ = ["judgements_of", "read_judgements"]

_OUT, _FAILED, _ORDERS, _SAMPLES = "out of label", "failed", "orders disagree", "samples disagree"


def read_judgements(folder: Folder, name: str | None = None) -> list[Judgement]:
    """The judgements of one judging run, or of all: of the same row by the same judge the newest stands.

    Raises UsageError where there is no such run, InputError where a file is damaged.
    """
    found: dict[tuple[str, str, str], Judgement] = {}
    for each in [name] if name is not None else judging_names(folder):
        where = judging_folder(folder, each)
        labels = _labels(where)
        if not labels:
            continue  # stopped before anything was answered, perhaps before its rows were listed
        for one in judgements_of(record_of(folder, each), read_listed(where / "rows.jsonl"), labels):
            key = (one.by, one.row, one.part)
            found.pop(key, None)
            found[key] = one
    return list(found.values())


def _labels(where: Path) -> dict[str, str]:
    """What came of each unit: its label, or the reason why there is none. Of an ask made again the last counts."""
    found: dict[str, str] = {}
    path = where / "journal.db"
    if not path.is_file():
        return found
    with closing(Journal(path, read_only=True)) as journal:
        for verdict, ask, _ in journal.rows():
            match verdict.state:
                case State.KEPT:
                    found[str(ask.prompt_id)] = str(verdict.fields["says"])
                case State.REJECTED:
                    found[str(ask.prompt_id)] = OUT_OF_LABEL
                case State.FAILED:
                    found.setdefault(str(ask.prompt_id), _FAILED)
    return found


def judgements_of(record: RunRecord, rows: Sequence[Listed], labels: Mapping[str, str]) -> list[Judgement]:
    """One judgement for each row and part that has a reply to all its views; the others are not judged yet."""
    ask = record.ask
    spec = JudgeSpec(ask["judge"], ask["samples"], ask["temperature"] or None, ask["max_tokens"])
    found = []
    for row in rows:
        said = {view: labels.get(f"{row.id}#{view}") for view in views_of(spec, row.kind)}
        if any(label is None for label in said.values()):
            continue
        for part in _parts(spec.judge, row.kind):
            votes: dict[int, list[str]] = defaultdict(list)
            for view, label in said.items():
                if spec.judge == "alignment":
                    votes[view.sample].append(_for(part, view.order, str(label)))
                elif view.part == part:
                    votes[view.sample].append(str(label))
            answers = [_one(vote) for vote in votes.values()]
            says, why = _middle(answers) if spec.judge != "alignment" else _majority(answers)
            shares = {answer: count / len(answers) for answer, count in sorted(Counter(answers).items())}
            found.append(Judgement(
                row=row.id, part=part, judge=spec.judge, scale=scale_of(spec.judge, row.kind, part), says=says,
                why=why, by=ask["by"], model=ask["model"], kind=row.kind, prompt_version=ask["prompt_version"],
                values=row.values, slices=row.slices, shares=shares, cluster=row.cluster or row.id, run=record.name,
            ))  # fmt: skip
    return found


def _parts(judge: JudgeName, kind: str) -> tuple[str, ...]:
    if kind == "triple" and judge in ("grading", "alignment"):
        return ("misaligned", "aligned")
    return ("",)


def _for(part: str, order: str, label: str) -> str:
    """A label about a pair as said of one part: "1" (it is the better one), "0", "-1", or the reason for none."""
    if label == "same":
        return "0"
    if label not in ("A", "B"):
        return label
    first = "misaligned" if order == "misaligned first" else "aligned"
    return "1" if (label == "A") == (first == part) else "-1"


def _one(votes: Sequence[str]) -> str:
    """One sample's answer: of two orders the one that both give."""
    if len(set(votes)) == 1:
        return _OUT if votes[0] == OUT_OF_LABEL else votes[0]
    for reason, shown in ((_FAILED, _FAILED), (OUT_OF_LABEL, _OUT), (UNCLEAR, UNCLEAR)):
        if reason in votes:
            return shown
    return _ORDERS


def _number(answer: str) -> int | None:
    return int(answer) if answer.removeprefix("-").isdigit() else None


def _middle(answers: Sequence[str]) -> tuple[int | None, str]:
    numbers = sorted(number for answer in answers if (number := _number(answer)) is not None)
    if 2 * len(numbers) > len(answers):
        return numbers[(len(numbers) - 1) // 2], ""
    return None, _why(answers)


def _majority(answers: Sequence[str]) -> tuple[int | None, str]:
    often, count = Counter(answers).most_common(1)[0]
    number = _number(often)
    return (number, "") if number is not None and 2 * count > len(answers) else (None, _why(answers))


def _why(answers: Sequence[str]) -> str:
    """The most frequent reason for no verdict; samples that disagree where each of them had one."""
    reasons = Counter(answer for answer in answers if _number(answer) is None)
    return reasons.most_common(1)[0][0] if 2 * reasons.total() >= len(answers) else _SAMPLES
