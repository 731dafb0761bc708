"""Laws of curation: again appends nothing, counts add up, batching does not matter."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.curate import CurateSettings, Step, curate, decide, funnel, load
from seedbed.errors import Busy, InputError
from seedbed.records import Pool, Question, Triple, Writer
from seedbed.seeds import import_file, install_taxonomy
from seedbed.seeds.codec import encode
from seedbed.study import Folder, parse_settings, render_settings
from seedbed.study.events import EventStore
from tests.curate.planted import PLAIN, TOPICS, TYPES, crowd, events, plant, question, triple
from tests.seeds.studies import make_study

SAMPLE = Path(__file__).parents[2] / "examples" / "sample"


@st.composite
def _mixed(draw: st.DrawFn) -> list[Question | Triple]:
    seeds: list[Question | Triple] = []
    for index in range(draw(st.integers(1, 12))):
        group = draw(st.sampled_from("123"))
        text = draw(st.sampled_from(["", "Where is the old town hall today?", "Where is the old post office?", "??"]))
        by = draw(st.sampled_from([Writer.HUMAN, Writer.MODEL]))
        if draw(st.booleans()):
            topic, kind = draw(st.sampled_from([*TOPICS, None])), draw(st.sampled_from([*TYPES, None]))
            seeds.append(question(f"q{index}", text, group=group, topic=topic, question_type=kind, written_by=by))
        else:
            values = draw(st.sampled_from([("fairness",), ("safety",), ()]))
            seeds.append(
                triple(f"t{index}", text, group=group, values=values, critique=draw(st.sampled_from(["", "No."])))
            )
    return seeds


_settings = st.builds(
    CurateSettings, select=st.integers(1, 6), select_triples=st.integers(0, 3), seed=st.integers(0, 3),
    evaluation_share=st.sampled_from([0.0, 0.3, 0.5]), shared_words=st.sampled_from([0, 4]), parser=st.just(False),
    vectors=st.just(False),
    off=st.sampled_from([(), ("near-duplicate", "written-by-model")]),
)  # fmt: skip


def check_funnel(steps: Iterable[Step], folder: Folder) -> None:
    curation = load(folder)
    for kind, seeds, chosen in (
        ("question", curation.questions, curation.selected_questions),
        ("triple", curation.triples, curation.selected_triples),
    ):
        mine = [step for step in steps if step.kind == kind]
        assert mine[0].entered == len(seeds)
        assert all(after.entered == step.stayed for step, after in pairwise(mine))
        assert mine[-1].stayed == len(chosen)
        assert all(step.left >= 0 for step in mine)


@given(seeds=_mixed(), first=_settings, second=_settings)
@settings(max_examples=25, deadline=None)
def test_again_appends_nothing_and_counts_add_up(
    seeds: list[Question | Triple],
    first: CurateSettings,
    second: CurateSettings,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = make_study(tmp_path_factory.mktemp("again") / "study")
    plant(folder, *seeds)
    for chosen in (first, second):
        report = curate(folder, chosen)
        before, curation = events(folder), load(folder)
        assert curate(folder, chosen).appended == 0
        assert events(folder) == before
        assert load(folder) == curation
        check_funnel(report.funnel, folder)
        assert set(curation.pools) == {item.id for item in seeds}
        assert set(curation.included) | set(curation.excluded) == {item.id for item in seeds}


@given(seeds=_mixed(), chosen=_settings, cuts=st.sets(st.integers(0, 12)))
@settings(max_examples=20, deadline=None)
def test_curation_does_not_depend_on_how_the_seeds_were_batched(
    seeds: list[Question | Triple], chosen: CurateSettings, cuts: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole, parted = (make_study(tmp_path_factory.mktemp("batch") / name) for name in ("whole", "parted"))
    plant(whole, *seeds)
    edges = sorted({0, len(seeds), *(cut for cut in cuts if cut < len(seeds))})
    for start, end in pairwise(edges):
        plant(parted, *seeds[start:end])
    curate(whole, chosen)
    curate(parted, chosen)
    assert load(whole).decisions == load(parted).decisions


def test_the_fold_does_not_depend_on_how_decisions_were_batched(study: Folder, tmp_path: Path) -> None:
    plant(study, *crowd(12))
    curate(study, PLAIN)
    decide(study, "q003", "exclude", "Off.", "ana")
    decide(study, "q004", "retag", "Money.", "bo", topic="finance")
    curate(study, PLAIN.model_copy(update={"select": 3}))
    from seedbed.curate.decisions import encode as encode_decision

    copy = make_study(tmp_path / "copy")
    plant(copy, *crowd(12))
    with EventStore.at(copy.people) as store:
        for entry in load(study).log:  # one event a transaction, each by who made it
            store.append("curate", entry.actor, [encode_decision(entry.decision)])
    a, b = load(study), load(copy)
    assert a.decisions == b.decisions
    assert (a.pools, a.questions, a.selected_questions) == (b.pools, b.questions, b.selected_questions)


def test_other_settings_append_only_what_differs(study: Folder) -> None:
    plant(study, *crowd(40))
    curate(study, PLAIN)
    before = events(study)
    assert curate(study, PLAIN.model_copy(update={"select": 30})).appended == 3
    assert events(study) == before + 4  # three questions are out, and the settings


def test_new_seeds_append_decisions_about_what_they_change(study: Folder) -> None:
    plant(study, *crowd(20))
    curate(study, PLAIN)
    log = len(load(study).log)
    plant(study, question("zz", written_by=Writer.MODEL))
    assert curate(study, PLAIN).appended == 3  # its verdict, its pool, and that it is not chosen
    assert len(load(study).log) == log + 3
    assert {entry.decision.subject for entry in load(study).log[log:]} == {"zz"}


def test_every_decision_has_who_when_which_rule_and_why(study: Folder) -> None:
    plant(study, *crowd(10))
    curate(study, PLAIN, actor="ana")
    log = load(study).log
    assert {entry.actor for entry in log} == {"ana"}
    assert {entry.decision.actor for entry in log} == {"rule"}
    assert all(entry.at and entry.decision.rule and entry.decision.reason for entry in log)


def test_seeds_that_came_since_are_counted_as_not_judged(study: Folder) -> None:
    plant(study, *crowd(5))
    curate(study, PLAIN)
    plant(study, question("zz"))
    steps = funnel(study)
    assert [(step.entered, step.left) for step in steps if step.step == "undecided"] == [(6, 1), (0, 0)]
    check_funnel(steps, study)


def test_a_withdrawn_seed_leaves_the_choice(study: Folder) -> None:
    import sqlite3
    from contextlib import closing

    plant(study, question("a", authors=("ana",)), question("b", authors=("bo",)))
    curate(study, PLAIN)
    with closing(sqlite3.connect(study.people)) as db:
        db.execute("DELETE FROM texts WHERE person = 'ana'")
        db.commit()
    assert load(study).selected_questions == ("b",)
    assert curate(study, PLAIN).questions == 1
    check_funnel(funnel(study), study)


def test_a_study_without_seeds_says_what_to_do(study: Folder) -> None:
    with pytest.raises(InputError, match="no seeds yet") as caught:
        curate(study, PLAIN)
    assert "seedbed import" in caught.value.hint
    assert load(study).decisions == ()


def test_a_study_in_use_is_refused(study: Folder) -> None:
    plant(study, *crowd(2))
    with study.writing():
        with pytest.raises(Busy):
            curate(study, PLAIN)
        with pytest.raises(Busy):
            decide(study, "q000", "exclude", "Off.", "ana")


def test_settings_survive_being_written_as_toml() -> None:
    chosen = CurateSettings(select=5, off=("no-verb-noun",), values=("fairness",))
    text = render_settings(chosen, heading="Curation")
    assert parse_settings(text, CurateSettings, path=Path("study.toml")) == chosen


def test_the_store_keeps_what_it_was_given(study: Folder) -> None:
    seeds = [*crowd(3), triple("t")]
    with EventStore.at(study.people) as store:
        store.append("seeds", "ana", map(encode, seeds))
    assert load(study).questions == tuple(seeds[:3])


@pytest.mark.model
def test_the_sample_study(tmp_path: Path) -> None:
    """94 questions and 40 pairs as the README of the sample describes them: two near-duplicates, 33 chosen."""
    study = Folder(tmp_path / "sample")
    study.root.mkdir()
    study.settings.write_text("")
    install_taxonomy(study, SAMPLE / "taxonomy.json")
    for name in ("people", "questions", "pairs", "hand_labels", "ratings"):
        report = import_file(study, SAMPLE / f"{name}.csv")
        assert not report.bad
        assert report.added == report.rows_in
    assert import_file(study, SAMPLE / "paper_triples.jsonl").run == "imported"
    report = curate(study, CurateSettings())
    check_funnel(report.funnel, study)
    curation = load(study)
    near = {id: d.rival for id, d in curation.excluded.items() if d.rule == "near-duplicate"}
    assert near == {"g3-q16": "g1-q10", "g4-q19": "g2-q12"}
    assert not [d for d in curation.excluded.values() if d.rule == "not-sensible"]  # all are whole sentences
    assert len(report.selected_questions) == 33
    assert {item.group for item in curation.questions if item.id in report.selected_questions} == {"1", "2", "3", "4"}
    evaluation = [item for item in curation.questions if item.pool is Pool.EVALUATION]
    assert abs(len(evaluation) - 0.2 * 94) <= 2
    assert curate(study, CurateSettings()).appended == 0
