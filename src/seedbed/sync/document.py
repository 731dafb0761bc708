"""A live document: the texts of one board, and what the server knows of them.

Two states side by side: `Known`, which judges updates, and a CRDT document, which merges them, answers what a page
lacks, and holds the text. Both come from the log of updates alone.

The library is asked for states, differences and whole texts, and never for a place: in pycrdt 0.14 indexes into a text
are UTF-8 bytes, a sticky index beyond ASCII mixes them with UTF-16 clocks, and one that it does not know is a panic.
Panics derive from BaseException.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, Literal

from pycrdt import Doc, Text

from seedbed.errors import SeedbedError
from seedbed.sync.checks import Checked, Known, Limits
from seedbed.sync.encoding import Refused, malformed, read_varuint, utf16_length
from seedbed.sync.order import Id
from seedbed.sync.update import MAX_CLIENT, MAX_CLOCK, STRING, Section, Struct, Update, write

__all__ = ["Broken", "Document"]


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
        # Of 54,000 updates: 0.8 s in Known, 0.1 s in the library, where one transaction for each would take 0.2 s.
        # Merged by 100 first, all of it takes half as long; but merging prefers text that came again as deleted to the
        # text, and Known would forget which of its units were halves of pairs.
        document = cls(limits)
        document._guarded(functools.partial(document._replay, updates))
        if document._clocks(document.state_vector()) != document.known.clocks:
            raise Broken("The document holds changes that build on others which its log does not have.")
        return document

    def _replay(self, updates: Iterable[bytes]) -> None:
        with self._doc.transaction():
            for data in updates:
                self.known.load(data)
                self._doc.apply_update(data)

    # --- taking in ------------------------------------------------------------------------------------------------

    def check(self, data: bytes, *, may_write: Callable[[int], bool], names: Container[str]) -> Checked:
        """`Known.check`: look at an update of a page, and change nothing."""
        return self.known.check(data, may_write=may_write, names=names)

    def accept(self, data: bytes, checked: Checked) -> None:
        """Take in an update that was checked against the document as it is now. Raises ValueError when it was not."""
        if checked.known:
            return
        # Known first, as in `apply`: it says no before anything has changed
        self.known.accept(checked)
        self._guarded(functools.partial(self._doc.apply_update, data))

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
        except (SeedbedError, KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:  # a panic of pyo3 is no Exception
            self._broken = True
            raise Broken(f"The document could not be worked on: {error}") from error

    # --- giving out -----------------------------------------------------------------------------------------------

    def state_vector(self) -> bytes:
        """What the document holds, as Yjs encodes it."""
        vector: bytes = self._guarded(self._doc.get_state)
        return vector

    def diff(self, state_vector: bytes) -> bytes:
        """The update that a page with this state vector lacks. Raises Refused for what is no state vector."""
        for client, clock in self._clocks(state_vector).items():
            if self.known.is_half(client, clock):
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
        become \\n, as in a textarea, and NULs are left out. The update is one for `check` like any other, limits
        included.

        Raises Refused: "malformed", "unknown_reference" for a character that is not there, "unknown_root" for one of
        another text, "surrogate" for text that is not whole.
        """
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Refused("surrogate") from None
        if not text:
            raise malformed()
        left, right = self._gap(name, position)
        flags = (0x80 if left else 0) | (0x40 if right else 0)
        parent = None if left or right else name
        struct = Struct(STRING, flags, self.known.clock(client), utf16_length(text), left, right, parent, None, text)
        return write(Update([Section(client, [struct])], []))

    def _gap(self, name: str, position: Mapping[str, Any] | Literal["end"]) -> tuple[Id | None, Id | None]:
        """The units left and right of a position, deleted ones included; None at an end."""
        runs = list(self.known.walk(name))
        first, last = ((runs[0].client, runs[0].start), (runs[-1].client, runs[-1].end - 1)) if runs else (None, None)
        if position == "end":
            return last, None
        item, assoc = position.get("item"), position.get("assoc") or 0
        if not isinstance(assoc, int) or position.get("type") is not None:
            raise malformed()
        if item is None:
            if position.get("tname") != name:
                raise Refused("unknown_root")
            return (last, None) if assoc >= 0 else (None, first)
        client, start, end = self._character(name, item)
        at = next(at for at, run in enumerate(runs) if run.client == client and run.start <= start < run.end)
        if assoc >= 0:
            before = runs[at - 1] if at else None
            left = (
                (client, start - 1) if runs[at].start < start else (before.client, before.end - 1) if before else None
            )
            return left, (client, start)
        after = runs[at + 1] if at + 1 < len(runs) else None
        right = (client, end) if end < runs[at].end else (after.client, after.start) if after else None
        return (client, end - 1), right

    def _character(self, name: str, item: Any) -> tuple[int, int, int]:
        """(client, first clock, clock after) of the character that a position names."""
        client, clock = (item.get("client"), item.get("clock")) if isinstance(item, Mapping) else (None, None)
        if type(client) is not int or type(clock) is not int or clock < 0:
            raise malformed()
        if clock >= self.known.clock(client):
            raise Refused("unknown_reference")
        if self.known.name_at(client, clock) != name:
            raise Refused("unknown_root")
        start = clock - 1 if self.known.is_half(client, clock) else clock
        return client, start, start + (2 if self.known.is_half(client, start + 1) else 1)

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
