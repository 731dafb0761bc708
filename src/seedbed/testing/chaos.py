"""A documented mixture of everything that goes wrong with endpoints and with what models write."""

from __future__ import annotations

from collections.abc import Iterable

from seedbed.errors import UsageError
from seedbed.testing.faults import Fault, FaultPlan

__all__ = ["CONNECTION_FAULTS", "TEXT_FAULTS", "chaos"]

CONNECTION_FAULTS: tuple[str, ...] = (
    "429", "429:0.05", "429:date+1", "429:date-60", "429:-5", "429:nan", "429:1e9", "429:soon",
    "500", "503", "echo", "html", "truncated", "blank", "cut", "torn", "reset", "empty", "null", "trickle:0.3",
)  # fmt: skip
"""What another attempt heals. Not among them: `hang`, which costs a whole time-out, and what no attempt heals."""

TEXT_FAULTS: tuple[str, ...] = (
    "prose", "fence", "comma", "single", "quotes", "newline", "length", "filter", "list", "lines", "keys",
    "portuguese", "chinese", "mojibake", "silent", "surrogate", "control", "twice", "fewer",
    "usage", "usage:-7", "usage:0.5", 'usage:"many"', "usage:9223372036854775807", "usage:1e300", "usage:true",
    "usage:1000000000000000000000000000000",
)  # fmt: skip
"""What stands in a whole reply. The same body gets the same text each time, as from a model asked with a seed."""


def chaos(seed: int = 0, *, connection: float = 0.3, text: float = 0.3, without: Iterable[str] = ()) -> FaultPlan:
    """A plan by body: whatever the order, and however often a client comes back, the same requests fail.

    A share `connection` of all bodies meets one of CONNECTION_FAULTS the first time it arrives, and passes after. A
    share `text` gets a reply with one of TEXT_FAULTS, every time: some of them can be read and some cannot, so that a
    row may fail for good. All kinds are equally likely, and the two shares are drawn independently. `without` leaves
    faults out; another `seed` lets other bodies fail.
    """
    known = (*CONNECTION_FAULTS, *TEXT_FAULTS)
    left_out = set(without)
    if unknown := sorted(left_out.difference(known)):
        raise UsageError(f"not in the mixture: {', '.join(unknown)}", hint=f"in it: {', '.join(known)}")

    def equal(kinds: Iterable[str], share: float) -> dict[Fault, float]:
        kept = [Fault.parse(kind) for kind in kinds if kind not in left_out]
        return {fault: share / len(kept) for fault in kept}

    return FaultPlan(
        shares=equal(CONNECTION_FAULTS, connection), always=equal(TEXT_FAULTS, text), times=1, salt=f"chaos/{seed}/"
    )
