"""A release as others read it: `datasets` by the card's header, and trainers by the columns that they ask for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.release import made

pytest.importorskip("polars")

# The columns that TRL's trainers take, by type of dataset, in standard format (its guide "Dataset formats and types").
TRL = {
    "sft": {"prompt": str, "completion": str},
    "identity": {"prompt": str, "completion": str},
    "dpo": {"prompt": str, "chosen": str, "rejected": str},
    "kto": {"prompt": str, "completion": str, "label": bool},
}
# Names by which TRL takes a row for another type than it is meant to be.
OTHERS = {"messages", "text", "images", "image", "tools", "chat_template_kwargs", "completions", "labels"}


def child(script: str, *arguments: str, home: Path) -> Any:
    """What the script prints as JSON; in a process of its own, for these libraries warn and keep caches."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        env={**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("formats", [("jsonl", "parquet"), ("jsonl",)])
def test_every_configuration_loads_with_datasets_as_the_card_says(tmp_path: Path, formats: tuple[str, ...]) -> None:
    pytest.importorskip("datasets")
    report = made.make(made.grown(tmp_path / "study"), formats=formats)
    found = child(
        """
        import json, sys
        from datasets import disable_progress_bars, get_dataset_config_names, load_dataset
        disable_progress_bars()
        loaded = {}
        for name in get_dataset_config_names(sys.argv[1]):
            for split, rows in load_dataset(sys.argv[1], name).items():
                loaded.setdefault(name, {})[split] = list(rows)
        for name in ("aligner", "identity"):
            listed = load_dataset("json", data_files=f"{sys.argv[1]}/{name}/train.json", split="train")
            loaded[name]["list"] = list(listed)
        print(json.dumps(loaded))
        """,
        str(report.path),
        home=tmp_path / "home",
    )
    assert {
        name: sum(len(rows) for split, rows in splits.items() if split != "list") for name, splits in found.items()
    } == {name: count for name, count in report.rows.items() if count}
    for name, splits in found.items():
        listed = splits.pop("list", None)
        written = made.rows(report, name)
        assert sorted(map(str, (row["id"] for rows in splits.values() for row in rows))) == sorted(
            row["id"] for row in written
        )
        assert [row for rows in splits.values() for row in rows] == written
        if listed is not None:
            assert listed == [{key: row[key] for key in ("question", "answer", "correction")} for row in written]


def test_trainers_find_the_columns_that_they_ask_for_and_none_that_misleads_them(tmp_path: Path) -> None:
    report = made.make(made.grown(tmp_path))
    for name, wanted in TRL.items():
        for row in made.rows(report, name):
            assert {column: type(row[column]) for column in wanted} == wanted
            assert not OTHERS & row.keys()
            assert row["prompt"] == row["prompt"].strip()
            for column in ("completion", "chosen", "rejected"):
                assert row.get(column, " x")[0] == " "
