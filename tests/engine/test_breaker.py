"""Outages, seen from the run that they pause."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from seedbed.errors import EndpointError, TransientEndpointError
from seedbed.records import State
from tests.engine.fakes import Latent, made, run


def test_an_endpoint_that_dies_for_good_stops_the_run_and_no_row_is_lost(tmp_path: Path) -> None:
    refused = TransientEndpointError("refused", hint="start it")
    engine = Latent(0, lambda ask, nth: refused if ask.first >= 40 else None, lambda: refused)
    with pytest.raises(EndpointError, match="no usable answer from the endpoint for") as caught:
        run(tmp_path, engine, lanes=8, attempts=4, outage_s=0.2)
    assert caught.value.hint == "start it"
    rows = run(tmp_path, Latent(1), lanes=8)
    assert len(rows) == 120
    assert not [row for row in rows if row[1] is State.FAILED]


def test_an_endpoint_that_comes_back_is_gone_on_with_and_no_attempt_is_held_against_a_row(tmp_path: Path) -> None:
    expected = run(made(tmp_path / "whole"), Latent(0), lanes=1)
    dead_until = time.monotonic() + 0.8

    def dead() -> Exception | None:
        return TransientEndpointError("refused") if 0.02 < time.monotonic() - dead_until + 0.8 < 0.8 else None

    engine = Latent(3, lambda ask, nth: dead(), dead)
    # one lane: all of its few attempts fall into the outage
    assert run(made(tmp_path / "outage"), engine, lanes=1, attempts=4) == expected
    assert engine.probes >= 2
    assert time.monotonic() >= dead_until


def test_an_endpoint_that_never_answered_is_given_up_soon(tmp_path: Path) -> None:
    refused = TransientEndpointError("refused")
    began = time.monotonic()
    with pytest.raises(EndpointError, match="no usable answer from the endpoint at all"):
        run(tmp_path, Latent(0, lambda ask, nth: refused, lambda: refused), lanes=8, outage_s=900.0)
    assert time.monotonic() - began < 15
