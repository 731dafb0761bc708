"""Writes the generated pages of docs/: `make docs`. A test fails where a page is not what this would write."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from seedbed import errors
from seedbed.curate.rules import RULES
from seedbed.generate.gating import THRESHOLDS
from seedbed.generate.questions.gates import QUESTION_GATES
from seedbed.generate.settings import QuestionGates, TripleGates
from seedbed.generate.triples.gates import TRIPLE_GATES, differs
from seedbed.llm.settings import EndpointSettings
from seedbed.measures.catalogue import docs_page
from seedbed.release.columns import COLUMNS, PURPOSES, SPLITS, Column
from seedbed.seeds.record_columns import docs_page as record_page
from seedbed.settings import Settings

__all__ = ["pages"]

HERE = Path(__file__).parent
WIDTH = 100
_MARK = "<!-- Written by docs/generate.py from the code. Change it there, then: make docs -->"


def pages() -> dict[str, str]:
    """The name of every generated page and its content."""
    made = {
        "cli.md": _cli(),
        "settings.md": _settings(),
        "measures.md": docs_page(),
        "gates.md": _gates(),
        "errors.md": _errors(),
        "release-columns.md": _release_columns(),
        "record.md": record_page(),
    }
    return {name: f"{_MARK}\n\n{content}" for name, content in made.items()}


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def _cell(text: str) -> str:
    """`text` for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(row)} |"
    yield ""


# --- the command line --------------------------------------------------------------------------------------------


def _cli() -> str:
    from typer.core import TyperGroup
    from typer.main import get_command

    from seedbed.cli.app import app

    root = get_command(app)
    assert isinstance(root, TyperGroup)
    lines = [
        "# The command line", "",
        "What happened goes to standard error, data (`--json`) to standard output. You can stop any verb and run it "
        "again: it goes on from there. The same acts from Python: [python.md](python.md). What went wrong, by exit "
        "code: [errors.md](errors.md).", "",
    ]  # fmt: skip
    for command in root.commands.values():
        command.short_help = " ".join((command.help or "").partition("\n\n")[0].split())  # else cut at 45 signs
    top = _context(root, "seedbed")
    shown = {"seedbed": top} | {f"seedbed {name}": _context(verb, name, top) for name, verb in root.commands.items()}
    for name, context in shown.items():
        text = re.sub(r"\[/?(bold)?\]", "", context.command.get_help(context)).strip()
        lines += [f"## {name}", "", "```text", text, "```", ""]
    return _page(lines)


def _context(command: Any, name: str, parent: Any = None) -> Any:
    """A context in which --help is plain text of a width of its own: no frames, whatever the terminal."""
    command.rich_markup_mode = None
    sizes = {"terminal_width": WIDTH, "max_content_width": WIDTH}
    return command.make_context(name, [], parent=parent, resilient_parsing=True, **sizes)


# --- settings ----------------------------------------------------------------------------------------------------


def _settings() -> str:
    lines = [
        "# Settings", "",
        "Every key of `study.toml`. All may be left out. `seedbed new` writes the file with these defaults and a "
        "comment on each; an unknown key is refused with the nearest known one. Keys of endpoints never stand in it.",
        "", *_section(Settings, ""),
    ]  # fmt: skip
    return _page(lines)


def _section(model: type[BaseModel], name: str) -> Iterator[str]:
    fields = model.model_fields
    inner = {key: kind for key, info in fields.items() if (kind := _nested(info.annotation)) is not None}
    plain = [(key, info) for key, info in fields.items() if key not in inner and key != "endpoints"]
    rows = [(f"`{key}`", _default(info), _cell(info.description or "")) for key, info in plain]
    if rows:
        yield from _table(("key", "default", "what it says"), rows)
    if "endpoints" in fields:
        yield from ("## [endpoints.NAME]", "", _cell(fields["endpoints"].description or ""), "")
        yield from _section(EndpointSettings, "endpoints.NAME")
    for key, kind in inner.items():
        path = f"{name}.{key}" if name else key
        yield from (f"## [{path}]", "", _cell(fields[key].description or ""), "")
        yield from _section(kind, path)


def _nested(annotation: Any) -> type[BaseModel] | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _default(info: Any) -> str:
    """The default as TOML; settings whose lack means something are "left out"."""
    if info.default_factory is not None:
        return "none"
    if info.default is PydanticUndefined:
        return "must be given"
    return "left out" if info.default is None else f"`{_toml(info.default)}`"


# --- gates and rules ---------------------------------------------------------------------------------------------


def _gates() -> str:
    lines = [
        "# Gates and rules", "",
        "A *gate* decides what becomes of a row that a model wrote; a *rule* what becomes of a seed that a person "
        "wrote. Each decision is kept with its reason, what was measured, and the rival where there is one. The "
        "defaults stand in [settings.md](settings.md).", "",
        "## Gates of stage 1: questions", "",
        "In the order of `[generate.questions.gates] order`; the first that fails decides. `parse` stands before "
        "them all: the reply held fewer questions than were asked for, or was cut off.", "",
        *_gate_table(QUESTION_GATES, QuestionGates(), "questions"),
        "## Gates of stage 2: triples", "",
        "In the order of `[generate.triples.gates] order`. Each looks at one response, `differs` at a pair. Of the "
        "candidates that pass, the likeliest pair is chosen; the others are kept with the gate that they failed.", "",
        *_gate_table({**TRIPLE_GATES, "differs": differs}, TripleGates(), "triples"),
        "## Rules of curation", "",
        "A rule *excludes* a seed (never an example, never in an evaluation), *holds* it (not shown as an example "
        "until its labels are known), or *advises* (a remark; nothing follows). What a person decides stands above "
        "every rule. `[curate] off` switches rules off, `advise` makes remarks of them, `enforce` has some remarks "
        "exclude. How seeds are decided on: [curation.md](curation.md).", "",
    ]  # fmt: skip
    for rule in RULES:
        lines += [
            f"### {rule.id}", "",
            f"{rule.title}. {rule.effect.capitalize()}; for {' and '.join(f'{kind}s' for kind in sorted(rule.applies))}"
            f"{'; reads ' + ', '.join(f'`{key}`' for key in rule.settings) if rule.settings else ''}.", "",
            rule.about, "",
        ]  # fmt: skip
    return _page(lines)


def _gate_table(gates: Mapping[str, Any], defaults: BaseModel, stage: str) -> Iterator[str]:
    rows = []
    for name, gate in gates.items():
        read = [f"`{key}` {_toml(getattr(defaults, key))}" for key in THRESHOLDS[stage].get(name, ())]
        rows.append((f"`{name}`", _cell(inspect.getdoc(gate) or ""), ", ".join(read)))
    return _table(("gate", "what it asks for", "reads, by default"), rows)


def _toml(value: Any) -> str:
    return "left out" if value is None else json.dumps(value, ensure_ascii=False)


# --- errors ------------------------------------------------------------------------------------------------------


def _errors() -> str:
    tree = (inspect.getdoc(errors) or "").partition("\n\n")[2].rpartition("\n\n")[0]
    lines = [
        "# Errors", "",
        "Everything that Seedbed raises on purpose is a `SeedbedError` with a message and a `hint`: the next step, a "
        "command where there is one. The command line prints both, no traceback (`--debug` shows one), and leaves "
        "with the exit code. 130 means that you stopped it; 0 that all is done.", "",
        "```text", inspect.cleandoc(tree), "```", "",
        *_table(
            ("error", "exit code", "when"),
            ((f"`{kind.__name__}`", str(kind.exit_code), _cell(inspect.getdoc(kind) or "")) for kind in _kinds()),
        ),
        "```python",
        "from seedbed import SeedbedError, Study", "",
        "try:",
        '    Study.open("nowhere")',
        "except SeedbedError as error:",
        "    print(error, error.hint, error.exit_code)",
        "```",
    ]  # fmt: skip
    return _page(lines)


def _kinds(kind: type[errors.SeedbedError] = errors.SeedbedError) -> Iterator[type[errors.SeedbedError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from _kinds(below)


# --- the columns of a release ------------------------------------------------------------------------------------


def _release_columns() -> str:
    lines = [
        "# Columns of a release", "",
        "One configuration is one folder of files, Parquet and JSON Lines alike, that load with one call. Columns come "
        "in this order. A column is null where its meaning does not apply; a list is then empty.", "",
    ]  # fmt: skip
    for name, columns in COLUMNS.items():
        splits = ", ".join(f"`{split}`" for split in SPLITS[name])
        lines += [f"## {name}", "", f"{PURPOSES[name]} Splits: {splits}.", ""]
        rows = ((f"`{path}`", column.kind, _cell(column.meaning)) for path, column in _flat(columns))
        lines += _table(("column", "type", "meaning"), rows)
    return _page(lines)


def _flat(columns: Iterable[Column], prefix: str = "") -> Iterator[tuple[str, Column]]:
    for column in columns:
        yield prefix + column.name, column
        yield from _flat(column.parts, f"{prefix}{column.name}.")


if __name__ == "__main__":
    for page, content in pages().items():
        (HERE / page).write_text(content, encoding="utf-8")
        print(f"docs/{page}")
