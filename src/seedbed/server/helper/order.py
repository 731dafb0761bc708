"""A request for help that may be carried out: what is asked of a model, with what the board says of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seedbed.llm.settings import EndpointSettings
from seedbed.server.contract import LiveHub
from seedbed.server.helper.prompts import Wanted
from seedbed.server.helper.schemas import MOST_TOKENS, HelpAsked
from seedbed.server.identity import Who
from seedbed.server.refusals import Refusal
from seedbed.taxonomy import Taxonomy, Value
from seedbed.workshop import parse_place
from seedbed.workshop.template import Template

__all__ = ["Order", "wanted_of"]

_DEFAULT_N = {"free": 1, "proposals": 8, "questions": 4, "shorten": 1}


@dataclass(frozen=True, slots=True)
class Order:
    """A request that may be carried out. `settings` are None for the embedded model."""

    hub: LiveHub
    study: str
    doc: str
    who: Who
    asked: HelpAsked
    wanted: Wanted
    taxonomy: Taxonomy
    endpoint: str
    settings: EndpointSettings | None

    @property
    def person(self) -> str:
        return f"{self.study}/{self.who.id}"


def wanted_of(
    asked: HelpAsked, doc: str, snapshot: Mapping[str, Mapping[str, Any]], template: Template, taxonomy: Taxonomy,
    language: str,
) -> Wanted:  # fmt: skip
    """What to tell the model, from the request and the row. Raises Refusal."""
    fields: Mapping[str, str] = {}
    if asked.row is not None:
        row = snapshot["rows"].get(asked.row)
        if row is None or row["removed"]:
            raise Refusal("unknown_row")
        fields = row["fields"]
    place = parse_place(doc)
    assert place is not None
    value: Value | None = None
    question = ""
    match asked.purpose:
        case "proposals":
            if place.activity.name != "triples" or asked.row is None:
                raise Refusal("bad_request")
            question = " ".join(fields.get("question", "").split())
            if not question:
                raise Refusal("no_question")
            value = _value(fields.get("value", ""), template, place.group, taxonomy)
        case "free":
            if not asked.prompt.strip():
                raise Refusal("bad_request")
        case "shorten":
            if len(asked.text.split()) < 2:
                raise Refusal("bad_request")
        case "questions":
            if not (asked.prompt.strip() or fields.get("topic") or fields.get("question_type")):
                raise Refusal("bad_request")
    said = template.helper
    most = max(MOST_TOKENS, said.max_tokens)
    tokens = said.max_tokens if asked.max_tokens is None else asked.max_tokens
    if tokens > most:
        raise Refusal("bad_request")
    return Wanted(
        prompt=asked.prompt.strip(),
        text=asked.text.strip(),
        question=question,
        value=value,
        topic=_label(taxonomy, "topics", fields.get("topic", "")),
        type_=fields.get("question_type", ""),
        n=asked.n or _DEFAULT_N[asked.purpose],
        temperature=said.temperature if asked.temperature is None else asked.temperature,
        max_tokens=tokens,
        seed=secrets.randbelow(2**30),
        language=language,
    )


def _value(typed: str, template: Template, group: str, taxonomy: Taxonomy) -> Value:
    """The value that the row names, else the group's, else the taxonomy's first."""
    for name in (typed, template.group(group).value):
        if name and (id := taxonomy.match("values", name)) is not None:
            return taxonomy.value(id)
    if not taxonomy.values:
        raise Refusal("no_question")
    return taxonomy.values[0]


def _label(taxonomy: Taxonomy, kind: str, typed: str) -> str:
    id = taxonomy.match("topics", typed) if typed else None
    return taxonomy.topic(id).label if id is not None else typed
