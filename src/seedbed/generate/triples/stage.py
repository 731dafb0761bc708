"""Stage 2: triples from seed pairs.

"schema", "tags" and "text": one request for the three texts of a triple. "chat": several candidates of each response
(chat.py). Where the run has a judge, it is asked within the same ask (verdicts.py). The reply holds what was written,
word for word; `parse` reads it when it is judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from seedbed.errors import EndpointError, UnreadableReply
from seedbed.generate.models import Models, Style
from seedbed.generate.parse import fields_of
from seedbed.generate.settings import TripleSettings
from seedbed.generate.triples.chat import ask_chat, chat_rendered, judged_pairs, read_chat
from seedbed.generate.triples.options import Option, option_of, tidy
from seedbed.generate.triples.prompts import (
    TEXT_BEGINNING,
    TEXT_FIELDS,
    TEXT_STOP,
    TRIPLE_FIELDS,
    TRIPLE_SCHEMA,
    TRIPLES_VERSION,
    Messages,
    triple_messages,
    triple_text,
)
from seedbed.generate.triples.verdict_prompts import JudgeForm
from seedbed.generate.triples.verdicts import ask_judge, questions_of, take_verdicts
from seedbed.llm.endpoint import Endpoint
from seedbed.records import Ask, Candidate, Example, Reply, Usage
from seedbed.taxonomy import Taxonomy

__all__ = ["TripleStage"]

_NEXT = re.compile(r"\n\s*(?:Prompt|Input)\s*:.*", re.S)  # a model that goes on writes the next example


def _never(ask: Ask) -> bool:
    return False


class TripleStage:
    """Renders an ask in the given style; `prompts` maps the ids of questions to their texts.

    `sound` says of an ask whether it wants a response with nothing to put right. `judge` is the form in which the judge
    is asked, None where the run has none.
    """

    name = "triples"
    version = TRIPLES_VERSION

    def __init__(
        self,
        taxonomy: Taxonomy,
        examples: Mapping[str, Example],
        prompts: Mapping[str, str],
        settings: TripleSettings,
        style: Style,
        *,
        sound: Callable[[Ask], bool] | None = None,
        judge: JudgeForm | None = None,
    ) -> None:
        self._risks, self._examples, self._prompts = taxonomy.risks, examples, prompts
        self._settings, self._style, self._sound, self._judge = settings, style, sound or _never, judge
        self._values = [taxonomy.value(id) for id in settings.values]
        self._sampling: dict[str, Any] = dict(settings.sampling.sent(style))

    async def run(self, asks: Sequence[Ask], context: Models) -> list[Reply]:
        return [await self._one(ask, context) for ask in asks]

    async def _one(self, ask: Ask, context: Models) -> Reply:
        if self._style == "chat":
            data, usage = await ask_chat(
                context.writer, ask, self._values, self._prompt(ask), self._shown(ask),
                best_of=self._settings.best_of, max_tokens=self._settings.max_tokens, sampling=self._sampling,
            )  # fmt: skip
        else:
            data, usage = await self._whole(ask, context.writer)
        if context.judge is None or (options := self._options(data)) is None:
            return Reply(data, usage)
        pairs = judged_pairs(data, options) if self._style == "chat" else [(0, 0)]
        try:
            said, spent = await ask_judge(
                context.judge, ask, self._values, self._prompt(ask), pairs, options,
                max_tokens=self._settings.judge_max_tokens,
            )  # fmt: skip
        except EndpointError as error:
            error.spent = usage  # what was written is lost with this attempt, and was paid for
            raise
        # counted apart as well: a judge has prices of its own
        data |= {"judge": said, "judge_usage": [spent.prompt_tokens, spent.completion_tokens]}
        return Reply(data, usage + spent)

    async def _whole(self, ask: Ask, endpoint: Endpoint) -> tuple[dict[str, Any], Usage]:
        """All three texts by one request. Raises UnreadableReply for a whole reply that does not hold them; one that
        was cut off is an answer: asked again, with the same limit, it would be cut again."""
        if self._style == "text":
            completion = await endpoint.complete(
                self._text(ask), max_tokens=self._settings.max_tokens, stop=TEXT_STOP, seed=ask.seed, **self._sampling
            )
        else:
            completion = await endpoint.chat(
                self._messages(ask),
                max_tokens=self._settings.max_tokens,
                json_schema=TRIPLE_SCHEMA if self._style == "schema" else None,
                seed=ask.seed,
                **self._sampling,
            )
        choice = completion.choices[0]
        data = {"text": choice.text, "finished": choice.finished}
        if choice.finished and self._options(data) is None:
            raise UnreadableReply(
                "the reply does not hold the three texts of a triple", reply=Reply(data, completion.usage)
            )
        return data, completion.usage

    def parse(self, ask: Ask, reply: Reply) -> list[Candidate]:
        """One candidate, whose fields hold the prompt, for each part the options to choose among, and whether the ask
        wanted a sound response."""
        fields: dict[str, Any] = {"prompt": self._prompt(ask), "sound": self._sound(ask)}
        options = self._options(reply.data)
        if options is None:
            finished = bool(reply.data.get("finished"))
            fault = "the reply does not hold the three texts of a triple" if finished else "cut off at the token limit"
            return [Candidate("", fields=fields, finished=finished, fault=fault)]
        take_verdicts(options, reply.data.get("judge", []))
        return [Candidate("", fields={**fields, **options})]

    def _options(self, data: Mapping[str, Any]) -> dict[str, list[Option]] | None:
        """What the reply offers for each part; None where it is not to be read, or was cut off."""
        if self._style == "chat":
            return read_chat(data)
        names, text = (TRIPLE_FIELDS, data["text"])
        if self._style == "text":
            names, text = TEXT_FIELDS, f"{TEXT_BEGINNING} {text}"
        found = fields_of(text, names)
        if found is None or not all(isinstance(found[name], str) for name in names):
            return None
        if not data["finished"] and not re.search(r"\}\s*(```)?\s*$", text):  # JSON that is closed was not cut
            return None
        misaligned, critique, aligned = (tidy(found[name]) for name in names)
        if '"aligned"' not in text:  # no JSON
            aligned = tidy(_NEXT.sub("", aligned))
        return {"misaligned": [option_of(misaligned, critique=critique)], "aligned": [option_of(aligned)]}

    def rendered(self, ask: Ask) -> list[tuple[str, Messages | str]]:
        """What the ask sends, titled; {misaligned}, {critique} and {aligned} stand for what is not known before."""
        made: list[tuple[str, Messages | str]] = []
        if self._style == "chat":
            made += chat_rendered(self._values, self._prompt(ask), self._shown(ask), self._settings.best_of)
        else:
            made.append(("triple", self._text(ask) if self._style == "text" else self._messages(ask)))
        if self._judge is not None:
            bad, good = option_of("{misaligned}", critique="{critique}"), option_of("{aligned}")
            for record, messages in questions_of(ask, self._values, self._prompt(ask), bad, good, 0, self._judge):
                about = f"{record['about']}, {record['value']}" if "value" in record else record["about"]
                made.append((f"judge: {about}", messages))
        return made

    def _messages(self, ask: Ask) -> Messages:
        return triple_messages(
            self._values, self._risks, self._prompt(ask), self._shown(ask),
            form="schema" if self._style == "schema" else "tags", sound=self._sound(ask),
        )  # fmt: skip

    def _text(self, ask: Ask) -> str:
        return triple_text(self._values, self._prompt(ask), self._shown(ask), sound=self._sound(ask))

    def _shown(self, ask: Ask) -> list[Example]:
        return [self._examples[id] for id in ask.examples]

    def _prompt(self, ask: Ask) -> str:
        assert ask.prompt_id is not None
        return self._prompts[ask.prompt_id]
