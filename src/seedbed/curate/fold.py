"""The curation of a study: the fold of its "curate" stream, laid over its seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from seedbed.curate.decisions import BY_PERSON, STREAM, Place, decode, place
from seedbed.errors import InputError
from seedbed.records import Decision, Pool, Question, Triple
from seedbed.seeds import HandLabel, Seeds, current_taxonomy
from seedbed.seeds import load as load_seeds
from seedbed.study import Folder
from seedbed.study.events import Event, EventStore
from seedbed.taxonomy import Taxonomy
from seedbed.taxonomy.labels import normalise

__all__ = ["Curation", "CurationFold", "LabelKind", "Logged", "Relabel", "load"]

LabelKind = Literal["topics", "question_types", "values"]


@dataclass(frozen=True, slots=True)
class Logged:
    """A decision with the time at which it was made and who made it or ran the rules."""

    at: str
    actor: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Relabel:
    """A person's word that a label as typed means a canonical one.

    The label is named by where it stands, so that no event repeats what someone typed: `rows` are (id, place) of
    seeds that have it. It holds for every row with that label, also for rows that come later.
    """

    kind: LabelKind
    canonical: str
    rows: tuple[tuple[str, int], ...]
    actor: str
    taxonomy: int


@dataclass(frozen=True, slots=True)
class Curation:
    """What was decided.

    `decisions` are those that stand, in the order in which they were made; `log` is all of them. `questions` and
    `triples` are the seeds with the labels and pools that curation gave them. `excluded` maps a seed to the decision
    that set it aside, `held` to the rules' remarks that keep it from being chosen. `relabels` maps each kind to
    {label as typed, normalised: canonical id}. `ranking` is the order of choice, beyond the chosen ones too.
    """

    questions: tuple[Question, ...] = ()
    triples: tuple[Triple, ...] = ()
    hand_labels: dict[str, tuple[HandLabel, ...]] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    log: tuple[Logged, ...] = ()
    pools: dict[str, Pool] = field(default_factory=dict)
    excluded: dict[str, Decision] = field(default_factory=dict)
    included: dict[str, Decision] = field(default_factory=dict)
    held: dict[str, tuple[Decision, ...]] = field(default_factory=dict)
    selected_questions: tuple[str, ...] = ()
    selected_triples: tuple[str, ...] = ()
    ranking: tuple[str, ...] = ()
    relabels: dict[LabelKind, dict[str, str]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    _questions: dict[str, Question] = field(init=False, repr=False, compare=False)
    _triples: dict[str, Triple] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_questions", {item.id: item for item in self.questions})
        object.__setattr__(self, "_triples", {item.id: item for item in self.triples})

    def question(self, id: str) -> Question:
        """The question with this id as curation labels it; raises InputError."""
        return _found(id, self._questions, "question")

    def triple(self, id: str) -> Triple:
        """The triple with this id as curation labels it; raises InputError."""
        return _found(id, self._triples, "triple")

    def of(self, subject: str) -> tuple[Decision, ...]:
        """Every decision that stands on one seed."""
        return tuple(item for item in self.decisions if item.subject == subject)


T = TypeVar("T")


def _found(id: str, among: Mapping[str, T], what: str) -> T:
    if id not in among:
        raise InputError(f"No seed {what} {id!r} in the study", hint="The ids stand in the files of its folder seeds/.")
    return among[id]


class CurationFold:
    """Events in, decisions out. A person's verdict lies over the rules' one and is taken off by "undo"."""

    def __init__(self) -> None:
        self.standing: dict[Place, Decision] = {}  # by rules; pools and remarks too
        self.by_people: dict[Place, Decision] = {}
        self.log: list[Logged] = []
        self.relabels: list[Relabel] = []
        self.settings: dict[str, Any] = {}
        self._made: dict[Place, int] = {}

    def apply(self, event: Event) -> None:
        match event.kind:
            case "decision":
                self._decide(event)
            case "relabel":
                data = event.data
                rows = tuple((id, at) for id, at in data["rows"])
                self.relabels.append(Relabel(data["kind"], data["canonical"], rows, event.actor, data["taxonomy"]))
            case "settings":
                self.settings = dict(event.data["settings"])

    def _decide(self, event: Event) -> None:
        decision = decode(event)
        where = place(decision)
        self.log.append(Logged(event.at, event.actor, decision))
        if decision.act == "undo":
            self.by_people.pop(where, None)
        elif decision.rule == BY_PERSON:
            before = self.by_people.get(where)
            if decision.act == "retag" and before is not None:
                decision = replace(decision, detail={**before.detail, **decision.detail})
            self.by_people[where] = decision
        elif decision.act == "pool":
            self.standing.setdefault(where, decision)
        else:
            self.standing[where] = decision
        self._made[where] = event.seq

    def in_force(self) -> dict[Place, Decision]:
        """What stands, people's over rules', in the order in which it was decided. A remark taken back is gone."""
        found = {**self.standing, **self.by_people}
        kept = {where: item for where, item in found.items() if not (item.act == "flag" and item.detail.get("cleared"))}
        return dict(sorted(kept.items(), key=lambda pair: self._made[pair[0]]))

    def curation(self, seeds: Seeds, taxonomy: Taxonomy) -> Curation:
        """The decisions laid over `seeds`. A label that no one knew at import may be one of `taxonomy` by now."""
        force = self.in_force()
        relabels = self._relabels(seeds)
        pools = {subject: Pool(item.detail["pool"]) for (subject, what), item in force.items() if what == "pool"}
        verdicts = {subject: item for (subject, what), item in force.items() if what == "verdict"}
        held: dict[str, tuple[Decision, ...]] = {}
        for (subject, what), item in force.items():
            if what.startswith("flag:") and item.detail.get("holds"):
                held[subject] = (*held.get(subject, ()), item)
        excluded = {subject: item for subject, item in verdicts.items() if item.act == "exclude"}
        ranked = self._ranked(force, excluded)
        questions = {item.id: self._labelled(item, force, relabels, pools, taxonomy) for item in seeds.questions}
        triples = {item.id: self._valued(item, force, relabels, pools, taxonomy) for item in seeds.triples}
        chosen = [subject for subject, item in ranked.items() if item.detail["in"]]
        return Curation(
            questions=tuple(questions.values()),
            triples=tuple(triples.values()),
            hand_labels=_relabelled(seeds, relabels),
            decisions=tuple(force.values()),
            log=tuple(self.log),
            pools=pools,
            excluded=excluded,
            included={subject: item for subject, item in verdicts.items() if item.act == "include"},
            held=held,
            selected_questions=tuple(id for id in chosen if id in questions),
            selected_triples=tuple(id for id in chosen if id in triples),
            ranking=tuple(id for id in ranked if id in questions or id in triples),
            relabels=relabels,
            settings=self.settings,
        )

    def _ranked(self, force: Mapping[Place, Decision], excluded: Mapping[str, Decision]) -> dict[str, Decision]:
        """The decisions of the choice that have a place in its order. A seed excluded since is out at once."""
        found = {
            subject: item
            for (subject, what), item in force.items()
            if what == "select" and "order" in item.detail and subject not in excluded
        }
        return dict(sorted(found.items(), key=lambda pair: (pair[1].detail["order"], pair[0])))

    def _relabels(self, seeds: Seeds) -> dict[LabelKind, dict[str, str]]:
        typed: dict[LabelKind, dict[str, list[str]]] = {
            "topics": {item.id: [item.topic_raw] for item in seeds.questions},
            "question_types": {item.id: [item.question_type_raw] for item in seeds.questions},
            "values": {item.id: list(item.values_raw) for item in seeds.triples},
        }
        found: dict[LabelKind, dict[str, str]] = {"topics": {}, "question_types": {}, "values": {}}
        for item in self.relabels:
            for id, at in item.rows:
                labels = typed[item.kind].get(id, [])
                if at < len(labels) and labels[at]:
                    found[item.kind][normalise(labels[at])] = item.canonical
        return found

    def _labelled(
        self,
        item: Question,
        force: Mapping[Place, Decision],
        relabels: Mapping[LabelKind, Mapping[str, str]],
        pools: Mapping[str, Pool],
        taxonomy: Taxonomy,
    ) -> Question:
        retag = force.get((item.id, "retag"))
        tags = retag.detail if retag else {}
        topic = (
            tags.get("topic")
            or relabels["topics"].get(normalise(item.topic_raw))
            or item.topic
            or taxonomy.match("topics", item.topic_raw)
        )
        question_type = (
            tags.get("question_type")
            or relabels["question_types"].get(normalise(item.question_type_raw))
            or item.question_type
            or taxonomy.match("question_types", item.question_type_raw)
        )
        same = (topic, question_type) == (item.topic, item.question_type)
        return replace(
            item,
            topic=topic,
            question_type=question_type,
            pool=pools.get(item.id, item.pool),
            taxonomy=item.taxonomy if same else taxonomy.version,
        )

    def _valued(
        self,
        item: Triple,
        force: Mapping[Place, Decision],
        relabels: Mapping[LabelKind, Mapping[str, str]],
        pools: Mapping[str, Pool],
        taxonomy: Taxonomy,
    ) -> Triple:
        retag = force.get((item.id, "retag"))
        tagged = retag.detail.get("values") if retag else None
        named = (relabels["values"].get(normalise(raw)) or taxonomy.match("values", raw) for raw in item.values_raw)
        values = tuple(tagged or dict.fromkeys([*item.values, *(value for value in named if value)]))
        return replace(
            item,
            values=values,
            pool=pools.get(item.id, item.pool),
            taxonomy=item.taxonomy if values == item.values else taxonomy.version,
        )


def _relabelled(seeds: Seeds, relabels: Mapping[LabelKind, Mapping[str, str]]) -> dict[str, tuple[HandLabel, ...]]:
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


def fold(folder: Folder) -> CurationFold:
    """Every curate event of the study, applied. Empty where nothing was recorded yet."""
    found = CurationFold()
    if folder.has_people:
        with EventStore.of(folder) as store:
            for event in store.read(STREAM):
                found.apply(event)
    return found


def load(folder: Folder) -> Curation:
    """The study's curation. Raises InputError where people.db is no database of a study."""
    return fold(folder).curation(load_seeds(folder), current_taxonomy(folder))
