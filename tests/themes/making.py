"""A study with people who agreed, or did not, to be recorded; and transcripts of them."""

from __future__ import annotations

from pathlib import Path

from pycrdt import Doc, Text

from seedbed.study import Folder
from seedbed.study.entries import Act, Entry, now
from seedbed.study.events import EventStore
from seedbed.themes import Known
from seedbed.workshop import issued
from tests.seeds.studies import make_study

KNOWN = (Known("p_ana", "Ana Silva"), Known("p_ben", "Ben Ode"), Known("p_mia", "Mia"), Known("p_two", "Mia"))

VTT = """WEBVTT - made by a program
Kind: captions

NOTE who may read this
is nobody

STYLE
::cue { color: red }

1
00:00:01.000 --> 00:00:03.500 align:start position:10%
<v.loud Ana Silva>Ben said the <i>time</i> was&nbsp;short &amp; the room hot.</v>

second
00:04.000 --> 00:06.000
<v Ben Ode>I did. <c.red>Ana</c> disagreed,</v> <v Dr. Who>and so
did I.</v>

00:07.000 --> 00:09.000
<v Mia>😀 No words for Rosa.
"""


def study(path: Path) -> Folder:
    """Ana agreed to be recorded, Ben did not, nobody asked the two Mias."""
    folder = make_study(path / "pilot")
    with EventStore.of(folder) as store:
        for person, answer in {"p_ana": True, "p_ben": False, "p_mia": None, "p_two": None}.items():
            joined = Act("member.join", person, {"cmd": f"j-{person}", "group": "A", "role": "participant"})
            store.append("workshop", person, [joined])
            if answer is not None:
                items = {"training": True, "recording": answer, "quoting": answer}
                said = Act("consent.give", person, {"cmd": f"c-{person}", "items": items, "version": 0})
                store.append("workshop", person, [said])
    return folder


def write_notes(store: EventStore, doc: str, person: str, client: int, notes: dict[str, str]) -> None:
    """`person` types at the end of these notes, and adds those that are not there."""
    typed: Doc[Text] = Doc(client_id=client)
    there = set()
    for entry in store.entries(doc):
        if isinstance(entry.body, bytes):
            typed.apply_update(entry.body)
        elif entry.body.kind == "row.add":
            there.add(entry.body.subject)
    bodies: list[bytes | Act] = [issued(person, client)]
    subscription = typed.observe(lambda event: bodies.append(event.update))
    for row, words in notes.items():
        if row not in there:
            bodies.append(Act("row.add", row, {"cmd": f"add-{row}"}))
        text = typed.get(f"note:{row}", type=Text)
        text += words
    typed.unobserve(subscription)
    first = store.last(doc) + 1
    assert store.commit([[Entry(doc, seq, now(), person, body) for seq, body in enumerate(bodies, first)]]) == [None]
