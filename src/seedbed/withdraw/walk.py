"""Which rows of which runs hold, or grew from, what is withdrawn. Reads journals, each once, streamed; changes nothing.

A row is reached, in this order of reasons:

    shown      its prompt showed a withdrawn seed as an example
    persona    its prompt passed on the persona, scenario or entities of one
    answers    it answers a question that is reached: a seed, or a row of another run
    grown      its narrower topic is a row that is reached
    compared   a gate found it too near to something that is reached, so it is known to be like it
    repeats    it shares a stretch of letters and digits with the withdrawn words, as an erasure lists look-alikes

What an earlier withdrawal took is not taken twice, and what grew from it is reached all the same. A row that was
flagged for others is purged only where it is reached from these too; one that was flagged for these is known by the
mark that it carries, also where only words that are gone by now led to it. Runs are walked in the order of their
stages, so that one pass finds rows that grew from rows; where something still names what was reached after it, they are
walked again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seedbed.engine import read_run
from seedbed.engine.withdrawing import FLAGGED_FOR, Call, Policy, calls, flagged_for, strings
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
    goes. `unjudged` are asks whose reply has no verdict yet. `again` and `replies_again` were flagged before, and are
    marked as flagged for these too."""

    run: str
    stage: str
    slots: dict[int, str] = field(default_factory=dict)
    attempts: dict[tuple[str, int], None] = field(default_factory=dict)
    subtopics: dict[str, None] = field(default_factory=dict)
    unjudged: int = 0
    kept: int = 0
    again: dict[int, None] = field(default_factory=dict)
    replies_again: dict[tuple[str, int], None] = field(default_factory=dict)

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
    marks: Collection[str] = (),
    onward: Mapping[str, Collection[str]] | None = None,
    listen: Listen = lambda what, done, total: None,
) -> Walk:
    """What grew from `seeds`, what repeats their `words` in a stretch that none of the `others` wrote as well, and what
    was flagged with one of the `marks`. `onward` has the seeds that people made of seeds and of rows: what grew from
    those grew from what they were made of.

    Memory: the rows reached, and the ids that others name. Raises what reading runs raises.
    """
    onward = onward or {}
    search = _Search(echoes(words, others), policy, frozenset(marks), _closed(seeds, onward))
    names = folder.run_names()
    records = [read_run(folder.run(name)) for name in names if (folder.run(name) / "journal.db").is_file()]
    records.sort(key=lambda record: (_STAGES.get(record.stage, 3), record.created, record.name))
    found = [Reached(record.name, record.stage) for record in records]
    flags = Counter(run for one in read_record(folder).withdrawals if one.policy == "flag" for run in one.rows)
    while True:
        for number, (record, reached) in enumerate(zip(records, found, strict=True)):
            listen("looking through runs", number, len(records))
            path = folder.run(record.name) / "journal.db"
            # a flag of an older version left no marks: what carries it is of `seeds` where no other flag was
            marked = flagged_for(path)
            sole = bool(marked) and marked <= set(seeds) and flags[record.name] <= 1
            # an ask that does not say what it showed may have shown all that its run had
            every = tuple(record.ask.get("examples", ())) if record.ask.get("with_seeds") else ()
            for call in calls(path):
                search.look(call, reached, every, sole=sole)
        search.ids = _closed(search.ids, onward)
        if search.passed.isdisjoint(search.ids):
            break
        # something names what was reached after it, as a pair does that answers a row: once more, by lineage alone
        search.passed.clear()
        search.repeats = _never
    listen("looking through runs", len(records), len(records))
    return Walk(tuple(found), frozenset(search.ids))


def _closed(ids: Iterable[str], onward: Mapping[str, Collection[str]]) -> set[str]:
    waiting, found = list(ids), set[str]()
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += onward.get(one, ())
    return found


def _never(text: str) -> bool:
    return False


@dataclass(slots=True)
class _Search:
    """`ids` are reached; `passed` are named by what was not reached yet when it was looked at."""

    repeats: Callable[[str], bool]
    policy: Policy
    marks: frozenset[str]
    ids: set[str]
    passed: set[str] = field(default_factory=set)

    def look(self, call: Call, reached: Reached, every: Collection[str], *, sole: bool) -> None:
        ask = call.ask
        whole = _lineage(ask, self.ids, every)
        if whole is None:
            named = (*(ask.examples or every), ask.persona_from, ask.prompt_id, ask.grown_from)
            self.passed.update(filter(None, named))
        if ask.subtopic and (ask.grown_from in self.ids or self.repeats(ask.subtopic)):
            reached.subtopics[ask.id] = None
            whole = whole or "grown"
        touched = whole is not None and not call.verdicts
        for verdict in call.verdicts:
            touched |= self._row(verdict, reached, whole, sole=sole)
        key = (ask.id, call.attempt)
        if call.taken == "purge" or key in reached.attempts or key in reached.replies_again:
            return
        again = call.taken == self.policy
        mine = call.taken == "flag" and (sole or not self.marks.isdisjoint(call.marks))
        if not (touched or mine or self.repeats(call.words) or (again and whole is not None)):
            return
        (reached.replies_again if again else reached.attempts)[key] = None
        reached.unjudged += not call.verdicts and not again
        judged = {verdict.slot for verdict in call.verdicts}  # the other rows are to come, withdrawn as they are
        self.ids.update(f"{reached.run}.{slot:06d}" for slot in ask.slots if slot not in judged)

    def _row(self, verdict: Verdict, reached: Reached, whole: str | None, *, sole: bool) -> bool:
        """Whether a row is taken that was not before."""
        slot, taken = verdict.slot, verdict.notes.get(WITHDRAWN)
        if slot in reached.slots:
            return False
        mine = taken == "flag" and (sole or not self.marks.isdisjoint(verdict.notes.get(FLAGGED_FOR, ())))
        why = whole or _of_row(verdict, self.ids, self.repeats) or ("repeats" if mine else None)
        if taken in (self.policy, "purge"):
            self.ids.add(f"{reached.run}.{slot:06d}")
            if taken == "flag" and why is not None:
                reached.again[slot] = None
            return False
        if why is None:
            self.passed.update(filter(None, (verdict.rival, *_rivals(verdict.fields))))
            return False
        reached.slots[slot] = why
        reached.kept += verdict.state.value == "kept"
        self.ids.add(f"{reached.run}.{slot:06d}")
        return True


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
