"""Words follow numbers: what may be said of a feature, by which test, and what would tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seedbed.measures.definition import NotApplicable, Value
from seedbed.propagate import document
from seedbed.propagate.features import features_of
from seedbed.propagate.reading import headline, needed_words, number, read
from seedbed.propagate.settings import PropagateSettings
from seedbed.propagate.testing import Finding, Needed, Outcome, TestId

SETTINGS = PropagateSettings()
LENGTH, MARKS = features_of("questions", {})[:2]


def found_by(
    test: TestId, feature: str, value: float | None, low: float | None = None, high: float | None = None,
    p: float | None = None, against: tuple[str, ...] = (),
) -> document.Tested:  # fmt: skip
    estimate = NotApplicable("undefined: within noise") if value is None else Value(value, low, high, n=100)
    return document.Tested(
        Finding(test, feature, "?", Outcome("m", estimate, p=p), p_holm=p), "r", "generated", against
    )


def says(*found: document.Tested, no_seed: str = "") -> str:
    (reading,) = read([LENGTH], found, "r", SETTINGS, no_seed=no_seed)
    return reading.says


def test_only_a_small_p_and_an_interval_above_zero_follow() -> None:
    assert says(found_by("T5", "tokens", 0.8, 0.6, 1.0, 0.01)) == "follows"
    assert says(found_by("T5", "tokens", 0.8, -0.1, 1.7, 0.01)) == "cannot be told"
    assert says(found_by("T5", "tokens", 0.8, 0.6, 1.0, 0.06)) == "cannot be told"
    assert says(found_by("T5", "tokens", -0.8, -1.0, -0.6, 0.01)) == "moves away"
    assert says(found_by("T5", "tokens", 0.05, -0.1, 0.19, 0.6)) == "does not follow"
    assert says(found_by("T5", "tokens", 0.05, -0.1, 0.21, 0.6)) == "cannot be told"
    assert says(found_by("T5", "tokens", 0.0, 0.0, 0.0, 1.0)) == "cannot be told"  # all rows alike show nothing
    assert says() == "cannot be told"


def test_the_test_that_speaks_is_fixed_and_not_the_one_that_says_most() -> None:
    weak, strong = found_by("T3", "tokens", 0.3, -0.2, 0.8, 0.2), found_by("T5", "tokens", 0.9, 0.8, 1.0, 0.001)
    assert says(strong, weak) == "cannot be told"
    assert says(strong, found_by("T3", "tokens", None)) == "follows"
    other = found_by("T2", "tokens", 0.0, -0.1, 0.1, 0.9, against=("swapped",))
    assert says(strong, other, no_seed="r-no-seed") == "follows"
    assert says(strong, found_by("T2", "tokens", 0.0, -0.1, 0.1, 0.9, ("r-no-seed",)), no_seed="r-no-seed") == (
        "does not follow"
    )


def test_the_headline_says_what_follows_first_with_its_numbers() -> None:
    found = [found_by("T5", "question-mark", 0.05, -0.1, 0.15, 0.5), found_by("T5", "tokens", 0.8, 0.7, 0.9, 0.01)]
    readings = read([MARKS, LENGTH], found, "r", SETTINGS, no_seed="")
    assert headline(readings) == (
        "Length follows the seeds, slope .8 (.7 to .9); question marks do not follow the seeds, slope .05 (-.1 to .15)."
    )
    (open_,) = read([LENGTH], [found_by("T5", "tokens", 0.3, -0.3, 0.9, 0.4)], "r", SETTINGS, no_seed="")
    assert open_.decides == "about 1,600 rows, if the estimate stays as it is"  # 100 · (.6 / .15)²
    (endless,) = read([LENGTH], [found_by("T5", "tokens", 0.3, None, 0.9, 0.01)], "r", SETTINGS, no_seed="")
    assert endless.decides == "many more rows: the interval has no end"
    assert "-∞ to .9" in endless.sentence
    (none,) = read([LENGTH], [found_by("T3", "tokens", 1.1, p=0.167)], "r", SETTINGS, no_seed="")
    assert none.decides == "more sets of seeds: a swap with more of them (--swap K)"
    assert "(no interval)" in none.sentence
    assert headline([open_]).startswith("Of none of 1 features")
    assert headline([]) == "Nothing could be tested."


def test_a_control_without_seeds_is_not_taken_for_one_with_others() -> None:
    none = found_by("T2", "tokens", 0.8, 0.6, 1.0, 0.01, ("none",))
    alike = found_by("T2", "tokens", 0.1, -0.5, 0.6, 0.9, ("swapped",))
    unlike = found_by("T2", "tokens", 0.7, 0.3, 1.0, 0.02, ("swapped",))
    assert says(none, no_seed="none") == says(none, alike, no_seed="none") == "comes nearer"
    assert says(none, unlike, no_seed="none") == "follows"
    (reading,) = read([LENGTH], [none, alike], "r", SETTINGS, no_seed="none")
    assert headline([reading]) == "Length comes nearer to the seeds than without any, follow index .8 (.6 to 1)."
    assert "which are shown" in reading.decides


def test_words_that_the_plan_gave_are_nobody_s_doing() -> None:
    found = [found_by("T3", "openness-a", 0.0, -0.1, 0.1, 1.0), found_by("T3", "tokens", 0.0, -0.1, 0.1, 1.0)]
    opening = next(feature for feature in features_of("questions", {}) if feature.name == "openness-a")
    readings = read([opening, LENGTH], found, "r", SETTINGS, no_seed="", openings=12)
    assert [reading.says for reading in readings] == ["cannot be told", "does not follow"]
    assert "first words of 12 rows" in readings[0].sentence
    assert read([opening], found, "r", SETTINGS, no_seed="")[0].says == "does not follow"


def test_what_would_decide_an_open_equivalence_is_said() -> None:
    assert needed_words(Needed(seeds=412, both=(50, 900))) == "412 seeds, or 50 seeds and 900 rows would decide"
    assert needed_words(Needed(seeds=412, both=(412, 900))) == "412 seeds would decide"
    assert needed_words(Needed(synth=50, both=(62, 50))) == "50 rows would decide"
    assert "no number" in needed_words(Needed())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.05, ".05"),
        (-0.3, "-.3"),
        (1.25, "1.25"),
        (38.4, "38"),
        (0.0, "0"),
        (-0.001, "0"),
        (1e4, "10,000"),
        (9.999, "10"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


def test_the_reason_is_that_of_the_test_that_would_decide() -> None:
    choice, control = found_by("T5", "tokens", None), found_by("T2", "tokens", None, against=("none",))
    few = NotApplicable("the prompts are too few")
    choice = replace(choice, finding=replace(choice.finding, outcome=Outcome("m", few)))
    (alone,) = read([LENGTH], [choice], "r", SETTINGS, no_seed="")
    assert (alone.sentence, alone.decides) == (
        "whether length follows cannot be told: the prompts are too few", "a control: --controls"
    )  # fmt: skip
    (beside,) = read([LENGTH], [choice, control], "r", SETTINGS, no_seed="none")
    assert (beside.sentence, beside.decides) == (
        "whether length follows cannot be told: within noise",
        "other seeds, more unlike what the model writes by itself",
    )
