"""A desk that patches what people did since equals one that reads everything anew."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from typing import Any

import pytest

from seedbed.curate import (
    Bulk,
    Desk,
    Filter,
    Table,
    Wish,
    apply,
    confirm_label,
    curate,
    decide,
    decide_all,
    likeness,
    load,
    preview,
    undo,
)
from seedbed.curate.fold import CurationFold, fold
from seedbed.errors import InputError, UsageError
from seedbed.records import Writer
from seedbed.study import Folder
from tests.curate.planted import PLAIN, crowd, events, plant, question, triple

WAYS = (
    "include",
    "exclude",
    "return",
    "edit",
    "nuanced",
    "select",
    "retag",
    "use",
    "merge",
    "dismiss",
    "undo",
    "batch",
)


def _act(draw: random.Random, study: Folder, desk: Desk, ids: list[str]) -> None:
    id, who, act = draw.choice(ids), draw.choice(("ana", "bo")), draw.choice(WAYS)
    more = {
        "edit": {"fields": {"prompt" if id.startswith("t") else "text": f"Which words are number {draw.random()}?"}},
        "nuanced": {"nuanced": draw.random() < 0.7},
        "select": {"chosen": draw.random() < 0.5},
        "retag": {"values": ("safety",)} if id.startswith("t") else {"topic": draw.choice(("travel", "health"))},
        "use": {"use": draw.choice(("train", "test", "rephrase", None))},
        "merge": {"into": draw.choice(ids)},
        "dismiss": {"rule": "unknown-label"},
    }
    if act == "undo":
        made = [one for one in desk.look().have.log if one.decision.actor != "rule"]
        if made:
            undo(study, draw.choice(made).seq, who, desk=desk)
    elif act == "batch":
        wishes = [Wish(one, "exclude", "All of them.") for one in draw.sample(ids, 4)]
        batch = decide_all(study, wishes, who, desk=desk)[0].batch
        if batch and draw.random() < 0.5:
            undo(study, batch, who, desk=desk)
    else:
        decide(study, id, act, "Because.", who, desk=desk, **more.get(act, {}))  # type: ignore[arg-type]


def test_a_patched_state_is_the_state_read_anew(study: Folder) -> None:
    draw = random.Random(7)
    plant(
        study, *crowd(25), *(triple(f"t{n}") for n in range(6)),
        question("odd", topic=None, topic_raw="Stars"), question("m", written_by=Writer.MODEL),
    )  # fmt: skip
    curate(study, PLAIN.model_copy(update={"evaluation_share": 0.2, "select": 8}))
    ids = [item.id for item in load(study).seeds]
    desk = Desk(study)
    desk.table()
    done = 0
    for step in range(90):
        try:
            _act(draw, study, desk, ids)
            done += 1
        except (InputError, UsageError):
            continue
        if step % 3 == 0:
            anew = load(study)
            patched = desk.look().curation
            assert patched == anew
            assert patched.decisions == anew.decisions
            if step % 9 == 0:
                table, whole = desk.table(), Table(Desk(study).look())
                assert table.rows == whole.rows
                for wanted in (Filter(), Filter(state=("excluded",)), Filter(q="number"), Filter(nuanced=("yes",))):
                    assert table.page(wanted, "author", True) == whole.page(wanted, "author", True)
    assert done > 50
    confirm_label(study, "Stars", "travel", "topics", "ana")
    assert desk.look().curation == load(study)
    assert desk.look().curation.question("odd").topic == "travel"
    undo(study, events(study), "bo", desk=desk)
    assert desk.look().curation == load(study)
    assert desk.look().curation.question("odd").topic is None


def test_an_act_costs_what_it_bears_on_and_not_what_there_is(study: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts, for times are noise: nothing is folded, tabled or read anew for an act on one seed, or on many."""
    plant(study, *crowd(40), question("near", "Where is the best old doctor here?"))
    plant(study, question("nearly", "Where is the best old dentist here?"))
    curate(study, PLAIN.model_copy(update={"evaluation_share": 0.2}))
    desk = Desk(study)
    desk.table()
    done: Counter[str] = Counter()

    def counted(home: Any, name: str) -> None:
        real = getattr(home, name)

        def call(*given: Any, **more: Any) -> Any:
            done[name] += 1
            return real(*given, **more)

        monkeypatch.setattr(home, name, call)

    counted(CurationFold, "curation")  # all seeds
    counted(CurationFold, "apply")  # an event read from the disk
    counted(Table, "__init__")
    counted(likeness, "tokenise")
    decide(study, "near", "use", "", "mia", use="test", desk=desk)
    row = desk.table().row("nearly")
    assert row is not None
    assert row.pool == "evaluation"
    assert done == {"tokenise": 42}  # every text, once
    decide(study, "q001", "use", "", "mia", use="train", desk=desk)
    decide(study, "q002", "edit", "Clearer.", "mia", fields={"text": "Which words are these?"}, desk=desk)
    decide(study, "q003", "merge", "The same.", "mia", into="q004", desk=desk)
    decide(study, "q005", "use", "", "mia", use="test", desk=desk)
    assert done == {"tokenise": 43}
    bulk = Bulk("exclude", Filter(group=("1", "2")))
    batch = apply(study, bulk, preview(desk, bulk).token, "Enough.", "mia", desk=desk).batch
    undo(study, batch, "bo", desk=desk)
    table = desk.table()
    assert done == {"tokenise": 43}
    monkeypatch.undo()
    assert table.rows == Desk(study).table().rows


def test_a_process_that_is_killed_leaves_whole_acts_only(study: Folder) -> None:
    """One append an act: after `kill -9` a batch is there as a whole, or not at all."""
    plant(study, *crowd(40))
    code = (
        "import sys; from pathlib import Path; from seedbed.curate import Wish, decide_all;"
        "from seedbed.study import Folder; f = Folder(Path(sys.argv[1])); print('at work', flush=True)\n"
        "for n in range(1000): decide_all(f, [Wish(f'q{i:03d}', 'nuanced', f'{n}', nuanced=n % 2 == 0)"
        " for i in range(40)], 'ana', batch=f'b{n}')"
    )
    for pause in (0.05, 0.2, 0.4):
        worker = subprocess.Popen([sys.executable, "-c", code, str(study.root)], stdout=subprocess.PIPE)
        try:
            assert worker.stdout is not None
            worker.stdout.readline()
            time.sleep(pause)
        finally:
            worker.kill()
            worker.wait()
            assert worker.stdout is not None
            worker.stdout.close()
        have = fold(study)
        assert {len(seqs) % 40 for seqs in have.people.batches.values()} <= {0}
        assert len(set(load(study).nuanced)) in (0, 40)
    assert events(study) % 40 == 0
    assert events(study) > 0
    assert curate(study, PLAIN).questions == 40
    json.dumps([row.to_json() for row in Desk(study).table().rows])
