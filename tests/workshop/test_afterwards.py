"""The stream of what people ask and offer afterwards: whose what is, how much, and several who write at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.study.entries import Act, Event
from seedbed.study.events import EventStore
from seedbed.workshop.afterwards import Afterwards, Offered, Refused, read_afterwards, record
from seedbed.workshop.afterwards.deciding import (
    MOST_WAITING_EACH,
    Wish,
    cancel_erasure,
    erased,
    erasure,
    judge,
    offer,
    resume,
    stop,
    withdraw,
)
from seedbed.workshop.answers import Refusal
from seedbed.workshop.erasing import erase
from tests.seeds.studies import make_study

PEOPLE = ("p_ana", "p_bo")


class Told:
    """A state and its events, as the log would have them."""

    def __init__(self) -> None:
        self.state = Afterwards()
        self.events: list[Event] = []

    def do(self, actor: str, wish: Wish) -> str:
        answer = wish(self.state)
        if isinstance(answer, Refusal):
            return answer.code
        if isinstance(answer, Act):
            seq = len(self.events) + 1
            data = {**answer.data, **answer.texts}
            self.events.append(
                Event(
                    "afterwards", seq, f"2026-01-01T00:00:{seq % 60:02}.000Z", actor, answer.kind, answer.subject, data
                )
            )
            self.state.after(self.events[-1:])
        return "done" if answer is not None else "nothing"


def _offer(person: str, number: int, **more: str) -> Wish:
    return offer(person, f"key-{number:05}", f"o{number}", Offered("question", more.get("question", f"Why {number}?")))


def test_an_offer_is_its_authors_and_is_sent_once() -> None:
    told = Told()
    assert told.do("p_ana", _offer("p_ana", 1)) == "done"
    assert told.do("p_ana", offer("p_ana", "key-00001", "other", Offered("question", "Why 1?"))) == "nothing"
    assert told.do("p_bo", offer("p_bo", "key-00001", "o2", Offered("question", "Mine?"))) == "done"
    assert told.do("p_bo", withdraw("p_bo", "o1")) == "unknown_offer"
    assert told.do("p_ana", withdraw("p_ana", "o1")) == "done"
    assert told.do("p_ana", withdraw("p_ana", "o1")) == "nothing"
    assert told.do("a_cui", judge("o1", "accepted")) == "offer_withdrawn"


@pytest.mark.parametrize(
    "said",
    [
        Offered("question", "  "),
        Offered("question", "x" * 2001),
        Offered("question", "Why?", aligned="So."),
        Offered("question", "Why?", value="fairness"),
        Offered("question", "Why?", topic="two\nlines"),
        Offered("question", "Why\x00?"),
        Offered("question", "Why \ud83d?"),
        Offered("triple", "Why?", misaligned="So."),
        Offered("triple", "Why?", misaligned="So.", aligned="x" * 6001),
    ],
    ids=repr,
)
def test_what_is_no_offer_is_refused(said: Offered) -> None:
    assert Told().do("p_ana", offer("p_ana", "key-00001", "o1", said)) == "bad_offer"


def test_a_person_has_so_many_that_wait_and_more_when_some_were_decided() -> None:
    told = Told()
    for number in range(MOST_WAITING_EACH):
        assert told.do("p_ana", _offer("p_ana", number)) == "done"
    assert told.do("p_ana", _offer("p_ana", 99)) == "offers_waiting"
    assert told.do("p_bo", _offer("p_bo", 100)) == "done"
    assert told.do("a_cui", judge("o3", "declined", "Asked before.")) == "done"
    assert told.do("p_ana", _offer("p_ana", 101)) == "done"


def test_an_erasure_waits_until_it_is_done_and_is_done_once() -> None:
    told = Told()
    assert told.do("p_ana", cancel_erasure("p_ana")) == "unknown_item"
    assert told.do("p_ana", erasure("p_ana")) == "done"
    assert told.do("p_ana", erasure("p_ana")) == "nothing"
    assert [one.person for one in told.state.asked()] == ["p_ana"]
    assert told.do("a_olga", erased("p_ana")) == "done"
    assert told.do("a_olga", erased("p_ana")) == "nothing"
    assert told.do("p_ana", cancel_erasure("p_ana")) == "unknown_item"
    assert told.state.asked() == []
    assert told.do("a_olga", erased("p_bo")) == "done"  # who never asked here


_wishes = st.one_of(
    st.tuples(st.just("offer"), st.sampled_from(PEOPLE), st.integers(0, 4)),
    st.tuples(st.just("withdraw"), st.sampled_from(PEOPLE), st.integers(0, 4)),
    st.tuples(st.sampled_from(("accepted", "declined", "open")), st.just("a_cui"), st.integers(0, 4)),
    st.tuples(st.sampled_from(("stop", "resume", "leave", "stay")), st.sampled_from(PEOPLE), st.integers(0, 2)),
)


def _wish(what: str, who: str, number: int) -> Wish:
    match what:
        case "offer":
            return _offer(who, number)
        case "withdraw":
            return withdraw(who, f"o{number}")
        case "stop":
            return stop(who, "board/A/questions", f"r{number}")
        case "resume":
            return resume(who, "board/A/questions", f"r{number}")
        case "leave":
            return erasure(who)
        case "stay":
            return cancel_erasure(who)
    return judge(f"o{number}", what, "Because.")


@settings(max_examples=80, deadline=None)
@given(st.lists(_wishes, max_size=30))
def test_whatever_people_do_the_log_read_anew_says_the_same_and_nobody_changes_what_is_anothers(
    story: list[tuple[str, str, int]],
) -> None:
    told = Told()
    for what, who, number in story:
        before = dict(told.state.offers)
        told.do(who, _wish(what, who, number))
        for id, offered in told.state.offers.items():
            if id in before and before[id] != offered and who != "a_cui":
                assert offered.by == who
                assert offered.state == "withdrawn"
    again = Afterwards().after(told.events)
    assert (again.offers, again.stopped, again.erasures) == (told.state.offers, told.state.stopped, told.state.erasures)
    assert all(one.decided_by == "a_cui" for one in again.offers.values() if one.state in ("accepted", "declined"))
    # events that another version wrote, or that lack a part, change nothing
    strange = [
        Event("afterwards", 999, "", "p_x", kind, "o1", {}) for kind in ("offer.add", "offer.decide", "new.kind")
    ]
    assert Afterwards().after([*told.events, *strange]).offers == again.offers


def test_many_who_write_at_once_are_all_heard_and_no_bound_is_passed(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "pilot")
    refused: list[str] = []

    def write(start: int) -> None:
        for number in range(start, start + 8):
            try:
                record(folder, "p_ana", _offer("p_ana", number))
            except Refused as error:
                refused.append(error.code)

    threads = [threading.Thread(target=write, args=(8 * index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_afterwards(folder).offers) == MOST_WAITING_EACH
    assert refused == ["offers_waiting"] * (32 - MOST_WAITING_EACH)


def test_erasing_a_person_takes_the_words_of_their_offers_and_leaves_that_there_were_some(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "pilot")
    record(folder, "p_ana", _offer("p_ana", 1, question="My sister, the one with the red van, asks why?"))
    record(folder, "p_bo", _offer("p_bo", 2, question="She said: my sister, the one with the red van, asks why?"))
    record(folder, "a_cui", judge("o1", "declined", "Too personal."))
    with EventStore.of(folder) as store:
        done = erase(store, "p_ana")
    assert [(one.doc, one.person) for one in done.look_alikes] == [("afterwards", "p_bo")]
    state = read_afterwards(folder)
    assert (state.offers["o1"].question, state.offers["o1"].state) == ("", "declined")
    assert state.waiting() == [state.offers["o2"]]
    assert b"red van, asks why?" in b"".join(path.read_bytes() for path in folder.root.glob("people.db*"))  # Bo's
    with EventStore.of(folder) as store:
        erase(store, "p_bo")
    assert b"red van" not in b"".join(path.read_bytes() for path in folder.root.glob("people.db*"))
