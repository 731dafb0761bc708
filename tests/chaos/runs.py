"""Runs over the chaos endpoint, each with a hard limit; and what of a run can be checked against the mock."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import traceback
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows
from seedbed.errors import SeedbedError
from seedbed.records import Row, State
from seedbed.testing import MARK, Fault, FaultPlan, MockEndpoint
from seedbed.testing.replies import reply
from tests.studies import configure, copy_of

__all__ = [
    "PER_ASK",
    "Ended",
    "Session",
    "accounted",
    "balanced",
    "everything",
    "generate",
    "kept",
    "ledger",
    "limited",
    "new_study",
    "offered",
    "poisoned",
    "probes",
    "rows",
    "said_wrongly",
    "session",
    "told",
]

PER_ASK = 4
LIMIT_S = 60.0
TRIPLE_GATES = ("complete", "length", "leaked-fields", "refusal", "repetition", "copy", "differs")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a session ended: its summary, or the error it raised, with what a traceback would show of it."""

    summary: Any = None
    error: BaseException | None = None
    shown: str = ""


def limited(work: Callable[[], Any], seconds: float = LIMIT_S) -> Ended:
    """`work` in a thread of its own; fails the test when it has not ended after `seconds`."""
    ended: list[Ended] = []

    def run() -> None:
        try:
            ended.append(Ended(work()))
        except BaseException as error:
            ended.append(Ended(error=error, shown=traceback.format_exc()))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if not ended:
        pytest.fail(f"the run had not ended after {seconds:g} s")
    if ended[0].error is not None and not isinstance(ended[0].error, SeedbedError):
        pytest.fail(f"not an error of ours:\n{ended[0].shown}")
    return ended[0]


def new_study(curated: Path, folder: Path, *, attempts: int = 3) -> Path:
    study = copy_of(curated, folder)
    configure(study, "attempts", str(attempts), section="generate")
    configure(study, "order", json.dumps(list(TRIPLE_GATES)), section="generate.triples.gates")
    return study


def generate(
    study: Path, mock: Any, count: int, *, seconds: float = LIMIT_S, settings: dict[str, Any] | None = None,
    **options: Any,
) -> Ended:  # fmt: skip
    """Exactly `count` candidates (questions), or triples asked for."""
    endpoint = mock.settings(**{"timeout_s": 2.0, "max_lanes": 16, **(settings or {})})
    return limited(lambda: Study.open(study).generate(endpoint=endpoint, candidates=count, **options), seconds)


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has ended, with its study and the endpoint that it met."""

    study: Path
    ended: Ended
    mock: MockEndpoint


def session(study: Path, mock: MockEndpoint, count: int, **options: Any) -> Session:
    """As `generate`, and the mock serves for as long as it takes."""
    with mock:
        return Session(study, generate(study, mock, count, **options), mock)


# --- what stands in the study ----------------------------------------------------------------------------------


def rows(study: Path, run: str = "questions") -> list[Row]:
    return list(read_rows(study / "runs" / run))


def kept(study: Path, run: str = "questions") -> list[Row]:
    return [row for row in rows(study, run) if row.kept]


def told(study: Path, run: str = "questions") -> list[tuple[Any, ...]]:
    """All that the laws fix of a run, but for the mock's port and the number of attempts at a row that failed."""
    return [
        (row.id, v.state, v.gate, re.sub(r"127\.0\.0\.1:\d+", "mock", v.reason),
         None if v.state is State.FAILED else v.measured, v.rival, v.text, v.fields, row.ask)
        for row in rows(study, run)
        for v in (row.verdict,)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ledger:
    """The journal's own sums, read as any SQL tool would."""

    attempts: int
    settled: int
    answered: int
    failures: int
    prompt_tokens: int
    completion_tokens: int
    slots: int
    verdicts: int
    most_attempts: int


def ledger(study: Path, run: str = "questions") -> Ledger:
    path = study / "runs" / run / "journal.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        (attempts, settled, answered, failures, prompt, completion, slots) = db.execute(
            "SELECT count(*), sum(final), sum(final AND error = ''), sum(error <> ''), sum(prompt_tokens), "
            "sum(completion_tokens), sum(CASE WHEN final THEN count ELSE 0 END) FROM calls"
        ).fetchone()
        (verdicts,) = db.execute("SELECT count(*) FROM verdicts").fetchone()
        (most,) = db.execute("SELECT max(n) FROM (SELECT count(*) AS n FROM calls GROUP BY ask_id)").fetchone()
    return Ledger(attempts, settled, answered, failures, prompt, completion, slots, verdicts, most)


def everything(study: Path) -> bytes:
    """Names and contents of all files of the study."""
    files = sorted(path for path in study.rglob("*") if path.is_file())
    return b"".join(str(path).encode() + path.read_bytes() for path in files)


def balanced(study: Path, summary: Any, *, asks: int, per_ask: int = PER_ASK, run: str = "questions") -> Ledger:
    """The sums of a run that ended: every slot has one verdict, and summary, rows and journal agree."""
    found, book = rows(study, run), ledger(study, run)
    states = {state: sum(row.verdict.state is state for row in found) for state in State}
    assert (summary.kept, summary.rejected, summary.failed) == tuple(states.values())
    assert summary.complete
    assert summary.generated == summary.kept + summary.rejected
    assert summary.generated + summary.failed == len(found) == book.slots == book.verdicts
    assert len({row.verdict.slot for row in found}) == len(found)
    assert sum(summary.reasons.values()) == summary.rejected + summary.failed
    assert summary.calls == book.settled
    assert (summary.prompt_tokens, summary.completion_tokens) == (book.prompt_tokens, book.completion_tokens)
    assert len(found) == book.settled * per_ask
    # each ask is answered, or was made again twice and failed each time
    assert book.answered + (book.settled - book.answered) / 3 >= asks - 1e-9
    assert book.answered <= asks
    for row in found:
        if row.verdict.state is not State.KEPT:
            assert row.verdict.gate, row.id
            assert row.verdict.reason, row.id
    return book


# --- what the mock offered ---------------------------------------------------------------------------------------


def poisoned(seed: int, fault: str) -> FaultPlan:
    """The one request with this seed meets `fault` whenever it arrives."""
    return FaultPlan(poison={f'"seed": {seed}{end}': Fault.parse(fault) for end in ",}"})


def probes(mock: MockEndpoint) -> int:
    """Requests for a single token, by which a run learns whether the endpoint lives."""
    return sum(body.get("max_tokens") == 1 for body, _ in mock.received)


def accounted(mock: MockEndpoint, book: Ledger) -> bool:
    """Whether every request is an attempt in the journal, one that was told to wait, or a probe (which may be both)."""
    stats = mock.stats()
    told_to_wait = stats["requests"] - book.attempts - probes(mock)
    limited = stats["faults"].get("429", 0)
    return max(0, limited - probes(mock)) <= told_to_wait <= limited


def offered(mock: MockEndpoint) -> set[str]:
    """Every text that a sound reply to the requests holds, as letters alone, whole."""
    found: set[str] = set()
    for body, _ in mock.received:
        for choice in json.loads(reply(json.dumps(body).encode())[0])["choices"]:
            text = choice["message"]["content"]
            found.update(_letters(item) for item in _strings(text))
    return found


def _strings(text: str) -> Sequence[str]:
    try:
        data = json.loads(text)
    except ValueError:
        # cut off by the mock's own flaw: whole items of a list may be read, and nothing after
        return re.findall(r'"((?:[^"\\]|\\.)*)"(?=[,\]])', text)
    if not isinstance(data, dict):
        return [text]
    return [item for value in data.values() for item in (value if isinstance(value, list) else [value])]


def _letters(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text).split()).casefold()


def said_wrongly(texts: Sequence[str], whole: set[str]) -> list[str]:
    """Those that hold the model's chatter, signs that no text has, or no whole text that the mock offered."""
    return [
        text
        for text in texts
        if MARK in text or any(unicodedata.category(sign) in ("Cc", "Cs", "Cf") and sign not in "\n\t" for sign in text)
        or _letters(text) not in whole
    ]  # fmt: skip
