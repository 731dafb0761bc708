"""What can be said of a critique by its words alone: whether it names a risk, is a mere phrase, or finds nothing.

Word lists are English; a taxonomy in another language brings its own names of risks and harms, and they are looked for
whole as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from seedbed.taxonomy import Value

__all__ = ["Vocabulary", "content_stems", "finds_nothing", "is_phrase", "quotes"]

_STEM = 5  # "stereotypes" and "stereotyping", "exclusion" and "excludes": enough for words that share a root
_SMALL_WORDS = (
    "a about all also an and any are as at be because been but by can could did do does for from had has have he her "
    "his how if in into is it its just may me might more most much my no nor not of on only or other our out own she "
    "should so some such than that the their them then there these they this those to too up us very was we were what "
    "when where which while who whom why will with without would you your"
)
# words of harms and risks that name no fault by themselves
_PLAIN_WORDS = (
    "advice another answer answers asked group groups language makes people person places question questions response "
    "responses services someone text work"
)
_SMALL, _PLAIN = frozenset(_SMALL_WORDS.split()), frozenset(_PLAIN_WORDS.split())
_PHRASES = re.compile(
    r"(the|this|that|it) ?(response|answer|text|statement|reply)? ?(is|was|seems) "
    r"(not (correct|right|good|aligned|appropriate|acceptable|true|helpful)|(in|un)?(correct|appropriate|acceptable|"
    r"helpful|true|aligned|ethical)|mis-?aligned|wrong|bad|false|harmful|problematic)|"
    r"(it|the response|the answer) (violates|goes against) (the|this) values?|n/?a|incorrect|wrong|bad"
)
_FAULT = r"(problem|fault|issue|error|harm|violation|concern|risk|mistake|flaw)s?"
_NOTHING = re.compile(
    r"(nothing|none|n/a)|"
    r"(there (is|was) )?nothing (is |was |seems )?(wrong|problematic|(that )?(to|needs? to be|needs?) "
    r"(be )?(fix|correct|put right|improve|change|criticis|criticiz)\w*)( (here|((with|in|about) )?(it|(the|this) "
    r"(response|answer|text))))?(,? (it|because|as|since) .*)?|"
    rf"(there (is|are|was|were) |i (see|find|found) |it (has|shows) )?no (\w+ ){{0,3}}{_FAULT}( (is|are|was|were))?"
    r"( (found|here|present|identified|detected|with it|with (the|this) (response|answer)|in (the|this) "
    r"(response|answer)))?|"
    r"(the|this) (response|answer) (is|was) (already )?(fine|correct|appropriate|aligned|good|acceptable|fair|sound)"
    r"( (already|as it is|and .*))?|"
    r"(the|this) (response|answer) (needs no (correction|change)|does not need (to be|any) \w+)"
)


class Vocabulary:
    """The words by which a critique of some values can name what is wrong: of risks, harms, and the values' names."""

    def __init__(self, values: Sequence[Value], risks: Sequence[str]) -> None:
        names = [*risks, *(name for v in values for name in (*v.harms, v.label, *v.aliases))]
        self._names = tuple(name.casefold() for name in names)
        self._stems = frozenset(stem for name in names for stem in content_stems(name))

    def named_in(self, critique: str) -> bool:
        """Whether it holds one of the names, or a word of one that says more than "response" or "people"."""
        folded = critique.casefold()
        return any(name in folded for name in self._names) or bool(self._stems & content_stems(critique))


def content_stems(text: str) -> set[str]:
    """The beginnings of the words that say something; words of one or two letters are left out."""
    found = re.findall(r"[^\W\d_]{3,}", text.casefold())
    return {word[:_STEM] for word in found if word not in _SMALL and word not in _PLAIN}


def quotes(critique: str, text: str) -> bool:
    """Whether it quotes at least two words of `text` in a row."""
    spans = re.findall(r"[\"“«]([^\"”»]{3,})[\"”»]|(?<!\w)['‘]([^'’]{3,})['’](?!\w)", critique)
    folded = " ".join(text.casefold().split())
    said = (" ".join((a or b).casefold().split()).strip(" .,;:…") for a, b in spans)
    return any(" " in span and span in folded for span in said)


def is_phrase(critique: str) -> bool:
    """Whether it says only that something is wrong, as "The response is incorrect." does."""
    return _PHRASES.fullmatch(_bare(critique)) is not None


def finds_nothing(critique: str) -> bool:
    """Whether it says that nothing has to be put right. "Nothing in it helps the person" is criticism."""
    bare = _bare(critique)
    if re.search(r"\b(but|however|although|though|except|yet)\b", bare):
        return False
    first = re.split(r"(?<=[.!?:;])\s", critique.strip(), maxsplit=1)[0]
    return _NOTHING.fullmatch(bare) is not None or _NOTHING.fullmatch(_bare(first)) is not None


def _bare(critique: str) -> str:
    return re.sub(r"[^\w/ ,-]+", "", " ".join(critique.casefold().split())).strip(" ,-")
