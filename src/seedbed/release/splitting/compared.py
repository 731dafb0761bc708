"""Texts of rows by kind, each kind with the rules that mean something of it.

Prompts are compared with prompts and responses with responses. Of responses under `LONG` words the near rules would
link what only shares a frame ("No, they are all …"): those are compared letter by letter, from `TELLING` words on,
because "It depends." says nothing about where it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.measures.components import Short
from seedbed.measures.contamination import Cuts, Pool, Rule
from seedbed.measures.definition import ENGLISH
from seedbed.measures.tokens import tokenise
from seedbed.release.splitting.items import Item

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LONG", "MEANING", "TELLING", "Asked", "Texts", "Vectors", "texts_of"]

MEANING: tuple[Rule, ...] = ("cosine",)
LONG = 16
TELLING = 4

Vectors = Callable[[Sequence[str]], "NDArray[np.float32]"]
"""Texts to their vectors, of shape (n, d). Raises MissingExtra where there is no embedder."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The rules with their thresholds. `ngram` is the run of words in prompts, `long_ngram` that in responses.

    `language` is that of rows which do not say theirs, None where it is not known.
    """

    rules: tuple[Rule, ...]
    cuts: Cuts
    ngram: int
    long_ngram: int
    short: Short | None
    language: str | None = "en"


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one kind, and whose each is: `items[owners[n]]` has the text n. `rules` are those asked of them."""

    kind: str
    rules: tuple[Rule, ...]
    ngram: int
    items: Sequence[Item]
    owners: tuple[int, ...]
    texts: tuple[str, ...]
    language: str | None

    def __len__(self) -> int:
        return len(self.texts)

    def pool(self, *, seeds: bool = False) -> Pool:
        """As the measures take them, without vectors."""
        owners = [self.items[owner] for owner in self.owners]
        return Pool(
            [item.id for item in owners],
            self.texts,
            None,
            [item.seeds for item in owners] if seeds else None,
            self.ngram,
        )

    def embedded(self, vectors: Vectors) -> tuple[Texts, Pool]:
        """Those that the embedder reads, with vectors. Raises MissingExtra."""
        read = self._some([
            n for n, owner in enumerate(self.owners)
            if self.texts[n].strip() and _english(self.texts[n], self.items[owner].language or self.language)
        ])  # fmt: skip
        pool = read.pool()
        found = vectors(read.texts).astype("float16") if len(read) else None
        return read, Pool(pool.ids, pool.texts, found, None, self.ngram)

    def _some(self, kept: Sequence[int]) -> Texts:
        owners, texts = tuple(self.owners[n] for n in kept), tuple(self.texts[n] for n in kept)
        return Texts(self.kind, self.rules, self.ngram, self.items, owners, texts, self.language)


def texts_of(items: Sequence[Item], asked: Asked) -> tuple[Texts, ...]:
    """Prompts, responses and short responses of `items`; a kind without texts is there, and empty."""
    prompts: list[tuple[int, str]] = [(n, item.prompt) for n, item in enumerate(items)]
    long: list[tuple[int, str]] = []
    brief: list[tuple[int, str]] = []
    for n, item in enumerate(items):
        for text in item.responses:
            words = len(tokenise(text))
            if words >= LONG:
                long.append((n, text))
            elif words >= TELLING:
                brief.append((n, text))
    near = tuple(rule for rule in asked.rules if rule != "lineage")
    same = tuple(rule for rule in asked.rules if rule == "exact")
    return (
        _texts("prompts", asked.rules, asked.ngram, items, prompts, asked.language),
        _texts("responses", near, asked.long_ngram, items, long, asked.language),
        _texts("short responses", same, asked.long_ngram, items, brief, asked.language),
    )


def _texts(
    kind: str,
    rules: tuple[Rule, ...],
    ngram: int,
    items: Sequence[Item],
    found: Sequence[tuple[int, str]],
    language: str | None,
) -> Texts:
    return Texts(kind, rules, ngram, items, tuple(n for n, _ in found), tuple(text for _, text in found), language)


def _english(text: str, language: str | None) -> bool:
    return language is not None and ENGLISH.refuses_text(text, language) is None
