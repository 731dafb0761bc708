"""Which rows of which runs hold, or grew from, what is withdrawn. Reads journals, each once, streamed; changes nothing.

A row is reached, in this order of reasons:

    shown      its prompt showed a withdrawn seed as an example
    persona    its prompt passed on the persona, scenario or entities of one
    answers    it answers a question that is reached: a seed, or a row of another run
    grown      its narrower topic is a row that is reached
    compared   a gate found it too near to something that is reached, so it is known to be like it
    repeats    it shares a stretch of letters and digits with the withdrawn words, as an erasure lists look-alikes

What an earlier withdrawal took is not taken twice, and what grew from it is reached all the same. A row that was
flagged for other seeds is purged only where it is reached from these too. Runs are walked in the order of their stages,
so that one pass finds rows that grew from rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from seedbed.engine import read_run
from seedbed.engine.withdrawing import Call, Policy, calls, flagged_for, strings
from seedbed.records import WITHDRAWN, Ask, Verdict
from seedbed.release.taken import read_record
from seedbed.study import Folder
from seedbed.workshop.erasing import repeated

__all__ = ["WHY", "Reached", "Walk", "echoes", "walk"]

WHY = ("shown", "persona", "answers", "grown", "compared", "repeats")
_STAGES = {"topics": 0, "questions": 1, "imported": 1, "triples": 2}
_STRETCH = 20  # letters and digits: `repeated` says why
_LETTERS = re.compile(r"[^a-z0-9]+")

Listen = Callable[[str, int, int], None]


@dataclass(slots=True)
class Reached:
    """What a withdrawal takes of one run: rows by slot with the reason, attempts whose reply goes, asks whose sub-topic
    goes. `unjudged` are asks whose reply has no verdict yet."""

    run: str
    stage: str
    slots: dict[int, str] = field(default_factory=dict)
    attempts: list[tuple[str, int]] = field(default_factory=list)
    subtopics: list[str] = field(default_factory=list)
    unjudged: int = 0
    kept: int = 0

    @property
    def why(self) -> dict[str, int]:
        counted = Counter(self.slots.values())
        return {why: counted[why] for why in WHY if counted[why]}

    def ids(self) -> Iterator[str]:
        return (f"{self.run}.{slot:06d}" for slot in self.slots)

    def __bool__(self) -> bool:
        return bool(self.slots or self.attempts or self.subtopics)


@dataclass(frozen=True, slots=True)
class Walk:
    """By run, in the order walked, what is reached; `ids` are the seeds with all rows that were reached."""

    runs: tuple[Reached, ...]
    ids: frozenset[str]


def walk(
    folder: Folder,
    seeds: Collection[str],
    words: Iterable[str],
    others: Iterable[str] = (),
    *,
    policy: Policy = "purge",
    listen: Listen = lambda what, done, total: None,
) -> Walk:
    """What grew from `seeds`, and what repeats their `words` in a stretch that none of the `others` wrote as well.

    Memory: the rows reached. Raises what reading runs raises.
    """
    repeats, ids = echoes(words, others), set(seeds)
    names = folder.run_names()
    records = [read_run(folder.run(name)) for name in names if (folder.run(name) / "journal.db").is_file()]
    records.sort(key=lambda record: (_STAGES.get(record.stage, 3), record.created, record.name))
    found = []
    flags = Counter(run for one in read_record(folder).withdrawals if one.policy == "flag" for run in one.rows)
    for number, record in enumerate(records):
        listen("looking through runs", number, len(records))
        reached = Reached(record.name, record.stage)
        # an ask that does not say what it showed may have shown all that its run had
        every = tuple(record.ask.get("examples", ())) if record.ask.get("with_seeds") else ()
        path = folder.run(record.name) / "journal.db"
        # the words by which a flag found rows are gone since: what carries one is of `seeds` where no other flag was
        marked = flagged_for(path)
        sole = bool(marked) and marked <= set(seeds) and flags[record.name] <= 1
        for call in calls(path):
            _look(call, reached, ids, repeats, policy, every, sole)
        found.append(reached)
    listen("looking through runs", len(records), len(records))
    return Walk(tuple(found), frozenset(ids))


def _look(
    call: Call, reached: Reached, ids: set[str], repeats: Callable[[str], bool], policy: Policy,
    every: Collection[str], sole: bool,
) -> None:  # fmt: skip
    ask = call.ask
    whole = _lineage(ask, ids, every)
    if ask.subtopic and (ask.grown_from in ids or repeats(ask.subtopic)):
        reached.subtopics.append(ask.id)
        whole = whole or "grown"
    touched = whole is not None and not call.verdicts
    for verdict in call.verdicts:
        if (taken := verdict.notes.get(WITHDRAWN)) in (policy, "purge"):
            ids.add(f"{reached.run}.{verdict.slot:06d}")
            continue
        why = whole or _of_row(verdict, ids, repeats) or ("repeats" if taken and sole else None)
        if why is None:
            continue
        touched = True
        reached.slots[verdict.slot] = why
        reached.kept += verdict.state.value == "kept"
        ids.add(f"{reached.run}.{verdict.slot:06d}")
    if call.taken in (policy, "purge"):
        return
    if touched or repeats(call.words) or (call.taken and sole):
        reached.attempts.append((ask.id, call.attempt))
        reached.unjudged += not call.verdicts
        if not call.verdicts:  # its rows are to come: what answers or grew from them cannot be there yet
            ids.update(f"{reached.run}.{slot:06d}" for slot in ask.slots)


def _lineage(ask: Ask, ids: Collection[str], every: Collection[str]) -> str | None:
    if any(id in ids for id in ask.examples or every):
        return "shown"
    if ask.persona_from in ids:
        return "persona"
    if ask.prompt_id in ids:
        return "answers"
    return "grown" if ask.grown_from in ids else None


def _of_row(verdict: Verdict, ids: Collection[str], repeats: Callable[[str], bool]) -> str | None:
    if verdict.rival in ids or any(rival in ids for rival in _rivals(verdict.fields)):
        return "compared"
    said = "\n".join((verdict.text, verdict.reason, *strings(verdict.fields), *strings(verdict.notes)))
    return "repeats" if repeats(said) else None


def _rivals(data: Any) -> Iterator[str]:
    """The rivals of a triple's other candidates."""
    for option in (option for part in (data.get("alternatives") or {}).values() for option in part):
        if isinstance(option, dict) and option.get("rival"):
            yield option["rival"]


def echoes(words: Iterable[str], others: Iterable[str] = ()) -> Callable[[str], bool]:
    """Tells whether a text shares letters and digits with one of the `words`, as `repeated` does, in a stretch that
    does not stand in the `others` too: what two people wrote is not one's alone.

    Plain ASCII takes a faster way: a tenth of a millisecond a thousand characters.
    """
    own = [text for text in words if text]
    theirs = [text for text in others if text]
    span = repeated(own)
    if not own:
        return lambda text: False
    plain = set[str]()
    for text in filter(str.isascii, own):
        plain |= _stretches(text)
    for text in theirs:
        plain -= _stretches(text)
    foreign = [text for text in own if not text.isascii()]
    span = repeated(foreign)

    def repeats(text: str) -> bool:
        if foreign and (found := span(text)) is not None and not _shared(text[found[0] : found[1]], theirs):
            return True
        return not plain.isdisjoint(_stretches(text))

    return repeats


def _stretches(text: str) -> set[str]:
    joined = _LETTERS.sub("", text.lower() if text.isascii() else _bare(text))
    return {joined[at : at + _STRETCH] for at in range(len(joined) - _STRETCH + 1)}


def _bare(text: str) -> str:
    import unicodedata

    return "".join(part for part in unicodedata.normalize("NFKD", text.casefold()))


def _shared(stretch: str, others: Iterable[str]) -> bool:
    return any(stretch in other for other in others)
