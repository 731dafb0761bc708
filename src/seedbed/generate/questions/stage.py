"""Stage 1: questions from seed questions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.errors import UnreadableReply
from seedbed.generate.models import Models, Style
from seedbed.generate.parse import clean, lines_of, questions_of
from seedbed.generate.questions.prompts import (
    QUESTION_SCHEMA,
    QUESTIONS_VERSION,
    Messages,
    label_of,
    question_chat,
    question_schema,
    question_tags,
    question_text,
)
from seedbed.generate.settings import QuestionSettings
from seedbed.llm.completion import Completion
from seedbed.llm.endpoint import Endpoint
from seedbed.records import Ask, Candidate, Example, Reply
from seedbed.taxonomy import Taxonomy

__all__ = ["QuestionStage"]

_NUMBERED = re.compile(r"\s*(\d{1,4})[.)]\s*(.*)")
_LABEL_TOKENS = 30  # of a line's number, topic and type in the text style


class QuestionStage:
    """Renders an ask in the given style, asks the endpoint, and reads `ask.count` candidates from the reply.

    What is journaled is what the model wrote, so that a better reader can judge the same replies anew. `language` is
    that of the study (BCP 47), and what the prompts ask for; empty: English.
    """

    name = "questions"
    version = QUESTIONS_VERSION

    def __init__(
        self,
        taxonomy: Taxonomy,
        examples: Mapping[str, Example],
        settings: QuestionSettings,
        style: Style,
        language: str = "",
    ) -> None:
        self._taxonomy, self._examples, self._settings, self._style = taxonomy, examples, settings, style
        self._language = language

    async def run(self, asks: Sequence[Ask], context: Models) -> list[Reply]:
        return [await self._one(ask, context.writer) for ask in asks]

    async def _one(self, ask: Ask, endpoint: Endpoint) -> Reply:
        if self._style == "chat":
            return await self._chat(ask, endpoint)
        if self._style == "text" and ask.count <= endpoint.settings.max_choices:
            return await self._next_lines(ask, endpoint)
        return await self._list(ask, endpoint)

    def rendered(self, ask: Ask) -> list[tuple[str, Messages | str]]:
        """What the ask sends, titled."""
        if self._style == "chat":
            return [(f"chat, {ask.count} replies", self._messages(ask))]
        return [("text to continue", self._text(ask)) if self._style == "text" else (self._style, self._messages(ask))]

    def _messages(self, ask: Ask) -> Messages:
        render = {"chat": question_chat, "schema": question_schema, "tags": question_tags}[self._style]
        return render(self._taxonomy, ask, self._examples, self._language)

    def _text(self, ask: Ask) -> str:
        return question_text(self._taxonomy, ask, self._examples, self._language)

    async def _chat(self, ask: Ask, endpoint: Endpoint) -> Reply:
        completion = await endpoint.chat(
            self._messages(ask),
            n=ask.count,
            max_tokens=self._settings.max_tokens,
            logprobs=True,
            seed=ask.seed,
            **_sampling(self._settings, self._style),
        )
        return _choices(completion)

    async def _next_lines(self, ask: Ask, endpoint: Endpoint) -> Reply:
        """The next line of the list, in as many versions as are wanted: all of them stand in the cell that was asked
        for. Left to write on, a small model passes to other topics (SmolLM2-135M in all of 15 further lines)."""
        completion = await endpoint.complete(
            self._text(ask),
            n=ask.count,
            max_tokens=self._settings.max_tokens,
            logprobs=True,
            seed=ask.seed,
            stop=["\n"],
            **_sampling(self._settings, self._style),
        )
        return _choices(completion)

    async def _list(self, ask: Ask, endpoint: Endpoint) -> Reply:
        tokens, sampling = self._settings.max_tokens, _sampling(self._settings, self._style)
        if self._style == "text":
            completion = await endpoint.complete(
                self._text(ask),
                max_tokens=(tokens + _LABEL_TOKENS) * ask.count,
                seed=ask.seed,
                stop=["\n\n", f"\n{len(ask.examples) + ask.count + 1}."],
                **sampling,
            )
        else:
            completion = await endpoint.chat(
                self._messages(ask),
                max_tokens=tokens * ask.count + 100,
                json_schema=QUESTION_SCHEMA if self._style == "schema" else None,
                seed=ask.seed,
                **sampling,
            )
        (choice, *_) = completion.choices
        reply = Reply({"text": choice.text, "finished": choice.finished}, completion.usage)
        # a reply that was cut off is an answer: asked again, with the same limit, it would be cut again
        if choice.finished and not self._listed(ask, reply.data):
            raise UnreadableReply("the reply holds no list of questions", reply=reply)
        return reply

    def parse(self, ask: Ask, reply: Reply) -> list[Candidate]:
        if "choices" in reply.data:
            found = _candidates(ask, reply.data["choices"])[: ask.count]
        else:
            found = [Candidate(text) for text in self._listed(ask, reply.data)[: ask.count]]
        whole = reply.data.get("finished", True)
        fault = (
            "the reply held fewer questions than were asked for" if whole else "the reply was cut off before this one"
        )
        missing = [Candidate("", fault=fault)]
        return found + missing * (ask.count - len(found))

    def _listed(self, ask: Ask, data: Mapping[str, Any]) -> list[str]:
        if "questions" in data:  # journaled by an earlier version, which read the reply before it was stored
            return [clean(text) for text in data["questions"]]
        text, cut = data["text"], not data["finished"]
        if self._style == "text":
            return self._continued(ask, text, cut=cut)
        found = questions_of(text, cut=cut)
        if found is None and ask.count == 1 and not cut:  # one was asked for: it needs no mark of a list
            lines = lines_of(text)
            found = lines if len(lines) == 1 and lines[0].endswith(("?", "？", "؟")) else None
        return found or []

    def _continued(self, ask: Ask, text: str, *, cut: bool) -> list[str]:
        """The questions of the lines that a base model wrote: the first, and those with the label asked for."""
        label = label_of(self._taxonomy, ask, self._examples)
        first, *rest = f"{ask.lead_in}{_space(ask.lead_in, text)}{text}".split("\n")
        found = [first]
        for line in rest:
            numbered = _NUMBERED.match(line)
            if numbered and " ".join(numbered[2].split()).casefold().startswith(label.casefold()):
                found.append(" ".join(numbered[2].split())[len(label) :])
            elif line.strip():
                found.append("")  # of another cell, or no question: not counted, but it was the last line that was cut
        return [cleaned for line in (found[:-1] if cut else found) if (cleaned := clean(line))]


def _choices(completion: Completion) -> Reply:
    choices = [[choice.text, choice.finished, choice.mean_logprob] for choice in completion.choices]
    return Reply({"choices": choices}, completion.usage)


def _sampling(settings: QuestionSettings, style: Style) -> dict[str, Any]:
    return dict(settings.sampling.sent(style))


def _space(lead_in: str, text: str) -> str:
    return "" if not lead_in or text[:1] in " ,.?!" else " "


def _candidates(ask: Ask, choices: Sequence[tuple[str, bool, float | None]]) -> list[Candidate]:
    made = []
    for text, finished, logprob in choices:
        # a small model goes on after its question with an answer or a further turn: the first line counts
        first = text.strip().split("\n")[0] if not ask.lead_in else text.split("\n")[0]
        joined = f"{ask.lead_in}{_space(ask.lead_in, first)}{first}"
        made.append(Candidate(clean(joined), logprob=logprob, finished=finished or "\n" in text.strip()))
    return made
