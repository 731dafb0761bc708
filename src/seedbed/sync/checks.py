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
- **No cut between the two halves of a surrogate pair**: by origin, right origin, delete range, or the known part of a
  struct. Yjs replaces halves with U+FFFD there, yrs does not.

Memory is by runs: per client one entry for each stretch typed into one text, one for each deleted stretch, and one for
each character beyond U+FFFF.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from seedbed.sync.encoding import Refused, astral
from seedbed.sync.update import DELETED, SKIP, STRING, UNLIMITED, Bounds, Struct, Update, parse

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
    """An update that the document takes; to be handed to `accept` of the `Known` that made it, before any other.

    `known`: nothing in it is new. `lengths`: visible UTF-16 units after it, of each text that it changes. `inserted`:
    new clocks (what was deleted before it arrived included). `deleted`: clocks that were visible before, or are new
    text in the same update, and are deleted by it.
    """

    known: bool
    lengths: Mapping[str, int]
    inserted: tuple[Span, ...]
    deleted: tuple[Span, ...]
    version: int = 0
    growth: Mapping[int, _Growth] = field(default_factory=dict)
    roots: tuple[str, ...] = ()


class _Client:
    """What is known of one client: runs of clocks by root, low halves of pairs, deleted stretches; all ascending."""

    __slots__ = ("clock", "dead_ends", "dead_starts", "halves", "roots", "starts")

    def __init__(self) -> None:
        self.clock = 0
        self.starts = array("I")
        self.roots = array("I")
        self.halves = array("I")
        self.dead_starts = array("I")
        self.dead_ends = array("I")

    def root(self, clock: int) -> int:
        return self.roots[bisect_right(self.starts, clock) - 1]

    def is_half(self, clock: int) -> bool:
        halves = self.halves
        if not halves or clock > halves[-1]:
            return False
        return halves[bisect_left(halves, clock)] == clock

    def runs(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """(root, units) of the known clocks from `start` to `end`."""
        at = bisect_right(self.starts, start) - 1
        while start < end:
            stop = self.starts[at + 1] if at + 1 < len(self.starts) else self.clock
            stop = min(stop, end)
            yield self.roots[at], stop - start
            start = stop
            at += 1

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

    def grow(self, start: int, end: int, root: int) -> None:
        if not self.roots or self.roots[-1] != root:
            self.starts.append(start)
            self.roots.append(root)
        self.clock = end

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
    """What an update adds to one client: a row of pieces (start, end, root, deleted) that follow each other."""

    __slots__ = ("base", "clock", "dead", "halves", "pieces")

    def __init__(self, base: int) -> None:
        self.base = base
        self.clock = base
        self.pieces: list[tuple[int, int, int, bool]] = []
        self.halves: list[int] = []
        self.dead: list[tuple[int, int]] = []

    def piece(self, clock: int) -> int:
        return bisect_right(self.pieces, (clock, _END, 0, False)) - 1


class Known:
    """What the server knows of one document: clocks, the root of every struct, deletions, pairs, lengths of texts."""

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 (immutable)
        self.limits = limits
        self._bounds = Bounds(size=limits.update, structs=limits.structs, ranges=limits.ranges)
        self._clients: dict[int, _Client] = {}
        self._roots: dict[str, int] = {}
        self._names: list[str] = []
        self._lengths: list[int] = []
        self._total = 0
        self._version = 0

    @property
    def total(self) -> int:
        """Visible UTF-16 units of all texts."""
        return self._total

    @property
    def clocks(self) -> dict[int, int]:
        """The state vector: the next clock of every client."""
        return {number: client.clock for number, client in self._clients.items()}

    @property
    def lengths(self) -> dict[str, int]:
        """Visible UTF-16 units of every text that was ever written in."""
        return dict(zip(self._names, self._lengths, strict=True))

    def clock(self, client: int) -> int:
        known = self._clients.get(client)
        return known.clock if known else 0

    def check(self, data: bytes, *, may_write: Callable[[int], bool], names: Container[str]) -> Checked:
        """Look whether the document takes `data`; changes nothing, raises `Refused` if it does not.

        `may_write(client)`: may new structs come under this client id from this sender? `names`: the texts that the
        document has.
        """
        return _Look(self, may_write, names, self.limits).at(parse(data, self._bounds))

    def load(self, data: bytes) -> Checked:
        """Check and accept an update out of the document's own log: no question of size, author or name."""
        checked = _Look(self, _anybody, _EVERY_NAME, None).at(parse(data, UNLIMITED))
        self.accept(checked)
        return checked

    def accept(self, checked: Checked) -> None:
        """From now on the document has it. A `Checked` of an earlier state raises ValueError."""
        if checked.version != self._version:
            raise ValueError("checked against an earlier state of the document")
        if checked.known:
            return
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
                client = self._clients[number] = _Client()
            for start, end, root, deleted in growth.pieces:
                client.grow(start, end, root)
                if deleted:
                    client.bury(start, end)
            client.halves.extend(growth.halves)
        for number, start, end in checked.deleted:
            self._clients[number].bury(start, end)


class _Every:
    def __contains__(self, name: object) -> bool:
        return True


_EVERY_NAME = _Every()


def _anybody(client: int) -> bool:
    return True


class _Look:
    """One update held against a `Known`, which stays as it is; what the update would add is kept apart."""

    __slots__ = ("changes", "deleted", "growth", "known", "limits", "may_write", "names", "roots")

    def __init__(
        self, known: Known, may_write: Callable[[int], bool], names: Container[str], limits: Limits | None
    ) -> None:
        self.known = known
        self.may_write = may_write
        self.names = names
        self.limits = limits
        self.growth: dict[int, _Growth] = {}
        self.roots: dict[str, int] = {}
        self.changes: dict[int, int] = {}
        self.deleted: list[Span] = []

    def at(self, update: Update) -> Checked:
        self._structs(update)
        for client, spans in update.deletes:
            for start, end in spans:
                self._delete(client, start, end)
        if not self.growth and not self.deleted:
            return Checked(True, {}, (), (), self.known._version)
        return Checked(
            False,
            self._measure(),
            tuple(Span(client, growth.base, growth.clock) for client, growth in self.growth.items()),
            tuple(self.deleted),
            self.known._version,
            self.growth,
            tuple(self.roots),
        )

    def _state(self, client: int) -> int:
        growth = self.growth.get(client)
        return growth.clock if growth else self.known.clock(client)

    def _structs(self, update: Update) -> None:
        """Take the structs in an order in which each finds what it refers to, as the libraries do."""
        waiting = {section.client: iter(section.structs) for section in update.sections}
        heads = {client: next(structs, None) for client, structs in waiting.items()}
        for client in waiting:
            stack = [(client, _END)]  # (whose structs, until that clock is there)
            while stack:
                number, until = stack[-1]
                struct = heads[number]
                if struct is None or self._state(number) > until:
                    stack.pop()
                    continue
                need = self._need(number, struct)
                if need is None:
                    self._take(number, struct)
                    heads[number] = next(waiting[number], None)
                elif heads.get(need[0]) is None or any(need[0] == busy for busy, _ in stack):
                    raise Refused("unknown_reference")
                else:
                    stack.append(need)

    def _need(self, client: int, struct: Struct) -> tuple[int, int] | None:
        """A reference to another client's clock that is not there yet."""
        for reference in (struct.origin, struct.right):
            if reference is None:
                continue
            if reference[0] == client:
                if reference[1] >= struct.clock:
                    raise Refused("unknown_reference")
            elif reference[1] >= self._state(reference[0]):
                return reference
        return None

    def _take(self, client: int, struct: Struct) -> None:
        kind, clock = struct.kind, struct.clock
        end = clock + struct.length
        state = self._state(client)
        if clock > state or (kind == SKIP and end > state):
            raise Refused("gap")
        if kind == SKIP:
            return
        if (kind != STRING and kind != DELETED) or struct.flags & _SUB:
            raise Refused("bad_content")
        root = self._root(struct)
        if clock < state and (
            self._root_at(client, clock) != root or self._root_at(client, min(end, state) - 1) != root
        ):
            raise Refused("unknown_root")
        if end <= state:
            return
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
                growth.halves += [half for half in halves if half > state]
            self.changes[root] = self.changes.get(root, 0) + end - state
        else:
            self.changes.setdefault(root, 0)
        growth.pieces.append((state, end, root, kind == DELETED))
        growth.clock = end

    def _root(self, struct: Struct) -> int:
        """The number of the root that the struct stands in; its references are known."""
        if isinstance(struct.parent, str):
            return self._root_named(struct.parent)
        if struct.parent is not None:
            raise Refused("bad_content")
        roots = []
        if struct.origin is not None:
            client, clock = struct.origin
            if self._is_half(client, clock + 1):
                raise Refused("surrogate")
            roots.append(self._root_at(client, clock))
        if struct.right is not None:
            client, clock = struct.right
            if self._is_half(client, clock):
                raise Refused("surrogate")
            roots.append(self._root_at(client, clock))
        if roots[0] != roots[-1]:
            raise Refused("unknown_root")
        return roots[0]

    def _root_named(self, name: str) -> int:
        if name not in self.names:
            raise Refused("unknown_root")
        root = self.known._roots.get(name)
        if root is None:
            root = self.roots.setdefault(name, len(self.known._names) + len(self.roots))
        return root

    def _root_at(self, client: int, clock: int) -> int:
        growth = self.growth.get(client)
        if growth is not None and clock >= growth.base:
            return growth.pieces[growth.piece(clock)][2]
        return self.known._clients[client].root(clock)

    def _is_half(self, client: int, clock: int) -> bool:
        growth = self.growth.get(client)
        if growth is not None and clock >= growth.base:
            halves = growth.halves
            at = bisect_left(halves, clock)
            return at < len(halves) and halves[at] == clock
        return self.known._clients.get(client, _NOBODY).is_half(clock)

    def _delete(self, client: int, start: int, end: int) -> None:
        if end > self._state(client):
            raise Refused("unknown_reference")
        if self._is_half(client, start) or self._is_half(client, end):
            raise Refused("surrogate")
        known = self.known._clients.get(client, _NOBODY)
        for first, last in known.alive(start, min(end, known.clock)):
            self.deleted.append(Span(client, first, last))
            for root, units in known.runs(first, last):
                self.changes[root] = self.changes.get(root, 0) - units
        growth = self.growth.get(client)
        if growth is None or end <= growth.base:
            return
        start = max(start, growth.base)
        for first, last, root, deleted in growth.pieces[growth.piece(start) :]:
            if first >= end:
                return
            if not deleted:
                first, last = max(first, start), min(last, end)
                self.deleted.append(Span(client, first, last))
                self.changes[root] -= last - first

    def _measure(self) -> dict[str, int]:
        """Lengths after the update; refuses growth beyond a limit, never a step back towards it."""
        known = self.known
        fresh = list(self.roots)
        lengths = {}
        total = 0
        for root, change in self.changes.items():
            old = root < len(known._names)
            name = known._names[root] if old else fresh[root - len(known._names)]
            if name not in self.names:
                raise Refused("unknown_root")
            length = change + (known._lengths[root] if old else 0)
            if self.limits is not None and change > 0 and length > self.limits.cell:
                raise Refused("cell_full")
            lengths[name] = length
            total += change
        if self.limits is not None and total > 0 and known._total + total > self.limits.document:
            raise Refused("document_full")
        return lengths
