"""What comes of an act afterwards: an act to append, nothing because it is so already, or the code of a refusal.

Pure: the same state and the same wish give the same answer. Who may wish for what, the door decides; here stands what
is whose, and how much of it there may be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TypeAlias

from seedbed.study.entries import Act
from seedbed.workshop.afterwards.folding import Afterwards, Form
from seedbed.workshop.answers import Refusal
from seedbed.workshop.words import act

__all__ = [
    "MOST", "MOST_EACH", "MOST_WAITING_EACH", "Answer", "Offered", "Wish", "cancel_erasure", "erased", "erasure",
    "judge", "offer", "resume", "stop", "withdraw",
]  # fmt: skip

MOST = 5000  # offers of a study, whatever became of them: some 5 MB, which whoever looks at them reads
MOST_EACH = 200  # of one person
MOST_WAITING_EACH = 20
LONGEST_QUESTION, LONGEST_REPLY, LONGEST_LABEL, LONGEST_REASON = 2000, 6000, 100, 1000  # code points

Answer: TypeAlias = Act | Refusal | None
Wish: TypeAlias = Callable[[Afterwards], Answer]


@dataclass(frozen=True, slots=True)
class Offered:
    """The words of an offer; see `Offer`."""

    form: Form
    question: str
    misaligned: str = ""
    critique: str = ""
    aligned: str = ""
    topic: str = ""
    question_type: str = ""
    value: str = ""


def offer(person: str, key: str, fresh: str, said: Offered) -> Wish:
    """Offer something under `key`, which its sender made: the same key again is the same offer. Codes: bad_offer,
    offers_full, offers_waiting."""

    def decide(state: Afterwards) -> Answer:
        if state.sent(person, key) is not None:
            return None
        if not _fits(said):
            return Refusal("bad_offer")
        mine = state.of(person)
        if len(state.offers) >= MOST or len(mine) >= MOST_EACH:
            return Refusal("offers_full")
        if sum(one.state == "open" for one in mine) >= MOST_WAITING_EACH:
            return Refusal("offers_waiting")
        words = {name: value.strip() for name, value in asdict(said).items() if name != "form"}
        return act("offer.add", fresh, {"cmd": key, "form": said.form, **words})

    return decide


def withdraw(person: str, id: str) -> Wish:
    """Take back one's own offer, whatever became of it. Codes: unknown_offer."""

    def decide(state: Afterwards) -> Answer:
        found = state.offers.get(id)
        if found is None or found.by != person:
            return Refusal("unknown_offer")
        return None if found.state == "withdrawn" else act("offer.withdraw", id)

    return decide


def judge(id: str, state: str, reason: str = "", *, seen: str | None = None) -> Wish:
    """Accept, decline with a reason, or ("open") take back what was decided. `seen` is the state that the curator was
    shown. Codes: unknown_offer, offer_withdrawn, erasure_asked, out_of_date, reason_needed, bad_decision."""

    def decide(now: Afterwards) -> Answer:
        found = now.offers.get(id)
        if found is None or not found.question:
            return Refusal("unknown_offer")
        if found.state == "withdrawn":
            return Refusal("offer_withdrawn")
        if state == "accepted" and found.by in now.erasures:
            return Refusal("erasure_asked")
        if state not in ("open", "accepted", "declined") or len(reason) > LONGEST_REASON:
            return Refusal("bad_decision")
        if state == "declined" and not reason.strip():
            return Refusal("reason_needed")  # who offered it reads why
        if found.state == state and found.reason == reason.strip():
            return None
        if seen is not None and found.state != seen:
            return Refusal("out_of_date")
        return act("offer.decide", id, {"state": state, "reason": reason.strip()})

    return decide


def stop(person: str, board: str, row: str) -> Wish:
    """A row of one's own is used no more. Whoever asks knows that the person wrote in it."""
    return lambda state: None if (board, row, person) in state.stopped else act("row.stop", row, {"board": board})


def resume(person: str, board: str, row: str) -> Wish:
    return lambda state: act("row.resume", row, {"board": board}) if (board, row, person) in state.stopped else None


def erasure(person: str) -> Wish:
    """Ask to have all of one's words erased."""
    return lambda state: None if person in state.erasures else act("erase.ask", person)


def cancel_erasure(person: str) -> Wish:
    """Codes: unknown_item."""

    def decide(state: Afterwards) -> Answer:
        found = state.erasures.get(person)
        return Refusal("unknown_item") if found is None or found.done else act("erase.cancel", person)

    return decide


def erased(person: str) -> Wish:
    """All of somebody's words were erased, whether they had asked here or elsewhere."""

    def decide(state: Afterwards) -> Answer:
        found = state.erasures.get(person)
        return None if found is not None and found.done else act("erase.done", person)

    return decide


def _fits(said: Offered) -> bool:
    replies = (said.misaligned, said.critique, said.aligned)
    labels = (said.topic, said.question_type, said.value)
    words = (said.question, *replies, *labels)
    if any(_broken(text) for text in words) or not said.question.strip() or len(said.question) > LONGEST_QUESTION:
        return False
    if any(len(text) > LONGEST_REPLY for text in replies) or any(len(text) > LONGEST_LABEL for text in labels):
        return False
    if any("\n" in text or "\t" in text for text in labels):
        return False
    if said.form == "question":
        return not any(text.strip() for text in (*replies, said.value))
    return bool(said.misaligned.strip() and said.aligned.strip())


def _broken(text: str) -> bool:
    """Whether there is a control character in it, or half of a pair: no page types one, and no file takes it."""
    return any(
        (character < " " and character not in "\n\t") or character == "\x7f" or "\ud800" <= character <= "\udfff"
        for character in text
    )
