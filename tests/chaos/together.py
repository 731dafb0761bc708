"""Sessions that wait far more than they work, begun at once: each test takes the outcome of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, Self

__all__ = ["Together"]

# They share one interpreter: were all of them at work, an answer could be late for want of it.
AT_ONCE = 8


class Together:
    """`with Together(works) as begun:` begins them in their order; `begun[name]` waits for one.

    What a work raised is raised where its outcome is asked for. `rest()` returns when none is at work: for a test
    that has little time to answer in.
    """

    def __init__(self, works: Mapping[Any, Callable[[], Any]]) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._begun = {name: self._pool.submit(work) for name, work in works.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def __getitem__(self, name: Any) -> Any:
        return self._begun[name].result()

    def rest(self) -> None:
        wait(self._begun.values())
