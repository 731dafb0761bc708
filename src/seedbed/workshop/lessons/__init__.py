"""Lessons of a workshop: what was learnt, the changes of the template that follow, and the template they make.

`edits` and `telling` are functions of JSON, `folding` is the part of the agenda that holds lessons, `following` the
next template, `standing` all of it at once.
"""

from __future__ import annotations

from seedbed.workshop.lessons.edits import Edit, Moved, applied, differences
from seedbed.workshop.lessons.folding import accepted, edits_of
from seedbed.workshop.lessons.following import Clash, Following, clash_of, following
from seedbed.workshop.lessons.standing import Learnt, Standing, standing
from seedbed.workshop.lessons.telling import Line, Place, in_words, lines

__all__ = [
    "Clash", "Edit", "Following", "Learnt", "Line", "Moved", "Place", "Standing", "accepted", "applied", "clash_of",
    "differences", "edits_of", "following", "in_words", "lines", "standing",
]  # fmt: skip
