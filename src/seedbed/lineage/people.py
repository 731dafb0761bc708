"""What people did, as links between people, rows of boards, seeds, and rows of runs: ids alone, of every version.

Read from the events of seeds, curation and rating tasks. A seed that was erased or withdrawn keeps its links: a model
was shown it all the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from seedbed.curate import Curation
from seedbed.curate.decisions import STREAM as CURATE
from seedbed.curate.expanding import EXPANSION
from seedbed.curate.fold import CurationFold
from seedbed.review.fold import PREFIX as TASKS
from seedbed.seeds import Seeds, current_taxonomy
from seedbed.seeds.contributions import row_of as row_of_board
from seedbed.seeds.fold import STREAM as SEEDS
from seedbed.seeds.fold import SeedsFold
from seedbed.study import Folder
from seedbed.study.events import Event, EventStore

__all__ = ["People", "PeopleReader", "Step"]

Step = tuple[str, str]
"""How, and the id at the other end."""


@dataclass(frozen=True, slots=True)
class People:
    """Links of people's side.

    `authors` maps a seed to the people whose words some version of it holds, `editors` to those whose words curation
    put in their place; `wrote` is the inverse of both. `origins` are what a seed grew from, by (how, seed or row), and
    `onward` is the inverse: answers (the prompt), grown (the examples of that prompt), expanded, merged. `kinds` are of
    every seed that ever was; `boards` name the board of a contribution. `tasks` maps rating tasks to their items.
    """

    seeds: Seeds
    curation: Curation
    authors: Mapping[str, tuple[str, ...]]
    editors: Mapping[str, tuple[str, ...]]
    wrote: Mapping[str, tuple[str, ...]]
    origins: Mapping[str, tuple[Step, ...]]
    onward: Mapping[str, tuple[Step, ...]]
    kinds: Mapping[str, str]
    boards: Mapping[str, str]
    tasks: Mapping[str, tuple[str, ...]]
    decided: Mapping[str, int]
    rated: Mapping[str, int]
    persons: frozenset[str]

    def board_row(self, seed: str) -> str | None:
        """The row of a board that a seed is, as BOARD#ROW; None where it was imported."""
        board = self.boards.get(seed)
        row = row_of_board(seed, board) if board else None
        return f"{board}#{row}" if row else None


class PeopleReader:
    """Keeps what it read until the streams it was read from go on or are erased in."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._mark: tuple[object, ...] | None = None
        self._read: People | None = None

    def people(self) -> People:
        """People's side as it stands. Raises what the store raises."""
        if not self._folder.has_people:
            return self._read or self._keep(_Reading(self._folder).people(), ())
        with EventStore.of(self._folder) as store:
            streams = [SEEDS, CURATE, *store.streams(TASKS)]
            mark = tuple((stream, store.last(stream), store.epoch(stream)) for stream in streams)
            if self._read is not None and mark == self._mark:
                return self._read
            reading = _Reading(self._folder)
            for stream in streams:
                for event in store.read(stream):
                    reading.take(stream, event)
            return self._keep(reading.people(), mark)

    def _keep(self, read: People, mark: tuple[object, ...]) -> People:
        self._read, self._mark = read, mark
        return read


class _Reading:
    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._seeds, self._curation = SeedsFold(), CurationFold(folder.digest)
        self._authors: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._editors: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._origins: defaultdict[str, dict[Step, None]] = defaultdict(dict)
        self._kinds: dict[str, str] = {}
        self._boards: dict[str, str] = {}
        self._tasks: dict[str, tuple[str, ...]] = {}
        self._decided: Counter[str] = Counter()
        self._rated: Counter[str] = Counter()
        self._merged: list[tuple[str, str]] = []
        self._persons: set[str] = set()

    def take(self, stream: str, event: Event) -> None:
        match stream:
            case "seeds":
                self._seeds.apply(event)
                self._of_seeds(event)
            case "curate":
                self._curation.apply(event)
                self._of_curation(event)
            case _:
                self._of_task(stream, event)

    def _of_seeds(self, event: Event) -> None:
        id, data = event.subject, event.data
        match event.kind:
            case "question" | "triple":
                self._kinds.setdefault(id, event.kind)
                if "board" in data:
                    self._boards[id] = data["board"]
                whose = (data.get("whose") or {}).values()
                self._authors[id] |= dict.fromkeys([*data.get("authors", ()), *(one for some in whose for one in some)])
                if data.get("prompt_id"):
                    self._origins[id]["answers", data["prompt_id"]] = None
                for parent in data.get("parents", ()):
                    self._origins[id]["grown", parent] = None
            case "person":
                self._persons.add(id)
            case "rating":
                self._rated[str(data.get("rater", ""))] += 1

    def _of_curation(self, event: Event) -> None:
        id, data = event.subject, event.data
        if event.kind == EXPANSION:
            self._kinds.setdefault(id, "question")
            self._origins[id]["expanded", data["parent"]] = None
        elif event.kind == "decision" and data.get("rule") == "person":
            self._decided[event.actor] += 1
            if data.get("act") == "edit":
                whose = (data.get("whose") or {}).values()
                self._editors[id] |= dict.fromkeys([event.actor, *(one for some in whose for one in some)])
            elif data.get("act") == "merge" and data.get("rival"):
                self._merged.append((id, str(data["rival"])))

    def _of_task(self, stream: str, event: Event) -> None:
        if event.kind == "task.create":
            self._tasks[stream.removeprefix(TASKS)] = tuple(map(str, event.data.get("items", ())))
        elif event.kind == "rate":
            self._rated[str(event.data.get("rater") or event.actor)] += 1

    def people(self) -> People:
        seeds = self._seeds.seeds()
        curation = self._curation.curation(seeds, current_taxonomy(self._folder))
        for triple in seeds.triples:  # the question with the same words, where none was named
            if triple.prompt_id:
                self._origins[triple.id]["answers", triple.prompt_id] = None
        for gone, into in self._merged:
            self._origins[into]["merged", gone] = None
            if gone in self._editors:  # whoever merges two may have joined their words first, in either
                self._origins[gone]["merged", into] = None
        wrote: defaultdict[str, dict[str, None]] = defaultdict(dict)
        onward: defaultdict[str, list[Step]] = defaultdict(list)
        for found in (self._authors, self._editors):
            for seed, people in found.items():
                for person in people:
                    wrote[person][seed] = None
        for seed, origins in self._origins.items():
            for how, origin in origins:
                onward[origin].append((how, seed))
        persons = {*self._persons, *wrote, *self._decided, *self._rated} - {""}
        return People(
            seeds, curation,
            {id: tuple(people) for id, people in self._authors.items()},
            {id: tuple(people) for id, people in self._editors.items()},
            {person: tuple(theirs) for person, theirs in wrote.items()},
            {id: tuple(origins) for id, origins in self._origins.items()},
            {id: tuple(steps) for id, steps in onward.items()},
            self._kinds, self._boards, self._tasks, self._decided, self._rated, frozenset(persons),
        )  # fmt: skip
