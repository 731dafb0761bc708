from __future__ import annotations

import csv
import io
import json

import pytest

from seedbed.curate import Desk, checklist, checklist_export, tick
from seedbed.errors import InputError, UsageError
from seedbed.study import Folder
from seedbed.taxonomy.profiles import ChecklistItem, Profile
from tests.seeds.studies import stored_data

PROFILE = Profile(
    id="care",
    values=("fairness",),
    checklist=(
        ChecklistItem(id="plain", text="Every question can be read *aloud*.", kind="questions"),
        ChecklistItem(id="kind", text="No answer judges who asks.", kind="triples"),
        ChecklistItem(id="seen", text="Someone read the release.", kind="release"),
    ),
)


def test_the_newest_tick_of_each_criterion_counts(study: Folder) -> None:
    assert [(row.id, row.state, row.kind) for row in checklist(study, PROFILE)] == [
        ("plain", "open", "questions"), ("kind", "open", "triples"), ("seen", "open", "release"),
    ]  # fmt: skip
    tick(study, PROFILE, "plain", "no", "q3 is too long", "ana")
    told = tick(study, PROFILE, "plain", "yes", "", "bo")
    tick(study, PROFILE, "kind", "na", "no pairs yet", "ana")
    rows = {row.id: row for row in checklist(study, PROFILE)}
    assert rows["plain"] == told
    assert (told.state, told.by, told.note, bool(told.at)) == ("yes", "bo", "", True)
    assert (rows["kind"].state, rows["kind"].note, rows["seen"].state) == ("na", "no pairs yet", "open")
    assert "too long" not in stored_data(study)
    tick(study, PROFILE, "plain", "open", "", "bo")
    assert checklist(study, PROFILE, desk=Desk(study))[0].state == "open"
    other = PROFILE.model_copy(update={"id": "safety"})
    assert {row.state for row in checklist(study, other)} == {"open"}


def test_a_criterion_that_was_reworded_since_says_so(study: Folder) -> None:
    tick(study, PROFILE, "kind", "yes", "", "ana")
    items = (PROFILE.checklist[0], ChecklistItem(id="kind", text="No answer judges anybody.", kind="triples"))
    rows = checklist(study, PROFILE.model_copy(update={"checklist": items}))
    assert [(row.state, row.reworded) for row in rows] == [("open", False), ("yes", True)]


def test_what_cannot_be_ticked_is_refused(study: Folder) -> None:
    with pytest.raises(InputError, match="has no 'colour'") as caught:
        tick(study, PROFILE, "colour", "yes", "", "ana")
    assert "plain, kind, seen" in caught.value.hint
    with pytest.raises(UsageError, match="cannot be 'maybe'"):
        tick(study, PROFILE, "plain", "maybe", "", "ana")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="too long"):
        tick(study, PROFILE, "plain", "yes", "x" * 20_001, "ana")
    with pytest.raises(UsageError, match="needs the person"):
        tick(study, PROFILE, "plain", "yes", "", " ")


def test_the_list_is_exported_and_carries_no_formula_and_no_marks(study: Folder) -> None:
    tick(study, PROFILE, "plain", "no", '=cmd()|"x"\n# see <b>', "ana")
    rows = checklist(study, PROFILE)
    assert [row["state"] for row in json.loads(checklist_export(rows, "json"))] == ["no", "open", "open"]
    table = list(csv.DictReader(io.StringIO(checklist_export(rows, "csv"))))
    assert table[0]["note"].startswith("'=cmd()")
    assert [row["for"] for row in table] == ["questions", "triples", "release"]
    text = checklist_export(rows, "md")
    assert "- [ ] Every question can be read \\*aloud\\*. (`plain`)" in text
    assert "  - no, ana, " in text
    assert "\\# see \\<b\\>" in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Questions",
        "## Triples",
        "## Release",
    ]
    with pytest.raises(UsageError, match="not exported as 'pdf'"):
        checklist_export(rows, "pdf")  # type: ignore[arg-type]
