"""What a person does with a seed: each act, what follows from it, and taking it back."""

from __future__ import annotations

import inspect
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from seedbed.curate import (
    CurateSettings,
    DecidedMeanwhile,
    Desk,
    Wish,
    confirm_label,
    curate,
    decide,
    decide_all,
    load,
    undo,
)  # fmt: skip
from seedbed.curate.consequences import merged_by
from seedbed.curate.curation import Logged
from seedbed.curate.decisions import STREAM
from seedbed.curate.persons import Persons
from seedbed.curate.typed import check_actor
from seedbed.errors import InputError, UsageError
from seedbed.records import Decision, Pool, Writer
from seedbed.release.sources import read_sources
from seedbed.seeds import gather
from seedbed.seeds.codec import encode_contribution
from seedbed.seeds.erasing import erase
from seedbed.study import Folder
from seedbed.study.entries import Act
from seedbed.study.events import EventStore
from tests.curate.planted import PLAIN, events, plant, question, triple, verdicts
from tests.seeds.studies import stored_data
from tests.seeds.written import agree, write_rows
from tests.workshop.test_erasing import held_in

NEAR = ("Where is the best old doctor here?", "Where is the best old dentist here?")


def test_undo_brings_back_what_another_person_had_decided(study: Folder) -> None:
    plant(study, question("a"))
    curate(study, PLAIN)
    first = decide(study, "a", "exclude", "Off topic.", "ana")
    second = decide(study, "a", "include", "It is on topic.", "bo")
    assert verdicts(study) == {"a": "in"}
    back = undo(study, second.seq, "cy", "Ana was right.")
    curation = load(study)
    assert (curation.excluded["a"].actor, curation.excluded["a"].reason) == ("ana", "Off topic.")
    undo(study, first.seq, "cy")
    assert load(study).included["a"].actor == "rule"
    again = undo(study, back.seq, "bo", "No, it was on topic.")
    assert load(study).included["a"].actor == "bo"
    undo(study, again.seq, "ana")
    assert load(study).included["a"].actor == "rule"
    log = load(study).log
    assert {entry.seq for entry in log if entry.undone is not None} == {first.seq, second.seq, again.seq}
    assert len([entry for entry in log if entry.actor != "rule" and entry.decision.actor != "rule"]) == 6


def test_what_cannot_be_undone_is_refused(study: Folder) -> None:
    plant(study, question("a"))
    curate(study, PLAIN)
    made = decide(study, "a", "exclude", "Off topic.", "ana")
    undo(study, made.seq, "bo")
    with pytest.raises(InputError, match="bo has taken that back already") as caught:
        undo(study, made.seq, "ana")
    assert f"undo {made.seq + 1}" in caught.value.hint
    for seq in (1, 0, -3, 10_000):
        with pytest.raises(InputError, match="no act of a person"):
            undo(study, seq, "ana")
    with pytest.raises(InputError, match="no bulk act 'b1'"):
        undo(study, "b1", "ana")
    with pytest.raises(UsageError, match="needs the person"):
        undo(study, made.seq, "rule")


def test_two_curators_on_one_row_are_told_of_each_other(study: Folder) -> None:
    plant(study, question("a"))
    curate(study, PLAIN)
    ana = decide(study, "a", "exclude", "Off topic.", "ana", seen=0)
    with pytest.raises(DecidedMeanwhile, match="ana decided meanwhile: exclude a") as caught:
        decide(study, "a", "include", "It is fine.", "bo", seen=0)
    told = caught.value
    assert told.standing is not None
    assert (told.seq, told.standing.actor, told.standing.decision.act) == (ana.seq, "ana", "exclude")
    assert told.standing.decision.reason == "Off topic."
    assert told.standing.at
    # nobody has seen what is still to come
    with pytest.raises(InputError, match=f"no act number 999999 yet, the newest is {ana.seq}"):
        decide(study, "a", "include", "It is fine.", "bo", seen=999_999)
    # another thing about the same row is another place
    decide(study, "a", "nuanced", "", "bo", nuanced=True, seen=0)
    bo = decide(study, "a", "include", "It is fine.", "bo", seen=told.seq)
    curation = load(study)
    assert curation.included["a"].actor == "bo"
    assert curation.seen["a"]["verdict"] == bo.seq
    assert [entry.actor for entry in curation.log if entry.decision.act in ("exclude", "include")][-2:] == ["ana", "bo"]
    # one's own later act, and an act without the question, go through
    decide(study, "a", "exclude", "After all.", "bo", seen=ana.seq)
    decide(study, "a", "exclude", "Truly.", "ana")


def test_an_undo_by_another_is_an_act_meanwhile_too(study: Folder) -> None:
    plant(study, question("a"))
    made = decide(study, "a", "exclude", "Off topic.", "ana")
    back = undo(study, made.seq, "bo", "Not so.")
    with pytest.raises(DecidedMeanwhile, match="bo decided meanwhile: undo a") as caught:
        decide(study, "a", "include", "Fine.", "cy", seen=made.seq)
    assert (caught.value.seq, caught.value.standing) == (back.seq, None)
    decide(study, "a", "include", "Fine.", "cy", seen=back.seq)


def test_the_same_decision_sent_again_is_not_written_again(study: Folder) -> None:
    plant(study, question("a"))
    first = decide(study, "a", "exclude", "Off topic.", "ana")
    count = events(study)
    assert decide(study, "a", "exclude", "Off topic.", "ana").seq == first.seq
    assert events(study) == count
    assert decide(study, "a", "exclude", "Off topic.", "bo").seq > first.seq


def test_an_edit_is_what_generation_sees_and_what_rules_judge(study: Folder) -> None:
    plant(
        study,
        question("a", "word " * 120 + "?", written_by=Writer.HUMAN, persona="a nurse"),
        question("b", written_by=Writer.MODEL),
        triple("t", written_by={"misaligned": Writer.MODEL, "critique": Writer.HUMAN, "aligned": Writer.HUMAN}),
    )
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "too-verbose", "b": "written-by-model", "t": "written-by-model"}
    decide(study, "a", "edit", "Shorter.", "bo", fields={"text": "May a word be enough?", "persona": ""})
    decide(study, "b", "edit", "In our words.", "bo", fields={"text": "Which words are ours?"})
    decide(study, "t", "edit", "In our words.", "bo", fields={"misaligned": "No, never."})
    curate(study, PLAIN)
    assert verdicts(study) == dict.fromkeys("abt", "in")
    curation = load(study)
    a, t = curation.question("a"), curation.triple("t")
    assert (a.text, a.persona, a.authors, a.written_by) == ("May a word be enough?", "", ("ana",), Writer.HUMAN)
    assert curation.question("b").written_by is Writer.EDITED
    assert (t.misaligned, t.written_by["misaligned"], t.written_by["aligned"]) == (
        "No, never.", Writer.EDITED, Writer.HUMAN,
    )  # fmt: skip
    from seedbed.seeds import load as load_seeds

    assert load_seeds(study).question("a").text.startswith("word word")
    assert "word be enough" not in stored_data(study)  # words of people stand apart from the events
    assert curate(study, PLAIN).appended == 0


def test_edits_of_several_fields_add_up_and_come_off_one_by_one(study: Folder) -> None:
    plant(study, triple("t", "Why so?"))
    decide(study, "t", "edit", "Clearer.", "ana", fields={"prompt": "Why is it so?"})
    second = decide(study, "t", "edit", "Kinder.", "bo", fields={"aligned": "Because it is."})
    item = load(study).triple("t")
    assert (item.prompt, item.aligned) == ("Why is it so?", "Because it is.")
    undo(study, second.seq, "ana")
    item = load(study).triple("t")
    assert (item.prompt, item.aligned.startswith("Well:")) == ("Why is it so?", True)


def test_edits_that_cannot_be_are_refused(study: Folder) -> None:
    plant(study, question("a", "Why?"), triple("t"))
    refused = {
        "would be empty": {"text": "  "},
        "no text 'aligned' to edit": {"aligned": "Yes."},
        "20,001 characters are too long": {"text": "x" * 20_001},
        "are the words of a already": {"text": " Why? "},
        "no Unicode": {"text": "a\ud800b"},
        "control character, U\\+0000": {"text": "a\x00b"},
    }
    for said, fields in refused.items():
        with pytest.raises((InputError, UsageError), match=said):
            decide(study, "a", "edit", "Why not.", "ana", fields=fields)
    with pytest.raises(UsageError, match="needs: fields"):
        decide(study, "a", "edit", "Why not.", "ana")
    with pytest.raises(InputError, match="too long"):
        decide(study, "a", "exclude", "x" * 20_001, "ana")


def _retyped(study: Folder, row: str, topic: str) -> None:
    with EventStore.of(study) as store:
        act = Act("row.set", row, {"cmd": f"{row}-{topic}", "field": "topic"}, {"value": topic})
        store.append("board/A/questions", "p_ana", [act])


def _board(study: Folder) -> None:
    with EventStore.of(study) as store:
        agree(store, "p_ana")
        write_rows(store, "p_ana", 1, {"r1": "Where do I pay for the ticket?", "r2": "Whom do I ask about the river?"})
    for row in ("r1", "r2"):
        _retyped(study, row, "Health")
        with EventStore.of(study) as store:
            act = Act("row.set", row, {"cmd": f"t-{row}", "field": "question_type"}, {"value": "giving advice"})
            store.append("board/A/questions", "p_ana", [act])


def test_an_edit_falls_away_when_the_group_writes_anew(study: Folder) -> None:
    _board(study)
    curate(study, PLAIN)
    made = decide(study, "A-r1", "edit", "Clearer.", "mia", fields={"text": "Where may I pay?"})
    assert load(study).question("A-r1").text == "Where may I pay?"
    _retyped(study, "r1", "Travel")
    report = curate(study, PLAIN)
    assert report.gathered.revised == ("A-r1",)
    curation = load(study)
    assert curation.question("A-r1").text == "Where do I pay for the ticket?"
    assert set(curation.overtaken) == {"A-r1"}
    (flag,) = [item for item in curation.remarks["A-r1"] if item.rule == "edit-overtaken"]
    assert (flag.measured, flag.detail) == (None, {})  # a number of the log is nothing that was measured
    assert f"number {made.seq} " in flag.reason
    decide(study, "A-r1", "edit", "Clearer still.", "mia", fields={"text": "Where may I pay for it?"})
    curate(study, PLAIN)
    curation = load(study)
    assert curation.question("A-r1").text == "Where may I pay for it?"
    assert (curation.overtaken, "A-r1" in curation.remarks) == ({}, False)


def test_what_is_returned_is_no_example_until_its_group_changed_it(study: Folder) -> None:
    _board(study)
    curate(study, PLAIN)
    assert set(load(study).selected_questions) == {"A-r1", "A-r2"}
    first = decide(study, "A-r1", "return", "Which ticket is meant?", "mia")
    decide(study, "A-r2", "return", "Say who asks.", "mia")
    curation = load(study)
    assert curation.selected_questions == ()
    assert curation.returned["A-r1"].decision.reason == "Which ticket is meant?"
    assert set(curate(study, PLAIN).held) == {"A-r1", "A-r2"}
    _retyped(study, "r1", "Travel")
    assert curate(study, PLAIN).selected_questions == ("A-r1",)
    assert set(load(study).returned) == {"A-r2"}
    undo(study, next(e.seq for e in load(study).log if e.decision.act == "return" and e.seq != first.seq), "mia")
    assert set(curate(study, PLAIN).selected_questions) == {"A-r1", "A-r2"}


def test_a_merged_seed_lends_its_authors_to_the_one_that_stays(study: Folder) -> None:
    plant(
        study,
        question("a", NEAR[0], authors=("ana",)),
        question("b", NEAR[1], authors=("bo", "ana")),
        question("c", authors=("cy",)),
        triple("t"),
    )
    curate(study, PLAIN)
    decide(study, "b", "merge", "The same question.", "mia", into="a")
    last = decide(study, "a", "merge", "All one.", "mia", into="c")
    curation = load(study)
    assert curation.merged == {"c": ("a", "b")}
    assert curation.question("c").authors == ("cy", "ana", "bo")
    assert {id: item.rival for id, item in curation.excluded.items()} == {"a": "c", "b": "a"}
    assert set(curate(study, PLAIN).selected_questions) == {"c"}
    with pytest.raises(InputError, match="a is set aside"):
        decide(study, "c", "merge", "No.", "mia", into="a")
    undo(study, last.seq, "mia")
    assert load(study).merged == {"a": ("b",)}
    for into, said in (("t", "cannot be merged"), ("c", "into itself"), ("zz", "No seed")):
        with pytest.raises((InputError, UsageError), match=said):
            decide(study, "c", "merge", "No.", "mia", into=into)


def test_acts_that_undo_each_other_into_a_ring_of_merges_do_no_harm(study: Folder) -> None:
    plant(study, question("a"), question("b"))
    decide(study, "a", "merge", "One.", "mia", into="b")
    between = decide(study, "a", "include", "Two after all.", "mia")
    decide(study, "b", "merge", "One, this way round.", "mia", into="a")
    undo(study, between.seq, "mia")
    curation = load(study)
    assert set(curation.excluded) == {"a", "b"}
    assert curation.merged == {}
    plant(study, question("c"), question("d"))
    with pytest.raises(InputError, match="would be set aside"):
        decide_all(study, [Wish("c", "merge", "One.", into="d"), Wish("d", "merge", "One.", into="c")], "mia")


def test_use_moves_all_that_must_stay_together_and_back(study: Folder) -> None:
    asked = question("a", NEAR[0])
    plant(study, asked, question("b", NEAR[1]), triple("t", NEAR[0], prompt_id="a"), question("z"))
    curate(study, PLAIN.model_copy(update={"off": ("near-duplicate",)}))
    assert set(load(study).pools.values()) == {Pool.ALIGNMENT}
    made = decide(study, "b", "use", "To test with.", "mia", use="test")
    curation = load(study)
    assert {id for id, pool in curation.pools.items() if pool is Pool.EVALUATION} == {"a", "b", "t"}
    assert curation.uses == {"b": "test"}
    assert set(curation.selected_questions) == {"z"}  # from that moment
    report = curate(study, PLAIN.model_copy(update={"off": ("near-duplicate",)}))
    assert (report.selected_questions, report.pools[Pool.EVALUATION]) == (("z",), 3)
    decide(study, "a", "use", "We need it.", "mia", use="train")
    curation = load(study)
    assert (set(curation.pools.values()), curation.uses) == ({Pool.ALIGNMENT}, {"a": "train", "b": "train"})
    decide(study, "b", "use", "To test with.", "mia", use="test")
    decide(study, "b", "use", "No mark.", "mia", use=None)
    assert (set(load(study).pools.values()), load(study).uses) == ({Pool.ALIGNMENT}, {"a": "train"})
    newest = load(study).log[-1]
    undo(study, newest.seq, "mia")
    assert load(study).uses["b"] == "test"
    assert undo(study, made.seq, "mia").decision.act == "undo"


def _run_with(study: Folder, *ids: str) -> None:
    folder = study.root / "runs" / "pilot"
    folder.mkdir(parents=True)
    record = {"name": "pilot", "stage": "questions", "ask": {"examples": list(ids)}, "verdict": {}}
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")


def test_what_a_run_was_shown_never_becomes_a_test(study: Folder) -> None:
    plant(study, question("a", NEAR[0]), question("b", NEAR[1]), question("c"), question("d"))
    curate(study, PLAIN)
    marked = decide(study, "c", "use", "Later.", "mia", use="test")
    decide(study, "c", "use", "Now.", "mia", use="train")
    turned = load(study).log[-1].seq
    _run_with(study, "a", "c")
    for id in ("a", "b"):  # b is like a
        with pytest.raises(InputError, match="a was an example in the run pilot"):
            decide(study, id, "use", "To test.", "mia", use="test")
    with pytest.raises(InputError, match="run pilot"):
        undo(study, turned, "mia")  # it would be a test again
    undo(study, marked.seq, "mia")  # that stands under a newer act, so nothing moves
    decide(study, "d", "use", "To test.", "mia", use="test")
    with pytest.raises(InputError, match="a was an example in the run pilot"):
        decide(study, "a", "merge", "The same.", "mia", into="d")
    assert load(study).pools["c"] is Pool.ALIGNMENT


def test_a_models_words_never_become_a_test(study: Folder) -> None:
    plant(study, question("a", written_by=Writer.MODEL))
    curate(study, PLAIN)
    with pytest.raises(InputError, match="A model wrote part of a"):
        decide(study, "a", "use", "To test.", "mia", use="test")


def test_what_is_to_be_rephrased_waits_for_new_words(study: Folder) -> None:
    plant(study, question("a"), question("b"))
    curate(study, PLAIN)
    decide(study, "a", "use", "Says the answer already.", "mia", use="rephrase")
    assert load(study).selected_questions == ("b",)
    assert curate(study, PLAIN).selected_questions == ("b",)
    decide(study, "a", "edit", "Open now.", "mia", fields={"text": "What might be asked here instead?"})
    assert set(curate(study, PLAIN).selected_questions) == {"a", "b"}
    assert load(study).uses == {"a": "rephrase"}
    with pytest.raises(UsageError, match="no use 'burn'"):
        decide(study, "a", "use", "Why not.", "mia", use="burn")  # type: ignore[arg-type]


def test_a_pin_holds_over_the_choice(study: Folder) -> None:
    plant(study, *(question(f"q{n}") for n in range(6)))
    few = PLAIN.model_copy(update={"select": 2})
    chosen = curate(study, few).selected_questions
    left = next(f"q{n}" for n in range(6) if f"q{n}" not in chosen)
    decide(study, left, "select", "It is subtle.", "mia", chosen=True)
    out = decide(study, chosen[0], "select", "", "mia", chosen=False)
    assert load(study).selected_questions == chosen[1:]
    after = curate(study, few).selected_questions
    assert left in after
    assert chosen[0] not in after
    assert load(study).picks == {left: True, chosen[0]: False}
    undo(study, out.seq, "mia")
    assert load(study).picks == {left: True}
    decide(study, "q5", "exclude", "No.", "mia")
    with pytest.raises(InputError, match="q5 is set aside and can be no example"):
        decide(study, "q5", "select", "", "mia", chosen=True)


def test_a_remark_is_dismissed_with_a_reason_and_stays_so(study: Folder) -> None:
    plant(study, question("a", topic=None, topic_raw="Stars"), question("b", written_by=Writer.MODEL))
    assert curate(study, PLAIN).selected_questions == ()
    with pytest.raises(InputError, match="no remark on a"):
        decide(study, "a", "dismiss", "Fine.", "mia", rule="no-verb-noun")
    with pytest.raises(InputError, match="written-by-model set b aside") as caught:
        decide(study, "b", "dismiss", "Fine.", "mia", rule="written-by-model")
    assert "include" in caught.value.hint
    made = decide(study, "a", "dismiss", "It needs no topic.", "mia", rule="unknown-label")
    curation = load(study)
    assert (curation.held, curation.dismissed["a"]["unknown-label"].actor) == ({}, "mia")
    for _ in range(2):
        assert curate(study, PLAIN).selected_questions == ("a",)
    undo(study, made.seq, "mia")
    assert curate(study, PLAIN).selected_questions == ()


def test_several_acts_are_one_batch_written_whole_or_not_at_all(study: Folder) -> None:
    plant(study, *(question(f"q{n}") for n in range(4)))
    before = events(study)
    wishes = [Wish("q1", "exclude", "Off topic."), Wish("q2", "nuanced", nuanced=True), Wish("q3", "include", "Good.")]
    with pytest.raises(InputError, match="No seed 'zz'"):
        decide_all(study, [*wishes, Wish("zz", "exclude", "Gone.")], "mia")
    assert events(study) == before
    made = decide_all(study, wishes, "mia")
    assert [one.seq for one in made] == [before + 1, before + 2, before + 3]
    (batch,) = {one.batch for one in made}
    with pytest.raises(UsageError, match="decide the same about q1"):
        decide_all(study, [Wish("q1", "exclude", "A."), Wish("q1", "include", "B.")], "mia")
    back = undo(study, batch, "bo")
    curation = load(study)
    assert (curation.excluded, curation.nuanced) == ({}, frozenset())
    with pytest.raises(InputError, match="bo has taken that back"):
        undo(study, batch, "mia")
    undo(study, back.seq, "mia")
    assert (set(load(study).excluded), load(study).nuanced) == ({"q1"}, {"q2"})


def test_decisions_of_people_make_curation_again_append_nothing(study: Folder) -> None:
    plant(study, *(question(f"q{n}") for n in range(8)), triple("t"), triple("u"))
    settings = PLAIN.model_copy(update={"select": 3, "evaluation_share": 0.3})
    curate(study, settings)
    decide(study, "q1", "use", "Test.", "mia", use="test")
    decide(study, "q2", "return", "Say more.", "mia")
    decide(study, "q3", "merge", "Same.", "mia", into="q4")
    decide(study, "q4", "edit", "Clearer.", "mia", fields={"text": "What is it that nobody asks about rivers?"})
    decide(study, "t", "nuanced", "", "mia", nuanced=True)
    decide(study, "q5", "retag", "Money.", "mia", topic="finance")
    curate(study, settings)
    count = events(study)
    for _ in range(2):
        assert curate(study, settings).appended == 0
    assert events(study) == count


def test_a_desk_sees_every_act_and_every_erasing(study: Folder) -> None:
    plant(study, question("a"), question("b"))
    desk, other = Desk(study), Desk(study)
    assert desk.look() is desk.look()
    decide(study, "a", "exclude", "Off topic.", "ana", desk=desk)
    assert set(other.look().curation.excluded) == {"a"}
    assert (desk.look().at, other.look().at) == (1, 1)

    with EventStore.of(study) as store:
        erase(store, "ana", study)  # who also wrote both seeds
    for sight in (desk.look(), other.look()):
        assert sight.curation.questions == ()
        assert sight.curation.excluded["a"].reason == ""


def test_words_of_an_edit_go_with_whoever_they_are_of(tmp_path: Path) -> None:
    from tests.seeds.studies import make_study

    secret = "Elm Street behind the harbour"
    for person in ("bo", "cy", "mia"):
        folder = make_study(tmp_path / person)
        plant(folder, question("a", authors=("ana",)), triple("t", authors=("bo", "cy")), question("b"))
        decide(folder, "t", "edit", "Clearer.", "mia", fields={"prompt": f"Who lives at {secret}?"})
        decide(folder, "b", "exclude", f"mia of {secret}" if person == "mia" else "Off topic.", "mia")
        for made in (folder.assessment, folder.report):
            made.mkdir()
            (made / "quotes.html").write_text(secret)
        assert len(held_in(folder.root, secret)) >= 3
        with EventStore.of(folder) as store:
            assert erase(store, person, folder).texts > 0
        assert held_in(folder.root, secret) == []
        curation = load(folder)
        assert curation.edited == {}
        assert curation.question("b").authors == ("ana",)
        assert [item.id for item in curation.triples] == (["t"] if person == "mia" else [])
        with EventStore.of(folder) as store:
            assert erase(store, person, folder).texts == 0
            kinds = [event.data["act"] for event in store.read(STREAM)]
        assert kinds == ["edit", "exclude"]  # that they decided stays


def test_the_settings_make_a_rule_a_remark_and_a_remark_a_rule(study: Folder) -> None:
    plant(study, question("a", written_by=Writer.MODEL), question("b"), question("c"))
    curate(study, PLAIN.model_copy(update={"advise": ("written-by-model",), "enforce": ("duplicate-topic-in-group",)}))
    assert verdicts(study) == {"a": "in", "b": "duplicate-topic-in-group", "c": "duplicate-topic-in-group"}
    assert [item.rule for item in load(study).remarks["a"]] == ["written-by-model"]
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "written-by-model", "b": "in", "c": "in"}
    for key, name in (("advise", "between-pools"), ("enforce", "too-verbose"), ("advise", "nonsense")):
        with pytest.raises(ValueError, match=name):
            CurateSettings.model_validate({key: (name,)})


def test_gathering_between_two_decisions_changes_neither(study: Folder) -> None:
    _board(study)
    gather(study)
    decide(study, "A-r1", "exclude", "Off topic.", "mia")
    assert not gather(study).changed
    assert set(load(study).excluded) == {"A-r1"}


def test_seeds_alike_in_meaning_go_with_each_other_though_no_words_tell(study: Folder) -> None:
    from seedbed.curate.decisions import encode
    from seedbed.records import Decision

    plant(study, question("a"), question("b"), question("c"))
    curate(study, PLAIN)
    plant(study, question("d"))
    pool = Decision("d", "pool", "rule", "pool", "stays with b", detail={"pool": "alignment", "with": ["b", "gone"]})
    with EventStore.of(study) as store:
        store.append(STREAM, "rule", [encode(pool)])
    decide(study, "b", "use", "To test.", "mia", use="test")
    assert {id for id, pool in load(study).pools.items() if pool is Pool.EVALUATION} == {"b", "d"}


def _contribute(study: Folder, text: str, version: int) -> None:
    with EventStore.of(study) as store:
        store.append("seeds", "gather", [encode_contribution(question("A-a", text), "board/A/questions", version)])


def test_a_later_edit_does_not_bring_back_words_that_the_group_overtook(study: Folder) -> None:
    _contribute(study, "Where is the river?", 1)
    first = decide(
        study, "A-a", "edit", "Clearer.", "bo", fields={"text": "Where is that river?", "scenario": "At noon."}
    )
    _contribute(study, "Where is the new bridge?", 2)
    decide(study, "A-a", "edit", "Who asks.", "bo", fields={"persona": "a nurse"})
    found = load(study).question("A-a")
    assert (found.text, found.persona, found.scenario) == ("Where is the new bridge?", "a nurse", "")
    decide(study, "A-a", "edit", "When.", "cy", fields={"scenario": "At night."})
    assert load(study).question("A-a").persona == "a nurse"  # edits of one version go on from each other
    undo(study, first.seq, "cy")
    assert load(study).question("A-a").text == "Where is the new bridge?"


def test_what_a_person_wants_changed_is_no_example_and_in_no_release_until_it_is(study: Folder) -> None:
    _contribute(study, "Where is the river?", 1)
    plant(study, question("b"), question("c", topic=None, topic_raw="odd"), question("d"))
    curate(study, PLAIN)
    decide(study, "A-a", "return", "Name the place.", "mia")
    decide(study, "b", "use", "", "mia", use="rephrase")
    assert read_sources(study).waiting == {"A-a", "b"}  # and not what a rule holds, for want of a label
    version = question("b~peru-1", source="expanded", parents=("b",))
    with_versions = replace(load(study), questions=(question("b"), version, question("d")))
    assert with_versions.to_be_changed == {"A-a", "b", "b~peru-1"}
    assert set(curate(study, PLAIN).selected_questions) == {"d"}
    _contribute(study, "Where is the new bridge?", 2)
    decide(study, "b", "edit", "As asked.", "mia", fields={"text": "What is it that people ask of rivers?"})
    assert read_sources(study).waiting == frozenset()


def test_a_seed_can_be_returned_again_for_the_same_reason(study: Folder) -> None:
    _contribute(study, "Where is the river?", 1)
    first = decide(study, "A-a", "return", "Name the place.", "mia")
    assert decide(study, "A-a", "return", "Name the place.", "mia").seq == first.seq
    _contribute(study, "Where is the new bridge?", 2)
    assert not load(study).returned
    assert decide(study, "A-a", "return", "Name the place.", "mia").seq > first.seq
    assert set(load(study).returned) == {"A-a"}


def test_a_clock_that_is_set_back_changes_no_meaning(study: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    _contribute(study, "Where is the river?", 1)
    decide(study, "A-a", "return", "Name the place.", "mia")
    decide(study, "A-a", "use", "", "mia", use="rephrase")
    decide(study, "A-a", "edit", "Clearer.", "mia", fields={"text": "Where is that river?"})
    monkeypatch.setattr("seedbed.study.events.now", lambda: "2020-01-01T00:00:00.000+00:00")
    _contribute(study, "Where is the new bridge?", 2)
    curation = load(study)
    assert curation.question("A-a").text == "Where is the new bridge?"
    assert (dict(curation.returned), dict(curation.held), set(curation.overtaken)) == ({}, {}, {"A-a"})
    decide(study, "A-a", "edit", "Clearer.", "mia", fields={"text": "Where is that new bridge?"})
    assert load(study).question("A-a").text == "Where is that new bridge?"


def test_erasing_an_editor_takes_their_words_from_later_edits(study: Folder) -> None:
    plant(study, question("a", "Where is the river?", authors=("ana",)), question("b", authors=("ana",)))
    decide(study, "a", "edit", "More.", "bo", fields={"text": "Where is the river of Esmeralda?", "persona": "a nurse"})
    decide(study, "a", "edit", "Please.", "cy", fields={"text": "Where is the river of Esmeralda, please?"})
    decide(study, "a", "edit", "When.", "cy", fields={"scenario": "At noon."})
    (study.root / "seeds").mkdir(exist_ok=True)
    (study.root / "seeds" / ".questions.jsonl.ab12_xyz").write_text("Esmeralda")  # of a process killed while it wrote
    with EventStore.of(study) as store:
        erase(store, "bo", study)
    assert held_in(study.root, "Esmeralda") == []
    found = load(study).question("a")
    assert (found.text, found.persona, found.scenario) == ("Where is the river?", "", "At noon.")


def test_what_an_edit_took_from_another_seed_goes_with_its_author_once_the_two_are_merged(study: Folder) -> None:
    secret = "Esmeralda of Elm Street"
    for id, who in (("a", "ana"), ("b", "bo"), ("c", "cy"), ("d", "dee")):
        plant(study, question(id, authors=(who,)))
    # bo's words are brought into ana's seed, and only then bo's seed goes; by way of c, and taken back in the end
    decide(study, "a", "edit", "Both in one.", "mia", fields={"text": f"Who is {secret}?", "persona": "a nurse"})
    decide(study, "d", "edit", "Shorter.", "mia", fields={"text": "Who is it?"})
    decide(study, "b", "merge", "Said in the other.", "mia", into="c")
    last = decide(study, "c", "merge", "Said in the other.", "mia", into="a")
    undo(study, last.seq, "mia", "They are two after all.")
    # and the other way round: ana's words in an edit of bo's seed, which goes
    decide(study, "b", "edit", "As the other has it.", "mia", fields={"scenario": f"At {secret}."})
    assert len(held_in(study.root, secret)) >= 1
    with EventStore.of(study) as store:
        assert erase(store, "bo", study).texts > 0
    assert held_in(study.root, secret) == []
    curation = load(study)
    assert set(curation.edited) == {"d"}  # who has nothing to do with it keeps what was edited
    assert curation.question("d").text == "Who is it?"


def test_what_is_no_unicode_is_refused_and_nothing_is_written(study: Folder) -> None:
    plant(study, question("a"))
    before = events(study)
    with pytest.raises(InputError, match="no Unicode"):
        decide(study, "a", "exclude", "bad \udcff", "bo")
    with pytest.raises(InputError, match="no Unicode"):
        decide(study, "a", "exclude", "Off topic.", "b\udcffo")
    assert events(study) == before


def test_control_characters_are_no_words_of_anybody(study: Folder) -> None:
    plant(study, question("a"))
    made = decide(study, "a", "exclude", "Off topic:\n\tsee the template\u202e.", "bo")  # lines and marks are text
    for bad in ("\x00", "\x1b[2J", "\x07", "\x85", "\x7f"):
        with pytest.raises(InputError, match="The reason has a control character") as caught:
            decide(study, "a", "exclude", f"Off{bad} topic.", "bo")
        assert bad not in str(caught.value)
        with pytest.raises(InputError, match="The reason has a control character"):
            undo(study, made.seq, "bo", f"Not{bad} so.")
        with pytest.raises(InputError, match="control characters"):
            decide(study, "a", "exclude", "Off topic.", f"bo{bad}")
        with pytest.raises(InputError, match="control characters"):
            confirm_label(study, "odd", "health", "topics", f"bo{bad}")
    with pytest.raises(InputError, match="control characters"):
        decide(study, "a", "exclude", "Off topic.", "bo\nana")
    assert events(study) == made.seq


def by_ana(seq: int, subject: str, act: str, rival: str | None = None, **detail: object) -> Logged:
    return Logged("", "ana", Decision(subject, act, "ana", "person", "why", rival=rival, detail=detail), seq)


def test_undos_of_undos_stand_on_one_another_as_high_as_anybody_likes() -> None:
    people = Persons()
    people.take(by_ana(1, "q", "exclude"))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(
        len(inspect.stack(0)) + 100
    )  # as high as stands for the thousands that a test has no time for
    try:
        for seq in range(2, 202):
            assert people.take(by_ana(seq, "q", "undo", undoes=[seq - 1])) == {("q", "verdict")}
            assert bool(people.standing) == (seq % 2 == 1)  # the act, taken back, the act again
    finally:
        sys.setrecursionlimit(limit)
    assert people.undone == {seq: seq + 1 for seq in range(1, 201) if (201 - seq) % 2 == 1}


def test_what_two_undos_took_back_stands_again_when_both_are_gone() -> None:
    people = Persons()
    people.take(by_ana(1, "q", "exclude", batch="b"))
    people.take(by_ana(2, "q", "undo", undoes=[1]))
    people.take(by_ana(3, "", "undo", undoes_batch="b"))
    people.take(by_ana(4, "q", "undo", undoes=[2]))
    assert people.undone == {1: 3, 2: 4}
    people.take(by_ana(5, "", "undo", undoes=[3]))
    assert people.undone == {2: 4, 3: 5}
    assert [one.seq for one in people.standing.values()] == [1]


def test_a_chain_of_merges_may_be_as_long_as_the_study() -> None:
    gone = {f"s{n}": by_ana(n, f"s{n}", "merge", f"s{n + 1}").decision for n in range(2000)}
    merged = merged_by(gone, {(id, "verdict"): n for n, id in enumerate(gone)})
    assert merged == {"s2000": tuple(f"s{n}" for n in range(1999, -1, -1))}


def test_a_name_is_no_novel() -> None:
    with pytest.raises(InputError, match="name"):
        check_actor("x" * 1000)
