"""seedbed themes"""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, framed, hint, note, plain, table
from seedbed.cli.persons import Persons
from seedbed.errors import InputError, UsageError

if TYPE_CHECKING:
    from seedbed.study import Folder
    from seedbed.themes import Draft, Source
    from seedbed.themes.taking import Asked, Consents


class Act(StrEnum):
    list = "list"
    import_ = "import"
    show = "show"
    export = "export"
    remove = "remove"


def themes(
    folder: StudyFolder,
    act: Annotated[Act, typer.Argument(help="What to do with the sources.")] = Act.list,
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE…|ID", help="import: .vtt, .srt or .txt files. show, remove: a source's id."),
    ] = None,
    debrief: Annotated[
        str, typer.Option(metavar="ID", help="import: the debrief that was recorded, by its id in the template.")
    ] = "",
    session: Annotated[str, typer.Option(metavar="ID", help="import: the session that was recorded, likewise.")] = "",
    group: Annotated[str, typer.Option(metavar="NAME", help="import: the group that speaks.")] = "",
    title: Annotated[str, typer.Option(help="import: its title. Left out: the debrief's or the session's.")] = "",
    language: Annotated[str, typer.Option(help="import: en, pt, … . Left out: the workshop's.")] = "",
    speakers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="import: who is who: columns speaker and person (a pseudonym or a name)."
        ),
    ] = None,
    from_boards: Annotated[
        bool, typer.Option("--from-boards", help="import: the notes of all reflection and debrief boards.")
    ] = False,
    replace_names: Annotated[
        bool, typer.Option("--replace-names", help="import: put pseudonyms for names that are spoken.")
    ] = False,
    as_notes: Annotated[bool, typer.Option("--plain", help="import: look for no names in front of lines.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="import: say what it would come to; keep nothing.")
    ] = False,
    encoding: Annotated[str | None, typer.Option(help="import: the files' encoding, when it is not UTF-8.")] = None,
    as_json: AsJson = False,
) -> None:
    """Transcripts, notes and boards as sources of a thematic analysis.

    Speakers become pseudonyms: people of the study where their name says so, else S1, S2 and so on. What somebody says
    who did not agree to be recorded is left out. Files are taken in whole or not at all. `export` writes every source
    to themes/sources/, as text and as JSON with offsets.
    """
    from seedbed.study import Folder

    study = Folder(folder)
    study.check()
    named = what or []
    if act in (Act.show, Act.remove) and len(named) != 1:
        raise UsageError(f"Which source shall I {act.value}?", hint=command("themes", folder))
    match act:
        case Act.list:
            _list(study, folder, as_json)
        case Act.show:
            _show(study, named[0], folder, as_json)
        case Act.export:
            _export(study, as_json)
        case Act.remove:
            _remove(study, named[0], folder)
        case Act.import_:
            if from_boards == bool(named):
                raise UsageError(
                    "Name files, or say --from-boards", hint=command("themes", folder, "import", "talk.vtt")
                )
            if from_boards:
                _boards(study, as_json)
                return
            from seedbed.themes import Known, Meant, read_speakers
            from seedbed.themes.taking import Asked

            settings = _settings(study)
            given = read_speakers(_bytes(speakers), speakers.name, encoding=encoding) if speakers else {}
            asked = Asked(
                [(Path(name).name, _bytes(Path(name))) for name in named],
                Meant(title, debrief, session, group, language),
                [Known(id, name) for id, name in Persons(study).all().items()], given, replace_names, as_notes,
                encoding, settings.workshop.language, settings.workshop.groups,
            )  # fmt: skip
            _import(study, asked, folder, dry_run, as_json)


def _settings(study: Folder) -> Any:
    from seedbed.settings import load_settings

    return load_settings(study)


def _bytes(file: Path) -> bytes:
    if file.is_dir():
        raise InputError(f"{file} is a folder", hint="Name the files in it.")
    try:
        if file.stat().st_size > 64 * 2**20:
            raise InputError(f"{file} is no transcript: it is larger than 64 MiB")
        return file.read_bytes()
    except FileNotFoundError:
        raise InputError(f"There is no file {file}", hint="Nothing was imported. Check the name.") from None
    except PermissionError:
        raise InputError(f"{file} may not be read", hint="Nothing was imported. Check its rights.") from None


def _import(study: Folder, asked: Asked, folder: Path, dry_run: bool, as_json: bool) -> None:
    from seedbed.themes.taking import preview, take_in

    if dry_run:
        drafts, ids = preview(study, asked), [""] * len(asked.files)
    else:
        taken = take_in(study, asked, "cli")
        drafts, ids = [draft for _, draft in taken], [source.id for source, _ in taken]
    names = [name for name, _ in asked.files]
    if as_json:
        framed(
            files=[{"file": name, "id": id, **_told(draft)} for name, id, draft in zip(names, ids, drafts, strict=True)]
        )
        return
    for name, id, draft in zip(names, ids, drafts, strict=True):
        _say(name, id, draft)
    if dry_run:
        note("Nothing was kept.")
    else:
        hint(command("themes", folder, "show", ids[0]))


def _told(draft: Draft) -> dict[str, Any]:
    source = draft.source
    return {
        "kind": source.kind, "format": source.format, "lines": draft.lines, "segments": len(source.segments),
        "characters": len(source.text), "left_out": source.left_out, "unnamed": draft.unnamed,
        "speakers": [{**asdict(one), "left_out": one.left_out} for one in draft.speakers],
        "mentions": [asdict(one) for one in draft.mentions], "replaced": draft.replaced,
    }  # fmt: skip


_HOW = {
    "name": "by name", "given": "as you said", "several": "several people have this name",
    "nobody": "nobody of the study has this name", "unnamed": "the file names nobody",
}  # fmt: skip


def _say(name: str, id: str, draft: Draft) -> None:
    source = draft.source
    kept = f", kept as {id}" if id else ""
    note(f"{name}: {source.kind} ({source.format}, {draft.lines:,} lines): {len(source.segments):,} segments, "
         f"{len(source.text):,} characters{kept}")  # fmt: skip
    table(
        ["in the file", "becomes", "how", "segments", "characters"],
        [[one.name or "–", "left out" if one.left_out else one.key, _HOW[one.how], one.pieces, one.characters]
         for one in draft.speakers],
    )  # fmt: skip
    if source.left_out:
        note(f"  {source.left_out:,} segments are left out: their speakers did not agree to be recorded.")
        if draft.unnamed:
            note(f"  {draft.unnamed:,} segments name no speaker: read them for words of those who are left out.")
    if any(not one.person for one in draft.speakers) and source.kind == "transcript":
        note("  Whether S1, S2, … agreed to be recorded, the study does not know: keep only what they agreed to.")
    if draft.mentions:
        said = ", ".join(f"{one.name} ({one.times}, line {one.lines[0]})" for one in draft.mentions[:10])
        note(f"  Names that are spoken{', replaced' if draft.replaced else ''}: {said}")
        if not draft.replaced:
            hint("To put pseudonyms in their place, import with --replace-names.")


def _boards(study: Folder, as_json: bool) -> None:
    from seedbed.themes import gather

    made = gather(study, "cli", pages=_settings(study).workshop.language)
    if as_json:
        framed(sources=[_line(one) for one in made])
        return
    note(f"{len(made):,} new sources of boards." if made else "No board holds anything new.")
    _table(made)


def _read(study: Folder) -> tuple[list[Source], Consents]:
    from seedbed.study.events import EventStore
    from seedbed.themes import sources
    from seedbed.themes.taking import Consents

    with EventStore.of(study) as store:
        consents = Consents.of(store, _settings(study).workshop.language)
        return sources(store, withheld=consents.withheld), consents


def _line(source: Source) -> dict[str, Any]:
    return {
        "id": source.id, "kind": source.kind, "title": source.title, "debrief": source.debrief,
        "session": source.session, "group": source.group, "language": source.language, "at": source.at,
        "of": source.of, "segments": len(source.segments), "characters": len(source.text), "gone": source.gone,
        "left_out": source.left_out, "speakers": list(source.speakers),
    }  # fmt: skip


def _list(study: Folder, folder: Path, as_json: bool) -> None:
    found = _read(study)[0] if study.has_people else []
    if as_json:
        framed(sources=[_line(one) for one in found])
    elif found:
        _table(found)
        hint(command("themes", folder, "show", found[-1].id))
    else:
        note("No sources yet.")
        hint(command("themes", folder, "import", "talk.vtt", "--debrief", "method"))
        hint(command("themes", folder, "import", "--from-boards"))


def _table(found: list[Source]) -> None:
    if found:
        table(
            ["id", "kind", "title", "of", "speakers", "segments", "characters", "gone"],
            [[one.id, one.kind, one.title, one.debrief or one.session or one.group, len(one.speakers),
              len(one.segments), len(one.text), one.gone] for one in found],
        )  # fmt: skip


def _show(study: Folder, id: str, folder: Path, as_json: bool) -> None:
    from seedbed.themes.exporting import as_json as whole

    found, consents = _read(study) if study.has_people else ([], None)
    source = next((one for one in found if one.id == id), None)
    if source is None:
        raise UsageError(f"There is no source {id!r}", hint=command("themes", folder))
    if as_json:
        framed(source=whole(source, consents.quoted if consents else lambda person: None), text=source.text)
        return
    note(f"{source.title or source.kind} ({source.kind}, {source.language}), {len(source.text):,} characters")
    for one in source.segments:
        at = f" {_clock(one.start_s)}" if one.start_s is not None else ""
        print(plain(f"{one.start}-{one.end} {one.speaker}{at}: {one.text}"))


def _clock(at_s: float) -> str:
    return f"{int(at_s) // 3600:02}:{int(at_s) // 60 % 60:02}:{int(at_s) % 60:02}"


def _export(study: Folder, as_json: bool) -> None:
    from seedbed.study.events import EventStore
    from seedbed.themes import export
    from seedbed.themes.taking import Consents

    with EventStore.of(study) as store:
        consents = Consents.of(store, _settings(study).workshop.language)
    made = export(study, withheld=consents.withheld, quotes=consents.quoted)
    if as_json:
        framed(folder=str(made.folder), sources=made.sources, characters=made.characters)
    else:
        note(f"{made.sources:,} sources, {made.characters:,} characters: {made.folder}")


def _remove(study: Folder, id: str, folder: Path) -> None:
    from seedbed.themes import remove

    remove(study, id, "cli")
    note(f"The source {id} and its words are gone.")
