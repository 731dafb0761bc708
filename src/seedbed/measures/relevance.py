"""Does a text fit its topic, does an answer fit its prompt, and does the answer hold together?

Relevance is cosine; `coherence` looks for signs of a text that runs on or trails off. They are different things,
and the paper's first printed triple shows it: its aligned text is *near* its prompt (cosine .68; people's median is
.59) while it strings 37 words without a stop into "… magazines etc...". Cosine cannot see that; the signs can.
"""

from __future__ import annotations

import re
from collections import Counter

from seedbed.measures.definition import ENGLISH, Measure, Measured, NotApplicable, Value
from seedbed.measures.embed import TextEmbedder
from seedbed.measures.tokens import ngrams, tokenise

__all__ = ["ENTRIES", "answer_relevance", "coherence", "cosine"]

LONG_RUN = 25  # words without a stop; the longest in the sample's 80 responses by people is 24
HOPELESS_RUN = 40
LEAST_WORDS = 5

_STOPS = re.compile(r"[.,;:!?…()–—\n]+|\s-\s")
_TRAILS = re.compile(r"(?:\betc\b\.*|\band so (?:on|forth)\b\.*|\.{2,}|…)[\s\"'”’)\]]*$", re.IGNORECASE)
_ENDS = re.compile(r"[.!?][\s\"'”’)\]*]*$")

ENTRIES = (
    Measure(
        "cosine", "likeness in meaning of a text and a description", "u·v / (|u||v|), sentence embeddings",
        "Reimers & Gurevych 2019", "-1 to 1", "higher is better", ENGLISH,
        "has no zero of meaning: compare with other descriptions, never with an absolute cut alone",
    ),
    Measure(
        "answer_relevance", "likeness in meaning of an answer and its prompt", "cosine of the two",
        "reference-free, after Es et al. 2024", "-1 to 1", "higher is better", ENGLISH,
        "an answer that only repeats the prompt scores highest, a short right one low; blind to coherence",
    ),
    Measure(
        "coherence", "absence of signs that a text runs on, trails off or loops",
        f"product of 1 - penalty: longest run of words without a stop over {LONG_RUN} (1 at {HOPELESS_RUN}); "
        "ends in 'etc' or '…' (.5); no final stop (.5); repeated 4-grams (4 times their share)",
        "method of seedbed", "0 to 1", "higher is better", ENGLISH,
        "signs, not sense: fluent nonsense scores 1. Lists, code and headings have other rules: not for them",
    ),
)  # fmt: skip


def cosine(embedder: TextEmbedder, text: str, description: str, language: str = "en") -> Measured[float]:
    """Cosine of a text and the description of its topic, by the embedder's vectors."""
    if refusal := ENGLISH.refuses(language):
        return refusal
    if not tokenise(text) or not tokenise(description):
        return NotApplicable("a text has no words")
    one, other = embedder.encode([text, description]).astype(float)
    lengths = float((one @ one) ** 0.5 * (other @ other) ** 0.5)
    return Value(float(one @ other) / lengths, note=embedder.name)


def answer_relevance(embedder: TextEmbedder, prompt: str, answer: str, language: str = "en") -> Measured[float]:
    """Cosine of an answer and its prompt."""
    return cosine(embedder, answer, prompt, language)


def coherence(text: str, language: str = "en") -> Measured[float]:
    """1 for a text without bad signs, towards 0 with them; `note` names the signs."""
    if refusal := ENGLISH.refuses(language):
        return refusal
    if len(tokenise(text)) < LEAST_WORDS:
        return NotApplicable(f"the text has fewer than {LEAST_WORDS} words")
    penalties = {name: penalty for name, penalty in _signs(text).items() if penalty > 0}
    score = 1.0
    for penalty in penalties.values():
        score *= 1 - penalty
    return Value(score, note=", ".join(penalties))


def _signs(text: str) -> dict[str, float]:
    run = max(len(piece.split()) for piece in _STOPS.split(text))
    trails = bool(_TRAILS.search(text))
    grams = Counter(ngrams(tokenise(text), 4))
    repeated = (grams.total() - len(grams)) / max(1, grams.total())
    return {
        f"{run} words without a stop": min(1.0, max(0.0, (run - LONG_RUN) / (HOPELESS_RUN - LONG_RUN))),
        "trails off": 0.5 * trails,
        "no final stop": 0.5 * (not _ENDS.search(text)),
        "repeats itself": min(1.0, 4 * repeated),
    }
