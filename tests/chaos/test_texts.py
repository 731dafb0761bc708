"""Each fault of the text, in every reply: what can be read is read whole, and what cannot is never taken for a row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import EndpointError
from seedbed.testing import Fault, FaultPlan, MockEndpoint
from seedbed.testing.chaos import TEXT_FAULTS
from tests.chaos.runs import balanced, generate, kept, ledger, new_study, offered, poisoned, said_wrongly, told

COUNT = 32
ASKS = COUNT // 4
FOREIGN = ("portuguese", "chinese", "mojibake")
# The same questions in another wrapping, or with other figures beside them.
SAME = ("prose", "fence", "comma", "lines", "twice", *(kind for kind in TEXT_FAULTS if kind.startswith("usage")))


@pytest.fixture
def study(curated: Path, tmp_path: Path) -> Path:
    return new_study(curated, tmp_path / "study", attempts=2)


@pytest.fixture(scope="module")
def undisturbed(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    whole = new_study(curated, tmp_path_factory.mktemp("whole") / "study")
    with MockEndpoint() as mock:
        assert generate(whole, mock, COUNT).error is None
    return told(whole)


@pytest.mark.parametrize("fault", SAME)
def test_what_can_be_read_gives_the_same_rows(study: Path, undisturbed: list[tuple[Any, ...]], fault: str) -> None:
    with MockEndpoint(faults=FaultPlan(always={Fault.parse(fault): 1.0})) as mock:
        ended = generate(study, mock, COUNT)
    assert ended.error is None, ended.shown
    texts = [[(one[1], one[2], one[6]) for one in found] for found in (told(study), undisturbed)]
    if fault == "lines":
        # a reply that the mock itself cuts off is JSON that breaks off; in lines nothing shows where it does
        assert sum(one == other for one, other in zip(*texts, strict=True)) >= COUNT - 4
    else:
        assert texts[0] == texts[1]
    book = balanced(study, ended.summary, asks=ASKS)
    assert 0 <= book.prompt_tokens < 2**53
    assert 0 <= book.completion_tokens < 2**53


@pytest.mark.parametrize("fault", [kind for kind in TEXT_FAULTS if kind not in FOREIGN])
def test_no_kept_text_is_half_a_text_or_none(study: Path, fault: str) -> None:
    with MockEndpoint(keep=True, faults=FaultPlan(always={Fault.parse(fault): 1.0})) as mock:
        ended = generate(study, mock, COUNT)
        whole = offered(mock)
    if ended.error is None:
        balanced(study, ended.summary, asks=ASKS)
    else:  # a model that never writes what was asked for ends the session, and says what to do
        assert isinstance(ended.error, EndpointError)
        assert ended.error.hint
    assert said_wrongly([row.verdict.text for row in kept(study)], whole) == []
    assert ledger(study).most_attempts <= 2


@pytest.mark.parametrize("fault", FOREIGN)
def test_other_languages_leave_rows_that_can_be_stored_and_read(study: Path, fault: str) -> None:
    with MockEndpoint(faults=FaultPlan(always={Fault(fault): 1.0})) as mock:
        ended = generate(study, mock, COUNT)
    assert ended.error is None
    balanced(study, ended.summary, asks=ASKS)
    assert told(study) == told(study)


@pytest.mark.parametrize("fault", ["silent", "keys", "null", "single"])
def test_a_text_that_cannot_be_read_for_some_rows_fails_those_rows_alone(
    study: Path, undisturbed: list[tuple[Any, ...]], fault: str
) -> None:
    seeds = sorted({one[-1].seed for one in undisturbed})
    with MockEndpoint(keep=True, faults=poisoned(seeds[3], fault)) as mock:
        ended = generate(study, mock, COUNT)
        met = mock.stats()["faults"][fault]
    assert ended.error is None
    book = balanced(study, ended.summary, asks=ASKS)
    if book.answered < book.settled:
        assert (met, book.settled, ended.summary.failed) == (2, ASKS + 1, 4)
    else:  # it could be read after all
        assert met == 1
    assert ended.summary.generated == COUNT
