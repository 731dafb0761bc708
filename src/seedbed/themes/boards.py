"""Boards as sources: the notes of a reflection board, a source for each session; those of a debrief, one.

A note is a segment of its author. What several people typed together is several segments without a line feed between,
each of its own author: so whoever is erased takes what is theirs, and no more.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterator, Mapping

from seedbed.seeds.boards import ReadBoard, read_board
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.themes.importing import keep
from seedbed.themes.sources import Source, Spoken, laid, read
from seedbed.workshop.agenda import Agenda
from seedbed.workshop.places import AGENDA, DEBRIEF, REFLECTION, THEMES, Place, parse_place

__all__ = ["gather"]


def gather(folder: Folder, actor: str, *, pages: str = "en") -> list[Source]:
    """Make sources of all boards that hold notes; returns the new ones.

    A board that changed since it was last taken makes a further source: what was coded keeps its offsets. `pages` is
    the language of the default template. Raises Busy, and what the store raises.
    """
    if not folder.has_people:
        return []
    return keep(folder, lambda store: _fresh(store, pages), actor)


def _fresh(store: EventStore, pages: str) -> Iterator[Source]:
    """The sources of boards of which the newest that was taken says something else."""
    newest = {(one.of, one.session): one.text for one in read(store.read(THEMES)).values()}
    for one in _all(store, pages):
        if newest.get((one.of, one.session)) != one.text:
            yield one


def _all(store: EventStore, pages: str) -> Iterator[Source]:
    events = list(store.read(AGENDA))
    agenda = Agenda(pages).after(events)
    template = agenda.template
    titles = {one.id: one.title for one in template.sessions} | {one.id: one.title for one in template.debriefs}
    steps = {step.id: session.id for session in template.sessions for step in session.steps}
    went = [(event.at, steps[event.data["step"]]) for event in events
            if event.kind == "step.go" and event.data["step"] in steps]  # fmt: skip
    for doc in store.streams("board/"):
        place = parse_place(doc)
        if place is None or place.activity.name not in (REFLECTION, DEBRIEF):
            continue
        board = read_board(store.entries(doc), place)
        if place.activity.name == DEBRIEF:
            yield from _source(
                board, place, template.about.language, titles.get(place.group, ""), board.board.ordered()
            )
            continue
        rows: Mapping[str, list[str]] = defaultdict(list)
        for row in board.board.ordered():
            rows[_session(went, board.board.rows[row]["at"])].append(row)
        for session, notes in rows.items():
            yield from _source(board, place, template.about.language, titles.get(session, ""), notes, session)


def _session(went: list[tuple[str, str]], at: str) -> str:
    """The session in which something was done: that of the last step before, or else of the first step."""
    found = bisect.bisect_right(went, (at, "\U0010ffff"))
    return went[max(found - 1, 0)][1] if went else ""


def _source(
    board: ReadBoard, place: Place, language: str, title: str, rows: list[str], session: str = ""
) -> Iterator[Source]:
    """The source of these notes, where one of them says something."""
    pieces, people = [], {}
    for row in rows:
        said = board.said(f"note:{row}")
        for index, part in enumerate(said.parts):
            key = part.person or "S1"
            people[key] = part.person
            pieces.append(
                Spoken(key, said.text[part.start : part.end], row=row, by_model=part.by_model, joined=index > 0)
            )
    if not pieces:
        return
    debrief = place.activity.name == DEBRIEF
    yield Source(
        "", "debrief" if debrief else "reflection", title, place.group if debrief else "", session,
        "" if debrief else place.group, language, "board", place.stream, "", "", 0, people, laid(pieces),
    )  # fmt: skip
