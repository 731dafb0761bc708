"""Which rows stand near a cut, and over which of them those who judged disagree: what two ways to draw need.

Read from the record alone. A rejected row has the value that its gate measured; of a kept one the log-probability
that the endpoint reported and its length are compared with the limits that the run had. A margin is
|measured − cut| / |cut|, so that lengths and likenesses can stand in one order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from seedbed.curate import Curation
from seedbed.curate.decisions import BY_PERSON, Place, place
from seedbed.engine import RunRecord
from seedbed.generate.gating import THRESHOLDS
from seedbed.measures.definition import Value
from seedbed.measures.lengths import word_length
from seedbed.records import Decision, Question, Row, Triple
from seedbed.seeds import load as load_seeds
from seedbed.study import Folder

__all__ = ["RowDoubts", "SeedDoubts"]

Near = tuple[str, float | None]
_FIELDS: Mapping[type, tuple[tuple[str, str], ...]] = {
    Question: (("text", "question_words"),),
    Triple: (("misaligned", "misaligned_words"), ("critique", "critique_words"), ("aligned", "aligned_words")),
}
_CUTS = {
    "near-duplicate": "near_duplicate", "same-text": "same_text", "irrelevant-to-profile": "relevance",
    "label-drift": "label_margin",
}  # fmt: skip
_FRACTION = re.compile(r"(\d+)/([1-9]\d*)")
_PARTS = ("misaligned", "aligned")


class SeedDoubts:
    """What curation measured on a seed, and where rules, people and readers are not of one mind, as it stands now."""

    def __init__(self, folder: Folder, curation: Curation) -> None:
        self._settings = curation.settings
        by_rule: dict[Place, Decision] = {}  # the newest at each place; what a rule took back stands no more
        for logged in curation.log:
            made = logged.decision
            if made.rule != BY_PERSON and made.act in ("exclude", "undo", "flag"):
                by_rule[place(made)] = made
        self._by_rule: dict[str, list[Decision]] = defaultdict(list)
        for (subject, _), made in by_rule.items():
            if made.act == "exclude" or (made.act == "flag" and not made.detail.get("cleared")):
                self._by_rule[subject].append(made)
        self._included = {id for id, made in curation.included.items() if made.rule == BY_PERSON}
        self._topics: dict[str, list[str]] = {
            id: [label.topic or label.topic_raw for label in labels] for id, labels in curation.hand_labels.items()
        }
        self._rated: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for rating in load_seeds(folder).ratings:
            if isinstance(rating.value, int | float):
                self._rated[rating.subject][rating.scale].append(float(rating.value))
        self._span = {
            scale: max(values) - min(values)
            for scale in {name for scales in self._rated.values() for name in scales}
            if (values := [v for scales in self._rated.values() for v in scales.get(scale, ())])
        }

    def margin(self, record: Question | Triple) -> Near:
        found: list[tuple[str, float]] = []
        for made in self._by_rule.get(record.id, ()):
            cut = made.detail.get("limit", self._settings.get(_CUTS.get(made.rule, "")))
            if isinstance(made.measured, int | float):
                found += [(made.rule, _margin(made.measured, one)) for one in _numbers(cut)]
        for name, setting in _FIELDS[type(record)]:
            length = word_length(getattr(record, name), record.language)
            if isinstance(length, Value):
                found += [("too-verbose", _margin(length.value, one)) for one in _numbers(self._settings.get(setting))]
        return _nearest(found)

    def of(self, record: Question | Triple) -> float:
        """1 where a person overruled a rule; else how far readers' topics, or imported ratings, are apart."""
        set_aside = any(made.act == "exclude" for made in self._by_rule.get(record.id, ()))
        overruled = set_aside and record.id in self._included
        topics = self._topics.get(record.id, [])
        apart_by = [
            (max(values) - min(values)) / span
            for scale, values in self._rated.get(record.id, {}).items()
            if (span := self._span[scale])
        ]
        return max(float(overruled), _mixed(topics), *apart_by, 0.0)


class RowDoubts:
    """What the gates of a run measured on a row, and where a model judge was not of one mind with them or itself."""

    def __init__(self, record: RunRecord) -> None:
        self._settings = record.verdict
        self._order = tuple(record.verdict.get("order", ()))
        self._thresholds = THRESHOLDS.get(record.stage, {})

    def margin(self, row: Row) -> Near:
        verdict = row.verdict
        if not row.kept:
            names = self._thresholds.get(verdict.gate, ())
            if not isinstance(verdict.measured, int | float):
                return "", None
            return _nearest((verdict.gate, _margin(verdict.measured, cut)) for cut in self._cuts(names))
        found: list[tuple[str, float]] = []
        if "length" in self._order:
            texts = [str(verdict.fields.get(part) or "") for part in _PARTS] if verdict.fields else [verdict.text]
            cuts = self._cuts(self._thresholds.get("length", ()))
            found += [("length", _margin(len(text.split()), cut)) for text in texts for cut in cuts]
        if "logprob" in self._order:
            likely = verdict.notes.get("logprob")
            each: Mapping[str, Any] = likely if isinstance(likely, Mapping) else {"": likely}
            for part, value in each.items():
                if isinstance(value, int | float):
                    cuts = self._cuts([f"min_logprob_{part}" if part else "min_logprob"])
                    found += [("logprob", _margin(value, cut)) for cut in cuts]
        return _nearest(found)

    def of(self, row: Row) -> float:
        """1 where the judge's word goes against the verdict, or it judged by one value so and by another so; 0.5 where
        it was undecided."""
        judged = row.verdict.notes.get("judge")
        if not isinstance(judged, Mapping):
            return 0.0
        found = 0.0
        wanted = {"misaligned": "violates", "aligned": "honours"}
        says = {
            part: [one.get("says") for one in judged[part].values()] for part in wanted if judged.get(part)
        }  # of each value
        for part, labels in says.items():
            named = {label for label in labels if label in ("violates", "honours")}
            if len(named) == 2 or (row.kept and named and wanted[part] not in named):
                return 1.0
            if not named:
                found = 0.5
        agreed = says and all(set(labels) == {wanted[part]} for part, labels in says.items())
        return 1.0 if agreed and not row.kept and len(says) == 2 else found

    def _cuts(self, names: Iterable[str]) -> list[float]:
        return [cut for name in names for cut in _numbers(self._settings.get(name))]


def _mixed(labels: list[str]) -> float:
    """The share of pairs of labels that differ."""
    n = len(labels)
    if n < 2:
        return 0.0
    same = sum(labels.count(label) * (labels.count(label) - 1) for label in set(labels))
    return 1 - same / (n * (n - 1))


def _margin(measured: float, cut: float) -> float:
    return abs(measured - cut) / (abs(cut) or 1.0)


def _nearest(found: Iterable[tuple[str, float]]) -> Near:
    return min(found, key=lambda one: one[1], default=("", None))


def _numbers(value: Any) -> list[float]:
    """A cut as settings hold it: a number, or a fraction, (7, 10) in those of a run and "7/10" in curation's."""
    match value:
        case bool() | None:
            return []
        case str():
            found = _FRACTION.fullmatch(value)
            return [int(found[1]) / int(found[2])] if found else []
        case int() | float():
            return [float(value)]
        case [int() as top, int() as bottom] if bottom:
            return [top / bottom]
    return []
