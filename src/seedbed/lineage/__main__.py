"""Read what changed in a study into its index, at low priority: for a server, whose people type meanwhile."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from seedbed.lineage.index import Index
from seedbed.study import Folder

if __name__ == "__main__":
    os.nice(10)
    Index(Folder(Path(sys.argv[1]))).refresh()
