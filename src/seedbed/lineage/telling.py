"""A key in words: what it says, what became of it and why. Names of people only as pseudonyms."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from types import TracebackType
from typing import Any, Self

from seedbed.lineage.index import Index
from seedbed.lineage.people import People
from seedbed.lineage.shapes import Key, Node
from seedbed.lineage.slots import row_of
from seedbed.records import OVER_TARGET, WITHDRAWN, Decision, Question, Triple
from seedbed.study import Folder

__all__ = ["Teller"]

_ROW = "SELECT state, gate, reason, measured, text, fields, notes FROM verdicts WHERE slot = ?"
# By the index of settled requests: a look through all takes 8 ms at 66,609 of them
_ASK = "SELECT ask, at, first + count FROM calls WHERE final AND first <= ? ORDER BY first DESC LIMIT 1"
_WAITING = "SELECT ask, at, 0 FROM calls WHERE first <= ?1 AND first + count > ?1 ORDER BY attempt DESC LIMIT 1"
_PARTS = ("prompt", "misaligned", "critique", "aligned")
Facts = Iterator[tuple[str, str]]


class Teller:
    """Reads words where they stand. Journals stay open until it is closed; what cannot be read has no words."""

    def __init__(self, folder: Folder, index: Index, people: People) -> None:
        self._folder, self._index, self._people = folder, index, people
        self._persons = {person.id: person for person in people.seeds.people}
        self._opened: dict[tuple[str, str], sqlite3.Connection | None] = {}
        self._closing = ExitStack()

    def node(self, key: Key) -> Node:
        match key.kind:
            case "seed":
                return self._seed(key)
            case "row" | "judgement":
                return self._row(key)
            case "person":
                return Node(key, facts=tuple(_said(self._of_person(key.id))))
            case "run":
                return self._run(key)
            case "release":
                release = self._index.releases.get(key.id)
                return Node(key, facts=tuple(_said([("at", release.created if release else "")])))
        return Node(key)

    # --- seeds and people -----------------------------------------------------------------------------------

    def _seed(self, key: Key) -> Node:
        id, people = key.id, self._people
        curation = people.curation
        seed = curation.seed(id)
        what = people.kinds.get(id, "triple" if isinstance(seed, Triple) else "question" if seed else "")
        if seed is None:
            state = "erased" if id in people.seeds.erased else "gone"
            return Node(key, what, state)
        decided = curation.excluded.get(id) or curation.included.get(id)
        state = "excluded" if id in curation.excluded else "included" if id in curation.included else "undecided"
        facts: list[tuple[str, str]] = [("group", seed.group), ("decided", _why(decided) if decided else "")]
        if id in curation.selected_questions or id in curation.selected_triples:
            chosen = curation.choice.get(id)
            facts.append(("chosen", chosen.reason if chosen and chosen.reason else "yes"))
        facts += [
            ("pool", str(seed.pool.value) if seed.pool else ""), ("source", seed.source),
            ("versions", str(curation.versions.get(id, ""))),
        ]  # fmt: skip
        return Node(key, what, state, tuple(_texts_of(seed)), tuple(_said(facts)))

    def _of_person(self, id: str) -> list[tuple[str, str]]:
        people, person = self._people, self._persons.get(id)
        counts = [("decided", people.decided.get(id, 0)), ("rated", people.rated.get(id, 0))]
        return [
            ("role", person.role if person else ""), ("group", person.group if person else ""),
            *((name, str(count)) for name, count in counts if count),
        ]  # fmt: skip

    # --- runs -----------------------------------------------------------------------------------------------

    def _run(self, key: Key) -> Node:
        links = self._index.runs.get(key.id)
        if links is None:
            return Node(key, state="gone")
        facts = [("stage", links.stage), ("model", links.model), ("at", links.created), ("fault", links.fault)]
        return Node(key, facts=tuple(_said(facts)))

    def _row(self, key: Key) -> Node:
        run, slot = row_of(key.id) or ("", -1)
        place = "runs" if key.kind == "row" else "judgements"
        links = (self._index.runs if place == "runs" else self._index.judgings).get(run)
        what = links.rows if links else ""
        db = self._journal(place, run)
        if db is None:
            return Node(key, what, "gone")
        try:
            found = db.execute(_ROW, (slot,)).fetchone()
            asked = db.execute(_ASK, (slot,)).fetchone()
            if found is None and (asked is None or asked[2] <= slot):
                asked = db.execute(_WAITING, (slot,)).fetchone()
        except sqlite3.Error:
            return Node(key, what, "gone")
        ask: dict[str, Any] = json.loads(asked[0]) if asked else {}
        asked_for = [
            ("topic", ask.get("topic") or ""), ("question_type", ask.get("question_type") or ""),
            ("values", ", ".join(ask.get("values") or ())),
        ]  # fmt: skip
        if found is None:
            waits = bool(links and slot in links.all)
            return Node(key, what, "waiting" if waits else "gone", facts=tuple(_said(asked_for)) if waits else ())
        state, gate, reason, measured, text, fields, told = found
        notes: dict[str, Any] = json.loads(told)
        made = [("model", links.model if links else ""), ("at", asked[1] if asked else "")]
        if WITHDRAWN in notes:  # its place is shown, and nothing that may quote it
            return Node(key, what, WITHDRAWN, facts=tuple(_said([("gate", gate), *asked_for, *made])))
        parts: dict[str, Any] = json.loads(fields)
        texts = [(name, str(parts.get(name) or "")) for name in _PARTS] if what == "triple" else [("text", text)]
        if what == "judgement":
            texts = [("says", str(parts.get("says") or text))]
        facts = [
            ("gate", f"{gate}: {reason}" if reason else gate), ("measured", _number(measured)), *asked_for, *made,
            ("surplus", "yes" if notes.get(OVER_TARGET) else ""),
        ]  # fmt: skip
        return Node(key, what, state, tuple(_said(texts)), tuple(_said(facts)))

    def _journal(self, place: str, run: str) -> sqlite3.Connection | None:
        if (place, run) not in self._opened:
            path = self._folder.root / place / run / "journal.db"
            found = None
            if run and path.is_file():
                found = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
                self._closing.enter_context(closing(found))
            self._opened[place, run] = found
        return self._opened[place, run]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()


def _texts_of(seed: Question | Triple) -> Facts:
    if isinstance(seed, Question):
        return _said([("text", seed.text)])
    return _said([(name, getattr(seed, name)) for name in _PARTS])


def _why(decision: Decision) -> str:
    by = "" if decision.actor == "rule" else f" ({decision.actor})"
    return f"{decision.rule}: {decision.reason}{by}" if decision.reason else f"{decision.rule}{by}"


def _number(measured: float | str | None) -> str:
    return f"{measured:.3g}" if isinstance(measured, float) else str(measured or "")


def _said(facts: list[tuple[str, str]]) -> Facts:
    return ((name, value) for name, value in facts if value)
