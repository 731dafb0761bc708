"""seedbed check"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seedbed.cli.arguments import AsJson
from seedbed.cli.console import framed, note, table, working
from seedbed.cli.counted import counted

if TYPE_CHECKING:
    from seedbed.release.splitting.checking import Checked

_PAIRS = 5  # shown for each rule
_JSON_PAIRS = 1_000
_WIDTH = 100


def check(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="CSV, JSONL, Parquet, or text with a row a line; a split each."),
    ],
    text: Annotated[
        list[str] | None,
        typer.Option(
            "--text",
            metavar="COLUMN",
            help="The column to compare; several are joined. Left out: question, prompt, instruction, input, text, "
            "query or messages, the first that is there.",
        ),
    ] = None,
    split: Annotated[
        str,
        typer.Option(
            metavar="COLUMN", help='The column that says which split a row is in. Left out, of one file: "split".'
        ),
    ] = "",
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Leave a rule out: exact, ngrams, jaccard, rouge_l or cosine."),
    ] = None,
    ngram: Annotated[
        int,
        typer.Option(
            min=0, max=50, help="Words in a row that may not be shared. 0: 8 for questions, 13 for longer texts."
        ),
    ] = 0,
    language: Annotated[
        str, typer.Option(metavar="TAG", help="The texts' language: meaning is compared in English (en) only.")
    ] = "en",
    encoding: Annotated[str | None, typer.Option(help="The files' encoding, when it is not UTF-8.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find rows of one split that another has too, in the same words or nearly.

    A model that is tested on what it was trained on looks better than it is. Every two splits are compared by five
    rules: exact (the same letters and digits), ngrams (8 words in a row in common, or 13), jaccard (.8 of their runs of
    five words), rouge_l (.7 of their words, in order), cosine (.9 in meaning, by an embedder; about 300 rows a second).

    Exit code 0 when nothing was found, 1 when something leaks. Nothing is changed; no study is needed.

    Examples: seedbed check train.csv test.csv · seedbed check all.jsonl --split fold --text prompt --text answer
    """
    from seedbed.errors import UsageError
    from seedbed.release.splitting.checking import CHECKED, check_files

    left_out = without or []
    if unknown := [rule for rule in left_out if rule not in CHECKED]:
        raise UsageError(f"No rule {unknown[0]!r}", hint=f"Rules: {', '.join(CHECKED)}")
    rules = [rule for rule in CHECKED if rule not in left_out]
    with working("Comparing") as listen:
        found = check_files(
            files, columns=text or (), by=split, encoding=encoding, rules=rules, ngram=ngram, language=language,
            listen=listen,
        )  # fmt: skip
    if as_json:
        _print(found)
    else:
        _show(found)
    if found.leaks:
        raise typer.Exit(1)


def _print(found: Checked) -> None:
    framed(
        splits={
            name: {"rows": rows, "blank": found.blank[name], "repeated": found.repeated[name]}
            for name, rows in found.sizes.items()
        },
        columns=list(found.columns),
        ngram=found.ngram,
        rules=list(found.rules),
        not_asked=dict(found.not_asked),
        without_vector=found.unread,
        leaks=found.leaks,
        found=[_between(found, index) for index in range(len(found.found))],
    )


def _between(found: Checked, index: int) -> dict[str, Any]:
    one = found.found[index]
    pairs = [
        {one.larger: hit.left, one.smaller: hit.right, "value": round(hit.value, 4)} for hit in one.hits[:_JSON_PAIRS]
    ]
    return {"between": [one.larger, one.smaller], "rule": one.rule, "rows": one.rows, "pairs": pairs}


def _show(found: Checked) -> None:
    sizes = ", ".join(f"{name} {counted(rows, 'row')}" for name, rows in found.sizes.items())
    note(f"Compared: {sizes}; column {' + '.join(found.columns)}; runs of {found.ngram} words")
    for name in found.sizes:
        if found.blank[name]:
            note(f"  {name}: {counted(found.blank[name], 'row')} without a word left out")
        if found.repeated[name]:
            repeats = "row repeats" if found.repeated[name] == 1 else "rows repeat"
            note(f"  {name}: {found.repeated[name]:,} {repeats} an earlier one of the same split")
    for rule, why in found.not_asked.items():
        note(f"  {rule}: not looked for: {why}")
    if found.unread:
        note(f"  cosine: not looked for in {counted(found.unread, 'text')} that are not English")
    table(
        ["rows of", "like those of", "rule", "rows"],
        [[one.larger, one.smaller, one.rule, one.rows] for one in found.found],
    )
    for one in found.found:
        for hit in sorted(one.hits, key=lambda hit: -hit.value)[:_PAIRS]:
            note(f"  {one.rule} {hit.value:.3g}  {hit.left}: {_short(found.texts[hit.left])}")
            note(f"      {' ' * len(one.rule)}{hit.right}: {_short(found.texts[hit.right])}")
        if one.rows > _PAIRS:
            note(f"  {one.rule}: {one.rows - _PAIRS:,} more; --json names them")
    if found.leaks:
        are = "is" if found.leaks == 1 else "are"
        note(f"{counted(found.leaks, 'row')} of a larger split {are} in a smaller one too, or one very like it.")
    else:
        note("No leak was found.")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"
