"""The triples in the shapes that trainers read, one module a configuration.

    sft         question and faulty response to the better one: TRL's prompt-completion
    dpo         the better response over the faulty one: TRL's preference with an explicit prompt
    kto         each response by itself, wanted or not: TRL's unpaired preference
    inspector   each response with a hard and a soft label, for a classifier of faulty responses
    aligner     question, answer, correction (Ji et al. 2024)
    identity    an answer with nothing to mend, and the same answer again

A format is a pure function of one released triple and of what was judged of it. Text columns are TRL's standard format:
plain text, in which a completion starts with the space that parts it from its prompt.
"""

from __future__ import annotations

from collections.abc import Mapping

from seedbed.release.formats import aligner, dpo, identity, inspector, kto, sft
from seedbed.release.formats.shaping import NOTHING, Format, Said, same_response

__all__ = ["FORMATS", "NOTHING", "Format", "Said", "same_response"]

FORMATS: Mapping[str, Format] = {
    "sft": Format(sft.COLUMNS, sft.PURPOSE, sft.rows),
    "dpo": Format(dpo.COLUMNS, dpo.PURPOSE, dpo.rows),
    "kto": Format(kto.COLUMNS, kto.PURPOSE, kto.rows),
    "inspector": Format(inspector.COLUMNS, inspector.PURPOSE, inspector.rows),
    "aligner": Format(aligner.COLUMNS, aligner.PURPOSE, aligner.rows),
    "identity": Format(identity.COLUMNS, identity.PURPOSE, identity.rows),
}
"""Configuration to its format, in the order of the card."""
