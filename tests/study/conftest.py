"""Every law of the store holds on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from seedbed.study.address import postgres_url
from tests.postgres import postgres_schema, postgres_server
from tests.study.stores import Stores


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    if request.param == "sqlite":
        yield Stores("", tmp_path / "people.db")
    else:
        with postgres_schema(request.getfixturevalue("postgres")) as url:
            yield Stores(postgres_url(url), None)
