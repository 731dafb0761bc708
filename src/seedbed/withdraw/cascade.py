"""The withdrawal of a person, or of single seeds, from everything in a study: one act in steps.

    1  withdrawals.json says that it has begun, and what it will take
    2  each run's journal, and each judging run's: one transaction, then the old bytes leave the file
    3  releases: marked, or taken away
    4  what is made of seeds and rows, and can be made again: assessment, report, figures of propagation, caches, views
    5  people.db: boards, events, seeds, decisions; last, because by its words all the rest is found
    6  withdrawals.json says that it is done

Each step may be done again, and finds nothing left to do then. So what a kill cut off, the same command completes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from seedbed.engine.taking_back import take_back
from seedbed.engine.withdrawing import Policy
from seedbed.errors import Busy, InputError
from seedbed.publish.record import Publication
from seedbed.records import Question, Triple
from seedbed.release.taken import Record, Withdrawal, read_record, write_record
from seedbed.seeds import erasing
from seedbed.seeds.erasing_judged import forget_judged
from seedbed.seeds.fold import read
from seedbed.seeds.passing_on import carriers, passed_on
from seedbed.study import Folder, hold
from seedbed.study.backup import Made, made_of
from seedbed.study.events import EventStore
from seedbed.withdraw import releases
from seedbed.withdraw.remade import is_there, left, made_again, remove
from seedbed.withdraw.walk import Reached, Walk, walk
from seedbed.workshop.erasing import Erased

__all__ = ["Found", "Withdrawn", "erase", "foresee", "undisturbed", "withdraw_seeds"]

Listen = Callable[[str, int, int], None]


def _silent(what: str, done: int, total: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Found:
    """What a withdrawal takes, or would take: seeds, rows by run, releases with how many of their rows, what is removed
    and can be made again, backups that hold it still, and copies of those releases that were published."""

    policy: Policy
    seeds: tuple[str, ...]
    runs: tuple[Reached, ...]
    releases: Mapping[str, int] = field(default_factory=dict)
    made_again: tuple[str, ...] = ()
    backups: tuple[Made, ...] = ()
    published: tuple[Publication, ...] = ()

    @property
    def rows(self) -> int:
        return sum(len(run.slots) for run in self.runs)

    def to_json(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "seeds": list(self.seeds),
            "rows": self.rows,
            "runs": [
                {"name": run.run, "stage": run.stage, "rows": len(run.slots), "kept": run.kept,
                 "replies": len(run.attempts), "why": run.why}
                for run in self.runs if run
            ],
            "releases": [{"version": version, "rows": rows} for version, rows in self.releases.items()],
            "made_again": list(self.made_again),
            "backups": [{"path": one.path, "made": one.made} for one in self.backups],
            "published": [asdict(one) for one in self.published],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was done. `erased` is what people.db lost, None where single seeds were withdrawn."""

    found: Found
    texts: int
    erased: Erased | None = None


def foresee(
    store: EventStore, folder: Folder, policy: Policy, *, person: str | None = None, seeds: Collection[str] = (),
    listen: Listen = _silent,
) -> Found:  # fmt: skip
    """What the withdrawal of `person`, or of `seeds`, would take. Changes nothing. Raises as `withdraw_seeds`."""
    theirs, own = _theirs(store, person, seeds)
    found = _walk(store, folder, policy, theirs, own, _marks(folder, person, theirs), listen)
    return _found(folder, policy, theirs, found)


def erase(
    store: EventStore, person: str, folder: Folder, policy: Policy, *, held: bool = False, listen: Listen = _silent
) -> Withdrawn:
    """Withdraw `person`: all their words from people.db, as `seedbed.seeds.erasing.erase`, and by `policy` all that the
    program made of them. Nobody else may write to their boards meanwhile.

    Raises Busy with nothing done while a run, or anything that reads seeds, is under way, unless the caller is in
    `undisturbed` (`held`); what the store and reading runs raise; and Busy when all is done but old bytes stand in
    the files. In every case the same call goes on from there.
    """
    with nullcontext() if held else undisturbed(folder):
        theirs, own = erasing.words_of_person(store, person)
        marks = _marks(folder, person, theirs)
        found, record, grown = _take(store, folder, policy, theirs, own, f"person\x1f{person}", marks, listen)
        erased = erasing.erase(store, person, folder, held=True, grown=grown)
        _done(folder, record)
    return Withdrawn(found, erased.texts, erased)


def withdraw_seeds(
    store: EventStore, seeds: Collection[str], folder: Folder, policy: Policy, *, held: bool = False,
    listen: Listen = _silent,
) -> Withdrawn:  # fmt: skip
    """Withdraw single seeds: their words, their edits, and by `policy` all that the program made of them. What stands
    on a board stays there: only its author's erasing takes it.

    Raises InputError for an id that is no seed and never was one; else as `erase`.
    """
    with nullcontext() if held else undisturbed(folder):
        theirs, own = _theirs(store, None, seeds)
        subject, marks = "\x1f".join(("seeds", *sorted(seeds))), _marks(folder, None, seeds)
        found, record, grown = _take(store, folder, policy, theirs, own, subject, marks, listen)
        texts = erasing.erase_seeds(store, frozenset(seeds), folder, grown=grown)
        _done(folder, record)
    return Withdrawn(found, texts)


@contextmanager
def undisturbed(folder: Folder) -> Iterator[None]:
    """Hold the study, its runs, and all that reads them. Raises Busy, for a run at once: it may take hours."""
    with ExitStack() as held:
        for name in folder.run_names():
            try:
                held.enter_context(hold(folder.run(name) / "lock", what=f"The run {name!r}"))
            except Busy as busy:
                raise Busy(
                    f"{busy}: its prompts may show what is to be withdrawn",
                    hint="Stop it first (Ctrl-C, or its job's Stop): it goes on later without what was withdrawn.",
                ) from None
        held.enter_context(erasing.undisturbed(folder))
        if folder.propagation.is_dir():
            held.enter_context(hold(folder.propagation / ".lock", what=f"The folder {folder.propagation}"))
        yield


def _theirs(store: EventStore, person: str | None, seeds: Collection[str]) -> tuple[set[str], list[str]]:
    if person is not None:
        return erasing.words_of_person(store, person)
    have = read(store)
    if unknown := sorted(set(seeds) - have.records.keys()):
        raise InputError(f"No seed {unknown[0]!r} in the study", hint="The ids stand in the files of seeds/.")
    return erasing.words_of_seeds(store, frozenset(seeds))


def _marks(folder: Folder, person: str | None, seeds: Collection[str]) -> list[str]:
    """The codes for a person and for seeds, the person's first: nobody can make them without the study's key."""
    whom = [] if person is None else [folder.digest("flagged", "person", person)]
    return [*whom, *(folder.digest("flagged", "seed", seed) for seed in sorted(seeds))]


def _walk(
    store: EventStore, folder: Folder, policy: Policy, theirs: Collection[str], own: Collection[str],
    marks: Collection[str], listen: Listen,
) -> Walk:  # fmt: skip
    seeds = read(store).seeds()
    every: tuple[Question | Triple, ...] = (*seeds.questions, *seeds.triples)
    standing = [item for item in every if item.id not in theirs]
    onward = passed_on(store)
    carried = carriers(store, set(theirs), own, onward)
    # the prompt of a pair that carries the words is nobody's but theirs
    others = [text for item in standing for text in _texts(item)[item.id in carried :]]
    return walk(folder, {*theirs, *carried}, own, others, policy=policy, marks=marks, onward=onward, listen=listen)


def _texts(item: Question | Triple) -> tuple[str, ...]:
    if isinstance(item, Question):
        return item.text, item.persona, item.scenario
    return item.prompt, item.misaligned, item.critique, item.aligned


def _found(folder: Folder, policy: Policy, theirs: Collection[str], walked: Walk) -> Found:
    now = _now()
    held = releases.holding(folder, walked.ids, now)
    gone = [path.relative_to(folder.root).as_posix() for path in made_again(folder) if is_there(path)]
    return Found(
        policy, tuple(sorted(theirs)), walked.runs, {one.version: one.rows for one in held}, tuple(gone),
        tuple(made_of(folder)), releases.copies_of(folder, {one.version for one in held}),
    )  # fmt: skip


def _take(
    store: EventStore, folder: Folder, policy: Policy, theirs: Collection[str], own: Collection[str], subject: str,
    marks: Sequence[str], listen: Listen,
) -> tuple[Found, Withdrawal, erasing.Grown | None]:  # fmt: skip
    """Steps 1 to 4. The last is what people.db is to lose the prompts of: None where rows are only flagged."""
    walked = _walk(store, folder, policy, theirs, own, marks, listen)
    found, record = _found(folder, policy, theirs, walked), read_record(folder)
    key = folder.digest("withdrawal", subject, policy)
    begun = record.begun(key)
    made = begun or Withdrawal(
        _now(), policy, {run.run: len(run.slots) for run in walked.runs if run.slots},
        sum(run.kept for run in walked.runs), len(theirs), key,
    )  # fmt: skip
    held = releases.holding(folder, walked.ids, made.at)
    removed = policy == "purge"
    record = record.put(made).holding(replace(one, removed=removed) for one in held)
    write_record(folder, record)
    shown = {*theirs, *carriers(store, set(theirs), own)}
    for number, run in enumerate(walked.runs):
        listen("withdrawing rows", number, len(walked.runs))
        take_back(
            folder.run(run.run) / "journal.db", shown, [*run.slots, *run.again],
            [*run.attempts, *run.replies_again], run.subtopics, policy,
            marks=marks[:1] if subject.startswith("person") else marks,
            scrub=removed and (bool(run) or begun is not None),
        )  # fmt: skip
    listen("withdrawing rows", len(walked.runs), len(walked.runs))
    # rows that are only flagged keep their texts, and so what a judge said of them, where it does not repeat the words
    forget_judged(folder, walked.ids if removed else frozenset(shown), list(own))
    for version in record.releases if removed else ():
        if record.releases[version].removed:
            releases.remove(folder, version)
    if any(walked.runs) or theirs:
        for path in (*made_again(folder), *left(folder)):
            remove(path)
    taken = frozenset(theirs)
    return found, made, erasing.Grown(walked.ids - taken, taken) if removed else None


def _done(folder: Folder, made: Withdrawal) -> None:
    record: Record = read_record(folder).put(replace(made, done=True))
    # nobody may ask the file whose it was, by trying
    told = tuple(replace(one, key="") if one.done else one for one in record.withdrawals)
    write_record(folder, replace(record, withdrawals=told))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
