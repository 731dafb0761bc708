"""What the command line prints, and where: data on stdout, everything else on stderr, readable without colour."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from seedbed.engine import Progress

__all__ = [
    "STOPPED",
    "command",
    "data",
    "framed",
    "funnel",
    "hint",
    "note",
    "plain",
    "stage",
    "stderr",
    "table",
    "watch_run",
    "working",
]

# of what is not printable: layout, and the joiners that some scripts and many emoji need
_HARMLESS = "\n\t\u200c\u200d"
STOPPED = "seedbed: stopped. What was finished is saved; the same command goes on from there."


def stderr() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def plain(text: str) -> str:
    """`text` with what a terminal would obey written out: people's and models' words must not move a cursor."""
    return "".join(sign if sign.isprintable() or sign in _HARMLESS else f"\\u{ord(sign):04x}" for sign in text)


def note(message: str) -> None:
    """One line for the person at the keyboard."""
    print(plain(message), file=sys.stderr, flush=True)


def hint(message: str) -> None:
    """The next step, marked so that the eye finds it."""
    print(f"  → {plain(message)}", file=sys.stderr, flush=True)


def command(*words: object) -> str:
    """A command line that can be pasted into a shell, whatever stands in a folder's name."""
    return shlex.join(["seedbed", *map(str, words)])


def data(value: Any) -> None:
    """JSON on stdout, for programs."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def framed(**found: Any) -> None:
    """`data` in the frame that programs know it by: the number of its schema, then what was found."""
    data({"schema": 1, **found})


def stage(number: int, of: int, title: str, about: str = "") -> None:
    """The heading of one stage of a longer job."""
    console = stderr()
    console.print()
    console.print(f"[bold green]{number}/{of}[/] [bold]{title}[/]" + (f"  [dim]{about}[/]" if about else ""))


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, title: str = "") -> None:
    """A small table on stderr; numbers to the right."""
    from rich.markup import escape
    from rich.table import Table

    made = Table(title=title or None, title_justify="left", box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for index, column in enumerate(columns):
        numbers = all(isinstance(row[index], int | float) or row[index] in ("", "–") for row in rows)
        made.add_column(column, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        made.add_row(*(f"{cell:,}" if isinstance(cell, int) else escape(plain(str(cell))) for cell in row))
    stderr().print(made)


def funnel(name: str, generated: int, kept: int, failed: int, reasons: Mapping[str, int]) -> None:
    """Generated beside kept, and every rejection with the gate that made it."""
    share = f" ({100 * kept / generated:.1f} %)" if generated else ""
    rows: list[tuple[str, Any]] = [(f"{name}: generated", generated)]
    rows += [(f"  rejected by {gate}", count) for gate, count in reasons.items() if gate != "endpoint"]
    if failed:
        rows.append(("  failed (no reply)", failed))
    rows.append((f"  kept{share}", kept))
    table(["", "rows"], rows)


@contextmanager
def working(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """A live line for work with a known or unknown length; yields `listen(what, done, total)`."""
    console = stderr()
    if not console.is_terminal:
        began = last = time.monotonic()

        def now_and_then(what: str, done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last >= 5:
                last = time.monotonic()
                note(f"  {what or title} {done:,}" + (f" of {total:,}" if total else ""))

        yield now_and_then
        if time.monotonic() - began > 2:
            note(f"  done in {time.monotonic() - began:.0f} s")
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def listen(what: str, done: int, total: int) -> None:
            bar.update(task, description=what or title, completed=done, total=total or None)

        yield listen


@contextmanager
def watch_run(title: str) -> Iterator[Callable[[Progress, int], None]]:
    """The live line of a run: how many generated and kept, how fast, how long still; and each kept row as it comes.

    In a terminal it is redrawn in place; elsewhere a line is printed every few seconds.
    """
    console = stderr()
    began = time.monotonic()
    shown = 0.0
    every = 0.1 if console.is_terminal else 5.0

    def line(progress: Progress, goal: int) -> str:
        done, elapsed = progress.done, time.monotonic() - began
        fresh = done - progress.resumed_done
        left = f", about {_clock((goal - done) * elapsed / fresh)} left" if fresh > 0 and done < goal else ""
        kept = "kept" if progress.by_target else f"generated, {progress.kept:,} kept"
        made = f" from {progress.generated:,}" if progress.by_target else ""
        failed = f", {progress.failed:,} failed" if progress.failed else ""
        cost = f", {progress.cost:,.2f} spent" if progress.cost else ""
        flight = f", {progress.in_flight} in flight" if progress.in_flight > 1 else ""
        return f"{done:,} of {goal:,} {kept}{made}{failed}{cost}{flight}  {_clock(elapsed)}{left}{_trouble(progress)}"

    newest = ""

    if not console.is_terminal:

        def now_and_then(progress: Progress, goal: int) -> None:
            nonlocal shown, newest
            if progress.last is not None and progress.last.state == "kept":
                newest = progress.last.text
            if time.monotonic() - shown >= every or progress.done == goal:
                shown = time.monotonic()
                note(f"  {line(progress, goal)}" + (f"  “{_short(newest)}”" if newest else ""))
                newest = ""

        yield now_and_then
        return

    from rich.console import Group
    from rich.live import Live
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    with Live(console=console, refresh_per_second=8, transient=True) as live:
        live.update(Text(f"  {title} …", style="dim"))

        def listen(progress: Progress, goal: int) -> None:
            nonlocal newest, shown
            if progress.last is not None and progress.last.state == "kept":
                newest = progress.last.text
            if time.monotonic() - shown < every and progress.done < goal:
                return
            shown = time.monotonic()
            bar = ProgressBar(total=goal, completed=min(progress.done, goal), width=40)
            words = Text(f"  {line(progress, goal)}")
            kept = Text.assemble(("  kept  ", "green"), (newest, "italic"), no_wrap=True, overflow="ellipsis")
            live.update(Group(Text.assemble("  ", ""), bar, words, kept))

        yield listen


def _trouble(progress: Progress) -> str:
    """What a run is waiting for, if not for replies."""
    now = time.monotonic()
    if progress.down_since is not None:
        return f"  (the endpoint has not answered for {now - progress.down_since:.0f} s; it is asked again and again)"
    pause = progress.paused_until - now
    return f"  (the endpoint asked to wait {pause:.0f} s)" if pause > 0.5 else ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _short(text: str, limit: int = 90) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
