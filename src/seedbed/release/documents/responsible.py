"""The properties of Croissant's RAI vocabulary, filled from the facts: how data came about, by whom, and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seedbed.release.documents import prose
from seedbed.release.documents.card_data import Card
from seedbed.release.documents.markdown import many, of, plain

__all__ = ["responsible"]


def responsible(card: Card) -> dict[str, Any]:
    """Property to text or list of texts. One of which nothing is known is left out."""
    facts = card.facts
    found: Mapping[str, Any] = {
        "dataCollection": _collection(card),
        "dataCollectionType": _types(card),
        "dataCollectionMissingData": "; ".join(
            f"{one['rows']}, {one['why']}: {one['count']:,}" for one in facts["left_out"]
        ),
        "dataCollectionRawData": "Boards of a workshop and imported tables; they stay in the study.",
        "dataCollectionTimeframe": [one["began"] for one in facts["sessions"]],
        "dataPreprocessingProtocol": [
            f"Curation, {one['act']} by {one['by']} ({one['rule']}): {many(one['decisions'], 'decision')}"
            for one in facts["decisions"]
        ],
        "dataManipulationProtocol": [
            f"Run {run['name']} ({run['stage']}, {run['model']}): {of(run['kept'], run['generated'])} passed the gates "
            f"{', '.join(gate['gate'] for gate in run['gates'])}."
            for run in facts["runs"] if run["stays"] is None
        ],
        "dataAnnotationProtocol": [
            f"Hard labels of inspector, {one['role']} responses, by {one['label_from']}: {many(one['rows'], 'row')}"
            for one in facts["labels"]
        ],
        "dataAnnotationAnalysis": [
            f"On {one['scale']}, answers differ on {of(one['differ'], one['rows'])} rows that several people judged."
            for one in facts["disagreements"]
        ],
        "annotationsPerItem": [
            f"{one['task']}: {one['ratings']:,} ratings of {one['rated']:,} rows" for one in facts["rating_tasks"]
        ],
        "annotatorDemographics": _people(card),
        "machineAnnotationTools": sorted({run["model"] for run in facts["runs"] if run["model"] and run["released"]}),
        "dataReleaseMaintenancePlan": "A release never changes. When somebody withdraws consent, a new version is made "
        "without their rows, and older copies should be replaced."
        + (f" Contact: {facts['contact']}" if facts["contact"] else ""),
        "personalSensitiveInformation": "People are not named. " + plain(prose.RULE_FOR_PEOPLE.format(k=facts["k"])),
        "dataSocialImpact": plain(prose.HAZARDS),
        "dataBiases": _biases(card),
        "dataLimitations": plain(prose.LIMITATIONS),
        "dataUseCases": [plain(prose.USES), "Not meant for: " + plain(prose.OUT_OF_SCOPE)],
    }  # fmt: skip
    return {f"rai:{name}": value for name, value in found.items() if value}


def _collection(card: Card) -> str:
    written = card.facts["contributions"]
    people = (
        f"People wrote {many(written[-1]['questions'], 'question')} and {many(written[-1]['pairs'], 'pair')}"
        if written else "No seeds of people are on record"
    )  # fmt: skip
    place = " in a workshop, in groups" if card.facts["workshop"] else ""
    return f"{people}{place}; models grew {many(card.synthetic, 'row')} of this release from them."


def _types(card: Card) -> list[str]:
    workshop = ["Participatory workshop"] if card.facts["workshop"] else []
    return [*workshop, "Manual human curation", *(["Synthetic data generation"] if card.synthetic else [])]


def _people(card: Card) -> list[str]:
    total, k = card.facts["people.total"], card.facts["k"]
    if not total:
        if card.facts["people.against"]:
            return [f"Nothing is told of the people: less those of an earlier release, counts would be below {k}."]
        return [f"Fewer than {k} people; nothing is told of them." if total is None else "No record of people."]
    lines = [f"{one['attribute']}: {one['value'] or 'others'}, {one['people']:,}" for one in card.facts["people.by"]]
    if as_of := card.facts["people.as_of"]:
        lines.append(f"as counted for release {as_of}: new counts less those would be below {k}")
    return [f"{total:,} people", *lines]


def _biases(card: Card) -> list[str]:
    groups = card.facts["power.groups"]
    said = ["What counts as aligned is what the people of this study held to be so."]
    if groups and groups["with_managers"]:
        said.append(
            f"In {groups['with_managers']:,} of {groups['groups']:,} groups somebody leads others. {plain(prose.POWER)}"
        )
    return said
