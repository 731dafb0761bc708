"""The paper's traps, each with what would have been said had we stepped into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.generate.settings import TopicSettings
from seedbed.measures import Value
from seedbed.measures.categories import chi_square_tail
from seedbed.measures.intervals import clopper_pearson
from seedbed.measures.lengths import token_length
from seedbed.measures.statistics import evenness
from seedbed.propagate.testing import Outcome, Sample, describe, equivalence
from tests.paper.page import printed, program

QUESTIONS = {"made": 66_609, "accepted": 58_295}


def flags(yes: int, n: int) -> Sample:
    return Sample.flags([True] * yes + [False] * (n - yes))


def said(outcome: Outcome) -> tuple[float, float, float]:
    found = outcome.estimate
    assert isinstance(found, Value)
    assert found.low is not None
    assert found.high is not None
    return found.value, found.low, found.high


@pytest.mark.parametrize("n", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_a_pattern_that_moved_by_four_points_is_not_called_preserved(n: int) -> None:
    seeds, rows = flags(88, 94), flags(round(0.975 * n), n)
    (description,) = describe(seeds, rows)
    value, low, high = said(description)
    assert value == pytest.approx(0.039, abs=0.0005)
    assert 0 < low < 0.01  # it did move
    assert high > 0.10
    verdict = equivalence(seeds, rows)
    assert verdict.verdict == "undecided"
    assert verdict.needed is not None
    assert verdict.needed.seeds is not None
    assert verdict.needed.seeds > 3_000  # no number of rows makes up for 94 seeds
    assert verdict.needed.synth is None


@pytest.mark.parametrize("yes", [31, 32, 33])
def test_thirty_three_seeds_decide_nothing_whatever_they_were(yes: int) -> None:
    interval = clopper_pearson(yes, 33)
    assert isinstance(interval, Value)
    assert interval.low is not None
    assert interval.low < 0.9
    n = QUESTIONS["accepted"]
    assert equivalence(flags(yes, 33), flags(round(0.975 * n), n)).verdict == "undecided"


def test_all_of_thirty_three_is_known_to_eleven_points() -> None:
    interval = clopper_pearson(33, 33)
    assert isinstance(interval, Value)
    assert (interval.value, interval.high) == (1, 1)
    assert interval.low == pytest.approx(0.894, abs=0.001)


@pytest.mark.parametrize("growth", [100 / 100, 150 / 100, 200 / 120])
@pytest.mark.parametrize("field", ["misaligned", "aligned"])
def test_lengths_that_grew_are_called_changed(curated: Path, field: str, growth: float) -> None:
    lengths = [token_length(getattr(pair, field)) for pair in Study.open(curated).curation().triples]
    seeds = [length.value for length in lengths if isinstance(length, Value)]
    assert len(seeds) == 40
    grown = [growth * length for length in seeds] * 20  # as many as 800 responses
    ratio = said(describe(Sample.numbers(seeds), Sample.numbers(grown))[1])
    assert ratio[0] == pytest.approx(growth, rel=0.02)
    verdict = equivalence(Sample.numbers(seeds), Sample.numbers(grown)).verdict
    assert verdict == ("preserved" if growth == 1 else "changed")


def test_leading_topics_of_94_seeds_are_no_evidence_against_uniform_ones(curated: Path) -> None:
    asked = Counter(str(question.topic) for question in Study.open(curated).curation().questions)
    six = dict(asked.most_common(6))  # the paper's own topics
    even, all_even = evenness(six), evenness(asked)
    assert isinstance(even, Value)
    assert isinstance(all_even, Value)
    assert all_even.value < even.value < 1
    assert uniform(six) == (pytest.approx(2.27, abs=0.01), pytest.approx(0.81, abs=0.01))
    assert uniform(asked) == (pytest.approx(20.2, abs=0.05), pytest.approx(0.005, abs=0.0005))


def uniform(counts: Mapping[str, int]) -> tuple[float, float]:
    """Pearson's chi-square against equal shares, and its p."""
    expected = sum(counts.values()) / len(counts)
    statistic = sum((count - expected) ** 2 / expected for count in counts.values())
    return statistic, chi_square_tail(statistic, len(counts) - 1)


def test_equal_numbers_of_topics_are_made_only_where_somebody_asks_for_them() -> None:
    assert TopicSettings().equalise is False


def test_the_program_of_the_page_prints_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    title = "The paper's own counts, tested"
    exec(compile(program(title), "docs/paper.md", "exec"), {"__name__": "guide"})
    assert capsys.readouterr().out.splitlines() == printed(title)[0].splitlines()
