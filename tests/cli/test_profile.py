"""seedbed profile: what there is, a new one, the one in use, and whether a file is well."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.settings import load_settings
from seedbed.study import Folder
from tests.cli.command import call, refused


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "study"
    assert call("new", path).code == 0
    return path


def test_from_the_list_to_one_in_use(study: Path) -> None:
    shown = call("profile", study)
    assert shown.code == 0
    assert shown.out == ""
    assert "comes with Seedbed" in shown.err
    assert f"seedbed profile {study} use fairness" in shown.err
    assert call("profile", study, "use", "fairness").code == 0
    listed = call("profile", study, "list", "--json").json
    assert listed["current"] == "fairness"
    (own,) = (one for one in listed["profiles"] if one["id"] == "fairness")
    assert (own["in_use"], own["in_study"], own["versions"]) == (True, True, [1])
    assert load_settings(Folder(study)).curate.values == ("fairness",)
    assert call("profile", study, "use", "none").code == 0
    assert load_settings(Folder(study)).curate.values == ()


def test_new_from_a_value_and_from_another(study: Path) -> None:
    made = call("profile", study, "new", "calm", "--value", "Safety", "--json").json
    assert (made["values"], made["version"]) == (["safety"], 1)
    assert call("profile", study, "new", "explainability").code == 0
    refused(call("profile", study, "new", "calm"), 2, "already", hint="--next")
    assert call("profile", study, "new", "calm", "--from", "fairness", "--next", "--json").json["version"] == 2
    old, new = (call("profile", study, "show", name, "--json").json["profile"] for name in ("calm@1", "calm"))
    assert (old["values"], new["values"]) == (["safety"], ["fairness"])
    assert call("profile", study, "show", "calm").out == (study / "profiles" / "calm.toml").read_text()
    copied = call("profile", study, "new", "other", "--from", study / "profiles" / "calm.toml", "--json").json
    assert copied["id"] == "other"
    refused(call("profile", study, "new", "moon"), 3, "No value 'moon'", hint="fairness")


def test_check_and_use_refuse_what_would_stop_the_study(study: Path) -> None:
    call("profile", study, "new", "calm", "--value", "safety")
    path = study / "profiles" / "calm.toml"
    assert call("profile", study, "check", "calm").code == 0
    with path.open("a") as file:
        file.write("\n[pipeline.curate]\nslect = 3\n")
    for act in ("check", "use"):
        refused(
            call("profile", study, act, "calm"),
            3,
            "pipeline.curate.slect",
            "did you mean 'select'",
            hint="Mend calm.toml",
        )
    refused(call("profile", study, "check", path), 3, "slect", hint="Mend")
    assert 'profile = ""' in (study / "study.toml").read_text()


def test_a_broken_profile_can_be_left_behind(study: Path) -> None:
    call("profile", study, "use", "fairness")
    (study / "profiles" / "fairness.toml").write_text("values = 5\n")
    refused(call("status", study), 3, "fairness.toml", hint="Mend")
    assert call("profile", study, "use", "none").code == 0
    assert call("status", study).code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show"], "Which profile"),
        (["use", "moon"], "no profile 'moon'"),
        (["use", "fairness", "--next"], "make a profile"),
        (["new", "../x", "--value", "safety"], "cannot name"),
        (["new", "none", "--value", "safety"], "cannot be called"),
    ],
)
def test_what_makes_no_sense(study: Path, arguments: list[str], words: str) -> None:
    result = call("profile", study, *arguments)
    refused(result, result.code, words)
    assert result.code in (2, 3)


def test_a_folder_that_is_no_study(tmp_path: Path) -> None:
    refused(call("profile", tmp_path), 2, "not a study", hint="seedbed new")


def test_one_that_is_broken_hides_none_of_the_others(study: Path) -> None:
    assert call("profile", study, "new", "calm", "--value", "safety").code == 0
    profiles = study / "profiles"
    (profiles / "broken.toml").write_text("x = ")
    (profiles / "calm (copy).toml").write_text("x = ")
    listed = call("profile", study, "list", "--json").json
    assert "calm" in [one["id"] for one in listed["profiles"]]
    assert len(listed["unreadable"]) == 1
    shown = call("profile", study)
    assert "calm " in shown.err
    assert "broken.toml is not valid TOML" in shown.err


def test_what_cannot_be_read_is_said(study: Path) -> None:
    deep = study / "deep.toml"
    deep.write_text('values = ["safety"]\n[pipeline.curate]\na = ' + "[" * 3000)
    refused(call("profile", study, "check", deep), 3, "too deep")
    refused(call("profile", study, "show", f"calm@{'9' * 5000}"), 3, "no profile")
    (study / "study.toml").write_bytes(b"\xff\xfe")
    refused(call("profile", study, "use", "none"), 3, "not valid TOML")


def test_the_next_version_begins_with_the_one_that_stands(study: Path) -> None:
    call("profile", study, "new", "calm", "--value", "safety")
    path = study / "profiles" / "calm.toml"
    before = path.read_bytes()
    for more in ([], ["--from", "calm"]):
        same = call("profile", study, "new", "calm", "--next", *more)
        assert (same.code, path.read_bytes()) == (0, before)
        assert "nothing would differ, so there is no new version" in same.err
    assert call("profile", study, "new", "calm", "--next", "--json").json["changed"] is False
    other = call("profile", study, "new", "calm", "--next", "--value", "fairness", "--json").json
    assert (other["changed"], other["version"], other["values"]) == (True, 2, ["fairness"])
    assert call("profile", study, "new", "fairness", "--next", "--json").json["version"] == 1
