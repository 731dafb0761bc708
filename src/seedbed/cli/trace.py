"""seedbed trace"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, framed, hint, note, plain, working

if TYPE_CHECKING:
    from seedbed.lineage import Node, Step, Totals, Trace

_WIDTH = 72

_BACK = {
    "shown": "shown to the model as {an example}",
    "planned": "among the examples of its run, which does not say what it showed",
    "persona": "its persona comes from",
    "answered": "answers",
    "narrowed": "narrowed by a topic that a model made",
    "rival": "too near to",
    "judged": "judges",
    "made": "made by the run",
    "became": "written on a board, in the row",
    "wrote": "written by",
    "edited": "edited in curation by",
    "answers": "answers",
    "grown": "answers a question that grew from",
    "expanded": "made for another region from",
    "merged": "merged with it",
    "control_of": "a control for",
    "follows": "follows the requests of",
    "listed": "in its plan, and not shown",
    "holds": "holds",
    "sampled": "has",
}
_FORWARD = {
    "shown": "shown as an example for",
    "planned": "among the examples of a run which does not say what it showed",
    "persona": "gave its persona to",
    "answered": "answered by",
    "narrowed": "narrowed",
    "rival": "too near to it",
    "judged": "judged",
    "made": "made",
    "became": "became",
    "wrote": "wrote",
    "edited": "edited in curation",
    "answers": "answered by people",
    "grown": "helped to grow the question of",
    "expanded": "made from it for other regions",
    "merged": "merged into",
    "control_of": "has as its control",
    "follows": "followed by",
    "holds": "in the release",
    "noted": "named in the decisions of the release",
    "sampled": "rated in the task",
}
_KINDS = {
    "person": ("person", "people"), "board_row": ("row", "rows"), "seed": ("seed", "seeds"), "row": ("row", "rows"),
    "run": ("run", "runs"), "judgement": ("judgement", "judgements"), "task": ("rating task", "rating tasks"),
    "release": ("release", "releases"),
}  # fmt: skip
_WHAT = {"topic": "topics", "question": "questions", "triple": "triples"}
# what is said after the words, and how; the rest is for --json
_FACTS = ("group", "decided", "chosen", "gate", "role", "stage", "topic", "question_type", "values", "fault")


def trace(
    folder: StudyFolder,
    id: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A seed, a row (questions.000012), a pseudonym, a run, a release, a rating task, or a row of a board. "
            "Where several are called so: person:P1, seed:P1.",
            show_default=False,
        ),
    ],
    forward: Annotated[bool, typer.Option("--forward", help="Only what came of it.")] = False,
    back: Annotated[bool, typer.Option("--back", help="Only where it came from.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="Show every item of each step, not the first five.")] = False,
    as_json: AsJson = False,
) -> None:
    """Where anything in the study came from, and what came of it.

    Back: the question that a triple answers, the seeds that a model was shown, the rows of the boards they were written
    in, and who wrote them, by pseudonym. Forward: the questions and triples that grew from it, kept or rejected, what
    judged them, and the releases that hold them. Other runs' rows, seeds and releases are ids that can be traced too.
    """
    from seedbed.acts import Study

    with working("reading what is new") as listen:
        found = Study.open(folder).trace(id, first=sys.maxsize if all_ else 5, listen=listen)
    both = back == forward
    if as_json:
        told = found.to_json()
        for name, wanted in (("back", back), ("forward", forward)):
            if not (both or wanted):
                del told[name]
        framed(study=str(folder), trace=told)
        return
    _say(_head(found))
    if both or back:
        _show("Where it came from", found.back, "back", "This is where it begins.")
    if both or forward:
        _show("What came of it", found.forward, "forward", "Nothing yet.")
        for line in _in_all(found.totals):
            _say(line)
    for fault in found.faults:
        note(f"Not all could be read, and may be missing here: {fault}")
    if any(step.next is not None for step in (*found.back, *found.forward)):
        hint(f"All of it: {command('trace', folder, id, '--all')}")


def _head(found: Trace) -> str:
    node = found.node
    facts = "".join(f"\n  {name.replace('_', ' ')}: {value}" for name, value in node.facts)
    words = "".join(f"\n  {name}: {text}" if len(node.texts) > 1 else f"\n  “{text}”" for name, text in node.texts)
    return f"{node.key.id}  {_called(node)}{words}{facts}"


def _called(node: Node) -> str:
    what = "seed " + node.what if node.key.kind == "seed" and node.what else node.what or _KINDS[node.key.kind][0]
    return f"{what}, {node.state}" if node.state else what


def _show(title: str, steps: tuple[Step, ...], direction: str, none: str) -> None:
    _say(f"\n{title}")
    if not steps:
        _say(f"  {none}")
    for line in _tree(steps, direction, ""):
        _say(line)


def _tree(steps: tuple[Step, ...], direction: str, indent: str) -> Iterator[str]:
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        yield f"{indent}{'└─' if last else '├─'} {_said(step, direction)}"
        inner = indent + ("   " if last else "│  ")
        for place, node in enumerate(step.nodes):
            end = place == len(step.nodes) - 1 and step.next is None
            yield f"{inner}{'└─' if end else '├─'} {_line(node)}"
            yield from _tree(node.steps, direction, inner + ("   " if end else "│  "))
        if step.next is not None:
            yield f"{inner}└─ … and {step.total - len(step.nodes):,} more"


def _said(step: Step, direction: str) -> str:
    words = (_BACK if direction == "back" else _FORWARD)[step.how]
    words = words.replace("{an example}", "an example" if step.total == 1 else "examples")
    if step.total == 1 and step.kind in ("run", "release", "person", "board_row", "task"):
        return words
    of = f" of {step.of}" if step.of and step.kind in ("row", "judgement", "board_row") else ""
    return f"{words}: {step.total:,} {_KINDS[step.kind][step.total != 1]}{of}{_counts(step.states)}"


def _counts(states: Mapping[str, int]) -> str:
    told = [f"{count:,} {state}" for state, count in states.items() if count]
    return f" ({', '.join(told)})" if len(told) > 1 else ""


def _line(node: Node) -> str:
    words = node.texts[0][1] if node.texts else ""
    facts = [f"group {value}" if name == "group" else value for name, value in node.facts if name in _FACTS]
    about = [part for part in (node.state, *facts) if part]
    return _short(node.key.id, words, about)


def _short(id: str, words: str, about: list[str]) -> str:
    flat = " ".join(words.split())
    if len(flat) > _WIDTH:
        flat = f"{flat[: _WIDTH - 1]}…"
    told = "; ".join(" ".join(part.split()) for part in about)
    told = told if len(told) <= 2 * _WIDTH else f"{told[: 2 * _WIDTH - 1]}…"
    return "  ".join(filter(None, (id, f"“{flat}”" if flat else "", f"({told})" if told else "")))


def _in_all(totals: Totals) -> Iterator[str]:
    told = [f"{totals.seeds:,} {_KINDS['seed'][totals.seeds != 1]}"] if totals.seeds else []
    for what, states in totals.rows.items():
        count = sum(states.values())
        told.append(f"{count:,} {_WHAT[what] if count != 1 else what}{_counts(states)}")
    if totals.judgements:
        told.append(f"{totals.judgements:,} {_KINDS['judgement'][totals.judgements != 1]}")
    if totals.runs:
        told.append(f"in {len(totals.runs):,} {_KINDS['run'][len(totals.runs) != 1]}: {', '.join(totals.runs)}")
    if told:
        yield f"\nIn all: {'; '.join(told)}."
    if totals.releases:
        yield f"In {'the release' if len(totals.releases) == 1 else 'the releases'} {', '.join(totals.releases)}."


def _say(text: str) -> None:
    coding = sys.stdout.encoding or "utf-8"
    print(plain(text).encode(coding, "backslashreplace").decode(coding))
