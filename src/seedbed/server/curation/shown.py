"""The table of curation and all that stands on a seed, as pages are shown it. Pure functions of what is at the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from seedbed.curate import Filter, Logged, TableRow
from seedbed.curate.decisions import BY_PERSON, is_undo, place
from seedbed.curate.desk import Sight
from seedbed.curate.table import Table
from seedbed.records import Question, Triple
from seedbed.seeds.contributions import row_of
from seedbed.server.curation.asked import FilterAsked, LogAsked, TableAsked
from seedbed.server.curation.schemas import (
    BulkShown,
    CurationRow,
    DecisionRow,
    DecisionRows,
    FacetShown,
    MergedShown,
    NearSeed,
    RatingShown,
    SeedInFull,
    TablePage,
    TakenBack,
    VersionShown,
)
from seedbed.server.refusals import Refusal

__all__ = ["decision_rows", "filter_of", "page", "people", "row", "rows", "seed", "titles"]

Names = Mapping[str, str]
_NEAREST = 6
_NEAR = 50.0  # of 100, from which on words in common say something
_COMPARED = 2_000  # characters of a seed that are compared


def filter_of(asked: FilterAsked) -> Filter:
    """What is asked, as the table knows it: a "flag" is its "rule"."""
    given = asked.model_dump(include=set(FilterAsked.model_fields) - {"flag", "q"})
    return Filter(**{name: tuple(values) for name, values in given.items()}, rule=tuple(asked.flag), q=asked.q)


def titles() -> dict[str, str]:
    """Each rule's title by its id."""
    from seedbed.curate.criteria import rules_listed  # with the rules come numpy and rapidfuzz: some 20 MB

    return {rule.id: rule.title for kind in ("question", "triple") for rule in rules_listed(kind)}


def row(found: TableRow, named: Mapping[str, str] | None = None) -> CurationRow:
    """`named` are the rules' titles."""
    named = titles() if named is None else named
    told = found.to_json()
    for flag in told["flags"]:
        flag["title"] = named.get(flag["rule"], flag["rule"])
    return CurationRow.model_validate(told)


def rows(found: Iterable[TableRow]) -> list[CurationRow]:
    named = titles()
    return [row(one, named) for one in found]


def people(names: Names, found: Iterable[TableRow], more: Iterable[str] = ()) -> dict[str, str]:
    """The names of whoever is named in `found`, and of `more`."""
    ids = dict.fromkeys(more)
    for one in found:
        ids |= dict.fromkeys((*one.authors, one.decided_by, *(flag.dismissed_by for flag in one.flags)))
    return {id: names[id] for id in ids if id in names}


def page(table: Table, asked: TableAsked, names: Names) -> TablePage:
    by = "rule" if asked.sort == "flag" else asked.sort
    found = table.page(filter_of(asked), by, asked.descending, asked.offset, asked.limit)
    labels = _labels(table.sight, names)
    facets = {}
    for name, counts in found.facets.items():
        known = labels.get(name, {})
        facets["flag" if name == "rule" else name] = [
            FacetShown(value=value, label=known.get(value, value), count=count) for value, count in counts.items()
        ]
    return TablePage(
        rows=rows(found.rows), total=found.total, offset=asked.offset, facets=facets, people=people(names, found.rows),
        seq=table.sight.at,
    )  # fmt: skip


def _labels(sight: Sight, names: Names) -> dict[str, Mapping[str, str]]:
    taxonomy = sight.taxonomy
    return {
        "topic": {item.id: item.label for item in taxonomy.topics},
        "question_type": {item.id: item.label for item in taxonomy.question_types},
        "value": {item.id: item.label for item in taxonomy.values},
        "rule": titles(),
        "author": names,
    }


# --- the log -----------------------------------------------------------------------------------------------------


def decision_rows(sight: Sight, asked: LogAsked, names: Names) -> DecisionRows:
    """A page of the log, newest first."""
    shown: list[Logged] = []
    newest = {name: seqs[-1] for name, seqs in sight.have.people.batches.items()}
    for one in reversed(sight.curation.log):
        by_person = one.decision.rule == BY_PERSON
        if (
            (asked.before is not None and one.seq >= asked.before)
            or (asked.subject is not None and one.decision.subject != asked.subject)
            or (asked.actor is not None and not (by_person and one.actor == asked.actor))
            or (asked.by is not None and by_person != (asked.by == "people"))
            or (asked.batch is not None and one.batch != asked.batch)
            or (asked.folded and one.seq != newest.get(one.batch, one.seq))
        ):
            continue
        shown.append(one)
        if len(shown) > asked.limit:
            break
    told = [_decision(one, sight, folded=asked.folded) for one in shown[: asked.limit]]
    return DecisionRows(
        rows=told,
        next=told[-1].seq if len(shown) > asked.limit else None,
        people={one.actor: names[one.actor] for one in told if one.actor in names},
        seq=sight.at,
    )


def _decision(one: Logged, sight: Sight, *, folded: bool = False) -> DecisionRow:
    decision, people = one.decision, sight.have.people
    undoes: Sequence[int] = ()
    if is_undo(decision):
        undoes = decision.detail.get("undoes") or people.batches.get(str(decision.detail.get("undoes_batch")), [])
    return DecisionRow(
        seq=one.seq, at=one.at, actor=one.actor, by_rule=decision.rule != BY_PERSON, subject=decision.subject,
        act=decision.act, rule=decision.rule, reason=decision.reason, measured=decision.measured, rival=decision.rival,
        detail=_plain(decision.detail), batch=one.batch, stands=_stands(one, sight), undone=one.undone,
        undoes=list(undoes)[:100], took_back=_taken_back([people.acts[seq] for seq in undoes if seq in people.acts]),
        bulk=_bulk([people.acts[seq] for seq in people.batches.get(one.batch, ())], sight) if folded else None,
    )  # fmt: skip


def _stands(one: Logged, sight: Sight) -> bool:
    decision, people = one.decision, sight.have.people
    where = place(decision)
    if is_undo(decision):
        return one.seq not in people.undone
    if decision.rule != BY_PERSON:
        return sight.have.standing.get(where) is decision and where not in people.standing
    standing = people.standing.get(where)
    return standing is not None and standing.seq == one.seq


def _bulk(acts: Sequence[Logged], sight: Sight) -> BulkShown | None:
    reasons = {one.decision.reason for one in acts}
    return BulkShown(
        n=len(acts), stands=sum(_stands(one, sight) for one in acts), acts=_kinds(acts),
        reason=reasons.pop() if len(reasons) == 1 else "",
    ) if len(acts) > 1 else None  # fmt: skip


def _taken_back(acts: Sequence[Logged]) -> TakenBack | None:
    return TakenBack(
        n=len(acts), acts=_kinds(acts), subject=acts[0].decision.subject if len(acts) == 1 else ""
    ) if acts else None  # fmt: skip


def _kinds(acts: Iterable[Logged]) -> list[str]:
    return list(dict.fromkeys(one.decision.act for one in acts))


def _plain(detail: Mapping[str, Any]) -> dict[str, Any]:
    """What a page needs of a decision's detail: a move between the pools may name thousands of seeds."""
    return {
        name: list(value)[:100] if isinstance(value, list | tuple) else value
        for name, value in detail.items()
        if name not in ("batch", "undoes", "undoes_batch")
    }


# --- one seed ----------------------------------------------------------------------------------------------------


def seed(table: Table, names: Names, id: str, boards: Mapping[str, str]) -> SeedInFull:
    """All that stands on one seed. Raises Refusal unknown_seed."""
    found, sight = table.row(id), table.sight
    if found is None:
        raise Refusal("unknown_seed")
    curation = sight.curation
    item = curation.seed(id)
    assert item is not None
    before = _imported(sight, id)
    log = [_decision(one, sight) for one in curation.log if one.decision.subject == id]
    ratings = [one for one in sight.seeds.ratings if one.subject == id]
    merged = [one for one in map(table.row, found.merged) if one is not None]
    return SeedInFull(
        row=row(found),
        original={name: text for name in found.edited if (text := getattr(before, name, None)) is not None},
        decisions=log[::-1][:500],
        versions=[VersionShown(at=at, texts=_texts(past)) for at, past in sight.seeds.earlier.get(id, ())],
        nearest=_nearest(found, table.rows),
        ratings=[RatingShown(rater=one.rater, scale=one.scale, value=one.value) for one in ratings[:500]],
        merged=[MergedShown(id=one.id, text=_heading(one), authors=list(one.authors)) for one in merged],
        language=item.language,
        source=item.source,
        prompt_id=item.prompt_id if isinstance(item, Triple) else None,
        parents=list(item.parents),
        entities=list(item.entities) if isinstance(item, Question) else [],
        board=boards.get(id),
        board_row=board_row(id, boards.get(id)),
        people=people(names, [found, *merged], [*(one.actor for one in log), *(one.rater for one in ratings[:500])]),
        seq=sight.at,
    )


def _imported(sight: Sight, id: str) -> Question | Triple | None:
    """The seed before curation laid anything over it."""
    if id not in sight.seeds:
        return None
    return sight.seeds.as_of(id, "9999")


def _texts(item: Question | Triple) -> dict[str, str]:
    if isinstance(item, Question):
        return {"text": item.text, "persona": item.persona, "scenario": item.scenario}
    return {name: getattr(item, name) for name in ("prompt", "misaligned", "critique", "aligned", "stance")}


def _heading(found: TableRow) -> str:
    return found.texts["text" if found.kind == "question" else "prompt"]


def _nearest(found: TableRow, among: Sequence[TableRow]) -> list[NearSeed]:
    """Those with most of its words, in any order, of either kind."""
    from rapidfuzz import fuzz, process

    texts = [_heading(one)[:_COMPARED].casefold() for one in among]
    near = process.extract(
        _heading(found)[:_COMPARED].casefold(), texts, scorer=fuzz.token_sort_ratio, score_cutoff=_NEAR,
        limit=_NEAREST + 1,
    )  # fmt: skip
    return [
        NearSeed(
            id=among[at].id, kind=among[at].kind, text=_heading(among[at]), alike=round(score / 100, 3),
            state=among[at].state,
        )
        for _, score, at in near
        if among[at].id != found.id
    ][:_NEAREST]  # fmt: skip


def board_row(id: str, board: str | None) -> str | None:
    """The row of the board that a seed is."""
    return row_of(id, board) if board else None
