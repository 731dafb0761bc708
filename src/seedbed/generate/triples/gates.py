"""The gates of stage 2. Each is small and says in its docstring what it asks for.

A gate looks at one response ("misaligned" with its critique, or "aligned"); those in PAIR_GATES look at a pair. Every
candidate's first failing gate is kept with the verdict, so that a person can pick another one knowing what was wrong
with it. What the gates of values rely on stands in value_gates.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from seedbed.generate.gating import FIELD, Finding
from seedbed.generate.triples.bench import TripleBench, part_of, rouge
from seedbed.generate.triples.options import Option, Part
from seedbed.generate.triples.scaffold import cues_of
from seedbed.generate.triples.value_gates import critique_true, fails_value, honours_value, identity
from seedbed.records import Ask

__all__ = ["PAIR_GATES", "TRIPLE_GATES", "PairGate", "ResponseGate", "differs"]

ResponseGate = Callable[[TripleBench, Ask, str, Part, Option], Finding | None]
PairGate = Callable[[TripleBench, Ask, str, Option, Option], Finding | None]

_REFUSAL = re.compile(
    r"(?i)\b(i['’]?m sorry,? (but|i|that i|this|no)\b|i am sorry,? (but|i|that i|this|no)\b|i (apologi[sz]e),? but|"
    r"i (can(no|['’])?t|can ?not|won['’]t|will not|must decline to|have to decline to|am not able to) "
    r"(help|assist|answer|provide|comply|fulfil+|support|engage|respond|generate|create|write|do that|say)|"
    r"as an ai|i['’]?m (just )?an ai|i am (just )?an ai|(as an? |i am an? |i['’]m an? )(ai )?language model|"
    r"i['’]?m unable to|i am unable to|not able to (help|assist))\b"
)


def complete(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """The model ended by itself, and a misaligned response has its critique."""
    if not option["text"]:
        return Finding("empty")
    if not option["finished"]:
        return Finding("cut off at the token limit")
    if part == "misaligned" and len(option["critique"].split()) < 3 and not _brief(option["critique"]):
        return Finding("has no critique")
    return None


def _brief(critique: str) -> bool:
    """One or two words, of which "Nothing." is an answer, and so is a sentence in a script without spaces."""
    return critique.casefold().strip(" .") in ("nothing", "none") or sum(map(str.isalpha, critique)) > 12


def length(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """Between min_words and max_words words."""
    count = len(option["text"].split())
    if count < bench.settings.min_words:
        return Finding(f"{count} words, fewer than {bench.settings.min_words}", count)
    if count > bench.settings.max_words:
        return Finding(f"{count} words, more than {bench.settings.max_words}", count)
    return None


def leaked_fields(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """No field name of the prompt in a response or in the critique."""
    found = FIELD.search(option["text"]) or FIELD.search(option["critique"])
    return Finding(f"a field name leaked: {found.group(1)}", found.group(1)) if found else None


def refusal(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """A misaligned response does not decline to answer. An aligned one may decline a part, if it says at least
    min_helpful_words words in sentences that decline nothing."""
    found = _REFUSAL.search(option["text"])
    if found is None:
        return None
    if part == "misaligned":
        return Finding(f"refuses: {found.group(0)}", found.group(0))
    said = re.split(r"(?<=[.!?])\s+|\n+", option["text"])
    helpful = sum(len(sentence.split()) for sentence in said if not _REFUSAL.search(sentence))
    return Finding(f"only refuses: {found.group(0)}", helpful) if helpful < bench.settings.min_helpful_words else None


def repetition(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """No four words in a row twice; a text of words_per_repeat words or more may repeat so for each so many words."""
    words = option["text"].casefold().split()
    grams = Counter(tuple(words[start : start + 4]) for start in range(len(words) - 3))
    repeats = sum(count - 1 for count in grams.values())
    if repeats <= len(words) // bench.settings.words_per_repeat:
        return None
    return Finding("four words repeated", " ".join(grams.most_common(1)[0][0]))


def copy(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """Neither a copy of an example's response nor an echo of the prompt (ROUGE-L F1)."""
    for id in ask.examples:
        score = rouge(option["text"], part_of(bench.examples[id], part))
        if score >= bench.settings.max_example_rouge:
            return Finding("copies an example", round(score, 4), id)
    score = rouge(option["text"], prompt)
    return Finding("echoes the prompt", round(score, 4)) if score >= bench.settings.max_prompt_rouge else None


def answers_prompt(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """Both responses: cosine with the prompt at least min_prompt_cosine."""
    if not bench.embeds:
        return None
    score = bench.cosine(option["text"], prompt)
    return Finding("does not answer the prompt", round(score, 4)) if score < bench.settings.min_prompt_cosine else None


def differs(bench: TripleBench, ask: Ask, prompt: str, misaligned: Option, aligned: Option) -> Finding | None:
    """Of a pair: ROUGE-L F1 of the two responses below max_pair_rouge and, with answers-prompt, cosine below
    max_pair_cosine."""
    score = rouge(misaligned["text"], aligned["text"])
    if score >= bench.settings.max_pair_rouge:
        return Finding("the two responses share too many words", round(score, 4))
    if bench.embeds and (near := bench.cosine(misaligned["text"], aligned["text"])) >= bench.settings.max_pair_cosine:
        return Finding("the two responses mean nearly the same", round(near, 4))
    return None


def logprob(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """Mean log-probability of a token at least the part's threshold, where the endpoint reports it."""
    settings = bench.settings
    least = settings.min_logprob_misaligned if part == "misaligned" else settings.min_logprob_aligned
    found = option["logprob"]
    return Finding("the model itself was unsure of it", found) if found is not None and found < least else None


def shows_fault(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """A misaligned response shows a fault cue and no kind one. Only where the scaffold has cues (small models)."""
    if part != "misaligned" or not bench.use_cues:
        return None
    own, other = cues_of(bench.values[0], part, option["text"], prompt)
    return Finding("shows no fault") if not own else Finding("is kind as well") if other else None


def puts_right(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """An aligned response shows a kind cue and no fault one. Only where the scaffold has cues (small models)."""
    if part != "aligned" or not bench.use_cues:
        return None
    own, other = cues_of(bench.values[0], part, option["text"], prompt)
    return Finding("does not put it right") if not own else Finding("shows a fault as well") if other else None


def near_duplicate(bench: TripleBench, ask: Ask, prompt: str, misaligned: Option, aligned: Option) -> Finding | None:
    """Of a pair: not an earlier kept triple of the same prompt once more. ROUGE-L F1 of both responses together below
    max_twin_rouge and, with answers-prompt, not both cosines at max_twin_cosine or above."""
    own = f"{misaligned['text']} {aligned['text']}"
    for row, bad, good in bench.earlier(prompt):
        score = rouge(own, f"{bad} {good}")
        if score >= bench.settings.max_twin_rouge:
            return Finding("shares too many words with an earlier triple of this prompt", round(score, 4), row)
        if bench.embeds:
            near = min(bench.cosine(misaligned["text"], bad), bench.cosine(aligned["text"], good))
            if near >= bench.settings.max_twin_cosine:
                return Finding("means nearly the same as an earlier triple of this prompt", round(near, 4), row)
    return None


PAIR_GATES: dict[str, PairGate] = {"identity": identity, "differs": differs, "near-duplicate": near_duplicate}

TRIPLE_GATES: dict[str, ResponseGate | PairGate] = {
    "complete": complete,
    "length": length,
    "leaked-fields": leaked_fields,
    "refusal": refusal,
    "repetition": repetition,
    "copy": copy,
    "answers-prompt": answers_prompt,
    "identity": identity,
    "differs": differs,
    "logprob": logprob,
    "shows-fault": shows_fault,
    "puts-right": puts_right,
    "fails-value": fails_value,
    "critique-true": critique_true,
    "honours-value": honours_value,
    "near-duplicate": near_duplicate,
}
