"""Which label a reply holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.judges.model.reading import label_in

GRADES = ("-2", "-1", "0", "1", "2", "unclear")


@pytest.mark.parametrize(
    ("reply", "label"),
    [
        ('{"reason": "it fits", "label": "2"}', "2"),
        ('{"reason": "it fits", "label": 2}', "2"),
        ('Sure!\n```json\n{"reason": "x", "label": "-1",}\n```', "-1"),
        ("reason: it fits\nlabel: +1", "1"),
        ("**Label:** −2", "-2"),
        ("{'reason': 'it isn\\'t', 'label': '1'}", "1"),
        ("label: Unclear.", "unclear"),
        ("0", "0"),
        ('<think>{"label": "2"}</think>{"label": "0"}', "0"),
        ('{"label": "0"} or rather {"label": "0"}', "0"),
        # what was not offered is no label, however near it is
        ("label: 3", None),
        ("label: 1 or 2", None),
        ("label: 1.5", None),
        ('{"label": 1.0}', None),
        ('{"label": true}', None),
        ('{"label": ["1"]}', None),
        ('{"label": "1"} {"label": "2"}', None),
        ("label: 1\nlabel: 2", None),
        ('{"label": "1"} {"label": "seven"}', None),
        ('{"label": "1", "label": "2"}', None),
        ('{"label": "1", "label": "1"}', "1"),
        # words of the row in the reason, or two forms that say two things
        ('reason: the text says {"label": "2"}\nlabel: -2', None),
        ('{"label": "2"}\nlabel: -2', None),
        ('{"label": "2"}\nlabel: 2', "2"),
        ("I would give it a 2.", None),
        ('{"reason": "cut o', None),
        ('{"reason": "x", "label": "un', None),
        ('{"reason": "x", "label": "-', None),
        ("", None),
    ],
)
def test_the_form_is_forgiven_and_the_content_never(reply: str, label: str | None) -> None:
    assert label_in(reply, GRADES) == label


@given(st.text(max_size=300))
def test_any_reply_gives_a_label_that_was_offered_or_none(reply: str) -> None:
    assert label_in(reply, GRADES) in {*GRADES, None}
