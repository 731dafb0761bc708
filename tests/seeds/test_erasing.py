"""Erasing a person from seeds: their words are in no file of the study, and everyone else's seeds stay."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from seedbed.errors import Busy
from seedbed.records import Question, Triple
from seedbed.seeds import gather, load
from seedbed.seeds.codec import encode
from seedbed.seeds.erasing import erase
from seedbed.seeds.record import write_record
from seedbed.study import Folder, hold
from seedbed.study.events import EventStore
from tests.seeds.boards import ANA, BO, CLO, OLGA, Workshop, study, tell
from tests.workshop.test_erasing import held_in

SECRET = "My sister Ünal lives at 5 Elm Street 😀"
TRIPLES = "board/A/triples"


def _erase(folder: Folder, person: str) -> None:
    with EventStore.of(folder) as store:
        erase(store, person, folder)


async def _together(shop: Workshop) -> tuple[str, str, str, str]:
    await shop.join(ANA, BO, CLO, demographics=True)
    await shop.order(ANA, "profile.set", person=ANA.id, position=f"Position of {SECRET}", background="", place="",
                     positionality="")  # fmt: skip
    ana, bo = await shop.page(ANA), await shop.page(BO)
    # Bo is the first author by characters, and the words hold Ana's all the same
    both = await shop.write(bo, question="Bo asks at length who of us may decide such a thing, and why. ")
    await ana.until(lambda: len(ana.text(f"question:{both}")) > 60)
    await shop.fill(ana, both, question=f"And {SECRET}")
    own = await shop.write(ana, question=f"Ana alone: {SECRET}", topic="Travel")
    bo_s = await shop.write(bo, question="Bo alone asks this.")
    await shop.fill(ana, bo_s, topic=f"Topic of {SECRET}")
    page, bo_page = await shop.page(ANA, TRIPLES), await shop.page(BO, TRIPLES)
    triple = await shop.write(page, misaligned="No.", critique=f"Critique of {SECRET}")
    await bo_page.until(lambda: triple in bo_page.state["rows"] and bo_page.text(f"critique:{triple}"))
    await shop.fill(bo_page, triple, question="Who?", misaligned=" Never, says Bo.", aligned="Yes, says Bo.")
    return both, own, bo_s, triple


def test_the_words_are_in_no_file_and_everyone_elses_seeds_stay(tmp_path: Path) -> None:
    folder, (both, own, bo_s, triple) = study(tmp_path / "pilot", _together)
    gather(folder)
    for made in (folder.assessment, folder.report):  # both quote seeds
        made.mkdir()
        (made / "quotes.html").write_text(SECRET)
    assert len(held_in(folder.root, SECRET)) >= 5

    async def redact(shop: Workshop) -> None:
        await shop.home.hub.redact("pilot", ANA.id)

    tell(folder, redact)
    for words in (SECRET, "Ünal", "5 Elm Street"):
        assert held_in(folder.root, words) == []
    have = load(folder)
    assert {item.id: item.text for item in have.questions} == {f"A-{bo_s}": "Bo alone asks this."}
    assert have.question(f"A-{bo_s}").topic_raw == ""
    assert set(have.erased) == {f"A-{both}", f"A-{own}", f"t-A-{triple}"}
    done = gather(folder)
    assert set(done.added) == {f"A-{both}", f"t-A-{triple}"}  # what the others wrote stands again, without hers
    have = load(folder)
    assert have.question(f"A-{both}").authors == (BO.id,)
    assert have.question(f"A-{both}").text.startswith("Bo asks at length")
    assert have.triple(f"t-A-{triple}").critique == ""
    assert set(have.renewed) == {f"A-{both}", f"t-A-{triple}"}  # what grew from them before is not to be released
    assert held_in(folder.root, "Elm Street") == []
    assert not gather(folder).changed
    with EventStore.of(folder) as store:
        assert erase(store, ANA.id, folder).texts == 0  # done again it finds nothing
    write_record(folder, tmp_path / "record", "jsonl")
    assert held_in(tmp_path, "Elm Street") == []


def test_a_seed_that_another_group_was_given_as_its_prompt_is_gone_there_too(tmp_path: Path) -> None:
    async def begin(shop: Workshop) -> str:
        await shop.join(ANA, CLO)
        return await shop.write(await shop.page(CLO, "board/B/questions"), question=SECRET)

    folder, asked = study(tmp_path / "pilot", begin)
    gather(folder)

    async def answer(shop: Workshop) -> None:
        await shop.order(OLGA, "prompt.give", TRIPLES, text=SECRET, source="seed", **{"from": f"B-{asked}"},
                         parents=[], topic="", question_type="", run=None)  # fmt: skip
        page = await shop.page(ANA, TRIPLES)
        (row,) = page.state["rows"]
        await shop.fill(page, row, misaligned="No, says Ana.", critique="Rude.", aligned="Yes.")

    tell(folder, answer)
    gather(folder)
    _erase(folder, CLO.id)
    assert held_in(folder.root, SECRET) == []
    gather(folder)
    assert load(folder).triples == ()  # no prompt is left
    _erase(folder, ANA.id)
    assert held_in(folder.root, "says Ana") == []


def test_imported_seeds_of_several_authors_go_with_any_of_them(tmp_path: Path) -> None:
    from tests.seeds.studies import make_study

    folder = make_study(tmp_path / "pilot")
    with EventStore.of(folder) as store:
        store.append("seeds", "import", [
            encode(Question("q1", f"Of both: {SECRET}", authors=("bo", "ana"), topic_raw="Travel")),
            encode(Question("q2", "Of Bo alone", authors=("bo",))),
            encode(Triple("t1", "Of both", "No.", SECRET, "Yes.", authors=("ana", "bo"))),
        ])  # fmt: skip
    _erase(folder, "ana")
    assert held_in(folder.root, SECRET) == []
    assert [item.id for item in load(folder).questions] == ["q2"]
    assert set(load(folder).erased) == {"q1", "t1"}


def test_erasing_waits_for_a_gathering_so_that_nothing_is_written_after_it(tmp_path: Path) -> None:
    folder, _ = study(tmp_path / "pilot", _together)
    gather(folder)
    with folder.writing():
        thread = threading.Thread(target=_erase, args=(folder, ANA.id))
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
        assert held_in(folder.root, SECRET) != []
    thread.join(20)
    assert not thread.is_alive()
    assert held_in(folder.root, SECRET) == []


@pytest.mark.parametrize("made", ["assessment", "report", "releases"])
def test_what_is_being_made_of_seeds_is_waited_for(tmp_path: Path, made: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _ = study(tmp_path / "pilot", _together)
    gather(folder)
    monkeypatch.setattr("seedbed.seeds.erasing._PATIENCE_S", 0.0)
    with hold(folder.root / made / ".lock", what="the test"), pytest.raises(Busy, match=made):
        _erase(folder, ANA.id)
    assert SECRET in (folder.seeds / "questions.jsonl").read_text()  # nothing was done
    monkeypatch.undo()
    _erase(folder, ANA.id)
    assert held_in(folder.root, SECRET) == []
    assert [path.name for path in folder.root.iterdir() if path.name in ("assessment", "report", "releases")] == (
        ["releases"] if made == "releases" else []
    )
