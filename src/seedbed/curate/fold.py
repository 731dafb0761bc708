"""The curation of a study: the fold of its "curate" stream, laid over its seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from seedbed.curate.consequences import (
    authors_of,
    differing_in,
    edits_of,
    held_by,
    merged_by,
    was_rephrased,
)
from seedbed.curate.curation import Curation, LabelKind, Logged, Relabel, Use
from seedbed.curate.decisions import BY_PERSON, STREAM, Place, decode, place
from seedbed.curate.expanding import COLLAPSE, EXPANSION, Digest, Expansions
from seedbed.curate.ordering import in_order, spliced
from seedbed.curate.overlay import Overlay, is_overtaken, relabelled, relabels_of
from seedbed.curate.persons import Persons
from seedbed.records import Decision, Pool
from seedbed.seeds import Seeds, current_taxonomy
from seedbed.seeds import load as load_seeds
from seedbed.study import Folder
from seedbed.study.events import Event, EventStore
from seedbed.taxonomy import Taxonomy

__all__ = ["Curation", "CurationFold", "LabelKind", "Logged", "Relabel", "fold", "load"]


class CurationFold:
    """Events in, decisions out. A person's decision lies over the rules' one at the same place.

    `digest` is the study's, by which expanded questions are known to fit those they were made from.
    """

    def __init__(self, digest: Digest | None = None) -> None:
        self.expansions = Expansions(digest)
        self.standing: dict[Place, Decision] = {}  # by rules; pools and remarks too
        self.people = Persons()
        self.log: list[Logged] = []
        self.relabels: list[Relabel] = []
        self.settings: dict[str, Any] = {}
        self.ticks: list[Event] = []
        self._made: dict[Place, int] = {}
        self._given: dict[str, Pool] = {}  # the pools as the rules gave them, in that order
        self._of: dict[str, set[str]] = defaultdict(set)  # for each seed what was ever decided about it

    def apply(self, event: Event) -> set[str] | None:
        """Take in the next event. Returns the seeds that it bears on, or None where it may bear on any."""
        match event.kind:
            case "decision":
                return self.decided(Logged(event.at, event.actor, decode(event), event.seq))
            case "relabel":
                data = event.data
                rows = tuple((id, at) for id, at in data["rows"])
                self.relabels.append(
                    Relabel(data["kind"], data["canonical"], rows, event.actor, data["taxonomy"], event.at, event.seq)
                )
            case "settings":
                self.settings = dict(event.data["settings"])
            case "tick":
                self.ticks.append(event)
                return set()
            case str(kind) if kind in (EXPANSION, COLLAPSE):
                self.expansions.apply(event)
        return None

    @property
    def by_people(self) -> dict[Place, Decision]:
        """What people decided and nobody took back."""
        return {where: logged.decision for where, logged in self.people.standing.items()}

    def decided(self, logged: Logged) -> set[str] | None:
        """`apply` for a decision that is read already."""
        decision = logged.decision
        self.log.append(logged)
        if decision.rule == BY_PERSON:
            touched = self.people.take(logged)
            for where in touched:
                self._made[where] = logged.seq
                self._of[where[0]].add(where[1])
            # where an undo touches no place, it is of a label that was confirmed
            return {subject for subject, _ in touched} or None
        where = place(decision)
        if decision.act == "pool":
            self.standing.setdefault(where, decision)
            self._given.setdefault(decision.subject, Pool(decision.detail["pool"]))
        else:
            self.standing[where] = decision
        self._of[where[0]].add(where[1])
        self._made[where] = logged.seq
        return None

    def in_force(self) -> dict[Place, Decision]:
        """What stands, people's over rules', in the order in which it was decided. A remark taken back is gone."""
        found = {**self.standing, **self.by_people}
        kept = {where: item for where, item in found.items() if not (item.act == "flag" and item.detail.get("cleared"))}
        # one undo may bear on several places
        return dict(sorted(kept.items(), key=lambda pair: (self._made[pair[0]], pair[0])))

    def pools(self, people: Persons | None = None) -> dict[str, Pool]:
        """The pool of each seed, in the order in which the rules gave them; people's moves lie over that, in order.

        `people` stand in for those of the log.
        """
        found = dict(self._given)
        uses = [one for (_, what), one in (people or self.people).standing.items() if what == "use"]
        for logged in sorted(uses, key=lambda one: one.seq):
            detail = logged.decision.detail
            if "moves" in detail:
                found |= dict.fromkeys(detail["moves"], Pool(detail["pool"]))
        return found

    def curation(self, seeds: Seeds, taxonomy: Taxonomy) -> Curation:
        """The decisions laid over `seeds`. A label that no one knew at import may be one of `taxonomy` by now."""
        relabels = relabels_of([one for one in self.relabels if one.seq not in self.people.undone], seeds)
        return self._laid(seeds, taxonomy, relabels, self.pools(), self._uses())

    def patched(
        self, before: Curation, seeds: Seeds, taxonomy: Taxonomy, subjects: set[str]
    ) -> tuple[Curation, set[str]] | None:
        """`curation` where only people's acts on `subjects` came since `before`, at a cost that goes with those.

        With it come the seeds that it differs in: such an act bears also on what was merged, and on what moved between
        the pools with its subject. None where it bears on versions that were made of a seed.
        """
        if any(id not in seeds for id in subjects):
            return None
        pools, uses = self.pools(), self._uses()
        excluded = {id: item for id, item in before.excluded.items() if id not in subjects}
        for id in subjects:
            verdict = self._by_people_at((id, "verdict")) or self.standing.get((id, "verdict"))
            if verdict is not None and verdict.act != "include":
                excluded[id] = verdict
        merged = merged_by(excluded, self._made)
        touched = subjects | differing_in(before.pools, pools) | differing_in(before.uses, uses)
        touched |= differing_in(before.merged, merged)
        if any(id not in seeds for id in touched) or any(
            item.parents and not touched.isdisjoint(item.parents) for item in before.questions
        ):
            return None
        people = self.people.standing
        here = [(id, what) for id in touched for what in self._of[id]]
        part = CurationFold()
        part.standing = {where: self.standing[where] for where in here if where in self.standing}
        part.people.standing = {where: people[where] for where in here if where in people}
        part.people.seen = {where: self.people.seen[where] for where in here if where in self.people.seen}
        part._made = self._made
        some = replace(
            seeds,
            questions=tuple(seeds.question(id) for id in touched if before.is_question(id)),
            triples=tuple(seeds.triple(id) for id in touched if not before.is_question(id)),
            hand_labels={},
        )
        authors = authors_of(seeds, {id: merged[id] for id in touched & merged.keys()})
        fresh = part._laid(some, taxonomy, before.relabels, pools, uses, authors)
        base = replace(before, pools=pools, uses=uses, merged=merged)
        return spliced(base, fresh, touched, self._log(), self._made), touched

    def _by_people_at(self, where: Place) -> Decision | None:
        """What a person decided at a place and nobody took back."""
        logged = self.people.standing.get(where)
        return logged.decision if logged is not None else None

    def _laid(
        self,
        seeds: Seeds,
        taxonomy: Taxonomy,
        relabels: dict[LabelKind, dict[str, str]],
        pools: dict[str, Pool],
        uses: dict[str, Use],
        authors: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Curation:
        """`authors` are those of merged seeds, where `seeds` are not all that may have been merged."""
        force = self.in_force()
        standing = self.people.standing
        at_place: dict[str, dict[str, Logged]] = defaultdict(dict)
        for (subject, what), logged in standing.items():
            at_place[what][subject] = logged
        verdicts = {subject: item for (subject, what), item in force.items() if what == "verdict"}
        excluded = {subject: item for subject, item in verdicts.items() if item.act != "include"}
        edited, overtaken = edits_of(seeds, at_place["edit"])
        returned = {id: logged for id, logged in at_place["return"].items() if not is_overtaken(seeds, logged.decision)}
        remarks, dismissed = self._remarks()
        held = held_by(remarks, dismissed, returned)
        for id, logged in at_place["use"].items():
            if uses.get(id) == "rephrase" and not was_rephrased(seeds, logged, edited.get(id)):
                held[id] = (*held.get(id, ()), logged.decision)
        merged = merged_by(excluded, self._made)
        authors = authors_of(seeds, merged) if authors is None else authors
        over = Overlay(taxonomy, relabels, standing, pools, edited, authors)
        questions = {item.id: over.question(item) for item in seeds.questions}
        questions |= {id: over.question(item) for id, (_, item) in self.expansions.over(questions).items()}
        triples = {item.id: over.triple(item) for item in seeds.triples}
        seen: dict[str, dict[str, int]] = defaultdict(dict)
        for (subject, what), seq in self.people.seen.items():
            seen[subject][what] = seq
        return in_order(
            Curation(
                questions=tuple(questions.values()),
                triples=tuple(triples.values()),
                hand_labels=relabelled(seeds, relabels),
                decisions=tuple(force.values()),
                log=self._log(),
                pools=pools,
                excluded=excluded,
                included={subject: item for subject, item in verdicts.items() if item.act == "include"},
                held=held,
                relabels=relabels,
                settings=self.settings,
                remarks=remarks,
                dismissed=dismissed,
                edited=edited,
                overtaken=overtaken,
                merged=merged,
                returned=returned,
                uses=uses,
                nuanced=frozenset(
                    id for id, logged in at_place["nuanced"].items() if logged.decision.detail["nuanced"]
                ),
                picks={id: bool(logged.decision.detail["in"]) for id, logged in at_place["pick"].items()},
                choice={subject: item for (subject, what), item in self.standing.items() if what == "select"},
                seen=dict(seen),
                versions={id: len(past) for id, past in seeds.earlier.items()},
            )
        )

    def _log(self) -> tuple[Logged, ...]:
        undone = self.people.undone
        if not undone:
            return tuple(self.log)
        return tuple(replace(item, undone=undone[item.seq]) if item.seq in undone else item for item in self.log)

    def _uses(self) -> dict[str, Use]:
        """What each seed is for: its own mark, unless a later act moved it to the other pool."""
        found: dict[str, Use] = {}
        own = sorted((one.seq, one) for (_, what), one in self.people.standing.items() if what == "use")
        for _, logged in own:
            decision = logged.decision
            use: Use | None = decision.detail.get("use")
            if use is None:
                found.pop(decision.subject, None)
            else:
                found[decision.subject] = use
            kept = {"alignment": "train", "evaluation": "test"}.get(decision.detail.get("pool", ""))
            for id in decision.detail.get("moves", ()):
                if id != decision.subject and found.get(id) in ("train", "test") and found[id] != kept:
                    if use is None:
                        del found[id]
                    else:
                        found[id] = use
        return found

    def _remarks(self) -> tuple[dict[str, tuple[Decision, ...]], dict[str, dict[str, Logged]]]:
        remarks: dict[str, tuple[Decision, ...]] = {}
        dismissed: dict[str, dict[str, Logged]] = {}
        for (subject, _), item in self.standing.items():
            if item.act == "flag" and not item.detail.get("cleared"):
                remarks[subject] = (*remarks.get(subject, ()), item)
        for (subject, what), logged in self.people.standing.items():
            if what.startswith("flag:"):
                dismissed.setdefault(subject, {})[what.removeprefix("flag:")] = logged
        return remarks, dismissed


def fold(folder: Folder) -> CurationFold:
    """Every curate event of the study, applied. Empty where nothing was recorded yet."""
    found = CurationFold(folder.digest)
    if folder.has_people:
        with EventStore.of(folder) as store:
            for event in store.read(STREAM):
                found.apply(event)
    return found


def load(folder: Folder) -> Curation:
    """The study's curation. Raises InputError where people.db is no database of a study."""
    return fold(folder).curation(load_seeds(folder), current_taxonomy(folder))
