from __future__ import annotations

import json
from typing import Any

import pytest

from seedbed.errors import InputError
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.embed import Embedder
from seedbed.measures.observe import LabelObserver, accuracy
from tests.measures.conftest import SAMPLE

TOPICS = {
    "health": ["Health", "Health: illness, medicine, doctors, diet and sleep"],
    "travel": ["Travel", "Travel: trips, hotels, flights and the culture of a place"],
    "finance": ["Finance", "Finance: saving, loans, taxes and investing money"],
}


@pytest.fixture(scope="module")
def taxonomy() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SAMPLE / "taxonomy.json").read_text("utf-8"))
    return data


@pytest.mark.model
class TestObserver:
    def test_plain_cases_and_abstention(self, embedder: Embedder) -> None:
        observer = LabelObserver(embedder, TOPICS)
        seen = observer.observe_all(
            [
                "Which vaccine do I need against the flu?",
                "How do I pay off a loan early?",
                "A triangle has three sides.",
                "ok",
            ]
        )
        assert [observation.label for observation in seen] == ["health", "finance", None, None]
        assert seen[0].nearest == "health"
        assert seen[0].margin > observer.margin
        assert observer.observe("Which vaccine do I need against the flu?") == seen[0]

    def test_a_wider_margin_abstains_more_and_never_changes_its_mind(
        self, embedder: Embedder, questions: list[dict[str, str]]
    ) -> None:
        texts = [row["question"] for row in questions]
        narrow = LabelObserver(embedder, TOPICS, margin=0).observe_all(texts)
        wide = LabelObserver(embedder, TOPICS, margin=0.1).observe_all(texts)
        assert sum(o.label is None for o in wide) > sum(o.label is None for o in narrow)
        assert all(w.label in (None, n.label) for w, n in zip(wide, narrow, strict=True))

    def test_topics_of_the_sample(
        self, embedder: Embedder, questions: list[dict[str, str]], taxonomy: dict[str, Any]
    ) -> None:
        labels = {
            topic["id"]: [topic["label"], topic["definition"]]
            + [f"{topic['label']}: {name}" for name in topic["subtopics"]]
            for topic in taxonomy["topics"]
        }
        names = {
            name.lower(): topic["id"]
            for topic in taxonomy["topics"]
            for name in (topic["label"], topic["id"], *topic["aliases"])
        }
        observer = LabelObserver(embedder, labels)
        seen = observer.observe_all([row["question"] for row in questions])
        truth = [names[row["topic"].lower()] for row in questions]
        result = accuracy(zip((o.label for o in seen), truth, strict=True))
        assert isinstance(result.accuracy, Value)
        assert isinstance(result.coverage, Value)
        # Measured: 92 % of the 93 % decided; a change of model or rule that costs ten points should be noticed.
        assert result.accuracy.value > 0.82
        assert result.coverage.value > 0.83

    def test_cues_lift_question_types_and_still_leave_much_open(
        self, embedder: Embedder, questions: list[dict[str, str]], taxonomy: dict[str, Any]
    ) -> None:
        types = taxonomy["question_types"]
        labels = {t["id"]: [t["label"], f"{t['label']}: {t['definition']}"] for t in types}
        names = {n.lower(): t["id"] for t in types for n in (t["label"], *t["aliases"])}
        rows = [
            (row["question"], names[raw])
            for row in questions
            if (raw := row["question_type"].lower().removeprefix("questions that require ")) in names
        ]
        shares = []
        for cues in (None, {t["id"]: t["cues"] for t in types}):
            seen = LabelObserver(embedder, labels, cues=cues).observe_all([text for text, _ in rows])
            answer = accuracy((o.label, t) for o, (_, t) in zip(seen, rows, strict=True)).accuracy
            assert isinstance(answer, Value)
            shares.append(answer.value)
        assert len(rows) > 80
        assert shares[1] > shares[0] + 0.1

    @pytest.mark.parametrize("labels", [{}, {"one": ["a"]}, {"one": ["a"], "two": []}])
    def test_labels_without_a_choice_are_refused(self, embedder: Embedder, labels: dict[str, list[str]]) -> None:
        with pytest.raises(InputError):
            LabelObserver(embedder, labels)


def test_accuracy_counts_abstentions_in_coverage_only() -> None:
    result = accuracy([("a", "a"), ("b", "a"), (None, "a"), (None, "b")])
    assert isinstance(result.accuracy, Value)
    assert isinstance(result.coverage, Value)
    assert (result.accuracy.value, result.accuracy.n) == (0.5, 2)
    assert (result.coverage.value, result.coverage.n) == (0.5, 4)
    assert isinstance(accuracy([(None, "a")]).accuracy, NotApplicable)
    assert isinstance(accuracy([]).coverage, NotApplicable)
