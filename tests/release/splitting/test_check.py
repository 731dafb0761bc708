"""`seedbed check` on files of anybody's: what it finds, what it reads, how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seedbed.release.splitting.reading import read_splits
from tests.cli.command import call

TRAIN = ["How can I save money on my next trip by train?", "Is tea good for me?", "Is tea good for me?!"]
TEST = ["how can i save money on my next trip by TRAIN", "Why do cats sleep?", "Is green tea good for me?"]
IN_WORDS = ("--without", "cosine")


def csv(path: Path, texts: list[str], column: str = "question") -> Path:
    path.write_text("\n".join([column, *(f'"{text}"' for text in texts)]) + "\n", encoding="utf-8")
    return path


def files(folder: Path) -> tuple[Path, Path]:
    return csv(folder / "train.csv", TRAIN), csv(folder / "test.csv", TEST)


def test_leaks_are_told_with_their_places_and_end_with_1(tmp_path: Path) -> None:
    done = call("check", *files(tmp_path), *IN_WORDS)
    assert done.code == 1
    assert "train 3 rows, test 3 rows; column question; runs of 8 words" in done.err
    assert "train: 1 row repeats an earlier one of the same split" in done.err
    assert "train.csv:2: How can I save money" in done.err
    assert "test.csv:2: how can i save money" in done.err
    assert "3 rows of a larger split are in a smaller one too" in done.err


def test_no_leak_ends_with_0(tmp_path: Path) -> None:
    done = call("check", csv(tmp_path / "a.csv", TRAIN[1:]), csv(tmp_path / "b.csv", TEST[1:2]), *IN_WORDS)
    assert (done.code, "No leak was found." in done.err) == (0, True)


def test_json_says_all_of_it_for_programs(tmp_path: Path) -> None:
    done = call("check", *files(tmp_path), *IN_WORDS, "--json")
    assert done.code == 1
    told: dict[str, Any] = done.json
    assert told["schema"] == 1
    assert told["splits"]["train"] == {"rows": 3, "blank": 0, "repeated": 1}
    rows = {one["rule"]: (one["between"], one["rows"]) for one in told["found"]}
    between = ["train", "test"]
    assert rows == {
        "exact": (between, 1), "ngrams": (between, 1), "jaccard": (between, 1), "rouge_l": (between, 3),
    }  # fmt: skip
    assert told["found"][0]["pairs"] == [{"train": "train.csv:2", "test": "test.csv:2", "value": 1.0}]
    assert told["leaks"] == 3


def test_a_column_tells_the_splits_apart_and_rows_may_be_messages(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    rows = [{"split": "train", "messages": [{"role": "user", "content": text}]} for text in TRAIN]
    rows += [{"split": "test", "messages": [{"role": "user", "content": text}]} for text in TEST]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    assert call("check", path, *IN_WORDS, "--json").json["leaks"] == 3
    named = call("check", path, "--split", "split", "--text", "messages", *IN_WORDS, "--json")
    assert named.json["columns"] == ["messages"]


def test_parquet_and_plain_lines_are_read(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    polars.DataFrame({"text": TRAIN, "n": [1, 2, 3]}).write_parquet(tmp_path / "train.parquet")
    (tmp_path / "test.txt").write_text("\n".join([*TEST, "", " "]), encoding="utf-8")
    told = call("check", tmp_path / "train.parquet", tmp_path / "test.txt", *IN_WORDS, "--json").json
    assert told["leaks"] == 3
    assert told["found"][0]["pairs"] == [{"train": "train.parquet:1", "test": "test.txt:1", "value": 1.0}]


def test_longer_texts_are_compared_by_longer_runs_and_several_columns_joined(tmp_path: Path) -> None:
    long = " ".join(f"word{n}" for n in range(40))
    path = tmp_path / "a.csv"
    path.write_text(f"prompt,answer,split\nWhy?,{long},one\nHow?,x {long},two\n", encoding="utf-8")
    splits, read = read_splits([path], ["prompt", "answer"])
    assert (read, splits[0].texts) == (["prompt", "answer"], [f"Why?\n{long}"])
    told = call("check", path, "--text", "prompt", "--text", "answer", *IN_WORDS, "--json").json
    assert told["ngram"] == 13


def test_an_encoding_is_taken_by_its_name_and_asked_for_where_utf_8_does_not_hold(tmp_path: Path) -> None:
    for name, text in (("a", "Onde fica a sessão?"), ("b", "Como vão as lições?")):
        (tmp_path / f"{name}.csv").write_text(f"question\n{text}\n", encoding="cp1252")
    both = (tmp_path / "a.csv", tmp_path / "b.csv", *IN_WORDS)
    refused = call("check", *both)
    assert (refused.code, "--encoding" in refused.err) == (3, True)
    assert call("check", *both, "--encoding", "cp1252").code == 0


@pytest.mark.parametrize(
    ("names", "options", "code", "says"),
    [
        (["a"], [], 2, "one split only"),
        (["a", "a"], [], 2, "named twice"),
        (["a", "../here/a"], [], 2, "named twice"),
        (["a", "nowhere"], [], 3, "no file"),
        (["a", "b"], ["--text", "answer"], 3, "no column 'answer'"),
        (["a", "b"], ["--split", "fold"], 3, "no column 'fold'"),
        (["a", "b"], ["--without", "magic"], 2, "No rule 'magic'"),
        (["a", "odd"], [], 3, "no column is named like a text"),
    ],
)
def test_what_cannot_be_checked_is_refused_with_the_way_on(
    tmp_path: Path, names: list[str], options: list[str], code: int, says: str
) -> None:
    tmp_path = tmp_path / "here"
    tmp_path.mkdir()
    csv(tmp_path / "a.csv", TRAIN)
    csv(tmp_path / "b.csv", TEST)
    (tmp_path / "odd.csv").write_text("n,m\n1,2\n")
    done = call("check", *(tmp_path / f"{name}.csv" for name in names), *options, *IN_WORDS)
    assert done.code == code
    assert says in done.err


def test_a_language_that_the_embedder_does_not_know_is_compared_in_words_and_it_is_said(tmp_path: Path) -> None:
    done = call("check", *files(tmp_path), "--language", "pt")
    assert done.code == 1
    assert "cosine: not looked for" in done.err


@pytest.mark.model
def test_a_paraphrase_is_found_by_meaning(tmp_path: Path) -> None:
    one = csv(tmp_path / "one.csv", ["Can I drink tap water in Mexico safely?"])
    other = csv(tmp_path / "other.csv", ["Is it safe to drink the tap water in Mexico?"])
    assert call("check", one, other, *IN_WORDS).code == 0
    told = call("check", one, other, "--json").json
    assert [one["rule"] for one in told["found"] if one["rows"]] == ["cosine"]
