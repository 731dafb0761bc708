from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import seedbed.measures
from seedbed.measures.catalogue import MEASURES, docs_page
from seedbed.measures.definition import ANY, ENGLISH, Languages, NotApplicable

ROOM = Path(seedbed.measures.__file__).parent
MODULES = sorted(path.stem for path in ROOM.glob("*.py") if path.stem != "__init__")
HEAVY = ("numpy", "spacy", "onnxruntime", "rapidfuzz", "harper", "pydantic")


def loaded(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sorted(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOM.parents[1])
    return set(done.stdout.split())


def test_the_text_functions_load_nothing_heavy() -> None:
    assert loaded("from seedbed.measures import is_traditional, rule_a, rule_b, Value") == set()


def test_no_module_loads_a_model_library_at_import() -> None:
    everything = "; ".join(f"import seedbed.measures.{module}" for module in MODULES)
    assert loaded(everything) <= {"numpy", "rapidfuzz"}


@pytest.mark.parametrize("module", MODULES)
def test_every_entry_is_in_the_catalogue(module: str) -> None:
    entries = getattr(importlib.import_module(f"seedbed.measures.{module}"), "ENTRIES", ())
    assert set(entries) <= set(MEASURES)


def test_entries_are_complete_and_named_once() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES) >= 35
    for measure in MEASURES:
        for field in ("name", "summary", "formula", "source", "unit", "traps"):
            assert getattr(measure, field).strip(), (measure.name, field)


def test_the_docs_page_has_every_measure() -> None:
    page = docs_page()
    for measure in MEASURES:
        assert f"\n### {measure.name}\n" in page
        assert measure.formula in page
        assert measure.traps in page
    assert page == docs_page()
    assert page.endswith("\n")
    assert "\n\n\n" not in page


@pytest.mark.parametrize("module", ["__init__", *MODULES])
def test_all_names_exist(module: str) -> None:
    dotted = "seedbed.measures" if module == "__init__" else f"seedbed.measures.{module}"
    home = importlib.import_module(dotted)
    assert len(set(home.__all__)) == len(home.__all__)
    for name in home.__all__:
        assert getattr(home, name) is not None


def test_what_the_package_promises_to_type_checkers_is_what_it_gives() -> None:
    tree = ast.parse((ROOM / "__init__.py").read_text("utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    promised = {alias.name for node in guarded.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert promised == set(seedbed.measures.__all__)
    with pytest.raises(AttributeError):
        seedbed.measures.absent  # noqa: B018


def test_languages() -> None:
    assert ENGLISH.refuses("en-GB") is None
    assert ENGLISH.refuses("EN") is None
    assert ANY.refuses("xx") is None
    refusal = Languages(but=frozenset({"el"}), why="no mark").refuses("el_GR")
    assert refusal == NotApplicable("not defined for language 'el_GR': no mark")
    assert (str(ENGLISH), str(ANY), str(Languages(but=frozenset({"th", "el"})))) == ("en", "any", "any but el, th")
