"""Leaks between anybody's splits: every two of them, by the five rules that need no lineage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedbed.errors import MissingExtra, UsageError
from seedbed.measures.contamination import RULES, Cuts, Hit, Pool, Rule, contamination
from seedbed.measures.definition import ENGLISH
from seedbed.measures.links import exact_key
from seedbed.release.splitting.compared import MEANING
from seedbed.release.splitting.reading import Split, read_splits, run_of_words

if TYPE_CHECKING:
    from seedbed.release.splitting.compared import Vectors

__all__ = ["CHECKED", "Between", "Checked", "check_files", "check_splits"]

CHECKED: tuple[Rule, ...] = RULES[:5]
"""Lineage needs a study."""


@dataclass(frozen=True, slots=True)
class Between:
    """What one rule found between two splits, the larger first: how many of its rows are linked, and to what.

    A hit names both rows ("file:line"); of several rows that one is linked to the most like.
    """

    larger: str
    smaller: str
    rule: Rule
    hits: tuple[Hit, ...]

    @property
    def rows(self) -> int:
        return len(self.hits)


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer for several splits. `sizes` counts rows with words, `repeated` those that repeat an earlier row of the
    same split letter by letter. `not_asked` says of a rule why it could not be asked, `unread` counts texts that have
    no vector because the embedder does not know their language."""

    sizes: dict[str, int]
    blank: dict[str, int]
    repeated: dict[str, int]
    columns: tuple[str, ...]
    ngram: int
    rules: tuple[Rule, ...]
    found: tuple[Between, ...]
    not_asked: dict[Rule, str]
    unread: int
    texts: dict[str, str]

    @property
    def leaks(self) -> int:
        """Rows of larger splits that any rule links, each counted once for each smaller split."""
        return len({(found.larger, found.smaller, hit.left) for found in self.found for hit in found.hits})


def check_files(
    files: Sequence[Path],
    *,
    columns: Sequence[str] = (),
    by: str = "",
    encoding: str | None = None,
    rules: Sequence[str] = CHECKED,
    ngram: int = 0,
    language: str = "en",
    cuts: Cuts | None = None,
    vectors: Vectors | None = None,
    listen: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Checked:
    """Check the splits in `files`. `ngram` 0 chooses 8 words in a row for questions, 13 for longer texts.

    `vectors` default to the packaged embedder; where it is not installed `cosine` is not asked, and the answer says so.
    Raises InputError for files that cannot be read, UsageError for an unknown rule or one split only.
    """
    if unknown := [rule for rule in rules if rule not in CHECKED]:
        raise UsageError(f"No rule {unknown[0]!r}", hint=f"Rules: {', '.join(CHECKED)}")
    listen("reading", 0, len(files))
    splits, read = read_splits(files, columns, by, encoding)
    asked = tuple(rule for rule in CHECKED if rule in rules)
    return check_splits(
        splits, tuple(read), asked, ngram or run_of_words(splits), language, cuts or Cuts(), vectors, listen
    )


def check_splits(
    splits: Sequence[Split],
    columns: tuple[str, ...],
    rules: tuple[Rule, ...],
    ngram: int,
    language: str,
    cuts: Cuts,
    vectors: Vectors | None,
    listen: Callable[[str, int, int], None],
) -> Checked:
    """`check_files` of what was read."""
    ordered = sorted(splits, key=lambda split: -len(split.texts))
    not_asked: dict[Rule, str] = {}
    embedded: dict[str, Pool] = {}
    unread = 0
    if "cosine" in rules:
        if refusal := ENGLISH.refuses(language):
            not_asked["cosine"] = refusal.reason
        else:
            try:
                embedded = _embedded(ordered, language, vectors or _Packaged(listen))
            except MissingExtra as error:
                not_asked["cosine"] = f"{error} ({error.hint})"
            else:
                unread = sum(len(split.texts) - len(embedded[split.name].ids) for split in ordered)
    words = [rule for rule in rules if rule != "cosine"]
    pools = {split.name: Pool(split.places, split.texts, ngram=ngram) for split in ordered}
    found: list[Between] = []
    pairs = list(combinations([split.name for split in ordered], 2))
    for number, (larger, smaller) in enumerate(pairs):
        listen(f"{larger} and {smaller}", number, len(pairs))
        findings = contamination(pools[larger], pools[smaller], words, cuts, None).findings
        if embedded:
            findings += contamination(embedded[larger], embedded[smaller], MEANING, cuts, None).findings
        found += [Between(larger, smaller, finding.rule, finding.hits) for finding in findings]
    linked = {place for one in found for hit in one.hits for place in (hit.left, hit.right)}
    return Checked(
        {split.name: len(split.texts) for split in splits},
        {split.name: split.blank for split in splits},
        {split.name: _repeated(split) for split in splits},
        columns,
        ngram,
        tuple(rule for rule in rules if rule not in not_asked),
        tuple(found),
        not_asked,
        unread,
        {place: text for split in splits for place, text in zip(split.places, split.texts, strict=True)
         if place in linked},
    )  # fmt: skip


def _repeated(split: Split) -> int:
    keys = [key for text in split.texts if (key := exact_key(text))]
    return len(keys) - len(set(keys))


def _embedded(splits: Sequence[Split], language: str, vectors: Vectors) -> dict[str, Pool]:
    made = {}
    for split in splits:
        read = [n for n, text in enumerate(split.texts) if ENGLISH.refuses_text(text, language) is None]
        texts = [split.texts[n] for n in read]
        made[split.name] = Pool(
            [split.places[n] for n in read], texts, vectors(texts).astype("float16") if texts else None
        )
    return made


class _Packaged:
    """The packaged embedder, telling how far it is."""

    def __init__(self, listen: Callable[[str, int, int], None]) -> None:
        self._listen = listen
        self._embedder: Any = None

    def __call__(self, texts: Sequence[str]) -> Any:
        import numpy as np

        from seedbed.measures.embed import Embedder

        self._embedder = self._embedder or Embedder(memo=0)
        parts = []
        for start in range(0, len(texts), 64):
            parts.append(self._embedder.encode(texts[start : start + 64]))
            self._listen("embedding", min(start + 64, len(texts)), len(texts))
        return np.concatenate(parts)
