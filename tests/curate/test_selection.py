from __future__ import annotations

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.curate import CurateSettings, balance, curate, load
from seedbed.curate.choosing.balanced import rank
from seedbed.curate.choosing.labels import labels_of, weights
from seedbed.measures.definition import Value
from seedbed.records import Question
from seedbed.study import Folder
from tests.curate.planted import PLAIN, crowd, plant, question, triple

ASPECTS = weights(CurateSettings(), "question")


def test_the_asked_number_is_chosen_and_the_next_ones_are_named(study: Folder) -> None:
    plant(study, *crowd(60))
    report = curate(study, PLAIN)
    assert len(report.selected_questions) == 33
    assert len(report.next_questions) == 10
    assert not set(report.next_questions) & set(report.selected_questions)
    more = curate(study, PLAIN.model_copy(update={"select": 36}))
    assert more.selected_questions == report.selected_questions + report.next_questions[:3]
    assert more.appended == 3


def test_every_question_has_a_record_of_why_it_is_in_or_out(study: Folder) -> None:
    plant(study, *crowd(50), question("zz", topic=None, topic_raw="odd"))
    curate(study, PLAIN.model_copy(update={"evaluation_share": 0.2}))
    curation = load(study)
    records = {d.subject: d for d in curation.decisions if d.act == "select"}
    assert set(records) == {item.id for item in curation.questions}
    assert {d.subject for d in records.values() if d.detail["in"]} == set(curation.selected_questions)
    assert all(d.reason and d.rule == "balanced-choice" for d in records.values())
    assert records["zz"].reason.startswith("it is held until a label of it is known")


def test_fewer_than_asked_are_all_taken_and_that_is_said(study: Folder) -> None:
    plant(study, *crowd(5))
    report = curate(study, PLAIN)
    assert len(report.selected_questions) == 5
    assert any("33 questions were asked for as examples and 5 may be" in warning for warning in report.warnings)


def test_choosing_evens_out_what_the_seeds_have_unevenly(study: Folder) -> None:
    plant(study, *crowd(120))
    report = curate(study, PLAIN)
    for table in report.balance:
        before, after = table.evenness_before, table.evenness_after
        assert isinstance(before, Value)
        assert isinstance(after, Value)
        assert sum(row.before for row in table.rows) == 120
        assert sum(row.after for row in table.rows) == 33
        if table.aspect in ("topic", "question_type"):
            assert after.value > before.value
    topics = {row.label: row.after for row in report.balance[0].rows}
    assert max(topics.values()) - min(topics.values()) <= 3


def test_the_least_represented_is_taken_each_time() -> None:
    order = [choice.id for choice in rank(crowd(40), ASPECTS, seed=3)]
    items = {item.id: item for item in crowd(40)}
    labels = {id: labels_of(item) for id, item in items.items()}
    kinds = {aspect: len({label for found in labels.values() for label in found[aspect]}) for aspect in ASPECTS}
    for place, id in enumerate(order):  # brute force over everything chosen before
        chosen = order[:place]

        def burden(id: str, chosen: list[str] = chosen) -> int:
            return sum(
                weight * kinds[aspect] * sum(label in labels[other][aspect] for other in chosen)
                for aspect, weight in ASPECTS.items()
                for label in labels[id][aspect]
            )

        assert burden(id) == min(burden(other) for other in order[place:])


@given(seed=st.integers(0, 5), shuffle=st.randoms(use_true_random=False), n=st.integers(1, 25))
@settings(max_examples=40, deadline=None)
def test_the_order_does_not_depend_on_how_the_seeds_come(seed: int, shuffle: random.Random, n: int) -> None:
    seeds = crowd(n, seed)
    mixed = list(seeds)
    shuffle.shuffle(mixed)
    first, second = rank(seeds, ASPECTS, seed), rank(mixed, ASPECTS, seed)
    assert first == second
    assert [choice.order for choice in first] == list(range(1, n + 1))
    assert rank(seeds, ASPECTS, seed, depth=3) == first[:3]


def test_another_seed_settles_ties_otherwise() -> None:
    alike = [question(f"q{n}") for n in range(12)]
    orders = {tuple(choice.id for choice in rank(alike, ASPECTS, seed)) for seed in range(4)}
    assert len(orders) == 4


def test_triples_are_balanced_by_value_and_all_taken_unless_a_number_is_set(study: Folder) -> None:
    plant(study, *(triple(f"t{n:02d}", values=("safety",) if n < 3 else ("fairness",)) for n in range(12)))
    assert len(curate(study, PLAIN).selected_triples) == 12
    report = curate(study, PLAIN.model_copy(update={"select_triples": 6}))
    assert len(report.selected_triples) == 6
    assert sum(id < "t03" for id in report.selected_triples) == 3
    assert [table.aspect for table in report.triple_balance] == ["value", "group", "author"]


def test_balance_counts_labels_as_typed_where_they_are_not_known() -> None:
    rows: list[Question] = [question("a", topic=None, topic_raw="Astrology"), question("b", group="")]
    topic, _, group, _ = balance(rows, rows[:1])
    assert Counter({row.label: row.before for row in topic.rows}) == {"“Astrology”": 1, "health": 1}
    assert [(row.label, row.before, row.after) for row in group.rows] == [("1", 1, 1), ("none", 1, 0)]
    assert balance([], []) == ()
