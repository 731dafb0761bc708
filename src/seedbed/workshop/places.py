"""Where people work: the boards of a workshop, the streams that hold them, and the texts of a row.

A board is one document, the stream `board/<group>/<activity>`. People, groups and their changes are the stream
`workshop`; the template, the step and what else is set for everybody are the stream `agenda`; what moderators and those
whom they lead tell one another is the stream `facilitation`; `themes` holds the sources of a thematic analysis. A
debrief has a board too, `board/<debrief>/debrief`, that is no group's. A text of a row is named `<field>:<row>`.
"""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass

__all__ = [
    "ACTIVITIES", "AFTERWARDS", "AGENDA", "DEBRIEF", "FACILITATION", "GROUP", "REFLECTION", "ROW", "THEMES", "WORKSHOP",
    "Activity", "Place", "fresh_client", "fresh_id", "parse_place",
]  # fmt: skip

AFTERWARDS = "afterwards"  # what people ask and offer beside the boards, most of it when the workshop is over
AGENDA = "agenda"
FACILITATION = "facilitation"
WORKSHOP = "workshop"
REFLECTION = "reflection"  # the board of every group, whatever else it writes
DEBRIEF = "debrief"  # the board of a debrief of the template, for those who run the study
THEMES = "themes"
GROUP = r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}"
ROW = r"[a-z0-9]{1,16}"
_BOARD = re.compile(rf"board/({GROUP})/([a-z]+)")
# No 0, 1, l, o: a person may have to read an id aloud.
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Activity:
    """What is written on a board. `texts` are typed together, in this order; `fields` are set as a whole.

    `seeds` says whether its rows become seeds.
    """

    name: str
    texts: tuple[str, ...]
    fields: tuple[str, ...]
    seeds: bool = True

    def names(self, row: str) -> Iterator[str]:
        """The text names of one row."""
        return (f"{text}:{row}" for text in self.texts)


ACTIVITIES = {
    item.name: item
    for item in (
        Activity("questions", ("question",), ("topic", "question_type", "task", "persona", "scenario")),
        Activity(
            "triples",
            ("misaligned", "critique", "aligned", "aligned_2"),
            ("question", "value", "stance", "stance_2", "role_card", "scenario"),
        ),
        Activity(REFLECTION, ("note",), ("prompt", "cluster"), seeds=False),
        Activity(DEBRIEF, ("note",), ("prompt", "cluster"), seeds=False),
    )
}


@dataclass(frozen=True, slots=True)
class Place:
    """The board of one group for one activity; of a debrief, whose id then stands for the group's."""

    group: str
    activity: Activity

    @property
    def stream(self) -> str:
        return f"board/{self.group}/{self.activity.name}"


@functools.lru_cache(maxsize=4096)  # looked up for every update; names come from clients, so it is bounded
def parse_place(doc: str) -> Place | None:
    """The board that `doc` names, or None. It may still be no group of this workshop."""
    found = _BOARD.fullmatch(doc)
    activity = ACTIVITIES.get(found[2]) if found else None
    return Place(found[1], activity) if found and activity else None


def fresh_id() -> str:
    """A new id of 8 characters (40 bits), for a row."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))


def fresh_client(taken: Collection[int]) -> int:
    """A new client id, random and unsigned 32-bit, that is not among `taken`. 0 is never given out."""
    while True:
        client = secrets.randbits(32)
        if client and client not in taken:
            return client
