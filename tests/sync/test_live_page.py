"""docs/live.md names every frame and every code of a refusal, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from seedbed.server.live.frames import Down, Up
from seedbed.sync import Refused
from seedbed.sync.encoding import REFUSALS

PAGE = (Path(__file__).parents[2] / "docs" / "live.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    assert found is not None, title
    return found[1]


def test_the_frames_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| (\d+) \| ([A-Z0-9]+) \|", section("The frames"), re.M)
    assert [(int(number), name) for number, name in rows] == [(kind.value, kind.name) for kind in (*Up, *Down)]


def test_the_reasons_to_refuse_an_update_are_those_of_the_code() -> None:
    table = re.findall(r"^\| (`.*?`) \|", section("What the reader of updates refuses"), re.M)
    named = {code for cell in table for code in re.findall(r"`(\w+)`", cell)}
    # the one that a room adds to the reader's own, for only it knows which pages are open
    assert named == {*REFUSALS, "client_live_elsewhere"}


def test_every_refusal_has_a_sentence_for_people() -> None:
    assert all(str(Refused(code)) != code for code in REFUSALS)
