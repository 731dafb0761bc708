"""Where something came from and what came of it, for pages. What has to be read first is read by a child process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from typing import Literal, TypeVar

from seedbed.errors import InputError, UsageError
from seedbed.lineage import Key, Lineage
from seedbed.lineage.shapes import KINDS, step_json
from seedbed.server.refusals import Refusal
from seedbed.server.road.reading import Shelf
from seedbed.server.shapes import Said
from seedbed.study import Folder

__all__ = ["LineageAnswer", "LineageStep", "found", "further"]

T = TypeVar("T")
Kind = Literal["person", "board_row", "seed", "row", "run", "judgement", "task", "release"]
_FIRST = 8
_AT_ONCE = 1 << 20  # bytes of journals that are read here: a second of work would be felt by those who type
_FRESH = 3.0


class LineageFact(Said):
    """`name` is a code, `value` words or a number."""

    name: str
    value: str


class LineageText(Said):
    name: str
    text: str


class LineageNode(Said):
    """A thing on the way, with its words and what is known of it. `steps` lead on."""

    kind: Kind
    id: str
    what: str
    state: str
    texts: list[LineageText]
    facts: list[LineageFact]
    steps: list[LineageStep]


class LineageStep(Said):
    """One step of the way: `total` things, `states` of them by state, the first of them, and where the next begin."""

    how: str
    kind: Kind
    of: str
    total: int
    states: dict[str, int]
    nodes: list[LineageNode]
    next: int | None


class LineageTotals(Said):
    """All that grew from it."""

    seeds: int
    rows: dict[str, dict[str, int]]
    judgements: int
    runs: list[str]
    releases: list[str]
    tasks: list[str]


class LineageTrace(Said):
    node: LineageNode
    back: list[LineageStep]
    forward: list[LineageStep]
    totals: LineageTotals
    faults: list[str]


class LineageKey(Said):
    kind: Kind
    id: str


class LineageAnswer(Said):
    """The trace; or what else may have been meant, where several things or none are called so."""

    trace: LineageTrace | None
    choices: list[LineageKey]
    hint: str


async def found(shelf: Shelf, id: str, kind: str | None) -> LineageAnswer:
    """What `id` names, of that kind where one is given. Raises Refusal."""

    def tell(lineage: Lineage) -> LineageAnswer:
        try:
            keys = lineage.find(f"{kind}:{id}" if kind in KINDS else id)
        except InputError as error:
            return LineageAnswer(trace=None, choices=[], hint=f"{error}. {error.hint}")
        if len(keys) > 1:
            return LineageAnswer(trace=None, choices=[LineageKey(kind=key.kind, id=key.id) for key in keys], hint="")
        traced = lineage.trace(str(keys[0]), first=_FIRST).to_json()
        return LineageAnswer(trace=LineageTrace.model_validate(traced), choices=[], hint="")

    return await _told(shelf, tell)


async def further(
    shelf: Shelf,
    key: Key,
    direction: Literal["back", "forward"],
    how: str,
    of: str,
    member: Kind,
    after: int,
    limit: int,
) -> LineageStep:
    """A page of one step. Raises Refusal not_found where there is no such step (any more)."""

    def tell(lineage: Lineage) -> LineageStep:
        try:
            step = lineage.more(key, direction, how, of, kind=member, after=after, limit=limit)
        except UsageError:
            raise Refusal("not_found") from None
        return LineageStep.model_validate(step_json(step))

    return await _told(shelf, tell)


async def _told(shelf: Shelf, tell: Callable[[Lineage], T]) -> T:
    lineage = shelf.lineage = shelf.lineage or Lineage(shelf.folder)
    if await shelf.told(lambda folder: lineage.stale()) > _AT_ONCE:
        await _index(shelf.folder)

    def read(folder: Folder) -> T:
        lineage.refresh()
        return tell(lineage)

    try:
        return await shelf.told(read)
    finally:
        asyncio.get_running_loop().call_later(_FRESH, _let_go, shelf)


async def _index(folder: Folder) -> None:
    command = [sys.executable, "-m", "seedbed.lineage", str(folder.root)]
    child = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await child.wait()  # whatever it could not do is done here, or its fault is told here
    except asyncio.CancelledError:
        child.kill()
        await child.wait()
        raise


def _let_go(shelf: Shelf) -> None:
    if shelf.lineage is not None:
        shelf.lineage = shelf.lineage.without_words()


LineageNode.model_rebuild()
