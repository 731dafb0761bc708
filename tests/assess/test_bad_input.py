"""Rows as nobody would wish them: every number is a value or has a reason, and none is NaN."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from seedbed.assess import Assessment, AssessSettings, assess, load
from seedbed.measures.definition import NotApplicable, Value
from seedbed.records import Ask, State, Verdict
from seedbed.study import Folder
from tests.assess.demo import new_study, write_run
from tests.assess.parts import BagOfWords, NoParser

FEW = AssessSettings(draws=100, samples=3)


class Broken(BagOfWords):
    """An embedder that has no vector for some texts."""

    fingerprint = "broken 256"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        made = super().encode(texts)
        made[[text.startswith("Who") for text in texts]] = np.nan
        return made


def rows(texts: list[str], *, per_prompt: int = 1, **label: Any) -> list[tuple[Ask, Verdict]]:
    given: dict[str, Any] = {"topic": "travel", "question_type": "giving-advice", **label}
    asks = [
        Ask(f"a{first:07d}", first, min(per_prompt, len(texts) - first), **given)
        for first in range(0, len(texts), per_prompt)
    ]
    return [(asks[slot // per_prompt], Verdict(slot, State.KEPT, text=text)) for slot, text in enumerate(texts)]


CASES: dict[str, list[tuple[Ask, Verdict]]] = {
    "none": [(Ask("a0000000", 0, 1), Verdict(0, State.FAILED, "", "no reply"))],
    "one": rows(["Where is the station?"]),
    "two of one prompt": rows(["Where is the station?", "Who knows the way to the sea?"], per_prompt=2),
    "duplicates": rows(["Where is the station in Lisbon?"] * 9, per_prompt=3),
    "empty": rows(["", "  ", "\n"]),
    "no words": rows(["???", "!!", "… …"]),
    "no labels": rows(["Where is it?", "Who is it?", "Why is it so?"], topic=None, question_type=None),
    "labels nobody knows": rows(["Where is it?", "Who is it?"], topic="the-moon", question_type="riddles"),
    "mixed languages": rows(["Wo ist der Bahnhof?", "¿Dónde está la estación?", "駅はどこですか？", "Where is it?"]),
    "half a surrogate": rows(["Where is \ud83d it?", "Who is it?"]),
}


@pytest.mark.parametrize("case", CASES)
def test_every_number_is_a_value_or_has_a_reason(case: str, tmp_path: Path) -> None:
    folder = new_study(tmp_path / "study", sample=False)
    write_run(folder, "run", [(a, dataclasses.replace(v, text=_storable(v.text))) for a, v in CASES[case]])
    found = assess(folder, FEW, embedder=Broken(), parser=NoParser())
    _sound(found, folder)
    assert found.funnels[0].slots == len(CASES[case])


def test_seeds_beside_a_run_whose_vectors_are_no_use(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "study")
    write_run(folder, "run", rows([f"Who knows what {n} costs in a shop?" for n in range(12)], per_prompt=4))
    found = assess(folder, FEW, embedder=Broken(), parser=NoParser())
    _sound(found, folder)
    figures = found.of("run/run/kept")
    assert figures is not None
    assert all(isinstance(item.value, NotApplicable) for item in figures.beside_seeds)
    assert next(one for one in figures.novelty if one.measure == "seed_cosine").curve == ()
    assert isinstance(next(one for one in figures.novelty if one.measure == "seed_rouge_l").over, Value)


def test_a_few_rows_show_how_little_they_say(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "study", sample=False)
    write_run(folder, "run", rows(["Where is the station?", "Is it far?", "Tell me the way."]))
    figures = assess(folder, FEW, embedder=BagOfWords(), parser=NoParser()).of("run/run/kept")
    assert figures is not None
    mark = figures.question_mark
    assert isinstance(mark, Value)
    assert mark.high is not None
    assert mark.low is not None
    assert mark.high - mark.low > 0.5


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _sound(found: Assessment, folder: Folder) -> None:
    for number in _numbers(found):
        if isinstance(number, Value):
            for part in (number.value, number.low, number.high):
                assert part is None or math.isfinite(part)
            assert number.low is None or number.high is None or number.low <= number.high
        else:
            assert number.reason
    assert load(folder) == found
    for line in (folder.assessment / "rows.jsonl").read_text().splitlines():
        assert json.loads(line)["is_diverse"] in ("yes", "no", "unverified")


def _numbers(data: Any) -> list[Value[float] | NotApplicable]:
    if isinstance(data, Value | NotApplicable):
        return [data]
    if dataclasses.is_dataclass(data):
        return [one for field in dataclasses.fields(data) for one in _numbers(getattr(data, field.name))]
    if isinstance(data, tuple | list):
        return [one for item in data for one in _numbers(item)]
    return []
