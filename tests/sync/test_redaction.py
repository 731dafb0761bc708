"""Erasure: what one person wrote is gone from the bytes, and nobody else's text has moved."""

from __future__ import annotations

import base64
import random
from typing import Any

import pytest
from pycrdt import Doc, Text

from seedbed.sync.checks import Known
from seedbed.sync.encoding import Refused, astral, read_varuint
from seedbed.sync.redaction import redact
from seedbed.sync.update import DELETED, SKIP, STRING, parse
from tests.sync import yjs
from tests.sync.updates import gone, item, skip, text, update

SEED = 20_260_701


def test_only_contents_change() -> None:
    structs = [
        text(0, "secret 😀"),
        gone(9, 3, origin=(5, 8)),
        text(12, "more", origin=(4, 0), right=(5, 0)),
        skip(16, 2),
        text(18, "end", origin=(5, 15)),
    ]
    data = update({5: structs, 4: [text(0, "theirs")]}, {5: [(0, 2)], 4: [(1, 2)]})
    before, after = parse(data), parse(redact(data, {5}))
    assert after.deletes == before.deletes
    assert after.sections[1] == before.sections[1]
    for old, new in zip(before.sections[0].structs, after.sections[0].structs, strict=True):
        assert new._replace(kind=old.kind, text=old.text, raw=old.raw) == old
        assert new.kind in (DELETED, SKIP)


def test_other_contents_go_too() -> None:
    any_text = "7706" + b"secret".hex()
    data = update({5: [item(8, "02" + any_text + any_text, length=2), item(5, "08" + b'"secret"'.hex(), clock=2)]})
    assert b"secret" in data
    blank = redact(data, {5})
    assert b"secret" not in blank
    assert [struct.length for struct in parse(blank).sections[0].structs] == [2, 1]


def test_untouched_updates_come_back_as_they_were() -> None:
    data = update({5: [text(0, "theirs")]}, {4: [(0, 1)]})
    assert redact(data, {4, 99}) is data
    assert redact(redact(data, {5}), {5}) == redact(data, {5})


def test_what_is_no_update_is_refused() -> None:
    with pytest.raises(Refused):
        redact(b"\x01\x01", {1})


@pytest.fixture(scope="module")
def rooms() -> list[list[dict[str, Any]]]:
    lines: dict[int, list[dict[str, Any]]] = {}
    for line in yjs.run("simulate.mjs", SEED, 12, 150):
        line["update"] = base64.b64decode(line["update"])
        lines.setdefault(line["doc"], []).append(line)
    return list(lines.values())


def contents(log: list[bytes]) -> dict[tuple[int, int], str]:
    """Every character ever written, by the clock of its first unit."""
    found: dict[tuple[int, int], str] = {}
    for data in log:
        for client, structs in parse(data).sections:
            for struct in structs:
                if struct.kind != STRING:
                    continue
                clock = struct.clock
                for char in struct.text:
                    found.setdefault((client, clock), char)
                    clock += 1 + len(astral(char))
    return found


def others(known: Known, log: list[bytes], deleted: set[tuple[int, int]], without: set[int]) -> dict[str, str]:
    """The visible text of everybody else, from the log alone."""
    chars = contents(log)
    return {
        name: "".join(
            chars.get((client, clock), "")
            for client, start, end in known.walk(name)
            if client not in without
            for clock in range(start, end)
            if (client, clock) not in deleted
        )
        for name in known.lengths
    }


def replay(log: list[bytes]) -> tuple[Known, set[tuple[int, int]]]:
    known = Known()
    deleted: set[tuple[int, int]] = set()
    for data in log:
        for client, start, end in known.load(data).deleted:
            deleted.update((client, clock) for clock in range(start, end))
    return known, deleted


def in_pycrdt(log: list[bytes]) -> tuple[dict[str, str], dict[int, int]]:
    doc: Doc[Text] = Doc()
    known = Known()
    for data in log:
        doc.apply_update(data)
        known.load(data)
    assert clocks(doc.get_state()) == known.clocks
    return {name: str(doc.get(name, type=Text)) for name in known.lengths}, known.clocks


def clocks(state_vector: bytes) -> dict[int, int]:
    count, pos = read_varuint(state_vector, 0)
    found = {}
    for _ in range(count):
        client, pos = read_varuint(state_vector, pos)
        found[client], pos = read_varuint(state_vector, pos)
    return found


def test_replaying_the_redacted_log(rooms: list[list[dict[str, Any]]]) -> None:
    """The law, in pycrdt and in Yjs: same clocks, everybody else's text unchanged, the person's text nowhere."""
    dice = random.Random(SEED)
    orders: list[dict[str, Any]] = []
    expected = []
    lost = 0
    for number, room in enumerate(rooms):
        log = [line["update"] for line in room]
        person = set(dice.choice(room)["mine"])
        blank = [redact(data, person) for data in log]
        known, deleted = replay(log)
        after, _ = replay(blank)
        where = f"seed {SEED}, document {number}"
        assert after.clocks == known.clocks, where
        assert [list(after.walk(name)) for name in known.lengths] == [list(known.walk(name)) for name in known.lengths]
        texts = others(known, log, deleted, person)
        assert in_pycrdt(log)[0] == others(known, log, deleted, set()), where
        assert in_pycrdt(blank) == (texts, known.clocks), where
        for client, structs in (section for data in blank for section in parse(data).sections):
            assert client not in person or all(struct.kind in (DELETED, SKIP) for struct in structs), where
        lost += sum(client in person for client, _ in contents(log))
        orders += [{"new": bool(number % 2)}, *({"update": base64.b64encode(data).decode()} for data in blank)]
        expected += [None] * (len(blank) - 1) + [
            ({name: text for name, text in texts.items() if text}, {str(k): v for k, v in known.clocks.items()}, where)
        ]
    for wanted, answer in zip(expected, yjs.run("apply.mjs", lines=orders), strict=True):
        assert answer["error"] is None
        assert not answer["pending"]
        if wanted is not None:
            assert (answer["texts"], answer["clocks"]) == wanted[:2], wanted[2]
    assert lost > 1_000


def test_nothing_of_the_text_is_left_in_the_bytes(rooms: list[list[dict[str, Any]]]) -> None:
    """A person whose every character is of a script that nobody else uses: none of it is left, in no update."""
    doc: Doc[Text] = Doc(client_id=77)
    doc["t"] = shared = Text("public ")
    log = [doc.get_update()]
    page: Doc[Text] = Doc(client_id=78)
    page.apply_update(log[0])
    mine = page.get("t", type=Text)
    secret = "ЖЩ𐍈"
    before = page.get_state()
    for at in (0, 2, 4):
        mine.insert(at, secret)
    log.append(page.get_update(before))
    doc.apply_update(log[-1])
    before = doc.get_state()
    del shared[2 : 2 + len("Щ".encode())]
    shared += "words"
    log.append(doc.get_update(before))
    log.append(doc.get_update())  # somebody else's page sends everything again
    for data in (redact(data, {78}) for data in log):
        assert all(char.encode() not in data for char in secret)
    after: Doc[Text] = Doc()
    for data in log:
        after.apply_update(redact(data, {78}))
    assert str(after.get("t", type=Text)) == "public words"
    assert clocks(after.get_state()) == clocks(doc.get_state())


def test_text_restored_after_its_deletion_goes_with_its_first_writer(rooms: list[list[dict[str, Any]]]) -> None:
    """Undoing one's own deletion of one's own text writes it anew under the same client: both go."""
    log = [
        update({5: [text(0, "secret")]}),
        update(deletes={5: [(0, 6)]}),
        update({5: [text(6, "secret", origin=(5, 5))]}),
        update({4: [text(0, "theirs", origin=(5, 11))]}),
    ]
    blank = [redact(data, {5}) for data in log]
    assert all(b"secret" not in data for data in blank)
    assert in_pycrdt(blank) == ({"t": "theirs"}, {5: 12, 4: 6})
