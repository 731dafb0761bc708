"""Actors and nodes that die: nothing is lost, little is asked twice, and nothing hangs."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ray._private import ray_constants
from ray.cluster_utils import Cluster

from seedbed.engine import Progress
from seedbed.engine.ray_actors import RayActors
from seedbed.errors import EndpointError, UsageError
from seedbed.testing import Latency, MockEndpoint
from tests.ray.made import actors, conduct, living, locally, make_ask, on_ray, question_stage, ray_processes

ASKS, LANES = 240, 24
SOON = {
    "health_check_initial_delay_ms": 0, "health_check_period_ms": 500, "health_check_timeout_ms": 500,
    "health_check_failure_threshold": 3,
}  # fmt: skip
NODE: dict[str, Any] = {"object_store_memory": 80 * 2**20, "node_ip_address": "127.0.0.1"}


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray joins a cluster by this machine's outer address, as it does not where it supports no clusters."""
    monkeypatch.setattr(ray_constants, "ENABLE_RAY_CLUSTER", False)


@contextmanager
def cluster(*, head_cpus: int) -> Iterator[Any]:
    head = {"num_cpus": head_cpus, "include_dashboard": False, "_system_config": SOON, **NODE}
    made = Cluster(initialize_head=True, head_node_args=head, shutdown_at_exit=False)
    try:
        yield made
    finally:
        started = ray_processes(os.getpid())
        made.shutdown()
    assert len(started) >= 4
    assert living(started) == set()


@pytest.mark.slow
def test_a_node_that_dies_costs_what_it_had_in_flight(tmp_path: Path) -> None:
    with MockEndpoint() as mock:
        expected = locally(tmp_path / "here" / "journal.db", mock.settings(), asks=ASKS)
    with MockEndpoint(latency=Latency(0.05)) as mock, cluster(head_cpus=1) as made:
        node = made.add_node(num_cpus=1, **NODE)
        in_flight: list[int] = []

        async def work(engine: RayActors) -> Any:
            assert len({link.node for link in engine._links}) == 2  # spread over both nodes

            def listen(progress: Progress) -> None:
                if progress.generated >= ASKS and not in_flight:
                    (dying,) = (link for link in engine._links if link.node == node.node_id)
                    in_flight.append(dying.in_flight)
                    made.remove_node(node, allow_graceful=False)

            return await conduct(tmp_path / "ray" / "journal.db", engine, asks=ASKS, lanes=LANES, listen=listen)

        rows = on_ray(mock.settings(), work, address=made.address)
        requests = mock.stats()["requests"]
    assert rows == expected
    assert 0 < in_flight[0] <= LANES
    # what is in flight when the node is gone, which is later than its end was asked for: its processes outlive it for
    # a while, and take more; and a loss may make the breaker ask whether the endpoint lives
    assert ASKS <= requests <= ASKS + LANES + 1


@pytest.mark.slow
def test_when_no_node_is_left_the_run_stops_and_says_what_next(tmp_path: Path) -> None:
    with MockEndpoint(latency=Latency(0.05)) as mock, cluster(head_cpus=0) as made:
        node = made.add_node(num_cpus=1, **NODE)

        async def work(engine: RayActors) -> None:
            def listen(progress: Progress) -> None:
                if progress.generated >= ASKS and node in made.worker_nodes:
                    made.remove_node(node, allow_graceful=False)

            await conduct(tmp_path / "journal.db", engine, asks=ASKS, lanes=4, listen=listen)

        with pytest.raises(EndpointError, match="No Ray node is left") as caught:
            on_ray(mock.settings(), work, address=made.address)
        assert "run the same command again" in caught.value.hint
        with pytest.raises(EndpointError, match="No Ray node is left"):  # and where there is none to begin with
            on_ray(mock.settings(), work, address=made.address)


def test_an_actor_that_dies_is_replaced_and_its_asks_are_asked_again() -> None:
    with MockEndpoint(latency=Latency(1.5, sigma=0, tail=0)) as mock:
        asks = [make_ask(index) for index in range(12)]

        async def work(engine: RayActors) -> list[Any]:
            stage, started = question_stage(), actors(ray_processes(os.getpid()))
            waiting = [asyncio.create_task(engine.submit(stage, [ask])) for ask in asks]
            while mock.stats()["requests"] < 12:
                await asyncio.sleep(0.01)
            assert len(started) == 2
            os.kill(started[0], signal.SIGKILL)
            replies = await asyncio.gather(*waiting)
            while len(engine._links) < 2:
                await asyncio.sleep(0.05)
            return replies

        replies = on_ray(mock.settings(), work, workers=2)
        assert len(replies) == 12
        assert all(reply.data for (reply,) in replies)
        assert mock.stats()["requests"] == 12 + 6  # shared evenly, so half was in flight there
        assert mock.stats()["distinct"] == 12


def test_an_address_where_no_cluster_answers_is_said_at_once() -> None:
    with MockEndpoint() as mock, pytest.raises(UsageError, match="No Ray cluster answers"):
        on_ray(mock.settings(), lambda engine: engine.probe(0), address="127.0.0.1:9")
    with MockEndpoint() as mock, pytest.raises(UsageError, match="no address of a cluster"):
        on_ray(mock.settings(), lambda engine: engine.probe(0), address="ray://127.0.0.1:10001")
