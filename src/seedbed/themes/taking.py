"""Files on their way into a study: what each would come to, and all of them taken in at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from seedbed.errors import InputError
from seedbed.seeds.consents import Standing, read_standing
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.themes.importing import Draft, Meant, checked, draft, keep
from seedbed.themes.reading import read_transcript
from seedbed.themes.reading.labels import same_name
from seedbed.themes.sources import Source
from seedbed.themes.speakers import Known
from seedbed.workshop.agenda import Agenda
from seedbed.workshop.members import Members
from seedbed.workshop.places import AGENDA, WORKSHOP

__all__ = ["Asked", "Consents", "preview", "take_in"]

RECORDING, QUOTING = "recording", "quoting"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to take in: `files` by name, what they are about, and who is who in them.

    `given` maps names of speakers to people (see `match`). `pages` is the language of the default template, `groups`
    those that exist from the start.
    """

    files: Sequence[tuple[str, bytes]]
    meant: Meant = field(default_factory=Meant)
    known: Sequence[Known] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    replace_names: bool = False
    plain: bool = False
    encoding: str | None = None
    pages: str = "en"
    groups: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Consents:
    """Who agreed to what. Who is no member of the workshop runs it, and is not asked."""

    standing: Standing

    @classmethod
    def of(cls, store: EventStore, pages: str) -> Consents:
        return cls(read_standing(store, language=pages, pages=pages))

    def recorded(self, person: str) -> bool:
        """Whether a recording of the person may be kept."""
        return person not in self.standing.consents or self.standing.lets(person, RECORDING)

    def withheld(self, person: str) -> bool:
        return not self.recorded(person)

    def quoted(self, person: str) -> bool | None:
        """Whether their words may be quoted; None for who was not asked."""
        return self.standing.lets(person, QUOTING) if person in self.standing.consents else None


def preview(folder: Folder, asked: Asked) -> list[Draft]:
    """What each file would come to; nothing is written. Raises InputError, UsageError and what the store raises."""
    with EventStore.of(folder) as store:
        return _drafts(store, asked)


def take_in(folder: Folder, asked: Asked, actor: str) -> list[tuple[Source, Draft]]:
    """Take in every file, or none. Raises what `preview` and `keep` raise."""
    drafts: list[Draft] = []

    def make(store: EventStore) -> list[Source]:
        drafts.extend(_drafts(store, asked))
        return [one.source for one in drafts]

    return list(zip(keep(folder, make, actor), drafts, strict=True))


def _drafts(store: EventStore, asked: Asked) -> list[Draft]:
    agenda = Agenda(asked.pages).after(store.read(AGENDA))
    groups = Members(asked.groups).after(store.read(WORKSHOP)).groups
    meant = checked(asked.meant, agenda.template, groups)
    lets: Callable[[str], bool] = Consents.of(store, asked.pages).recorded
    names = [one.name for one in asked.known] + list(asked.given)
    found = [
        draft(
            read_transcript(data, name, known=names, plain=asked.plain, encoding=asked.encoding), meant,
            known=asked.known, given=asked.given, lets=lets, replace_names=asked.replace_names,
        )
        for name, data in asked.files
    ]  # fmt: skip
    heard = {same_name(one.name) for each in found for one in each.speakers}
    if unheard := [name for name in asked.given if same_name(name) not in heard]:
        raise InputError(
            f"Nobody is called {unheard[0]!r} here",
            hint="Name speakers as the file does: " + ", ".join(sorted(filter(None, heard))[:8]),
        )
    return found
