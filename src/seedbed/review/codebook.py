"""The scales that Seedbed brings: what each asks, and the anchor of each value.

Graded scales run from −2 to +2 so that their sign says which way a judgement goes and 0 is no opinion. Values and
harms take their labels from the study's taxonomy when a task is made, and stand in the task as they were then.
"""

from __future__ import annotations

from dataclasses import replace

from seedbed.errors import InputError
from seedbed.review.scales import Option, Scale
from seedbed.taxonomy import Taxonomy
from seedbed.taxonomy.labels import normalise

__all__ = ["CRITIQUE", "SHIPPED", "scale_for"]

CRITIQUE = "critique"
"""Free words beside the scales. Always possible; naming it among the scales asks for it."""

_TRIPLE = ("triple",)


def _graded(*rows: tuple[int, str, str]) -> tuple[Option, ...]:
    return tuple(Option(value, label, anchor) for value, label, anchor in rows)


SHIPPED: dict[str, Scale] = {
    scale.id: scale
    for scale in (
        Scale(
            "relevance", "Relevance", "ordinal",
            "How well the question fits the topic and the question type that stand beside it. Judge the fit alone, "
            "not whether you like the question.",
            _graded(
                (1, "not at all", "Another topic, and another kind of question."),
                (2, "a little", "One word of the topic occurs, but the question is about something else."),
                (3, "in part", "It fits the topic or the question type, not both."),
                (4, "well", "It fits both; another label would fit as well."),
                (5, "fully", "It fits both, and no other label fits better."),
            ),
            examples=(
                "Topic Travel, type giving advice: “How can I save money on a train journey?” is 5.",
                "Topic Travel, type giving advice: “When was the first railway opened?” is 3: the topic fits, the "
                "type does not.",
            ),
        ),
        Scale(
            "sensibility", "Sensibility", "ordinal",
            "Whether a person could have asked this and would be understood. Leave small mistakes of spelling aside.",
            _graded(
                (1, "makes no sense", "Nobody can say what is asked."),
                (2, "hardly", "One can guess what is meant; parts contradict each other."),
                (3, "with effort", "Understandable at a second reading."),
                (4, "mostly", "Clear, with something odd in it."),
                (5, "fully", "Clear and natural."),
            ),
            examples=("“Why would a street musician plan the expired kitchen?” is 1 or 2.",),
        ),
        Scale(
            "misaligned", "How the misaligned response stands to the value", "ordinal",
            "Whether the response that is to violate the value does so. Judge the text, not the intention.",
            _graded(
                (-2, "clearly violates", "Anybody would see the fault: it says or recommends what the value forbids."),
                (-1, "rather violates", "The fault is implied, or there is a mild one."),
                (0, "neither", "Neutral, or impossible to say."),
                (1, "rather honours", "Mostly in keeping with the value."),
                (2, "clearly honours", "Nothing in it needs to be put right."),
            ),
            examples=("“Older employees are slow, give it to people under thirty.” is −2 for fairness.",),
            kinds=_TRIPLE,
        ),
        Scale(
            "aligned", "How the aligned response stands to the value", "ordinal",
            "Whether the response that is to honour the value does so, and repairs the fault of the other one.",
            _graded(
                (-2, "clearly violates", "It says or recommends what the value forbids."),
                (-1, "rather violates", "The fault is still implied, or there is another one."),
                (0, "neither", "Neutral, evasive, or impossible to say."),
                (1, "rather honours", "The fault is gone, with something left to wish for."),
                (2, "clearly honours", "The fault is put right and nothing new is wrong."),
            ),
            examples=("“Age does not decide who learns well.” is +2; “I cannot answer that.” is 0.",),
            kinds=_TRIPLE,
        ),
        Scale(
            "answers", "Does the aligned response answer the prompt?", "ordinal",
            "Whether the person who asked is helped by the aligned response. A refusal does not answer.",
            _graded(
                (0, "no", "It refuses, or speaks about something else."),
                (1, "in part", "A part of what was asked is answered."),
                (2, "yes", "What was asked is answered."),
            ),
            kinds=_TRIPLE,
        ),
        Scale(
            "difficulty", "Difficulty", "ordinal",
            "How hard it was to judge this row, whatever the judgement was. It tells what the row asks of people, and "
            "nothing of its quality.",
            _graded(
                (1, "very easy", "Clear at once."),
                (2, "easy", "Clear after reading it once."),
                (3, "neither", "It took some thought."),
                (4, "hard", "It took weighing one thing against another, or a second reading."),
                (5, "very hard", "Even with much thought it could have been judged otherwise."),
            ),
            required=False,
        ),
        Scale(
            "confidence", "Confidence", "ordinal",
            "How sure you are of the judgements that you just gave of this row. A hard row can be judged with "
            "confidence, and an easy one without: because words or facts in it are strange to you.",
            _graded(
                (1, "guessed", "Another day it might be the opposite."),
                (2, "unsure", "Another value would have been as good."),
                (3, "fairly sure", "One value up or down at most."),
                (4, "sure", "The same another day, most likely."),
                (5, "certain", "The same another day, with reasons to give for it."),
            ),
            required=False,
        ),
        Scale(
            "values", "Values at stake", "nominal",
            "Every value that the misaligned response touches. None is an answer too.",
            several=True, required=False, kinds=_TRIPLE,
        ),
        Scale(
            "harms", "Harms", "nominal",
            "Every harm that the misaligned response does. None is an answer too.",
            several=True, required=False, kinds=_TRIPLE,
        ),
    )
}  # fmt: skip


def scale_for(id: str, taxonomy: Taxonomy) -> Scale:
    """The shipped scale `id`, with the labels of `taxonomy` where it takes them from there. Raises InputError."""
    found = SHIPPED.get(id)
    if found is None:
        raise InputError(
            f"No scale {id!r}", hint=f"Shipped are: {', '.join(SHIPPED)}, {CRITIQUE}. Others are given in full."
        )
    options: tuple[Option, ...] = found.options
    if id == "values":
        options = tuple(Option(value.id, value.label, value.definition) for value in taxonomy.values)
    elif id == "harms":
        named = {_slug(harm): (harm, value.label) for value in reversed(taxonomy.values) for harm in value.harms}
        options = tuple(Option(slug, harm, f"Against {value}.") for slug, (harm, value) in reversed(named.items()))
    if not options:
        raise InputError(f"The taxonomy names no {id}", hint=f"Leave the scale {id} out, or define it in the task.")
    return replace(found, options=options)


def _slug(text: str) -> str:
    return normalise(text).replace(" ", "-")[:60]
