"""seedbed lessons"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, framed, hint, note

if TYPE_CHECKING:
    from seedbed.workshop.lessons import Clash, Learnt, Standing

_STATES = {"open": "open", "accepted": "accepted", "declined": "declined", "look_again": "accepted, needs a new look"}


def lessons(
    folder: StudyFolder,
    write: Annotated[
        Path | None,
        typer.Option(
            "--write", metavar="FILE", help="Write the next template to a file: the present one with what was accepted."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what was learnt of a workshop, and what it changes of the next one's template.

    Lessons are put down, given a change of the template, and accepted or declined with a reason on the page Lessons of
    the served study. A change whose part of the template somebody else has changed since is never written over that: it
    is left out, and listed as needing a new look.
    """
    from seedbed.acts import Study
    from seedbed.errors import UsageError

    found = Study.open(folder).lessons()
    if write is not None and (write.exists() or write.is_symlink()):
        raise UsageError(f"{write} is there already", hint="Choose another name; nothing is overwritten.")
    if write is not None:
        from seedbed.study import storage_errors

        with storage_errors(write), write.open("x", encoding="utf-8") as file:
            file.write(found.next.template.to_json())
    if as_json:
        framed(**_as_data(found))
    else:
        _tell(folder, found)
    if write is not None:
        note(f"Next template: {write} ({len(found.next.entered)} of the lessons are in it)")
        hint(f"Put it in under Setup › File of the next study; or {command('replicate', folder, 'FILE.zip')}")


def _tell(folder: Path, found: Standing) -> None:
    from seedbed.workshop.lessons import in_words

    if not found.learnt:
        note("No lessons were put down.")
        hint(f"{command('serve', folder)}, then Workshop › Lessons")
        return
    for one in found.learnt:
        note(f"{one.id}  {_STATES[one.state]}: {_flat(one.text) or '(erased)'}")
        for line in one.lines:
            note(f"    {in_words(line)}")
        if one.sources:
            note(f"    from {', '.join(one.sources)}")
        if one.reason:
            note(f"    because: {_flat(one.reason)}")
        if one.clash is not None and one.state in ("open", "look_again"):
            note(f"    ! {_why(one.clash)}")
    note("")
    note("The next template, beside the present one:" if found.lines else "The next template is the present one.")
    for line in found.lines:
        note(f"  {in_words(line)}")
    if found.next.clashes:
        hint(f"{len(found.next.clashes)} accepted need a new look on the page Lessons: they are in no next template.")


def _why(clash: Clash) -> str:
    if clash.why == "unfit":
        return clash.said
    return f"what it changes in {clash.section} is not any more what it was"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _as_data(found: Standing) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "lessons": [_lesson(one) for one in found.learnt],
        "next": {"entered": list(found.next.entered), "lines": [asdict(line) for line in found.lines],
                 "template": {"seedbed_template": 1, **found.next.sections}},
    }  # fmt: skip


def _lesson(one: Learnt) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(one), "why": _why(one.clash) if one.clash else ""}
