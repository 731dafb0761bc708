"""What the package exports."""

from __future__ import annotations

import ast
import importlib
import json
from pathlib import Path

import pytest

import seedbed
from tests.package.project import PACKAGE, modules, run

LAZY = [name for name in modules() if hasattr(importlib.import_module(name), "__getattr__")]


def shown_to_type_checkers(name: str) -> set[str]:
    """Names that the module imports under TYPE_CHECKING, which are those it promises to import at first use."""
    module = importlib.import_module(name)
    assert module.__file__
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    return {
        alias.asname or alias.name
        for block in tree.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_all_is_sorted_and_is_what_is_exported() -> None:
    assert list(seedbed.__all__) == sorted(set(seedbed.__all__))
    assert set(seedbed.__all__) == shown_to_type_checkers("seedbed") | {"__version__"}
    imported: dict[str, object] = {}
    exec("from seedbed import *", imported)
    assert set(imported) - {"__builtins__"} == set(seedbed.__all__)


def test_the_exports_are_the_things_themselves() -> None:
    from seedbed.acts import Study
    from seedbed.errors import SeedbedError

    assert seedbed.Study is Study
    assert seedbed.SeedbedError is SeedbedError


def test_what_is_not_exported_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Studies'"):
        _ = seedbed.Studies


def test_import_seedbed_loads_the_standard_library_alone() -> None:
    code = "import sys, seedbed, json; print(json.dumps([n for n in sys.modules if n.startswith('seedbed.')]))"
    assert json.loads(run(code)) == []


def test_some_rooms_export_at_first_use() -> None:
    assert {"seedbed", "seedbed.llm"} <= set(LAZY)


@pytest.mark.parametrize("name", LAZY)
def test_a_room_exports_at_first_use_all_that_it_promises(name: str) -> None:
    module = importlib.import_module(name)
    assert shown_to_type_checkers(name) >= {
        export for export in module.__all__ if export not in vars(module) and not export.startswith("__")
    }
    with pytest.raises(AttributeError):
        _ = module.nothing_of_this_name


@pytest.mark.parametrize("name", list(modules()))
def test_all_names_what_is_there(name: str) -> None:
    module = importlib.import_module(name)
    exported = getattr(module, "__all__", ())
    assert len(set(exported)) == len(exported)
    assert [export for export in exported if not hasattr(module, export)] == []


def test_the_package_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()
