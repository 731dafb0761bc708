from __future__ import annotations

import pytest

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.embed import Embedder
from seedbed.measures.relevance import answer_relevance, coherence, cosine


def number(answer: Measured[float]) -> float:
    assert isinstance(answer, Value)
    return answer.value


def test_the_printed_aligned_texts_score_below_all_texts_by_people(
    appendix: list[dict[str, str]], pairs: list[dict[str, str]]
) -> None:
    first, second = (number(coherence(row["aligned"])) for row in appendix)
    people = [number(coherence(row[field])) for row in pairs for field in ("misaligned", "aligned")]
    assert first < second < min(people)
    assert first <= 0.1
    assert [number(coherence(row["misaligned"])) for row in appendix] == [1, 1]


def test_the_note_names_the_signs(appendix: list[dict[str, str]]) -> None:
    answer = coherence(appendix[0]["aligned"])
    assert isinstance(answer, Value)
    assert answer.note == "37 words without a stop, trails off"


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Dress as you like, since readers judge the text.", 1),
        ("Dress as you like, since readers judge the text", 0.5),
        ("Wear a suit, a hat, a coat, and so on.", 0.5),
        ("Wear a suit, a hat, a coat etc", 0.25),
        ('She said: "Wear what you like today."', 1),
        ("the same old words again the same old words again the same old words again.", 0),
    ],
)
def test_signs(text: str, score: float) -> None:
    assert number(coherence(text)) == pytest.approx(score, abs=1e-9)


def test_coherence_knows_its_limits() -> None:
    assert isinstance(coherence("Yes, of course."), NotApplicable)
    assert isinstance(coherence("Das ist ein ganz anderer Satz.", "de"), NotApplicable)


@pytest.mark.model
class TestRelevance:
    def test_an_answer_fits_its_own_prompt_best(self, embedder: Embedder, pairs: list[dict[str, str]]) -> None:
        questions = embedder.encode([row["question"] for row in pairs])
        answers = embedder.encode([row["aligned"] for row in pairs])
        likeness = questions @ answers.T
        assert (likeness.argmax(axis=0) == range(len(pairs))).mean() > 0.9

    def test_cosine_does_not_see_incoherence(
        self, embedder: Embedder, appendix: list[dict[str, str]], pairs: list[dict[str, str]]
    ) -> None:
        printed = number(answer_relevance(embedder, appendix[0]["prompt"], appendix[0]["aligned"]))
        people = sorted(number(answer_relevance(embedder, row["question"], row["aligned"])) for row in pairs)
        assert printed > people[len(people) // 2]

    def test_values_and_limits(self, embedder: Embedder) -> None:
        assert number(cosine(embedder, "Save money.", "Save money.")) == pytest.approx(1)
        assert isinstance(cosine(embedder, "??", "Finance"), NotApplicable)
        assert isinstance(cosine(embedder, "Geld sparen", "Finance", language="de"), NotApplicable)
