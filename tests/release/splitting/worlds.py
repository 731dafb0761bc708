"""Random rows near every threshold, and the rules on one pair of texts, from their definitions."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.components import SHORT
from seedbed.measures.contamination import RULES, Cuts, Rule
from seedbed.measures.similarity import is_near_duplicate
from seedbed.measures.tokens import ngrams, tokenise
from seedbed.records import Pool
from seedbed.release.splitting.compared import Asked
from seedbed.release.splitting.items import Item

FRAMES = (
    "can you tell me how i could save more money on my next long trip by train",
    "what would be the best way to eat well at work when there is no time to cook",
    "what is the best way to save money",
    "nobody should be asked for their age before they are offered a place on the course and its exam here",
)
ASKED = Asked(RULES, Cuts(), 8, 13, SHORT)


def edited(draw: random.Random) -> str:
    words = draw.choice(FRAMES).split()
    for _ in range(draw.choice((0, 1, 1, 2, 4, 7))):
        place = draw.randrange(len(words))
        words[place : place + 1] = draw.choice(([], ["now"], ["so", words[place]], [f"w{draw.randrange(40)}"]))
        words = words or ["x"]
    return " ".join(words) + draw.choice(("", "?", "!"))


def world(seed: int, size: int, *, responses: bool = True) -> list[Item]:
    """Questions, seeds and triples of both pools; ids say nothing of what a row is."""
    draw = random.Random(seed)
    made: list[Item] = []
    for number in range(size):
        id = f"r{draw.randrange(10**6):06d}-{number}"
        kind = draw.choice(("questions", "questions", "seeds", "triples", "evaluation"))
        answers = draw.choice([None, *(item.id for item in made if item.configuration == "questions")][:4])
        told = (edited(draw), draw.choice(("No.", "It depends on them all.", edited(draw)))) if responses else ()
        triple = kind in ("triples", "evaluation")
        made.append(
            Item(
                id,
                kind,
                Pool.EVALUATION if kind == "evaluation" else Pool.ALIGNMENT,
                kind in ("seeds", "evaluation") or draw.random() < 0.2,
                draw.choice(("", "…", "क्या मैं पैसे बचा सकता हूँ", *(edited(draw) for _ in range(9)))),
                told if triple else (),
                frozenset({id, f"s{draw.randrange(60)}"}),
                draw.choice((None, None, "en", "pt")),
                answers if triple else None,
            )
        )
    return made


def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """A text's own direction, and that of its first three words: some cosines lie over .9."""
    return np.array([_vector(text) for text in texts], dtype=np.float32)


def _vector(text: str) -> NDArray[np.float64]:
    common, own = (
        np.random.default_rng(int.from_bytes(hashlib.sha256(part.encode()).digest()[:8])).normal(size=12)
        for part in (" ".join(text.split()[:3]), text)
    )
    made: NDArray[np.float64] = common + 0.33 * own
    return made / np.linalg.norm(made)


def cosine(a: str, b: str) -> float:
    one, other = (_vector(text).astype(np.float32).astype(np.float16).astype(np.float64) for text in (a, b))
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def holds(rule: Rule, a: str, b: str, ngram: int) -> bool:
    one, other = tokenise(a), tokenise(b)
    if rule == "exact":
        return bool(one) and "".join(one) == "".join(other)
    if rule == "ngrams":
        return bool(set(ngrams(one, ngram)) & set(ngrams(other, ngram)))
    if rule == "jaccard":
        left, right = set(ngrams(one, 5)), set(ngrams(other, 5))
        return bool(left | right) and 10 * len(left & right) >= 8 * len(left | right)
    if rule == "rouge_l":
        return is_near_duplicate(a, b)
    return cosine(a, b) >= 0.9


def english(item: Item, text: str) -> bool:
    return (item.language or "en") == "en" and bool(text.strip()) and "क" not in text


def linked(one: Item, other: Item, *, inside: bool) -> set[Rule]:
    """The rules that link two rows by any of their texts; `inside` a pool short texts need more in common."""
    found: set[Rule] = set()
    if not inside and one.seeds & other.seeds:
        found.add("lineage")
    texts = [(one.prompt, other.prompt, 8, RULES[:5])]
    for a in one.responses:
        for b in other.responses:
            if len(tokenise(a)) >= 4:
                long = len(tokenise(a)) >= 16 and len(tokenise(b)) >= 16
                texts.append((a, b, 13, RULES[:5] if long else RULES[:1]))
    for a, b, ngram, rules in texts:
        for rule in rules:
            if rule == "cosine" and not (english(one, a) and english(other, b)):
                continue
            brief = inside and rule == "rouge_l" and max(len(tokenise(a)), len(tokenise(b))) < 16
            if is_near_duplicate(a, b, (8, 10)) if brief else holds(rule, a, b, ngram):
                found.add(rule)
    return found
