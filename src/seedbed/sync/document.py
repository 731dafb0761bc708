"""A live document: the texts of one board, and what the server knows of them.

Two states side by side: `Known`, which judges updates, and a CRDT document, which merges them, answers what a page
lacks, and holds the text. Both come from the log of updates alone.

Facts about pycrdt 0.14 on which this stands, each measured: indexes into its `Text` are UTF-8 bytes; `sticky_index`
gives byte offsets where clocks belong, and resolves a position inside a run of text by adding UTF-16 units to bytes,
so both are wrong beyond ASCII (`_offset` asks only at the edge of a run, where the two agree); a position that it does
not know is a panic; panics derive from BaseException.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, Literal

from pycrdt import Doc, StickyIndex, Text, merge_updates

from seedbed.errors import SeedbedError
from seedbed.sync.checks import Checked, Known, Limits
from seedbed.sync.encoding import Refused, malformed, read_varuint
from seedbed.sync.update import MAX_CLIENT, MAX_CLOCK, Ranges, Update, write

__all__ = ["Broken", "Document"]

# Replaying 54,000 updates: one by one 0.19 s, in one transaction 0.10 s, merged by 100 first 0.08 s, by 1,000 0.29 s.
# Merged rows of typing are also fewer structs for `Known` to look at.
_BATCH = 100
_NOTHING = b"\x00\x00"  # no structs, no deletions


class Broken(SeedbedError):
    """The CRDT library failed on this document. What is in memory is not to be used any more; the log is whole."""


class Document:
    """The texts of one board, live. Not for several threads at once.

    `check`, then `accept` what it gave, before anything else is checked; or `apply` for what is trusted. Raises Refused
    for what cannot be taken, and Broken when the document in memory is lost and must be loaded anew.
    """

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 (immutable)
        self.known = Known(limits)
        self._doc: Doc[Text] = Doc()
        self._broken = False

    @classmethod
    def load(cls, updates: Iterable[bytes], limits: Limits = Limits()) -> Document:  # noqa: B008
        """The document that these updates of its log make, in their order. Raises Refused where one is damaged."""
        document = cls(limits)
        rest = iter(updates)
        while batch := tuple(itertools.islice(rest, _BATCH)):
            document.apply(document._guarded(functools.partial(merge_updates, *batch)) if len(batch) > 1 else batch[0])
        if document._clocks(document.state_vector()) != document.known.clocks:
            raise Broken("The document holds changes that build on others which its log does not have.")
        return document

    # --- taking in ------------------------------------------------------------------------------------------------

    def check(self, data: bytes, *, may_write: Callable[[int], bool], names: Container[str]) -> Checked:
        """`Known.check`: look at an update of a page, and change nothing."""
        return self.known.check(data, may_write=may_write, names=names)

    def accept(self, data: bytes, checked: Checked) -> None:
        """Take in an update that was checked against the document as it is now."""
        if checked.known:
            return
        self._guarded(functools.partial(self._doc.apply_update, data))
        self.known.accept(checked)

    def apply(self, data: bytes) -> None:
        """Take in an update of the server's own or of the log: no question of author, name or size."""
        # Known first: it says no before anything has changed, and pycrdt then only meets what is whole
        self.known.load(data)
        self._guarded(functools.partial(self._doc.apply_update, data))

    def _guarded(self, act: Callable[[], Any]) -> Any:
        if self._broken:
            raise Broken("The document failed before.")
        try:
            return act()
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:  # a panic of pyo3 is no Exception
            self._broken = True
            raise Broken(f"The document could not be worked on: {error}") from None

    # --- giving out -----------------------------------------------------------------------------------------------

    def state_vector(self) -> bytes:
        """What the document holds, as Yjs encodes it."""
        vector: bytes = self._guarded(self._doc.get_state)
        return vector

    def diff(self, state_vector: bytes) -> bytes:
        """The update that a page with this state vector lacks. Raises Refused for what is no state vector."""
        for client, clock in self._clocks(state_vector).items():
            if self._is_half(client, clock):
                raise Refused("surrogate")  # no honest page holds half a character, and cutting one is a panic
        update: bytes = self._guarded(functools.partial(self._doc.get_update, state_vector))
        return update

    def text(self, name: str) -> str:
        """The text `name`; "" when nothing was ever written in it."""
        return self._text(self._doc, name) if name in self.known.lengths else ""

    def texts(self) -> dict[str, str]:
        """Every text that was ever written in, by name."""
        return {name: self._text(self._doc, name) for name in self.known.lengths}

    def _text(self, doc: Doc[Text], name: str) -> str:
        text: str = self._guarded(lambda: str(doc.get(name, type=Text)))
        return text

    # --- text that the server puts in -----------------------------------------------------------------------------

    def insertion(self, name: str, position: Mapping[str, Any] | Literal["end"], text: str, client: int) -> bytes:
        """An update that inserts `text` into the text `name` as the client `client`; the document stays as it is.

        `position` is "end" or a relative position as Yjs writes it in JSON: {item: {client, clock}, assoc} or {tname,
        assoc}. A position between the halves of a pair moves before the pair (assoc >= 0) or behind it. Line breaks
        become \\n, as in a textarea. The update is one for `check` like any other, limits included.

        Raises Refused: "malformed", "unknown_reference" for a character that is not there, "unknown_root" for one of
        another text, "surrogate" for text that is not whole.
        """
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Refused("surrogate") from None
        if not text:
            raise Refused("malformed")
        where = self._where(name, position)
        updates: list[bytes] = []

        def insert() -> None:
            scratch: Doc[Text] = Doc(client_id=client)
            scratch.apply_update(self._doc.get_update())
            into = scratch.get(name, type=Text)
            subscription = scratch.observe(lambda event: updates.append(event.update))
            into.insert(len(into) if where is None else where, text)
            scratch.unobserve(subscription)

        self._guarded(insert)
        return updates[0]

    def _where(self, name: str, position: Mapping[str, Any] | Literal["end"]) -> int | None:
        """The place in UTF-8 bytes; None for the end."""
        if position == "end":
            return None
        item, assoc = position.get("item"), position.get("assoc") or 0
        if not isinstance(assoc, int) or position.get("type") is not None:
            raise malformed()
        if item is None:
            if position.get("tname") != name:
                raise Refused("unknown_root")
            return None if assoc >= 0 else 0
        if not isinstance(item, Mapping):
            raise malformed()
        number, clock = item.get("client"), item.get("clock")
        if type(number) is not int or type(clock) is not int or not 0 <= clock <= MAX_CLOCK:
            raise malformed()
        if clock >= self.known.clock(number):
            raise Refused("unknown_reference")
        if self._root_of(number, clock) != name:
            raise Refused("unknown_root")
        start = clock - 1 if self._is_half(number, clock) else clock
        end = start + 2 if self._is_half(number, start + 1) else start + 1
        before, length = self._offset(name, number, start, end)
        return before if assoc >= 0 else before + length

    def _offset(self, name: str, client: int, start: int, end: int) -> tuple[int, int]:
        """(bytes of visible text before this character, bytes of it: 0 when it is deleted).

        In a copy the character is deleted, so that a run ends in front of it: there the library's answer is right.
        """

        def ask() -> tuple[int, int]:
            scratch: Doc[Text] = Doc()
            scratch.apply_update(self._doc.get_update())
            text = scratch.get(name, type=Text)
            length = len(text)
            scratch.apply_update(write(Update([], [Ranges(client, [(start, end)])])))
            place = StickyIndex.from_json({"item": {"client": client, "clock": start}, "assoc": 0}, text)
            return place.get_index(), length - len(text)

        found: tuple[int, int] = self._guarded(ask)
        return found

    # --- what Known knows -----------------------------------------------------------------------------------------

    def _is_half(self, client: int, clock: int) -> bool:
        found = self.known._clients.get(client)
        return found is not None and found.is_half(clock)

    def _root_of(self, client: int, clock: int) -> str:
        return self.known._names[self.known._clients[client].root(clock)]

    @staticmethod
    def _clocks(state_vector: bytes) -> dict[int, int]:
        """The state vector as {client: clock}, read strictly: it comes from a page."""
        try:
            count, pos = read_varuint(state_vector, 0)
            if count > len(state_vector) // 2:
                raise malformed()
            clocks = {}
            for _ in range(count):
                client, pos = read_varuint(state_vector, pos)
                clock, pos = read_varuint(state_vector, pos)
                if client > MAX_CLIENT or clock > MAX_CLOCK or client in clocks:
                    raise malformed()
                clocks[client] = clock
        except IndexError:
            raise malformed() from None
        if pos != len(state_vector):
            raise malformed()
        return clocks
