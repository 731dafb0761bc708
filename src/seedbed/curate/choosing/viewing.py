"""The choice as it stands, for a page or a report: who is in and why, who is out, who is next, and other ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.curate.balancing import Balance, balance
from seedbed.curate.choosing.comparing import Figures, compare_strategies
from seedbed.curate.choosing.explaining import Why, explain
from seedbed.curate.choosing.labels import weights
from seedbed.curate.fold import load
from seedbed.curate.links import ties
from seedbed.curate.selection import NEXT, Kind, grounds_of
from seedbed.curate.settings import CurateSettings
from seedbed.curate.vectors import cosine_ties, load_vectors
from seedbed.records import Question, Triple
from seedbed.study import Folder

if TYPE_CHECKING:
    from seedbed.measures.embed import TextEmbedder

__all__ = ["SelectionView", "view_selection"]

Listen = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class SelectionView:
    """The examples of one kind. `chosen` and `next` are in the order of choice, `out` are all others by id."""

    kind: Kind
    chosen: tuple[Why, ...]
    next: tuple[Why, ...]
    out: tuple[Why, ...]
    balance: tuple[Balance, ...]
    strategies: tuple[Figures, ...]


def view_selection(
    folder: Folder,
    settings: CurateSettings,
    kind: Kind = "question",
    *,
    embedder: TextEmbedder | None = None,
    listen: Listen = lambda what, done, total: None,
) -> SelectionView:
    """The choice that the last curation left, beside what each strategy would choose now. Writes nothing.

    A seed that people decided about since is out at once; the rest waits for the next `curate`.
    """
    curation = load(folder)
    seeds: Sequence[Question | Triple] = curation.questions if kind == "question" else curation.triples
    picked = curation.selected_questions if kind == "question" else curation.selected_triples
    everyone: list[Question | Triple] = [*curation.questions, *curation.triples]
    vectors = load_vectors(folder, everyone, listen, embedder=embedder, keep=False) if settings.vectors else None
    alike = []
    if kind == "triple" and settings.distinct_stages:
        alike = [
            *ties(everyone, settings.cut, settings.shared_words, listen),
            *cosine_ties(vectors, settings.near_meaning),
        ]
    inside = set(picked)
    here = {item.id for item in seeds}
    ranking = [*picked, *(id for id in curation.ranking if id in here and id not in inside)]
    reasons = {id: decision.reason for id, decision in curation.choice.items()}
    why = explain(
        seeds, ranking, len(picked), weights(settings, kind), reasons=reasons, vectors=vectors,
        diversity=settings.diversity_weight,
    )  # fmt: skip
    following = ranking[len(picked) : len(picked) + NEXT]
    told = inside | set(following)
    return SelectionView(
        kind,
        tuple(why[id] for id in picked),
        tuple(why[id] for id in following),
        tuple(why[id] for id in sorted(here - told)),
        balance(seeds, [item for item in seeds if item.id in inside]),
        compare_strategies(
            seeds, kind, settings, grounds_of(curation, vectors, alike), standing=inside,
            stage_one=curation.selected_questions,
        ),
    )  # fmt: skip
