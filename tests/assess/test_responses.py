"""Triples: coherence, likeness to the prompt and to the seeds' pairs, and variety by meaning, each a response apart."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study
from seedbed.assess import Assessment, AssessSettings, assess
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.novelty import SeedLikeness
from seedbed.study import Folder
from tests.assess.demo import SAMPLE, new_study
from tests.assess.parts import BagOfWords, NoParser

FAST = AssessSettings(draws=100, samples=3)


def run(folder: Folder, settings: AssessSettings = FAST, **parts: Any) -> tuple[Assessment, dict[str, dict[str, Any]]]:
    made = assess(folder, settings, **{"embedder": BagOfWords(), "parser": NoParser(), **parts})
    lines = [json.loads(line) for line in (folder.assessment / "rows.jsonl").read_text().splitlines()]
    return made, {line["id"]: line for line in lines}


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The sample's seeds, and the paper's two printed triples imported as somebody's synthetic rows."""
    folder = new_study(tmp_path_factory.mktemp("responses") / "study")
    Study.open(folder.root).import_files([SAMPLE / "paper_triples.jsonl"], origin="synthetic")
    return folder


def test_the_papers_first_example_scores_low_on_coherence(paper: Folder) -> None:
    assessed, lines = run(paper)
    first, second = (line for line in lines.values() if line["kind"] == "triple" and line["run"] is not None)
    assert first["aligned_coherence"] == pytest.approx(0.1)
    assert second["aligned_coherence"] == pytest.approx(0.25)
    assert (first["misaligned_coherence"], second["misaligned_coherence"]) == (1, 1)
    people = [line for line in lines.values() if line["kind"] == "triple" and line["run"] is None]
    assert {line["aligned_coherence"] for line in people} == {1.0}
    (figures,) = (one for one in assessed.responses if one.key.endswith("/generated"))
    (mean,) = figures.aligned_sensibility
    assert (mean.measure, isinstance(mean.value, Value)) == ("coherence", True)
    assert mean.value.value == pytest.approx(0.175)  # type: ignore[union-attr]
    assert "2 below 0.5" in mean.value.note  # type: ignore[union-attr]
    assert first["is_sensible"] == "unverified"  # signs decide nothing: a person or a judge does


def test_responses_are_held_beside_the_same_response_of_the_seeds(paper: Folder) -> None:
    assessed, lines = run(paper)
    rows = [line for line in lines.values() if line["kind"] == "triple" and line["run"] is not None]
    given = [json.loads(line) for line in (SAMPLE / "paper_triples.jsonl").read_text().splitlines()]
    seeds = {one.id: one for one in Study.open(paper.root).curation().triples}
    for part in ("misaligned", "aligned"):
        texts = {id: getattr(one, part) for id, one in seeds.items() if one.misaligned.strip() and one.aligned.strip()}
        embed = BagOfWords().encode
        vectors = embed(list(texts.values()))
        expected = SeedLikeness(texts, vectors).rows([one[part] for one in given], embed([one[part] for one in given]))
        for row, near, one in zip(rows, expected, given, strict=True):
            assert row[f"{part}_seed_rouge_l"] == pytest.approx(near.rouge_l.value, abs=1e-5)  # type: ignore[union-attr]
            assert row[f"{part}_seed_cosine"] == pytest.approx(near.cosine.value, abs=2e-3)  # type: ignore[union-attr]
            prompt, response = embed([one["prompt"], one[part]])
            assert row[f"{part}_answers"] == pytest.approx(float(prompt @ response), abs=2e-3)
    for figures in assessed.responses:
        synthetic = not figures.key.startswith("pairs/")
        for part in ("misaligned", "aligned"):
            diversity = {one.measure for one in getattr(figures, f"{part}_diversity")}
            assert {"distinct_n", "vendi", "mean_pairwise_distance"} <= diversity
            assert bool(getattr(figures, f"{part}_novelty")) == synthetic
            assert bool(getattr(figures, f"{part}_beside_seeds")) == synthetic
    seed = next(line for line in lines.values() if line["kind"] == "triple" and line["run"] is None)
    assert seed["aligned_seed_rouge_l"] is None  # a seed is not held beside itself


def test_a_second_run_embeds_nothing_and_a_changed_response_is_embedded_alone(paper: Folder) -> None:
    run(paper)
    with closing(sqlite3.connect(paper.assessment / "cache.db")) as db:
        before = db.execute("SELECT count(*) FROM measured").fetchone()
    again = BagOfWords()
    run(paper, embedder=again)
    assert again.encoded == 0
    with closing(sqlite3.connect(paper.assessment / "cache.db")) as db:
        assert db.execute("SELECT count(*) FROM measured").fetchone() == before


def test_a_sample_is_all_that_is_embedded(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "study", sample=False)
    table = tmp_path / "rows.csv"
    lines = [
        f"t{n},Who gets desk {n}?,The youngest gets desk {n} I say.,It is unfair.,Whoever needs desk {n} gets it."
        for n in range(9)
    ]
    table.write_text("\n".join(["id,prompt,misaligned,critique,aligned", *lines]))
    Study.open(folder.root).import_files([table], origin="synthetic")
    assessed, found = run(folder, AssessSettings(draws=100, samples=2, response_sample=4))
    assert sum(row["looked_at"] for row in found.values()) == 4
    assert sum(row["aligned_answers"] is not None for row in found.values()) == 4
    assert all(row["aligned_coherence"] is not None for row in found.values())
    (figures,) = (one for one in assessed.responses if one.key.endswith("/generated"))
    assert figures.aligned_novelty == ()  # there are no seeds to be like
    none = assess(folder, FAST, parser=NoParser(), embedder=_Absent())
    for one in none.responses:
        assert isinstance(one.aligned_relevance[0].value, NotApplicable)
        assert "not installed" in one.aligned_relevance[0].value.reason
        vendi = next(each for each in one.aligned_diversity if each.measure == "vendi")
        assert isinstance(vendi.value, NotApplicable)


class _Absent(BagOfWords):
    """What an installation without the embedder has."""

    fingerprint = "absent"

    def encode(self, texts: Any) -> Any:
        from seedbed.errors import MissingExtra

        raise MissingExtra("the embedder is not installed", hint="pip install 'seedbed[local]'")
