"""Taking seeds back from a run: which rows go, what is left of them, and what the run is held to afterwards.

Law 3: replies may echo people. So rows that a withdrawal takes lose text and vector under the policy "purge", and keep
id, state, gate and lineage; under "flag" they keep their words and nobody is shown them. Stored verdicts rule from then
on: a row that was kept counts as kept, so that no plan makes it again; a reply that was taken before it was judged gets
the verdict "withdrawn" in its turn; and the replies are never judged anew, because some of them are gone.

What is flagged carries *marks*, codes that only the study's own key makes of whom or what it was flagged for. The words
by which it was found go with the flag; by its marks a later purge finds it again, which takes the marks as well.

What a run shows and compares with is part of its settings. Each withdrawal is a row of `withdrawals` in the journal;
its `ask` and `verdict` are empty until the first resume, which comes with what is left and is held to it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from seedbed.errors import InputError, StorageError
from seedbed.records import WITHDRAWN, Ask, State, Verdict

__all__ = [
    "FLAGGED_FOR", "Call", "Policy", "Standing", "calls", "flagged_for", "hold_to", "opened", "refuse_anew", "standing",
    "strings",
]  # fmt: skip

Policy = Literal["flag", "purge"]
FLAGGED_FOR = "flagged_for"
# what a withdrawal of seeds may change of a run's settings: what it shows and answers, and what it compares with
_EXCUSED = {
    "examples", "examples_digest", "topics_digest", "prompts", "prompts_digest", "follows",  # of the asks
    "seeds_digest", "inspector",  # of the verdicts
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt as it stands on disk: all strings of its reply and its error as `words`, and where it settled the
    ask the verdicts of its slots, as far as there are any. `taken` is the policy by which its reply was,
    or "", and `marks` are a flagged one's."""

    ask: Ask
    attempt: int
    words: str
    verdicts: tuple[Verdict, ...]
    taken: str = ""
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """What withdrawals left a run to be held to. `seeds` were taken back; `ask` and `verdict` are the settings with
    which it was taken up since, or None; `fresh`: it was not yet. `examples` are those that remain of the run's."""

    seeds: frozenset[str] = frozenset()
    ask: dict[str, Any] | None = None
    verdict: dict[str, Any] | None = None
    fresh: bool = False
    examples: tuple[str, ...] = ()

    def compared(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Both settings, without what the withdrawal excuses. Examples may only be those that remain."""
        if not self.fresh:
            return dict(old), dict(new)
        excused = _EXCUSED - ({"examples"} if list(new.get("examples", ())) != list(self.examples) else set())
        return tuple({k: v for k, v in each.items() if k not in excused} for each in (old, new))  # type: ignore[return-value]


def standing(path: Path, ask: Mapping[str, Any]) -> Standing:
    """What the journal at `path` has of withdrawals; `ask` are the settings in run.json."""
    if not path.is_file():
        return Standing()
    with opened(path, read_only=True) as db:
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'withdrawals'").fetchone() is None:
            return Standing()
        found = db.execute("SELECT seeds, ask, verdict FROM withdrawals ORDER BY id").fetchall()
    if not found:
        return Standing()
    seeds = frozenset(id for row in found for id in json.loads(row[0]))
    held = [row for row in found if row[1] is not None]
    return Standing(
        seeds=seeds,
        ask=json.loads(held[-1][1]) if held else None,
        verdict=json.loads(held[-1][2]) if held else None,
        fresh=found[-1][1] is None,
        examples=tuple(id for id in ask.get("examples", ()) if id not in seeds),
    )


def flagged_for(path: Path) -> frozenset[str]:
    """The seeds for which rows of the journal at `path` were to be flagged, whether they were purged since or not."""
    with opened(path, read_only=True) as db:
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'withdrawals'").fetchone() is None:
            return frozenset()
        found = db.execute("SELECT seeds FROM withdrawals WHERE policy = 'flag'").fetchall()
    return frozenset(id for (seeds,) in found for id in json.loads(seeds))


def hold_to(path: Path, ask: Mapping[str, Any], verdict: Mapping[str, Any]) -> None:
    """The run is taken up with these settings after a withdrawal: from now on it is held to them."""
    with opened(path) as db, db:
        db.execute(
            "UPDATE withdrawals SET ask = ?, verdict = ? WHERE ask IS NULL", (json.dumps(ask), json.dumps(verdict))
        )


def refuse_anew(path: Path, name: str, rename_hint: str) -> None:
    """Raises InputError where a withdrawal took replies: the others alone would be another run."""
    with opened(path, read_only=True) as db:
        taken = db.execute(
            "SELECT EXISTS(SELECT 1 FROM calls WHERE json_extract(reply, ?) IS NOT NULL) OR "
            "EXISTS(SELECT 1 FROM verdicts WHERE json_extract(notes, ?) IS NOT NULL)",
            (f"$.{WITHDRAWN}", f"$.{WITHDRAWN}"),
        ).fetchone()[0]
    if taken:
        raise InputError(
            f"Rows of the run {name!r} were withdrawn, so its replies cannot all be judged anew",
            hint=f"Its verdicts stand. Use the gates it had, or start a new run: {rename_hint}",
        )


def calls(path: Path) -> Iterator[Call]:
    """Every attempt in the journal at `path`, streamed: those that settled an ask by slots, then others."""
    with opened(path, read_only=True) as db, closing(db.cursor()) as second:
        db.execute("BEGIN")
        found = second.execute(
            "SELECT slot, state, gate, reason, measured, rival, text, fields, notes FROM verdicts ORDER BY slot"
        )
        ahead = found.fetchone()
        columns = "SELECT ask_id, attempt, ask, reply, error FROM calls WHERE"
        settled = db.execute(f"{columns} final ORDER BY first")
        for ask_id, attempt, ask, reply, error in settled:
            asked = Ask.from_json(ask_id, json.loads(ask))
            own: list[Verdict] = []
            while ahead is not None and ahead[0] < asked.slots.stop:
                slot, state, gate, reason, measured, rival, text, fields, notes = ahead
                own.append(
                    Verdict(slot, State(state), gate, reason, measured, rival, text, json.loads(fields),
                            json.loads(notes))
                )  # fmt: skip
                ahead = found.fetchone()
            data = json.loads(reply) if reply else {}
            yield Call(asked, attempt, _words(data, error), tuple(own), data.get(WITHDRAWN, ""), _marks(data))
        for ask_id, attempt, ask, reply, error in db.execute(f"{columns} NOT final"):
            data = json.loads(reply) if reply else {}
            asked = Ask.from_json(ask_id, json.loads(ask))
            yield Call(asked, attempt, _words(data, error), (), data.get(WITHDRAWN, ""), _marks(data))


def _marks(data: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(data.get(FLAGGED_FOR, ()))


def _words(reply: Mapping[str, Any], error: str) -> str:
    return "\n".join((*strings(reply), error))


def strings(data: Any) -> Iterator[str]:
    """Every string in plain data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from strings(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from strings(value)


@contextmanager
def opened(path: Path, *, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    """A journal as a database. Raises StorageError, and InputError for what is no journal."""
    try:
        uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
        with closing(sqlite3.connect(uri, uri=True, timeout=30)) as db:
            yield db
    except sqlite3.OperationalError as error:
        raise StorageError(f"Could not use {path}: {error}", hint="Close what reads it, then try again.") from error
    except (sqlite3.DatabaseError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path} is damaged or no journal: {error}", hint="Restore it from a copy.") from error
