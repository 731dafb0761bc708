"""The card's sections on people: what they contributed, what curation decided, and who they are in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seedbed.release.documents import prose
from seedbed.release.documents.card_data import Card
from seedbed.release.documents.markdown import cell, many, of, table

__all__ = ["contributions", "people"]


def contributions(card: Card) -> Iterable[str]:
    facts, written = card.facts, card.facts["contributions"]
    if not written:
        yield "The study holds no rows of people."
        return
    *groups, everybody = written
    columns = ("questions", "questions_released", "pairs", "pairs_released")
    lines = [(cell(group["group"]), *(f"{group[name]:,}" for name in columns)) for group in groups]
    lines.append(("**All**", *(f"{everybody[name]:,}" for name in columns)))
    yield table(
        ("Group", "Questions written", "of which released", "Pairs written", "of which released"),
        lines,
        right=(1, 2, 3, 4),
    )
    yield facts.told("contributions")
    if pairs := facts["human_pairs"]:
        yield "Whose words the released pairs hold, as recorded:"
        lines = [(f"`{one['field']}`", one["written_by"], of(one["pairs"], pairs)) for one in facts["writers"]]
        yield table(("Field", "Written by", "Pairs"), lines, right=(2,))
        yield facts.told("writers", "human_pairs")
    yield from _provenance(card)
    if chosen := facts["chosen"]:
        both = f"{many(chosen['questions'], 'question')} and {many(chosen['pairs'], 'pair')}"
        yield f"Curation chose {both} of all these as the set from which prompts take their examples."
        yield facts.told("chosen")
    if decisions := facts["decisions"]:
        yield "Decisions of curation, each in `decisions.jsonl`:"
        yield table(
            ("Act", "Rule", "Decided by", "Decisions"),
            [(one["act"], f"`{cell(one['rule'])}`", one["by"], f"{one['decisions']:,}") for one in decisions],
            right=(3,),
        )
        yield facts.told("decisions")


def _provenance(card: Card) -> Iterable[str]:
    """Where rows of people come from, as stated; beyond the ten most frequent, only how many more there are."""
    stated = card.facts["stated"]
    if not stated:
        return
    lines = [(cell(one["source"]), f"{one['rows']:,}") for one in stated[:10]]
    yield "Where the released rows of people come from, as their `source` states it:"
    yield table(("Source", "Rows"), lines, right=(1,))
    if len(stated) > 10:
        yield "The ten most frequent; facts.json has them all."
    yield card.facts.told("stated")


def people(card: Card) -> Iterable[str]:
    facts, k, total = card.facts, card.facts["k"], card.facts["people.total"]
    if total == 0:
        yield "The study has no record of who took part."
        return
    against, as_of = facts["people.against"], facts["people.as_of"]
    if total is None and against:
        yield (
            f"Nothing is told of the people: less the counts of {_releases(against)}, new counts would come to fewer "
            f"than {k}, and say of somebody who came or went what they are."
        )
        return
    if total is None:
        yield f"Fewer than {k} people took part; nothing is told of them."
        return
    yield f"{total:,} people took part."
    if as_of:
        yield (
            f"These are the counts of release {as_of}, told again. Of the people who are on record by now some came or "
            f"went, and new counts less those of {_releases(against)} would come to fewer than {k}."
        )
    if by := facts["people.by"]:
        lines = [(one["attribute"], cell(one["value"]) or "*others*", f"{one['people']:,}") for one in by]
        yield table(("Attribute", "Value", "People"), lines, right=(2,))
    if withheld := facts["people.withheld"]:
        less = f", or counts less those of {_releases(against)} would be too small" if against and not as_of else ""
        yield f"Not shown, because too few people share a value{less}: {', '.join(withheld)}."
    if (both := facts["people.role_by_group"]) is None:
        yield f"Role by group is not shown: some cell holds fewer than {k} people."
    else:
        cells = [(cell(one["role"]), cell(one["group"]), f"{one['people']:,}") for one in both]
        yield table(("Role", "Group", "People"), cells, right=(2,))
    yield facts.told("people.total", "people.by", "people.role_by_group")
    yield prose.RULE_FOR_PEOPLE.format(k=k)
    if alone := facts["people.single_out"]:
        yield (
            f"**Being known again.** Tested were each attribute, each pair, and all together. By {_singled(alone)} "
            f"fewer than {k} people could be told from the rest, so those counts are not in the release. Whoever knows "
            "who took part may still guess whose a text is from what it says."
        )
        yield facts.told("people.single_out")


def _releases(versions: Sequence[str]) -> str:
    return f"release{'s' if len(versions) > 1 else ''} {', '.join(versions)}"


def _singled(combinations: Sequence[Sequence[str]]) -> str:
    """Single attributes by name; of pairs how many; all together."""
    alone = [each[0] for each in combinations if len(each) == 1]
    pairs = sum(len(each) == 2 for each in combinations)
    said = ([", ".join(alone)] if alone else []) + ([f"{pairs} of the pairs"] if pairs else [])
    if any(len(each) > 2 for each in combinations):
        said.append("all together")
    return " and ".join((", ".join(said[:-1]), said[-1]) if len(said) > 1 else said)
