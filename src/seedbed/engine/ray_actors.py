"""The engine of many machines: a stage runs in Ray actors. The only module that names ray.

The conductor stays where it is: it alone plans, judges and writes the journal, and how many calls may be in flight
is its business. This engine routes each ask to the actor with the fewest calls in flight, over all nodes.

Where an actor or its node dies, what it had in flight is asked again by another one, and a replacement starts on a
living node. Nothing is lost; at most what that actor had in flight is asked twice.

Keys never travel. What goes to an actor is a callable that opens the context there (it holds the NAME of the
variable a key stands in) and the stage; each node reads the key from its own environment. Never put one into an
argument, into Ray's runtime_env or into a log: Ray keeps all three. Prompts and replies do cross the network, in
the clear unless the cluster was started with Ray's TLS.

A Ray call costs about 0.5 ms of CPU on either side, as much as the HTTP call that it carries. So messages are few
(line.py has both their ends): at most one every _PAUSE_S to one actor, and one back.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import pickle
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from importlib import import_module
from typing import Any, Self

import seedbed
from seedbed.engine.contract import Stage
from seedbed.engine.line import FarEnd, Job, NearEnd
from seedbed.errors import EndpointError, MissingExtra, SeedbedError, TransientEndpointError, UsageError
from seedbed.records import Ask, Reply

__all__ = ["RayActors"]

_PAUSE_S = 0.01  # between two messages to one actor; a reply of a model takes 30 times as long
_READY_S = 120.0  # for an actor to start and to open its context (an embedded model has to be read)
_CLOSE_S = 5.0  # for the contexts to close before the actors are killed
_MOVES = 3  # how often an ask is moved to another actor before its attempt counts as failed
_LOSSES = 3  # actors lost one after another for each wanted, with no reply between: then it is no accident
_STORE_BYTES = 100 * 2**20  # of a local Ray's object store; the stage is all that lies in it
_LONGEST_BASE = 17  # of the folder for Ray's sockets: with Ray's part a path reaches the system's limit of 103


class RayActors:
    """`async with RayActors(open_context, workers=4) as engine:`, then an Engine like any other.

    `open_context` is a picklable callable without arguments. Each actor calls it on its node, enters the async
    context manager that it returns, and hands what that yields to the stage; `probe` calls that context's `probe`.
    `workers` is the number of actors: by default one for each node of a cluster, and two on this machine. `address`
    is a cluster's HOST:PORT, or "auto" for one that runs here; None starts a Ray of our own on this machine and
    ends it again. A Ray that this process has already joined is used, and left as it was.

    Raises MissingExtra without ray; UsageError where no cluster answers or a node has another version of Seedbed;
    what opening the context raises; EndpointError when no node is left. The stage raises what it raises locally.
    """

    def __init__(
        self,
        open_context: Callable[[], AbstractAsyncContextManager[Any]],
        *,
        workers: int | None = None,
        address: str | None = None,
    ) -> None:
        if workers is not None and workers < 1:
            raise UsageError(f"workers must be at least 1, not {workers}")
        self._open_context, self._wanted, self._address = open_context, workers, address
        self._count = 0
        self._ray: Any = None
        self._joined = AsyncExitStack()
        self._actor: Any = None
        self._stages: dict[int, tuple[Stage, Any]] = {}  # the stage is held: its id is its number
        self._numbers = itertools.count()
        self._links: list[_Link] = []
        self._homeless: list[Job] = []  # asks that wait for a replacement to open
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = 0
        self._losses = 0  # since the last reply
        self._lost_at: Counter[str] = Counter()
        self._failure: SeedbedError | None = None

    # --- life --------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        self._ray = _import_ray()
        async with AsyncExitStack() as stack:
            # not in a thread: Ray's processes end with the thread that started them
            stack.enter_context(_joined(self._ray, self._address, self._wanted or 2))
            stack.push_async_callback(self._close)
            self._actor = self._ray.remote(num_cpus=0, max_restarts=0, max_task_retries=0)(FarEnd)
            nodes = self._nodes()
            if not nodes:
                raise _no_node()
            local = self._address is None and len(nodes) == 1
            self._count = self._wanted or (2 if local else len(nodes))
            for index in range(self._count):
                self._links.append(self._start(nodes[index % len(nodes)]))
            # all at once, and the first that cannot open ends it: what one node lacks the run would meet later
            await asyncio.gather(*(self._opened(link) for link in self._links))
            for link in self._links:
                self._attend(self._pump(link))
            self._joined = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._joined.aclose()

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        closing = [asyncio.wrap_future(link.actor.close.remote().future()) for link in self._links]
        if closing:
            await asyncio.wait(closing, timeout=_CLOSE_S)
        for future in closing:
            future.cancel() if not future.done() else future.exception()
        for link in self._links:
            self._kill(link)
        self._fail(UsageError("the engine is closed: use it in `async with`"))

    # --- the engine --------------------------------------------------------------------------------------------

    async def submit(self, stage: Stage, asks: Sequence[Ask]) -> list[Reply]:
        """The replies to `asks`, from the actor with the fewest in flight. Raises what the stage raises there."""
        if self._ray is None:
            raise UsageError("the engine is not open: use it in `async with`")
        if id(stage) not in self._stages:
            self._stages[id(stage)] = stage, self._ray.put(stage)
        replies: asyncio.Future[list[Reply]] = asyncio.get_running_loop().create_future()
        job = Job(next(self._numbers), id(stage), self._stages[id(stage)][1], tuple(asks), replies)
        self._assign(job)
        return await replies

    async def probe(self, turn: int) -> None:
        """Ask the endpoint for one token, from a node by turns. Raises what a call raises."""
        if self._failure is not None:
            raise self._failure
        if not self._links:
            raise TransientEndpointError("the Ray workers are being replaced")
        link = self._links[turn % len(self._links)]
        try:
            error = pickle.loads(await link.actor.probe.remote(turn))
        except self._ray.exceptions.RayError as lost:
            raise TransientEndpointError(f"a Ray worker was lost: {_first_line(lost)}") from None
        if error is not None:
            raise error

    def _assign(self, job: Job) -> None:
        if self._failure is not None:
            if not job.replies.done():
                job.replies.set_exception(self._failure)
        elif self._links:
            link = min(self._links, key=lambda link: link.in_flight)
            if link.put(job):  # the next tick: whatever becomes ready in this one goes along
                asyncio.get_running_loop().call_soon(lambda: self._attend(self._push(link)))
        else:
            self._homeless.append(job)

    # --- one actor ---------------------------------------------------------------------------------------------

    def _start(self, node: str) -> _Link:
        near = import_module("ray.util.scheduling_strategies").NodeAffinitySchedulingStrategy(node, soft=False)
        actor = self._actor.options(scheduling_strategy=near).remote(self._open_context)
        return _Link(actor, node)

    async def _opened(self, link: _Link) -> None:
        """Returns when the actor has its context; raises what kept it from it, as a SeedbedError."""
        install = f"Install there what is installed here: pip install 'seedbed[ray]=={seedbed.__version__}'"
        ready = asyncio.wrap_future(link.actor.open.remote(seedbed.__version__).future())
        try:
            answer = pickle.loads(await asyncio.wait_for(ready, _READY_S))
        except TimeoutError:
            raise EndpointError(
                f"A Ray worker did not start within {_READY_S:.0f} s", hint="See what the nodes are doing: ray status"
            ) from None
        except self._ray.exceptions.RayError as lost:
            words = str(lost)
            if "No module named 'seedbed" in words:
                raise UsageError("A node of the Ray cluster has no Seedbed", hint=install) from None
            raise EndpointError(
                f"A Ray worker did not start: {_first_line(lost)}", hint="See what the nodes are doing: ray status"
            ) from None
        if isinstance(answer, str):
            raise UsageError(
                f"A node of the Ray cluster has Seedbed {answer}, and this machine {seedbed.__version__}", hint=install
            )
        if answer is not None:
            raise answer

    async def _pump(self, link: _Link) -> None:
        """Carry asks to one actor and replies back, until the actor is lost."""
        try:
            while True:
                await link.exchange()
                self._losses = 0
                await asyncio.sleep(_PAUSE_S)
        except self._ray.exceptions.RayError as error:
            self._lose(link, error)

    async def _push(self, link: _Link) -> None:
        try:
            await link.push()
        except self._ray.exceptions.RayError:
            # these asks may or may not have arrived; the pump learns of the loss and moves them
            self._kill(link)

    # --- losses ------------------------------------------------------------------------------------------------

    def _lose(self, link: _Link, error: Exception) -> None:
        if self._failure is not None:
            return
        self._links.remove(link)
        self._kill(link)
        self._losses += 1
        self._lost_at[link.node] += 1
        if self._losses > _LOSSES * self._count:
            self._fail(
                EndpointError(
                    f"Stopped: {self._losses} Ray workers were lost with no reply between. The last: "
                    f"{_first_line(error)}",
                    hint="Look for the cause with: ray status. Then run the same command again: it goes on from here.",
                )
            )
        else:
            self._starting += 1
            self._attend(self._replace())
        for job in link.flights.values():
            job.moves += 1
            if job.moves > _MOVES and not job.replies.done():
                job.replies.set_exception(
                    TransientEndpointError(f"{job.moves} Ray workers were lost while they had this request")
                )
            elif not job.replies.done():
                self._assign(job)

    async def _replace(self) -> None:
        """Open an actor on a living node; when there is none, and no actor either, every ask fails."""
        failure: SeedbedError = _no_node()
        for pause in (0.0, 1.0, 2.0, 4.0, 8.0, 16.0):  # Ray may take a dead node for a living one for half a minute
            await asyncio.sleep(pause)
            # in a thread: Ray asks the head node, and where that is gone it tries for a minute
            nodes = await asyncio.to_thread(self._nodes)
            if not nodes:
                failure = _no_node()
                break
            link = self._start(nodes[0])
            try:
                await self._opened(link)
            except SeedbedError as error:
                self._kill(link)
                self._lost_at[link.node] += 1
                failure = error
                continue
            self._starting -= 1
            self._links.append(link)
            self._attend(self._pump(link))
            waiting, self._homeless = self._homeless, []
            for job in waiting:
                self._assign(job)
            return
        self._starting -= 1
        if not self._links and not self._starting:
            self._fail(failure)

    def _nodes(self) -> list[str]:
        """Ids of the living nodes that take work, those with the fewest losses and actors of ours first."""
        alive = [node for node in self._ray.nodes() if node["Alive"] and node["Resources"].get("CPU", 0) > 0]
        ours = Counter(link.node for link in self._links)
        ids = [str(node["NodeID"]) for node in alive]
        return sorted(ids, key=lambda node: (self._lost_at[node], ours[node]))

    def _fail(self, error: SeedbedError) -> None:
        self._failure = error
        jobs = [job for link in self._links for job in link.flights.values()] + self._homeless
        self._links, self._homeless = [], []
        for job in jobs:
            if not job.replies.done():
                job.replies.set_exception(error)

    def _kill(self, link: _Link) -> None:
        with contextlib.suppress(Exception):  # it is dead already, or Ray is
            self._ray.kill(link.actor)

    def _attend(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._attended)

    def _attended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            failure = EndpointError(f"The Ray engine broke: {type(error).__name__}: {error}")
            failure.__cause__ = error
            self._fail(failure)


class _Link(NearEnd):
    """Our end of the line to one actor."""

    def __init__(self, actor: Any, node: str) -> None:
        super().__init__(lambda name, *arguments: getattr(actor, name).remote(*arguments))
        self.actor, self.node = actor, node


# --- joining Ray -----------------------------------------------------------------------------------------------


def _import_ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        return import_module("ray")
    except ImportError:
        raise MissingExtra("The Ray engine needs ray", hint="pip install 'seedbed[ray]'") from None


@contextlib.contextmanager
def _joined(ray: Any, address: str | None, cpus: int) -> Iterator[None]:
    """This process in a Ray: the one it is in already, that at `address`, or one of our own that ends with us."""
    if ray.is_initialized():
        yield
        return
    # Ray takes SIGTERM for itself, and says what it does on standard error
    on_main_thread = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGTERM) if on_main_thread else None
    logger = logging.getLogger("ray")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    quiet = {"log_to_driver": False, "configure_logging": False}
    folder = None
    try:
        if address is None:
            folder = _own_folder()
            ray.init(
                address="local", num_cpus=cpus, include_dashboard=False, object_store_memory=_STORE_BYTES,
                _temp_dir=folder, _node_ip_address="127.0.0.1", **quiet,
            )  # fmt: skip
        else:
            _connect(ray, address, quiet)
        yield
    finally:
        ray.shutdown()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        logger.setLevel(level)
        if handler is not None:
            signal.signal(signal.SIGTERM, handler)


def _own_folder() -> str:
    """A private folder for a Ray of our own, so that nothing of it stays; and a token, so that it is ours alone.

    Anyone who reaches a Ray can run code in it. Ray's own token would be saved in the user's home.
    """
    if not any(name in os.environ for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")):
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)  # once a process: Ray remembers the first
    base = tempfile.gettempdir()
    if len(base) > _LONGEST_BASE and sys.platform != "win32":
        base = "/tmp"
    return tempfile.mkdtemp(prefix="seedbed-", dir=base)


def _connect(ray: Any, address: str, quiet: dict[str, Any]) -> None:
    if "://" in address:
        raise UsageError(
            f"{address} is no address of a cluster's head node",
            hint="Give HOST:PORT (the port is 6379 by default), or auto on a node of the cluster.",
        )
    hint = "Start Ray there (ray start --head), or leave --address out to work on this machine alone."
    # Asked first, and by the address that Ray will take, which for 127.0.0.1 is this machine's own: where nothing
    # answers, Ray would try for minutes and not be interrupted.
    meant = import_module("ray._private.services").canonicalize_bootstrap_address(address)
    host, _, port = (meant or address).rpartition(":")
    if port.isdigit():
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
        except OSError as error:
            raise UsageError(f"No Ray cluster answers at {address}: {error}", hint=hint) from None
    try:
        ray.init(address=address, **quiet)
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise UsageError(f"Could not join the Ray cluster at {address}: {_first_line(error)}", hint=hint) from None


def _no_node() -> EndpointError:
    return EndpointError(
        "No Ray node is left that takes work",
        hint="See which nodes live: ray status. Then run the same command again: it goes on from here.",
    )


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
