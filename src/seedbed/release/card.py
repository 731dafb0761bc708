"""README.md of a release: a dataset card whose every number is computed from the study's record."""

from __future__ import annotations

from collections.abc import Iterable

from seedbed.records import Pool
from seedbed.release import prose
from seedbed.release.card_data import Card
from seedbed.release.card_people import contributions, people
from seedbed.release.choose import Why
from seedbed.release.columns import COLUMNS, PURPOSES, SPLITS, Column
from seedbed.release.funnel import gate_lines, of, parameters
from seedbed.release.header import header, title
from seedbed.release.markdown import cell, many, one_line, share, table
from seedbed.release.sources import RunSource, public_model

__all__ = ["render_card"]


def render_card(card: Card) -> str:
    """The whole of README.md, header first."""
    settings = card.settings
    blocks = [
        f"# {one_line(title(settings, card.version))}",
        prose.WARNING if card.harmful else prose.NO_MISALIGNED,
        settings.description.strip(),
        *_what(card),
        "## Configurations", *_configurations(card),
        "## How the synthetic rows came about", *_funnel(card),
        "## Models and parameters", *_models(card),
        "## What people contributed", *contributions(card),
        "## The people", *people(card),
        "## What was not released, and why", *_left_out(card),
        "## Uses", "Meant for:", prose.USES, "Not meant for:", prose.OUT_OF_SCOPE,
        "## Hazards", prose.HAZARDS,
        "## Limitations", prose.LIMITATIONS,
        "## How to load", *_loading(card),
        "## Columns", *_columns(card),
        "## Licence, credit, contact", *_licence(card),
    ]  # fmt: skip
    top = header(settings, card.version, card.rows, card.files, human=card.human_rows > 0, harmful=card.harmful)
    return top + "\n" + "\n\n".join(block for block in blocks if block) + "\n"


# --- sections ------------------------------------------------------------------------------------------------


def _what(card: Card) -> Iterable[str]:
    rows, questions, triples = card.rows, card.released("questions"), card.released("triples")
    yield (
        "Questions and triples for aligning language models. A triple is a prompt with a response that violates a "
        "value on purpose, a critique that names the fault, and the response put right. Of this release, people wrote "
        f"{many(rows['seeds'], 'question')} and {many(rows['triples'] - triples, 'triple')} of the alignment pool and "
        f"all {many(rows['evaluation'], 'row')} of the evaluation pool; models wrote {many(questions, 'question')} and "
        f"{many(triples, 'triple')}, from seeds of the alignment pool."
    )


def _configurations(card: Card) -> Iterable[str]:
    rows = [(f"`{name}`", SPLITS[name], f"{count:,}", PURPOSES[name]) for name, count in card.rows.items() if count]
    if rows:
        yield table(("Configuration", "Split", "Rows", "What it holds"), rows, right=(2,))
    else:
        yield "Nothing of this study could be released yet; the section on what was not released says why."
    if empty := [f"`{name}`" for name, count in card.rows.items() if not count]:
        yield f"Without rows in this release, and so without files: {', '.join(empty)}."
    if same := card.tally.same_response:
        yield f"In {many(same, 'triple')} both responses are the same: these are in `sft`, not in `preference`."
    yield (
        "The alignment pool has the one split `train`, the evaluation pool the one split `test`; further splits come "
        "later. No row of the alignment pool grew from a seed of the evaluation pool, and no text stands in both."
    )


def _funnel(card: Card) -> Iterable[str]:
    gated = [run for run in card.sources.runs if card.tally.runs[run.name].stays is None]
    if not gated:
        yield "No run of this study makes rows for release."
    for stage in ("questions", "triples"):
        counts = [card.tally.runs[run.name] for run in gated if run.record.stage == stage]
        if counts:
            kept, generated = sum(c.kept for c in counts), sum(c.generated for c in counts)
            yield f"**{stage.capitalize()}: {of(kept, generated)} passed every gate.**"
    for run in gated:
        tally = card.tally.runs[run.name]
        failed = f" {tally.failed:,} requests gave no text and are not counted." if tally.failed else ""
        held_back = (
            f" {tally.kept - tally.released:,} of those kept stay behind." if tally.kept > tally.released else ""
        )
        yield (
            f"Run `{run.name}`: {of(tally.kept, tally.generated)} kept, {tally.released:,} released.{failed}{held_back}"
            " The gates, in order; the first that a row fails decides:"
        )
        lines = [
            (
                f"`{line.gate}`",
                cell(line.threshold) or "–",
                f"{line.rejected:,}",
                share(line.rejected, tally.generated),
            )
            for line in gate_lines(run, tally)
        ]
        yield table(("Gate", "Threshold", "Rejected", "Of generated"), lines, right=(2, 3))


def _models(card: Card) -> Iterable[str]:
    if not card.sources.runs:
        yield "The study has no runs yet."
        return
    yield "Every run of the study, released or not, with its settings' fingerprints. manifest.json has them in full."
    lines = [
        (f"`{run.name}`", run.record.stage, f"`{public_model(str(run.record.ask.get('model', '')))}`",
         f"`{run.record.ask.get('prompt_version', '')}`", cell(_sampling(run)),
         f"`{run.fingerprints['ask']}`", f"`{run.fingerprints['verdict']}`",
         f"{card.tally.runs[run.name].released:,}")
        for run in card.sources.runs
    ]  # fmt: skip
    yield table(("Run", "Stage", "Model", "Prompt", "Sampling", "Asked", "Judged", "Released"), lines, right=(7,))


def _sampling(run: RunSource) -> str:
    asked = parameters(run.record.ask)
    told = {**asked.get("sampling", {}), "max_tokens": asked.get("max_tokens"), "seed": asked.get("seed")}
    return ", ".join(f"{name} {value}" for name, value in told.items() if value is not None) or "–"


def _left_out(card: Card) -> Iterable[str]:
    left = card.tally.left_out
    if not left:
        yield "Everything that the study holds was released."
        return
    order = {why: number for number, why in enumerate(Why)}
    lines = [
        (what, why.value, f"{count:,}")
        for (what, why), count in sorted(left.items(), key=lambda item: (item[0][0], order[item[0][1]]))
    ]
    yield table(("Rows", "Why", "Count"), lines, right=(2,))
    yield "They stay in the study, each with its reason; a rejected row with its gate and what was measured."
    if any(why is Why.PROPOSAL for _, why in left):
        yield (
            "Triples by the embedded model are proposals: it is so small that a person has to read, choose and mend "
            "each. None is released until a person has made it their own."
        )
    if any(why in (Why.RAW, Why.CONTROL) for _, why in left):
        yield "Raw and control rows exist to be compared, to see what the seeds did. They are not data to train on."


def _loading(card: Card) -> Iterable[str]:
    lines = ["from datasets import load_dataset", ""]
    lines += [f'{name} = load_dataset("PATH", "{name}", split="{SPLITS[name]}")' for name in card.files]
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
    if settings.contact:
        yield f"Contact: {settings.contact}"
    evaluation = sum(pool is Pool.EVALUATION for pool in card.sources.pools.values())
    if evaluation and not card.rows["evaluation"]:
        yield f"{evaluation:,} rows of the evaluation pool are kept back in this release."
