"""From labels to one judgement a row and part."""

from __future__ import annotations

from typing import Any

import pytest

from seedbed.engine import RunRecord
from seedbed.judges.model import Judgement
from seedbed.judges.model.folding import judgements_of
from seedbed.judges.model.stage import OUT_OF_LABEL
from seedbed.judges.model.store import Listed


def _fold(judge: str, labels: dict[str, str], samples: int = 1) -> dict[str, Judgement]:
    ask: dict[str, Any] = {
        "judge": judge, "samples": samples, "temperature": 0.7 if samples > 1 else 0.0, "max_tokens": 200,
        "by": "me", "model": "m", "prompt_version": "v",
    }  # fmt: skip
    kind: Any = "triple" if judge in ("grading", "alignment") else "question"
    row = Listed("r", kind, (), {}, "")
    found = judgements_of(
        RunRecord("j", "judging", ask, {}), [row], {f"r#{view}": said for view, said in labels.items()}
    )
    return {one.part: one for one in found}


@pytest.mark.parametrize(
    ("first", "second", "says", "why"),
    [
        # A is the misaligned one in the first order and the aligned one in the second
        ("B", "A", 1, ""),
        ("A", "B", -1, ""),
        ("same", "same", 0, ""),
        ("A", "A", None, "orders disagree"),  # it takes whatever stands first
        ("B", "B", None, "orders disagree"),
        ("B", "same", None, "orders disagree"),
        ("B", "unclear", None, "unclear"),
        ("B", OUT_OF_LABEL, None, "out of label"),
        ("unclear", OUT_OF_LABEL, None, "out of label"),
        ("failed", "A", None, "failed"),
    ],
)
def test_a_pair_has_a_verdict_where_both_orders_give_it(first: str, second: str, says: int | None, why: str) -> None:
    found = _fold("alignment", {"misaligned first/0": first, "aligned first/0": second})
    assert (found["aligned"].says, found["aligned"].why) == (says, why)
    mirrored = None if says is None else -says
    assert (found["misaligned"].says, found["misaligned"].why) == (mirrored, why)


def test_a_row_with_a_reply_missing_is_not_judged_yet() -> None:
    assert not _fold("alignment", {"misaligned first/0": "B"})
    assert not _fold("grading", {"misaligned/0": "-2"})
    both = _fold("grading", {"misaligned/0": "-2", "aligned/0": OUT_OF_LABEL})
    assert both["misaligned"].says == -2
    assert (both["aligned"].says, both["aligned"].why) == (None, "out of label")


@pytest.mark.parametrize(
    ("labels", "says", "why"),
    [
        (["1", "4", "5"], 4, ""),
        (["4", "5", OUT_OF_LABEL], 4, ""),
        (["2", OUT_OF_LABEL, OUT_OF_LABEL], None, "out of label"),
        (["2", "5", OUT_OF_LABEL, "unclear"], None, "out of label"),  # half is not more than half
        (["unclear", "unclear", "5"], None, "unclear"),
    ],
)
def test_of_samples_the_middle_label_stands(labels: list[str], says: int | None, why: str) -> None:
    found = _fold("relevance", {str(at): label for at, label in enumerate(labels)}, len(labels))[""]
    assert (found.says, found.why) == (says, why)
    assert sum(found.shares.values()) == pytest.approx(1)
    assert found.shares.get("5", 0) == labels.count("5") / len(labels)


def test_of_pairs_more_than_half_of_the_samples_must_agree() -> None:
    def fold(*samples: str) -> Judgement:
        labels: dict[str, str] = {}
        for at, both in enumerate(samples):
            labels |= {f"misaligned first/{at}": both[0], f"aligned first/{at}": both[1]}
        return _fold("alignment", labels, len(samples))["aligned"]

    assert fold("BA", "BA", "AA").says == 1
    split = fold("BA", "AB", "BA", "AB")
    assert (split.says, split.why) == (None, "samples disagree")
    assert fold("BA", "AA", "AA").why == "orders disagree"
