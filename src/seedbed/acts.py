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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, Unpack

from seedbed.errors import InputError, UsageError
from seedbed.study import Folder

if TYPE_CHECKING:
    from seedbed.assess import Assessment
    from seedbed.curate import CurateReport, Curation
    from seedbed.generate import Listener, Prepared, RunSummary
    from seedbed.generate.explain import Explanation
    from seedbed.generate.forecast import Forecast
    from seedbed.judges import Inspector, InspectorReport
    from seedbed.preparing import Options
    from seedbed.records import Origin, Writer
    from seedbed.release import ReleaseReport
    from seedbed.runs import Comparison, RunLine
    from seedbed.seeds import ImportReport, Kind, Seeds
    from seedbed.settings import Settings

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

    def curate(self, *, listen: Listen = _silent) -> CurateReport:
        """Apply the rules, assign pools, select the in-context set. Every decision is an event with its reason."""
        from seedbed import curate

        return curate.curate(self.folder, self.settings.curate, listen=listen)

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

    def report(self, *, listen: Listen = _silent) -> Path:
        """Draw the figures and write report/index.html; returns its path."""
        from seedbed import report

        return report.report(self.folder, self.settings.report, title=self.settings.title, listen=listen)

    def release(self, version: str, *, listen: Listen = _silent) -> ReleaseReport:
        """Write releases/VERSION with its card and checksums, whole or not at all."""
        from seedbed import release

        settings = self.settings.release
        if not settings.pretty_name:
            settings = settings.model_copy(update={"pretty_name": self.settings.title})
        return release.release(self.folder, settings, version, listen=listen)

    def status(self) -> dict[str, Any]:
        """The counts at each stop of the road, and the next step. The form is documented in docs/status.md."""
        from seedbed.status import status

        return status(self.folder, self.settings)
