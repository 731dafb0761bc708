"""`python -m seedbed.testing --port 0`: the mock endpoint as a process.

Its first line of output is a JSON object with the url; on SIGTERM or Ctrl-C it prints its figures and ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import threading

from seedbed.errors import UsageError
from seedbed.testing.chaos import CONNECTION_FAULTS, TEXT_FAULTS, chaos
from seedbed.testing.endpoint import MockEndpoint
from seedbed.testing.faults import KINDS, Fault, FaultPlan, Latency
from seedbed.testing.servers import Capacity, Outage

__all__: list[str] = []

_EPILOG = """\
The text of a reply depends on the request's body alone. Faults go by arrival (--script), or by body (--share,
--always, --poison, --chaos): then the same requests fail in whatever order they come.

examples:
  --chaos 1                                 a bit of everything, by body; --chaos 2 strikes others
  --chaos 1 --without 429:1e9 --poison '"seed": 7080=500'
                                            and every request whose body holds that text fails, always
  --slots 1 --latency-ms 200                one request at a time, the others queue
  --slots 4 --queue 8 --rate 20 --burst 5   beyond 12 in the house a 503, beyond 20 a second a 429
  --latency-ms 100 --drag 0.05              20 others in work make an answer take twice as long
  --outage 50:3                             dies when request 50 arrives, refuses connections for 3 s
  --outage 50:3:503                         the same, answering 503
  --share trickle:8=0.1 --always fence=1    a tenth dribble once; every JSON stands in a code fence

faults:
{faults}

in --chaos, the first time a body arrives: {connection}
in --chaos, in the reply to a body, every time: {text}
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m seedbed.testing",
        description="A mock model endpoint on 127.0.0.1. The first line it prints is JSON with its url; its figures "
        "are at /stats.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_EPILOG.format(
            faults="\n".join(f"  {kind:10} {words}" for kind, words in KINDS.items()),
            connection=", ".join(CONNECTION_FAULTS),
            text=", ".join(TEXT_FAULTS),
        ),
    )
    parser.add_argument("--port", type=int, default=0, help="0 (default) takes a free one")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="median of the delay (default 0)")
    parser.add_argument("--sigma", type=float, default=0.5, help="spread of the log-normal delay (default 0.5)")
    parser.add_argument("--tail", type=float, default=0.01, help="share of replies that take 8 times longer")
    parser.add_argument("--latency-seed", type=int, default=0, help="another order of the replies")
    parser.add_argument("--key", default="", help="ask for this bearer key")
    faults = parser.add_argument_group("faults")
    faults.add_argument(
        "--share", action="append", default=[], metavar="FAULT=SHARE", help="500=0.02: that share of the bodies fails"
    )
    faults.add_argument("--times", type=int, default=1, help="how often such a body fails (default once; 0: always)")
    faults.add_argument(
        "--always", action="append", default=[], metavar="FAULT=SHARE", help="as --share, every time a body arrives"
    )
    faults.add_argument(
        "--poison", action="append", default=[], metavar="TEXT=FAULT", help="bodies that hold TEXT fail, always"
    )
    faults.add_argument(
        "--script", action="append", default=[], metavar="K=FAULT", help="3=429:2 or 10-19=reset: by arrival, from 0"
    )
    faults.add_argument("--chaos", type=int, metavar="SEED", help="a mixture by body, in place of --share and --always")
    faults.add_argument("--without", action="append", default=[], metavar="FAULT", help="leave it out of --chaos")
    server = parser.add_argument_group("the server")
    server.add_argument("--slots", type=int, help="requests worked on at a time; the others queue")
    server.add_argument("--queue", type=int, help="requests that may wait; a further one gets a 503")
    server.add_argument("--rate", type=float, help="requests a second; a further one gets a 429 with Retry-After")
    server.add_argument("--burst", type=int, default=1, help="requests that --rate lets pass at once (default 1)")
    server.add_argument(
        "--drag", type=float, default=0.0, help="share of the latency that each other request in work adds"
    )
    server.add_argument(
        "--outage", action="append", default=[], metavar="K:SECONDS[:503]", help="gone from arrival K, for SECONDS"
    )
    parser.add_argument("--until-eof", action="store_true", help="end when standard input closes")
    return parser


def _shares(texts: list[str]) -> dict[Fault, float]:
    parts = [text.rpartition("=") for text in texts]
    return {Fault.parse(kind): float(share) for kind, _, share in parts}


def _plan(options: argparse.Namespace) -> FaultPlan:
    script = {}
    for text in options.script:
        where, _, kind = text.partition("=")
        first, _, last = where.partition("-")
        for arrival in range(int(first), int(last or first) + 1):
            script[arrival] = Fault.parse(kind)
    poison = {}
    for text in options.poison:
        within, _, kind = text.rpartition("=")
        if not within:
            raise UsageError(f"--poison takes TEXT=FAULT: {text}")
        poison[within] = Fault.parse(kind)
    if options.chaos is None:
        if options.without:
            raise UsageError("--without belongs to --chaos")
        return FaultPlan(
            script=script,
            shares=_shares(options.share),
            times=options.times or None,
            always=_shares(options.always),
            poison=poison,
        )
    if options.share or options.always:
        raise UsageError("--chaos stands in place of --share and --always")
    plan = chaos(options.chaos, without=options.without)
    plan.script, plan.poison, plan.times = script, poison, options.times or None
    return plan


async def _serve(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end.set)
    if options.until_eof:

        def wait_for_eof() -> None:
            while os.read(0, 4096):
                pass
            loop.call_soon_threadsafe(end.set)

        threading.Thread(target=wait_for_eof, daemon=True).start()
    mock = MockEndpoint(
        port=options.port,
        latency=Latency(options.latency_ms / 1000, sigma=options.sigma, tail=options.tail, seed=options.latency_seed),
        faults=_plan(options),
        capacity=Capacity(options.slots, options.queue, options.rate, options.burst, options.drag),
        outages=[Outage.parse(text) for text in options.outage],
        key=options.key,
    )
    async with mock:
        print(json.dumps({"url": mock.url, "pid": os.getpid()}), flush=True)
        await end.wait()
        print(json.dumps(mock.stats()), flush=True)


def _main() -> None:
    try:
        asyncio.run(_serve(_parser().parse_args()))
    except (UsageError, ValueError, OSError) as exc:
        sys.exit(f"error: {exc}")


if __name__ == "__main__":
    _main()
