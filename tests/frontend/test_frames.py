"""The two halves of the wire, held together: what the server writes the pages read, and the other way round."""

from __future__ import annotations

import base64
import json
from typing import Any

from seedbed.server.live import frames
from seedbed.server.live.frames import Down, Up
from tests.frontend.pages import node

WHERE = {"text": "question:k3v9x2mt", "anchor": '{"tname":"question:k3v9x2mt"}', "head": None}
HERE = {"client": 4294967295, "person": "p_a", "name": "Zoë 😀", "role": "participant", **WHERE}
WELCOME = {
    "client": 7, "epoch": 2, "person": "p_a", "name": "Zoë 😀", "role": "moderator", "write": True,
    "limits": {"update": 131072, "cell": 10000, "document": 1000000},
}  # fmt: skip
STATE = {"board": {"main": {"phase": "open"}}, "rows": {}}
EVENT = {
    "seq": 300, "at": "2026-01-01T00:00:00.000+00:00", "actor": "p_a", "kind": "row.remove", "subject": "r", "cmd": "",
    "changes": [["rows", "r", None], ["board", "main", {"phase": "closed"}]],
}  # fmt: skip

DOWN: list[tuple[bytes, dict[str, Any]]] = [
    (frames.jsonly(Down.WELCOME, 1, WELCOME), {"type": "welcome", "channel": 1, "welcome": WELCOME}),
    (
        frames.sync2(63, 2**34, b"\x00", b"\x00\x01", STATE),
        {"type": "sync2", "channel": 63, "seq": 2**34, "vector": [0], "diff": [0, 1], "snapshot": STATE},
    ),
    (frames.ack(1, 300, 127, 128), {"type": "ack", "channel": 1, "n": 300, "after": 127, "through": 128}),
    (frames.nack(2, 1, "phase_closed"), {"type": "nack", "channel": 2, "n": 1, "code": "phase_closed"}),
    (
        frames.updates(1, 0, 2, map(frames.piece, (b"\x01" * 200, b"\x02"))),
        {"type": "updates", "channel": 1, "after": 0, "through": 2, "updates": [[1] * 200, [2]]},
    ),
    (
        frames.jsonly(Down.PRESENCE, 1, {"here": [HERE], "gone": [3]}),
        {"type": "presence", "channel": 1, "here": [HERE], "gone": [3]},
    ),
    (
        frames.events(1, 299, 300, [EVENT]),
        {"type": "events", "channel": 1, "after": 299, "through": 300, "events": [EVENT]},
    ),
    (
        frames.jsonly(Down.REFUSED, 1, {"id": "c1", "code": "unknown_row"}),
        {"type": "refused", "channel": 1, "id": "c1", "code": "unknown_row"},
    ),
    (frames.jsonly(Down.PONG, 0), {"type": "pong", "channel": 0}),
    (frames.jsonly(Down.CLOSED, 1, {"code": "epoch"}), {"type": "closed", "channel": 1, "code": "epoch"}),
    (frames.jsonly(Down.RESYNC, 1), {"type": "resync", "channel": 1}),
]

UP: list[dict[str, Any]] = [
    {
        "type": "hello",
        "channel": 1,
        "hello": {"protocol": 1, "doc": "board/A/questions", "epoch": None, "previous": [7]},
    },
    {"type": "sync1", "channel": 1, "vector": [0]},
    {"type": "update", "channel": 63, "n": 300, "update": [1, 2, 3]},
    {"type": "aware", "channel": 1, "where": WHERE},
    {"type": "cmd", "channel": 1, "command": {"id": "x", "kind": "row.add", "after": "k3f9"}},
    {"type": "ping", "channel": 0},
    {"type": "leave", "channel": 5},
]

SCRIPT = """
import { decodeDown, encodeUp } from "./src/sync/frames.ts";
const plain = (_, value) => (value instanceof Uint8Array ? [...value] : value);
const bytes = new Set(["vector", "update"]);
const given = JSON.parse(process.argv[1]);
const revived = ([key, value]) => [key, bytes.has(key) ? Uint8Array.from(value) : value];
const ups = given.up.map((frame) => encodeUp(Object.fromEntries(Object.entries(frame).map(revived))));
console.log(JSON.stringify({
  down: given.down.map((text) => decodeDown(Uint8Array.from(Buffer.from(text, "base64")))),
  up: ups.map((each) => Buffer.from(each).toString("base64")),
}, plain));
"""


def test_each_half_reads_what_the_other_writes() -> None:
    given = {"down": [base64.b64encode(message).decode() for message, _ in DOWN], "up": UP}
    done = node(
        "--no-warnings", "--input-type=module", "--experimental-strip-types", "--eval", SCRIPT, "--", json.dumps(given)
    )
    assert done.returncode == 0, done.stdout
    said = json.loads(done.stdout)
    assert said["down"] == [frame for _, frame in DOWN]
    for text, frame in zip(said["up"], UP, strict=True):
        read = frames.read(base64.b64decode(text))
        assert (read.kind, read.channel) == (Up[frame["type"].upper()], frame["channel"])
        match frame["type"]:
            case "update":
                assert (read.number, list(read.body)) == (frame["n"], frame["update"])
            case "sync1":
                assert list(read.body) == frame["vector"]
            case "hello" | "aware" | "cmd":
                assert read.json() == frame[{"hello": "hello", "aware": "where", "cmd": "command"}[frame["type"]]]
            case _:
                assert read.body == b""
    # every frame that there is was looked at
    assert {message[0] for message, _ in DOWN} == set(Down)
    assert {frame["type"].upper() for frame in UP} == {kind.name for kind in Up}
