"""A release whose pools leak is refused with the pairs; with a row of each left behind it is made, parted and told."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import InputError, MissingExtra, SettingsError
from seedbed.release import ReleaseSettings
from seedbed.release.splitting.meaning import CachedVectors
from seedbed.study import parse_settings
from tests.release import made

pytest.importorskip("polars")

COPY = (
    "May any shop in town refuse to serve me at all, or to serve my friends?"  # q4 is "May a shop refuse to serve me?"
)
NEAR = "May a shop refuse to serve me now?"
LEAKS = {"rules": made.IN_WORDS}


def leaking(root: Path) -> Any:
    """A row by a model that is very like q4, a triple on it, and one that is on nothing of the kind."""
    folder = made.study(root)
    made.write_run(
        folder, "questions", "questions", [(made.ask(0), made.kept(0, NEAR)), (made.ask(1), made.kept(1, COPY))]
    )
    shown: dict[str, Any] = {"examples": ("p1",), "values": ("fairness",), "topic": None, "question_type": None}
    slots = [(made.ask(0, **shown, prompt_id="questions.000000"), made.answer(0, NEAR))]
    made.write_run(folder, "triples", "triples", slots, asked={"examples": ["p1"], "proposals": False})
    return folder


def many(root: Path, number: int) -> Any:
    """A run of `number` rows that have nothing in common, and two that are nearly the same."""
    folder = made.study(root)
    texts = [f"Does w{n} b{n} c{n} suit d{n} e{n} f{n}?" for n in range(number)]
    texts += ["Which of these trains goes to the sea today?", "Which of those trains goes to the sea today?"]
    slots = [(made.ask(n), made.kept(n, text)) for n, text in enumerate(texts)]
    made.write_run(folder, "questions", "questions", slots)
    return folder


def test_a_leak_is_refused_with_its_pairs_its_rule_and_the_way_on(tmp_path: Path) -> None:
    folder = leaking(tmp_path)
    with pytest.raises(InputError) as caught:
        made.make(folder)
    assert "2 leaks between the pools" in str(caught.value)
    assert "rouge_l (ROUGE-L F1 of at least 0.7): q4 = questions.000000, q4 = triples.000000" in str(caught.value)
    assert "--drop-leaks" in caught.value.hint
    assert not [path for path in folder.releases.iterdir() if path.name != ".lock"]


def test_with_a_row_of_each_left_behind_it_is_released_and_told(tmp_path: Path) -> None:
    report = made.make(leaking(tmp_path), leaks={**LEAKS, "on_leak": "drop"})
    assert [row["id"] for row in made.rows(report, "questions")] == ["questions.000001"]
    assert [row["id"] for row in made.rows(report, "evaluation")] == ["q4", "p2"]
    assert [row["id"] for row in made.rows(report, "triples")] == ["p1"]
    why = "too like a row of the other pool, as leaks.md says"
    assert report.left_out[f"questions: {why}"] == report.left_out[f"triples: {why}"] == 1
    told = json.loads((report.path / "leaks.json").read_text())
    assert told["pools"]["found"] == {"exact": 0, "ngrams": 0, "jaccard": 0, "rouge_l": 2, "lineage": 0}
    assert told["pools"]["left_out"] == 2
    assert told["pools"]["leaks"][0] == {
        "rule": "rouge_l", "texts": "prompts", "evaluation": "q4", "alignment": "questions.000000", "value": 0.9333,
        "left_out": "questions.000000",
    }  # fmt: skip
    text = (report.path / "leaks.md").read_text()
    assert "2 rows were left out so that no leak stands" in text
    assert "leave out `cosine`" in text
    assert NEAR not in text + (report.path / "leaks.json").read_text()


def test_of_two_rows_by_people_the_one_for_evaluation_goes(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    twins = (
        made.question("q1", "May a shop refuse to serve me?"),
        made.question("q4", "May a shop refuse to serve us?"),
    )
    sources = made.sources(folder, questions=twins)
    with pytest.raises(InputError, match="q4 = q1"):
        made.make(folder, made=sources)
    report = made.make(folder, made=sources, leaks={**LEAKS, "on_leak": "drop"})
    assert [row["id"] for row in made.rows(report, "seeds")] == ["q1"]
    assert [row["id"] for row in made.rows(report, "evaluation")] == ["p2"]


def test_a_rule_that_the_settings_leave_out_refuses_nothing(tmp_path: Path) -> None:
    report = made.make(leaking(tmp_path), leaks={"rules": ["exact", "lineage"]})
    assert report.rows["questions"] == 2


def test_the_alignment_pool_is_parted_and_the_same_twice(tmp_path: Path) -> None:
    folder = many(tmp_path, 120)
    report = made.make(folder)
    told = json.loads((report.path / "leaks.json").read_text())["splits"]
    place = {
        row["id"]: path.stem
        for name in ("questions", "seeds", "triples")
        for path in (report.path / name).glob("*.jsonl")
        for row in made.json_lines(path)
    }
    counts = Counter(split for id, split in place.items() if id.startswith("questions."))
    assert told["rows"]["questions"] == counts
    assert counts["train"] in range(96, 100)
    assert set(counts) == {"train", "validation", "test"}
    assert place["questions.000120"] == place["questions.000121"]
    assert (told["largest"][0], told["links"]["rouge_l"], told["not_parted"]) == (2, 1, None)
    for path in (report.path / "questions").glob("*.jsonl"):
        assert path.with_suffix(".parquet").is_file()
    again = made.make(folder, "v2")
    for name in ("questions/test.jsonl", "questions/validation.jsonl", "leaks.json", "leaks.md"):
        assert (again.path / name).read_bytes() == (report.path / name).read_bytes()
    card = (report.path / "README.md").read_text()
    assert "share seeds" in " ".join(card.split())
    assert "questions/validation.parquet" in card


def test_shapes_of_a_triple_are_in_the_triples_split(tmp_path: Path) -> None:
    folder = made.grown(tmp_path)
    report = made.make(folder, splits={"least": 2, "validation": 0.3, "test": 0.3})
    place = {
        row["id"]: path.stem for path in (report.path / "triples").glob("*.jsonl") for row in made.json_lines(path)
    }
    assert len(set(place.values())) > 1
    for name in ("sft", "dpo", "kto", "inspector", "aligner", "identity"):
        rows = [
            (row["id"], path.stem) for path in (report.path / name).glob("*.jsonl") for row in made.json_lines(path)
        ]
        assert rows
        assert all(place[id] == split for id, split in rows)


def test_few_rows_train_and_the_reason_is_told(tmp_path: Path) -> None:
    report = made.make(made.grown(tmp_path))
    assert not list(report.path.glob("*/validation.*"))
    assert "fewer than 100 rows are not parted" in (report.path / "leaks.md").read_text()


@pytest.mark.parametrize(
    "lines",
    ['[release.leaks]\nrouge_l = "9"', '[release.leaks]\nrouge_l = "11/10"', "[release.leaks]\nrules = []",
     '[release.leaks]\nrules = ["exact", "magic"]', "[release.splits]\nvalidation = 0.5\ntest = 0.5",
     "[release.splits]\ntest = -0.1"],
)  # fmt: skip
def test_a_threshold_or_share_that_makes_no_sense_is_refused(lines: str) -> None:
    text = lines.replace("[release.", "[")
    with pytest.raises(SettingsError):
        parse_settings(text, ReleaseSettings, path=Path("study.toml"))


def test_without_an_embedder_leaks_of_meaning_are_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seedbed.measures.embed._packaged", lambda: None)
    folder = made.grown(tmp_path)
    with pytest.raises(MissingExtra) as caught:
        made.make(folder, leaks={})
    assert "[release.leaks]" in caught.value.hint
    assert caught.value.hint.startswith("pip install 'seedbed[local]'")


@pytest.mark.model
def test_a_leak_of_meaning_is_found_and_its_vectors_are_kept(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    text = "Can I drink tap water in Mexico safely?"
    made.write_run(folder, "questions", "questions", [(made.ask(0), made.kept(0, text))])
    sources = made.sources(folder, questions=(*made.sources(folder).questions[:3], made.question(
        "q4", "Is it safe to drink the tap water in Mexico?")))  # fmt: skip
    with pytest.raises(InputError, match="cosine"):
        made.make(folder, made=sources, leaks={})
    asked: list[str] = []
    with CachedVectors(folder, lambda what, done, total: asked.append(what)) as vectors:
        assert vectors([text]).shape == (1, 384)
    assert asked == []  # it stands in the cache that assessment uses
