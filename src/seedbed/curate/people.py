"""What a curator does by hand: include, exclude, retag, take back, and confirm what a label means.

A person's decision stands over every rule, now and later. The words of its reason are theirs and kept as such.
"""

from __future__ import annotations

import difflib
from typing import Literal

from seedbed.curate.decisions import BY_PERSON, BY_RULE, STREAM, encode
from seedbed.curate.fold import LabelKind, Relabel
from seedbed.errors import InputError, UsageError
from seedbed.records import Decision
from seedbed.seeds import Seeds, current_taxonomy
from seedbed.seeds import load as load_seeds
from seedbed.study import Folder
from seedbed.study.events import Act as StoredAct
from seedbed.study.events import EventStore
from seedbed.taxonomy import Taxonomy
from seedbed.taxonomy.labels import normalise

__all__ = ["HandAct", "confirm_label", "decide"]

HandAct = Literal["include", "exclude", "retag", "undo"]
_ACTS = ("include", "exclude", "retag", "undo")


def decide(
    folder: Folder,
    subject: str,
    act: HandAct,
    reason: str,
    actor: str,
    *,
    topic: str | None = None,
    question_type: str | None = None,
    values: tuple[str, ...] = (),
) -> Decision:
    """Record a person's decision on one seed, and return it.

    "include" and "exclude" stand whatever a rule says; "undo" leaves the seed to the rules again; "retag" gives it
    canonical labels (a topic or type for a question, values for a triple). What follows for the examples is settled
    by the next `curate`, except that an excluded seed is no example from now on.

    Raises UsageError for an act, actor or reason that cannot be, InputError for an unknown seed or label.
    """
    folder.check()
    if act not in _ACTS:
        raise UsageError(f"There is no decision {act!r}", hint=f"One of: {', '.join(_ACTS)}")
    if not actor.strip() or actor == BY_RULE:
        raise UsageError(f"A decision needs the person who made it, not {actor!r}", hint="Name yourself: --by NAME")
    if not reason.strip():
        raise UsageError(f"A decision to {act} {subject} needs a reason", hint='Say why: --reason "…"')
    with folder.writing():
        seeds = load_seeds(folder)
        if subject not in seeds:
            raise _no_seed(subject, seeds)
        tags = _tags(subject, seeds, current_taxonomy(folder), topic, question_type, values)
        if (act == "retag") != bool(tags):
            raise UsageError(
                "To retag is to give a topic, a question type or values"
                if act == "retag"
                else f"{act} takes no labels",
                hint="Give labels with retag, and with retag only.",
            )
        decision = Decision(subject, act, actor, BY_PERSON, reason.strip(), detail=tags)
        with EventStore.of(folder) as store:
            store.append(STREAM, actor, [encode(decision)])
    return decision


def confirm_label(folder: Folder, raw: str, canonical_id: str, kind: LabelKind, actor: str) -> int:
    """Record that the label `raw`, as people typed it, means `canonical_id`; returns on how many seeds it stands.

    It counts for every row with that label (apart from case and punctuation), also for rows that come later. Raises
    InputError where no seed has the label or the taxonomy does not know the id.
    """
    folder.check()
    if kind not in ("topics", "question_types", "values"):
        raise UsageError(f"There is no kind of label {kind!r}", hint="One of: topics, question_types, values")
    if not actor.strip() or actor == BY_RULE:
        raise UsageError(f"A label is confirmed by a person, not by {actor!r}", hint="Name yourself: --by NAME")
    with folder.writing():
        taxonomy = current_taxonomy(folder)
        _known(taxonomy, kind, canonical_id)
        rows = _rows_with(load_seeds(folder), kind, raw)
        if not rows:
            raise InputError(f"No seed has the label {raw!r} among its {kind.replace('_', ' ')}")
        relabel = Relabel(kind, canonical_id, tuple(rows), actor, taxonomy.version)
        data = {"kind": kind, "canonical": canonical_id, "rows": rows, "taxonomy": relabel.taxonomy}
        with EventStore.of(folder) as store:
            store.append(STREAM, actor, [StoredAct("relabel", canonical_id, data)])
    return len({id for id, _ in rows})


def _rows_with(seeds: Seeds, kind: LabelKind, raw: str) -> list[tuple[str, int]]:
    wanted = normalise(raw)
    typed: list[tuple[str, tuple[str, ...]]]
    match kind:
        case "topics":
            typed = [(item.id, (item.topic_raw,)) for item in seeds.questions]
        case "question_types":
            typed = [(item.id, (item.question_type_raw,)) for item in seeds.questions]
        case "values":
            typed = [(item.id, item.values_raw) for item in seeds.triples]
    return [(id, at) for id, labels in typed for at, label in enumerate(labels) if label and normalise(label) == wanted]


def _tags(
    subject: str,
    seeds: Seeds,
    taxonomy: Taxonomy,
    topic: str | None,
    question_type: str | None,
    values: tuple[str, ...],
) -> dict[str, object]:
    is_question = any(item.id == subject for item in seeds.questions)
    if (is_question and values) or (not is_question and (topic or question_type)):
        raise UsageError("Questions have a topic and a type, triples have values")
    if topic:
        _known(taxonomy, "topics", topic)
    if question_type:
        _known(taxonomy, "question_types", question_type)
    for value in values:
        _known(taxonomy, "values", value)
    given = {"topic": topic, "question_type": question_type, "values": list(values)}
    found: dict[str, object] = {name: label for name, label in given.items() if label}
    return {**found, "taxonomy": taxonomy.version} if found else {}


def _known(taxonomy: Taxonomy, kind: LabelKind, id: str) -> None:
    known = [item.id for item in getattr(taxonomy, kind)]
    if id not in known:
        near = taxonomy.match(kind, id) or next(iter(difflib.get_close_matches(id, known, n=1, cutoff=0.5)), None)
        raise InputError(
            f"Taxonomy {taxonomy.version} has no {kind[:-1].replace('_', ' ')} {id!r}",
            hint=f"Did you mean {near!r}?" if near else f"Known: {', '.join(known)}",
        )


def _no_seed(subject: str, seeds: Seeds) -> InputError:
    known = [*(item.id for item in seeds.questions), *(item.id for item in seeds.triples)]
    near = difflib.get_close_matches(subject, known, n=1, cutoff=0.6)
    return InputError(
        f"No seed {subject!r} in the study", hint=f"Did you mean {near[0]!r}?" if near else "See the folder seeds/."
    )
