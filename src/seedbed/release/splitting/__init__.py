"""Which rows of a release may not stand apart, which may not stand together, and which split each goes to.

    items       the rows of a release as they are compared
    compared    their texts, by kind, with the rules that are asked of each
    between     leaks from the evaluation pool into the alignment pool, and which row of each goes
    parting     train, validation and test inside the alignment pool, by what hangs together
    told        leaks.json and leaks.md

All but `meaning`, which opens the cache of vectors, are pure functions of rows and settings.
"""

from __future__ import annotations
