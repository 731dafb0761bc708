"""The commands of docs/paper.md print the paper's Tables 2 and 4 and the counts of appendix A.1."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import call
from tests.paper.page import commands, printed
from tests.studies import copy_of

TITLE = "The counts of the seeds"


@pytest.fixture(scope="module")
def pilot(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study, curated, with the one label confirmed that nobody knows."""
    folder = copy_of(curated, tmp_path_factory.mktemp("paper") / "pilot")
    (confirm,) = (line for line in commands(TITLE) if "--confirm" in line)
    words = shlex.split(confirm)
    assert words[:3] == ["seedbed", "curate", "pilot"]
    assert call("curate", folder, *words[3:]).code == 0
    return folder


@pytest.fixture(scope="module")
def parts(pilot: Path) -> dict[str, dict[str, Any]]:
    found = call("status", pilot, "--groups", "--json").json
    assert found["schema"] == 1
    return {part["group"]: part for part in found["groups"]}


def again(part: dict[str, Any], key: str) -> dict[str, int]:
    return {name: count for name, count in part[key].items() if count > 1}


def once(part: dict[str, Any], key: str) -> int:
    return sum(count == 1 for count in part[key].values())


def test_the_page_shows_what_the_command_prints(pilot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    told = call("status", pilot, "--groups")
    assert told.code == 0
    (shown,) = printed(TITLE)
    assert [line.rstrip() for line in told.err.splitlines()] == [line.rstrip() for line in shown.splitlines()]


def test_the_counts_need_no_curation_and_show_a_label_as_it_was_typed(curated: Path) -> None:
    first = call("status", curated, "--groups", "--json").json["groups"][0]
    assert first["question_types"]["legal context"] == 2
    assert "legal-expertise" not in first["question_types"]


def test_table_2(parts: dict[str, dict[str, Any]]) -> None:
    assert [part["questions"] for part in parts.values()] == [15, 26, 21, 32, 94]
    assert [part["pairs"] for part in parts.values()] == [11, 11, 8, 10, 40]
    assert list(parts) == ["1", "2", "3", "4", "all"]


def test_table_4(parts: dict[str, dict[str, Any]]) -> None:
    assert [part["roles"]["participant"] for part in parts.values()] == [3, 5, 4, 4, 16]
    assert [part["roles"]["moderator"] for part in parts.values()] == [1, 1, 1, 1, 4]
    assert parts["all"]["locations"] == {"BR": 9, "US": 9, "CH": 1, "UK": 1}
    assert parts["all"]["people"] == 20


def test_a1_question_marks_and_openness(parts: dict[str, dict[str, Any]]) -> None:
    assert [part["question_mark"].get("no", 0) for part in parts.values()] == [0, 1, 0, 5, 6]
    assert [part["openness"].get("other") for part in parts.values()][:3:2] == [12, 13]
    assert [parts[group]["openness"]["open"] for group in ("2", "4")] == [14, 22]
    assert "closed" not in parts["2"]["openness"]
    for part in parts.values():
        for key in ("question_mark", "openness", "question_types", "topics"):
            assert sum(part[key].values()) == part["questions"]


def test_a1_types_of_each_group(parts: dict[str, dict[str, Any]]) -> None:
    assert again(parts["1"], "question_types") == {
        "giving-advice": 5, "understanding-discrimination": 3, "legal-expertise": 2, "situational-context": 2,
    }  # fmt: skip
    assert again(parts["2"], "question_types") == {"giving-advice": 3, "cultural-context": 2}
    assert again(parts["3"], "question_types") == {
        "giving-advice": 4, "situational-context": 3, "understanding-social-status": 3,
        "knowledge-about-famous-people": 2, "technology-knowledge": 2,
    }  # fmt: skip
    fourth = again(parts["4"], "question_types")
    assert list(fourth.values())[:4] == [5, 3, 3, 3]
    assert next(iter(fourth)) == next(iter(parts["all"]["question_types"])) == "giving-advice"
    assert set(list(fourth)[1:4]) == {
        "technology-knowledge", "understanding-of-cultural-nuances", "understanding-of-moral-and-ethical-dilemmas",
    }  # fmt: skip
    assert fourth["understanding-social-status"] == 2
    assert [once(parts[group], "question_types") for group in "1234"] == [3, 21, 7, 8]


def test_a1_topics_of_each_group(parts: dict[str, dict[str, Any]]) -> None:
    first = parts["1"]["topics"]
    assert list(first.items())[:2] == [("travel", 4), ("health", 3)]
    assert again(parts["2"], "topics").items() >= {("finance", 5), ("human-resources", 5)}
    assert (
        max(count for topic, count in parts["2"]["topics"].items() if topic not in ("finance", "human-resources")) < 5
    )
    assert list(parts["3"]["topics"].items())[:3] == [("health", 5), ("customer-care", 4), ("travel", 4)]
    assert list(parts["4"]["topics"].items())[:3] == [("travel", 6), ("finance", 5), ("health", 5)]
    assert once(parts["4"], "topics") == 0
    assert set(list(parts["all"]["topics"])[:2]) == {"health", "travel"}


def test_two_meanings_of_question_type_are_two_fields(parts: dict[str, dict[str, Any]]) -> None:
    for part in parts.values():
        assert part["openness"].keys() <= {"open", "closed", "other"}
        assert not part["openness"].keys() & part["question_types"].keys()


def test_a_study_without_groups_is_counted_too(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    assert call("new", folder).code == 0
    (found,) = call("status", folder, "--groups", "--json").json["groups"]
    assert (found["group"], found["questions"], found["people"], found["topics"]) == ("all", 0, 0, {})
    assert re.search(r"questions +0", call("status", folder, "--groups").err)
    (tmp_path / "in.jsonl").write_text('{"question": "Qual?", "language": "el"}\n{"question": "Why?"}\n')
    assert call("import", folder, tmp_path / "in.jsonl").code == 0
    (found,) = call("status", folder, "--groups", "--json").json["groups"]
    assert found["openness"] == {"not applicable": 1, "open": 1}
    assert found["question_mark"] == {"not applicable": 1, "yes": 1}
    assert found["topics"] == {"": 2}
