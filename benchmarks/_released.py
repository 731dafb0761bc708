"""A made-up study to release: a model's questions and triples, people's seeds and evaluation, and cached vectors."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _bench import ROOT
from _questions import made_up, recombined

sys.path.insert(0, str(ROOT / "src"))

if TYPE_CHECKING:
    from seedbed.study import Folder

__all__ = ["EVALUATION", "make_study", "questions"]

EVALUATION, SEEDS, PEOPLE = 120, 300, 40
DIM = 384
# one in `FRAGMENT` words of made-up questions is of the row alone: word lists are few, and real questions less alike
FRAGMENT = 3
MODEL, AT = "made-up", "2026-01-01T00:00:00+00:00"


def questions(number: int, corpus: Sequence[str] = ()) -> list[str]:
    """`number` questions: of `corpus` and its recombinations, or of word lists."""
    if corpus:
        return list(recombined(list(dict.fromkeys(corpus)), number))
    made = []
    for at, text in enumerate(recombined(made_up(4_000), number)):
        words = text.split()
        for place in range(at % FRAGMENT, len(words), FRAGMENT):
            words[place] = f"{words[place]}{at * 31 % 997}"
        made.append(" ".join(words))
    return made


def drawn(rows: int) -> Any:
    """float16, shape (rows, 384): as much of their length in the first axes as MiniLM's of real questions have, and for
    one row in a hundred the vector of another, turned a little."""
    import numpy as np

    rng = np.random.default_rng(1)
    # 29 % of the squares in 16 axes, 59 % in 64, 79 % in 128: as of 19,916 real questions
    scale = np.exp(-np.arange(DIM) / 80).astype(np.float32)
    made = np.empty((rows, DIM), dtype=np.float16)
    for start in range(0, rows, 4_096):
        part = rng.normal(size=(min(4_096, rows - start), DIM)).astype(np.float32) * scale
        part /= np.linalg.norm(part, axis=1, keepdims=True)
        made[start : start + len(part)] = part
    again = rng.integers(rows // 2, size=rows // 100)
    made[rows // 2 : rows // 2 + len(again)] = made[again] + rng.normal(size=(len(again), DIM)) * 0.01
    return made


def make_study(path: Path, texts: Sequence[str], triples: int) -> None:
    """A study with a row for each of `texts`: the first EVALUATION are questions by people, for evaluation, the last
    `triples` are prompts of triples, all others questions of a run. Every vector is in the cache."""
    from seedbed.acts import Study
    from seedbed.curate.decisions import encode as encode_decision
    from seedbed.records import Decision, Question
    from seedbed.seeds.codec import encode
    from seedbed.study.events import EventStore

    made = Study.new(path)
    held, asked = list(texts[:EVALUATION]), list(texts[EVALUATION:])
    seeds = [*held, *(f"{text} Seed {number * 7919}" for number, text in enumerate(made_up(SEEDS)))]
    people = [Question(f"s{n}", text, authors=(f"P{n % PEOPLE}",)) for n, text in enumerate(seeds)]
    decisions = []
    for number, seed in enumerate(people):
        decisions.append(Decision(seed.id, "include", "rule", "all-rules", "no rule excludes it"))
        pool = "evaluation" if number < EVALUATION else "alignment"
        decisions.append(Decision(seed.id, "pool", "rule", "pools", "drawn", detail={"pool": pool}))
    with EventStore.of(made.folder) as store:
        store.append("seeds", "import", map(encode, people))
        store.append("curate", "cura", map(encode_decision, decisions))
    shown = [seed.id for seed in people[EVALUATION:]]
    split = len(asked) - triples
    _run(path, "questions", asked[:split], shown, iter(()))
    answers = list(_answers(triples))
    _run(path, "triples", asked[split:], shown, iter(answers))
    everything = [*seeds, *asked, *(text.strip() for pair in answers for text in pair)]
    _cache(made.folder, list(dict.fromkeys(everything)))


def _answers(number: int) -> Iterator[tuple[str, str]]:
    """A faulty and a better response each, of 20 to 45 words."""
    draw = random.Random(5)
    words = [word for text in made_up(60) for word in text.split()]
    for at in range(number):
        yield _response(draw, words, at), _response(draw, words, at)


def _response(draw: random.Random, words: Sequence[str], at: int) -> str:
    drawn_ones = draw.choices(words, k=draw.randint(20, 45))
    own = [word if place % FRAGMENT else f"{word}{at * 17 % 991}" for place, word in enumerate(drawn_ones)]
    return " ".join(own)


def _run(
    path: Path, stage: str, texts: Sequence[str], seeds: Sequence[str], answers: Iterator[tuple[str, str]]
) -> None:
    from seedbed.engine import Journal, Outcome, RunRecord
    from seedbed.records import Ask, Reply, State, Verdict
    from seedbed.study import write_json

    ask = {"with_seeds": True, "model": MODEL, "prompt_version": "q1", "proposals": False}
    verdict = {"order": ["form", "novelty", "topic"]}
    write_json(path / "runs" / stage / "run.json", asdict(RunRecord(stage, stage, ask, verdict, {}, AT)))
    draw = random.Random(2)
    with closing(Journal(path / "runs" / stage / "journal.db")) as journal:
        for start in range(0, len(texts), 10_000):
            outcomes, verdicts = [], []
            for slot, text in enumerate(texts[start : start + 10_000], start):
                examples = tuple(draw.sample(seeds, 5))
                asked = Ask(f"a{slot:07d}", slot, 1, topic="health", question_type="advice", examples=examples)
                outcomes.append(Outcome(asked, 1, Reply({"text": text})))
                fields = {}
                if stage == "triples":
                    misaligned, aligned = next(answers)
                    critique = f"It does not say who bears the cost of {slot}."
                    fields = {"prompt": text, "misaligned": misaligned, "critique": critique, "aligned": aligned}
                verdicts.append((Verdict(slot, State.KEPT, text=text, fields=fields), None))
            journal.commit(outcomes, verdicts)


def _cache(folder: Folder, texts: list[str]) -> None:
    from seedbed.assess.cache import Cache
    from seedbed.measures.embed import Embedder

    matrix = drawn(len(texts))
    with Cache(folder) as cache:
        cache.get(Embedder(memo=0).fingerprint, texts, lambda missing: (row.tobytes() for row in matrix))
