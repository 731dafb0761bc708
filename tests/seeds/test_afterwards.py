"""What people ask and offer afterwards, as seeds: rows that are stopped, people who leave, offers that are accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.errors import Busy
from seedbed.seeds import gather, load
from seedbed.seeds.gathering import settle
from seedbed.study import Folder
from seedbed.workshop.afterwards import Offered, record
from seedbed.workshop.afterwards.deciding import cancel_erasure, erasure, judge, offer, resume, stop
from tests.seeds.boards import ANA, BO, OLGA, Workshop, study, tell
from tests.seeds.studies import make_study

BOARD, TRIPLES = "board/A/questions", "board/A/triples"


def _written(root: Path) -> tuple[Folder, list[str]]:
    """Two rows of Ana's, the second with words of Bo's too, and one of Bo's; all are seeds."""

    async def story(shop: Workshop) -> list[str]:
        await shop.join(ANA, BO)
        ana, bo = await shop.page(ANA), await shop.page(BO)
        rows = [await shop.write(ana, question=words) for words in ("May I park here?", "Who pays?")]
        await bo.until(lambda: bo.text(f"question:{rows[1]}") == "Who pays?")
        await shop.fill(bo, rows[1], question=" And when?")
        return [*rows, await shop.write(bo, question="Is there a lift?")]

    folder, rows = study(root, story)
    gather(folder)
    return folder, rows


def _seeds(folder: Folder) -> set[str]:
    return {item.id for item in load(folder).questions}


def test_a_row_that_one_of_its_authors_stopped_is_no_seed_at_once_and_again_when_they_allow_it(tmp_path: Path) -> None:
    folder, (first, second, third) = _written(tmp_path / "pilot")
    everything = {f"A-{row}" for row in (first, second, third)}
    assert _seeds(folder) == everything
    record(folder, ANA.id, stop(ANA.id, BOARD, second))
    assert settle(folder) == (f"A-{second}",)
    assert settle(folder) == ()
    assert _seeds(folder) == everything - {f"A-{second}"}
    assert "And when" not in (folder.seeds / "questions.jsonl").read_text()
    held = gather(folder)
    assert (held.held, held.changed) == ({"taken_back": 1}, False)
    # whoever wrote nothing in a row stops nothing, whatever stands in the log
    record(folder, BO.id, stop(BO.id, BOARD, first))
    assert settle(folder) == ()
    assert not gather(folder).changed
    record(folder, ANA.id, resume(ANA.id, BOARD, second))
    assert gather(folder).added == (f"A-{second}",)
    assert _seeds(folder) == everything


def test_a_pair_that_answers_a_stopped_question_is_stopped_with_it(tmp_path: Path) -> None:
    async def story(shop: Workshop) -> tuple[str, str]:
        await shop.join(ANA, BO)
        ana = await shop.page(ANA)
        asked = await shop.write(ana, question="Ana asks this?")
        await shop.order(OLGA, "prompt.give", TRIPLES, text="Ana asks this?", source="seed",
                         **{"from": f"A-{asked}"}, topic="travel", question_type="", parents=[], run=None)  # fmt: skip
        bo = await shop.page(BO, TRIPLES)
        (row,) = bo.state["rows"]
        await shop.fill(bo, row, misaligned="No.", aligned="It depends on the town.")
        return asked, row

    folder, (asked, row) = study(tmp_path / "pilot", story)
    assert set(gather(folder).added) == {f"A-{asked}", f"t-A-{row}"}
    record(folder, ANA.id, stop(ANA.id, BOARD, asked))
    assert set(settle(folder)) == {f"A-{asked}", f"t-A-{row}"}
    assert gather(folder).held == {"taken_back": 2}
    record(folder, ANA.id, resume(ANA.id, BOARD, asked))
    assert set(gather(folder).added) == {f"A-{asked}", f"t-A-{row}"}


def test_who_asked_to_be_erased_is_in_no_seed_while_they_wait(tmp_path: Path) -> None:
    folder, (_, _, third) = _written(tmp_path / "pilot")
    record(folder, ANA.id, erasure(ANA.id))
    settle(folder)
    assert _seeds(folder) == {f"A-{third}"}
    assert gather(folder).held == {"taken_back": 2}
    record(folder, ANA.id, cancel_erasure(ANA.id))
    assert len(gather(folder).added) == 2


def test_consent_taken_back_holds_before_anybody_gathers(tmp_path: Path) -> None:
    folder, (first, second, third) = _written(tmp_path / "pilot")

    async def refuse(shop: Workshop) -> None:
        await shop.consent(BO, training=False)

    tell(folder, refuse)
    assert set(settle(folder)) == {f"A-{second}", f"A-{third}"}
    assert _seeds(folder) == {f"A-{first}"}
    assert not gather(folder).withdrawn  # the same, and nothing more
    assert _seeds(folder) == {f"A-{first}"}


def test_settling_and_gathering_find_the_same_of_offers(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "pilot")
    for number in range(4):
        said = Offered("question", f"Question {number}?", topic="travel", question_type="giving advice")
        record(folder, "p_ana", offer("p_ana", f"key-{number:05}", f"o{number}", said))
        record(folder, "a_cui", judge(f"o{number}", "accepted"))
    said = Offered("triple", "Who decides?", "He.", "", "She and he.", value="fairness; nothing known")
    record(folder, "p_bo", offer("p_bo", "key-triple", "o4", said))
    record(folder, "a_cui", judge("o4", "accepted"))
    assert gather(folder).added == ("offer-o0", "offer-o1", "offer-o2", "offer-o3", "offer-o4")
    (pair,) = load(folder).triples
    assert (pair.values, pair.values_raw, pair.authors, pair.source) == (
        ("fairness",), ("fairness", "nothing known"), ("p_bo",), "afterwards",
    )  # fmt: skip
    question = load(folder).question("offer-o0")
    assert (question.topic, question.question_type, question.topic_raw) == ("travel", "giving-advice", "travel")
    assert not gather(folder).changed
    record(folder, "a_cui", judge("o1", "open"))
    assert settle(folder) == ("offer-o1",)
    assert gather(folder).withdrawn == ()
    record(folder, "a_cui", judge("o1", "accepted"))
    assert gather(folder).added == ("offer-o1",)
    assert load(folder).renewed == {}  # nobody was erased


def test_nothing_is_settled_while_somebody_else_writes(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "pilot")
    record(folder, "p_ana", offer("p_ana", "key-00001", "aaaa", Offered("question", "May I?")))
    record(folder, "a_cui", judge("aaaa", "accepted"))
    with folder.writing(), pytest.raises(Busy):
        settle(folder)
    assert settle(folder) == ("offer-aaaa",)
