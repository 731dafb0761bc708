"""prov.jsonld: what was made by what, of what, and by whom, in the W3C's PROV-O.

Entities are the release's files, the seeds, the taxonomy and the runs' rows; activities the workshop's sessions,
curation, the runs and the making of the release; agents Seedbed, the models, and people: all together, for nobody of
them is named. What one row grew from stands in the row (`lineage`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import seedbed
from seedbed.release.documents.card_data import Card

__all__ = ["render_prov"]

_CONTEXT: Mapping[str, Any] = {
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "seedbed": "urn:seedbed:",
    "label": "rdfs:label",
    "value": "prov:value",
    **{
        term: {"@id": f"prov:{term}", "@type": "@id"}
        for term in ("used", "wasGeneratedBy", "wasDerivedFrom", "wasAttributedTo", "wasAssociatedWith",
                     "wasInformedBy", "hadMember")
    },
    **{
        term: {"@id": f"prov:{term}", "@type": "xsd:dateTime"}
        for term in ("startedAtTime", "endedAtTime", "generatedAtTime")
    },
}  # fmt: skip
_PEOPLE, _SEEDBED, _SEEDS, _CURATED = "seedbed:people", "seedbed:software", "seedbed:seeds", "seedbed:seeds-curated"
_CURATION, _RELEASING, _DATASET, _TAXONOMY = (
    "seedbed:curation", "seedbed:releasing", "seedbed:release", "seedbed:taxonomy",
)  # fmt: skip


def render_prov(card: Card) -> str:
    """The JSON-LD, as text."""
    graph = [*_agents(card), *_people(card), *_runs(card), *_release(card)]
    return json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _node(id: str, kind: str, label: str, **more: Any) -> dict[str, Any]:
    return {"@id": id, "@type": f"prov:{kind}", "label": label, **{key: v for key, v in more.items() if v}}


def _agents(card: Card) -> Iterator[dict[str, Any]]:
    yield _node(_SEEDBED, "SoftwareAgent", f"Seedbed {seedbed.__version__}")
    yield _node(_PEOPLE, "Agent", "The people of the study")
    for model in dict.fromkeys(run["model"] for run in card.facts["runs"] if run["model"]):
        yield _node(_model(model), "SoftwareAgent", model)


def _people(card: Card) -> Iterator[dict[str, Any]]:
    """The workshop, the seeds that came of it, and curation."""
    sessions = []
    for number, one in enumerate(card.facts["sessions"], 1):
        sessions.append(f"seedbed:session/{number}")
        yield _node(sessions[-1], "Activity", f"{one['session']}, {one['began']}", wasAssociatedWith=_PEOPLE)
    written = card.facts["contributions"]
    label = f"{written[-1]['questions']} questions and {written[-1]['pairs']} pairs" if written else "no seeds"
    yield _node(_SEEDS, "Collection", label, wasAttributedTo=_PEOPLE, wasGeneratedBy=sessions)
    version = card.facts["taxonomy"]
    yield _node(_TAXONOMY, "Entity", f"Taxonomy, version {version}", wasAttributedTo=_PEOPLE)
    yield _node(
        _CURATION, "Activity", f"{card.facts['decisions.total']} decisions",
        used=[_SEEDS, _TAXONOMY], wasAssociatedWith=[_PEOPLE, _SEEDBED], wasInformedBy=sessions,
    )  # fmt: skip
    yield _node(_CURATED, "Collection", "The seeds, curated", wasGeneratedBy=_CURATION, wasDerivedFrom=_SEEDS)


def _runs(card: Card) -> Iterator[dict[str, Any]]:
    names = {run["name"] for run in card.facts["runs"]}
    for run in card.facts["runs"]:
        activity, rows, model = f"seedbed:run/{run['name']}", _rows(run["name"]), run["model"]
        grown = [_rows(name) for name in run["from"] if name in names]
        yield _node(
            activity, "Activity", f"Run {run['name']}, {run['stage']}", startedAtTime=run["created"],
            used=[_CURATED, _TAXONOMY, *grown],
            wasAssociatedWith=[_SEEDBED, *([_model(model)] if model else [])],
        )  # fmt: skip
        yield _node(
            rows, "Collection", f"{run['kept']} kept rows", wasGeneratedBy=activity,
            wasDerivedFrom=[_CURATED, *grown],
        )  # fmt: skip


def _release(card: Card) -> Iterator[dict[str, Any]]:
    facts = card.facts
    released = [_rows(run["name"]) for run in facts["runs"] if run["released"]]
    yield _node(
        _RELEASING, "Activity", f"Release {facts['version']}", endedAtTime=facts["created"],
        used=[_CURATED, _TAXONOMY, *released], wasAssociatedWith=_SEEDBED,
    )  # fmt: skip
    files = [f"seedbed:release/{one['file']}" for one in facts["files"]]
    yield _node(
        _DATASET, "Collection", facts["title"], wasGeneratedBy=_RELEASING, wasDerivedFrom=[_CURATED, *released],
        wasAttributedTo=[_PEOPLE, _SEEDBED], hadMember=files,
    )  # fmt: skip
    for id, one in zip(files, facts["files"], strict=True):
        yield _node(id, "Entity", one["file"], wasGeneratedBy=_RELEASING, value=f"sha256:{one['sha256']}")


def _model(name: str) -> str:
    return f"seedbed:model/{_id(name)}"


def _rows(run: str) -> str:
    return f"seedbed:run/{run}/rows"


def _id(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")
