"""Reading the stream `afterwards`, and appending to it what was decided on it as it stood, from any process."""

from __future__ import annotations

from seedbed.errors import Busy
from seedbed.study import Folder
from seedbed.study.entries import Conflict, Entry, now
from seedbed.study.events import EventStore
from seedbed.workshop.afterwards.deciding import Wish
from seedbed.workshop.afterwards.folding import Afterwards
from seedbed.workshop.answers import Refusal
from seedbed.workshop.places import AFTERWARDS

__all__ = ["Refused", "read_afterwards", "record"]

_TRIES = 20  # others who append between reading and writing: each try takes some milliseconds


class Refused(Exception):
    """It cannot be done; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_afterwards(folder: Folder) -> Afterwards:
    """All that people asked and offered. Raises what the store raises."""
    if not folder.has_people:
        return Afterwards()
    with EventStore.of(folder) as store:
        return Afterwards().after(store.read(AFTERWARDS))


def record(folder: Folder, actor: str, wish: Wish) -> tuple[Afterwards, bool]:
    """Have `wish` decided on what stands, and write down what comes of it; returns what stands then, and whether
    anything was written. Raises Refused, Busy, and what the store raises.

    Decided and appended as one: where somebody else wrote in between, it is decided anew.
    """
    with EventStore.of(folder) as store:
        state = Afterwards()
        for _ in range(_TRIES):
            state.after(store.read(AFTERWARDS, state.seq))
            decided = wish(state)
            if isinstance(decided, Refusal):
                raise Refused(decided.code)
            if decided is None:
                return state, False
            (failed,) = store.commit([[Entry(AFTERWARDS, state.seq + 1, now(), actor, decided)]])
            if failed is None:
                return state.after(store.read(AFTERWARDS, state.seq)), True
            if not isinstance(failed, Conflict):
                raise failed
    raise Busy("Too many write at once to what people ask and offer", hint="Try again in a moment.")
