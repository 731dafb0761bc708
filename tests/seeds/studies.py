"""A small study to import into, and files to import."""

from __future__ import annotations

import json
from pathlib import Path

from seedbed.seeds import install_taxonomy
from seedbed.study import Folder
from seedbed.study.events import Event, EventStore

TAXONOMY = {
    "version": 1,
    "topics": [
        {"id": "health", "label": "Health"},
        {"id": "travel", "label": "Travel", "aliases": ["Travels"]},
        {"id": "finance", "label": "Finance"},
        {"id": "customer-care", "label": "Customer Care"},
    ],
    "question_types": [
        {"id": "giving-advice", "label": "giving advice"},
        {"id": "legal-expertise", "label": "legal expertise"},
        {"id": "cultural-context", "label": "cultural context"},
    ],
    "values": [
        {"id": "fairness", "label": "Fairness", "definition": "Nobody is judged by their group."},
        {"id": "safety", "label": "Safety", "definition": "Nobody comes to harm."},
    ],
}


def make_study(root: Path, taxonomy: dict[str, object] | None = None) -> Folder:
    root.mkdir(parents=True)
    (root / "study.toml").write_text("")
    labels = root.parent / f"{root.name}-taxonomy.json"
    labels.write_text(json.dumps(taxonomy or TAXONOMY))
    folder = Folder(root)
    install_taxonomy(folder, labels)
    return folder


def events(folder: Folder, stream: str = "seeds") -> list[Event]:
    if not folder.people.exists():
        return []
    with EventStore.at(folder.people) as store:
        return list(store.read(stream))


def stored_data(folder: Folder) -> str:
    """The data column of every event, as it stands on disk: ids and codes, no words."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder.people)) as db:
        return "\n".join(row[0] for row in db.execute("SELECT data FROM events"))
