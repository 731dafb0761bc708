"""The vectors of a release's texts, from the cache that assessment fills, and from the embedder where it lacks them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from seedbed.errors import MissingExtra
from seedbed.study import Folder

__all__ = ["CachedVectors"]


class CachedVectors:
    """Vectors for `folder`; the cache is opened at the first text. 310 new sentences take a second of CPU.

    Calling it raises MissingExtra where there is no embedder, and StorageError where the disk refuses.
    """

    def __init__(self, folder: Folder, listen: Callable[[str, int, int], None]) -> None:
        self._folder, self._listen = folder, listen
        self._opened = ExitStack()
        self._instruments: Any = None

    def __call__(self, texts: Sequence[str]) -> Any:
        """Shape (len(texts), dim)."""
        from seedbed.assess.cache import Cache
        from seedbed.assess.instruments import Instruments
        from seedbed.measures.definition import NotApplicable

        if self._instruments is None:
            cache = self._opened.enter_context(Cache(self._folder))
            made = Instruments(cache, workers=0, listen=self._listen)
            self._instruments = self._opened.enter_context(made)
        found = self._instruments.embed(texts)
        if isinstance(found, NotApplicable):
            why, _, command = found.reason.rpartition(": ")
            raise MissingExtra(
                f"Leaks of meaning cannot be looked for: {why or command}",
                hint=f'{command if why else "Install the model"}, or take "cosine" out of rules under [release.leaks] '
                "of study.toml: leaks.md then says that nobody looked for them.",
            )
        return found.of(texts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._instruments = None
        self._opened.close()
