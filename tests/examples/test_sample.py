"""The sample study reproduces what the paper counts in its seeds, and says of every row where it is from."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from rapidfuzz.distance import Indel

from seedbed.measures import is_traditional, rule_a
from seedbed.records import Writer
from seedbed.taxonomy import load_taxonomy

SAMPLE = Path(__file__).parents[2] / "examples" / "sample"
OURS = "written for this project"
GROUPS = ("1", "2", "3", "4")
# sha256 of the quoted texts, joined by newlines: a spelling "corrected" by an editor is no quotation any more.
FIGURE_1 = "35ae712225e6dd3584a354f89b64bacfb3eb12c0e5c7b0084ab66b89e6f7d0c6"
TABLE_1 = "bcab5d170cb10b2be389841467d3711856836ce89c6e70c307ce770e2a5163a3"
APPENDIX_A2 = "5ea7fb9f902b26db6e74d96e4581e9ca6092a8ff4cfe03d093a19351f27be52a"


def read(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PEOPLE, QUESTIONS, PAIRS = read("people.csv"), read("questions.csv"), read("pairs.csv")
TAXONOMY = load_taxonomy(SAMPLE / "taxonomy.json")
TRIPLES = [json.loads(line) for line in (SAMPLE / "paper_triples.jsonl").read_text("utf-8").splitlines()]


def type_of(row: dict[str, str]) -> str | None:
    """The canonical type of a question. "legal context" is none, but the one suggested for it is what was meant."""
    raw = row["question_type"]
    return TAXONOMY.suggest("question_types", raw) if raw == "legal context" else TAXONOMY.match("question_types", raw)


def of_group(rows: list[dict[str, str]], group: str) -> list[dict[str, str]]:
    return [row for row in rows if row["group"] == group]


def topics(group: str) -> Counter[str | None]:
    return Counter(TAXONOMY.match("topics", row["topic"]) for row in of_group(QUESTIONS, group))


def types(group: str) -> Counter[str | None]:
    return Counter(type_of(row) for row in of_group(QUESTIONS, group))


def openness(group: str) -> Counter[str]:
    return Counter(rule_a(row["question"]) for row in of_group(QUESTIONS, group))


def once(counts: Counter[str | None]) -> int:
    return sum(count == 1 for count in counts.values())


def sha256(texts: list[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def rouge_l(a: str, b: str) -> float:
    """ROUGE-L F1 on lower-cased words and numbers, no stemming: equal to the normalised Indel similarity."""
    return Indel.normalized_similarity(*(re.findall(r"[a-z0-9]+", text.lower()) for text in (a, b)))


class TestTables:
    def test_table_2_counts_questions_and_pairs(self) -> None:
        assert [len(of_group(QUESTIONS, group)) for group in GROUPS] == [15, 26, 21, 32]
        assert [len(of_group(PAIRS, group)) for group in GROUPS] == [11, 11, 8, 10]
        assert (len(QUESTIONS), len(PAIRS)) == (94, 40)

    def test_table_4_counts_people(self) -> None:
        assert Counter(person["role"] for person in PEOPLE) == {"Moderator": 4, "Participant": 16}
        assert [sum(p["group"] == g and p["role"] == "Moderator" for p in PEOPLE) for g in GROUPS] == [1, 1, 1, 1]
        assert [sum(p["group"] == g and p["role"] == "Participant" for p in PEOPLE) for g in GROUPS] == [3, 5, 4, 4]
        assert Counter(person["location"] for person in PEOPLE) == {"BR": 9, "US": 9, "UK": 1, "CH": 1}
        assert all(person["position"] and person["background"] for person in PEOPLE)
        assert len({person["id"] for person in PEOPLE}) == 20


class TestAppendixA1:
    def test_item_1_questions_that_end_in_a_question_mark(self) -> None:
        plain = [sum(not is_traditional(row["question"]) for row in of_group(QUESTIONS, g)) for g in GROUPS]
        assert plain == [0, 1, 0, 5]

    def test_item_2_open_closed_other(self) -> None:
        first, second, third, fourth = map(openness, GROUPS)
        assert first["other"] == 12
        assert third["other"] == 13
        assert third["other"] > max(third["open"], third["closed"])
        assert (second["open"], second["closed"]) == (14, 0)
        assert fourth["open"] == 22
        assert fourth["closed"] > 0

    def test_item_2_the_seven_printed_questions(self) -> None:
        printed = [row["question"] for row in QUESTIONS if row["source"] != OURS]
        assert Counter(map(rule_a, printed)) == {"open": 1, "closed": 1, "other": 5}

    def test_item_3_most_frequent_type_and_topics(self) -> None:
        all_types = sum((types(group) for group in GROUPS), Counter[str | None]())
        all_topics = sum((topics(group) for group in GROUPS), Counter[str | None]())
        (first, count), (_, runner_up) = all_types.most_common(2)
        assert (first, count > runner_up) == ("giving-advice", True)
        top = all_topics.most_common(3)
        assert {name for name, _ in top[:2]} == {"health", "travel"}
        assert top[1][1] > top[2][1]

    def test_item_4_group_1(self) -> None:
        counts = types("1")
        assert {name: n for name, n in counts.items() if n > 1} == {
            "giving-advice": 5, "understanding-discrimination": 3, "situational-context": 2, "legal-expertise": 2,
        }  # fmt: skip
        assert once(counts) == 3
        (first, second, third) = topics("1").most_common(3)
        assert (first, second) == (("travel", 4), ("health", 3))
        assert third[1] < 3
        assert sum(row["question_type"] == "legal context" for row in of_group(QUESTIONS, "1")) == 2
        assert TAXONOMY.match("question_types", "legal context") is None  # a person confirms it

    def test_item_5_group_2(self) -> None:
        counts = types("2")
        assert {name: n for name, n in counts.items() if n > 1} == {"giving-advice": 3, "cultural-context": 2}
        assert once(counts) == 21
        by_topic = topics("2")
        assert {name for name, n in by_topic.items() if n == 5} == {"finance", "human-resources"}
        assert sorted(by_topic.values())[-3] <= 4

    def test_item_6_group_3(self) -> None:
        counts = types("3")
        assert {name: n for name, n in counts.items() if n > 1} == {
            "giving-advice": 4, "understanding-social-status": 3, "situational-context": 3,
            "knowledge-about-famous-people": 2, "technology-knowledge": 2,
        }  # fmt: skip
        assert once(counts) == 7
        by_topic = topics("3")
        assert (by_topic["health"], by_topic["travel"], by_topic["customer-care"]) == (5, 4, 4)
        assert sorted(by_topic.values())[-4] <= 3

    def test_item_7_group_4(self) -> None:
        counts = types("4")
        assert (
            counts["giving-advice"],
            counts["understanding-of-moral-and-ethical-dilemmas"],
            counts["understanding-of-cultural-nuances"],
            counts["technology-knowledge"],
            counts["understanding-social-status"],
        ) == (5, 3, 3, 3, 2)
        assert once(counts) == 8
        by_topic = topics("4")
        assert (by_topic["travel"], by_topic["health"], by_topic["finance"]) == (6, 5, 5)
        assert min(by_topic.values()) >= 2
        assert sorted(by_topic.values())[-4] <= 4


class TestSources:
    def test_every_row_says_where_it_is_from(self) -> None:
        quoted = [row["id"] for row in QUESTIONS if row["source"] == "paper, Figure 1"]
        assert quoted == [f"g1-q0{n}" for n in range(1, 8)]
        assert [row["id"] for row in PAIRS if row["source"] == "paper, Table 1"] == ["g1-p01"]
        assert Counter(row["source"] for row in [*QUESTIONS, *PAIRS])[OURS] == 94 - 7 + 40 - 1
        assert {row["source"] for row in [*read("hand_labels.csv"), *read("ratings.csv")]} == {"made up"}
        assert all(triple["source"] == "paper, Appendix A.2" for triple in TRIPLES)

    def test_quoted_texts_are_untouched(self) -> None:
        rows = [row for row in QUESTIONS if row["source"] != OURS]
        assert sha256([row[key] for row in rows for key in ("topic", "question_type", "question")]) == FIGURE_1
        assert sha256([PAIRS[0][key] for key in ("question", "misaligned", "critique", "aligned")]) == TABLE_1
        assert sha256([row[key] for row in TRIPLES for key in ("prompt", "misaligned", "aligned")]) == APPENDIX_A2

    def test_the_papers_triples_are_synthetic_and_have_no_critique(self) -> None:
        assert [(triple["origin"], triple["critique"]) for triple in TRIPLES] == [("synthetic", "")] * 2

    @pytest.mark.parametrize("rows", [QUESTIONS, PAIRS], ids=["questions", "pairs"])
    def test_authors_are_participants_of_the_group(self, rows: list[dict[str, str]]) -> None:
        group_of = {person["id"]: person["group"] for person in PEOPLE if person["role"] == "Participant"}
        assert all(group_of.get(author) == row["group"] for row in rows for author in row["author"].split(";"))
        assert {author for row in rows for author in row["author"].split(";")} == set(group_of)


class TestTexts:
    def test_texts_and_ids_are_unique(self) -> None:
        texts = [row["question"] for row in [*QUESTIONS, *PAIRS]]
        texts += [row[key] for row in PAIRS for key in ("misaligned", "critique", "aligned")]
        assert len(texts) == len(set(texts)) == 94 + 4 * 40
        ids = [row["id"] for row in [*PEOPLE, *QUESTIONS, *PAIRS, *TRIPLES]]
        assert len(ids) == len(set(ids))

    def test_exactly_the_two_planted_near_duplicates(self) -> None:
        texts = {row["id"]: row["question"] for row in [*QUESTIONS, *PAIRS]}
        near = {(a, b) for a, b in itertools.combinations(texts, 2) if rouge_l(texts[a], texts[b]) >= 0.7}
        assert near == {("g1-q10", "g3-q16"), ("g2-q12", "g4-q19")}

    def test_questions_are_eight_to_sixty_words(self) -> None:
        assert all(8 <= len(row["question"].split()) <= 60 for row in QUESTIONS)

    @pytest.mark.parametrize("row", PAIRS, ids=lambda row: row["id"])
    def test_a_pair_has_the_shape_of_table_1(self, row: dict[str, str]) -> None:
        tokens = {key: len(re.findall(r"\w+|[^\w\s]", row[key])) for key in ("misaligned", "aligned")}
        assert tokens["misaligned"] < 100
        assert tokens["aligned"] < 120
        shortest, longest = (15, 45) if row["group"] == "1" else (10, 70)
        assert shortest <= len(row["misaligned"].split()) <= longest
        assert 8 <= len(row["critique"].split()) <= 30
        assert 20 <= len(row["aligned"].split()) <= 90
        assert any(risk in row["critique"].lower() for risk in TAXONOMY.risks)
        assert rouge_l(row["misaligned"], row["aligned"]) < 0.5

    def test_each_group_has_its_value(self) -> None:
        assert [{TAXONOMY.match("values", row["value"]) for row in of_group(PAIRS, g)} for g in GROUPS] == [
            {"fairness"}, {"safety"}, {"productivity"}, {"explainability"},
        ]  # fmt: skip

    def test_four_pairs_hold_one_response_by_a_model(self) -> None:
        marks = [row["written_by"] for row in PAIRS if row["written_by"] != "human"]
        assert len(marks) == 4
        for mark in marks:
            part, writer = mark.split("=")
            assert part in {"misaligned", "aligned"}
            assert Writer(writer) in {Writer.MODEL, Writer.EDITED}


class TestTaxonomy:
    def test_predefined_labels_are_the_papers(self) -> None:
        assert [topic.label for topic in TAXONOMY.topics if topic.origin == "predefined"] == [
            "Human Resources", "Travel", "Customer Care", "Marketing", "Finance", "Health",
        ]  # fmt: skip
        assert sum(kind.origin == "predefined" for kind in TAXONOMY.question_types) == 21
        assert [value.label for value in TAXONOMY.values] == ["Fairness", "Safety", "Productivity", "Explainability"]

    def test_participants_labels_are_used_in_their_group_only(self) -> None:
        made = [label for label in (*TAXONOMY.topics, *TAXONOMY.question_types) if label.origin == "participants"]
        assert {(label.id, label.group) for label in made} == {
            ("education", "4"), ("housing", "4"), ("understanding-accessibility", "2"), ("estimating-quantities", "2"),
        }  # fmt: skip
        for label in made:
            users = [group for group in GROUPS if topics(group)[label.id] + types(group)[label.id]]
            assert users == [label.group]

    def test_labels_are_ready_for_generation(self) -> None:
        assert all(len(topic.subtopics) >= 8 for topic in TAXONOMY.topics)
        for kind in TAXONOMY.question_types:
            assert kind.hint
            assert len(kind.definition.split()) <= 20
            assert 4 <= len(kind.lead_ins) <= 8
            assert not [cue for cue in kind.cues if not re.compile(cue, re.IGNORECASE)]

    def test_most_seeds_show_a_cue_of_their_type(self) -> None:
        shown = 0
        for row in QUESTIONS:
            kind = TAXONOMY.question_type(str(type_of(row)))
            shown += any(re.search(cue, row["question"], re.IGNORECASE) for cue in kind.cues)
        assert shown >= 90

    def test_values_are_complete_and_their_examples_are_no_seeds(self) -> None:
        seeds = {row["question"] for row in PAIRS}
        for value in TAXONOMY.values:
            assert value.definition
            assert value.scope
            assert value.harms
            assert value.references
            assert value.examples
            assert seeds.isdisjoint(example.question for example in value.examples)


class TestReaders:
    def test_the_second_reader_labels_all_and_differs_on_some(self) -> None:
        labels = {row["question_id"]: row for row in read("hand_labels.csv")}
        assert list(labels) == [row["id"] for row in QUESTIONS]
        assert {row["topic"] for row in labels.values()} <= {topic.id for topic in TAXONOMY.topics}
        assert {row["question_type"] for row in labels.values()} <= {kind.id for kind in TAXONOMY.question_types}
        other_topic = sum(labels[q["id"]]["topic"] != TAXONOMY.match("topics", q["topic"]) for q in QUESTIONS)
        other_type = sum(labels[q["id"]]["question_type"] != type_of(q) for q in QUESTIONS)
        assert (other_topic, other_type) == (8, 12)

    def test_three_raters_rate_each_subject_on_both_scales(self) -> None:
        ratings = read("ratings.csv")
        cells = Counter((row["subject"], row["rater"], row["scale"]) for row in ratings)
        subjects, raters, scales = ({cell[n] for cell in cells} for n in range(3))
        assert set(cells.values()) == {1}
        assert len(cells) == len(subjects) * 3 * 2
        assert (len(raters), scales) == (3, {"relevance", "sensibility"})
        assert subjects <= {row["id"] for row in [*QUESTIONS, *PAIRS]}
        assert raters <= {person["id"] for person in PEOPLE}
        assert {row["value"] for row in ratings} <= set("12345")
