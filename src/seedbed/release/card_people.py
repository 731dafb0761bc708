"""The card's sections on people: what they contributed, what curation decided, and who they are in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from seedbed.release import prose
from seedbed.release.card_data import Card
from seedbed.release.funnel import of
from seedbed.release.markdown import cell, many, table
from seedbed.release.people import ATTRIBUTES, cross, margin

__all__ = ["contributions", "people"]


def contributions(card: Card) -> Iterable[str]:
    tally = card.tally
    groups = sorted({group for group, _ in tally.contributed}, key=lambda name: (len(name), name))
    if not groups:
        yield "The study holds no rows of people."
        return
    kinds = ("questions", "pairs")

    def line(name: str, chosen: Sequence[str]) -> tuple[str, ...]:
        numbers = (
            (sum(t[group, kind] for group in chosen) for t in (tally.contributed, tally.shared)) for kind in kinds
        )
        return (name, *(f"{number:,}" for pair in numbers for number in pair))

    lines = [line(cell(group) or "no group", [group]) for group in groups] + [line("**All**", groups)]
    yield table(
        ("Group", "Questions written", "of which released", "Pairs written", "of which released"),
        lines,
        right=(1, 2, 3, 4),
    )
    if card.human_pairs:
        yield "Whose words the released pairs hold, as recorded:"
        lines = [
            (f"`{field}`", writer, of(count, card.human_pairs))
            for (field, writer), count in sorted(tally.writers.items())
        ]
        yield table(("Field", "Written by", "Pairs"), lines, right=(2,))
    yield from _provenance(card)
    if selected := card.sources.selected:
        questions = sum(question.id in selected for question in card.sources.questions)
        chosen = f"{many(questions, 'question')} and {many(len(selected) - questions, 'pair')}"
        yield f"Curation chose {chosen} of all these as the set from which prompts take their examples."
    acts = Counter((d.act, d.rule or "–", "rule" if d.actor == "rule" else "person") for d in card.sources.decisions)
    if acts:
        yield "Decisions of curation, each in `decisions.jsonl`:"
        yield table(
            ("Act", "Rule", "Decided by", "Decisions"),
            [(act, f"`{cell(rule)}`", who, f"{count:,}") for (act, rule, who), count in sorted(acts.items())],
            right=(3,),
        )


def _provenance(card: Card) -> Iterable[str]:
    """Where rows of people come from, as stated; beyond the ten most frequent, only how many more there are."""
    stated = sorted(card.tally.stated.items(), key=lambda item: (-item[1], item[0]))
    if not stated:
        return
    lines = [(cell(source), f"{count:,}") for source, count in stated[:10]]
    if rest := sum(count for _, count in stated[10:]):
        lines.append(("*others*", f"{rest:,}"))
    yield "Where the released rows of people come from, as their `source` states it:"
    yield table(("Source", "Rows"), lines, right=(1,))


def people(card: Card) -> Iterable[str]:
    everyone, k = card.sources.people, card.settings.k
    if not everyone:
        yield "The study has no record of who took part."
        return
    if len(everyone) < k:
        yield f"Fewer than {k} people took part; nothing is told of them."
        return
    yield f"{len(everyone):,} people took part."
    lines: list[tuple[str, str, str]] = []
    withheld: list[str] = []
    for attribute, name in ATTRIBUTES.items():
        counts = margin([getattr(person, attribute) for person in everyone], k)
        if not counts.shown:
            withheld.append(name.lower())
            continue
        lines += [(name, cell(value), f"{count:,}") for value, count in counts.shown]
        if counts.others:
            lines.append((name, "*others*", f"{counts.others:,}"))
    if lines:
        yield table(("Attribute", "Value", "People"), lines, right=(2,))
    if withheld:
        yield f"Not shown, because too few people share a value: {', '.join(withheld)}."
    both = cross(everyone, "role", "group", k)
    if both is None:
        yield f"Role by group is not shown: some cell holds fewer than {k} people."
    else:
        cells = [(cell(role), cell(group), f"{count:,}") for (role, group), count in both.items()]
        yield table(("Role", "Group", "People"), cells, right=(2,))
    yield prose.RULE_FOR_PEOPLE.format(k=k)
