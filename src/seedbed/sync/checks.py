"""Which updates a document takes: `Known` judges the bytes that a page sends before any CRDT library sees them.

What a page with a plain `<textarea>` can honestly send is small, and everything else is refused, because each thing
beyond it is either a way to hurt (memory, authorship, other people's documents) or a point where Yjs in the browser and
yrs on the server are known or suspected to part, and texts that part stay apart for ever.

- **Contents: strings and deleted content only.** Formats, embeds and arbitrary values would be legal in a Y.Text, but a
  textarea shows none of them: they would be storage that nobody sees, that is counted by no length limit, that exports
  leave out and that erasure by eye cannot find. The same for keys (`parentSub`), nested types, binaries, subdocuments.
- **GC structs are refused.** Yjs and yrs make one only of what stands inside a deleted nested type, and there are no
  nested types; deleted text is deleted content. A forged one would swallow, silently, whatever is typed beside it.
- **A skip is taken only over clocks that are known**: `mergeUpdates` writes one between two queued updates when the one
  between them is not in the queue, having been acknowledged. Over anything else it is a gap.
- **A struct that is known already is ignored by both libraries, its content with it**, so it may come from anybody; but
  Yjs resolves its references first, and a reference splits items. So known structs obey the same rules for references,
  kinds and roots, and only authorship and content are not asked for. Of a struct that is known in part, both libraries
  take the rest as text that follows its own last known unit.
- **Every reference is to something known, or to something in the same update that does not in turn wait for it**:
  else the update is parked, in memory, for ever.
- **The right origin stands right of the origin**: see `order`, where it is measured what a forged item does otherwise.
- **No cut between the two halves of a surrogate pair**: by origin, right origin, delete range, or the known part of a
  struct. Yjs replaces halves with U+FFFD there, yrs does not.

Memory is by runs: some 50 bytes for each stretch typed at one go, 8 for each deleted stretch, 4 for each character
beyond U+FFFF.

Measured, check and accept of the usual update (one character): see benchmarks in tests/sync/test_checks.py.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from seedbed.sync.encoding import Refused, astral
from seedbed.sync.order import Id, Order
from seedbed.sync.update import DELETED, SKIP, STRING, UNLIMITED, Bounds, Section, Struct, Update, parse

__all__ = ["Checked", "Known", "Limits", "Span"]

_SUB = 0x20
_END = 1 << 62


class Limits(NamedTuple):
    """Limits of one document. `update` in bytes, `cell` and `document` in UTF-16 units of visible text.

    `structs` and `ranges` bound the pieces of one update. The numbers leave room for the longest honest update, that of
    a page which comes back after a day without network: it carries the document's whole delete set.
    """

    update: int = 1 << 20
    cell: int = 20_000
    document: int = 1_000_000
    structs: int = 20_000
    ranges: int = 100_000


class Span(NamedTuple):
    """Clocks of one client, `end` excluded."""

    client: int
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Checked:
    """An update that the document takes as it stands; for `accept` of the `Known` that made it.

    `known`: nothing in it is new. `lengths`: visible UTF-16 units after it, of each text that it changes. `inserted`:
    new clocks (what was deleted before it arrived included). `deleted`: clocks that were visible before, or are new
    text in the same update, and are deleted by it.
    """

    known: bool
    lengths: Mapping[str, int]
    inserted: tuple[Span, ...]
    deleted: tuple[Span, ...]
    version: int = 0
    update: Update | None = None
    growth: Mapping[int, _Growth] = field(default_factory=dict)
    roots: tuple[str, ...] = ()


class _Client:
    """What is known of one client beside its place in the order; all ascending."""

    __slots__ = ("dead_ends", "dead_starts", "halves")

    def __init__(self) -> None:
        self.halves = array("I")  # second halves of surrogate pairs
        self.dead_starts = array("I")
        self.dead_ends = array("I")

    def is_half(self, clock: int) -> bool:
        halves = self.halves
        if not halves or clock > halves[-1]:
            return False
        return halves[bisect_left(halves, clock)] == clock

    def alive(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The stretches between `start` and `end` that are not deleted."""
        at = bisect_right(self.dead_ends, start)
        while start < end:
            stop = self.dead_starts[at] if at < len(self.dead_starts) else end
            if start < stop:
                yield start, min(stop, end)
            if stop >= end:
                return
            start = self.dead_ends[at]
            at += 1

    def bury(self, start: int, end: int) -> None:
        """Add a deleted stretch that touches none of the known ones, or joins them end to end."""
        starts, ends = self.dead_starts, self.dead_ends
        at = bisect_right(starts, start)
        joins_left = at > 0 and ends[at - 1] == start
        joins_right = at < len(starts) and starts[at] == end
        if joins_left and joins_right:
            ends[at - 1] = ends[at]
            del starts[at], ends[at]
        elif joins_left:
            ends[at - 1] = end
        elif joins_right:
            starts[at] = start
        else:
            starts.insert(at, start)
            ends.insert(at, end)


_NOBODY = _Client()


class _Growth:
    """What an update adds to one client, from clock `base` on; `news` is what stands in `_Client` for the rest."""

    __slots__ = ("base", "clock", "news")

    def __init__(self, base: int) -> None:
        self.base = base
        self.clock = base
        self.news = _Client()


class Known:
    """What the server knows of one document: every clock, its text and place, deletions, pairs, lengths of texts."""

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 (immutable)
        self.limits = limits
        self._bounds = Bounds(size=limits.update, structs=limits.structs, ranges=limits.ranges)
        self._order = Order()
        self._clients: dict[int, _Client] = {}
        self._roots: dict[str, int] = {}
        self._names: list[str] = []
        self._lengths: list[int] = []
        self._total = 0
        self._version = 0
        self._looked: Checked | None = None  # whose structs stand in the order, uncommitted

    @property
    def total(self) -> int:
        """Visible UTF-16 units of all texts."""
        return self._total

    @property
    def clocks(self) -> dict[int, int]:
        """The state vector: the next clock of every client."""
        self._forget()
        return self._order.clocks()

    @property
    def lengths(self) -> dict[str, int]:
        """Visible UTF-16 units of every text that was ever written in."""
        return dict(zip(self._names, self._lengths, strict=True))

    def clock(self, client: int) -> int:
        self._forget()
        return self._order.clock(client)

    def name_at(self, client: int, clock: int) -> str:
        """The text in which a known clock stands."""
        self._forget()
        return self._names[self._order.root(self._order.node(client, clock))]

    def is_half(self, client: int, clock: int) -> bool:
        """Is this clock the second half of a surrogate pair?"""
        return self._clients.get(client, _NOBODY).is_half(clock)

    def walk(self, name: str) -> Iterator[Span]:
        """Every clock of a text in the order in which it stands there, deleted ones too."""
        self._forget()
        root = self._roots.get(name)
        return iter(()) if root is None else (Span(*run) for run in self._order.walk(root))

    def check(self, data: bytes, *, may_write: Callable[[int], bool], names: Container[str]) -> Checked:
        """Look whether the document takes `data`; changes nothing, raises `Refused` if it does not.

        `may_write(client)`: may new structs come under this client id from this sender? `names`: the texts that the
        document has.
        """
        return self._look(parse(data, self._bounds), may_write, names, self.limits)

    def load(self, data: bytes) -> Checked:
        """Check and accept an update out of the document's own log: no question of size, author or name."""
        checked = self._look(parse(data, UNLIMITED), _anybody, _EVERY_NAME, None)
        self.accept(checked)
        return checked

    def accept(self, checked: Checked) -> None:
        """From now on the document has it. A `Checked` of an earlier state raises ValueError."""
        if checked.version != self._version:
            raise ValueError("checked against an earlier state of the document")
        if checked.known:
            return
        if self._looked is not checked and checked.update is not None:
            self._look(checked.update, _anybody, _EVERY_NAME, None)  # something else was looked at since
        self._looked = None
        self._order.commit()
        self._version += 1
        for name in checked.roots:
            self._roots[name] = len(self._names)
            self._names.append(name)
            self._lengths.append(0)
        for name, length in checked.lengths.items():
            root = self._roots[name]
            self._total += length - self._lengths[root]
            self._lengths[root] = length
        for number, growth in checked.growth.items():
            client = self._clients.get(number)
            if client is None:
                self._clients[number] = growth.news
                continue
            client.halves.extend(growth.news.halves)
            for start, end in zip(growth.news.dead_starts, growth.news.dead_ends, strict=True):
                client.bury(start, end)
        for number, start, end in checked.deleted:
            self._clients[number].bury(start, end)

    def _look(
        self, update: Update, may_write: Callable[[int], bool], names: Container[str], limits: Limits | None
    ) -> Checked:
        self._forget()
        try:
            checked = _Look(self, may_write, names, limits).at(update)
        except Refused:
            self._order.rollback()
            raise
        self._looked = checked
        return checked

    def _forget(self) -> None:
        if self._looked is not None:
            self._looked = None
            self._order.rollback()


class _Every:
    def __contains__(self, name: object) -> bool:
        return True


_EVERY_NAME = _Every()


def _anybody(client: int) -> bool:
    return True


class _Look:
    """One update held against a `Known`. New structs are put into its order, to be committed or rolled back."""

    __slots__ = ("changes", "deleted", "growth", "known", "limits", "may_write", "names", "order", "roots")

    def __init__(
        self, known: Known, may_write: Callable[[int], bool], names: Container[str], limits: Limits | None
    ) -> None:
        self.known = known
        self.order = known._order
        self.may_write = may_write
        self.names = names
        self.limits = limits
        self.growth: dict[int, _Growth] = {}
        self.roots: dict[str, int] = {}
        self.changes: dict[int, int] = {}
        self.deleted: list[Span] = []

    def at(self, update: Update) -> Checked:
        sections = update.sections
        if len(sections) == 1 and len(sections[0].structs) == 1:
            client, (struct,) = sections[0]
            if self._need(client, struct) is not None:
                raise Refused("unknown_reference")
            self._take(client, struct)
        else:
            self._structs(sections)
        for client, spans in update.deletes:
            for start, end in spans:
                self._delete(client, start, end)
        version = self.known._version
        if not self.growth and not self.deleted:
            return Checked(True, {}, (), (), version)
        lengths = self._measure()
        inserted = tuple([Span(client, growth.base, growth.clock) for client, growth in self.growth.items()])
        return Checked(False, lengths, inserted, tuple(self.deleted), version, update, self.growth, tuple(self.roots))

    def _structs(self, sections: list[Section]) -> None:
        """Take the structs in an order in which each finds what it refers to, as the libraries do."""
        waiting = {section.client: iter(section.structs) for section in sections}
        heads = {client: next(structs, None) for client, structs in waiting.items()}
        for client in waiting:
            stack = [(client, _END)]  # (whose structs, until that clock is there)
            busy = {client}
            while stack:
                number, until = stack[-1]
                struct = heads[number]
                if struct is None or self.order.clock(number) > until:
                    stack.pop()
                    busy.remove(number)
                    continue
                need = self._need(number, struct)
                if need is None:
                    self._take(number, struct)
                    heads[number] = next(waiting[number], None)
                elif heads.get(need[0]) is None or need[0] in busy:
                    raise Refused("unknown_reference")
                else:
                    stack.append(need)
                    busy.add(need[0])

    def _need(self, client: int, struct: Struct) -> Id | None:
        """A reference to another client's clock that is not there yet."""
        for reference in (struct.origin, struct.right):
            if reference is None:
                continue
            if reference[0] == client:
                if reference[1] >= struct.clock:
                    raise Refused("unknown_reference")
            elif reference[1] >= self.order.clock(reference[0]):
                return reference
        return None

    def _take(self, client: int, struct: Struct) -> None:
        kind, clock = struct.kind, struct.clock
        end = clock + struct.length
        state = self.order.clock(client)
        if clock > state or (kind == SKIP and end > state):
            raise Refused("gap")
        if kind == SKIP:
            return
        if (kind != STRING and kind != DELETED) or struct.flags & _SUB:
            raise Refused("bad_content")
        root = self._root(struct)
        origin, right = struct.origin, struct.right
        if clock < state:
            self._overlap(client, clock, min(end, state) - 1, right, root)
            if end <= state:
                return
            origin = (client, state - 1)
        if not self.may_write(client):
            raise Refused("foreign_client")
        growth = self.growth.get(client)
        if growth is None:
            growth = self.growth[client] = _Growth(state)
        if kind == STRING:
            if len(struct.text) != struct.length:
                halves = [clock + half for half in astral(struct.text)]
                if state in halves:
                    raise Refused("surrogate")
                growth.news.halves.extend([half for half in halves if half > state])
            self.changes[root] = self.changes.get(root, 0) + end - state
        else:
            growth.news.bury(state, end)
            self.changes.setdefault(root, 0)
        self.order.integrate(client, state, end, origin, right, root)
        growth.clock = end

    def _overlap(self, client: int, first: int, last: int, right: Id | None, root: int) -> None:
        """A struct of which the clocks `first` to `last` are known must stand where they stand."""
        order = self.order
        if order.root(order.node(client, last)) != root or order.root(order.node(client, first)) != root:
            raise Refused("unknown_root")
        if not order.fits((client, last), right):
            raise Refused("unknown_reference")

    def _root(self, struct: Struct) -> int:
        """The number of the root that the struct stands in; its references are known."""
        origin, right, order = struct.origin, struct.right, self.order
        roots = []
        if origin is not None:
            if self._is_half(origin[0], origin[1] + 1):
                raise Refused("surrogate")
            roots.append(order.root(order.node(*origin)))
        if right is not None:
            if self._is_half(*right):
                raise Refused("surrogate")
            roots.append(order.root(order.node(*right)))
        if not roots:
            return self._root_named(struct.parent)
        if roots[0] != roots[-1]:
            raise Refused("unknown_root")
        if not order.fits(origin, right):
            raise Refused("unknown_reference")
        return roots[0]

    def _root_named(self, name: str | Id | None) -> int:
        if not isinstance(name, str):
            raise Refused("bad_content")
        if name not in self.names:
            raise Refused("unknown_root")
        root = self.known._roots.get(name)
        if root is None:
            root = self.roots.setdefault(name, len(self.known._names) + len(self.roots))
        return root

    def _is_half(self, client: int, clock: int) -> bool:
        growth = self.growth.get(client)
        if growth is not None and clock >= growth.base:
            return growth.news.is_half(clock)
        return self.known._clients.get(client, _NOBODY).is_half(clock)

    def _delete(self, client: int, start: int, end: int) -> None:
        if end > self.order.clock(client):
            raise Refused("unknown_reference")
        if self._is_half(client, start) or self._is_half(client, end):
            raise Refused("surrogate")
        growth = self.growth.get(client)
        base = growth.base if growth else end
        alive = list(self.known._clients.get(client, _NOBODY).alive(start, min(end, base)))
        if growth is not None and end > base:
            alive += growth.news.alive(max(start, base), end)
        for first, last in alive:
            self.deleted.append(Span(client, first, last))
            for root, units in self.order.runs(client, first, last):
                self.changes[root] = self.changes.get(root, 0) - units

    def _measure(self) -> dict[str, int]:
        """Lengths after the update; refuses growth beyond a limit, never a step back towards it."""
        known = self.known
        limits = self.limits
        fresh = list(self.roots)
        lengths = {}
        total = 0
        for root, change in self.changes.items():
            old = root < len(known._names)
            name = known._names[root] if old else fresh[root - len(known._names)]
            if name not in self.names:
                raise Refused("unknown_root")
            length = change + (known._lengths[root] if old else 0)
            if limits is not None and change > 0 and length > limits.cell:
                raise Refused("cell_full")
            lengths[name] = length
            total += change
        if limits is not None and total > 0 and known._total + total > limits.document:
            raise Refused("document_full")
        return lengths
