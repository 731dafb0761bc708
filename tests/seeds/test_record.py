"""The record: every table in every format, exact; safe for spreadsheets; by pseudonyms only."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from seedbed.errors import UsageError
from seedbed.seeds import gather
from seedbed.seeds.record import FORMATS, write_record
from seedbed.seeds.record_columns import TABLES
from seedbed.server.identity import Who
from seedbed.study import Folder
from seedbed.workshop import model_called
from seedbed.workshop.families.returns import Return
from tests.seeds.boards import ANA, BO, OLGA, Workshop, study
from tests.server.house import STUDY, participant
from tests.server.page import Page
from tests.workshop.test_erasing import held_in

TRIPLES = "board/A/triples"
# as they may stand in a cell: formulas, any script, right to left, several code points a sign, line ends
WORDS = (
    "=1+1", "+55 11", "-2+3", "@SUM(A1)", "  =HYPERLINK(1)", "＝1", "\t=cmd", "\n=cmd", 'He said "no", then\nleft',
    "مرحبا بالعالم", "שלום", "日本語", "हिन्दी", "👩‍👩‍👧‍👦 😀", "e\u0301", "plain", "'quoted", "\u202eevil", "",
)  # fmt: skip


def rows(target: Path, table: str, format: str) -> list[dict[str, Any]]:
    path = target / f"{table}.{format}"
    match format:
        case "csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                return list(csv.DictReader(file))
        case "jsonl":
            # not splitlines: it parts at U+2028 and others, which JSON leaves in its strings
            return [json.loads(line) for line in path.read_text().split("\n") if line]
    return pl.read_parquet(path).to_dicts()


async def _everything(shop: Workshop) -> dict[str, str]:
    """A little of each thing that people do."""
    await shop.join(ANA, BO, demographics=True)
    await shop.order(ANA, "profile.set", person=ANA.id, position="=Nurse", background="", place="", positionality="")
    ana, bo = await shop.page(ANA), await shop.page(BO, TRIPLES)
    await shop.home.hub.called(
        STUDY, ana.name, ANA, model_called(
            "call1", endpoint="local", model="m", reply="Model says", prompt="Say it", purpose="free", temperature=0.7,
            max_tokens=200,
        ),
    )  # fmt: skip
    row = await shop.write(ana, question="May I 😀 in Brazil?", topic="Travel", persona="A nurse")
    assert await ana.command("model.use", call="call1", text=f"question:{row}", position="end") == "done"
    for kind, detail in {
        "comment.add": {"row": row, "text": "+1 from me"},
        "vote.set": {"row": row, "on": True},
        "version.keep": {"row": row, "note": "before lunch"},
        "slot.add": {"row": row, "of": "country", "text": "Brazil"},
        "label.add": {"of": "topics", "label": "Sport", "definition": "Games"},
    }.items():
        assert await ana.command(kind, **detail) == "done", kind  # type: ignore[arg-type]
    paste = {"client": ana.client, "from": 0, "to": 5, "chars": 5, "origin": "web"}
    assert await ana.command("paste.declare", text=f"question:{row}", **paste) == "done"  # type: ignore[arg-type]
    await shop.order(OLGA, "prompt.give", TRIPLES, text="Who?", source="grown", **{"from": "b.000001"}, parents=["q1"],
                     topic="Travel", question_type="", run="b")  # fmt: skip
    await bo.until(lambda: bo.state["rows"])
    (pair,) = bo.state["rows"]
    await shop.fill(bo, pair, misaligned="Women are 😀 worse drivers", critique="C", aligned="A", stance="care")
    start = {"item": {"client": bo.client, "clock": 10}, "tname": f"misaligned:{pair}"}
    end = {"item": {"client": bo.client, "clock": 18}, "tname": f"misaligned:{pair}"}
    for kind, detail in {
        "span.add": {"row": pair, "text": f"misaligned:{pair}", "start": start, "end": end, "risk": "bias", "note": ""},
        "rating.set": {"row": pair, "scale": "aligned.grade", "value": 6},
        "tag.set": {"row": pair, "of": "risk", "name": "stereotype", "on": True},
    }.items():
        assert await bo.command(kind, **detail) == "done", kind  # type: ignore[arg-type]
    assert await bo.command("rating.set", row=pair, scale="misaligned.label", value=["misaligned", "unsure"]) == "done"
    await shop.home.hub.returned(STUDY, ana.name, {f"A-{row}": Return(row, "=Which town?", OLGA.id, 7)})
    await _led(shop, page := await shop.page(ANA, "board/A/reflection"))
    for step in ("questions", None):
        await shop.order(OLGA, "step.go", "agenda", step=step)
    (note,) = page.state["rows"]
    return {"row": row, "pair": pair, "note": note}


async def _led(shop: Workshop, page: Page) -> None:
    """What those who lead do, and what people tell them; notes of a reflection."""
    note = await shop.write(page, note="Too little time", prompt="challenges", cluster="=Time")
    assert await page.command("reaction.set", row=note, emoji="idea", on=True) == "done"
    debrief = await shop.page(OLGA, "board/method/debrief")
    await shop.write(debrief, note="=Longer breaks", prompt="time", cluster="Breaks")
    assert await debrief.command("topic.keep", name="Breaks") == "done"
    leads = "facilitation"
    await shop.order(OLGA, "break.begin", "agenda", minutes=5)
    await shop.order(OLGA, "break.begin", "agenda", minutes=10)
    await shop.order(OLGA, "announcement.add", "agenda", text="Soon", groups=["A"])
    (id,) = (await shop.home.hub.agenda(STUDY)).items("announcements")
    await shop.order(OLGA, "announcement.remove", "agenda", announcement=id)
    await shop.order(ANA, "question.ask", leads, text="May I?")
    (asked,) = (await shop.home.hub.facilitation(STUDY)).items("questions")
    await shop.order(OLGA, "question.answer", leads, question=asked, text="+Yes", public=True)
    await shop.order(OLGA, "note.set", leads, text="For my eyes")
    await shop.order(OLGA, "message.add", leads, text="For our eyes")
    await shop.order(OLGA, "intervention.add", leads, group="A", what="explain", text="The board")
    await shop.order(OLGA, "training.confirm", leads, version=0)
    learnt = {"text": "=More time", "from": ["note:A/reflection/r1", "figure:kept"]}
    await shop.order(OLGA, "lesson.add", "agenda", **learnt)
    (lesson,) = (await shop.home.hub.agenda(STUDY)).items("lessons")
    await shop.order(OLGA, "lesson.change", "agenda", lesson=lesson, section="managers", value='["boss"]')
    await shop.order(OLGA, "lesson.decide", "agenda", lesson=lesson, accepted=True, reason="All agree")
    await shop.order(OLGA, "lesson.decide", "agenda", lesson=lesson, accepted=None)
    await shop.order(OLGA, "lesson.remove", "agenda", lesson=lesson)
    await shop.order(OLGA, "neutrality.rate", leads, of=OLGA.id, session="session-1", score=4, text="Fair")
    await shop.order(OLGA, "checkin.open", leads, about="fatigue")
    (checkin,) = (await shop.home.hub.facilitation(STUDY)).items("checkins")
    for number, group in enumerate("AAABB"):
        who = participant(f"tired{number}", group)
        await shop.home.join(who)
        await shop.order(who, "checkin.answer", leads, checkin=checkin, values={"fatigue": 1 + number})
    await shop.order(OLGA, "checkin.close", leads, checkin=checkin)
    await shop.order(OLGA, "checkin.open", leads, about="workload")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Folder, dict[str, str]]:
    folder, ids = study(tmp_path_factory.mktemp("record") / "pilot", _everything)
    gather(folder)
    return folder, ids


@pytest.mark.parametrize("format", FORMATS)
def test_every_table_says_what_happened(told: tuple[Folder, dict[str, str]], tmp_path: Path, format: str) -> None:
    folder, ids = told
    written = write_record(folder, tmp_path / "out", format, groups=("A", "B"))
    assert set(written.rows) == set(TABLES)
    found = {name: rows(tmp_path / "out", name, format) for name in TABLES}
    assert {name: len(each) for name, each in found.items()} == dict(written.rows)
    assert all(written.rows.values())
    for name, table in TABLES.items():
        for row in found[name]:
            assert list(row) == [column.name for column in table.columns]
    yes, exact = ("yes", "'=Nurse") if format == "csv" else (True, "=Nurse")
    number = str if format == "csv" else int
    (question,), (triple,) = found["questions"], found["triples"]
    assert question["question"] == "May I 😀 in Brazil?Model says"
    assert (question["row"], question["seed"], question["place"]) == (ids["row"], f"A-{ids['row']}", number(1))
    assert (question["authors"], question["written_by"]) == (ANA.id, "model-edited-by-human")
    assert (triple["seed"], triple["stance"], triple["misaligned_by"]) == (f"t-A-{ids['pair']}", "care", "human")
    assert [row["position"] for row in found["people"]][:2] == [exact, ""]
    assert {(row["person"], row["item"], row["given"]) for row in found["consents"]} == {
        (who.id, item, yes) for who in (ANA, BO) for item in ("training", "demographics")
    }  # fmt: skip
    assert [row["group"] for row in found["groups"]] == ["A", "B"]
    assert [(row["step"], row["kind"], row["person"]) for row in found["steps"]] == [
        ("questions", "questions", OLGA.id), ("", "", OLGA.id),
    ]  # fmt: skip
    held = {(row["field"], row["how"], row["call"], row["pasted"]): row["characters"] for row in found["fields"]
            if row["row"] == ids["row"]}  # fmt: skip
    assert held == {
        ("question", "typed", "", "web"): number(18), ("question", "typed", "call1", ""): number(10),
        ("topic", "set", "", ""): number(6), ("persona", "set", "", ""): number(7),
    }  # fmt: skip
    (asked,) = found["returns"]
    assert (asked["row"], asked["seed"], asked["person"], asked["changed_at"] or "") == (
        ids["row"], f"A-{ids['row']}", OLGA.id, "",
    )  # fmt: skip
    assert asked["note"] == ("'=Which town?" if format == "csv" else "=Which town?")
    _led_well(found, ids, format)
    (span,), (call,), (prompt,) = found["spans"], found["model_calls"], found["prompts"]
    assert (span["quoted"], span["start"], span["risk"]) == ("😀 worse", number(10), "bias")
    assert (call["prompt"], call["reply"], call["used"]) == ("Say it", "Model says", f"question:{ids['row']}")
    assert (prompt["from"], prompt["parents"], prompt["current"]) == ("b.000001", "q1", yes)
    assert {(row["scale"], row["labels"], row["grade"]) for row in found["ratings"]} == {
        ("aligned.grade", "", number(6)),
        ("misaligned.label", "misaligned;unsure", "" if format == "csv" else None),
    }


def _led_well(found: dict[str, list[dict[str, Any]]], ids: dict[str, str], format: str) -> None:
    number, yes = (str, "yes") if format == "csv" else (int, True)
    (note,), (reaction,), (rest,) = found["reflections"], found["reactions"], found["breaks"]
    cluster = "'=Time" if format == "csv" else "=Time"
    assert (note["row"], note["note"], note["prompt"], note["cluster"]) == (
        ids["note"], "Too little time", "challenges", cluster,
    )  # fmt: skip
    assert (note["authors"], note["written_by"], note["held"]) == (ANA.id, "human", "")
    assert (reaction["row"], reaction["emoji"], reaction["person"]) == (ids["note"], "idea", ANA.id)
    assert (rest["minutes"], rest["person"]) == (number(10), OLGA.id)
    assert rest["ended_at"] > rest["at"]
    (said,), (asked,), (done,) = found["announcements"], found["asked"], found["interventions"]
    assert (said["text"], said["groups"], said["removed"]) == ("Soon", "A", yes)
    assert (asked["person"], asked["text"], asked["answered_by"], asked["public"]) == (ANA.id, "May I?", OLGA.id, yes)
    assert asked["answer"] == ("'+Yes" if format == "csv" else "+Yes")
    assert (done["what"], done["group"], done["text"]) == ("explain", "A", "The board")
    assert [(one["of"], one["person"], one["score"]) for one in found["neutrality"]] == [(OLGA.id, OLGA.id, number(4))]
    assert [one["person"] for one in found["training"]] == [OLGA.id]
    (lesson,), (change, *_) = found["lessons"], found["lesson_changes"]
    assert lesson["from"] == "note:A/reflection/r1;figure:kept"
    assert (lesson["accepted"] or "", lesson["removed"]) == ("", yes)
    assert lesson["text"] == ("'=More time" if format == "csv" else "=More time")
    assert (change["lesson"], change["section"]) == (lesson["lesson"], "managers")
    assert {edit["now"] for edit in json.loads(change["edits"]) if edit["do"] == "add"} == {"boss"}
    (told_after,), (topic,) = found["debriefs"], found["topics"]
    assert (told_after["group"], told_after["cluster"], told_after["held"]) == ("method", "Breaks", "")
    assert told_after["note"] == ("'=Longer breaks" if format == "csv" else "=Longer breaks")
    assert (topic["debrief"], topic["name"], topic["person"]) == ("method", "Breaks", OLGA.id)
    # three of A, nobody of B, who were two, and nobody by name; what is still open is not told
    assert {(one["group"], one["item"]) for one in found["checkins"]} == {("A", "fatigue")}
    assert {one["value"] for one in found["checkins"]} == {number(1), number(2), number(3)}
    assert {one["respondent"] for one in found["checkins"]} == {"r1", "r2", "r3"}
    told = json.dumps(found)
    assert "my eyes" not in told
    assert "our eyes" not in told
    assert "tired" not in json.dumps(found["checkins"])


def test_jsonl_and_parquet_are_exact_and_csv_is_safe_in_a_spreadsheet(tmp_path: Path) -> None:
    async def story(shop: Workshop) -> list[str]:
        await shop.join(ANA)
        page = await shop.page(ANA)
        made = []
        for number in range(200):
            row = await page.row()
            if words := WORDS[number % len(WORDS)]:
                await page.type(f"question:{row}", words)
            made.append(row)
        await page.saved()
        # no page can type it, but a model may reply so
        await shop.home.hub.called(
            STUDY, page.name, ANA, model_called("cr", endpoint="local", model="m", reply="\r=cmd")
        )
        return made

    folder, made = study(tmp_path / "pilot", story)
    written = {format: tmp_path / format for format in FORMATS}
    for format, target in written.items():
        assert write_record(folder, target, format).rows["questions"] == 200
    for format in ("jsonl", "parquet"):
        found = {row["row"]: row["question"] for row in rows(written[format], "questions", format)}
        assert [found[row] for row in made] == [WORDS[number % len(WORDS)] for number in range(200)]
    safe = {row["row"]: row["question"] for row in rows(written["csv"], "questions", "csv")}
    for number, row in enumerate(made):
        words, cell = WORDS[number % len(WORDS)], safe[row]
        assert cell in (words, f"'{words}")
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝"))
        assert not cell.startswith(("\t", "\r", "\n"))
    assert {cell for cell in safe.values() if cell.startswith("'") and cell != "'quoted"} == {
        f"'{words}" for words in WORDS[:8]
    }
    assert [rows(written[format], "model_calls", format)[0]["reply"] for format in FORMATS] == [
        "'\r=cmd",
        *["\r=cmd"] * 2,
    ]
    assert (written["csv"] / "questions.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_no_name_of_anybody_is_in_it(tmp_path: Path) -> None:
    """Whom identity.db names: people under their pseudonyms, and accounts."""

    async def story(shop: Workshop) -> None:
        await _everything(shop)
        await shop.join(Who("p_x7", "Zenóbia Quixadá", "participant", STUDY, "A", "s"))

    folder, _ = study(tmp_path / "pilot", story)
    with closing(sqlite3.connect(folder.identity)) as db, db:
        db.execute("CREATE TABLE people(id TEXT, name TEXT)")
        db.execute("INSERT INTO people VALUES('p_x7', 'Zenóbia Quixadá')")
    gather(folder)
    for format in FORMATS:
        write_record(folder, tmp_path / "out" / format, format)
    assert held_in(tmp_path / "out", "p_x7") != []
    for name in ("Zenóbia", "Quixadá", "Olga"):
        assert held_in(tmp_path / "out", name) == []


def test_a_folder_with_something_in_it_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    folder, _ = study(tmp_path / "pilot", lambda shop: shop.join(ANA))
    target = tmp_path / "out"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        write_record(folder, target, "csv")
    with pytest.raises(UsageError, match="No format"):
        write_record(folder, tmp_path / "other", "xlsx")
    assert [path.name for path in target.iterdir()] == ["mine.txt"]
    assert {path.name for path in tmp_path.iterdir()} >= {"out", "pilot"}
    assert not (tmp_path / "other").exists()
    (target / "mine.txt").unlink()
    assert write_record(folder, target, "csv").rows["people"] == 1  # an empty one is as good as none


def test_a_study_without_a_workshop_has_empty_tables(tmp_path: Path) -> None:
    from tests.seeds.studies import make_study

    written = write_record(make_study(tmp_path / "pilot"), tmp_path / "out", "csv")
    assert set(written.rows.values()) == {0}
