"""Boards become seeds: what people wrote together is taken up as it stands, again and again, with no step in between.

Every row that stands on a board, has its words, and whose authors all let it be used, is a seed under the id of its
group and row. A row that changed is a new version of the same seed; one that was removed, emptied, or whose author
took the consent back, is withdrawn. All of it, and how far each board was read, goes to the log in one append: a
gathering that is cut off has left nothing, and one that finds nothing moved reads no board.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from seedbed.records import Rating, Triple
from seedbed.seeds.boards import read_board
from seedbed.seeds.codec import Whose, encode_contribution
from seedbed.seeds.consents import TAKEN_BACK, Standing, read_standing
from seedbed.seeds.contributions import UNFINISHED, Contribution, Taxonomies, contributions, ratings, row_of, stopped
from seedbed.seeds.fold import GATHERED, STREAM, WITHDRAWN, SeedsFold, read
from seedbed.seeds.offers import offered
from seedbed.seeds.taxonomies import current_taxonomy, taxonomy_versions
from seedbed.seeds.view import write_view
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore
from seedbed.taxonomy import Taxonomy
from seedbed.workshop.afterwards import Afterwards
from seedbed.workshop.places import AFTERWARDS, AGENDA, WORKSHOP, Place, parse_place

__all__ = ["HELD", "Boards", "Gathered", "gather", "settle", "survey", "take_up"]

ACTOR = "gather"
FORM = 2  # raised when the same boards give other seeds than before: everything is then read once more
HELD: Mapping[str, str] = {
    "no_consent": "an author did not agree to their words being used for training",
    "not_asked": "an author has not answered yet whether their words may be used for training",
    TAKEN_BACK: "an author took it back, or asked to have all their words erased",
    UNFINISHED: "the question, the misaligned or the aligned response is still empty",
    "id_taken": "an imported seed has the same id",
}
"""Why a row that people have begun is no seed yet."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one gathering came to. `added`, `revised` and `withdrawn` are ids of seeds, in the order of the boards.

    `held` counts, by reason (`HELD`), the rows of all boards that are no seeds yet; `held_rows` names those of the
    boards that were read now, with their reason. `boards` were read of `of_boards`: `entries` entries of the log.
    """

    added: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    ratings: int = 0
    people: int = 0
    held: Mapping[str, int] = field(default_factory=dict)
    held_rows: Mapping[str, str] = field(default_factory=dict)
    boards: int = 0
    of_boards: int = 0
    entries: int = 0

    @property
    def waiting(self) -> int:
        """Rows that are no seeds yet."""
        return sum(self.held.values())

    @property
    def changed(self) -> bool:
        return bool(self.added or self.revised or self.withdrawn or self.ratings or self.people)

    def to_json(self) -> dict[str, Any]:
        return {
            "added": list(self.added), "revised": list(self.revised), "withdrawn": list(self.withdrawn),
            "ratings": self.ratings, "people": self.people, "waiting": self.waiting,
            "held": [{"why": why, "rows": rows, "reason": HELD[why]} for why, rows in self.held.items()],
            "boards": self.boards, "of_boards": self.of_boards,
        }  # fmt: skip


def gather(folder: Folder, *, language: str = "en", pages: str = "en") -> Gathered:
    """Take up what the boards hold now.

    `language` is the seeds' where the workshop's template names none, `pages` that of the pages people wrote on.

    A server may hold the study meanwhile, and people may write. Raises NotAStudy, Busy while another process imports
    or curates, and what the store raises.
    """
    folder.check()
    if not folder.has_people:
        return Gathered()
    with folder.writing():
        return take_up(folder, language=language, pages=pages)


def take_up(folder: Folder, *, language: str = "en", pages: str = "en") -> Gathered:
    """`gather`, for holders of the study."""
    if not folder.has_people:
        return Gathered()
    with EventStore.of(folder) as store:
        stands = _stands(store)
        if AFTERWARDS not in stands and not any(parse_place(doc) for doc in stands):
            return Gathered()
        have = read(store)
        before = have.gathered
        if (
            before.get("form") == FORM
            and before.get("languages") == [language, pages]
            and before.get("stands") == stands
        ):
            done = Gathered(held=_counted(before["held"]), of_boards=len(before["held"]))
        else:
            gathering = _Gathering(store, folder, have, stands, (language, pages))
            done = gathering.run()
            store.append(STREAM, ACTOR, gathering.acts)
            have = read(store)
    write_view(folder, have.seeds())  # always: a process that was killed may have left the files behind the log
    return done


def settle(folder: Folder, *, language: str = "en", pages: str = "en") -> tuple[str, ...]:
    """Let what people said of their words hold at once: seeds that an author no longer lets be used are withdrawn,
    offers that were accepted are taken up, and those that no longer are are withdrawn; returns the ids.

    Reads no board, so it takes some milliseconds: what changed on the boards is for `gather`, which finds the same. For
    whoever was let in again, too. Raises what `gather` raises.
    """
    folder.check()
    if not folder.has_people:
        return ()
    with EventStore.of(folder) as store:
        if not _settling(store, folder, language, pages).acts:
            return ()  # so nothing is held up by it, and it is held up by nothing
    with folder.writing():
        return settled(folder, language=language, pages=pages)


def settled(folder: Folder, *, language: str = "en", pages: str = "en") -> tuple[str, ...]:
    """`settle`, for holders of the study."""
    if not folder.has_people:
        return ()
    with EventStore.of(folder) as store:
        acts = _settling(store, folder, language, pages).acts
        if not acts:
            return ()
        store.append(STREAM, ACTOR, acts)
        have = read(store)
    write_view(folder, have.seeds())
    return tuple(act.subject for act in acts)


def _settling(store: EventStore, folder: Folder, language: str, pages: str) -> _Gathering:
    """What is to be appended to let hold what people said; nothing is yet."""
    stands = _stands(store)
    standing = read_standing(store, language=language, pages=pages)
    found = _Gathering(store, folder, read(store), stands, (language, pages))
    found.leaving(standing)
    if AFTERWARDS in stands:
        found.offers(standing)
    return found


@dataclass(frozen=True, slots=True)
class Boards:
    """The boards as the last gathering left them: how many there are, how many people wrote on since, and the rows
    that were held back then, by reason."""

    boards: int = 0
    moved: int = 0
    held: Mapping[str, int] = field(default_factory=dict)


def survey(folder: Folder) -> tuple[SeedsFold, Boards]:
    """The seeds' events applied, and how the boards stand beside them. Reads no board."""
    if not folder.has_people:
        return SeedsFold(), Boards()
    with EventStore.of(folder) as store:
        have, now = read(store), _stands(store)
    before = have.gathered.get("stands", {})
    boards = [doc for doc in now if parse_place(doc)]
    counted = _counted(have.gathered.get("held", {}))
    return have, Boards(len(boards), sum(before.get(doc) != now[doc] for doc in boards), counted)


def _stands(store: EventStore) -> dict[str, list[int]]:
    """How far each stream that seeds depend on has come, and in which epoch."""
    docs = [doc for doc in store.streams("board/") if (place := parse_place(doc)) and place.activity.seeds]
    asked = (AFTERWARDS,) if store.last(AFTERWARDS) else ()
    return {doc: [store.last(doc), store.epoch(doc)] for doc in (WORKSHOP, AGENDA, *asked, *docs)}


def _counted(held: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for of_board in held.values():
        total.update(of_board)
    return {why: total[why] for why in HELD if total[why]}


class _Gathering:
    """One gathering under way: what it finds becomes `acts`."""

    def __init__(
        self,
        store: EventStore,
        folder: Folder,
        have: SeedsFold,
        stands: Mapping[str, list[int]],
        languages: tuple[str, str],
    ) -> None:
        self._store, self._have, self._stands, self._languages = store, have, stands, languages
        self._folder = folder
        self._taxonomies = _taxonomies(folder)
        self._whose = {id: _everybody(whose) for id, whose in have.whose.items()}
        self._held: dict[str, dict[str, int]] = {}
        self._held_rows: dict[str, str] = {}
        self._added: list[str] = []
        self._revised: list[str] = []
        self._withdrawn: list[str] = []
        self._boards = self._entries = 0
        self.acts: list[Act] = []

    def run(self) -> Gathered:
        before = self._have.gathered
        standing = read_standing(self._store, language=self._languages[0], pages=self._languages[1])
        digest = standing.digest()
        # another consent, or another card, may change any row
        anew = before.get("form") != FORM or before.get("standing") != digest
        places = [place for doc in self._stands if (place := parse_place(doc))]
        # questions first: a triple may answer one, and then holds its authors' words
        places.sort(key=lambda place: (place.activity.name != "questions", place.group))
        profiles = self._profiles(standing) if anew else []
        self.acts += profiles
        of_streams, told = before.get("stands", {}), 0
        for place in places:
            doc = place.stream
            if not anew and of_streams.get(doc) == self._stands[doc]:
                self._held[doc] = before["held"][doc]
            else:
                told += self._board(place, standing)
        if AFTERWARDS in self._stands:
            self.offers(standing)
        marks = {"form": FORM, "languages": list(self._languages), "standing": digest, "stands": dict(self._stands)}
        self.acts.append(Act(GATHERED, data={**marks, "held": self._held}))
        return Gathered(
            tuple(self._added), tuple(self._revised), tuple(self._withdrawn), told, len(profiles), _counted(self._held),
            self._held_rows, self._boards, len(places), self._entries,
        )  # fmt: skip

    def _profiles(self, standing: Standing) -> list[Act]:
        return [
            encode_contribution(person, WORKSHOP, self._have.profile_versions.get(person.id, 0) + 1)
            for person in standing.people
            if self._have.profiles.get(person.id) != person
        ]

    def _board(self, place: Place, standing: Standing) -> int:
        """Take up one board; returns how many ratings are new, changed or taken back."""
        doc = place.stream
        upto = self._stands[doc][0]  # what comes while this reads is the next gathering's
        read = read_board(takewhile(lambda entry: entry.seq <= upto, self._store.entries(doc)), place)
        self._boards += 1
        self._entries += read.entries
        found = contributions(read, standing, self._taxonomies, lambda id: self._whose.get(id, ()))
        held: Counter[str] = Counter()
        standing_ids: list[str] = []
        for item in found:
            why = item.held or self._kept_out(item.id)
            if why is not None:
                held[why] += 1
                self._held_rows[item.id] = why
            else:
                standing_ids.append(item.id)
                self._take(item, doc)
        self._held[doc] = dict(held)
        self._gone(doc, frozenset(standing_ids))
        return self._rate(doc, {(r.subject, r.rater, r.scale): r for r in ratings(read, standing, standing_ids)})

    def offers(self, standing: Standing) -> None:
        """Take up what people offered and a curator accepted, as if it stood on one more board."""
        held: Counter[str] = Counter()
        standing_ids: list[str] = []
        upto = self._stands[AFTERWARDS][0]
        events = takewhile(lambda event: event.seq <= upto, self._store.read(AFTERWARDS))
        for item in offered(Afterwards().after(events), standing, current_taxonomy(self._folder)):
            why = item.held or self._kept_out(item.id)
            if why is not None:
                held[why] += 1
                self._held_rows[item.id] = why
            else:
                standing_ids.append(item.id)
                self._take(item, AFTERWARDS)
        self._held[AFTERWARDS] = dict(held)
        self._gone(AFTERWARDS, frozenset(standing_ids))

    def leaving(self, standing: Standing) -> None:
        """Withdraw every seed of the boards that its authors let be used no more. Reads no board."""
        for id, board in self._have.boards.items():
            record = self._have.records[id]
            row = row_of(id, board)
            if record is None or row is None:
                continue
            people = (*record.authors, *self._have.whose[id].get("prompt", ()))
            why = standing.row_held(board, row, people)
            asked = record.prompt_id if isinstance(record, Triple) else None
            if asked is not None and stopped(standing, asked, self._whose.get(asked, ())):
                why = why or TAKEN_BACK
            if why is not None:
                self._withdrawn.append(id)
                self.acts.append(Act(WITHDRAWN, id, {"board": board, "why": why}))

    def _gone(self, doc: str, stands: frozenset[str]) -> None:
        """Withdraw what came from `doc` and stands there no more."""
        gone = [id for id, board in self._have.boards.items()
                if board == doc and self._have.records[id] is not None and id not in stands]  # fmt: skip
        for id in gone:
            self._withdrawn.append(id)
            why = self._held_rows.get(id, "removed")
            self.acts.append(Act(WITHDRAWN, id, {"board": doc, "why": why}))

    def _kept_out(self, id: str) -> str | None:
        if id in self._have.kept_out:
            return TAKEN_BACK
        return "id_taken" if self._is_imported(id) else None

    def _is_imported(self, id: str) -> bool:
        return id in self._have.records and id not in self._have.boards

    def _take(self, item: Contribution, doc: str) -> None:
        id, record = item.id, item.record
        self._whose[id] = _everybody(item.whose)
        before = self._have.records.get(id)
        if record is None or (before == record and dict(self._have.whose[id]) == dict(item.whose)):
            return
        (self._added if before is None else self._revised).append(id)
        self.acts.append(encode_contribution(record, doc, self._have.versions.get(id, 0) + 1, item.whose))

    def _rate(self, doc: str, wanted: Mapping[tuple[str, str, str], Rating]) -> int:
        have = {key: rating for key, rating in self._have.rated.items() if self._have.boards.get(key[0]) == doc}
        fresh = [rating for key, rating in wanted.items() if have.get(key) != rating]
        self.acts += [encode_contribution(rating, doc, 1) for rating in fresh]
        gone = have.keys() - wanted.keys()
        for subject, rater, scale in sorted(gone):
            data = {"rater": rater, "scale": scale, "value": None, "board": doc}
            self.acts.append(Act("rating", subject, data))
        return len(fresh) + len(gone)


def _everybody(whose: Whose) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person for people in whose.values() for person in people))


def _taxonomies(folder: Folder) -> Taxonomies:
    """The installed versions by number; the newest stands in for one that is not installed."""
    known: dict[int, Taxonomy] = {}
    versions = set(taxonomy_versions(folder))

    def of(version: int) -> Taxonomy:
        if version not in known:
            known[version] = current_taxonomy(folder, version if version in versions else None)
        return known[version]

    return of
