"""Decisions as events of the "curate" stream, and which of them stand.

A seed has one place for each thing that can be decided about it: whether it is in ("verdict"), its pool, whether the
rules choose it ("select") and whether a person pins it ("pick"), its labels ("retag"), its words ("edit"), whether its
group is asked to change it ("return"), what it is for ("use"), whether it is nuanced, and a remark for each rule that
can make one. A later decision takes the place of an earlier one, except that a rule never takes a person's, and a
pool is given once by the rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from seedbed.records import Decision
from seedbed.seeds.codec import Whose
from seedbed.study.events import Act, Event

__all__ = ["BY_PERSON", "BY_RULE", "STREAM", "Place", "decode", "differing", "encode", "is_undo", "place", "version_of"]

STREAM = "curate"
BY_RULE = "rule"
BY_PERSON = "person"  # as `rule` of a decision that a person made

Place = tuple[str, str]


def is_undo(decision: Decision) -> bool:
    """Whether it takes back earlier acts by their numbers or their batch, rather than deciding about a seed."""
    return decision.act == "undo" and ("undoes" in decision.detail or "undoes_batch" in decision.detail)


def version_of(decision: Decision) -> int:
    """Which version of its seed it is about, as `Seeds.written` has them."""
    return int(decision.detail.get("version", 0))


def place(decision: Decision) -> Place:
    """Where a decision stands: its subject, and what about it was decided."""
    match decision.act:
        case "include" | "exclude" | "merge" | "undo":
            return decision.subject, "verdict"
        case "flag":
            return decision.subject, f"flag:{decision.rule}"
        case "dismiss":
            return decision.subject, f"flag:{decision.detail['rule']}"
        case "select" if decision.rule == BY_PERSON:
            return decision.subject, "pick"
        case act:
            return decision.subject, act


def encode(decision: Decision, whose: Whose | None = None) -> Act:
    """The act that `decode` turns back. What a person typed goes among the texts; a rule's reason has no such words.

    The fields of an edit are texts too; `whose` are the people whose words each holds beside the editor's.
    """
    data: dict[str, Any] = {"act": decision.act, "rule": decision.rule}
    for name in ("measured", "rival", "detail"):
        if getattr(decision, name) not in (None, {}):
            data[name] = getattr(decision, name)
    if decision.rule != BY_PERSON:
        return Act("decision", decision.subject, {**data, "reason": decision.reason})
    texts = {"reason": decision.reason}
    if decision.act == "edit":
        fields: Mapping[str, str] = decision.detail["fields"]
        texts |= fields
        data["detail"] = {**decision.detail, "fields": sorted(fields)}
        others = whose or {}
        data["whose"] = {name: list(dict.fromkeys((*others.get(name, ()), decision.actor))) for name in sorted(fields)}
    return Act("decision", decision.subject, data, texts)


def decode(event: Event) -> Decision:
    """The decision of an event. Its actor is "rule" for every decision by a rule, whoever ran the rules.

    The fields of an edit that were erased since are left out.
    """
    data = event.data
    detail = data.get("detail", {})
    if data["act"] == "edit":
        fields = {name: data[name] for name in detail["fields"] if data.get(name) is not None}
        detail = {**detail, "fields": fields}
    return Decision(
        subject=event.subject,
        act=data["act"],
        actor=event.actor if data["rule"] == BY_PERSON else BY_RULE,
        rule=data["rule"],
        reason=data.get("reason") or "",
        measured=data.get("measured"),
        rival=data.get("rival"),
        detail=detail,
    )


def differing(wanted: Iterable[Decision], standing: Mapping[Place, Decision]) -> list[Decision]:
    """Those of `wanted` that do not stand already. Compared as JSON has them: a tuple is a list."""
    return [item for item in wanted if place(item) not in standing or _plain(item) != _plain(standing[place(item)])]


def _plain(item: Decision) -> str:
    return json.dumps([item.act, item.rule, item.reason, item.measured, item.rival, item.detail], sort_keys=True)
