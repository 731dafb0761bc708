"""What the command prints of a training."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from seedbed.cli.judges import show
from seedbed.judges import train
from tests.judges.made import WordEmbedder, folder_at, ids, pairs


@pytest.mark.parametrize(("count", "signal", "may"), [(120, 5, "judges"), (30, 5, "ranks"), (120, 1, "ranks")])
def test_the_table_says_what_each_value_may_do_and_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, signal: int, may: str
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    made = pairs(count, signal=signal)
    report = train(folder_at(tmp_path), made, included=ids(made), embedder=WordEmbedder(), draws=100)
    err = io.StringIO()
    with redirect_stderr(err):
        show(report)
    lines = err.getvalue().splitlines()
    (row,) = [line for line in lines if line.startswith("fairness")]
    assert row.split()[1] == str(count)
    assert row.split()[-1] == may
    assert any("labels shuffled 200 times" in line for line in lines)
    reasons = [line for line in lines if line.startswith("  fairness: ranks only")]
    assert bool(reasons) == (may == "ranks")
    if count < 100:
        assert "At least 70 more pairs are needed." in reasons[0]
    elif reasons:
        assert "100 is the least" not in reasons[0]
        assert "agreement with people" in reasons[0]
