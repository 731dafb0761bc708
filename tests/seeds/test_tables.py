from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from seedbed.errors import InputError, MissingExtra
from seedbed.seeds.tables import read_table

Write = Callable[[str, str | bytes], Path]


def cells(path: Path, **options: str) -> list[dict[str, object]]:
    return [dict(row.cells) for row in read_table(path, **options).rows]  # type: ignore[arg-type]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_even_where_cells_hold_the_others(file: Write, delimiter: str) -> None:
    others = "".join(mark for mark in ",;|" if mark != delimiter)
    text = delimiter.join(["id", "topic", "question"]) + f'\na{delimiter}Travel{delimiter}"Why {others} so?"\n'
    assert cells(file("q.csv", text)) == [{"id": "a", "topic": "Travel", "question": f"Why {others} so?"}]


def test_a_column_named_by_hand_helps_to_find_the_delimiter(file: Write) -> None:
    path = file("q.csv", "Fala;Nota, breve\nPor quê?;x\n")
    assert read_table(path, given={"question": "Fala"}).columns == ("Fala", "Nota, breve")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_understood_and_taken_off(file: Write, encoding: str) -> None:
    path = file("q.csv", "question\nComo é?\n".encode(encoding))
    assert cells(path) == [{"question": "Como é?"}]


def test_line_numbers_count_lines_not_rows(file: Write) -> None:
    path = file("q.csv", 'question\n"one\ntwo"\n\nthree\n')
    assert [row.number for row in read_table(path).rows] == [2, 5]


def test_a_separator_line_of_a_spreadsheet_is_read_and_counted(file: Write) -> None:
    path = file("q.csv", "sep=;\r\nquestion;topic\r\nWhy?;Travel\r\n")
    assert [(row.number, dict(row.cells)) for row in read_table(path).rows] == [
        (3, {"question": "Why?", "topic": "Travel"})
    ]


def test_a_row_with_too_many_cells_is_a_fault_of_that_row(file: Write) -> None:
    rows = read_table(file("q.csv", "id,question\na,Why, though?\nb,How?\n")).rows
    assert "3 cells and the header 2" in rows[0].fault
    assert not rows[1].fault


def test_a_short_row_has_empty_cells(file: Write) -> None:
    assert cells(file("q.csv", "question,topic,note\nWhy?\n")) == [{"question": "Why?", "topic": "", "note": ""}]


def test_a_quote_that_never_closes_is_refused_with_the_line_it_starts_at(file: Write) -> None:
    with pytest.raises(InputError, match=r"q\.csv: the row that starts at line 3 is not CSV"):
        read_table(file("q.csv", 'question\nfine\n"never closed\nmore\n'))


def test_bytes_of_another_encoding_are_refused_with_line_and_byte(file: Write) -> None:
    path = file("q.csv", "question\nok\nComo é?\n".encode("cp1252"))
    with pytest.raises(InputError, match=r"line 3: byte 0xe9 at position 17 is not utf-8") as caught:
        read_table(path)
    assert "--encoding cp1252" in caught.value.hint
    assert cells(path, encoding="cp1252")[1] == {"question": "Como é?"}


def test_the_byte_position_counts_the_byte_order_mark(file: Write) -> None:
    with pytest.raises(InputError, match="line 2: byte 0xff at position 12 "):
        read_table(file("q.csv", b"\xef\xbb\xbfquestion\n\xff\n"))


def test_an_unknown_encoding_is_an_input_error(file: Write) -> None:
    with pytest.raises(InputError, match="no encoding called 'klingon'"):
        read_table(file("q.csv", "question\n"), encoding="klingon")


def test_nul_bytes_are_refused_with_their_line(file: Write) -> None:
    with pytest.raises(InputError, match=r"q\.csv: line 3: the file holds NUL bytes"):
        read_table(file("q.csv", "question\nok\nno\0\n"))


def test_jsonl_keeps_lists_and_counts_lines(file: Write) -> None:
    path = file(
        "q.jsonl", '{"question": "Why?", "author": ["ana", "bo"]}\n\n{"question": "How\u2028so?", "topic": 3}\n'
    )
    table = read_table(path)
    assert table.columns == ("question", "author", "topic")
    assert [row.number for row in table.rows] == [1, 3]
    assert table.rows[0].cells["author"] == ["ana", "bo"]
    assert table.rows[1].cells["question"] == "How\u2028so?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"question": "Why?"}\n{"question": \n', "line 2 is not valid JSON"),
        ('{"question": "Why?"}\n["no"]\n', "line 2 is a list, not an object"),
        ("[" * 100_000, "line 1 is not valid JSON"),
    ],
)
def test_bad_jsonl_names_its_line(file: Write, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_table(file("q.jsonl", text))


def test_a_json_list_of_objects_is_read(file: Write) -> None:
    assert cells(file("q.json", '[{"question": "Why?"}]')) == [{"question": "Why?"}]
    with pytest.raises(InputError, match="line 2 is not valid JSON"):
        read_table(file("bad.json", '[\n{"question" "Why?"}]'))
    with pytest.raises(InputError, match="not a list of objects"):
        read_table(file("one.json", '{"question": "Why?"}'))


def test_parquet_is_read_and_counted_in_rows(tmp_path: Path) -> None:
    pl = pytest.importorskip("polars")
    path = tmp_path / "q.parquet"
    pl.DataFrame({"question": ["Why?", None], "author": [["ana"], []]}).write_parquet(path)
    table = read_table(path)
    assert table.unit == "row"
    assert [(row.number, row.cells["question"]) for row in table.rows] == [(1, "Why?"), (2, None)]


def test_a_file_that_is_no_parquet_is_an_input_error(file: Write) -> None:
    pytest.importorskip("polars")
    with pytest.raises(InputError, match="no Parquet file"):
        read_table(file("q.parquet", b"not parquet"))


def test_parquet_without_polars_names_what_to_install(file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingExtra) as caught:
        read_table(file("q.parquet", b""))
    assert caught.value.hint == "pip install 'seedbed[tables]'"


def test_a_spreadsheets_text_export_is_a_table(file: Write) -> None:
    path = file("q.txt", "Topic\tQuestion type\tQuestion\nTravel\tgiving advice\tWhere to?\n".encode("utf-16"))
    assert cells(path) == [{"Topic": "Travel", "Question type": "giving advice", "Question": "Where to?"}]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("q.xlsx", b"PK", "not read"), ("q.csv", b"  \n", "is empty"), ("q", b"question\n", "not read")],
)
def test_other_files_are_refused(file: Write, name: str, content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_table(file(name, content))


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(InputError, match="Cannot read"):
        read_table(_directory(tmp_path / "folder.csv"))


def _directory(path: Path) -> Path:
    path.mkdir()
    return path
