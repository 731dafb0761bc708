"""seedbed themes: what is taken in, shown and written, in words and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import call, refused
from tests.themes.making import VTT, study


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    talk = tmp_path / "talk.vtt"
    talk.write_text(VTT, encoding="utf-16")
    return study(tmp_path).root, talk


def test_from_a_file_to_a_text_with_offsets(files: tuple[Path, Path]) -> None:
    folder, talk = files
    assert "No sources yet" in call("themes", folder).err
    looked = call("themes", folder, "import", talk, "--debrief", "method", "--dry-run")
    assert "Nothing was kept" in looked.err
    assert call("themes", folder, "list", "--json").json["sources"] == []
    told = call("themes", folder, "import", talk, "--debrief", "method", "--json").json["files"][0]
    assert (told["segments"], told["left_out"], told["unnamed"]) == (4, 0, 0)  # no names: nobody joined by a link
    assert [one["key"] for one in told["speakers"]] == ["S1", "S2", "S3", "S4"]
    shown = call("themes", folder, "show", told["id"])
    assert shown.out.splitlines()[1] == "44-65 S2 00:00:04: I did. Ana disagreed,"
    whole = call("themes", folder, "show", told["id"], "--json").json
    assert whole["text"][44:65] == "I did. Ana disagreed,"
    assert call("themes", folder, "export", "--json").json["sources"] == 1
    assert (folder / "themes" / "sources" / f"{told['id']}.txt").read_text("utf-8") == whole["text"]
    assert told["id"] in call("themes", folder).err
    assert "gone" in call("themes", folder, "remove", told["id"]).err
    assert call("themes", folder, "list", "--json").json["sources"] == []


def test_speakers_by_a_file_and_what_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    folder, talk = files
    who = tmp_path / "who.csv"
    who.write_text("speaker,person\nBen Ode,\n")
    told = call("themes", folder, "import", talk, "--speakers", who, "--json").json["files"][0]
    assert told["speakers"][1]["how"] == "given"
    refused(call("themes", folder, "import", talk), 3, "already", hint="Remove that one")
    refused(call("themes", folder, "import", talk, "--debrief", "x"), 2, "no debrief 'x'", hint="method")
    refused(call("themes", folder, "import", tmp_path / "none.vtt"), 3, "There is no file")
    refused(call("themes", folder, "import"), 2, "--from-boards")
    refused(call("themes", folder, "show"), 2, "Which source")
    refused(call("themes", folder, "show", "zzz"), 2, "no source 'zzz'")
    assert "No board" in call("themes", folder, "import", "--from-boards").err
