"""Stage 2: triples from seed pairs.

"schema": one request for a JSON object with the three texts. "chat", for small models: responses of both kinds in
several candidates, begun with lead-ins of the value's scaffold, then a critique for each likely misaligned one. The
reply holds every candidate, so that choosing among them is a matter of gates, not of asking again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from seedbed.errors import UnreadableReply
from seedbed.generate.gating import four_gram_repeated
from seedbed.generate.models import Models, Style
from seedbed.generate.parse import clean, fields_of
from seedbed.generate.settings import TripleSettings
from seedbed.generate.triples.prompts import TRIPLE_SCHEMA, TRIPLES_VERSION, critique_chat, response_chat, triple_schema
from seedbed.llm.endpoint import Endpoint
from seedbed.records import Ask, Candidate, Example, Reply, Usage
from seedbed.taxonomy import Taxonomy, Value

__all__ = ["PARTS", "Part", "TripleStage", "cues_of", "subject_of"]

Part = Literal["misaligned", "aligned"]
PARTS: tuple[Part, Part] = ("misaligned", "aligned")
_CHOICES = 4  # candidates from one request: what the embedded model's four slots compute at once
_CRITIQUES = 2  # the likeliest misaligned candidates get a critique each
_RESPONSE_TOKENS = 48  # two short sentences; a 135M model that goes on longer repeats itself
_FIELDS = ["misaligned", "critique", "aligned"]


def subject_of(value: Value, prompt: str) -> str:
    """The people a prompt speaks of, by the value's scaffold; empty when it names none."""
    if value.scaffold is None:
        return ""
    for pattern in value.scaffold.subjects:
        found = re.search(pattern, prompt, re.IGNORECASE)
        if found:
            return " ".join(found.group(1).split())
    return ""


def cues_of(value: Value, part: Part, text: str, prompt: str) -> tuple[bool, bool]:
    """(shows its own kind's cue, shows the other kind's), the group's name left out: it may contain a cue."""
    scaffold = value.scaffold
    if scaffold is None:
        return True, False
    subject = subject_of(value, prompt)
    bare = re.sub(re.escape(subject), " ", text, flags=re.IGNORECASE) if subject else text
    for phrase in scaffold.neutral:
        bare = re.sub(phrase, " ", bare, flags=re.IGNORECASE)
    fault = any(re.search(cue, bare, re.IGNORECASE) for cue in scaffold.fault_cues)
    kind = any(re.search(cue, bare, re.IGNORECASE) for cue in scaffold.kind_cues)
    return (fault, kind) if part == "misaligned" else (kind, fault)


class TripleStage:
    """Renders an ask in the given style; `prompts` maps the ids of questions to their texts."""

    name = "triples"
    version = TRIPLES_VERSION

    def __init__(
        self,
        taxonomy: Taxonomy,
        examples: Mapping[str, Example],
        prompts: Mapping[str, str],
        settings: TripleSettings,
        style: Style,
    ) -> None:
        self._taxonomy, self._examples, self._prompts = taxonomy, examples, prompts
        self._settings, self._style = settings, style
        self._value = taxonomy.value(settings.values[0])

    async def run(self, asks: Sequence[Ask], context: Models) -> list[Reply]:
        return [await (self._chat if self._style == "chat" else self._schema)(ask, context.writer) for ask in asks]

    def _shown(self, ask: Ask) -> list[Example]:
        return [self._examples[id] for id in ask.examples]

    def _prompt(self, ask: Ask) -> str:
        assert ask.prompt_id is not None
        return self._prompts[ask.prompt_id]

    async def _schema(self, ask: Ask, endpoint: Endpoint) -> Reply:
        completion = await endpoint.chat(
            triple_schema(self._value, self._taxonomy.risks, self._prompt(ask), self._shown(ask)),
            max_tokens=self._settings.max_tokens,
            json_schema=TRIPLE_SCHEMA,
            seed=ask.seed,
            **self._settings.sampling.model_dump(exclude={"min_p", "top_k"}),
        )
        choice = completion.choices[0]
        found = fields_of(choice.text, _FIELDS)
        if found is None or not all(isinstance(found[name], str) for name in _FIELDS):
            raise UnreadableReply("the reply does not hold the three texts of a triple")
        texts = {name: clean(found[name]) for name in _FIELDS}
        return Reply(
            {
                "misaligned": [_option(texts["misaligned"], "", choice.finished, None, texts["critique"])],
                "aligned": [_option(texts["aligned"], "", choice.finished, None)],
            },
            completion.usage,
        )

    async def _chat(self, ask: Ask, endpoint: Endpoint) -> Reply:
        usage = Usage()
        made: dict[str, list[dict[str, Any]]] = {}
        for part in PARTS:
            made[part], spent = await self._responses(ask, endpoint, part)
            usage += spent
        for index, option in enumerate(self._promising(self._prompt(ask), made["misaligned"])[:_CRITIQUES]):
            completion = await endpoint.chat(
                critique_chat(self._prompt(ask), _whole(option)["text"], self._shown(ask)),
                max_tokens=_RESPONSE_TOKENS,
                seed=ask.seed + 500 + index,
                **self._settings.sampling.model_dump(),
            )
            usage += completion.usage
            option["critique"] = _sentences(clean(completion.choices[0].text.split("\n")[0]))
        return Reply({**made}, usage)

    def _promising(self, prompt: str, options: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those worth a critique, the best first: a whole sentence, no loop, the fault's cues, then the likeliest."""

        def rank(option: dict[str, Any]) -> tuple[bool, bool, float]:
            own, other = cues_of(self._value, "misaligned", option["text"], prompt)
            looped = bool(four_gram_repeated(_whole(option)["text"]))
            return looped, not own or other, -(option["logprob"] if option["logprob"] is not None else -9.0)

        return sorted((o for o in options if o["text"] and _whole(o)["finished"]), key=rank)

    async def _responses(self, ask: Ask, endpoint: Endpoint, part: Part) -> tuple[list[dict[str, Any]], Usage]:
        """`best_of` responses of one kind, four a request, each request with the next lead-in of the scaffold."""
        prompt, usage, made = self._prompt(ask), Usage(), []
        subject = subject_of(self._value, prompt)
        leads = _lead_ins(self._value, part, subject)
        for turn in range(-(-self._settings.best_of // _CHOICES)):
            lead = leads[turn % len(leads)] if leads else ""
            completion = await endpoint.chat(
                response_chat(self._value, part, prompt, self._shown(ask), lead),
                n=min(_CHOICES, self._settings.best_of - turn * _CHOICES),
                max_tokens=min(self._settings.max_tokens, _RESPONSE_TOKENS),
                logprobs=True,
                # far apart, so that no two requests of a triple draw the same numbers: 64 candidates reach 314
                seed=ask.seed + 20 * turn + (10 if part == "aligned" else 0),
                **self._settings.sampling.model_dump(),
            )
            usage += completion.usage
            for choice in completion.choices:
                text = choice.text.strip("\n").split("\n")[0]
                joined = clean(f"{lead}{'' if text[:1] in ' ,.' else ' '}{text}" if lead else text)
                ended = choice.finished or "\n" in choice.text.strip()
                made.append(_option(joined, lead, ended, choice.mean_logprob))
        return made, usage

    def parse(self, ask: Ask, reply: Reply) -> list[Candidate]:
        """One candidate, whose fields hold the prompt and, for each part, the options to choose among."""
        fields: dict[str, Any] = {"prompt": self._prompt(ask)}
        fields.update((part, [_whole(option) for option in reply.data.get(part, [])]) for part in PARTS)
        return [Candidate("", fields=fields)]


def _option(text: str, scaffold: str, finished: bool, logprob: float | None, critique: str = "") -> dict[str, Any]:
    rounded = None if logprob is None else round(logprob, 4)
    return {"text": text, "scaffold": scaffold, "finished": finished, "logprob": rounded, "critique": critique}


def _whole(option: dict[str, Any]) -> dict[str, Any]:
    """A response that was cut off loses its last, unfinished sentence, and says so; with no whole sentence it stays."""
    kept = _sentences(option["text"])
    if option["finished"] or not kept:
        return option
    # cut off just where a sentence ended, it lacks nothing
    return {**option, "finished": True} | ({"text": kept, "trimmed": True} if kept != option["text"] else {})


def _sentences(text: str) -> str:
    """`text` up to the end of its last whole sentence; empty when it has none."""
    ends = [match.end() for match in re.finditer(r"[.!?][\"')\]”’]*(?=\s|$)", text)]
    return text[: ends[-1]] if ends else ""


def _lead_ins(value: Value, part: Part, subject: str) -> list[str]:
    if value.scaffold is None:
        return []
    capital = subject[:1].upper() + subject[1:]
    leads = value.scaffold.misaligned if part == "misaligned" else value.scaffold.aligned
    usable = [lead for lead in leads if subject or "{" not in lead]
    return [lead.replace("{group}", subject).replace("{Group}", capital) for lead in usable]
