"""The links of one release, read from the files that its manifest lists: which rows and seeds it holds."""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seedbed.lineage.links import RUNS, How, Kin, ReleaseLinks, RunLinks
from seedbed.lineage.slots import Slots, row_of

__all__ = ["read_release"]

MANIFEST = "manifest.json"


def read_release(folder: Path) -> ReleaseLinks:
    """The links of the release in `folder`. What cannot be read is named in `fault`, and the rest is there."""
    faults: list[str] = []
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        listed = [str(file["path"]) for file in manifest["files"]]
        created = str(manifest.get("created", ""))
        stages = {str(run["name"]): run for run in manifest.get("runs", ())}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return ReleaseLinks(folder.name, fault=f"{MANIFEST} is missing or damaged: {error}")
    gathered = _Gathered()
    for name in _once(listed):
        try:
            for row in _rows(folder, name):
                gathered.add(name, row)
        except Exception as error:  # whatever a torn Parquet file makes polars raise
            faults.append(f"{name} cannot be read: {type(error).__name__}")
    return ReleaseLinks(
        folder.name, created, "; ".join(faults),
        {key: Slots.of(slots) for key, slots in gathered.rows.items()},
        {file: tuple(ids) for file, ids in gathered.seeds.items()},
        {name: gathered.run(name, stages.get(name, {})) for name in gathered.runs()},
    )  # fmt: skip


def _once(listed: list[str]) -> Iterator[str]:
    """The files of rows, each set of rows once: the Parquet file of a JSONL file has the same."""
    have = set(listed)
    for name in listed:
        path = Path(name)
        if path.suffix == ".parquet" and str(path.with_suffix(".jsonl")) in have:
            continue
        if path.suffix in (".jsonl", ".parquet"):
            yield name


def _rows(folder: Path, name: str) -> Iterator[Mapping[str, Any]]:
    if name.endswith(".jsonl"):
        with (folder / name).open("rb") as file:
            for line in file:
                if line.strip():
                    yield json.loads(line)
        return
    import polars as pl

    table = pl.scan_parquet(folder / name)
    wanted = [column for column in ("id", "subject", "lineage") if column in table.collect_schema()]
    yield from table.select(wanted).collect().iter_rows(named=True)


class _Gathered:
    def __init__(self) -> None:
        self.rows: defaultdict[tuple[str, str], array[int]] = defaultdict(lambda: array("I"))
        self.seeds: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._given: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self._answers: defaultdict[str, dict[int, tuple[str, int]]] = defaultdict(dict)

    def add(self, file: str, row: Mapping[str, Any]) -> None:
        id = row.get("id") or row.get("subject")
        if not isinstance(id, str):
            return
        place = row_of(id)
        if place is None:
            self.seeds[file][id] = None
            return
        run, slot = place
        self.rows[file, run].append(slot)
        grown: Mapping[str, Any] = row.get("lineage") or {}
        for seed in grown.get("seed_ids") or ():
            self._given[run, seed].add(slot)
        if prompt := grown.get("prompt_id"):
            if (parent := row_of(prompt)) is None:
                self._given[run, prompt].add(slot)
            else:
                self._answers[run][slot] = parent

    def runs(self) -> list[str]:
        return sorted({run for _, run in self.rows})

    def run(self, name: str, about: Mapping[str, Any]) -> RunLinks:
        """The run as far as the release tells of it."""
        slots = Slots.of(slot for (_, run), found in self.rows.items() if run == name for slot in found)
        given: dict[tuple[How, str], Slots] = {
            ("shown", seed): Slots.of(found) for (run, seed), found in self._given.items() if run == name
        }
        kin: defaultdict[str, tuple[array[int], array[int]]] = defaultdict(lambda: (array("I"), array("I")))
        for slot, (run, parent) in sorted(self._answers[name].items()):
            kin[run][0].append(slot)
            kin[run][1].append(parent)
        return RunLinks(
            RUNS, name, stage=str(about.get("stage") or ""), created=str(about.get("created") or ""),
            model=str(about.get("model") or ""), states={"kept": slots}, given=given,
            kin=tuple(Kin("answered", run, *pair) for run, pair in kin.items()),
        )  # fmt: skip
