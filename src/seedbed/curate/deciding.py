"""What a curator decides: one act or many in one append, and taking them back.

A person's decision stands over every rule, now and later. The words of its reason are theirs and kept as such.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from seedbed.curate.curation import Logged, Use
from seedbed.curate.decisions import BY_PERSON, STREAM, encode, place, version_of
from seedbed.curate.desk import Desk, Sight
from seedbed.curate.persons import Persons
from seedbed.curate.shown import shown_by_runs
from seedbed.curate.typed import check_actor, check_words
from seedbed.curate.weighing import refuse_shown, weighed
from seedbed.curate.wishes import HandAct, Wish
from seedbed.errors import InputError, UsageError
from seedbed.records import Decision, Pool
from seedbed.seeds.codec import Whose
from seedbed.study import Folder
from seedbed.study.events import EventStore

__all__ = ["DecidedMeanwhile", "decide", "decide_all", "undo"]


class DecidedMeanwhile(InputError):
    """Another person decided about the same since the curator looked. Both stay in the log.

    `newest` is that act and `seq` its number, to be passed as `seen` in order to go over it; `standing` is the person's
    decision that stands now, or None where the newest act took one back.
    """

    def __init__(self, newest: Logged, standing: Logged | None) -> None:
        decision = newest.decision
        super().__init__(
            f"{newest.actor} decided meanwhile: {decision.act} {decision.subject}".rstrip()
            + (f" ({decision.reason})" if decision.reason else ""),
            hint=f"Read it; to go over it, add --seen {newest.seq} (in Python: seen={newest.seq}).",
        )
        self.newest, self.standing, self.seq = newest, standing, newest.seq


def decide(
    folder: Folder,
    subject: str,
    act: HandAct,
    reason: str,
    actor: str,
    *,
    topic: str | None = None,
    question_type: str | None = None,
    values: tuple[str, ...] = (),
    chosen: bool | None = None,
    fields: Mapping[str, str] | None = None,
    into: str | None = None,
    use: Use | None = None,
    nuanced: bool | None = None,
    rule: str | None = None,
    seen: int | None = None,
    used: Mapping[str, str] | None = None,
    desk: Desk | None = None,
) -> Logged:
    """Record a person's decision on one seed, and return it with its number. `Wish` says which act takes what.

    "include" and "exclude" stand whatever a rule says; "undo" leaves the seed to the rules again; "retag" gives it
    canonical labels; "select" pins it among the examples or out; "edit" gives it other words, "merge" makes it part
    of another; "return" asks its group to change it; "use" says what it is for; "dismiss" sets a remark aside. What
    follows for the examples is settled by the next `curate`, except that what is set aside or returned is no example
    from now on. The same decision by the same person again is not written again.

    With `seen`, raises DecidedMeanwhile where another person decided on that since. `used` maps seeds that runs were
    shown to the run; without it the study's runs are read. Raises UsageError for an act, actor or reason that cannot
    be, InputError for an unknown seed or label and for what cannot be done, Busy while another process writes.
    """
    wish = Wish(
        subject, act, reason, topic, question_type, values, chosen, fields or {}, into, use, nuanced, rule, seen
    )
    return decide_all(folder, [wish], actor, used=used, desk=desk)[0]


def decide_all(
    folder: Folder,
    acts: Sequence[Wish],
    actor: str,
    *,
    batch: str = "",
    used: Mapping[str, str] | None = None,
    desk: Desk | None = None,
) -> tuple[Logged, ...]:
    """Record all of `acts` in one append, or none: then raises what the first that cannot be raises.

    They are one batch, and taken back as one; `batch` names it (several acts without a name are given one).
    """
    folder.check()
    check_actor(actor)
    with folder.writing():
        desk = desk or Desk(folder)
        return record(desk, desk.look(), acts, actor, batch=batch, used=used)


def record(
    desk: Desk,
    sight: Sight,
    acts: Sequence[Wish],
    actor: str,
    *,
    batch: str = "",
    used: Mapping[str, str] | None = None,
) -> tuple[Logged, ...]:
    """`decide_all` for who holds the study's lock and has looked."""
    batch = batch or (secrets.token_hex(6) if len(acts) > 1 else "")
    made = _weighed(desk, sight, acts, actor, used)
    kept: list[Logged | Decision] = []
    for wish, decision in zip(acts, made, strict=True):
        where = place(decision)
        if wish.seen is not None:
            if wish.seen > sight.at:  # a number to come would go over whatever is decided until then
                raise InputError(
                    f"There is no act number {wish.seen} yet, the newest is {sight.at}",
                    hint="Give the number of the newest act on this that you have seen.",
                )
            newest = sight.have.people.others_since(where, wish.seen, actor)
            if newest is not None:
                raise DecidedMeanwhile(newest, sight.have.people.standing.get(where))
        standing = sight.have.people.standing.get(where)
        if standing is not None and standing.actor == actor and _same(standing.decision, decision, sight):
            kept.append(standing)
        else:
            kept.append(replace(decision, detail={**decision.detail, "batch": batch}) if batch else decision)
    fresh = iter(append(desk, sight, actor, [item for item in kept if isinstance(item, Decision)]))
    return tuple(item if isinstance(item, Logged) else next(fresh) for item in kept)


def undo(
    folder: Folder,
    what: int | str,
    actor: str,
    reason: str = "",
    *,
    used: Mapping[str, str] | None = None,
    desk: Desk | None = None,
) -> Logged:
    """Take back a person's act by its number, or a bulk act by the name of its batch; returns the taking back.

    What stood before stands again. To undo an undo is the act again. Raises InputError for a number or batch that is
    no person's act, that was taken back already, or whose seeds would change their pool though a run was shown them.
    """
    folder.check()
    check_actor(actor)
    check_words(reason, "The reason")
    with folder.writing():
        desk = desk or Desk(folder)
        sight = desk.look()
        people = sight.have.people
        detail: dict[str, Any]
        if isinstance(what, str):
            targets = people.batches.get(what, [])
            if not targets:
                raise InputError(
                    f"There is no bulk act {what!r} in the log of decisions",
                    hint="The log names the number of each act, and the batch of those that are part of a bulk act.",
                )
            subject, detail = "", {"undoes_batch": what}
        else:
            relabels = {one.seq: one.canonical for one in sight.have.relabels}
            if what not in people.acts and what not in relabels:
                raise InputError(
                    f"Number {what} of the log is no act of a person", hint="Rules are switched off with off = […]."
                )
            targets, detail = [what], {"undoes": [what]}
            subject = people.acts[what].decision.subject if what in people.acts else relabels[what]
        if all(target in people.undone for target in targets):
            by = people.acts[people.undone[targets[0]]]
            raise InputError(
                f"{by.actor} has taken that back already (number {by.seq})", hint=f"To have it again, undo {by.seq}."
            )
        decision = Decision(subject, "undo", actor, BY_PERSON, reason.strip(), detail=detail)
        _check_pools(folder, sight, decision, used)
        return append(desk, sight, actor, [decision])[0]


def append(desk: Desk, sight: Sight, actor: str, made: Sequence[Decision]) -> tuple[Logged, ...]:
    """Write people's decisions in one transaction, and return them as the log has them."""
    if not made:
        return ()
    acts = [encode(item, _whose(item, sight) if item.act == "edit" else None) for item in made]
    with EventStore.of(desk.folder) as store:
        last = store.append(STREAM, actor, acts)
        at = next(store.read(STREAM, last - 1)).at  # of one append, so that all have it
    # they are as they would be read back: ten thousand events take the desk as long as all the rest of the act
    logged = tuple(Logged(at, actor, item, seq) for seq, item in enumerate(made, last - len(acts) + 1))
    desk.heard(logged)
    return logged


def _whose(edit: Decision, sight: Sight) -> Whose:
    """Whose words an edit may go on from: those of the authors, and of who edited before."""
    item = sight.curation.seed(edit.subject)
    authors = item.authors if item is not None else ()
    before = sight.have.people.editors(edit.subject, version_of(edit))
    return {name: (*authors, *before.get(name, ())) for name in edit.detail["fields"]}


def _weighed(
    desk: Desk, sight: Sight, acts: Sequence[Wish], actor: str, used: Mapping[str, str] | None
) -> list[Decision]:
    if used is None:
        used = shown_by_runs(desk.folder) if any(wish.act in ("use", "merge") for wish in acts) else {}
    together = desk.together(sight, sum(wish.act == "use" for wish in acts))
    made = [weighed(wish, actor, sight, together, used) for wish in acts]
    places = [place(decision) for decision in made]
    if len(set(places)) < len(places):
        twice = next(where for at, where in enumerate(places) if where in places[:at])
        raise UsageError(f"Two acts at once decide the same about {twice[0]}", hint="Leave one of them out.")
    gone = {decision.subject for decision in made if decision.act in ("exclude", "merge")}
    for decision in made:
        if decision.act == "merge" and decision.rival in gone:
            raise InputError(
                f"{decision.rival} would be set aside, so {decision.subject} cannot be merged into it",
                hint="Merge both into a seed that stays.",
            )
    return made


def _check_pools(folder: Folder, sight: Sight, decision: Decision, used: Mapping[str, str] | None) -> None:
    """Raises InputError where the undo would put seeds that a run was shown into another pool."""
    people = sight.have.people
    targets = decision.detail.get("undoes") or people.batches.get(decision.detail.get("undoes_batch", ""), [])
    if not any(what == "use" for _, what in people.places_of(targets)):
        return
    then = Persons()
    for logged in people.acts.values():
        then.take(logged)
    then.take(Logged("", decision.actor, decision, max(people.acts, default=0) + 1))
    before, after = sight.have.pools(), sight.have.pools(then)
    moved = {id: pool for id, pool in after.items() if before.get(id) is not pool}
    moved |= dict.fromkeys(before.keys() - after.keys(), Pool.ALIGNMENT)
    refuse_shown(moved, shown_by_runs(folder) if used is None else used)


def _same(one: Decision, other: Decision, sight: Sight) -> bool:
    if other.act == "use" and sight.curation.uses.get(other.subject) != other.detail["use"]:
        return False  # an act on another seed moved it since
    plain = {name: value for name, value in one.detail.items() if name != "batch"}
    return (one.act, one.reason, one.rival, plain) == (other.act, other.reason, other.rival, other.detail)
