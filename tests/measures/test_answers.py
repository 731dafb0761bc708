"""Bad input: every measure of the catalogue answers with a sound value or with a reason, never with a wrong number."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.measures.catalogue import MEASURES
from seedbed.measures.definition import NotApplicable, Value
from tests.measures.answers import ANSWERS, WITH_MODELS, Material

QUESTION = "What should I eat to stay healthy at work these days?"
MIXED = (
    (QUESTION, "en"), ("क्या मैं पैसे बचा सकता हूँ?", "hi"), ("我怎么省钱？", "zh"), ("Como posso poupar?", "pt-BR"),
    ("Πώς να γλιτώσω;", "el"), ("🙂", "en"),
)  # fmt: skip
NAN = math.nan


def material(
    texts: Iterable[str],
    languages: Iterable[str] | None = None,
    labels: Iterable[str | None] | None = None,
    numbers: Iterable[float] | None = None,
    vectors: Any = None,
) -> Material:
    rows = tuple(texts)
    given = (
        np.random.default_rng(3).normal(size=(len(rows), 4)) if vectors is None else np.asarray(vectors, dtype=float)
    )
    return Material(
        rows,
        tuple(languages or ["en"] * len(rows)),
        tuple(labels) if labels is not None else tuple("travel" if row % 2 else "health" for row in range(len(rows))),
        tuple(numbers) if numbers is not None else tuple(float(len(text.split())) for text in rows),
        given,
    )


VARIED = tuple(f"{QUESTION} And what about {word} in my week?" for word in ("tea", "rice", "milk", "figs"))
CASES = {
    "one row": material([QUESTION]),
    "no rows": material([], vectors=np.empty((0, 4))),
    "one class": material(VARIED, labels=["travel"] * 4),
    "all duplicates": material([QUESTION] * 9, vectors=np.ones((9, 4))),
    "all empty": material(["", " ", "…", ""], labels=[""] * 4, vectors=np.zeros((4, 4))),
    "mixed languages": material([text for text, _ in MIXED], [language for _, language in MIXED]),
    "missing labels": material(VARIED, labels=[None] * 4),
    "some labels missing": material(VARIED, labels=["travel", None, "food", None]),
    "NaN": material(VARIED, numbers=[3, NAN, 4, 5], vectors=[[1, 2, 3, 4], [NAN] * 4, [0, 1, 0, 1], [2, 0, 0, 1]]),
    "infinite": material(VARIED, numbers=[3, math.inf, 4, 5], vectors=[[1, 2, 3, math.inf]] * 4),
}
# These compare numbers or vectors among themselves: one that is none spoils the answer
SPOILT = {
    "length_quantiles", "share_under", "mean_pairwise_distance", "remote_clique", "chamfer", "vendi",
    "manifold_precision", "manifold_recall", "manifold_density", "manifold_coverage", "hull_share", "likeness_ecdf",
    "share_over_cut", "contamination_cosine", "wasserstein1", "ks_d", "ratio_of_medians", "cosine_nearest",
}  # fmt: skip


def answered(name: str, case: str) -> list[Value[Any] | NotApplicable]:
    try:
        found = {**ANSWERS, **WITH_MODELS}[name](CASES[case])
    except InputError as error:  # an index says it by raising: it has nothing to answer with
        return [NotApplicable(str(error))]
    return [found] if isinstance(found, Value | NotApplicable) else list(found)


def numbers_in(value: Any) -> Iterable[float]:
    if isinstance(value, float | int | np.number):
        yield float(value)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from numbers_in(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from numbers_in(part)
    elif is_dataclass(value):
        for one in fields(value):
            yield from numbers_in(getattr(value, one.name))


def check(name: str, case: str) -> None:
    answers = answered(name, case)
    for answer in answers:
        if isinstance(answer, NotApplicable):
            assert len(answer.reason.split()) >= 3, (name, case, answer)
            assert "nan" not in answer.reason.split(), (name, case, answer)
            continue
        assert all(map(math.isfinite, numbers_in(answer.value))), (name, case, answer)
        if answer.low is not None and answer.high is not None:
            assert answer.low <= answer.value <= answer.high, (name, case, answer)
    if case == "no rows":
        assert all(isinstance(answer, NotApplicable) for answer in answers), (name, answers)
    if case in ("NaN", "infinite") and name in SPOILT:
        assert all(isinstance(answer, NotApplicable) for answer in answers), (name, answers)


def test_the_table_has_every_measure() -> None:
    assert {**ANSWERS, **WITH_MODELS}.keys() == {measure.name for measure in MEASURES}
    assert not ANSWERS.keys() & WITH_MODELS.keys()


@pytest.mark.parametrize("name", ANSWERS)
def test_a_value_or_a_reason(name: str) -> None:
    for case in CASES:
        check(name, case)


@pytest.mark.model
@pytest.mark.parametrize("name", WITH_MODELS)
def test_a_value_or_a_reason_with_models(name: str) -> None:
    for case in CASES:
        check(name, case)


def test_the_known_answers_of_degenerate_sets() -> None:
    """Where the answer is known by thought, it is that one: the check above alone would let any number pass."""

    def first(name: str, case: str) -> Any:
        answer = answered(name, case)[0]
        return answer.value if isinstance(answer, Value) else None

    same = "all duplicates"
    assert first("self_bleu", same) == pytest.approx(1)
    assert first("homogenisation", same) == pytest.approx(1)
    assert first("mean_pairwise_distance", same) == pytest.approx(0, abs=1e-12)
    assert first("chamfer", same) == pytest.approx(0, abs=1e-12)
    assert first("vendi", same) == pytest.approx(1)
    assert first("linked_components", same).sizes == (9,)
    assert first("contamination_exact", same) == 9
    assert first("linked_components", "all empty").sizes == (1, 1, 1, 1)
    assert first("categories_covered", "one class") == pytest.approx(1 / 3)
    assert first("mass_on_new", "some labels missing") == pytest.approx(1 / 2)
    for name in ("self_bleu", "homogenisation", "self_repetition", "chamfer", "hull_share", "chi_square_homogeneity"):
        assert first(name, "no rows") is None
    for name in ("self_bleu", "distinct_n", "mattr", "vendi", "contamination_cosine"):
        assert first(name, "all empty") is None
    assert first("cramers_v_interval", "missing labels") is None
