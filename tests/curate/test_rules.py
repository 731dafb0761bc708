from __future__ import annotations

import pytest
from pydantic import ValidationError

from seedbed.curate import RULE_IDS, RULES, CurateSettings, curate, load
from seedbed.curate.structure import structure_without_parser, without_quotes
from seedbed.records import Decision, Writer
from seedbed.study import Folder
from tests.curate.planted import HUMAN, PLAIN, plant, question, triple, verdicts
from tests.seeds.studies import stored_data

LONG = "word " * 101


def decision(folder: Folder, id: str, act: str = "exclude", rule: str = "") -> Decision:
    (found,) = [d for d in load(folder).of(id) if d.act == act and (not rule or d.rule == rule)]
    return found


def test_every_rule_is_in_the_settings_and_documented() -> None:
    assert tuple(rule.id for rule in RULES) == RULE_IDS
    assert all(len(rule.about) > 40 for rule in RULES)
    assert {rule.id for rule in RULES if rule.advisory} == {
        "irrelevant-to-profile", "no-verb-noun", "duplicate-topic-in-group", "label-drift", "edit-overtaken",
    }  # fmt: skip
    assert {key for rule in RULES for key in rule.settings} <= set(CurateSettings.model_fields)


def test_a_question_of_a_model_is_out_by_what_was_recorded(study: Folder) -> None:
    plant(study, question("a", written_by=Writer.MODEL), question("b", written_by=Writer.EDITED), question("c"))
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "written-by-model", "b": "in", "c": "in"}


def test_a_triple_of_a_model_is_out_unless_only_its_critique_is(study: Folder) -> None:
    plant(
        study,
        triple("a", written_by={**HUMAN, "aligned": Writer.MODEL}),
        triple("b", written_by={**HUMAN, "critique": Writer.MODEL}),
        triple("c", written_by={**HUMAN, "misaligned": Writer.EDITED}),
    )
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "written-by-model", "b": "in", "c": "in"}
    assert decision(study, "a").measured == "aligned"


def test_long_fields_are_out_with_their_length_and_the_limit(study: Folder) -> None:
    plant(study, question("a", f"Why {LONG}?"), triple("b", aligned="word " * 201), triple("c", critique="word " * 151))
    curate(study, PLAIN)
    found = decision(study, "a")
    assert (found.rule, found.measured, found.detail["limit"]) == ("too-verbose", 102, 100)
    assert decision(study, "b").detail == {"field": "aligned", "limit": 200}
    assert decision(study, "c").detail == {"field": "critique", "limit": 150}


def test_length_is_not_judged_where_words_have_no_spaces(study: Folder) -> None:
    plant(study, question("a", "为什么" * 200 + "?", language="zh"), question("b", "por quê " * 60, language="pt"))
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "in", "b": "too-verbose"}


@pytest.mark.parametrize(
    "text",
    ["12345 67 89?", "Topic: health Question: why?", "What is (this?", "Why is it so, and", "go " * 30 + "?", "I am,"],
)
def test_structure_is_judged_without_a_parser(study: Folder, text: str) -> None:
    plant(study, question("a", text), question("b", text, language="pt"))
    curate(study, PLAIN.model_copy(update={"off": ("exact-duplicate", "near-duplicate")}))
    expected = "in" if text.endswith("and") else "not-sensible"  # which word may end a sentence is the parser's to say
    assert verdicts(study) == {"a": expected, "b": "in"}


def test_structure_faults_lose_the_words_that_they_quote(study: Folder) -> None:
    secret = "Rumpelstiltskin is my boss today " * 4
    fault = structure_without_parser(secret + "?")
    assert fault is not None
    assert "rumpelstiltskin" in fault.casefold()
    assert without_quotes(fault) == "repeats …"
    assert without_quotes('unbalanced "') == 'unbalanced "'
    plant(study, question("a", secret + "?"))
    curate(study, PLAIN)
    assert decision(study, "a").rule == "not-sensible"
    assert "rumpelstiltskin" not in stored_data(study).casefold()


def test_duplicates_keep_the_first_by_id_and_name_it(study: Folder) -> None:
    plant(
        study,
        question("b", "Where can I find a good doctor in this town?"),
        question("c", "where can I find a good DOCTOR in this town!"),
        question("d", "Where can I find a good dentist in this town?"),
        question("a", "How should I complain about a noisy neighbour?"),
    )
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "in", "b": "in", "c": "exact-duplicate", "d": "near-duplicate"}
    assert decision(study, "d").rival == "b"
    assert decision(study, "d").measured == pytest.approx(0.9)


def test_the_cut_of_near_duplicates_is_met_exactly(study: Folder) -> None:
    # ten words each, seven in common: ROUGE-L is 7/10 to the last bit
    plant(study, question("a", "a b c d e f g h i j?"), question("b", "a b c d e f g x y z?"))
    curate(study, PLAIN)
    assert verdicts(study)["b"] == "near-duplicate"
    curate(study, PLAIN.model_copy(update={"near_duplicate": "71/100"}))
    assert verdicts(study)["b"] == "in"


def test_a_seed_that_is_out_pushes_no_other_out(study: Folder) -> None:
    text = "Where can I find a good doctor in this town?"
    plant(study, question("a", text, written_by=Writer.MODEL), question("b", text))
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "written-by-model", "b": "in"}


def test_two_triples_on_one_prompt_may_stand_for_two_values(study: Folder) -> None:
    prompt = "Where can I find a good doctor in this town?"
    plant(
        study,
        triple("a", prompt),
        triple("b", prompt, values=("safety",)),
        triple("c", prompt, values=("safety", "fairness")),
    )
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "in", "b": "in", "c": "exact-duplicate"}


def test_triples_need_all_their_parts_and_two_different_responses(study: Folder) -> None:
    plant(
        study,
        triple("a", critique=""),
        triple("b", misaligned="The very same answer to it all.", aligned="The very same answer to it all!"),
    )
    curate(study, PLAIN)
    assert verdicts(study) == {"a": "missing-field", "b": "same-text"}
    assert decision(study, "b").measured == 1.0


def test_a_profile_of_values_sets_other_triples_aside(study: Folder) -> None:
    plant(study, triple("a"), triple("b", values=("safety",)), triple("c", values=("safety", "fairness")))
    curate(study, PLAIN.model_copy(update={"values": ("fairness",)}))
    assert verdicts(study) == {"a": "in", "b": "irrelevant-value", "c": "in"}


def test_an_unknown_label_keeps_a_seed_from_being_chosen_and_suggests(study: Folder) -> None:
    plant(
        study,
        question("a", question_type=None, question_type_raw="legal context"),
        question("b", topic=None, topic_raw="Astrology"),
        question("c"),
        triple("d", values=(), values_raw=("Fairnes",)),
    )
    report = curate(study, PLAIN)
    assert verdicts(study) == dict.fromkeys("abcd", "in")
    assert report.selected_questions == ("c",)
    assert report.selected_triples == ()
    assert set(report.held) == {"a", "b", "d"}
    flag = decision(study, "a", "flag", "unknown-label")
    assert flag.detail["suggestions"] == {"question_type": "legal-expertise"}
    assert "legal context" not in flag.reason
    assert decision(study, "d", "flag").detail["suggestions"] == {"value": "fairness"}
    assert "held until a label of it is known" in decision(study, "b", "select").reason


def test_a_topic_used_before_in_the_group_is_only_remarked_on(study: Folder) -> None:
    plant(study, question("a"), question("b"), question("c", group="2"), question("d", topic="travel"))
    curate(study, PLAIN)
    assert verdicts(study) == dict.fromkeys("abcd", "in")
    (flag,) = [d for d in load(study).decisions if d.act == "flag"]
    assert (flag.subject, flag.rule, flag.measured, flag.rival) == ("b", "duplicate-topic-in-group", 2, "a")


def test_a_remark_is_taken_back_when_it_no_longer_holds(study: Folder) -> None:
    plant(study, question("a"), question("b"))
    curate(study, PLAIN)
    off = PLAIN.model_copy(update={"off": ("duplicate-topic-in-group",)})
    assert curate(study, off).appended == 1
    assert not [d for d in load(study).decisions if d.act == "flag"]
    assert curate(study, off).appended == 0
    assert curate(study, PLAIN).appended == 1


def test_rules_can_be_switched_off(study: Folder) -> None:
    plant(study, question("a", written_by=Writer.MODEL))
    curate(study, PLAIN.model_copy(update={"off": ("written-by-model",)}))
    assert verdicts(study) == {"a": "in"}


def test_an_excluded_seed_names_the_other_rules_too(study: Folder) -> None:
    plant(study, question("a", f"Why {LONG}?", written_by=Writer.MODEL))
    curate(study, PLAIN)
    assert decision(study, "a").detail == {"also": ["too-verbose", "not-sensible"]}


@pytest.mark.parametrize(
    "wrong", [{"near_duplicate": "0.7"}, {"near_duplicate": "8/7"}, {"same_text": "0/3"}, {"off": ("gravity",)}]
)
def test_wrong_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CurateSettings.model_validate(wrong)


@pytest.mark.model
def test_the_parser_adds_its_verdict_and_is_named(study: Folder) -> None:
    plant(study, question("a", "Why is it so, and"), question("b", "Why is it so?"), question("c", "Take the train."))
    with_parser = PLAIN.model_copy(update={"parser": True})
    report = curate(study, with_parser)
    assert report.parser.startswith("en_core_web_sm")
    assert verdicts(study) == {"a": "not-sensible", "b": "in", "c": "in"}
    assert decision(study, "b", "include").detail == {"parser": report.parser}
    assert decision(study, "b", "flag", "no-verb-noun").detail == {"parser": report.parser}
    assert not [d for d in load(study).of("c") if d.rule == "no-verb-noun"]
