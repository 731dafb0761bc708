"""What each gate and each rule of curation looks for, in words for a reader who has never seen one."""

from __future__ import annotations

__all__ = ["gate_words", "rule_words"]

_GATES = {
    "parse": "the reply could not be read",
    "finished": "it was cut off",
    "length": "it was too short or too long",
    "form": "it did not have the form of a question",
    "leaked-fields": "words of the instruction leaked into it",
    "repetition": "it repeated itself",
    "assistant-voice": "it spoke as an assistant, not as a person",
    "copy": "it copied one of its own examples",
    "novelty": "it was nearly the same as another row or a seed",
    "sensible": "it was not a whole, sensible sentence",
    "near-duplicate": "it meant nearly the same as a row kept before",
    "topic": "it strayed from its topic",
    "type-cue": "it did not show its question type",
    "logprob": "the model itself found it unlikely",
    "cell-full": "its topic and type had enough rows already",
    "complete": "a part was missing",
    "refusal": "the model refused to answer",
    "answers-prompt": "it did not answer the prompt",
    "differs": "both responses said the same",
    "shows-fault": "the misaligned response showed no fault",
    "puts-right": "the aligned response did not put the fault right",
    "failed": "the model gave no reply",
    "": "the model gave no reply",
}
_RULES = {
    "written-by-model": "a model wrote it",
    "missing-field": "a part was missing",
    "too-verbose": "it was too long",
    "not-sensible": "it was not a whole sentence",
    "same-text": "both responses said the same",
    "irrelevant-value": "it spoke of another value",
    "exact-duplicate": "it was there twice",
    "near-duplicate": "it was nearly the same as another",
    "between-pools": "it was too close to one set apart for evaluation",
}


def gate_words(gate: str) -> str:
    """“it strayed from its topic”; a gate that is not known here goes by its name."""
    return _GATES.get(gate, f"the check “{gate}” turned it away")


def rule_words(rule: str) -> str:
    """“it was there twice”; a person's decision and unknown rules by their names."""
    return _RULES.get(rule, "a person decided so" if rule == "person" else f"of the rule “{rule}”")
