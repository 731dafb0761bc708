"""Who is behind the pseudonyms of a study, for people at its keyboard; --json keeps to the pseudonyms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from seedbed.errors import InputError, StorageError

if TYPE_CHECKING:
    from seedbed.server.people.people import Person
    from seedbed.study import Folder

__all__ = ["Persons"]

_ACCOUNT = "a_"  # with what the id of an account of a server begins; those are not kept in the study


class Persons:
    """Those who joined the study by a link. A study that nobody joined knows no names."""

    def __init__(self, study: Folder) -> None:
        self._by_id = {one.id: one for one in _people(study)}
        self._names = Counter(one.name for one in self._by_id.values())

    def name(self, id: str) -> str:
        """The name they joined with; "" for whoever has none here."""
        found = self._by_id.get(id)
        return found.name if found else ""

    def called(self, id: str) -> str:
        """The name, else the pseudonym; both where two have the name."""
        name = self.name(id)
        return id if not name else name if self._names[name] == 1 else f"{name} ({id})"

    def all(self) -> dict[str, str]:
        """Names by pseudonym, of everybody who joined and was not erased."""
        return {one.id: one.name for one in self._by_id.values() if one.name}

    def outside(self, ids: Iterable[str]) -> list[str]:
        """Those of `ids` to whom the pages are closed: they never joined, or were removed."""
        return [id for id in ids if not id.startswith(_ACCOUNT) and not self._is_in(id)]

    def _is_in(self, id: str) -> bool:
        found = self._by_id.get(id)
        return found is not None and found.removed is None


def _people(study: Folder) -> list[Person]:
    from seedbed.server.people.home import StudyIdentity

    if not study.identity.exists():
        return []
    try:
        identity = StudyIdentity.of(study)
    except (InputError, StorageError):
        return []  # damaged, or of a study that cannot be written: names are a help, and not what was asked for
    try:
        return identity.people.all()
    finally:
        identity.db.close()
