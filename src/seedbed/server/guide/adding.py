"""Labels that participants added on their boards, and what those who run the workshop make of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from seedbed.seeds import current_taxonomy, install_taxonomy
from seedbed.server.asking import Office
from seedbed.server.guide import labelling
from seedbed.server.guide.schemas import AddedLabel, LabelReview
from seedbed.server.identity import Who
from seedbed.server.people.leading import ordered
from seedbed.server.refusals import Refusal
from seedbed.taxonomy import Taxonomy

__all__ = ["added_labels", "names_of", "review"]


async def added_labels(server: Office, study: str) -> list[AddedLabel]:
    """Those of every board, the newest first. What was erased is not among them."""
    names = await names_of(server, study)
    found = []
    for board in await server.hub.boards(study, lambda _: True):
        state = await server.hub.snapshot(study, board["doc"])
        found += [_shown(board["doc"], id, label, names) for id, label in state["labels"].items()]
    return sorted(found, key=lambda one: one.at, reverse=True)


async def review(server: Office, study: str, who: Who, doc: str, id: str, asked: LabelReview) -> AddedLabel:
    """What `who` decides. The labels come first: a review that breaks off is given again and finds them there."""
    identity = server.study(study)
    async with identity.labelling:
        label = await _label(server, study, doc, id)
        code = asked.as_
        version = None
        if asked.state == "accepted":
            group = doc.split("/")[1]

            def install() -> tuple[Taxonomy, str]:
                before = current_taxonomy(identity.folder)
                after, into = labelling.grown(before, label["of"], label["label"], label["definition"], group, code)
                return (before if after is before else install_taxonomy(identity.folder, after, actor=who.id)), into

            installed, code = await asyncio.to_thread(install)
            version = installed.version
        command = {"kind": "label.review", "label": id, "state": asked.state}
        if code is not None:
            command["as"] = code
        await ordered(server.hub, study, who, command, doc=doc)
        if version is not None:
            await server.hub.taxonomy_is(study, version)
    names = await names_of(server, study)
    return _shown(doc, id, await _label(server, study, doc, id), names)


async def _label(server: Office, study: str, doc: str, id: str) -> Mapping[str, Any]:
    """Raises Refusal unknown_document, unknown_item."""
    state = await server.hub.snapshot(study, doc)
    found: Mapping[str, Any] | None = state["labels"].get(id)
    if found is None:
        raise Refusal("unknown_item")
    return found


async def names_of(server: Office, study: str) -> dict[str, str]:
    """The names of everybody who ever joined and of accounts, by id."""
    people = await asyncio.to_thread(server.study(study).people.all)
    accounts = await asyncio.to_thread(server.home.accounts.all)
    return {person.id: person.name for person in people} | {account.id: account.name for account in accounts}


def _shown(doc: str, id: str, label: Mapping[str, Any], names: Mapping[str, str]) -> AddedLabel:
    _, group, activity = doc.split("/")
    name = names.get(label["person"], "")
    return AddedLabel.model_validate({**label, "group": group, "activity": activity, "id": id, "name": name})
