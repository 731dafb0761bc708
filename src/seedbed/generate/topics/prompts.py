"""The prompts of stage 0, rendered from ids when they are needed and never stored. A changed word is a new version.

In the chat and text styles the model continues a numbered list that begins with sub-topics of the taxonomy; in the
others it is told them. Seeds stand as worked turns (their topic and type with the sub-topics of that topic), or as
questions that the topics are to be good for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.generate.draws import shuffled
from seedbed.generate.questions.languages import language_name
from seedbed.records import Ask, Example
from seedbed.taxonomy import Taxonomy

__all__ = ["TOPICS_VERSION", "TOPIC_SCHEMA", "Messages", "TopicPrompts"]

Messages = list[dict[str, str]]

TOPICS_VERSION = "topics/1"
TOPIC_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"topics": {"type": "array", "items": {"type": "string"}}},
    "required": ["topics"],
    "additionalProperties": False,
}
_WORKED = 8  # lines of a worked turn

_LISTER = (
    "You list short topics{in_language}. Each is a noun phrase of at most {words} that begins with a capital letter."
)
_TASK = """\
You help to plan a dataset of questions that people ask AI assistants. For one topic and one type of question you list \
narrower topics that such questions could be about.

Rules:
- Each is a noun phrase in {language} of at most {words}, and begins with a capital letter.
- Each is closely related to the topic and to the type of question.
- All differ from each other and from those already on the list, and no word comes twice.
- Nothing else: no explanation, no full stop."""


class TopicPrompts:
    """Renders an ask in each style. `begun_with` is how many sub-topics the list begins with."""

    def __init__(
        self, taxonomy: Taxonomy, examples: Mapping[str, Example], *, begun_with: int, max_words: int, language: str
    ) -> None:
        self._taxonomy, self._examples, self._begun_with = taxonomy, examples, begun_with
        self._language = language_name(language)
        self._words = f"{max_words} word{'' if max_words == 1 else 's'}"

    def begun(self, ask: Ask) -> list[str]:
        """The sub-topics that the list begins with, in an order that follows from the ask."""
        return self._subtopics(ask.topic, ask.seed)[: self._begun_with]

    def _subtopics(self, topic: str | None, *key: object) -> list[str]:
        names = self._taxonomy.topic(topic).subtopics if topic else ()
        return [name[:1].upper() + name[1:] for name in shuffled(names, *key)]

    def chat(self, ask: Ask) -> Messages:
        """A worked turn for each example, the turn that asks, and the beginning of the list, with the next number."""
        aside = "" if self._language == "English" else f" in {self._language}"
        messages = [{"role": "system", "content": _LISTER.format(words=self._words, in_language=aside)}]
        for example in self._shown(ask):
            worked = self._subtopics(example.topic, ask.seed, example.id)[:_WORKED]
            messages.append({"role": "user", "content": self._asked(example.topic, example.question_type)})
            messages.append({"role": "assistant", "content": _numbered(worked)})
        messages.append({"role": "user", "content": self._asked(ask.topic, ask.question_type)})
        messages.append({"role": "assistant", "content": self._open_list(ask)})
        return messages

    def text(self, ask: Ask) -> str:
        """The same as one text, for a base model to continue."""
        blocks = [f"Lists of short topics in {self._language}, each a noun phrase of at most {self._words}."]
        for example in self._shown(ask):
            worked = self._subtopics(example.topic, ask.seed, example.id)[:_WORKED]
            blocks.append(f"{self._heading(example.topic, example.question_type)}\n{_numbered(worked)}")
        blocks.append(f"{self._heading(ask.topic, ask.question_type)}\n{self._open_list(ask)}")
        return "\n\n".join(blocks)

    def schema(self, ask: Ask) -> Messages:
        return self._instructed(ask, 'as JSON: {"topics": ["…", "…"]}')

    def tags(self, ask: Ask) -> Messages:
        return self._instructed(ask, f"each on one line of its own, numbered 1. to {ask.count}.")

    def _shown(self, ask: Ask) -> list[Example]:
        """The seeds that make a worked turn: those of a topic that has sub-topics."""
        found = [self._examples[id] for id in ask.examples]
        return [example for example in found if example.topic and self._taxonomy.topic(example.topic).subtopics]

    def _asked(self, topic: str | None, type_: str | None) -> str:
        assert topic is not None
        hint = self._taxonomy.question_type(type_).hint if type_ else ""
        about = f" for a question that {hint}" if hint else ""
        return f"List narrower topics of {self._taxonomy.topic(topic).label}{about}. At most {self._words} each."

    def _heading(self, topic: str | None, type_: str | None) -> str:
        assert topic is not None
        hint = self._taxonomy.question_type(type_).hint if type_ else ""
        return f"Topic: {self._taxonomy.topic(topic).label}." + (f" The question {hint}." if hint else "")

    def _open_list(self, ask: Ask) -> str:
        begun = self.begun(ask)
        return "".join(f"{_numbered(begun)}\n" if begun else "") + f"{len(begun) + 1}."

    def _instructed(self, ask: Ask, form: str) -> Messages:
        assert ask.topic is not None
        assert ask.question_type is not None
        lines = []
        if ask.examples:
            lines.append("Questions that people asked:")
            for id in ask.examples:
                example = self._examples[id]
                labels = [self._taxonomy.topic(example.topic).label] if example.topic else []
                if example.question_type:
                    labels.append(self._taxonomy.question_type(example.question_type).label)
                lines.append(f"- ({'; '.join(labels)}) {example.text}")
            lines.append("")
        topic, type_ = self._taxonomy.topic(ask.topic), self._taxonomy.question_type(ask.question_type)
        lines += [f"Topic: {topic.label} ({topic.definition})", f"Question type: {type_.label}. {type_.definition}"]
        if begun := self.begun(ask):
            lines.append(f"On the list already: {', '.join(begun)}.")
        lines.append(f"Write {ask.count} narrower topics for this topic and type, {form}")
        task = _TASK.format(language=self._language, words=self._words)
        return [{"role": "system", "content": task}, {"role": "user", "content": "\n".join(lines)}]


def _numbered(items: Sequence[str]) -> str:
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))
