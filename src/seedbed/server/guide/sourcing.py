"""Debriefs and the sources of a thematic analysis, for those who run a study: files come in, nothing leaves by name."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from seedbed.errors import Busy, SeedbedError, StorageError
from seedbed.server.asking import Office
from seedbed.server.guide.source_schemas import (
    DebriefShown,
    MentionShown,
    PreviewOfSource,
    SegmentShown,
    SourceAsked,
    SourceLine,
    SourceShown,
    SpeakerShown,
    TopicShown,
)
from seedbed.server.refusals import Refusal
from seedbed.settings import load_settings
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.themes import Draft, Known, Meant, Segment, Source, gather, remove, sources
from seedbed.themes.taking import Asked, Consents, preview, take_in
from seedbed.workshop.families.topics import one_name
from seedbed.workshop.places import DEBRIEF

__all__ = ["debriefs_of", "lines_of", "one_of", "previewed", "removed", "taken", "taken_from_boards"]

T = TypeVar("T")
_PAGE = 200
_FIRST = 5  # segments that a preview shows


async def debriefs_of(server: Office, study: str) -> list[DebriefShown]:
    """Those of the template, in its order."""
    template = (await server.hub.agenda(study)).template
    there = await lines_of(server, study)
    found = []
    for one in template.debriefs:
        doc = f"board/{one.id}/{DEBRIEF}"
        state = await server.hub.snapshot(study, doc)
        names = [one_name(row["fields"].get("cluster", "")) for row in state["rows"].values() if not row["removed"]]
        grouped = Counter(name for name in names if name)
        topics = [
            TopicShown(id=id, name=item["name"], person=item["person"], at=item["at"],
                       notes=grouped[one_name(item["name"])])
            for id, item in state["topics"].items()
        ]  # fmt: skip
        found.append(DebriefShown(
            id=one.id, title=one.title, text=one.text, minutes=one.minutes, doc=doc, notes=len(names),
            grouped=grouped.total(), topics=topics, sources=sum(line.debrief == one.id for line in there),
        ))  # fmt: skip
    return found


async def lines_of(server: Office, study: str) -> list[SourceLine]:
    """Every source, the newest first."""
    folder = server.study(study).folder
    return [_line(one) for one in reversed(await _told(folder, lambda: _standing(folder)))]


async def one_of(server: Office, study: str, id: str, after: int) -> SourceShown:
    """A source from its segment `after` on. Raises Refusal unknown_item."""
    folder = server.study(study).folder
    found = next((one for one in await _told(folder, lambda: _standing(folder)) if one.id == id), None)
    if found is None:
        raise Refusal("unknown_item")
    names = await asyncio.to_thread(_names, server, study)
    page = found.segments[after : after + _PAGE]
    return SourceShown(
        source=_line(found), sha256=found.sha256, segments=_segments(page, names),
        after=after + _PAGE if after + _PAGE < len(found.segments) else None,
    )  # fmt: skip


async def previewed(server: Office, study: str, asked: SourceAsked) -> PreviewOfSource:
    """What a file would come to; nothing is kept."""
    folder = server.study(study).folder
    names = await asyncio.to_thread(_names, server, study)
    (draft,) = await _told(folder, lambda: preview(folder, _asked(folder, asked, names)))
    return _preview(draft, names)


async def taken(server: Office, study: str, asked: SourceAsked, actor: str) -> SourceLine:
    """Take a file in, whole."""
    folder = server.study(study).folder
    names = await asyncio.to_thread(_names, server, study)
    ((source, _),) = await _told(folder, lambda: take_in(folder, _asked(folder, asked, names), actor))
    return _line(source)


async def taken_from_boards(server: Office, study: str, actor: str) -> list[SourceLine]:
    """Make sources of the boards on which something is new."""
    folder = server.study(study).folder
    pages = load_settings(folder).workshop.language
    return [_line(one) for one in await _told(folder, lambda: gather(folder, actor, pages=pages))]


async def removed(server: Office, study: str, id: str, actor: str) -> None:
    """Take a source out, with its words. Raises Refusal unknown_item."""
    folder = server.study(study).folder
    if id not in {one.id for one in await _told(folder, lambda: _standing(folder))}:
        raise Refusal("unknown_item")
    await _told(folder, lambda: remove(folder, id, actor))


async def _told(folder: Folder, work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except StorageError:
        raise
    except Busy:
        raise Refusal("busy", retry_after=5) from None
    except SeedbedError as error:
        said = f"{error}. {error.hint}".replace(str(folder.root), folder.root.name)
        raise Refusal("bad_source", detail=said) from None


def _standing(folder: Folder) -> list[Source]:
    if not folder.has_people:
        return []
    with EventStore.of(folder) as store:
        consents = Consents.of(store, load_settings(folder).workshop.language)
        return sources(store, withheld=consents.withheld)


def _names(server: Office, study: str) -> Mapping[str, str]:
    people = {one.id: one.name for one in server.study(study).people.all() if one.name}
    return {one.id: one.name for one in server.home.accounts.all()} | people


def _asked(folder: Folder, asked: SourceAsked, names: Mapping[str, str]) -> Asked:
    workshop = load_settings(folder).workshop
    return Asked(
        [(asked.name, asked.data)], Meant(asked.title, asked.debrief, asked.session, asked.group),
        [Known(id, name) for id, name in names.items()], asked.speakers, asked.replace_names, asked.plain, None,
        workshop.language, workshop.groups,
    )  # fmt: skip


def _line(one: Source) -> SourceLine:
    return SourceLine(
        id=one.id, kind=one.kind, title=one.title, debrief=one.debrief, session=one.session, group=one.group,
        language=one.language, at=one.at, segments=len(one.segments), characters=one.segments[-1].end, gone=one.gone,
        left_out=one.left_out, speakers=len(one.speakers),
    )  # fmt: skip


def _segments(found: Sequence[Segment], names: Mapping[str, str]) -> list[SegmentShown]:
    return [
        SegmentShown(
            start=one.start, end=one.end, speaker=one.speaker, called=names.get(one.speaker, one.speaker),
            text=one.text, start_s=one.start_s, end_s=one.end_s, row=one.row, by_model=one.by_model, gone=one.gone,
        )
        for one in found
    ]  # fmt: skip


def _preview(draft: Draft, names: Mapping[str, str]) -> PreviewOfSource:
    speakers = [
        SpeakerShown(
            name=one.name, key=one.key, person=one.person, called=names.get(one.person, ""), how=one.how,
            pieces=one.pieces, characters=one.characters, left_out=one.left_out,
        )
        for one in draft.speakers
    ]  # fmt: skip
    return PreviewOfSource.model_validate({
        "source": _line(draft.source), "format": draft.source.format, "lines": draft.lines, "speakers": speakers,
        "mentions": [MentionShown.model_validate(one) for one in draft.mentions], "unnamed": draft.unnamed,
        "first": _segments(draft.source.segments[:_FIRST], names),
    })  # fmt: skip
