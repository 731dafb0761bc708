"""Whether what a person wants done with a seed can be: checked against what stands, before it is written."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any, get_args

from seedbed.curate.curation import LabelKind, Use
from seedbed.curate.decisions import BY_PERSON
from seedbed.curate.desk import Sight
from seedbed.curate.overlay import EDITABLE
from seedbed.curate.pools import by_model
from seedbed.curate.typed import check_words
from seedbed.curate.wishes import Wish, check_form
from seedbed.errors import InputError, UsageError
from seedbed.records import Decision, Pool, Question, Triple
from seedbed.seeds import Seeds
from seedbed.taxonomy import Taxonomy

__all__ = ["ShownToModel", "known_label", "no_seed", "refuse_shown", "weighed"]

Component = Callable[[str], tuple[str, ...]]


class ShownToModel(InputError):
    """A run was shown the seed, or one that must stay with it, as an example: it cannot change its pool any more."""


def weighed(
    wish: Wish, actor: str, sight: Sight, together: Component, used: Mapping[str, str], *, form: bool = True
) -> Decision:
    """The decision that the wish asks for. `together` gives the seeds that must stay in one pool with one.

    `used` maps seeds that runs were shown as examples to the run. Without `form` that was checked before. Raises
    UsageError for an act or arguments that cannot be, InputError for an unknown seed or label and for what the standing
    of the study forbids.
    """
    if form:
        check_form(wish)
    item = sight.curation.seed(wish.subject)
    if item is None:
        raise no_seed(wish.subject, sight.seeds)
    rival: str | None = None
    detail: dict[str, Any] = {}
    match wish.act:
        case "retag":
            detail = _tags(wish, item, sight.taxonomy)
        case "select":
            detail = _pick(wish, item, sight)
        case "edit":
            detail = {"fields": _fields(wish, item)}
        case "merge":
            rival = _into(wish, item, sight, used)
        case "use":
            detail = _use(wish, sight, together, used)
        case "nuanced":
            detail = {"nuanced": wish.nuanced}
        case "dismiss":
            detail = {"rule": _dismissed(wish, sight)}
    if wish.act in ("edit", "return") or detail.get("use") == "rephrase":
        detail["version"] = sight.seeds.written.get(wish.subject, 0)  # it is about these words, and no later ones
    return Decision(wish.subject, wish.act, actor, BY_PERSON, wish.reason.strip(), rival=rival, detail=detail)


def _tags(wish: Wish, item: Question | Triple, taxonomy: Taxonomy) -> dict[str, Any]:
    is_question = isinstance(item, Question)
    if (is_question and wish.values) or (not is_question and (wish.topic or wish.question_type)):
        raise UsageError(
            "Questions have a topic and a type, triples have values", hint=f"{item.id} is of the other kind."
        )
    if wish.topic:
        known_label(taxonomy, "topics", wish.topic)
    if wish.question_type:
        known_label(taxonomy, "question_types", wish.question_type)
    for value in wish.values:
        known_label(taxonomy, "values", value)
    given = {"topic": wish.topic, "question_type": wish.question_type, "values": list(wish.values)}
    return {**{name: label for name, label in given.items() if label}, "taxonomy": taxonomy.version}


def _pick(wish: Wish, item: Question | Triple, sight: Sight) -> dict[str, Any]:
    if wish.chosen:
        if item.id in sight.curation.excluded:
            raise InputError(f"{item.id} is set aside and can be no example", hint="Include it first.")
        if item.pool is Pool.EVALUATION:
            raise InputError(
                f"{item.id} is set apart for evaluation and can be no example",
                hint="Mark it for use in training first.",
            )
    return {"in": wish.chosen}


def _fields(wish: Wish, item: Question | Triple) -> dict[str, str]:
    able = EDITABLE["question" if isinstance(item, Question) else "triple"]
    if unknown := sorted(wish.fields.keys() - set(able)):
        raise UsageError(f"{item.id} has no text {unknown[0]!r} to edit", hint=f"It has: {', '.join(able)}")
    may_be_empty = ("persona", "scenario")
    for name, text in wish.fields.items():
        if not isinstance(text, str):
            raise UsageError(f"The {name} of {item.id} is to be text", hint='As in: {"text": "…"}')
        if not text.strip() and name not in may_be_empty:
            raise InputError(f"The {name} of {item.id} would be empty", hint="Exclude the seed, or return it.")
        check_words(text, f"The {name} of {item.id}")
    changed = {name: text.strip() for name, text in wish.fields.items() if text.strip() != getattr(item, name)}
    if not changed:
        raise InputError(f"These are the words of {item.id} already", hint="Nothing is left to do.")
    return changed


def _into(wish: Wish, item: Question | Triple, sight: Sight, used: Mapping[str, str]) -> str:
    rival = sight.curation.seed(wish.into or "")
    if rival is None:
        raise no_seed(wish.into or "", sight.seeds)
    if rival.id == item.id:
        raise UsageError(f"{item.id} cannot be merged into itself", hint="Name the other seed.")
    if type(rival) is not type(item):
        raise UsageError("A question and a triple cannot be merged", hint="Name two of one kind.")
    if rival.id in sight.curation.excluded:
        raise InputError(f"{rival.id} is set aside, so nothing can be merged into it", hint="Include it first.")
    if item.id in used and rival.pool is Pool.EVALUATION:
        raise ShownToModel(
            f"{item.id} was an example in the run {used[item.id]}, and {rival.id} is set apart for evaluation",
            hint=f"Merge {rival.id} into {item.id} instead.",
        )
    return rival.id


def _use(wish: Wish, sight: Sight, together: Component, used: Mapping[str, str]) -> dict[str, Any]:
    if wish.use not in (None, *get_args(Use)):
        raise UsageError(f"A seed has no use {wish.use!r}", hint=f"One of: {', '.join(get_args(Use))}, or none")
    if wish.use == "rephrase":
        return {"use": wish.use}
    pools = sight.curation.pools
    if wish.use is None:
        first = sight.have.standing.get((wish.subject, "pool"))
        wanted = Pool(first.detail["pool"]) if first else pools.get(wish.subject)
    else:
        wanted = Pool.ALIGNMENT if wish.use == "train" else Pool.EVALUATION
    if wanted is None or (wish.use is None and pools.get(wish.subject) is wanted):
        return {"use": wish.use}
    moves = together(wish.subject)
    if wanted is Pool.EVALUATION:
        _refuse_models_words(moves, sight)
    refuse_shown({id: wanted for id in moves if pools.get(id) is not wanted}, used)
    return {"use": wish.use, "pool": wanted.value, "moves": list(moves)}


def _refuse_models_words(moves: tuple[str, ...], sight: Sight) -> None:
    for id in moves:
        item = sight.curation.seed(id)
        if item is not None and by_model(item):
            raise InputError(
                f"A model wrote part of {id}, and evaluation is people's words only",
                hint="It stays in the alignment pool with what is like it.",
            )


def refuse_shown(moved: Mapping[str, Pool], used: Mapping[str, str]) -> None:
    """Raises ShownToModel where one of the seeds that would change their pool was shown as an example."""
    shown = sorted(moved.keys() & used.keys())
    if shown:
        raise ShownToModel(
            f"{shown[0]} was an example in the run {used[shown[0]]}, so it stays in its pool with what is like it",
            hint="What a model was shown cannot test it.",
        )


def _dismissed(wish: Wish, sight: Sight) -> str:
    rule = wish.rule or ""
    here = [item.rule for item in sight.curation.remarks.get(wish.subject, ())]
    if rule not in here:
        decision = sight.curation.excluded.get(wish.subject)
        if decision is not None and decision.rule == rule:
            raise InputError(f"{rule} set {wish.subject} aside", hint="To go over it, include the seed.")
        raise InputError(
            f"{rule!r} has made no remark on {wish.subject}",
            hint=f"Remarks on it: {', '.join(here)}" if here else "There is none on it.",
        )
    return rule


def known_label(taxonomy: Taxonomy, kind: LabelKind, id: str) -> None:
    """Raises InputError, which names the nearest, where the taxonomy has no such id."""
    known = [item.id for item in getattr(taxonomy, kind)]
    if id not in known:
        near = taxonomy.match(kind, id) or next(iter(difflib.get_close_matches(id, known, n=1, cutoff=0.5)), None)
        raise InputError(
            f"Taxonomy {taxonomy.version} has no {kind[:-1].replace('_', ' ')} {id!r}",
            hint=f"Did you mean {near!r}?" if near else f"Known: {', '.join(known)}",
        )


def no_seed(subject: str, seeds: Seeds) -> InputError:
    known = [*(item.id for item in seeds.questions), *(item.id for item in seeds.triples)]
    near = difflib.get_close_matches(subject, known, n=1, cutoff=0.6)
    return InputError(
        f"No seed {subject!r} in the study", hint=f"Did you mean {near[0]!r}?" if near else "See the folder seeds/."
    )
