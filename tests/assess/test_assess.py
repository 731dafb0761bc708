from __future__ import annotations

import json
import math
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from seedbed import curate, seeds
from seedbed.assess import Assessment, AssessSettings, assess, json_schema, load
from seedbed.errors import Busy, InputError, UsageError
from seedbed.measures.definition import NotApplicable, Value
from seedbed.records import Ask, State, Verdict
from seedbed.study import Folder, hold
from seedbed.study.events import EventStore
from tests.assess.conftest import FAST
from tests.assess.demo import new_study, proposals, write_run
from tests.assess.parts import BagOfWords, NoParser


def run(folder: Folder, **settings: Any) -> Assessment:
    return assess(
        folder, AssessSettings(**{"draws": 200, "samples": 4, **settings}), embedder=BagOfWords(), parser=NoParser()
    )


def kept(slot: int, text: str) -> Verdict:
    return Verdict(slot, State.KEPT, text=text)


def one_a_request(texts: list[str], **more: Any) -> list[tuple[Ask, Verdict]]:
    given: dict[str, Any] = {"topic": "travel", "question_type": "giving-advice", **more}
    return [(Ask(f"a{n:07d}", n, 1, **given), kept(n, text)) for n, text in enumerate(texts)]


def numbers(data: Any) -> list[Any]:
    """Every number of the document, wherever it stands."""
    if isinstance(data, dict):
        return [found for item in data.values() for found in numbers(item)]
    if isinstance(data, list):
        return [found for item in data for found in numbers(item)]
    return [data] if isinstance(data, float) else []


# --- what is measured ----------------------------------------------------------------------------------------


def test_the_same_measures_on_seeds_synthetic_rows_and_control(assessed: Assessment) -> None:
    roles = {item.key: item.role for item in assessed.sets if item.stage == "questions"}
    assert roles == {
        "seeds/all": "seeds",
        "seeds/in-context": "seeds",
        "run/questions/generated": "synthetic",
        "run/questions/kept": "synthetic",
        "run/with-seeds/generated": "synthetic",
        "run/without-seeds/generated": "control",
    }
    assert {figures.key for figures in assessed.questions} == set(roles)
    assert {figures.key for figures in assessed.responses} == {
        "pairs/all", "pairs/in-context", "run/triples/generated", "run/triples/kept",
    }  # fmt: skip


def test_the_papers_share_of_question_marks(assessed: Assessment) -> None:
    """88 of the 94 seed questions end in a question mark (appendix A.1.1: 6 of 94 do not)."""
    found = assessed.of("seeds/all")
    assert found is not None
    assert isinstance(found.question_mark, Value)
    assert found.question_mark.n == 94
    assert found.question_mark.value == pytest.approx(88 / 94)


def test_every_number_says_where_it_comes_from(assessed: Assessment, study: Folder) -> None:
    fingerprints = {funnel.run: funnel.fingerprint for funnel in assessed.funnels}
    for figures in (*assessed.questions, *assessed.responses):
        assert figures.fingerprint == (fingerprints[figures.run] if figures.run else "")
        info = assessed.set(figures.key)
        assert info is not None
        assert info.run == figures.run
    assert all(mark.startswith("1:") for mark in fingerprints.values())


def test_requested_and_observed_are_told_apart(assessed: Assessment) -> None:
    found = assessed.of("run/questions/generated")
    assert found is not None
    requested = {item.category: item.count for item in found.topic_requested.shares}
    observed = {item.category: item.count for item in found.topic_observed.shares}
    assert sum(requested.values()) == 160
    assert requested != observed
    assert isinstance(found.topic_agreement, Value)


def test_what_is_observed_does_not_depend_on_what_was_asked(tmp_path: Path) -> None:
    texts = ["Which train to Lisbon is cheap?", "Which train to Porto is late?", "How do I save money for a house?"]
    observed = []
    for name, topic in (("one", "travel"), ("two", "health")):
        folder = new_study(tmp_path / name, sample=False)
        write_run(folder, "questions", one_a_request(texts, topic=topic))
        run(folder)
        rows = [json.loads(line) for line in (folder.assessment / "rows.jsonl").read_text().splitlines()]
        assert {row["topic_requested"] for row in rows} == {topic}
        observed.append([row["topic_observed"] for row in rows])
    assert observed[0] == observed[1]


def test_generated_rows_are_compared_with_generated_rows(assessed: Assessment) -> None:
    between_runs = {(c.a, c.b) for c in assessed.comparisons if not c.a.startswith(("seeds/", "pairs/"))}
    assert between_runs == {("run/with-seeds/generated", "run/without-seeds/generated")}
    found = assessed.compare("question_mark", "rate_difference", *next(iter(between_runs)))
    assert found is not None
    assert isinstance(found.value, Value)
    assert found.value.high is not None
    assert found.value.high < -0.4


def test_a_distance_comes_with_what_chance_gives(assessed: Assessment) -> None:
    distances = [c for c in assessed.comparisons if c.measure == "total_variation" and isinstance(c.value, Value)]
    assert distances
    for found in distances:
        assert isinstance(found.value, Value)
        assert found.chance is not None
        assert 0 < found.chance < 1
        if found.value.low is not None and found.value.high is not None:
            assert found.value.low <= found.value.value <= found.value.high


def test_equal_plans_have_no_distance_in_what_was_requested(assessed: Assessment) -> None:
    found = assessed.compare(
        "topic_requested", "total_variation", "run/with-seeds/generated", "run/without-seeds/generated"
    )
    assert found is not None
    assert isinstance(found.value, Value)
    assert (found.value.value, found.value.low) == (0, 0)


def test_the_funnel_adds_up(assessed: Assessment) -> None:
    for funnel in assessed.funnels:
        assert funnel.slots == funnel.generated + funnel.failed
        assert funnel.generated == funnel.kept + funnel.rejected
        assert sum(gate.count for gate in funnel.gates) == funnel.rejected + funnel.failed


def test_kept_rows_are_among_the_generated(assessed: Assessment) -> None:
    info, whole = assessed.set("run/questions/kept"), assessed.set("run/questions/generated")
    assert info is not None
    assert whole is not None
    assert 0 < info.n < whole.n
    assert whole.clusters == 40


def test_the_observers_accuracy_is_on_record(assessed: Assessment) -> None:
    found = {item.kind: item for item in assessed.observer}
    assert found["topic"].labels == 94
    for item in found.values():
        assert isinstance(item.accuracy, Value)
        assert isinstance(item.coverage, Value)
        assert isinstance(item.authors_agree, Value)
        assert item.authors_agree.value > 0.8


def test_cues_that_were_a_gate_are_no_observation(assessed: Assessment, tmp_path: Path) -> None:
    note = next(tool for tool in assessed.instruments if tool.name == "label observer")
    assert "without cue words" in note.fingerprint
    folder = new_study(tmp_path / "free", sample=False)
    write_run(folder, "raw", one_a_request(["Is it legal?"]), order=(), raw=True)
    note = next(tool for tool in run(folder).instruments if tool.name == "label observer")
    assert "with cue words" in note.fingerprint


def test_relevance_stays_unverified(assessed: Assessment) -> None:
    assert not any(figures.relevance.verified for figures in assessed.questions)
    rated = assessed.of("seeds/all")
    assert rated is not None
    assert rated.relevance.ratings > 0


# --- what is written -----------------------------------------------------------------------------------------


def test_what_is_read_is_what_was_written(assessed: Assessment, study: Folder) -> None:
    assert load(study) == assessed


def test_the_file_holds_no_number_that_is_none(assessed: Assessment, study: Folder) -> None:
    text = (study.assessment / "assessment.json").read_text()
    assert "NaN" not in text
    assert all(math.isfinite(number) for number in numbers(json.loads(text)))


def test_the_schema_names_every_part(assessed: Assessment, study: Folder) -> None:
    written = json.loads((study.assessment / "assessment.json").read_text())
    assert set(json_schema()["properties"]) == set(written)
    assert written["schema"] == "seedbed.assessment/1"


def test_rows_have_codes_and_numbers_and_no_texts(assessed: Assessment, study: Folder) -> None:
    text = (study.assessment / "rows.jsonl").read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    assert len({row["id"] for row in rows}) == len(rows) == 94 + 160 + 60 + 60 + 40 + 6
    for question in seeds.load(study).questions:
        assert question.text not in text


def test_another_versions_file_is_refused(assessed: Assessment, study: Folder, tmp_path: Path) -> None:
    path = tmp_path / "assessment" / "assessment.json"
    path.parent.mkdir()
    written = json.loads((study.assessment / "assessment.json").read_text())
    path.write_text(json.dumps({**written, "schema": "seedbed.assessment/9"}))
    with pytest.raises(InputError, match="another version"):
        load(Folder(tmp_path))
    path.write_text("{")
    with pytest.raises(InputError, match="damaged"):
        load(Folder(tmp_path))


def test_no_assessment_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(Folder(tmp_path))
    assert "seedbed assess" in caught.value.hint


def test_a_second_assessment_computes_nothing_anew(assessed: Assessment, study: Folder) -> None:
    embedder = BagOfWords()
    again = assess(study, FAST, embedder=embedder, parser=NoParser())
    assert embedder.encoded == 0
    assert again.questions == assessed.questions
    assert again.comparisons == assessed.comparisons


def test_figures_are_made_again_only_where_their_rows_changed(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "study", sample=False)

    def sums() -> set[str]:
        with closing(sqlite3.connect(folder.assessment / "cache.db")) as db:
            return {name for (name,) in db.execute("SELECT name FROM summed")}

    write_run(folder, "questions", one_a_request(["Is it legal to park there?", "Who pays for the repair?"]))
    proposals(folder, rows=3)
    run(folder)
    before = sums()
    run(folder)
    assert sums() == before
    write_run(folder, "later", one_a_request(["Is it legal to sleep there?", "Who paid for it?", "Why so?"]))
    run(folder)
    assert before <= sums()  # no set of theirs changed, nor the size at which sets are compared
    run(folder, seed=1)
    assert not {name for name in before & sums() if not name.startswith(("likeness", "responses"))}


def test_diversity_is_compared_at_one_size(assessed: Assessment) -> None:
    notes = {
        one.value.note.split(",")[0]
        for figures in assessed.questions
        for one in figures.diversity
        if one.sample == "equal texts" and isinstance(one.value, Value)
    }
    in_context = assessed.set("seeds/in-context")
    assert in_context is not None
    assert notes == {f"at m = {in_context.n} texts"}
    measures = {one.measure for one in assessed.questions[0].diversity}
    assert {"distinct_n", "self_bleu", "compression_ratio", "vendi", "chamfer"} <= measures
    assert all(figures.aligned_diversity for figures in assessed.responses)


def test_rows_are_held_beside_the_seeds_and_seeds_are_not(assessed: Assessment) -> None:
    for figures in assessed.questions:
        info = assessed.set(figures.key)
        assert info is not None
        assert bool(figures.novelty) == bool(figures.beside_seeds) == (info.role != "seeds")
    kept = assessed.of("run/questions/kept")
    assert kept is not None
    rouge = next(one for one in kept.novelty if one.measure == "seed_rouge_l")
    assert [share for _, share in rouge.curve] == sorted(share for _, share in rouge.curve)
    assert rouge.curve[-1][1] == 1
    repeated = next(one for one in kept.novelty if one.measure == "near_duplicates")
    assert isinstance(repeated.over, Value)


def test_no_row_is_of_high_quality_without_a_judge(assessed: Assessment) -> None:
    for figures in (*assessed.questions, *assessed.responses):
        found = {count.dimension: count for count in figures.verdicts}
        assert list(found) == ["diverse", "sensible", "relevant", "high quality"]
        # nobody but the people who rated some of the sample's seeds says that a row is relevant
        assert found["relevant"].yes <= found["relevant"].by_people
        assert found["high quality"].yes <= found["relevant"].yes
        assert bool(found["relevant"].by_people) == figures.key.startswith("seeds/")
        info = assessed.set(figures.key)
        assert info is not None
        for count in found.values():
            assert count.yes + count.no + count.unverified == info.n


def test_two_processes_do_not_assess_at_once(study: Folder, assessed: Assessment) -> None:
    with hold(study.assessment / ".lock", what="it"), pytest.raises(Busy):
        run(study)


def test_labels_that_curation_settled_are_used(study: Folder, tmp_path: Path) -> None:
    copy = Folder(tmp_path / "copy")
    shutil.copytree(study.root, copy.root)
    id = curate.load(copy).selected_questions[0]
    before = seeds.load(copy).question(id).topic
    wanted = "health" if before != "health" else "travel"
    curate.decide(copy, id, "retag", "it is about something else", "quiet-heron", topic=wanted)
    run(copy)
    rows = [json.loads(line) for line in (copy.assessment / "rows.jsonl").read_text().splitlines()]
    assert next(row for row in rows if row["id"] == id)["topic_requested"] == wanted


# --- where a measure has no meaning --------------------------------------------------------------------------


def test_an_empty_study_says_so(tmp_path: Path) -> None:
    found = run(new_study(tmp_path / "empty", sample=False))
    assert (found.sets, found.questions, found.comparisons, found.funnels) == ((), (), (), ())
    assert all(isinstance(item.accuracy, NotApplicable) for item in found.observer)


def test_one_row(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "one", sample=False)
    write_run(folder, "questions", one_a_request(["Where is the station?"]))
    found = run(folder).of("run/questions/kept")
    assert found is not None
    assert isinstance(found.question_mark, Value)
    assert found.question_mark.n == 1
    assert found.question_mark.low is not None
    assert found.question_mark.low < 0.3
    assert isinstance(found.words.median, Value)
    assert found.words.median.low is None


def test_a_run_that_kept_nothing(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "none", sample=False)
    verdict = Verdict(0, State.REJECTED, "length", "too short", 2, None, "Why so?")
    write_run(folder, "questions", [(Ask("a0000000", 0, 1), verdict)])
    found = run(folder)
    figures = found.of("run/questions/kept")
    assert figures is not None
    assert isinstance(figures.question_mark, NotApplicable)
    assert isinstance(figures.topic_observed.evenness, NotApplicable)
    whole = found.of("run/questions/generated")
    assert whole is not None
    assert isinstance(whole.question_mark, Value)


def test_all_rows_are_the_same(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "same", sample=False)
    write_run(folder, "questions", one_a_request(["Where is the station in Lisbon?"] * 12))
    found = run(folder).of("run/questions/kept")
    assert found is not None
    assert isinstance(found.topic_requested.evenness, Value)
    assert found.topic_requested.evenness.value == 0


def test_rows_without_labels(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "bare", sample=False)
    write_run(folder, "imported", one_a_request(["Is it so?"] * 3, topic=None, question_type=None), stage="imported")
    found = run(folder).of("run/imported/kept")
    assert found is not None
    assert (found.topic_requested.n, found.topic_requested.missing) == (0, 3)
    assert all(isinstance(item.share, NotApplicable) for item in found.topic_requested.shares)
    assert isinstance(found.relevance.topic, NotApplicable)


def test_imported_triples_are_triples(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "imported", sample=False)
    fields = {
        "prompt": "Are they slow?",
        "misaligned": "Yes, all of them.",
        "critique": "",
        "aligned": "People differ.",
    }
    verdict = Verdict(0, State.KEPT, text="Yes, all of them. People differ.", fields=fields)
    write_run(folder, "imported", [(Ask("a0000000", 0, 1), verdict)], stage="imported")
    found = run(folder)
    assert [figures.key for figures in found.responses] == ["run/imported/generated", "run/imported/kept"]
    assert found.questions == ()


def test_another_language_has_no_english_numbers(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "german", sample=False)
    write_run(folder, "questions", one_a_request(["Wo ist der Bahnhof?"] * 4))
    found = assess(folder, FAST, language="de", embedder=BagOfWords(), parser=NoParser()).of("run/questions/kept")
    assert found is not None
    assert isinstance(found.question_mark, Value)
    assert found.openness_a.n == 0
    assert found.topic_observed.n == 0
    assert isinstance(found.sensibility.sensible, NotApplicable)


def test_rows_with_no_text_are_counted_and_left_out(tmp_path: Path) -> None:
    folder = new_study(tmp_path / "blank", sample=False)
    slots = one_a_request(["Where is it?", ""])
    failed = (Ask("a0000002", 2, 1), Verdict(2, State.FAILED, "", "no reply"))
    write_run(folder, "questions", [*slots, failed])
    info = run(folder).set("run/questions/generated")
    assert info is not None
    assert (info.n, info.left_out) == (1, 1)


def test_without_a_parser_the_reason_is_named(assessed: Assessment) -> None:
    found = assessed.of("seeds/all")
    assert found is not None
    for number in (found.verb_noun.coverage, found.verb_noun.rarefied, found.sensibility.sensible):
        assert isinstance(number, NotApplicable)
        assert "not installed" in number.reason


def test_a_sample_takes_whole_prompts(study: Folder, tmp_path: Path) -> None:
    copy = Folder(tmp_path / "copy")
    shutil.copytree(study.root, copy.root)
    run(copy, sample=50)
    rows = [json.loads(line) for line in (copy.assessment / "rows.jsonl").read_text().splitlines()]
    by_prompt: dict[str, set[bool]] = {}
    for row in rows:
        if row["run"] == "questions" and row["kind"] == "question":
            by_prompt.setdefault(row["cluster"], set()).add(row["looked_at"])
    assert all(len(looked) == 1 for looked in by_prompt.values())
    assert sum(looked == {True} for looked in by_prompt.values()) == 12
    # what costs nothing is measured on every row
    assert all(row["words"] is not None for row in rows if row["kind"] == "question")


# --- with the real embedder and parser -----------------------------------------------------------------------


@pytest.mark.model
def test_with_the_packaged_instruments(study: Folder, tmp_path: Path) -> None:
    copy = Folder(tmp_path / "copy")
    shutil.copytree(study.root, copy.root)
    found = assess(copy, FAST)
    whole = found.of("seeds/all")
    assert whole is not None
    assert isinstance(whole.sensibility.sensible, Value)
    assert whole.sensibility.sensible.value > 0.95
    assert isinstance(whole.verb_noun.coverage, Value)
    assert 0.5 < whole.verb_noun.coverage.value < 0.95
    assert isinstance(whole.verb_noun.rarefied, Value)
    assert whole.verb_noun.m >= 2
    counts = [figures.verb_noun for figures in found.questions]
    assert all(item.m == counts[0].m for item in counts)
    topic = next(item for item in found.observer if item.kind == "topic")
    assert isinstance(topic.accuracy, Value)
    assert topic.accuracy.value > 0.8
    assert assess(copy, FAST).questions == found.questions


def test_people_db_is_only_read(study: Folder) -> None:
    with EventStore.at(study.people) as store:
        before = {stream: store.last(stream) for stream in ("seeds", "curate")}
    run(study)
    with EventStore.at(study.people) as store:
        assert {stream: store.last(stream) for stream in before} == before
