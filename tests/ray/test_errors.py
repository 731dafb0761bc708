"""Errors arrive as they were raised: the conductor decides by their type, hint and retry_after."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from seedbed.engine.ray_actors import RayActors
from seedbed.errors import (
    EndpointRefused,
    MissingExtra,
    RateLimited,
    RequestRefused,
    SeedbedError,
    TransientEndpointError,
    UnreadableReply,
    UsageError,
)
from seedbed.records import Ask, Reply, Usage
from seedbed.testing import Fault, FaultPlan, MockEndpoint
from tests.ray.made import make_ask, on_ray, question_stage

FAULTS = [
    (Fault("429", "7"), RateLimited),
    (Fault("500"), TransientEndpointError),
    (Fault("reset"), TransientEndpointError),
    (Fault("400"), RequestRefused),
    (Fault("401"), EndpointRefused),
    (Fault("404"), EndpointRefused),
]


class Unlucky:
    """A stage that meets what no endpoint can be told to do."""

    name, version = "unlucky", "1"

    async def run(self, asks: Sequence[Ask], context: Any) -> list[Reply]:
        if asks[0].seed == 0:
            raise UnreadableReply("no list", hint="ask again", reply=Reply({"text": "no"}, Usage(3, 4)))
        if asks[0].seed == 1:
            raise ZeroDivisionError("a fault in code")
        raise Unpicklable("it holds a lock")


def no_context() -> Any:
    raise SeedbedError("no such model", hint="choose another")


class Unpicklable(Exception):
    def __reduce__(self) -> Any:
        raise TypeError("cannot be pickled")


@pytest.mark.slow
def test_errors_keep_their_type_hint_and_retry_after() -> None:
    script = {nth: fault for nth, (fault, _) in enumerate(FAULTS)}
    with MockEndpoint(faults=FaultPlan(script=script)) as mock:

        async def work(engine: RayActors) -> list[Any]:
            stage = question_stage()
            found: list[Any] = []
            for nth in range(len(FAULTS) + 1):
                found += await asyncio.gather(engine.submit(stage, [make_ask(nth)]), return_exceptions=True)
            for nth in range(3):
                found += await asyncio.gather(engine.submit(Unlucky(), [make_ask(nth)]), return_exceptions=True)
            found += await asyncio.gather(engine.probe(0), return_exceptions=True)
            mock.key = "another"
            found += await asyncio.gather(engine.probe(1), return_exceptions=True)
            mock.key = ""
            try:  # in the Ray that this process has joined: it is used, and left as it was
                async with RayActors(no_context, workers=1):
                    pass
            except SeedbedError as error:
                found.append(error)
            return [*found, await engine.submit(stage, [make_ask(99)])]

        found = on_ray(mock.settings(), work, workers=1)
    for (fault, kind), error in zip(FAULTS, found, strict=False):
        assert type(error) is kind or (kind is TransientEndpointError and isinstance(error, kind)), fault
    assert found[0].retry_after == 7
    assert found[4].hint
    assert found[6][0].data  # and the actor goes on
    unreadable, fault, unpicklable, alive, refused, closed, last = found[7:]
    assert type(unreadable) is UnreadableReply
    assert (unreadable.hint, unreadable.reply) == ("ask again", Reply({"text": "no"}, Usage(3, 4)))
    assert type(fault) is ZeroDivisionError
    assert "in run" in fault.__notes__[0]  # where it arose
    assert type(unpicklable) is RuntimeError
    assert "it holds a lock" in str(unpicklable)
    assert alive is None
    assert type(refused) is EndpointRefused
    assert (str(closed), closed.hint) == ("no such model", "choose another")
    assert len(last) == 1


def test_without_ray_the_error_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with MockEndpoint() as mock, pytest.raises(MissingExtra) as caught:
        on_ray(mock.settings(), lambda engine: engine.probe(0))
    assert caught.value.hint == "pip install 'seedbed[ray]'"


def test_misuse_is_said() -> None:
    with MockEndpoint() as mock:
        with pytest.raises(UsageError, match="at least 1"):
            RayActors(mock.settings, workers=0)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="not open"):
            asyncio.run(RayActors(mock.settings).submit(question_stage(), [make_ask(0)]))  # type: ignore[arg-type]
