"""The model helper of a server: who may ask for what, with which model, and what is put on record of it.

A request is a task of its own, which writes lines into a queue that the response empties. When the page goes away the
task is cancelled; what the person has seen by then is on record, or is put there.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from seedbed.errors import (
    EndpointError,
    EndpointRefused,
    InputError,
    MissingExtra,
    Overloaded,
    RateLimited,
    RequestRefused,
    SeedbedError,
)
from seedbed.llm.settings import EMBEDDED, EndpointSettings
from seedbed.seeds import current_taxonomy
from seedbed.server.contract import LiveHub
from seedbed.server.helper.desk import Desk, embedded_is_here
from seedbed.server.helper.hints import Hints
from seedbed.server.helper.order import Order, wanted_of
from seedbed.server.helper.queue import Hourly
from seedbed.server.helper.schemas import MOST_TOKENS, HelpAsked, HelperEndpoint, HelperShown
from seedbed.server.identity import Who
from seedbed.server.refusals import Refusal
from seedbed.settings import Settings, load_settings
from seedbed.study import Folder
from seedbed.taxonomy import Taxonomy
from seedbed.workshop import Member, can, parse_place
from seedbed.workshop.template import Helper as HelperSettings

__all__ = ["DEADLINE", "Helper"]

_log = logging.getLogger("seedbed.server")

DEADLINE = 300.0  # seconds a model may work for one request, its turn once come
_MOST_EACH = 2  # requests of one person under way
_BREATH = 15.0  # seconds without a line, after which an empty one is sent; proxies cut what is silent for a minute


class Helper:
    """One for a server. All in its event loop but the reading of files."""

    def __init__(self, *, desk: Desk | None = None, hints: Hints | None = None, deadline: float = DEADLINE) -> None:
        self.desk = desk or Desk()
        self._hints = hints or Hints()
        self._hourly = Hourly()
        self._deadline = deadline
        self._under_way: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    async def stop(self) -> None:
        """End every request, with what was seen on record, then the models. It is not asked again."""
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(self.desk.stop(), self._hints.stop())

    # -- what may be asked -----------------------------------------------------------------------------------------

    async def shown(self, hub: LiveHub, study: str, folder: Folder, who: Who) -> HelperShown:
        """What a page needs to know before it asks."""
        said = (await hub.agenda(study)).template.helper
        settings = await asyncio.to_thread(load_settings, folder)
        known = await asyncio.to_thread(_usable, said, settings)
        endpoints = [HelperEndpoint(name=name, model=model) for name, (model, _) in known.items()]
        return HelperShown(
            enabled=said.enabled and bool(endpoints), endpoints=endpoints, temperature=said.temperature,
            max_tokens=said.max_tokens, most_tokens=max(MOST_TOKENS, said.max_tokens), per_hour=said.per_hour,
            left=self._hourly.left(f"{study}/{who.id}", said.per_hour),
        )  # fmt: skip

    async def may_write(self, hub: LiveHub, study: str, who: Who, doc: str) -> None:
        """Raises Refusal for who may not write on that board now."""
        code = hub.barred(study, who, doc)
        place = parse_place(doc)
        if code is None and place is not None:
            board = (await hub.snapshot(study, doc))["board"]["main"]
            # by `barred` they are of this group, or of none
            code = can(Member(who.id, who.role, place.group), doc, "write", board["phase"])
        if code is not None:
            raise Refusal(code)

    async def hints(self, folder: Folder, texts: Mapping[str, str]) -> dict[str, bool | None]:
        """By row whether a verb takes a noun; None throughout for a study in another language than English."""
        if not await asyncio.to_thread(_is_english, folder) or self._stopped:
            return dict.fromkeys(texts)
        return await self._hints.verb_noun(texts)

    async def ask(
        self, hub: LiveHub, study: str, folder: Folder, who: Who, doc: str, asked: HelpAsked
    ) -> AsyncGenerator[bytes]:
        """The lines of an answer. Raises Refusal for what cannot be, before any line."""
        await self.may_write(hub, study, who, doc)
        if (place := parse_place(doc)) is None or not place.activity.seeds:
            raise Refusal("helper_off")  # what people look back on is theirs to say
        template = (await hub.agenda(study)).template
        said = template.helper
        if not said.enabled or self._stopped:
            raise Refusal("helper_off")
        settings, taxonomy, known = await asyncio.to_thread(_read, folder, said)
        if not known:
            raise Refusal("helper_off" if not said.endpoints else "helper_missing")
        name = asked.endpoint if asked.endpoint is not None else next(iter(known))
        if name not in known:
            raise Refusal("unknown_endpoint")
        snapshot = await hub.snapshot(study, doc)
        wanted = wanted_of(asked, doc, snapshot, template, taxonomy, settings.language)
        order = Order(hub, study, doc, who, asked, wanted, taxonomy, name, known[name][1])
        self.desk.queue(order.settings).check()
        if self._under_way[order.person] >= _MOST_EACH:
            raise Refusal("helper_busy", retry_after=10)
        self._hourly.take(order.person, said.per_hour)
        return self._lines(order)

    # -- one request -----------------------------------------------------------------------------------------------

    async def _lines(self, order: Order) -> AsyncGenerator[bytes]:
        lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        task = asyncio.create_task(self._carry_out(order, lines))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: lines.put_nowait(None))
        try:
            while True:
                try:
                    line = await asyncio.wait_for(lines.get(), _BREATH)
                except TimeoutError:
                    yield b"\n"  # no line, and not nothing: who waits long is not cut off on the way
                    continue
                if line is None:
                    return
                yield json.dumps(line, ensure_ascii=False).encode() + b"\n"
        finally:
            task.cancel()  # the page went away; of a task that is over this is nothing

    async def _carry_out(self, order: Order, lines: asyncio.Queue[dict[str, Any] | None]) -> None:
        from seedbed.server.helper.replies import Replies  # the client of endpoints takes 0.2 s to import

        self._under_way[order.person] += 1
        replies = Replies(order, lines.put_nowait)
        try:
            if self._under_way[order.person] > _MOST_EACH:
                raise Refusal("helper_busy")  # several came at once, and none was under way when they were let in
            async with self.desk.lend(order.settings, lambda place: lines.put_nowait({"waiting": place})) as endpoint:
                async with asyncio.timeout(self._deadline):
                    await replies.write(endpoint)
            if not replies.calls:
                raise Refusal("helper_nothing")
            lines.put_nowait({"done": {"calls": replies.calls, "tokens": replies.spent.usage.completion_tokens}})
        except asyncio.CancelledError:
            lines.put_nowait({"error": "busy"})  # read only where the server stops, and not the page
            raise
        except Exception as error:
            code = _code(error)
            if code == "internal":
                _log.exception("the model helper")
            elif not isinstance(error, Refusal):
                # errors of endpoints hold neither the key nor what was sent
                _log.warning("the model helper: %s: %s", type(error).__name__, error)
            if not replies.calls and code != "helper_nothing":
                self._hourly.give_back(order.person)
            lines.put_nowait({"error": code})
        finally:
            self._under_way[order.person] -= 1
            if not self._under_way[order.person]:
                del self._under_way[order.person]


def _usable(said: HelperSettings, settings: Settings) -> dict[str, tuple[str, EndpointSettings | None]]:
    """By name (model, its settings) of what the template names and the server has, in the template's order."""
    found: dict[str, tuple[str, EndpointSettings | None]] = {}
    for name in said.endpoints:
        if name == EMBEDDED:
            if embedded_is_here():
                from seedbed.llm.embedded import EMBEDDED_MODEL

                found[name] = (EMBEDDED_MODEL, None)
        elif name in settings.endpoints:
            one = settings.endpoints[name]
            found[name] = (one.model, one)
    return found


def _read(
    folder: Folder, said: HelperSettings
) -> tuple[Settings, Taxonomy, dict[str, tuple[str, EndpointSettings | None]]]:
    settings = load_settings(folder)
    return settings, current_taxonomy(folder), _usable(said, settings)


def _is_english(folder: Folder) -> bool:
    return load_settings(folder).language.partition("-")[0].lower() == "en"


def _code(error: Exception) -> str:
    """The code that a page is told."""
    match error:
        case Refusal():
            return error.code
        case TimeoutError():
            return "helper_slow"
        case RateLimited() | Overloaded():
            return "helper_busy"
        case RequestRefused():
            return "helper_too_long"
        case EndpointRefused() | MissingExtra() | InputError():
            return "helper_missing"
        case EndpointError():
            return "helper_failed"
        case SeedbedError():
            return "storage"
        case _:
            return "internal"
