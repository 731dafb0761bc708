"""The labels over HTTP: versions that are never changed, and what participants add to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seedbed.seeds import current_taxonomy, taxonomy_versions
from seedbed.server.guide import labelling
from seedbed.server.guide.schemas import TaxonomyAsked
from seedbed.server.refusals import Refusal
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.taxonomy import Taxonomy, default_taxonomy
from tests.server.served import Browser, seated, serving

PATH = "/api/studies/one/taxonomy"


def _asked(taxonomy: Taxonomy | None = None) -> dict[str, Any]:
    """The labels as a page sends back what it was shown."""
    shown = labelling.shown(taxonomy or default_taxonomy()).model_dump()
    del shown["version"]
    return {**shown, "note": ""}


def _edited(**changed: Any) -> Taxonomy:
    return labelling.edited(default_taxonomy(), TaxonomyAsked.model_validate({**_asked(), **changed}))


def test_a_page_that_changes_nothing_changes_nothing() -> None:
    before = default_taxonomy()
    assert _edited(note=before.note) == before


def test_what_a_page_does_not_edit_of_a_label_stays() -> None:
    before = default_taxonomy()
    topics = _asked()["topics"]
    topics[0] |= {"label": "People at work", "definition": "Work and people."}
    values = _asked()["values"]
    values[0] |= {"definition": "Another definition.", "harms": ["one"], "examples": []}
    after = _edited(topics=topics, values=values)
    assert after.topics[0].subtopics == before.topics[0].subtopics
    assert after.topics[0].definition == "Work and people."
    assert after.match("topics", "people at work") == before.topics[0].id
    again = TaxonomyAsked.model_validate(_asked(after) | {"topics": [topics[0] | {"label": "Folk"}, *topics[1:]]})
    for name in (before.topics[0].label, "People at work", "folk"):  # rows may still carry the old ones
        assert labelling.edited(after, again).match("topics", name) == before.topics[0].id
    assert after.values[0].scaffold == before.values[0].scaffold
    assert after.values[0].harms == ("one",)
    assert after.question_types == before.question_types


def test_new_labels_get_ids_and_those_left_out_are_gone() -> None:
    topics = [
        *_asked()["topics"][1:],
        {"label": "  Água e\tsaneamento "}, {"label": "教育"}, {"label": "教育 2"}, {"label": "Travel by train"},
    ]  # fmt: skip
    after = _edited(topics=topics)
    assert [(topic.id, topic.label) for topic in after.topics[-4:]] == [
        ("agua-e-saneamento", "Água e saneamento"), ("label", "教育"), ("2", "教育 2"),
        ("travel-by-train", "Travel by train"),
    ]  # fmt: skip
    assert default_taxonomy().topics[0].id not in {topic.id for topic in after.topics}
    assert after.topics[-1].origin == "predefined"


def test_a_name_belongs_to_the_label_that_bears_it() -> None:
    before = default_taxonomy()
    alias = next(topic for topic in before.topics if topic.aliases).aliases[0]
    after = _edited(topics=[*_asked()["topics"], {"label": alias}])
    assert after.match("topics", alias) == after.topics[-1].id
    for wrong in (
        [*_asked()["topics"], {"label": before.topics[0].label.upper()}],
        [*_asked()["topics"], {"label": " "}],
        [*_asked()["topics"], {"label": "a\u0000b"}],
        [*_asked()["topics"], {"id": "No id", "label": "Well named"}],
        [*_asked()["topics"], {"id": before.topics[0].id, "label": "Twice"}],
    ):
        with pytest.raises(Refusal, match="bad_taxonomy"):
            _edited(topics=wrong)


def test_labels_are_edited_as_a_new_version_that_every_page_hears_of(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.joined("one", "Ana", by=olga)
        assert ana.get(PATH).json()["version"] == 1
        asked = _asked()
        asked["risks"] = [*asked["risks"], "Losing one's job", "losing one's  JOB"]
        made = olga.put(PATH, {**asked, "version": 1})
        assert made.status_code == 200, made.text
        assert made.json()["version"] == 2
        assert [risk["label"] for risk in made.json()["risks"]][-1] == "Losing one's job"
        assert olga.put(PATH, asked).json()["version"] == 2  # the same again is no new version
        assert olga.put(PATH, {**asked, "version": 1}).json()["code"] == "out_of_date"
        assert ana.put(PATH, asked).json()["code"] == "not_yours"
        bad = {**asked, "topics": [asked["topics"][0], asked["topics"][0]]}
        assert olga.put(PATH, bad).json()["code"] == "bad_taxonomy"
        assert ana.get("/api/studies/one/guide").json()["taxonomy"] == made.json()
        with seated(server, ana, "board/A/questions") as board:
            events = board.command("row.add")
            assert not isinstance(events, str)
            assert events[-1]["changes"][0][2]["taxonomy"] == 2
    folder = Folder(tmp_path / "one")
    assert taxonomy_versions(folder) == [1, 2]
    assert current_taxonomy(folder).topics[0].subtopics == default_taxonomy().topics[0].subtopics
    with EventStore.of(folder) as store:
        assert [event.data["version"] for event in store.read("agenda")] == [2]


def _proposed(browser: Browser) -> list[dict[str, Any]]:
    answer = browser.get("/api/studies/one/labels")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def test_what_participants_add_joins_the_labels_when_it_is_accepted(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana, bo = server.joined("one", "Ana", by=olga), server.joined("one", "Bo", group="B", by=olga)
        mod = server.joined("one", "Mo", role="moderator", by=olga)
        ids = {}
        with seated(server, ana, "board/A/questions") as board:
            ids["topic"] = board.made("label.add", of="topics", label="Public transport", definition="Buses, trains.")
            ids["type"] = board.made("label.add", of="question_types", label="ask for a poem")
            ids["value"] = board.made("label.add", of="values", label="Dignity", definition="Worth.")
            ids["risk"] = board.made("label.add", of="risks", label="Being laughed at")
            ids["none"] = board.made("label.add", of="topics", label="Blah")
        with seated(server, bo, "board/B/questions") as board:
            ids["same"] = board.made("label.add", of="topics", label="public  TRANSPORT")
        assert {one["state"] for one in _proposed(mod)} == {"proposed"}
        first = next(one for one in _proposed(mod) if one["id"] == ids["topic"])
        assert first["name"] == "Ana"
        assert (first["group"], first["activity"], first["as"]) == ("A", "questions", None)

        def review(what: str, group: str = "A", by: Browser = mod, **asked: Any) -> Any:
            return by.post(f"/api/studies/one/labels/{group}/questions/{ids[what]}", asked).json()

        assert review("topic", state="accepted")["as"] == "public-transport"
        assert review("topic", state="accepted")["as"] == "public-transport"  # again: nothing new
        assert review("same", group="B", state="accepted")["as"] == "public-transport"
        assert review("type", state="accepted", **{"as": "legal-expertise"})["as"] == "legal-expertise"
        assert review("value", state="accepted")["as"] == "dignity"
        assert review("risk", state="accepted")["as"] == "being-laughed-at"
        assert review("none", state="declined") | {"at": ""} == {
            "group": "A", "activity": "questions", "id": ids["none"], "of": "topics", "label": "Blah", "definition": "",
            "person": first["person"], "name": "Ana", "at": "", "state": "declined", "as": None,
        }  # fmt: skip
        assert review("none", state="accepted", **{"as": "nowhere"})["code"] == "unknown_label"
        assert review("none", state="declined", **{"as": "travel"})["code"] == "bad_command"
        assert review("topic", by=ana, state="declined")["code"] == "not_yours"
        assert _proposed(olga) == _proposed(mod)
        assert ana.get("/api/studies/one/labels").json()["code"] == "not_yours"
        for path, code in (("A/questions/zzz", "unknown_item"), ("Z/questions/zzz", "unknown_document")):
            answer = mod.post(f"/api/studies/one/labels/{path}", {"state": "declined"})
            assert (answer.status_code, answer.json()["code"]) == (404, code)
        guide = ana.get("/api/studies/one/guide").json()["taxonomy"]
        assert guide["version"] == 5
        assert guide["topics"][-1] == {
            "id": "public-transport", "label": "Public transport", "definition": "Buses, trains.",
            "origin": "participants", "group": "A",
        }  # fmt: skip
        assert guide["values"][-1]["label"] == "Dignity"
        assert guide["risks"][-1]["label"] == "Being laughed at"
    found = current_taxonomy(Folder(tmp_path / "one"))
    assert found.match("question_types", "Ask for a poem") == "legal-expertise"
    with EventStore.of(Folder(tmp_path / "one")) as store:
        assert [event.data["version"] for event in store.read("agenda")] == [2, 3, 4, 5]


def test_a_review_waits_for_nobody_who_holds_the_study(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        ana = server.joined("one", "Ana", by=olga)
        with seated(server, ana, "board/A/questions") as board:
            label = board.made("label.add", of="topics", label="Public transport")
        path = f"/api/studies/one/labels/A/questions/{label}"
        with Folder(tmp_path / "one").writing():  # a curation is under way
            answer = olga.post(path, {"state": "accepted"})
            assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert _proposed(olga)[0]["state"] == "proposed"
        assert olga.post(path, {"state": "accepted"}).json()["state"] == "accepted"
