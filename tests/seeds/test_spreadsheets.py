"""What a spreadsheet is kept from evaluating, and how it is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.seeds.spreadsheets import defused, undefused


@pytest.mark.parametrize("text", ["=1+1", "-2", "+55", "@SUM(A1)", "  =1", "\t=1", "\nplain", "＝1", "'=1", "''-1"])
def test_what_would_be_evaluated_begins_with_an_apostrophe(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "'quoted", "1 = 1", "'", "e\u0301"])
def test_any_other_text_stays(text: str) -> None:
    assert defused(text) == text


@given(st.text(alphabet="'=-+@＝ \t\n\ra1", max_size=8))
def test_each_is_read_back_as_it_was(text: str) -> None:
    assert undefused(defused(text)) == text
