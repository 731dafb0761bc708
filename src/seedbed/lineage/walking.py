"""Everything that grew from something: to the end, through seeds, rows, judgements and releases.

Withdrawal stands on this, so it errs on the side of too much: a rejected row counts, one that was too near to a seed
counts, and so does what was asked and never answered. Whatever a text of a person may have passed into is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path

from seedbed.lineage.index import Index
from seedbed.lineage.links import RUNS, Kin, RunLinks
from seedbed.lineage.people import People
from seedbed.lineage.slots import Slots, row_id, row_of
from seedbed.study import Folder

__all__ = ["Descendants", "descend"]


@dataclass(frozen=True, slots=True)
class Descendants:
    """What grew from some people or seeds, they themselves included.

    `rows` and `judgements` map runs to slots, whatever became of them; `runs` are all runs that have such rows, or
    whose plan lists such a seed, judging runs as judgements/NAME. `releases` maps versions to the ids they hold: of
    seeds, and of rows by run. `tasks` maps rating tasks to items of theirs. `caches` are files of the study that hold
    such words, or measures of them, and that are views or can be made again.
    """

    seeds: frozenset[str] = frozenset()
    rows: Mapping[str, Slots] = field(default_factory=dict)
    judgements: Mapping[str, Slots] = field(default_factory=dict)
    runs: tuple[str, ...] = ()
    releases: Mapping[str, tuple[tuple[str, ...], Mapping[str, Slots]]] = field(default_factory=dict)
    tasks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    caches: tuple[Path, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)  # of seeds, and of the rows of each run

    @property
    def questions(self) -> Iterator[str]:
        """The ids of every question: seeds, then rows by run."""
        return self._of("question")

    @property
    def triples(self) -> Iterator[str]:
        """The ids of every triple: seeds, then rows by run."""
        return self._of("triple")

    @property
    def topics(self) -> Iterator[str]:
        """The ids of the topics that a model made."""
        return self._of("topic")

    def _of(self, kind: str) -> Iterator[str]:
        yield from sorted(id for id in self.seeds if self.kinds.get(f"seed {id}") == kind)
        for run, slots in self.rows.items():
            if self.kinds.get(f"run {run}") == kind:
                yield from (row_id(run, slot) for slot in slots)

    def count(self, kind: str) -> int:
        """How many rows of runs are of this kind: question, triple, topic."""
        return sum(len(slots) for run, slots in self.rows.items() if self.kinds.get(f"run {run}") == kind)


def descend(
    folder: Folder, index: Index, people: People, seeds: Iterable[str], rows: Mapping[str, Slots] | None = None
) -> Descendants:
    """All that grew from `seeds` and from `rows` of runs."""
    walk = _Walk(index, people, seeds, rows or {})
    walk.run()
    reached = frozenset(walk.seeds)
    runs = [name for name, links in index.runs.items() if name in walk.rows or not reached.isdisjoint(links.planned)]
    runs += [f"judgements/{name}" for name in walk.judgements]
    releases = {}
    for version, release in index.releases.items():
        held = dict.fromkeys(id for ids in release.seeds.values() for id in ids if id in reached)
        of_runs: dict[str, Slots] = {}
        for (_, run), slots in release.rows.items():
            if found := slots & walk.rows.get(run, Slots()):
                of_runs[run] = of_runs.get(run, Slots()) | found
            named = dict.fromkeys(id for id in reached if (row := row_of(id)) and row[0] == run and row[1] in slots)
            held |= named
        if held or of_runs:
            releases[version] = tuple(held), of_runs
    items = {task: tuple(item for item in items if walk.has(item)) for task, items in people.tasks.items()}
    tasks = {task: theirs for task, theirs in items.items() if theirs}
    kinds = {f"seed {id}": people.kinds.get(id, "question") for id in reached}
    kinds |= {f"run {run}": links.rows for run, links in index.runs.items()}
    return Descendants(
        reached, walk.rows, walk.judgements, tuple(runs), releases, tasks,
        tuple(_caches(folder, reached, walk.rows, people)), kinds,
    )  # fmt: skip


class _Walk:
    """Rounds over seeds and runs until a round finds nothing new. Two are enough unless pairs answer generated rows."""

    def __init__(self, index: Index, people: People, seeds: Iterable[str], rows: Mapping[str, Slots]) -> None:
        self._index, self._people = index, people
        self.seeds: set[str] = set()
        self.rows: dict[str, Slots] = {run: slots for run, slots in rows.items() if slots}
        self.judgements: dict[str, Slots] = {}
        self._named: dict[str, Slots] = {}  # seeds that are called like rows: what names them names either
        self._fresh: set[str] = set()
        self._add(seeds)

    def has(self, id: str) -> bool:
        row = row_of(id)
        return id in self.seeds or (row is not None and row[1] in self.rows.get(row[0], Slots()))

    def run(self) -> None:
        while True:
            fresh, self._fresh = self._fresh, set()
            moved = self._through(self._index.runs.values(), self.rows, fresh)
            self._add(
                seed for origin, steps in self._people.onward.items() if self._is_row(origin) for _, seed in steps
            )
            if not moved and not self._fresh:
                break
        self._through(self._index.judgings.values(), self.judgements, self.seeds)

    def _add(self, seeds: Iterable[str]) -> None:
        waiting = [seed for seed in seeds if seed not in self.seeds]
        while waiting:
            seed = waiting.pop()
            if seed in self.seeds:
                continue
            self.seeds.add(seed)
            self._fresh.add(seed)
            if row := row_of(seed):
                self._named[row[0]] = self._named.get(row[0], Slots()) | Slots.of([row[1]])
            waiting += [onward for _, onward in self._people.onward.get(seed, ())]

    def _is_row(self, id: str) -> bool:
        row = row_of(id)
        return row is not None and row[1] in self.rows.get(row[0], Slots())

    def _through(self, runs: Iterable[RunLinks], into: dict[str, Slots], seeds: Iterable[str]) -> bool:
        moved = False
        wanted = set(seeds)
        for links in runs:
            before = into.get(links.name, Slots())
            bits = before.bits
            for (_, seed), slots in links.given.items():
                if seed in wanted:
                    bits |= slots.bits
            found = self._by_kin(links, Slots(bits))
            if found != before:
                into[links.name] = found
                moved = True
        return moved

    def _by_kin(self, links: RunLinks, found: Slots) -> Slots:
        """`found` of a run, with what its other rows have from rows that were reached."""
        own = []
        flags = bytearray(found.flags())
        for kin in links.kin:
            if kin.of == links.name and links.place == RUNS:
                own.append(kin)
            else:
                _mark(flags, kin, self._wanted(kin.of).flags(kin.size))
        for kin in own:
            _mark(flags, kin, self._named.get(kin.of, Slots()).flags(kin.size))
        while own:  # a row may be too near to one of its own run: nearly always to an earlier one
            size = max(len(flags), *(max(kin.size, max(kin.children) + 1) for kin in own))
            flags.extend(bytes(size - len(flags)))
            before = flags.count(1)
            for kin in own:
                for child, parent in zip(kin.children, kin.parents, strict=True):
                    if flags[parent]:
                        flags[child] = 1
            if flags.count(1) == before:
                break
        return Slots.flagged(flags)

    def _wanted(self, run: str) -> Slots:
        return self.rows.get(run, Slots()) | self._named.get(run, Slots())


def _mark(flags: bytearray, kin: Kin, parents: bytes) -> None:
    """Set the flags of the children whose parent's is set."""
    if 1 not in parents:
        return
    found = list(compress(kin.children, map(parents.__getitem__, kin.parents)))
    flags.extend(bytes(max(0, max(found, default=-1) + 1 - len(flags))))
    for child in found:
        flags[child] = 1


def _caches(folder: Folder, seeds: frozenset[str], rows: Mapping[str, Slots], people: People) -> Iterator[Path]:
    root = folder.root
    if seeds:
        pairs = any(people.kinds.get(id) == "triple" for id in seeds)
        yield from _there(
            *sorted(folder.seeds.glob("*.jsonl")), root / "curation" / "vectors.npz",
            *([root / "models" / "inspector.json"] if pairs else []), *sorted((root / "replicated").glob("*")),
        )  # fmt: skip
    if seeds or rows:
        yield from _there(folder.assessment, folder.propagation, folder.report)


def _there(*paths: Path) -> Iterator[Path]:
    return (path for path in paths if path.exists())
