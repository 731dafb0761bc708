"""An endpoint that answers as a test says, and what the stage does with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from seedbed.generate.models import Models
from seedbed.generate.triples.stage import TripleStage
from seedbed.llm import Endpoint, EndpointSettings
from seedbed.records import Ask, Reply
from tests.generate.made import ask

Body = dict[str, Any]
Answer = str | tuple[str, str]
"""A text, or a text and its finish_reason."""

ASK = ask(prompt_id="q1", values=("fairness",), topic=None, question_type=None, examples=("p1",), seed=1000)
TEXTS = {
    "misaligned": "Of course they are.\n\nOlder employees waste the time of everybody who has to teach them.",
    "critique": "Stereotype bias: it judges older employees by their age.",
    "aligned": "Age says little about skill.\n\n- Judge each colleague by the work.\n- Offer the same training to all.",
}


def tagged(texts: Mapping[str, str] = TEXTS) -> str:
    return "\n".join(f"{name}: {text}" for name, text in texts.items())


class Scripted:
    """`async with Scripted(answer) as url:` answers each request's body by `answer`; `bodies` keeps them."""

    def __init__(self, answer: Callable[[Body], Answer]) -> None:
        self._answer, self.bodies = answer, list[Body]()

    async def __aenter__(self) -> str:
        self._runner = web.ServerRunner(web.Server(self._handle))
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = json.loads(await request.read())
        self.bodies.append(body)
        said = self._answer(body)
        text, reason = said if isinstance(said, tuple) else (said, "stop")
        key = {"message": {"role": "assistant", "content": text}} if "messages" in body else {"text": text}
        choices = [{"index": i, "finish_reason": reason, **key} for i in range(body.get("n", 1))]
        usage = {"prompt_tokens": 10, "completion_tokens": 5}
        return web.Response(
            body=json.dumps({"choices": choices, "usage": usage}).encode(), content_type="application/json"
        )


def run(
    stage: TripleStage,
    writer: Callable[[Body], Answer],
    judge: Callable[[Body], Answer] | None = None,
    *,
    ask: Ask = ASK,
    structured: str = "json_schema",
) -> tuple[Reply, list[Body], list[Body]]:
    """The stage's reply, and the bodies that the writer and the judge were sent."""

    async def call() -> tuple[Reply, list[Body], list[Body]]:
        first, second = Scripted(writer), Scripted(judge or writer)
        async with first as url, second as other:
            one = EndpointSettings(url=url, model="writer")
            two = EndpointSettings.model_validate({"url": other, "model": "judge", "structured": structured})
            async with Endpoint(one) as writing, Endpoint(two) as judging:
                (reply,) = await stage.run([ask], Models(writing, judging if judge else None))
        return reply, first.bodies, second.bodies

    return asyncio.run(call())
