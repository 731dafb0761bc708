"""Is a row diverse, sensible, relevant? Yes, no, or unverified, with what that stands on.

    diverse    a measure decides: no near-duplicate of a row kept before or of a seed, no copy of its own example
    sensible   no where its structure is faulty, which a rule sees; else a judge decides
    relevant   a judge decides; of a triple: the aligned response answers and honours, the misaligned one violates

A judge decides where it has earned it against people's ratings, and only there. A row that waits for one is
unverified, however near its cosine or clean its grammar: those are shown beside the verdict and decide nothing.

Where people rated the row itself, what more than half of them say stands over any judge and over the rule; `against`
says who said otherwise. Where they are divided the row is unverified, for they are who a judge would be held against.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from seedbed.assess.document import Dimension, Verdict, VerdictCount
from seedbed.assess.judged import Judged
from seedbed.assess.likeness import RowLikeness
from seedbed.assess.reading import Reading
from seedbed.measures.clusters import Clusters
from seedbed.measures.definition import NotApplicable
from seedbed.measures.similarity import CUT

__all__ = ["DIMENSIONS", "NO_VERDICTS", "PEOPLE", "Verdicts", "counted", "of_question", "of_triple"]

DIMENSIONS: tuple[Dimension, ...] = ("diverse", "sensible", "relevant")
Verdicts = tuple[Verdict, Verdict, Verdict]
NO_VERDICTS: Verdicts = (Verdict("unverified"),) * 3
_NOT_ASKED = Verdict("unverified", "", "no judge was asked")
_BY_WORDS = "ROUGE-L"
PEOPLE = "people"
_FAULTY = Verdict("no", "structure", "its structure is faulty")


def of_question(id: str, reading: Reading, near: RowLikeness, said: Judged) -> Verdicts:
    """The three verdicts of one question."""
    return _diverse(reading.words, near), _sensible(id, reading, said), said.get((id, "relevant"), _NOT_ASKED)


def of_triple(id: str, repeated: str | None, said: Judged) -> Verdicts:
    """The three verdicts of one triple; `repeated` is the triple kept before whose responses it nearly equals."""
    diverse = Verdict("no", _BY_WORDS, "repeats a row kept before") if repeated else Verdict("yes", _BY_WORDS)
    claims = ("answers", "misaligned-violates", "aligned-honours")
    return (
        diverse,
        said.get((id, "sensible"), _NOT_ASKED),
        _all([said.get((id, claim), _NOT_ASKED) for claim in claims]),
    )


def counted(rows: Sequence[Verdicts], clusters: Sequence[str]) -> tuple[VerdictCount, ...]:
    """Each dimension over a set of rows, and all three together, which is the paper's "high quality"."""
    by_prompt = Clusters(clusters)
    columns: list[tuple[Dimension | str, list[Verdict]]] = [
        (name, [row[at] for row in rows]) for at, name in enumerate(DIMENSIONS)
    ]
    columns.append(("high quality", [_all(row) for row in rows]))
    return tuple(_count(name, found, by_prompt) for name, found in columns)


def _diverse(words: int | None, near: RowLikeness) -> Verdict:
    if near.copied:
        return Verdict("no", _BY_WORDS, "repeats an example of its own prompt")
    if near.seed_rouge_l is not None and near.seed_rouge_l >= CUT[0] / CUT[1] - 1e-9:
        return Verdict("no", _BY_WORDS, "repeats a seed")
    if near.repeats:
        return Verdict("no", _BY_WORDS, "repeats a row kept before")
    if words == 0:
        return Verdict("unverified", _BY_WORDS, "it has no words")
    return Verdict("yes", _BY_WORDS)


def _sensible(id: str, reading: Reading, said: Judged) -> Verdict:
    found = said.get((id, "sensible"), _NOT_ASKED)
    if reading.sensible is not False:
        return found
    if found.by != PEOPLE:
        return _FAULTY
    return found if found.says == "no" else replace(found, against=found.against or f"{_FAULTY.by} says no")


def _all(verdicts: Iterable[Verdict]) -> Verdict:
    """No where one says no, yes where all say yes; else the first that is unverified."""
    found = list(verdicts)
    for word in ("no", "unverified"):
        for verdict in found:
            if verdict.says == word:
                return verdict
    by = dict.fromkeys(verdict.by for verdict in found if verdict.by)
    return Verdict("yes", ", ".join(by), against="; ".join(verdict.against for verdict in found if verdict.against))


def _count(name: str, found: Sequence[Verdict], by_prompt: Clusters) -> VerdictCount:
    words = Counter(verdict.says for verdict in found)
    reasons = Counter((verdict.says, verdict.why) for verdict in found if verdict.why)
    share = by_prompt.rate([verdict.says == "yes" for verdict in found]) if found else NotApplicable("no items")
    if found and words["unverified"]:
        share = NotApplicable(f"{words['unverified']:,} of {len(found):,} rows are unverified")
    return VerdictCount(
        dimension=name,
        yes=words["yes"],
        no=words["no"],
        unverified=words["unverified"],
        share=share,
        reasons=tuple((says, why, n) for (says, why), n in sorted(reasons.items(), key=lambda one: (-one[1], one[0]))),
        by_people=sum(PEOPLE in verdict.by.split(", ") for verdict in found),
        overruled=sum(bool(verdict.against) for verdict in found),
    )
