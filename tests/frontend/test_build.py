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
FIRST_LOAD_KB = 150
# What the second session fetches besides: its page and the helper.
SECOND_LOAD_KB = 50


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


def needed(built: Path, *pages: str) -> set[str]:
    """The files without which these pages do not stand: what index.html names, and what each import() brings along."""
    names = set(re.findall(r"/assets/([\w.-]+)", (built / "index.html").read_text(encoding="utf-8")))
    for script in sorted((built / "assets").glob("*.js")):
        text = script.read_text(encoding="utf-8")
        listed = re.search(r"m\.f=\[([^\]]*)\]", text)
        deps = re.findall(r"assets/([\w.-]+)", listed[1]) if listed else []
        for page, places in re.findall(r"import\(`\./([\w.-]+\.js)`\),(?:__vite__mapDeps\(\[([\d,]*)\]\)|\[\])", text):
            if part(page) in pages:
                names |= {page, *(deps[int(place)] for place in places.split(",") if place)}
    assert {part(name) for name in names} >= set(pages), "the build names its parts otherwise now"
    return names


def part(name: str) -> str:
    """ "Board" of "Board-Dlh--fPc.js"."""
    return re.sub(r"-.{8}\.\w+$", "", name)


@pytest.mark.parametrize("language", ["en", "pt"])
def test_a_participant_loads_less_than_the_limit(built: Path, language: str) -> None:
    """The arrival and the board of the first session, in one language; the rest comes when it is opened."""
    names = {name for name in needed(built, "Join", "Board") if not name.endswith(".woff2")}
    names |= {path.name for path in (built / "assets").glob(f"{language}-*.js")}
    parts = {part(name) for name in names}
    assert language in parts
    assert not parts & {"Workshop", "Road", "Programme", "Triples", "Helper", *({"en", "pt"} - {language})}
    size = sum(packed(built / "assets" / name) for name in names) + sum(
        packed(built / name) for name in ("index.html", "early.js")
    )
    assert 40_000 < size < FIRST_LOAD_KB * 1000


def test_the_second_session_loads_less_than_the_limit_besides(built: Path) -> None:
    first = needed(built, "Join", "Board")
    names = needed(built, "Join", "Board", "Triples", "Helper") - first
    assert 5_000 < sum(packed(built / "assets" / name) for name in names) < SECOND_LOAD_KB * 1000


def test_a_change_of_a_source_is_built_and_a_fault_leaves_what_stood_there(tmp_path: Path) -> None:
    """On pages of words alone: what is built anew or kept is the same, and 1 s of CPU a build instead of 8."""
    shutil.copytree(FRONTEND, tmp_path / "frontend", ignore=shutil.ignore_patterns("node_modules", "dist"))
    (tmp_path / "frontend" / "node_modules").symlink_to(FRONTEND / "node_modules")
    source, built = tmp_path / "frontend" / "src", tmp_path / "src" / "seedbed" / "server" / "static"
    (source / "main.ts").write_text('void import("./words/en").then(console.log);\n', encoding="utf-8")
    assert hatch_build.build(tmp_path)
    words = source / "words" / "en.ts"
    whole = words.read_text(encoding="utf-8")
    before = (built / ".fingerprint").read_text(encoding="utf-8")
    assert not any("Safe now" in path.read_text(encoding="utf-8") for path in built.rglob("en-*.js"))
    words.write_text(whole.replace('"Saved"', '"Safe now"'), encoding="utf-8")
    assert hatch_build.build(tmp_path)
    after = (built / ".fingerprint").read_text(encoding="utf-8")
    assert after != before
    assert any("Safe now" in path.read_text(encoding="utf-8") for path in built.rglob("en-*.js"))

    words.write_text(whole + "\nthis is no TypeScript\n", encoding="utf-8")
    with pytest.raises(hatch_build.PagesNotBuilt, match="SEEDBED_SKIP_FRONTEND=1"):
        hatch_build.build(tmp_path)
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
