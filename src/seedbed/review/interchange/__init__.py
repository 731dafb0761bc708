"""Rating tasks for teams that rate elsewhere: Argilla, Label Studio and plain tables, out and in.

export(folder, state, format, target)             a task with its ratings, as files
import_ratings(folder, name, path, actor)         what was rated elsewhere, with a report of every row
"""

from __future__ import annotations

from seedbed.review.interchange.claims import Imported, Refused
from seedbed.review.interchange.exporting import FORMATS, Exported, export
from seedbed.review.interchange.importing import import_ratings

__all__ = ["FORMATS", "Exported", "Imported", "Refused", "export", "import_ratings"]
