"""Stage 0: narrower topics of a topic, for one type of question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.errors import UnreadableReply
from seedbed.generate.models import Models, Style
from seedbed.generate.parse import list_of
from seedbed.generate.settings import TopicSettings
from seedbed.generate.topics.prompts import TOPIC_SCHEMA, TOPICS_VERSION, Messages, TopicPrompts
from seedbed.records import Ask, Candidate, Example, Reply
from seedbed.taxonomy import Taxonomy

__all__ = ["TopicStage"]


class TopicStage:
    """Renders an ask in the given style, and reads up to `ask.count` lines of the reply, one a slot."""

    name = "topics"
    version = TOPICS_VERSION

    def __init__(
        self,
        taxonomy: Taxonomy,
        examples: Mapping[str, Example],
        settings: TopicSettings,
        style: Style,
        language: str = "",
    ) -> None:
        self._settings, self._style = settings, style
        self._prompts = TopicPrompts(
            taxonomy, examples, begun_with=settings.begun_with, max_words=settings.max_words, language=language
        )

    async def run(self, asks: Sequence[Ask], context: Models) -> list[Reply]:
        return [await self._one(ask, context) for ask in asks]

    def rendered(self, ask: Ask) -> list[tuple[str, Messages | str]]:
        """What the ask sends, titled."""
        if self._style == "text":
            return [("text to continue", self._prompts.text(ask))]
        return [(self._style, self._messages(ask))]

    def _messages(self, ask: Ask) -> Messages:
        render = {"chat": self._prompts.chat, "schema": self._prompts.schema, "tags": self._prompts.tags}
        return render[self._style](ask)

    async def _one(self, ask: Ask, context: Models) -> Reply:
        sampling: dict[str, Any] = {**self._settings.sampling.sent(self._style), "seed": ask.seed}
        sampling["max_tokens"] = self._settings.max_tokens
        after = f"\n{len(self._prompts.begun(ask)) + ask.count + 1}."  # the number behind the last line wanted
        if self._style == "text":
            completion = await context.writer.complete(self._prompts.text(ask), stop=["\n\n", after], **sampling)
        else:
            completion = await context.writer.chat(
                self._messages(ask),
                stop=[after] if self._style == "chat" else None,
                json_schema=TOPIC_SCHEMA if self._style == "schema" else None,
                **sampling,
            )
        (choice, *_) = completion.choices
        reply = Reply({"text": choice.text, "finished": choice.finished}, completion.usage)
        if choice.finished and not self._lines(ask, reply.data):
            raise UnreadableReply("the reply holds no list of topics", reply=reply)
        return reply

    def parse(self, ask: Ask, reply: Reply) -> list[Candidate]:
        found = [Candidate(text) for text in self._lines(ask, reply.data)[: ask.count]]
        whole = reply.data["finished"]
        fault = "the reply held fewer topics than were asked for" if whole else "the reply was cut off before this line"
        return found + [Candidate("", fault=fault)] * (ask.count - len(found))

    def _lines(self, ask: Ask, data: Mapping[str, Any]) -> list[str]:
        text = data["text"]
        if self._style in ("chat", "text"):  # what was written goes on from the number that the prompt ends with
            text = f"{len(self._prompts.begun(ask)) + 1}. {text.lstrip()}"
        return list_of(text, "topics", "topic", cut=not data["finished"], phrases=True) or []
