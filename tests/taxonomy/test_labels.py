"""One label has many spellings; a label nobody knows is never guessed, only suggested."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from seedbed.acts import sample_folder
from seedbed.errors import InputError
from seedbed.taxonomy import Label, Taxonomy, default_taxonomy, load_taxonomy
from seedbed.taxonomy.labels import normalise

DEFAULT = default_taxonomy()
KINDS = ("topics", "question_types", "values")


def test_the_default_has_the_papers_numbers() -> None:
    assert [len(getattr(DEFAULT, kind)) for kind in KINDS] == [6, 21, 4]
    assert all(label.origin == "predefined" for label in (*DEFAULT.topics, *DEFAULT.question_types))
    assert {value.id for value in DEFAULT.values} == {"fairness", "safety", "productivity", "explainability"}
    assert all(item.definition for kind in KINDS for item in getattr(DEFAULT, kind))


def test_the_sample_adds_only_what_participants_brought() -> None:
    sample = load_taxonomy(sample_folder() / "taxonomy.json")
    for kind in ("topics", "question_types"):
        predefined = [label for label in getattr(sample, kind) if label.origin == "predefined"]
        assert predefined == list(getattr(DEFAULT, kind))
        assert len(getattr(sample, kind)) > len(predefined)
    assert (sample.values, sample.risks) == (DEFAULT.values, DEFAULT.risks)


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_of_a_label_finds_it_and_no_other(kind: Any) -> None:
    for item in getattr(DEFAULT, kind):
        for name in (item.id, item.label, *item.aliases):
            for spelt in (name, name.upper(), f"  {name}. ", name.replace(" ", "_")):
                assert DEFAULT.match(kind, spelt) == item.id


@pytest.mark.parametrize(
    ("raw", "id"),
    [
        ("giving advice", "giving-advice"),
        ("Questions that require giving advice", "giving-advice"),
        ("question requires: Giving Advice!", "giving-advice"),
        ("ＧＩＶＩＮＧ advice", "giving-advice"),
        ("giving", None),
        ("", None),
        ("???", None),
    ],
)
def test_preamble_case_and_punctuation_do_not_count(raw: str, id: str | None) -> None:
    assert DEFAULT.match("question_types", raw) == id


@pytest.mark.parametrize(
    ("kind", "raw", "id"),
    [
        ("question_types", "giving advise", "giving-advice"),
        ("question_types", "legal context", "legal-expertise"),
        ("topics", "trravel", "travel"),
        ("values", "fairnes", "fairness"),
        ("question_types", "abel", None),
        ("topics", "quantum chromodynamics", None),
        ("topics", "", None),
    ],
)
def test_an_unknown_label_is_suggested_what_is_near(kind: Any, raw: str, id: str | None) -> None:
    assert DEFAULT.match(kind, raw) is None
    assert DEFAULT.suggest(kind, raw) == id


@given(raw=st.text(max_size=30))
def test_normalising_is_done_once_for_all_and_never_raises(raw: str) -> None:
    once = normalise(raw)
    assert once == once.strip()
    assert normalise(once.upper()) in (once, normalise(once))
    for kind in KINDS:
        found = DEFAULT.match(kind, raw)
        assert found is None or found == DEFAULT.match(kind, once)
        DEFAULT.suggest(kind, raw)


@pytest.mark.parametrize(
    "two",
    [
        ({"id": "a", "label": "A"}, {"id": "a ", "label": "B"}),
        ({"id": "a", "label": "One"}, {"id": "b", "label": "ONE!"}),
        ({"id": "a", "label": "A", "aliases": ("x y",)}, {"id": "b", "label": "B", "aliases": ("X-Y",)}),
        ({"id": "a", "label": "A"}, {"id": "b", "label": "B", "aliases": ("questions about a",)}),
    ],
)
def test_a_name_for_two_labels_is_an_error(two: tuple[dict[str, Any], ...]) -> None:
    labels = [Label(**one) for one in two]
    with pytest.raises(ValidationError, match=r"topics: '.*' names both 'a' and"):
        Taxonomy(version=1, topics=tuple(labels), question_types=(), values=())
    # the same name in two kinds is no clash
    Taxonomy(version=1, topics=(labels[0],), question_types=(labels[1],), values=())


def test_an_id_twice_is_an_error() -> None:
    with pytest.raises(ValidationError, match="topics: 2 labels have the id 'a'"):
        Taxonomy(version=1, topics=(Label(id="a", label="A"), Label(id="a", label="B")), question_types=(), values=())


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text(DEFAULT.to_json(), encoding="utf-8")
    assert load_taxonomy(tmp_path / "1.json") == DEFAULT


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a taxonomy: the file"),
        (b"\xff", "not a taxonomy: the file"),
        (b"[]", "not a taxonomy: the file"),
        (b"{}", "not a taxonomy: version: Field required"),
        (b'{"version": 0, "topics": [], "question_types": [], "values": []}', "not a taxonomy: version: "),
        (b'{"version": 1, "topics": [{"id": "a"}], "question_types": [], "values": []}', r"topics\.0\.label"),
        (b'{"version": 1, "topics": [], "question_types": [], "values": [], "mood": 1}', "not a taxonomy: mood"),
    ],
)
def test_a_file_that_is_none_says_where(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "1.json").write_bytes(content)
    with pytest.raises(InputError, match=said):
        load_taxonomy(tmp_path / "1.json")


def test_a_missing_file_or_id_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No taxonomy at"):
        load_taxonomy(tmp_path / "9.json")
    assert DEFAULT.topic(DEFAULT.topics[0].id) is DEFAULT.topics[0]
    assert DEFAULT.question_type("giving-advice").id == "giving-advice"
    with pytest.raises(InputError, match="No topic 'x' in the taxonomy"):
        DEFAULT.topic("x")
    with pytest.raises(InputError, match="No question type 'x'"):
        DEFAULT.question_type("x")
    with pytest.raises(InputError, match="No value 'x'") as caught:
        DEFAULT.value("x")
    assert "fairness" in caught.value.hint


def test_the_json_is_plain_for_other_readers() -> None:
    assert json.loads(DEFAULT.to_json())["version"] == 1
    assert "\\u" not in DEFAULT.to_json()
