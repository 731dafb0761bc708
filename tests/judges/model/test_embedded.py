"""The embedded model as a judge: it runs. What it says is worth what calibration finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.judges.model import JudgeSpec, judge, read_judgements
from tests.judges.model.made import study, triples


@pytest.mark.model
def test_the_embedded_model_judges_on_this_machine(tmp_path: Path) -> None:
    folder = study(tmp_path)
    found = judge(folder, JudgeSpec("alignment", max_tokens=32), triples(1))
    assert found.model.startswith("SmolLM2")
    assert found.complete
    assert (found.questions, found.calls) == (2, 2)
    assert len(read_judgements(folder)) == 2
    assert sum(found.said.values()) + sum(found.without.values()) == 1
