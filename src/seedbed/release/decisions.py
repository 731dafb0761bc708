"""decisions.jsonl: the decisions that stand, without who made them and without what they typed.

Released of a decision: its subject, act, rule, what was measured, the rival's id, and whether a rule or a person
decided. A person's reason is free text and stays behind unless the settings include it; so does any reason that
quotes a seed, as it is or as it was before an edit. Of the detail, numbers and known ids and labels pass, and the
words of the acts themselves: a use, a rule, the names of the fields that an edit changed. Free text does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from seedbed.curate.settings import RULE_IDS
from seedbed.records import Decision, Pool
from seedbed.release.guard import squeezed
from seedbed.release.settings import ReleaseSettings
from seedbed.release.sources import Sources

__all__ = ["DECISION_FIELDS", "decision_rows"]

DECISION_FIELDS: Mapping[str, str] = {
    "subject": "Id of the row decided on.",
    "act": (
        "By rules: include, exclude, flag (a remark), pool, select (chosen as an example or not). By people: include, "
        "exclude, merge (into the rival), return (the group is asked to change it), edit, retag, use (what it is for), "
        "nuanced, select (pinned in or out), dismiss (a rule's remark set aside)."
    ),
    "rule": "The rule that was applied; person: none, a person decided.",
    "actor": "rule: a rule decided. person: a person did.",
    "reason": "Why; null where it is withheld.",
    "measured": "What the rule measured; null where nothing was, or where it is free text.",
    "rival": "Id of the row it was compared with, or merged into.",
    "detail": "Numbers, ids and labels that belong to the act; of an edit the names of the fields, never the words.",
}


def decision_rows(sources: Sources, settings: ReleaseSettings) -> Iterator[dict[str, Any]]:
    """One row for each decision that stands, in the order in which they were made."""
    known = _known(sources)
    texts = [squeezed(text) for text in sources.replaced]
    texts += [squeezed(question.text) for question in sources.questions]
    for triple in sources.triples:
        texts += map(squeezed, (triple.prompt, triple.misaligned, triple.critique, triple.aligned))
    # a text of fewer letters than this may well stand in a sentence by chance
    texts = [text for text in texts if len(text) >= 20]
    for decision in sources.decisions:
        by_rule = decision.actor == "rule"
        reason = squeezed(decision.reason)
        quoted = any(text in reason for text in texts)
        yield {
            "subject": decision.subject,
            "act": decision.act,
            "rule": decision.rule,
            "actor": "rule" if by_rule else "person",
            "reason": decision.reason if (by_rule or settings.include_reasons) and not quoted else None,
            "measured": _plain(decision.measured, known),
            "rival": decision.rival,
            "detail": _detail(decision, known),
        }


def _known(sources: Sources) -> set[str]:
    taxonomy = sources.taxonomy
    known = {label.id for label in (*taxonomy.topics, *taxonomy.question_types)} | {v.id for v in taxonomy.values}
    known |= {pool.value for pool in Pool}
    known |= {question.id for question in sources.questions} | {triple.id for triple in sources.triples}
    return known


def _detail(decision: Decision, known: set[str]) -> dict[str, Any]:
    from seedbed.curate.curation import Use  # this and the next read people.db through SQLAlchemy: not at import
    from seedbed.curate.overlay import EDITABLE

    given = decision.detail
    own: dict[str, Any] = {}
    match decision.act:
        case "edit":
            able = {name for names in EDITABLE.values() for name in names}
            return {"fields": sorted(able.intersection(given.get("fields", ())))}
        case "use" if given.get("use") in get_args(Use):
            own = {"use": given["use"]}
        case "dismiss" if given.get("rule") in RULE_IDS:
            own = {"rule": given["rule"]}
    plain = {key: _plain(value, known) for key, value in given.items()}
    return {key: value for key, value in plain.items() if value is not None} | own


def _plain(value: Any, known: set[str]) -> Any:
    """`value` if it is a number, a known id or label, or a list or mapping of such; else None."""
    if isinstance(value, Mapping):
        inner = {key: _plain(item, known) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item is not None} or None
    if isinstance(value, list | tuple):
        return [item for item in (_plain(item, known) for item in value) if item is not None] or None
    return value if isinstance(value, bool | int | float) or value in known else None
