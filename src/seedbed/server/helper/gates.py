"""Whether what a model wrote can be shown at all: cheap, pure, and silent about taste, which is the person's.

A fault is why a text is not shown. A *weak* response is whole, but by its words it looks like the wrong kind, or nearly
the same was shown: it is kept back, and shown when nothing better comes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from seedbed.generate.gating import FIELD, four_gram_repeated
from seedbed.generate.triples.options import Part
from seedbed.generate.triples.scaffold import cues_of
from seedbed.measures.similarity import rouge_l_f1
from seedbed.records import Example
from seedbed.taxonomy import Value

__all__ = ["alike", "critique_fault", "idea_fault", "is_weak", "response_fault", "rouge", "shorter_fault"]

_LEAST_WORDS = 4
_LIKE_EXAMPLE = 0.55
_LIKE_PROMPT = 0.8
_LIKE_EACH_OTHER = 0.8
_LIKE_PAIR = 0.7  # generation asks for 0.6; here a person looks
_SAME_WORDS = 0.7  # share of a shorter text's words that stand in the original: "Can I help you?" has half of many
_MARKS = re.compile(r"<\||\|>|\[/?INST\]|</?s>|^(?:User|Assistant|System)\s*:", re.I | re.M)


def rouge(a: str, b: str) -> float:
    """ROUGE-L F1; 0 where a text has no words."""
    value = getattr(rouge_l_f1(a, b), "value", None)
    return float(value) if value is not None else 0.0


def _broken(text: str) -> str:
    if not text:
        return "empty"
    if _MARKS.search(text):
        return "holds the marks of a chat"
    if FIELD.search(text):
        return "holds a field's name"
    if len(text) < 2000 and four_gram_repeated(text):
        return "goes round in circles"
    return ""


def response_fault(text: str, question: str, part: Part, examples: Sequence[Example], *, finished: bool) -> str:
    """Why a response of a proposal is broken; empty when it is not."""
    if fault := _broken(text):
        return fault
    if not finished:
        return "cut off"
    if len(text.split()) < _LEAST_WORDS:
        return "too short"
    if rouge(text, question) >= _LIKE_PROMPT:
        return "repeats the question"
    for example in examples:
        if rouge(text, example.misaligned if part == "misaligned" else example.aligned) >= _LIKE_EXAMPLE:
            return "copies an example"
    return ""


def is_weak(text: str, question: str, part: Part, value: Value, earlier: Sequence[str], *, use_cues: bool) -> bool:
    """Whether better ones come first: it lacks its kind's cue or shows the other's (of the small model, which wrote by
    a scaffold that has them), or one of the `earlier` says nearly the same."""
    if use_cues:
        own, other = cues_of(value, part, text, question)
        if other or not own:
            return True
    return any(rouge(text, one) >= _LIKE_EACH_OTHER for one in earlier)


def alike(misaligned: str, aligned: str) -> bool:
    """Whether the two responses of a proposal do not differ."""
    return rouge(misaligned, aligned) >= _LIKE_PAIR


def critique_fault(text: str, misaligned: str, question: str, examples: Sequence[Example], *, finished: bool) -> str:
    """Why a critique is broken; empty when it is not."""
    if fault := _broken(text):
        return fault
    if not finished:
        return "cut off"
    if len(text.split()) <= _LEAST_WORDS:
        return "too short"
    if max(rouge(text, misaligned), rouge(text, question)) >= _LIKE_PROMPT:
        return "repeats what it criticises"
    if any(rouge(text, example.critique) >= _LIKE_PROMPT for example in examples):
        return "copies an example"
    return ""


def idea_fault(text: str, earlier: Sequence[str], *, finished: bool) -> str:
    """Why an idea for a question is not one; empty when it is."""
    if fault := _broken(text):
        return fault
    if not finished or not text.endswith("?"):
        return "does not ask"
    if not 4 <= len(text.split()) <= 45:
        return "too short or too long"
    if any(rouge(text, one) >= _LIKE_EACH_OTHER for one in earlier):
        return "was shown"
    return ""


def shorter_fault(text: str, original: str, *, finished: bool) -> str:
    """Why a text is no shorter form of `original`; empty when it is one."""
    if fault := _broken(text):
        return fault
    if not finished:
        return "cut off"
    if len(text) >= len(original):
        return "not shorter"
    said, meant = _words(text), set(_words(original))
    if len(said) < 0.15 * len(_words(original)) or sum(word in meant for word in said) < _SAME_WORDS * len(said):
        return "says something else"
    return ""


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
