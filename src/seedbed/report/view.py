"""Which sets of an assessment the report speaks of, and what each is called.

    seeds               the in-context set where one was chosen, and all seeds beside it
    kept, generated     of the run that the settings name, else of the run with gates that kept the most rows
    with_, without      generated rows of a control and of the run that it is the control for

Three groups, in this order in every figure: seeds, synthetic, and the comparison of a control with its run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from seedbed.assess.document import Assessment, Funnel, Role, RowSet
from seedbed.errors import UsageError
from seedbed.report.settings import ReportSettings

__all__ = ["Arm", "Arms", "Group", "arms_of", "groups"]

Stage = Literal["questions", "triples"]


@dataclass(frozen=True, slots=True)
class Arm:
    """A set of rows as the report calls it. `filled`: chosen or kept rows; pale ones are all there were."""

    info: RowSet
    name: str
    filled: bool

    @property
    def key(self) -> str:
        return self.info.key

    @property
    def role(self) -> Role:
        return self.info.role

    @property
    def n(self) -> int:
        return self.info.n


@dataclass(frozen=True, slots=True)
class Arms:
    """The arms of one stage; any may be missing. `run` is the funnel of the run that is shown."""

    seeds: Arm | None
    all_seeds: Arm | None
    kept: Arm | None
    generated: Arm | None
    with_: Arm | None
    without: Arm | None
    run: Funnel | None

    @property
    def base(self) -> Arm | None:
        """The seeds that rows are compared with: those that were shown as examples, else all."""
        return self.seeds or self.all_seeds

    @property
    def shown(self) -> Arm | None:
        """The synthetic rows that titles speak of: kept ones, else generated ones."""
        return self.kept or self.generated or self.with_

    def all(self) -> list[Arm]:
        found = (self.seeds, self.all_seeds, self.kept, self.generated, self.with_, self.without)
        return [arm for arm in found if arm is not None]


@dataclass(frozen=True, slots=True)
class Group:
    """One panel of a figure: its arms from top to bottom, or why there are none."""

    title: str
    arms: tuple[Arm, ...]
    missing: str = ""


def arms_of(assessment: Assessment, stage: Stage, settings: ReportSettings) -> Arms:
    """The arms of a stage. Raises UsageError when the settings name a run that was not assessed."""
    sets = {item.key: item for item in assessment.sets if item.stage == stage}
    prefix = "seeds" if stage == "questions" else "pairs"
    chosen, whole = sets.get(f"{prefix}/in-context"), sets.get(f"{prefix}/all")
    run = _shown_run(assessment, stage, settings)
    kept = sets.get(f"run/{run.run}/kept") if run else None
    generated = sets.get(f"run/{run.run}/generated") if run else None
    controls = (item for item in sets.values() if item.role == "control" and item.selection == "generated" and item.n)
    # swapped and dosed runs are controls too, with seeds of their own. A pair without given first words says most of
    # what the examples do; else that of the run that is shown
    control = max(
        (item for item in controls if item.with_seeds is False),
        key=lambda item: (item.raw, run is not None and item.control_of == run.run, item.n),
        default=None,
    )
    partner = sets.get(f"run/{control.control_of}/generated") if control else None
    return Arms(
        seeds=_arm(chosen, "shown as examples", filled=True),
        all_seeds=_arm(whole, "all seeds", filled=chosen is None),
        kept=_arm(kept, "proposed" if run and run.proposals else "kept", filled=True),
        generated=_arm(generated, "generated", filled=False),
        with_=_arm(partner, "with seeds", filled=False) if control and partner and partner.n else None,
        without=_arm(control, "without seeds", filled=False) if partner and partner.n else None,
        run=run,
    )


def groups(arms: Arms, *, stage: Stage) -> tuple[Group, Group, Group]:
    """The three panels of a figure, in their fixed order."""
    unit = "questions" if stage == "questions" else "triples"
    return (
        Group("Seeds", _present(arms.seeds, arms.all_seeds), f"There are no seed {unit}."),
        Group(
            "Synthetic",
            _present(arms.kept, arms.generated),
            f"No synthetic {unit} were generated yet.",
        ),
        Group(
            "Control, beside its run",
            _present(arms.with_, arms.without),
            f"There is no control for {unit}: nothing here can say what the seeds did.",
        ),
    )


def _present(*arms: Arm | None) -> tuple[Arm, ...]:
    return tuple(arm for arm in arms if arm is not None and arm.n)


def _arm(info: RowSet | None, name: str, *, filled: bool) -> Arm | None:
    return None if info is None else Arm(info, name, filled)


def _shown_run(assessment: Assessment, stage: Stage, settings: ReportSettings) -> Funnel | None:
    wanted = settings.run if stage == "questions" else settings.triples_run
    here = [funnel for funnel in assessment.funnels if funnel.stage == stage]
    if wanted:
        named = next((funnel for funnel in here if funnel.run == wanted), None)
        if named is None:
            raise UsageError(
                f"The run {wanted!r} that the report should show was not assessed",
                hint=f"Runs of {stage} in the assessment: {', '.join(f.run for f in here) or 'none'}",
            )
        return named
    return _best([f for f in here if f.role == "synthetic" and not f.raw])


def _best(funnels: Sequence[Funnel]) -> Funnel | None:
    # no gate turned any row of an imported table away: by its count it would stand before every run made here
    return max(funnels, key=lambda funnel: (not funnel.imported, funnel.kept, funnel.generated), default=None)
