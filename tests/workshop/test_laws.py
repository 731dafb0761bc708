"""The laws of the folds, under random commands of all kinds.

Every event says exactly what it changed; the same command changes nothing twice; what is on the disk folds to the same;
and when somebody's words are erased all the rest stands as it stood.
"""

from __future__ import annotations

import copy
import json
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.study.entries import Act, Event
from seedbed.themes.sources import Source, Spoken, acts_of, laid
from seedbed.workshop import Agenda, Already, Applied, Board, Facilitation, Member, Members, issued, merge
from seedbed.workshop.afterwards import Afterwards, Offered
from seedbed.workshop.afterwards.deciding import judge, offer
from seedbed.workshop.applied import PRIVATE, Fold
from seedbed.workshop.commands import AgendaCommand, BoardCommand, FacilitationCommand, WorkshopCommand
from seedbed.workshop.families.returns import Return
from seedbed.workshop.lessons import following
from seedbed.workshop.words import WORDS, spoken
from tests.workshop.commanding import AGENDA, BOARD, FACILITATION, PEOPLE, made
from tests.workshop.making import (
    ANA,
    BEN,
    CLO,
    CUI,
    DAN,
    MIA,
    OBE,
    OLA,
    Desk,
    agenda,
    board,
    erased,
    facilitation,
    on_disk,
    people,
    place,
)

ACTIVITIES = ("questions", "triples", "reflection", "debrief")
VIEWERS = (ANA, BEN, CLO, MIA, OLA, OBE)


@pytest.mark.parametrize(
    ("commands", "kinds"),
    [(BoardCommand, BOARD), (WorkshopCommand, PEOPLE), (AgendaCommand, AGENDA), (FacilitationCommand, FACILITATION)],
)
def test_no_kind_of_command_is_missed_here(commands: Any, kinds: Any) -> None:
    assert {get_args(command.model_fields["kind"].annotation)[0] for command in get_args(commands)} == set(kinds)


class Told:
    """A desk, every event of it, and its state after each."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.first = {viewer: copy.deepcopy(desk.state.snapshot(viewer)) for viewer in VIEWERS}
        self.events: list[Applied] = []
        self.stages = [copy.deepcopy(desk.state.snapshot(None))]
        self.done: set[tuple[str, str]] = set()
        self._apply = desk.append
        desk.append = self._append  # type: ignore[method-assign]

    def _append(self, actor: str, act: Act) -> Applied:  # every event, also those that one command brings along
        self.events.append(self._apply(actor, act))
        self.stages.append(copy.deepcopy(self.desk.state.snapshot(None)))
        return self.events[-1]

    def ask(self, member: Member, id: str, kind: str, number: int, text: str) -> None:
        before = len(self.desk.log)
        answer = self.desk.ask(member, id, kind, **made(self.desk.state, kind, number, text))
        assert isinstance(answer, Applied) == (len(self.desk.log) > before)
        if (member.id, id) in self.done:
            assert not isinstance(answer, Applied)  # the same id changes nothing twice
        if isinstance(answer, Applied):
            assert answer.cmd == id
            self.done.add((member.id, id))

    def check(self, again: Fold, random: Any) -> None:
        """The laws. `again` is a fold of the same kind that has seen nothing yet."""
        events, stages, state = self.events, self.stages, self.desk.state
        now, at = stages[0], 0
        while at < len(events):  # one by one and in batches of any size
            end = min(len(events), at + random.randint(1, 5))
            now = merge(now, [change for event in events[at:end] for change in event.changes])
            assert now == stages[end]
            at = end
        assert json.loads(json.dumps(now)) == now  # what a browser gets is what stands here
        for viewer in VIEWERS:
            seen = self.first[viewer]
            for event in events:
                told = state.told(event, viewer)
                seen = merge(seen, told["changes"] if told else [])
            assert seen == state.snapshot(viewer)
        once_more = [again.apply(seq, moment, actor, on_disk(act)) for seq, moment, actor, act in self.desk.log]
        assert again.snapshot(None) == now  # type: ignore[attr-defined]
        assert once_more == events
        for person, id in self.done:
            assert again.commands.find(person, id) == state.commands.find(person, id) is not None

    def without(self, again: Fold, person: str) -> dict[str, dict[str, Any]]:
        """The state after an erasing, of which the law of changes holds too."""
        now = again.snapshot(None)  # type: ignore[attr-defined]
        for seq, at, actor, act in self.desk.log:
            now = merge(now, again.apply(seq, at, actor, erased(act, actor, person)).changes)
            for text in act.texts.values():
                assert isinstance(text, str)
        found: dict[str, dict[str, Any]] = again.snapshot(None)  # type: ignore[attr-defined]
        assert now == found
        for whom, id in self.done:
            assert again.commands.find(whom, id)
        return found


def steps(members: list[Member], kinds: list[str], size: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(
        st.tuples(
            st.sampled_from(members),
            st.integers(0, 60).map(str),
            st.sampled_from(kinds),
            st.integers(0, 8),
            st.sampled_from(["", "words", "Saúde 🩺"]),
        ),
        min_size=size // 2,
        max_size=size,
    )


def said(member: Member, text: str) -> str:
    """Words that show whose they are."""
    return f"{text} of {member.id}" if text else ""


def the(desk: Desk) -> Board:
    assert isinstance(desk.state, Board)
    return desk.state


board_steps = steps([ANA, BEN, BEN, MIA, OLA, CLO, OBE], [*BOARD, "issue", "reply"], 60)


def board_told(activity: str, todo: list[Any]) -> Told:
    told = Told(board(activity))
    desk = told.desk
    # without a row, a label and a span hardly a step is one
    first = [(MIA, "first", "row.add", 0, ""), (ANA, "a", "label.add", 0, "words"), (BEN, "b", "span.add", 0, "words"),
             (ANA, "c", "tag.set", 0, "words"), (BEN, "d", "comment.add", 0, "words")]  # fmt: skip
    for member, id, kind, number, text in [*first, *todo]:
        if kind == "issue":
            desk.append(member.id, issued(member.id, number))
        elif kind == "reply":
            desk.reply(member, f"c{number}", said(member, text))
        else:
            if kind in ("phase.close", "phase.open", "label.review", "prompt.give", "prompt.swap") and number != 8:
                member = OLA  # else hardly one is done
            if kind == "phase.close" and number % 3:
                kind = "phase.open"  # and everybody else stands before a closed board
            words = said(member, text)
            if kind.startswith("prompt."):
                # one that was grown, or is a seed, is not the words of who gives it
                words = "Why?" if number % 3 else said(member, "Why?")
            if kind == "model.use" and (call := the(desk).call(f"c{number}")):
                member = {member.id: member for member in (ANA, BEN, MIA, OLA, CLO, OBE)}[call["person"]]
            # people name the same tags
            told.ask(member, id, kind, number, text if kind == "tag.set" else words)
    return told


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["questions", "triples", "reflection", "debrief"]), board_steps, st.randoms(use_true_random=False)
)
def test_the_law_of_changes_on_a_board(activity: str, todo: list[Any], random: Any) -> None:
    told = board_told(activity, todo)
    again = Board(place(activity), title="Pilot")
    told.check(again, random)
    live = told.desk.state
    assert isinstance(live, Board)
    assert again.names == live.names
    assert again.ordered() == live.ordered()
    assert dict(again.clients) == dict(live.clients)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["questions", "triples", "reflection", "debrief"]),
    board_steps,
    st.sampled_from(["p_ana", "p_ben", "p_mia"]),
)
def test_erasing_takes_a_persons_words_from_a_board_and_nothing_else(activity: str, todo: list[Any], gone: str) -> None:
    told = board_told(activity, todo)
    before = told.stages[-1]
    after = told.without(Board(place(activity), title="Pilot"), gone)
    assert f"of {gone}" not in json.dumps(after, ensure_ascii=False)
    for collection in ("board", "clients", "pastes", "calls", "votes", "reactions", "ratings"):
        assert after[collection] == before[collection]
    for collection in ("comments", "labels", "slots", "spans", PRIVATE):
        assert after[collection] == {id: item for id, item in before[collection].items() if item["person"] != gone}
    assert {id: item | {"note": ""} for id, item in after["versions"].items()} == {
        id: item | {"note": ""} for id, item in before["versions"].items()
    }
    others = {id for id, item in before["tags"].items() if item["person"] != gone}
    assert others <= set(after["tags"]) <= set(before["tags"])  # a tag that others named too stands by them
    assert all(item["person"] != gone for item in after["tags"].values())
    for now, then in ((after["rows"], before["rows"]), (after["prompts"], before["prompts"])):
        assert [*now] == [*then]
    for row, then in before["rows"].items():
        now = after["rows"][row]
        assert now | {"fields": {}} == then | {"fields": {}}
        assert now["fields"] == {name: text for name, text in then["fields"].items() if f"of {gone}" not in text}
    for prompt, then in before["prompts"].items():
        assert len(after["prompts"][prompt]["earlier"]) == len(then["earlier"])
        assert after["prompts"][prompt]["parents"] == then["parents"]


@settings(max_examples=60, deadline=None)
@given(
    steps([ANA, BEN, OLA, OLA, MIA, CUI], [*PEOPLE], 40),
    st.lists(st.sampled_from(["p_ana", "p_ben", "p_mia", "p_new", "self"]), min_size=40, max_size=40),
    st.sampled_from(["p_ana", "p_ben"]),
    st.randoms(use_true_random=False),
)
def test_the_laws_of_people(todo: list[Any], whom: list[str], gone: str, random: Any) -> None:
    told = Told(people())
    for member in (ANA, BEN, MIA):
        told.desk.done(member, "j", "member.join", person=member.id, group=member.group, role=member.role)
    for (member, id, kind, number, _), who in zip(todo, whom, strict=False):
        told.ask(member, id, kind, number, member.id if who == "self" else who)
    told.check(Members(("A", "B")), random)
    before, after = told.stages[-1], told.without(Members(("A", "B")), gone)
    profiles = {id: item for id, item in before["profiles"].items() if id != gone}
    assert after == {**before, "profiles": profiles}


@settings(max_examples=60, deadline=None)
@given(steps([OLA, OLA, MIA, ANA, Member("a_oto", "organiser")], [*AGENDA], 30), st.randoms(use_true_random=False))
def test_the_laws_of_the_agenda(todo: list[Any], random: Any) -> None:
    told = Told(agenda())
    for member, id, kind, number, text in todo:
        told.ask(member, id, kind, number, said(member, text))
    told.check(Agenda(), random)
    live = told.desk.state
    assert isinstance(live, Agenda)
    kinds = [event.kind for event in told.events]
    assert live.template_version == kinds.count("template.set")
    assert {*live.template.sections()} == {*live.snapshot()["template"]}
    before, after = told.stages[-1], told.without(fold := Agenda(), "a_oto")
    assert "of a_oto" not in json.dumps(after, ensure_ascii=False)
    aside = {"template": {}, "announcements": {}, "lessons": {}}
    assert {**after, **aside} == {**before, **aside}
    assert [*after["lessons"]] == [*before["lessons"]]
    worded = {one.subject for one in told.events if one.actor == "a_oto" and one.kind in ("lesson.add", "lesson.set")}
    for id, lesson in before["lessons"].items():
        assert after["lessons"][id]["text"] == lesson["text"] or id in worded
        decided = lesson["decision"] and {**lesson["decision"], "reason": ""}
        assert (after["lessons"][id]["decision"] and {**after["lessons"][id]["decision"], "reason": ""}) == decided
    assert following(fold.template, fold.items("lessons")).template
    stands = {id: item for id, item in before["announcements"].items() if item["by"] != "a_oto"}
    assert after["announcements"] == stands
    assert (fold.turned, fold.last_break, fold.last_step) == (live.turned, live.last_break, live.last_step)
    assert all(after["template"][name] == item for name, item in before["template"].items() if item["by"] != "a_oto")
    assert fold.template  # complete all the same


leading_steps = steps([ANA, BEN, DAN, CLO, MIA, MIA, OLA, CUI, OBE], [*FACILITATION], 60)


def led(todo: list[Any]) -> Told:
    """Facilitation with something of everything, and then what comes."""
    told = Told(facilitation())
    first = [(member, f"q{member.id}", "question.ask", 0, "words") for member in (ANA, BEN, CLO, MIA)]
    first += [(member, f"n{member.id}", "note.set", 0, "words") for member in (MIA, OLA)]
    first += [(MIA, "c", "checkin.open", 0, ""), (OLA, "r", "neutrality.rate", 0, "words")]
    first += [(member, "a", "checkin.answer", 0, "") for member in (ANA, BEN)]
    for member, id, kind, number, text in [*first, *todo]:
        if kind == "checkin.close" and number % 4:
            kind = "checkin.answer"  # else nothing is open for long
        if kind == "note.set" and number % 2:
            own = [id for id, note in told.desk.state.items("notes").items() if note["by"] == member.id]
            if own:
                told.ask(member, id, kind, list(told.desk.state.items("notes")).index(own[0]), said(member, text))
                continue
        told.ask(member, id, kind, number, said(member, text or "words"))
    return told


@settings(max_examples=80, deadline=None)
@given(leading_steps, st.sampled_from(["p_ana", "p_ben", "p_mia"]), st.randoms(use_true_random=False))
def test_the_laws_of_facilitation(todo: list[Any], gone: str, random: Any) -> None:
    told = led(todo)
    told.check(Facilitation(), random)
    before, after = told.stages[-1], told.without(Facilitation(), gone)
    assert f"of {gone}" not in json.dumps(after)
    for collection in ("messages", "notes"):
        assert after[collection] == {id: one for id, one in before[collection].items() if one["by"] != gone}
    assert after["answers"] == {id: one for id, one in before["answers"].items() if one["person"] != gone}
    assert after["training"] == before["training"]
    for collection in ("questions", "interventions", "neutrality"):
        assert [*after[collection]] == [*before[collection]]
        for id, one in before[collection].items():
            if one["by"] != gone:
                assert after[collection][id]["text"] == one["text"]
    for id, one in before["questions"].items():
        assert after["questions"][id]["same_as"] == one["same_as"] or one["answered_by"] == gone
    for id, checkin in before["checkins"].items():
        assert sum(after["checkins"][id]["answered"].values()) <= sum(checkin["answered"].values())


def test_every_word_stands_apart_from_the_data() -> None:
    """What a person wrote is in the texts of the act, and in nothing else of it."""
    told = Told(board("triples"))
    desk = told.desk
    desk.done(OLA, "r", "row.add")
    for number, kind in enumerate(BOARD):
        desk.ask(OLA, f"k{number}", kind, **made(desk.state, kind, 1, "secret"))
    desk.reply(OLA, "c1", "secret")
    desk.give_back({"A-r1": Return("r1", "secret", OLA.id, 1)})
    leads = facilitation()
    for number, kind in enumerate(FACILITATION):
        leads.ask(OLA, f"k{number}", kind, **made(leads.state, kind, 0, "secret"))
    opened = leads.done(OLA, "c", "checkin.open", about="fatigue").subject
    leads.done(ANA, "c", "checkin.answer", checkin=opened, values={"fatigue": 2})
    desk.log.extend(leads.log)
    more = [
        (agenda(), "template.set", 0, "secret"), (agenda(), "announcement.add", 0, "secret"),
        (agenda(), "lesson.add", 0, "secret"), (lesson := agenda(), "lesson.add", 0, "secret"),
        *((lesson, f"lesson.{kind}", 0, "secret") for kind in ("set", "change", "decide")),
        (people(), "profile.set", 1, "p_ana"), (board("debrief"), "topic.keep", 0, "secret"),
    ]  # fmt: skip
    for other, kind, number, text in more:
        if kind == "profile.set":
            other.done(ANA, "j", "member.join", person="p_ana", group="A", role="participant")
        other.done(ANA if kind == "profile.set" else OLA, f"1{kind}", kind, **made(other.state, kind, number, text))
        desk.log.extend(other.log)
    heard = Source("s1", "transcript", "secret", "", "", "", "en", "vtt", "", "", "", 0, {"S1": ""}, laid(
        [Spoken("S1", "secret")]
    ))  # fmt: skip
    desk.log.extend((1, "", OLA.id, act) for act in acts_of(heard))
    offers = Afterwards()
    said = Offered("triple", *["secret"] * 7)
    for seq, wish in enumerate((offer(OLA.id, "k", "o1", said), judge("o1", "declined", "secret")), start=1):
        done = wish(offers)
        assert isinstance(done, Act)
        offers.after([Event("afterwards", seq, "", OLA.id, done.kind, done.subject, {**done.data, **done.texts})])
        desk.log.append((seq, "", OLA.id, done))
    kinds = set()
    for _, _, _, act in desk.log:
        assert set(act.texts) == set(WORDS.get(act.kind, ())) or (act.kind == "tag.set" and not act.data["on"])
        assert "secret" not in json.dumps(dict(act.data))
        if act.texts:
            kinds.add(act.kind)
            assert [*spoken(act)] == [*spoken(on_disk(act))]
    assert kinds == set(WORDS)


# --- what a later version writes -------------------------------------------------------------------------------------

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
KINDS = [*BOARD, *PEOPLE, *AGENDA, *FACILITATION, "client.issued", "model.called", "timer.start", ""]
NAMES = [
    "cmd",
    "after",
    "field",
    "value",
    "client",
    "call",
    "from",
    "to",
    "chars",
    "origin",
    "endpoint",
    "model",
    "reply",
    "text",
    "row",
    "of",
    "on",
    "tag",
    "name",
    "label",
    "definition",
    "state",
    "as",
    "start",
    "end",
    "risk",
    "note",
    "scale",
    "resolved",
    "source",
    "parents",
    "run",
    "topic",
    "question_type",
    "taxonomy",
    "group",
    "role",
    "items",
    "version",
    "choice",
    "step",
    "position",
    "action",
    "minutes",
    "step_kind",
    "groups",
    "emoji",
    "public",
    "about",
    "values",
    "what",
    "session",
    "score",
]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([lambda: Board(place("triples")), Members, Agenda, Facilitation]),
    st.lists(
        st.tuples(
            st.sampled_from(KINDS),
            st.sampled_from(["", "r1", "r2", "c1", "question:r1", "tasks"]),
            st.dictionaries(st.sampled_from(NAMES), anything | st.sampled_from(["r1", "topic", 7]), max_size=8),
            st.booleans(),
        ),
        max_size=15,
    ),
)
def test_no_event_breaks_a_fold(make: Any, events: list[tuple[str, str, dict[str, Any], bool]]) -> None:
    fold = make()
    fold.apply(1, "t", "p_ana", Act("row.add", "r1", {"cmd": "1", "after": None}))
    state = fold.snapshot(None)
    for seq, (kind, subject, data, whole) in enumerate(events, 2):
        all_there = {**dict.fromkeys(NAMES, "r1"), **data} if whole else data
        event = fold.apply(seq, "t", "p_ana", Act(kind, subject, all_there))
        state = merge(state, event.changes)
        assert event.kind == kind
        assert fold.seq == seq
    assert state == fold.snapshot(None)
    if isinstance(fold, Board):
        fold.ordered()
        fold.snapshot(ANA)
    for viewer in (ANA, MIA):
        assert fold.snapshot(viewer)
    if isinstance(fold, Agenda):
        assert fold.template
        assert fold.step is None or fold.step.id


def test_a_command_resent_after_its_item_went_does_not_bring_it_back() -> None:
    desk = board()
    row = desk.done(ANA, "1", "row.add").subject
    comment = desk.done(ANA, "2", "comment.add", row=row, text="hm").subject
    desk.done(ANA, "3", "comment.remove", comment=comment)
    assert isinstance(desk.ask(ANA, "2", "comment.add", row=row, text="hm"), Already)
    assert desk.state.items("comments") == {}
