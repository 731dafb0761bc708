"""What came of each moderator's groups: counts that add up, nobody named, and no test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from seedbed import curate, seeds
from seedbed.records import Person, Question
from seedbed.report.moderating import moderated
from seedbed.seeds.fold import Seeds
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.workshop.places import FACILITATION
from seedbed.workshop.words import act
from tests.report.parsed import parse


def wrote(number: int, group: str) -> Question:
    return Question(f"q{number}", f"Why so, number {number}?", group=group)


def led(folder: Folder) -> None:
    """Mia put interventions in two groups on record, Rui in one of them; three rated how neutral Mia was."""
    with EventStore.of(folder) as store:
        for person, groups in (("p_mia", ("2", "10", "2")), ("p_rui", ("10", None))):
            for n, group in enumerate(groups):
                done = {"cmd": f"{n}", "group": group, "what": "explain", "text": ""}
                store.append(FACILITATION, person, [act("intervention.add", f"{person[2:]}{n}", done)])
        store.append(FACILITATION, "p_ana", [act("question.ask", "q1", {"cmd": "q", "group": "2", "text": "May I?"})])
        for number, by in enumerate(("p_mia", "p_rui", "a_ola")):
            rating = {"cmd": "n", "session": "s1", "score": 3 + number % 2, "text": ""}
            store.append(FACILITATION, by, [act("neutrality.rate", "p_mia", rating)])
        store.append(FACILITATION, "a_ola", [act("neutrality.rate", "p_rui", {"cmd": "r", "session": "s1", "score": 1,
                                                                           "text": ""})])  # fmt: skip


@pytest.fixture
def folder(study: Folder, tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "pilot")
    made.root.mkdir()
    shutil.copy(study.settings, made.settings)
    return made


def test_of_a_live_workshop_by_what_moderators_put_on_record(folder: Folder) -> None:
    led(folder)
    people = tuple(Person(f"p{n}", "participant", "2" if n < 3 else "10") for n in range(4))
    found = Seeds(questions=tuple(wrote(n, ("2", "2", "10", "7")[n % 4]) for n in range(8)), people=people)
    curation = curate.Curation(questions=found.questions)
    one, both, none = moderated(folder, found, curation)
    assert [(line.name, line.groups, line.people) for line in (one, both, none)] == [
        ("Moderator 1", ("2",), 3), ("Moderators 2 to 3", ("10",), 1), ("", ("7",), 0),
    ]  # fmt: skip
    assert [line.written for line in (one, both, none)] == [4, 2, 2]
    assert (one.interventions, both.interventions, none.interventions) == ("2", "2", "0")
    assert (one.asked, both.asked) == ("1", "0")
    assert (one.neutral, both.neutral) == ("3.33", "2.75")  # of three ratings; of four, both of them
    assert (one.share.value, one.share.interval) == ("100%", "51–100%")


def test_the_table_of_people_says_who_leads_before_anything_else_does(folder: Folder) -> None:
    led(folder)
    people = (Person("amber", "Moderator", "2"), Person("p1", "Participant", "2"))
    found = Seeds(questions=(wrote(1, "2"), wrote(2, "")), people=people)
    (line,) = moderated(folder, found, curate.Curation(questions=found.questions))
    assert (line.name, line.groups, line.written, line.neutral) == ("Moderator 1", ("2",), 1, "–")


def test_without_a_moderator_on_record_there_is_nothing_to_tell(folder: Folder) -> None:
    found = Seeds(questions=(wrote(1, "2"),), people=(Person("p1", "participant", "2"),))
    assert moderated(folder, found, curate.Curation(questions=found.questions)) == ()


def test_the_page_counts_what_curation_kept_and_names_nobody(study: Folder, page: str) -> None:
    people, curation = seeds.load(study), curate.load(study)
    section = parse(page).by_id("moderators")
    lines = [[cell.text for cell in (*row.find("th"), *row.find("td"))] for row in section.find("tr")][1:]
    assert [line[0] for line in lines] == [f"Moderator {n}" for n in range(1, len(lines) + 1)]
    written = [*people.questions, *people.triples]
    for line in lines:
        theirs = [seed for seed in written if seed.group in line[1].split(", ")]
        assert line[3] == str(len(theirs))
        assert line[4] == str(sum(seed.id not in curation.excluded for seed in theirs))
    assert sum(int(line[3]) for line in lines) == sum(bool(seed.group) for seed in written)
    assert "So no difference is tested here" in section.text
    moderators = [person.id for person in people.people if person.role.casefold() == "moderator"]
    assert moderators
    assert all(person not in section.text for person in moderators)
