"""script.md: what people were told, asked and given in the workshop, and what moderators were to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seedbed.release.documents.markdown import one_line
from seedbed.workshop.template import Template

__all__ = ["render_script"]


def render_script(template: Template) -> str:
    """The template as a document. Addresses of calls and the plan of whom to invite are not in it."""
    return "\n\n".join(block for block in _blocks(template) if block) + "\n"


def _blocks(template: Template) -> Iterator[str]:
    about = template.about
    yield f"# {one_line(about.title)}: the workshop's script"
    yield "## What people were told"
    yield from (text for text in (about.welcome, about.fate, about.warning, about.duration) if text)
    yield "## What people were asked to agree to"
    yield "\n".join(f"- **{item.id}**: {one_line(item.text)} {one_line(item.consequence)}" for item in template.consent)
    script = {step.step: step for step in template.script}
    for session in template.sessions:
        yield f"## {one_line(session.title)}"
        for step in session.steps:
            minutes = f", {step.minutes} minutes" if step.minutes else ""
            yield f"### {one_line(step.title)} ({step.kind}{minutes})"
            yield step.text
            if told := script.get(step.id):
                yield "*Moderators:* " + told.text if told.text else ""
                yield _list("They say:", told.say)
                yield _list("They watch for:", told.watch_for)
    yield "## At hand while writing"
    cards = template.cards
    for name, items in (
        ("Advice", cards.advice), ("Scenarios", cards.scenarios), ("Personas", cards.personas),
        ("Role cards", cards.role_cards),
    ):  # fmt: skip
        if items:
            yield f"### {name}"
            yield "\n".join(f"- **{one_line(item.title)}.** {one_line(item.text)}" for item in items)
    if template.tasks:
        yield "### Kinds of task"
        yield "\n".join(f"- **{one_line(task.label)}.** {one_line(task.text)}" for task in template.tasks)
    yield "## Looking back"
    yield "\n".join(f"- **{one_line(prompt.title)}.** {one_line(prompt.text)}" for prompt in template.reflection)


def _list(head: str, items: Iterable[str]) -> str:
    lines = [f"- {one_line(item)}" for item in items]
    return "\n".join([head, "", *lines]) if lines else ""
