"""What curators do, as the desk is asked for it; everything here runs in a thread and raises what curation raises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seedbed import curate
from seedbed.curate import Bulk, CurateSettings, Desk, TableRow, Wish
from seedbed.curate.checklists import Format
from seedbed.curate.deciding import decide_all
from seedbed.server.curation import shown, standing
from seedbed.server.curation.asked import BulkApply, BulkAsked, BulkDetail, DecideAsked, TickAsked, UndoAsked
from seedbed.server.curation.criteria import ChecklistShown, CriterionShown, ProfileShown
from seedbed.server.curation.schemas import BulkApplied, BulkPreview, Decided, Undone
from seedbed.server.refusals import Refusal
from seedbed.settings import load_settings
from seedbed.taxonomy.profiles import Profile, current_profile

__all__ = ["apply", "checklist", "decide", "export", "preview", "profile", "settings", "tick", "undo"]

Names = Mapping[str, str]
_SHOWN = 100
_REFUSED = 50


def decide(desk: Desk, asked: DecideAsked, actor: str, names: Names) -> Decided:
    """Raises Refusal unknown_seed besides."""
    if desk.look().curation.seed(asked.subject) is None:
        raise Refusal("unknown_seed")
    wish = Wish(asked.subject, asked.act, asked.reason, seen=asked.seen, **_detail(asked.detail))
    (logged,) = decide_all(desk.folder, [wish], actor, desk=desk)
    found = desk.table().row(asked.subject)
    assert found is not None
    return Decided(row=shown.row(found), seq=logged.seq, people=shown.people(names, [found]))


def undo(desk: Desk, asked: UndoAsked, actor: str, names: Names) -> Undone:
    what = asked.seq if asked.seq is not None else str(asked.batch)
    logged = curate.undo(desk.folder, what, actor, asked.reason, desk=desk)
    table = desk.table()
    people = table.sight.have.people
    targets = logged.decision.detail.get("undoes") or people.batches.get(str(asked.batch), [])
    subjects = dict.fromkeys(subject for subject, _ in sorted(people.places_of(targets)))
    found = [one for one in map(table.row, subjects) if one is not None]
    return Undone(
        seq=logged.seq, changed=len(found), rows=shown.rows(found[:_SHOWN]), people=shown.people(names, found[:_SHOWN])
    )


def preview(desk: Desk, asked: BulkAsked, names: Names) -> BulkPreview:
    made = curate.preview(desk, _bulk(asked))
    sample: tuple[TableRow, ...] = made.sample
    return BulkPreview(
        token=made.token,
        changes=made.changes,
        unchanged=made.unchanged,
        refused=dict(list(made.refused.items())[:_REFUSED]),
        refused_count=len(made.refused),
        counts={"kind": made.by_kind, "group": made.by_group, "topic": made.by_topic, "state": made.by_state},
        examples=made.examples,
        sample=shown.rows(sample),
        people=shown.people(names, sample),
    )


def apply(desk: Desk, asked: BulkApply, actor: str) -> BulkApplied:
    done = curate.apply(desk.folder, _bulk(asked), asked.token, asked.reason, actor, desk=desk)
    desk.table()  # who filters next need not wait for it
    return BulkApplied(batch=done.batch, changed=len(done.logged))


def _bulk(asked: BulkAsked) -> Bulk:
    wanted = None if asked.filter is None else shown.filter_of(asked.filter)
    ids = None if asked.ids is None else tuple(asked.ids)
    return Bulk(asked.act, wanted, ids, asked.rule or "", _detail(asked.detail))


def _detail(asked: BulkDetail) -> dict[str, Any]:
    """What was given, by the names that a wish has."""
    given = asked.model_dump(exclude_unset=True)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


# --- settings, checklist, profile --------------------------------------------------------------------------------


def settings(desk: Desk) -> CurateSettings:
    return load_settings(desk.folder).curate


def profile(desk: Desk) -> ProfileShown | None:
    found = current_profile(desk.folder)
    return None if found is None else standing.profile(found)


def checklist(desk: Desk, names: Names) -> ChecklistShown:
    current = current_profile(desk.folder)
    found = curate.checklist(desk.folder, current, desk=desk) if current else ()
    return standing.checklist(found, current, names)


def tick(desk: Desk, item: str, asked: TickAsked, actor: str) -> CriterionShown:
    """Raises Refusal no_profile, unknown_item besides."""
    current = _profile(desk)
    if all(one.id != item for one in current.checklist):
        raise Refusal("unknown_item")
    return standing.criterion(curate.tick(desk.folder, current, item, asked.state, asked.note, actor))


def export(desk: Desk, format: Format) -> str:
    """Raises Refusal no_profile besides."""
    return curate.checklist_export(curate.checklist(desk.folder, _profile(desk), desk=desk), format)


def _profile(desk: Desk) -> Profile:
    found = current_profile(desk.folder)
    if found is None:
        raise Refusal("no_profile")
    return found
