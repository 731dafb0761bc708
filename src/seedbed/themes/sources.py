"""Sources as the fold of the stream `themes`.

    source.add    subject source {kind, debrief, session, group, language, of, format, speakers, segments, left_out}
                  and the text `title`
    source.words  subject source {speaker, owner} and the text `words`
    source.remove subject source {}

A source's text is its segments, parted by line feeds where their offsets leave room. The words of each speaker stand in
one event and belong to that speaker, joined by line feeds, so that erasing a person takes theirs and nothing else.
Offsets stand in the event of the source and never change: words that were erased, or whose speaker takes back their
consent, read as as many signs of `BLANK`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from seedbed.errors import InputError
from seedbed.study.entries import Act, Event
from seedbed.study.events import EventStore
from seedbed.workshop.places import THEMES
from seedbed.workshop.words import act

__all__ = ["BLANK", "KINDS", "Kind", "Segment", "Source", "Spoken", "acts_of", "laid", "read", "sources"]

Kind = Literal["transcript", "notes", "reflection", "debrief"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BLANK = "█"


@dataclass(frozen=True, slots=True)
class Segment:
    """The code points of a source from `start` up to, not with, `end`, said by `speaker`: a pseudonym.

    Times are seconds of the recording. `row` is the note on a board that it stands in; `by_model` says that a model
    wrote it at the speaker's asking. `gone` says why the words are not there, "" where they are.
    """

    start: int
    end: int
    speaker: str
    text: str
    start_s: float | None = None
    end_s: float | None = None
    row: str = ""
    by_model: bool = False
    gone: Literal["", "erased", "withheld"] = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Something to be analysed. `speakers` maps pseudonyms to the ids of people, "" for nobody of the study.

    `of` is the board that it was taken from, `left_out` how many pieces were not taken in for lack of consent.
    """

    id: str
    kind: Kind
    title: str
    debrief: str
    session: str
    group: str
    language: str
    format: str
    of: str
    at: str
    by: str
    left_out: int
    speakers: Mapping[str, str]
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """All of it, as offsets count: code points, line feeds, no mark at its beginning."""
        parts, at = [], 0
        for segment in self.segments:
            parts += ["\n" * (segment.start - at), segment.text]
            at = segment.end
        return "".join(parts)

    @property
    def sha256(self) -> str:
        """Of the text as it reads now, in UTF-8. It is kept nowhere: it would still know what was erased."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def gone(self) -> int:
        """How many code points were erased or are withheld."""
        return sum(segment.end - segment.start for segment in self.segments if segment.gone)

    def without(self, withheld: Callable[[str], bool]) -> Source:
        """This source with the words of those people blanked; offsets stand."""
        silent = {key for key, person in self.speakers.items() if person and withheld(person)}
        segments = [
            replace(one, text=BLANK * (one.end - one.start), gone="withheld")
            if one.speaker in silent and not one.gone else one
            for one in self.segments
        ]  # fmt: skip
        return replace(self, segments=tuple(segments))


@dataclass(frozen=True, slots=True)
class Spoken:
    """A piece before it has its place. `joined` follows the one before without a line feed."""

    speaker: str
    text: str
    start_s: float | None = None
    end_s: float | None = None
    row: str = ""
    by_model: bool = False
    joined: bool = False


def laid(pieces: Iterable[Spoken]) -> tuple[Segment, ...]:
    """The pieces one after the other, a line feed between two that are not joined."""
    found: list[Segment] = []
    at = 0
    for one in pieces:
        at += 1 if found and not one.joined else 0
        end = at + len(one.text)
        found.append(Segment(at, end, one.speaker, one.text, one.start_s, one.end_s, one.row, one.by_model))
        at = end
    return tuple(found)


def acts_of(source: Source) -> list[Act]:
    """What is appended for a new source: its frame, then the words of each speaker under who owns them."""
    segments = [_packed(one) for one in source.segments]
    frame = {
        "kind": source.kind, "debrief": source.debrief, "session": source.session, "group": source.group,
        "language": source.language, "of": source.of, "format": source.format, "left_out": source.left_out,
        "speakers": dict(source.speakers), "segments": segments, "title": source.title,
    }  # fmt: skip
    acts = [act("source.add", source.id, frame)]
    for key, person in source.speakers.items():
        words = "\n".join(one.text for one in source.segments if one.speaker == key)
        owner = person or f"{source.id}:{key}"
        acts.append(act("source.words", source.id, {"speaker": key, "owner": owner, "words": words}, owner))
    return acts


def _packed(one: Segment) -> list[Any]:
    """[start, end, speaker, start_s, end_s, row, by_model] without what is empty at its end."""
    whole: list[Any] = [one.start, one.end, one.speaker, one.start_s, one.end_s, one.row, one.by_model]
    while whole[-1] in (None, "", False) and len(whole) > 3:
        whole.pop()
    return whole


def sources(store: EventStore, *, withheld: Callable[[str], bool] = lambda person: False) -> list[Source]:
    """The sources that stand, oldest first, without the words of the `withheld` in transcripts.

    Raises what the store raises, and InputError for one whose words do not fit its offsets.
    """
    return [one.without(withheld) if one.kind == "transcript" else one for one in read(store.read(THEMES)).values()]


def read(events: Iterable[Event]) -> dict[str, Source]:
    """The fold. A kind of event that is not known here changes nothing."""
    frames: dict[str, Event] = {}
    words: dict[str, dict[str, str | None]] = defaultdict(dict)
    for event in events:
        match event.kind:
            case "source.add":
                frames[event.subject] = event
            case "source.words":
                words[event.subject][str(event.data["speaker"])] = event.data["words"]
            case "source.remove":
                frames.pop(event.subject, None)
    return {id: _source(event, words[id]) for id, event in frames.items()}


def _source(event: Event, words: Mapping[str, str | None]) -> Source:
    data = event.data
    at: dict[str, int] = dict.fromkeys(words, 0)
    segments = []
    for packed in data["segments"]:
        whole: list[Any] = [*packed, *_EMPTY[len(packed) :]]
        start, end, key, start_s, end_s, row, by_model = whole
        said, size = words.get(key), end - start
        text = BLANK * size if said is None else said[at[key] : at[key] + size]
        if len(text) != size:
            raise InputError(f"The source {event.subject} lacks words", hint="Restore the study from a backup.")
        if said is not None:
            at[key] += size + 1
        gone: Literal["", "erased"] = "erased" if said is None else ""
        segments.append(Segment(start, end, key, text, start_s, end_s, row, by_model, gone))
    return Source(
        event.subject, data["kind"], data["title"] or "", data["debrief"], data["session"], data["group"],
        data["language"], data["format"], data["of"], event.at, event.actor, data["left_out"], data["speakers"],
        tuple(segments),
    )  # fmt: skip


_EMPTY: Sequence[Any] = (0, 0, "", None, None, "", False)
