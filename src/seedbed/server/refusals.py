"""Everything that the server says no with: a code for programs, a status for HTTP, a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["REFUSALS", "Refusal"]

REFUSALS: dict[str, tuple[int, str]] = {
    "bad_request": (422, "The request is not what this address takes."),
    "bad_name": (422, "That name has no letters or is longer than 40 characters."),
    "bad_password": (422, "A password has 12 to 1000 characters."),
    "bad_group": (422, "The link of a moderator, a rater or a contributor names no group; every other link names one."),
    "bad_expiry": (422, "That time is past, or more than a year away."),
    "bad_template": (422, "The template has no such section, or the section is not of its shape."),
    "bad_taxonomy": (422, "Two labels have one name or id, or a label has none."),
    "bad_task": (422, "A rating task cannot be made or changed so."),
    "bad_rating": (422, "This is no answer that the task takes."),
    "bad_release": (422, "A release cannot be prepared so."),
    "bad_source": (422, "This file cannot be taken in."),
    "bad_import": (422, "This file cannot be read as ratings."),
    "first_missing": (409, "It is rated a first time before it is rated again."),
    "key_used": (409, "Another rating was sent under this key before; that one stands."),
    "not_a_rater": (403, "Others were asked to rate here."),
    "task_taken": (409, "There is, or was, a rating task of that name. Give this one another."),
    "task_closed": (409, "This task was closed meanwhile. What you sent is kept, but it is not counted."),
    "task_deleted": (410, "This task was deleted meanwhile. What you sent is kept, but it is not counted."),
    "unknown_task": (404, "There is no such rating task."),
    "bad_consent": (422, "The consent names an item that the workshop does not ask about."),
    "bad_command": (422, "The workshop knows no such command."),
    "not_json": (415, "Send JSON, and say so: Content-Type: application/json."),
    "too_large": (413, "The request is too large."),
    "too_slow": (408, "The request took too long to arrive."),
    "too_many": (429, "Too many requests. Wait a little."),
    "try_later": (429, "Too many sign-ins failed. Wait a little, then try again."),
    "busy": (503, "The server has too much to do. Try again in a moment."),
    "at_work": (409, "A run, or something that reads the seeds, is at work. Stop it or wait, then do this again."),
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
    "consent_needed": (409, "Without agreeing to this item nobody can take part."),
    "out_of_date": (409, "It was changed meanwhile. Look at it again, then change it."),
    "already_there": (409, "It is there already."),
    "document_full": (409, "There is no more room here."),
    "name_taken": (409, "An account of that name exists."),
    "last_organiser": (409, "A server keeps at least one organiser."),
    "too_many_people": (409, "This study has as many people as a study may have."),
    "helper_off": (409, "The model helper is switched off here."),
    "helper_limit": (429, "You have asked the model as often as one may in an hour. Wait a little."),
    "helper_busy": (503, "Too many are waiting for the model. Try again in a moment."),
    "helper_missing": (503, "This model cannot be used on this server. Tell those who run it."),
    "helper_failed": (503, "The model did not answer. Try again in a moment."),
    "helper_too_long": (422, "The model did not take this. Ask with fewer words."),
    "helper_slow": (503, "The model took too long. Try again, or ask for less."),
    "helper_nothing": (409, "The model wrote nothing that can be used. Ask once more, or in other words."),
    "no_question": (409, "There is no question here that a model could answer."),
    "unknown_endpoint": (404, "There is no such model here."),
    "unknown_account": (404, "There is no such account."),
    "unknown_session": (404, "There is no such session."),
    "unknown_study": (404, "There is no such study."),
    "unknown_person": (404, "There is no such person in this study."),
    "unknown_link": (404, "There is no such link."),
    "unknown_document": (404, "There is no such board."),
    "unknown_row": (404, "There is no such row."),
    "unknown_item": (404, "It is not there, or not any more."),
    "unknown_step": (404, "The programme has no such step."),
    "no_timer": (409, "This step has no time that could run or stand."),
    "no_break": (409, "There is no break now; somebody may have ended it."),
    "checkin_closed": (409, "This check-in is over."),
    "lesson_decided": (409, "This lesson is decided. Take the decision back first."),
    "unknown_label": (404, "There is no such label."),
    "bad_offer": (422, "An offer has a question, or a question and both replies, within their lengths."),
    "unknown_offer": (404, "There is no such offer."),
    "offers_full": (409, "As many offers as are taken have been made."),
    "offers_waiting": (409, "Twenty of your offers wait to be looked at. Offer more when some were."),
    "offer_withdrawn": (409, "Who offered it took it back."),
    "erasure_asked": (409, "Who offered it asked to have everything erased: it cannot be accepted."),
    "reason_needed": (422, "Say why: who offered it reads the reason."),
    "not_your_row": (403, "You wrote nothing in that row."),
    "links_full": (409, "Ten links to this page work already. Withdraw one first."),
    "unknown_group": (404, "There is no such group."),
    "unknown_run": (404, "There is no such run."),
    "unknown_job": (404, "There is no such job."),
    "busy_job": (409, "Another job of this study is at work. Wait until it has ended, or pause it."),
    "job_over": (409, "This job is not running."),
    "job_done": (409, "This job has done its work; start another."),
    "no_groups": (409, "The study has no groups yet."),
    "no_report": (404, "There is no report yet."),
    "no_record": (503, "This server cannot write the record."),
    "unknown_seed": (404, "There is no such seed."),
    "bad_decision": (422, "This act cannot be carried out so."),
    "cannot_decide": (409, "This cannot be done with this seed as it stands."),
    "decided_meanwhile": (409, "Somebody else decided about this since you looked."),
    "shown_to_model": (409, "A model was shown this seed, so it stays in its pool."),
    "preview_changed": (409, "The rows changed since this was shown. Look at it again."),
    "no_profile": (409, "The study names no profile."),
    "unreadable": (409, "A file of the study cannot be read."),
    "not_found": (404, "There is nothing here."),
    "bad_method": (405, "This address does not do that."),
    "internal": (500, "Something went wrong on the server. It was logged."),
}


class Refusal(Exception):
    """The server will not do what was asked. `code` is one of REFUSALS, or one that the workshop made (409).

    `detail` says where, in English, to who wrote what is refused: an organiser's file may be long. Or it is what stands
    in the way, in parts, for a page to show.
    """

    def __init__(self, code: str, *, retry_after: float | None = None, detail: str | Mapping[str, Any] = "") -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after  # seconds
        self.detail = detail

    @property
    def status(self) -> int:
        return REFUSALS.get(self.code, (409, ""))[0]

    @property
    def message(self) -> str:
        return REFUSALS.get(self.code, (409, "This cannot be done now."))[1]
