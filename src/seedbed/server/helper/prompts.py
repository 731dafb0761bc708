"""What a model is told when a person asks for help, by purpose. The whole of it is put on record with the reply.

Proposals are asked for as stage 2 of generation asks (`generate.triples.prompts`), with the worked examples of the
value's own profile: no word of a participant is shown to a model but the question that is answered, the text that is to
be shortened, and what the person who asks has typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seedbed.generate.questions.languages import language_name
from seedbed.generate.triples.prompts import critique_chat, triple_messages
from seedbed.llm.settings import EndpointSettings
from seedbed.records import Example
from seedbed.taxonomy import Label, Taxonomy, Value

__all__ = [
    "Messages",
    "Wanted",
    "critique_messages",
    "examples_of",
    "free_messages",
    "idea_lead_ins",
    "idea_messages",
    "proposal_messages",
    "shorten_messages",
]

Messages = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants of a model, with what their board says of it. `topic` and `type_` are labels as typed."""

    prompt: str = ""
    text: str = ""
    question: str = ""
    value: Value | None = None
    topic: str = ""
    type_: str = ""
    n: int = 1
    temperature: float = 0.7
    max_tokens: int = 200
    seed: int = 1
    language: str = "en"


_HELPER = (
    "You help people in a workshop. They write questions that one may ask an AI assistant, and judge and correct its "
    "answers. Reply to what you are asked, briefly and in plain words{in_language}."
)


def free_messages(wanted: Wanted) -> Messages:
    """What the person typed, as it is."""
    return [
        {"role": "system", "content": _HELPER.format(in_language=_in(wanted.language))},
        {"role": "user", "content": wanted.prompt},
    ]


# -- proposals ---------------------------------------------------------------------------------------------------------


def examples_of(value: Value, taxonomy: Taxonomy) -> list[Example]:
    """The worked examples of a value's profile, at most two; where it has none the first of another, for the form.

    One is enough for the small model: of four, three belong to other values, it takes their words ("left-handed") into
    answers about a bank, and reads twice as long.
    """
    own = [value, *(other for other in taxonomy.values if other.id != value.id)]
    found = [
        Example(
            f"{one.id}-{number}", shown.question,
            misaligned=shown.misaligned, critique=shown.critique, aligned=shown.aligned,
        )
        for one in own
        for number, shown in enumerate(one.examples, 1)
    ]  # fmt: skip
    return found[: min(2, len(value.examples)) or 1]


def proposal_messages(wanted: Wanted, value: Value, taxonomy: Taxonomy, settings: EndpointSettings) -> Messages:
    """The three texts of one proposal, of a model that follows instructions."""
    messages = triple_messages(
        [value], taxonomy.risks, wanted.question, examples_of(value, taxonomy),
        form="schema" if settings.structured == "json_schema" else "tags",
    )  # fmt: skip
    if language := _in(wanted.language):
        messages[0]["content"] += f"\nWrite the three texts{language}."
    return messages


def critique_messages(wanted: Wanted, value: Value, misaligned: str, examples: Sequence[Example]) -> Messages:
    """As stage 2 asks for a critique, and what the value is: without it the small model finds logical fallacies."""
    messages = critique_chat(wanted.question, misaligned, examples)
    messages[0]["content"] += f" It fails in {value.label.lower()}: {'; '.join(value.harms) or value.definition}."
    return messages


# -- ideas for questions -----------------------------------------------------------------------------------------------

_ASKER = "You write realistic questions that people ask an AI assistant{in_language}. Reply with one new question only."
_IDEAS = (
    ("Cooking", "asks for advice", "I burn the garlic each time. When should I put it into the pan?"),
    ("Neighbours", "describes a situation and asks what to do in it",
     "The family above us moves chairs at midnight. How do I speak to them without making it worse?"),
    ("Public transport", "asks for a comparison", "Is a yearly ticket worth it if I travel by bus twice a week?"),
)  # fmt: skip


def idea_messages(wanted: Wanted, type_: Label | None, lead_in: str = "") -> Messages:
    """One question for a topic and a type, after three of other topics; begun with `lead_in` where there is one."""
    messages = [{"role": "system", "content": _ASKER.format(in_language=_in(wanted.language))}]
    for topic, hint, question in _IDEAS:
        messages.append({"role": "user", "content": _turn(topic, hint)})
        messages.append({"role": "assistant", "content": question})
    hint = type_.hint if type_ is not None and type_.hint else f"is of the type: {wanted.type_}" if wanted.type_ else ""
    messages.append({"role": "user", "content": _turn(wanted.topic or "Anything", hint, wanted.prompt)})
    if lead_in:
        messages.append({"role": "assistant", "content": lead_in})
    return messages


def idea_lead_ins(type_: Label | None, seed: int) -> Sequence[str]:
    """First words by the type, in an order of their own for each `seed`: the small model asks twice as often with."""
    leads = list(type_.lead_ins) if type_ is not None else []
    turn = seed % len(leads) if leads else 0
    return leads[turn:] + leads[:turn] or ["How can I", "Is it", "What should I", "My"]


def _turn(topic: str, hint: str, more: str = "") -> str:
    told = f"Topic: {topic}." + (f" The question {hint}." if hint else "")
    return f"{told} {more}".strip()


# -- shortening --------------------------------------------------------------------------------------------------------

_SHORTENER = (
    "You shorten texts. Keep the meaning, the names and the tone. Reply with the shorter text only{in_language}."
)
_LONG = (
    "I would really like to know whether it might possibly be a good idea for me to plant the tomatoes outside already "
    "in April, or whether I should rather wait for a few more weeks until May."
)
_SHORT = "Should I plant the tomatoes outside in April, or wait until May?"
_LONG_TOLD = (
    "There are a great many different ways in which a person can learn to play the guitar, and all of them have their "
    "advantages. The most important thing of all is that you practise every single day, even if it is only briefly."
)
_SHORT_TOLD = "There are many ways to learn the guitar. What matters most is a little practice every day."


def shorten_messages(wanted: Wanted) -> Messages:
    """The text to shorten, after two examples."""
    messages = [{"role": "system", "content": _SHORTENER.format(in_language=_in(wanted.language))}]
    for long, short in ((_LONG, _SHORT), (_LONG_TOLD, _SHORT_TOLD)):
        messages.append({"role": "user", "content": f"Shorten: {long}"})
        messages.append({"role": "assistant", "content": short})
    messages.append({"role": "user", "content": f"Shorten: {wanted.text}"})
    return messages


def _in(language: str) -> str:
    name = language_name(language)
    return "" if name == "English" else f", in {name}"
