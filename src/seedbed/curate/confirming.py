"""What a label as people typed it means: confirmed by a person, for every row that has it."""

from __future__ import annotations

from seedbed.curate.curation import LabelKind
from seedbed.curate.decisions import STREAM
from seedbed.curate.typed import check_actor
from seedbed.curate.weighing import known_label
from seedbed.errors import InputError, UsageError
from seedbed.seeds import Seeds, current_taxonomy
from seedbed.seeds import load as load_seeds
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore
from seedbed.taxonomy.labels import normalise

__all__ = ["confirm_label"]


def confirm_label(folder: Folder, raw: str, canonical_id: str, kind: LabelKind, actor: str) -> int:
    """Record that the label `raw`, as people typed it, means `canonical_id`; returns on how many seeds it stands.

    It counts for every row with that label (apart from case and punctuation), also for rows that come later. Raises
    InputError where no seed has the label or the taxonomy does not know the id.
    """
    folder.check()
    if kind not in ("topics", "question_types", "values"):
        raise UsageError(f"There is no kind of label {kind!r}", hint="One of: topics, question_types, values")
    check_actor(actor)
    with folder.writing():
        taxonomy = current_taxonomy(folder)
        known_label(taxonomy, kind, canonical_id)
        rows = _rows_with(load_seeds(folder), kind, raw)
        if not rows:
            raise InputError(
                f"No seed has the label {raw!r} among its {kind.replace('_', ' ')}",
                hint="Give it as it was typed; case and punctuation do not count.",
            )
        data = {"kind": kind, "canonical": canonical_id, "rows": rows, "taxonomy": taxonomy.version}
        with EventStore.of(folder) as store:
            store.append(STREAM, actor, [Act("relabel", canonical_id, data)])
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
