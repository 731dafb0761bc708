"""README.md of a release: a dataset card whose every number is a fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from seedbed.release.choose import Why
from seedbed.release.columns import COLUMNS, PURPOSES, Column
from seedbed.release.documents import prose
from seedbed.release.documents.card_data import Card
from seedbed.release.documents.card_people import contributions, people
from seedbed.release.documents.card_process import judged, process, scope
from seedbed.release.documents.header import header
from seedbed.release.documents.markdown import cell, many, of, one_line, share, table

__all__ = ["render_card"]


def render_card(card: Card) -> str:
    """The whole of README.md, header first."""
    settings = card.settings
    blocks = [
        f"# {one_line(card.facts['title'])}",
        prose.WARNING if card.harmful else prose.NO_MISALIGNED,
        settings.description.strip(),
        *_what(card),
        "## Configurations", *_configurations(card),
        "## How the synthetic rows came about", *_funnel(card),
        "## Models and parameters", *_models(card),
        "## What people contributed", *contributions(card),
        "## How people worked", *process(card),
        "## Where people differed", *judged(card),
        "## The people", *people(card),
        "## Scope", *scope(card),
        "## Labels and what they mean", *_labels(card),
        "## What was not released, and why", *_left_out(card),
        *_since(card),
        "## Uses", "Meant for:", prose.USES, "Not meant for:", prose.OUT_OF_SCOPE,
        "## Hazards", prose.HAZARDS,
        "## Limitations", prose.LIMITATIONS,
        "## How to load", *_loading(card),
        "## Columns", *_columns(card),
        "## Other files", prose.OTHER_FILES,
        "## Licence, credit, contact", *_licence(card),
    ]  # fmt: skip
    top = header(settings, card.facts["title"], card.rows, card.files, human=card.human_rows > 0, harmful=card.harmful)
    return top + "\n" + "\n\n".join(block for block in blocks if block) + "\n"


# --- sections ------------------------------------------------------------------------------------------------


def _what(card: Card) -> Iterable[str]:
    rows, questions, triples = card.rows, card.facts["released.questions"], card.facts["released.triples"]
    yield (
        "Questions and triples for aligning language models. A triple is a prompt with a response that violates a "
        "value on purpose, a critique that names the fault, and the response put right. Of this release, people wrote "
        f"{many(rows['seeds'], 'question')} and {many(card.facts['triples.of_people'], 'triple')} of the alignment "
        f"pool and all {many(rows['evaluation'], 'row')} of the evaluation pool; models wrote "
        f"{many(questions, 'question')} and {many(triples, 'triple')}, from seeds of the alignment pool."
    )
    yield _profiles(card)
    yield prose.FACTS


def _profiles(card: Card) -> str:
    """The use case of the release, and those of its runs that were made under another; "" where there is none."""
    now = card.facts["profile"]
    said = [f"Its use case is {_profile(now)}."] if now else []
    for run in card.facts["runs"]:
        if run["profile"] != now and run["released"]:
            said.append(f"The run `{run['name']}` was made under {_profile(run['profile'])}.")
    return " ".join(said)


def _profile(about: Mapping[str, Any] | None) -> str:
    return f"the profile `{about['id']}`, version {about['version']} (`{about['digest']}`)" if about else "no profile"


def _configurations(card: Card) -> Iterable[str]:
    splits = {name: ", ".join(f"{split} {n:,}" for split, n in card.splits(name).items()) for name in card.files}
    lines = [
        (f"`{name}`", splits[name], f"{count:,}", PURPOSES[name])
        for name, count in card.rows.items() if count
    ]  # fmt: skip
    if lines:
        yield table(("Configuration", "Splits", "Rows", "What it holds"), lines, right=(2,))
        yield card.facts.told(*(f"rows.{name}" for name, count in card.rows.items() if count), "splits")
    else:
        yield "Nothing of this study could be released yet; the section on what was not released says why."
    if empty := [f"`{name}`" for name, count in card.rows.items() if not count]:
        yield f"Without rows in this release, and so without files: {', '.join(empty)}."
    if same := card.facts["same_response"]:
        yield f"In {many(same, 'triple')} both responses are the same: these are in `sft`, not in `dpo`."
    yield prose.SPLITS


def _funnel(card: Card) -> Iterable[str]:
    gated = [run for run in card.facts["runs"] if run["stays"] is None]
    if not gated:
        yield "No run of this study makes rows for release."
        return
    for stage in ("questions", "triples"):
        if made := card.facts[f"funnel.{stage}"]:
            yield f"**{stage.capitalize()}: {of(made['kept'], made['generated'])} passed every gate.**"
    for run in gated:
        kept, generated, failed = run["kept"], run["generated"], run["failed"]
        told = f" {failed:,} requests gave no text and are not counted." if failed else ""
        held_back = f" {run['behind']:,} of those kept stay behind." if run["behind"] else ""
        yield (
            f"Run `{run['name']}`: {of(kept, generated)} kept, {run['released']:,} released.{told}{held_back}"
            " The gates, in order; the first that a row fails decides:"
        )
        lines = [
            (
                f"`{one['gate']}`",
                cell(one["threshold"]) or "–",
                f"{one['rejected']:,}",
                share(one["rejected"], generated),
            )
            for one in run["gates"]
        ]
        yield table(("Gate", "Threshold", "Rejected", "Of generated"), lines, right=(2, 3))
    yield card.facts.told("runs", "funnel.questions", "funnel.triples")


def _models(card: Card) -> Iterable[str]:
    if not card.facts["runs"]:
        yield "The study has no runs yet."
        return
    yield "Every run of the study, released or not, with its settings' fingerprints. manifest.json has them in full."
    lines = [
        (f"`{run['name']}`", run["stage"], f"`{run['model']}`", f"`{run['prompt_version']}`",
         cell(", ".join(f"{name} {value}" for name, value in run["sampling"].items())) or "–",
         f"`{run['fingerprints']['ask']}`", f"`{run['fingerprints']['verdict']}`", f"{run['released']:,}")
        for run in card.facts["runs"]
    ]  # fmt: skip
    yield table(("Run", "Stage", "Model", "Prompt", "Sampling", "Asked", "Judged", "Released"), lines, right=(7,))
    yield card.facts.told("runs")


def _labels(card: Card) -> Iterable[str]:
    yield (
        f"Topics, question types and values are those of version {card.facts['taxonomy']} of the study's taxonomy, "
        "which the rows name by id. taxonomy.json has all of it."
    )
    for key, name in (("values", "Value"), ("topics", "Topic"), ("question_types", "Question type")):
        if found := card.facts[f"taxonomy.{key}"]:
            lines = [(f"`{one['id']}`", cell(one["label"]), cell(one["definition"]) or "–") for one in found]
            yield table((name, "Label", "Definition"), lines)
    yield card.facts.told("taxonomy", "taxonomy.values", "taxonomy.topics", "taxonomy.question_types")


def _left_out(card: Card) -> Iterable[str]:
    left = card.facts["left_out"]
    if not left:
        yield "Everything that the study holds was released."
        return
    lines = [(one["rows"], one["why"], f"{one['count']:,}") for one in left]
    yield table(("Rows", "Why", "Count"), lines, right=(2,))
    yield card.facts.told("left_out")
    yield "They stay in the study, each with its reason; a rejected row with its gate and what was measured."
    reasons = {one["why"] for one in left}
    if Why.PROPOSAL in reasons:
        yield (
            "Triples by the embedded model are proposals: it is so small that a person has to read, choose and mend "
            "each. None is released until a person has made it their own."
        )
    if reasons & {Why.RAW, Why.CONTROL}:
        yield "Raw and control rows exist to be compared, to see what the seeds did. They are not data to train on."


def _since(card: Card) -> Iterable[str]:
    """What people took back since the release before; the numbers are of rows, and never say whose."""
    if not card.facts["before.withdrawn"]:
        return
    yield "## What changed since the release before"
    yield (
        f"{many(card.facts['before.withdrawn'], 'row')} of release `{card.facts['before']}` were withdrawn, because "
        "people took back words that they are or grew from. None of them is in this release. Whoever has a copy of "
        "that one is asked to use this one in its place."
    )
    yield card.facts.told("before", "before.withdrawn")


def _loading(card: Card) -> Iterable[str]:
    lines = ["from datasets import load_dataset", ""]
    lines += [
        f'{name} = load_dataset("PATH", "{name}", split="{next(iter(splits))}")' for name, splits in card.files.items()
    ]
    yield "\n".join(["```python", *lines, "```"])
    yield "`PATH` is this folder, or the name under which it stands on a hub."
    yield prose.AFTER_LOADING
    yield "Every file's checksum stands in `SHA256SUMS`: `sha256sum -c SHA256SUMS`, here, verifies them all."


def _columns(card: Card) -> Iterable[str]:
    for name in card.files:
        yield f"### `{name}`"
        lines = [line for column in COLUMNS[name] for line in _column(column)]
        yield table(("Column", "Type", "Meaning"), lines)


def _column(column: Column, under: str = "") -> Iterable[tuple[str, str, str]]:
    yield f"`{under}{column.name}`", column.kind, column.meaning
    for part in column.parts:
        yield from _column(part, f"{column.name}.")


def _licence(card: Card) -> Iterable[str]:
    settings = card.settings
    yield (
        f"{settings.license}. Credit the people of the study and name this version, `{card.version}`. Keep this card, "
        "with its content warning, beside every copy."
    )
    yield (
        "A release never changes. When somebody withdraws consent, a new version is made without their rows, and older "
        "copies should be replaced."
    )
    if settings.creator:
        yield f"Published by {cell(settings.creator)}."
    if settings.contact:
        yield f"Contact: {settings.contact}"
    if held := card.facts["evaluation.held_back"]:
        yield f"{held:,} rows of the evaluation pool are kept back in this release."
