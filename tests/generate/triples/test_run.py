"""Whole runs of stage 2 through the mock endpoint: targets beyond the number of questions, a judge, judging anew."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows, read_run
from seedbed.errors import InputError
from seedbed.generate import Roles, RunSummary, conduct
from seedbed.generate.settings import GenerateSettings, TripleGates, TripleSettings
from seedbed.generate.triples.run import prepare_triples
from seedbed.records import Row, State
from seedbed.testing import MockEndpoint
from tests.generate.made import PAIR, PROMPT, TAXONOMY, WORD_GATES
from tests.studies import copy_of

PROMPTS = [("q1", PROMPT), ("q2", "Can a blind person lead a team and why?"), ("q3", "Should mothers work less?")]
ORDER = (*WORD_GATES[:6], "identity", *WORD_GATES[6:], "near-duplicate")


class Given:
    """An inspector that may not judge."""

    def score(self, prompt: str, response: str, value: str | None = None) -> float:
        return len(response) / 1000

    def may_judge(self, value: str | None = None) -> tuple[bool, str]:
        return False, "it was not tested"


@pytest.fixture
def study(curated: Path, tmp_path: Path) -> Path:
    return copy_of(curated, tmp_path / "study")


def make(
    study: Path, mock: MockEndpoint, order: tuple[str, ...] = ORDER, *, judged: bool = False, rejudge: bool = False,
    more: dict[str, Any] | None = None, **triples: Any,
) -> RunSummary:  # fmt: skip
    given = {"style": "schema", "examples": 1, **triples}
    settings = GenerateSettings(triples=TripleSettings(gates=TripleGates(order=order), **given), lanes=4)
    roles = Roles(mock.settings(), mock.settings(model="other") if judged else None)
    folder = Study.open(study).folder
    prepared = prepare_triples(folder, settings, roles, TAXONOMY, pairs=[PAIR], prompts=PROMPTS, **(more or {}))
    return conduct(folder, prepared, rejudge=rejudge)


def rows(study: Path) -> list[Row]:
    return list(read_rows(study / "runs" / "triples"))


def told(study: Path) -> list[Any]:
    return [(row.verdict, row.ask) for row in rows(study)]


def test_each_question_is_answered_several_times_and_never_in_the_same_way(study: Path) -> None:
    with MockEndpoint() as mock:
        summary = make(study, mock, target=12)
    kept = [row for row in rows(study) if row.kept]
    assert summary.kept - summary.over_target == 12
    per = Counter(row.verdict.notes["cell"] for row in kept if not row.verdict.notes.get("over_target"))
    assert per == {"q1": 4, "q2": 4, "q3": 4}
    assert len({row.verdict.text for row in kept}) == len(kept)
    assert len({row.ask.seed for row in rows(study)}) == len(rows(study))
    assert all(row.verdict.fields["prompt"] == dict(PROMPTS)[str(row.ask.prompt_id)] for row in kept)


def test_a_judge_is_part_of_the_run_and_its_verdicts_stand_in_the_journal(study: Path) -> None:
    order = (*ORDER, "fails-value", "critique-true", "honours-value")
    with MockEndpoint() as mock:
        first = make(study, mock, order, judged=True, candidates=30)
        calls = mock.stats()["requests"]
        record = read_run(study / "runs" / "triples")
        assert record.ask["judge"] == {
            "model": "other", "prompt_version": "triple-judge/1", "style": "schema", "max_tokens": 400,
        }  # fmt: skip
        assert record.verdict["judge_calibrated"] is False
        assert calls >= 3 * 25  # a triple, its responses, its critique
        assert {"fails-value", "honours-value"} <= set(first.reasons)
        before = told(study)
        # other gates, and the same again: no call, and the same verdicts to the last word
        make(study, mock, ORDER, judged=True, candidates=30, rejudge=True)
        assert told(study) != before
        make(study, mock, order, judged=True, candidates=30, rejudge=True)
        assert told(study) == before
        assert mock.stats()["requests"] == calls
        with pytest.raises(InputError, match="judge"):
            make(study, mock, order, candidates=30)
    judged = [row.verdict for row in rows(study) if row.verdict.state is not State.FAILED and row.verdict.text]
    assert all(verdict.notes["judge"]["calibrated"] is False for verdict in judged)
    shown = Counter(verdict.notes["judge"]["misaligned"]["fairness"]["shown"] for verdict in judged)
    assert min(shown["A"], shown["B"]) > 5


def test_another_inspector_is_a_reason_to_judge_anew(study: Path) -> None:
    with MockEndpoint() as mock:
        make(study, mock, candidates=4)
        calls = mock.stats()["requests"]
        with pytest.raises(InputError, match="inspector was null, is"):
            make(study, mock, candidates=4, more={"inspector": Given(), "inspector_mark": "1"})
        again = make(study, mock, candidates=4, more={"inspector": Given(), "inspector_mark": "1"}, rejudge=True)
        assert mock.stats()["requests"] == calls
    assert again.generated == 4


def test_the_inspector_chooses_among_the_same_replies(study: Path) -> None:
    order = ("complete",)
    with MockEndpoint() as mock:
        make(study, mock, order, style="chat", candidates=3, best_of=4)
        plain = rows(study)
        make(study, mock, order, style="chat", candidates=3, best_of=4, more={"inspector": Given()}, rejudge=True)
    ranked = rows(study)
    assert {row.verdict.notes["ranker"] for row in plain if row.kept} == {"logprob"}
    assert {row.verdict.notes["ranker"] for row in ranked if row.kept} == {"inspector"}
    for row in ranked:
        others = [o for o in row.verdict.fields["alternatives"]["aligned"] if not o["gate"]]
        if row.kept:
            assert all(len(o["text"]) <= len(row.verdict.fields["aligned"]) for o in others)


def test_a_share_of_sound_asks_is_said_in_the_run_and_in_its_rows(study: Path) -> None:
    with MockEndpoint(keep=True) as mock:
        make(study, mock, candidates=24, identity_share=0.5)
        wanted = sum("leave good responses alone" in str(body) for body, _ in mock.received)
    assert read_run(study / "runs" / "triples").ask["identity_share"] == 0.5
    asked = [row for row in rows(study) if row.verdict.notes.get("identity_requested")]
    assert 0 < len(asked) < 24
    assert wanted >= len(asked)


def test_nothing_to_show_or_to_answer_is_said(study: Path) -> None:
    folder, roles = Study.open(study).folder, Roles(None)
    with pytest.raises(InputError, match="No seed pairs for Fairness and Safety"):
        prepare_triples(
            folder, GenerateSettings(triples=TripleSettings(values=("fairness", "safety"))), roles, TAXONOMY,
            pairs=[], prompts=PROMPTS,
        )  # fmt: skip
    with pytest.raises(InputError, match="no kept questions"):
        prepare_triples(folder, GenerateSettings(), roles, TAXONOMY, pairs=[PAIR], prompts=[])
