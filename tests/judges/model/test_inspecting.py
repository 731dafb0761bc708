"""The inspector held against people like any other judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.judges import train
from seedbed.judges.calibrating import calibrate
from seedbed.judges.model import JudgedRow, inspected
from seedbed.judges.store import load
from tests.judges.calibrating.made import graded
from tests.judges.made import WordEmbedder, folder_at, ids, pairs


@pytest.fixture(scope="module")
def rows() -> list[JudgedRow]:
    return [
        JudgedRow(
            f"run.{at:04d}", "triple",
            {"prompt": pair.prompt, "misaligned": pair.misaligned, "critique": "", "aligned": pair.aligned},
            values=("fairness",), written_by="m", cluster=pair.id,
        )
        for at, pair in enumerate(pairs(150, signal=6, seed=9))
    ]  # fmt: skip


def test_it_is_calibrated_on_rows_that_it_never_saw(tmp_path: Path, rows: list[JudgedRow]) -> None:
    folder, made = folder_at(tmp_path), pairs(60, signal=6)
    train(folder, made, included=ids(made), embedder=WordEmbedder(), draws=20)
    inspector = load(folder, WordEmbedder())
    assert inspector is not None
    judged = list(inspected(inspector, rows))
    assert len(judged) == 300
    ratings = [one for row in rows for one in graded(row.id, -2, 2)]
    by = judged[0].by
    found = calibrate(judged, ratings, draws=200)
    honours = found.of(by, "honours", "value", "fairness")
    assert honours is not None
    assert honours.rows == 150
    assert honours.figures["kappa"].value > 0.6  # type: ignore[union-attr]
    seen = [JudgedRow(made[0].id, "triple", rows[0].texts, values=("fairness",))]
    others = [JudgedRow("x", "triple", rows[0].texts, values=("fairness",), language="pt-BR")]
    bare = [JudgedRow("y", "triple", rows[0].texts), JudgedRow("z", "question", {"text": "Why?"})]
    assert list(inspected(inspector, [*seen, *others, *bare])) == []
