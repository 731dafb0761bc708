"""From what is wanted to a run: contradictions are refused, and everything reaches the run that it is meant for."""

from __future__ import annotations

import dataclasses
import typing
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows, read_run
from seedbed.errors import InputError, SettingsError, UsageError
from seedbed.llm import EndpointSettings
from seedbed.preparing import Options, Wanted
from seedbed.testing import MockEndpoint
from tests.studies import configure, copy_of

UNPRICED = EndpointSettings(url="http://127.0.0.1:9/v1", model="mock")
NOWHERE = EndpointSettings(url="http://127.0.0.1:9/v1", model="mock", price_in=1.0, price_out=2.0)


@pytest.fixture
def study(curated: Path, tmp_path: Path) -> Path:
    return copy_of(curated, tmp_path / "study")


def test_the_options_are_the_fields_of_wanted() -> None:
    assert typing.get_type_hints(Options) == typing.get_type_hints(Wanted)
    assert set(Options.__annotations__) == {field.name for field in dataclasses.fields(Wanted)}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"stage": "answers"}, "No stage 'answers'"),
        ({"target": 5, "candidates": 5}, "a target or a number"),
        ({"raw": True, "target": 5}, "no target"),
        ({"raw": True, "stage": "triples"}, "are questions"),
        ({"stage": "topics", "target": 5}, "for each cell"),
        ({"values": ["fairness"]}, "belongs to triples"),
        ({"sample": 5}, "belongs to triples"),
        ({"engine": "local", "workers": 2}, "belong to Ray"),
        ({"target": 0}, "target"),
        ({"lanes": 0}, "lanes"),
        ({"max_cost": -1.0}, "max_cost"),
        (
            {"max_cost": 1.0, "endpoint": UNPRICED},
            "needs the writer",
        ),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(study: Path, wanted: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Study.open(study).prepare(**{"endpoint": NOWHERE, **wanted})
    assert not (study / "runs").exists()


def test_an_unknown_role_names_the_known_ones(study: Path) -> None:
    with pytest.raises(SettingsError, match="no endpoint 'big'"):
        Study.open(study).prepare(writer="big")


def test_settings_and_prices_reach_the_limits_of_a_run(study: Path) -> None:
    run = Study.open(study).prepare(
        endpoint=NOWHERE, target=30, lanes=7, pilot=3, max_cost=2.5, max_tokens=900, max_seconds=60.0
    )
    assert (run.limits.lanes, run.limits.asks) == (7, 3)
    assert (run.limits.caps.cost, run.limits.caps.tokens, run.limits.caps.seconds) == (2.5, 900, 60.0)
    assert (run.limits.prices.read, run.limits.prices.written) == (1.0, 2.0)
    assert (run.record.ask["target"], run.record.ask["candidates"], run.workers) == (30, None, None)
    assert not {"lanes", "engine", "max_cost", "workers"} & (run.record.ask.keys() | run.record.verdict.keys())


def test_topics_that_a_model_made_narrow_the_plan_and_stand_in_its_lineage(study: Path) -> None:
    configure(study, "per_cell", "2", section="generate.topics")
    configure(study, "order", '["words", "duplicate"]', section="generate.topics")
    configure(study, "max_words", "40", section="generate.topics")
    configure(study, "patience", "8", section="generate.topics")
    opened = Study.open(study)
    with MockEndpoint() as mock:
        made = opened.generate(stage="topics", endpoint=mock.settings())
        if not made.kept:
            pytest.fail(f"the mock wrote no topic that passes: {made.reasons}")
        opened.generate(endpoint=mock.settings(), candidates=120, topics_from="topics")
    topics = {row.id: row for row in read_rows(study / "runs" / "topics") if row.kept}
    grown = [row for row in read_rows(study / "runs" / "questions") if row.ask.grown_from]
    assert grown
    for row in grown:
        topic = topics[str(row.ask.grown_from)]
        assert row.ask.subtopic == topic.verdict.text
        assert (row.ask.topic, row.ask.question_type) == (topic.ask.topic, topic.ask.question_type)
    assert read_run(study / "runs" / "questions").about["topics_from"] == "topics"


def test_triples_on_a_subset_for_several_values(study: Path) -> None:
    opened = Study.open(study)
    with MockEndpoint() as mock:
        opened.generate(endpoint=mock.settings(), candidates=200)
        kept = [row for row in read_rows(study / "runs" / "questions") if row.kept]
        topic = str(kept[0].ask.topic)
        run = opened.prepare(
            stage="triples", endpoint=mock.settings(), candidates=4, values=["fairness", "safety"], topic=[topic]
        )
    assert run.record.ask["values"] == ["fairness", "safety"]
    assert run.record.about["prompts_from"] == "questions"
    of_topic = [row for row in kept if row.ask.topic == topic]
    assert run.record.ask["prompts"] == len(of_topic) < len(kept)
    with pytest.raises(InputError, match="moon"):
        opened.prepare(stage="triples", endpoint=NOWHERE, topic=["moon"])


def test_what_requests_carry_by_the_endpoints_settings_belongs_to_the_run(study: Path) -> None:
    opened = Study.open(study)
    with MockEndpoint() as mock:
        opened.generate(endpoint=mock.settings(), candidates=4)
        with pytest.raises(InputError, match="sent_besides"):
            opened.generate(endpoint=mock.settings(extra_body={"temperature": 1.9}), candidates=4)


def test_a_judge_bounds_the_lanes_and_its_prices_count(study: Path) -> None:
    with (study / "study.toml").open("a") as file:
        file.write(
            '\n[endpoints.judge]\nurl = "http://127.0.0.1:9/v1"\nmodel = "j"\nmax_lanes = 3\nprice_in = 5.0\n'
            '\n[endpoints.writer]\nurl = "http://127.0.0.1:9/v1"\nmodel = "w"\nprice_in = 1.0\nprice_out = 2.0\n'
        )
    run = Study.open(study).prepare(writer="writer", judge="judge", lanes=64, candidates=4)
    assert (run.limits.lanes, run.limits.most_lanes) == (3, 3)
    assert (run.limits.prices.read, run.limits.prices.written) == (5.0, 2.0)


def test_a_mistyped_run_begins_nothing(study: Path) -> None:
    opened = Study.open(study)
    with pytest.raises(UsageError, match="No run 'nosuch'"):
        opened.explain("3", endpoint=NOWHERE, run="nosuch", candidates=4)
    with pytest.raises(UsageError, match="No run 'nosuch'"):
        opened.generate(endpoint=NOWHERE, run="nosuch", candidates=4, rejudge=True)
    assert not (study / "runs" / "nosuch").exists()
