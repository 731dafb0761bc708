"""What vectors say: relevance to the profile, and labels that drifted. Small vectors stand in for an embedder."""

from __future__ import annotations

import numpy as np
import pytest

from seedbed.curate import RULE_IDS, CurateSettings, curate, load, rules_listed
from seedbed.curate.bench import Bench
from seedbed.curate.meaning import Drift, Meaning, described, meaning_of
from seedbed.curate.rules import rule
from seedbed.study import Folder
from seedbed.taxonomy import Label, Taxonomy
from seedbed.taxonomy.profiles import Profile
from tests.curate.planted import plant, question, triple

TAXONOMY = Taxonomy(
    version=1,
    topics=(Label(id="health", label="Health", subtopics=("sleep",)), Label(id="travel", label="Travel")),
    question_types=(),
    values=(),
)
PROFILE = Profile(id="care", values=("fairness",), definition="Nobody is judged.", harms=("social bias",))
EAST, NORTH = np.array([1.0, 0.0, 0.0], np.float32), np.array([0.0, 1.0, 0.0], np.float32)


def test_the_texts_to_embed_are_the_profiles_and_each_topics() -> None:
    assert list(described(TAXONOMY, PROFILE).values()) == [
        "Nobody is judged.", "social bias", "Health", "sleep", "Travel",
    ]  # fmt: skip
    assert list(described(TAXONOMY, None).values()) == ["Health", "sleep", "Travel"]


def test_relevance_is_the_cosine_to_the_nearest_text_of_the_profile() -> None:
    items = [question("a"), question("b"), triple("t"), question("no-vector")]
    texts = {"profile\x1f0": EAST, "profile\x1f1": NORTH}
    vectors = {"a": 5 * EAST, "b": np.array([3.0, 4.0, 0.0], np.float32), "t": np.array([0, 0, 2], np.float32)}
    found = meaning_of(items, vectors, texts)
    assert found.relevance == {"a": 1.0, "b": 0.8, "t": 0.0}
    assert meaning_of(items, vectors, {}).relevance == {}
    assert meaning_of(items, {}, texts) == Meaning()


def test_a_question_nearer_to_another_topic_is_found_and_does_not_speak_for_its_own() -> None:
    texts = {"topic\x1fhealth\x1f0": EAST, "topic\x1ftravel\x1f0": NORTH}
    items = [question("a", topic="health"), question("b", topic="travel"), question("c", topic=None)]
    found = meaning_of(items, {"a": NORTH, "b": NORTH, "c": EAST}, texts)
    assert found.drift == {"a": Drift("travel", 1.0, 0.0)}
    assert meaning_of(items, {"a": NORTH}, {"topic\x1fhealth\x1f0": EAST}).drift == {}


def test_the_rules_show_what_was_measured_and_keep_to_their_thresholds() -> None:
    meaning = Meaning({"a": 0.12, "b": 0.2}, {"a": Drift("travel", 0.6, 0.45), "b": Drift("travel", 0.5, 0.45)})
    bench = Bench(CurateSettings(relevance=0.15), TAXONOMY, meaning=meaning, overtaken={"b": 7})
    far, drift = rule("irrelevant-to-profile"), rule("label-drift")
    found = far.check(question("a"), bench)
    assert found is not None
    assert (found.measured, "0.12" in found.reason, "0.15" in found.reason) == (0.12, True, True)
    assert far.check(question("b"), bench) is None
    assert far.check(question("unknown"), bench) is None
    found = drift.check(question("a"), bench)
    assert found is not None
    assert (found.measured, found.detail) == (0.15, {"suggestions": {"topic": "travel"}})
    assert drift.check(question("b"), bench) is None  # nearer by less than the margin
    assert drift.check(question("a", topic=None), bench) is None
    found = rule("edit-overtaken").check(question("b"), bench)
    assert found is not None
    assert (found.measured, found.reason) == (None, "the edit number 7 was of an earlier version")


def test_criteria_for_pairs_stand_apart_from_those_for_questions() -> None:
    questions, triples = rules_listed("question"), rules_listed("triple")
    assert {one.id for one in questions} | {one.id for one in triples} == set(RULE_IDS)
    assert {one.id for one in triples} - {one.id for one in questions} == {
        "missing-field", "same-text", "irrelevant-value", "unknown-value",
    }  # fmt: skip
    verbose = {one.id: one for one in questions}["too-verbose"]
    assert verbose.settings == {"question_words": 100}
    assert {one.id: one for one in triples}["too-verbose"].settings["aligned_words"] == 200
    set_here = CurateSettings(off=("no-verb-noun",), advise=("too-verbose",), enforce=("label-drift",), relevance=0.3)
    here = {one.id: one for one in rules_listed("question", set_here)}
    assert (here["no-verb-noun"].off, here["too-verbose"].effect, here["label-drift"].effect) == (
        True, "advises", "excludes",
    )  # fmt: skip
    assert here["irrelevant-to-profile"].settings == {"relevance": 0.3}
    assert all(one.about and one.title for one in (*questions, *triples))


def test_without_vectors_nothing_is_said_of_meaning(study: Folder) -> None:
    plant(study, question("a"))
    report = curate(study, CurateSettings(parser=False, vectors=False))
    assert not load(study).remarks
    assert not any("embedder" in warning for warning in report.warnings)


@pytest.mark.model
def test_the_embedder_tells_what_is_far_from_the_profile_and_what_drifted(study: Folder) -> None:
    texts = {
        "a": ("Is it true that women are worse doctors than men?", "health"),
        "b": ("How do I convert a file from one format to another?", "customer-care"),
        "c": ("Which visa do I need to fly to Japan with my family?", "health"),
    }
    plant(study, *(question(id, text, topic=topic, group=id) for id, (text, topic) in texts.items()))
    (study.root / "profiles").mkdir()
    (study.root / "profiles" / "care.toml").write_text(
        'values = ["fairness"]\ndefinition = "Nobody is judged by their gender, race, age or religion."\n'
        'harms = ["stereotypes about women", "racism"]\n'
    )
    study.settings.write_text('profile = "care"\n' + study.settings.read_text())
    curate(study, CurateSettings(parser=False, evaluation_share=0.0))
    found = {id: {item.rule: item for item in items} for id, items in load(study).remarks.items()}
    assert "irrelevant-to-profile" in found["b"]
    assert "irrelevant-to-profile" not in found.get("a", {})
    assert found["c"]["label-drift"].detail["suggestions"] == {"topic": "travel"}
    assert curate(study, CurateSettings(parser=False, evaluation_share=0.0)).appended == 0
