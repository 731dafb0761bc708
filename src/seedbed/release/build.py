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
from seedbed.release.choose import Chooser, Tally
from seedbed.release.columns import COLUMNS
from seedbed.release.decisions import decision_rows
from seedbed.release.documents.rendering import render_documents
from seedbed.release.files import JsonLines, ReleaseFile, building, require_polars, to_parquet, write_file
from seedbed.release.funnel import parameters
from seedbed.release.guard import Guard
from seedbed.release.lists import as_lists
from seedbed.release.rehearsed import refuse_rehearsed
from seedbed.release.settings import ReleaseSettings
from seedbed.release.sources import RunSource, Sources, public_model, read_sources
from seedbed.release.splitting.meaning import CachedVectors
from seedbed.release.splitting.settling import Settled, settle
from seedbed.release.taken import refuse_withdrawn
from seedbed.study import Folder, hold

__all__ = ["ReleaseReport", "build_release", "release"]

Listen = Callable[[str, int, int], None]

SCHEMA = 2
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
    folder: Folder,
    settings: ReleaseSettings,
    version: str,
    *,
    pages: str = "en",
    groups: Sequence[str] = (),
    language: str = "en",
    listen: Listen = lambda what, done, total: None,
) -> ReleaseReport:
    """Make the release `version` of the study in `folder`, under `releases/`. `pages` is the language of the workshop's
    default template, `groups` those that study.toml names, `language` that of seeds whose workshop names none.

    Raises UsageError when the version exists or cannot be a name, InputError when something must not leave (it names
    the rows), MissingExtra when Parquet is wanted without polars, Busy when another process makes a release or goes
    on with a run, and StorageError when the disk refuses. Whatever is raised, `releases/` holds only whole releases.
    """
    folder.check()
    return build_release(
        folder, lambda: read_sources(folder, pages, groups, language=language), settings, version, listen=listen
    )


def build_release(
    folder: Folder,
    read: Callable[[], Sources],
    settings: ReleaseSettings,
    version: str,
    *,
    listen: Listen = lambda what, done, total: None,
    look: Callable[[Path], None] | None = None,
) -> ReleaseReport:
    """`release` from any sources: `read` is called once the version is known to be free.

    With `look` nothing is released: it is given the folder as it would be, which is gone when it returns.
    """
    target = folder.release(version)
    refuse_withdrawn(folder, version)
    if "parquet" in settings.formats:
        require_polars()
    with building(target, keep=look is None) as root, _still(folder):
        sources = read()
        refuse_rehearsed(folder, (*sources.questions, *sources.triples), sources.excluded)
        guard = Guard(sources, folder.root)
        with CachedVectors(folder, listen) as vectors:
            settled = settle(Chooser(sources, settings, shapes=False).rows(), settings, vectors, listen)
        chooser = Chooser(sources, settings, listen, leaving=settled.leaving)
        with JsonLines(root) as lines:
            for configuration, row in chooser.rows():
                guard.see(configuration, row)
                lines.add(f"{configuration}/{settled.split(configuration, row)}.jsonl", row)
            guard.check()
            files = lines.close()
        files += as_lists(root, files)
        if "parquet" in settings.formats:
            files += _parquet(root, files, listen)
        listen("describing", 0, 1)
        files += _describe(root, version, settings, sources, chooser.tally, settled, guard, files)
        guard.check()
        listen("describing", 1, 1)
        if look is not None:
            look(root)
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


def _parquet(root: Path, files: Sequence[ReleaseFile], listen: Listen) -> list[ReleaseFile]:
    lines = [file.path for file in files if file.path.endswith(".jsonl")]
    made = []
    for number, path in enumerate(lines):
        listen("parquet", number, len(lines))
        made.append(to_parquet(root, path.partition("/")[0], path, f"{path.removesuffix('.jsonl')}.parquet"))
    listen("parquet", len(lines), len(lines))
    return made


def _describe(
    root: Path,
    version: str,
    settings: ReleaseSettings,
    sources: Sources,
    tally: Tally,
    settled: Settled,
    guard: Guard,
    data: Sequence[ReleaseFile],
) -> list[ReleaseFile]:
    """Everything beside the rows. SHA256SUMS comes last and covers every other file."""
    created = datetime.now(UTC).isoformat(timespec="seconds")
    decisions = [json.dumps(row, ensure_ascii=False) + "\n" for row in decision_rows(sources, settings)]
    documents = render_documents(version, created, settings, sources, tally, data)
    texts: dict[str, tuple[str, int | None]] = {
        **{name: (text, None) for name, text in (documents | settled.documents()).items()},
        "decisions.jsonl": ("".join(decisions), len(decisions)),
        "taxonomy.json": (sources.taxonomy.to_json(), None),
    }
    files = []
    for name, (text, rows) in texts.items():
        guard.read(name, text)
        files.append(write_file(root, name, text, rows))
    told = _manifest(version, created, settings, sources, tally, [*data, *files])
    manifest = json.dumps(told, ensure_ascii=False, indent=2)
    guard.read("manifest.json", manifest)
    files.append(write_file(root, "manifest.json", manifest + "\n"))
    sums = sorted((*data, *files), key=lambda file: file.path)
    files.append(write_file(root, "SHA256SUMS", "".join(f"{file.sha256}  {file.path}\n" for file in sums)))
    return files


def _manifest(
    version: str, created: str, settings: ReleaseSettings, sources: Sources, tally: Tally, files: Sequence[ReleaseFile]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "version": version,
        "created": created,
        "seedbed": seedbed.__version__,
        "taxonomy": sources.taxonomy.version,
        "profile": sources.profile,
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
        "profile": record.about.get("profile"),
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
