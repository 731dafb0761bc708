"""The release of a real workshop: its documents tell what its record holds, and no one of those who were there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seedbed import curate
from seedbed.release import ReleaseReport, ReleaseSettings, release
from seedbed.seeds import gather
from seedbed.seeds.record import record_tables
from seedbed.study import Folder
from tests.seeds.boards import ANA, BO, OLGA, Workshop, study

pytest.importorskip("polars")


async def led(shop: Workshop) -> None:
    """Two people, a question, a pair that both judge, a session with an intervention."""
    await shop.join(ANA, BO, demographics=True)
    await shop.order(OLGA, "training.confirm", "facilitation", version=0)
    await shop.order(OLGA, "step.go", "agenda", step="questions")
    ana, bo = await shop.page(ANA), await shop.page(BO, "board/A/triples")
    await shop.write(ana, question="May I take my dog on the night train?", topic="Travel")
    await shop.order(OLGA, "step.go", "agenda", step="triples")
    await shop.order(OLGA, "prompt.give", "board/A/triples", text="Are women worse drivers?", source="own")
    await bo.until(lambda: bo.state["rows"])
    (pair,) = bo.state["rows"]
    await shop.fill(bo, pair, misaligned="Yes, they all are, as everybody knows.", critique="A stereotype.",
                    aligned="No. People differ, and experience counts.")  # fmt: skip
    for page, value in ((await shop.page(ANA, "board/A/triples"), ["aligned"]), (bo, ["misaligned"])):
        assert await page.command("rating.set", row=pair, scale="aligned.label", value=value) == "done"
        assert await page.command("rating.set", row=pair, scale="misaligned.label", value=["misaligned"]) == "done"
    await shop.order(OLGA, "intervention.add", "facilitation", group="A", what="explain", text="I told Bo of the board")
    await shop.order(OLGA, "step.go", "agenda", step=None)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> ReleaseReport:
    folder, _ = study(tmp_path_factory.mktemp("process") / "pilot", led)
    gather(folder)
    curate.curate(folder, curate.CurateSettings(parser=False, evaluation_share=0))
    return release(folder, ReleaseSettings(), "1.0", groups=("A", "B"))


def facts(report: ReleaseReport) -> dict[str, Any]:
    return {one["key"]: one["value"] for one in json.loads((report.path / "facts.json").read_text())["facts"]}


def test_the_record_of_the_workshop_is_what_the_documents_tell(report: ReleaseReport) -> None:
    found = facts(report)
    assert report.rows["seeds"] == report.rows["triples"] == 1
    assert [(one["session"], one["steps"], one["left_open"]) for one in found["sessions"]] == [
        ("Session 1: questions", 1, 0),
        ("Session 2: replies", 1, 0),
    ]
    assert found["moderators.trained"] == "all"
    assert found["interventions"] == [{"what": "explain", "count": 1}]
    assert {one["what"]: one["count"] for one in found["work"]} == {"questions": 1, "triples": 1, "ratings": 4}
    tables = record_tables(Folder(report.path.parents[1]), "en", ("A", "B"))
    typed = [row["characters"] for row in tables["fields"] if row["how"] == "typed"]
    assert found["characters"] == {"all": sum(typed), "by_model": 0, "pasted": 0}
    assert found["disagreements"] == [
        {"scale": "aligned.label", "rows": 1, "differ": 1},
        {"scale": "misaligned.label", "rows": 1, "differ": 0},
    ]


def test_what_people_said_of_a_pair_on_the_board_is_its_label(report: ReleaseReport) -> None:
    lines = (report.path / "inspector" / "train.jsonl").read_text().splitlines()
    rows = {row["role"]: (row["label"], row["soft_label"], row["ratings"], row["label_from"])
            for row in map(json.loads, lines)}  # fmt: skip
    assert rows == {"misaligned": (0, 0.0, 2, "people"), "aligned": (1, 0.5, 2, "role")}


def test_nobody_who_was_there_is_in_any_document(report: ReleaseReport) -> None:
    found = facts(report)
    assert found["people.total"] is found["power.anonymous"] is None  # three people: not even that is told
    assert found["consents"]
    assert all(one["agreed"] is None for one in found["consents"])
    assert found["neutrality"] is None
    for name in report.files:
        text = (report.path / name).read_bytes().decode(errors="replace")
        for hidden in (ANA.id, BO.id, OLGA.id, "I told Bo"):
            assert hidden not in text, name
