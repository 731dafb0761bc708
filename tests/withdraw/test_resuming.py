"""A run from which seeds were withdrawn: its words are gone, its verdicts stand, and it goes on without them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows, read_run
from seedbed.errors import InputError
from seedbed.records import WITHDRAWN, Row, State
from seedbed.runs.paging import page
from seedbed.seeds import load
from seedbed.study.events import EventStore
from seedbed.testing import MockEndpoint
from seedbed.withdraw import Withdrawn, foresee, withdraw_seeds
from tests.studies import configure, copy_of
from tests.withdraw.studies import holding, shown_by

ASKS, COUNT = 12, 96


@pytest.fixture(scope="module")
def half_made(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study with a run of 24 asks of which 12 were made."""
    path = copy_of(curated, tmp_path_factory.mktemp("half") / "study")
    with MockEndpoint() as mock:
        Study.open(path).generate(endpoint=mock.settings(), lanes=2, candidates=COUNT, pilot=ASKS)
    return path


def _rows(path: Path, run: str = "questions") -> list[Row]:
    return list(read_rows(path / "runs" / run, withdrawn=True))


def _withdraw(path: Path, seed: str, policy: str = "purge") -> Withdrawn:
    study = Study.open(path)
    with EventStore.of(study.folder) as store:
        return withdraw_seeds(store, [seed], study.folder, policy)  # type: ignore[arg-type]


def _go_on(path: Path, **more: object) -> int:
    with MockEndpoint() as mock:
        Study.open(path).generate(endpoint=mock.settings(), lanes=2, candidates=COUNT, **more)  # type: ignore[arg-type]
        return int(mock.stats()["requests"])


def test_the_words_are_in_no_file_and_the_run_goes_on_without_them(half_made: Path, tmp_path: Path) -> None:
    path = copy_of(half_made, tmp_path / "study")
    seed = shown_by(path)
    words, before = load(Study.open(path).folder).question(seed).text, _rows(path)
    assert holding(path, words)
    taken = [row.id for row in before if seed in row.ask.examples]
    told = [row.verdict.text for row in before if row.id in taken and row.kept]
    assert told

    done = _withdraw(path, seed)

    assert not holding(path, words)
    assert not [text for text in told if len(text) > 30 and holding(path, text)]
    assert done.found.rows == len(taken)
    assert [row.id for row in _rows(path) if row.withdrawn] == taken
    assert [(row.id, row.verdict.state, row.verdict.gate) for row in _rows(path)] == [
        (row.id, row.verdict.state, row.verdict.gate) for row in before
    ]
    with MockEndpoint() as mock:
        found = Study.open(path).explain(taken[0], endpoint=mock.settings(), candidates=COUNT)
    assert found.verdict.text == ""
    assert found.reply is None
    # what is left goes on: no call twice, none that shows it, and no row in the place of those that went
    assert _go_on(path) == COUNT // 4 - ASKS
    after = _rows(path)
    assert len(after) == COUNT
    assert [row.ask for row in after[: len(before)]] == [row.ask for row in before]
    assert not [row for row in after[len(before) :] if seed in row.ask.examples]
    assert [row.id for row in after if row.withdrawn] == taken
    assert _go_on(path) == 0
    assert not holding(path, words)


def test_flagged_rows_keep_their_words_and_nobody_reads_them(half_made: Path, tmp_path: Path) -> None:
    path = copy_of(half_made, tmp_path / "study")
    seed = shown_by(path)
    taken = {row.id: row.verdict.text for row in _rows(path) if seed in row.ask.examples}
    _withdraw(path, seed, "flag")
    assert {row.id: row.verdict.text for row in _rows(path) if row.withdrawn} == taken
    assert not {row.id for row in read_rows(path / "runs" / "questions")} & taken.keys()
    shown = {row.id: row for row in page(path / "runs" / "questions").rows}
    assert {shown[id].verdict.text for id in taken if id in shown} == {""}
    _withdraw(path, seed, "purge")  # what was flagged may still be purged
    assert {row.verdict.text for row in _rows(path) if row.withdrawn} == {""}
    assert _go_on(path) == COUNT // 4 - ASKS


def test_a_purge_of_one_seed_leaves_what_was_flagged_for_another(half_made: Path, tmp_path: Path) -> None:
    path = copy_of(half_made, tmp_path / "study")
    shown = [row.ask.examples for row in _rows(path)]
    pairs = {(a, b) for each in shown for a in each for other in shown for b in other if b not in each}
    flagged, purged = min(pairs)  # rows show the first and not the second
    _withdraw(path, flagged, "flag")
    texts = {row.id: row.verdict.text for row in _rows(path) if row.withdrawn and purged not in row.ask.examples}
    assert any(texts.values())
    _withdraw(path, purged)
    stand = {row.id: row for row in _rows(path)}
    left = {id for id, text in texts.items() if stand[id].verdict.text == text}
    compared = {id for id in texts.keys() - left if stand[id].verdict.rival}
    assert left
    assert left | compared == texts.keys()
    assert {row.verdict.notes[WITHDRAWN] for row in map(stand.get, left) if row} == {"flag"}
    _withdraw(path, flagged)
    assert {row.verdict.text for row in _rows(path) if row.withdrawn} == {""}


def test_a_reply_that_was_not_judged_yet_is_judged_as_withdrawn(half_made: Path, tmp_path: Path) -> None:
    path = copy_of(half_made, tmp_path / "study")
    seed = shown_by(path)
    before = _rows(path)
    journal = path / "runs" / "questions" / "journal.db"
    with closing(sqlite3.connect(journal)) as db, db:  # as a kill leaves it: replies on disk, and no verdict yet
        db.execute("DELETE FROM verdicts WHERE slot >= 8")
    done = _withdraw(path, seed)
    waiting = {row.verdict.slot for row in before if row.verdict.slot >= 8 and seed in row.ask.examples}
    assert sum(run.unjudged for run in done.found.runs) == len(waiting) // 4
    assert _go_on(path) == COUNT // 4 - ASKS
    after = _rows(path)
    assert {row.verdict.slot for row in after if row.verdict.gate == WITHDRAWN} == waiting
    assert all(row.verdict.state is State.REJECTED for row in after if row.verdict.gate == WITHDRAWN)
    assert len(after) == COUNT


def test_replies_are_not_judged_anew_and_other_settings_are_refused_as_ever(half_made: Path, tmp_path: Path) -> None:
    path = copy_of(half_made, tmp_path / "study")
    _withdraw(path, shown_by(path))
    configure(path, "max_words", "12", section="generate.questions.gates")
    with pytest.raises(InputError, match="gates of run"):
        _go_on(path)
    with pytest.raises(InputError, match="withdrawn, so its replies cannot all be judged anew"):
        _go_on(path, rejudge=True)


def test_another_choice_of_seeds_does_not_come_into_a_run_that_is_gone_on_with(half_made: Path, tmp_path: Path) -> None:
    path = copy_of(half_made, tmp_path / "study")
    seed = shown_by(path)
    _withdraw(path, seed)
    Study.open(path).curate()  # chooses another in its place
    chosen = [id for id in read_run(path / "runs" / "questions").ask["examples"] if id != seed]
    _go_on(path)
    assert {id for row in _rows(path) if not row.withdrawn for id in row.ask.examples} <= set(chosen)


def test_a_target_is_not_made_up_for(curated: Path, tmp_path: Path) -> None:
    path = copy_of(curated, tmp_path / "study")

    def make() -> int:
        with MockEndpoint() as mock:
            Study.open(path).generate(endpoint=mock.settings(), lanes=2, target=12)
            return int(mock.stats()["requests"])

    assert make() > 0
    before = _rows(path)
    seed = shown_by(path)
    _withdraw(path, seed)
    assert make() == 0
    assert [row.id for row in _rows(path)] == [row.id for row in before]


def test_what_is_foreseen_is_what_is_done_and_changes_nothing(half_made: Path, tmp_path: Path) -> None:
    path = copy_of(half_made, tmp_path / "study")
    seed, study = shown_by(path), Study.open(path)
    before = _rows(path)
    with EventStore.of(study.folder) as store:
        foreseen = foresee(store, study.folder, "purge", seeds=[seed])
    assert _rows(path) == before
    assert not (path / "withdrawals.json").exists()
    assert _withdraw(path, seed).found.to_json() == foreseen.to_json()
    assert _withdraw(path, seed).found.rows == 0  # nothing is taken twice
