"""The rules of curation: each says what it found, against whom, and why.

    excludes   the seed is set aside: never an example, never in an evaluation
    holds      the seed stays, but cannot be chosen as an example until its labels are known
    advises    a remark for the curator; nothing follows from it

The settings may turn the first two into remarks (`advise`) and some remarks into the first (`enforce`). A person goes
over an excluding rule by including the seed, and sets any remark aside by dismissing it. A rule sees one seed and the
bench. Its docstring is its documentation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from seedbed.curate.bench import Bench
from seedbed.curate.settings import CurateSettings
from seedbed.curate.structure import structure_without_parser, without_quotes
from seedbed.measures.definition import ENGLISH, Value
from seedbed.measures.grammar import is_sensible_structure
from seedbed.measures.lengths import word_length
from seedbed.measures.similarity import is_near_duplicate, rouge_l_f1
from seedbed.measures.verb_noun import wide_pair
from seedbed.records import Question, Triple, Writer

__all__ = ["RULES", "Effect", "Finding", "Rule", "rule", "rules_for"]

Effect = Literal["excludes", "holds", "advises"]
Item = Question | Triple


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found on one seed. `reason` holds ids, codes and numbers, never a person's words."""

    reason: str
    measured: float | str | None = None
    rival: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


Check = Callable[[Any, Bench], Finding | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it applies to, what follows, and how to see whether it fires."""

    id: str
    title: str
    applies: frozenset[Literal["question", "triple"]]
    effect: Effect
    check: Check
    settings: tuple[str, ...] = ()

    @property
    def advisory(self) -> bool:
        return self.effect == "advises"

    def effect_in(self, settings: CurateSettings) -> Effect:
        """What follows from it by these settings."""
        if self.id in settings.advise:
            return "advises"
        return "excludes" if self.id in settings.enforce else self.effect

    @property
    def about(self) -> str:
        """Its documentation."""
        return inspect.getdoc(self.check) or ""


def written_by_model(item: Item, bench: Bench) -> Finding | None:
    """By recorded provenance, the question, or one of the two responses, is wholly a model's words.

    Words of a model that a person edited may stay, and so may a critique by a model. Nothing is guessed from style.
    """
    if isinstance(item, Question):
        return Finding("a model wrote the question") if item.written_by is Writer.MODEL else None
    found = [name for name in ("misaligned", "aligned") if item.written_by.get(name) is Writer.MODEL]
    return Finding(f"a model wrote the {' and the '.join(found)} text", measured=",".join(found)) if found else None


def missing_field(item: Triple, bench: Bench) -> Finding | None:
    """A triple lacks its prompt, its misaligned text, its critique or its aligned text."""
    found = [name for name in ("prompt", "misaligned", "critique", "aligned") if not getattr(item, name).strip()]
    return Finding(f"it has no {' and no '.join(found)} text", measured=",".join(found)) if found else None


def too_verbose(item: Item, bench: Bench) -> Finding | None:
    """A field has more words than the settings allow. Long examples make a model's rows long and invented."""
    s = bench.settings
    if isinstance(item, Question):
        limits = {"question": (item.text, s.question_words)}
    else:
        limits = {
            "question": (item.prompt, s.question_words),
            "misaligned": (item.misaligned, s.misaligned_words),
            "critique": (item.critique, s.critique_words),
            "aligned": (item.aligned, s.aligned_words),
        }
    for name, (text, limit) in limits.items():
        length = word_length(text, item.language)
        if isinstance(length, Value) and length.value > limit:
            reason = f"the {name} text has {length.value} words; the limit is {limit}"
            return Finding(reason, measured=length.value, detail={"field": name, "limit": limit})
    return None


def not_sensible(item: Question, bench: Bench) -> Finding | None:
    """The question is no whole utterance: no letters, a leaked field name, unbalanced marks, a loop, a cut end.

    English only. Where the parser is installed it also asks for a verb or question word, and for an end that is not
    a word announcing more. Spelling and grammar slips are no reason: people wrote it.
    """
    if ENGLISH.refuses(item.language):
        return None
    fault = structure_without_parser(item.text)
    parse = bench.parses.get(item.id)
    if fault is None and parse is not None:
        fault = is_sensible_structure(item.text, parse).reason or None
    return None if fault is None else Finding(without_quotes(fault), detail={"parser": bench.parser or "none"})


def same_text(item: Triple, bench: Bench) -> Finding | None:
    """The aligned text says what the misaligned one says (ROUGE-L F1 at the cut of the settings)."""
    if not is_near_duplicate(item.misaligned, item.aligned, bench.settings.same_cut):
        return None
    likeness = rouge_l_f1(item.misaligned, item.aligned)
    f1 = round(likeness.value, 4) if isinstance(likeness, Value) else None
    return Finding(f"the misaligned and the aligned text are alike, ROUGE-L {f1}", measured=f1)


def irrelevant_value(item: Triple, bench: Bench) -> Finding | None:
    """The triple speaks of none of the values that the settings ask for: the profile of the mitigator."""
    wanted = bench.settings.values
    if not wanted or not item.values or set(item.values) & set(wanted):
        return None
    return Finding(f"its value is not among {', '.join(wanted)}", measured=",".join(item.values))


def irrelevant_to_profile(item: Item, bench: Bench) -> Finding | None:
    """No text of the study's profile (definition, harms, scope, examples) is near the seed in meaning.

    A remark: a cosine has no zero of meaning, and a question can lead to a harm that it does not name. English, and
    only where the embedder is installed and study.toml names a profile.
    """
    cosine = bench.meaning.relevance.get(item.id)
    cut = bench.settings.relevance
    if cosine is None or cosine >= cut:
        return None
    return Finding(f"cosine {cosine:.2f} to the nearest text of the profile, cut {cut:g}", cosine, detail={"cut": cut})


def exact_duplicate(item: Item, bench: Bench) -> Finding | None:
    """Another seed that stays has the same words, apart from case and punctuation; the first by id stays.

    Triples are compared by prompt, and only with those on the same value and of the same stance: two values, or two
    stances, are two views.
    """
    rival = bench.same_words(item)
    return None if rival is None else Finding(f"the same words as {rival}", measured=1.0, rival=rival)


def near_duplicate(item: Item, bench: Bench) -> Finding | None:
    """Another seed that stays has nearly the same words (ROUGE-L F1 at the cut); the first by id stays."""
    found = bench.near(item)
    if found is None:
        return None
    rival, f1 = found
    cut = bench.settings.near_duplicate
    return Finding(f"nearly the words of {rival}: ROUGE-L {f1:.2f}, cut {cut}", measured=round(f1, 4), rival=rival)


def between_pools(item: Item, bench: Bench) -> Finding | None:
    """A seed that came later is alike to seeds of both pools: it is set aside, so that the pools stay apart.

    Decided once the pools are drawn.
    """
    return None


def unknown_label(item: Question, bench: Bench) -> Finding | None:
    """Topic or question type is not known to the taxonomy, so that no plan can ask for it. It stays a seed.

    A person confirms the suggested label, or retags the seed; or the label joins the next taxonomy version.
    """
    suggestions: dict[str, str | None] = {}
    if item.topic is None:
        suggestions["topic"] = bench.taxonomy.suggest("topics", item.topic_raw)
    if item.question_type is None:
        suggestions["question_type"] = bench.taxonomy.suggest("question_types", item.question_type_raw)
    if not suggestions:
        return None
    names = " and ".join(name.replace("_", " ") for name in suggestions)
    near = ", ".join(id for id in suggestions.values() if id)
    reason = f"{names} not in taxonomy {bench.taxonomy.version}; " + (f"nearest: {near}" if near else "nothing is near")
    return Finding(reason, measured=",".join(suggestions), detail={"suggestions": suggestions})


def unknown_value(item: Triple, bench: Bench) -> Finding | None:
    """The triple names no value that the taxonomy knows, so that no run can ask for it. It stays a seed."""
    if item.values:
        return None
    near = bench.taxonomy.suggest("values", item.values_raw[0]) if item.values_raw else None
    said = f"its value is not in taxonomy {bench.taxonomy.version}" if item.values_raw else "it names no value"
    return Finding(said + (f"; nearest: {near}" if near else ""), detail={"suggestions": {"value": near}})


def no_verb_noun(item: Question, bench: Bench) -> Finding | None:
    """No verb takes a noun anywhere in the question. A remark only: many good questions ("What is …") have none.

    English, and only where the parser is installed.
    """
    parse = bench.parses.get(item.id)
    if parse is None or wide_pair(parse) is not None:
        return None
    return Finding("no verb with a noun as its object", detail={"parser": bench.parser})


def duplicate_topic_in_group(item: Question, bench: Bench) -> Finding | None:
    """The group has an earlier question on the same topic. A remark only: unique topics are advised, not asked."""
    earlier = bench.same_topic(item) if item.topic or item.topic_raw else []
    if not earlier:
        return None
    reason = f"question {len(earlier) + 1} of its group on this topic; the first is {earlier[0]}"
    return Finding(reason, measured=len(earlier) + 1, rival=earlier[0])


def label_drift(item: Question, bench: Bench) -> Finding | None:
    """Another topic is nearer to the question in meaning than its own, by the margin of the settings.

    A remark with a suggestion: a person confirms it by retagging the seed, or dismisses it. A topic stands at the mean
    of its label, definition, subtopics and other seeds. English, and only where the embedder is installed.
    """
    drift = bench.meaning.drift.get(item.id)
    if drift is None or item.topic is None:
        return None
    margin = round(drift.cosine - drift.own, 4)
    if margin < bench.settings.label_margin:
        return None
    reason = f"nearer to {drift.nearest} ({drift.cosine:.2f}) than to its own topic {item.topic} ({drift.own:.2f})"
    return Finding(reason, measured=margin, detail={"suggestions": {"topic": drift.nearest}})


def edit_overtaken(item: Item, bench: Bench) -> Finding | None:
    """A person edited the seed, and its group wrote a newer version since: that stands, and the edit fell away."""
    seq = bench.overtaken.get(item.id)
    return None if seq is None else Finding(f"the edit number {seq} was of an earlier version")


_Q: frozenset[Literal["question", "triple"]] = frozenset({"question"})
_T: frozenset[Literal["question", "triple"]] = frozenset({"triple"})
_LIKENESS = ("near_duplicate", "near_meaning", "shared_words")
_WORDS = ("question_words", "misaligned_words", "critique_words", "aligned_words")
RULES = (
    Rule("written-by-model", "Written by a model", _Q | _T, "excludes", written_by_model),
    Rule("missing-field", "A part is missing", _T, "excludes", missing_field),
    Rule("too-verbose", "Too long", _Q | _T, "excludes", too_verbose, _WORDS),
    Rule("not-sensible", "Not a whole sentence", _Q, "excludes", not_sensible, ("parser",)),
    Rule("same-text", "Aligned repeats misaligned", _T, "excludes", same_text, ("same_text",)),
    Rule("irrelevant-value", "Another value", _T, "excludes", irrelevant_value, ("values",)),
    Rule("irrelevant-to-profile", "Far from the profile", _Q | _T, "advises", irrelevant_to_profile, ("relevance",)),
    Rule("exact-duplicate", "Same words as another", _Q | _T, "excludes", exact_duplicate),
    Rule("near-duplicate", "Nearly the same words", _Q | _T, "excludes", near_duplicate, ("near_duplicate",)),
    Rule("between-pools", "Alike to both pools", _Q | _T, "excludes", between_pools, _LIKENESS),
    Rule("unknown-label", "Label not in the taxonomy", _Q, "holds", unknown_label),
    Rule("unknown-value", "Value not in the taxonomy", _T, "holds", unknown_value),
    Rule("no-verb-noun", "No verb with a noun", _Q, "advises", no_verb_noun, ("parser",)),
    Rule("duplicate-topic-in-group", "Topic used before in the group", _Q, "advises", duplicate_topic_in_group),
    Rule("label-drift", "Nearer to another topic", _Q, "advises", label_drift, ("label_margin",)),
    Rule("edit-overtaken", "Edited, then written anew", _Q | _T, "advises", edit_overtaken),
)


def rule(id: str) -> Rule:
    """The rule with this id. Raises KeyError."""
    return {item.id: item for item in RULES}[id]


def rules_for(item: Item, off: tuple[str, ...] = ()) -> list[Rule]:
    """The rules that apply to a seed, in order, without those switched off."""
    kind: Literal["question", "triple"] = "question" if isinstance(item, Question) else "triple"
    return [found for found in RULES if kind in found.applies and found.id not in off]
