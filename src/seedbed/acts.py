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
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from seedbed.errors import InputError, UsageError
from seedbed.study import Folder

if TYPE_CHECKING:
    from seedbed.assess import Assessment
    from seedbed.curate import CurateReport, Curation
    from seedbed.engine import RunRecord
    from seedbed.generate import Listener, Roles, RunSummary
    from seedbed.llm.settings import EndpointSettings
    from seedbed.records import Example, Origin, Triple, Writer
    from seedbed.release import ReleaseReport
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
        self,
        *,
        stage: Literal["questions", "triples"] = "questions",
        run: str | None = None,
        target: int | None = None,
        candidates: int | None = None,
        values: Sequence[str] | None = None,
        with_seeds: bool = True,
        raw: bool = False,
        control_of: str | None = None,
        prompts_from: str | None = None,
        endpoint: EndpointSettings | None = None,
        writer: str | None = None,
        lanes: int | None = None,
        pilot: int | None = None,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        max_seconds: float | None = None,
        rejudge: bool = False,
        listen: Listener = lambda progress, goal: None,
    ) -> RunSummary:
        """Make rows, or go on with a run that stopped. See docs/generation.md for what each stage does.

        `target` is how many rows to keep; `candidates`, instead, how many to make whatever becomes of them. `raw` makes
        comparison rows (one candidate an ask, no lead-ins, no gates, always a number of candidates). `control_of` names
        the run that this one is the control for. `prompts_from` is the questions run whose kept rows stage 2 answers.
        `writer` is a name under [endpoints], `endpoint` the settings of one that is not there. `pilot` ends the session
        after so many requests, for a forecast; `max_cost`, `max_tokens` and `max_seconds` end it before more is spent.
        """
        from seedbed import generate

        if raw and stage == "triples":
            raise UsageError("Raw comparison rows are questions", hint="Leave --raw out, or use --stage questions")
        if target is not None and candidates is not None:
            raise UsageError("A run has a target or a number of candidates", hint="Leave one of the two out")
        settings = self._generate_settings(
            stage,
            {"target": target, "candidates": candidates, "values": tuple(values) if values else None},
            {
                "lanes": lanes, "max_cost": max_cost, "max_tokens": max_tokens, "max_seconds": max_seconds,
                "writer": writer,
            },
        )  # fmt: skip
        roles = self._roles(settings, endpoint)
        about = {"control_of": control_of, "title": self.settings.title}
        seeds, curation, taxonomy = self.seeds(), self.curation(), self._taxonomy()
        if stage == "questions":
            prepared = generate.prepare_questions(
                self.folder, settings, roles, taxonomy,
                examples=self._question_examples(seeds, curation),
                seeds={question.id: question.text for question in seeds.questions},
                run=run or ("questions" if with_seeds else "without-seeds"),
                with_seeds=with_seeds, raw=raw, pilot=pilot, about=about,
            )  # fmt: skip
        else:
            prepared = generate.prepare_triples(
                self.folder, settings, roles, taxonomy,
                pairs=self._pair_examples(curation, settings.triples.values),
                prompts=self._prompts(prompts_from),
                run=run or "triples",
                with_seeds=with_seeds, pilot=pilot, about=about,
            )  # fmt: skip
        return generate.conduct(self.folder, prepared, rejudge=rejudge, listen=listen)

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

    # --- what generation needs ---------------------------------------------------------------------------------

    def _taxonomy(self) -> Any:
        from seedbed.seeds import current_taxonomy

        return current_taxonomy(self.folder)

    def _generate_settings(self, stage: str, part: Mapping[str, Any], whole: Mapping[str, Any]) -> Any:
        """study.toml's settings with what the caller gives instead, by the same rules."""
        from pydantic import ValidationError

        made = self.settings.generate
        given = {name: value for name, value in part.items() if value is not None}
        if stage == "questions" and "values" in given:
            raise UsageError("A value belongs to triples", hint="Leave it out, or make triples: --stage triples")
        if "target" in given:
            given["candidates"] = None
        inner = {**getattr(made, stage).model_dump(), **given}
        outer = {name: value for name, value in whole.items() if value is not None}
        try:
            return type(made).model_validate({**made.model_dump(), **outer, stage: inner})
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            raise UsageError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None

    def _roles(self, settings: Any, endpoint: EndpointSettings | None) -> Roles:
        from seedbed.generate import EMBEDDED, Roles

        def named(name: str) -> EndpointSettings | None:
            return None if name in ("", EMBEDDED) else self.settings.endpoint(name)

        return Roles(endpoint or named(settings.writer), named(settings.judge), named(settings.embedder))

    def _question_examples(self, seeds: Seeds, curation: Curation) -> list[Example]:
        from seedbed.records import Example

        if not curation.pools and seeds.questions:
            raise InputError("The seeds are not curated yet", hint=f"seedbed curate {self.folder.root}")
        chosen = [curation.question(id) for id in curation.selected_questions]
        return [
            Example(
                item.id, item.text, item.topic, item.question_type, persona=item.persona, scenario=item.scenario,
                entities=item.entities,
            )
            for item in chosen
        ]  # fmt: skip

    def _pair_examples(self, curation: Curation, values: Sequence[str]) -> list[Example]:
        """The selected pairs of any of the values; those that have all of them first."""
        from seedbed.records import Example

        chosen: list[Triple] = [curation.triple(id) for id in curation.selected_triples]
        fitting = [t for t in chosen if set(values) & set(t.values) and t.misaligned and t.aligned]
        fitting.sort(key=lambda item: not set(values) <= set(item.values))
        return [
            Example(item.id, item.prompt, misaligned=item.misaligned, critique=item.critique, aligned=item.aligned)
            for item in fitting
        ]

    def _prompts(self, run: str | None) -> list[tuple[str, str]]:
        """(row id, text) of the kept questions of `run`, or of the study's one gated questions run."""
        from seedbed.engine import read_rows, read_run

        if run is None:
            found = [name for name in self.folder.run_names() if _holds_questions(read_run(self.folder.run(name)))]
            if not found:
                raise InputError("There are no questions to answer yet", hint=f"seedbed generate {self.folder.root}")
            if len(found) > 1:
                raise UsageError(f"Several runs hold questions: {', '.join(found)}", hint="Name one: --prompts RUN")
            run = found[0]
        elif not _holds_questions(read_run(self.folder.run(run))):
            raise UsageError(f"The run {run!r} holds no questions that met gates", hint="Name another: --prompts RUN")
        return [(row.id, row.verdict.text) for row in read_rows(self.folder.run(run)) if row.kept]


def _holds_questions(record: RunRecord) -> bool:
    """Whether stage 2 may answer its kept rows: questions that met gates, or were imported."""
    imported = record.stage == "imported" and record.ask.get("rows") == "questions"
    return imported or (record.stage == "questions" and not record.ask.get("raw"))
