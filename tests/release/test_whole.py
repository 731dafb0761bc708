"""A release is there whole or not at all, and can be verified."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from seedbed.errors import Busy, MissingExtra, UsageError
from seedbed.release import ReleaseSettings
from seedbed.release.build import build_release
from seedbed.release.files import building
from seedbed.study import Folder, hold
from tests.release import made

pytest.importorskip("polars")
ROOT = Path(__file__).parents[2]


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_sha256sum_verifies_every_file_but_its_own(tmp_path: Path) -> None:
    report = made.make(made.grown(tmp_path))
    lines = (report.path / "SHA256SUMS").read_text().splitlines()
    named = [line.split("  ", 1)[1] for line in lines]
    on_disk = sorted(str(p.relative_to(report.path)) for p in report.path.rglob("*") if p.is_file())
    assert sorted([*named, "SHA256SUMS"]) == on_disk == sorted(report.files)
    assert report.size == sum((report.path / name).stat().st_size for name in on_disk)
    if tool := shutil.which("sha256sum"):
        subprocess.run([tool, "-c", "--strict", "SHA256SUMS"], cwd=report.path, check=True, capture_output=True)
        with (report.path / "seeds" / "train.jsonl").open("a") as file:
            file.write("\n")
        done = subprocess.run([tool, "-c", "SHA256SUMS"], cwd=report.path, check=False, capture_output=True)
        assert done.returncode != 0


def test_the_manifest_names_versions_runs_and_files(tmp_path: Path) -> None:
    report = made.make(made.grown(tmp_path))
    manifest = json.loads((report.path / "manifest.json").read_text())
    assert manifest["version"] == "v1"
    assert manifest["taxonomy"] == 1
    assert manifest["rows"] == report.rows
    runs = {run["name"]: run for run in manifest["runs"]}
    assert list(runs) == ["questions", "with-seeds", "without-seeds", "proposals", "triples"]
    assert runs["questions"]["generated"] == 8
    assert runs["questions"]["rejected_by"] == {"novelty": 1, "length": 1}
    assert runs["questions"]["asked"]["sampling"] == {"temperature": 0.7, "top_p": None}
    assert runs["questions"]["gates"]["rouge_l"] == [7, 10]
    assert runs["without-seeds"]["control_of"] == "questions"
    assert all(run["fingerprints"]["ask"].startswith("1:") for run in runs.values())
    for file in manifest["files"]:
        data = (report.path / file["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == file["sha256"]
        if file["path"].endswith(".jsonl"):
            assert data.count(b"\n") == file["rows"]


def test_a_release_never_changes(tmp_path: Path) -> None:
    folder = made.grown(tmp_path)
    report = made.make(folder)
    before = {path: path.read_bytes() for path in report.path.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match="exists already"):
        made.make(folder)
    assert {path: path.read_bytes() for path in report.path.rglob("*") if path.is_file()} == before


def test_the_same_study_gives_the_same_rows_and_card(tmp_path: Path) -> None:
    folder = made.grown(tmp_path)
    one, two = made.make(folder, "one"), made.make(folder, "two")
    for name in one.files:
        if name.endswith((".jsonl", ".parquet")) or name == "taxonomy.json":
            assert (one.path / name).read_bytes() == (two.path / name).read_bytes(), name
    for name in ("README.md", "datasheet.md"):
        text = (two.path / name).read_text()
        assert (one.path / name).read_text() == text.replace(", two", ", one").replace("`two`", "`one`"), name


@pytest.mark.parametrize("version", ["../out", "", ".hidden", "a/b", "x" * 65])
def test_a_version_has_to_be_a_plain_name(tmp_path: Path, version: str) -> None:
    with pytest.raises(UsageError):
        made.make(made.study(tmp_path), version)


def test_two_releases_at_once_do_not_meet(tmp_path: Path) -> None:
    folder = made.study(tmp_path)
    with building(folder.release("v1")), pytest.raises(Busy):
        made.make(folder, "v2")
    assert visible(folder.releases) == ["v1"]


def test_a_run_that_goes_on_is_not_released_by_half(tmp_path: Path) -> None:
    folder = made.grown(tmp_path)
    with hold(folder.run("triples") / "lock", what="The run"), pytest.raises(Busy, match="triples"):
        made.make(folder)
    assert visible(folder.releases) == []


def test_a_study_named_by_a_relative_path_is_released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made.grown(tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    assert made.make(Folder(Path("mine"))).rows["questions"] == 6
    monkeypatch.chdir(tmp_path / "mine")
    assert made.make(Folder(Path()), "v2").rows["questions"] == 6


def test_after_a_kill_at_any_step_there_is_no_release_and_the_next_try_succeeds(tmp_path: Path) -> None:
    folder = made.grown(tmp_path)
    steps: list[tuple[str, int]] = []
    settings = ReleaseSettings(leaks={"rules": made.IN_WORDS})
    build_release(folder, lambda: made.sources(folder), settings, "all", listen=lambda w, d, t: steps.append((w, d)))
    assert len(steps) >= 8
    for step in (0, len(steps) // 2, len(steps) - 1):
        done = run(
            """
            import os, signal, sys
            from pathlib import Path
            from seedbed.release import ReleaseSettings
            from seedbed.release.build import build_release
            from seedbed.study import Folder
            from tests.release import made
            left = int(sys.argv[2])
            def listen(what, done, total):
                global left
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1
            folder = Folder(Path(sys.argv[1]))
            settings = ReleaseSettings(leaks={"rules": made.IN_WORDS})
            build_release(folder, lambda: made.sources(folder), settings, "v1", listen=listen)
            """,
            str(tmp_path),
            str(step),
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert visible(folder.releases) == ["all"]
        assert list(folder.releases.glob(".building-*"))
    assert made.make(folder).rows["questions"] == 6
    assert not list(folder.releases.glob(".building-*"))


@pytest.mark.parametrize("limit", [0, 2_000, 6_000, 12_000])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, limit: int) -> None:
    folder = made.grown(tmp_path)
    folder.releases.mkdir()
    done = run(
        """
        import resource, signal, sys
        from dataclasses import replace
        from pathlib import Path
        import polars
        from seedbed.errors import StorageError
        from seedbed.study import Folder
        from tests.release import made
        folder = Folder(Path(sys.argv[1]))
        sources = made.sources(folder)
        # read beforehand: SQLite's own shared-memory file is over these limits
        held = [(run, list(run.rows())) for run in sources.runs]
        sources = replace(sources, runs=tuple(replace(run, rows=lambda rows=rows: iter(rows)) for run, rows in held))
        # a file over the limit fails with EFBIG, which is what a quota or a full disk looks like from here
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
        try:
            made.make(folder, made=sources)
        except StorageError as error:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            print(error)
        """,
        str(tmp_path),
        str(limit),
    )
    assert "Could not write" in done.stdout, done.stderr
    assert [path.name for path in folder.releases.iterdir() if path.name != ".lock"] == []


def test_without_polars_parquet_is_refused_with_the_way_out_and_jsonl_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    folder = made.grown(tmp_path)
    with pytest.raises(MissingExtra) as caught:
        made.make(folder)
    assert "seedbed[local]" in caught.value.hint
    assert not folder.releases.exists()
    report = made.make(folder, formats=["jsonl"])
    assert report.rows["triples"] == 3
    assert "train.jsonl" in (report.path / "README.md").read_text()
    assert not list(report.path.rglob("*.parquet"))


def test_importing_the_room_brings_no_heavy_library() -> None:
    done = run("import sys, seedbed.release; print([m for m in ('polars', 'jinja2', 'numpy') if m in sys.modules])")
    assert done.stdout.strip() == "[]", done.stderr
