"""What a rating task is to be: of which rows, how drawn, rated on what and by whom."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from types import NoneType
from typing import Any, Literal, Self, get_args

from seedbed.errors import InputError, UsageError
from seedbed.review.scales import Scale

__all__ = ["DEFAULT_SCALES", "By", "Kind", "Method", "Order", "Sample", "States", "TaskSpec", "read_spec"]

Kind = Literal["question", "triple"]
Method = Literal["random", "stratified", "near-threshold", "disagreement", "all"]
By = Literal["topic-type", "topic", "question_type", "value", "group"]
States = Literal["kept", "rejected", "generated"]
Order = Literal["random", "fixed"]

DEFAULT_SCALES: Mapping[Kind, tuple[str, ...]] = {
    "question": ("relevance", "sensibility"),
    "triple": ("misaligned", "aligned", "answers", "values"),
}
SEEDS = "seeds"
_FORM = 'As in: {"name": "first", "kind": "question", "sample": {"size": 50}}'


@dataclass(frozen=True, slots=True)
class Sample:
    """Which rows: `size` of the rows of `of`, by `method` and the draw `seed`; or just `ids`, in that order.

    `of` names "seeds" and runs. Rows of several sources are mixed, the same number of each as far as there are so
    many. `states` are the rows of a run that count (seeds have none: all seeds that curation has not excluded, or
    all that are chosen as examples with `chosen`). `by` is what "stratified" evens out. `earlier` names a task
    whose raters' disagreement counts for "disagreement".
    """

    of: tuple[str, ...] = (SEEDS,)
    method: Method = "random"
    size: int | None = 100
    seed: int = 0
    states: States = "kept"
    by: By = "topic-type"
    chosen: bool = False
    earlier: str = ""
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """A task to be created.

    `name` is its address, and stays. `scales` are ids of shipped ones, or scales in full; none: `DEFAULT_SCALES`.
    `raters` are who may rate (nobody named: whoever comes). `per_item` is by how many of the named raters each item is
    rated, `each` how many items one rater gets; neither: everybody rates everything. `blind` hides origin, labels of
    runs and other people's ratings; else they are shown once one's own rating is in. `retest` is the share of a
    rater's items that come a second time.
    """

    name: str
    kind: Kind
    title: str = ""
    sample: Sample = Sample()
    scales: tuple[str | Scale, ...] = ()
    raters: tuple[str, ...] = ()
    per_item: int | None = None
    each: int | None = None
    blind: bool = True
    order: Order = "random"
    retest: float = 0.0
    instructions: str = ""

    def checked(self) -> Self:
        """Itself, if it can be. Raises UsageError."""
        if self.kind not in get_args(Kind):
            raise UsageError(f"There are no rows of kind {self.kind!r}", hint="One of: question, triple")
        sample = self.sample
        for what, value, known in (
            ("way to draw", sample.method, get_args(Method)),
            ("state", sample.states, get_args(States)),
            ("stratum", sample.by, get_args(By)),
            ("order", self.order, get_args(Order)),
        ):
            if value not in known:
                raise UsageError(f"There is no {what} {value!r}", hint=f"One of: {', '.join(known)}")
        if not sample.of:
            raise UsageError("The sample names no source", hint="Name seeds, or a run.")
        if sample.size is not None and sample.size < 1:
            raise UsageError(f"A sample of {sample.size} rows is none", hint="Ask for 1 or more, or leave it out.")
        if not 0 <= self.retest <= 1:
            raise UsageError(
                f"The share of items asked again is from 0 to 1, not {self.retest}", hint="One in ten is 0.1."
            )
        if any(not rater.strip() for rater in self.raters):
            raise UsageError("A rater has no name", hint="Leave it out: then whoever comes may rate.")
        if self.per_item is not None and not (self.raters and 1 <= self.per_item <= len(set(self.raters))):
            raise UsageError(
                f"Each item cannot be rated by {self.per_item} of {len(set(self.raters))} named raters",
                hint="Name at least so many raters, or leave it out: then everybody rates everything.",
            )
        if self.each is not None and (self.each < 1 or self.per_item is not None):
            raise UsageError(
                "Give the number of items for each rater (1 or more), or of raters for each item, not both",
                hint="Leave one of each and per_item out.",
            )
        return replace(self, raters=tuple(dict.fromkeys(self.raters)))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """A spec as JSON has it. Raises InputError for a key that there is none, UsageError as `checked`."""
        sample = data.get("sample", {})
        for part, known in ((data, cls), (sample, Sample)):
            names = [one.name for one in fields(known)]
            if not isinstance(part, Mapping) or (unknown := set(part) - set(names)):
                said = f"no key {', '.join(sorted(unknown))}" if isinstance(part, Mapping) else "to be an object"
                raise InputError(f"The task's spec has {said}", hint=f"Known: {', '.join(names)}")
        _check_types(data, sample)
        try:
            scales = [_scale(one) if isinstance(one, Mapping) else str(one) for one in data.get("scales", ())]
            plain = {name: value for name, value in data.items() if name not in ("sample", "scales", "raters")}
            drawn: dict[str, Any] = {name: tuple(v) if name in ("of", "ids") else v for name, v in sample.items()}
            spec = cls(
                **plain, sample=Sample(**drawn), scales=tuple(scales), raters=tuple(map(str, data.get("raters", ())))
            )
            return spec.checked()
        except TypeError as error:
            raise InputError(f"The task's spec is not what it should be: {error}", hint=_FORM) from None

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["scales"] = [one.to_json() if isinstance(one, Scale) else one for one in self.scales]
        return data


_TYPES: Mapping[str, tuple[type, ...]] = {
    "name": (str,), "kind": (str,), "title": (str,), "instructions": (str,), "order": (str,), "retest": (int, float),
    "per_item": (int, NoneType), "each": (int, NoneType), "blind": (bool,), "raters": (list, tuple),
    "scales": (list, tuple), "method": (str,), "size": (int, NoneType), "seed": (int,), "states": (str,), "by": (str,),
    "chosen": (bool,), "earlier": (str,), "of": (list, tuple), "ids": (list, tuple),
}  # fmt: skip
_SAID = {str: "text", bool: "true or false", int: "a whole number", float: "a number", NoneType: "null", list: "a list"}


def _check_types(data: Mapping[str, Any], sample: Mapping[str, Any]) -> None:
    """Raises InputError for a value that is no such thing as its key takes: "no" is a text, and true as a switch."""
    for part in (data, sample):
        _check(part, _TYPES)
        for key in ("raters", "of", "ids"):
            value = part.get(key, ())
            if not all(isinstance(one, str) and one.strip() for one in value):
                raise InputError(f"The task's spec has {key} = {value!r}", hint="It takes a list of names.")


def _check(part: Mapping[str, Any], types: Mapping[str, tuple[type, ...]]) -> None:
    """Raises InputError for a value that is no such thing as its key takes: "no" is a text, and true as a switch."""
    for key, value in part.items():
        known = types.get(key)
        if known and (not isinstance(value, known) or (isinstance(value, bool) and bool not in known)):
            said = " or ".join(_SAID[one] for one in known if one in _SAID)
            raise InputError(f"The task's spec has {key} = {value!r}", hint=f"It takes {said}.")


_OF_SCALE: Mapping[str, tuple[type, ...]] = {
    "id": (str,), "title": (str,), "level": (str,), "definition": (str,), "options": (list, tuple),
    "low": (int, float, NoneType), "high": (int, float, NoneType), "several": (bool,), "required": (bool,),
    "examples": (list, tuple), "kinds": (list, tuple),
}  # fmt: skip


def _scale(data: Mapping[str, Any]) -> Scale:
    """A scale in full. The log is read with less ado: a task that stands is never refused."""
    _check(data, _OF_SCALE)
    words = [*data.get("examples", ()), *data.get("kinds", ())]
    options = [one for one in data.get("options", ()) if isinstance(one, Mapping)]
    words += [one[key] for one in options for key in ("label", "anchor") if key in one]
    for one in words:
        if not isinstance(one, str):
            raise InputError(f"A scale of the task's spec has {one!r}", hint="Labels, anchors and examples are texts.")
    return Scale.from_json(data)


def read_spec(path: Path) -> TaskSpec:
    """The spec in the JSON file at `path`. Raises InputError, UsageError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"There is no file {path}", hint="Check the path.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read as JSON: {error}", hint=_FORM) from None
    if not isinstance(data, dict):
        raise InputError(f"{path} holds no object", hint=_FORM)
    return TaskSpec.from_json(data)
