"""People's judgement as data: rating tasks, who said what of which row, how far they agree, and files in and out.

rows_of(folder, spec)                    the rows that a task would have: a preview
create(folder, spec, actor)              draw rows and make a task → Task
list_tasks(folder), load(folder, name)   what there is → TaskState
assignment(task, rater)                  who rates what, in which order
rate(folder, name, rater, item, given)   one rating; a second one of an item is a revision
summary(state)                           progress, times, soft labels, disagreements, agreement
export, import_ratings                   Argilla, Label Studio, CSV
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seedbed.review.agreeing import ScaleAgreement, agreement_of, pairs_of
    from seedbed.review.assigning import Place, assignment, handle, handles
    from seedbed.review.codebook import CRITIQUE, SHIPPED, scale_for
    from seedbed.review.fold import Given, Rated, Task, TaskState, catch_up, load
    from seedbed.review.interchange import FORMATS, Exported, Imported, Refused, export, import_ratings
    from seedbed.review.material import Item, items_of, shown
    from seedbed.review.people import kinds_of, people_of
    from seedbed.review.rates import KindRates, rates_by_people, rates_by_source
    from seedbed.review.rating import KeyUsed, TaskClosed, rate, undo
    from seedbed.review.scales import Option, Scale
    from seedbed.review.spec import Sample, TaskSpec, read_spec
    from seedbed.review.spread import Disputed, Spread, by_item, disputed, spreads
    from seedbed.review.summarising import Summary, ratings, summary
    from seedbed.review.tasks import change, create, delete, list_tasks, rows_of

_HOMES = {
    "agreeing": ("ScaleAgreement", "agreement_of", "pairs_of"),
    "assigning": ("Place", "assignment", "handle", "handles"),
    "codebook": ("CRITIQUE", "SHIPPED", "scale_for"),
    "fold": ("Given", "Rated", "Task", "TaskState", "catch_up", "load"),
    "interchange": ("FORMATS", "Exported", "Imported", "Refused", "export", "import_ratings"),
    "material": ("Item", "items_of", "shown"),
    "people": ("kinds_of", "people_of"),
    "rates": ("KindRates", "rates_by_people", "rates_by_source"),
    "rating": ("KeyUsed", "TaskClosed", "rate", "undo"),
    "scales": ("Option", "Scale"),
    "spec": ("Sample", "TaskSpec", "read_spec"),
    "summarising": ("Summary", "ratings", "summary"),
    "spread": ("Disputed", "Spread", "by_item", "disputed", "spreads"),
    "tasks": ("change", "create", "delete", "list_tasks", "rows_of"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "CRITIQUE",
    "FORMATS",
    "SHIPPED",
    "Disputed",
    "Exported",
    "Given",
    "Imported",
    "Item",
    "KeyUsed",
    "KindRates",
    "Option",
    "Place",
    "Rated",
    "Refused",
    "Sample",
    "Scale",
    "ScaleAgreement",
    "Spread",
    "Summary",
    "Task",
    "TaskClosed",
    "TaskSpec",
    "TaskState",
    "agreement_of",
    "assignment",
    "by_item",
    "catch_up",
    "change",
    "create",
    "delete",
    "disputed",
    "export",
    "handle",
    "handles",
    "import_ratings",
    "items_of",
    "kinds_of",
    "list_tasks",
    "load",
    "pairs_of",
    "people_of",
    "rate",
    "rates_by_people",
    "rates_by_source",
    "ratings",
    "read_spec",
    "rows_of",
    "scale_for",
    "shown",
    "spreads",
    "summary",
    "undo",
]


def __getattr__(name: str) -> Any:
    # imported at first use: a server that only takes ratings needs neither runs nor numpy
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
