"""Why one row became what it is: its plan, its prompt, its attempts, its reply, and every gate with what it found.

Nothing is asked of a model. The prompt is rendered again from the ids that the journal holds; the gates see the row
as they saw it then, because the judge is told of the verdicts before it and of no other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from seedbed import curate, seeds
from seedbed.engine import Journal, Outcome, RunRecord, fingerprint, read_run
from seedbed.errors import InputError, SeedbedError, UsageError
from seedbed.generate.gating import THRESHOLDS, Finding
from seedbed.generate.session import Prepared
from seedbed.records import WITHDRAWN, Ask, Candidate, Verdict
from seedbed.study import Folder

__all__ = ["Attempt", "Explanation", "GateLook", "Rival", "Shown", "explain", "is_there", "slot_of"]

Messages = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A seed, or a row, by its id; `text` is empty where it is no longer there."""

    id: str
    text: str


Rival = Shown


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at the request: its error (empty: none), the seconds it took, its tokens, when it was on disk."""

    number: int
    error: str
    seconds: float
    prompt_tokens: int
    completion_tokens: int
    at: str


@dataclass(frozen=True, slots=True)
class GateLook:
    """What a gate finds of the row now. `decided`: the first that fails, by which a row is rejected."""

    gate: str
    passed: bool
    thresholds: dict[str, Any]
    reason: str = ""
    measured: float | str | None = None
    rival: Rival | None = None
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of one row; of one that was withdrawn, its plan and its stored verdict. `again` is the verdict
    computed now, `differs` in what it is not the stored one;
    `changed` names the settings that are others than those of the run. `reply` is None where none came; `parsed` and
    `gates` are empty then."""

    id: str
    run: str
    stage: str
    ask: Ask
    cell: str
    look_back: int
    shown: tuple[Shown, ...]
    persona: dict[str, Any]
    answers: Shown | None
    grown_from: Shown | None
    prompts: tuple[tuple[str, Messages | str], ...]
    attempts: tuple[Attempt, ...]
    reply: dict[str, Any] | None
    parsed: Candidate | None
    gates: tuple[GateLook, ...]
    verdict: Verdict
    again: Verdict | None
    differs: tuple[str, ...]
    changed: tuple[str, ...]


class _Tracing(Protocol):
    def trace(self, ask: Ask, candidate: Candidate) -> list[tuple[str, Finding | None]]: ...


class _Rendering(Protocol):
    def rendered(self, ask: Ask) -> list[tuple[str, Messages | str]]: ...


def slot_of(row_id: str, run: str) -> int:
    """The slot of "RUN.000012", or of "12". Raises UsageError for what is no row of `run`."""
    name, dot, number = row_id.rpartition(".")
    if not number.isdecimal() or not number.isascii() or len(number) > 12 or (dot and name != run):
        raise UsageError(f"{row_id!r} names no row of the run {run!r}", hint=f"As in: {run}.000012, or 12")
    return int(number)


def is_there(folder: Folder, run: str, row_id: str) -> bool:
    """Whether the row has its verdict. Where it has not, a session with one lane and Limits.until_slot makes it."""
    path = folder.run(run) / "journal.db"
    slot = slot_of(row_id, run)
    return path.is_file() and _verdict(path, slot) is not None


def explain(folder: Folder, run: Prepared, row_id: str) -> Explanation:
    """Explain one row, kept, rejected or failed. `run` is freshly prepared: its judge has seen nothing yet.

    Raises UsageError where there is no such row, or not yet.
    """
    name = run.record.name
    record, path, slot = read_run(folder.run(name)), folder.run(name) / "journal.db", slot_of(row_id, name)
    stored = _remember(path, run, slot, name)
    outcome = _outcome(path, slot)
    ask, texts = outcome.ask, _Texts(folder)
    parsed: Candidate | None = None
    looks: tuple[GateLook, ...] = ()
    again: Verdict | None = None
    taken = WITHDRAWN in stored.notes or (outcome.reply is not None and WITHDRAWN in outcome.reply.data)
    if outcome.reply is not None and not outcome.error and not taken:
        parsed = run.stage.parse(ask, outcome.reply)[slot - ask.first]
        alone = replace(ask, first=slot, count=1)  # the judge has seen the rows before this one, of its ask as well
        looks = _looks(run, alone, parsed, texts, _judged_by(path) or record.verdict)
        ((again, _),) = run.judge.judge(alone, [parsed])
    rendering: _Rendering = run.stage  # type: ignore[assignment]
    return Explanation(
        id=f"{name}.{slot:06d}",
        run=name,
        stage=record.stage,
        ask=ask,
        cell=str(ask.prompt_id) if record.stage == "triples" else f"{ask.topic}/{ask.question_type}",
        look_back=run.limits.look_back,
        shown=tuple(texts.of(id) for id in ask.examples),
        persona=texts.persona(ask.persona_from),
        answers=texts.of(ask.prompt_id) if ask.prompt_id else None,
        grown_from=texts.of(ask.grown_from) if ask.grown_from else None,
        prompts=() if taken else tuple(rendering.rendered(ask)),  # its examples may be gone
        attempts=tuple(_attempts(path, ask.id)),
        reply=outcome.reply.data if outcome.reply is not None and not taken else None,
        parsed=parsed,
        gates=tuple(looks),
        verdict=stored,
        again=again,
        differs=_differs(stored, again) if again else (),
        changed=_changed(record, run.record, path),
    )


# --- from the journal --------------------------------------------------------------------------------------------


def _verdict(path: Path, slot: int) -> Verdict | None:
    with closing(Journal(path, read_only=True)) as journal:
        return next((verdict for verdict, _ in journal.verdicts() if verdict.slot == slot), None)


def _remember(path: Path, run: Prepared, slot: int, name: str) -> Verdict:
    """The stored verdict of `slot`, after the judge was told of all before it."""
    if not path.is_file():
        raise UsageError(f"The run {name!r} has no rows yet", hint="Make it first, without --explain.")
    nearest = -1
    with closing(Journal(path, read_only=True)) as journal:
        for verdict, vector in journal.verdicts():
            if verdict.slot == slot:
                return verdict
            if verdict.slot > slot:
                raise UsageError(
                    f"No row stands in slot {slot} of {name!r}: the plan waited there, and went on at {verdict.slot}",
                    hint=f"The nearest rows are {max(nearest, 0)} and {verdict.slot}.",
                )
            run.judge.restore(verdict, vector)
            nearest = verdict.slot
    raise UsageError(
        f"The run {name!r} has no row {slot} yet" + (f": its last is {nearest}" if nearest >= 0 else ""),
        hint="Run it as far as that row first.",
    )


def _outcome(path: Path, slot: int) -> Outcome:
    """The settled ask that filled `slot`."""
    with closing(Journal(path, read_only=True)) as journal:
        # asks are short, and their slots neighbours: the one that holds a slot begins at most so many before it
        for outcome in journal.settled(max(0, slot - _LONGEST_ASK)):
            if slot in outcome.ask.slots:
                return outcome
    raise InputError(f"{path} has a verdict for slot {slot}, and no reply", hint="Restore it from a copy.")


_LONGEST_ASK = 1024


def _judged_by(path: Path) -> dict[str, Any] | None:
    with closing(Journal(path, read_only=True)) as journal:
        return journal.judged_by()


def _attempts(path: Path, ask_id: str) -> list[Attempt]:
    with closing(Journal(path, read_only=True)) as journal:
        return [
            Attempt(number, error, seconds, usage.prompt_tokens, usage.completion_tokens, at)
            for number, error, seconds, usage, at in journal.attempts_at(ask_id)
        ]


# --- what was decided, and what would be -------------------------------------------------------------------------


def _looks(
    run: Prepared, ask: Ask, candidate: Candidate, texts: _Texts, settings: Mapping[str, Any]
) -> tuple[GateLook, ...]:
    tracing: _Tracing = run.judge  # type: ignore[assignment]
    reads, made, decided = THRESHOLDS.get(run.record.stage, {}), [], False
    for name, finding in tracing.trace(ask, candidate):
        limits = {key: settings[key] for key in reads.get(name, ()) if settings.get(key) is not None}
        if finding is None:
            made.append(GateLook(name, True, limits))
            continue
        rival = texts.of(finding.rival) if finding.rival else None
        made.append(GateLook(name, False, limits, finding.reason, finding.measured, rival, not decided))
        decided = True
    return tuple(made)


def _differs(stored: Verdict, again: Verdict) -> tuple[str, ...]:
    """In what the two verdicts differ, in words; empty when they agree."""
    now = json.loads(json.dumps({"fields": again.fields, "notes": again.notes}, ensure_ascii=False))
    pairs = {
        "state": (stored.state.value, again.state.value),
        "gate": (stored.gate, again.gate),
        "reason": (stored.reason, again.reason),
        "measured": (stored.measured, again.measured),
        "rival": (stored.rival, again.rival),
        "text": (stored.text, again.text),
        "fields": (stored.fields, now["fields"]),
        "notes": (stored.notes, now["notes"]),
    }
    short = {"text", "fields", "notes"}
    return tuple(
        key if key in short else f"{key} was {was if was != '' else 'none'}, is {is_ if is_ != '' else 'none'}"
        for key, (was, is_) in pairs.items()
        if was != is_
    )


def _changed(record: RunRecord, now: RunRecord, path: Path) -> tuple[str, ...]:
    """The settings that are not those of the run, by their names: what is shown may then not be what was."""
    made = []
    for before, after in ((record.ask, now.ask), (_judged_by(path) or record.verdict, now.verdict)):
        found: dict[str, Any] = json.loads(json.dumps(after))
        if fingerprint(before) != fingerprint(found):
            made += [key for key in sorted(before.keys() | found.keys()) if before.get(key) != found.get(key)]
    return tuple(made)


class _Texts:
    """The texts behind ids: seeds by their own, rows of any run by RUN.SLOT."""

    def __init__(self, folder: Folder) -> None:
        self._folder, self._seeds, self._curation = folder, seeds.load(folder), curate.load(folder)
        self._questions = {question.id: question for question in self._seeds.questions}
        self._triples = {triple.id: triple for triple in self._seeds.triples}

    def of(self, id: str) -> Shown:
        if id in self._questions:
            return Shown(id, self._questions[id].text)
        if (triple := self._triples.get(id)) is not None:
            return Shown(id, f"{triple.prompt} / {triple.misaligned} / {triple.critique} / {triple.aligned}")
        return Shown(id, self._row(id))

    def _row(self, id: str) -> str:
        name, dot, number = id.rpartition(".")
        if not dot or not number.isdecimal():
            return ""
        try:
            path = self._folder.run(name) / "journal.db"
            if not path.is_file():
                return ""
            found = _verdict(path, int(number))
            return found.text if found else ""
        except SeedbedError:
            return ""

    def persona(self, id: str | None) -> dict[str, Any]:
        """Whose persona, scenario and entities the prompt passes on, as far as they are given."""
        question = self._questions.get(id or "")
        if question is None:
            return {}
        given = {"seed": question.id, "persona": question.persona, "scenario": question.scenario}
        entities = dict(question.entities)
        return {key: value for key, value in {**given, "entities": entities}.items() if value}
