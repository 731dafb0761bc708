from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import (
    EndpointError,
    EndpointRefused,
    Overloaded,
    RateLimited,
    RequestRefused,
    TransientEndpointError,
)
from seedbed.llm import EndpointSettings
from seedbed.llm.failures import redact, refusal, retry_after, summary

SETTINGS = EndpointSettings(url="http://h:1/v1", model="big-model", key_env="SOME_KEY")


def refused(status: int, body: Any = b"", **more: Any) -> EndpointError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    more.setdefault("headers", {})
    return refusal(status, body=raw, address="http://h:1/v1", settings=SETTINGS, **more)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RequestRefused), (413, RequestRefused), (422, RequestRefused),
        (401, EndpointRefused), (402, EndpointRefused), (403, EndpointRefused), (404, EndpointRefused),
        (405, EndpointRefused), (302, EndpointRefused), (501, EndpointRefused),
        (408, TransientEndpointError), (500, TransientEndpointError), (503, Overloaded),
        (529, Overloaded), (429, RateLimited),
    ],
)  # fmt: skip
def test_each_status_has_its_error(status: int, kind: type[EndpointError]) -> None:
    error = refused(status)
    assert type(error) is kind
    assert str(status) in str(error)
    assert "http://h:1/v1" in str(error)


def test_401_names_the_variable_and_whether_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_KEY", raising=False)
    assert "SOME_KEY is not set" in refused(401).hint
    monkeypatch.setenv("SOME_KEY", "abcdefgh12345678")
    hint = refused(401, key="abcdefgh12345678").hint
    assert "SOME_KEY is set" in hint
    assert "abcdefgh" not in hint


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ("Unsupported parameter: use 'max_completion_tokens' instead", "max_tokens_field"),
        ("request (3031 tokens) exceeds the available context size (2048 tokens)", "too long"),
        ("response_format is not supported", 'structured = "tags"'),
        ("Field 'n': Value must be between 1 <= value <= 4", "max_choices"),
        ("Unrecognized request argument supplied: top_k", "top_k"),
    ],
)
def test_a_refused_request_says_which_setting_to_change(message: str, hint: str) -> None:
    error = refused(400, {"error": {"message": message}})
    assert message in str(error)
    assert hint in error.hint


def test_an_empty_account_is_no_rate_limit() -> None:
    error = refused(429, {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}})
    assert isinstance(error, EndpointRefused)
    assert "credit" in error.hint


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "-3"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"retry-after-ms": "250", "Retry-After": "1"}, 0.25),
        ({"Retry-After": "Thu, 01 Jan 2026 00:00:30 GMT", "Date": "Thu, 01 Jan 2026 00:00:00 GMT"}, 30.0),
    ],
)
def test_the_pause_asked_for(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_a_date_without_the_servers_clock_is_read_by_ours() -> None:
    seconds = retry_after({"Retry-After": formatdate(time.time() + 60, usegmt=True)})
    assert seconds is not None
    assert 55 < seconds <= 61


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": {"message": "bad key", "code": 401}}', "bad key"),
        (b'{"error": "model not found"}', "model not found"),
        (b'{"detail": "Not Found"}', "Not Found"),
        (b'{"detail": [{"loc": ["body", "n"], "msg": "too large", "input": "private"}]}', "body.n: too large"),
        (b"<html><title>502 Bad Gateway</title></html>", "an HTML page (502 Bad Gateway)"),
        (b"no such host", "no such host"),
        (b"", ""),
        (b"[" * 100_000, "["),
    ],
)
def test_the_servers_own_words_are_found_in_any_usual_form(body: bytes, words: str) -> None:
    found = summary(body)[1]
    assert found.startswith(words)
    assert len(found) <= 1024


def test_a_moved_endpoint_is_told_and_not_followed() -> None:
    error = refused(307, headers={"Location": "https://other.example/v1"})
    assert "https://other.example/v1" in str(error)


def test_the_prompt_is_not_quoted_back() -> None:
    prompt = "My sister Ana lost her job at the bank in Lugano last week"
    for echo in (prompt, prompt[10:40], json.dumps({"content": prompt})):
        error = refused(400, {"error": {"message": f"cannot tokenize: {echo}, sorry"}}, prompt=[prompt])
        assert "Ana" not in str(error)
        assert "cannot tokenize" in str(error)
    assert "Ana" not in str(refused(400, {"error": {"message": "bad: Is Ana ok?"}}, prompt=["Is Ana ok?"]))


KEYS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789-_.+$(|[\\", min_size=8, max_size=60)


@given(
    key=KEYS, before=st.text(max_size=1100), after=st.text(max_size=20), status=st.sampled_from([400, 401, 429, 500])
)
def test_no_error_holds_the_key_wherever_a_body_quotes_it(key: str, before: str, after: str, status: int) -> None:
    for body in ({"error": {"message": before + key + after}}, (before + key + after).encode("utf-8", "replace")):
        error = refused(status, body, key=key)
        assert key not in str(error) + error.hint


def test_a_key_quoted_in_part_is_not_shown() -> None:
    assert "5678" not in redact("Incorrect key: abcd****5678.", key="abcdefgh12345678")
    assert "abcdefgh" not in redact("key abcdefgh1 was cut", key="abcdefgh12345678")
