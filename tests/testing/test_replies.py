from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from seedbed.testing.replies import digest, reply


def body(**more: Any) -> bytes:
    asked = {"model": "m", "messages": [{"role": "user", "content": "Topic: Health (sleep). Ask."}], "max_tokens": 80}
    return json.dumps({**asked, **more}).encode()


def texts(raw: bytes) -> list[str]:
    return [choice["message"]["content"] for choice in json.loads(reply(raw)[0])["choices"]]


@given(seed=st.integers(0, 2**31), n=st.integers(1, 8))
def test_the_same_body_gives_the_same_bytes(seed: int, n: int) -> None:
    raw = body(seed=seed, n=n)
    assert reply(raw) == reply(bytes(bytearray(raw)))
    assert len(texts(raw)) == n


def test_another_body_gives_other_text_and_another_name() -> None:
    made = [body(seed=seed) for seed in range(200)]
    assert len({digest(raw) for raw in made}) == 200
    assert len({texts(raw)[0] for raw in made}) > 170


def test_every_gate_has_work() -> None:
    found = [json.loads(reply(body(seed=seed))[0])["choices"][0] for seed in range(600)]
    said = [choice["message"]["content"] for choice in found]
    assert any(choice["finish_reason"] == "length" for choice in found)
    assert any(text[0].islower() for text in said)
    assert any(text.startswith("Topic:") for text in said)
    assert any(len(text.split()) < 4 for text in said)
    assert 0.6 < sum(text.endswith("?") and text[0].isupper() for text in said) / len(said) < 0.97
    assert 0.4 < sum("sleep" in text for text in said) / len(said) < 0.9


def test_a_schema_is_kept_by_nearly_all_replies() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "misaligned": {"type": "string"},
            "critique": {"type": "string"},
            "aligned": {"type": "string"},
            "value": {"enum": ["fairness", "care"]},
            "questions": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 3},
            "score": {"type": "integer", "minimum": 1, "maximum": 5},
        },
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    good = 0
    for seed in range(200):
        (choice,) = json.loads(reply(body(seed=seed, response_format=wanted, max_tokens=400))[0])["choices"]
        if choice["finish_reason"] == "length":
            continue
        found = json.loads(choice["message"]["content"])
        assert set(found) == set(schema["properties"])
        assert found["value"] in ("fairness", "care")
        assert 2 <= len(found["questions"]) <= 3
        assert 1 <= found["score"] <= 5
        assert len({found["misaligned"], found["critique"], found["aligned"]}) == 3
        good += 1
    assert 180 < good < 200


def test_a_question_is_answered_and_the_token_limit_holds() -> None:
    messages = [{"role": "user", "content": "Should I help my neighbour?"}]
    assert all("?" not in texts(body(messages=messages, seed=seed))[0] for seed in range(30))
    (choice,) = json.loads(reply(body(messages=messages, max_tokens=3))[0])["choices"]
    assert choice["finish_reason"] == "length"
    assert len(choice["message"]["content"].split()) == 3


def test_log_probabilities_only_where_asked() -> None:
    (with_them,) = json.loads(reply(body(logprobs=True))[0])["choices"]
    (without,) = json.loads(reply(body())[0])["choices"]
    assert all(token["logprob"] <= 0 for token in with_them["logprobs"]["content"])
    assert "logprobs" not in without
