"""Texts to vectors by an endpoint's /v1/embeddings, behind the same door as the embedded embedder.

Gates ask for vectors from a thread and wait for them, so the calls run in a loop of their own. Vectors are rounded
through float16, so that one read back from a journal equals a fresh one. Unlike the embedded model's they are not
known to repeat to the last bit: what a kept row got stays in the journal, and resuming embeds nothing anew.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from seedbed.errors import EndpointError, RateLimited, TransientEndpointError
from seedbed.llm.endpoint import Endpoint
from seedbed.llm.settings import EndpointSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["EndpointEmbedder"]

_BATCH = 64  # texts a request; most servers take more, few take less
_MEMO = 20_000
_ATTEMPTS = 5
_LONGEST_PAUSE_S = 60.0


class EndpointEmbedder:
    """Has `name`, `fingerprint`, `dim` and `encode` like the embedded one. `close()` ends its thread.

    The fingerprint names the model as the endpoint does; whether other weights stand behind the name it cannot see.
    """

    def __init__(self, settings: EndpointSettings, *, memo: int = _MEMO) -> None:
        self.name = settings.model
        self.fingerprint = hashlib.sha256(f"{settings.model} float16".encode()).hexdigest()[:16]
        self._endpoint, self._limit = Endpoint(settings), memo
        self._memo: OrderedDict[str, NDArray[np.float16]] = OrderedDict()
        self._lock, self._cancelled = threading.Lock(), threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def dim(self) -> int:
        """The length of its vectors, found out by embedding a word."""
        return int(self.encode(["word"]).shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), dim), unit length to within float16 rounding.

        Raises EndpointError when the endpoint does not embed, after some attempts.
        """
        import numpy as np

        with self._lock:
            unknown = list(dict.fromkeys(text for text in texts if text not in self._memo))
            for start in range(0, len(unknown), _BATCH):
                part = unknown[start : start + _BATCH]
                for text, vector in zip(part, self._ask(part), strict=True):
                    self._memo[text] = vector
            found = np.array([self._memo[text] for text in texts], dtype=np.float32)
            for text in texts:
                self._memo.move_to_end(text)
            while len(self._memo) > max(self._limit, 1):
                self._memo.popitem(last=False)
        return found

    def cancel(self) -> None:
        """End what is being waited for, at once; whoever waits gets an EndpointError."""
        self._cancelled.set()

    def close(self) -> None:
        if self._loop is not None and self._thread is not None:
            asyncio.run_coroutine_threadsafe(self._endpoint.__aexit__(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._loop = self._thread = None

    def _ask(self, texts: Sequence[str]) -> list[NDArray[np.float16]]:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="embedder", daemon=True)
            self._thread.start()
            self._run(self._endpoint.__aenter__())
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                vectors: list[list[float]] = self._run(self._endpoint.embed(texts))
            except (TransientEndpointError, RateLimited) as error:
                if attempt == _ATTEMPTS:
                    raise EndpointError(
                        f"The embedder {self.name} failed {attempt} times: {error}",
                        hint=error.hint or "Check the endpoint, then run the same command again: it goes on from here.",
                    ) from None
                asked = error.retry_after if isinstance(error, RateLimited) else None
                self._cancelled.wait(min(_LONGEST_PAUSE_S, 0.5 * 2**attempt if asked is None else asked))
            else:
                return [_unit(vector) for vector in vectors]
        raise AssertionError

    def _run(self, work: Any) -> Any:
        assert self._loop is not None
        waiting = asyncio.run_coroutine_threadsafe(work, self._loop)
        while not self._cancelled.is_set():
            try:
                return waiting.result(timeout=0.25)
            except TimeoutError:
                if waiting.done():  # it was the work that raised it
                    raise
        waiting.cancel()
        raise EndpointError("Stopped while texts were embedded")


def _unit(vector: Sequence[float]) -> NDArray[np.float16]:
    import numpy as np

    wide = np.asarray(vector, dtype=np.float64)
    made: NDArray[np.float16] = (wide / (np.linalg.norm(wide) or 1.0)).astype(np.float16)
    return made
