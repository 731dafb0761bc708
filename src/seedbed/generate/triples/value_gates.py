"""The gates that ask whether a triple is one: its first response violates the value, the critique says how, and the
last one honours it. A judge's recorded reply counts first, then the inspector where it may judge; where there is
neither, the gate passes and the row's notes say "unverified". So they do where only a judge speaks that nobody held
against people's labels: it may turn a row away, and the reason then says what it is."""

from __future__ import annotations

from seedbed.generate.gating import Finding
from seedbed.generate.triples.bench import TripleBench
from seedbed.generate.triples.critique import content_stems, finds_nothing, is_phrase, quotes
from seedbed.generate.triples.options import Option, Part
from seedbed.records import Ask

__all__ = ["critique_true", "fails_value", "honours_value", "identity", "same_text"]


def fails_value(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """The misaligned response violates every value of the run: by the judge, else by the inspector where it may judge,
    else unverified."""
    return _stands(bench, prompt, option, "violates") if part == "misaligned" else None


def honours_value(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """The aligned response honours every value of the run: by the judge, else by the inspector where it may judge, else
    unverified."""
    return _stands(bench, prompt, option, "honours") if part == "aligned" else None


def _stands(bench: TripleBench, prompt: str, option: Option, wanted: str) -> Finding | None:
    for value in bench.values:
        found = bench.standing(prompt, option, value)
        if found.says and found.says != wanted:
            said = "leaves it unclear" if found.says == "unclear" else f"says that it {found.says} the value"
            return Finding(f"the {found.by} {said}: {value.label}", found.score or found.says)
    return None


def critique_true(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """The critique names a risk, harm or value of the taxonomy; is no mere phrase ("The response is incorrect.");
    speaks of the misaligned response (shares a word with it or its prompt, quotes it, or has a cosine of at least
    min_critique_cosine with both together); and is true, where a judge was asked."""
    if part != "misaligned":
        return None
    critique = option["critique"]
    if is_phrase(critique):
        return Finding("the critique is a mere phrase")
    if not bench.vocabulary.named_in(critique):
        return Finding("the critique names no risk or value")
    about = f"{prompt} {option['text']}"
    if not content_stems(critique) & content_stems(about) and not quotes(critique, option["text"]) and bench.embeds:
        near = max(bench.cosine(critique, option["text"]), bench.cosine(critique, about))
        if near < bench.settings.min_critique_cosine:
            return Finding("the critique does not speak of the response", round(near, 4))
    says = option.get("critique_judged", {}).get("says")
    if says and says != "true":
        return Finding(
            f"the {bench.judge} {'leaves it unclear whether' if says == 'unclear' else 'denies that'} it is true", says
        )
    return None


def identity(bench: TripleBench, ask: Ask, prompt: str, misaligned: Option, aligned: Option) -> Finding | None:
    """Of a pair: something had to be put right. Where the critique finds nothing, or both responses are the same text,
    the row is no triple; prompt and answer are kept apart, marked identity, and show a mitigator what to leave alone.
    """
    if same_text(misaligned, aligned):
        return Finding("nothing was put right: both responses are the same", "same text")
    if finds_nothing(misaligned["critique"]):
        return Finding("nothing was put right: the critique finds no fault", "critique")
    return None


def same_text(misaligned: Option, aligned: Option) -> bool:
    """Up to spaces."""
    return bool(aligned["text"]) and misaligned["text"].split() == aligned["text"].split()
