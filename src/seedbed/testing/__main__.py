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
from seedbed.testing.endpoint import MockEndpoint
from seedbed.testing.faults import KINDS, Fault, FaultPlan, Latency

__all__: list[str] = []


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m seedbed.testing",
        description="A mock model endpoint on 127.0.0.1.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="faults:\n" + "\n".join(f"  {kind:10} {words}" for kind, words in KINDS.items()),
    )
    parser.add_argument("--port", type=int, default=0, help="0 (default) takes a free one")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="median of the delay (default 0)")
    parser.add_argument("--sigma", type=float, default=0.5, help="spread of the log-normal delay (default 0.5)")
    parser.add_argument("--tail", type=float, default=0.01, help="share of replies that take 8 times longer")
    parser.add_argument("--latency-seed", type=int, default=0, help="another order of the replies")
    parser.add_argument("--key", default="", help="ask for this bearer key")
    parser.add_argument(
        "--share", action="append", default=[], metavar="FAULT=SHARE", help="500=0.02: that share of the bodies fails"
    )
    parser.add_argument("--times", type=int, default=1, help="how often such a body fails (default once; 0: always)")
    parser.add_argument(
        "--script", action="append", default=[], metavar="K=FAULT", help="3=429:2 or 10-19=reset: by arrival, from 0"
    )
    parser.add_argument("--until-eof", action="store_true", help="end when standard input closes")
    return parser


def _plan(options: argparse.Namespace) -> FaultPlan:
    shares = {}
    for text in options.share:
        kind, _, share = text.partition("=")
        shares[Fault.parse(kind)] = float(share)
    script = {}
    for text in options.script:
        where, _, kind = text.partition("=")
        first, _, last = where.partition("-")
        for arrival in range(int(first), int(last or first) + 1):
            script[arrival] = Fault.parse(kind)
    return FaultPlan(script=script, shares=shares, times=options.times or None)


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
    latency = Latency(options.latency_ms / 1000, sigma=options.sigma, tail=options.tail, seed=options.latency_seed)
    async with MockEndpoint(port=options.port, latency=latency, faults=_plan(options), key=options.key) as mock:
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
