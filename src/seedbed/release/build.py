"""The act of releasing: choose, guard, write, describe, and make it visible at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import seedbed
from seedbed.release.card import render_card
from seedbed.release.card_data import Card
from seedbed.release.choose import Chooser, Tally
from seedbed.release.columns import COLUMNS, SPLITS
from seedbed.release.decisions import decision_rows
from seedbed.release.files import JsonLines, ReleaseFile, building, require_polars, to_parquet, write_file
from seedbed.release.funnel import parameters
from seedbed.release.guard import Guard
from seedbed.release.settings import ReleaseSettings
from seedbed.release.sources import RunSource, Sources, public_model, read_sources
from seedbed.study import Folder, hold

__all__ = ["ReleaseReport", "build_release", "release"]

Listen = Callable[[str, int, int], None]

SCHEMA = 1
"""Version of the release's layout: manifest.json names it, and a change of columns or paths raises it."""


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """What was released. `rows` by configuration; `left_out` by "what: why"; `size` in bytes over all `files`."""

    version: str
    path: Path
    rows: Mapping[str, int]
    left_out: Mapping[str, int]
    files: tuple[str, ...]
    size: int


def release(
    folder: Folder, settings: ReleaseSettings, version: str, *, listen: Listen = lambda what, done, total: None
) -> ReleaseReport:
    """Make the release `version` of the study in `folder`, under `releases/`.

    Raises UsageError when the version exists or cannot be a name, InputError when something must not leave (it names
    the rows), MissingExtra when Parquet is wanted without polars, Busy when another process makes a release or goes
    on with a run, and StorageError when the disk refuses. Whatever is raised, `releases/` holds only whole releases.
    """
    folder.check()
    return build_release(folder, lambda: read_sources(folder), settings, version, listen=listen)


def build_release(
    folder: Folder,
    read: Callable[[], Sources],
    settings: ReleaseSettings,
    version: str,
    *,
    listen: Listen = lambda what, done, total: None,
) -> ReleaseReport:
    """`release` from any sources: `read` is called once the version is known to be free."""
    target = folder.release(version)
    if "parquet" in settings.formats:
        require_polars()
    with building(target) as root, _still(folder):
        sources = read()
        guard = Guard(sources, folder.root)
        chooser = Chooser(sources, settings, listen)
        with JsonLines(root) as lines:
            for configuration, row in chooser.rows():
                guard.see(configuration, row)
                lines.add(_path(configuration, "jsonl"), row)
            guard.check()
            files = lines.close()
        if "parquet" in settings.formats:
            files += _parquet(root, chooser.tally, listen)
        listen("describing", 0, 1)
        files += _describe(root, version, settings, sources, chooser.tally, guard, files)
        guard.check()
        listen("describing", 1, 1)
    return ReleaseReport(
        version=version,
        path=target,
        rows={name: chooser.tally.released[name] for name in COLUMNS},
        left_out={f"{what}: {why.value}": count for (what, why), count in sorted(chooser.tally.left_out.items())},
        files=tuple(file.path for file in files),
        size=sum(file.size for file in files),
    )


@contextmanager
def _still(folder: Folder) -> Iterator[None]:
    """No run goes on while a release reads it: half of a run would be told as the whole. Raises Busy."""
    with ExitStack() as held:
        for name in folder.run_names():
            held.enter_context(hold(folder.run(name) / "lock", what=f"The run {name!r}"))
        yield


def _path(configuration: str, ending: str) -> str:
    return f"{configuration}/{SPLITS[configuration]}.{ending}"


def _parquet(root: Path, tally: Tally, listen: Listen) -> list[ReleaseFile]:
    names = [name for name in COLUMNS if tally.released[name]]
    made = []
    for number, name in enumerate(names):
        listen("parquet", number, len(names))
        made.append(to_parquet(root, name, _path(name, "jsonl"), _path(name, "parquet")))
    listen("parquet", len(names), len(names))
    return made


def _describe(
    root: Path,
    version: str,
    settings: ReleaseSettings,
    sources: Sources,
    tally: Tally,
    guard: Guard,
    data: Sequence[ReleaseFile],
) -> list[ReleaseFile]:
    """Everything beside the rows. SHA256SUMS comes last and covers every other file."""
    ending = "parquet" if "parquet" in settings.formats else "jsonl"
    loads = {name: _path(name, ending) for name in COLUMNS if tally.released[name]}
    decisions = [json.dumps(row, ensure_ascii=False) + "\n" for row in decision_rows(sources, settings)]
    texts = {
        "README.md": (render_card(Card(version, settings, sources, tally, loads)), None),
        "decisions.jsonl": ("".join(decisions), len(decisions)),
        "taxonomy.json": (sources.taxonomy.to_json(), None),
    }
    files = []
    for name, (text, rows) in texts.items():
        guard.read(name, text)
        files.append(write_file(root, name, text, rows))
    manifest = json.dumps(_manifest(version, settings, sources, tally, [*data, *files]), ensure_ascii=False, indent=2)
    guard.read("manifest.json", manifest)
    files.append(write_file(root, "manifest.json", manifest + "\n"))
    sums = sorted((*data, *files), key=lambda file: file.path)
    files.append(write_file(root, "SHA256SUMS", "".join(f"{file.sha256}  {file.path}\n" for file in sums)))
    return files


def _manifest(
    version: str, settings: ReleaseSettings, sources: Sources, tally: Tally, files: Sequence[ReleaseFile]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "version": version,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seedbed": seedbed.__version__,
        "taxonomy": sources.taxonomy.version,
        "license": settings.license,
        "languages": list(settings.languages),
        "k": settings.k,
        "rows": {name: tally.released[name] for name in COLUMNS},
        "left_out": [
            {"what": what, "why": why.value, "count": count} for (what, why), count in sorted(tally.left_out.items())
        ],
        "runs": [_run(run, tally) for run in sources.runs],
        "files": [asdict(file) for file in sorted(files, key=lambda file: file.path)],
    }


def _run(run: RunSource, tally: Tally) -> dict[str, Any]:
    counts = tally.runs[run.name]
    record = run.record
    return {
        "name": run.name,
        "stage": record.stage,
        "created": record.created,
        "seedbed": record.about.get("seedbed"),
        "control_of": record.about.get("control_of"),
        "model": public_model(str(record.ask.get("model", ""))),
        "prompt_version": record.ask.get("prompt_version"),
        "fingerprints": run.fingerprints,
        "asked": {name: value for name, value in parameters(record.ask).items() if name != "model"},
        "gates": parameters(run.gates),
        "generated": counts.generated,
        "kept": counts.kept,
        "failed": counts.failed,
        "released": counts.released,
        "rejected_by": dict(counts.gates),
    }
