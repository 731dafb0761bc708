"""What judging models said of a person's words: their replies go, the labels that were read from them stay.

A model that gives its reason may quote what it judges, or say it in other words. So of seeds that hold words of the
person every reply goes; of any other row those that share a stretch of letters with something the person wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from contextlib import ExitStack, contextmanager
from pathlib import Path

from seedbed.engine.forgetting import forget_replies
from seedbed.records import Ask
from seedbed.study import Folder, hold
from seedbed.workshop.erasing import repeated

__all__ = ["forget_judged", "judging_journals", "no_judging"]


def judging_journals(folder: Folder) -> list[Path]:
    """The journals of the study's judging runs."""
    return sorted((folder.root / "judgements").glob("*/journal.db"))


def forget_judged(folder: Folder, seeds: Set[str], own: Sequence[str]) -> int:
    """Take out the replies about `seeds`, and those that repeat one of the texts `own`; returns how many.

    Raises StorageError, InputError, and Busy where somebody has a journal open.
    """

    repeats = repeated(own)

    def chosen(ask: Ask, said: str) -> bool:
        # a judged row goes by its id and the view of it that was shown: "A-r_1#aligned/0"
        return str(ask.prompt_id).rsplit("#", 1)[0] in seeds or repeats(said) is not None

    return sum(forget_replies(path, chosen) for path in judging_journals(folder))


@contextmanager
def no_judging(folder: Folder) -> Iterator[None]:
    """Hold every judging run: one that is under way has read the words, and its judge may repeat them. Raises Busy."""
    with ExitStack() as held:
        for path in judging_journals(folder):
            held.enter_context(hold(path.parent / "lock", what=f"The judging run {path.parent.name!r}"))
        yield
