"""Every build of the package brings the pages: a wheel, an sdist, a wheel from that sdist, an editable install."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.package.project import ROOT, tracked

pytestmark = pytest.mark.slow

PAGE = "server/static/index.html"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the repository in a folder of their own, with what npm would install already there."""
    root = tmp_path_factory.mktemp("checkout")
    for path in tracked():
        target = root / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    (root / "frontend" / "node_modules").symlink_to(ROOT / "frontend" / "node_modules")
    return root


def hatch(root: Path, target: str, into: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Build as an installer does, with no node to be found on the path and no registry to ask."""
    nowhere = into / "empty"
    nowhere.mkdir(parents=True, exist_ok=True)
    environment = {
        **{name: value for name, value in os.environ.items() if name != "SEEDBED_SKIP_FRONTEND"},
        "PATH": str(nowhere),
        "npm_config_registry": "http://127.0.0.1:9/",
        "npm_config_cache": str(nowhere),
        "npm_config_fetch_retries": "0",
        **more,
    }
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(into)]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=240)


def wheel(folder: Path) -> set[str]:
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        return {name.removeprefix("seedbed/") for name in opened.namelist()}


@pytest.fixture(scope="module")
def sdist(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    done = hatch(checkout, "sdist", folder)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.tar.gz")
    with tarfile.open(path) as opened:
        opened.extractall(folder, filter="data")
    (inside,) = (each for each in folder.iterdir() if (each / "pyproject.toml").is_file())
    return inside


def test_a_wheel_holds_the_pages(checkout: Path, tmp_path: Path) -> None:
    done = hatch(checkout, "wheel", tmp_path)
    assert done.returncode == 0, done.stderr
    names = wheel(tmp_path)
    assert PAGE in names
    assert [name for name in names if name.startswith("server/static/assets/") and name.endswith(".js")]
    assert [name for name in names if "node_modules" in name or name.startswith("frontend/")] == []


def test_an_sdist_holds_the_pages_their_sources_and_no_installed_package(sdist: Path) -> None:
    names = {path.relative_to(sdist).as_posix() for path in sdist.rglob("*") if path.is_file()}
    assert {f"src/seedbed/{PAGE}", "frontend/package-lock.json", "frontend/src/main.ts", "hatch_build.py"} <= names
    assert [name for name in names if "node_modules" in name] == []


def test_a_wheel_from_an_sdist_asks_no_registry(sdist: Path, tmp_path: Path) -> None:
    assert not (sdist / "frontend" / "node_modules").exists()
    done = hatch(sdist, "wheel", tmp_path)
    assert done.returncode == 0, done.stderr
    assert PAGE in wheel(tmp_path)
    assert not (sdist / "frontend" / "node_modules").exists()


@pytest.fixture
def bare(checkout: Path, tmp_path: Path) -> Path:
    """A checkout where nothing is built and nothing can be."""
    root = tmp_path / "bare"
    shutil.copytree(checkout, root, ignore=shutil.ignore_patterns("node_modules", "static", "dist"))
    return root


def test_where_nothing_can_be_built_the_build_fails_and_says_what_to_do(bare: Path, tmp_path: Path) -> None:
    done = hatch(bare, "wheel", tmp_path / "made")
    assert done.returncode != 0
    assert "SEEDBED_SKIP_FRONTEND=1" in done.stderr
    assert "registry" in done.stderr
    assert list((tmp_path / "made").glob("*.whl")) == []


def test_the_switch_goes_without_the_pages_and_says_so(bare: Path, tmp_path: Path) -> None:
    done = hatch(bare, "wheel", tmp_path / "made", SEEDBED_SKIP_FRONTEND="1")
    assert done.returncode == 0, done.stderr
    assert "SEEDBED_SKIP_FRONTEND" in done.stdout + done.stderr
    assert PAGE not in wheel(tmp_path / "made")


def test_an_editable_install_has_the_pages(checkout: Path, tmp_path: Path) -> None:
    """Of a page of one line, which is built in a second: a wheel has all of them, and has had them built alike."""
    root = tmp_path / "checkout"
    shutil.copytree(checkout, root, ignore=shutil.ignore_patterns("node_modules", "static", "dist"))
    (root / "frontend" / "node_modules").symlink_to(ROOT / "frontend" / "node_modules")
    (root / "frontend" / "src" / "main.ts").write_text("document.title = 'One line';\n", encoding="utf-8")
    done = hatch(root, "wheel:editable", tmp_path / "made")
    assert done.returncode == 0, done.stderr
    assert (root / "src" / "seedbed" / PAGE).is_file()
    assert any("One line" in path.read_text(encoding="utf-8") for path in root.glob("src/**/static/assets/*.js"))


def test_the_lock_names_no_registry_and_pins_every_package() -> None:
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_bytes())["packages"]
    assert len(packages) > 50
    assert [name for name, package in packages.items() if "resolved" in package and not package.get("link")] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
