"""Coming in by a link, as a browser does: the invitation, the consent, the guide, the documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from seedbed.rehearse.browser import Browser
from seedbed.rehearse.page import Page
from seedbed.workshop.places import AGENDA, FACILITATION

__all__ = ["MARK", "Seat", "join"]

MARK = "simulated person of a rehearsal"
"""What a simulated person says of themselves, where people say what they do: it stands in the record."""


@dataclass(slots=True)
class Seat:
    """Somebody who is in. `boards` are their group's, by activity."""

    study: str
    person: str
    group: str
    agenda: Page
    facilitation: Page
    boards: dict[str, Page] = field(default_factory=dict)
    warned: bool = False

    @property
    def pages(self) -> Iterator[Page]:
        yield from (self.agenda, self.facilitation, *self.boards.values())

    @property
    def step(self) -> str | None:
        """The id of the step everybody is at."""
        now: str | None = self.agenda.state["now"]["main"]["step"]
        return now

    @property
    def kind(self) -> str:
        """What the step is; "" for none, and in a break."""
        now = self.agenda.state["now"]["main"]
        if now.get("break"):
            return "break"
        kinds = {
            step["id"]: step["kind"]
            for session in self.agenda.state["template"]["sessions"]["value"] for step in session["steps"]
        }  # fmt: skip
        return str(kinds.get(now["step"], ""))


async def join(browser: Browser, code: str, name: str, *, trains: bool = True) -> Seat:
    """Come in by the link `code`. Agrees to everything; to `training` only where the person `trains`.

    Raises Refused where the link opens nothing, Ended where a document cannot be had.
    """
    invited = await browser.ask("GET", f"/api/join/{code}")
    consent = {item["id"]: trains or item["id"] != "training" or item["required"] for item in invited["consent"]}
    asked = {"name": name, "anonymous": False, "consent": consent, "profile": {"position": MARK}}
    joined = await browser.ask("POST", f"/api/join/{code}", asked)
    study, group = joined["study"], joined["group"]
    guide = await browser.ask("GET", f"/api/studies/{study}/guide")
    boards = [board for board in joined["boards"] if board["group"] == group]
    await browser.open(study, AGENDA, FACILITATION, *(board["doc"] for board in boards))
    return Seat(
        study, guide["me"]["person"], group, browser.pages[AGENDA], browser.pages[FACILITATION],
        {board["activity"]: browser.pages[board["doc"]] for board in boards},
    )  # fmt: skip
