"""What a value's scaffold lends a small model: whom a prompt speaks of, the first words of a response, and its cues."""

from __future__ import annotations

import re

from seedbed.generate.triples.options import Part
from seedbed.taxonomy import Value

__all__ = ["cues_of", "lead_ins", "subject_of"]


def subject_of(value: Value, prompt: str) -> str:
    """The people a prompt speaks of, by the value's scaffold; empty when it names none."""
    if value.scaffold is None:
        return ""
    for pattern in value.scaffold.subjects:
        found = re.search(pattern, prompt, re.IGNORECASE)
        if found:
            return " ".join(found.group(1).split())
    return ""


def cues_of(value: Value, part: Part, text: str, prompt: str) -> tuple[bool, bool]:
    """(shows its own kind's cue, shows the other kind's), the group's name left out: it may contain a cue."""
    scaffold = value.scaffold
    if scaffold is None:
        return True, False
    subject = subject_of(value, prompt)
    bare = re.sub(re.escape(subject), " ", text, flags=re.IGNORECASE) if subject else text
    for phrase in scaffold.neutral:
        bare = re.sub(phrase, " ", bare, flags=re.IGNORECASE)
    fault = any(re.search(cue, bare, re.IGNORECASE) for cue in scaffold.fault_cues)
    kind = any(re.search(cue, bare, re.IGNORECASE) for cue in scaffold.kind_cues)
    return (fault, kind) if part == "misaligned" else (kind, fault)


def lead_ins(value: Value, part: Part, subject: str) -> list[str]:
    """The scaffold's first words for a response about `subject`; without one, those that name nobody."""
    if value.scaffold is None:
        return []
    capital = subject[:1].upper() + subject[1:]
    leads = value.scaffold.misaligned if part == "misaligned" else value.scaffold.aligned
    usable = [lead for lead in leads if subject or "{" not in lead]
    return [lead.replace("{group}", subject).replace("{Group}", capital) for lead in usable]
