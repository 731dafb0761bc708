"""A seed as curation leaves it: canonical labels, pool, edited words, and the authors of what was merged into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from seedbed.curate.curation import LabelKind, Logged, Relabel
from seedbed.curate.decisions import Place, version_of
from seedbed.records import Decision, Pool, Question, Triple, Writer
from seedbed.seeds import HandLabel, Seeds
from seedbed.taxonomy import Taxonomy
from seedbed.taxonomy.labels import normalise

__all__ = ["EDITABLE", "Overlay", "Relabels", "is_overtaken", "relabelled", "relabels_of"]

EDITABLE = {
    "question": ("text", "persona", "scenario"),
    "triple": ("prompt", "misaligned", "critique", "aligned"),
}
Relabels = Mapping[LabelKind, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Overlay:
    """What lies over the seeds. `edited` are edits that no newer version overtook; `authors` those of merged seeds."""

    taxonomy: Taxonomy
    relabels: Relabels
    standing: Mapping[Place, Logged]
    pools: Mapping[str, Pool]
    edited: Mapping[str, Logged] = field(default_factory=dict)
    authors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def question(self, item: Question) -> Question:
        """`item` as curation leaves it."""
        retag = self.standing.get((item.id, "retag"))
        tags = retag.decision.detail if retag else {}
        topic = tags.get("topic") or self._label("topics", item.topic, item.topic_raw)
        question_type = tags.get("question_type") or self._label(
            "question_types", item.question_type, item.question_type_raw
        )
        same = (topic, question_type) == (item.topic, item.question_type)
        fields = self._fields(item.id)
        return replace(
            item,
            text=fields.get("text", item.text),
            persona=fields.get("persona", item.persona),
            scenario=fields.get("scenario", item.scenario),
            topic=topic,
            question_type=question_type,
            pool=self.pools.get(item.id, item.pool),
            taxonomy=item.taxonomy if same else self.taxonomy.version,
            authors=self._authors(item),
            written_by=Writer.EDITED if fields and item.written_by is Writer.MODEL else item.written_by,
        )

    def triple(self, item: Triple) -> Triple:
        """`item` as curation leaves it."""
        retag = self.standing.get((item.id, "retag"))
        tagged = retag.decision.detail.get("values") if retag else None
        known, match = self.relabels["values"], self.taxonomy.match
        named = (known.get(normalise(raw)) or match("values", raw) for raw in item.values_raw)
        values = tuple(tagged or dict.fromkeys([*item.values, *(value for value in named if value)]))
        fields = self._fields(item.id)
        written_by = {
            name: Writer.EDITED if name in fields and writer is Writer.MODEL else writer
            for name, writer in item.written_by.items()
        }
        return replace(
            item,
            prompt=fields.get("prompt", item.prompt),
            misaligned=fields.get("misaligned", item.misaligned),
            critique=fields.get("critique", item.critique),
            aligned=fields.get("aligned", item.aligned),
            values=values,
            pool=self.pools.get(item.id, item.pool),
            taxonomy=item.taxonomy if values == item.values else self.taxonomy.version,
            authors=self._authors(item),
            written_by=written_by,
        )

    def _label(self, kind: LabelKind, known: str | None, raw: str) -> str | None:
        if not raw:
            return known
        return self.relabels[kind].get(normalise(raw)) or known or self.taxonomy.match(kind, raw)

    def _fields(self, id: str) -> Mapping[str, str]:
        edit = self.edited.get(id)
        found: Mapping[str, str] = edit.decision.detail["fields"] if edit else {}
        return found

    def _authors(self, item: Question | Triple) -> tuple[str, ...]:
        more = self.authors.get(item.id)
        return tuple(dict.fromkeys((*item.authors, *more))) if more else item.authors


def is_overtaken(seeds: Seeds, decision: Decision) -> bool:
    """Whether its group wrote a newer version of the seed than the one that was edited or returned."""
    return bool(seeds.written.get(decision.subject, 0) != version_of(decision))


def relabels_of(found: list[Relabel], seeds: Seeds) -> dict[LabelKind, dict[str, str]]:
    """For each kind: labels as typed, normalised, to the canonical id that people said they mean; the last counts."""
    known: dict[LabelKind, dict[str, str]] = {"topics": {}, "question_types": {}, "values": {}}
    for item in found:
        for id, at in item.rows:
            # as it was typed when the person confirmed it: what a group types later is another label
            labels = _typed(seeds.as_of(id, item.at), item.kind)
            if at < len(labels) and labels[at]:
                known[item.kind][normalise(labels[at])] = item.canonical
    return known


def _typed(seed: Question | Triple | None, kind: LabelKind) -> tuple[str, ...]:
    match seed:
        case Question():
            return {"topics": (seed.topic_raw,), "question_types": (seed.question_type_raw,)}.get(kind, ())
        case Triple() if kind == "values":
            return seed.values_raw
    return ()


def relabelled(seeds: Seeds, relabels: Relabels) -> dict[str, tuple[HandLabel, ...]]:
    """Readers' labels with what people confirmed since. Their labels are never retagged: they are another's view."""
    return {
        id: tuple(
            replace(
                label,
                topic=relabels["topics"].get(normalise(label.topic_raw)) or label.topic,
                question_type=relabels["question_types"].get(normalise(label.question_type_raw)) or label.question_type,
            )
            for label in labels
        )
        for id, labels in seeds.hand_labels.items()
    }
