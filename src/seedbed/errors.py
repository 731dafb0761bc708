"""Every error that Seedbed raises on purpose.

    SeedbedError                 exit 1   something went wrong and the message says what and what next
    ├── UsageError               exit 2   the command or call asks for something that cannot be
    │   └── NotAStudy                     the folder is no study
    ├── InputError               exit 3   a file, a row or a setting is not what it should be
    │   └── SettingsError                 study.toml has an unknown or ill-typed key
    ├── EndpointError            exit 4   a model endpoint cannot do the work
    │   ├── TransientEndpointError        worth another attempt: time-out, 5xx, reset, broken reply
    │   │   ├── Overloaded                time-out or 503: fewer at once may pass
    │   │   └── UnreadableReply           a whole reply came, and not in the form that was asked for
    │   ├── RateLimited                   429: wait, then go on; costs no attempt
    │   ├── RequestRefused                400, 413, 422: this request never passes, another may
    │   └── EndpointRefused               401, 403, 404: no request will pass
    ├── StorageError             exit 5   the disk refused a write
    ├── Busy                     exit 6   another process works on the same run
    └── MissingExtra             exit 7   an optional part is not installed

`hint` is the next step, a command where there is one. The command line prints message and hint and no
traceback; from Python the exception carries both.
"""

from __future__ import annotations

from typing import Any


class SeedbedError(Exception):
    """Base of all errors raised on purpose. `hint` names the next step, or is empty."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(SeedbedError):
    """The command or call asks for something that cannot be."""

    exit_code = 2


class NotAStudy(UsageError):
    """The folder holds no study.toml."""


class InputError(SeedbedError):
    """A file, a row or a setting is not what it should be; nothing was imported from it."""

    exit_code = 3


class SettingsError(InputError):
    """study.toml has a key or value that Seedbed does not know."""


class EndpointError(SeedbedError):
    """A model endpoint cannot do the work.

    `spent` is the usage (a records.Usage) of earlier requests of the same ask, which were answered and are lost with
    it: it was paid for, so it is journaled and counts.
    """

    exit_code = 4
    spent: Any = None


class TransientEndpointError(EndpointError):
    """One attempt failed in a way that another may not: time-out, 5xx, reset, unreadable reply."""


class Overloaded(TransientEndpointError):
    """The endpoint ran out of time or said that it has too much to do: fewer calls at once may pass."""


class UnreadableReply(TransientEndpointError):
    """A whole reply came, and not in the form that was asked for: worth another attempt, and at once.

    `reply` is what came (a records.Reply): it was paid for, so its text and its tokens are journaled.
    """

    def __init__(self, message: str, *, reply: Any = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reply = reply


class RateLimited(EndpointError):
    """The endpoint asked for a pause. `retry_after` is in seconds, or None when it did not say."""

    def __init__(self, message: str, *, retry_after: float | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class RequestRefused(EndpointError):
    """The endpoint will never take this request, but may take another: 400, 413, 422."""


class EndpointRefused(EndpointError):
    """No request will pass: wrong key, wrong model, wrong address."""


class StorageError(SeedbedError):
    """The disk refused a write: full, read-only, or failing."""

    exit_code = 5


class Busy(SeedbedError):
    """Another process works on the same run."""

    exit_code = 6


class MissingExtra(SeedbedError):
    """An optional part of Seedbed is not installed; the hint names the command that installs it."""

    exit_code = 7
