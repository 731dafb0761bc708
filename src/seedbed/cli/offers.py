"""seedbed offers"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, framed, hint, note, table
from seedbed.errors import InputError, UsageError

if TYPE_CHECKING:
    from seedbed.workshop.afterwards import Afterwards, Offer

_ACTS = {"accept": "accepted", "decline": "declined", "undo": "open"}
_STATES = ("open", "accepted", "declined", "withdrawn")
_WHY = {
    "unknown_offer": ("There is no offer {id!r}", "Without an act the offers are listed, with their ids."),
    "offer_withdrawn": ("The offer {id} was taken back by who made it", "Nothing can be decided about it any more."),
    "erasure_asked": ("Who made the offer {id} asked to have everything erased", "It cannot be accepted."),
    "reason_needed": ("A declined offer needs a reason", "Add --reason TEXT: who offered it reads it."),
    "bad_decision": ("The reason has more than 1,000 characters", "Say it in fewer."),
}


def offers(
    folder: StudyFolder,
    act: Annotated[str, typer.Argument(metavar="ACT", help="list, accept, decline or undo.")] = "list",
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="The offers that it is about.")] = None,
    state: Annotated[
        str, typer.Option(metavar="STATE", help="list: only open, accepted, declined or withdrawn ones.")
    ] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; who offered it reads this.")] = "",
    by: Annotated[str, typer.Option(metavar="NAME", help="Who decides.")] = "",
    as_json: AsJson = False,
) -> None:
    """List what people offered after the workshop, and decide about it.

    An accepted offer is a seed at once, under the id offer-ID; seedbed curate decides about it as about any other.
    undo takes a decision back. A server may hold the study meanwhile.
    """
    from seedbed.study import Folder
    from seedbed.workshop.afterwards import read_afterwards

    study = Folder(folder)
    study.check()
    if act == "list":
        if state and state not in _STATES:
            raise UsageError(f"Offers are never {state!r}", hint=f"One of: {', '.join(_STATES)}")
        _list(read_afterwards(study), state, as_json)
        return
    if act not in _ACTS:
        raise UsageError(f"There is no act {act!r}", hint=f"One of: list, {', '.join(_ACTS)}")
    if not ids:
        raise UsageError(f"Which offers to {act}?", hint="Name their ids; without an act they are listed.")
    if not by:
        raise UsageError("A decision needs somebody who makes it", hint="Add --by NAME")
    decided = [_decide(study, id, _ACTS[act], reason, by) for id in ids]
    _settle(study)
    if as_json:
        framed(offers=[_shown(offer) for offer in decided])
        return
    for offer in decided:
        note(f"{offer.id}: {offer.state}")
    hint(command("curate", folder))


def _decide(study: Any, id: str, state: str, reason: str, by: str) -> Offer:
    from seedbed.workshop.afterwards import Refused, record
    from seedbed.workshop.afterwards.deciding import judge

    try:
        now, _ = record(study, by, judge(id, state, reason))
    except Refused as refused:
        message, next_step = _WHY[refused.code]
        raise InputError(message.format(id=id), hint=next_step) from None
    return now.offers[id]


def _settle(study: Any) -> None:
    from seedbed.seeds.gathering import settle
    from seedbed.settings import load_settings

    settings = load_settings(study)
    settle(study, language=settings.language, pages=settings.workshop.language)


def _list(now: Afterwards, state: str, as_json: bool) -> None:
    found = [one for one in now.offers.values() if one.question and state in ("", one.state)]
    if as_json:
        framed(offers=[_shown(one) for one in found])
        return
    if not found:
        note("Nobody has offered anything." if not state else f"No offer is {state}.")
        return
    rows = [[one.id, one.state, one.form, one.by, one.question, one.reason] for one in found]
    table(["id", "state", "form", "by", "question", "reason"], rows)


def _shown(offer: Offer) -> dict[str, Any]:
    from seedbed.seeds.offers import offer_seed

    return {**asdict(offer), "seed": offer_seed(offer.id)}
