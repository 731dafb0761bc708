"""A whole session with twenty simulated people at the real server; afterwards everything says the same of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from seedbed import Study
from seedbed.rehearse import Order, in_study, place_for
from seedbed.rehearse.joining import MARK
from seedbed.testing import MockEndpoint
from tests.rehearse.agreeing import grow_by, packed_as_recorded, replayed_as_recorded, seeds_of, table

ROOMS = ("A", "B", "C", "D")


@pytest.mark.slow
def test_twenty_people_and_a_moderator_end_in_a_record_a_replay_and_a_package_that_agree(tmp_path: Path) -> None:
    both = ("session-1", "session-2")
    place, order = place_for(
        tmp_path / "pilot", Order(people=20, rooms=ROOMS, speed=None, auto=True, minutes=3, sessions=both, seed=7),
        here=False, yes=False, say=lambda text: None,
    )  # fmt: skip
    said: list[str] = []
    links: dict[str, str] = {}

    with MockEndpoint() as mock:
        grow_by(place, mock)
        made = asyncio.run(in_study(
            order, place, port=0, stop=asyncio.Event(), say=said.append, welcome=lambda url, made: links.update(made)
        ))  # fmt: skip
    assert made.faults == []
    assert made.checked.differences == []
    assert (made.checked.lost, made.checked.boards, made.checked.pages) == (0, 12, 102)
    assert made.sound
    assert set(links) == {"moderator", *ROOMS}
    assert "The bridge: up to 5 prompts a group, grown" in said
    assert sum("Look back" in line for line in said) == 2
    given = 5 * len(ROOMS)
    assert made.counts["rows"] + given == sum(made.checked.rows.values())
    assert made.checked.rows == {"questions": 40, "triples": 2 * given, "reflection": 40}  # as many of their own
    assert made.counts["deleted"] > 0  # people slip, and take it back
    assert not [name for name in made.counts if name.startswith("refused")]
    for value in (made.saved_p50, made.saved_p99, made.seen_p50, made.seen_p99):
        assert value is not None
        assert value > 0

    # the replay of every board against the record
    record = Study.open(place).record(tmp_path / "record", "jsonl").folder
    written = replayed_as_recorded(place, record)
    assert len(written) == made.counts["rows"] + given
    assert sum(1 for prompt in table(record, "prompts") if prompt["source"] == "grown") == given
    for name in ("comments", "votes", "reactions", "asked"):
        assert len(table(record, name)) == made.counts[name], name
    assert all(asked["answer"] for asked in table(record, "asked"))
    people = table(record, "people")
    assert Counter(person["role"] for person in people) == {"participant": 20, "moderator": 1}
    assert {person["position"] for person in people} == {MARK}  # the record says that they are not real
    assert [step["kind"] for step in table(record, "steps")][:3] == ["welcome", "questions", "break"]
    answers = {(one["checkin"], one["respondent"]) for one in table(record, "checkins")}
    assert len(answers) == made.counts["checkins"] == 60  # of fatigue once, of workload in both sessions

    # what they wrote becomes seeds as anybody's does
    assert seeds_of(place) == (40, 2 * given)
    packed_as_recorded(place, record, tmp_path)
