"""The gates of stage 1: small named checks of one candidate, in an order that the settings give.

A gate returns None to let the candidate pass, or a Finding: the reason in words, what was measured, and the rival
where there is one. Gates are pure but for what the bench remembers of the rows kept before, in slot order.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from seedbed.generate.gating import FIELD, Finding, four_gram_repeated
from seedbed.generate.questions.bench import Bench
from seedbed.generate.questions.languages import language_fault
from seedbed.records import Ask, Candidate

__all__ = ["QUESTION_GATES", "Gate"]


Gate = Callable[[Bench, Ask, Candidate], Finding | None]

_ASSISTANT = re.compile(
    r"(?i)\b(help you|assist you|your (company|team|organi[sz]ation|question|business)|as an ai|language model|"
    r"i('m| am) (sorry|here to)|feel free|here (is|are) (a|some|the)|here['’]s (another|an?|some|the)\b|certainly|"
    r"sure[,!])"
)
# A field's name is a common noun as well. Directly after one of these, or after any word where the noun is "question"
# or "answer", it is a part of the sentence: "I have a quick question: …".
_BEFORE_A_NOUN = "a an another any her his its my one other our same that the their this which your"
_DETERMINERS = frozenset(_BEFORE_A_NOUN.split())
_SPOKEN = frozenset({"question", "questions", "answer"})
_QUOTED_FIELD = re.compile(r"[\"'](?:topic|(?:question )?type|questions?|input|response|answer|prompt)[\"']\s*:", re.I)
_LABELS = re.compile(r"\W*\(([^()]{1,80});[^()]{1,300}\)\s")  # "(Finance; giving advice) …", as prompts show examples
# Self-Instruct leaves out instructions with the words of the first line; topic-guided Self-Instruct adds the second.
_OUT_OF_REACH = re.compile(
    r"(?i)\b(images?|graphs?|pictures?|files?|maps?|draw|plot|go to|"
    r"videos?|audios?|music|flowcharts?|diagrams?)\b|^write a program\b"
)


def finished(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """The model ended by itself: a text cut at the token limit is no question."""
    return None if candidate.finished else Finding("cut off at the token limit")


def length(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Between min_words and max_words words."""
    count = len(candidate.text.split())
    limits = bench.questions
    if count < limits.min_words:
        return Finding(f"{count} words, fewer than {limits.min_words}", count)
    if count > limits.max_words:
        return Finding(f"{count} words, more than {limits.max_words}", count)
    return None


def form(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Begins with a capital or a digit; where must_ask holds, the last sentence asks."""
    first = next((c for c in candidate.text if c.isalnum()), "")
    if first.islower():
        return Finding("does not begin with a capital letter", first)
    if bench.must_ask and not candidate.text.rstrip("\"')]”’ ").endswith(("?", "？")):
        return Finding("the last sentence does not ask", candidate.text[-1:])
    return None


def language(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """In the language of the study: by common words for English, for others by the script where it tells.

    Passes where that says nothing, as for a Portuguese study in which a model writes Spanish.
    """
    found = language_fault(candidate.text, bench.language)
    return Finding(*found) if found else None


def leaked_fields(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """No field name and no labels of the prompt in the text. A noun before a colon is none: "I have a question: …"."""
    if labels := _LABELS.match(candidate.text):
        return Finding("begins with labels, as the examples of its prompt do", labels.group(1))
    quoted = _QUOTED_FIELD.search(candidate.text)
    found = list(FIELD.finditer(candidate.text))
    if quoted is None and (not found or (len(found) == 1 and _is_spoken(candidate.text, found[0]))):
        return None
    name = found[0].group(1) if found else quoted.group(0).strip("\"' :") if quoted else ""
    return Finding(f"a field name leaked: {name}", name)


def _is_spoken(text: str, found: re.Match[str]) -> bool:
    """Whether the field name is a noun of the sentence: it follows a word directly, and a colon follows it."""
    name = found.group(1)
    before = re.search(r"([^\W\d_]+)\s+$", text[: found.start(1)])
    if before is None or not name.islower() or not found.group(0).endswith(":"):
        return False
    return name in _SPOKEN or before.group(1).casefold() in _DETERMINERS


def repetition(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """No four words in a row twice."""
    gram = four_gram_repeated(candidate.text)
    return Finding("four words repeated", gram) if gram else None


def assistant_voice(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Speaks as the person who asks, not as the assistant who answers."""
    found = _ASSISTANT.search(candidate.text)
    return Finding(f"speaks as an assistant: {found.group(0)}", found.group(0)) if found else None


def copy(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Not a copy of one of the examples in its own prompt (ROUGE-L by the novelty rule)."""
    rival = bench.copied(candidate.text, ask.examples)
    return Finding("copies an example of its own prompt", rival[1], rival[0]) if rival else None


def novelty(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """ROUGE-L F1 below the threshold with every seed and every row kept before, exactly."""
    rival = bench.nearest_text(candidate.text)
    return Finding("too close to another question", rival[1], rival[0]) if rival else None


def sensible(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """A sensible structure by parser and form; spelling does not count."""
    reason = bench.structure_fault(candidate.text)
    return Finding(reason) if reason else None


def near_duplicate(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Cosine with every row kept before at most max_cosine."""
    rival = bench.nearest_vector(candidate.text)
    if rival is not None and rival[1] > bench.questions.max_cosine:
        return Finding("means nearly the same as another question", rival[1], rival[0])
    return None


def topic(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Near the asked topic (its description or the sub-topic), and nearer than to any other topic."""
    if ask.topic is None:
        return None
    score, margin, other = bench.topic_fit(candidate.text, ask.topic, ask.subtopic)
    if score < bench.questions.min_topic_cosine:
        return Finding(f"not about {ask.topic}", round(score, 4))
    if margin < bench.questions.min_topic_margin:
        return Finding(f"nearer to {other} than to {ask.topic}", round(margin, 4))
    return None


def type_cue(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Shows at least one of the words by which the asked question type is known; passes where the type has none."""
    if ask.question_type is None or bench.has_cue(candidate.text, ask.question_type):
        return None
    return Finding(f"no sign of the type {ask.question_type}")


def logprob(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Mean log-probability of a token at least min_logprob, where the endpoint reports it."""
    if candidate.logprob is None or candidate.logprob >= bench.questions.min_logprob:
        return None
    return Finding("the model itself was unsure of it", round(candidate.logprob, 4))


def cell_full(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """At most per_cell kept rows in one cell of topic and type."""
    count = bench.in_cell(ask)
    most = bench.questions.per_cell
    return Finding(f"its cell has {count} already", count) if most is not None and count >= most else None


def out_of_reach(bench: Bench, ask: Ask, candidate: Candidate) -> Finding | None:
    """Asks for no picture, sound, file or program, by the keywords of Self-Instruct. Off by default.

    They were made for tasks to be solved in text. Among questions of people they also stop "Should I go to the
    doctor?" and most questions about art.
    """
    found = _OUT_OF_REACH.search(candidate.text)
    return Finding(f"out of the reach of text: {found.group(0)}", found.group(0)) if found else None


QUESTION_GATES: dict[str, Gate] = {
    "finished": finished,
    "length": length,
    "form": form,
    "language": language,
    "leaked-fields": leaked_fields,
    "repetition": repetition,
    "assistant-voice": assistant_voice,
    "copy": copy,
    "novelty": novelty,
    "sensible": sensible,
    "near-duplicate": near_duplicate,
    "topic": topic,
    "type-cue": type_cue,
    "logprob": logprob,
    "cell-full": cell_full,
    "out-of-reach": out_of_reach,
}
