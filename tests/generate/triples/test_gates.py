"""Each gate of stage 2, and the judge that chooses a pair among a triple's candidates."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import SettingsError
from seedbed.generate.gating import Finding
from seedbed.generate.settings import TripleGates
from seedbed.generate.triples.gates import PAIR_GATES, TRIPLE_GATES
from seedbed.records import Candidate, State, Verdict
from tests.generate.made import CUES, PAIR, PROMPT, WORD_GATES, option, triple, triple_bench, triple_judge
from tests.generate.triples.made import ASK

BAD = "No. Older employees are lazy and nobody can teach them."
WORSE = "Older employees waste the time of those around them, always."
GOOD = "Older employees learn just as well when somebody takes the time to show them."
BETTER = "Age says little about skill, so judge each colleague by the work."
CRITIQUE = "This is stereotype bias about age."


def finding(gate: str, part: Literal["misaligned", "aligned"], text: str, *, use_cues: bool = True,
            embeds: bool = False, **more: Any) -> Finding | None:  # fmt: skip
    check: Any = TRIPLE_GATES[gate]
    given_option = option(text, **{"critique": CRITIQUE if part == "misaligned" else "", **more})
    found: Finding | None = check(triple_bench(use_cues=use_cues, embeds=embeds), ASK, PROMPT, part, given_option)
    return found


def of_pair(gate: str, first: dict[str, Any], second: dict[str, Any], **more: Any) -> Finding | None:
    return PAIR_GATES[gate](triple_bench(**more), ASK, PROMPT, first, second)


def bad(text: str = BAD, **more: Any) -> dict[str, Any]:
    return option(text, **{"critique": CRITIQUE, **more})


def verdict(misaligned: list[dict[str, Any]], aligned: list[dict[str, Any]], *,
            order: tuple[str, ...] = WORD_GATES, **more: Any) -> Verdict:  # fmt: skip
    ((found, vector),) = triple_judge(order, **more).judge(ASK, [triple(misaligned, aligned)])
    assert vector is None
    return found


def test_every_gate_is_on_by_default_and_documented() -> None:
    assert list(TripleGates().order) == list(TRIPLE_GATES)
    assert set(PAIR_GATES) < set(TRIPLE_GATES)
    assert all((gate.__doc__ or "").strip() for gate in TRIPLE_GATES.values())


@pytest.mark.parametrize("gate", [name for name in TRIPLE_GATES if name != "answers-prompt" and name not in PAIR_GATES])
def test_a_good_pair_passes(gate: str) -> None:
    assert finding(gate, "misaligned", BAD, logprob=-1.0) is None
    assert finding(gate, "aligned", GOOD, logprob=-1.0) is None


@pytest.mark.parametrize(
    ("gate", "part", "text", "more", "reason", "measured"),
    [
        ("complete", "misaligned", "", {}, "empty", None),
        ("complete", "aligned", GOOD, {"finished": False}, "cut off at the token limit", None),
        ("complete", "misaligned", BAD, {"critique": "Unkind, rude"}, "has no critique", None),
        ("length", "aligned", "They are just as good.", {}, "5 words, fewer than 6", 5),
        ("length", "aligned", "so " * 151, {}, "151 words, more than 150", 151),
        ("leaked-fields", "aligned", "Response: " + GOOD, {}, "a field name leaked: Response", "Response"),
        ("leaked-fields", "misaligned", BAD, {"critique": "Critique: it is unkind."},
         "a field name leaked: Critique", "Critique"),
        ("refusal", "misaligned", "I'm sorry, but that would be rude to say.", {},
         "refuses: I'm sorry, but", "I'm sorry, but"),
        ("refusal", "misaligned", "That is so. I won’t help with that.", {}, "refuses: I won’t help", "I won’t help"),
        ("refusal", "aligned", "As an AI I can say nothing of the kind.", {}, "only refuses: As an AI", 0),
        ("refusal", "aligned", "I cannot help with that. Please ask somebody else.", {},
         "only refuses: I cannot help", 4),
        ("repetition", "aligned", "They are just as good as they are just as good.", {}, "four words repeated",
         "they are just as"),
        ("logprob", "misaligned", BAD, {"logprob": -1.71}, "the model itself was unsure of it", -1.71),
        ("logprob", "aligned", GOOD, {"logprob": -1.61}, "the model itself was unsure of it", -1.61),
        ("shows-fault", "misaligned", "Older employees come to work by train.", {}, "shows no fault", None),
        ("shows-fault", "misaligned", "Older employees are lazy but deserve respect.", {}, "is kind as well", None),
        ("puts-right", "aligned", "Older employees come to work by train.", {}, "does not put it right", None),
        ("puts-right", "aligned", "Older employees deserve respect, but are lazy.", {}, "shows a fault as well", None),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_measured(
    gate: str, part: Literal["misaligned", "aligned"], text: str, more: dict[str, Any], reason: str, measured: object
) -> None:
    assert finding(gate, part, text, **more) == Finding(reason, measured)


def test_a_copy_names_the_example_and_an_echo_the_prompt() -> None:
    # 14 words, 13 of them left: 26/27
    copied = PAIR.misaligned.replace("always be", "be")
    assert finding("copy", "misaligned", copied) == Finding("copies an example", 0.963, "p1")
    assert finding("copy", "aligned", copied) is None  # each kind is compared with its own
    echo = finding("copy", "aligned", "Older employees are slower than younger ones.")
    assert echo is not None
    assert (echo.reason, echo.rival) == ("echoes the prompt", None)


def test_cues_count_only_where_a_small_model_wrote() -> None:
    plain = "Older employees come to work by train."
    assert finding("shows-fault", "misaligned", plain, use_cues=False) is None
    assert finding("puts-right", "aligned", plain, use_cues=False) is None


def test_declining_a_part_or_being_sorry_is_no_refusal() -> None:
    kind = "I cannot say who is right. Age says little about skill, so judge each colleague by what they do at work."
    assert finding("refusal", "aligned", kind) is None
    assert finding("refusal", "misaligned", "I'm sorry that you have to work with older employees at all.") is None


def test_a_long_text_may_repeat_a_little() -> None:
    words = [f"w{i}" for i in range(60)]
    loop = "and so it is"
    assert finding("repetition", "aligned", " ".join([*words[:30], loop, *words[30:], loop])) is None
    assert finding("repetition", "aligned", " ".join([*words[:20], loop, *words[20:40], loop])) is not None
    thrice = " ".join([*words[:20], loop, *words[20:40], loop, *words[40:], loop])
    assert finding("repetition", "aligned", thrice) == Finding("four words repeated", loop)


def test_the_pair_must_differ() -> None:
    assert of_pair("differs", bad(), option(GOOD)) is None
    assert of_pair("differs", bad(GOOD), option(GOOD)) == Finding("the two responses share too many words", 1.0)
    # five words each and three in common: 6/10 to the last bit
    found = of_pair("differs", bad("a b c d e"), option("a b c x y"))
    assert found == Finding("the two responses share too many words", 0.6)


def test_the_likeliest_pair_that_passes_is_chosen_and_the_rest_kept_with_reasons() -> None:
    unlikely, refused = bad(logprob=-1.2), bad("I'm sorry, but I would never say so.", logprob=-0.1)
    likely = bad(WORSE, logprob=-0.5, scaffold="Older employees waste")
    short = option("Same as all.", logprob=-0.1)
    found = verdict(
        [unlikely, refused, likely], [option(GOOD, logprob=-0.9), short, option(BETTER, logprob=-0.4)],
    )  # fmt: skip
    assert (found.state, found.gate, found.reason) == (State.KEPT, "", "")
    assert (found.fields["misaligned"], found.fields["aligned"]) == (WORSE, BETTER)
    assert found.fields["critique"] == CRITIQUE
    assert found.fields["prompt"] == PROMPT
    assert found.fields["scaffold"] == {"misaligned": "Older employees waste"}
    assert found.notes == {"logprob": {"misaligned": -0.5, "aligned": -0.4}, "ranker": "logprob", "cell": "q1"}
    assert found.text == f"{WORSE} {BETTER}"
    others = found.fields["alternatives"]
    assert [(o["text"], o["gate"]) for o in others["misaligned"]] == [(BAD, ""), (refused["text"], "refusal")]
    assert [(o["text"], o["reason"]) for o in others["aligned"]] == [
        (GOOD, ""), ("Same as all.", "3 words, fewer than 6"),
    ]  # fmt: skip


def test_a_pair_too_alike_gives_way_to_the_next() -> None:
    same = BAD.replace("nobody", "no one")
    found = verdict([bad(logprob=-0.1)], [option(same, logprob=-0.2), option(GOOD, logprob=-0.9)])
    assert found.state is State.KEPT
    assert found.fields["aligned"] == GOOD
    for others in ([], [option(same, logprob=-3.0)]):
        alone = verdict([bad()], [option(same), *others])
        assert (alone.state, alone.gate, alone.reason) == (
            State.REJECTED, "differs", "the two responses share too many words",
        )  # fmt: skip
        assert isinstance(alone.measured, float)
    assert verdict([bad()], [option(same)], order=("complete",)).state is State.KEPT


def test_without_log_probabilities_the_first_that_passes_is_chosen() -> None:
    found = verdict([bad("Too short."), bad(WORSE), bad(BAD)], [option(GOOD), option(BETTER)])
    assert (found.fields["misaligned"], found.fields["aligned"]) == (WORSE, GOOD)


def test_a_rejected_triple_names_the_gate_that_most_candidates_failed() -> None:
    refused = [bad(f"I'm sorry, but I cannot speak of {word}.") for word in ("age", "work")]
    found = verdict([bad("Too short."), *refused], [option(GOOD)])
    assert (found.state, found.gate) == (State.REJECTED, "refusal")
    assert found.reason == "misaligned: refuses: I'm sorry, but"
    assert found.measured == "I'm sorry, but"
    assert found.fields["aligned"] == GOOD
    copied = verdict([bad(PAIR.misaligned)], [option(GOOD)])
    assert (copied.gate, copied.rival, copied.measured) == ("copy", "p1", 1.0)


def test_a_reply_without_candidates_is_rejected() -> None:
    found = verdict([], [option(GOOD)])
    assert (found.state, found.gate, found.reason) == (State.REJECTED, "complete", "no misaligned response")
    assert (found.fields["misaligned"], found.text) == ("", GOOD)


def test_with_no_gates_the_likeliest_are_kept() -> None:
    found = verdict([bad("x", logprob=-2.0), bad("y", logprob=-1.0)], [option("z", finished=False)], order=())
    assert (found.state, found.fields["misaligned"], found.fields["aligned"]) == (State.KEPT, "y", "z")


def test_a_reply_that_cannot_be_read_is_rejected_before_every_gate() -> None:
    judge = triple_judge()
    cut = Candidate("", fields={"prompt": PROMPT, "sound": False}, finished=False, fault="cut off at the token limit")
    ((found, _),) = judge.judge(ASK, [cut])
    assert (found.state, found.gate, found.reason) == (State.REJECTED, "parse", "cut off at the token limit")
    assert found.fields["prompt"] == PROMPT
    assert found.fields["alternatives"] == {"misaligned": [], "aligned": []}
    assert judge.trace(ASK, cut) == [("parse", Finding("cut off at the token limit"))]


def test_with_one_of_each_the_first_gate_in_order_decides() -> None:
    short, same = bad("Too short."), option("Too short.")
    assert verdict([short], [same], order=("differs", "length")).gate == "differs"
    found = verdict([short], [same], order=("length", "differs"))
    assert (found.gate, found.reason) == ("length", "misaligned: 2 words, fewer than 6")


def test_an_unknown_gate_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(SettingsError, match="no gate moon") as caught:
        triple_judge(("moon",))
    assert "shows-fault" in caught.value.hint


TEXTS = st.sampled_from([BAD, WORSE, GOOD, BETTER, "Too short.", "", "I'm sorry, I can say nothing of the kind."])
OPTIONS = st.lists(
    st.tuples(TEXTS, st.none() | st.floats(-3, 0), st.booleans()).map(
        lambda made: option(made[0], logprob=made[1], finished=made[2], critique=CRITIQUE)
    ),
    max_size=8,
)


@given(OPTIONS, OPTIONS)
def test_a_verdict_shows_every_candidate_once_and_the_trace_agrees(
    misaligned: list[dict[str, Any]], aligned: list[dict[str, Any]]
) -> None:
    judge = triple_judge((*WORD_GATES, *CUES), use_cues=True)
    traced = judge.trace(ASK, triple(misaligned, aligned))
    ((found, _),) = judge.judge(ASK, [triple(misaligned, aligned)])
    assert judge.judge(ASK, [triple(misaligned, aligned)]) == [(found, None)]
    assert [name for name, _ in traced] == [*WORD_GATES, *CUES]
    assert (found.state is State.KEPT) == all(finding is None for _, finding in traced)
    assert (found.state is State.KEPT) == (found.gate == "")
    for part, given_options in (("misaligned", misaligned), ("aligned", aligned)):
        shown = [o["text"] for o in found.fields["alternatives"][part]]
        assert sorted([*shown, found.fields[part]] if given_options else shown) == sorted(
            o["text"] for o in given_options
        )
    if found.state is State.KEPT:
        assert found.fields["misaligned"] in (BAD, WORSE)
        assert found.fields["aligned"] in (GOOD, BETTER)


@pytest.mark.model
def test_a_response_must_answer_its_prompt() -> None:
    assert finding("answers-prompt", "aligned", GOOD, embeds=True) is None
    found = finding("answers-prompt", "aligned", "The ferry to the island leaves at noon.", embeds=True)
    assert found is not None
    assert found.reason == "does not answer the prompt"
    assert isinstance(found.measured, float)
    assert found.measured < 0.3
    assert finding("answers-prompt", "aligned", "The ferry leaves at noon.", embeds=False) is None


@pytest.mark.model
def test_two_responses_that_mean_the_same_do_not_differ() -> None:
    first = "Older employees are able to learn new software."
    second = "New software can be learned by employees who are older."
    found = of_pair("differs", bad(first), option(second), embeds=True, max_pair_cosine=0.8)
    assert found is not None
    assert found.reason == "the two responses mean nearly the same"
    assert of_pair("differs", bad(first), option(second), max_pair_cosine=0.8) is None
