"""Decisions as events of the "curate" stream, and which of them stand.

A seed has one place for each thing that can be decided about it: whether it is in ("verdict"), its pool, whether it
is chosen ("select"), its labels ("retag"), and a remark for each rule that can make one. A later decision takes the
place of an earlier one, except that a rule never takes a person's, and a pool is given once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from seedbed.records import Decision
from seedbed.study.events import Act, Event

__all__ = ["BY_PERSON", "BY_RULE", "STREAM", "decode", "differing", "encode", "place"]

STREAM = "curate"
BY_RULE = "rule"
BY_PERSON = "person"  # as `rule` of a decision that a person made

Place = tuple[str, str]


def place(decision: Decision) -> Place:
    """Where a decision stands: its subject, and what about it was decided."""
    match decision.act:
        case "include" | "exclude" | "undo":
            return decision.subject, "verdict"
        case "flag":
            return decision.subject, f"flag:{decision.rule}"
        case act:
            return decision.subject, act


def encode(decision: Decision) -> Act:
    """The act that `decode` turns back. What a person typed goes among the texts; a rule's reason has no such words."""
    data: dict[str, Any] = {"act": decision.act, "rule": decision.rule}
    for name in ("measured", "rival", "detail"):
        if getattr(decision, name) not in (None, {}):
            data[name] = getattr(decision, name)
    if decision.rule == BY_PERSON:
        return Act("decision", decision.subject, data, {"reason": decision.reason})
    return Act("decision", decision.subject, {**data, "reason": decision.reason})


def decode(event: Event) -> Decision:
    """The decision of an event. Its actor is "rule" for every decision by a rule, whoever ran the rules."""
    data = event.data
    return Decision(
        subject=event.subject,
        act=data["act"],
        actor=event.actor if data["rule"] == BY_PERSON else BY_RULE,
        rule=data["rule"],
        reason=data.get("reason") or "",
        measured=data.get("measured"),
        rival=data.get("rival"),
        detail=data.get("detail", {}),
    )


def differing(wanted: Iterable[Decision], standing: Mapping[Place, Decision]) -> list[Decision]:
    """Those of `wanted` that do not stand already. Compared as JSON has them: a tuple is a list."""
    return [item for item in wanted if place(item) not in standing or _plain(item) != _plain(standing[place(item)])]


def _plain(item: Decision) -> str:
    return json.dumps([item.act, item.rule, item.reason, item.measured, item.rival, item.detail], sort_keys=True)
