"""The reader against real Yjs: what honest pages send is taken, and what is taken can never part browser and server.

A failure names its seed; `SEEDBED_FUZZ_SEED=n` and `SEEDBED_FUZZ_TIMES=n` run others, and more.
"""

from __future__ import annotations

import base64
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pycrdt import Doc, Text

from seedbed.sync.checks import Known
from seedbed.sync.encoding import Refused, utf16_length
from seedbed.sync.update import GC, SKIP, STRING, UNLIMITED, Ranges, Section, Struct, Update, parse, write
from tests.sync import updates, yjs

SEED = int(os.environ.get("SEEDBED_FUZZ_SEED", "20260714"))
TIMES = int(os.environ.get("SEEDBED_FUZZ_TIMES", "1"))
ROOTS = ("question:a1", "question:b2", "misaligned:c3")
PIECES = ("a", "xyz", "😀", "é", "👩‍👩‍👧‍👦", "你好", "a😀b")
Id = tuple[int, int]


class Server:
    """What the server keeps of one document: Known and pycrdt."""

    def __init__(self, *, gc: bool) -> None:
        self.known = Known()
        self.doc: Doc[Text] = Doc(skip_gc=not gc)
        self.texts = {name: self.doc.get(name, type=Text) for name in ROOTS}

    def take(self, data: bytes, may_write: Callable[[int], bool]) -> bool:
        """Check, apply, accept; True if there was news."""
        checked = self.known.check(data, may_write=may_write, names=ROOTS)
        self.doc.apply_update(data)
        self.known.accept(checked)
        return not checked.known

    def visible(self) -> dict[str, str]:
        return {name: str(text) for name, text in self.texts.items() if str(text)}

    def clocks(self) -> dict[str, int]:
        return {str(client): clock for client, clock in self.known.clocks.items()}

    def faults(self) -> list[str]:
        """Where Known and pycrdt do not agree."""
        lengths = {name: utf16_length(text) for name, text in self.visible().items()}
        faults = [] if {name: n for name, n in self.known.lengths.items() if n} == lengths else ["lengths"]
        holds = {section.client: section.structs[-1] for section in parse(self.doc.get_update(), UNLIMITED).sections}
        if {client: last.clock + last.length for client, last in holds.items()} != self.known.clocks:
            faults.append("clocks")
        return faults


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.fixture(scope="module")
def honest() -> list[dict[str, Any]]:
    """Over 10,000 updates of honest pages in 24 documents."""
    lines = list(yjs.run("simulate.mjs", SEED, 24 * TIMES, 430))
    for line in lines:
        line["update"] = base64.b64decode(line["update"])
    assert len(lines) > 10_000
    return lines


def test_honest_updates_are_taken_and_give_the_same_text(honest: list[dict[str, Any]]) -> None:
    """Each update of each page: none refused, and after each the same text in Yjs, in pycrdt and in Known's count."""
    seen: Counter[str] = Counter()
    number, server = -1, Server(gc=True)
    for place, line in enumerate(honest):
        if line["doc"] != number:
            number = line["doc"]
            server = Server(gc=bool(number % 2))
        where = f"seed {SEED}, document {number}, line {place}: {line['update'].hex()[:400]}"
        parsed = parse(line["update"])
        assert write(parsed) == line["update"], where
        for client, structs in parsed.sections:
            state = server.known.clock(client)
            seen["in part"] += sum(struct.clock < state < struct.clock + struct.length for struct in structs)
            seen["skips"] += sum(struct.kind == SKIP for struct in structs)
        seen["clients"] += len(parsed.sections) > 1
        try:
            seen["news"] += server.take(line["update"], line["mine"].__contains__)
        except Refused as refused:
            pytest.fail(f"{refused.code}: {where}")
        assert server.visible() == {name: text for name, text in line["texts"].items() if text}, where
        assert server.clocks() == line["clocks"], where
        if place % 50 == 0:
            assert not server.faults(), where
    assert seen["news"] > 10_000
    assert seen["in part"] > 50
    assert seen["skips"] > 5
    assert seen["clients"] > 5


def test_pages_take_what_the_server_sends(honest: list[dict[str, Any]]) -> None:
    """Yjs reads pycrdt's own encoding of each document, and of the second half for those who have the first."""
    orders: list[dict[str, Any]] = []
    wanted: list[dict[str, Any] | None] = []
    for number in sorted({line["doc"] for line in honest}):
        lines = [line for line in honest if line["doc"] == number]
        doc: Doc[Text] = Doc(skip_gc=bool(number % 2))
        for line in lines[: len(lines) // 2]:
            doc.apply_update(line["update"])
        half, state = doc.get_update(), doc.get_state()
        for line in lines[len(lines) // 2 :]:
            doc.apply_update(line["update"])
        orders += [{"new": True}, {"update": b64(half)}, {"update": b64(doc.get_update(state))}]
        wanted += [None, lines[-1]]
    for want, answer in zip(wanted, yjs.run("apply.mjs", lines=orders), strict=True):
        assert answer["error"] is None
        assert not answer["pending"]
        if want is not None:
            assert answer["clocks"] == want["clocks"], f"seed {SEED}, document {want['doc']}"
            assert answer["texts"] == {name: text for name, text in want["texts"].items() if text}


# --- mutants ------------------------------------------------------------------------------------------------------


def flipped(data: bytes, others: list[bytes], dice: random.Random) -> bytes:
    """Bytes changed, cut, doubled, or taken from another update."""
    out = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        if not out:
            out.append(0)
        at, to = sorted((dice.randrange(len(out)), dice.randrange(len(out))))
        match dice.randrange(8):
            case 0:
                out[at] ^= 1 << dice.randrange(8)
            case 1:
                out[at] = dice.randrange(256)
            case 2:
                out[at] = (out[at] + dice.choice((-1, 1))) % 256
            case 3:
                del out[at : at + dice.randrange(1, 6)]
            case 4:
                out[at:at] = dice.randbytes(dice.randrange(1, 4))
            case 5:
                other = dice.choice(others)
                out[at:] = other[dice.randrange(len(other)) :]
            case 6:
                out[to:to] = out[at:to]
            case _:
                del out[at:]
    return bytes(out)


def forged(data: bytes, known: Known, dice: random.Random) -> bytes:
    """Another update of the same kind: well written, with references, clocks, clients, texts and ranges at will."""
    parsed = parse(data, UNLIMITED)
    sections = {section.client: list(section.structs) for section in parsed.sections}
    deletes = {ranges.client: list(ranges.spans) for ranges in parsed.deletes}
    for _ in range(dice.choice((1, 1, 2, 3))):
        _FORGERIES[dice.randrange(len(_FORGERIES))](sections, deletes, known, dice)
    return write(
        Update(
            [Section(client, structs) for client, structs in sorted(sections.items(), reverse=True) if structs],
            [Ranges(client, spans) for client, spans in deletes.items()],
        )
    )


Sections = dict[int, list[Struct]]
Deletes = dict[int, list[Id]]


def anywhere(known: Known, dice: random.Random) -> Id:
    """Something known; now and then the clock after it."""
    clocks = known.clocks
    client = dice.choice(list(clocks))
    return client, dice.randrange(clocks[client] + (dice.random() < 0.05))


def string(clock: int, known: Known, dice: random.Random) -> Struct:
    """Text at a place that is anything from absurd to nearly honest: between two places of a text not far apart."""
    name = dice.choice(list(known.lengths))
    origin, right = (anywhere(known, dice) if dice.random() < 0.7 else None for _ in range(2))
    if dice.random() < 0.7:
        places = [(run.client, at) for run in known.walk(name) for at in range(run.start, run.end)]
        left = dice.randrange(-1, len(places))
        after = left + dice.choice((1, 1, 1, 2, 3, 5, 8, 40))
        origin = places[left] if left >= 0 else None
        right = places[after] if after < len(places) else None
    return updates.text(clock, dice.choice(PIECES), origin, right, name)


def move(sections: Sections, deletes: Deletes, known: Known, dice: random.Random) -> None:
    for structs in some(sections, dice):
        at = dice.randrange(len(structs))
        if structs[at].kind not in (GC, SKIP):
            new = string(structs[at].clock, known, dice)
            structs[at] = structs[at]._replace(flags=new.flags, origin=new.origin, right=new.right, parent=new.parent)


def swap(sections: Sections, deletes: Deletes, known: Known, dice: random.Random) -> None:
    for structs in some(sections, dice):
        at = dice.randrange(len(structs))
        if structs[at].origin and structs[at].right:
            structs[at] = structs[at]._replace(origin=structs[at].right, right=structs[at].origin)


def retype(sections: Sections, deletes: Deletes, known: Known, dice: random.Random) -> None:
    for structs in some(sections, dice):
        at = dice.randrange(len(structs))
        if structs[at].kind == STRING:
            piece = dice.choice(PIECES)
            structs[at] = structs[at]._replace(text=piece, length=utf16_length(piece))


def blank(sections: Sections, deletes: Deletes, known: Known, dice: random.Random) -> None:
    for structs in some(sections, dice):
        at = dice.randrange(len(structs))
        old = structs[at]
        if old.kind not in (GC, SKIP):
            new = updates.gone(old.clock, old.length + dice.choice((0, 0, 1, 3)), old.origin, old.right)
            structs[at] = new._replace(parent=old.parent)


def steal(sections: Sections, deletes: Deletes, known: Known, dice: random.Random) -> None:
    if sections:
        structs = sections.pop(dice.choice(list(sections)))
        sections[dice.choice(list(known.clocks))] = structs


def restart(sections: Sections, deletes: Deletes, known: Known, dice: random.Random) -> None:
    if sections:
        client = dice.choice(list(sections))
        clock = max(0, known.clock(client) - dice.choice((0, 0, 1, 2, 3, 5)))
        sections[client][0] = sections[client][0]._replace(clock=clock)


def delete(sections: Sections, deletes: Deletes, known: Known, dice: random.Random) -> None:
    client, start = anywhere(known, dice)
    deletes[client] = [(start, dice.randint(start + 1, max(start + 1, known.clock(client))))]


def forget(sections: Sections, deletes: Deletes, known: Known, dice: random.Random) -> None:
    deletes.clear()


def append(sections: Sections, deletes: Deletes, known: Known, dice: random.Random) -> None:
    for structs in some(sections, dice):
        structs.append(string(structs[-1].clock + structs[-1].length, known, dice))


def join(sections: Sections, deletes: Deletes, known: Known, dice: random.Random) -> None:
    client = dice.choice(list(known.clocks))
    sections.setdefault(client, [string(known.clock(client), known, dice)])


def depend(sections: Sections, deletes: Deletes, known: Known, dice: random.Random) -> None:
    if len(sections) < 2:
        join(sections, deletes, known, dice)
        return
    one, other = dice.sample(list(sections), 2)
    at = dice.randrange(len(sections[one]))
    target = dice.choice(sections[other])
    if sections[one][at].kind not in (GC, SKIP):
        origin = (other, target.clock + dice.randrange(target.length))
        sections[one][at] = sections[one][at]._replace(flags=0x80, origin=origin, right=None, parent=None)


_FORGERIES = (move, move, move, swap, retype, blank, steal, restart, delete, forget, append, join, depend)


def some(sections: Sections, dice: random.Random) -> Iterator[list[Struct]]:
    if sections:
        yield sections[dice.choice(list(sections))]


def assault(
    honest: list[dict[str, Any]], dice: random.Random, count: int, mutant: Callable[[bytes, list[bytes], Known], bytes]
) -> Counter[str]:
    """Throw `count` mutants at documents half way through; every one taken must leave Yjs and pycrdt with one text."""
    rooms: dict[int, list[bytes]] = {}
    for line in honest:
        rooms.setdefault(line["doc"], []).append(line["update"])
    orders: list[dict[str, Any]] = []
    wanted: list[tuple[dict[str, str], dict[str, int], str] | None] = []
    codes: Counter[str] = Counter()
    while codes.total() < count:
        log = dice.choice(list(rooms.values()))
        half = dice.randrange(20, 120)
        server = Server(gc=dice.random() < 0.5)
        orders.append({"new": dice.random() < 0.5})
        for data in log[:half]:
            server.take(data, lambda client: True)
        orders.append({"update": b64(server.doc.get_update())})
        wanted.append(None)
        taken: list[str] = []
        for _ in range(150):
            data = mutant(dice.choice(log[max(0, half - 10) : half + 30]), log, server.known)
            try:
                news = server.take(data, lambda client: True)
            except Refused as refused:
                codes[refused.code] += 1
                continue
            codes["taken" if news else "known"] += 1
            taken.append(data.hex())
            where = f"seed {SEED}, after {half} updates of document with {log[0].hex()[:40]}: {taken}"
            assert not server.faults(), where
            orders.append({"update": b64(data)})
            wanted.append((server.visible(), server.clocks(), where))
            if len(taken) == 25:
                break
    for want, answer in zip(wanted, yjs.run("apply.mjs", lines=orders), strict=True):
        assert answer["error"] is None, want
        assert not answer["pending"], want
        if want is not None:
            assert (answer["texts"], answer["clocks"]) == want[:2], want[2]
    return codes


def test_broken_bytes_never_harm(honest: list[dict[str, Any]]) -> None:
    dice = random.Random(SEED)
    codes = assault(honest, dice, 20_000 * TIMES, lambda data, log, known: flipped(data, log, dice))
    assert codes["malformed"] > 10_000
    assert codes["taken"] > 50


def test_forged_updates_never_harm(honest: list[dict[str, Any]]) -> None:
    dice = random.Random(SEED + 1)
    codes = assault(honest, dice, 6_000 * TIMES, lambda data, log, known: forged(data, known, dice))
    assert codes["taken"] > 300
    assert min(codes[code] for code in ("gap", "unknown_reference", "unknown_root", "surrogate")) > 100


def test_forged_items_end_at_one_place_in_every_order(honest: list[dict[str, Any]]) -> None:
    """Pages that typed before a forged item came to them, and pages that typed after it, all have the server's text."""
    dice = random.Random(SEED + 2)
    rooms: dict[int, list[bytes]] = {}
    for line in honest:
        rooms.setdefault(line["doc"], []).append(line["update"])
    orders: list[dict[str, Any]] = []
    wanted: list[tuple[dict[str, str], str] | None] = []
    taken = 0
    for _ in range(200 * TIMES):
        log = dice.choice(list(rooms.values()))
        half = dice.randrange(10, 60)
        server = Server(gc=True)
        for data in log[:half]:
            server.take(data, lambda client: True)
        base = server.doc.get_update()
        hostile = []
        clocks = dict.fromkeys((dice.randrange(2**32) for _ in range(2)), 0)
        for _ in range(30):
            client = dice.choice(list(clocks))
            struct = string(clocks[client], server.known, dice)
            data = updates.update({client: [struct]})
            try:
                server.take(data, clocks.__contains__)
            except Refused:
                continue
            hostile.append(data)
            taken += 1
            clocks[client] += struct.length
        typed = log[half : half + 8]
        for data in typed:
            server.take(data, lambda client: True)  # and nothing hostile makes an honest update unacceptable
        where = f"seed {SEED}, {[data.hex() for data in hostile]} after {half} updates"
        for order in (hostile + typed, typed + hostile, hostile[:3] + typed + hostile[3:]):
            orders += [{"new": dice.random() < 0.5}, {"update": b64(base)}, *({"update": b64(data)} for data in order)]
            wanted += [None] * len(order) + [(server.visible(), where)]
    for want, answer in zip(wanted, yjs.run("apply.mjs", lines=orders), strict=True):
        assert answer["error"] is None
        if want is not None:
            assert not answer["pending"]
            assert answer["texts"] == want[0], want[1]
    assert taken > 1_000
