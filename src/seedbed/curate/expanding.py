"""Expanded questions of a study: made once, on record, and laid over the questions they were made from.

The event holds what was swapped and where, never the question's own words: the text is put together again from the
question as it stands. Where that was changed, withdrawn or erased, what was made from it is gone too, until it is
expanded anew.

    expansion  subject SEED~REGION-N {parent, region, text: HMAC of its words}
               and the text `swaps`, JSON [[slot, kind, [[start, end], …], word], …]
    collapse   subject SEED~REGION-N {why}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seedbed.curate.decisions import STREAM
from seedbed.curate.entities import Slots, Swap, forbidden, region_names, swapped, swaps_for
from seedbed.curate.typed import check_actor
from seedbed.records import Question
from seedbed.seeds.codec import NOBODY
from seedbed.study import Folder
from seedbed.study.events import Act, Event, EventStore
from seedbed.workshop.agenda import Agenda
from seedbed.workshop.places import AGENDA

if TYPE_CHECKING:
    from seedbed.curate.entities import KindLike

__all__ = ["COLLAPSE", "EXPANSION", "Expanded", "Expansions", "expand_study", "slots_of"]

EXPANSION = "expansion"
COLLAPSE = "collapse"
Digest = Callable[..., str]


@dataclass(frozen=True, slots=True)
class _Expansion:
    id: str
    parent: str
    region: str
    text: str
    swaps: tuple[Swap, ...]


class Expansions:
    """The fold of all expansions. `digest` is the study's (`Folder.digest`); without it none can be known to fit."""

    def __init__(self, digest: Digest | None = None) -> None:
        self._digest = digest
        self._made: dict[str, _Expansion] = {}
        self.numbered: set[str] = set()  # ids are never given twice

    def apply(self, event: Event) -> None:
        id, data = event.subject, event.data
        if event.kind == COLLAPSE:
            self._made.pop(id, None)
        elif event.kind == EXPANSION:
            self.numbered.add(id)
            if data.get("swaps") is not None:
                self._made[id] = _Expansion(id, data["parent"], data["region"], data["text"], _read(data["swaps"]))

    def over(self, questions: Mapping[str, Question]) -> dict[str, tuple[str, Question]]:
        """{id: (region, question)} of those whose question stands as it did, in the order in which they were made."""
        if self._digest is None or not self._made:
            return {}
        now: dict[str, str] = {}
        found: dict[str, tuple[str, Question]] = {}
        for id, made in self._made.items():
            question = questions.get(made.parent)
            if question is None:
                continue
            if made.parent not in now:
                now[made.parent] = fingerprint(question, self._digest)
            if now[made.parent] == made.text:
                found[id] = (made.region, swapped(question, id, made.swaps))
        return found

    def gone(self, standing: Iterable[str]) -> list[str]:
        """Ids on record that are not among `standing`."""
        here = set(standing)
        return [id for id in self._made if id not in here]


@dataclass(frozen=True, slots=True)
class Expanded:
    """What one expansion of a study came to: ids made now, there before, and taken back with the reason."""

    made: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    collapsed: Mapping[str, str] = field(default_factory=dict)
    marked: int = 0


def slots_of(
    folder: Folder, kinds: Sequence[KindLike] = (), regions: Sequence[str] = (), *, pages: str = "en"
) -> Slots:
    """The entities of a profile (`kinds`, with its `regions`) where it names some; else of the workshop's template."""
    if kinds:
        return Slots.of(regions, kinds)
    agenda = Agenda(pages)
    if folder.has_people:
        with EventStore.of(folder) as store:
            agenda = agenda.after(store.read(AGENDA))
    entities = agenda.template.entities
    return Slots.of(entities.regions, entities.kinds)


def expand_study(
    folder: Folder,
    slots: Slots,
    actor: str,
    *,
    regions: Sequence[str] = (),
    per_seed: int = 4,
    seed: int = 1,
    questions: Iterable[str] | None = None,
) -> Expanded:
    """Make up to `per_seed` others of each question that is not excluded, or of `questions`; what is there is kept.

    `regions` are all of the slots' by default. What holds a forbidden pair by now, or was made from words that have
    changed, is taken back. The new ones are seeds from now on: the next `curate` judges them as any other.

    Raises InputError for an unknown region, UsageError for an actor that is no person, Busy while another process
    writes, NotAStudy.
    """
    from seedbed.curate.fold import fold
    from seedbed.seeds import current_taxonomy
    from seedbed.seeds import load as load_seeds

    folder.check()
    check_actor(actor)
    wanted = list(dict.fromkeys(map(slots.region, regions or slots.regions)))
    with folder.writing():
        have = fold(folder)
        curation = have.curation(load_seeds(folder), current_taxonomy(folder))
        asked = {item.id for item in curation.questions} if questions is None else set(questions)
        asked -= set(curation.excluded)
        of_people = {item.id: item for item in curation.questions if not item.parents}
        standing = have.expansions.over(of_people)
        collapsed = dict.fromkeys(have.expansions.gone(standing), "the question it was made from has changed")
        for id, (region, item) in standing.items():
            if pairs := forbidden(item, slots, region) if region in slots.regions else [("", region)]:
                collapsed[id] = f"a forbidden pair, for {pairs[0][1]}"
        kept = {id: item for id, (_, item) in standing.items() if id not in collapsed}
        acts = [Act(COLLAPSE, id, {"why": why}) for id, why in collapsed.items()]
        made: list[str] = []
        for item in of_people.values():
            if item.id in asked and item.entities:
                texts = {one.text for one in kept.values() if one.parents == (item.id,)}
                for act in _fresh(item, slots, wanted, per_seed, seed, texts, have.expansions.numbered, folder):
                    acts.append(act)
                    made.append(act.subject)
        if acts:
            with EventStore.of(folder) as store:
                store.append(STREAM, actor, acts)
    marked = sum(bool(item.entities) for item in of_people.values())
    return Expanded(tuple(made), tuple(kept), collapsed, marked)


def fingerprint(question: Question, digest: Digest) -> str:
    """A name for the words that an expansion was made from, which only this study can compute."""
    return digest("expansion", question.text, question.persona, question.scenario)


def _fresh(
    question: Question,
    slots: Slots,
    regions: Sequence[str],
    per_seed: int,
    seed: int,
    there: set[str],
    numbered: set[str],
    folder: Folder,
) -> list[Act]:
    """Acts for as many more as `question` lacks, spread over the regions in turn; numbers go on where they ended."""
    names = region_names(slots.regions)
    ways = {region: swaps_for(question, slots, region, seed) for region in regions}
    lacking = per_seed - len(there)
    found: list[Act] = []
    while ways and len(found) < lacking:
        for region in list(ways):
            swaps = next(ways[region], None)
            if swaps is None:
                del ways[region]
                continue
            text = swapped(question, "", swaps).text
            if text in there or len(found) >= lacking:
                continue
            there.add(text)
            number = 1
            while (id := f"{question.id}~{names[region]}-{number}") in numbered:
                number += 1
            numbered.add(id)
            data = {"parent": question.id, "region": region, "text": fingerprint(question, folder.digest)}
            found.append(Act(EXPANSION, id, data, {"swaps": _write(swaps)}, NOBODY))
    return found


def _write(swaps: Iterable[Swap]) -> str:
    return json.dumps([[swap.slot, swap.kind, swap.spans, swap.value] for swap in swaps], ensure_ascii=False)


def _read(text: str) -> tuple[Swap, ...]:
    found: list[list[Any]] = json.loads(text)
    return tuple(
        Swap(slot, kind, tuple((start, end) for start, end in spans), value) for slot, kind, spans, value in found
    )
