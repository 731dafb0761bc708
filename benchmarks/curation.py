"""Curation of 10,000 seeds: what a page of the table, a bulk preview, an act and the choice of examples cost.

The study is made up: questions from word lists, 300 authors in 12 groups, four decisions by rules on each. Everything
runs in this process, as a server would do it: the seeds and decisions are read once, then kept up to date.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from _bench import ROOT, Check, arguments, conclude, machine
from _choosing import selection
from _questions import made_up

sys.path.insert(0, str(ROOT / "src"))

ROWS = 10_000
MS = 200.0  # of CPU: the promise for a filter, a bulk preview, and an act on one seed
# nobody is promised these two, half of all rows in one act and what is read once: 282 and 728 ms where nothing else ran
LIMITS = {"bulk act on the flagged": 600.0, "the first use: all words read": 1_500.0}
TOPICS = ("health", "travel", "finance", "customer-care", "personal-context", "education")
TYPES = tuple(f"type-{number}" for number in range(20))
T = TypeVar("T")


class Clock:
    """CPU milliseconds of this process by what was done; the most of several times."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}

    def __call__(self, what: str, work: Callable[[], T]) -> T:
        began = time.process_time()
        done = work()
        self.ms[what] = max(self.ms.get(what, 0.0), 1000 * (time.process_time() - began))
        return done


def study(root: Path) -> Path:
    """A study of `ROWS` questions, judged as the rules would judge them."""
    from seedbed.acts import Study
    from seedbed.curate.decisions import encode as encode_decision
    from seedbed.records import Decision, Question
    from seedbed.seeds.codec import encode
    from seedbed.study.events import EventStore

    draw = random.Random(33)
    texts = made_up(ROWS)
    seeds, decisions = [], []
    for number, text in enumerate(texts):
        id = f"g{number % 12}-q{number}"
        seeds.append(
            Question(
                id, text, topic=draw.choice(TOPICS), question_type=draw.choice(TYPES), group=str(number % 12),
                authors=(f"p{draw.randrange(300)}",),
            )
        )  # fmt: skip
        by_rule = {"actor": "rule", "subject": id}
        if draw.random() < 0.2:
            decisions.append(
                Decision(act="exclude", rule="near-duplicate", reason="nearly the words of g0-q0", measured=0.8,
                         rival="g0-q0", **by_rule)
            )  # fmt: skip
        else:
            decisions.append(Decision(act="include", rule="all-rules", reason="no rule excludes it", **by_rule))
        pool = {"pool": "evaluation" if draw.random() < 0.2 else "alignment"}
        decisions.append(Decision(act="pool", rule="pool", reason="drawn", detail=pool, **by_rule))
        chosen = {"in": number < 33, "order": number + 1} if number < 43 else {"in": False}
        decisions.append(
            Decision(act="select", rule="balanced-choice", reason="others first", detail=chosen, **by_rule)
        )
        if draw.random() < 0.5:
            decisions.append(Decision(act="flag", rule="no-verb-noun", reason="no verb with a noun", **by_rule))
    folder = Study.new(root).folder
    with EventStore.of(folder) as store:
        store.append("seeds", "import", map(encode, seeds))
        store.append("curate", "rule", map(encode_decision, decisions))
    return root


def measure(root: Path) -> tuple[Clock, dict[str, int]]:
    """Each act at the desk of a server, on the study at `root`."""
    from seedbed.curate import Bulk, Desk, Filter, apply, decide, preview, undo
    from seedbed.study import Folder

    folder = Folder(root)
    clock = Clock()
    desk = clock("the first look: seeds and decisions read", lambda: Desk(folder))
    clock("the first look: seeds and decisions read", desk.look)
    table = clock("the table made", desk.table)
    pages = {
        "a page with all facets": (Filter(), "id", False),
        "by group, state and rule": (
            Filter(group=("1", "2"), state=("included",), rule=("no-verb-noun",)),
            "author",
            True,
        ),
        "by words": (Filter(q="how people"), "measured", True),
        "by 100 authors": (Filter(author=tuple(f"p{n}" for n in range(100))), "topic", False),
    }
    found: dict[str, int] = {}
    for name, (wanted, sort, descending) in pages.items():
        page = clock(name, lambda w=wanted, s=sort, d=descending: table.page(w, s, d, limit=100))  # type: ignore[misc]
        found[name] = page.total
        clock(f"{name}, as JSON", lambda p=page: [row.to_json() for row in p.rows])  # type: ignore[misc]
    flagged = Bulk("exclude", Filter(rule=("no-verb-noun",)))
    clock("bulk preview: all that a rule flags", lambda: preview(desk, flagged))
    clock("bulk preview: every row", lambda: preview(desk, Bulk("nuanced", Filter(), detail={"nuanced": True})))
    for number in range(3):
        clock("one decision", lambda n=number: decide(folder, f"g1-q{1 + 12 * n}", "exclude", "Off.", "ana", desk=desk))  # type: ignore[misc]
        table = clock("a page after a decision", desk.table)
        clock("a page after a decision", lambda t=table: t.page(Filter(), "group"))  # type: ignore[misc]
    shown = preview(desk, flagged)
    done = clock("bulk act on the flagged", lambda: apply(folder, flagged, shown.token, "All.", "ana", desk=desk))
    found["flagged"] = done.preview.changes
    clock("the bulk act undone", lambda: undo(folder, done.batch, "ana", desk=desk))
    clock("the first use: all words read", lambda: decide(folder, "g5-q5", "use", "", "ana", use="test", desk=desk))
    desk.table()
    for number in range(3):
        id = f"g6-q{6 + 12 * number}"
        clock(
            "one use: the pool of all that is alike",
            lambda i=id: decide(folder, i, "use", "", "ana", use="test", desk=desk),
        )  # type: ignore[misc]
        table = clock("a page after a use", desk.table)
        clock("a page after a use", lambda t=table: t.page(Filter(), "group"))  # type: ignore[misc]
    return clock, found


def main() -> None:
    parser = arguments(__doc__, markdown=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        clock, found = measure(study(Path(name) / "study"))
    print(f"{machine()}; {ROWS:,} made-up questions; {found['flagged']:,} of them flagged\n")
    promised = ("page", "by ", "bulk preview", "one ")
    lines = [
        Check(what, ms, MS if what.startswith(promised) or "page" in what else LIMITS.get(what), "ms", 0)
        for what, ms in clock.ms.items()
    ]
    lines += selection()
    conclude(lines, check=options.check, markdown=options.markdown)


if __name__ == "__main__":
    main()
