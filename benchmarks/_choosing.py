"""Choosing 33 examples of 10,000 questions whose vectors are in the study: a part of curation.py."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from _bench import ROOT, Check, child, conclude

sys.path.insert(0, str(ROOT / "src"))

SEEDS = 10_000
PLACES = 33
SECONDS = 5.0
_DIM = 384
_SUBJECTS = 200  # directions that vectors cluster about, so that some seeds are near each other as people's are


class _Drawn:
    """Vectors drawn by the number that a text ends with: the embedder is no part of what is measured."""

    name, dim, fingerprint = "drawn", _DIM, "drawn/1"

    def __init__(self) -> None:
        import numpy as np

        self._subjects = np.random.default_rng(1).normal(size=(_SUBJECTS, _DIM))

    def encode(self, texts: Sequence[str]) -> Any:
        import numpy as np

        numbers = [int(text.rsplit(" ", 1)[1]) for text in texts]
        noise = np.stack([np.random.default_rng(number).normal(size=_DIM) for number in numbers])
        rows = self._subjects[[number % _SUBJECTS for number in numbers]] + noise
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def _questions(number: int) -> list[Any]:
    import random

    from seedbed.records import Question
    from seedbed.taxonomy import default_taxonomy

    draw, taxonomy = random.Random(1), default_taxonomy()
    topics, types = [item.id for item in taxonomy.topics], [item.id for item in taxonomy.question_types]
    return [
        Question(
            f"q{at:05d}", f"Question number {at}", topic=draw.choice(topics), question_type=draw.choice(types),
            group=str(draw.randint(1, 40)), authors=(f"author-{draw.randint(1, 300)}",),
        )
        for at in range(number)
    ]  # fmt: skip


def _measure(number: int) -> dict[str, float]:
    from seedbed.curate import CurateSettings
    from seedbed.curate.choosing.comparing import compare_strategies
    from seedbed.curate.selection import Grounds, select
    from seedbed.curate.vectors import cosine_ties, load_vectors
    from seedbed.records import Pool
    from seedbed.study import Folder

    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder, seeds, embedder = Folder(Path(name)), _questions(number), _Drawn()
        load_vectors(folder, seeds, embedder=embedder)

        def took(what: str, began: float) -> float:
            found[what] = time.process_time() - began
            return time.process_time()

        at = time.process_time()
        vectors = load_vectors(folder, seeds, embedder=embedder)
        at = took("load", at)
        ids = [item.id for item in seeds]
        grounds = Grounds(set(ids), dict.fromkeys(ids, Pool.ALIGNMENT), vectors=vectors)
        settings = CurateSettings(select=PLACES)
        made = select(seeds, "question", settings, grounds)
        at = took("select", at)
        compare_strategies(seeds, "question", settings, grounds)
        at = took("compare", at)
        cosine_ties(vectors, settings.near_meaning)
        took("ties", at)
        found["chosen"] = len(made.chosen)
    return found


def selection() -> list[Check]:
    """The lines of the table about the choice of examples."""
    _, said = child([sys.executable, str(Path(__file__).resolve()), "--child"])
    took: dict[str, float] = json.loads(said.splitlines()[-1])
    return [
        Check(f"choosing {PLACES} of {SEEDS:,}, vectors read", took["load"] + took["select"], SECONDS, "s CPU"),
        Check("  of which reading the vectors", took["load"], unit="s CPU"),
        Check("  chosen", f"{took['chosen']:.0f}", holds=took["chosen"] == PLACES),
        Check("comparing the strategies on them", took["compare"], unit="s CPU"),
        Check("every two of them with a cosine of .9", took["ties"], unit="s CPU"),
    ]


if __name__ == "__main__":
    if "--child" in sys.argv:
        print(json.dumps(_measure(SEEDS)))
    else:
        conclude(selection(), check="--check" in sys.argv)
