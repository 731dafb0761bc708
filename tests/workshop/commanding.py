"""Commands of every kind, made to fit the state they are given to: what the tests of laws are fed with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from seedbed.workshop import Agenda, Board, Facilitation, Members
from seedbed.workshop.commands.facilitation import ITEMS
from seedbed.workshop.commands.marks import SCALES
from seedbed.workshop.commands.talk import EMOJI

Make = Callable[[Any, int, str], dict[str, Any]]


def _row(board: Board, n: int) -> str:
    rows = [*board.rows] or ["none"]
    return rows[n % len(rows)]


def _item(board: Board | Agenda | Facilitation, collection: str, n: int) -> str:
    items = [*board.items(collection)] or ["none"]
    return items[n % len(items)]


def _paste(board: Board, n: int, text: str) -> dict[str, Any]:
    clients = [*board.clients] or [1]
    name = f"{board.place.activity.texts[0]}:{_row(board, n)}"
    return {"text": name, "chars": 3, "client": clients[n % len(clients)],
            "from": 4, "to": 8, "origin": "web"}  # fmt: skip


def _span(board: Board, n: int, text: str) -> dict[str, Any]:
    row = _row(board, n)
    name = f"{board.place.activity.texts[0]}:{row}"
    place = {"item": {"client": 7, "clock": n}}
    return {"row": row, "text": name, "start": place, "end": {"tname": name, "assoc": -1}, "risk": text, "note": text}


def _rating(board: Board, n: int, text: str) -> dict[str, Any]:
    scale = SCALES[n % len(SCALES)]
    value = [["aligned", "unsure"], None] if scale.endswith("label") else [1 + n % 5, None]
    return {"row": _row(board, n), "scale": scale, "value": value[n % 3 == 2]}


def _tag(board: Board, n: int, text: str) -> dict[str, Any]:
    # few names, so that people name the same, and take away what others named
    return {"row": _row(board, n // 2), "of": "risk", "name": text or "bias", "on": n % 3 != 2}


def _prompt(board: Board, n: int, text: str) -> dict[str, Any]:
    source = ("own", "seed", "grown")[n % 3]
    return {"text": text, "source": source, "from": None if source == "own" else f"A-r{n}",
            "parents": ["A-r1"], "run": "bridge-1" if source == "grown" else None, "topic": text}  # fmt: skip


BOARD: Mapping[str, Make] = {
    "row.add": lambda board, n, text: {"after": [None, "", _row(board, n)][n % 3] if board.rows else None},
    "row.set": lambda board, n, text: {
        "row": _row(board, n), "value": text,
        "field": board.place.activity.fields[n % len(board.place.activity.fields)],
    },
    "row.remove": lambda board, n, text: {"row": _row(board, n)},
    "row.restore": lambda board, n, text: {"row": _row(board, n)},
    "paste.declare": _paste,
    "model.use": lambda board, n, text: {
        "call": f"c{n}", "text": f"{board.place.activity.texts[0]}:{_row(board, n)}", "position": "end",
    },
    "phase.open": lambda board, n, text: {},
    "phase.close": lambda board, n, text: {},
    "comment.add": lambda board, n, text: {"row": _row(board, n), "text": text or "hm"},
    "comment.resolve": lambda board, n, text: {"comment": _item(board, "comments", n), "resolved": n % 2 == 0},
    "comment.remove": lambda board, n, text: {"comment": _item(board, "comments", n)},
    "vote.set": lambda board, n, text: {"row": _row(board, n), "on": n % 3 != 2},
    "reaction.set": lambda board, n, text: {"row": _row(board, n), "emoji": EMOJI[n % 3], "on": n % 3 != 2},
    "version.keep": lambda board, n, text: {"row": _row(board, n), "note": text},
    "slot.add": lambda board, n, text: {"row": _row(board, n), "of": "country", "text": text or "Peru"},
    "slot.remove": lambda board, n, text: {"slot": _item(board, "slots", n)},
    "tag.set": _tag,
    "span.add": _span,
    "span.remove": lambda board, n, text: {"span": _item(board, "spans", n)},
    "rating.set": _rating,
    "label.add": lambda board, n, text: {"of": "topics", "label": f"{text} {n}", "definition": text},
    "label.review": lambda board, n, text: {
        "label": _item(board, "labels", n), **({"state": "accepted", "as": "law"} if n % 2 else {"state": "declined"}),
    },
    "prompt.give": _prompt,
    "prompt.swap": lambda board, n, text: {"row": _row(board, n), **_prompt(board, n, text)},
    "topic.keep": lambda board, n, text: {
        "name": text or f"Topic {n % 3}", "topic": _item(board, "topics", n) if n % 2 else None,
    },
    "topic.drop": lambda board, n, text: {"topic": _item(board, "topics", n)},
}  # fmt: skip

PEOPLE: Mapping[str, Make] = {
    "member.join": lambda members, n, who: {
        "person": who, "group": "AB"[n % 2], "role": ("participant", "observer")[n % 5 == 4], "anonymous": n % 3 == 0,
    },
    "member.move": lambda members, n, who: {"person": who, "group": "AB"[n % 2]},
    "member.remove": lambda members, n, who: {"person": who},
    "group.add": lambda members, n, who: {"group": f"G{n}"},
    "consent.give": lambda members, n, who: {"person": who, "items": {"training": n % 2 == 0}, "version": n},
    "profile.set": lambda members, n, who: {"person": who, "position": f"said by {who}" if n else "", "place": ""},
    "warning.answer": lambda members, n, who: {"person": who, "choice": ("write", "opt_out")[n % 2]},
}  # fmt: skip

AGENDA: Mapping[str, Make] = {
    "template.set": lambda agenda, n, text: [
        {"section": "tasks", "value": '[{"id": "a", "label": "%s", "text": ""}]' % (text or "Task")},
        {"section": "groups", "value": '{"A": {"value": "safety"}}'},
        {"section": "sessions", "value": "[]"},
        {"section": "helper", "value": '{"per_hour": -1}'},
        {"section": "weather", "value": "1"},
        {"section": "tasks", "value": "{"},
    ][n % 6],
    "step.go": lambda agenda, n, text: {"step": [None, "questions", "triples", "no-such", "break-1"][n % 5]},
    "timer.set": lambda agenda, n, text: [
        {"action": "start"},
        {"action": "pause"},
        {"action": "add", "minutes": 1},
        {"action": "add", "minutes": -30},
    ][n % 4],
    "break.begin": lambda agenda, n, text: {"minutes": 1 + n},
    "break.end": lambda agenda, n, text: {},
    "announcement.add": lambda agenda, n, text: {"text": text or "Listen", "groups": [[], ["A"], ["B"]][n % 3]},
    "announcement.remove": lambda agenda, n, text: {"announcement": _item(agenda, "announcements", n)},
    "taxonomy.set": lambda agenda, n, text: {"version": 1 + n},
    "lesson.add": lambda agenda, n, text: {"text": text or "hm", "from": [[], ["note:A/reflection/r1"]][n % 2]},
    "lesson.set": lambda agenda, n, text: {"lesson": _item(agenda, "lessons", n), "text": text or "hm", "from": []},
    "lesson.change": lambda agenda, n, text: {
        "lesson": _item(agenda, "lessons", n),
        **[
            {"section": "tasks", "value": '[{"id": "a", "label": "%s", "text": ""}]' % (text or "Task")},
            {"section": "managers", "value": '["%s", "boss"]' % (text or "lead")},
            {"section": "sessions", "value": None},
            {"section": "helper", "value": '{"per_hour": -1}'},
            {"section": "weather", "value": "1"},
        ][n % 5],
    },
    "lesson.decide": lambda agenda, n, text: {
        "lesson": _item(agenda, "lessons", n),
        "accepted": [True, False, None][n % 3],
        "reason": text or "why",
    },
    "lesson.remove": lambda agenda, n, text: {"lesson": _item(agenda, "lessons", n)},
    "bridge.give": lambda agenda, n, text: {
        "run": f"bridge-{n}" if n % 2 else None,
        "source": ("seeds", "grown")[n % 2],
    },
}


def _checkin(state: Facilitation, n: int, text: str) -> dict[str, Any]:
    id = _item(state, "checkins", n)
    about = state.items("checkins").get(id, {"about": "fatigue"})["about"]
    items, most = ITEMS[about]
    return {"checkin": id, "values": {item: 1 + (n + place) % most for place, item in enumerate(items)}}


FACILITATION: Mapping[str, Make] = {
    "question.ask": lambda state, n, text: {"text": text or "Why?", "group": [None, "A", "B"][n % 3]},
    "question.answer": lambda state, n, text: {
        "question": _item(state, "questions", n), "text": text or "So.", "public": n % 2 == 0,
    },
    "question.same": lambda state, n, text: {
        "question": _item(state, "questions", n), "as": _item(state, "questions", n // 2),
    },
    "question.remove": lambda state, n, text: {"question": _item(state, "questions", n)},
    "message.add": lambda state, n, text: {"text": text or "hm"},
    "message.remove": lambda state, n, text: {"message": _item(state, "messages", n)},
    "note.set": lambda state, n, text: {
        "text": text or "hm", **({"note": _item(state, "notes", n)} if n % 2 else {}),
    },
    "note.remove": lambda state, n, text: {"note": _item(state, "notes", n)},
    "checkin.open": lambda state, n, text: {"about": ["fatigue", "workload"][n % 2], "groups": [[], ["A"]][n % 3 == 2]},
    "checkin.close": lambda state, n, text: {"checkin": _item(state, "checkins", n)},
    "checkin.answer": _checkin,
    "intervention.add": lambda state, n, text: {"group": [None, "A"][n % 2], "what": "explain", "text": text},
    "intervention.remove": lambda state, n, text: {"intervention": _item(state, "interventions", n)},
    "training.confirm": lambda state, n, text: {"version": n},
    "neutrality.rate": lambda state, n, text: {
        "of": ["p_mia", "a_ola"][n % 2], "session": "session-1", "score": [1 + n % 5, None][n == 7], "text": text,
    },
}  # fmt: skip


def made(state: Board | Members | Agenda | Facilitation, kind: str, n: int, text: str) -> dict[str, Any]:
    """What a command of this kind says of `state`, apart from its id and kind."""
    kinds = {Board: BOARD, Members: PEOPLE, Agenda: AGENDA, Facilitation: FACILITATION}[type(state)]
    return kinds[kind](state, n, text)
