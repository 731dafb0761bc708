"""Stage 1: questions from seed questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.errors import UnreadableReply
from seedbed.generate.models import Models, Style
from seedbed.generate.parse import clean, questions_of
from seedbed.generate.questions.prompts import QUESTION_SCHEMA, QUESTIONS_VERSION, question_chat, question_schema
from seedbed.generate.settings import QuestionSettings
from seedbed.llm.endpoint import Endpoint
from seedbed.records import Ask, Candidate, Example, Reply
from seedbed.taxonomy import Taxonomy

__all__ = ["QuestionStage"]


class QuestionStage:
    """Renders an ask in the given style, asks the endpoint, and reads `ask.count` candidates from the reply."""

    name = "questions"
    version = QUESTIONS_VERSION

    def __init__(
        self,
        taxonomy: Taxonomy,
        examples: Mapping[str, Example],
        settings: QuestionSettings,
        style: Style,
    ) -> None:
        self._taxonomy, self._examples, self._settings, self._style = taxonomy, examples, settings, style

    async def run(self, asks: Sequence[Ask], context: Models) -> list[Reply]:
        return [await (self._chat if self._style == "chat" else self._schema)(ask, context.writer) for ask in asks]

    async def _chat(self, ask: Ask, endpoint: Endpoint) -> Reply:
        completion = await endpoint.chat(
            question_chat(self._taxonomy, ask, self._examples),
            n=ask.count,
            max_tokens=self._settings.max_tokens,
            logprobs=True,
            seed=ask.seed,
            **self._settings.sampling.model_dump(),
        )
        choices = [[choice.text, choice.finished, choice.mean_logprob] for choice in completion.choices]
        return Reply({"choices": choices}, completion.usage)

    async def _schema(self, ask: Ask, endpoint: Endpoint) -> Reply:
        completion = await endpoint.chat(
            question_schema(self._taxonomy, ask, self._examples),
            max_tokens=self._settings.max_tokens * ask.count + 100,
            json_schema=QUESTION_SCHEMA,
            seed=ask.seed,
            **self._settings.sampling.model_dump(exclude={"min_p", "top_k"}),
        )
        choice = completion.choices[0]
        found = questions_of(choice.text, cut=not choice.finished)
        if not found and choice.finished:
            raise UnreadableReply("the reply holds no list of questions")
        # a reply that was cut off is an answer: asked again, with the same limit, it would be cut again
        return Reply({"questions": found or [], "finished": choice.finished}, completion.usage)

    def parse(self, ask: Ask, reply: Reply) -> list[Candidate]:
        found = self._candidates(ask, reply.data)[: ask.count]
        whole = reply.data.get("finished", True)
        fault = (
            "the reply held fewer questions than were asked for" if whole else "the reply was cut off before this one"
        )
        missing = [Candidate("", fault=fault)]
        return found + missing * (ask.count - len(found))

    def _candidates(self, ask: Ask, data: dict[str, Any]) -> list[Candidate]:
        if "choices" in data:
            made = []
            for text, finished, logprob in data["choices"]:
                # a small model goes on after its question with an answer or a further turn: the first line counts
                first = text.strip().split("\n")[0] if not ask.lead_in else text.split("\n")[0]
                joined = f"{ask.lead_in}{'' if first[:1] in ' ,.?!' else ' '}{first}" if ask.lead_in else first
                made.append(Candidate(clean(joined), logprob=logprob, finished=finished or "\n" in text.strip()))
            return made
        return [Candidate(clean(text)) for text in data["questions"]]
