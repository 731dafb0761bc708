"""The acts of a study, from Python: the same that the command line has, under the same names.

    from seedbed import Study

    study = Study.new("pilot")
    study.import_files(["questions.csv"])
    study.curate()
    study.generate()
    study.assess()
    study.report()
    study.release("1.0")

Each act reads what earlier acts left in the folder and writes its own part, so any of them can be run again, by
itself, in another process. Rooms are imported when an act needs them: `import seedbed` stays light.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack

from seedbed.errors import InputError, UsageError
from seedbed.study import Folder

if TYPE_CHECKING:
    from seedbed.assess import Assessment
    from seedbed.curate import (
        Applied,
        Bulk,
        CurateReport,
        Curation,
        Desk,
        Expanded,
        HandAct,
        Logged,
        Preview,
        SelectionView,
        Table,
        Ticked,
    )
    from seedbed.engine import RunRecord
    from seedbed.engine.withdrawing import Policy
    from seedbed.generate import Listener, Prepared, RunSummary
    from seedbed.generate.explain import Explanation
    from seedbed.generate.forecast import Forecast
    from seedbed.judges import Inspector, InspectorReport
    from seedbed.judges.calibrating import Accepted, Calibration
    from seedbed.judges.model import JudgedRow, JudgeSpec, JudgingSummary
    from seedbed.judges.model.asking import Listener as JudgingListener
    from seedbed.judges.model.rows import States
    from seedbed.judges.model.spec import Kind as RowKind
    from seedbed.lineage import Descendants, Lineage, Trace
    from seedbed.llm.embeddings import EndpointEmbedder
    from seedbed.llm.settings import EndpointSettings
    from seedbed.preparing import Options
    from seedbed.propagate import Propagation, Yields
    from seedbed.propagate.arms import Arm, Cost
    from seedbed.propagate.planning import Design
    from seedbed.propagate.planning import Kind as DesignKind
    from seedbed.publish import Published
    from seedbed.records import Origin, Writer
    from seedbed.release import ReleaseReport
    from seedbed.release.differing import Difference
    from seedbed.release.previewing import Preview as ReleasePreview
    from seedbed.release.settings import ReleaseSettings
    from seedbed.review import Exported, Imported, Task, TaskSpec, TaskState
    from seedbed.runs import Comparison, RunLine
    from seedbed.seeds import Gathered, ImportReport, Kind, Seeds
    from seedbed.seeds.record import Written
    from seedbed.settings import Settings
    from seedbed.taxonomy.profiles import Profile
    from seedbed.withdraw import Found, Withdrawn
    from seedbed.workshop.lessons import Standing as Lessons

__all__ = ["Study", "sample_folder"]

Listen = Callable[[str, int, int], None]


def _silent(what: str, done: int, total: int) -> None:
    return None


def sample_folder() -> Path:
    """The sample study's files: beside the package when installed, in examples/ in a checkout."""
    package = Path(__file__).parent
    for folder in (package / "_sample", package.parent.parent / "examples" / "sample"):
        if (folder / "questions.csv").is_file():
            return folder
    raise InputError("The sample study is not part of this installation")


class Study:
    """One study folder and what can be done with it."""

    def __init__(self, path: Path | str) -> None:
        self.folder = Folder(Path(path))

    def __repr__(self) -> str:
        return f"Study({str(self.folder.root)!r})"

    # --- opening -----------------------------------------------------------------------------------------------

    @classmethod
    def new(cls, path: Path | str, *, title: str = "", taxonomy: Path | None = None) -> Self:
        """Make an empty study. Raises UsageError when the folder holds something already."""
        from seedbed.seeds import current_taxonomy, install_taxonomy
        from seedbed.settings import Settings, write_settings
        from seedbed.study import write_atomic
        from seedbed.taxonomy import load_taxonomy

        study = cls(path)
        root = study.folder.root
        if root.exists() and not root.is_dir():
            raise UsageError(f"{root} is a file", hint="Choose another folder.")
        if study.folder.settings.exists():
            raise UsageError(f"{root} is a study already", hint=f"Look at it with: seedbed status {root}")
        if root.exists() and any(root.iterdir()):
            raise UsageError(f"{root} is not empty", hint="Choose an empty or a new folder.")
        labels = load_taxonomy(taxonomy) if taxonomy is not None else None  # what cannot be read makes no study
        write_settings(study.folder, Settings(title=title))
        if taxonomy is not None and labels is not None:
            install_taxonomy(study.folder, taxonomy)
        else:
            write_atomic(study.folder.taxonomy(1), current_taxonomy(study.folder).to_json())
        return study

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Open a study. Raises NotAStudy, or SettingsError when study.toml is wrong."""
        study = cls(path)
        _ = study.settings
        return study

    @cached_property
    def settings(self) -> Settings:
        from seedbed.settings import load_settings

        return load_settings(self.folder)

    # --- what is there -----------------------------------------------------------------------------------------

    def seeds(self) -> Seeds:
        from seedbed import seeds

        self.folder.check()
        return seeds.load(self.folder)

    def curation(self) -> Curation:
        from seedbed import curate

        self.folder.check()
        return curate.load(self.folder)

    def table(self) -> Table:
        """Every seed with all that was decided about it, to be filtered, sorted and counted: `Table.page`."""
        self.folder.check()
        return self._desk.table()

    @cached_property
    def _desk(self) -> Desk:
        from seedbed import curate

        return curate.Desk(self.folder)

    def profile(self) -> Profile | None:
        """The profile in use, or None. See docs/profiles.md."""
        from seedbed.taxonomy.profiles import current_profile

        return current_profile(self.folder)

    # --- the acts ----------------------------------------------------------------------------------------------

    def import_files(
        self,
        files: Sequence[Path | str],
        *,
        kind: Kind | None = None,
        origin: Origin | None = None,
        columns: Mapping[str, str] | None = None,
        encoding: str | None = None,
        skip_bad: bool = False,
        run: str | None = None,
        model: str = "",
        group: str = "",
        written_by: Writer | None = None,
        listen: Listen = _silent,
    ) -> list[ImportReport]:
        """Import each file, all of it or none; what is there already is skipped. See `seedbed.seeds.import_file`."""
        from seedbed import seeds
        from seedbed.records import Origin

        _ = self.settings
        return [
            seeds.import_file(
                self.folder, Path(file), kind=kind, origin=Origin(origin) if origin else None, columns=columns,
                encoding=encoding, skip_bad=skip_bad, name=run, model=model, group=group, written_by=written_by,
                language=self.settings.language, listen=listen,
            )
            for file in files
        ]  # fmt: skip

    def import_sample(self) -> list[ImportReport]:
        """Import the sample study's people, questions, pairs, ratings and hand labels."""
        sample = sample_folder()
        names = ("people.csv", "questions.csv", "pairs.csv", "ratings.csv", "hand_labels.csv")
        return self.import_files([sample / name for name in names])

    def gather(self) -> Gathered:
        """Take up what people wrote on the boards, as it stands now. `curate` does so first."""
        from seedbed import seeds

        settings = self.settings
        return seeds.gather(self.folder, language=settings.language, pages=settings.workshop.language)

    def curate(self, *, listen: Listen = _silent) -> CurateReport:
        """Gather, apply the rules, assign pools, choose the examples. Every decision is an event with its reason."""
        from seedbed import curate

        settings = self.settings
        with self._embedder() as embedder:
            return curate.curate(
                self.folder, settings.curate, language=settings.language, pages=settings.workshop.language,
                embedder=embedder, listen=listen,
            )  # fmt: skip

    def decide(self, subject: str, act: HandAct, reason: str, by: str, **detail: Any) -> Logged:
        """Record what a person decides about one seed; it stands above every rule. See `seedbed.curate.decide`.

        `detail` is what the act takes: topic, question_type or values (retag), chosen (select), fields (edit), into
        (merge), use, nuanced, rule (dismiss); and seen=N, to be refused where another person decided on it since
        number N of the log. Raises UsageError and InputError for what cannot be, DecidedMeanwhile.
        """
        from seedbed import curate

        return curate.decide(self.folder, subject, act, reason, by, desk=self._desk, **detail)

    def undo(self, what: int | str, by: str, reason: str = "") -> Logged:
        """Take back a person's act by its number, or a bulk act by its batch: what stood before stands again."""
        from seedbed import curate

        return curate.undo(self.folder, what, by, reason, desk=self._desk)

    def preview(self, bulk: Bulk) -> Preview:
        """What one act on many seeds would do: which would change, which cannot and why. `token` stands for this."""
        from seedbed import curate

        self.folder.check()
        return curate.preview(self._desk, bulk)

    def bulk(self, bulk: Bulk, token: str, reason: str, by: str) -> Applied:
        """Carry out what `preview` showed, in one append and as one batch.

        Raises PreviewChanged, and does nothing, where it would do something else by now.
        """
        from seedbed import curate

        return curate.apply(self.folder, bulk, token, reason, by, desk=self._desk)

    def checklist(self) -> tuple[Ticked, ...]:
        """The criteria of the profile in use, with what people said of each. Raises InputError where none is in use."""
        from seedbed import curate

        return curate.checklist(self.folder, self._profile(), desk=self._desk)

    def tick(self, item: str, state: Literal["yes", "no", "na", "open"], by: str, note: str = "") -> Ticked:
        """Say of a criterion that it holds, does not, or does not apply; "open" takes a tick off."""
        from seedbed import curate

        return curate.tick(self.folder, self._profile(), item, state, note, by)

    def _profile(self) -> Profile:
        found = self.profile()
        if found is None:
            raise InputError(
                "The study names no profile, so there is no checklist",
                hint=f"Name one: seedbed profile {self.folder.root} use ID",
            )
        return found

    def selection(self, kind: Literal["question", "triple"] = "question", *, listen: Listen = _silent) -> SelectionView:
        """Which seeds are examples and why, who is next, and what each way of choosing would come to."""
        from seedbed import curate

        with self._embedder() as embedder:
            return curate.view_selection(self.folder, self.settings.curate, kind, embedder=embedder, listen=listen)

    def expand(self, actor: str, *, regions: Sequence[str] = (), per_seed: int | None = None) -> Expanded:
        """Other versions of the questions with marked entities, for each region; `curate` then judges them.

        The words are those of the current profile where it names some, else of the workshop's template.
        """
        from seedbed import curate
        from seedbed.taxonomy.profiles import current_profile

        settings, profile = self.settings, current_profile(self.folder)
        named = (profile.entities, profile.regions) if profile else ((), ())
        slots = curate.slots_of(self.folder, *named, pages=settings.workshop.language)
        return curate.expand_study(
            self.folder, slots, actor, regions=regions, per_seed=per_seed or settings.curate.expand_per_seed,
            seed=settings.curate.seed,
        )  # fmt: skip

    @contextmanager
    def _embedder(self) -> Iterator[EndpointEmbedder | None]:
        """The embedder that study.toml names; None for the embedded one."""
        from seedbed.llm.embeddings import EndpointEmbedder

        name = self.settings.generate.embedder
        if name in ("", "embedded"):
            yield None
            return
        embedder = EndpointEmbedder(self.settings.endpoint(name))
        try:
            yield embedder
        finally:
            embedder.close()

    def record(self, target: Path | str, format: str = "csv") -> Written:
        """Write the workshop's whole record as flat tables to `target`, a new folder. See docs/record.md."""
        from seedbed.seeds.record import write_record

        workshop = self.settings.workshop
        return write_record(self.folder, Path(target), format, pages=workshop.language, groups=workshop.groups)

    def lessons(self) -> Lessons:
        """What those who led the workshop learnt, what of the template it changes, and the next template.

        Reads the study and never writes it. Raises what the store raises.
        """
        from seedbed.study.events import EventStore
        from seedbed.workshop import AGENDA, Agenda
        from seedbed.workshop.lessons import standing

        agenda = Agenda(self.settings.workshop.language)
        if self.folder.has_people:
            with EventStore.of(self.folder) as store:
                agenda.after(store.read(AGENDA))
        return standing(agenda)

    def generate(
        self, *, rejudge: bool = False, listen: Listener = lambda progress, goal: None, **wanted: Unpack[Options]
    ) -> RunSummary:
        """Make rows, or go on with a run that stopped. The options are those of `Wanted`; see docs/generation.md.

        `rejudge` lets changed gates judge the same replies anew, with no call for those.
        """
        from seedbed import generate

        return generate.conduct(self.folder, self.prepare(**wanted), rejudge=rejudge, listen=listen)

    def prepare(self, **wanted: Unpack[Options]) -> Prepared:
        """The run that `generate` with these options would conduct."""
        from seedbed.preparing import Wanted, prepare

        return prepare(self.folder, self.settings, Wanted(**wanted))

    def forecast(self, **wanted: Unpack[Options]) -> Forecast:
        """What the rest of a run will take, from what it did so far: a pilot, or any run that is not complete."""
        from seedbed.engine import TargetPlanner
        from seedbed.generate.forecast import forecast

        run = self.prepare(**wanted)
        quotas = run.planner.quotas if isinstance(run.planner, TargetPlanner) else None
        writer = run.roles.writer
        return forecast(
            self.folder.run(run.record.name) / "journal.db", run.record, run.limits.prices, quotas=quotas,
            currency=writer.currency if writer else "", lanes=run.limits.lanes,
        )  # fmt: skip

    def explain(self, row: str, **wanted: Unpack[Options]) -> Explanation:
        """One row from its plan to its verdict. A row that is not there yet is made first, with all before it."""
        from seedbed import generate
        from seedbed.engine import read_run
        from seedbed.generate.explain import explain, is_there, slot_of

        run = self.prepare(**wanted)
        name = run.record.name
        read_run(self.folder.run(name))  # a mistyped name must not begin a run
        if not is_there(self.folder, name, row):
            until = replace(run.limits, lanes=1, until_slot=slot_of(row, name))
            generate.conduct(self.folder, replace(run, limits=until))
        # prepared afresh: its judge must have seen nothing yet
        return explain(self.folder, self.prepare(**wanted), row)

    @cached_property
    def lineage(self) -> Lineage:
        """The study's lineage, as it was last brought up to date. Raises NotAStudy."""
        from seedbed.lineage import Lineage

        return Lineage(self.folder)

    def trace(self, id: str, *, first: int = 5, listen: Listen = _silent) -> Trace:
        """Where a seed, a row, a run, a release or a person's part came from, and what came of it.

        `first` things of each step are named, all are counted. Raises InputError where nothing is called so,
        UsageError where several things are: then give person:ID, seed:ID and so on.
        """
        self.lineage.refresh(listen)
        return self.lineage.trace(id, first=first)

    def descendants(self, id: str, *, listen: Listen = _silent) -> Descendants:
        """Everything that grew from a person's words, a seed, or a row, to the end. Raises as `trace`."""
        self.lineage.refresh(listen)
        return self.lineage.descendants(id)

    def judges(self, *, listen: Listen = _silent) -> InspectorReport:
        """Train the inspector on the study's own pairs and say what it may do; writes models/inspector.json."""
        from seedbed import judges

        _ = self.settings
        curation = self.curation()
        return judges.train(self.folder, curation.triples, included=curation.included, listen=listen)

    def inspector(self) -> Inspector | None:
        """The trained inspector, or None. Raises InputError when its file is damaged or another embedder's."""
        from seedbed import judges

        return judges.load(self.folder)

    def ask_judge(
        self, spec: JudgeSpec, *, run: str = "", seeds: RowKind | None = None, states: States = "kept",
        endpoint: EndpointSettings | str | None = None, name: str | None = None, sample: int | None = None,
        lanes: int | None = None, questions: int | None = None,
        listen: JudgingListener = lambda progress, goal: None,
    ) -> JudgingSummary:  # fmt: skip
        """Put the rows of a run, or the seeds of a kind, before a model judge. See docs/judges.md.

        `endpoint` may be a name under [endpoints] of study.toml; None is the embedded model.
        """
        from seedbed.judges import model

        if bool(run) == (seeds is not None):
            raise UsageError("A judge is asked about the rows of one run, or about seeds", hint="Name one of the two.")
        if isinstance(endpoint, str):
            endpoint = None if endpoint in ("", "embedded") else self.settings.endpoint(endpoint)
        return model.judge(
            self.folder, spec, run if seeds is None else model.rows_of_seeds(self.folder, seeds), endpoint,
            states=states, source=f"seed-{seeds}s", name=name, sample=sample, lanes=lanes, questions=questions,
            listen=listen,
        )  # fmt: skip

    def calibrate(self, task: str | None = None) -> tuple[Calibration, tuple[Accepted, ...]]:
        """Hold every judgement against people's ratings: of one rating task, or of all and of what was imported.

        The inspector, where there is one, is asked of the rated triples and held against them too. Writes
        judgements/calibration.json. Also the share of rows that each judge accepts, put right for its errors.
        """
        from seedbed import review, seeds
        from seedbed.judges import calibrating
        from seedbed.judges.model import inspected, read_judgements

        _ = self.settings
        states = [review.load(self.folder, task)] if task else review.list_tasks(self.folder)
        found = [] if task else list(seeds.load(self.folder).ratings)
        found += [rating for state in states if not state.task.deleted for rating in review.ratings(state)]
        judged = read_judgements(self.folder)
        if (inspector := self.inspector()) is not None:
            rated = {rating.subject for rating in found if rating.scale in ("misaligned", "aligned")}
            sources = dict.fromkeys(source for state in states for source in state.task.sources)
            sources.setdefault("seeds")
            rows = (row for source in sources for row in self._judged_rows(source) if row.id in rated)
            judged += inspected(inspector, rows)
        calibration = calibrating.calibrate(judged, found)
        calibrating.save_calibration(self.folder, calibration, [state.name for state in states])
        return calibration, calibrating.acceptance(judged, found)

    def _judged_rows(self, source: str) -> Iterator[JudgedRow]:
        """The triples of a run, or of the seeds."""
        from seedbed.judges.model import rows_of_run, rows_of_seeds

        if source == "seeds":
            return rows_of_seeds(self.folder, "triple")
        return (row for row in rows_of_run(self.folder, source, "generated") if row.kind == "triple")

    def runs(self) -> list[RunLine]:
        """Every run: what it is, what became of its rows, what it cost."""
        from seedbed.runs import list_runs

        return list_runs(self.folder, self.settings.endpoints)

    def compare(self, a: str, b: str, *, listen: Listen = _silent) -> Comparison:
        """What differs between two runs of one stage, and what can be concluded from it."""
        from seedbed.runs import compare

        return compare(self.folder, self.settings.endpoints, a, b, listen=listen)

    def assess(self, *, listen: Listen = _silent) -> Assessment:
        """Measure seeds, synthetic rows and controls alike; writes assessment/."""
        from seedbed import assess

        return assess.assess(self.folder, self.settings.assess, language=self.settings.language, listen=listen)

    def propagate(
        self,
        *,
        make: DesignKind | None = None,
        sets: int | None = None,
        feature: str = "",
        agree: Callable[[Sequence[str]], bool] = lambda said: True,
        quote: Callable[[Design, Cost], None] = lambda design, cost: None,
        listen: Listen = _silent,
        begin: Callable[[Arm], None] = lambda arm: None,
        watch: Listener = lambda progress, goal: None,
        **wanted: Unpack[Options],
    ) -> Propagation | None:
        """Test what the seeds did in `run`; writes propagation/propagation.json. See docs/propagation.md.

        `make` first makes the runs that it is tested against, of at most `candidates` rows each, declared in
        propagation/plan.json before: the "controls", a "swap" of `sets` sets of seeds, or a "dose" of a `feature`.
        `agree` is told what that costs and says whether it may, after `quote` had the same in figures; what else is
        wanted are the writer's options, left out: the writer of the run. None where it was not agreed to, or was
        stopped: the same call goes on from there.
        """
        from seedbed import propagate
        from seedbed.engine import read_run
        from seedbed.propagate import arms
        from seedbed.propagate.propagating import declare

        settings, language = self.settings, self.settings.language
        run, candidates = wanted.pop("run", None), wanted.pop("candidates", None)
        if make is not None:
            design = declare(
                self.folder, settings.propagate, settings.assess, make, run=run, sets=sets, feature=feature,
                candidates=candidates, language=language, listen=listen,
            )  # fmt: skip

            def prepare(base: RunRecord, design: Design, arm: Arm) -> Prepared:
                chosen: Options = {**self._writer_of(base), **wanted}
                chosen.update(arms.options_of(base, design, arm))  # type: ignore[typeddict-item]
                return self.prepare(**chosen)

            base = read_run(self.folder.run(design.base))
            cost = arms.cost_of(self.folder, base, design, prepare(base, design, design.arms[0]))
            quote(design, cost)
            if cost.runs and not agree(arms.cost_words(cost, design)):
                return None
            made = arms.make_arms(self.folder, design, prepare, listen=watch, begin=begin)
            if made and not made[-1].complete:
                return None
            run = run or design.base
        return propagate.propagate(
            self.folder, settings.propagate, settings.assess, run=run, language=language, listen=listen
        )

    def _writer_of(self, base: RunRecord) -> Options:
        """The writer that a run was made with: the embedded model, an endpoint of study.toml, or as run.json has it."""
        from seedbed.llm.settings import EMBEDDED, EndpointSettings

        urls, model = base.about.get("endpoint"), str(base.ask.get("model", ""))
        if urls == EMBEDDED or not isinstance(urls, list):
            return {"writer": EMBEDDED}
        for name, known in self.settings.endpoints.items():
            if list(known.urls) == urls and known.model == model:
                return {"writer": name}
        return {"endpoint": EndpointSettings(url=tuple(urls), model=model, key_env=base.about.get("key_env"))}

    def seed_yield(self, run: str | None = None, *, listen: Listen = _silent) -> Yields:
        """What every seed and author gave, and what the next workshop should ask for; writes propagation/yield.json."""
        from seedbed import propagate

        settings = self.settings
        return propagate.seed_yields(self.folder, settings.assess, run=run, language=settings.language, listen=listen)

    def report(self, *, listen: Listen = _silent) -> Path:
        """Draw the figures and write report/index.html; returns its path."""
        from seedbed import report

        return report.report(self.folder, self.settings.report, title=self.settings.title, listen=listen)

    def rating_task(self, spec: TaskSpec, actor: str) -> Task:
        """Draw rows and make a rating task of them. See docs/review.md."""
        from seedbed import review

        return review.create(self.folder, spec, actor)

    def rating_tasks(self) -> list[TaskState]:
        """Every rating task with its ratings, oldest first. What can be asked of one stands in `seedbed.review`."""
        from seedbed import review

        return review.list_tasks(self.folder)

    def export_ratings(self, task: str, format: str, target: Path | str, *, ratings: bool = True) -> Exported:
        """Write a rating task for Argilla, Label Studio or a spreadsheet to `target`, a new folder."""
        from seedbed import review

        return review.export(self.folder, review.load(self.folder, task), format, target, ratings=ratings)

    def import_ratings(self, task: str, path: Path | str, actor: str, *, skip_bad: bool = False) -> Imported:
        """Take what was rated elsewhere. Where a row is refused nothing is recorded, unless `skip_bad`."""
        from seedbed import review

        return review.import_ratings(self.folder, task, path, actor, skip_bad=skip_bad)

    def release(self, version: str, *, drop_leaks: bool = False, listen: Listen = _silent) -> ReleaseReport:
        """Write releases/VERSION with its card and checksums, whole or not at all.

        Refuses while a leak stands between the pools, with `drop_leaks` (or on_leak = "drop" under [release.leaks]) a
        row of each stays behind: a model's before people's, and of two by people the one for evaluation.
        """
        from seedbed import release

        workshop = self.settings.workshop
        return release.release(
            self.folder, self._release_settings(drop_leaks), version, pages=workshop.language, groups=workshop.groups,
            language=self.settings.language, listen=listen,
        )  # fmt: skip

    def preview_release(self, version: str, *, drop_leaks: bool = False, listen: Listen = _silent) -> ReleasePreview:
        """What `release` would make: its numbers, its card, what changed since the last. Raises what that raises, and
        leaves nothing behind."""
        from seedbed.release.previewing import preview

        workshop = self.settings.workshop
        return preview(
            self.folder, self._release_settings(drop_leaks), version, pages=workshop.language, groups=workshop.groups,
            language=self.settings.language, listen=listen,
        )  # fmt: skip

    def _release_settings(self, drop_leaks: bool) -> ReleaseSettings:
        settings = self.settings.release
        if drop_leaks:
            settings = settings.model_copy(update={"leaks": settings.leaks.model_copy(update={"on_leak": "drop"})})
        return settings if settings.pretty_name else settings.model_copy(update={"pretty_name": self.settings.title})

    def foresee_withdrawal(self, *who: str, policy: Policy | None = None, listen: Listen = _silent) -> Found:
        """What `withdraw` would take. Changes nothing. Raises as that does, and never Busy."""
        from seedbed import withdraw
        from seedbed.study.events import EventStore
        from seedbed.withdraw.whom import named

        wanted = policy or self.settings.withdrawal.policy
        person, seeds = named(self.folder, who)
        with EventStore.of(self.folder) as store:
            return withdraw.foresee(store, self.folder, wanted, person=person, seeds=seeds, listen=listen)

    def withdraw(self, *who: str, policy: Policy | None = None, listen: Listen = _silent) -> Withdrawn:
        """Take the words of one person, or single seeds by their ids, out of the study and of all that was made of
        them, for ever. `policy` is study.toml's unless given. What broke off, the same call completes.

        Somebody who joined by a server also has a name, and a way in, which the server keeps: their withdrawal is
        asked for there, or by `seedbed withdraw`. Raises UsageError for them, for whom nobody knows, and for a mixture
        of people and seeds; Busy while a server holds the study, a run or whatever reads seeds is under way.
        """
        from seedbed import withdraw
        from seedbed.study.events import EventStore
        from seedbed.withdraw.whom import alone, is_known, joined, named

        wanted = policy or self.settings.withdrawal.policy
        with alone(self.folder):
            person, seeds = named(self.folder, who)
            if person is not None and joined(self.folder, person):
                raise UsageError(
                    f"{person!r} joined by a server, which keeps their name and lets them in",
                    hint=f"seedbed withdraw {self.folder.root} {person}",
                )
            if person is not None and not is_known(self.folder, person):
                raise UsageError(
                    f"Nobody of this study is {person!r}, and it is no seed", hint="Ids of seeds stand in seeds/."
                )
            with EventStore.of(self.folder) as store:
                if person is not None:
                    return withdraw.erase(store, person, self.folder, wanted, listen=listen)
                return withdraw.withdraw_seeds(store, seeds, self.folder, wanted, listen=listen)

    def diff(self, old: str, new: str) -> Difference:
        """What the release `new` has otherwise than `old`. Raises UsageError for a version that is not there."""
        from seedbed.release.differing import diff

        return diff(self.folder, old, new)

    def publish(self, version: str, target: Path, *, key: Path | None = None, listen: Listen = _silent) -> Published:
        """Copy the release `version` to `target`, a new folder or a file ending in .zip or .tar.gz, signed by the SSH
        key `key`; see `seedbed.publish.publish` for what it raises."""
        from seedbed.publish import publish

        return publish(self.folder, version, target, key=key, listen=listen)

    def status(self) -> dict[str, Any]:
        """The counts at each stop of the road, and the next step. The form is documented in docs/status.md."""
        from seedbed.status import status

        return status(self.folder, self.settings)

    def groups(self) -> dict[str, Any]:
        """Who took part and what each group wrote, as counts: the paper's Tables 2 and 4 and appendix A.1."""
        from seedbed.status import groups

        return groups(self.folder)
