"""Who wrote each character of a text, and who deleted what: a replay of the log, up to any moment.

Neither Yjs nor yrs gives this out: they forget what was deleted, and they know clients, not updates. `order` says where
each unit stands; here is kept what it is, which update brought it and which took it out.

Inside, text is kept as UTF-16 units, in which clocks count: a character beyond U+FFFF is two characters of a Python
string, a surrogate each. Outside there are only code points.

Replaying 54,000 updates of five people (one hour of a group) takes 0.5 s, and reading all its texts off 0.1 s.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from seedbed.sync.order import Order
from seedbed.sync.update import DELETED, STRING, UNLIMITED, Section, Struct, parse

__all__ = ["Authored", "Authorship", "Deletion", "Logged", "Run", "authors"]


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


class _Client:
    """All units of one client by clock: which they are ("" where not known any more), which are deleted, and which
    update brought them."""

    __slots__ = ("dead", "seq_starts", "seqs", "units")

    def __init__(self) -> None:
        self.units: list[str] = []
        self.dead = bytearray()
        self.seq_starts: list[int] = []
        self.seqs: list[int] = []

    def alive(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The stretches from `start` to `end` that are not deleted."""
        while (start := self.dead.find(0, start, end)) >= 0:
            stop = self.dead.find(1, start, end)
            stop = end if stop < 0 else stop
            yield start, stop
            start = stop

    def by_seq(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """(seq, start, end) of what each update brought between `start` and `end`."""
        at = bisect_right(self.seq_starts, start) - 1
        while start < end:
            stop = min(self.seq_starts[at + 1], end) if at + 1 < len(self.seq_starts) else end
            yield self.seqs[at], start, stop
            start = stop
            at += 1

    def text(self, start: int, end: int) -> str:
        return _points("".join(self.units[start:end]))


class Authorship:
    """The texts of a document with whose they are, growing by one update after the other."""

    def __init__(self) -> None:
        self._order = Order()
        self._clients: dict[int, _Client] = {}
        self._roots: dict[str, int] = {}
        self._deletions: list[list[Deletion]] = []  # of each root

    def apply(self, update: bytes, seq: int, actor: str) -> None:
        """Take in the update numbered `seq` that `actor` sent. What is known already changes nothing."""
        parsed = parse(update, UNLIMITED)
        if len(parsed.sections) == 1:
            client, structs = parsed.sections[0]
            for struct in structs:
                self._take(client, struct, seq)
        elif parsed.sections:
            self._take_all(parsed.sections, seq)
        self._order.commit()
        for client, spans in parsed.deletes:
            for start, end in spans:
                self._delete(client, start, end, seq, actor)

    def texts(self) -> dict[str, Authored]:
        return {name: self.text(name) for name in self._roots}

    def text(self, name: str) -> Authored:
        """One text as it stands; empty when nothing was ever written in it."""
        if name not in self._roots:
            return Authored("", (), ())
        root = self._roots[name]
        parts: list[str] = []
        runs: list[Run] = []
        at = 0
        for number, first, last in self._order.walk(root):
            client = self._clients[number]
            for start, end in client.alive(first, last):
                for seq, begin, stop in client.by_seq(start, end):
                    part = client.text(begin, stop)
                    parts.append(part)
                    before = runs.pop() if runs and (runs[-1].client, runs[-1].seq) == (number, seq) else None
                    runs.append(Run(before.start if before else at, at + len(part), number, seq))
                    at += len(part)
        return Authored("".join(parts), tuple(runs), tuple(self._deletions[root]))

    def brought(self, client: int, start: int, end: int) -> set[int]:
        """The numbers of the updates that brought the clocks from `start` up to, not with, `end` of `client`."""
        found = self._clients.get(client)
        end = min(end, len(found.units)) if found else 0
        return {seq for seq, _, _ in found.by_seq(start, end)} if found and start < end else set()

    def offset(self, name: str, client: int, clock: int, *, after: bool = False) -> int | None:
        """How many code points of the text stand before that unit (`after`: up to with it, where it still stands).

        None for a unit that the text never had. Where the unit was deleted: what stood before it.
        """
        if name not in self._roots:
            return None
        units: list[str] = []
        for number, first, last in self._order.walk(self._roots[name]):
            found = self._clients[number]
            stop = min(last, clock + after) if number == client and first <= clock < last else last
            for start, end in found.alive(first, stop):
                units += found.units[start:end]
            if number == client and first <= clock < last:
                return len(_points("".join(units)))
        return None

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
            reference is None or reference[0] == client or reference[1] < self._order.clock(reference[0])
            for reference in (struct.origin, struct.right)
        )

    def _take(self, number: int, struct: Struct, seq: int) -> None:
        if struct.kind != STRING and struct.kind != DELETED:
            return  # nothing else passes the strict reader, but a skip over known clocks
        order, known = self._order, self._order.clock(number)
        clock, length, origin, right = struct.clock, struct.length, struct.origin, struct.right
        if clock + length <= known:
            return
        if clock < known:  # in part: the rest follows the last unit that is known
            origin = (number, known - 1)
        if origin is not None:
            root = order.root(order.node(*origin))
        elif right is not None:
            root = order.root(order.node(*right))
        else:
            root = self._root(str(struct.parent))
        order.integrate(number, known, clock + length, origin, right, root)
        client = self._clients.get(number)
        if client is None:
            client = self._clients[number] = _Client()
        new = clock + length - known
        if struct.kind == DELETED:
            client.units += [""] * new
            client.dead += b"\1" * new
        else:
            text = struct.text if len(struct.text) == length else _units(struct.text)
            client.units += text[-new:]
            client.dead += bytes(new)
        if not client.seqs or client.seqs[-1] != seq:
            client.seq_starts.append(known)
            client.seqs.append(seq)

    def _root(self, name: str) -> int:
        root = self._roots.setdefault(name, len(self._roots))
        if root == len(self._deletions):
            self._deletions.append([])
        return root

    def _delete(self, number: int, start: int, end: int, seq: int, actor: str) -> None:
        client = self._clients.get(number)
        if client is None:
            return
        for first, last in client.alive(start, min(end, len(client.dead))):
            client.dead[first:last] = b"\1" * (last - first)
            for root, units in self._order.runs(number, first, last):
                text = client.text(first, first + units)
                self._deletions[root].append(Deletion(number, first, units, text, actor, seq))
                first += units


def _units(text: str) -> str:
    """`text` with each character beyond U+FFFF as its two surrogates."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(raw[at] | raw[at + 1] << 8) for at in range(0, len(raw), 2))


def _points(units: str) -> str:
    """The inverse of `_units`; a half without its other half becomes U+FFFD, as in a browser."""
    if units.isascii():
        return units
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
