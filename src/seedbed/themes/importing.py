"""A transcript on its way in: what it would come to is looked at first, then all of it is kept, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from seedbed.errors import InputError, UsageError
from seedbed.study import Folder, storage_errors
from seedbed.study.entries import Event
from seedbed.study.events import EventStore
from seedbed.themes.mentions import Mention, mentions, replaced
from seedbed.themes.reading import Transcript
from seedbed.themes.sources import Kind, Source, Spoken, acts_of, laid, read
from seedbed.themes.speakers import Known, Speaker, match
from seedbed.workshop.places import THEMES, fresh_id
from seedbed.workshop.template import Template
from seedbed.workshop.words import act

__all__ = ["MOST_SOURCES", "Draft", "Meant", "checked", "draft", "keep", "remove"]

MOST_SOURCES = 1000


@dataclass(frozen=True, slots=True)
class Meant:
    """What a file is about: a debrief or a session of the template, by id; neither is fine too."""

    title: str = ""
    debrief: str = ""
    session: str = ""
    group: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an import would keep: the source, without id and time, and what its importer should know of it.

    `speakers` are all of the file with their names, also those who are left out. `mentions` are names that are spoken
    in what is kept. `unnamed` counts pieces that name no speaker.
    """

    source: Source
    lines: int
    speakers: tuple[Speaker, ...]
    mentions: tuple[Mention, ...]
    replaced: bool
    unnamed: int


def checked(meant: Meant, template: Template, groups: Collection[str] = ()) -> Meant:
    """`meant` with a title and a language. Raises UsageError for a debrief, session or group that is not there."""
    debrief = template.debrief(meant.debrief)
    session = next((one for one in template.sessions if one.id == meant.session), None)
    known = {
        "debrief": (meant.debrief, debrief, [one.id for one in template.debriefs]),
        "session": (meant.session, session, [one.id for one in template.sessions]),
        "group": (meant.group, meant.group in groups or None, sorted(groups)),
    }
    for what, (asked, found, there) in known.items():
        if asked and found is None:
            raise UsageError(f"The template has no {what} {asked!r}", hint=f"It has: {', '.join(there) or 'none'}")
    title = " ".join(meant.title.split()) or (debrief.title if debrief else session.title if session else "")
    if len(title) > 200:
        raise UsageError("A title has at most 200 characters")
    return replace(meant, title=title, language=meant.language or template.about.language)


def draft(
    transcript: Transcript,
    meant: Meant,
    *,
    known: Sequence[Known] = (),
    given: Mapping[str, str] | None = None,
    lets: Callable[[str], bool] = lambda person: True,
    replace_names: bool = False,
) -> Draft:
    """What keeping the transcript would come to. Raises InputError (see `match`), and where nothing is left."""
    speakers = match(transcript.cues, known, given or {}, lets)
    kept = [cue for cue in transcript.cues if not speakers[cue.speaker].left_out]
    spoken = tuple(mentions(kept, speakers.values(), known))
    pieces = [
        Spoken(speakers[cue.speaker].key, replaced(cue.text, spoken) if replace_names else cue.text,
               cue.start_s, cue.end_s)
        for cue in kept
    ]  # fmt: skip
    if not pieces:
        raise InputError(
            "Nobody who speaks in it agreed to be recorded, so nothing of it can be kept",
            hint="Delete the recording, and its transcript.",
        )
    kind: Kind = "transcript" if transcript.spoken else "notes"
    people = {one.key: one.person for one in speakers.values() if not one.left_out}
    source = Source(
        "", kind, meant.title, meant.debrief, meant.session, meant.group, meant.language, transcript.format, "", "", "",
        len(transcript.cues) - len(kept), people, laid(pieces),
    )  # fmt: skip
    unnamed = sum(not cue.speaker for cue in kept) if transcript.spoken else 0
    return Draft(source, transcript.lines, tuple(speakers.values()), spoken, replace_names, unnamed)


def keep(folder: Folder, make: Callable[[EventStore], Iterable[Source]], actor: str) -> list[Source]:
    """Put the sources that `make` makes on record, all of them in one transaction; returns them with their ids.

    They are made while nobody else writes: whoever was erased, or took back their consent, before that is known to be.
    Raises what `make` raises, InputError where one is there already or there are too many, Busy, and what the store
    raises; nothing was written then.
    """
    with folder.writing(), EventStore.of(folder) as store:
        there = list(read(store.read(THEMES)).values())
        made: list[Source] = []
        for source in make(store):
            same = next((one for one in (*there, *made) if _same(one, source)), None)
            if same is not None:
                said = (
                    f"It is there already, as {same.id}" if same.id in {one.id for one in there} else "It comes twice"
                )
                raise InputError(
                    f"{source.title or 'The source'}: {said}", hint="Remove that one first, or leave this one out."
                )
            made.append(replace(source, id=_fresh({one.id for one in (*there, *made)})))
        if len(there) + len(made) > MOST_SOURCES:
            raise InputError(f"A study holds at most {MOST_SOURCES:,} sources", hint="Remove some that nobody needs.")
        store.append(THEMES, actor, [one for source in made for one in acts_of(source)])
        now = read(store.read(THEMES))
    return [now[source.id] for source in made]


def _fresh(taken: Collection[str]) -> str:
    while (id := fresh_id()) in taken:
        pass
    return id


def _same(one: Source, other: Source) -> bool:
    about = (one.kind, one.of, one.debrief, one.session, one.group) == (
        other.kind, other.of, other.debrief, other.session, other.group,
    )  # fmt: skip
    return about and one.text == other.text


def remove(folder: Folder, id: str, actor: str) -> None:
    """Take a source out: its words are erased from the files, and no import brings this id again.

    Files that were made of it go too. Raises UsageError for one that is not there, Busy, and what the store raises.
    """
    with folder.writing(), EventStore.of(folder) as store:
        there = read(store.read(THEMES))
        if id not in there:
            raise UsageError(f"There is no source {id!r}", hint=f"seedbed themes list {folder.root}")
        store.append(THEMES, actor, [act("source.remove", id)])
        store.blank_where(THEMES, lambda event: _words(event, id))
        for name in (f"{id}.txt", f"{id}.json"):
            path = folder.root / "themes" / "sources" / name
            with storage_errors(path):
                path.unlink(missing_ok=True)
        store.scrub()


def _words(event: Event, id: str) -> set[str]:
    return {"title", "words"} & set(event.data) if event.subject == id else set()
