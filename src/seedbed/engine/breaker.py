"""Is the endpoint dead, or is it this row? A circuit breaker that pauses a run and resumes it by itself.

Pure but for `probe`, which it is given. Several failures in a row, with no reply to anything between, open it: no
call starts. Then the endpoint is asked for one token. An answer closes it at once, and the failures count as what
they were, the rows' own. Else it is asked again, less and less often; while it is dead no attempt is held against
any row (Nygard 2007, "Release It!").
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from seedbed.errors import EndpointError, EndpointRefused, RateLimited, RequestRefused, TransientEndpointError

__all__ = ["Breaker"]

_FEWEST = 3  # below the four attempts that a row has by default, so that one lane does not lose a row to an outage
_LONGEST_PAUSE_S = 30.0
_PROBE_S = 20.0  # one token; a server may first have to load its model, and is then asked again
# An endpoint that never answered in this session is more likely a wrong address than an outage.
_NEVER_ANSWERED_S = 8.0


class Breaker:
    """`failed()` and `replied()` report attempts; `await wait()` passes while closed and holds callers while open.

    `patience_s` is how long an outage may last; then `wait` raises EndpointError to all who hold. What says that no
    request will pass (a wrong key) is raised at once.
    """

    def __init__(self, probe: Callable[[int], Awaitable[None]], *, patience_s: float) -> None:
        self._probe, self._patience_s = probe, patience_s
        self._in_a_row = 0
        self._answered, self._answered_at = False, 0.0
        self.outages = 0  # found and over; a caller compares before and after an attempt
        self._probing: asyncio.Task[None] | None = None
        self.down_since: float | None = None  # time.monotonic()

    @property
    def open(self) -> bool:
        return self._probing is not None and not self._probing.done()

    def replied(self) -> None:
        self._in_a_row, self._answered, self._answered_at = 0, True, time.monotonic()

    def failed(self, error: EndpointError, *, began: float, in_flight: int, last: bool) -> None:
        """One attempt, begun at `began` with time.monotonic(), failed, and not because that very request was refused.

        `last` where the row would now be given up: not without knowing that the endpoint lives.
        """
        self._in_a_row += 1
        unknown = last and self._answered_at < began
        if (unknown or self._in_a_row >= max(_FEWEST, in_flight // 4)) and not self.open:
            self._probing = asyncio.get_running_loop().create_task(self._find_out(error))

    async def wait(self, stopped: asyncio.Event) -> None:
        """Until it is closed, or `stopped`."""
        if self._probing is None or stopped.is_set():
            return
        stopping = asyncio.ensure_future(stopped.wait())
        try:
            done, _ = await asyncio.wait((self._probing, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
        for task in done - {stopping}:
            task.result()

    async def close(self) -> None:
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)

    async def _find_out(self, first: EndpointError) -> None:
        began, pause, tries, last = time.monotonic(), 0.5, 0, first
        while True:
            try:
                await asyncio.wait_for(self._probe(tries), _PROBE_S)
            except EndpointRefused:
                raise
            except (TransientEndpointError, TimeoutError) as error:
                last = error if isinstance(error, EndpointError) else last
                self.down_since = self.down_since or began
            except (RateLimited, RequestRefused):
                break  # it answers
            else:
                break
            waited = time.monotonic() - began
            patience = self._patience_s if self._answered else min(self._patience_s, _NEVER_ANSWERED_S)
            if waited >= patience:
                lasting = f"for {waited:.0f} s" if self._answered else "at all"
                raise EndpointError(
                    f"Stopped: no usable answer from the endpoint {lasting}. The last error: {last}",
                    hint=last.hint or "Check the endpoint, then run the same command again: it goes on from here.",
                )
            await asyncio.sleep(min(pause, max(0.05, patience - waited)))
            pause, tries = min(_LONGEST_PAUSE_S, 2 * pause), tries + 1
        self.outages += self.down_since is not None
        self.down_since, self._in_a_row, self._probing = None, 0, None
