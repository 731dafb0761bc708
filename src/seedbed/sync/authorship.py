"""Who wrote each character of a text, and who deleted what: a replay of the log, up to any moment.

The merge is that of Yjs (YATA) for texts at the root of a document, over runs of characters: each run knows the client
that typed it and the runs beside it, deleted ones included. Neither Yjs nor yrs gives this out: they forget what was
deleted, and they know clients, not updates.

Inside, text is kept as UTF-16 units, in which clocks count: a character beyond U+FFFF is two characters of a Python
string, a surrogate each. Outside there are only code points.

Replaying 54,000 updates of five people (one hour of a group) takes 0.4 s, and reading all its texts off 0.1 s.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from seedbed.sync.update import DELETED, STRING, UNLIMITED, Section, Struct, parse

__all__ = ["Authored", "Authorship", "Deletion", "Logged", "Run", "authors"]

_Id = tuple[int, int]


class Logged(Protocol):
    """An entry of a document's log. A body that is no update is passed over."""

    @property
    def seq(self) -> int: ...
    @property
    def actor(self) -> str: ...
    @property
    def body(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Run:
    """The code points from `start` up to, not with, `end`: typed under `client`, in the update numbered `seq`."""

    start: int
    end: int
    client: int
    seq: int


@dataclass(frozen=True, slots=True)
class Deletion:
    """Text that was there and is deleted: clocks `clock` up to, not with, `clock + length` of `client`.

    `by` is the actor of the update numbered `seq` that deleted it.
    """

    client: int
    clock: int
    length: int
    text: str
    by: str
    seq: int


@dataclass(frozen=True, slots=True)
class Authored:
    """One text: what it says, whose each part is (`runs` cover it from 0 to its end), and what was taken out of it."""

    text: str
    runs: tuple[Run, ...]
    deletions: tuple[Deletion, ...]


def authors(entries: Iterable[Logged], upto: int | None = None) -> dict[str, Authored]:
    """Every text of a document, by name, after the entry numbered `upto` (None: after all). Entries come in order."""
    replay = Authorship()
    for entry in entries:
        if upto is not None and entry.seq > upto:
            break
        if isinstance(entry.body, bytes):
            replay.apply(entry.body, entry.seq, entry.actor)
    return replay.texts()


class _Node:
    """A run of units of one client, next to each other in the text. `text` is None where it is not known any more."""

    __slots__ = ("client", "clock", "deleted", "left", "length", "origin", "right", "right_origin", "root", "text")

    def __init__(
        self, client: int, clock: int, length: int, text: str | None, origin: _Id | None, right_origin: _Id | None
    ) -> None:
        self.client = client
        self.clock = clock
        self.length = length
        self.text = text
        self.deleted = text is None
        self.origin = origin
        self.right_origin = right_origin
        self.left: _Node | None = None
        self.right: _Node | None = None
        self.root: _Root


class _Root:
    __slots__ = ("deletions", "first")

    def __init__(self) -> None:
        self.first: _Node | None = None
        self.deletions: list[Deletion] = []


class _Client:
    """The nodes of one client by clock, without a gap, and which update brought which clocks."""

    __slots__ = ("clock", "nodes", "seq_starts", "seqs", "starts")

    def __init__(self) -> None:
        self.clock = 0
        self.starts: list[int] = []
        self.nodes: list[_Node] = []
        self.seq_starts: list[int] = []
        self.seqs: list[int] = []


class Authorship:
    """The texts of a document with whose they are, growing by one update after the other."""

    def __init__(self) -> None:
        self._clients: dict[int, _Client] = {}
        self._roots: dict[str, _Root] = {}

    def apply(self, update: bytes, seq: int, actor: str) -> None:
        """Take in the update numbered `seq` that `actor` sent. What is known already changes nothing."""
        parsed = parse(update, UNLIMITED)
        if len(parsed.sections) == 1:
            client, structs = parsed.sections[0]
            for struct in structs:
                self._take(client, struct, seq)
        elif parsed.sections:
            self._take_all(parsed.sections, seq)
        for client, spans in parsed.deletes:
            for start, end in spans:
                self._delete(client, start, end, seq, actor)

    def texts(self) -> dict[str, Authored]:
        return {name: self.text(name) for name in self._roots}

    def text(self, name: str) -> Authored:
        """One text as it stands; empty when nothing was ever written in it."""
        root = self._roots.get(name)
        if root is None:
            return Authored("", (), ())
        parts: list[str] = []
        runs: list[Run] = []
        at = 0
        node = root.first
        while node is not None:
            if not node.deleted:
                for seq, units in self._by_seq(node):
                    part = _points(units)
                    last = runs[-1] if runs else None
                    if last is not None and last.client == node.client and last.seq == seq:
                        runs[-1] = Run(last.start, at + len(part), last.client, seq)
                    else:
                        runs.append(Run(at, at + len(part), node.client, seq))
                    parts.append(part)
                    at += len(part)
            node = node.right
        return Authored("".join(parts), tuple(runs), tuple(root.deletions))

    def _by_seq(self, node: _Node) -> Iterator[tuple[int, str]]:
        client = self._clients[node.client]
        at = bisect_right(client.seq_starts, node.clock) - 1
        start, end = node.clock, node.clock + node.length
        text = node.text or ""
        while start < end:
            stop = client.seq_starts[at + 1] if at + 1 < len(client.seq_starts) else end
            stop = min(stop, end)
            yield client.seqs[at], text[start - node.clock : stop - node.clock]
            start = stop
            at += 1

    # --- structs --------------------------------------------------------------------------------------------------

    def _take_all(self, sections: list[Section], seq: int) -> None:
        """Structs of several clients: each as soon as what it stands on is there."""
        waiting = {section.client: list(reversed(section.structs)) for section in sections}
        moved = True
        while moved:
            moved = False
            for client, structs in waiting.items():
                while structs and self._ready(client, structs[-1]):
                    self._take(client, structs.pop(), seq)
                    moved = True

    def _ready(self, client: int, struct: Struct) -> bool:
        return all(
            reference is None or reference[0] == client or reference[1] < self._clock(reference[0])
            for reference in (struct.origin, struct.right)
        )

    def _clock(self, client: int) -> int:
        found = self._clients.get(client)
        return found.clock if found else 0

    def _take(self, number: int, struct: Struct, seq: int) -> None:
        kind = struct.kind
        if kind != STRING and kind != DELETED:
            return  # nothing else passes the reader but a skip over known clocks
        client = self._clients.get(number)
        if client is None:
            client = self._clients[number] = _Client()
        clock, length, origin = struct.clock, struct.length, struct.origin
        state = client.clock
        if clock + length <= state:
            return
        text = None if kind == DELETED else struct.text if len(struct.text) == length else _units(struct.text)
        if clock < state:  # known in part: the rest follows the last known unit
            text = None if text is None else text[state - clock :]
            length -= state - clock
            clock = state
            origin = (number, clock - 1)
        left = self._ending(origin) if origin else None
        right_origin = struct.right
        client.clock = clock + length
        if not client.seqs or client.seqs[-1] != seq:
            client.seq_starts.append(clock)
            client.seqs.append(seq)
        if (
            left is not None
            and left.client == number
            and left.clock + left.length == clock
            and left.right_origin == right_origin
            and left.text is not None
            and text is not None
            and not left.deleted
            and (left.right is None if right_origin is None else _begins(left.right, right_origin))
        ):
            left.text += text
            left.length += length
            return
        node = _Node(number, clock, length, text, origin, right_origin)
        self._place(node, left, self._beginning(right_origin) if right_origin else None, struct.parent)
        client.starts.append(clock)
        client.nodes.append(node)

    def _place(self, node: _Node, left: _Node | None, right: _Node | None, parent: Any) -> None:
        """Yjs's Item.integrate: where the node goes among others that were typed at the same place at once."""
        if left is not None:
            root = left.root
        elif right is not None:
            root = right.root
        else:
            found = self._roots.get(parent)
            root = self._roots.setdefault(parent, _Root()) if found is None else found
        node.root = root
        other = left.right if left is not None else root.first
        if other is not right:
            conflicting: set[int] = set()
            before: set[int] = set()
            while other is not None and other is not right:
                before.add(id(other))
                conflicting.add(id(other))
                if other.origin == node.origin:
                    if other.client < node.client:
                        left = other
                        conflicting.clear()
                    elif other.right_origin == node.right_origin:
                        break
                elif other.origin is not None and id(holder := self._node(other.origin)) in before:
                    if id(holder) not in conflicting:
                        left = other
                        conflicting.clear()
                else:
                    break
                other = other.right
        after = left.right if left is not None else root.first
        node.left, node.right = left, after
        if left is not None:
            left.right = node
        else:
            root.first = node
        if after is not None:
            after.left = node

    def _node(self, place: _Id) -> _Node:
        client = self._clients[place[0]]
        return client.nodes[bisect_right(client.starts, place[1]) - 1]

    def _ending(self, place: _Id) -> _Node:
        """The node that ends with this unit."""
        node = self._node(place)
        if node.clock + node.length > place[1] + 1:
            self._split(node, place[1] + 1)
        return node

    def _beginning(self, place: _Id) -> _Node:
        """The node that begins with this unit."""
        node = self._node(place)
        return self._split(node, place[1]) if node.clock < place[1] else node

    def _split(self, node: _Node, clock: int) -> _Node:
        """Cut the node in front of `clock`; the second part comes back."""
        cut = clock - node.clock
        text = None if node.text is None else node.text[cut:]
        rest = _Node(node.client, clock, node.length - cut, text, (node.client, clock - 1), node.right_origin)
        rest.deleted = node.deleted
        rest.root = node.root
        node.length = cut
        if node.text is not None:
            node.text = node.text[:cut]
        rest.left, rest.right = node, node.right
        if node.right is not None:
            node.right.left = rest
        node.right = rest
        client = self._clients[node.client]
        at = bisect_right(client.starts, clock)
        client.starts.insert(at, clock)
        client.nodes.insert(at, rest)
        return rest

    # --- deletions ------------------------------------------------------------------------------------------------

    def _delete(self, number: int, start: int, end: int, seq: int, actor: str) -> None:
        client = self._clients.get(number)
        if client is None:
            return
        end = min(end, client.clock)
        while start < end:
            node = client.nodes[bisect_right(client.starts, start) - 1]
            if not node.deleted:
                if node.clock < start:
                    node = self._split(node, start)
                if node.clock + node.length > end:
                    self._split(node, end)
                node.deleted = True
                text = _points(node.text or "")
                node.root.deletions.append(Deletion(number, node.clock, node.length, text, actor, seq))
            start = node.clock + node.length


def _begins(node: _Node | None, place: _Id) -> bool:
    return node is not None and node.clock == place[1] and node.client == place[0]


def _units(text: str) -> str:
    """`text` with each character beyond U+FFFF as its two surrogates."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(raw[at] | raw[at + 1] << 8) for at in range(0, len(raw), 2))


def _points(units: str) -> str:
    """The inverse of `_units`; a half without its other half becomes U+FFFD, as in a browser."""
    if units.isascii():
        return units
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
