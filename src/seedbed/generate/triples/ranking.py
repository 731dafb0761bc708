"""Which of several candidates that pass every gate is taken: the one of which most can be expected.

By the inspector, where there is one: an aligned response with a high score, a misaligned one with a low score. It may
rank long before it may judge, because a wrong order costs less than a wrong verdict. Else by mean log-probability, and
where the endpoint reports none, in the order they came.
"""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.generate.triples.bench import TripleBench
from seedbed.generate.triples.options import Option, Part

__all__ = ["ranked"]


def ranked(bench: TripleBench, prompt: str, part: Part, options: Sequence[Option]) -> tuple[list[Option], str]:
    """The best first, and by what: "inspector", "logprob" or "order". What a model judge gave a verdict on comes before
    what it was not asked about."""
    likely = [o["logprob"] if o["logprob"] is not None else 0.0 for o in options]
    by = "logprob" if any(o["logprob"] is not None for o in options) else "order"
    if bench.inspector is None:
        worth = [0.0 for _ in options]
    else:
        by, sign = "inspector", 1 if part == "aligned" else -1
        scores = [bench.aligned_score(prompt, option) for option in options]
        worth = [-9.0 if score is None else sign * score for score in scores]
    order = sorted(range(len(options)), key=lambda i: (not _judged(options[i]), -worth[i], -likely[i]))
    return [options[i] for i in order], by


def _judged(option: Option) -> bool:
    return any(verdict["says"] for verdict in option.get("judged", {}).values())
