"""Boards written straight into a store, without a server: for many rows, other databases and other processes."""

from __future__ import annotations

from pycrdt import Doc, Text

from seedbed.study.entries import Act, Entry, now
from seedbed.study.events import EventStore
from seedbed.workshop import issued

__all__ = ["agree", "write_rows"]


def agree(store: EventStore, *people: str, group: str = "A", training: bool = True) -> None:
    """These people join and answer."""
    for person in people:
        joined = Act("member.join", person, {"cmd": f"j-{person}", "group": group, "role": "participant"})
        answer = {"cmd": f"c-{person}", "items": {"training": training}, "version": 0}
        store.append("workshop", person, [joined, Act("consent.give", person, answer)])


def write_rows(
    store: EventStore, person: str, client: int, rows: dict[str, str], *, doc: str = "board/A/questions",
    letters: int = 0,
) -> int:  # fmt: skip
    """`person` adds these rows and types their questions: each in one update, or `letters` characters an update.

    Returns how many updates that took.
    """
    bodies: list[bytes | Act] = [issued(person, client)]
    typed: Doc[Text] = Doc(client_id=client)
    updates: list[bytes] = []
    subscription = typed.observe(lambda event: updates.append(event.update))
    for row, words in rows.items():
        bodies.append(Act("row.add", row, {"cmd": f"add-{row}"}))
        text = typed.get(f"question:{row}", type=Text)
        step = letters or max(len(words), 1)
        for at in range(0, len(words), step):
            text += words[at : at + step]
        bodies += updates
        updates.clear()
    typed.unobserve(subscription)
    count = sum(isinstance(body, bytes) for body in bodies)
    first = store.last(doc) + 1
    entries = [Entry(doc, seq, now(), person, body) for seq, body in enumerate(bodies, first)]
    assert store.commit([entries]) == [None]
    return count
