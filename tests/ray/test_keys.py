"""A key stays in the environment: nothing that Ray stores or logs has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seedbed.engine.ray_actors import RayActors
from seedbed.errors import EndpointRefused
from seedbed.testing import MockEndpoint
from tests.ray.made import make_ask, on_ray, question_stage, variables

KEY = "sk-notforanyeyes0123456789"


def holding(folder: Path, needle: bytes) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


def test_a_key_is_used_and_stands_nowhere() -> None:
    import ray
    from ray.experimental.internal_kv import _internal_kv_get, _internal_kv_list

    with MockEndpoint(key=KEY) as mock, variables(TEST_RAY_KEY=KEY):

        async def work(engine: RayActors) -> tuple[list[Any], list[str], list[str], int]:
            stage = question_stage()
            replies = [await engine.submit(stage, [make_ask(nth)]) for nth in range(5)]
            mock.key = "another"
            with pytest.raises(EndpointRefused) as caught:
                await engine.submit(stage, [make_ask(5)])
            assert KEY not in repr(caught.value.__dict__) + str(caught.value)
            session = Path(ray._private.worker._global_node.get_session_dir_path())
            names = _internal_kv_list(b"")
            stored = [str(name) for name in names if KEY.encode() in (_internal_kv_get(name) or b"") + name]
            marks = holding(session, b"FarEnd")
            return replies, holding(session, KEY.encode()), stored, len(marks)

        replies, files, stored, marks = on_ray(mock.settings(key_env="TEST_RAY_KEY"), work, workers=1)
    assert len(replies) == 5  # the key arrived: the endpoint asks for it
    assert marks > 0  # the search looks where Ray writes
    assert files == []
    assert stored == []
