"""The documentation says what the code does: generated pages are fresh, links lead somewhere, examples run."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

import seedbed
from seedbed.acts import Study
from seedbed.cli.app import app
from seedbed.curate import RULES, CurateSettings
from seedbed.generate.questions.gates import QUESTION_GATES
from seedbed.generate.settings import QuestionGates, TripleGates
from seedbed.generate.triples.gates import TRIPLE_GATES
from seedbed.settings import Settings
from seedbed.testing import MockEndpoint
from tests.studies import copy_of

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
WRITTEN = sorted([*DOCS.glob("*.md"), *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"))])
LINK = re.compile(r"(?<!\\)\[[^\]\n]*\]\(([^)\s]+)\)")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_fresh(generator: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "55")  # the reader's terminal is none of their business
    stale = [
        name
        for name, content in generator.pages().items()
        if not (DOCS / name).is_file() or (DOCS / name).read_text(encoding="utf-8") != content
    ]
    assert not stale, f"run make docs: {', '.join(stale)}"


def test_every_threshold_is_named_beside_what_reads_it(generator: ModuleType) -> None:
    for stage, gates, settings in (
        ("questions", QUESTION_GATES, QuestionGates),
        ("triples", TRIPLE_GATES, TripleGates),
    ):
        read = generator.THRESHOLDS[stage]
        assert set(read) <= set(gates)
        assert {key for keys in read.values() for key in keys} == set(settings.model_fields) - {"order"}
    read_by_rules = {key for rule in RULES for key in rule.settings}
    cuts = {"near_duplicate", "same_text", "near_meaning", "relevance", "label_margin", "parser", "values"}
    assert read_by_rules == cuts | {key for key in CurateSettings.model_fields if key.endswith("_words")}


def test_every_verb_option_and_section_has_its_place() -> None:
    cli, settings = ((DOCS / name).read_text(encoding="utf-8") for name in ("cli.md", "settings.md"))
    for command in app.registered_commands:
        verb = command.name
        assert f"## seedbed {verb}\n" in cli
    for option in (
        "--without-seeds",
        "--rejudge",
        "--pilot",
        "--max-cost",
        "--explain",
        "--engine",
        "--key-env",
        "--confirm",
        "--json",
        "--debug",
    ):
        assert option in cli
    for section in Settings.model_fields.keys() - {"title", "language", "profile", "database", "endpoints"}:
        assert f"## [{section}]\n" in settings


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    links = [link for link in LINK.findall(text) if not re.match(r"[a-z]+:", link)]
    broken = [link for link in links if not (page.parent / link.partition("#")[0]).exists()]
    assert not broken


def test_every_path_of_the_coverage_exists() -> None:
    text = (DOCS / "coverage.md").read_text(encoding="utf-8")
    named = {name for name in re.findall(r"`([^`\n]+)`", text) if "/" in name or name.endswith((".py", ".md"))}
    bases = (ROOT, ROOT / "src" / "seedbed", ROOT / "frontend" / "src", ROOT / "docs")
    assert len(named) > 100
    assert sorted(name for name in named if not any(list(base.glob(name.rstrip("/"))) for base in bases)) == []


def test_the_index_leads_to_every_page() -> None:
    listed = set(LINK.findall((DOCS / "index.md").read_text(encoding="utf-8")))
    assert {page.name for page in DOCS.glob("*.md")} - {"index.md"} <= listed


def test_everything_public_is_in_the_python_guide() -> None:
    guide = (DOCS / "python.md").read_text(encoding="utf-8")
    missing = [name for name in seedbed.__all__ if name not in guide]
    members = [name for name, _ in inspect.getmembers(Study) if not name.startswith("_")]
    missing += [name for name in (*members, "folder") if f"study.{name}" not in guide and f"Study.{name}" not in guide]
    assert len(members) >= 12
    assert not missing


@pytest.mark.model
@pytest.mark.slow
def test_the_python_guide_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    program = "\n".join(blocks("python.md", "python"))
    exec(compile(program, "docs/python.md", "exec"), {"__name__": "guide"})
    said = capsys.readouterr().out
    assert "94 questions, 33 chosen as examples" in said
    assert "40 generated," in said
    assert "exists already" in said
    assert (tmp_path / "pilot" / "releases" / "1.0" / "README.md").is_file()


def test_the_error_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (program,) = blocks("errors.md", "python")
    exec(compile(program, "docs/errors.md", "exec"), {"__name__": "guide"})
    assert "nowhere is not a study" in capsys.readouterr().out


@pytest.fixture(scope="module")
def journal(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = copy_of(curated, tmp_path_factory.mktemp("docs") / "study")
    with MockEndpoint() as mock:
        Study.open(study).generate(endpoint=mock.settings(), candidates=600)
    return study / "runs" / "questions" / "journal.db"


def test_the_queries_of_the_guide_answer(journal: Path) -> None:
    queries = blocks("study-folder.md", "sql")
    assert len(queries) == 5
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as db:
        became, novelty, cells, shown, cost = (db.execute(query).fetchall() for query in queries)
        assert sum(row[-1] for row in became if row[0] != "failed") == 600
        kept = next(row[-1] for row in became if row[0] == "kept")
        assert all(0.7 <= row[1] <= 1 and row[2] for row in novelty)
        assert novelty
        assert sum(row[-1] for row in cells) == kept
        ((attempts, requests, read, written, errors),) = cost
        assert sum(row[1] for row in shown) == 5 * requests
        assert len(shown) == 33
        assert (requests >= 150, attempts - errors, read > 0, written > 0) == (True, 150, True, True)


def test_the_guide_names_every_table_and_column_of_a_journal(journal: Path) -> None:
    guide = (DOCS / "study-folder.md").read_text(encoding="utf-8")
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            (line,) = [line for line in guide.splitlines() if line.startswith(f"| `{table}` |")]
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            assert [column for column in columns if f"`{column}`" not in line] == []


def test_the_guide_names_everything_that_stands_in_a_study(journal: Path) -> None:
    guide = (DOCS / "study-folder.md").read_text(encoding="utf-8")
    study = journal.parents[2]
    for path in (*study.iterdir(), *journal.parent.iterdir()):
        assert path.name.partition("-")[0] in guide, path.name
