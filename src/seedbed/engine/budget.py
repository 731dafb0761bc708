"""What a run has spent, and whether one more call may begin under its caps. Pure."""

from __future__ import annotations

from seedbed.engine.contract import Caps, Prices
from seedbed.records import Usage

__all__ = ["Budget"]

_NOTHING = Usage()


class Budget:
    """`spent` by all calls of the run, `dearest` the most that one of them took, of tokens read and of tokens written.

    A cap is kept beforehand: calls in flight, and the one that is to begin, are taken to cost what the dearest has.
    """

    def __init__(self, caps: Caps, prices: Prices, spent: Usage = _NOTHING, dearest: Usage = _NOTHING) -> None:
        self._caps, self._prices = caps, prices
        self.spent, self.dearest = spent, dearest
        self._paid = 0

    def pay(self, usage: Usage) -> None:
        self._paid += 1
        self.spent += usage
        self.dearest = Usage(
            max(self.dearest.prompt_tokens, usage.prompt_tokens),
            max(self.dearest.completion_tokens, usage.completion_tokens),
        )

    def refuses(self, calls: int) -> str | None:
        """Why `calls` calls may not be in flight, in words; None when they may."""
        caps, one = self._caps, self.dearest
        if caps.tokens is None and caps.cost is None:
            return None
        if one == _NOTHING:  # nothing is known of the costs yet: the first call tells
            if self._paid:
                return "the endpoint does not say how many tokens a reply took, so that no cap can be kept"
            return "the first call tells what one costs" if calls > 1 else None
        then = Usage(
            self.spent.prompt_tokens + calls * one.prompt_tokens,
            self.spent.completion_tokens + calls * one.completion_tokens,
        )
        if caps.tokens is not None and then.prompt_tokens + then.completion_tokens > caps.tokens:
            return f"the cap of {caps.tokens:,} tokens is reached"
        if caps.cost is not None and self._prices.of(then) > caps.cost:
            return f"the cap of {caps.cost:g} on the cost is reached"
        return None
