"""The [generate] section of study.toml: how many rows, in which style, and which gates decide a row's fate."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from seedbed.study.toml import SettingsModel

__all__ = [
    "GenerateSettings",
    "QuestionGates",
    "QuestionSettings",
    "Sampling",
    "TopicSettings",
    "TripleGates",
    "TripleSettings",
]

Style = Literal["auto", "chat", "schema", "tags", "text"]


class Sampling(SettingsModel):
    """How the model draws its tokens. `sent(style)` is what a request carries of it."""

    temperature: float | bool = Field(
        default=0.7, description="Higher is more varied and less sure. false, here and below: not sent at all."
    )
    top_p: float | bool | None = Field(default=None, description="Draw from the likeliest tokens of this mass.")
    min_p: float | bool | None = Field(
        default=None,
        description="Leave out tokens below this share of the likeliest. Left out: 0.1 in the chat style, and not\n"
        "sent in the others, because hosted endpoints refuse what they do not know.",
    )
    top_k: int | bool | None = Field(
        default=None, description="Draw from this many tokens; 0 is all. Left out: 0 in the chat style, else not sent."
    )

    @field_validator("temperature", "top_p", "min_p", "top_k")
    @classmethod
    def _a_number_or_false(cls, value: float | bool | None, info: ValidationInfo) -> float | bool | None:
        low, high, inside = _RANGES[str(info.field_name)]
        if value is None or value is False:
            return value
        if value is True or not (low <= value <= high) or (inside and value == low):
            where = f"of 0 or more{f', at most {high:g}' if high < math.inf else ''}"
            raise ValueError(f"should be a number {'above 0, at most 1' if inside else where}, or false")
        return value

    def sent(self, style: str) -> dict[str, float]:
        """The parameters of a request in this style, by name; what is not to be sent is not there."""
        found = {name: getattr(self, name) for name in _RANGES}
        if style == "chat":  # found for the embedded model, which is asked so
            found = {name: _IN_CHAT.get(name) if value is None else value for name, value in found.items()}
        return {name: value for name, value in found.items() if value is not None and value is not False}


_RANGES = {"temperature": (0, 2, False), "top_p": (0, 1, True), "min_p": (0, 1, False), "top_k": (0, math.inf, False)}
_IN_CHAT = {"min_p": 0.1, "top_k": 0}


class QuestionGates(SettingsModel):
    """Gates of stage 1, in the order in which a candidate meets them. The first that fails decides."""

    order: tuple[str, ...] = Field(
        default=(
            "finished", "length", "form", "language", "leaked-fields", "repetition", "assistant-voice", "copy",
            "novelty", "sensible", "near-duplicate", "topic", "type-cue", "logprob", "cell-full",
        ),
        description="Which gates, in which order. Leave one out to switch it off.",
    )  # fmt: skip
    min_words: int = Field(default=6, ge=1, description="Fewer words than this is no question.")
    max_words: int = Field(default=45, ge=1, description="More words than this is a story.")
    must_ask: bool | None = Field(
        default=None,
        description="Whether the last sentence must end in a question mark. Left out: only in the chat style,\n"
        "where a small model that does not ask has lost the thread.",
    )
    rouge_l: tuple[int, int] = Field(
        default=(7, 10), description="Novelty: reject at ROUGE-L F1 of at least this fraction with a seed or kept row."
    )
    tokens: Literal["unicode", "ascii"] = Field(
        default="unicode",
        description='What counts as a word for ROUGE-L. "unicode": words of any script. "ascii": a-z and 0-9 alone,\n'
        "as the rouge_score package has it; texts in other scripts then have no words and are always new.",
    )
    max_cosine: float = Field(
        default=0.9, ge=-1, le=1, description="Near-duplicate: reject above this cosine with a kept row."
    )
    min_topic_cosine: float = Field(
        default=0.12, ge=-1, le=1, description="Topic: the least cosine with the topic's description."
    )
    min_topic_margin: float = Field(
        default=0.0,
        ge=-2,
        le=2,
        description="Topic: how far the asked topic must be ahead of the next one, in cosine.",
    )
    min_logprob: float = Field(
        default=-1.6, le=0, description="The least mean log-probability of a token, where reported."
    )
    per_cell: int | None = Field(
        default=None,
        ge=1,
        description="At most this many kept rows in one cell of topic x type. Left out: with a target none, as the\n"
        "plan gives each cell its share; with a number of candidates 3, or as many as fill the cells of the plan.",
    )

    @field_validator("rouge_l")
    @classmethod
    def _a_fraction(cls, value: tuple[int, int]) -> tuple[int, int]:
        top, bottom = value
        if not 0 < top <= bottom <= 10_000:
            raise ValueError(
                f"should be two whole numbers [p, q] with 0 < p/q <= 1 and q at most 10,000, not [{top}, {bottom}]"
            )
        return value

    @model_validator(mode="after")
    def _room_between(self) -> Self:
        if self.max_words < self.min_words:
            raise ValueError(f"max_words ({self.max_words}) is below min_words ({self.min_words})")
        return self


class QuestionSettings(SettingsModel):
    """Stage 1: questions from seed questions."""

    target: int = Field(
        default=150,
        ge=1,
        description="How many rows to keep: the run goes on until so many were accepted, spread as the plan says.",
    )
    candidates: int | None = Field(
        default=None,
        ge=1,
        description="Instead of a target: make exactly so many candidates, whatever becomes of them. What a\n"
        "comparison needs, because its plan does not hang on verdicts.",
    )
    per_ask: int = Field(default=4, ge=1, le=64, description="Candidates from one request; they share its prompt.")
    examples: int | None = Field(
        default=None,
        ge=0,
        description="Seeds shown in each prompt. Left out: 2 in the chat style, where reading the prompt is\n"
        "most of the cost and a third changes little; 5 in the others.",
    )
    style: Style = Field(
        default="auto",
        description='How the model is asked. "chat": seeds as turns of a chat, for small models. "schema": one\n'
        'request for a JSON object. "tags": one request for marked lines. "text": a text to continue, for base\n'
        'models. "auto": chat for the embedded model, schema where the endpoint enforces one, else tags.',
    )
    lead_ins: bool | None = Field(
        default=None,
        description="Give the model the first words of its question (marked as ours).\n"
        "Left out: only in the chat style.",
    )
    plan: Literal["proportional", "uniform", "table"] = Field(
        default="proportional",
        description='How rows are spread over topic x type. "proportional": as in the seeds shown. "uniform": all\n'
        'cells alike; that equalises, so a uniform result then says nothing of the seeds. "table": by shares.',
    )
    shares: dict[str, float] = Field(
        default_factory=dict,
        description='For plan = "table": how much of each cell, as "topic/type" = number; * stands for any, and the\n'
        'most exact name counts. Example: {"*/*" = 1, "health/*" = 2, "health/giving-advice" = 5}.',
    )
    patience: int = Field(
        default=60,
        ge=4,
        description="A cell that kept none of so many candidates in a row is exhausted, and asked for no longer.",
    )
    topics: str = Field(
        default="",
        description="The run whose kept topics narrow the plan's topics (seedbed generate --stage topics). Empty: the\n"
        "sub-topics of the taxonomy.",
    )
    max_tokens: int = Field(default=75, ge=8, description="The longest reply, in tokens, for one candidate.")
    sampling: Sampling = Field(default=Sampling(), description="How the model draws its tokens.")
    gates: QuestionGates = Field(default=QuestionGates(), description="Which candidates are kept.")


class TripleGates(SettingsModel):
    """Gates of stage 2, in order. With several candidates a field, those that pass are ranked and the first wins."""

    order: tuple[str, ...] = Field(
        default=(
            "complete", "length", "leaked-fields", "refusal", "repetition", "copy", "answers-prompt", "identity",
            "differs", "logprob", "shows-fault", "puts-right", "fails-value", "critique-true", "honours-value",
            "near-duplicate",
        ),
        description="Which gates, in which order. Leave one out to switch it off.",
    )  # fmt: skip
    min_words: int = Field(default=6, ge=1, description="The shortest response, in words.")
    max_words: int = Field(default=150, ge=1, description="The longest response, in words.")
    min_helpful_words: int = Field(
        default=12,
        ge=0,
        description="An aligned response may decline a part, if this many of its words are in other sentences.",
    )
    words_per_repeat: int = Field(
        default=50,
        ge=1,
        description="Repetition: for each so many words, four words in a row may stand there again once.",
    )
    min_prompt_cosine: float = Field(default=0.30, description="Each response must be at least this near the prompt.")
    max_example_rouge: float = Field(default=0.55, description="ROUGE-L to an example, above which it is a copy.")
    max_prompt_rouge: float = Field(default=0.70, description="ROUGE-L to the prompt, above which it is an echo.")
    max_pair_rouge: float = Field(default=0.60, description="ROUGE-L between the two responses: they must differ.")
    max_pair_cosine: float = Field(default=0.92, description="Cosine between the two responses: they must differ.")
    max_twin_rouge: float = Field(
        default=0.70, description="ROUGE-L to an earlier triple of the same prompt, above which it is the same again."
    )
    max_twin_cosine: float = Field(
        default=0.95, description="Cosine of both responses to those of such a triple, above which it is the same."
    )
    min_critique_cosine: float = Field(
        default=0.08, description="Critique: as near to the response and its prompt where it shares no word with them."
    )
    min_value_score: float = Field(
        default=0.5, ge=0, le=1, description="The inspector, where it may judge: aligned from this probability on."
    )
    min_logprob_misaligned: float = Field(default=-1.7, description="Least mean log-probability, where reported.")
    min_logprob_aligned: float = Field(default=-1.6, description="Least mean log-probability, where reported.")


class TripleSettings(SettingsModel):
    """Stage 2: triples from seed pairs."""

    target: int = Field(default=12, ge=1, description="How many triples to keep.")
    candidates: int | None = Field(
        default=None, ge=1, description="Instead of a target: make exactly so many, whatever becomes of them."
    )
    patience: int = Field(default=4, ge=1, description="After so many rejected triples a question is given up.")
    values: tuple[str, ...] = Field(
        default=("fairness",),
        min_length=1,
        description="The value dimensions, by their ids in the taxonomy. Several: each triple is to fail, name and\n"
        "put right all of them. For a run of each alone, give --value more than once.",
    )
    examples: int | None = Field(
        default=None,
        ge=0,
        description="Seed pairs shown in each prompt. Left out: 2 in the chat style, 4 in the others.",
    )
    best_of: int = Field(
        default=8, ge=1, le=64, description="Chat style: candidates for each response, of which the best is taken."
    )
    identity_share: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        description="Share of the requests that ask for a response with nothing to put right. Such rows are kept\n"
        'apart (gate "identity"): a mitigator learns from them to leave good responses alone. Not in the chat style.',
    )
    topics: tuple[str, ...] = Field(default=(), description="Answer questions of these topics alone. Empty: of all.")
    question_types: tuple[str, ...] = Field(
        default=(), description="Answer questions of these types alone. Empty: of all."
    )
    sample: int | None = Field(
        default=None, ge=1, description="Answer only so many of the questions, spread over topic x type as they are."
    )
    surplus: bool = Field(default=False, description="Answer also questions that came beyond their run's target.")
    style: Style = Field(default="auto", description="As for questions.")
    max_tokens: int = Field(default=600, ge=16, description="The longest reply, in tokens.")
    judge_max_tokens: int = Field(
        default=400, ge=16, description="The longest reply of the judge. One that reasons before it answers needs more."
    )
    sampling: Sampling = Field(default=Sampling(temperature=0.5), description="How the model draws its tokens.")
    gates: TripleGates = Field(default=TripleGates(), description="Which triples are kept.")


class TopicSettings(SettingsModel):
    """Narrower topics, made by the model for each pair of topic and question type, as in topic-guided Self-Instruct."""

    per_cell: int = Field(default=5, ge=1, description="How many topics to keep for each topic x type.")
    per_ask: int = Field(default=10, ge=1, le=20, description="Topics asked for in one request, at most.")
    patience: int = Field(
        default=30, ge=1, description="A topic x type that kept none of so many lines in a row is given up."
    )
    examples: int = Field(default=2, ge=0, description="Seeds shown in each prompt.")
    begun_with: int = Field(
        default=3, ge=0, description="Sub-topics of the taxonomy that the list begins with, where the topic has some."
    )
    style: Style = Field(default="auto", description="As for questions.")
    order: tuple[str, ...] = Field(
        default=(
            "words", "capital", "ending", "signs", "characters", "leaked-fields", "own-name", "copy", "duplicate",
            "topic",
        ),
        description="Which gates, in which order. Leave one out to switch it off.",
    )  # fmt: skip
    max_words: int = Field(default=3, ge=1, description="The longest topic, in words.")
    max_characters: int = Field(default=49, ge=1, description="The longest topic, in characters.")
    min_topic_margin: float = Field(
        default=-0.1,
        ge=-2,
        le=2,
        description="Topic: how far the broad topic must be ahead of the next one, in cosine; at -0.1, how far behind.",
    )
    equalise: bool = Field(
        default=False,
        description="Use as many topics of every type as the type with the fewest has. That manufactures uniformity.",
    )
    max_tokens: int = Field(default=128, ge=8, description="The longest reply, in tokens.")
    sampling: Sampling = Field(default=Sampling(temperature=1.0, top_p=0.98), description="How tokens are drawn.")


class GenerateSettings(SettingsModel):
    """Everything about making rows."""

    seed: int = Field(default=1, description="The number from which every random choice of a run follows.")
    writer: str = Field(default="embedded", description='Which model writes: "embedded", or a name under [endpoints].')
    judge: str = Field(
        default="", description="Which model judges triples: a name under [endpoints]. Empty: none does."
    )
    embedder: str = Field(
        default="embedded",
        description='What turns texts into vectors: "embedded" (MiniLM, English), or a name under [endpoints].',
    )
    lanes: int | None = Field(
        default=None,
        ge=1,
        le=4096,
        description="Requests in flight. Left out: as many as the endpoint answers faster for; found while it runs.",
    )
    look_back: int = Field(
        default=4096,
        ge=1,
        description="How far, in slots, the plan lags behind the verdicts. Part of a run's identity.\n"
        "One slow reply holds up everything beyond it: at 64 lanes of 4, 256 gave a quarter of the speed of 4096.\n"
        "Never more lanes than this.",
    )
    attempts: int = Field(default=4, ge=1, description="Attempts at a request before its rows count as failed.")
    deadline_s: float = Field(
        default=600.0, gt=0, description="Seconds that the attempts at one request may take in all."
    )
    outage_s: float = Field(
        default=900.0,
        ge=0,
        description="Seconds to wait for an endpoint that stopped answering, or that refuses for its rate limit,\n"
        "before the run stops.",
    )
    engine: Literal["local", "ray"] = Field(
        default="local", description='Where requests are made: "local", in this process, or "ray", by its actors.'
    )
    workers: int | None = Field(default=None, ge=1, description="Ray: how many actors. Left out: one for each node.")
    address: str = Field(default="", description='Ray: the cluster, as HOST:PORT or "auto". Empty: this machine alone.')
    max_cost: float | None = Field(
        default=None, gt=0, description="Stop before the run has cost more than this, by the endpoint's prices."
    )
    max_tokens: int | None = Field(
        default=None, gt=0, description="Stop before the run has used more tokens than this, read and written."
    )
    max_seconds: float | None = Field(default=None, gt=0, description="Stop a session after so many seconds.")
    questions: QuestionSettings = Field(
        default=QuestionSettings(), description="Stage 1: questions from seed questions."
    )
    triples: TripleSettings = Field(default=TripleSettings(), description="Stage 2: triples from seed pairs.")
    topics: TopicSettings = Field(
        default=TopicSettings(), description="Stage 0, optional: narrower topics from the taxonomy's."
    )
