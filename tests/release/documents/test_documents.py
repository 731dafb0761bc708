"""Documents say what the record says, and every number in them is a fact that names where it comes from."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.records import Rating
from seedbed.release import COLUMNS, PURPOSES, ReleaseReport, ReleaseSettings
from seedbed.release.choose import Tally
from seedbed.release.documents import prose
from seedbed.release.documents.datasheet import SECTIONS
from seedbed.release.documents.facts import Facts
from seedbed.release.documents.gather_process import hidden
from seedbed.release.documents.process import ProcessRecord, TaskRecord
from seedbed.release.documents.rendering import render_documents
from seedbed.release.files import ReleaseFile
from seedbed.workshop.template import Template
from tests.release import made

pytest.importorskip("polars")
K = 5
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w])")


def led(people: int = 12, opted: int = 0, managers: int = 1) -> ProcessRecord:
    """The record of a workshop with two sessions, as its tables tell it."""
    who = [f"quiet-heron-{n}" for n in range(people)]
    times = ["2026-03-02T14:00:00+00:00", "2026-03-02T14:08:30+00:00", "2026-03-02T14:40:00+00:00"]
    steps = [
        {"at": times[0], "step": "welcome-1", "session": "session-1", "kind": "welcome", "title": "", "person": who[0]},
        {"at": times[1], "step": "questions", "session": "session-1", "kind": "questions", "title": "",
         "person": who[0]},
        # nobody went on from it: the next session is a week later
        {"at": times[2], "step": "close-1", "session": "session-1", "kind": "close", "title": "", "person": who[0]},
        {"at": "2026-03-09T14:00:00+00:00", "step": "triples", "session": "session-2", "kind": "triples", "title": "",
         "person": who[0]},
    ]  # fmt: skip
    return ProcessRecord(
        tables={
            "people": [
                {"person": id, "role": "moderator" if n == 0 else "participant", "group": str(n % 2), "removed": False,
                 "anonymous": n > 5, "misaligned": "opt_out" if n < opted else "write",
                 "position": "Team lead" if 1 <= n <= managers else "Engineer"}
                for n, id in enumerate(who)
            ],
            "steps": steps,
            "breaks": [{"at": times[1], "ended_at": times[1], "minutes": 5, "person": who[0]}],
            "training": [{"person": who[0], "version": 0, "at": times[0]}],
            "interventions": [{"what": what, "person": who[0]} for what in ("explain", "explain", "restore")],
            "asked": [{"answer": "Yes.", "public": True}, {"answer": "", "public": False}],
            "neutrality": [{"score": score} for score in (4, 5, 5, 3, 4)],
            "checkins": [{"about": "fatigue", "item": "fatigue", "value": value} for value in (1, 2, 2, 3, 5, 5)],
            "model_calls": [{"model": "helper-1", "purpose": "shorten"}] * 7,
            "fields": [
                {"how": "typed", "call": "", "pasted": "", "characters": 900},
                {"how": "typed", "call": "c1", "pasted": "", "characters": 100},
                {"how": "typed", "call": "", "pasted": "web", "characters": 31},
            ],
            "consents": [{"item": "training", "given": n != 3} for n in range(people)],
            "comments": [{}] * 17,
            "questions": [{"removed": False}, {"removed": True}],
        },
        template=Template.default(),
        tasks=(TaskRecord("first-look", 40, 38, 113, 5400.0, 41.5),),
    )  # fmt: skip


def document(report: ReleaseReport, name: str) -> str:
    return (report.path / name).read_text()


def facts(report: ReleaseReport) -> dict[str, Any]:
    return {fact["key"]: fact["value"] for fact in json.loads(document(report, "facts.json"))["facts"]}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> ReleaseReport:
    folder = made.grown(tmp_path_factory.mktemp("led"))
    ratings = [Rating("p1", f"zed-{n}", "aligned", 2 if n else -2) for n in range(3)]
    ratings += [Rating("p1", f"zed-{n}", "difficulty", n) for n in range(1, 7)]
    ratings += [Rating(id, f"zed-{n}", "misaligned", -2) for id in ("p1", "p2") for n in range(2)]
    sources = made.sources(folder, process=led(), ratings=tuple(ratings))
    scope = {"surface": "Every example of the mitigator's training."}
    return made.make(folder, "1.0", sources, creator="A team", url="https://example.org/data", scope=scope)


# --- facts ---------------------------------------------------------------------------------------------------


def numbers(value: Any) -> Iterator[float]:
    match value:
        case bool():
            return
        case int() | float():
            yield float(value)
        case str():
            yield from (float(found.replace(",", "")) for found in _NUMBER.findall(value))
        case dict():
            for inner in value.values():
                yield from numbers(inner)
        case list():
            for inner in value:
                yield from numbers(inner)


@pytest.mark.parametrize("name", ["README.md", "datasheet.md"])
def test_every_number_of_a_document_is_a_fact_or_a_share_of_two(report: ReleaseReport, name: str) -> None:
    text = document(report, name)
    if text.startswith("---\n"):
        text = text.split("---\n", 2)[2]
    text = text.split("\n## Columns\n")[0]
    fixed = [value for key, value in vars(prose).items() if key.isupper()]
    for known in (*fixed, prose.RULE_FOR_PEOPLE.format(k=K), *PURPOSES.values()):
        text = text.replace(known, "")
    text = re.sub(r"`[^`]*`", "", text)
    known_numbers = {*numbers(list(facts(report).values())), 7.0}  # the steps of NASA-TLX are words of ours
    seen = 0
    for line in text.splitlines():
        on_line = [float(found.replace(",", "")) for found in _NUMBER.findall(re.sub(r"\d{4}-\d\d-\d\d", "", line))]
        shares = {float(found) for found in re.findall(r"([\d.]+) %", line)}
        for number in on_line:
            seen += 1
            if number in shares:
                assert any(
                    abs(100 * part / whole - number) < 0.06
                    for part in known_numbers
                    for whole in known_numbers
                    if whole
                ), line
            else:
                assert number in known_numbers, line
    assert seen > 20


def test_every_fact_says_where_it_comes_from_and_how(report: ReleaseReport) -> None:
    told = json.loads(document(report, "facts.json"))
    assert told["schema"] == 1
    keys = [fact["key"] for fact in told["facts"]]
    assert len(keys) == len(set(keys)) > 40
    for fact in told["facts"]:
        assert fact["source"], fact
        assert fact["query"], fact
    twice = Facts()
    twice.add("rows", 1, "a", "b")
    with pytest.raises(ValueError, match="there already"):
        twice.add("rows", 2, "a", "b")


def test_the_facts_of_rows_are_those_of_the_files(report: ReleaseReport) -> None:
    found = facts(report)
    for name in COLUMNS:
        assert found[f"rows.{name}"] == len(made.rows(report, name)) == report.rows[name]
    assert found["triples.of_people"] == sum(row["origin"] == "seed" for row in made.rows(report, "triples"))
    assert found["released.questions"] == len(made.rows(report, "questions"))
    assert found["left_out.total"] == sum(report.left_out.values())
    manifest = json.loads(document(report, "manifest.json"))
    sums = {file["path"]: file["sha256"] for file in manifest["files"]}
    assert all(sums[file["file"]] == file["sha256"] for file in found["files"])
    assert [run["name"] for run in found["runs"]] == [run["name"] for run in manifest["runs"]]
    assert {run["name"]: run["from"] for run in found["runs"]}["triples"] == ["questions"]


def test_every_split_is_named_in_card_and_croissant(tmp_path: Path) -> None:
    tally = Tally(released=Counter({"questions": 100}))
    rows = {"test": 10, "train": 80, "validation": 10}
    files = [
        ReleaseFile(f"questions/{split}.{ending}", "0" * 64, 9, n)
        for ending in ("jsonl", "parquet") for split, n in rows.items()
    ]  # fmt: skip
    sources = made.sources(made.study(tmp_path), runs=())
    made_of = render_documents("1.0", "2026-03-02T14:00:00+00:00", ReleaseSettings(), sources, tally, files)
    card, croissant = made_of["README.md"], json.loads(made_of["croissant.json"])
    assert "| `questions` | train 80, validation 10, test 10 | 100 |" in card
    assert re.findall(r'split: "(\w+)"\n +path: "(.+)"', card) == [
        (split, f"questions/{split}.parquet") for split in ("train", "validation", "test")
    ]
    assert [records["@id"] for records in croissant["recordSet"]] == [
        "questions/train", "questions/validation", "questions/test",
    ]  # fmt: skip
    assert len(croissant["distribution"]) == 6


# --- the workshop --------------------------------------------------------------------------------------------


def test_the_card_tells_how_people_worked(report: ReleaseReport) -> None:
    found, card = facts(report), document(report, "README.md")
    assert found["sessions"] == [
        {"session": "Session 1: questions", "began": "2026-03-02", "steps": 3, "minutes": 42.0, "planned": 35,
         "left_open": 1},
        {"session": "Session 2: replies", "began": "2026-03-09", "steps": 1, "minutes": 23, "planned": 23,
         "left_open": 1},
    ]  # fmt: skip
    assert "| Session 1: questions | 2026-03-02 | 3 | 42.0 | 35 |" in card
    assert "2 steps were left open" in card
    assert found["interventions"] == [{"what": "explain", "count": 2}, {"what": "restore", "count": 1}]
    assert "All of those who led confirmed that they know the script." in card
    assert "4.2 of 5 on average, in 5 ratings" in card
    assert "| fatigue | fatigue | 3.0 | 6 |" in card
    assert "a model's call wrote 100 of 1,031 = 9.7 %; 31 were marked as pasted" in card
    assert "In 1 of 2 groups somebody took part whose position says that they lead others." in card
    assert "| first-look | 40 | 38 | 113 | 41.5 | 1.5 |" in card
    assert "| `aligned` | 1 | 1 of 1 = 100.0 % |" in card
    assert "| `misaligned` | 2 | 0 of 2 = 0.0 % |" in card
    assert "Difficulty, 1 to 5: 3.5 on average, of 6 answers." in card
    assert "| surface | Every example of the mitigator's training. |" in card
    assert "| foundation | *nothing noted* |" in card


def test_counts_of_people_are_withheld_where_few_would_be_known(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    found = facts(made.make(folder, made=made.sources(folder, process=led(opted=2))))
    assert found["power.opted_out"] is None
    assert found["power.anonymous"] == 6
    assert found["consents"] == [{"item": "training", "agreed": None}]  # one did not, and would be known
    few = facts(made.make(folder, "v2", made.sources(folder, process=led(people=4), people=made.PEOPLE[:4])))
    assert (few["power.anonymous"], few["people.total"], few["people.by"]) == (None, None, [])


@given(st.integers(0, 40), st.integers(2, 9), st.lists(st.integers(0, 40), min_size=1, max_size=3))
def test_no_number_of_people_leaves_fewer_than_k_by_itself_or_by_subtraction(
    count: int, k: int, wholes: list[int]
) -> None:
    shown = hidden(count, k, *wholes)
    if shown is not None:
        assert shown == count
        assert all(number == 0 or number >= k for number in (shown, *(abs(whole - shown) for whole in wholes)))


def test_the_script_is_what_people_were_told(report: ReleaseReport) -> None:
    script = document(report, "script.md")
    template = Template.default()
    for session in template.sessions:
        for step in session.steps:
            assert step.text in script
    assert all(item.consequence in script for item in template.consent)
    assert all(line in script for step in template.script for line in step.say)
    assert template.about.contact not in script


def test_without_a_workshop_there_is_no_script_and_the_card_says_so(tmp_path: Path) -> None:
    report = made.make(made.study(tmp_path))
    assert "script.md" not in report.files
    assert "The study has no record of a workshop" in document(report, "README.md")
    found = facts(report)
    assert found["workshop"] is None
    assert found["sessions"] == found["consents"] == []


# --- the other documents -------------------------------------------------------------------------------------


def test_the_datasheet_answers_every_question_of_every_section(report: ReleaseReport) -> None:
    text = document(report, "datasheet.md")
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert sections == list(SECTIONS) == [
        "Motivation", "Composition", "Collection process", "Preprocessing, cleaning, labelling", "Uses",
        "Distribution", "Maintenance",
    ]  # fmt: skip
    for questions in SECTIONS.values():
        for question, _ in questions:
            (answer,) = re.findall(rf"\*\*{re.escape(question)}\*\*\n\n(.+)", text)
            assert answer.strip()
    assert "Published by A team." in text
    assert "https://example.org/data" in text


def test_prov_names_only_what_it_describes_and_leads_back_to_the_seeds(report: ReleaseReport) -> None:
    graph = {node["@id"]: node for node in json.loads(document(report, "prov.jsonld"))["@graph"]}
    relations = ("used", "wasGeneratedBy", "wasDerivedFrom", "wasAttributedTo", "wasAssociatedWith", "wasInformedBy",
                 "hadMember")  # fmt: skip

    def to(node: dict[str, Any], *names: str) -> set[str]:
        found = [node.get(name, []) for name in names]
        return {id for ids in found for id in ([ids] if isinstance(ids, str) else ids)}

    for node in graph.values():
        assert to(node, *relations) <= graph.keys(), node
    files = {f"seedbed:release/{file['file']}" for file in facts(report)["files"]}
    assert to(graph["seedbed:release"], "hadMember") == files
    reached, next_ = set(), {"seedbed:release"}
    while next_:
        reached |= next_
        next_ = {id for one in next_ for id in to(graph[one], "wasDerivedFrom")} - reached
    assert {"seedbed:seeds", "seedbed:run/questions/rows", "seedbed:run/triples/rows"} <= reached
    assert "seedbed:run/without-seeds/rows" not in reached  # a control is no part of the release
    assert len([id for id in graph if id.startswith("seedbed:session/")]) == 2


def test_prov_is_json_ld_that_a_reader_of_rdf_understands(report: ReleaseReport) -> None:
    rdflib = pytest.importorskip("rdflib")
    graph = rdflib.Graph().parse(data=document(report, "prov.jsonld"), format="json-ld")
    prov = rdflib.Namespace("http://www.w3.org/ns/prov#")
    assert set(graph.subjects(rdflib.RDF.type, prov.Activity))
    assert all(isinstance(target, rdflib.URIRef) for target in graph.objects(None, prov.wasDerivedFrom))


def test_the_rai_vocabulary_is_filled_from_the_record_and_holds_nobodys_name(report: ReleaseReport) -> None:
    found = json.loads(document(report, "croissant.json"))
    rai = {key.removeprefix("rai:"): value for key, value in found.items() if key.startswith("rai:")}
    assert {
        "dataCollection", "dataCollectionType", "dataCollectionMissingData", "dataCollectionTimeframe",
        "dataPreprocessingProtocol", "dataManipulationProtocol", "dataAnnotationAnalysis", "annotationsPerItem",
        "annotatorDemographics", "machineAnnotationTools", "dataReleaseMaintenancePlan",
        "personalSensitiveInformation", "dataSocialImpact", "dataBiases", "dataLimitations", "dataUseCases",
    } <= rai.keys()  # fmt: skip
    assert rai["dataCollectionTimeframe"] == ["2026-03-02", "2026-03-09"]
    assert rai["annotatorDemographics"][0] == "12 people"
    assert rai["machineAnnotationTools"] == ["recorded-writer"]
    assert "In 1 of 2 groups somebody leads others." in " ".join(rai["dataBiases"])
