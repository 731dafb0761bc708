"""Every verb explains itself, and every option of it."""

from __future__ import annotations

from typing import Any

import pytest
import typer

import seedbed
from seedbed.cli.app import app
from tests.cli.command import call

COMMAND: Any = typer.main.get_command(app)
ROAD = ["new", "import", "curate", "generate", "assess", "propagate", "report", "release", "status"]


def test_the_road_is_told_in_its_order() -> None:
    assert list(COMMAND.commands)[: len(ROAD)] == ROAD
    text = " ".join(call("--help").out.split())
    assert "new → import → curate → generate → assess → propagate → report → release" in text
    assert "Exit codes: 2 usage, 3 input, 4 endpoint, 5 disk, 6 busy" in text
    assert call().out.split() == call("-h").out.split()


@pytest.mark.parametrize("verb", list(COMMAND.commands))
def test_a_verb_and_its_options_are_explained(verb: str) -> None:
    command = COMMAND.commands[verb]
    assert len(command.help.split("\n")[0]) > 20
    for option in command.params:
        assert option.help, f"{verb} {option.name} has no help"
        assert option.help.endswith((".", ")", "…")), f"{verb} {option.name}: {option.help}"
    result = call(verb, "--help")
    assert result.code == 0
    shown = " ".join(result.out.split())
    assert " ".join(command.help.split("\n")[0].split())[:40] in shown
    for option in command.params:
        for name in option.opts:
            if name.startswith("--"):
                assert name in shown


def test_the_version_is_the_packages() -> None:
    assert call("--version").out == f"seedbed {seedbed.__version__}\n"
