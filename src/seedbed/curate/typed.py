"""What people type when they decide: who they are, their reasons, and the words of an edit, checked before anything
is written."""

from __future__ import annotations

import re

from seedbed.curate.decisions import BY_RULE
from seedbed.errors import InputError, UsageError

__all__ = ["LONGEST", "check_actor", "check_words"]

LONGEST = 20_000  # characters of an edited field, a reason or a note: some ten pages
_LONGEST_NAME = 400  # every act repeats it
# C0 and C1 but for tab, line feed and carriage return: no keyboard makes them, terminals and PostgreSQL choke on them
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def check_actor(actor: str) -> None:
    """Raises UsageError where nobody, or no person, decides; InputError where the name is none that can be read."""
    if not actor.strip() or actor == BY_RULE:
        raise UsageError(f"A decision needs the person who made it, not {actor!r}", hint="Name yourself: --by NAME")
    if _SURROGATE.search(actor):
        raise InputError("The name of who decides is no Unicode text", hint="Take out lone surrogates.")
    if len(actor) > _LONGEST_NAME:
        raise InputError(f"The name of who decides has {len(actor):,} characters", hint=f"Up to {_LONGEST_NAME}.")
    if _LINE.search(actor):
        raise InputError("The name of who decides has control characters", hint="Give it as one plain line.")


def check_words(text: str, what: str) -> None:
    """Raises InputError where `text` is too long, or has characters that are no text; `what` it is begins the message.

    Tabs and line breaks are text.
    """
    if len(text) > LONGEST:
        raise InputError(f"{what}: {len(text):,} characters are too long", hint=f"Up to {LONGEST:,}.")
    if _SURROGATE.search(text):
        raise InputError(f"{what} is no Unicode text", hint="Take out lone surrogates.")
    if found := _CONTROL.search(text):
        raise InputError(
            f"{what} has a control character, U+{ord(found[0]):04X}", hint="Take out what is no tab and no line break."
        )
