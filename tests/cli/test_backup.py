"""`seedbed backup` and `seedbed restore` as they are typed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from seedbed.study import hold
from tests.cli.command import call, refused
from tests.study.made import make_study


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return make_study(tmp_path / "one study").root


def test_there_and_back(tmp_path: Path) -> None:
    study, again = tmp_path / "one study", tmp_path / "two"
    assert call("new", study, "--sample").code == 0
    saved = call("backup", study, tmp_path / "it.zip")
    assert (saved.code, saved.out) == (0, "")
    assert "it.zip" in saved.err
    assert "→ seedbed restore" in saved.err
    made = call("restore", tmp_path / "it.zip", again)
    assert (made.code, made.out) == (0, "")
    assert "as one study was on 20" in made.err
    assert f"→ seedbed status {again}" in made.err
    before, after = call("status", study, "--json"), call("status", again, "--json")
    assert before.code == after.code == 0
    named = {"study": "", "next": ""}
    assert {**after.json, **named} == {**before.json, **named}


def test_without_a_name_the_file_has_the_studys_and_the_time(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "who is behind each pseudonym" in call("backup", study.name).err
    (made,) = tmp_path.glob("*.zip")
    assert made.match("one study-20??????-??????.zip")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_programs_get_json(study: Path, tmp_path: Path) -> None:
    (study / "linked").symlink_to(tmp_path)
    saved = call("backup", study, tmp_path / "it.zip", "--json").json
    assert saved["path"] == str(tmp_path / "it.zip")
    assert saved["notes"] == {"linked": "left out: it is a link"}
    made = call("restore", tmp_path / "it.zip", tmp_path / "two", "--json").json
    assert (made["schema"], made["study"], made["files"]) == (1, "one study", saved["files"])


def test_a_study_that_is_served_is_backed_up(study: Path, tmp_path: Path) -> None:
    with hold(study / ".serve.lock", what="The study"):
        assert call("backup", study, tmp_path / "it.zip").code == 0


def test_what_cannot_be_is_said_with_the_next_step(study: Path, tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no zip")
    (tmp_path / "empty").mkdir()
    refused(call("backup", tmp_path / "empty"), 2, "is not a study", hint="seedbed new")
    refused(call("backup", study, tmp_path / "text.zip"), 2, "is there already", hint="another name")
    refused(call("backup", study, study / "it.zip"), 2, "in the study itself", hint="outside")
    refused(call("restore", tmp_path / "text.zip", tmp_path / "two"), 3, "not a sound zip")
    refused(call("restore", tmp_path / "none.zip", tmp_path / "two"), 3, "There is no file", hint="seedbed backup")
    assert call("backup", study, tmp_path / "it.zip").code == 0
    refused(call("restore", tmp_path / "it.zip", study), 2, "is there already", hint="does not exist")
    url = "postgresql://me:hunter2@127.0.0.1/studies"
    told = call("restore", tmp_path / "it.zip", tmp_path / "two", "--database", url)
    refused(told, 3, "holds a password", hint="PGPASSWORD")
    assert "hunter2" not in told.err
    assert not (tmp_path / "two").exists()
