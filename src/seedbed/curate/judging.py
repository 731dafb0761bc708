"""The rules over all seeds: who is in, who is out, and which remarks are made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from seedbed.curate.bench import Bench
from seedbed.curate.decisions import BY_RULE, Place
from seedbed.curate.rules import Finding, Rule, rules_for
from seedbed.records import Decision, Question, Triple

__all__ = ["PASSED", "judge"]

Listen = Callable[[str, int, int], None]
PASSED = "all-rules"


def judge(
    seeds: Sequence[Question | Triple],
    bench: Bench,
    by_people: Mapping[Place, Decision],
    standing: Mapping[Place, Decision],
    listen: Listen = lambda what, done, total: None,
) -> list[Decision]:
    """One verdict a seed, except where a person gave one, and the remarks; in the order of ids.

    A seed is out by the first rule that excludes it; seeds that stay are what later ones are compared with. A remark
    that stands and is no longer found is taken back.
    """
    made: list[Decision] = []
    remarked = _remarked(standing)
    for done, item in enumerate(sorted(seeds, key=lambda item: item.id), 1):
        person = by_people.get((item.id, "verdict"))
        found = [(rule, rule.check(item, bench)) for rule in rules_for(item, bench.settings.off)]
        if person is None:
            fired = [(r, f) for r, f in found if f is not None and r.effect_in(bench.settings) == "excludes"]
            verdict = _verdict(item, fired, bench)
            made.append(verdict)
        else:
            verdict = person
        remarks = [
            _remark(item, r, f, bench) for r, f in found if f is not None and r.effect_in(bench.settings) != "excludes"
        ]
        if verdict.act == "include":
            bench.stays(item)
        else:
            remarks = []  # about a seed that is set aside there is nothing more to say
        made += remarks
        made += [
            Decision(item.id, "flag", BY_RULE, rule, "no longer so", detail={"cleared": True})
            for rule in sorted(remarked[item.id] - {remark.rule for remark in remarks})
        ]
        if done % 100 == 0 or done == len(seeds):
            listen("applying rules", done, len(seeds))
    return made


def _verdict(item: Question | Triple, found: list[tuple[Rule, Finding]], bench: Bench) -> Decision:
    if not found:
        seen_by = {"parser": bench.parser} if item.id in bench.parses else {}
        return Decision(item.id, "include", BY_RULE, PASSED, "no rule excludes it", detail=seen_by)
    rule, finding = found[0]
    also = [other.id for other, _ in found[1:]]
    detail: dict[str, Any] = {**finding.detail, **({"also": also} if also else {})}
    return Decision(item.id, "exclude", BY_RULE, rule.id, finding.reason, finding.measured, finding.rival, detail)


def _remark(item: Question | Triple, rule: Rule, finding: Finding, bench: Bench) -> Decision:
    detail = {**finding.detail, **({"holds": True} if rule.effect_in(bench.settings) == "holds" else {})}
    return Decision(item.id, "flag", BY_RULE, rule.id, finding.reason, finding.measured, finding.rival, detail)


def _remarked(standing: Mapping[Place, Decision]) -> dict[str, set[str]]:
    """For each seed the rules whose remark on it stands."""
    found: dict[str, set[str]] = defaultdict(set)
    for (subject, _), old in standing.items():
        if old.act == "flag" and not old.detail.get("cleared"):
            found[subject].add(old.rule)
    return found
