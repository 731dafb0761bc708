"""Two runs side by side, and what may be concluded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.cli.compare import compare as show
from seedbed.engine import Journal, Outcome, read_rows
from seedbed.errors import UsageError
from seedbed.measures.similarity import is_near_duplicate
from seedbed.records import Ask, Reply, State, Usage, Verdict
from seedbed.runs import Comparison, compare
from seedbed.study import Folder
from seedbed.testing import MockEndpoint
from tests.studies import configure, copy_of


@pytest.fixture
def study(grown: Path, tmp_path: Path) -> Path:
    return copy_of(grown, tmp_path / "study")


def compared(path: Path, a: str, b: str) -> Comparison:
    return compare(Folder(path), {}, a, b)


def said(found: Comparison) -> str:
    return "\n".join(found.says)


def kept(path: Path, run: str) -> list[str]:
    return [row.verdict.text for row in read_rows(path / "runs" / run) if row.kept]


def test_a_run_and_its_control(grown: Path) -> None:
    found = compared(grown, "fixed", "bare")
    assert [(changed.kind, changed.key, changed.a, changed.b) for changed in found.settings] == [
        ("ask", "with_seeds", True, False)
    ]
    assert "Only the seeds shown differ" in said(found)
    for side, run in ((found.a, "fixed"), (found.b, "bare")):
        rows = list(read_rows(grown / "runs" / run))
        assert (side.generated, side.kept) == (len(rows), sum(row.kept for row in rows))
        assert sum(side.gates.values()) + side.kept == side.generated + side.failed
        assert side.tokens_per_kept == (side.prompt_tokens + side.completion_tokens) / side.kept
        assert side.shown == {id for row in rows for id in row.ask.examples}
    assert found.difference is not None
    assert found.difference[0] == pytest.approx((found.b.kept - found.a.kept) / 120)
    assert found.first is None  # they are as long as each other
    assert (len(found.b.shown), found.shown_in_common) == (0, 0)


def test_a_run_of_another_size_is_not_simply_compared(grown: Path) -> None:
    found = compared(grown, "questions", "fixed")
    assert "They differ in size" in said(found)
    assert "can be laid on one of them alone" in said(found)
    assert found.first is not None
    first, second, _ = found.first
    rows = [row for row in read_rows(grown / "runs" / "questions") if row.verdict.state is not State.FAILED]
    assert first.of == second.of == min(found.a.generated, found.b.generated)
    assert first.count == sum(row.kept for row in rows[: first.of])


def test_each_label_that_both_have(grown: Path) -> None:
    found = compared(grown, "fixed", "questions")
    sides = [list(read_rows(grown / "runs" / run)) for run in ("fixed", "questions")]
    asked = [{row.ask.topic for row in side} for side in sides]
    assert {one.label for one in found.labels if one.kind == "topic"} == asked[0] & asked[1]
    (finance,) = [one for one in found.labels if one.label == "finance"]
    for share, side in ((finance.a, sides[0]), (finance.b, sides[1])):
        mine = [row for row in side if row.ask.topic == "finance" and row.verdict.state is not State.FAILED]
        assert (share.count, share.of) == (sum(row.kept for row in mine), len(mine))


def test_texts_in_common_are_those_that_a_brute_search_finds(study: Path) -> None:
    shutil.copytree(study / "runs" / "fixed", study / "runs" / "twin")
    record = json.loads((study / "runs" / "twin" / "run.json").read_text())
    (study / "runs" / "twin" / "run.json").write_text(json.dumps({**record, "name": "twin"}))
    found = compared(study, "fixed", "twin")
    assert "Nothing that is recorded differs" in said(found)
    assert found.texts.exact == len(set(kept(study, "fixed")))
    assert found.texts.near_in_a is not None
    assert found.texts.near_in_a.value == 1
    found = compared(study, "questions", "bare")
    ours, theirs = kept(study, "questions"), kept(study, "bare")
    for share, some, others in ((found.texts.near_in_b, ours, theirs), (found.texts.near_in_a, theirs, ours)):
        assert share is not None
        assert share.of == len(some)
        assert share.count == sum(any(is_near_duplicate(text, other) for other in others) for text in some)


def test_other_gates_are_named_with_both_values(study: Path) -> None:
    configure(study, "min_words", "9", section="generate.questions.gates")
    with MockEndpoint() as mock:
        Study.open(study).generate(endpoint=mock.settings(), candidates=120, run="strict")
    found = compared(study, "fixed", "strict")
    assert [(one.kind, one.key, one.a, one.b) for one in found.settings] == [("verdict", "min_words", 6, 9)]
    assert "Their gates differ" in said(found)


def test_gates_that_judged_anew_are_those_that_count(study: Path) -> None:
    shutil.copytree(study / "runs" / "fixed", study / "runs" / "twin")
    journal = Journal(study / "runs" / "twin" / "journal.db")
    verdicts = list(journal.verdicts())
    settings = json.loads((study / "runs" / "fixed" / "run.json").read_text())["verdict"]
    journal.judge_anew({**settings, "min_words": 3})
    journal.commit([], verdicts)
    journal.close()
    found = compared(study, "fixed", "twin")
    assert [(one.kind, one.key, one.a, one.b) for one in found.settings] == [("verdict", "min_words", 6, 3)]


def test_rows_of_one_request_that_are_alike_widen_the_interval(study: Path) -> None:
    path = study / "runs" / "fixed" / "journal.db"
    path.unlink()
    journal = Journal(path)
    for ask in range(60):
        outcome = Outcome(Ask(f"a{ask}", 4 * ask, 4, topic="finance"), 1, Reply({}, Usage(10, 10)))
        state = State.KEPT if ask % 2 else State.REJECTED
        journal.commit(
            [outcome], [(Verdict(slot, state, "" if ask % 2 else "length", text=f"row {slot}"), None)
                        for slot in outcome.ask.slots]
        )  # fmt: skip
    journal.close()
    found = compared(study, "fixed", "bare")
    assert found.a.design_effect == pytest.approx(4, abs=0.1)  # four rows of a request say what one does
    assert "2.0 times as wide" in said(found)


def test_what_cannot_be_compared_is_refused(study: Path) -> None:
    (study / "in.csv").write_text("question\nWhy is the sky blue?\n")
    Study.open(study).import_files([study / "in.csv"], origin="synthetic", run="elsewhere")  # type: ignore[arg-type]
    for pair, words in (
        (("fixed", "fixed"), "another one"),
        (("fixed", "nothing"), "No run 'nothing'"),
        (("fixed", "elsewhere"), "imported rows"),
        (("fixed", "a/b"), "cannot name a run"),
    ):
        with pytest.raises(UsageError, match=words) as caught:
            compared(study, *pair)
        assert caught.value.hint


def test_what_the_command_prints(grown: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(grown, "fixed", "questions")
    told = capsys.readouterr().err
    assert told.index("not the quality of the rows") < told.index("candidates  ")  # what it means stands first
    for words in ("candidates", "kept of the first", "tokens a kept row", "unknown", "seeds were shown in both"):
        assert words in told
    show(grown, "fixed", "questions", as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == 1
    assert found["a"]["shown"] == 33
    assert found["difference"][1] < found["difference"][0] < found["difference"][2]
