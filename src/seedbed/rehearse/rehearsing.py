"""A whole rehearsal: people come, write and go, and at the end everything is compared."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence

from seedbed.rehearse.checking import check
from seedbed.rehearse.gauge import Gauge, quantile
from seedbed.rehearse.material import Material
from seedbed.rehearse.moderator import Bridge, Moderator
from seedbed.rehearse.order import Order, Rehearsed
from seedbed.rehearse.pace import Pace
from seedbed.rehearse.person import Participant
from seedbed.rehearse.places import put_on_record
from seedbed.study import Folder

__all__ = ["Say", "rehearse"]

Say = Callable[[str], None]


async def rehearse(
    order: Order, url: str, codes: Sequence[str], moderator: str | None, *, folder: Folder | None,
    stop: asyncio.Event, say: Say, bridge: Bridge | None = None,
) -> Rehearsed:  # fmt: skip
    """People come by the links `codes`, in turn, and write until it is over or `stop` is set; then all is compared.

    `moderator` is the code of a moderator's link, for one who leads by `order.auto`. Raises Refused where a link opens
    nothing.
    """
    pace, gauge, rng = Pace(order.speed), Gauge(), random.Random(order.seed)
    taken: set[str] = set()
    dealt = Material.dealt(order.people, rng)
    people = [
        Participant(
            url, codes[at % len(codes)], f"Simulated {at + 1}", dealt[at], pace, gauge, order.seed + at,
            taken=taken, trains=order.trains,
        )
        for at in range(order.people)
    ]  # fmt: skip
    leader = Moderator(url, moderator, pace, order.seed, bridge) if order.auto and moderator else None
    browsers = [person.browser for person in people] + ([leader.browser] if leader else [])
    began = time.monotonic()
    tasks: list[asyncio.Task[None]] = []
    try:
        # one after the other, as people come through a door: nobody's password is asked, and nothing is measured yet
        for person in people:
            await person.join()
        if folder is not None:
            put_on_record(folder, [person.seat.person for person in people if person.seat])
        say(f"{len(people)} simulated people are in, in {len(set(codes))} rooms.")
        tasks = [asyncio.create_task(person.run()) for person in people]
        led: asyncio.Task[None] | None = None
        if leader is not None:
            await leader.join()
            led = asyncio.create_task(
                leader.lead(order.sessions, lambda step: all(person.idle_in == step for person in people), say)
            )
        await _until_over(order, led, tasks, stop, say, gauge)
        faults = await _leave(people, tasks, led)
        seats = [(one.browser, one.seat) for one in people if one.seat is not None]
        if leader is not None and leader.seat is not None:
            seats.insert(0, (leader.browser, leader.seat))
        meant = {name: words for person in people for name, words in person.meant.items()}
        checked = await check(seats, meant, folder)
        lost = sum(person.browser.times_lost for person in people)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for browser in browsers:
            await browser.close()
    return Rehearsed(
        len(people), round(time.monotonic() - began, 3), dict(gauge.counts), checked,
        _ms(gauge.saved, 0.5), _ms(gauge.saved, 0.99), _ms(gauge.seen, 0.5), _ms(gauge.seen, 0.99), lost, faults,
    )  # fmt: skip


async def _until_over(
    order: Order, led: asyncio.Task[None] | None, tasks: Sequence[asyncio.Task[None]], stop: asyncio.Event, say: Say,
    gauge: Gauge,
) -> None:  # fmt: skip
    """Until the steps are gone through, the time is over, or it is to stop."""
    until = None if order.minutes is None else time.monotonic() + 60 * order.minutes
    told = time.monotonic()
    while not stop.is_set() and not (led is not None and led.done()):
        if until is not None and time.monotonic() >= until:
            return
        if any(task.done() for task in tasks):
            return  # nobody leaves by themselves
        if time.monotonic() - told > 30:
            told = time.monotonic()
            p99 = quantile(gauge.seen, 0.99)
            seen = "" if p99 is None else f", seen by others within {1000 * p99:.0f} ms (p99)"
            say(f"{gauge.counts['rows']:,} rows, {gauge.counts['characters']:,} characters{seen}")
        try:
            async with asyncio.timeout(0.2):
                await stop.wait()
        except TimeoutError:
            continue


async def _leave(
    people: Sequence[Participant], tasks: Sequence[asyncio.Task[None]], led: asyncio.Task[None] | None
) -> list[str]:
    for person in people:
        person.leave()
    done, late = await asyncio.wait(tasks, timeout=60)
    if led is not None:
        led.cancel() if not led.done() else None
        ended = await asyncio.gather(led, return_exceptions=True)
        done_badly = [error for error in ended if isinstance(error, Exception)]
    else:
        done_badly = []
    faults = [f"{type(error).__name__}: {error}" for task in done if (error := task.exception()) is not None]
    faults += [f"moderator: {type(error).__name__}: {error}" for error in done_badly]
    return faults + [f"{len(late)} did not leave in time"] * bool(late)


def _ms(times: Sequence[float], share: float) -> float | None:
    value = quantile(times, share)
    return None if value is None else round(1000 * value, 1)
