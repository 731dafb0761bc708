"""How things stand with withdrawals: who waits, what is due, what went, and which releases hold some of it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from seedbed.server.afterwards.schemas import ErasureWaiting
from seedbed.server.afterwards.withdrawal_schemas import HeldShown, WaitingShown, WithdrawalsShown
from seedbed.settings import load_settings
from seedbed.study import Folder

if TYPE_CHECKING:
    from seedbed.release.taken import Record

__all__ = ["standing", "waiting"]


def standing(folder: Folder, asked: Iterable[ErasureWaiting]) -> WithdrawalsShown:
    """All of it. Reads a few small files, and the log where [retention] has something to look for. Raises what the
    reading raises."""
    from seedbed.release.taken import read_record
    from seedbed.withdraw.retention import due

    settings, record = load_settings(folder), read_record(folder)
    return WithdrawalsShown.model_validate({
        "policy": settings.withdrawal.policy,
        "asked": list(asked),
        "retention": settings.retention,
        "due": due(folder, settings.retention),
        "withdrawn": [
            {"at": one.at, "policy": one.policy, "rows": sum(one.rows.values()), "kept": one.kept, "done": one.done,
             "runs": [{"run": run, "rows": rows} for run, rows in one.rows.items()]}
            for one in reversed(record.withdrawals)
        ],
        "releases": _held(folder, record),
    })  # fmt: skip


def waiting(folder: Folder, asked: int) -> WaitingShown:
    """What there is to do. Raises as `standing`."""
    from seedbed.release.taken import read_record
    from seedbed.withdraw.retention import due

    record = read_record(folder)
    return WaitingShown(
        asked=asked,
        due=len(due(folder, load_settings(folder).retention)),
        unfinished=len(record.unfinished),
        releases=sum(not one.later for one in _held(folder, record)),
    )


@dataclass(frozen=True, slots=True)
class _Made:
    version: str
    created: datetime


def _held(folder: Folder, record: Record) -> list[HeldShown]:
    """Those on record, newest first. A later release is one that was made since: no withdrawn row comes into it."""
    from seedbed.publish.record import publications
    from seedbed.withdraw.releases import copies_of

    made, published = sorted(_made(folder), key=lambda one: one.created), publications(folder)
    standing = copies_of(folder, record.releases)
    held = sorted(record.releases.values(), key=lambda one: one.at, reverse=True)
    return [
        HeldShown.model_validate({
            "version": one.version, "rows": one.rows, "at": one.at, "removed": one.removed,
            "later": next((new.version for new in reversed(made) if new.created > _moment(one.at)), ""),
            "places": [
                {"place": copy.place, "at": copy.at, "replaced": copy not in standing}
                for copy in published if copy.version == one.version
            ],
        })
        for one in held
    ]  # fmt: skip


def _made(folder: Folder) -> list[_Made]:
    found = []
    for path in folder.releases.glob("[!.]*/manifest.json"):
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            told: Mapping[str, Any] = json.loads(path.read_bytes())
            found.append(_Made(path.parent.name, _moment(str(told.get("created", "")))))
    return found


def _moment(at: str) -> datetime:
    """Raises ValueError for what is no moment."""
    found = datetime.fromisoformat(at)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
