from __future__ import annotations

import stat
from itertools import pairwise
from pathlib import Path

import pytest

from seedbed.errors import InputError, NotAStudy, UsageError
from seedbed.settings import Settings, load_settings, write_settings
from seedbed.study import Folder


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", ".hidden", "-x", "a b", "ü", "x" * 65, "a\n", "a\0"])
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a run") as caught:
        Folder(tmp_path).run(name)
    assert "letters, digits" in caught.value.hint


@pytest.mark.parametrize("name", ["a", "1.0", "my-run_2", "x" * 64])
def test_a_plain_name_is_a_folder_inside(tmp_path: Path, name: str) -> None:
    assert Folder(tmp_path).run(name).parent == tmp_path / "runs"
    assert Folder(tmp_path).release(name).parent == tmp_path / "releases"


def test_a_folder_without_settings_is_no_study(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotAStudy, match=r"it has no study\.toml") as caught:
            Folder(path).check()
        assert caught.value.hint == f"seedbed new {path}"


def test_the_key_is_the_studys_own_and_stays(tmp_path: Path) -> None:
    one, two = (Folder(tmp_path / name) for name in ("one", "two"))
    for folder in (one, two):
        folder.root.mkdir()
    assert len(one.key) == 32
    assert Folder(one.root).key == one.key != two.key
    assert stat.S_IMODE(one.identity.stat().st_mode) == 0o600
    assert Folder(one.root).digest("a", "b") == one.digest("a", "b") != two.digest("a", "b")
    assert one.digest("a", "b") != one.digest("ab")
    one.identity.write_bytes(b"no database " * 100)
    with pytest.raises(InputError, match=r"identity\.db is not a database of a study"):
        _ = Folder(one.root).key


def test_settings_survive_editors(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    write_settings(folder, Settings(title="Café"))
    assert load_settings(folder) == Settings(title="Café")
    content = folder.settings.read_bytes()
    folder.settings.write_bytes(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))  # as some editors save it
    assert load_settings(folder) == Settings(title="Café")
    folder.settings.write_bytes(content.replace("é".encode(), b"\xe9"))
    with pytest.raises(InputError, match=r"study\.toml is not UTF-8 \(line 5\)") as caught:
        load_settings(folder)
    assert "Save it as UTF-8" in caught.value.hint


def test_every_setting_of_a_new_study_has_its_comment(tmp_path: Path) -> None:
    write_settings(Folder(tmp_path), Settings())
    lines = Folder(tmp_path).settings.read_text(encoding="utf-8").splitlines()
    for above, line in pairwise(lines):
        if line and not line.startswith("#"):
            assert above.startswith("# "), line
