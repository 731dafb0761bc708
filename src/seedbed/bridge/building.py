"""The act: take up what stands on the boards, curate, grow, choose, and write the choice down."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from seedbed.bridge.choosing import Choice, Offer, Taken, choose
from seedbed.bridge.plan import Note, Plan, Ref, read_plan, write_plan
from seedbed.bridge.resolving import bridge_runs, grown, seeds_to_offer
from seedbed.errors import InputError
from seedbed.llm.settings import EMBEDDED

if TYPE_CHECKING:
    from seedbed.acts import Study
    from seedbed.generate import Listener, RunSummary

__all__ = ["SURPLUS", "Built", "build"]

SURPLUS, SURPLUS_EMBEDDED = 2, 1
"""Rows to grow for each prompt wanted: a choice needs something to leave out, and a facilitator something to swap.

The embedded model keeps more than its target anyway, for a request brings four candidates for a cell that is to have
one. On two busy cores a target of 20 left 39 rows of 92 candidates in 2.7 minutes, one of 40 left 64 of 196 in 6.
"""

Listen = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """`finished` is False when growing was interrupted: the same call goes on. `plan` is then None, and also when
    every group has its prompts already."""

    finished: bool
    run: str = ""
    plan: Plan | None = None

    def to_json(self) -> dict[str, Any]:
        """Counts and ids, no words."""
        plan = self.plan
        if plan is None:
            return {"run": self.run, "groups": {}, "spare": 0, "notes": [], "generated": 0, "kept": 0}
        return {
            "run": plan.run, "source": plan.source, "groups": {group: len(refs) for group, refs in plan.groups.items()},
            "spare": len(plan.spare), "notes": [asdict(note) for note in plan.notes], "generated": plan.generated,
            "kept": plan.kept,
        }  # fmt: skip


def build(
    study: Study,
    *,
    groups: Mapping[str, Sequence[Taken]],
    source: Literal["grown", "seeds"] = "grown",
    per_group: int = 10,
    writer: str | None = None,
    listen: Listen = lambda what, done, total: None,
    watch: Listener = lambda progress, goal: None,
) -> Built:
    """Choose prompts until each of `groups` has `per_group`, beside those that it has (its value in `groups`).

    A choice that was made and not given whole is returned as it is. `writer` names the model that grows, as in
    `Study.generate`. Raises InputError where there are no seeds, and what curating and generating raise.
    """
    plan = read_plan(study.folder)
    if plan is not None and not plan.given and (plan.source, plan.per_group) == (source, per_group):
        return Built(True, plan.run, plan)
    wanted = {group: per_group - sum(one.current for one in each) for group, each in groups.items()}
    wanted = {group: number for group, number in wanted.items() if number > 0}
    if not wanted:
        return Built(True, plan.run if plan else "")
    listen("curating", 0, 0)
    study.curate(listen=listen)  # which takes up what stands on the boards
    made: RunSummary | None = None
    if source == "grown":
        surplus = SURPLUS_EMBEDDED if (writer or study.settings.generate.writer) in ("", EMBEDDED) else SURPLUS
        made = _grow(study, surplus * sum(wanted.values()), writer, listen, watch)
        if not made.complete and not made.stopped_by:
            return Built(False, made.name)
    listen("choosing", 0, 0)
    curation = study.curation()
    offers = [*(grown(study.folder, curation) if made else ()), *seeds_to_offer(curation)]
    choice = choose(offers, wanted, taken=groups)
    plan = Plan(
        run=made.name if made else "",
        source=source,
        per_group=per_group,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        groups={group: tuple(map(_ref, given)) for group, given in choice.given.items()},
        # of seeds there are as many as people wrote: these are enough to swap from
        spare=tuple(map(_ref, choice.spare[:200])),
        notes=tuple(_notes(choice, made)),
        generated=made.generated if made else 0,
        kept=made.kept if made else 0,
    )
    write_plan(study.folder, plan)
    return Built(True, plan.run, plan)


def _notes(choice: Choice, made: RunSummary | None) -> Iterator[Note]:
    if made is not None:
        if made.stopped_by:
            yield Note("stopped_by", text=made.stopped_by)
        for group, given in choice.given.items():
            if instead := sum(one.source == "seed" for one in given):
                yield Note("seeds_instead", group, instead)
    for group, number in choice.lacking.items():
        yield Note("lacking", group, number)


def _ref(offer: Offer) -> Ref:
    return Ref(offer.id, offer.source, offer.run)


def _grow(study: Study, target: int, writer: str | None, listen: Listen, watch: Listener) -> RunSummary:
    """Go on with the bridge run that was interrupted, or begin the next one."""
    names = bridge_runs(study.folder)
    unfinished = names[-1] if names and not (study.folder.run(names[-1]) / "summary.json").is_file() else None
    listen("opening the model", 0, 0)
    if unfinished is not None:
        # with other seeds or groups than it had, it cannot go on: what it kept stays on offer, and a new run begins
        with contextlib.suppress(InputError):
            return study.generate(stage="questions", run=unfinished, target=target, writer=writer, listen=watch)
    fresh = next(name for number in count(1) if not study.folder.run(name := f"bridge-{number}").exists())
    return study.generate(stage="questions", run=fresh, target=target, writer=writer, listen=watch)
