from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed.curate import confirm_label, curate, decide, load
from seedbed.errors import InputError, UsageError
from seedbed.records import Writer
from seedbed.seeds import gather, install_taxonomy
from seedbed.seeds.codec import HandLabel, SubjectLabel, encode
from seedbed.study import Folder
from seedbed.study.entries import Act
from seedbed.study.events import EventStore
from tests.curate.planted import PLAIN, plant, question, triple, verdicts
from tests.seeds.studies import TAXONOMY, stored_data
from tests.seeds.written import agree, write_rows


def test_a_persons_decision_stands_over_every_rule_now_and_later(study: Folder) -> None:
    plant(study, question("a", written_by=Writer.MODEL), question("b"), question("c"))
    curate(study, PLAIN)
    decide(study, "a", "include", "It is nuanced.", "ana")
    decide(study, "b", "exclude", "Too close to a real case.", "ana")
    for other in (PLAIN, PLAIN.model_copy(update={"seed": 5}), PLAIN.model_copy(update={"off": ("written-by-model",)})):
        curate(study, other)
        assert verdicts(study) == {"a": "in", "b": "person", "c": "in"}
    curation = load(study)
    assert set(curation.selected_questions) == {"a", "c"}
    assert (curation.excluded["b"].actor, curation.excluded["b"].reason) == ("ana", "Too close to a real case.")
    assert curation.included["c"].actor == "rule"


def test_a_persons_decision_may_come_before_any_rule(study: Folder) -> None:
    plant(study, question("a"), question("b"))
    decide(study, "a", "exclude", "Off topic.", "ana")
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "person", "b": "in"}


def test_an_excluded_seed_is_no_example_from_that_moment(study: Folder) -> None:
    plant(study, question("a"), question("b"))
    curate(study, PLAIN)
    decide(study, "a", "exclude", "Off topic.", "ana")
    assert load(study).selected_questions == ("b",)


def test_undo_leaves_the_seed_to_the_rules_again(study: Folder) -> None:
    plant(study, question("a", written_by=Writer.MODEL))
    curate(study, PLAIN)
    decide(study, "a", "include", "It is fine.", "ana")
    decide(study, "a", "undo", "I was wrong.", "ana")
    assert verdicts(study) == {"a": "written-by-model"}
    plant(study, question("b"))
    decide(study, "b", "include", "Good.", "ana")
    decide(study, "b", "undo", "Let us see.", "ana")
    assert "b" not in verdicts(study)
    curate(study, PLAIN)
    assert verdicts(study)["b"] == "in"


def test_a_near_duplicate_that_a_person_includes_stays_beside_the_first(study: Folder) -> None:
    plant(
        study, question("a", "Where is the best old doctor here?"), question("b", "Where is the best old dentist here?")
    )
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "in", "b": "near-duplicate"}
    decide(study, "b", "include", "Dentists are another matter.", "ana")
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "in", "b": "in"}


def test_a_seed_that_a_person_excludes_makes_room_for_what_is_like_it(study: Folder) -> None:
    plant(
        study, question("a", "Where is the best old doctor here?"), question("b", "Where is the best old dentist here?")
    )
    decide(study, "a", "exclude", "Off topic.", "ana")
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "person", "b": "in"}
    by_rule = [
        entry for entry in load(study).log if entry.decision.act in ("include", "exclude") and entry.actor == "rule"
    ]
    assert [entry.decision.subject for entry in by_rule] == ["b"]  # about the other no rule says anything


def test_retagging_gives_labels_and_lets_a_seed_be_chosen(study: Folder) -> None:
    plant(study, question("a", topic=None, topic_raw="odd"), triple("t", values=(), values_raw=("odd",)))
    assert curate(study, PLAIN).selected_questions == ()
    decide(study, "a", "retag", "It is about money.", "ana", topic="finance")
    decide(study, "a", "retag", "And about the law.", "bo", question_type="legal-expertise")
    decide(study, "t", "retag", "It is about harm.", "ana", values=("safety",))
    report = curate(study, PLAIN)
    assert (report.selected_questions, report.selected_triples) == (("a",), ("t",))
    curation = load(study)
    assert (curation.question("a").topic, curation.question("a").question_type) == ("finance", "legal-expertise")
    assert curation.question("a").topic_raw == "odd"
    assert curation.triple("t").values == ("safety",)
    assert not curation.held


def test_a_confirmed_label_counts_for_every_row_that_has_it_and_will_have(study: Folder) -> None:
    kind = {"question_type": None}
    plant(
        study,
        question("a", question_type_raw="legal context", **kind),
        question("b", question_type_raw="Legal Context!", **kind),
        question("c", question_type_raw="something else", **kind),
    )
    with EventStore.at(study.people) as store:
        label = HandLabel("chi", None, None, question_type_raw="legal context")
        store.append("seeds", "chi", [encode(SubjectLabel("a", label))])
    assert confirm_label(study, "Legal context", "legal-expertise", "question_types", "ana") == 2
    plant(study, question("d", question_type_raw="legal context", **kind))
    curation = load(study)
    assert [item.question_type for item in curation.questions] == [
        "legal-expertise", "legal-expertise", None, "legal-expertise",
    ]  # fmt: skip
    assert curation.hand_labels["a"][0].question_type == "legal-expertise"
    assert curation.relabels["question_types"] == {"legal context": "legal-expertise"}
    report = curate(study, PLAIN)
    assert set(report.selected_questions) == {"a", "b", "d"}


def test_a_label_that_joins_the_taxonomy_is_known_from_then_on(study: Folder, tmp_path: Path) -> None:
    plant(
        study,
        question("a", topic=None, topic_raw="Moon travel", group="1"),
        triple("t", values=("fairness",), values_raw=("Fairness", "Kindness")),
    )
    assert set(curate(study, PLAIN).held) == {"a"}
    labels = json.loads(json.dumps(TAXONOMY))
    labels["topics"].append({"id": "moon", "label": "moon travel", "origin": "participants"})
    labels["values"].append({"id": "kindness", "label": "Kindness", "definition": "Warmth."})
    (tmp_path / "new.json").write_text(json.dumps(labels))
    install_taxonomy(study, tmp_path / "new.json")
    report = curate(study, PLAIN)
    assert (report.selected_questions, report.held) == (("a",), {})
    curation = load(study)
    assert (curation.question("a").topic, curation.question("a").taxonomy) == ("moon", 2)
    assert (curation.triple("t").values, curation.triple("t").taxonomy) == (("fairness", "kindness"), 2)


def test_the_last_word_on_a_label_counts(study: Folder) -> None:
    plant(study, triple("t", values=("fairness",), values_raw=("Fairness", "kindness")))
    confirm_label(study, "kindness", "fairness", "values", "ana")
    assert load(study).triple("t").values == ("fairness",)
    confirm_label(study, "kindness", "safety", "values", "bo")
    assert load(study).triple("t").values == ("fairness", "safety")


def test_reasons_and_labels_of_people_stand_in_no_event(study: Folder) -> None:
    plant(study, question("a", topic=None, topic_raw="Rumpelstiltskin"))
    curate(study, PLAIN)
    confirm_label(study, "Rumpelstiltskin", "finance", "topics", "ana")
    decide(study, "a", "exclude", "Ana said that it hurts.", "bo")
    curate(study, PLAIN)
    data = stored_data(study)
    assert "Rumpelstiltskin" not in data
    assert "hurts" not in data
    assert load(study).excluded["a"].reason == "Ana said that it hurts."


def test_what_cannot_be_decided_is_refused(study: Folder) -> None:
    plant(study, question("q-1"), triple("t-1"))
    with pytest.raises(InputError, match="No seed 'q-2'") as caught:
        decide(study, "q-2", "exclude", "Why not.", "ana")
    assert "'q-1'" in caught.value.hint
    with pytest.raises(UsageError, match="needs a reason"):
        decide(study, "q-1", "exclude", "  ", "ana")
    with pytest.raises(UsageError, match="no decision 'burn'"):
        decide(study, "q-1", "burn", "Why not.", "ana")  # type: ignore[arg-type]
    for actor in ("rule", " "):
        with pytest.raises(UsageError, match="needs the person"):
            decide(study, "q-1", "exclude", "Why not.", actor)
    with pytest.raises(UsageError, match="To retag is to give"):
        decide(study, "q-1", "retag", "Why not.", "ana")
    with pytest.raises(UsageError, match="takes no labels"):
        decide(study, "q-1", "exclude", "Why not.", "ana", topic="health")
    with pytest.raises(UsageError, match="triples have values"):
        decide(study, "t-1", "retag", "Why not.", "ana", topic="health")
    with pytest.raises(InputError, match="no topic 'Travels'") as caught:
        decide(study, "q-1", "retag", "Why not.", "ana", topic="Travels")
    assert "'travel'" in caught.value.hint
    with pytest.raises(InputError, match="No seed has the label 'moon'"):
        confirm_label(study, "moon", "health", "topics", "ana")
    with pytest.raises(InputError, match="no question type 'moon'"):
        confirm_label(study, "odd", "moon", "question_types", "ana")


def test_a_label_was_confirmed_as_it_was_typed_then(study: Folder) -> None:
    """A group that types another label later did not have that one confirmed."""
    with EventStore.of(study) as store:
        agree(store, "p_ana")
        write_rows(store, "p_ana", 1, {"r1": "Where do I pay?", "r2": "Whom do I ask?"})
        for row in ("r1", "r2"):
            act = Act("row.set", row, {"cmd": f"s-{row}", "field": "topic"}, {"value": "Cash"})
            store.append("board/A/questions", "p_ana", [act])
        gather(study)
        assert confirm_label(study, "Cash", "finance", "topics", "mia") == 2
        act = Act("row.set", "r1", {"cmd": "again", "field": "topic"}, {"value": "Stars"})
        store.append("board/A/questions", "p_ana", [act])
    gather(study)
    found = load(study)
    assert (found.question("A-r1").topic_raw, found.question("A-r1").topic) == ("Stars", None)
    assert found.question("A-r2").topic == "finance"
    assert "stars" not in found.relabels["topics"]
