"""Facts of what people judged: how often they differed, how hard they found it, where labels come from."""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean

from seedbed.release.choose import Tally
from seedbed.release.documents.facts import Facts
from seedbed.release.sources import Sources

__all__ = ["gather_ratings"]

_FROM = "people.db, streams seeds, board/* and review/*"
_ASKED = ("difficulty", "confidence")


def gather_ratings(facts: Facts, sources: Sources, tally: Tally, k: int) -> None:
    """Disagreement by scale, difficulty and confidence (at least `k` answers), rating tasks, the inspector's labels."""
    latest: dict[tuple[str, str], dict[str, float | str]] = defaultdict(dict)
    for rating in sources.ratings:
        latest[rating.scale, rating.subject][rating.rater] = rating.value
    by_scale: dict[str, list[dict[str, float | str]]] = defaultdict(list)
    for (scale, _), given in latest.items():
        by_scale[scale].append(given)
    found = []
    for scale in sorted(by_scale):
        several = [given for given in by_scale[scale] if len(given) > 1]
        if several and scale not in _ASKED:
            differ = sum(len(set(given.values())) > 1 for given in several)
            found.append({"scale": scale, "rows": len(several), "differ": differ})
    facts.add(
        "disagreements", found, _FROM,
        "rows that two or more people judged on a scale, and those of them on which their answers differ",
    )  # fmt: skip
    for name in _ASKED:
        answers = [value for given in by_scale[name] for value in map(_number, given.values()) if value is not None]
        facts.add(
            name, {"mean": round(fmean(answers), 2), "answers": len(answers)} if len(answers) >= k else None,
            _FROM, f"mean of the answers, 1 to 5; withheld below {k} answers",
        )  # fmt: skip
    tasks = [
        {"task": task.name, "rows": task.items, "rated": task.rated, "ratings": task.ratings,
         "median_seconds": task.median_s, "hours": round(task.seconds / 3600, 2)}
        for task in sources.process.tasks
    ]  # fmt: skip
    facts.add("rating_tasks", tasks, "people.db, streams review/*", "ratings that stand, and the time that they took")
    labelled = [{"role": role, "label_from": by, "rows": n} for (role, by), n in sorted(tally.labelled.items())]
    facts.add("labels", labelled, "inspector/", "rows by role and label_from")


def _number(value: float | str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if number == number else None
