"""The gates of values, critique, identity and near duplicates; who verified what; and who ranks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.generate.triples.critique import Vocabulary, finds_nothing, is_phrase, quotes
from seedbed.generate.triples.judge import TripleJudge
from seedbed.records import Candidate, State, Verdict
from seedbed.taxonomy import Value
from tests.generate.made import FAIRNESS, PROMPT, TAXONOMY, WORD_GATES, option, triple, triple_bench, triple_judge
from tests.generate.triples.made import ASK

SAFETY = TAXONOMY.value("safety")
BAD = "No. Older employees are lazy and nobody can teach them."
GOOD = "Older employees learn just as well when somebody takes the time to show them."
CRITIQUE = "Stereotype bias: it judges older employees by their age."
VALUES = ("complete", "identity", "differs", "fails-value", "critique-true", "honours-value", "near-duplicate")


class Scores:
    """An inspector that knows some texts; `judges` says whether it may judge."""

    def __init__(self, scores: dict[str, float], judges: bool = True) -> None:
        self.scores, self.judges = scores, judges

    def score(self, prompt: str, response: str, value: str | None = None) -> float:
        return self.scores.get(response, 0.5)

    def may_judge(self, value: str | None = None) -> tuple[bool, str]:
        return self.judges, "as the test says"


def bad(text: str = BAD, critique: str = CRITIQUE, **more: Any) -> dict[str, Any]:
    return option(text, critique=critique, **more)


def said(says: str | None, shown: str = "A", value: str = "fairness") -> dict[str, Any]:
    return {value: {"says": says, "shown": shown}}


def verdict(misaligned: dict[str, Any], aligned: dict[str, Any] | None = None, **more: Any) -> Verdict:
    order = more.pop("order", VALUES)
    ((found, _),) = triple_judge(order, **more).judge(ASK, [triple([misaligned], [aligned or option(GOOD)])])
    return found


def test_where_nobody_can_say_the_row_is_kept_and_says_so() -> None:
    for inspector in (None, Scores({BAD: 0.9, GOOD: 0.1}, judges=False)):
        found = verdict(bad(), inspector=inspector)
        assert found.state is State.KEPT
        assert found.notes["verified"] == {
            "fails-value": "unverified", "honours-value": "unverified", "critique-true": "words",
        }  # fmt: skip
        assert "judge" not in found.notes


@pytest.mark.parametrize(
    ("says_bad", "says_good", "says_critique", "gate", "reason"),
    [
        ("violates", "honours", "true", "", ""),
        ("honours", "honours", "true", "fails-value",
         "misaligned: the uncalibrated judge says that it honours the value: Fairness"),
        ("unclear", "honours", "true", "fails-value", "misaligned: the uncalibrated judge leaves it unclear: Fairness"),
        ("violates", "violates", "true", "honours-value",
         "aligned: the uncalibrated judge says that it violates the value: Fairness"),
        ("violates", "honours", "false", "critique-true", "misaligned: the uncalibrated judge denies that it is true"),
        ("violates", "honours", "unclear", "critique-true",
         "misaligned: the uncalibrated judge leaves it unclear whether it is true"),
    ],
)  # fmt: skip
def test_a_judges_recorded_reply_decides(
    says_bad: str, says_good: str, says_critique: str, gate: str, reason: str
) -> None:
    found = verdict(
        bad(judged=said(says_bad), critique_judged={"says": says_critique}), option(GOOD, judged=said(says_good, "B"))
    )
    assert (found.gate, found.reason) == (gate, reason)
    assert found.notes["judge"] == {
        "misaligned": said(says_bad), "aligned": said(says_good, "B"), "critique": says_critique, "calibrated": False,
    }  # fmt: skip


def test_the_judge_comes_before_the_inspector_and_the_inspector_before_nobody() -> None:
    wrong = Scores({BAD: 0.9, GOOD: 0.1})
    assert verdict(bad(), inspector=wrong).gate == "fails-value"
    assert verdict(bad(), inspector=wrong).measured == 0.9
    judged = verdict(bad(judged=said("violates")), option(GOOD, judged=said("honours")), inspector=wrong)
    assert judged.state is State.KEPT
    right = verdict(bad(judged=said(None)), inspector=Scores({BAD: 0.1, GOOD: 0.9}))
    assert right.notes["verified"]["fails-value"] == "inspector"
    assert right.notes["judge"]["misaligned"] == said(None)
    silent = verdict(bad(judged=said(None)), option(GOOD, judged=said(None)))
    assert (silent.state, silent.notes["verified"]["fails-value"]) == (State.KEPT, "no verdict")


def test_what_only_an_uncalibrated_judge_says_is_unverified() -> None:
    """It may turn a row away, and the reason says what it is. What it lets through has nobody's word behind it."""
    fine = {"judged": said("violates"), "critique_judged": {"says": "true"}}, {"judged": said("honours")}
    for calibrated, stands, critique in ((False, "unverified", "words"), (True, "judge", "judge")):
        found = verdict(bad(**fine[0]), option(GOOD, **fine[1]), calibrated=calibrated)
        assert found.state is State.KEPT
        assert found.notes["verified"] == {
            "fails-value": stands, "honours-value": stands, "critique-true": critique,
        }  # fmt: skip
        assert found.notes["judge"]["calibrated"] is calibrated
    agrees = verdict(bad(**fine[0]), option(GOOD, **fine[1]), inspector=Scores({BAD: 0.1, GOOD: 0.9}))
    assert agrees.notes["verified"]["fails-value"] == "inspector"  # which has earned it
    denies = verdict(bad(**fine[0]), option(GOOD, **fine[1]), inspector=Scores({BAD: 0.9, GOOD: 0.1}))
    assert denies.notes["verified"]["fails-value"] == "unverified"
    turned = verdict(bad(judged=said("honours")), calibrated=True)
    assert turned.reason == "misaligned: the judge says that it honours the value: Fairness"


def test_a_triple_of_several_values_has_to_fail_and_honour_each() -> None:
    both: dict[str, Any] = {"values": (FAIRNESS, SAFETY)}
    half = {**said("violates"), **said("honours", value="safety")}
    whole = {**said("violates"), **said("violates", value="safety")}
    kind = {**said("honours"), **said("honours", value="safety")}
    assert verdict(bad(judged=whole), option(GOOD, judged=kind), **both).state is State.KEPT
    found = verdict(bad(judged=half), option(GOOD, judged=kind), **both)
    assert found.reason.endswith("honours the value: Safety")
    half_known = verdict(bad(judged=said("violates")), option(GOOD, judged=kind), **both)
    assert half_known.notes["verified"]["fails-value"] == "unverified"


# --- the critique ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("critique", "reason"),
    [
        ("The response is incorrect.", "misaligned: the critique is a mere phrase"),
        ("the answer is wrong", "misaligned: the critique is a mere phrase"),
        ("It is long and has a comma.", "misaligned: the critique names no risk or value"),
        ("The answer speaks of employees in a group.", "misaligned: the critique names no risk or value"),
    ],
)
def test_a_critique_that_says_nothing_of_the_fault(critique: str, reason: str) -> None:
    found = verdict(bad(critique=critique))
    assert (found.gate, found.reason) == ("critique-true", reason)


@pytest.mark.parametrize(
    "critique",
    [
        CRITIQUE,
        "The response is incorrect. It excludes older employees.",
        'Demeaning language: "nobody can teach them" is untrue.',
        "It's unfair to older staff.",
    ],
)
def test_a_critique_that_names_the_fault(critique: str) -> None:
    assert verdict(bad(critique=critique)).state is State.KEPT


@pytest.mark.model
def test_a_critique_has_to_speak_of_the_response() -> None:
    far = "Stereotype bias about nurses and their uniforms."
    near = "This text contains stereotype bias and preference bias."
    order = ("answers-prompt", "critique-true")
    assert verdict(bad(critique=near), order=order, embeds=True).state is State.KEPT
    strict = {"order": order, "embeds": True, "min_critique_cosine": 0.9}
    found = verdict(bad(critique=far), **strict)
    assert found.reason == "misaligned: the critique does not speak of the response"
    assert verdict(bad(critique="Bias: “older employees are lazy”."), **strict).state is State.KEPT


def test_every_human_critique_of_the_sample_names_its_fault() -> None:
    import csv

    from seedbed.acts import sample_folder

    with (sample_folder() / "pairs.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40
    for row in rows:
        value = TAXONOMY.match("values", row["value"])
        assert value is not None
        words = Vocabulary([TAXONOMY.value(value)], TAXONOMY.risks)
        assert words.named_in(row["critique"]), row["critique"]
        assert not is_phrase(row["critique"])
        assert not finds_nothing(row["critique"])


def test_a_value_in_another_language_brings_its_own_words() -> None:
    value = Value(id="v", label="公平", definition="…", harms=("刻板印象",))
    assert Vocabulary([value], ()).named_in("这个回答有刻板印象。")
    assert not Vocabulary([value], ()).named_in("这个回答很长。")


@pytest.mark.parametrize(
    ("critique", "quoted"),
    [
        ('It says "nobody can teach" them.', True),
        ("It says 'are lazy and nobody'.", True),
        ("It's older people's problem", False),
        ('It says "lazy".', False),
        ('It says "never learn anything".', False),
    ],
)
def test_a_quotation_is_of_two_words_or_more_that_stand_there(critique: str, quoted: bool) -> None:
    assert quotes(critique, BAD) is quoted


@pytest.mark.parametrize(
    ("critique", "nothing"),
    [
        ("Nothing is wrong with this response.", True),
        ("Nothing.", True),
        ("No problems found.", True),
        ("No problem found: it treats everybody alike.", True),
        ("There is nothing wrong with the answer, it is fair.", True),
        ("There are no issues in this response.", True),
        ("I see no stereotypes or other harm here.", True),
        ("The response is appropriate.", True),
        ("Nothing needs to be corrected.", True),
        ("No. The response is biased.", False),
        ("Nothing in it helps the person.", False),
        ("It says that nothing is wrong with hitting children.", False),
        ("The response is fine, but it excludes older people.", False),
        ("It gives no reason.", False),
        ("There is no problem in the answer; however, it is rude.", False),
        (CRITIQUE, False),
        ("", False),
    ],
)
def test_a_critique_that_finds_nothing(critique: str, nothing: bool) -> None:
    assert finds_nothing(critique) is nothing


# --- identity --------------------------------------------------------------------------------------------------

NOTHING = "Nothing is wrong with this response."


def test_where_nothing_was_put_right_the_row_is_kept_apart_with_its_answer() -> None:
    same = verdict(bad(GOOD, critique=NOTHING), option(GOOD.replace(" ", "  ")))
    assert (same.state, same.gate) == (State.REJECTED, "identity")
    assert same.notes["identity"] is True
    assert same.notes["verified"] == {"identity": "unverified"}
    assert (same.fields["prompt"], same.fields["answer"]) == (PROMPT, GOOD.replace(" ", "  "))
    other = verdict(bad(GOOD, critique=NOTHING), option("Age says little about skill."))
    assert (other.gate, other.measured, other.fields["answer"]) == ("identity", "critique", GOOD)


def test_a_response_that_somebody_finds_bad_is_no_model_of_a_good_one() -> None:
    judged = verdict(bad(BAD, critique=NOTHING, judged=said("violates")), option(GOOD, judged=said("honours")))
    assert judged.gate == "identity"
    assert "identity" not in judged.notes
    assert "answer" not in judged.fields
    fine = verdict(bad(GOOD, critique=NOTHING, judged=said("honours")), option(GOOD, judged=said("honours")))
    assert fine.notes["verified"] == {"identity": "unverified"}  # the judge was not calibrated


def test_a_small_models_word_that_a_misaligned_response_is_fine_is_not_believed() -> None:
    found = verdict(bad(BAD, critique=NOTHING), use_cues=True)
    assert (found.gate, found.notes.get("identity")) == ("identity", None)
    believed = verdict(bad(GOOD, critique=NOTHING), use_cues=True, inspector=Scores({GOOD: 0.9}))
    assert believed.notes["identity"] is True


def test_a_row_says_that_a_sound_response_was_asked_for() -> None:
    fields = {"prompt": PROMPT, "misaligned": [bad()], "aligned": [option(GOOD)], "sound": True}
    ((found, _),) = triple_judge(VALUES).judge(ASK, [Candidate("", fields=fields)])
    assert (found.state, found.notes["identity_requested"]) == (State.KEPT, True)


# --- the same prompt again -------------------------------------------------------------------------------------


def test_an_earlier_triple_of_the_same_prompt_is_not_made_again() -> None:
    judge = triple_judge((*WORD_GATES, "near-duplicate"))
    again = triple([bad(BAD.replace("lazy", "slow"))], [option(GOOD)])
    ((first, _),) = judge.judge(ASK, [triple([bad()], [option(GOOD)])])
    ((second, _),) = judge.judge(ASK, [again])
    ((elsewhere, _),) = judge.judge(ASK, [triple([bad()], [option(GOOD)], prompt="Can they learn?")])
    assert (first.state, elsewhere.state) == (State.KEPT, State.KEPT)
    assert (second.gate, second.rival) == ("near-duplicate", "r.000000")
    assert second.reason == "shares too many words with an earlier triple of this prompt"
    resumed = triple_judge((*WORD_GATES, "near-duplicate"))
    resumed.restore(first, None)
    assert resumed.judge(ASK, [again])[0][0].gate == "near-duplicate"


@pytest.mark.model
def test_other_words_for_an_earlier_triple_are_found_by_their_meaning() -> None:
    judge = triple_judge(("near-duplicate",), embeds=True, max_twin_cosine=0.7)
    judge.judge(ASK, [triple([bad("Old staff cannot learn new software.")], [option("Age does not decide skill.")])])
    other = triple(
        [bad("New software can't be learned by staff of old age.")], [option("Skill is not decided by age.")]
    )
    ((found, _),) = judge.judge(ASK, [other])
    assert found.reason == "means nearly the same as an earlier triple of this prompt"
    half = triple([bad("New software can't be learned by staff of old age.")], [option("Ask the union for advice.")])
    assert judge.judge(ASK, [half])[0][0].state is State.KEPT  # half of it is new


# --- ranking ---------------------------------------------------------------------------------------------------

TEXTS = [f"Response number {i} of several." for i in range(4)]


def chosen(judge: TripleJudge, bads: list[dict[str, Any]], goods: list[dict[str, Any]]) -> Verdict:
    ((found, _),) = judge.judge(ASK, [triple(bads, goods)])
    return found


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.lists(st.floats(-1, 0), min_size=4, max_size=4))
def test_the_inspector_ranks_even_where_it_may_not_judge(scores: list[float], likely: list[float]) -> None:
    inspector = Scores(dict(zip(TEXTS, scores, strict=True)), judges=False)
    bads = [bad(text, logprob=p) for text, p in zip(TEXTS, likely, strict=True)]
    goods = [option(text, logprob=p) for text, p in zip(TEXTS, likely, strict=True)]
    found = chosen(TripleJudge("r", triple_bench(inspector=inspector), ()), bads, goods)
    assert inspector.scores[found.fields["misaligned"]] == min(scores)
    assert inspector.scores[found.fields["aligned"]] == max(scores)
    assert found.notes["ranker"] == "inspector"
    plain = chosen(TripleJudge("r", triple_bench(), ()), bads, goods)
    assert plain.notes["ranker"] == "logprob"
    assert likely[TEXTS.index(plain.fields["aligned"])] == max(likely)


def test_what_a_judge_spoke_of_comes_first() -> None:
    goods = [option(TEXTS[0], logprob=-0.1), option(TEXTS[1], logprob=-0.9, judged=said("honours"))]
    found = chosen(TripleJudge("r", triple_bench(), ("honours-value",)), [bad()], goods)
    assert found.fields["aligned"] == TEXTS[1]
