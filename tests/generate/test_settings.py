from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from seedbed.errors import SettingsError
from seedbed.generate import EMBEDDED, GenerateSettings, QuestionSettings, Roles, TripleSettings
from seedbed.generate.questions.gates import QUESTION_GATES
from seedbed.generate.settings import QuestionGates, Sampling, TripleGates
from seedbed.generate.triples.gates import TRIPLE_GATES
from seedbed.llm import EndpointSettings
from seedbed.study import parse_settings, render_settings

ENDPOINT = EndpointSettings(url="http://127.0.0.1:1/v1", model="m")


def test_written_settings_read_back_the_same() -> None:
    changed = GenerateSettings(
        seed=7,
        lanes=3,
        questions=QuestionSettings(lead_ins=False, gates=QuestionGates(order=("length",), rouge_l=(3, 4))),
    )
    for made in (GenerateSettings(), changed):
        assert parse_settings(render_settings(made, heading="x"), GenerateSettings, path=Path("study.toml")) == made


def test_default_gates_exist() -> None:
    assert set(QuestionGates().order) <= set(QUESTION_GATES)
    assert set(TripleGates().order) <= set(TRIPLE_GATES)


@pytest.mark.parametrize(
    "model", [GenerateSettings, QuestionSettings, QuestionGates, TripleSettings, TripleGates, Sampling]
)
def test_every_key_is_described(model: type[GenerateSettings]) -> None:
    assert all((field.description or "").strip() for field in model.model_fields.values())


@pytest.mark.parametrize(
    "wrong",
    ["seed = 1.5", "lanes = 0", "look_back = 0", "[questions]\nper_ask = 0", "[questions]\nplan = 'random'",
     "[triples]\nbest_of = 65", "[questions.sampling]\ntemperature = 3"],
)  # fmt: skip
def test_wrong_values_are_refused(wrong: str) -> None:
    with pytest.raises(SettingsError):
        parse_settings(wrong, GenerateSettings, path=Path("study.toml"))


def test_an_unknown_key_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="did you mean 'min_words'"):
        parse_settings("[questions.gates]\nminwords = 3", GenerateSettings, path=Path("study.toml"))


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        GenerateSettings().seed = 3  # type: ignore[misc]


def test_a_small_model_is_asked_in_chat_and_an_endpoint_by_schema_where_it_has_one() -> None:
    tags = ENDPOINT.model_copy(update={"structured": "tags"})
    assert Roles().style("auto") == "chat"
    assert Roles(ENDPOINT).style("auto") == "schema"
    assert Roles(tags).style("auto") == "tags"
    for roles in (Roles(), Roles(ENDPOINT), Roles(tags)):
        assert [roles.style(style) for style in ("chat", "schema", "tags", "text")] == [
            "chat",
            "schema",
            "tags",
            "text",
        ]
    assert (Roles(ENDPOINT).model, GenerateSettings().writer) == ("m", EMBEDDED)
