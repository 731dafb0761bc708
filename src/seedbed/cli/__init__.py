"""The command line: one module a verb, in the order in which the data flows."""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Entry point. Errors raised on purpose become a message and an exit code; --debug shows where they came from."""
    debug = "--debug" in sys.argv
    if debug:
        sys.argv.remove("--debug")
    from seedbed.cli import console
    from seedbed.cli.threads import one_thread
    from seedbed.errors import SeedbedError

    one_thread(os.environ)

    try:
        from seedbed.cli.app import app

        app(prog_name="seedbed")
    except SeedbedError as error:
        if debug:
            raise
        console.note(f"seedbed: {error}")
        if error.hint:
            console.hint(error.hint)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        print("\nseedbed: stopped before it began.", file=sys.stderr)
        raise SystemExit(130) from None
    except Exception as error:
        if debug:
            raise
        print(f"seedbed: an unexpected {type(error).__name__}: {error}", file=sys.stderr)
        print(
            "  → This is a defect of Seedbed. Run the command again with --debug and report what it prints.",
            file=sys.stderr,
        )
        raise SystemExit(1) from None
