"""What two runs side by side allow to conclude, and what they do not, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from seedbed.engine import RunRecord
from seedbed.runs.proportions import Share

if TYPE_CHECKING:
    from seedbed.runs.comparing import Changed, Side

__all__ = ["conclusions"]

# What decides how full a run becomes, and where: by these acceptance moves without the model or the seeds doing better.
_SIZE = {"target", "candidates", "patience"}
_PLAN = {"plan", "taxonomy", "taxonomy_digest", "topics_digest", "values", "prompts", "prompts_digest", "best_of"}
_ALIKE = 1.2  # a design effect below this widens an interval by less than a tenth


def conclusions(
    records: Sequence[RunRecord],
    settings: Sequence[Changed],
    sides: Sequence[Side],
    difference: tuple[float, float, float] | None,
    first: tuple[Share, Share, tuple[float, float, float]] | None,
) -> Iterator[str]:
    """Sentences, the most important first."""
    a, b = sides
    asked = {changed.key.partition(".")[0] for changed in settings if changed.kind == "ask"}
    judged = any(changed.kind == "verdict" for changed in settings)
    if records[0].stage == "imported":
        yield "Imported rows met no gate of this study, so their acceptance says nothing; only their texts compare."
        return
    yield _single(asked, judged)
    obstacles = list(_obstacles(records, asked, judged, a, b))
    yield from obstacles
    if difference is None:
        yield "One of the two has no judged row yet, so there is no acceptance to compare."
        return
    yield _verdict(a, b, difference, comparable=not obstacles)
    if first is not None and not judged:
        of, (value, low, high) = first[0].of, first[2]
        yield (
            f"Over the first {of:,} candidates of each, equally full, the difference is {_points(value)} points "
            f"({_points(low)} to {_points(high)})."
        )
    effect = max(a.design_effect, b.design_effect)
    if effect >= _ALIKE:
        yield (
            f"Rows of one request are alike (design effect {effect:.1f}): the true intervals are about "
            f"{effect**0.5:.1f} times as wide as those shown."
        )
    yield "Acceptance is the share that the gates let pass. It is not the quality of the rows: read some of both."


def _single(asked: set[str], judged: bool) -> str:
    """Whether a difference in what came out can be laid on one cause."""
    causes = sorted(asked) + (["gates"] if judged else [])
    if not causes:
        return (
            "Nothing that is recorded differs in their settings: what differs in the rows comes from the model itself."
        )
    if causes in (["with_seeds"], ["examples", "examples_digest"], ["examples_digest"]):
        return "Only the seeds shown differ: a difference between their rows can be laid on the seeds."
    if len(causes) == 1:
        return f"Only one setting differs ({causes[0]}): a difference between their rows can be laid on it."
    return (
        f"{len(causes)} settings differ ({', '.join(causes)}): no difference between their rows can be laid on one "
        "of them alone."
    )


def _obstacles(records: Sequence[RunRecord], asked: set[str], judged: bool, a: Side, b: Side) -> Iterator[str]:
    """Why their acceptance is not comparable."""
    for side in (a, b):
        if not side.complete:
            yield f"{side.name} is unfinished: its acceptance so far is that of an emptier run, and will fall."
    raw = [record.verdict.get("order") == [] for record in records]
    if any(raw):
        names = " and ".join(side.name for side, bare in zip((a, b), raw, strict=True) if bare)
        yield f"No gate judged {names}: its acceptance only says how many replies could be read."
    elif judged:
        yield "Their gates differ: acceptance then says how strict the gates are, not how good the rows."
    if asked & _SIZE or _far(a.generated, b.generated):
        yield "They differ in size. Acceptance falls while a run fills, so the smaller one looks better than it is."
    if differing := sorted(asked & _PLAN):
        yield f"They ask for different things ({', '.join(differing)}): some topics and prompts are harder than others."


def _verdict(a: Side, b: Side, difference: tuple[float, float, float], *, comparable: bool) -> str:
    value, low, high = difference
    more, less = (b, a) if value > 0 else (a, b)
    told = f"({_points(value)} points, {_points(low)} to {_points(high)}, {b.name} less {a.name})"
    if low <= 0 <= high:
        return f"Their acceptance cannot be told apart {told}."
    sure = "" if comparable else ", for whatever reason; see above"
    return f"{more.name} has more of its rows accepted than {less.name} {told}{sure}."


def _far(one: int, other: int) -> bool:
    """More than a tenth apart."""
    return abs(one - other) > 0.1 * max(one, other)


def _points(value: float) -> str:
    return f"{100 * value:+.1f}"
