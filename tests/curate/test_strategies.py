from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.curate import CurateSettings, curate, decide, load
from seedbed.curate.choosing.balanced import Pull, rank
from seedbed.curate.choosing.comparing import compare_strategies, mean_nearest_cosine
from seedbed.curate.choosing.explaining import explain
from seedbed.curate.choosing.labels import cell_of, labels_of, weights
from seedbed.curate.choosing.stratified import rank_stratified
from seedbed.curate.choosing.viewing import view_selection
from seedbed.curate.links import Tie
from seedbed.curate.selection import Grounds, choose, select
from seedbed.measures.definition import Value
from seedbed.records import Pool, Question, Triple
from seedbed.study import Folder
from tests.curate.planted import PLAIN, TOPICS, crowd, plant, question, triple
from tests.curate.test_vectors import ByWords

ASPECTS = weights(CurateSettings(), "question")


def grounds(seeds: list[Question] | list[Triple], **more: object) -> Grounds:
    ids = [item.id for item in seeds]
    known: dict[str, object] = {"staying": set(ids), "pools": dict.fromkeys(ids, Pool.ALIGNMENT)}
    return Grounds(**{**known, **more})  # type: ignore[arg-type]


def by_words(seeds: list[Question]) -> dict[str, np.ndarray]:
    return dict(zip((item.id for item in seeds), ByWords().encode([item.text for item in seeds]), strict=True))


# --- balanced ----------------------------------------------------------------------------------------


def test_with_all_labels_alike_the_farthest_is_taken_first() -> None:
    seeds = [question(f"q{n:02d}") for n in range(30)]
    vectors = by_words(seeds)
    order = rank(seeds, ASPECTS, 1, pull=Pull(vectors=vectors, diversity=3))
    rows = {id: row.astype(np.float64) / np.linalg.norm(row.astype(np.float64)) for id, row in vectors.items()}

    def nearest(id: str, chosen: list[str]) -> float:
        return max((float(rows[id] @ rows[other]) for other in chosen), default=0.0)

    for place, choice in enumerate(order[1:12], 1):
        chosen = [each.id for each in order[:place]]
        left = [item.id for item in seeds if item.id not in chosen]
        hundredths = {id: round(100 * max(0.0, nearest(id, chosen))) for id in left}
        assert hundredths[choice.id] == min(hundredths.values())
        assert choice.nearest is not None
        assert choice.nearest[1] == pytest.approx(nearest(choice.id, chosen), abs=1e-4)
        assert choice.by["diversity"] == 3 * hundredths[choice.id]
        assert choice.burden == sum(choice.by.values())


def test_meaning_brings_the_chosen_apart_and_leaves_the_labels_even() -> None:
    seeds = crowd(200, seed=4)
    vectors = by_words(seeds)
    plain = [choice.id for choice in rank(seeds, ASPECTS, 1, 33, Pull(vectors=vectors))]
    diverse = [choice.id for choice in rank(seeds, ASPECTS, 1, 33, Pull(vectors=vectors, diversity=3))]
    first, second = mean_nearest_cosine(plain, vectors), mean_nearest_cosine(diverse, vectors)
    assert isinstance(first, Value)
    assert isinstance(second, Value)
    assert second.value < first.value - 0.05
    items = {item.id: item for item in seeds}
    topics = Counter(items[id].topic for id in diverse)
    assert max(topics.values()) - min(topics.values()) <= 3


def test_a_seed_without_a_vector_is_neither_favoured_nor_shunned() -> None:
    seeds = [question(f"q{n:02d}") for n in range(40)]
    vectors = by_words(seeds)
    missing = {f"q{n:02d}" for n in range(0, 40, 4)}
    known = {id: row for id, row in vectors.items() if id not in missing}
    half = [choice.id for choice in rank(seeds, ASPECTS, 1, 20, Pull(vectors=known, diversity=5))]
    assert 1 <= len(missing & set(half)) <= 9
    assert all(choice.nearest is None for choice in rank(seeds, ASPECTS, 1, 20, Pull(vectors={}, diversity=5)))


def test_a_nuanced_seed_goes_before_its_equals() -> None:
    alike = [question(f"q{n:02d}") for n in range(20)]
    order = rank(alike, ASPECTS, 1, pull=Pull(nuanced={"q17"}, nuanced_weight=1))
    assert order[0].id == "q17"
    assert order[0].by["nuanced"] == -10
    assert rank(alike, ASPECTS, 1, pull=Pull(nuanced={"q17"}))[0].id != "q17"


@given(seed=st.integers(0, 30), shuffle=st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_a_seed_that_is_not_chosen_moves_nothing(seed: int, shuffle: random.Random) -> None:
    seeds = crowd(50, seed)
    vectors = by_words([*seeds, question("new")])
    pull = Pull(vectors=vectors, diversity=3)
    late = question("new", topic=TOPICS[0], group="1", authors=("a",))
    before = [choice.id for choice in rank(seeds, ASPECTS, 1, 20, pull)]
    mixed = [*seeds, late]
    shuffle.shuffle(mixed)
    after = [choice.id for choice in rank(mixed, ASPECTS, 1, 20, pull)]
    if "new" not in after:
        assert after == before
    else:  # what came before it stays as it was
        assert after[: after.index("new")] == before[: after.index("new")]


# --- stratified ----------------------------------------------------------------------------------------------------


@given(n=st.integers(1, 120), depth=st.integers(1, 60), seed=st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_every_beginning_of_the_stratified_order_holds_each_cell_in_its_share(n: int, depth: int, seed: int) -> None:
    seeds = crowd(n, seed)
    order = rank_stratified(seeds, seed, depth)
    taken = Counter(cell_of(next(item for item in seeds if item.id == choice.id)) for choice in order)
    every = Counter(map(cell_of, seeds))
    # the order stops at a height t, and each stratum of m has given t · m, rounded up or down
    low = max((taken[cell] - 1) / every[cell] for cell in every)
    high = min((taken[cell] + 1) / every[cell] for cell in every)
    assert low <= high
    mixed = list(seeds)
    random.Random(seed).shuffle(mixed)
    assert rank_stratified(mixed, seed, depth) == order


def test_every_seed_is_as_likely_to_be_drawn() -> None:
    seeds = crowd(40)
    counts = Counter(choice.id for seed in range(600) for choice in rank_stratified(seeds, seed, 10))
    # 600 draws of a quarter: 150, standard deviation 10.6
    assert min(counts[item.id] for item in seeds) > 150 - 4.5 * 10.6
    assert max(counts.values()) < 150 + 4.5 * 10.6


def test_a_later_seed_moves_its_own_stratum_alone() -> None:
    seeds = crowd(60)
    late = question("zz-late", topic=seeds[0].topic, question_type=seeds[0].question_type)
    items = {item.id: item for item in [*seeds, late]}
    elsewhere = [id for id in items if cell_of(items[id]) != cell_of(late)]
    before = [choice.id for choice in rank_stratified(seeds, 1) if choice.id in elsewhere]
    after = [choice.id for choice in rank_stratified([*seeds, late], 1) if choice.id in elsewhere]
    assert before == after


# --- picks, families, stages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", ["balanced", "stratified", "manual"])
def test_picks_hold_in_every_strategy(strategy: str) -> None:
    seeds = crowd(60)
    how = CurateSettings(select=10, select_by=strategy)  # type: ignore[arg-type]
    without = select(seeds, "question", how, grounds(seeds))
    into = [item.id for item in seeds if item.id not in without.chosen][:3]
    outof = list(without.chosen[:2])
    picks = {**dict.fromkeys(into, True), **dict.fromkeys(outof, False)}
    made = select(seeds, "question", how, grounds(seeds, picks=picks))
    assert set(into) <= set(made.chosen)
    assert not set(outof) & {*made.chosen, *made.next}
    assert all(made.out[id] == "a person took it out" for id in outof)
    assert len(made.chosen) == (3 if strategy == "manual" else 10)
    assert {*made.out, *(choice.id for choice in made.ranking)} == {item.id for item in seeds}


def test_only_what_was_weighed_has_a_measure() -> None:
    seeds = crowd(12)
    for how, weighs in (
        (CurateSettings(select=4), True),
        (CurateSettings(select=4, select_by="stratified"), False),
    ):
        made, _ = choose(seeds, [], how, grounds(seeds))
        assert {item.measured is not None for item in made if "order" in item.detail} == {weighs}
    # all are taken, so that nothing has to be weighed
    many = crowd(501)
    made, _ = choose(many, [], CurateSettings(select=600), grounds(many))
    assert {item.measured for item in made} == {None}


def test_more_picks_than_places_are_all_in_and_a_pick_that_cannot_be_is_said() -> None:
    seeds = crowd(30)
    picks = {item.id: True for item in seeds[:8]}
    gone = seeds[0].id
    made = select(
        seeds, "question", CurateSettings(select=5),
        grounds(seeds, picks=picks, staying={item.id for item in seeds[1:]}),
    )  # fmt: skip
    assert set(made.chosen) == {item.id for item in seeds[1:8]}
    assert made.warnings == (f"{gone} was picked and cannot be an example: it is excluded",)


def test_of_a_family_one_is_chosen() -> None:
    seeds = [question(f"q{n}", topic=TOPICS[n % 4]) for n in range(6)]
    kin = [
        question(f"q{n}~r-{k}", topic=TOPICS[(n + k) % 4], source="expanded", parents=(f"q{n}",))
        for n in range(6)
        for k in range(3)
    ]
    for strategy in ("balanced", "stratified"):
        made = select([*seeds, *kin], "question", CurateSettings(select=12), grounds([*seeds, *kin]), strategy=strategy)  # type: ignore[arg-type]
        assert sorted(id.partition("~")[0] for id in made.chosen) == [item.id for item in seeds]


def test_triples_that_speak_of_a_chosen_question_wait_unless_too_few_remain() -> None:
    pairs = [triple(f"t{n:02d}", prompt_id=f"q{n:02d}") for n in range(20)]
    how = CurateSettings(select_triples=6)
    stage_one = [f"q{n:02d}" for n in range(10)]
    tie = [Tie(("q00", "t15"), "near-meaning", 0.93)]
    made = select(pairs, "triple", how, grounds(pairs, ties=tie), stage_one=stage_one)
    assert all(id > "t09" and id != "t15" for id in made.chosen)
    assert made.warnings == ()
    more = select(pairs, "triple", how.model_copy(update={"select_triples": 12}), grounds(pairs), stage_one=stage_one)
    assert set(more.chosen) > {f"t{n:02d}" for n in range(10, 20)}
    assert more.warnings == (
        "2 triples speak of questions chosen as examples, and are taken because too few others are",
    )
    off = how.model_copy(update={"distinct_stages": False})
    assert select(pairs, "triple", off, grounds(pairs), stage_one=stage_one).waiting == frozenset()


def test_where_all_triples_are_taken_each_value_keeps_enough_of_them() -> None:
    pairs = [
        triple(f"t{n:02d}", prompt_id=f"q{n:02d}", values=("safety",) if n < 12 else ("fairness",)) for n in range(24)
    ]
    made = select(pairs, "triple", CurateSettings(), grounds(pairs), stage_one=[f"q{n:02d}" for n in range(12)])
    values = Counter(item.values for item in pairs if item.id in made.chosen)
    assert values == {("fairness",): 12, ("safety",): 8}  # twice the four that a prompt shows
    assert len(made.next) == 4


# --- explanations and comparison ---------------------------------------------------------------------------------


def test_an_explanation_counts_the_other_chosen_ones_and_names_the_nearest() -> None:
    seeds = crowd(60)
    vectors = by_words(seeds)
    order = [choice.id for choice in rank(seeds, ASPECTS, 1, 25)]
    why = explain(seeds, order, 15, ASPECTS, vectors=vectors, diversity=2)
    chosen = set(order[:15])
    labels = {item.id: labels_of(item) for item in seeds}
    for item in seeds:
        found = why[item.id]
        others = chosen - {item.id}
        for aspect in ASPECTS:
            own = labels[item.id][aspect]
            assert found.others[aspect] == sum(bool(set(own) & set(labels[id][aspect])) for id in others)
        near = max(others, key=lambda id: float(vectors[item.id].astype(float) @ vectors[id].astype(float)))
        assert found.nearest is not None
        assert found.nearest[0] == near
        assert found.chosen == (item.id in chosen)
        assert found.order == (order.index(item.id) + 1 if item.id in order else None)
        assert found.burden["diversity"] == 2 * max(0, round(100 * found.nearest[1]))
        assert set(found.new) == {aspect for aspect in ASPECTS if found.others[aspect] == 0}


def test_strategies_are_compared_on_the_same_seeds() -> None:
    seeds = crowd(120)
    known = grounds(seeds, vectors=by_words(seeds), picks={seeds[0].id: True, seeds[1].id: True})
    standing = select(seeds, "question", CurateSettings(), known).chosen
    found = {
        each.name: each for each in compare_strategies(seeds, "question", CurateSettings(), known, standing=standing)
    }
    assert list(found) == ["all", "balanced", "labels-only", "stratified", "manual"]
    assert found["balanced"].chosen == standing
    assert found["balanced"].shared == 33
    assert found["manual"].chosen != standing
    cells = {item.id: cell_of(item) for item in seeds}
    for each in found.values():
        assert isinstance(each.cells, Value)
        assert each.cells.value == len({cells[id] for id in each.chosen})
        assert each.of_cells == len(set(cells.values()))
        assert isinstance(each.nearest, Value)
    stratified = found["stratified"].nearest
    assert isinstance(stratified, Value)
    assert stratified.low is not None
    assert stratified.high is not None
    assert stratified.low < stratified.high
    # evenness is over the labels that those who may be chosen have, also where the chosen lack one
    assert set(found["manual"].evenness) == {"topic", "question_type", "group", "author"}
    assert compare_strategies([], "question", CurateSettings(), grounds([])) == ()


def test_the_view_of_a_study_says_who_is_in_who_is_next_and_why(study: Folder) -> None:
    plant(study, *crowd(60), *(triple(f"t{n}") for n in range(5)))
    how = PLAIN.model_copy(update={"vectors": True})
    report = curate(study, how, embedder=ByWords())
    view = view_selection(study, how, embedder=ByWords())
    assert tuple(why.id for why in view.chosen) == report.selected_questions
    assert tuple(why.id for why in view.next) == report.next_questions
    assert len(view.chosen) + len(view.next) + len(view.out) == 60
    assert all(why.reason for why in (*view.chosen, *view.next, *view.out))
    assert view.balance == report.balance
    assert [each.shared for each in view.strategies if each.name == "balanced"] == [33]
    assert len(view_selection(study, how, "triple", embedder=ByWords()).chosen) == 5
    first = load(study).choice[view.chosen[1].id]
    assert first.rival == view.chosen[0].id
    assert first.detail["by"].keys() >= {"topic", "cell", "diversity"}


def test_a_persons_pick_is_in_by_the_next_curation(study: Folder) -> None:
    plant(study, *crowd(60))
    before = curate(study, PLAIN)
    last = before.next_questions[-1]
    decide(study, last, "select", "Needed.", "carla", chosen=True)
    report = curate(study, PLAIN)
    assert report.selected_questions[0] == last
    assert len(report.selected_questions) == 33
    by_hand = curate(study, PLAIN.model_copy(update={"select_by": "manual"}))
    assert by_hand.selected_questions == (last,)
    assert load(study).choice[last].rule == "manual-choice"
