from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.measures.components import SHORT, Components, components
from seedbed.measures.contamination import RULES, Pool, Rule, contamination
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.links import cosine_links
from seedbed.measures.similarity import is_near_duplicate
from seedbed.measures.tokens import ngrams, tokenise

# Edits of a few frames: near each threshold there are pairs on either side
FRAMES = [
    "can you tell me how i could save more money on my next long trip by train".split(),  # noqa: SIM905
    "what would be the best way to eat well at work when there is no time to cook".split(),  # noqa: SIM905
]


@st.composite
def edited(draw: st.DrawFn) -> str:
    words = list(draw(st.sampled_from(FRAMES)))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(words) - 1))
        words[place : place + 1] = draw(st.sampled_from([[], ["now"], ["so", words[place]]]))
        words = words or ["x"]
    cut = draw(st.integers(0, 10))
    return " ".join(words[cut:] if draw(st.booleans()) else words) + draw(st.sampled_from(["", "?", "!"]))


TEXTS = st.lists(st.one_of(edited(), st.sampled_from(["", "…", "Save!", "क्या मैं पैसे बचा सकता हूँ"])), max_size=8)


def linked(rule: Rule, a: str, b: str) -> bool:
    """The rule on one pair, from its definition."""
    one, other = tokenise(a), tokenise(b)
    if rule == "exact":
        return bool(one) and "".join(one) == "".join(other)
    if rule == "ngrams":
        return bool(set(ngrams(one, 8)) & set(ngrams(other, 8)))
    if rule == "jaccard":
        left, right = set(ngrams(one, 5)), set(ngrams(other, 5))
        return bool(left | right) and 10 * len(left & right) >= 8 * len(left | right)
    return is_near_duplicate(a, b)


def pool(texts: Sequence[str], name: str = "") -> Pool:
    return Pool([f"{name}{row}" for row in range(len(texts))], texts)


@pytest.mark.parametrize("rule", ["exact", "ngrams", "jaccard", "rouge_l"])
@settings(max_examples=60, deadline=None)
@given(left=TEXTS, right=TEXTS)
def test_between_pools_no_link_is_missed_and_none_is_made_up(rule: Rule, left: list[str], right: list[str]) -> None:
    (finding,) = contamination(pool(left, "l"), pool(right, "r"), [rule]).findings
    if not left or not right:
        assert isinstance(finding.rows, NotApplicable)
        return
    expected = {f"l{row}" for row, text in enumerate(left) if any(linked(rule, text, other) for other in right)}
    assert isinstance(finding.rows, Value)
    assert {hit.left for hit in finding.hits} == expected
    assert finding.rows.value == len(expected)
    for hit in finding.hits:
        assert linked(rule, left[int(hit.left[1:])], right[int(hit.right[1:])])


@pytest.mark.parametrize("rules", [("ngrams",), ("jaccard",), ("rouge_l",), ("ngrams", "jaccard", "rouge_l")])
@settings(max_examples=60, deadline=None)
@given(texts=TEXTS)
def test_components_are_those_of_the_graph_of_all_pairs(rules: tuple[Rule, ...], texts: list[str]) -> None:
    answer = components([pool(texts)], rules)
    if not texts:
        assert isinstance(answer, NotApplicable)
        return
    parts = list(range(len(texts)))
    for row, text in enumerate(texts):
        for other in range(row):
            if any(linked(rule, text, texts[other]) for rule in ("exact", *rules)):
                parts = [parts[other] if part == parts[row] else part for part in parts]
    expected = {frozenset(str(row) for row, part in enumerate(parts) if part == one) for one in set(parts)}
    assert isinstance(answer, Value)
    assert {frozenset(group) for group in answer.value.groups()} == expected
    assert answer.value.sizes == tuple(sorted(map(len, expected), reverse=True))


@pytest.mark.parametrize("n", [5, 70, 4_200])
def test_cosine_links_are_all_pairs_over_the_cut(n: int) -> None:
    rng = np.random.default_rng(n)
    vectors = (
        rng.normal(size=(n, 8)) * 0.15 + np.eye(8)[rng.integers(8, size=n)] if n < 100 else rng.normal(size=(n, 8))
    )
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    inside = {(i, j) for i, j, _ in cosine_links(unit)}
    assert inside == set(zip(*(axis.tolist() for axis in np.nonzero(np.tril(cosines >= 0.9, -1))), strict=True))
    across = {(i, j) for i, j, _ in cosine_links(unit[:20], unit[20:])}
    assert across == set(zip(*(axis.tolist() for axis in np.nonzero(cosines[:20, 20:] >= 0.9)), strict=True))


def test_no_cosine_is_missed_where_shorter_rows_screen() -> None:
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(60, 200)) * np.linspace(2, 0.05, 200)
    near = centres[rng.integers(60, size=4_300)] + rng.normal(size=(4_300, 200)) * 0.45
    unit = near / np.linalg.norm(near, axis=1, keepdims=True)
    cosines = unit @ unit.T
    expected = set(zip(*(axis.tolist() for axis in np.nonzero(np.tril(cosines >= 0.9, -1))), strict=True))
    assert 1_000 < len(expected) < 100_000
    assert {(i, j) for i, j, _ in cosine_links(unit)} == expected
    across = {(i, j) for i, j, _ in cosine_links(unit[:4_200], unit[4_200:])}
    assert across == set(zip(*(axis.tolist() for axis in np.nonzero(cosines[:4_200, 4_200:] >= 0.9)), strict=True))


def test_a_cosine_at_the_cut_itself_is_a_link() -> None:
    # cosines of .9 to the last bit, and just under it: float32 alone cannot tell them apart
    pair = np.array([[1.0, 0.0], [0.9, (1 - 0.81) ** 0.5], [0.9 - 1e-9, (1 - (0.9 - 1e-9) ** 2) ** 0.5]])
    assert {(i, j) for i, j, _ in cosine_links(pair[:1], pair[1:])} == {(0, 0)}


def test_all_six_rules_and_what_clean_means() -> None:
    vectors = np.eye(4)
    left = Pool(["a", "b"], ["how can i save money", "what is far"], vectors[:2], [["s1", "s2"], ["s3"]])
    right = Pool(["x", "y"], ["is tea good for me", "why go there at all"], vectors[2:], [["s4"], ["s5"]])
    clean = contamination(left, right)
    assert clean.clean
    assert clean.obstacles == ()
    assert [finding.rule for finding in clean.findings] == list(RULES)
    assert not contamination(left, right, RULES[:5]).clean  # a rule not asked is no rule passed

    kin = contamination(left, Pool(right.ids, right.texts, right.vectors, [["s9"], ["s1", "s2", "s9"]]))
    assert not kin.clean
    assert kin.obstacles == ("lineage: 1 of 2 rows, the first 'a' with 'y' (2)",)

    unknown = contamination(left, Pool(right.ids, right.texts))
    assert not unknown.clean
    assert unknown.obstacles == ("cosine: there are no vectors", "lineage: the seeds of a pool are not known")

    same = contamination(left, Pool(["x"], ["How can I save money?!"], vectors[:1], [["s4"]]))
    assert [line.split(":")[0] for line in same.obstacles] == ["exact", "jaccard", "rouge_l", "cosine"]


def test_words_never_seen_count_in_the_union() -> None:
    kept = " ".join(f"w{number}" for number in range(20))  # 16 shingles
    longer = kept + "".join(f" new{number}" for number in range(5))  # 21: 16/21 = .76, and .8 with 4 new words
    for text, links in ((longer, 0), (longer.removesuffix(" new4"), 1)):
        (finding,) = contamination(pool([text]), pool([kept]), ["jaccard"]).findings
        assert finding.rows == Value(links, n=1, unit="rows")


def test_long_texts_need_thirteen_words() -> None:
    shared = "a b c d e f g h i j k l"  # 12 words
    left, right = [f"{shared} one two"], [f"zero {shared} other"]
    found = contamination(Pool(["l"], left, ngram=13), Pool(["r"], right, ngram=13), ["ngrams"])
    assert found.obstacles == ()
    assert contamination(Pool(["l"], left), Pool(["r"], right), ["ngrams"]).obstacles != ()


def grouped(answer: Value[Components] | NotApplicable) -> list[list[str]]:
    assert isinstance(answer, Value)
    return answer.value.groups()


def test_texts_of_one_row_link_it_by_any_of_them() -> None:
    ids = ["a", "b", "c"]
    questions = Pool(ids, ["how can i save money today", "how can i save money", "is it far"])
    answers = Pool(ids, ["put some of it by", "eat less", "eat less!"])
    assert grouped(components([questions])) == [["a", "b"], ["c"]]
    assert grouped(components([answers])) == [["a"], ["b", "c"]]
    both = components([questions, answers])
    assert grouped(both) == [["a", "b", "c"]]
    assert isinstance(both, Value)
    assert "the largest holds 3 of 3 rows" in both.note
    assert "cosine: there are no vectors" in both.note
    with pytest.raises(ValueError, match="same ids"):
        components([questions, Pool(["a"], ["x"])])


@settings(max_examples=60, deadline=None)
@given(texts=TEXTS)
def test_short_texts_need_more_in_common_where_it_is_asked(texts: list[str]) -> None:
    """The graph of all pairs, without those under 16 words whose ROUGE-L is under .8: from the definition."""
    answer = components([pool(texts)], ["rouge_l"], SHORT)
    if not texts:
        return
    parts, left_out = list(range(len(texts))), 0
    for row, text in enumerate(texts):
        for other in range(row):
            words = max(len(tokenise(text)), len(tokenise(texts[other])))
            enough = (
                is_near_duplicate(text, texts[other], (8, 10)) if words < 16 else is_near_duplicate(text, texts[other])
            )
            if enough or linked("exact", text, texts[other]):
                parts = [parts[other] if part == parts[row] else part for part in parts]
            left_out += is_near_duplicate(text, texts[other]) and not enough
    expected = {frozenset(str(row) for row, part in enumerate(parts) if part == one) for one in set(parts)}
    assert isinstance(answer, Value)
    assert {frozenset(group) for group in answer.value.groups()} == expected
    assert ("lie under 0.8" in answer.note) == bool(left_out) or len(set(texts)) < len(texts)


def test_a_frame_ties_questions_only_where_nothing_more_is_asked() -> None:
    frame = [f"What is the best way to {doing}?" for doing in ("save money", "cook rice", "find work", "plan travel")]
    tied, apart = components([pool(frame)], ["rouge_l"]), components([pool(frame)], ["rouge_l"], SHORT)
    assert isinstance(tied, Value)
    assert isinstance(apart, Value)
    assert (tied.value.sizes, apart.value.sizes) == ((4,), (1, 1, 1, 1))
    assert "rouge_l: 6 links of texts under 16 words lie under 0.8" in apart.note


def test_thousands_of_copies_cost_no_more_than_as_many_rows() -> None:
    texts = ["How can I save money on my next long trip by train?"] * 5_000
    answer = components([Pool([str(row) for row in range(5_000)], texts, np.ones((5_000, 3)))])
    assert isinstance(answer, Value)
    assert (answer.value.sizes, answer.value.links) == ((5_000,), {"exact": 4_999})


def test_a_pool_has_one_of_each_a_row() -> None:
    with pytest.raises(ValueError, match="2 ids have 1 texts"):
        Pool(["a", "b"], ["x"])
