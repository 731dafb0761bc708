"""seedbed diff"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import framed, note, table, working

_SHOWN = 40  # characters of a fact's value


def diff(
    folder: StudyFolder,
    old: Annotated[str, typer.Argument(metavar="OLD", help="A version, such as 1.0.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Another, such as 1.1.")],
    ids: Annotated[
        int, typer.Option("--ids", min=0, max=100_000, help="Name so many rows of each kind of change.")
    ] = 3,
    as_json: AsJson = False,
) -> None:
    """What changed from one release to another: rows added, gone, reworded, relabelled, moved between splits.

    Rows are held against each other by id. Below them stand settings, runs, and every number of the documents that is
    another one now. Texts are not shown: a row that went may have been withdrawn.

    Example: seedbed diff pilot 1.0 1.1 --ids 20
    """
    from seedbed.acts import Study
    from seedbed.release.differing import CHANGES

    with working("Comparing") as listen:
        listen("reading", 0, 1)
        found = Study.open(folder).diff(old, new)
    if as_json:
        framed(**asdict(found), same=found.same)
        return
    table(
        ["rows of", old, new, *CHANGES],
        [[part.configuration, part.old, part.new, *(len(part.ids[change]) for change in CHANGES)]
         for part in found.parts],
    )  # fmt: skip
    for part in found.parts:
        for change in CHANGES:
            if named := part.ids[change][:ids]:
                more = len(part.ids[change]) - len(named)
                note(f"  {part.configuration}, {change}: {', '.join(named)}{f' and {more:,} more' if more else ''}")
        for move, count in sorted(part.moves.items()):
            note(f"  {part.configuration}, moved {move}: {count:,}")
    for change, names in found.runs.items():
        if names:
            note(f"  runs {change}: {', '.join(names)}")
    otherwise = (*found.settings, *found.facts)
    if otherwise:
        table(["what", old, new], [[one.key, _short(one.before), _short(one.after)] for one in otherwise])
    if found.same:
        note("Every row of the one is in the other, as it was.")


def _short(value: Any) -> str:
    text = (
        "–" if value is None else f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    )
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
