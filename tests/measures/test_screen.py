"""The bound by bits lets through what its definition lets through, however rows and queries come; and asking and
keeping in one go is asking, then keeping."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.measures.contamination import RULES, Cuts, Rule, index_of
from seedbed.measures.screen import Screen
from seedbed.measures.similarity import NoveltyIndex

CUTS = st.sampled_from([(0, 1), (7, 10), (9, 10), (1, 1)])


def by_definition(rows: list[tuple[int, int]], bits: int, length: int, top: int, scale: int) -> list[int]:
    """Tokens less the bits that the other text lacks bound what can match, on either side."""

    def enough(most: int, other: int) -> bool:
        return scale * most >= top * (other + length)

    return [
        row
        for row, (theirs, tokens) in enumerate(rows)
        if enough(tokens - (theirs & ~bits).bit_count(), tokens)
        and enough(length - (bits & ~theirs).bit_count(), tokens)
    ]


@given(CUTS, st.integers(0, 2**32), st.integers(1, 80))
def test_what_passes_is_what_the_definition_says(cut: tuple[int, int], seed: int, lengths: int) -> None:
    draw, screen, rows = random.Random(seed), Screen(), list[tuple[int, int]]()
    top, scale = cut[0], 2 * cut[1]

    def text() -> tuple[int, int]:
        tokens = draw.randint(1, lengths)
        return sum({1 << draw.randrange(64) for _ in range(draw.randint(1, tokens))}), tokens

    for _ in range(60):
        for _ in range(draw.randint(0, 3)):
            rows.append(text())
            screen.add(np.uint64(rows[-1][0]), rows[-1][1])
        bits, length = draw.choice(rows) if rows and draw.random() < 0.5 else text()
        found = screen.passing(np.uint64(bits), length, top, scale)
        assert found.tolist() == by_definition(rows, bits, length, top, scale)


def test_more_rows_than_room_and_more_lengths_than_are_kept() -> None:
    draw, screen, rows = random.Random(1), Screen(), list[tuple[int, int]]()
    for number in range(3_000):
        rows.append((draw.getrandbits(64) & draw.getrandbits(64), draw.randint(30, 200)))
        screen.add(np.uint64(rows[-1][0]), rows[-1][1])
        if number % 100 == 50:
            for length in range(30, 200, 2):
                screen.passing(np.uint64(rows[0][0]), length, 7, 20)
    for length in (40, 90, 100_000):
        found = screen.passing(np.uint64(rows[5][0]), length, 7, 20).tolist()
        assert found == by_definition(rows, rows[5][0], length, 7, 20)
    assert screen.passing(np.uint64(rows[5][0]), 60, 7, 20).size


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in ("cosine", "lineage")])
def test_meeting_is_asking_and_then_keeping(rule: Rule) -> None:
    draw = random.Random(2)
    frame = [f"w{number}" for number in range(30)]
    ends = [draw.choices("abc", k=draw.randint(0, 2)) for _ in range(80)]
    texts = ["", *(" ".join([*frame[: draw.choice([0, 4, 28, 30])], *end]) for end in ends)]
    one, other = index_of(rule, 3, Cuts()), index_of(rule, 3, Cuts())
    met = 0
    for row, text in enumerate(texts):
        links = other.links(text)
        other.add(row, text)
        found = one.meet(row, text)
        assert sorted(found) == sorted(links)
        met += bool(links)
    assert met > 20


def test_a_known_id_is_refused_before_anything_is_kept() -> None:
    index = NoveltyIndex()
    assert index.near_and_add("a", "one two three") == []
    assert index.near_and_add("b", "one two three") == [("a", 1.0)]
    with pytest.raises(InputError, match="already"):
        index.near_and_add("a", "four")
    assert len(index) == 2
