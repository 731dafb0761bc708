"""A rehearsal from its place to its report: with a server of its own, or at one that runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from seedbed.errors import UsageError
from seedbed.rehearse.order import Order, Rehearsed
from seedbed.rehearse.places import allowed_by_link
from seedbed.rehearse.rehearsing import Say, rehearse
from seedbed.rehearse.serving import House
from seedbed.study import Folder

__all__ = ["in_study", "through_links"]


async def in_study(
    order: Order, study: Path, *, port: int, stop: asyncio.Event, say: Say,
    welcome: Callable[[str, dict[str, str]], None],
) -> Rehearsed:  # fmt: skip
    """Serve the study, and rehearse in it. `welcome` is given the address, and the links for who plays along."""
    async with House(study, port) as house:
        links = {room: await house.link(room, "participant") for room in order.rooms}
        leading = await house.link("", "moderator")
        welcome(house.url, {"moderator": leading, **links})
        codes = [_code(link)[1] for link in links.values()]
        return await rehearse(
            order, house.url, codes, _code(leading)[1], folder=Folder(study), stop=stop, say=say,
            bridge=lambda: house.bridge(order.prompts),
        )  # fmt: skip


async def through_links(
    order: Order, links: Sequence[str], moderator: str, folder: Path | None, *, yes: bool, stop: asyncio.Event, say: Say
) -> Rehearsed:
    """Rehearse at a server that runs. `folder`, where it is known, is the study that it serves.

    Raises UsageError for what is no join link, and where real people may have joined unless `yes`.
    """
    found = [_code(link) for link in links]
    leading = _code(moderator)[1] if moderator else None
    if len({url for url, _ in found} | ({_code(moderator)[0]} if moderator else set())) > 1:
        raise UsageError("The links lead to several servers", hint="Rehearse at one of them.")
    if order.auto and leading is None:
        raise UsageError("--auto needs somebody who may lead", hint="Give --moderator-link too.")
    allowed = allowed_by_link(folder, order, yes=yes)
    place = None if folder is None else Folder(folder)
    return await rehearse(allowed, found[0][0], [code for _, code in found], leading, folder=place, stop=stop, say=say)


def _code(link: str) -> tuple[str, str]:
    """The server's address, and the code."""
    url, found, code = link.rstrip("/").partition("/join/")
    if not found or not code or not url.startswith(("http://", "https://")) or "/" in code:
        raise UsageError(f"{link} is no join link", hint="One looks like https://datathon.example/join/CODE")
    return url, code
