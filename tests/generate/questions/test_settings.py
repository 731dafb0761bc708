"""What study.toml may say of sampling and of the gates, and what it is told where it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.errors import SettingsError
from seedbed.generate.settings import GenerateSettings, QuestionGates, Sampling, TopicSettings
from seedbed.study import parse_settings, render_settings


def read(text: str) -> GenerateSettings:
    return parse_settings(text, GenerateSettings, path=Path("study.toml"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rouge_l = [0, 10]", "whole numbers [p, q] with 0 < p/q <= 1 and q at most 10,000, not [0, 10]"),
        ("rouge_l = [11, 10]", "not [11, 10]"),
        ("rouge_l = [-1, 10]", "not [-1, 10]"),
        ("rouge_l = [7, 10001]", "not [7, 10001]"),
        ("rouge_l = [0.7, 1]", "valid integer"),
        ("rouge_l = [7]", "rouge_l"),
        ("max_cosine = 1.1", "less than or equal to 1"),
        ("min_topic_cosine = -1.1", "greater than or equal to -1"),
        ("min_topic_margin = 2.5", "less than or equal to 2"),
        ("min_logprob = 0.5", "less than or equal to 0"),
        ("min_words = 46", "max_words (45) is below min_words (46)"),
    ],
)
def test_thresholds_that_cannot_be_are_refused_when_study_toml_is_read(line: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(f"[questions.gates]\n{line}")
    assert said in str(caught.value)


@pytest.mark.parametrize("cut", [(1, 1), (7, 10), (7000, 10_000), (1, 10_000)])
def test_a_fraction_up_to_one_is_taken(cut: tuple[int, int]) -> None:
    assert read(f"[questions.gates]\nrouge_l = {list(cut)}").questions.gates.rouge_l == cut


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("min_p = true", "a number of 0 or more, at most 1, or false, not true"),
        ("min_p = 1.5", "at most 1"),
        ("top_p = 0", "above 0, at most 1, or false"),
        ("top_k = -1", "0 or more, or false"),
        ("temperature = 2.5", "at most 2"),
        ('temperature = "hot"', "temperature"),
    ],
)
def test_sampling_that_cannot_be_is_refused(line: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(f"[questions.sampling]\n{line}")
    assert said in str(caught.value)


def test_the_chat_style_draws_as_the_embedded_model_needs_it_and_the_others_send_what_is_set() -> None:
    assert Sampling().sent("chat") == {"temperature": 0.7, "min_p": 0.1, "top_k": 0}
    for style in ("schema", "tags", "text"):
        assert Sampling().sent(style) == {"temperature": 0.7}
        assert Sampling(min_p=0.1, top_k=0).sent(style) == {"temperature": 0.7, "min_p": 0.1, "top_k": 0}


@pytest.mark.parametrize("style", ["chat", "schema"])
def test_false_is_never_sent(style: str) -> None:
    off = read("[questions.sampling]\ntemperature = false\ntop_p = false\nmin_p = false\ntop_k = false")
    assert off.questions.sampling.sent(style) == {}
    assert read("[questions.sampling]\ntop_k = 0\nmin_p = 0").questions.sampling.sent(style) == {
        "temperature": 0.7, "min_p": 0.0, "top_k": 0,
    }  # fmt: skip


def test_what_is_written_reads_back_the_same() -> None:
    made = GenerateSettings(
        topics=TopicSettings(sampling=Sampling(temperature=False, min_p=0.2, top_k=False)),
    )
    again = read(render_settings(made, heading="x"))
    assert again == made
    assert type(again).model_validate(again.model_dump()) == made  # as the command line lays its options over it


@pytest.mark.parametrize("model", [TopicSettings, QuestionGates, Sampling])
def test_every_key_is_described(model: type[TopicSettings]) -> None:
    assert all((field.description or "").strip() for field in model.model_fields.values())
