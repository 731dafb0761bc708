from __future__ import annotations

import pytest

from seedbed.seeds.notes import read_notes


def rows(text: str, reading: str = "auto") -> list[tuple[str, str, str]]:
    notes, _ = read_notes(text, reading)  # type: ignore[arg-type]
    return [tuple(note.cells().values()) for note in notes]  # type: ignore[misc]


def test_one_note_a_line_with_bullets_and_numbers_taken_off() -> None:
    text = "- Why is the sky blue?\n• How far is it?\n3) Where to go?\n2024 was hot, was it not?\n"
    assert [question for _, _, question in rows(text)] == [
        "Why is the sky blue?", "How far is it?", "Where to go?", "2024 was hot, was it not?",
    ]  # fmt: skip


def test_blocks_are_joined_where_line_breaks_fall_inside_sentences() -> None:
    text = "I have a thousand dollars\nand two weeks. Where\nshould I go?\n\nIs it safe to\ndrink the water?\n"
    assert [question for _, _, question in rows(text)] == [
        "I have a thousand dollars and two weeks. Where should I go?",
        "Is it safe to drink the water?",
    ]


def test_blank_lines_between_whole_lines_are_only_space() -> None:
    text = "Why is it so?\nHow can it be?\n\nWho says that?\n"
    assert len(rows(text)) == 3
    assert len(rows(text, "blocks")) == 2


@pytest.mark.parametrize("mark", ["|", "\t", " | "])
def test_topic_and_type_stand_before_the_question(mark: str) -> None:
    text = f"Travel{mark}giving advice{mark}Where to go?\nHealth{mark}Is it safe?\nAlone?\n"
    assert rows(text) == [
        ("Travel", "giving advice", "Where to go?"),
        ("Health", "", "Is it safe?"),
        ("", "", "Alone?"),
    ]


def test_a_bar_inside_the_question_stays_there() -> None:
    assert rows("Travel | giving advice | A | B, which one?") == [("Travel", "giving advice", "A | B, which one?")]


def test_a_header_is_no_note() -> None:
    assert rows("Topic | Type | Question\nTravel | giving advice | Where to go?") == [
        ("Travel", "giving advice", "Where to go?")
    ]


def test_the_reading_is_said_and_line_numbers_are_kept() -> None:
    notes, remark = read_notes("One?\n\nTwo?\n")
    assert [note.line for note in notes] == [1, 3]
    assert "one note a line: 2 notes" in remark
    assert "part the notes by blank lines" in remark
