"""Whether the record, the replay of every board and the replication package say the same of one workshop."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from seedbed import Study
from seedbed.replicate import pack, set_up
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.testing import MockEndpoint
from seedbed.workshop.history import replay
from seedbed.workshop.places import parse_place
from tests.studies import TEXT_GATES, configure

__all__ = ["grow_by", "packed_as_recorded", "replayed_as_recorded", "seeds_of", "table"]


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def grow_by(place: Path, mock: MockEndpoint) -> None:
    """The bridge's prompts are written by `mock`, and nothing loads a parser or an embedder."""
    settings = mock.settings()
    url = settings.url if isinstance(settings.url, str) else settings.url[0]
    file = place / "study.toml"
    file.write_text(f'{file.read_text()}\n[endpoints.mock]\nurl = "{url}"\nmodel = "{settings.model}"\n')
    configure(place, "writer", '"mock"', section="generate")
    configure(place, "parser", "false")
    configure(place, "vectors", "false")
    configure(place, "order", str(list(TEXT_GATES)).replace("'", '"'), section="generate.questions.gates")


def replayed_as_recorded(place: Path, record: Path) -> list[dict[str, Any]]:
    """Each text of the record's boards is what its board's log says, by people alone; returns the rows."""
    texts: Counter[tuple[str, str, str, str]] = Counter()
    with EventStore.of(Folder(place)) as store:
        for doc in store.streams("board/"):
            board = parse_place(doc)
            assert board is not None
            for name, (text, runs) in replay(store.entries(doc), board).texts().items():
                field, _, row = name.partition(":")
                texts[board.group, row, field, text] += bool(text)
                assert all(run.person and run.call is None for run in runs)
    written = [*table(record, "questions"), *table(record, "triples"), *table(record, "reflections")]
    assert +texts == Counter(
        (row["group"], row["row"], field, row[field])
        for row in written for field in ("question", "note", "misaligned", "critique", "aligned")
        if row.get(field) and not (field == "question" and "critique" in row)  # that one was given, not typed
    )  # fmt: skip
    return written


def packed_as_recorded(place: Path, record: Path, folder: Path) -> None:
    """The package has the record's rows and steps, and what is set up with it packs to the same bytes."""
    pack(Folder(place), folder / "one.zip", boards=True)
    with zipfile.ZipFile(folder / "one.zip") as package:
        packed = {
            name: [json.loads(line) for line in package.read(f"workshop/{name}.jsonl").splitlines()]
            for name in ("questions", "triples", "reflections", "comments")
        }
        steps = [json.loads(line) for line in package.read("decisions.jsonl").splitlines()]
    for name, rows in packed.items():
        hidden = {"question"} if name == "triples" else {"seed"}  # what a group was given may be another's words
        assert [{key: row[key] for key in row.keys() - hidden - {"seed"}} for row in rows] == [
            {key: row[key] for key in row.keys() - hidden - {"seed"}} for row in table(record, name)
        ]
    assert [step["detail"].get("step") for step in steps if step["what"] == "step.go"] == [
        step["step"] or None for step in table(record, "steps")
    ]
    set_up(folder / "one.zip", folder / "again")
    pack(Folder(place), folder / "plain.zip")
    pack(Folder(folder / "again"), folder / "two.zip")
    with zipfile.ZipFile(folder / "plain.zip") as one, zipfile.ZipFile(folder / "two.zip") as two:
        assert one.namelist() == two.namelist()
        for name in one.namelist()[1:]:
            assert one.read(name) == two.read(name), name


def seeds_of(place: Path) -> tuple[int, int]:
    """How many questions and triples the boards give as seeds."""
    study = Study.open(place)
    study.gather()
    return len(study.seeds().questions), len(study.seeds().triples)
