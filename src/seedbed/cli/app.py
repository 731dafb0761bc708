"""The application: every verb, registered in the order of the road."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from seedbed.cli.account import account
from seedbed.cli.assess import assess
from seedbed.cli.backup import backup
from seedbed.cli.check import check
from seedbed.cli.compare import compare
from seedbed.cli.console import STOPPED
from seedbed.cli.curate import curate
from seedbed.cli.decide import decide
from seedbed.cli.demo import demo
from seedbed.cli.diff import diff
from seedbed.cli.generate import generate
from seedbed.cli.import_ import import_files
from seedbed.cli.judges import judges
from seedbed.cli.lessons import lessons
from seedbed.cli.link import link
from seedbed.cli.new import new
from seedbed.cli.offers import offers
from seedbed.cli.profile import profile
from seedbed.cli.propagate import propagate
from seedbed.cli.publish import publish
from seedbed.cli.record import record
from seedbed.cli.rehearse import rehearse
from seedbed.cli.release import release
from seedbed.cli.replicate import replicate
from seedbed.cli.report import report
from seedbed.cli.restore import restore
from seedbed.cli.review import review
from seedbed.cli.runs import runs
from seedbed.cli.serve import serve
from seedbed.cli.status import status
from seedbed.cli.themes import themes
from seedbed.cli.trace import trace
from seedbed.cli.verify import verify
from seedbed.cli.weights import weights
from seedbed.cli.withdraw import withdraw

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="From seed examples that people write to a measured, documented synthetic dataset.\n\n"
    "The road: new → import → curate → generate → assess → propagate → report → release. "
    "Start with: [bold]seedbed demo[/]",
    epilog="Exit codes: 2 usage, 3 input, 4 endpoint, 5 disk, 6 busy, 7 something not installed, 130 stopped.",
)


def _endings(verb: Callable[..., None]) -> Callable[..., None]:
    """The two ends that typer would make silent: Ctrl-C, and a reader of our output that went away (`| head`)."""

    @functools.wraps(verb)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            verb(*arguments, **options)
            sys.stdout.flush()
        except KeyboardInterrupt:
            print(f"\n{STOPPED}", file=sys.stderr)
            raise typer.Exit(130) from None
        except BrokenPipeError:
            # what is still buffered would raise again on the way out
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(141) from None

    return run


VERBS = (
    *(new, import_files, curate, generate, assess, propagate, report, release, status, runs, compare, judges, demo),
    *(weights, decide, offers, profile, review, serve, account, link, record, withdraw, backup, restore, check),
    *(themes, lessons, replicate, rehearse, trace, diff, publish, verify),
)
for verb in VERBS:
    app.command(verb.__name__.removesuffix("_files"))(_endings(verb))


def _version(show: bool) -> None:
    if show:
        import seedbed

        print(f"seedbed {seedbed.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """Both options are handled before this is reached; they stand here for --help."""
