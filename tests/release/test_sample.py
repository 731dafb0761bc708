"""The sample study, imported and curated for real, with runs written by a recorded writer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed import curate, seeds
from seedbed.errors import NotAStudy
from seedbed.records import Pool
from seedbed.release import ReleaseReport, ReleaseSettings, release
from seedbed.study import Folder
from seedbed.taxonomy.profile_versions import use_profile
from seedbed.taxonomy.profiles import current_profile
from tests.release import made

pytest.importorskip("polars")
EDITED = "Who may tell me whether that was fair?"
SAMPLE = Path(__file__).parents[2] / "examples" / "sample"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = made.study(tmp_path_factory.mktemp("sample") / "study")
    for name in ("people.csv", "questions.csv", "pairs.csv", "ratings.csv", "hand_labels.csv"):
        seeds.import_file(folder, SAMPLE / name)
    curate.curate(folder, curate.CurateSettings(parser=False))
    curate.decide(folder, "g1-q02", "exclude", "Ana said it names a person", "wise-curator-1")
    for id, text in (("g1-q03", EDITED), ("g1-q04", "Who looks after my rights there?")):
        curate.decide(folder, id, "edit", "Ana found it unclear", "wise-curator-1", fields={"text": text})
    use_profile(folder, "fairness")
    curation = curate.load(folder)
    examples = curation.selected_questions[:3]
    slots = [
        (made.ask(n, examples=examples), made.kept(n, f"Which road of {n + 2} should a cyclist take at night?"))
        for n in range(20)
    ]
    made.write_run(folder, "questions", "questions", slots, asked={"examples": list(examples)})
    shown = curation.selected_triples[:2]
    answers = [
        (
            made.ask(n, examples=shown, values=("fairness",), prompt_id=f"questions.{n:06d}"),
            made.answer(n, f"Which road of {n + 2} should a cyclist take at night?"),
        )
        for n in range(4)
    ]
    asked = {"examples": list(shown), "values": ["fairness"], "proposals": False}
    made.write_run(folder, "triples", "triples", answers, asked=asked)
    seeds.import_file(folder, SAMPLE / "paper_triples.jsonl")
    return folder


@pytest.fixture(scope="module")
def released(folder: Folder) -> ReleaseReport:
    return release(folder, ReleaseSettings(), "1.0")


def test_the_sample_is_released_with_every_seed_accounted_for(folder: Folder, released: ReleaseReport) -> None:
    curation = curate.load(folder)
    included = {id for id in curation.pools if id not in curation.excluded}
    alignment = {id for id in included if curation.pools[id] is Pool.ALIGNMENT}
    pairs = {triple.id for triple in curation.triples}
    assert {row["id"] for row in made.rows(released, "seeds")} == alignment - pairs
    assert {row["id"] for row in made.rows(released, "triples") if row["origin"] == "seed"} == alignment & pairs
    assert {row["id"] for row in made.rows(released, "evaluation")} == included - alignment
    assert released.rows["questions"] == 20
    assert released.left_out["imported: imported rows, which this study did not make"] == 2
    assert sum(row["selected"] for row in made.rows(released, "seeds")) == len(curation.selected_questions)


def test_the_card_tells_table_2_and_keeps_table_4_private(released: ReleaseReport) -> None:
    text = (released.path / "README.md").read_text()
    lines = [
        line.split(" | ") for line in text.splitlines() if line.startswith(tuple(f"| {n} | " for n in range(1, 5)))
    ]
    assert [(line[1], line[3]) for line in lines] == [("15", "11"), ("26", "11"), ("21", "8"), ("32", "10")]
    section = text.split("## The people")[1].split("## What was not")[0]
    assert "20 people took part." in section
    assert "| Location | BR | 9 |" in section
    for hidden in ("UK", "CH", "Director", "Intern", "moderator", "Optimization"):
        assert hidden not in section
    assert "Role by group is not shown" in section


def test_nothing_of_the_people_leaves(folder: Folder, released: ReleaseReport) -> None:
    known = seeds.load(folder)
    names = {person.id for person in known.people} | {rating.rater for rating in known.ratings} | {"wise-curator-1"}
    names |= {label.reader for labels in known.hand_labels.values() for label in labels}
    files = [path for path in released.path.rglob("*") if path.is_file()]
    everything = b"\n".join(path.read_bytes() for path in files).decode(errors="replace")
    assert len(names) > 20
    assert [name for name in names if name in everything] == []
    assert "Ana said" not in everything
    assert "Ana found" not in everything
    excluded = known.question("g1-q02").text
    assert excluded not in everything
    assert str(folder.root) not in everything


def test_every_decision_is_told_once(folder: Folder, released: ReleaseReport) -> None:
    told = [json.loads(line) for line in (released.path / "decisions.jsonl").read_text().splitlines()]
    decisions = curate.load(folder).decisions
    assert [(row["subject"], row["act"], row["rule"]) for row in told] == [
        (d.subject, d.act, d.rule) for d in decisions
    ]
    by_person = [row for row in told if row["actor"] == "person"]
    assert [(row["subject"], row["act"], row["reason"], row["detail"]) for row in by_person] == [
        ("g1-q02", "exclude", None, {}),
        ("g1-q03", "edit", None, {"fields": ["text"]}),
        ("g1-q04", "edit", None, {"fields": ["text"]}),
    ]
    pools = {row["detail"].get("pool") for row in told if row["act"] == "pool"}
    assert pools == {"alignment", "evaluation"}


def test_words_before_an_edit_stay_behind(folder: Folder, released: ReleaseReport) -> None:
    rows = (*made.rows(released, "seeds"), *made.rows(released, "evaluation"))
    texts = {row["id"]: row.get("text") or row["prompt"] for row in rows}
    assert texts["g1-q03"] == EDITED
    before = seeds.load(folder).question("g1-q03").text
    files = [path for path in released.path.rglob("*") if path.suffix in (".jsonl", ".md", ".json")]
    assert [path.name for path in files if before in path.read_text(encoding="utf-8")] == []


def test_the_profile_in_use_is_named(folder: Folder, released: ReleaseReport) -> None:
    profile = current_profile(folder)
    assert profile is not None
    manifest = json.loads((released.path / "manifest.json").read_text())
    assert manifest["profile"] == {"id": "fairness", "version": profile.version, "digest": profile.digest}
    card = (released.path / "README.md").read_text()
    assert f"Its use case is the profile `fairness`, version {profile.version}" in card
    assert "The run `questions` was made under no profile." in card


def test_a_run_judged_anew_is_told_by_its_new_gates(folder: Folder, released: ReleaseReport) -> None:
    from seedbed.engine import Journal

    path = folder.run("questions") / "journal.db"
    journal = Journal(path)
    kept = list(journal.verdicts())
    journal.judge_anew({"order": ["length"], "min_words": 2, "max_words": 60})
    journal.commit([], kept)
    journal.close()
    again = release(folder, ReleaseSettings(), "1.1")
    text = (again.path / "README.md").read_text()
    assert "| `length` | min_words 2, max_words 60 | 0 | 0.0 % |" in text
    assert made.rows(again, "questions")[0]["lineage"]["gates"] == ["length"]
    assert made.rows(again, "questions")[0]["id"] == made.rows(released, "questions")[0]["id"]


def test_a_folder_that_is_no_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAStudy):
        release(Folder(tmp_path), ReleaseSettings(), "1.0")
