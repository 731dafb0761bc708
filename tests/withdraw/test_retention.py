"""What [retention] says is due: said by the status, done when it is asked for, and never by itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from seedbed.study import Folder
from seedbed.study.entries import Act
from seedbed.study.events import EventStore
from seedbed.withdraw import RetentionSettings
from seedbed.withdraw.retention import due, ended
from seedbed.workshop.places import AGENDA, THEMES
from tests.cli.command import call
from tests.withdraw.studies import holding
from tests.withdraw.test_people import EXPECTED, SECRET, _withdrawn, made

__all__ = ["made"]


def _end(folder: Folder, *, then: str | None = None) -> None:
    with EventStore.of(folder) as store:
        store.append(AGENDA, "u_1", [Act("step.go", data={"step": "s1"}), Act("step.go", data={"step": then})])


def test_days_count_from_the_workshops_end(made: tuple[Path, Path, str]) -> None:
    folder = Folder(made[0])
    wanted = RetentionSettings(recordings=1, boards=30, identity=90)
    later = datetime.now(UTC) + timedelta(days=400)
    assert due(folder, wanted, now=later) == []  # there was no workshop
    _end(folder, then="s2")
    assert due(folder, wanted, now=later) == []  # it goes on
    _end(folder)
    assert due(folder, RetentionSettings(), now=later) == []
    assert due(folder, wanted, now=datetime.now(UTC) + timedelta(days=29)) == []  # there is no transcript
    assert [one.what for one in due(folder, wanted, now=datetime.now(UTC) + timedelta(days=31))] == ["boards"]
    assert [one.what for one in due(folder, wanted, now=later)] == ["boards", "identity"]


def test_it_is_due_from_the_very_moment_on_whatever_the_clock_is_set_to(made: tuple[Path, Path, str]) -> None:
    folder = Folder(made[0])
    _end(folder)
    with EventStore.of(folder) as store:
        end = ended(store)
    assert end is not None
    for days in (0, 1, 30, 3650):
        before = [timedelta(days=-400), timedelta(seconds=-1)]
        after = [timedelta(0), timedelta(seconds=1), timedelta(days=9000)]
        for offset in before + after:
            now = end + timedelta(days=days) + offset
            for zone in (UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))):
                found = due(folder, RetentionSettings(boards=days), now=now.astimezone(zone))
                assert [one.what for one in found] == (["boards"] if offset in after else [])
                assert all(one.since == (end + timedelta(days=days)).date().isoformat() for one in found)


def test_what_is_due_is_said_and_done_when_asked_for(made: tuple[Path, Path, str]) -> None:
    path, home, _ = made
    folder = Folder(path)
    _end(folder)
    with EventStore.of(folder) as store:
        store.append(THEMES, "u_1", [
            Act("source.add", "t1", {"kind": "transcript"}, {"title": "Talk of the town"}),
            Act("source.words", "t1", {"speaker": "S1"}, {"words": "Said aloud on that day"}),
            Act("source.add", "n1", {"kind": "notes"}, {"title": "Notes of the day"}),
        ])  # fmt: skip
    text = (path / "study.toml").read_text()
    (path / "study.toml").write_text(f"{text}\n[retention]\nrecordings = 0\nboards = 0\nidentity = 0\n")
    told = json.loads(call("status", path, "--json").out)["withdrawn"]["due"]
    assert [(one["what"], one["count"]) for one in told] == [("recordings", 1), ("boards", 2), ("identity", 1)]
    assert "people's words on boards since" in call("status", path).err
    assert call("withdraw", path, "--due", "--dry-run", "--home", home).code == 0
    assert holding(path, "Said aloud")
    assert call("withdraw", path, "--due", "--yes", "--home", home).code == 0
    for words in (SECRET, "Said aloud on that day", "Talk of the town"):
        assert not holding(path, words)
    assert holding(path, "Notes of the day")
    assert _withdrawn(path) > EXPECTED
    assert not (path / "themes" / "sources").exists()
    assert json.loads(call("status", path, "--json").out)["withdrawn"]["due"] == []
