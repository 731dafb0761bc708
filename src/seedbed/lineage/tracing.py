"""Finding what an id names, and telling where it came from and what came of it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import get_args

from seedbed.errors import InputError, UsageError
from seedbed.lineage.index import Index
from seedbed.lineage.links import STATES
from seedbed.lineage.people import People, PeopleReader
from seedbed.lineage.shapes import KINDS, Bundle, Direction, Key, Kind, Node, Step, Totals, Trace
from seedbed.lineage.slots import Slots, row_id, row_of
from seedbed.lineage.stepping import Steps
from seedbed.lineage.telling import Teller
from seedbed.lineage.walking import Descendants, descend
from seedbed.study import Folder

__all__ = ["FIRST", "Lineage"]

FIRST = 5
"""So many of each step are shown at first."""
_BACK, _FORWARD = 6, 2  # how far a trace is told: to the people, and one beyond the nearest
_WIDE = frozenset({"run", "release", "task"})  # of these, what they hold is listed and not followed
_SET = ("included", "excluded", "undecided", "erased")
Listen = Callable[[str, int, int], None]


class Lineage:
    """The lineage of one study. Keep it: what did not change is read once.

    `refresh` reads what did; the others answer from what was read then, in milliseconds.
    """

    def __init__(self, folder: Folder, index: Index | None = None) -> None:
        self.folder = folder
        self._index, self._reader = index or Index(folder), PeopleReader(folder)
        self._people: People | None = None
        self._steps: Steps | None = None

    def refresh(self, listen: Listen = lambda what, done, total: None) -> None:
        """Bring it up to date. Raises NotAStudy, and what reading people.db raises."""
        self.folder.check()
        moved = self._index.refresh(listen)
        people = self._reader.people()
        if moved or people is not self._people or self._steps is None:
            self._people, self._steps = people, Steps(self._index, people)

    def stale(self) -> int:
        """How many bytes a `refresh` would have to read of journals and releases; 0 where the index has it all."""
        return self._index.stale()

    def without_words(self) -> Lineage:
        """The same, with nothing in memory but the index: of the words that were read some may be erased by now."""
        return Lineage(self.folder, self._index)

    # --- finding ---------------------------------------------------------------------------------------------

    def find(self, text: str) -> list[Key]:
        """What `text` names, as an id or as KIND:ID, the likeliest first. Raises InputError, naming what is near."""
        kind, colon, id = text.partition(":")
        kinds: Iterable[Kind] = KINDS
        if colon and kind.replace("-", "_") in get_args(Kind):
            kinds = [one for one in KINDS if one == kind.replace("-", "_")]
        else:
            id = text
        found = [Key(kind, id) for kind in kinds if self._is(kind, id)]
        if not found and (row := _spelled(id)) and self._is("row", row):
            found = [Key("row", row)]
        if not found:
            raise InputError(f"Nothing in the study is called {id!r}", hint=self._near(id))
        return found

    def key(self, text: str) -> Key:
        """The one thing that `text` names. Raises as `find`, and UsageError where it may be several."""
        found = self.find(text)
        if len(found) > 1:
            raise UsageError(
                f"{text!r} names {len(found)} things in the study",
                hint=f"Say which: {' or '.join(map(str, found))}",
            )
        return found[0]

    def _is(self, kind: Kind, id: str) -> bool:
        index, people = self._index, self._read_people()
        row = row_of(id)
        match kind:
            case "seed":
                return id in people.kinds
            case "person":
                return id in people.persons
            case "row":
                return row is not None and row[0] in index.runs and row[1] in index.runs[row[0]].all
            case "judgement":
                return row is not None and row[0] in index.judgings and row[1] in index.judgings[row[0]].all
            case "run":
                return id in index.runs
            case "release":
                return id in index.releases
            case "task":
                return id in people.tasks
            case "board_row":
                return "#" in id and any(people.board_row(seed) == id for seed in people.boards)

    def _near(self, id: str) -> str:
        index, people = self._index, self._read_people()
        run, dot, _ = id.rpartition(".")
        links = index.runs.get(run)
        if dot and links is not None and links.all:
            last = links.all.bits.bit_length() - 1
            return f"The rows of the run {run} are {row_id(run, 0)} to {row_id(run, last)}."
        known = [*people.kinds, *people.persons, *index.runs, *index.releases, *people.tasks]
        known += [row_id(name, 0) for name in index.runs] if dot else []
        near = difflib.get_close_matches(id, known, n=3, cutoff=0.5)
        if near:
            return f"Did you mean {' or '.join(near)}?"
        return "Give the id of a seed, a row (RUN.000012), a run, a release, or a person's pseudonym."

    # --- telling ---------------------------------------------------------------------------------------------

    def trace(self, text: str, *, first: int = FIRST) -> Trace:
        """Where it came from, to the people; and what came of it: a step further than the nearest, and all as counts.

        Raises as `key`.
        """
        key = self.key(text)
        with self._teller() as teller:
            node = teller.node(key)
            back = self._tree(teller, key, "back", first, 1 if key.kind in _WIDE else _BACK, {key})
            forward = self._tree(teller, key, "forward", first, _FORWARD, {key})
        return Trace(node, back, forward, self._totals(key), tuple(self._faults()))

    def more(
        self, key: Key, direction: Direction, how: str, of: str, *, kind: Kind, after: int, limit: int = 50
    ) -> Step:
        """A page of one step: what comes after `after`, without what lies beyond. Raises UsageError for no step."""
        steps = self._steps_now()
        bundles = steps.back(key) if direction == "back" else steps.forward(key)
        bundle = next((one for one in bundles if (one.how, one.of, one.kind) == (how, of, kind)), None)
        if bundle is None:
            raise UsageError(f"{key.id} has no step {how!r} {direction}", hint="Trace it again: it may have changed.")
        with self._teller() as teller:
            return self._step(teller, bundle, direction, limit, 0, set(), after)

    def descendants(self, text: str) -> Descendants:
        """All that grew from a person's words, from a seed, or from a row: nothing is left out. Raises as `key`.

        Of a run that is what grew from its rows. Nothing grows from a release, a judgement or a rating task.
        """
        key = self.key(text)
        seeds, rows = self._start(key)
        return descend(self.folder, self._index, self._read_people(), seeds, rows)

    def _start(self, key: Key) -> tuple[tuple[str, ...], dict[str, Slots]]:
        people = self._read_people()
        match key.kind:
            case "person":
                return people.wrote.get(key.id, ()), {}
            case "seed":
                return (key.id,), {}
            case "board_row":
                return tuple(seed for seed in people.boards if people.board_row(seed) == key.id), {}
            case "row" if row := row_of(key.id):
                return (), {row[0]: Slots.of([row[1]])}
            case "run":
                return (), {key.id: self._index.runs[key.id].all}
        return (), {}

    def _totals(self, key: Key) -> Totals:
        seeds, rows = self._start(key)
        found = descend(self.folder, self._index, self._read_people(), seeds, rows)
        counts: dict[str, Counter[str]] = {}
        for run, slots in found.rows.items():
            links = self._index.runs.get(run)
            slots = slots - rows.get(run, Slots())
            if links is not None and slots:
                counts.setdefault(links.rows, Counter()).update(_states(slots, links.states))
        in_order = {
            what: {state: states[state] for state in STATES if states[state]} for what, states in counts.items()
        }
        runs = [run for run, slots in found.rows.items() if run not in rows or slots != rows[run]]
        runs += [run for run in found.runs if run.startswith("judgements/")]
        return Totals(
            len(found.seeds) - (len(seeds) if key.kind == "seed" else 0), in_order,
            sum(map(len, found.judgements.values())), tuple(runs), tuple(found.releases), tuple(found.tasks),
        )  # fmt: skip

    def _tree(
        self, teller: Teller, key: Key, direction: Direction, first: int, depth: int, above: set[Key]
    ) -> tuple[Step, ...]:
        if depth < 1:
            return ()
        steps = self._steps_now()
        bundles = steps.back(key) if direction == "back" else steps.forward(key)
        return tuple(self._step(teller, bundle, direction, first, depth - 1, above, -1) for bundle in bundles)

    def _step(
        self, teller: Teller, bundle: Bundle, direction: Direction, limit: int, depth: int, above: set[Key], after: int
    ) -> Step:
        keys, following = bundle.page(after, limit)
        nodes: list[Node] = []
        for key in keys:
            node = teller.node(key)
            if key not in above and not (direction == "back" and key.kind in _WIDE):
                inner = self._tree(teller, key, direction, min(limit, FIRST), depth, above | {key})
                node = Node(key, node.what, node.state, node.texts, node.facts, inner)
            nodes.append(node)
        return Step(
            bundle.how, bundle.kind, bundle.of, len(bundle), self._states_of(bundle), tuple(nodes), following
        )  # fmt: skip

    def _states_of(self, bundle: Bundle) -> dict[str, int]:
        if bundle.slots is None:
            if bundle.kind != "seed":
                return {}
            return dict(Counter(self._state_of_seed(id) for id in bundle.ids))
        among = self._index.judgings if bundle.kind == "judgement" else self._index.runs
        links = among.get(bundle.of)
        return _states(bundle.slots, links.states) if links else {}

    def _state_of_seed(self, id: str) -> str:
        people = self._read_people()
        if people.curation.seed(id) is None:
            return "erased" if id in people.seeds.erased else "gone"
        if id in people.curation.excluded:
            return "excluded"
        return "included" if id in people.curation.included else "undecided"

    def _faults(self) -> list[str]:
        index = self._index
        found = [f"{links.name}: {links.fault}" for links in (*index.runs.values(), *index.judgings.values())
                 if links.fault]  # fmt: skip
        return found + [f"{links.version}: {links.fault}" for links in index.releases.values() if links.fault]

    def _teller(self) -> Teller:
        return Teller(self.folder, self._index, self._read_people())

    def _read_people(self) -> People:
        if self._people is None:
            self.refresh()
            assert self._people is not None
        return self._people

    def _steps_now(self) -> Steps:
        self._read_people()
        assert self._steps is not None
        return self._steps


def _states(slots: Slots, states: dict[str, Slots] | object) -> dict[str, int]:
    assert isinstance(states, dict)
    return {state: count for state, of in states.items() if (count := len(slots & of))}


def _spelled(id: str) -> str | None:
    """RUN.12 as the row is called: RUN.000012."""
    run, dot, number = id.rpartition(".")
    return row_id(run, int(number)) if dot and number.isascii() and number.isdecimal() and len(number) < 7 else None
