"""What each gate and each rule of curation looks for, in words for a reader who has never seen one."""

from __future__ import annotations

__all__ = ["gate_words", "rule_words"]

# {it} and the like become the singular for a table's row and the plural for a sentence about many
_GATES = {
    "parse": "the reply could not be read",
    "finished": "{it} {was} cut off",
    "length": "{it} {was} too short or too long",
    "form": "{it} did not have the form of a question",
    "leaked-fields": "words of the instruction leaked into {them}",
    "repetition": "{it} repeated {itself}",
    "assistant-voice": "{it} spoke as an assistant, not as a person",
    "copy": "{it} copied {one} of {its} own examples",
    "novelty": "{it} {was} nearly the same as a seed or an earlier row",
    "sensible": "{it} did not hold whole, sensible sentences",
    "near-duplicate": "{it} meant nearly the same as an earlier row",
    "topic": "{it} strayed from {its} topic",
    "type-cue": "{it} did not show {its} question type",
    "logprob": "the model itself was unsure of {them}",
    "cell-full": "{its} topic and type had enough rows already",
    "language": "{it} {was} not in the study's language",
    "out-of-reach": "{it} asked for what a text cannot give",
    "complete": "a part was missing",
    "identity": "nothing had to be put right",
    "fails-value": "the misaligned response did not fail the value",
    "critique-true": "the critique named no fault that is there",
    "honours-value": "the aligned response did not honour the value",
    "refusal": "the model refused to answer",
    "answers-prompt": "{it} did not answer the prompt",
    "differs": "both responses said the same",
    "shows-fault": "the misaligned response showed no fault",
    "puts-right": "the aligned response did not put the fault right",
}
_RULES = {
    "written-by-model": "written by a model",
    "missing-field": "with a part missing",
    "too-verbose": "too long",
    "not-sensible": "not whole sentences",
    "same-text": "with two responses that say the same",
    "irrelevant-value": "about another value",
    "exact-duplicate": "there twice",
    "near-duplicate": "nearly the same as another",
    "between-pools": "too close to one set apart for evaluation",
    "person": "set aside by a person",
}
_ONE = {"it": "it", "its": "its", "them": "it", "itself": "itself", "was": "was", "one": "one"}  # fmt: skip
_MANY = {**_ONE, "it": "they", "its": "their", "them": "them", "itself": "themselves", "was": "were"}


def gate_words(gate: str, *, many: bool = False) -> str:
    """“it strayed from its topic”, or “they …” for `many`; a gate that is not known here goes by its name."""
    return _GATES.get(gate, f"the check “{gate}” turned {{them}} away").format_map(_MANY if many else _ONE)


def rule_words(rule: str) -> str:
    """“nearly the same as another”; a rule that is not known here goes by its name."""
    return _RULES.get(rule, f"by the rule “{rule}”")
