from __future__ import annotations

import json
from typing import Any

import pytest

from seedbed.testing import MARK, Fault
from seedbed.testing.chaos import TEXT_FAULTS
from seedbed.testing.replies import reply
from seedbed.testing.spoil import spoil

LIST = {"type": "object", "properties": {"questions": {"type": "array", "items": {"type": "string"}, "minItems": 4}}}
TRIPLE = {"type": "object", "properties": {name: {"type": "string"} for name in ("misaligned", "critique", "aligned")}}


def sound(schema: dict[str, Any] | None = None, **more: Any) -> bytes:
    """A reply with no flaw of its own, for the first seed that has one."""
    for seed in range(50):
        asked = {"model": "m", "messages": [{"role": "user", "content": "Ask."}], "seed": seed, **more}
        if schema:
            asked["response_format"] = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
        payload, _ = reply(json.dumps(asked).encode())
        if all(choice["finish_reason"] == "stop" for choice in json.loads(payload)["choices"]):
            return payload
    raise AssertionError("all were cut off")


def texts(payload: bytes) -> list[str]:
    return [choice["message"]["content"] for choice in json.loads(payload)["choices"]]


def spoilt(kind: str, payload: bytes) -> str:
    return texts(spoil(Fault.parse(kind), payload))[0]


def items(payload: bytes) -> list[str]:
    found: list[str] = json.loads(texts(payload)[0])["questions"]
    return found


@pytest.mark.parametrize("kind", TEXT_FAULTS)
@pytest.mark.parametrize("schema", [None, LIST, TRIPLE], ids=["plain", "list", "triple"])
def test_every_fault_changes_the_reply_and_always_in_the_same_way(kind: str, schema: dict[str, Any] | None) -> None:
    payload = sound(schema, n=2)
    changed = spoil(Fault.parse(kind), payload)
    assert changed == spoil(Fault.parse(kind), payload)
    plain_exceptions = kind == "fewer" and schema is None
    assert json.loads(changed) != json.loads(payload) or plain_exceptions
    assert all(isinstance(choice["finish_reason"], str) for choice in json.loads(changed)["choices"])


@pytest.mark.parametrize(
    "kind", ["prose", "fence", "comma", "single", "quotes", "newline", "lines", "length", "filter"]
)
def test_it_is_no_json_any_more(kind: str) -> None:
    for schema in (LIST, TRIPLE):
        with pytest.raises(ValueError):
            json.loads(spoilt(kind, sound(schema)))


def test_the_questions_are_still_there() -> None:
    payload = sound(LIST)
    for kind in ("prose", "fence", "comma", "single", "lines", "list", "keys"):
        assert all(repr(item)[1:-1] in spoilt(kind, payload) for item in items(payload)), kind
    for kind in ("quotes", "newline", "surrogate", "control"):
        first = items(payload)[0].split()
        assert first[0] in spoilt(kind, payload)
        assert first[-1] in spoilt(kind, payload)
    assert json.loads(spoilt("fewer", payload))["questions"] == items(payload)[: len(items(payload)) // 2]
    assert json.loads(spoilt("list", payload)) == items(payload)


def test_chatter_is_marked_and_nothing_else_is() -> None:
    payload = sound(LIST)
    marked = {kind for kind in TEXT_FAULTS if MARK in spoilt(kind, payload)}
    assert marked == {"prose"}
    chatter = spoilt("prose", payload).replace(texts(payload)[0], "")
    assert all(MARK in line for line in chatter.split("\n") if line)


def test_what_is_cut_says_so() -> None:
    for kind, reason in (("length", "length"), ("filter", "content_filter")):
        (choice,) = json.loads(spoil(Fault(kind), sound(LIST)))["choices"]
        assert choice["finish_reason"] == reason
        assert texts(sound(LIST))[0].startswith(choice["message"]["content"])


def test_other_languages_are_other_words() -> None:
    payload = sound(LIST)
    for kind, sign in (("portuguese", "ã"), ("chinese", "我"), ("mojibake", "Ã")):
        said = json.loads(spoilt(kind, payload))["questions"]
        assert len(said) == len(items(payload))
        assert not set(said) & set(items(payload))
        assert sign in spoilt(kind, sound(LIST, n=8, temperature=1)) or any(sign in text for text in said)


def test_half_a_surrogate_pair_travels_as_json_allows() -> None:
    plain = spoil(Fault("surrogate"), sound())
    assert "\ud83d" in texts(plain)[0]
    inner = spoilt("surrogate", sound(LIST))
    assert inner.isascii()
    assert all("\ud83d" in item for item in json.loads(inner)["questions"])


def test_more_choices_and_fewer_than_were_asked_for() -> None:
    payload = sound(n=4)
    assert texts(spoil(Fault("twice"), payload)) == texts(payload) * 2
    assert texts(spoil(Fault("fewer"), payload)) == texts(payload)[:2]


def test_counts_of_tokens_are_what_was_told() -> None:
    def usage(kind: str) -> Any:
        return json.loads(spoil(Fault.parse(kind), sound()))["usage"]

    assert usage("usage") is None
    assert set(usage("usage:-7").values()) == {-7}
    assert set(usage('usage:"many"').values()) == {"many"}
    assert usage("usage:1000000000000000000000000000000")["completion_tokens"] == 10**30
