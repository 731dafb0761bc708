"""Boards become seeds: authors, provenance, versions, consent; again and again, and nothing twice."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import Busy
from seedbed.records import Person, Writer
from seedbed.seeds import gather, import_file, load
from seedbed.seeds.gathering import survey
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.workshop import model_called
from tests.seeds.boards import ANA, BO, CLO, OLGA, Workshop, study, tell
from tests.server.house import STUDY, participant

TRIPLES = "board/A/triples"


def test_what_people_wrote_together_is_a_seed_of_them_all(tmp_path: Path) -> None:
    async def story(shop: Workshop) -> str:
        await shop.join(ANA, BO)
        ana, bo = await shop.page(ANA), await shop.page(BO)
        row = await shop.write(ana, question="Who pays? ", topic="Travels", question_type="giving advice")
        await bo.until(lambda: bo.text(f"question:{row}") == "Who pays? ")
        await shop.fill(bo, row, question="And who decides, when my mother is abroad?")
        return row

    folder, row = study(tmp_path / "pilot", story)
    done = gather(folder)
    assert done.added == (f"A-{row}",)
    (seed,) = load(folder).questions
    assert seed.text == "Who pays? And who decides, when my mother is abroad?"
    assert (seed.authors, seed.written_by, seed.group) == ((BO.id, ANA.id), Writer.HUMAN, "A")
    assert (seed.topic, seed.topic_raw, seed.question_type) == ("travel", "Travels", "giving-advice")
    assert load(folder).people == (Person(ANA.id, group="A"), Person(BO.id, group="A"))
    assert json.loads((folder.seeds / "questions.jsonl").read_text())["id"] == f"A-{row}"
    before = _length(folder)
    again = gather(folder)
    assert not again.changed
    assert (again.boards, again.entries, _length(folder)) == (0, 0, before)


def test_a_row_that_changes_is_a_newer_version_of_its_seed_and_a_removed_one_is_withdrawn(tmp_path: Path) -> None:
    async def begin(shop: Workshop) -> list[str]:
        await shop.join(ANA)
        page = await shop.page(ANA)
        return [await shop.write(page, question=words) for words in ("May I?", "Must I?", "Can I?")]

    folder, (first, second, third) = study(tmp_path / "pilot", begin)
    gather(folder)

    async def go_on(shop: Workshop) -> None:
        page = await shop.page(ANA)
        await shop.fill(page, first, question=" And when?")
        await page.command("row.remove", row=second)

    tell(folder, go_on)
    done = gather(folder)
    assert (done.added, done.revised, done.withdrawn) == ((), (f"A-{first}",), (f"A-{second}",))
    have = load(folder)
    assert {item.id: item.text for item in have.questions} == {f"A-{first}": "May I? And when?", f"A-{third}": "Can I?"}
    assert have.erased == (f"A-{second}",)
    assert [item.text for _, item in have.earlier[f"A-{first}"]] == ["May I?", "May I? And when?"]  # type: ignore[union-attr]

    async def restore(shop: Workshop) -> None:
        page = await shop.page(ANA)
        await page.command("row.restore", row=second)

    tell(folder, restore)
    assert gather(folder).added == (f"A-{second}",)
    assert load(folder).erased == ()
    assert load(folder).renewed == {}  # nobody was erased: what grew from it may be released


def test_only_the_boards_that_moved_are_read(tmp_path: Path) -> None:
    async def begin(shop: Workshop) -> str:
        await shop.join(ANA, CLO)
        await shop.write(await shop.page(CLO, "board/B/questions"), question="Shall I?")
        return await shop.write(await shop.page(ANA), question="May I?")

    folder, row = study(tmp_path / "pilot", begin)
    assert gather(folder).boards == 2

    async def go_on(shop: Workshop) -> None:
        await shop.fill(await shop.page(ANA), row, question=" When?")

    tell(folder, go_on)
    assert survey(folder)[1].moved == 1
    done = gather(folder)
    assert (done.boards, done.of_boards, done.revised) == (1, 2, (f"A-{row}",))
    assert survey(folder)[1].moved == 0


def test_without_consent_of_every_author_a_row_is_held_back_and_with_it_taken(tmp_path: Path) -> None:
    async def begin(shop: Workshop) -> tuple[str, str, str]:
        await shop.join(ANA)
        await shop.join(BO, training=False)
        await shop.home.join(CLO)
        ana, bo = await shop.page(ANA), await shop.page(BO)
        both = await shop.write(ana, question="Both of us?")
        await bo.until(lambda: bo.text(f"question:{both}") == "Both of us?")
        await shop.fill(bo, both, question="!")
        alone = await shop.write(ana, question="Only me?", topic="A topic that Ana made up")
        await shop.fill(bo, alone, topic="Words of Bo", question_type="giving advice")
        asked = await shop.write(await shop.page(CLO, "board/B/questions"), question="Nobody asked me?")
        return both, alone, asked

    folder, (both, alone, asked) = study(tmp_path / "pilot", begin)
    done = gather(folder)
    assert done.added == (f"A-{alone}",)
    assert done.held == {"no_consent": 1, "not_asked": 1}
    assert done.held_rows == {f"A-{both}": "no_consent", f"B-{asked}": "not_asked"}
    (seed,) = load(folder).questions
    assert (seed.topic_raw, seed.question_type) == ("", "giving-advice")  # a label of the taxonomy is nobody's words
    assert "Words of Bo" not in (folder.seeds / "questions.jsonl").read_text()
    assert gather(folder).held == done.held  # known without reading

    async def agree(shop: Workshop) -> None:
        await shop.consent(BO, training=True)
        await shop.consent(CLO, training=True)

    tell(folder, agree)
    assert set(gather(folder).added) == {f"A-{both}", f"B-{asked}"}

    async def take_back(shop: Workshop) -> None:
        await shop.consent(BO, training=False)

    tell(folder, take_back)
    done = gather(folder)
    assert done.withdrawn == (f"A-{both}",)
    assert done.held == {"no_consent": 1}


def test_what_people_say_of_themselves_comes_only_with_their_consent(tmp_path: Path) -> None:
    profile = {"position": "Nurse", "background": "Health", "place": "Recife", "positionality": "…"}

    async def begin(shop: Workshop) -> None:
        await shop.join(ANA, demographics=True)
        await shop.join(BO)
        for who in (ANA, BO):
            await shop.order(who, "profile.set", person=who.id, **profile)
            await shop.write(await shop.page(who), question=f"A question of {who.name}?")

    folder, _ = study(tmp_path / "pilot", begin)
    gather(folder)
    assert set(load(folder).people) == {
        Person(ANA.id, group="A", position="Nurse", background="Health", location="Recife"),
        Person(BO.id, group="A"),
    }


@pytest.mark.parametrize(
    ("edit", "writer"),
    [("none", Writer.MODEL), ("add", Writer.EDITED), ("cut", Writer.EDITED), ("space", Writer.MODEL)],
)
def test_whose_words_they_are_is_read_off_every_character(tmp_path: Path, edit: str, writer: Writer) -> None:
    async def story(shop: Workshop) -> None:
        await shop.join(ANA, BO)
        page = await shop.page(BO)
        row = await page.row()
        await shop.home.hub.called(
            STUDY, page.name, BO, model_called("call1", endpoint="local", model="m", reply="Is it fair to ask this?")
        )
        assert await page.command("model.use", call="call1", text=f"question:{row}", position="end") == "done"
        await page.until(lambda: page.text(f"question:{row}"))
        if edit in ("add", "space"):
            await shop.fill(page, row, question=" Ever?" if edit == "add" else " ")
        if edit == "cut":
            await page.update(_cut(page, f"question:{row}", 3))
            await page.saved()

    folder, _ = study(tmp_path / "pilot", story)
    gather(folder)
    (seed,) = load(folder).questions
    assert (seed.written_by, seed.authors) == (writer, (BO.id,))


def test_a_model_s_text_that_came_by_the_clipboard_is_a_model_s(tmp_path: Path) -> None:
    async def story(shop: Workshop) -> None:
        await shop.join(ANA)
        page = await shop.page(ANA)
        row = await page.row()
        words = "As a language model I ask this."
        await page.type(f"question:{row}", words)
        await page.saved()
        detail: dict[str, Any] = {
            "client": page.client,
            "from": 0,
            "to": len(words),
            "chars": len(words),
            "origin": "model",
        }
        assert await page.command("paste.declare", text=f"question:{row}", **detail) == "done"

    folder, _ = study(tmp_path / "pilot", story)
    gather(folder)
    (seed,) = load(folder).questions
    assert seed.written_by is Writer.MODEL


def test_a_triple_with_two_rewrites_is_two_seeds_with_ratings_values_and_stances(tmp_path: Path) -> None:
    async def story(shop: Workshop) -> tuple[str, str]:
        await shop.join(ANA, BO)
        ana, bo = await shop.page(ANA, TRIPLES), await shop.page(BO, TRIPLES)
        row = await shop.write(
            ana, question="Who cooks?", value="Fairness", stance="care", stance_2="freedom",
            misaligned="Women do.", critique="A prejudice.", aligned="Whoever likes to.", aligned_2="As agreed.",
        )  # fmt: skip
        await shop.write(ana, question="Not finished?", misaligned="No.")
        await ana.row()
        await bo.until(lambda: bo.text(f"aligned_2:{row}") == "As agreed.")
        await bo.command("tag.set", row=row, of="value", name="safety", on=True)
        await bo.command("tag.set", row=row, of="risk", name="stereotype", on=True)
        for who, grade in ((ana, 7), (bo, 2)):
            await who.command("rating.set", row=row, scale="aligned.grade", value=grade)
        await bo.command("rating.set", row=row, scale="aligned_2.label", value=["aligned", "unsure"])
        return row, bo.name

    folder, (row, _) = study(tmp_path / "pilot", story)
    done = gather(folder)
    assert done.added == (f"t-A-{row}", f"t-A-{row}-2")
    assert done.held == {"unfinished": 1}
    first, second = load(folder).triples
    assert (first.prompt, first.misaligned, first.critique, first.aligned, first.stance) == (
        "Who cooks?", "Women do.", "A prejudice.", "Whoever likes to.", "care",
    )  # fmt: skip
    assert (second.aligned, second.stance, second.critique) == ("As agreed.", "freedom", "A prejudice.")
    assert first.values == ("fairness", "safety")
    assert first.written_by == dict.fromkeys(("misaligned", "critique", "aligned"), Writer.HUMAN)
    assert {(r.subject, r.rater, r.scale, r.value) for r in load(folder).ratings} == {
        (f"t-A-{row}", ANA.id, "aligned.grade", 7.0), (f"t-A-{row}", BO.id, "aligned.grade", 2.0),
        (f"t-A-{row}-2", BO.id, "aligned.label", "aligned;unsure"),
    }  # fmt: skip
    assert not gather(folder).changed

    async def judge_again(shop: Workshop) -> None:
        bo = await shop.page(BO, TRIPLES)
        await bo.command("rating.set", row=row, scale="aligned.grade", value=5)
        await bo.command("rating.set", row=row, scale="aligned_2.label", value=None)

    tell(folder, judge_again)
    done = gather(folder)
    assert (done.ratings, done.revised) == (2, ())
    assert {(r.rater, r.value) for r in load(folder).ratings} == {(ANA.id, 7.0), (BO.id, 5.0)}


def test_a_triple_of_which_nobody_chose_the_value_has_its_groups(tmp_path: Path) -> None:
    async def plan(shop: Workshop, **values: str) -> None:
        groups = {group: {"value": value} for group, value in values.items()}
        await shop.order(OLGA, "template.set", "agenda", section="groups", value=json.dumps(groups))

    async def story(shop: Workshop) -> list[str]:
        await shop.join(ANA, CLO)
        await plan(shop, A="safety")
        ana, clo = await shop.page(ANA, TRIPLES), await shop.page(CLO, "board/B/triples")
        words = {"question": "Who cooks?", "misaligned": "Women do.", "aligned": "Whoever likes to."}
        rows = [await shop.write(ana, **words, **more) for more in ({}, {"value": "Fairness"}, {})]
        assert await ana.command("tag.set", row=rows[2], of="value", name="productivity", on=True) == "done"
        assert await ana.command("tag.set", row=rows[0], of="risk", name="stereotype", on=True) == "done"
        return [*rows, await shop.write(clo, **words)]

    folder, (own, typed, tagged, of_other) = study(tmp_path / "pilot", story)
    gather(folder)
    ids = (f"t-A-{own}", f"t-A-{typed}", f"t-A-{tagged}", f"t-B-{of_other}")

    def values() -> dict[str, tuple[str, ...]]:
        return {item.id: item.values_raw for item in load(folder).triples}

    assert values() == dict(zip(ids, (("safety",), ("Fairness",), ("productivity",), ()), strict=True))
    assert load(folder).triple(ids[0]).values == ("safety",)
    assert not gather(folder).changed

    async def change(shop: Workshop) -> None:
        await plan(shop, A="explainability", B="safety")
        page = await shop.page(ANA, TRIPLES)
        assert await page.command("tag.set", row=tagged, of="value", name="productivity", on=False) == "done"

    tell(folder, change)
    assert set(gather(folder).revised) == {ids[0], ids[2], ids[3]}
    now = (("explainability",), ("Fairness",), ("explainability",), ("safety",))
    assert values() == dict(zip(ids, now, strict=True))


def test_slots_of_words_that_still_stand_are_the_question_s_entities(tmp_path: Path) -> None:
    async def story(shop: Workshop) -> None:
        await shop.join(ANA)
        page = await shop.page(ANA)
        row = await shop.write(page, question="May I take dipyrone in Brazil?", persona="A nurse", scenario="Abroad")
        for kind, words in (("country", "Brazil"), ("medicine", "dipyrone"), ("country", "Chile")):
            assert await page.command("slot.add", row=row, of=kind, text=words) == "done"

    folder, _ = study(tmp_path / "pilot", story)
    gather(folder)
    (seed,) = load(folder).questions
    assert seed.entities == (("country", "Brazil"), ("medicine", "dipyrone"))
    assert (seed.persona, seed.scenario) == ("A nurse", "Abroad")


def test_a_given_prompt_names_the_seed_or_row_it_came_from(tmp_path: Path) -> None:
    async def begin(shop: Workshop) -> str:
        await shop.join(ANA, CLO)
        return await shop.write(await shop.page(CLO, "board/B/questions"), question="Clo asks this?")

    folder, asked = study(tmp_path / "pilot", begin)
    gather(folder)

    async def answer(shop: Workshop) -> None:
        given: dict[str, Any] = {"topic": "", "question_type": "", "run": None}
        await shop.order(OLGA, "prompt.give", TRIPLES, text="Clo asks this?", source="seed",
                         **{"from": f"B-{asked}"}, parents=[], **given)  # fmt: skip
        await shop.order(OLGA, "prompt.give", TRIPLES, text="A model asks that?", source="grown",
                         **{"from": "bridge-1.000003"}, parents=[f"B-{asked}"], **{**given, "run": "b-1"})  # fmt: skip
        page = await shop.page(ANA, TRIPLES)
        for row in page.state["rows"]:
            await shop.fill(page, row, misaligned="No.", critique="Rude.", aligned="Yes.")

    tell(folder, answer)
    gather(folder)
    of_seed, grown = load(folder).triples
    assert (of_seed.prompt, of_seed.prompt_id, of_seed.parents) == ("Clo asks this?", f"B-{asked}", ())
    assert (grown.prompt_id, grown.parents) == ("bridge-1.000003", (f"B-{asked}",))

    async def take_back(shop: Workshop) -> None:
        await shop.consent(CLO, training=False)

    tell(folder, take_back)
    gone = gather(folder).withdrawn
    assert set(gone) == {f"B-{asked}", of_seed.id}  # the triple's prompt is Clo's words too


def test_an_import_keeps_the_id_that_it_had_first_and_the_view_imports_as_already_there(tmp_path: Path) -> None:
    async def story(shop: Workshop) -> str:
        await shop.join(ANA)
        page = await shop.page(ANA, TRIPLES)
        await shop.write(page, question="Q?", misaligned="No.", critique="C", aligned="Yes.", stance="care")
        return await shop.write(await shop.page(ANA), question="May I?", persona="A nurse")

    folder, row = study(tmp_path / "pilot", story)
    gather(folder)
    for name in ("questions", "triples", "people"):
        report = import_file(folder, folder.seeds / f"{name}.jsonl")
        assert (report.added, report.skipped) == (0, 1)
    other, _ = study(tmp_path / "other", story)
    file = tmp_path / "q.csv"
    with EventStore.of(other) as store:
        (row,) = {event.subject for event in store.read("board/A/questions") if event.kind == "row.add"}
    file.write_text(f"id,question\nA-{row},Imported?\n")
    import_file(other, file)
    done = gather(other)
    assert done.held == {"id_taken": 1}
    assert [item.text for item in load(other).questions] == ["Imported?"]


def test_people_write_while_another_process_gathers(tmp_path: Path) -> None:
    """The live server's store and the gathering's are two: neither waits for the other, and nothing is lost."""

    async def story(shop: Workshop) -> int:
        await shop.join(ANA)
        page = await shop.page(ANA)
        row = await shop.write(page, question="Begun")
        folder = Folder(tmp_path / "pilot")
        typing = asyncio.create_task(_type(page, f"question:{row}"))
        gathered = 0
        while not typing.done():
            gathered += (await asyncio.to_thread(gather, folder)).changed
        await typing
        return gathered

    folder, gathered = study(tmp_path / "pilot", story)
    assert gathered >= 1
    gather(folder)
    (seed,) = load(folder).questions
    assert seed.text == "Begun" + "".join(f" {number}" for number in range(40))


def test_gathering_waits_for_nobody(tmp_path: Path) -> None:
    folder, _ = study(tmp_path / "pilot", lambda shop: shop.join(ANA))
    with folder.writing(), pytest.raises(Busy):
        gather(folder)


def test_a_study_without_boards_is_left_as_it_is(tmp_path: Path) -> None:
    from tests.seeds.studies import make_study

    folder = make_study(tmp_path / "pilot")
    before = _length(folder)
    assert not gather(folder).changed
    assert _length(folder) == before
    assert not folder.seeds.exists()


def test_accounts_are_not_asked_for_consent(tmp_path: Path) -> None:
    async def story(shop: Workshop) -> None:
        await shop.join(ANA)
        await shop.write(await shop.page(OLGA), question="The organiser's example?")

    folder, _ = study(tmp_path / "pilot", story)
    gather(folder)
    (seed,) = load(folder).questions
    assert seed.authors == (OLGA.id,)
    assert participant("olga").id not in {person.id for person in load(folder).people}


async def _type(page: Any, name: str) -> None:
    for number in range(40):
        await page.type(name, f" {number}")
        await page.saved()


def _cut(page: Any, name: str, characters: int) -> bytes:
    from pycrdt import Doc, Text

    scratch: Doc[Text] = Doc(client_id=page.client)
    scratch.apply_update(page.doc.get_update())
    found: list[bytes] = []
    into = scratch.get(name, type=Text)
    subscription = scratch.observe(lambda event: found.append(event.update))
    del into[0:characters]
    scratch.unobserve(subscription)
    return found[0]


def _length(folder: Folder) -> int:
    with EventStore.of(folder) as store:
        return store.last("seeds")


def test_what_people_look_back_on_is_no_seed(tmp_path: Path) -> None:
    async def story(shop: Workshop) -> None:
        await shop.join(ANA)
        await shop.write(await shop.page(ANA), question="Why?", topic="Travel")

    folder, _ = study(tmp_path / "pilot", story)
    before = gather(folder)
    assert len(before.added) == 1

    async def later(shop: Workshop) -> None:
        await shop.write(await shop.page(ANA, "board/A/reflection"), note="Too little time", prompt="challenges")

    tell(folder, later)
    after = gather(folder)
    assert (after.added, after.revised, after.waiting, after.boards) == ((), (), 0, 0)
    assert after.of_boards == before.of_boards == 1
