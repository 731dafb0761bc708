"""What stands in a study's files, as the road's pages show it. Pure functions of what was read, or of a folder."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seedbed.curate import Curation
from seedbed.errors import UsageError
from seedbed.records import OVER_TARGET, Question, Row, State, Triple
from seedbed.runs import RunLine, list_runs
from seedbed.runs.paging import page
from seedbed.server.refusals import Refusal
from seedbed.server.road.reading import Curated, endpoint_names
from seedbed.server.road.schemas import (
    CurationShown,
    DecisionShown,
    FunnelStep,
    RunRow,
    RunRows,
    RunShown,
    SeedRow,
    SeedRows,
    StatusShown,
)
from seedbed.settings import load_settings
from seedbed.status import status as status_document
from seedbed.study import Folder

__all__ = ["curation", "report_behind", "run", "run_rows", "runs", "seed_rows", "status"]


def status(folder: Folder) -> StatusShown:
    settings = load_settings(folder)
    found = status_document(folder, settings)
    return StatusShown.model_validate(
        {
            **found,
            "title": settings.title or folder.root.name,
            "language": settings.language,
            "report": found["report"] is not None,
            "report_behind": report_behind(folder),
            "endpoints": endpoint_names(folder),
            "next": str(found["next"]).replace(str(folder.root), folder.root.name),
        }
    )


def report_behind(folder: Folder) -> bool:
    """Whether something that the report draws from was written after it."""
    report = folder.report / "index.html"
    tested = (folder.propagation / name for name in ("propagation.json", "yield.json"))
    drawn_from = (folder.assessment / "assessment.json", *tested)
    made = _written(report)
    return made is not None and any((since := _written(path)) is not None and since > made for path in drawn_from)


def _written(path: Path) -> int | None:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime_ns
    return None


# --- seeds and curation ------------------------------------------------------------------------------------------


def seed_rows(
    read: Curated, *, kind: str, group: str | None, q: str, after: str | None, limit: int
) -> SeedRows:  # fmt: skip
    """A page of the seeds that fit. `after` is an id; one that is gone begins anew."""
    have: tuple[Question | Triple, ...] = read.curation.questions if kind == "questions" else read.curation.triples
    wanted = " ".join(q.casefold().split())
    fitting = [
        item for item in have if (group is None or item.group == group) and (not wanted or wanted in _words(item))
    ]
    start = next((at + 1 for at, item in enumerate(fitting) if item.id == after), 0)
    shown = fitting[start : start + limit]
    return SeedRows(
        rows=[_seed(item, read.curation) for item in shown],
        total=len(fitting),
        next=shown[-1].id if start + limit < len(fitting) else None,
        groups=sorted({item.group for item in have if item.group}),
    )


def _words(item: Question | Triple) -> str:
    if isinstance(item, Question):
        parts = [item.id, item.text, item.topic_raw, item.question_type_raw, item.topic or "", item.persona]
    else:
        parts = [item.id, item.prompt, item.misaligned, item.critique, item.aligned, *item.values_raw, *item.values]
    return " ".join(" ".join(parts).casefold().split())


def _seed(item: Question | Triple, found: Curation) -> SeedRow:
    excluded, included = found.excluded.get(item.id), found.included.get(item.id)
    decided = excluded or included
    held = [f"{one.rule}: {one.reason}" for one in found.held.get(item.id, ())]
    common: dict[str, Any] = {
        "id": item.id, "group": item.group, "authors": list(item.authors), "language": item.language,
        "source": item.source, "taxonomy": item.taxonomy, "pool": item.pool,
        "verdict": "excluded" if excluded else "included" if included else "undecided",
        "rule": decided.rule if decided else "", "why": decided.reason if decided else "", "held": held,
    }  # fmt: skip
    if isinstance(item, Question):
        return SeedRow(
            **common, kind="question", text=item.text, topic=item.topic, topic_raw=item.topic_raw,
            question_type=item.question_type, question_type_raw=item.question_type_raw,
            written_by={"text": item.written_by.value}, persona=item.persona, scenario=item.scenario,
            entities=list(item.entities), chosen=item.id in found.selected_questions,
        )  # fmt: skip
    return SeedRow(
        **common, kind="triple", text=item.prompt, misaligned=item.misaligned, critique=item.critique,
        aligned=item.aligned, values=list(item.values), values_raw=list(item.values_raw), prompt_id=item.prompt_id,
        written_by={name: writer.value for name, writer in item.written_by.items()},
        chosen=item.id in found.selected_triples,
    )  # fmt: skip


def curation(read: Curated, *, subject: str | None, before: int | None, limit: int) -> CurationShown:
    from seedbed.curate.counting import steps  # with the rules come numpy and rapidfuzz: some 20 MB

    found = read.curation
    here = {*(item.id for item in found.questions), *(item.id for item in found.triples)}
    numbered = [
        (n, one) for n, one in enumerate(found.log, 1) if subject is None or one.decision.subject == subject
    ]  # fmt: skip
    older = [pair for pair in numbered if before is None or pair[0] < before]
    shown = older[-limit:][::-1]
    # a decision repeated word for word stands if its last one does
    standing = {_mark(one) for one in found.decisions}
    return CurationShown(
        questions=len(found.questions),
        triples=len(found.triples),
        included=len(here & found.included.keys()),
        excluded=len(here & found.excluded.keys()),
        undecided=len(here - found.included.keys() - found.excluded.keys()),
        held=len(here & found.held.keys()),
        chosen_questions=list(found.selected_questions),
        chosen_triples=list(found.selected_triples),
        alignment=sum(found.pools.get(id) == "alignment" for id in here),
        evaluation=sum(found.pools.get(id) == "evaluation" for id in here),
        funnel=[FunnelStep(**asdict(step), stayed=step.stayed) for step in steps(found)],
        decisions=[
            DecisionShown(
                n=n, at=one.at, actor=one.actor, by_rule=one.decision.actor == "rule", subject=one.decision.subject,
                act=one.decision.act, rule=one.decision.rule, reason=one.decision.reason,
                measured=one.decision.measured, rival=one.decision.rival, stands=_mark(one.decision) in standing,
            )
            for n, one in shown
        ],
        total=len(numbered),
        next=shown[-1][0] if len(older) > limit else None,
    )  # fmt: skip


def _mark(decision: Any) -> tuple[Any, ...]:
    detail = json.dumps(decision.detail, sort_keys=True)
    return decision.subject, decision.act, decision.rule, decision.reason, decision.measured, detail


# --- runs --------------------------------------------------------------------------------------------------------


def runs(folder: Folder) -> list[RunShown]:
    return [_run(line) for line in list_runs(folder, load_settings(folder).endpoints)]


def run(folder: Folder, name: str) -> RunShown:
    """Raises Refusal unknown_run."""
    for line in list_runs(folder, load_settings(folder).endpoints):
        if line.name == name:
            return _run(line, _reasons(folder, name))
    raise Refusal("unknown_run")


def _run(line: RunLine, reasons: dict[str, int] | None = None) -> RunShown:
    share = line.kept_share
    return RunShown.model_validate(
        {
            **asdict(line),
            "kept_share": share.value if share else None,
            "kept_low": share.low if share else None,
            "kept_high": share.high if share else None,
            "reasons": reasons or {},
        }
    )


def _reasons(folder: Folder, name: str) -> dict[str, int]:
    from seedbed.engine import Journal

    path = folder.run(name) / "journal.db"
    if not path.is_file():
        return {}
    journal = Journal(path, read_only=True)
    try:
        reasons: dict[str, int] = journal.totals()["reasons"]
        return reasons
    finally:
        journal.close()


def run_rows(folder: Folder, name: str, *, state: str | None, after: int | None, limit: int) -> RunRows:
    """Raises Refusal unknown_run."""
    try:
        found = page(
            folder.run(name), state=State(state) if state else None, after=-1 if after is None else after, limit=limit
        )
    except UsageError:
        raise Refusal("unknown_run") from None
    return RunRows(rows=list(_rows(found.rows)), next=found.next)


def _rows(rows: Iterable[Row]) -> Iterable[RunRow]:
    for row in rows:
        verdict, ask = row.verdict, row.ask
        yield RunRow(
            id=row.id, slot=verdict.slot, state=verdict.state.value, gate=verdict.gate, reason=verdict.reason,
            measured=verdict.measured, rival=verdict.rival, text=verdict.text, fields=verdict.fields,
            over_target=OVER_TARGET in verdict.notes, topic=ask.topic, subtopic=ask.subtopic,
            question_type=ask.question_type, lead_in=ask.lead_in, values=list(ask.values), prompt_id=ask.prompt_id,
            examples=list(ask.examples), at=row.at,
        )  # fmt: skip
