"""A study with a run that showed its seeds, and the search of all its files for words."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

from seedbed.engine import Journal, Outcome, RunRecord, open_run
from seedbed.records import Ask, Reply, State, Usage, Verdict
from seedbed.study import Folder

__all__ = ["holding", "judged_of", "run_of", "shown_by"]


def holding(root: Path, *words: str) -> list[str]:
    """Every file under `root` in which one of the `words` stands: in UTF-8 or UTF-16, as JSON escapes them, in zip and
    gzip, in the columns of Parquet, and in whatever pages of a database are free, for those are read as bytes."""
    forms = {form for text in words for form in (text, json.dumps(text)[1:-1])}
    marks = {text.encode(code) for text in forms for code in ("utf-8", "utf-16-le", "utf-16-be")}
    found = []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        content = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                content += [archive.read(name) for name in archive.namelist()]
        if content[0].startswith(b"\x1f\x8b"):
            content.append(gzip.decompress(content[0]))
        if path.suffix == ".parquet":
            import polars

            content.append(polars.read_parquet(path).write_ndjson().encode())
        if any(mark in part for mark in marks for part in content):
            found.append(path.relative_to(root).as_posix())
    return found


def shown_by(path: Path, run: str = "questions") -> str:
    """A seed that some asks of the run show and some do not."""
    from seedbed.engine import read_rows

    rows = list(read_rows(path / "runs" / run, withdrawn=True))
    for id in rows[0].ask.examples:
        if any(id not in row.ask.examples for row in rows):
            return id
    raise AssertionError("every ask shows every seed")


def run_of(folder: Folder, name: str, stage: str, slots: list[tuple[Ask, Verdict | None]], **asked: object) -> None:
    """A run on disk; a reply without a verdict is one that was not judged yet. Replies repeat the verdicts' words."""
    wanted = RunRecord(name, stage, {"prompt_version": "p1", "model": "m", "with_seeds": True, **asked}, {}, {})
    with open_run(folder.run(name), wanted) as (_, journal):
        _commit(journal, slots)


def _commit(journal: Journal, slots: list[tuple[Ask, Verdict | None]]) -> None:
    outcomes = []
    for ask, verdict in slots:
        said = Reply({"choices": [[verdict.text if verdict else "", True, None]]}, Usage(3, 4))
        outcomes.append(Outcome(ask, 1, None if verdict and verdict.state is State.FAILED else said))
    journal.commit(outcomes, [(verdict, b"\x01\x02") for _, verdict in slots if verdict is not None])


def judged_of(folder: Folder, name: str, said: dict[str, str]) -> None:
    """A judging run on disk: what it replied about each row, and the label 4."""
    wanted = RunRecord(name, "judging", {"prompt_version": "p1", "model": "m"}, {}, {})
    with open_run(folder.root / "judgements" / name, wanted) as (_, journal):
        asks = [Ask(f"a{slot:07d}", slot, 1, prompt_id=row) for slot, row in enumerate(said)]
        texts = zip(asks, said.values(), strict=True)
        replies = [Outcome(ask, 1, Reply({"text": text}, Usage(3, 4))) for ask, text in texts]
        journal.commit(replies, [(Verdict(slot, State.KEPT, fields={"says": 4}), None) for slot in range(len(asks))])
