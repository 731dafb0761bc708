"""One person's page, made of what is on record: pure functions of what was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from seedbed.records import Question, Triple
from seedbed.seeds.contributions import seed_id
from seedbed.seeds.offers import offer_seed
from seedbed.server.afterwards.schemas import CommentShown, Fate, MyOffer, MyRow, NoteShown
from seedbed.server.afterwards.written import WrittenRow, Wrote
from seedbed.server.road.reading import Curated
from seedbed.workshop.afterwards import Afterwards, Offer
from seedbed.workshop.places import ACTIVITIES

__all__ = ["comments", "fate", "notes", "offers", "own_seeds", "rows", "wrote_in"]


def rows(person: str, wrote: Wrote, state: Afterwards, made: Curated, consents: Mapping[str, object]) -> list[MyRow]:
    """The rows that become seeds, as the boards have them, with what became of each."""
    return [_row(person, row, state, made, consents) for row in wrote.rows if ACTIVITIES[row.activity].seeds]


def _row(person: str, row: WrittenRow, state: Afterwards, made: Curated, consents: Mapping[str, object]) -> MyRow:
    seed = seed_id(row.group, row.row, row.activity)
    stopped = state.stopped.get((row.board, row.row, person))
    held = ""
    if stopped is not None or any(
        (row.board, row.row, author) in state.stopped or author in state.erasures for author in row.authors
    ):
        held = "taken_back"
    elif not row.removed and seed not in made.seeds and row.activity == "triples":
        texts = dict(row.texts)
        held = "" if {"question", "misaligned", "aligned"} <= texts.keys() else "unfinished"
    return MyRow(
        board=row.board, row=row.row, group=row.group, activity=row.activity, texts=dict(row.texts),
        together=len(row.authors) > 1, removed=row.removed, stopped=None if stopped is None else stopped.at, seed=seed,
        fate=None if row.removed else fate(seed, made, held or _consent(row.authors, consents)),
    )  # fmt: skip


def _consent(authors: Iterable[str], consents: Mapping[str, object]) -> str:
    """Why the answers of these people keep their words from being used, as they stand now; "" where they do not."""
    answers = [consents[author] for author in authors if author in consents]
    return "no_consent" if False in answers else "not_asked" if None in answers else ""


def fate(seed: str, made: Curated, held: str = "") -> Fate:
    """What became of a seed; `held` says why it may be none now, whatever was decided before."""
    if held:
        return Fate(state="held", why=held)
    curation = made.curation
    if seed not in made.seeds:
        return Fate(state="waiting", why="not_taken_up")
    example = seed in curation.selected_questions or seed in curation.selected_triples
    if (out := curation.excluded.get(seed)) is not None:
        return Fate(state="left_out", why=out.rule, reason=out.reason)
    if (back := curation.given_back(seed)) is not None:
        return Fate(state="returned", why=back.decision.rule, reason=back.decision.reason)
    if remarks := curation.held.get(seed):
        return Fate(state="waiting", why=remarks[0].rule, reason=remarks[0].reason)
    if (into := curation.included.get(seed)) is not None or example:
        return Fate(
            state="included", why="" if into is None else into.rule, reason="" if into is None else into.reason,
            example=example,
        )  # fmt: skip
    return Fate(state="waiting", why="undecided")


def notes(wrote: Wrote) -> list[NoteShown]:
    """What the person wrote on boards that become no seeds."""
    return [
        NoteShown(group=row.group, at="", text=text)
        for row in wrote.rows
        if not ACTIVITIES[row.activity].seeds and not row.removed
        for _, text in row.texts
    ]


def comments(wrote: Wrote) -> list[CommentShown]:
    return [
        CommentShown(group=note.group, activity=note.activity, at=note.at, text=note.text) for note in wrote.comments
    ]


def offers(person: str, state: Afterwards, made: Curated, consents: Mapping[str, object]) -> list[MyOffer]:
    return [_offer(offer, state, made, consents) for offer in state.of(person) if offer.question]


def _offer(offer: Offer, state: Afterwards, made: Curated, consents: Mapping[str, object]) -> MyOffer:
    held = "taken_back" if offer.by in state.erasures else _consent([offer.by], consents)
    found = fate(offer_seed(offer.id), made, held) if offer.state == "accepted" else None
    return MyOffer(
        id=offer.id, at=offer.at, form=offer.form, question=offer.question, misaligned=offer.misaligned,
        critique=offer.critique, aligned=offer.aligned, topic=offer.topic, question_type=offer.question_type,
        value=offer.value, state=offer.state, reason=offer.reason, decided_at=offer.decided_at, fate=found,
    )  # fmt: skip


def wrote_in(wrote: Wrote, board: str, row: str) -> bool:
    """Whether the person has characters in that row."""
    return any((one.board, one.row) == (board, row) for one in wrote.rows)


def own_seeds(person: str, made: Curated) -> list[str]:
    """The seeds that hold words of the person, as they stand."""
    everyone: tuple[Question | Triple, ...] = (*made.seeds.questions, *made.seeds.triples)
    return [seed.id for seed in everyone if person in seed.authors]
