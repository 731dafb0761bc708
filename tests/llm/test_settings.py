from __future__ import annotations

import traceback
from pathlib import Path

import pytest
from pydantic import ValidationError

from seedbed.errors import SettingsError
from seedbed.llm import EndpointSettings
from seedbed.study.toml import SettingsModel, parse_settings


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/v1"),
        ("https://host.example/openai/v1/", "https://host.example/openai/v1"),
        ("https://host.example/v1/chat/completions", "https://host.example/v1"),
        ("http://[::1]:9/v1/completions", "http://[::1]:9/v1"),
    ],
)
def test_an_address_is_cut_to_its_base(given: str, base: str) -> None:
    assert EndpointSettings(url=given, model="m").urls == (base,)


def test_several_addresses_come_from_a_list() -> None:
    settings = EndpointSettings.model_validate({"url": ["http://a:1", "http://b:2/v1"], "model": "m"})
    assert settings.urls == ("http://a:1/v1", "http://b:2/v1")


@pytest.mark.parametrize(
    "data",
    [
        {"url": "127.0.0.1:8000"},
        {"url": "ftp://host/v1"},
        {"url": []},
        {"url": ["http://a:1", "http://a:1/v1"]},
        {"url": "http://a:1", "timeout_s": 0},
        {"url": "http://a:1", "keyenv": "X"},
        {"url": "http://a:1", "extra_body": {"messages": []}},
    ],
)
def test_what_cannot_be_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EndpointSettings.model_validate({"model": "m", **data})


@pytest.mark.parametrize(
    "line",
    [
        'key_env = "sk-verysecret123"',
        'key_env = "gsk_verysecret123"',
        'url = "http://someone:verysecret123@host/v1"',
        'url = "https://host/v1?key=verysecret123"',
        'url = ["https://host/v1", "https://host/v1?key=verysecret123"]',
    ],
)
def test_a_secret_in_the_wrong_place_is_refused_and_not_repeated(line: str) -> None:
    class Study(SettingsModel):
        endpoint: EndpointSettings

    url = "" if line.startswith("url") else 'url = "http://a:1"\n'
    text = f'[endpoint]\nmodel = "m"\n{url}{line}\n'
    with pytest.raises(SettingsError) as caught:
        parse_settings(text, Study, path=Path("study.toml"))
    shown = "".join(traceback.format_exception(caught.value))
    assert "verysecret123" not in shown + caught.value.hint
    assert "key_env" in str(caught.value)
