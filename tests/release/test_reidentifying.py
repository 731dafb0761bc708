"""Nobody can be known again from the counts of a release, nor from those of one less those of another."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.records import Person
from seedbed.release.build import build_release
from seedbed.release.earlier import earlier_told, people_facts
from seedbed.release.people import ATTRIBUTES, Margin
from seedbed.release.reidentifying import Told, counted, reidentification, risks, subtracted
from seedbed.release.settings import ReleaseSettings
from seedbed.release.splitting.settings import LeakSettings
from seedbed.release.taken import HeldRelease, Record, write_record
from tests.release.made import IN_WORDS, PEOPLE, sources, study

SPREAD = {"role": "pm", "group": "ab", "position": "xyz", "background": "uv", "location": "BUC"}


def _people(cells: Sequence[int], *, first: int = 0) -> list[Person]:
    """Person number n has the n-th of `cells`: the place of one combination of values."""
    every = list(itertools.product(*SPREAD.values()))
    return [Person(f"p{first + n}", *every[cell % len(every)]) for n, cell in enumerate(cells)]


def _published(told: Told, name: str) -> list[tuple[frozenset[str], int]]:
    """Each block of values that is counted, and its count. What is not shown by itself is one block."""
    every = frozenset(itertools.chain(*SPREAD.values(), ["", "new", "not stated"]))
    table = told.tables.get(name, Margin((), told.total))
    shown = [(frozenset([value]), count) for value, count in table.shown]
    rest = (told.total or 0) - sum(count for _, count in shown)
    return [*shown, (every - {value for value, _ in table.shown}, rest)]


def _sets(told: Told, name: str) -> Iterator[tuple[frozenset[str], int]]:
    blocks = _published(told, name)
    for size in range(len(blocks) + 1):
        for chosen in itertools.combinations(blocks, size):
            yield frozenset().union(*(values for values, _ in chosen)), sum(count for _, count in chosen)


def _differences(one: Told, other: Told) -> Iterator[int]:
    """Every count of the one less a count of the other of some of the same values, tried one by one."""
    if not one.total or not other.total:
        return
    for name in ATTRIBUTES:
        for (values, count), (fewer, less) in itertools.product(_sets(one, name), _sets(other, name)):
            if fewer <= values:
                yield count - less
    for cells, whole in ((one, other), (other, one)):
        if cells.both is None:
            continue
        for size in range(len(cells.both) + 1):
            for chosen in itertools.combinations(cells.both, size):
                yield (whole.total or 0) - sum(cells.both[cell] for cell in chosen)
                for place, name in enumerate(("role", "group")):
                    for values, count in _sets(whole, name):
                        if {cell[place] for cell in chosen} <= values:
                            yield count - sum(cells.both[cell] for cell in chosen)


_CELLS = st.lists(st.integers(0, 71), max_size=40)


@given(_CELLS, st.lists(st.tuples(st.lists(st.integers(0, 39), max_size=8), st.lists(st.integers(0, 71), max_size=9)),
                        min_size=1, max_size=3), st.integers(2, 6))  # fmt: skip
@example([0] * 9 + [1] * 9 + [2, 2], [([18], [])], 5)
@example([0] * 6 + [1] * 6, [([0], [1])], 5)
def test_no_count_less_one_of_an_earlier_release_is_small(
    cells: list[int], later: list[tuple[list[int], list[int]]], k: int
) -> None:
    people, told = _people(cells), list[Told]()
    told.append(replace(reidentification(people, k).told, version="1"))
    for number, (gone, come) in enumerate(later, 2):
        people = [person for place, person in enumerate(people) if place not in gone]
        people += _people(come, first=100 * number)
        now = replace(reidentification(people, k, told).told, version=str(number))
        assert all(count >= k for count in now.counts)
        for before in told:
            small = [n for n in (*_differences(now, before), *_differences(before, now)) if 0 < abs(n) < k]
            assert now.same(before) or not small
        told.append(now)


def test_the_sums_that_are_reached_are_those_of_all_sets() -> None:
    one = Told(30, {name: Margin((("x", 9), ("y", 8)), 13) for name in ATTRIBUTES})
    other = Told(36, {name: Margin((("x", 15), ("z", 9)), 12) for name in ATTRIBUTES})
    small = {n for n in (*_differences(one, other), *_differences(other, one)) if 0 < abs(n) < 5}
    assert bool(small) == bool(subtracted(one, other, 5))
    far = Told(123, {name: Margin((("x", 60), ("y", 50)), 13) for name in ATTRIBUTES})
    assert not [n for n in (*_differences(one, far), *_differences(far, one)) if 0 < abs(n) < 5]
    assert subtracted(one, far, 5) == ()


def test_whoever_leaves_is_not_told_by_the_next_release() -> None:
    people = _people([0] * 9 + [1] * 9 + [3] * 8)
    before = replace(counted(people, 5), version="1.0")
    found = reidentification(people[1:], 5, [before])
    assert subtracted(before, counted(people[1:], 5), 5)[0] == "total"
    assert (found.as_of, found.against, found.told) == ("1.0", ("1.0",), before)
    many = reidentification(people[:0] + _people([0] * 15 + [1] * 9 + [3] * 8), 5, [before])
    assert (many.as_of, many.told.total) == ("", 32)


def test_counts_below_a_greater_k_are_not_told_again() -> None:
    people = _people([0] * 6 + [1] * 6 + [3] * 8)
    before = replace(counted(people, 5), version="1.0")
    assert min(before.counts) < 8
    found = reidentification(people[1:], 8, [before])
    assert found.told.total is None
    assert found.against == ("1.0",)


def test_all_together_single_nearly_everyone_out() -> None:
    found = {risk.attributes: risk for risk in risks(_people(range(20)), 5)}
    assert len(found) == 5 + 10 + 1
    everything = found[tuple(ATTRIBUTES)]
    assert (everything.cells, everything.smallest, everything.below) == (20, 1, 20)
    assert found["role",].below == 0
    assert tuple(ATTRIBUTES) in reidentification(_people(range(20)), 5).single_out


def test_of_nobody_nothing_is_reckoned() -> None:
    found = reidentification([], 5)
    assert (found.told.total, found.risks, found.single_out) == (0, (), ())
    assert isinstance(found.told.tables, Mapping)


def test_the_next_release_tells_the_counts_of_the_last_again_also_where_that_was_taken_away(tmp_path: Path) -> None:
    folder = study(tmp_path)
    settings = ReleaseSettings(formats=("jsonl",), leaks=LeakSettings(rules=IN_WORDS))
    build_release(folder, lambda: sources(folder), settings, "1.0")
    (first,) = earlier_told(folder)
    assert (first.total, first.tables["location"].shown) == (12, (("BR", 6), ("US", 6)))
    at = {"at": "2025-01-01", "created": "2025-01-01T00:00:00+00:00", "people": people_facts(folder.release("1.0"))}
    write_record(folder, Record().holding([HeldRelease("1.0", 3, removed=True, **at)]))
    shutil.rmtree(folder.release("1.0"))
    left = sources(folder, people=PEOPLE[1:], told=earlier_told(folder))
    build_release(folder, lambda: left, settings, "1.1")
    facts = {
        fact["key"]: fact["value"] for fact in json.loads((folder.release("1.1") / "facts.json").read_text())["facts"]
    }
    assert (facts["people.total"], facts["people.as_of"], facts["people.against"]) == (12, "1.0", ["1.0"])
    card = (folder.release("1.1") / "README.md").read_text()
    assert "These are the counts of release 1.0, told again." in card
    more = sources(folder, people=(*PEOPLE, *(replace(PEOPLE[0], id=f"new-{n}") for n in range(9))),
                   told=earlier_told(folder))  # fmt: skip
    build_release(folder, lambda: more, settings, "2.0")
    card = (folder.release("2.0") / "README.md").read_text()
    assert "21 people took part." in card
    assert "told again" not in card


def test_a_record_of_people_that_is_damaged_is_refused(tmp_path: Path) -> None:
    folder = study(tmp_path)
    for broken in ("{", '{"facts": 3}', '{"facts": [{"key": "people.total", "value": "many"}]}'):
        (folder.release("1.0")).mkdir(parents=True, exist_ok=True)
        (folder.release("1.0") / "facts.json").write_text(broken)
        with pytest.raises(InputError, match=r"facts\.json is damaged"):
            earlier_told(folder)
