"""What an assessment names is drawn, also where this page was not written for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from seedbed.measures.definition import NotApplicable, Value
from seedbed.report.examples import LONGEST, _cut
from seedbed.report.further import named_numbers, words_of
from seedbed.study import Folder
from tests.report.conftest import read
from tests.report.parsed import parse


@dataclass(frozen=True, slots=True)
class Part:
    sensible: Value[float]
    coherence: Value[float] | NotApplicable


@dataclass(frozen=True, slots=True)
class Figures:
    key: str
    sensibility: Part
    seen: Value[float]


def test_numbers_are_found_by_their_place() -> None:
    figures = Figures("k", Part(Value(0.5), NotApplicable("no text")), Value(1.0))
    assert [name for name, _ in named_numbers(figures)] == ["sensibility.sensible", "sensibility.coherence", "seen"]


def test_a_measure_has_the_catalogues_words_or_its_own_name() -> None:
    name, note = words_of("coherence")
    assert name.startswith("Absence of signs")
    assert "higher is better" in note
    assert words_of("never_heard_of", "whole") == ("Never heard of", "of the whole set")


def test_measures_and_verdicts_of_tomorrow_are_drawn(copied: Callable[[], Folder]) -> None:
    folder = copied()
    path = folder.assessment / "assessment.json"
    found = json.loads(path.read_text())
    value = {"value": 0.4321, "low": 0.4, "high": 0.5, "n": 9, "unit": "", "note": "a note of it"}
    verdict = {"dimension": "kindness", "yes": 3, "no": 1, "unverified": 0, "share": value, "reasons": []}
    for one in found["questions"]:
        one["diversity"].append({"measure": "odd_one", "sample": "equal texts", "value": value})
        one["beside_seeds"].append({"measure": "odd_place", "sample": "whole", "value": value})
        one["verdicts"].append(verdict)
    for one in found["responses"]:
        one["verdicts"].append(verdict)
        one["aligned_diversity"].append({"measure": "odd_answer", "sample": "whole", "value": value})
    path.write_text(json.dumps(found))
    section = parse(read(folder)).by_id("dimensions")
    rows = {head.text: row.text for row in section.find("tr") if (head := next(row.find("th"), None)) is not None}
    told = " ".join(rows)
    for name in ("Odd one", "Odd place", "Odd answer", "Kindness"):
        assert name in told
    assert rows["Odd one"].count("0.43") == rows["Odd one"].count("0.40 to 0.50") >= 4
    assert sum(name.startswith("Kindness") for name in rows) == 1
    assert section.text.count("3 of 4 = 75.0") >= 8


def test_a_long_text_says_how_much_was_cut() -> None:
    text = "word " * 600
    told = _cut(text)
    assert told.startswith("word word")
    assert f"[cut here: {len(text.strip()) - LONGEST:,} more characters stand in the run]" in told
    assert _cut("One.\n\n\n\n  Two   words.") == "One.\n\nTwo words."
