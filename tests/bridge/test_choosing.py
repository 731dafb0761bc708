"""Which prompt goes to which group."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from seedbed.bridge import Offer, Taken, choose


def row(number: int, *groups: str, topic: str = "health", type: str = "giving-advice", text: str = "") -> Offer:
    id = f"bridge-1.{number:06d}"
    return Offer(id, "grown", text or f"Prompt {number}?", "bridge-1", (), topic, type, frozenset(groups))


def seed(id: str, group: str, topic: str = "health") -> Offer:
    return Offer(id, "seed", f"Seed {id}?", parents=(id,), topic=topic, question_type="open", groups=frozenset({group}))


def ids(offers: tuple[Offer, ...]) -> list[str]:
    return [one.id for one in offers]


def test_a_group_sees_first_what_grew_from_its_own_seeds() -> None:
    offers = [row(0, "B"), row(1, "A"), row(2, "B"), row(3, "A")]
    choice = choose(offers, {"A": 2, "B": 2})
    assert {one for offer in choice.given["A"] for one in offer.groups} == {"A"}
    assert {one for offer in choice.given["B"] for one in offer.groups} == {"B"}


def test_what_only_one_group_calls_its_own_is_left_to_it() -> None:
    # both are A's own; B can call the first its own too
    choice = choose([row(0, "A", "B"), row(1, "A")], {"A": 1, "B": 1})
    assert ids(choice.given["A"]) == ["bridge-1.000001"]
    assert ids(choice.given["B"]) == ["bridge-1.000000"]


def test_a_seed_goes_to_those_who_did_not_write_it_while_there_are_others() -> None:
    choice = choose([seed("a-1", "A"), seed("b-1", "B"), seed("a-2", "A")], {"A": 2, "B": 1})
    assert ids(choice.given["B"]) == ["a-1"]
    assert ids(choice.given["A"]) == ["b-1", "a-2"]  # its own, for there is nothing else


def test_prompts_of_one_request_are_alike_and_not_given_to_two_groups_while_there_are_others() -> None:
    offers = [replace(row(n, "A", "B", topic=f"t{n // 2}"), request=f"ask-{n // 2}") for n in range(6)]
    choice = choose(offers, {"A": 1, "B": 2})
    assert len({one.request for given in choice.given.values() for one in given}) == 3


def test_seeds_only_fill_what_growing_did_not_bring() -> None:
    choice = choose([seed("b-1", "B"), row(0, "B"), seed("b-2", "B")], {"A": 2})
    assert ids(choice.given["A"]) == ["bridge-1.000000", "b-1"]
    assert ids(choice.spare) == ["b-2"]


def test_topics_and_types_take_turns() -> None:
    offers = [row(n, "A", topic=f"t{n // 5}", type=f"k{n % 2}") for n in range(20)]
    given = choose(offers, {"A": 8}).given["A"]
    assert set(Counter(one.topic for one in given).values()) == {2}
    assert set(Counter(one.question_type for one in given).values()) == {4}
    assert set(Counter((one.topic, one.question_type) for one in given).values()) == {1}


def test_what_a_group_has_counts_for_its_balance() -> None:
    had = [Taken("old", "Old?", topic="health", question_type="giving-advice")]
    offers = [row(0, "A"), row(1, "A", topic="travel", type="other")]
    assert ids(choose(offers, {"A": 1}, taken={"A": had}).given["A"]) == ["bridge-1.000001"]


def test_what_was_exchanged_does_not_come_back_to_anybody() -> None:
    had = [Taken("bridge-1.000000", "Prompt 0?", current=False)]
    choice = choose([row(0, "B"), row(1, "B", text="prompt  0?"), row(2, "B")], {"B": 3}, taken={"A": had})
    assert ids(choice.given["B"]) == ["bridge-1.000002"]
    assert choice.lacking == {"B": 2}


def test_nobody_is_served_last_every_time() -> None:
    # one good topic a round: whoever chooses first gets it
    offers = [row(n, topic=f"t{n}") for n in range(4)]
    choice = choose(offers, {"A": 2, "B": 2})
    assert [len(choice.given[group]) for group in "AB"] == [2, 2]
    assert ids(choice.given["A"]) == ["bridge-1.000000", "bridge-1.000003"]


def test_too_few_are_shared_out_evenly() -> None:
    choice = choose([row(n) for n in range(5)], {"A": 4, "B": 4, "C": 4})
    assert sorted(len(given) for given in choice.given.values()) == [1, 2, 2]
    assert sum(choice.lacking.values()) == 7
    assert choice.spare == ()


GROUPS = ("A", "B", "C")
offers = st.lists(
    st.builds(
        lambda n, grown, groups, topic, text: Offer(
            f"r{n}", "grown" if grown else "seed", text, "run", (), topic, "type", frozenset(groups)
        ),
        st.integers(0, 30), st.booleans(), st.sets(st.sampled_from(GROUPS)), st.sampled_from(("x", "y", None)),
        st.sampled_from([f"Text {n}" for n in range(25)]),
    ),
    max_size=40,
)  # fmt: skip


@given(offers, st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 8)))
def test_no_prompt_is_given_twice_and_none_is_lost(offered: list[Offer], wanted: dict[str, int]) -> None:
    choice = choose(offered, wanted)
    everything = [one for given in choice.given.values() for one in given] + list(choice.spare)
    assert len({one.id for one in everything}) == len(everything)
    assert len({one.text.casefold() for one in everything}) == len(everything)
    assert all(len(choice.given[group]) + choice.lacking.get(group, 0) == wanted[group] for group in wanted)
    assert not (choice.lacking and choice.spare)  # nothing is kept back from a group that lacks
    assert choice == choose(offered, wanted)
    # all that could be there is there: every text that was offered stands somewhere
    assert {one.text.casefold() for one in everything} >= {
        text for text in {one.text.casefold() for one in offered} if _reachable(text, offered)
    }


def _reachable(text: str, offered: list[Offer]) -> bool:
    """Whether an offer with this text is the first of its id, and of its text among those."""
    seen: set[str] = set()
    for one in offered:
        if one.id not in seen and one.text.casefold() == text:
            return True
        seen.add(one.id)
    return False
