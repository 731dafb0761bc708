"""The act: gather what is there, test it, say it in words, write it down. Generates nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import seedbed
from seedbed import curate, seeds
from seedbed.assess.settings import AssessSettings
from seedbed.engine import RunRecord, read_rows, read_run
from seedbed.measures.embed import TextEmbedder
from seedbed.measures.parser import Parser
from seedbed.propagate.bases import base_run, bases
from seedbed.propagate.comparing import Turned, doses, swaps
from seedbed.propagate.document import Propagation, Reading, RunUsed, Tested
from seedbed.propagate.examining import Examiner, Seen
from seedbed.propagate.features import features_of
from seedbed.propagate.material import Gathered, RunRows, gathered, is_base, is_imported
from seedbed.propagate.planning import Design, Kind, find_design, make_plan, margins_said, read_plan
from seedbed.propagate.reading import headline, imported_headline, read
from seedbed.propagate.settings import PropagateSettings
from seedbed.propagate.store import save
from seedbed.propagate.testing import Margins
from seedbed.records import Pool, State
from seedbed.study import Folder

__all__ = ["base_run", "declare", "differences", "margins_of", "part_of", "propagate"]

Part = Literal["no-seed", "swapped", "set", "dose", "other"]
_BALANCING = {"plan", "topics_digest"}
_ONLY_EXAMPLES = {"examples", "examples_digest", "with_seeds", "follows", "target", "candidates", "patience"}


def propagate(
    folder: Folder,
    settings: PropagateSettings,
    assessing: AssessSettings,
    *,
    run: str | None = None,
    language: str = "en",
    embedder: TextEmbedder | None = None,
    parser: Parser | None = None,
    listen: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Propagation:
    """Test what the seeds did in `run` and write propagation/propagation.json, whole or not at all.

    Left out, `run` is the study's run of questions (the one that has controls, else the newest), and with it the
    newest run of triples; an imported run only where nothing was made here. Controls, sets and doses are the runs that
    name it in `control_of`; what is not there is not tested, and the readings say what it would have told. `assessing`
    has the margins, and measures the rows.

    Raises UsageError for a run that showed no seeds or is a control itself, InputError where none can be tested, Busy
    while the study is being assessed.
    """
    began = time.monotonic()
    names = bases(folder, run)
    listen("measuring rows", 0, 1)
    found = gathered(
        folder, curate.load(folder), seeds.current_taxonomy(folder), assessing, language=language, embedder=embedder,
        parser=parser, listen=listen,
    )  # fmt: skip
    findings: list[Tested] = []
    readings: list[Reading] = []
    used: list[RunUsed] = []
    for at, name in enumerate(names):
        listen("testing", at, len(names))
        made = _one(found, found.runs[name], settings, margins_of(assessing, settings))
        findings += made[0]
        readings += made[1]
        used += made[2]
    document = Propagation(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seedbed=seedbed.__version__,
        command=" ".join(["seedbed propagate DIR", *(["--run", run] if run else [])]),
        settings=settings.model_dump(mode="json"),
        margins=margins_said(assessing),
        headline=_headline(found, names, readings, findings),
        readings=tuple(readings),
        runs=tuple(used),
        findings=tuple(findings),
        remarks=(
            *found.remarks, *_remarks(used), *_imported(used, folder, run),
            *_declared(folder, used, settings, assessing), *_unmade(folder, names), *_gone(found, names),
        ),
        seconds=round(time.monotonic() - began, 2),
    )  # fmt: skip
    save(document, folder)
    return document


def declare(
    folder: Folder,
    settings: PropagateSettings,
    assessing: AssessSettings,
    kind: Kind,
    *,
    run: str | None = None,
    sets: int | None = None,
    feature: str = "",
    candidates: int | None = None,
    language: str = "en",
    embedder: TextEmbedder | None = None,
    parser: Parser | None = None,
    listen: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Design:
    """Declare the controls, the swap or the dose of a run in propagation/plan.json, or find them declared.

    Seeds come from the alignment pool: those that are included and that nothing holds back. Raises what `make_plan`
    and `base_run` raise, Busy while the study is being assessed.
    """
    base = base_run(folder, run, stage=None if run else "questions", made="no control can be made of it")
    asked_for = read_rows(folder.run(base.name), withdrawn=True)
    asks = {row.ask.id: row.ask.count for row in asked_for if row.verdict.state != State.FAILED}
    rows = sum(asks.values())
    asked = None if candidates is None else min(candidates, rows)
    if design := find_design(folder, base, kind, sets=sets, feature=feature, candidates=asked):
        return design  # a run that is gone on with begins at once: nothing has to be measured for it
    curation = curate.load(folder)
    found = gathered(
        folder, curation, seeds.current_taxonomy(folder), assessing, language=language, embedder=embedder,
        parser=parser, listen=listen,
    )  # fmt: skip
    stage = found.runs[base.name].stage
    values = set(base.ask.get("values") or ())
    pool = {
        id: row
        for id, row in found.seeds(stage).items()
        if id in curation.included and curation.pools.get(id) is Pool.ALIGNMENT and not curation.held.get(id)
        if stage == "questions" or values & set(curation.triple(id).values)  # as pairs are chosen to be shown
    }
    features = [feature.name for feature in features_of(stage, found.seeds(stage))]
    return make_plan(
        folder, base, kind, pool, found.runs[base.name].shown, features, settings, assessing, sets=sets,
        feature=feature, candidates=asked or min(settings.candidates, rows),
    )  # fmt: skip


def margins_of(assessing: AssessSettings, settings: PropagateSettings) -> Margins:
    """The margins of [assess], which the whole study shares, at this section's alpha."""
    return Margins(assessing.rate_margin, assessing.distance_margin, assessing.ratio_margin, settings.alpha)


def _one(
    found: Gathered, base: RunRows, settings: PropagateSettings, margins: Margins
) -> tuple[list[Tested], list[Reading], list[RunUsed]]:
    known = found.seeds(base.stage)
    features = features_of(base.stage, known)
    examiner = Examiner(settings, margins, features)
    findings = list(examiner.alone(Seen(base, known)))
    others = [(other, part_of(other.record)) for other in found.controls_of(base.name) if other.stage == base.stage]
    others = [(other, part) for other, part in others if other.rows]
    used = [_used(base, "base", base, len(Seen(base, known).shown))]
    for other, part in others:
        used.append(_used(other, part, base, len(other.shown)))
        if is_unequalised(base.record, other.record):
            findings += examiner.plan(Seen(base, known), other)
        elif part in ("no-seed", "swapped", "other"):
            follows = other.record.ask.get("follows")
            same = base.first(int(follows["asks"])) if follows else base
            findings += examiner.against(Seen(same, known), other, _WITHOUT[part])
    for _, runs in _grouped(others, "set"):
        findings += swaps(features, base.name, runs, known, settings)
    for feature, runs in _grouped(others, "dose"):
        turned = [Turned(float(run.record.about["propagation"]["dose"]), run) for run in runs]
        findings += doses(features, base.name, feature, turned, settings)
    without = [other for other, part in others if part == "no-seed"]
    # a control of the very asks before one that a person made beside the run
    no_seed = next((other.name for other in sorted(without, key=lambda other: "follows" not in other.record.ask)), "")
    openings = sum(bool(base.asks[row.cluster].lead_in) for row in base.rows)
    readings = read(features, findings, base.name, settings, no_seed=no_seed, openings=openings, imported=base.imported)
    return findings, readings, used


_WITHOUT = {"no-seed": "that was shown none", "swapped": "that was shown others", "other": "that is its control"}


def part_of(record: RunRecord) -> Part:
    """What a run that names another in `control_of` is to it."""
    declared = record.about.get("propagation")
    if declared:
        part: Part = declared["part"]
        return part
    return "no-seed" if record.ask.get("with_seeds") is False else "other"


def _grouped(others: Iterable[tuple[RunRows, Part]], part: Part) -> Iterator[tuple[str, list[RunRows]]]:
    """The runs of each design of that part, of which only the one declared last counts; a dose by its feature."""
    designs: dict[str, dict[str, list[RunRows]]] = {}
    for other, is_ in others:
        if is_ == part:
            about = other.record.about["propagation"]
            designs.setdefault(str(about.get("feature") or ""), {}).setdefault(str(about["design"]), []).append(other)
    for feature, made in designs.items():
        last = max(made, key=lambda name: max(run.record.created for run in made[name]))
        yield feature, made[last]


def _used(run: RunRows, part: Any, base: RunRows, seeds_shown: int) -> RunUsed:
    about: dict[str, Any] = run.record.about.get("propagation") or {}
    return RunUsed(
        name=run.name,
        part=part,
        of="" if part == "base" else base.name,
        stage=run.stage,
        fingerprint=run.fingerprint,
        model=str(run.record.ask.get("model", "")),
        created=run.record.created,
        generated=len(run.rows),
        kept=len(run.kept),
        requests=len(run.asks),
        seeds=seeds_shown,
        plan=str(about.get("plan", "")),
        dose=about.get("dose"),
        differs=() if part == "base" else differences(base.record, run.record),
        imported=run.imported,
    )


def is_unequalised(base: RunRecord, other: RunRecord) -> bool:
    """Whether a control is the run with the plan's shares, or its topics, other, and with the very same seeds."""
    found = set(differences(base, other))
    alike = base.ask.get("examples_digest") == other.ask.get("examples_digest")
    return alike and bool(found & _BALANCING) and found <= _BALANCING | {"shares", "candidates"}


def differences(base: RunRecord, other: RunRecord) -> tuple[str, ...]:
    """The settings of the asking, beyond the examples, in which a control is not like its run."""
    keys = sorted((base.ask.keys() & other.ask.keys()) - _ONLY_EXAMPLES)
    found = [key for key in keys if base.ask[key] != other.ask[key]]
    if "follows" not in other.ask and base.ask.get("candidates") != other.ask.get("candidates"):
        found.append("candidates")
    return tuple(found)


def _remarks(used: Sequence[RunUsed]) -> Iterator[str]:
    for run in used:
        if run.differs:
            yield f"The run {run.name} differs from {run.of} in more than its examples: {', '.join(run.differs)}."


def _headline(found: Gathered, names: Sequence[str], readings: Sequence[Reading], findings: Sequence[Tested]) -> str:
    """In words what can be told: of runs made here whether they follow, of imported ones what equivalence says."""
    here = [name for name in names if not found.runs[name].imported]
    said = [headline([one for one in readings if one.run in here])] if here else []
    for name in names:
        if name not in here:
            held = Seen(found.runs[name], found.seeds(found.runs[name].stage))
            said.append(imported_headline(name, len(held.shown), [one for one in findings if one.run == name]))
    return " ".join(said)


def _imported(used: Sequence[RunUsed], folder: Folder, asked: str | None) -> Iterator[str]:
    for run in used:
        if run.imported:
            yield (
                f"The run {run.name} was imported: which seeds its prompts showed, and which rows one request made, is "
                f"not known. It is held against all {run.seeds:,} seeds of the study, and each row counts as a request."
            )
    tested = {run.name for run in used}
    for name in () if asked else folder.run_names():
        record = read_run(folder.run(name))
        if name not in tested and is_imported(record) and is_base(record):
            yield f"The imported run {record.name} was left out: --run {record.name} holds it against all seeds."


def _declared(
    folder: Folder, used: Sequence[RunUsed], settings: PropagateSettings, assessing: AssessSettings
) -> Iterator[str]:
    """Where what was fixed before the runs were made is other now."""
    plan = read_plan(folder) if any(run.plan for run in used) else None
    if plan is None:
        return
    now = {"alpha": settings.alpha, "least_slope": settings.least_slope, **margins_said(assessing)}
    for name, declared in {**plan.settings, **plan.margins}.items():
        if name in now and now[name] != declared:
            yield f"{name} is {now[name]} and was declared as {declared} in {plan.file}, before the runs were made."


def _unmade(folder: Folder, names: Sequence[str]) -> Iterator[str]:
    plan = read_plan(folder)
    for design in plan.designs if plan else ():
        made = sum((folder.run(arm.run) / "summary.json").is_file() for arm in design.arms)
        if design.base in names and made < len(design.arms):
            yield f"Of the {len(design.arms)} runs declared for {design.key} {made} are complete; its command goes on."


def _gone(found: Gathered, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        run = found.runs[name]
        known = found.seeds(run.stage)
        if gone := sum(id not in known for id in run.shown):
            yield f"{gone} of the {len(run.shown)} seeds that {name} showed are no longer in the study."
