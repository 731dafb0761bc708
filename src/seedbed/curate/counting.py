"""How many seeds went in and came out of each step of curation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from seedbed.curate.decisions import BY_PERSON
from seedbed.curate.fold import Curation, load
from seedbed.curate.rules import RULES
from seedbed.records import Pool, Question, Triple
from seedbed.study import Folder

__all__ = ["Step", "funnel", "steps"]

Kind = Literal["question", "triple"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: entered == left + stayed, and the next step's entered is this one's stayed."""

    kind: Kind
    step: str
    title: str
    entered: int
    left: int

    @property
    def stayed(self) -> int:
        return self.entered - self.left


def funnel(folder: Folder) -> tuple[Step, ...]:
    """The steps of the study's questions, then of its triples, as curation stands now."""
    return steps(load(folder))


def steps(curation: Curation) -> tuple[Step, ...]:
    """The steps of a loaded curation. Seeds that came since the rules were last run leave at "undecided"."""
    return (
        *_steps("question", curation.questions, curation, curation.selected_questions),
        *_steps("triple", curation.triples, curation, curation.selected_triples),
    )


def _steps(kind: Kind, seeds: Sequence[Question | Triple], curation: Curation, selected: Sequence[str]) -> list[Step]:
    why: Counter[str] = Counter()
    chosen = set(selected)
    for item in seeds:
        decision = curation.excluded.get(item.id)
        if decision is not None:
            why[decision.rule] += 1
        elif item.id not in curation.included:
            why["undecided"] += 1
        elif item.pool is Pool.EVALUATION:
            why["evaluation"] += 1
        elif item.id in chosen:
            why["chosen"] += 1
        else:
            why["held" if item.id in curation.held else "not-chosen"] += 1
    applied = [rule for rule in RULES if kind in rule.applies]
    rules = [(rule.id, rule.title) for rule in applied if rule.effect == "excludes" or why[rule.id]]
    named = [
        ("undecided", "Not yet judged"),
        *rules,
        (BY_PERSON, "Set aside by a person"),
        ("evaluation", "Set apart for evaluation"),
        ("held", "Held back: a label or a change is awaited"),
        ("not-chosen", "Not among the examples"),
    ]
    found: list[Step] = []
    entered = len(seeds)
    for step, title in named:
        found.append(Step(kind, step, title, entered, why[step]))
        entered -= why[step]
    return found
