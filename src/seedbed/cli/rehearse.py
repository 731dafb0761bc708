"""seedbed rehearse"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seedbed.cli.arguments import AsJson
from seedbed.cli.console import command, data, hint, note
from seedbed.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from seedbed.rehearse import Order, Rehearsed


def rehearse(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]", show_default=False,
            help="A study, or a folder to make one in. A study is not touched: what it was set up with is taken to "
            "DIR-rehearsal. May be left out with --link.",
        ),
    ] = None,
    people: Annotated[int, typer.Option(min=1, max=200, help="How many are simulated.")] = 20,
    rooms: Annotated[int, typer.Option(min=1, max=50, help="In how many groups.")] = 4,
    speed: Annotated[
        str, typer.Option(metavar="1|10|max", help="How many times as fast as people; max: as the server takes it.")
    ] = "1",
    minutes: Annotated[float | None, typer.Option(min=0, help="Stop after so many minutes on the clock.")] = None,
    auto: Annotated[
        bool, typer.Option("--auto", help="Nobody plays the moderator: the steps are gone through by themselves.")
    ] = False,
    session: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="--auto: which session; may be given again.")
    ] = None,
    here: Annotated[bool, typer.Option("--here", help="Rehearse in DIR itself and not in a copy.")] = False,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", help="Also where real people have joined. The simulated ones are marked, and do not agree to "
            "training: none of their words becomes a seed."
        ),
    ] = False,
    link: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL", help="Join a server that runs, by this join link of a group; may be given again. DIR, where "
            "it is given, is the served study's folder."
        ),
    ] = None,
    moderator_link: Annotated[
        str, typer.Option(metavar="URL", help="--link and --auto: a moderator's join link.")
    ] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The server's port; 0 takes a free one.")] = 0,
    seed: Annotated[int, typer.Option(help="Who writes what, and how fast, follows from it.")] = 1,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Simulated people write the sample study live, while you play the moderator or one of them in your browser.

    A real server is started, and they come by real links. Ctrl-C ends it; so does --minutes. Then what every page
    holds is compared with the server and the disk. Exit code 1 where they differ.
    """
    try:
        from seedbed.rehearse import Order, in_study, place_for, through_links
    except ImportError as error:
        raise MissingExtra(f"A rehearsal needs more packages: {error}", hint="pip install 'seedbed[serve]'") from None

    order = Order(
        people=people, rooms=_rooms(rooms), speed=_speed(speed), minutes=minutes, auto=auto,
        sessions=tuple(session or ("session-1",)), seed=seed,
    )  # fmt: skip
    if link:
        made = _run(lambda stop: through_links(order, link, moderator_link, folder, yes=yes, stop=stop, say=note))
    elif folder is None:
        raise UsageError("Name a folder, or the links of a server that runs", hint="seedbed rehearse DIR")
    else:
        place, order = place_for(folder, order, here=here, yes=yes, say=note)
        made = _run(lambda stop: in_study(order, place, port=port, stop=stop, say=note, welcome=_welcome(order)))
        if not as_json:
            hint(command("record", place, "--to", "FOLDER"))
    _tell(made, as_json)
    if not made.sound:
        raise typer.Exit(1)


def _run(rehearsal: Callable[[asyncio.Event], Coroutine[Any, Any, Rehearsed]]) -> Rehearsed:
    async def run() -> Rehearsed:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, stop.set)
        loop.add_signal_handler(signal.SIGTERM, stop.set)
        return await rehearsal(stop)

    return asyncio.run(run())


def _welcome(order: Order) -> Callable[[str, dict[str, str]], None]:
    def tell(url: str, links: dict[str, str]) -> None:
        note(f"Serving at {url}. Play along in your browser:")
        for room, link in links.items():
            note(f"  {'as the moderator' if room == 'moderator' else f'in group {room}':<17} {link}")
        if not order.auto:
            note("The simulated people wait for a moderator to go to the first step (or start with --auto).")
        note("Ctrl-C ends the rehearsal.")

    return tell


def _tell(made: Rehearsed, as_json: bool) -> None:
    if as_json:
        data(made.document())
        return
    for line in made.lines():
        note(line)


def _rooms(count: int) -> tuple[str, ...]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return tuple(letters[at] if at < len(letters) else f"R{at + 1}" for at in range(count))


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= 1000:
        raise UsageError(f"{text!r} is no speed", hint="Give a number from 0.1 to 1000, or max.")
    return speed
