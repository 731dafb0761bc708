from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.curate import CurateSettings, curate, load
from seedbed.curate.decisions import encode
from seedbed.curate.likeness import Likeness, component_of
from seedbed.curate.links import components, ties
from seedbed.curate.pools import assign_pools
from seedbed.measures.similarity import is_near_duplicate
from seedbed.records import Decision, Pool, Question, Triple, Writer
from seedbed.study import Folder
from seedbed.study.events import EventStore
from tests.curate.planted import HUMAN, PLAIN, crowd, plant, question, triple
from tests.seeds.studies import make_study

FIFTH = PLAIN.model_copy(update={"evaluation_share": 0.2})
_NAMES = "abcdefghij"


def test_every_seed_has_one_pool_and_each_group_its_share(study: Folder) -> None:
    seeds = crowd(80)
    plant(study, *seeds)
    report = curate(study, FIFTH)
    pools = load(study).pools
    assert set(pools) == {item.id for item in seeds}
    assert report.pools[Pool.EVALUATION] + report.pools[Pool.ALIGNMENT] == 80
    in_group, apart = Counter(item.group for item in seeds), Counter[str]()
    for item in seeds:
        apart[item.group] += pools[item.id] is Pool.EVALUATION
    assert all(abs(apart[group] - 0.2 * n) <= 0.5 for group, n in in_group.items())


def test_examples_come_from_one_pool(study: Folder) -> None:
    plant(study, *crowd(60), *(triple(f"t{n:02d}") for n in range(20)))
    curate(study, FIFTH)
    curation = load(study)
    chosen = [*curation.selected_questions, *curation.selected_triples]
    assert {curation.pools[id] for id in chosen} == {Pool.ALIGNMENT}
    assert all(item.pool is curation.pools[item.id] for item in (*curation.questions, *curation.triples))


def test_a_pool_once_given_is_kept_whatever_comes(study: Folder) -> None:
    plant(study, *crowd(40))
    curate(study, FIFTH)
    before = load(study).pools
    plant(study, *(question(f"z{n}") for n in range(20)))
    for other in (FIFTH, FIFTH.model_copy(update={"evaluation_share": 0.5, "seed": 9}), PLAIN):
        curate(study, other)
        assert before.items() <= load(study).pools.items()


def test_alike_seeds_and_a_triple_with_its_question_stay_together(study: Folder) -> None:
    alike = "Where can I find a very good {} near the old station?"
    for n in range(12):  # enough that a random draw would part some
        plant(
            study,
            question(f"a{n}", f"{n} {alike.format('doctor')}"),
            question(f"b{n}", f"{n} {alike.format('dentist')}"),
            triple(f"c{n}", f"{n} " + alike.format("doctor").upper()),
            triple(f"d{n}", prompt_id=f"e{n}"),
            question(f"e{n}"),
        )
    curate(study, PLAIN.model_copy(update={"evaluation_share": 0.5, "shared_words": 0}))
    pools = load(study).pools
    assert len(set(pools.values())) == 2
    for n in range(12):
        assert pools[f"d{n}"] is pools[f"e{n}"]
        assert pools[f"a{n}"] is pools[f"b{n}"] is pools[f"c{n}"]


def test_what_is_measured_is_said_beside_whom_it_was_measured_against() -> None:
    frame = "what is the right thing to do if"
    seeds = [
        question("a", f"Yesterday my neighbour asked me {frame} nobody answers the door of the clinic?"),
        question("b", f"Honestly, {frame} trains stop?"),
        question("c", f"Honestly, {frame} buses stop?"),
    ]
    found = ties(seeds, (7, 10), shared_words=8)
    assert {tie.why for tie in found} == {"near-duplicate", "shared-words"}
    said = {item.subject: (item.measured, item.rival) for item in assign_pools(seeds, found, {}, PLAIN)}
    likeness = next(tie.measured for tie in found if tie.why == "near-duplicate")
    assert said == {"a": (None, "b"), "b": (likeness, "c"), "c": (likeness, "b")}


def test_shared_runs_of_words_tie_seeds_that_are_not_near_duplicates() -> None:
    frame = "what is the right thing to do if"
    a = question("a", f"Yesterday my neighbour asked me {frame} nobody answers the door of the clinic?")
    b = question("b", f"Honestly, {frame} trains stop?")
    assert ties([a, b], (7, 10)) == []
    (tie,) = ties([b, a], (7, 10), shared_words=8)
    assert (tie.ids, tie.why, tie.measured) == (("a", "b"), "shared-words", 8)
    assert ties([a, b], (7, 10), shared_words=9) == []


def test_the_cut_of_ties_is_met_exactly() -> None:
    # ten words each, seven in common: ROUGE-L is 7/10 to the last bit
    a, b = question("a", "a b c d e f g h i j?"), question("b", "a b c d e f g x y z?")
    assert [tie.measured for tie in ties([a, b], (7, 10))] == [0.7]
    assert ties([a, b], (71, 100)) == []


def test_the_first_pool_counts_even_if_the_store_should_hold_another(study: Folder) -> None:
    plant(study, question("a"))
    curate(study, PLAIN)
    later = Decision("a", "pool", "rule", "pool", "again", detail={"pool": "evaluation"})
    with EventStore.at(study.people) as store:
        store.append("curate", "rule", [encode(later)])
    assert load(study).pools == {"a": Pool.ALIGNMENT}


def test_responses_are_tied_by_longer_runs_only() -> None:
    shared = "please remember that nobody should be judged by the place where they"
    one, two = triple("t1", aligned=f"{shared} live."), triple("t2", aligned=f"{shared} work.")
    assert ties([one, two], (7, 10), shared_words=8) == []  # twelve words
    longer = [triple("t1", aligned=f"And {shared} live."), triple("t2", misaligned=f"And {shared} work.")]
    assert [tie.ids for tie in ties(longer, (7, 10), shared_words=8)] == [("t1", "t2")]


def test_rows_of_a_model_are_never_evaluation(study: Folder) -> None:
    by_model = {**HUMAN, "aligned": Writer.MODEL}
    plant(
        study,
        *(question(f"q{n}", written_by=Writer.MODEL if n % 2 else Writer.HUMAN) for n in range(20)),
        *(triple(f"t{n}", written_by=by_model if n % 2 else HUMAN) for n in range(20)),
    )
    curate(study, PLAIN.model_copy(update={"evaluation_share": 0.5}))
    apart = {id for id, pool in load(study).pools.items() if pool is Pool.EVALUATION}
    assert apart
    assert all(int(id[1:]) % 2 == 0 for id in apart)


def test_a_newcomer_joins_the_pool_of_what_it_is_alike_to(study: Folder) -> None:
    plant(study, *crowd(30))
    curate(study, PLAIN.model_copy(update={"evaluation_share": 0.5}))
    before = load(study)
    plant(study, *(triple(f"t-{item.id}", item.text) for item in before.questions))
    curate(study, PLAIN)
    after = load(study).pools
    assert all(after[f"t-{id}"] is pool for id, pool in before.pools.items())


def test_a_newcomer_alike_to_both_pools_is_set_aside(study: Folder) -> None:
    left = "one two three four five six seven eight nine ten"
    right = "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
    half = PLAIN.model_copy(update={"evaluation_share": 0.5, "shared_words": 3})
    plant(study, question("a", f"Why {left}?"), question("b", f"Why {right}?", topic="travel"))
    curate(study, half)
    pools = load(study).pools
    assert pools["a"] is not pools["b"]
    bridge = question("0", "Why one two three four then seventeen eighteen nineteen twenty?", topic="finance")
    plant(study, bridge)
    report = curate(study, half)
    curation = load(study)
    assert curation.excluded["0"].rule == "between-pools"
    assert curation.excluded["0"].rival in ("a", "b")
    assert {"a", "b"} <= curation.included.keys()
    assert report.appended == 3  # its verdict, its pool, its place: nothing changed for the others
    assert curate(study, half).appended == 0


@st.composite
def _near_families(draw: st.DrawFn) -> list[Question | Triple]:
    """Seeds over few words, so that near-duplicates and shared runs abound."""
    texts = st.lists(st.sampled_from(["red", "blue", "green", "cat", "dog", "run"]), min_size=3, max_size=9)
    seeds: list[Question | Triple] = []
    for index in range(draw(st.integers(2, 14))):
        text = " ".join(draw(texts)) + "?"
        group = draw(st.sampled_from("12"))
        if draw(st.booleans()):
            seeds.append(question(f"q{index:02d}", text, group=group))
        else:
            answers = draw(st.none() | st.integers(0, 13).map("q{:02d}".format))
            seeds.append(triple(f"t{index:02d}", text, group=group, prompt_id=answers))
    return seeds


@given(seeds=_near_families(), batches=st.integers(1, 3), share=st.sampled_from([0.2, 0.5, 0.8]))
@settings(max_examples=30, deadline=None)
def test_no_two_included_seeds_of_different_pools_are_alike(
    seeds: list[Question | Triple], batches: int, share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = make_study(tmp_path_factory.mktemp("pools") / "study")
    chosen = CurateSettings(
        parser=False, vectors=False, evaluation_share=share, shared_words=0, off=("near-duplicate",)
    )
    for start in range(batches):  # seeds that come in several sessions, curated after each
        part = seeds[start::batches]
        if part:
            plant(folder, *part)
            curate(folder, chosen)
    curation = load(folder)
    assert set(curation.pools) == {item.id for item in seeds}
    texts = {item.id: item.text if isinstance(item, Question) else item.prompt for item in seeds}
    inside = [id for id in texts if id in curation.included]
    for a in inside:
        for b in inside:
            if a < b and is_near_duplicate(texts[a], texts[b]):
                assert curation.pools[a] is curation.pools[b]
    for item in curation.triples:
        if item.id in inside and item.prompt_id in inside and item.prompt_id is not None:
            assert curation.pools[item.id] is curation.pools[item.prompt_id]


@given(seeds=_near_families())
@settings(max_examples=40, deadline=None)
def test_ties_are_all_pairs_that_the_measure_calls_near(seeds: list[Question | Triple]) -> None:
    texts = {item.id: item.text if isinstance(item, Question) else item.prompt for item in seeds}
    expected = {(a, b) for a in texts for b in texts if a < b and is_near_duplicate(texts[a], texts[b])}
    assert {tie.ids for tie in ties(seeds, (7, 10)) if tie.why == "near-duplicate"} == expected


@given(
    pairs=st.lists(st.tuples(st.sampled_from(_NAMES), st.sampled_from(_NAMES)).filter(lambda p: p[0] != p[1])),
)
def test_components_are_what_is_reachable(pairs: list[tuple[str, str]]) -> None:
    from seedbed.curate.links import Tie

    found = components(_NAMES, [Tie(tuple(sorted(pair)), "test") for pair in pairs])
    reach = {name: {name} for name in _NAMES}
    for _ in _NAMES:  # brute force: as many rounds as there are names
        for a, b in pairs:
            joined = reach[a] | reach[b]
            for name in joined:
                reach[name] = reach[name] | joined
    assert found == sorted({tuple(sorted(group)) for group in reach.values()})


@given(st.lists(st.lists(st.sampled_from(_NAMES), min_size=3, max_size=9), min_size=1, max_size=12))
@settings(max_examples=60)
def test_the_component_of_one_is_that_of_all(texts: list[list[str]]) -> None:
    seeds = [Question(f"q{n:02}", " ".join(words)) for n, words in enumerate(texts)]
    parted = components([item.id for item in seeds], ties(seeds, (7, 10), 3))
    kept = Likeness((7, 10), 3)
    kept.update([replace(item, text=seeds[0].text) for item in seeds[1:]])  # words that are gone by now
    kept.update(seeds)
    for component in parted:
        assert component_of(component[-1], seeds, (7, 10), 3) == component
        assert kept.component(component[-1]) == component


def test_a_component_of_thousands_is_found_in_a_moment() -> None:
    words = [
        "what",
        "should",
        "a",
        "family",
        "with",
        "two",
        "small",
        "children",
        "do",
        "when",
        "the",
        "flight",
        "home",
        "is",
        "late",
        "again",
    ]
    seeds = [
        Question(f"q{n:05}", " ".join(f"w{n}" if at == n % len(words) else word for at, word in enumerate(words)))
        for n in range(2000)
    ]
    begun = time.process_time()
    assert len(component_of("q00000", seeds, (7, 10), 8)) == 2000
    assert time.process_time() - begun < 5  # some 0.3 s; following each tie from each member took minutes
