"""A judging run: the rows of a run, or any rows, put before one judge. Stopped anywhere, the same call goes on."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field, replace

import seedbed
from seedbed.engine import (
    Conductor,
    CountingPlanner,
    Journal,
    Limits,
    Local,
    Prices,
    Progress,
    RunRecord,
    again,
    open_run,
)
from seedbed.engine import fingerprint as engine_fingerprint
from seedbed.errors import UsageError
from seedbed.judges.model.folding import read_judgements
from seedbed.judges.model.prompts import Form, version_of
from seedbed.judges.model.rows import States, rows_of_run
from seedbed.judges.model.spec import JudgedRow, JudgeSpec, why_not_asked
from seedbed.judges.model.stage import JudgingStage, LabelJudge, Panel
from seedbed.judges.model.store import judging_folder, known_replies, write_listed
from seedbed.judges.model.units import Unit, ask_for, by_id, units_of
from seedbed.llm import EmbeddedModel, Endpoint, EndpointSettings
from seedbed.llm.embedded import EMBEDDED_MODEL
from seedbed.seeds import current_taxonomy
from seedbed.study import Folder, write_json
from seedbed.taxonomy import Taxonomy
from seedbed.taxonomy.profiles import current_profile, told_by

__all__ = ["JudgingSummary", "fingerprint", "judge"]

Listener = Callable[[Progress, int], None]
_LOOK_BACK = 4096  # verdicts change no plan here: only what failed is asked again, at the tail


@dataclass(frozen=True, slots=True)
class JudgingSummary:
    """What stands in a judging run after a session.

    `rows` were judged, `skipped` were not, by reason. `said` counts judgements (of a row, of each response, or of a
    pair: 1 where the aligned one is the better) by label, `without` those with no verdict by reason. `questions` is
    how many were put, `cached` how many of those an earlier run had put in the same words. `by` names the judge where
    judgements are calibrated. `own_rows` were written by the judging model itself.
    """

    name: str
    judge: str
    kind: str
    by: str
    model: str
    prompt_version: str
    rows: int
    questions: int
    cached: int
    said: dict[str, int] = field(default_factory=dict)
    without: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    own_rows: int = 0
    complete: bool = True
    stopped_by: str = ""

    @property
    def warnings(self) -> tuple[str, ...]:
        if not self.own_rows:
            return ()
        return (
            f"{self.model} wrote {self.own_rows:,} of the {self.rows:,} rows that it judges: models favour their own "
            "words. Name another model as judge.",
        )


def judge(
    folder: Folder,
    spec: JudgeSpec,
    rows: Iterable[JudgedRow] | str,
    endpoint: EndpointSettings | None = None,
    *,
    states: States = "kept",
    source: str = "rows",
    name: str | None = None,
    sample: int | None = None,
    seed: int = 0,
    lanes: int | None = None,
    questions: int | None = None,
    listen: Listener = lambda progress, goal: None,
) -> JudgingSummary:
    """Put `rows` (or those of the run with that name, in the given `states`) before the judge.

    `endpoint` left None is the embedded model. `sample` takes so many rows, chosen by a hash of their ids and `seed`,
    so that a larger sample holds the smaller one. `name` left None is made of the judge, `source` (a word for rows that
    are given) and what is asked: the same call takes up the same run. `questions` ends the session after so many. One
    call a question; a question that any judging run of the study has put to this judge in the same words costs none.

    Raises NotAStudy, UsageError (no such run, nothing to judge), InputError (the run exists with other settings),
    and what the endpoint or the disk raises; what arrived until then is saved.
    """
    folder.check()
    source = rows if isinstance(rows, str) else source
    given = list(
        {row.id: row for row in (rows_of_run(folder, rows, states) if isinstance(rows, str) else rows)}.values()
    )
    chosen = _sampled(given, sample, seed)
    skipped = Counter(why for row in chosen if (why := why_not_asked(spec.judge, row)))
    asked = [row for row in chosen if not why_not_asked(spec.judge, row)]
    if not asked:
        why = "; ".join(f"of {count:,} each {reason}" for reason, count in skipped.items())
        hint = "Ask another judge, or name other rows: another run, or other states of it."
        raise UsageError(f"There is no row that {spec.judge} could judge" + (f": {why}" if why else ""), hint=hint)
    taxonomy = told_by(current_profile(folder), current_taxonomy(folder))
    model = endpoint.model if endpoint else EMBEDDED_MODEL
    form: Form = "schema" if endpoint is None or endpoint.structured == "json_schema" else "tags"
    by = fingerprint(folder, spec, endpoint)
    units = units_of(folder, asked, spec, by, taxonomy, form)
    record = _record(spec, by, model, source, units, form, taxonomy)
    name = name or f"{spec.judge}-{source}-{engine_fingerprint(record.ask)[2:8]}"
    record = replace(record, name=name)
    where = judging_folder(folder, name)
    limits = _limits(endpoint, lanes, questions)
    with open_run(where, record, rename_hint="--name NAME") as (_, journal):
        write_listed(where / "rows.jsonl", asked)
        known = known_replies(folder, by, {unit.key for unit in units}, but=name)
        stage = JudgingStage(spec, by_id(units), taxonomy, form, known)
        progress = asyncio.run(_session(stage, units, endpoint, journal, limits, lambda told: listen(told, len(units))))
        totals = journal.totals()
        spent, _ = journal.spent()
        cached = sum(bool(one.reply and one.reply.data.get("cached")) for one in journal.settled(0))
    # of a pair both responses are told in one: the other's label is the mirror of the first's
    found = [one for one in read_judgements(folder, name) if spec.judge != "alignment" or one.part == "aligned"]
    summary = JudgingSummary(
        name, spec.judge, asked[0].kind, by, model, version_of(spec.judge), len(asked), len(units), cached,
        said=dict(sorted(Counter(str(one.says) for one in found if one.says is not None).items())),
        without=dict(Counter(one.why for one in found if one.says is None).most_common()),
        skipped=dict(skipped), calls=totals["calls"] - cached, prompt_tokens=spent.prompt_tokens,
        completion_tokens=spent.completion_tokens, cost=limits.prices.of(spent),
        own_rows=sum(row.written_by == model for row in asked), complete=not progress.stopped_by,
        stopped_by=progress.stopped_by,
    )  # fmt: skip
    if summary.complete:
        write_json(where / "summary.json", asdict(summary))
    return summary


def fingerprint(folder: Folder, spec: JudgeSpec, endpoint: EndpointSettings | None) -> str:
    """The name of a judge: what it is, which model, and a digest of how it is asked.

    Two endpoints that serve one model under one name are one judge; the weights behind a name cannot be seen.
    """
    model = endpoint.model if endpoint else EMBEDDED_MODEL
    besides = [endpoint.extra_body, endpoint.prefill, endpoint.structured] if endpoint else []
    drawn = {
        "version": version_of(spec.judge), "samples": spec.samples, "temperature": spec.drawn_at,
        "max_tokens": spec.max_tokens, "sent_besides": folder.digest(json.dumps(besides, sort_keys=True)),
    }  # fmt: skip
    return f"{spec.judge}/{model}/{engine_fingerprint(drawn)[2:10]}"


def _sampled(rows: Sequence[JudgedRow], size: int | None, seed: int) -> list[JudgedRow]:
    if size is None or size >= len(rows):
        return list(rows)
    if size < 1:
        raise UsageError(f"A sample of {size} rows", hint="Give 1 or more.")
    ranked = sorted(rows, key=lambda row: hashlib.sha256(f"{seed}/{row.id}".encode()).digest())
    taken = {row.id for row in ranked[:size]}
    return [row for row in rows if row.id in taken]


def _record(
    spec: JudgeSpec, by: str, model: str, source: str, units: Sequence[Unit], form: Form, taxonomy: Taxonomy
) -> RunRecord:
    content = hashlib.sha256("".join(f"{unit.id}\x1f{unit.key}\x1e" for unit in units).encode()).hexdigest()[:16]
    ask = {
        "judge": spec.judge, "by": by, "model": model, "prompt_version": version_of(spec.judge), "form": form,
        "samples": spec.samples, "temperature": spec.drawn_at, "max_tokens": spec.max_tokens, "source": source,
        "questions": len(units), "content": content, "taxonomy": taxonomy.version, "look_back": _LOOK_BACK,
    }  # fmt: skip
    return RunRecord("", "judging", ask, {"reading": "label/1"}, {"seedbed": seedbed.__version__})


def _limits(endpoint: EndpointSettings | None, lanes: int | None, questions: int | None) -> Limits:
    most = endpoint.max_lanes if endpoint else 4096
    lanes = lanes or (None if endpoint else 4)  # two a process keep the embedded model busy, as for a writer
    return Limits(
        look_back=_LOOK_BACK, lanes=min(lanes, most) if lanes else None, most_lanes=most, asks=questions,
        prices=Prices(endpoint.price_in, endpoint.price_out) if endpoint else Prices(),
    )  # fmt: skip


async def _session(
    stage: JudgingStage, units: Sequence[Unit], endpoint: EndpointSettings | None, journal: Journal, limits: Limits,
    listen: Callable[[Progress], None],
) -> Progress:  # fmt: skip
    planner = CountingPlanner(
        len(units), lambda index, first: ask_for(units, index, first),
        lambda ask, first: again(ask, first, seed=ask.seed + 1),
    )  # fmt: skip
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(EmbeddedModel() if endpoint is None else Endpoint(endpoint))
        conductor = Conductor(
            stage=stage, engine=Local(Panel(opened)), planner=planner, judge=LabelJudge(), journal=journal,
            limits=limits, listen=listen,
        )  # fmt: skip
        return await conductor.run()
