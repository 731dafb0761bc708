"""Taking ratings from a file: every row is judged first, and then all that are good are recorded at once, or none."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from seedbed.errors import Busy, InputError, SeedbedError
from seedbed.review.assigning import handles
from seedbed.review.fold import Given, Rated, Task, TaskState, catch_up, stream_of
from seedbed.review.interchange import argilla, label_studio, tables
from seedbed.review.interchange.claims import Claim, Imported, Reading, Refused
from seedbed.review.people import known_people
from seedbed.review.rating import act_of, read_given
from seedbed.review.scales import Answer
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore

__all__ = ["EXTERNAL", "import_ratings"]

EXTERNAL = "ext-"
"""With what the pseudonym begins of a rater whom the study does not know."""

_NO_NAME = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_TOLD = 400  # characters told of what was refused
_PATIENCE_S = 10.0  # an import of 13,000 ratings takes about one

_READERS = {"argilla": argilla.read, "label-studio": label_studio.read, "csv": tables.read}


def import_ratings(
    folder: Folder, name: str, path: Path | str, actor: str, *, format: str = "", skip_bad: bool = False,
    dry_run: bool = False,
) -> Imported:  # fmt: skip
    """Record what was rated elsewhere under the task `name`, and say of every row what became of it.

    Without `format` the file's form decides. Where a row is refused nothing is recorded, unless `skip_bad`. People whom
    the study does not know get a pseudonym that only this study can compute; their names are not kept. Nothing that was
    rated here is replaced: where a file says otherwise, that row is refused. The same file again adds nothing; of a
    newer one only what changed is added, as revisions.

    Raises InputError for an unknown or deleted task and for a file that is none of these; UsageError for an unknown
    format; Busy while another process writes: of two imports of one file at once the second finds what the first took.
    """
    path = Path(path)
    folder.check()
    with nullcontext() if dry_run else _alone(folder), EventStore.of(folder) as store:
        state = catch_up(store, name)
        task = state.task
        if task.deleted:
            raise InputError(f"The rating task {name!r} was deleted", hint="Import into another task.")
        reading = _read(path, task, format)
        judged = _Judging(folder, state, reading, actor)
        for claim in reading.claims:
            judged.take(claim)
        good = bool(judged.acts) and not dry_run and (skip_bad or not judged.refused)
        if good:
            store.append(stream_of(name), actor, judged.acts)
    late = () if task.open else ("The task is closed: what was taken is marked late and is not counted.",)
    return Imported(
        format=reading.format,
        path=str(path),
        rows=reading.rows,
        ratings=len(reading.claims),
        taken=len(judged.acts),
        revised=judged.revised,
        already=judged.already,
        refused=tuple(judged.refused),
        raters=dict(judged.strangers),
        missing=tuple(one.id for one in task.scales if one.id not in reading.scales),
        unknown=tuple(map(_plain, reading.unknown)),
        unanswered=reading.unanswered,
        remarks=(*reading.remarks, *late),
        written=good,
    )


@contextmanager
def _alone(folder: Folder) -> Iterator[None]:
    """While nobody else imports. A decision or another import is waited for; raises Busy when it takes longer."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        with ExitStack() as held:
            try:
                held.enter_context(folder.writing())
            except Busy:
                if time.monotonic() > until:
                    raise
            else:
                yield
                return
        time.sleep(0.1)


def _read(path: Path, task: Task, format: str) -> Reading:
    from seedbed.errors import UsageError

    if format and format not in _READERS:
        raise UsageError(f"Ratings are not read as {format!r}", hint=f"Formats: {', '.join(_READERS)}")
    try:
        found = path.exists()
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}", hint="Check the path.") from None
    if not found:
        raise InputError(f"There is no file {path}", hint="Check the path.")
    chosen = format or _form(path)
    try:
        return _READERS[chosen](path, task)
    except (TypeError, AttributeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        # a list where an object belongs, or the like: whoever wrote it, it was not that program
        raise InputError(f"{path} is not as {chosen} files are: {error}", hint="Export it again.") from None


def _form(path: Path) -> str:
    if path.is_dir():
        return "argilla"
    if path.suffix.lower() != ".json":
        return "csv"
    rows = label_studio.objects(path)
    first: Mapping[str, Any] = rows[0] if rows else {}
    if "annotations" in first or "completions" in first or "annotation_id" in first:
        return "label-studio"
    if "responses" in first or any(key.endswith(".responses") for key in first):
        return "argilla"
    return "csv"


class _Judging:
    """Each claim against the task and against what stands already, and against the claims before it."""

    def __init__(self, folder: Folder, state: TaskState, reading: Reading, actor: str) -> None:
        self._folder, self._state, self._via = folder, state, reading.format
        self._items = handles(state.task)
        self._known = {*state.raters(), *known_people(folder)}
        self._named = {argilla.user_id(state.task, rater): rater for rater in self._known}
        self._taken: dict[tuple[str, str, bool], Given] = {}
        self.acts: list[Act] = []
        self.refused: list[Refused] = []
        self.strangers: dict[str, str] = {}
        self.revised = self.already = 0

    def take(self, claim: Claim) -> None:
        try:
            self._take(claim)
        except SeedbedError as error:
            said = f"{error}" + (f" ({error.hint})" if error.hint else "")
            self.refused.append(Refused(claim.row, _plain(claim.item), _plain(claim.rater), _plain(said)))

    def _take(self, claim: Claim) -> None:
        if claim.fault:
            raise InputError(claim.fault)
        item = self._items.get(claim.item, claim.item)
        if item not in self._state:
            raise InputError(f"the task has no item {claim.item!r}")
        if not claim.rater.strip():
            raise InputError("nobody is named as the rater")
        rater = self._person(claim.rater.strip())
        given = self._given(claim)
        place = rater, item, claim.again
        before = self._taken.get(place)
        standing = self._state.of(rater, item, again=claim.again)
        if before is not None:
            if _said(before) == _said(given):
                self.already += 1
                return
            if not claim.in_order:
                raise InputError("another row of the file says otherwise of the same item by the same rater")
        elif standing is not None:
            if _said(_as_given(standing)) == _said(given):
                self.already += 1
                return
            if not standing.via:
                raise InputError("the rater said otherwise here, and that stands")
        elif claim.again and self._state.of(rater, item) is None and (rater, item, False) not in self._taken:
            raise InputError("it is a second time without a first")
        self.revised += before is not None or standing is not None
        self._taken[place] = given
        self.acts.append(act_of(rater, item, given, via=self._via))

    def _person(self, name: str) -> str:
        if name in self._known:
            return name
        if name in self._named:
            return self._named[name]
        if name not in self.strangers:
            if _NO_NAME.search(name):  # it is told on a terminal, and no key is made of half a character
                raise InputError("the rater's name has control characters, or is no Unicode text")
            self.strangers[name] = EXTERNAL + self._folder.digest("rater", name)[:10]
        return self.strangers[name]

    def _given(self, claim: Claim) -> Given:
        values: dict[str, Answer] = {}
        for id, value in claim.values.items():
            scale = self._state.task.scale(id)
            values[id] = scale.parse(value) if isinstance(value, str) else scale.read(value)
        return read_given(
            self._state.task,
            Given(values, claim.critique, claim.note, claim.seconds, claim.again, claim.skipped),
        )


def _plain(text: str) -> str:
    """What a file has in a place of names, to be told: in no more than a line, and in characters that are some."""
    return _NO_NAME.sub("\ufffd", text[:_TOLD])


def _as_given(rated: Rated) -> Given:
    return Given(rated.values, rated.critique, rated.note, rated.seconds, rated.again, rated.skipped)


def _said(given: Given) -> tuple[object, ...]:
    """What makes two ratings the same: not how long they took, and not a note, which most programs do not carry."""
    return dict(given.scales), given.critique, given.skipped
