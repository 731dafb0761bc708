"""What hangs together is in one split; shares are met; the same rows and seed are parted alike."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from seedbed.errors import InputError
from seedbed.records import Pool
from seedbed.release.splitting.items import Item
from seedbed.release.splitting.parting import Parting, Shares, part
from tests.release.splitting import worlds

SHARES = Shares(0.2, 0.2, least=2)


def alignment(seed: int, size: int, *, responses: bool = True) -> list[Item]:
    return [item for item in worlds.world(seed, size, responses=responses) if item.pool is Pool.ALIGNMENT]


def parted(items: list[Item], shares: Shares = SHARES) -> Parting:
    return part(items, worlds.ASKED, shares, worlds.vectors)


def distinct(number: int, configuration: str = "questions") -> list[Item]:
    return [
        Item(
            f"{configuration}{n:05d}",
            configuration,
            Pool.ALIGNMENT,
            False,
            " ".join(f"{configuration}{part}{n}" for part in "abcdef"),
        )
        for n in range(number)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_components_are_those_of_the_graph_of_all_pairs(seed: int) -> None:
    items = alignment(seed, 50)
    groups = {item.id: {item.id} for item in items}
    for one in items:
        for other in items:
            if one is not other and (worlds.linked(one, other, inside=True) or one.answers == other.id):
                together = groups[one.id] | groups[other.id]
                for id in together:
                    groups[id] = together
    try:
        found = parted(items)
    except InputError as error:  # one component may hold so much that nothing is left for a split
        assert "hang together" in str(error)  # noqa: PT017
        return
    distinct_groups = {frozenset(group) for group in groups.values()}
    assert found.components == len(distinct_groups)
    assert found.largest == tuple(sorted(map(len, distinct_groups), reverse=True)[:5])
    for group in distinct_groups:
        assert len({found.split[id] for id in group}) == 1
    assert set(found.split) == {item.id for item in items}


def test_the_worlds_are_parted_and_tied_by_every_rule() -> None:
    """Else the test above would hold for singletons, or for nothing but refusals."""
    links: Counter[str] = Counter()
    made = 0
    for seed in range(12):
        try:
            found = parted(alignment(seed, 50))
        except InputError:
            continue
        made += len(set(found.split.values())) == 3
        links.update(found.links or {})
    assert made >= 6
    assert set(links) == {"exact", "ngrams", "jaccard", "rouge_l", "cosine"}


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    items = alignment(seed, 40, responses=False)
    mixed = random.Random(seed).sample(items, len(items))
    try:
        assert parted(items) == parted(mixed)
    except InputError:
        pytest.fail("this world was to be parted")


def test_shares_are_met_in_every_configuration_and_a_seed_draws_others() -> None:
    items = [*distinct(1_000), *distinct(95, "triples"), *distinct(4, "seeds")]
    found = part(items, worlds.ASKED, Shares(0.1, 0.1), worlds.vectors)
    assert sizes(items, found) == {"questions": [800, 100, 100], "triples": [76, 10, 9], "seeds": [3, 1, 0]}
    again = part(items, worlds.ASKED, Shares(0.1, 0.1, seed=2), worlds.vectors)
    assert again.split != found.split
    assert sizes(items, again) == sizes(items, found)


def test_shares_are_met_where_few_questions_have_triples_and_one_component_is_large() -> None:
    questions = distinct(1_000)
    triples = [replace(item, answers=questions[n].id) for n, item in enumerate(distinct(100, "triples"))]
    chained = [replace(item, prompt="What is the best way to save money?") for item in distinct(300, "seeds")]
    items = [*questions, *triples, *chained]
    in_words = replace(worlds.ASKED, rules=("exact", "ngrams", "jaccard", "rouge_l"))
    found = part(items, in_words, Shares(0.1, 0.1), worlds.vectors)
    assert found.largest == (300, 2, 2, 2, 2)
    told = sizes(items, found)
    assert told["seeds"] == [300, 0, 0]
    for name, rows in (("questions", 1_000), ("triples", 100)):
        assert all(abs(size - share * rows) <= 1 for size, share in zip(told[name], (0.8, 0.1, 0.1), strict=True))


def sizes(items: list[Item], found: Parting) -> dict[str, list[int]]:
    counts = Counter((item.configuration, found.split[item.id]) for item in items)
    return {
        name: [counts[name, split] for split in ("train", "validation", "test")]
        for name in dict.fromkeys(item.configuration for item in items)
    }


def test_a_triple_follows_its_question() -> None:
    questions = distinct(100)
    triples = [
        Item(f"t{n}", "triples", Pool.ALIGNMENT, False, f"x{n} in other words y{n}", (), frozenset(), None, question.id)
        for n, question in enumerate(questions)
    ]
    found = part([*triples, *questions], worlds.ASKED, SHARES, worlds.vectors)
    assert all(found.split[triple.id] == found.split[str(triple.answers)] for triple in triples)
    assert len(set(found.split.values())) == 3


def test_few_rows_are_not_parted_and_it_is_said() -> None:
    found = part(distinct(99), worlds.ASKED, Shares(0.1, 0.1), lambda texts: pytest.fail("asked for vectors"))
    assert set(found.split.values()) == {"train"}
    assert "fewer than 100" in found.why
    none_wanted = part(distinct(200), worlds.ASKED, Shares(0, 0), lambda texts: pytest.fail("asked for vectors"))
    assert set(none_wanted.split.values()) == {"train"}
    assert none_wanted.why


def test_a_split_that_would_be_empty_is_refused_with_the_way_on() -> None:
    same = [replace(item, prompt="What is the best way to save money?") for item in distinct(150)]
    with pytest.raises(InputError, match="150 hang together") as caught:
        part(same, worlds.ASKED, Shares(0.1, 0.1), worlds.vectors)
    assert "validation" in caught.value.hint


def test_a_shared_frame_of_short_questions_is_spared_and_its_pairs_are_told() -> None:
    frame = "What is the best way to {}?"
    doing = ("save money", "cook rice", "find work", "plan travel", "raise goats", "sing bass", "mend shoes")
    items = [replace(item, prompt=frame.format(what)) for item, what in zip(distinct(len(doing)), doing, strict=True)]
    asked = replace(worlds.ASKED, rules=("exact", "ngrams", "jaccard", "rouge_l"))
    found = part(items, asked, SHARES, worlds.vectors)
    assert found.largest[0] == 1
    apart = {
        frozenset((one.id, other.id))
        for one in items for other in items if found.split[one.id] != found.split[other.id]
    }  # fmt: skip
    assert {frozenset((pair.one, pair.other)) for pair in found.spared} == apart
    with pytest.raises(InputError):
        part(items, replace(asked, short=None), SHARES, worlds.vectors)
