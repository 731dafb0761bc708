"""A study's seeds and decisions kept in memory, and brought up to date from what is new in its log.

Reading ten thousand seeds and what was decided about them takes about a second; the few events that came since, some
milliseconds. Who serves pages keeps one desk a study; a command makes one for itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.curate.curation import Curation, Logged
from seedbed.curate.decisions import STREAM
from seedbed.curate.fold import CurationFold
from seedbed.curate.likeness import Likeness
from seedbed.curate.links import Tie, components, ties
from seedbed.curate.settings import CurateSettings
from seedbed.seeds import Seeds, current_taxonomy
from seedbed.seeds.fold import STREAM as SEEDS
from seedbed.seeds.fold import SeedsFold
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.taxonomy import Taxonomy

if TYPE_CHECKING:
    from seedbed.curate.table import Table

__all__ = ["Desk", "Sight", "settings_of"]

# From so many moves between the pools on, all seeds are compared with each other at once.
_MANY = 20


@dataclass(frozen=True, slots=True)
class Sight:
    """A study's curation at one moment. `at` is the last number of the log of decisions, `seeds_at` of the seeds'."""

    seeds: Seeds
    taxonomy: Taxonomy
    have: CurationFold
    curation: Curation
    at: int
    seeds_at: int


class Desk:
    """The seeds and decisions of one study, current whenever they are asked for. Safe to share between threads."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._seeds, self._have = SeedsFold(), CurationFold(self.folder.digest)
        self._at = {SEEDS: 0, STREAM: 0}
        self._epochs: dict[str, int] = {}
        self._sight: Sight | None = None
        self._table: Table | None = None
        self._touched: set[str] | None = None  # the seeds on which people acted since the table was made
        self._together: tuple[tuple[object, ...], dict[str, tuple[str, ...]]] | None = None
        self._alike: tuple[tuple[object, ...], Likeness] | None = None
        self._heard: list[Logged] = []

    def look(self) -> Sight:
        """What stands now. Raises what the store raises."""
        with self._lock:
            return self._look()

    @property
    def boards(self) -> Mapping[str, str]:
        """The board of each seed that was contributed live, by the name of its stream."""
        return self._seeds.boards

    def heard(self, logged: Sequence[Logged]) -> None:
        """What was just written by people through this desk, in order, so that it need not be read again."""
        with self._lock:
            self._heard = list(logged)

    def table(self) -> Table:
        """The table of what stands now."""
        from seedbed.curate.table import Table

        with self._lock:
            sight = self._look()
            if self._table is None or self._touched is None:
                self._table = Table(sight)
            elif self._table.sight is not sight:
                self._table = self._table.after(sight, self._touched)
            self._touched = set()
            return self._table

    def together(self, sight: Sight, times: int = 1) -> Callable[[str], tuple[str, ...]]:
        """A function from a seed to all that must stay in one pool with it, by the settings of the last curation.

        It will be asked `times` times: for many, all seeds are compared with each other, once for their words.
        """
        settings = settings_of(sight.have)
        seeds = sight.curation.seeds
        if times == 0:
            return lambda id: (id,)
        if times < _MANY:
            with self._lock:
                how = settings.cut, settings.shared_words
                if self._alike is None or self._alike[0] != how:
                    self._alike = how, Likeness(*how)
                alike = self._alike[1]
                alike.update(seeds)
                known = _ties_on_record(sight)

            def component(id: str) -> tuple[str, ...]:
                with self._lock:
                    return alike.component(id, known)

            return component
        words = (
            sight.seeds_at,
            settings.cut,
            settings.shared_words,
            tuple(sorted((id, one.seq) for id, one in sight.curation.edited.items())),
            tuple(item.id for item in seeds),  # versions for other regions come and go by decisions alone
            len(sight.curation.pools),  # each came with its ties
        )
        with self._lock:
            if self._together is None or self._together[0] != words:
                found = [*ties(seeds, settings.cut, settings.shared_words), *_ties_on_record(sight)]
                of = {id: ids for ids in components((item.id for item in seeds), found) for id in ids}
                self._together = words, of
            return self._together[1].__getitem__

    def _clear(self) -> None:
        self._seeds, self._have = SeedsFold(), CurationFold(self.folder.digest)
        self._at = {SEEDS: 0, STREAM: 0}
        self._heard = []
        self._sight = self._table = self._together = self._alike = self._touched = None

    def _look(self) -> Sight:
        touched: set[str] | None = set()  # None: whatever it may be
        fresh = False
        if self.folder.has_people:
            with EventStore.of(self.folder) as store:
                # a higher epoch: words were erased from events that were read before
                epochs = {name: store.epoch(name) for name in self._at}
                if self._epochs not in ({}, epochs):
                    self._clear()
                self._epochs = epochs
                heard, self._heard = self._heard, []
                if heard and heard[0].seq == self._at[STREAM] + 1:
                    for logged in heard:
                        on = self._have.decided(logged)
                        touched = _both(touched, on)
                    self._at[STREAM] = heard[-1].seq
                    fresh = True
                for name, made in ((SEEDS, self._seeds), (STREAM, self._have)):
                    for event in store.read(name, self._at[name]):
                        on = made.apply(event)
                        touched = _both(touched, on)
                        self._at[name] = event.seq
                        fresh = True
        taxonomy = current_taxonomy(self.folder)
        before = self._sight
        if before is None or fresh or taxonomy.version != before.taxonomy.version:
            same = before is not None and before.seeds_at == self._at[SEEDS]
            seeds = before.seeds if before is not None and same else self._seeds.seeds()
            patched = None
            if before is not None and touched is not None and same and taxonomy.version == before.taxonomy.version:
                patched = self._have.patched(before.curation, seeds, taxonomy, touched)
            if patched is None:
                curation, self._touched = self._have.curation(seeds, taxonomy), None
            else:
                curation = patched[0]
                self._touched = _both(self._touched, patched[1])
            self._sight = Sight(seeds, taxonomy, self._have, curation, self._at[STREAM], self._at[SEEDS])
        assert self._sight is not None
        return self._sight


def _both(touched: set[str] | None, on: set[str] | None) -> set[str] | None:
    if touched is None or on is None:
        return None
    touched |= on
    return touched


def _ties_on_record(sight: Sight) -> list[Tie]:
    """Whom each seed was tied to when it was given its pool: in meaning too, which no words tell."""
    here = {item.id for item in sight.curation.seeds}
    found: list[Tie] = []
    for id in here:
        item = sight.have.standing.get((id, "pool"))
        if item is not None and (others := here.intersection(item.detail.get("with", ()))):
            found.append(Tie((id, *sorted(others)), "on record"))
    return found


def settings_of(have: CurationFold) -> CurateSettings:
    """The settings with which the rules were last run; the defaults before."""
    known = {name: value for name, value in have.settings.items() if name in CurateSettings.model_fields}
    return CurateSettings.model_validate(known)
