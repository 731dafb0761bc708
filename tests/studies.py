"""Studies for tests: the sample, curated, with the gates that need no model, so that a run costs milliseconds."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from seedbed.acts import Study, sample_folder
from seedbed.engine import read_rows

TEXT_GATES = (
    "finished", "length", "form", "leaked-fields", "repetition", "assistant-voice", "copy", "novelty", "cell-full",
)  # fmt: skip


def make_curated(path: Path) -> Path:
    """A new study from the sample, curated without the parser."""
    study = Study.new(path, taxonomy=sample_folder() / "taxonomy.json")
    configure(path, "parser", "false")
    configure(path, "vectors", "false")
    configure(path, "order", str(list(TEXT_GATES)).replace("'", '"'), section="generate.questions.gates")
    study = Study.open(path)
    study.import_sample()
    study.curate()
    return path


def configure(path: Path, key: str, value: str, *, section: str = "") -> None:
    """Set one key of study.toml, in `section` or where it first stands."""
    file = path / "study.toml"
    text = file.read_text()
    start = text.index(f"[{section}]") if section else 0
    head, tail = text[:start], text[start:]
    changed, count = re.subn(rf"(?m)^(# )?{key} =.*$", lambda _: f"{key} = {value}", tail, count=1)
    assert count == 1, f"study.toml has no {key} in [{section}]"
    file.write_text(head + changed)


def copy_of(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def told(path: Path, run: str = "questions") -> list[tuple[Any, ...]]:
    """All that the law fixes of a run: ids, states, gates, reasons, measured values, rivals, texts, lineage."""
    return [
        (row.id, row.verdict.state, row.verdict.gate, row.verdict.reason, row.verdict.measured, row.verdict.rival,
         row.verdict.text, row.ask)
        for row in read_rows(path / "runs" / run)
    ]  # fmt: skip
