"""What people decided, and what of it stands after everything that was taken back.

An act that is taken back is as if it had never been: what stood at its place before stands again, also another
person's. To take back a taking back is the act again. Nothing leaves the log.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from seedbed.curate.curation import Logged
from seedbed.curate.decisions import Place, is_undo, place, version_of
from seedbed.records import Decision

__all__ = ["Persons"]


class Persons:
    """People's decisions in the order of their numbers. Add each with `take`."""

    def __init__(self) -> None:
        self.acts: dict[int, Logged] = {}
        self.standing: dict[Place, Logged] = {}  # as it counts: a retag or an edit with what earlier ones of it gave
        self.seen: dict[Place, int] = {}  # the newest act at a place, an undo of one included
        self.batches: dict[str, list[int]] = defaultdict(list)
        self.undone: dict[int, int] = {}  # what was taken back, and by which act
        self._undos: dict[int, tuple[int, ...]] = {}
        self._undone_by: dict[int, list[int]] = defaultdict(list)
        self._of: dict[int, frozenset[Place]] = {}  # what each undo bears on, through undos of undos too
        self._at: dict[Place, list[int]] = defaultdict(list)

    def take(self, logged: Logged) -> set[Place]:
        """Add an act; returns the places where something else may stand now."""
        seq, decision = logged.seq, logged.decision
        self.acts[seq] = logged
        if logged.batch:
            self.batches[logged.batch].append(seq)
        if is_undo(decision):
            return self._take_back(seq, decision)
        where = place(decision)
        self._at[where].append(seq)
        self.seen[where] = seq
        self._settle(where)
        return {where}

    def places_of(self, seqs: Iterable[int]) -> set[Place]:
        """The places that the acts with these numbers decided about, through undos of undos too."""
        found: set[Place] = set()
        for seq in seqs:
            if seq in self._of:
                found |= self._of[seq]
            elif seq in self.acts:
                found.add(place(self.acts[seq].decision))
        return found

    def editors(self, subject: str, version: int) -> dict[str, list[str]]:
        """Who wrote words that stand in each edited field of a seed, or stood there before those were changed."""
        found: dict[str, list[str]] = {}
        for seq in self._at.get((subject, "edit"), ()):
            logged = self.acts[seq]
            if seq not in self.undone and version_of(logged.decision) == version:
                for name in logged.decision.detail["fields"]:
                    found.setdefault(name, []).append(logged.actor)
        return found

    def others_since(self, where: Place, seq: int, actor: str) -> Logged | None:
        """The newest act at a place after number `seq` that another person made."""
        if self.seen.get(where, 0) <= seq:
            return None
        newest = [self.acts[at] for at in self._at.get(where, ()) if at > seq]
        newest += [self.acts[at] for at, places in self._of.items() if at > seq and where in places]
        found = [logged for logged in newest if logged.actor != actor]
        return max(found, key=lambda logged: logged.seq, default=None)

    def _take_back(self, seq: int, decision: Decision) -> set[Place]:
        batch = decision.detail.get("undoes_batch")
        # only what came before: a batch may not be added to, but a damaged log must not loop
        targets = self.batches.get(batch, ()) if batch is not None else decision.detail["undoes"]
        self._undos[seq] = tuple(target for target in targets if target < seq)
        for target in self._undos[seq]:
            self._undone_by[target].append(seq)
        touched = self.places_of(self._undos[seq])
        self._of[seq] = frozenset(touched)
        self.seen |= dict.fromkeys(touched, seq)
        self._flip(seq)
        for where in touched:
            self._settle(where)
        return touched

    def _flip(self, undo: int) -> None:
        """See to `undone` where a new undo changes it. What takes an act back has a higher number, so from the top
        down each is looked at once; nobody knows how many undos stand on one another."""
        due = [-target for target in dict.fromkeys(self._undos[undo])]
        heapq.heapify(due)
        last = 0
        while due:
            seq = -heapq.heappop(due)
            if seq == last:
                continue
            last = seq
            by = next((at for at in self._undone_by[seq] if at not in self.undone), None)
            before = self.undone.get(seq)
            if by is None:
                self.undone.pop(seq, None)
            else:
                self.undone[seq] = by
            if (by is None) != (before is None):
                for target in self._undos.get(seq, ()):
                    heapq.heappush(due, -target)

    def _settle(self, where: Place) -> None:
        stands: Logged | None = None
        for seq in self._at[where]:
            logged = self.acts[seq]
            if seq in self.undone:
                continue
            if logged.decision.act == "undo":
                stands = None
            elif stands is not None and _joins(stands.decision, logged.decision):
                stands = replace(logged, decision=_joined(stands.decision, logged.decision))
            else:
                stands = logged
        if stands is None:
            self.standing.pop(where, None)
        else:
            self.standing[where] = stands


def _joins(before: Decision, after: Decision) -> bool:
    """Whether what the earlier one gave stays beside the later one: words of another version do not come back."""
    return after.act == "retag" or (after.act == "edit" and version_of(before) == version_of(after))


def _joined(before: Decision, after: Decision) -> Decision:
    detail = {**before.detail, **after.detail}
    if after.act == "edit":
        detail["fields"] = {**before.detail["fields"], **after.detail["fields"]}
    return replace(after, detail=detail)
