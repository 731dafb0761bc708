"""What must not leave: overlap of the pools, texts of excluded seeds, and who and where the study is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import InputError
from seedbed.records import Decision, Pool
from seedbed.release.guard import squeezed
from tests.release import made

pytest.importorskip("polars")


def refused(folder: Any, **more: Any) -> str:
    """The message of a refused release, of which nothing must be left."""
    with pytest.raises(InputError) as caught:
        made.make(folder, made=made.sources(folder, **more))
    assert [path for path in folder.releases.iterdir() if path.name != ".lock"] == []
    assert caught.value.hint
    return str(caught.value)


def with_text(tmp_path: Path, text: str) -> Any:
    folder = made.study(tmp_path)
    made.write_run(folder, "questions", "questions", [(made.ask(0), made.kept(0, text))])
    return folder


def test_a_synthetic_row_that_repeats_an_evaluation_seed_stops_the_release(tmp_path: Path) -> None:
    message = refused(with_text(tmp_path, "may a SHOP refuse to serve me"))
    assert "q4 = questions.000000" in message


def test_the_same_response_in_both_pools_stops_the_release(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    same = "Everybody learns at their own pace."
    pairs = (made.pair("p1", "Are they slow?", aligned=same), made.pair("p2", "Are we slow?", misaligned=same))
    assert "p2 = p1" in refused(folder, triples=pairs)


def test_a_response_of_three_words_may_stand_in_both_pools(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    pairs = (
        made.pair("p1", "Are they slow?", misaligned="Yes, always."),
        made.pair("p2", "Or us?", misaligned="Yes, always!"),
    )
    assert made.make(folder, made=made.sources(folder, triples=pairs)).rows["triples"] == 1


def test_a_row_with_the_text_of_an_excluded_seed_stops_the_release(tmp_path: Path) -> None:
    message = refused(with_text(tmp_path, "Where should I go with two little children"))
    assert "questions.000000 = q5" in message


def test_an_excluded_duplicate_of_an_included_seed_stops_nothing(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    twins = (made.question("q1", "Where should I go?"), made.question("q5", "Where should I go?"))
    report = made.make(folder, made=made.sources(folder, questions=twins))
    assert [row["id"] for row in made.rows(report, "seeds")] == ["q1"]


def test_rows_grown_from_both_pools_stop_the_release(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    slots = [(made.ask(0, examples=("q1", "q4")), made.kept(0, "Who would do such a thing?"))]
    made.write_run(folder, "questions", "questions", slots)
    assert "questions.000000" in refused(folder)


def test_a_triple_on_a_question_of_the_other_pool_stops_the_release(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    made.write_run(folder, "questions", "questions", [(made.ask(0, examples=("q4",)), made.kept(0, "Who would?"))])
    slots = [(made.ask(0, examples=("p1",), prompt_id="questions.000000"), made.answer(0, "Who would?"))]
    made.write_run(folder, "triples", "triples", slots, asked={"proposals": False})
    assert "triples.000000" in refused(folder)


@pytest.mark.parametrize(
    "text",
    [
        "Is my key " + "sk-" + "a1" * 20 + " still good?",
        "Can I reach 10.1.2.3:8081 from my home?",
    ],
)
def test_keys_and_addresses_of_endpoints_stop_the_release(tmp_path: Path, text: str) -> None:
    message = refused(with_text(tmp_path, text))
    assert "questions: questions.000000" in message
    assert "a1a1" not in message
    assert "10.1" not in message


def test_a_pseudonym_in_a_text_of_people_stops_the_release(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    message = refused(folder, questions=(made.question("q1", "Should quiet-heron-3 apologise to me?"),))
    assert "seeds: q1 (a pseudonym" in message
    assert "quiet-heron" not in message


@pytest.mark.parametrize("field", ["misaligned", "critique", "aligned"])
def test_a_pseudonym_in_a_pair_stops_the_release_and_is_told_once(tmp_path: Path, field: str) -> None:
    """The shapes for trainers say the same texts again: what is wrong is named where it has to be mended."""
    words = {field: "Ask quiet-heron-3, who knows it all and says so."}
    message = refused(made.study(tmp_path), triples=(made.pair("p1", "Are old people bad drivers?", **words),))
    assert "triples: p1 (a pseudonym" in message
    assert message.count("p1") == 1


def test_a_pseudonym_that_is_a_plain_word_does_not_stop_every_text_with_it(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    people = (*made.PEOPLE, made.PEOPLE[0].__class__("May"))
    questions = (made.question("q1", "May I return it?", authors=("May",)),)
    assert made.make(folder, made=made.sources(folder, people=people, questions=questions)).rows["seeds"] == 1


def test_a_path_in_a_stated_source_or_description_stops_the_release(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    with pytest.raises(InputError, match=r"README\.md"):
        made.make(folder, description="Made from /home/somebody/study.")
    places = (f"{folder.root}/q.csv", "/home/somebody/q.csv", "C:\\Users\\somebody\\q.csv", "told by quiet-heron-1")
    for source in places:
        assert "seeds: q1" in refused(folder, questions=(made.question("q1", "Why?", source=source),))


def test_a_release_holds_no_person_no_place_and_no_text_that_stayed_behind(tmp_path: Path) -> None:
    folder = made.grown(tmp_path)
    key = folder.key.hex()
    report = made.make(folder)
    files = [path for path in report.path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".jsonl", ".jsonld", ".parquet", ".md", ".json", ""}
    everything = b"\n".join(path.read_bytes() for path in files).decode(errors="replace")
    for person in made.PEOPLE:
        assert person.id not in everything
    for hidden in (str(tmp_path), "/home/", "10.1.2.3", "SOME_KEY", key, "Ana told me", "x y"):
        assert hidden not in everything, hidden
    for text in ("two little children", "A raw row", "A control row", "nobody may see", "Never trust them, number 2"):
        assert text not in everything, text
    for name in ("questions", "triples", "sft", "dpo", "seeds"):
        assert "May a shop" not in (report.path / name / "train.jsonl").read_text()
    assert "smollm2" in everything  # names of models may be told
    assert "recorded-writer" in everything


def test_decisions_tell_the_rule_and_not_the_person(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    report = made.make(folder)
    by_rule, by_person = (json.loads(line) for line in (report.path / "decisions.jsonl").read_text().splitlines())
    assert by_rule == {
        "subject": "q5", "act": "exclude", "rule": "near-duplicate", "actor": "rule", "reason": "nearly the same as q1",
        "measured": 0.93, "rival": "q1", "detail": {},
    }  # fmt: skip
    assert by_person["actor"] == "person"
    assert by_person["reason"] is None
    assert by_person["detail"] == {"topic": "travel"}
    told = made.make(folder, "v2", include_reasons=True)
    assert json.loads((told.path / "decisions.jsonl").read_text().splitlines()[1])["reason"] == "Ana told me so"


def test_a_reason_that_quotes_a_seed_is_withheld(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    quoting = Decision("q5", "exclude", "rule", "r", "same as “Where should I go with two little children?”", "q4 text")
    report = made.make(folder, made=made.sources(folder, decisions=(quoting,)))
    row = json.loads((report.path / "decisions.jsonl").read_text())
    assert row["reason"] is None
    assert row["measured"] is None


@pytest.mark.parametrize(
    ("act", "detail", "told"),
    [
        ("edit", {"fields": {"text": "travel", "scenario": "at a counter"}}, {"fields": ["scenario", "text"]}),
        ("merge", {}, {}),
        ("return", {"batch": "ana's batch"}, {}),
        ("use", {"use": "test", "pool": "evaluation", "moves": ["q1", "q2"]},
         {"use": "test", "pool": "evaluation", "moves": ["q1", "q2"]}),
        ("use", {"use": None}, {}),
        ("use", {"use": "for Ana"}, {}),
        ("nuanced", {"nuanced": True}, {"nuanced": True}),
        ("select", {"in": False}, {"in": False}),
        ("dismiss", {"rule": "label-drift"}, {"rule": "label-drift"}),
        ("dismiss", {"rule": "what Ana says"}, {}),
        ("retag", {"topic": "travel", "rule": "label-drift"}, {"topic": "travel"}),
    ],
)  # fmt: skip
def test_acts_of_people_are_told_without_their_words(
    tmp_path: Path, act: str, detail: dict[str, Any], told: dict[str, Any]
) -> None:
    folder = made.study(tmp_path)
    rival = "q2" if act == "merge" else None
    decision = Decision("q1", act, "quiet-heron-1", "person", "Ana asked for it", rival=rival, detail=detail)
    report = made.make(folder, made=made.sources(folder, decisions=(decision,)))
    (row,) = made.json_lines(report.path / "decisions.jsonl")
    assert (row["act"], row["actor"], row["rule"], row["reason"]) == (act, "person", "person", None)
    assert (row["rival"], row["detail"]) == (rival, told)


def test_a_reason_that_quotes_words_from_before_an_edit_is_withheld(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    before = "Where could I go with a child that cannot walk yet?"
    act = Decision("q1", "edit", "quiet-heron-1", "person", f"was “{before}”", detail={"fields": {"text": "Why?"}})
    for replaced, told in (((), act.reason), ((before,), None)):
        given = made.sources(folder, decisions=(act,), replaced=replaced)
        report = made.make(folder, f"v{len(replaced)}", given, include_reasons=True)
        (row,) = made.json_lines(report.path / "decisions.jsonl")
        assert row["reason"] == told


def test_texts_compare_without_case_punctuation_and_width() -> None:
    assert squeezed("  Wörter, (２) – ОДНО!") == "wörter2одно"
    assert squeezed("!?…") == ""


def test_nothing_without_letters_counts_as_the_same_text(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    questions = (made.question("q1", "?!"), made.question("q4", "…?"))
    pools = {"q1": Pool.ALIGNMENT, "q4": Pool.EVALUATION}
    report = made.make(folder, made=made.sources(folder, questions=questions, triples=(), pools=pools))
    assert (report.rows["seeds"], report.rows["evaluation"]) == (1, 1)


def test_no_formula_file_is_written(tmp_path: Path) -> None:
    report = made.make(made.grown(tmp_path))
    assert not [name for name in report.files if re.search(r"\.(csv|tsv|xlsx)$", name)]
