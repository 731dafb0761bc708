"""What must not leave with a release: overlap between the pools, and who and where the study is.

Texts are compared exact after lower-casing and stripping all but letters and digits, which is the first and
cheapest test of contamination. Near matches are not looked for here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.records import Origin, Pool
from seedbed.release.columns import COLUMNS, Column
from seedbed.release.formats import FORMATS
from seedbed.release.sources import Sources

__all__ = ["Guard", "squeezed"]

# A response of fewer words ("No.", "It depends.") says nothing about where it came from.
_WORDS_THAT_TELL = 4
_SHOWN = 20
_REJUDGE = "Judge the rows' run anew with seedbed generate --rejudge: its gates compare with every seed of today."
_KEY = (
    r"\b[sr]k-[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{30,}|\bgh[oprsu]_[A-Za-z0-9]{30,}|\bAKIA[0-9A-Z]{16}\b"
    r"|PRIVATE KEY-----"
)
_PATH = r"(?<![\w./:])/(?:home|Users|root|tmp|mnt|data|work|srv|opt|var)/[\w.-]+|(?<!\w)[A-Za-z]:\\"
_URL = re.compile(r"https?://([^/\s\"'<>]+)")


def squeezed(text: str) -> str:
    """`text` in lower case with nothing but its letters and digits, of any script."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


class Guard:
    """Sees every row on its way out; `check` raises InputError that names the rows which must not go.

    Pseudonyms are looked for outside the texts, and within people's texts where they look like one (three
    characters or more with a digit or separator): a person called "May" does not stop every question with "may".
    A model never sees a pseudonym, so its own words are not searched for them.
    """

    def __init__(self, sources: Sources, root: Path) -> None:
        names = {person.id for person in sources.people} | sources.pseudonyms
        names |= {author for question in sources.questions for author in question.authors}
        names |= {author for triple in sources.triples for author in triple.authors}
        names |= {decision.actor for decision in sources.decisions if decision.actor != "rule"}
        names = {name for name in names if len(name) > 1 and not name.isdigit()}
        self._names = _any_of(names)
        self._marked = _any_of({name for name in names if len(name) > 2 and re.search(r"[\d\W_]", name)})
        places = {str(path) for path in (root, root.resolve()) if path.is_absolute()} | set(_hosts(sources))
        self._places = re.compile("|".join([*(re.escape(place) + r"(?!\w)" for place in sorted(places)), _KEY]))
        self._paths = re.compile(_PATH)
        self._words = {name: _paths_of(columns, words=True) for name, columns in COLUMNS.items()}
        self._rest = {name: _paths_of(columns, words=False) for name, columns in COLUMNS.items()}
        self._texts: dict[Pool, dict[str, str]] = {Pool.ALIGNMENT: {}, Pool.EVALUATION: {}}
        self._included: set[str] = set()  # texts of people in the release, squeezed
        self._excluded = dict(_excluded_texts(sources))
        self._found: list[str] = []

    def see(self, configuration: str, row: Mapping[str, Any]) -> None:
        """Take in a row that is about to be written."""
        if configuration in FORMATS:
            return  # it says again what the triple before it said, which was looked at
        by_people = row["origin"] == Origin.SEED.value
        words = _strings(row, self._words[configuration])
        rest = _strings(row, self._rest[configuration])
        where = f"{configuration}: {row['id']}"
        self._look(where, words + "\n" + rest, self._places)
        self._look(where, rest, self._paths)
        self._look(where, rest, self._names)
        if by_people:
            self._look(where, words, self._marked)
        self._remember(row, by_people)

    def read(self, name: str, text: str) -> None:
        """Take in a file that is not of rows: the card, the decisions, the manifest. They have prose and keys too."""
        for pattern in (self._places, self._paths, self._marked):
            self._look(name, text, pattern)

    def check(self) -> None:
        """Raises InputError when something must not leave."""
        alignment, evaluation = self._texts[Pool.ALIGNMENT], self._texts[Pool.EVALUATION]
        both = [f"{evaluation[key]} = {alignment[key]}" for key in evaluation.keys() & alignment.keys()]
        if both:
            raise InputError(
                f"{len(both)} texts stand in both pools (evaluation = alignment): {_some(both)}",
                hint=f"{_REJUDGE} Of two seeds, exclude one.",
            )
        stray = [f"{alignment[key]} = {self._excluded[key]}" for key in self._excluded.keys() & alignment.keys()
                 if key not in self._included]  # fmt: skip
        if stray:
            raise InputError(
                f"{len(stray)} rows hold the text of an excluded seed (row = seed): {_some(stray)}",
                hint=f"{_REJUDGE} Or include the seed again.",
            )
        if self._found:
            raise InputError(
                f"The release would tell who took part or where the study is kept: {_some(self._found)}",
                hint="Edit or exclude what is named there, then release again.",
            )

    def _remember(self, row: Mapping[str, Any], by_people: bool) -> None:
        seen = self._texts[Pool(row["pool"])]
        prompt, responses = row.get("text") or row.get("prompt"), (row.get("misaligned"), row.get("aligned"))
        for text in (prompt, *(text for text in responses if text and len(text.split()) >= _WORDS_THAT_TELL)):
            if key := squeezed(text or ""):
                seen.setdefault(key, row["id"])
                if by_people:
                    self._included.add(key)

    def _look(self, where: str, text: str, pattern: re.Pattern[str]) -> None:
        if found := pattern.search(text):
            kind = {id(self._places): "an address, key or folder", id(self._paths): "a path"}.get(
                id(pattern), "a pseudonym"
            )
            self._found.append(f"{where} ({kind}, {len(found[0])} characters)")


def _excluded_texts(sources: Sources) -> Iterator[tuple[str, str]]:
    """Squeezed texts of excluded seeds with their ids. Prompts of pairs are left out: several pairs share one."""
    for question in sources.questions:
        if question.id in sources.excluded:
            yield squeezed(question.text), question.id
    for triple in sources.triples:
        if triple.id in sources.excluded:
            for text in (triple.misaligned, triple.aligned):
                if len(text.split()) >= _WORDS_THAT_TELL:
                    yield squeezed(text), triple.id


def _hosts(sources: Sources) -> Iterator[str]:
    """Host and port of every address that the runs' records hold."""
    for run in sources.runs:
        told = json.dumps([run.record.ask, run.record.about, run.record.verdict], ensure_ascii=False)
        yield from (match[1] for match in _URL.finditer(told))


def _any_of(names: set[str]) -> re.Pattern[str]:
    # longest first, so that P12 is not found as P1; (?!) matches nothing
    words = sorted(map(re.escape, names), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)" if words else r"(?!)")


def _paths_of(columns: tuple[Column, ...], *, words: bool) -> tuple[tuple[str, ...], ...]:
    inner = (((column.name, part.name), part.words) for column in columns for part in column.parts)
    outer = (((column.name,), column.words) for column in columns if not column.parts)
    return tuple(path for path, is_words in chain(outer, inner) if is_words is words)


def _strings(row: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> str:
    found: list[str] = []
    for path in paths:
        value: Any = row
        for name in path:
            value = value[name]
        if isinstance(value, list):
            found += map(str, value)
        elif isinstance(value, str):
            found.append(value)
    return "\n".join(found)


def _some(items: list[str]) -> str:
    shown = sorted(items)
    return ", ".join(shown[:_SHOWN]) + (f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else "")
