"""One step back or forward from anything: what it has directly from others, and others from it."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping

from seedbed.lineage.index import Index
from seedbed.lineage.links import RunLinks
from seedbed.lineage.people import People
from seedbed.lineage.shapes import Bundle, Key
from seedbed.lineage.slots import Slots, row_id, row_of
from seedbed.records import WITHDRAWN

__all__ = ["Steps"]


class Steps:
    """The links of a study, as bundles around one key."""

    def __init__(self, index: Index, people: People) -> None:
        self._index, self._people = index, people
        self._runs, self._judgings, self._releases = index.runs, index.judgings, index.releases

    def back(self, key: Key) -> list[Bundle]:
        """What it came from, the nearest first."""
        id = key.id
        match key.kind:
            case "row":
                return list(self._behind(id, self._runs))
            case "judgement":
                return list(self._behind(id, self._judgings))
            case "seed":
                return list(self._behind_seed(id))
            case "board_row":
                authors = (self._people.authors.get(seed, ()) for seed in self._of_board_row(id))
                return _some(Bundle("wrote", "person", ids=_once(person for some in authors for person in some)))
            case "run":
                return list(self._behind_run(id))
            case "release":
                return list(self._held(id))
            case "task":
                return list(self._mixed("sampled", self._people.tasks.get(id, ())))
        return []

    def forward(self, key: Key) -> list[Bundle]:
        """What came of it."""
        id = key.id
        match key.kind:
            case "person":
                return list(self._written(id))
            case "board_row":
                return _some(Bundle("became", "seed", ids=self._of_board_row(id)))
            case "seed":
                return [*self._onward(id), *self._given(id), *self._looked_at(id)]
            case "row":
                return [*self._onward(id), *self._looked_at(id)]
            case "run":
                return list(self._of_run(id))
        return []

    # --- back ------------------------------------------------------------------------------------------------

    def _behind(self, id: str, among: Mapping[str, RunLinks]) -> Iterator[Bundle]:
        run, slot = row_of(id) or ("", -1)
        links = among.get(run)
        if links is None:
            return
        seeds: defaultdict[str, list[str]] = defaultdict(list)
        rows: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for (how, seed), slots in links.given.items():
            if slot in slots:
                seeds[how].append(seed)
        for kin in links.kin:
            at = -1
            while (at := _index(kin.children, slot, at + 1)) >= 0:
                rows[kin.how, kin.of].append(row_id(kin.of, kin.parents[at]))
        withdrawn = slot in links.states.get(WITHDRAWN, Slots())
        for how in ("judged", "answered", "shown", "planned", "persona", "narrowed", "rival"):
            if withdrawn and how == "rival":  # near to it is nearly what it said
                continue
            if seeds[how]:
                yield Bundle(how, "seed", ids=seeds[how])
            for (found, of), ids in rows.items():
                if found == how:
                    yield from self._seeds_or_rows(how, of, ids)
        if among is self._runs:
            yield Bundle("made", "run", ids=[run])

    def _seeds_or_rows(self, how: str, of: str, ids: list[str]) -> Iterator[Bundle]:
        """What is named like a row may be a seed that is called so."""
        seeds = [id for id in ids if id in self._people.kinds]
        yield from _some(Bundle(how, "seed", ids=seeds))
        yield from _some(Bundle(how, "row", of, ids=[id for id in ids if id not in self._people.kinds]))

    def _behind_seed(self, id: str) -> Iterator[Bundle]:
        people = self._people
        board_row = people.board_row(id)
        if board_row:
            yield Bundle("became", "board_row", ids=[board_row])
        else:
            yield from _some(Bundle("wrote", "person", ids=list(people.authors.get(id, ()))))
        yield from _some(Bundle("edited", "person", ids=list(people.editors.get(id, ()))))
        by_how: defaultdict[str, list[str]] = defaultdict(list)
        for how, origin in people.origins.get(id, ()):
            by_how[how].append(origin)
        for how, origins in by_how.items():
            yield from self._mixed(how, origins)

    def _behind_run(self, name: str) -> Iterator[Bundle]:
        links = self._runs.get(name)
        if links is None:
            return
        shown = _once(seed for how, seed in links.given if how in ("shown", "planned"))
        yield from _some(Bundle("shown", "seed", ids=shown))
        yield from _some(Bundle("listed", "seed", ids=[id for id in links.planned if id not in set(shown)]))
        for kin in links.kin:
            if kin.how in ("answered", "narrowed"):
                yield Bundle(kin.how, "row", kin.of, slots=Slots.of(kin.parents))
        yield from _some(Bundle("control_of", "run", ids=[links.control_of] if links.control_of else []))
        yield from _some(Bundle("follows", "run", ids=[links.follows] if links.follows else []))

    def _held(self, version: str) -> Iterator[Bundle]:
        release = self._releases.get(version)
        if release is None:
            return
        seeds = _once(id for file, ids in release.seeds.items() if _of_rows(file) for id in ids)
        yield from _some(Bundle("holds", "seed", ids=[id for id in seeds if row_of(id) is None]))
        rows: dict[str, Slots] = {}
        for (file, run), slots in release.rows.items():
            if _of_rows(file):
                rows[run] = rows.get(run, Slots()) | slots
        for run, slots in rows.items():
            yield Bundle("holds", "row", run, slots=slots)

    # --- forward ---------------------------------------------------------------------------------------------

    def _written(self, person: str) -> Iterator[Bundle]:
        people = self._people
        boards: defaultdict[str, dict[str, None]] = defaultdict(dict)
        bare: list[str] = []
        edited: list[str] = []
        for seed in people.wrote.get(person, ()):
            if person not in people.authors.get(seed, ()):
                edited.append(seed)
                continue
            row = people.board_row(seed)
            if row:
                boards[row.partition("#")[0]][row] = None
            else:
                bare.append(seed)
        for board, rows in boards.items():
            yield Bundle("wrote", "board_row", board, ids=list(rows))
        yield from _some(Bundle("wrote", "seed", ids=bare))
        yield from _some(Bundle("edited", "seed", ids=edited))

    def _onward(self, id: str) -> Iterator[Bundle]:
        """Seeds of people, and rows of runs, that have something of a seed or a row."""
        by_how: defaultdict[str, list[str]] = defaultdict(list)
        for how, seed in self._people.onward.get(id, ()):
            by_how[how].append(seed)
        for how, seeds in by_how.items():
            yield Bundle(how, "seed", ids=seeds)
        run, slot = row_of(id) or ("", -1)
        for links in self._runs.values() if run else ():
            for kin in links.kin:
                if kin.of == run and (found := Slots.of(kin.of_parent(slot))):
                    yield Bundle(kin.how, "row", links.name, slots=found)

    def _given(self, seed: str) -> Iterator[Bundle]:
        for links in self._runs.values():
            for how in ("shown", "planned", "persona", "answered", "narrowed", "rival"):
                if slots := links.given.get((how, seed)):
                    yield Bundle(how, "row", links.name, slots=slots)

    def _looked_at(self, id: str) -> Iterator[Bundle]:
        run, slot = row_of(id) or ("", -1)
        for links in self._judgings.values():
            found = links.given.get(("judged", id), Slots())
            for kin in links.kin if run else ():
                if kin.of == run:
                    found |= Slots.of(kin.of_parent(slot))
            if found:
                yield Bundle("judged", "judgement", links.name, slots=found)
        tasks = [task for task, items in self._people.tasks.items() if id in items]
        yield from _some(Bundle("sampled", "task", ids=tasks))
        holding, noting = [], []
        for version, release in self._releases.items():
            if _holds(release.rows, run, slot) or any(
                id in ids for file, ids in release.seeds.items() if _of_rows(file)
            ):
                holding.append(version)
            elif any(id in ids for ids in release.seeds.values()):
                noting.append(version)
        yield from _some(Bundle("holds", "release", ids=sorted(holding)))
        yield from _some(Bundle("noted", "release", ids=sorted(noting)))

    def _of_run(self, name: str) -> Iterator[Bundle]:
        links = self._runs.get(name)
        if links is None:
            return
        if links.all:
            yield Bundle("made", "row", name, slots=links.all)
        others = self._runs.values()
        yield from _some(Bundle("control_of", "run", ids=[one.name for one in others if one.control_of == name]))
        yield from _some(Bundle("follows", "run", ids=[one.name for one in others if one.follows == name]))
        for one in self._judgings.values():
            judged = (Slots.of(kin.children) for kin in one.kin if kin.of == name)
            if slots := next(judged, None):
                yield Bundle("judged", "judgement", one.name, slots=slots)
        holding = [
            version for version, release in self._releases.items() if any(run == name for _, run in release.rows)
        ]
        yield from _some(Bundle("holds", "release", ids=holding))

    # --- both ------------------------------------------------------------------------------------------------

    def _of_board_row(self, id: str) -> list[str]:
        board = id.partition("#")[0]
        people = self._people
        return [seed for seed, on in people.boards.items() if on == board and people.board_row(seed) == id]

    def _mixed(self, how: str, ids: tuple[str, ...] | list[str]) -> Iterator[Bundle]:
        """Ids of seeds and of rows, each run's by itself."""
        seeds: list[str] = []
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for id in ids:
            row = None if id in self._people.kinds else row_of(id)
            if row is None:
                seeds.append(id)
            else:
                rows[row[0]].append(row[1])
        yield from _some(Bundle(how, "seed", ids=seeds))
        for run, slots in rows.items():
            yield Bundle(how, "row", run, slots=Slots.of(slots))


def _holds(rows: Mapping[tuple[str, str], Slots], run: str, slot: int) -> bool:
    return slot >= 0 and any(of == run and slot in slots and _of_rows(file) for (file, of), slots in rows.items())


def _of_rows(file: str) -> bool:
    """Whether a file of a release holds rows; its decisions name what they are about."""
    return "/" in file


def _index(values: array[int], value: int, start: int) -> int:
    try:
        return values.index(value, start)
    except ValueError:
        return -1


def _some(bundle: Bundle) -> list[Bundle]:
    return [bundle] if len(bundle) else []


def _once(ids: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(ids))
