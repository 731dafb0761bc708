"""Everything that the server says no with: a code for programs, a status for HTTP, a sentence for people."""

from __future__ import annotations

__all__ = ["REFUSALS", "Refusal"]

REFUSALS: dict[str, tuple[int, str]] = {
    "bad_request": (422, "The request is not what this address takes."),
    "bad_name": (422, "That name has no letters or is longer than 40 characters."),
    "bad_password": (422, "A password has 12 to 1000 characters."),
    "bad_group": (422, "A moderator's link names no group; every other link names one."),
    "bad_expiry": (422, "That time is past, or more than a year away."),
    "bad_command": (422, "The workshop knows no such command."),
    "not_json": (415, "Send JSON, and say so: Content-Type: application/json."),
    "too_large": (413, "The request is too large."),
    "too_slow": (408, "The request took too long to arrive."),
    "too_many": (429, "Too many requests. Wait a little."),
    "try_later": (429, "Too many sign-ins failed. Wait a little, then try again."),
    "busy": (503, "The server has too much to do. Try again in a moment."),
    "storage": (503, "The server's disk refused a write. What was saved before is safe."),
    "bad_host": (421, "This server does not go by that name."),
    "cross_site": (403, "The request came from another site."),
    "needs_https": (403, "This server is reached by https only."),
    "signed_out": (401, "Sign in first, or open the link you were given."),
    "wrong_login": (401, "That name and password do not go together."),
    "not_yours": (403, "Your role does not allow this."),
    "removed": (403, "You are no longer part of this study."),
    "read_only": (403, "You may read this, not change it."),
    "phase_closed": (409, "This phase is closed."),
    "setup_over": (410, "This link was used, or the server has an organiser already."),
    "bad_link": (410, "This link is unknown, withdrawn or too old. Ask for a new one."),
    "name_taken": (409, "An account of that name exists."),
    "last_organiser": (409, "A server keeps at least one organiser."),
    "too_many_people": (409, "This study has as many people as a study may have."),
    "unknown_account": (404, "There is no such account."),
    "unknown_session": (404, "There is no such session."),
    "unknown_study": (404, "There is no such study."),
    "unknown_person": (404, "There is no such person in this study."),
    "unknown_link": (404, "There is no such link."),
    "unknown_document": (404, "There is no such board."),
    "unknown_row": (404, "There is no such row."),
    "unknown_group": (404, "There is no such group."),
    "not_found": (404, "There is nothing here."),
    "bad_method": (405, "This address does not do that."),
    "internal": (500, "Something went wrong on the server. It was logged."),
}


class Refusal(Exception):
    """The server will not do what was asked. `code` is one of REFUSALS, or one that the workshop made (409)."""

    def __init__(self, code: str, *, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after  # seconds

    @property
    def status(self) -> int:
        return REFUSALS.get(self.code, (409, ""))[0]

    @property
    def message(self) -> str:
        return REFUSALS.get(self.code, (409, "This cannot be done now."))[1]
