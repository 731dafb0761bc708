"""The core imports with no extra installed, and every import is declared."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from itertools import chain

import pytest

from tests.package.project import CORE, EXTRAS, LOCAL, PACKAGE, ROOT, closure, modules, normal, project, run, shipped_by

# Every package that the core does not bring is gone: neither imported nor found.
BLOCKED = """
import importlib, importlib.machinery, json, sys
import seedbed
absent = set(json.loads({absent!r}))

class Core(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in absent else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(importlib.machinery.PathFinder)] = Core
"""


def absent() -> list[str]:
    """Top-level modules that a core installation has not."""
    core = closure(CORE)
    return sorted(module for module, names in shipped_by().items() if not names & core and module != "seedbed")


def blocked(code: str) -> str:
    return run(BLOCKED.format(absent=json.dumps(absent())) + code)


# Whole rooms that an extra brings to life. What is under them may name its packages at the top.
LIVE = ("seedbed.server", "seedbed.rehearse", "seedbed.sync.document")


def test_every_module_imports_with_no_extra() -> None:
    here = [name for name in modules() if not name.startswith(LIVE)]
    assert "seedbed.cli.serve" in here
    broken = json.loads(
        blocked(
            "broken = {}\n"
            f"for name in {here!r}:\n"
            "    try:\n"
            "        importlib.import_module(name)\n"
            "    except ImportError as error:\n"
            "        broken[name] = str(error)\n"
            "print(json.dumps(broken))"
        )
    )
    assert broken == {}


def test_the_extras_are_indeed_absent_there() -> None:
    heavy = {"harper", "jinja2", "onnxruntime", "polars", "spacy", "vl_convert", "xllamacpp"}
    assert heavy <= set(absent())
    assert not {"aiohttp", "numpy", "pydantic", "rapidfuzz", "sqlalchemy", "typer"} & set(absent())
    said = blocked("try:\n    import polars.io\nexcept ImportError as error:\n    print(error)")
    assert said.strip() == "No module named 'polars'"


@pytest.mark.parametrize(
    "use",
    [
        "from seedbed.measures.parser import Parser; Parser().one('Is it?')",
        "from seedbed.measures.embed import Embedder; Embedder().encode(['Is it?'])",
        "from seedbed.report.page import page; page({})",
    ],
)
def test_an_absent_extra_is_named_with_the_command_that_installs_it(use: str) -> None:
    said = blocked(
        "from seedbed.errors import MissingExtra\n"
        f"try:\n    {use}\nexcept MissingExtra as error:\n    print(error.exit_code, error.hint)"
    )
    assert said.startswith("7 pip install 'seedbed[")


def imports() -> Iterator[tuple[str, str, bool]]:
    """(file, top-level module, whether at the top of the file) of every third-party import of the package."""
    for file in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        at_top = set(map(id, tree.body))
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in {name.partition(".")[0] for name in names}:
                if name not in sys.stdlib_module_names and name != "seedbed":
                    yield str(file.relative_to(ROOT)), name, id(node) in at_top


def test_imports_at_the_top_of_a_file_are_of_the_core() -> None:
    core = closure(CORE)
    live = tuple(f"src/{name.replace('.', '/')}" for name in LIVE)
    found = [(file, name) for file, name, top in imports() if top and not file.startswith(live)]
    assert [(file, name) for file, name in found if not shipped_by()[name] & core] == []


def test_every_import_is_of_something_declared() -> None:
    known = closure([*CORE, *chain(*EXTRAS.values())])
    assert [(file, name) for file, name, _ in imports() if not shipped_by().get(name, set()) & known] == []


def test_everything_declared_is_used() -> None:
    """By an import, or by finding the file that a package carries."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py"))
    declared = {normal(text.split("[")[0].split("=")[0].split(">")[0]) for text in [*CORE, *chain(*EXTRAS.values())]}
    unused = []
    for name in sorted(declared - {"seedbed"}):
        carried = [module for module, names in shipped_by().items() if name in names]
        if not any(
            f"import {module}" in text or f"from {module}" in text or f'"{module}"' in text for module in carried
        ):
            unused.append(name)
    # the parser's pipeline needs spaCy to be there and calls it through its own package; uvicorn and SQLAlchemy find
    # by themselves what makes them fast, and what speaks to PostgreSQL
    found_by_others = {"spacy", "httptools", "uvloop", "websockets", "psycopg"}
    assert set(unused) <= found_by_others


def test_local_is_all_the_extras_of_one_machine_together() -> None:
    everything = closure(chain(*LOCAL.values()))
    assert closure(["seedbed[local]"]) == everything


def test_the_weights_package_is_in_no_published_extra() -> None:
    """It asks for a compiler."""
    (weights,) = project()["dependency-groups"]["weights"]
    assert weights.split("==")[0] not in closure(["seedbed[local]", *CORE])
