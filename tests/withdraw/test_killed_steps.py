"""Killed after any step, for a person and for a seed, by either policy: the same command ends it as it would
have ended, and then no file of the study has the words, in whatever form."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seedbed.engine import read_rows
from seedbed.engine.withdrawing import Policy
from seedbed.release.taken import read_record
from seedbed.seeds import erasing, load
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.withdraw import cascade, releases
from tests.seeds.boards import BO, OLGA, Workshop, tell
from tests.withdraw.studies import holding, judged_of
from tests.withdraw.test_people import SECRET, TRIPLES, made

__all__ = ["made"]

STEPS = (  # in the order in which they come: each is killed after its first call
    (cascade, "write_record"), (cascade, "take_back"), (cascade, "forget_judged"), (releases, "remove"),
    (cascade, "remove"), (EventStore, "blank_where"), (EventStore, "scrub"), (EventStore, "raise_epoch"),
    (erasing, "write_view"), (cascade, "_done"),
)  # fmt: skip
GIVEN = "Where does my sister live now?"


@pytest.fixture
def whole(made: tuple[Path, Path, str]) -> tuple[Path, str, str]:
    """The study with its words in every place there is: (study, Ana's id, her seed)."""
    path, _, ana = made
    folder = Folder(path)
    seed = next(item.id for item in load(folder).questions if item.text == SECRET)

    async def give(shop: Workshop) -> None:
        await shop.order(OLGA, "prompt.give", TRIPLES, text=GIVEN, source="grown", parents=[seed], topic="",
                         question_type="", run="questions", **{"from": "questions.000000"})  # fmt: skip
        page = await shop.page(BO, TRIPLES)
        await shop.fill(page, next(iter(page.state["rows"])), misaligned="No, says Bo.", critique="Rude.",
                        aligned="Yes, says Bo.")  # fmt: skip

    tell(folder, give)
    judged_of(folder, "relevance", {
        seed: f"It asks: {SECRET}", "questions.000000": "It asks where a relative is", "questions.000001": "Of nobody",
        "control.000001": f"As one says: {SECRET.lower()}",
    })  # fmt: skip
    for left in ("releases/.building-x1", "curation"):  # what a killed release and a killed curation leave
        (path / left).mkdir(parents=True, exist_ok=True)
    (path / "releases" / ".building-x1" / "train.jsonl").write_text(json.dumps({"text": SECRET}))
    (path / "curation" / ".vectors.npz.ab12cd34").write_text(SECRET)
    (path / "assessment").mkdir()
    (path / "assessment" / "cache.gz").write_bytes(gzip.compress(SECRET.encode()))
    assert folder.key  # the copies share it
    return path, ana, seed


def _withdraw(path: Path, who: str, policy: Policy) -> None:
    folder = Folder(path)
    with EventStore.of(folder) as store:
        if who.startswith("p_"):
            cascade.erase(store, who, folder, policy)
        else:
            cascade.withdraw_seeds(store, [who], folder, policy)


def _killed(path: Path, who: str, policy: Policy, step: tuple[Any, str], *, after: bool) -> bool:
    """The same in a process that is killed before or after it first takes `step`; whether it came to that."""
    child = os.fork()
    if child == 0:
        real: Callable[..., Any] = getattr(*step)

        def kill(*args: Any, **named: Any) -> Any:
            if after:
                real(*args, **named)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(*step, kill)
        try:
            _withdraw(path, who, policy)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _end(path: Path) -> dict[str, Any]:
    folder = Folder(path)
    record = json.loads((path / "withdrawals.json").read_text())
    for one in (*record["withdrawals"], *record["releases"]):
        one["at"] = ""
    with EventStore.of(folder) as store:
        events = [
            (doc, event.kind, event.subject, dict(event.data)) for doc in store.streams("") for event in store.read(doc)
        ]
    return {
        "rows": [(row.id, row.verdict, row.ask) for name in sorted(folder.run_names())
                 for row in read_rows(folder.run(name), withdrawn=True)],
        "record": record,
        "seeds": load(folder),
        "events": sorted(events, key=repr),
        "files": sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if not file.name.startswith(".")
                        and file.suffix not in (".db-shm", ".db-wal")),
    }  # fmt: skip


@pytest.mark.parametrize(("who", "policy"), [("person", "purge"), ("person", "flag"), ("seed", "flag")])
def test_killed_at_any_step_it_ends_the_same(
    whole: tuple[Path, str, str], who: str, policy: Policy, tmp_path: Path
) -> None:
    path, ana, seed = whole
    named = ana if who == "person" else seed
    gone = [SECRET, SECRET.lower(), SECRET.upper(), "Elm Street", GIVEN, "It asks where a relative is"]
    # under "flag" the rows and the release keep their texts; for a seed, the board where it was typed does
    keep = () if policy == "purge" else ("runs/", "releases/1.0/", *(("people.db",) if who == "seed" else ()))
    unkilled = shutil.copytree(path, tmp_path / "unkilled")
    assert all(holding(unkilled, words) for words in gone)
    _withdraw(unkilled, named, policy)
    expected = _end(unkilled)
    kills = 0
    for step in STEPS:
        for after in (False, True) if step is STEPS[0] else (True,):  # before one is after the one before
            copy = shutil.copytree(path, tmp_path / f"killed-{kills}")
            if not _killed(copy, named, policy, step, after=after):
                shutil.rmtree(copy)
                continue
            kills += 1
            begun = (copy / "withdrawals.json").exists()
            over = begun and not read_record(Folder(copy)).unfinished
            _withdraw(copy, named, policy)
            ended = _end(copy)
            if over:  # asked again after it had said that it is done, it is another one, of nothing
                assert ended["record"]["withdrawals"].pop()["rows"] == {}
            assert ended == expected, (step[1], after)
            words = gone if policy == "purge" else gone[:2]
            assert not [name for name in holding(copy, *words) if not name.startswith(keep)], (step[1], after)
            shutil.rmtree(copy)
    assert kills == len(STEPS) + 1 - (policy == "flag")  # a flag removes no release
    assert holding(unkilled, "Yes, says Bo")
    assert holding(unkilled, "Who is it that nobody asks?")


def test_flagged_rows_keep_what_a_judge_said_of_them(whole: tuple[Path, str, str]) -> None:
    path, ana, _ = whole
    judged = path / "judgements"
    _withdraw(path, ana, "flag")
    assert holding(judged, "It asks where a relative is")  # of a row that keeps its text
    for words in (SECRET, SECRET.lower()):
        assert not holding(judged, words)
    _withdraw(path, ana, "purge")
    assert not holding(judged, "It asks where a relative is")
    assert holding(judged, "Of nobody")


def test_what_only_the_words_led_to_is_found_again_by_its_mark(whole: tuple[Path, str, str]) -> None:
    """Also where rows were flagged for somebody else, so that it could be theirs."""
    path, ana, _ = whole
    bo_s = next(item.id for item in load(Folder(path)).questions if item.text.startswith("Bo alone"))
    _withdraw(path, bo_s, "flag")
    _withdraw(path, ana, "flag")
    assert holding(path / "runs", SECRET.upper())
    row = next(row for row in read_rows(path / "runs" / "questions", withdrawn=True) if row.id == "questions.000001")
    assert row.withdrawn  # it showed Bo's seed alone
    _withdraw(path, ana, "purge")
    assert not holding(path / "runs", SECRET.upper())
    assert not holding(path / "runs", "Elm Street")
    kept = {row.id: row.verdict.text for row in read_rows(path / "runs" / "questions", withdrawn=True)}
    assert kept["questions.000001"] == "Who is it that nobody asks?"  # flagged for Bo, and not hers
    assert not holding(path / "runs", ana)  # a mark says to nobody without the study's key whose it is
    assert not holding(path / "runs", Folder(path).digest("flagged", "person", ana))
