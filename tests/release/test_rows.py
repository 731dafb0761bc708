"""What a release holds, row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seedbed.engine.taking_back import take_back
from seedbed.records import Pool, Writer
from seedbed.release import COLUMNS, Column
from tests.release import made

polars = pytest.importorskip("polars")


def ids(report: Any, configuration: str) -> list[str]:
    return [row["id"] for row in made.rows(report, configuration)]


def test_kept_rows_of_gated_runs_and_included_rows_of_people_are_released_by_pool(tmp_path: Path) -> None:
    report = made.make(made.grown(tmp_path))
    assert ids(report, "questions") == [f"questions.{n:06d}" for n in range(6)]
    assert ids(report, "triples") == ["p1", "triples.000000", "triples.000001"]
    assert ids(report, "seeds") == ["q1", "q2", "q3"]
    assert ids(report, "evaluation") == ["q4", "p2"]
    assert ids(report, "sft") == ids(report, "dpo") == ids(report, "triples")
    assert {row["pool"] for name in COLUMNS if name != "evaluation" for row in made.rows(report, name)} == {"alignment"}
    assert {row["pool"] for row in made.rows(report, "evaluation")} == {"evaluation"}
    assert report.rows == {
        "questions": 6, "triples": 3, "sft": 3, "dpo": 3, "kto": 6, "inspector": 6, "aligner": 3, "identity": 3,
        "seeds": 3, "evaluation": 2,
    }  # fmt: skip


def test_every_row_that_stays_behind_is_counted_with_its_reason(tmp_path: Path) -> None:
    report = made.make(made.grown(tmp_path))
    assert report.left_out == {
        "questions of people: excluded by curation": 1,
        "questions: raw rows of a comparison, which pass no gate": 1,
        "questions: rejected by a gate": 2,
        "questions: rows of a control, made without this study's seeds": 1,
        "triples: proposals of the embedded model, which await a person": 1,
        "triples: rejected by a gate": 1,
    }
    total = 5 + 2 + 8 + 1 + 1 + 1 + 3  # seeds, pairs, and the slots of five runs
    released = sum(report.rows[name] for name in ("questions", "triples", "seeds", "evaluation"))
    assert released + sum(report.left_out.values()) == total


@pytest.mark.parametrize("said", [{}, {"proposals": None}, {"proposals": True}])
def test_triples_are_proposals_unless_the_run_says_they_are_not(tmp_path: Path, said: dict[str, Any]) -> None:
    folder = made.study(tmp_path)
    slots = [(made.ask(0, examples=("p1",)), made.answer(0, "Why?"))]
    made.write_run(folder, "triples", "triples", slots, asked=said)
    assert ids(made.make(folder), "triples") == ["p1"]


def test_a_synthetic_question_carries_its_lineage(tmp_path: Path) -> None:
    row = made.rows(made.make(made.grown(tmp_path)), "questions")[2]
    assert row["text"] == "Which train should I take to town number 2, and why?"
    assert row["origin"] == "synthetic"
    assert row["human_or_llm"] == {"text": "model"}
    assert row["topic_requested"] == "travel"
    assert "topic" not in row
    lineage = row["lineage"]
    assert lineage.pop("at").startswith("20")
    assert lineage == {
        "seed_ids": ["q1", "q2"], "prompt_id": None, "run": "questions", "model": "recorded-writer",
        "prompt_version": "p1", "gates": ["length", "novelty"],
    }  # fmt: skip


def test_a_triple_names_the_question_it_answers_and_whose_words_each_field_holds(tmp_path: Path) -> None:
    by_person, by_model, on_a_seed = made.rows(made.make(made.grown(tmp_path)), "triples")
    assert by_person["human_or_llm"] == {
        "prompt": "unknown", "misaligned": "human", "critique": "human", "aligned": "model-edited-by-human",
    }  # fmt: skip
    assert by_person["values"] == ["fairness"]
    assert by_person["values_requested"] == []
    assert by_person["lineage"]["run"] is None
    assert by_model["human_or_llm"]["prompt"] == "model"
    assert by_model["values"] == []
    assert by_model["values_requested"] == ["fairness"]
    assert by_model["lineage"]["prompt_id"] == "questions.000001"
    assert by_model["scaffold"] == {"misaligned": "Never", "critique": None, "aligned": None}
    assert on_a_seed["human_or_llm"]["prompt"] == "human"
    assert {row["license"] for row in (by_person, by_model, on_a_seed)} == {"CC-BY-4.0"}


def test_two_rewrites_of_one_response_are_released_each_with_its_stance(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    pairs = tuple(made.pair(f"p{n}", "Who cooks?", stance=stance) for n, stance in enumerate(("care", "freedom", "")))
    pools = {pair.id: Pool.ALIGNMENT for pair in pairs}
    found = made.rows(made.make(folder, made=made.sources(folder, triples=pairs, pools=pools)), "triples")
    assert [row["stance"] for row in found] == ["care", "freedom", None]


def test_rows_of_a_run_that_may_have_shown_words_erased_since_stay_behind(tmp_path: Path) -> None:
    """A seed of several authors stands again without the one who was erased: only later runs showed it so."""
    folder = made.grown(tmp_path)
    whole = made.rows(made.make(folder), "questions")
    assert whole
    later = made.make(folder, "2.0", made=made.sources(folder, renewed={"q1": "2999-01-01T00:00:00.000+00:00"}))
    assert later.left_out["questions: grown from a seed whose author has withdrawn it"] >= len(whole)
    assert made.rows(later, "questions") == []
    before = made.make(folder, "3.0", made=made.sources(folder, renewed={"q1": "2000-01-01T00:00:00.000+00:00"}))
    assert made.rows(before, "questions") == whole


def test_a_pair_without_a_critique_is_released_and_says_that_nobody_wrote_one(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    sources = made.sources(folder, triples=(made.pair("p1", "Are old people bad drivers?", critique=""),))
    (row,) = made.rows(made.make(folder, made=sources), "triples")
    assert row["critique"] is None
    assert row["human_or_llm"]["critique"] is None


def test_trl_shapes_are_plain_text_whose_completion_starts_with_one_space(tmp_path: Path) -> None:
    report = made.make(made.grown(tmp_path))
    for triple, sft, dpo in zip(*(made.rows(report, n) for n in ("triples", "sft", "dpo")), strict=True):
        assert list(sft)[:2] == ["prompt", "completion"]
        assert sft["prompt"] == f"{triple['prompt']} [INIT] {triple['misaligned']} [ALIGNED]"
        assert sft["completion"] == " " + triple["aligned"]
        assert list(dpo)[:3] == ["prompt", "chosen", "rejected"]
        assert dpo["prompt"] == triple["prompt"]
        assert dpo["chosen"] == " " + triple["aligned"]
        assert dpo["rejected"] == " " + triple["misaligned"]
        for row in (sft, dpo):
            # TRL takes a row as conversational when one of its own columns is a list of messages
            assert not {"messages", "text", "label", "images", "tools"} & row.keys()
            assert all(
                isinstance(row[name], str) for name in ("prompt", "completion", "chosen", "rejected") if name in row
            )
    assert made.rows(report, "sft")[0]["human_or_llm"]["aligned"] == "model-edited-by-human"


def test_spaces_at_the_ends_of_a_text_do_not_double_the_one_that_parts_a_completion(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    sources = made.sources(
        folder, triples=(made.pair("p1", "Why? ", aligned="\n People differ. ", misaligned=" No. "),)
    )
    report = made.make(folder, made=sources)
    assert made.rows(report, "triples")[0]["aligned"] == "\n People differ. "  # as it was written
    assert made.rows(report, "sft")[0]["completion"] == " People differ."
    assert made.rows(report, "sft")[0]["prompt"] == "Why? [INIT] No. [ALIGNED]"
    assert made.rows(report, "dpo")[0]["rejected"] == " No."


def test_the_same_response_on_both_sides_is_no_preference(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    sources = made.sources(
        folder, triples=(made.pair("p1", "Why?", misaligned="Fine as it is.", aligned="Fine as it is."),)
    )
    report = made.make(folder, made=sources)
    assert report.rows["sft"] == 1
    assert report.rows["dpo"] == 0
    assert not (report.path / "dpo").exists()
    assert "In 1 triple both responses are the same" in (report.path / "README.md").read_text()


def test_rows_grown_from_seeds_that_are_gone_stay_behind(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    slots = [
        (made.ask(0, examples=("q1", "q5")), made.kept(0, "From an excluded seed, is it?")),
        (made.ask(1, examples=("q1", "gone")), made.kept(1, "From a withdrawn seed, is it?")),
        (made.ask(2, examples=("q1", "q9")), made.kept(2, "From an unknown seed, is it?")),
        (made.ask(3, examples=("q4",)), made.kept(3, "From an evaluation seed, is it?")),
        (made.ask(4, examples=("q1",)), made.kept(4, "From an alignment seed, is it?")),
    ]
    made.write_run(folder, "questions", "questions", slots)
    report = made.make(folder, made=made.sources(folder, erased=frozenset({"gone"})))
    assert ids(report, "questions") == ["questions.000004"]
    assert report.left_out == {
        "questions of people: excluded by curation": 1,
        "questions: grown from a seed that curation has since excluded": 1,
        "questions: grown from a seed whose author has withdrawn it": 1,
        "questions: grown from evaluation seeds: that pool holds rows of people only": 1,
        "questions: grown from examples of unknown pool": 1,
    }


def test_a_pair_of_people_whose_prompt_grew_from_what_is_gone_stays_behind(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    slots = [
        (made.ask(0, examples=("q1",)), made.kept(0, "Withdrawn since, is it?")),
        (made.ask(1, examples=("q1", "gone")), made.kept(1, "From a withdrawn seed, is it?")),
        (made.ask(2, examples=("q1",)), made.kept(2, "Which of the lamps is it?")),
    ]
    made.write_run(folder, "questions", "questions", slots)
    take_back(folder.run("questions") / "journal.db", ["other"], [0], [], [], "flag")
    given = [
        ("p1", "questions.000000", ()), ("p2", "questions.000001", ()), ("p3", "questions.000002", ("q1",)),
        ("p4", "removed.000000", ("q2", "gone")), ("p5", "removed.000001", ("q2", "again")), ("p6", "gone", ()),
        ("p7", "questions.000002", ("again",)), ("p8", "removed.000002", ("q2",)),
    ]  # fmt: skip
    triples = tuple(
        made.pair(id, f"What of the {id}?", prompt_id=prompt, parents=parents) for id, prompt, parents in given
    )
    base = made.sources(folder)
    report = made.make(folder, made=made.sources(
        folder, triples=triples, pools={**base.pools, **dict.fromkeys((id for id, *_ in given), Pool.ALIGNMENT)},
        erased=frozenset({"gone"}), renewed={"again": "2024-12-31T00:00:00+00:00"},
    ))  # fmt: skip
    # what stood again before the run began was not shown by it
    assert ids(report, "triples") == ["p3", "p7", "p8"]
    assert report.left_out["pairs of people: grown from a seed whose author has withdrawn it"] == 5


def test_a_row_of_a_run_that_curation_excludes_stays_behind(tmp_path: Path) -> None:
    folder = made.grown(tmp_path)
    sources = made.sources(folder)
    out = {**sources.excluded, "questions.000003": made.rule("questions.000003", "exclude", "wrong")}
    report = made.make(folder, made=made.sources(folder, excluded=out))
    assert "questions.000003" not in ids(report, "questions")
    assert report.rows["questions"] == 5


def test_people_rows_can_be_left_out(tmp_path: Path) -> None:
    folder = made.grown(tmp_path)
    no_pairs = made.make(folder, "a", include_human_pairs=False)
    assert ids(no_pairs, "triples") == ["triples.000000", "triples.000001"]
    assert ids(no_pairs, "evaluation") == ["q4"]
    no_questions = made.make(folder, "b", include_human_questions=False)
    assert no_questions.rows["seeds"] == 0
    assert ids(no_questions, "evaluation") == ["p2"]
    assert no_questions.left_out["questions of people: rows of people that the settings leave out"] == 4


def test_a_seed_without_a_pool_stays_behind(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    pools = {"q1": Pool.ALIGNMENT}
    report = made.make(folder, made=made.sources(folder, pools=pools))
    assert ids(report, "seeds") == ["q1"]
    assert report.left_out["pairs of people: not yet assigned to a pool"] == 2


def test_a_seed_that_is_to_be_changed_stays_behind_until_it_is(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    report = made.make(folder, made=made.sources(folder, waiting=frozenset({"q1", "q4", "p1"})))
    why = "returned to its group or to be rephrased, and not yet changed"
    assert (report.left_out[f"questions of people: {why}"], report.left_out[f"pairs of people: {why}"]) == (2, 1)
    assert not {"q1", "q4", "p1"} & {*ids(report, "seeds"), *ids(report, "evaluation"), *ids(report, "triples")}


def test_words_by_a_model_that_people_brought_in_are_marked(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    questions = (made.question("q1", "Where shall I go?", written_by=Writer.EDITED),)
    report = made.make(folder, made=made.sources(folder, questions=questions))
    assert made.rows(report, "seeds")[0]["human_or_llm"] == {"text": "model-edited-by-human"}


def test_parquet_holds_the_same_rows_in_the_same_columns(tmp_path: Path) -> None:
    folder = made.grown(tmp_path)
    odd = made.question("q1", 'A line\nand "another"\u2028 with \\ and \x00, 😀 é?', source="")
    report = made.make(folder, made=made.sources(folder, questions=(odd, *made.sources(folder).questions[1:])))
    assert made.rows(report, "seeds")[0]["text"] == odd.text
    for name, count in report.rows.items():
        split = "test" if name == "evaluation" else "train"
        table = polars.read_parquet(report.path / name / f"{split}.parquet")
        assert table.height == count
        assert table.columns == [column.name for column in COLUMNS[name]]
        assert table.to_dicts() == made.rows(report, name)


def test_every_row_has_exactly_the_documented_columns(tmp_path: Path) -> None:
    report = made.make(made.grown(tmp_path))
    for name, columns in COLUMNS.items():
        found = made.rows(report, name)
        assert found
        for row in found:
            assert list(row) == [column.name for column in columns]
            for column in columns:
                fits(column, row[column.name])


def fits(column: Column, value: Any) -> None:
    match column.kind:
        case "string":
            assert value is None or isinstance(value, str), column
        case "boolean":
            assert isinstance(value, bool), column
        case "list of strings":
            assert isinstance(value, list), column
            assert all(isinstance(item, str) for item in value), column
        case "record":
            assert sorted(value) == sorted(part.name for part in column.parts), column
            for part in column.parts:
                fits(part, value[part.name])


def test_every_column_says_what_it_means_once() -> None:
    for columns in COLUMNS.values():
        names = [column.name for column in columns]
        assert len(names) == len(set(names))
        assert all(column.meaning.endswith(".") and len(column.meaning) > 10 for column in columns)
        assert {"id", "pool", "origin", "lineage", "human_or_llm"} <= set(names)


def test_a_triple_stays_behind_when_the_question_it_answers_does(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    # triples first on disk: what may leave must not depend on the order in which runs were made
    answers = [
        (
            made.ask(slot, examples=("p1",), prompt_id=f"questions.{slot:06d}", values=("fairness",)),
            made.answer(slot, text),
        )
        for slot, text in enumerate(("From a good seed, is it?", "From an excluded seed, is it?", "Rejected, is it?"))
    ]
    made.write_run(folder, "answers", "triples", answers, asked={"examples": ["p1"], "proposals": False})
    slots = [
        (made.ask(0, examples=("q1",)), made.kept(0, "From a good seed, is it?")),
        (made.ask(1, examples=("q1", "q5")), made.kept(1, "From an excluded seed, is it?")),
        (made.ask(2, examples=("q1",)), made.rejected(2)),
    ]
    made.write_run(folder, "questions", "questions", slots)
    report = made.make(folder)
    assert [row["id"] for row in made.rows(report, "triples") if row["origin"] == "synthetic"] == ["answers.000000"]
    assert report.left_out["triples: answers to a question that is not released"] == 2
