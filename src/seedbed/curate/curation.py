"""What curation came to: the shapes that other rooms read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from seedbed.curate.links import family_of
from seedbed.errors import InputError
from seedbed.records import Decision, Pool, Question, Triple
from seedbed.seeds import HandLabel

__all__ = ["Curation", "LabelKind", "Logged", "Relabel", "Use"]

LabelKind = Literal["topics", "question_types", "values"]
Use = Literal["train", "test", "rephrase"]


@dataclass(frozen=True, slots=True)
class Logged:
    """A decision with the time at which it was made, who made it or ran the rules, and its number in the log.

    `undone` is the number of the act that took it back, or None while it stands or was merely replaced.
    """

    at: str
    actor: str
    decision: Decision
    seq: int = 0
    undone: int | None = None

    @property
    def batch(self) -> str:
        """The name of the bulk act that it is part of, or ""."""
        return str(self.decision.detail.get("batch", ""))


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
    at: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Curation:
    """What was decided.

    `decisions` are those that stand, in the order in which they were made; `log` is all of them. `questions` and
    `triples` are the seeds with the labels, pools and words that curation gave them, and the authors of what was
    merged into them. `excluded` maps a seed to the decision that set it aside, `held` to all that keeps it from being
    chosen: rules' remarks, a return to its group, the wish to have it rephrased. `relabels` maps each kind to
    {label as typed, normalised: canonical id}. `ranking` is the order of choice, beyond the chosen ones too.

    `remarks` are the rules' flags on a seed, `dismissed` those rules whose remark a person set aside, with the act.
    `edited` is the edit that stands; `overtaken` the one that fell away because the group wrote a newer version since.
    `merged` maps a seed to those that were merged into it, `returned` to the act that gave it back, `uses` to what it
    is for, `picks` to whether a person pinned it in (True) or out. `seen` is the number of the newest act of people
    at each place; `versions` how many versions a contribution had, where more than one.
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
    remarks: dict[str, tuple[Decision, ...]] = field(default_factory=dict)
    dismissed: dict[str, dict[str, Logged]] = field(default_factory=dict)
    edited: dict[str, Logged] = field(default_factory=dict)
    overtaken: dict[str, Logged] = field(default_factory=dict)
    merged: dict[str, tuple[str, ...]] = field(default_factory=dict)
    returned: dict[str, Logged] = field(default_factory=dict)
    uses: dict[str, Use] = field(default_factory=dict)
    nuanced: frozenset[str] = frozenset()
    picks: dict[str, bool] = field(default_factory=dict)
    choice: dict[str, Decision] = field(default_factory=dict)
    seen: dict[str, dict[str, int]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    _questions: dict[str, Question] = field(init=False, repr=False, compare=False)
    _triples: dict[str, Triple] = field(init=False, repr=False, compare=False)
    _by_subject: dict[str, list[Decision]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_questions", {item.id: item for item in self.questions})
        object.__setattr__(self, "_triples", {item.id: item for item in self.triples})

    def question(self, id: str) -> Question:
        """The question with this id as curation labels it; raises InputError."""
        return _found(id, self._questions, "question")

    def triple(self, id: str) -> Triple:
        """The triple with this id as curation labels it; raises InputError."""
        return _found(id, self._triples, "triple")

    @property
    def seeds(self) -> tuple[Question | Triple, ...]:
        """The questions, then the triples."""
        return (*self.questions, *self.triples)

    def seed(self, id: str) -> Question | Triple | None:
        """The seed with this id, of either kind, or None."""
        return self._questions.get(id) or self._triples.get(id)

    @property
    def to_be_changed(self) -> frozenset[str]:
        """The seeds that a person returned to their group or marked to be rephrased, until that was done; with the
        versions that were made of them for other regions."""
        asked = {id for id, found in self.held.items() if any(item.actor != "rule" for item in found)}
        return frozenset(asked.union(item.id for item in self.questions if asked and family_of(item) in asked))

    def is_question(self, id: str) -> bool:
        return id in self._questions

    def given_back(self, id: str) -> Logged | None:
        """The act that gave a seed back to its group, unless a person set it aside since. What a rule set aside a group
        may put right."""
        act, verdict = self.returned.get(id), self.excluded.get(id)
        if act is None or verdict is None or verdict.actor == "rule":
            return act
        return act if act.seq > self.seen.get(id, {}).get("verdict", 0) else None

    def of(self, subject: str) -> tuple[Decision, ...]:
        """Every decision that stands on one seed."""
        if not self._by_subject:
            for item in self.decisions:
                self._by_subject.setdefault(item.subject, []).append(item)
        return tuple(self._by_subject.get(subject, ()))


T = TypeVar("T")


def _found(id: str, among: Mapping[str, T], what: str) -> T:
    if id not in among:
        raise InputError(f"No seed {what} {id!r} in the study", hint="The ids stand in the files of its folder seeds/.")
    return among[id]
