"""Agreement: what it costs to say how far many raters agree, with intervals, and whether it is what others compute.

13,000 graded ratings by 262 raters, five of them an item, each rater in one of four groups of people. All coefficients
with 2,000 resamples of whole items: at each level of measurement, and within and between the groups. The reference
packages (krippendorff, irrCAC, scikit-learn) give the coefficients of the same table without intervals.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _bench import Check, arguments, conclude, environment, machine, watched
from _floor import peak_mib

RATINGS, RATERS, PER_ITEM, GRADES = 13_000, 262, 5, 5
SECONDS, TOLERANCE = 10.0, 1e-9


def ratings() -> list[tuple[str, str, int]]:
    """(item, rater, grade), from a fixed seed: raters lean towards an item's grade, some more severe than others."""
    import numpy as np

    rng = np.random.default_rng(262)
    severity = rng.normal(0, 0.6, RATERS)
    made = []
    for item in range(RATINGS // PER_ITEM):
        own = rng.normal(2, 1.2)
        for rater in rng.choice(RATERS, PER_ITEM, replace=False):
            grade = int(np.clip(round(own + severity[rater] + rng.normal(0, 0.9)), 0, GRADES - 1))
            made.append((f"item-{item}", f"rater-{rater}", grade))
    return made


def inner() -> dict[str, Any]:
    """Each part in this process: its CPU seconds, and the coefficients."""
    from seedbed.review.agreement import Level, Table, agree, agree_groups, cohen_pairs

    rows = ratings()
    cpu: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        began = time.process_time()
        done = work()
        cpu[name] = time.process_time() - began
        return done

    table = timed("table", lambda: Table.of(rows))
    groups = {rater: "ABCD"[number % 4] for number, rater in enumerate(table.raters)}
    levels: tuple[Level, ...] = ("nominal", "ordinal", "interval")
    found = {level: timed(level, lambda level=level: agree(table, level)) for level in levels}
    timed("within and between 4 groups", lambda: agree_groups(table, groups, "ordinal"))
    pairs = timed("Cohen of every pair", lambda: len(list(cohen_pairs(table, least=2))))
    values = {
        level: {name: one.value for name, one in each.coefficients().items() if hasattr(one, "value")}
        for level, each in found.items()
    }
    return {"cpu": cpu, "values": values, "pairs": pairs, "peak": peak_mib(), "shape": table.codes.shape}


def greatest_difference(values: dict[str, dict[str, float]]) -> float:
    """From what the reference packages say of the same ratings."""
    import krippendorff
    import numpy as np
    import pandas
    from irrCAC.raw import CAC

    rows = ratings()
    items = {item: number for number, item in enumerate(dict.fromkeys(row[0] for row in rows))}
    raters = {rater: number for number, rater in enumerate(dict.fromkeys(row[1] for row in rows))}
    table = np.full((len(items), len(raters)), np.nan)
    for item, rater, grade in rows:
        table[items[item], raters[rater]] = grade
    cac = CAC(pandas.DataFrame(table), weights="identity", categories=list(range(GRADES)), digits=15)
    theirs = [(values[each]["alpha"], krippendorff.alpha(table.T, level_of_measurement=each)) for each in values]
    theirs.append((values["nominal"]["ac1"], cac.gwet()["est"]["coefficient_value"]))
    theirs.append((values["nominal"]["fleiss"], cac.fleiss()["est"]["coefficient_value"]))
    return max(abs(own - other) for own, other in theirs)


def main() -> None:
    parser = arguments(__doc__, markdown=True)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(inner()))
        return
    ran = watched([sys.executable, str(Path(__file__).resolve()), "--child"], env=environment(), timeout=600)
    if ran.fault:
        sys.exit(f"agreement failed: {ran.fault}")
    made = json.loads(ran.out.splitlines()[-1])
    items, raters = made["shape"]
    print(f"{machine()}; {RATINGS:,} ratings of {items:,} items by {raters} raters\n")
    whole = sum(seconds for name, seconds in made["cpu"].items() if name != "Cohen of every pair")
    difference = greatest_difference(made["values"])
    lines = [
        Check("CPU, everything with intervals", whole, SECONDS, "s"),
        *(Check(f"  {name}", seconds, unit="s") for name, seconds in made["cpu"].items()),
        Check("  pairs of raters with two items in common", made["pairs"], digits=0),
        Check("CPU of the process, imports included", ran.cpu, unit="s"),
        Check("peak memory of the process", made["peak"], unit="MiB", digits=0),
        Check(
            "greatest difference from the references",
            f"{difference:.1e} (may be {TOLERANCE:.0e})",
            holds=difference <= TOLERANCE,
        ),
    ]
    conclude(lines, check=options.check, markdown=options.markdown)


if __name__ == "__main__":
    main()
