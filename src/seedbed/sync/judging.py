"""One update held against what is known of a document. The rules, and the reasons for them, stand in `checks`."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from seedbed.sync.clients import NOBODY, Client, Growth
from seedbed.sync.encoding import Refused, astral
from seedbed.sync.order import Id
from seedbed.sync.update import DELETED, SKIP, STRING, SUB, Section, Struct, Update

if TYPE_CHECKING:
    from seedbed.sync.checks import Known

__all__ = ["Checked", "Judgement", "Limits", "Span", "is_plain"]

_END = 1 << 62


class Limits(NamedTuple):
    """Limits of one document. `update` in bytes, `cell` and `document` in UTF-16 units of visible text.

    `structs` and `ranges` bound the pieces of one update, and with them the time that judging it takes. A page's own
    updates have a few of each; the numbers leave room for a page that sends everything it has, deletions of others too.
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
    version: int
    update: Update
    growth: Mapping[int, Growth]
    roots: Iterable[str]


def is_plain(text: str) -> bool:
    """Whether a textarea shows `text` as it is."""
    return "\r" not in text and "\0" not in text


class Judgement:
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
        self.growth: dict[int, Growth] = {}
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
            return Checked(True, {}, (), (), version, update, {}, ())
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
        if (kind != STRING and kind != DELETED) or struct.flags & SUB:
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
            growth = self.growth[client] = Growth(state, end, Client())
        if kind == STRING:
            if not is_plain(struct.text):
                raise Refused("bad_content")
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
        return self.known._clients.get(client, NOBODY).is_half(clock)

    def _delete(self, client: int, start: int, end: int) -> None:
        if end > self.order.clock(client):
            raise Refused("unknown_reference")
        if self._is_half(client, start) or self._is_half(client, end):
            raise Refused("surrogate")
        growth = self.growth.get(client)
        base = growth.base if growth else end
        alive = list(self.known._clients.get(client, NOBODY).alive(start, min(end, base)))
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
