from __future__ import annotations

import pytest

from seedbed.records import Writer
from seedbed.seeds.cells import (
    MAX_CHARACTERS,
    RowFault,
    cell_text,
    entities,
    looks_like_formula,
    split_values,
    writers,
)

FIELDS = ("misaligned", "critique", "aligned")


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "= A1", "@SUM(A1)", "+A1", "-2+3", "+cmd|' /C calc'!A0", "-B2*3"]
)
def test_what_a_spreadsheet_would_evaluate_is_a_formula(text: str) -> None:
    assert looks_like_formula(text)


@pytest.mark.parametrize(
    "text", ["- and what then?", "+55 11 5555 1234", "-5", "@ana what do you think?", "1=1", "--", "=", "Why?", ""]
)
def test_what_people_write_is_none(text: str) -> None:
    assert not looks_like_formula(text)


def test_cells_are_trimmed_and_line_ends_made_one() -> None:
    assert cell_text("  a\r\nb\rc ", "question") == "a\nb\nc"
    assert cell_text(17, "id") == "17"
    assert cell_text(None, "question") == ""
    assert cell_text(["ana", "bo"], "author") == "ana;bo"


def test_the_limit_is_on_characters() -> None:
    assert len(cell_text("é" * MAX_CHARACTERS, "question")) == MAX_CHARACTERS
    with pytest.raises(RowFault, match=r"'question' has 20,001 characters; the limit is 20,000"):
        cell_text("é" * (MAX_CHARACTERS + 1), "question")
    with pytest.raises(RowFault, match="the limit is 100"):
        cell_text("x" * 101, "id")


@pytest.mark.parametrize("value", ["no\0", {"a": 1}, "half \ud800"])
def test_what_is_no_text_is_a_fault(value: object) -> None:
    with pytest.raises(RowFault, match="'question'"):
        cell_text(value, "question")


def test_several_in_one_cell() -> None:
    assert split_values(" ana; bo |ana ") == ("ana", "bo")
    assert split_values("ana, bo") == ("ana, bo",)
    assert split_values("ana, bo", commas=True) == ("ana", "bo")
    assert split_values("") == ()


def test_writers_of_a_triple() -> None:
    human = dict.fromkeys(FIELDS, Writer.HUMAN)
    assert writers("human", FIELDS, Writer.UNKNOWN) == human
    assert writers("aligned=model", FIELDS, Writer.HUMAN) == {**human, "aligned": Writer.MODEL}
    assert writers("misaligned=model-edited-by-human; aligned=LLM", FIELDS, Writer.HUMAN) == {
        "misaligned": Writer.EDITED, "critique": Writer.HUMAN, "aligned": Writer.MODEL,
    }  # fmt: skip
    assert writers({"aligned": "model"}, FIELDS, Writer.HUMAN) == {**human, "aligned": Writer.MODEL}
    assert writers("", FIELDS, Writer.HUMAN) == dict.fromkeys(FIELDS, Writer.UNKNOWN)
    with pytest.raises(RowFault, match="known: human, model"):
        writers("me", FIELDS, Writer.HUMAN)
    with pytest.raises(RowFault, match="names 'title'"):
        writers("title=model", FIELDS, Writer.HUMAN)


BRAZIL = (("country", "Brazil"), ("medicine", "dipyrone"))


@pytest.mark.parametrize(
    "value",
    [
        "country=Brazil; medicine=dipyrone",
        "Country = Brazil | medicine: dipyrone",
        "country=Brazil\nmedicine=dipyrone;",
        '{"country": "Brazil", "medicine": "dipyrone"}',
        {"country": ["Brazil"], "medicine": " dipyrone "},
        ["country=Brazil", "medicine=dipyrone"],
        {"country": "Brazil", "city": "", "animal": None, "medicine": "dipyrone"},
    ],
)
def test_entities_in_every_form(value: object) -> None:
    assert entities(value) == BRAZIL


def test_entities_of_one_kind_stand_together_once_each() -> None:
    assert entities("a=1; b=2; a=3; a=1") == (("a", "1"), ("a", "3"), ("b", "2"))
    assert entities({"a": ["1", "3"], "b": 2}) == (("a", "1"), ("a", "3"), ("b", "2"))
    assert entities("time=10:30; url: a=b") == (("time", "10:30"), ("url: a", "b"))
    assert entities(None) == entities("") == entities({}) == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Brazil", "name 'Brazil' without its kind: write it as country=Brazil"),
        ("=Brazil", "'Brazil' without its kind"),
        ({" ": "Brazil"}, "'Brazil' without its kind"),
        ('{"country": ', "begin as a JSON object does and are none"),
        ({"country": {"name": "Brazil"}}, "holds dict data"),
        ({"x" * 101: "Brazil"}, "the limit is 100"),
    ],
)
def test_entities_without_a_kind_are_a_fault(value: object, said: str) -> None:
    with pytest.raises(RowFault, match=said):
        entities(value)
