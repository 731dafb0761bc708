"""What may be offered as a prompt, and the words behind an id as they are now."""

from __future__ import annotations

import re
from collections.abc import Iterable

from seedbed import curate
from seedbed.bridge.choosing import Offer
from seedbed.bridge.plan import Ref
from seedbed.curate import Curation
from seedbed.engine import read_rows, read_run
from seedbed.records import Pool, Question, Row
from seedbed.runs.paging import rows_at
from seedbed.status import BRIDGE_RUN
from seedbed.study import Folder
from seedbed.workshop.commands.prompts import LONGEST, REFERENCE

__all__ = ["bridge_runs", "grown", "one_line", "resolve", "seeds_to_offer"]

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_ID = re.compile(REFERENCE)


def one_line(text: str) -> str:
    """`text` as a field of a row has it: one space for any white space, no control characters."""
    return _CONTROL.sub("", " ".join(text.split()))


def bridge_runs(folder: Folder) -> list[str]:
    """The runs that were made for a bridge, in the order of their numbers."""
    found = [(int(match[1]), name) for name in folder.run_names() if (match := BRIDGE_RUN.fullmatch(name))]
    return [name for _, name in sorted(found) if read_run(folder.run(name)).stage == "questions"]


def grown(folder: Folder, curation: Curation) -> list[Offer]:
    """The kept rows of every bridge run, newest run first: what an earlier one left over is as good."""
    groups = {item.id: item.group for item in curation.questions}
    found = [
        _of_row(row, groups)
        for name in reversed(bridge_runs(folder))
        if (folder.run(name) / "journal.db").is_file()
        for row in read_rows(folder.run(name))
        if row.kept
    ]
    return [offer for offer in found if _fits(offer)]


def seeds_to_offer(curation: Curation) -> list[Offer]:
    """The seed questions that are included, with known labels, and not set apart for evaluation: a triple to one of
    those would bring it into training."""
    found = [
        _of_seed(item)
        for item in curation.questions
        if item.id in curation.included
        and item.id not in curation.excluded
        and item.id not in curation.held
        and curation.pools.get(item.id) is Pool.ALIGNMENT
    ]
    return [offer for offer in found if _fits(offer)]


def resolve(folder: Folder, refs: Iterable[Ref]) -> dict[str, Offer]:
    """The offers behind `refs`, by id; what was withdrawn, erased or is gone has none."""
    curation = curate.load(folder)
    wanted = list(refs)
    groups = {item.id: item.group for item in curation.questions}
    found: dict[str, Offer] = {}
    seeds = {item.id: item for item in curation.questions}
    for ref in wanted:
        item = seeds.get(ref.id) if ref.source == "seed" else None
        if item is not None and item.text.strip() and item.id not in curation.excluded:
            found[ref.id] = _of_seed(item)
    for run in dict.fromkeys(ref.run for ref in wanted if ref.source == "grown"):
        if not run or not (folder.run(run) / "journal.db").is_file():
            continue
        slots = [int(ref.id.rpartition(".")[2]) for ref in wanted if ref.run == run and ref.id.startswith(f"{run}.")]
        found |= {row.id: _of_row(row, groups) for row in rows_at(folder.run(run), slots) if row.kept}
    return found


def _fits(offer: Offer) -> bool:
    """Whether a board takes it. A longer text is not offered rather than cut."""
    return _ID.fullmatch(offer.id) is not None and 0 < len(one_line(offer.text)) <= LONGEST


def _of_seed(item: Question) -> Offer:
    return Offer(
        item.id, "seed", item.text, parents=(item.id,), topic=item.topic, question_type=item.question_type,
        groups=frozenset({item.group} - {""}),
    )  # fmt: skip


def _of_row(row: Row, groups: dict[str, str]) -> Offer:
    return Offer(
        row.id, "grown", row.verdict.text, run=row.run,
        parents=tuple(id for id in row.ask.examples if _ID.fullmatch(id)), topic=row.ask.topic,
        question_type=row.ask.question_type,
        groups=frozenset(groups[id] for id in row.ask.examples if groups.get(id)),
        request=f"{row.run}:{row.ask.id}",
    )  # fmt: skip
