"""What every body of a request and of an answer has in common, and how a refusal looks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["Asked", "Fault", "Said"]


class Asked(BaseModel):
    """What somebody sends: closed, so that a name that is wrong is an error; its words come back in no message."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)


class Said(BaseModel):
    """What the server says: made of whatever has these attributes."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Fault(Said):
    """Why not. Pages turn the code into a sentence in their reader's language."""

    code: str
    message: str
