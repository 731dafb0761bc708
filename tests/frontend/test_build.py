"""The built pages: made from a clean copy, within the policy that the server sends, and light enough for a phone."""

from __future__ import annotations

import gzip
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.frontend.pages import FRONTEND, ROOT

sys.path.insert(0, str(ROOT))
try:
    import hatch_build
finally:
    sys.path.pop(0)

pytestmark = pytest.mark.slow

# What a participant's browser fetches before they can write, without fonts.
FIRST_LOAD_KB = 120


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which nothing was built, with what the lock names installed."""
    root = tmp_path_factory.mktemp("checkout")
    shutil.copytree(FRONTEND, root / "frontend", ignore=shutil.ignore_patterns("node_modules", "dist"))
    (root / "frontend" / "node_modules").symlink_to(FRONTEND / "node_modules")
    assert hatch_build.build(root)
    return root


@pytest.fixture(scope="module")
def built(checkout: Path) -> Path:
    return checkout / "src" / "seedbed" / "server" / "static"


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_what_was_built_is_not_built_again(checkout: Path, built: Path) -> None:
    before = (built / "index.html").stat().st_mtime_ns
    assert not hatch_build.build(checkout)
    assert (built / "index.html").stat().st_mtime_ns == before


def test_it_holds_a_page_and_nothing_of_the_tests(built: Path) -> None:
    names = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    assert {"index.html", "early.js", "leaf.svg", ".fingerprint"} <= names
    assert [name for name in names if "test" in name.lower() or name.endswith(".map")] == []
    assert not (built.parent / "static.before").exists()


def test_the_page_has_no_script_and_no_style_inside_it(built: Path) -> None:
    page = (built / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page) == []
    assert "<style" not in page
    assert re.findall(r"\s(?:style|on\w+)=", page) == []
    assert re.findall(r'(?:src|href)="(?!/)', page) == []


def test_no_script_writes_a_style_into_markup_or_makes_code_of_text(built: Path) -> None:
    for path in built.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"<[a-z]+[^<>`]*\sstyle=[\"'\\]", text) == [], path.name
        assert "new Function(" not in text, path.name
        assert not re.search(r"\beval\(", text), path.name


def test_fonts_are_files_of_our_own_and_two_scripts_only(built: Path) -> None:
    styles = "".join(path.read_text(encoding="utf-8") for path in built.rglob("*.css"))
    assert re.findall(r"url\((?![\"']?/assets/)", styles) == []
    assert len(list(built.rglob("*.woff2"))) == 2


def test_a_participant_loads_less_than_the_limit(built: Path) -> None:
    """Everything but the organiser's pages and the other language is counted, in both languages."""
    assets = list((built / "assets").iterdir())
    others = ("Workshop", "Login", "Setup", "Account")
    shared = [path for path in assets if path.suffix in {".js", ".css"} and not path.name.startswith(others)]
    for language, other in (("en", "pt"), ("pt", "en")):
        loaded = [path for path in shared if not path.name.startswith(f"{other}-")]
        assert any(path.name.startswith(f"{language}-") for path in loaded)
        assert any(path.name.startswith("Board-") for path in loaded)
        size = sum(map(packed, loaded)) + packed(built / "index.html") + packed(built / "early.js")
        assert 40_000 < size < FIRST_LOAD_KB * 1000


def test_a_change_of_a_source_is_built_and_a_fault_leaves_what_stood_there(checkout: Path, built: Path) -> None:
    words = checkout / "frontend" / "src" / "words" / "en.ts"
    whole = words.read_text(encoding="utf-8")
    before = (built / ".fingerprint").read_text(encoding="utf-8")
    words.write_text(whole.replace('"Saved"', '"Safe now"'), encoding="utf-8")
    assert hatch_build.build(checkout)
    after = (built / ".fingerprint").read_text(encoding="utf-8")
    assert after != before
    assert any("Safe now" in path.read_text(encoding="utf-8") for path in built.rglob("en-*.js"))

    words.write_text(whole + "\nthis is no TypeScript\n", encoding="utf-8")
    with pytest.raises(hatch_build.PagesNotBuilt, match="SEEDBED_SKIP_FRONTEND=1"):
        hatch_build.build(checkout)
    assert (built / ".fingerprint").read_text(encoding="utf-8") == after
    assert (built / "index.html").is_file()


def test_a_test_of_the_pages_changes_nothing_that_is_built(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.ts").write_text("1", encoding="utf-8")
    before = hatch_build.fingerprint(tmp_path)
    (tmp_path / "src" / "a.test.ts").write_text("2", encoding="utf-8")
    assert hatch_build.fingerprint(tmp_path) == before
    (tmp_path / "src" / "a.ts").rename(tmp_path / "src" / "b.ts")
    assert hatch_build.fingerprint(tmp_path) != before


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """npm with an empty cache and a registry where nobody answers."""
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")


@pytest.mark.usefixtures("alone")
def test_without_a_registry_it_says_what_to_do(tmp_path: Path) -> None:
    shutil.copytree(FRONTEND, tmp_path / "frontend", ignore=shutil.ignore_patterns("node_modules", "dist"))
    with pytest.raises(hatch_build.PagesNotBuilt) as caught:
        hatch_build.build(tmp_path)
    said = str(caught.value)
    assert "registry" in said
    assert "SEEDBED_SKIP_FRONTEND=1" in said
    assert not (tmp_path / "src").exists()
