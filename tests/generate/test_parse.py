from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seedbed.generate.parse import clean, fields_of, lines_of, list_of, questions_of

TRIPLE = ["misaligned", "critique", "aligned"]
WHOLE = {"misaligned": "No.", "critique": "Unkind.", "aligned": "Yes."}
# what replies are made of, so that random text comes near the forms that are read
PIECES = st.sampled_from(
    ["{", "}", "[", "]", '"', "'", ":", ",", "\n", "```", "```json", "questions", "misaligned", "critique", "aligned",
     "**", "1. ", "2) ", "- ", "<|", "|>", "<|im_end|>", "“", "”", "\\", "\u2028", "\ud83d", "Why?", " ", "999"]
)  # fmt: skip
REPLIES = st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=30).map("".join))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("  Why\n is   it so?\t", "Why is it so?"),
        ("3. Why is it so?", "Why is it so?"),
        ("(12) Why?", "Why?"),
        ("- • Why?", "Why?"),
        ('"Why is it so?"', "Why is it so?"),
        ("“Why is it so?”", "Why is it so?"),
        ('1. "2. Why?"', "Why?"),
        ("<|im_start|>Why?<|im_end|>", "Why?"),
        ('Why is "it" so?', 'Why is "it" so?'),
        ('"Yes" or "no"', '"Yes" or "no"'),
        ("10 people came. Why?", "10 people came. Why?"),
        ("3.5 per cent is little", "3.5 per cent is little"),
        ("**Why is it so?**", "Why is it so?"),
        ("**Why** is it **so**?", "**Why** is it **so**?"),
        ("Wh\ud83dy?", "Wh?y?"),
        ('""', '""'),
        ("****", "****"),
        ("", ""),
    ],
)
def test_clean_forgives_the_form_and_keeps_the_content(written: str, meant: str) -> None:
    assert clean(written) == meant


@given(REPLIES)
@example('"1. \'2. "x"\'"')
@example("<|<|a|>|>")
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "\n" not in once
    assert once == once.strip()


@given(REPLIES)
@example("")
@example("I cannot do that.")
def test_reading_never_raises(text: str) -> None:
    found = fields_of(text, TRIPLE)
    assert found is None or set(TRIPLE) <= set(found)
    questions = questions_of(text)
    assert questions is None or (questions and all(isinstance(item, str) for item in questions))


@given(st.dictionaries(st.sampled_from(TRIPLE), st.text(), min_size=3), st.sampled_from(["{}", "```json\n{}\n```"]))
def test_an_object_survives_its_wrapping(data: dict[str, str], wrapping: str) -> None:
    assert fields_of(wrapping.replace("{}", json.dumps(data)), TRIPLE) == data


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps(WHOLE),
        f"```json\n{json.dumps(WHOLE, indent=2)}\n```",
        f"```\n{json.dumps(WHOLE)}\n```\nI hope that helps.",
        f"Here is the triple: {json.dumps(WHOLE)} Let me know!",
        "Misaligned: No.\nCritique: Unkind.\nAligned: Yes.",
        "**Misaligned:** No.\n\n**Critique:** Unkind.\n\n**Aligned:** Yes.",
        "## misaligned: No.\n## critique: Unkind.\n## aligned: Yes.",
        "- misaligned : No.\n- critique : Unkind.\n- aligned : Yes.",
    ],
)
def test_an_object_is_found_in_every_wrapping(reply: str) -> None:
    assert fields_of(reply, TRIPLE) == WHOLE


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I cannot help with that.",
        '{"misaligned": "No.", "critique": "Unkind."}',
        '{"misaligned": "No.", "critique": "Unkind.", "aligned": "Ye',
        '{\n  "misaligned": "No.",\n  "critique": "Unkind.",\n  "aligned": "Ye',
        "{\n 'misaligned': 'No.',\n 'critique': 'Unkind.',\n 'aligned': 'Ye",
        "Misaligned: No.\nCritique:\nAligned: Yes.",
        "[1, 2]",
        "17",
    ],
)
def test_what_lacks_a_field_or_was_cut_off_is_not_read(reply: str) -> None:
    assert fields_of(reply, TRIPLE) is None


def test_the_first_of_a_tag_that_comes_twice_counts() -> None:
    found = fields_of("misaligned: a\ncritique: b\naligned: c\nmisaligned: d", TRIPLE)
    assert found == {"misaligned": "a", "critique": "b", "aligned": "c"}


def test_tagged_values_keep_their_first_sign() -> None:
    found = fields_of("misaligned: $5 is much.\ncritique: (a) rude\naligned: ¿Por qué no?", TRIPLE)
    assert found == {"misaligned": "$5 is much.", "critique": "(a) rude", "aligned": "¿Por qué no?"}


@pytest.mark.parametrize(
    "hostile",
    ["[" * 100_000, '{"questions":' * 20_000, '{"a":' * 5_000 + "1" + "}" * 5_000, "9" * 50_000, "```" * 2_001],
)
def test_hostile_nesting_is_unreadable_and_no_more(hostile: str) -> None:
    assert fields_of(hostile, ["questions"]) is None
    assert questions_of(hostile) is None


@pytest.mark.parametrize(
    ("reply", "questions"),
    [
        ('{"questions": ["Why?", "How?"]}', ["Why?", "How?"]),
        ('{"questions": [{"question": "Why?", "topic": "x"}, {"question": "How?"}]}', ["Why?", "How?"]),
        ('{"questions": ["1. Why?", "2. How?"], "note": 3}', ["Why?", "How?"]),
        ('{"questions": "1. Why?\\n2. How?"}', ["Why?", "How?"]),
        ('{"questions": ["Why?", 7, null, "", {"answer": "x"}, {"question": 5}]}', ["Why?"]),
        ("Questions:\n1. Why?\n2. How?", ["Why?", "How?"]),
        ("Sure, here they are:\n1) Why?\n2) How?\nGood luck!", ["Why?", "How?"]),
        ("- Why?\n- How?", ["Why?", "How?"]),
        # other shapes of JSON
        ('["Why?", "How?"]', ["Why?", "How?"]),
        ('[{"question": "Why?"}, {"question": "How?"}]', ["Why?", "How?"]),
        ('{"question": "Why?"}\n{"question": "How?"}', ["Why?", "How?"]),
        ('{"question1": "Why?", "question_2": "How?"}', ["Why?", "How?"]),
        ('{"questions": {"1": "Why?", "2": "How?"}}', ["Why?", "How?"]),
        # JSON in prose and fences, badly written
        ('Sure!\n```\n{"questions": [\n "Why?",\n "How?",\n]}\n```\nGood luck!', ["Why?", "How?"]),
        ("```json\n['Why?', \"How's it?\", 'Who's there?']\n```", ["Why?", "How's it?", "Who's there?"]),
        ("{'questions': ['Why?', 'What\\'s up?']}", ["Why?", "What's up?"]),
        ("“questions”: [“Why?”, “How?”]", ["Why?", "How?"]),
        ('{"questions": ["Is\nit so?", "How?"]}', ["Is it so?", "How?"]),
        ('{"questions": ["Is "it" so?"]}', ['Is "it" so?']),
        ('{"questions": [{"question": "Is "it" so?", "type": "x"}, {"question": "How?"},]}', ['Is "it" so?', "How?"]),
        # marks of lines
        ("Question 1: Why?\nQuestion 2: How?", ["Why?", "How?"]),
        ("**Question 1:** Why?\n\n**Question 2:** How?", ["Why?", "How?"]),
        ("### Question 1\nWhy is it so?\n\n### Question 2\nHow?", ["Why is it so?", "How?"]),
        ("1. **Why?**\n2. **How?**", ["Why?", "How?"]),
        ("**1.** Why?\n**2.** How?", ["Why?", "How?"]),
        ("1. 1. Why?\n2. Question 2: How?", ["Why?", "How?"]),
        ('1. "Why?"\n2. "How?"', ["Why?", "How?"]),
        ("Q1: Why?\nQ2: How?", ["Why?", "How?"]),
        ("[1] Why?\n[2] How?", ["Why?", "How?"]),
        ("1.Why?\n2.How?", ["Why?", "How?"]),
        ('{"questions": ["1. Why?", "Question 2: How?"]}', ["Why?", "How?"]),
        # what belongs to an item, and what does not
        ("1. Why?\n   - It asks for a reason.\n2. How?\n   - And this for a way.", ["Why?", "How?"]),
        ("1. I lost my job.\n   What now?\n2. How?", ["I lost my job. What now?", "How?"]),
        ("1. Tell me what\nto do?\n2. Write a letter.\nThat was all.", ["Tell me what to do?", "Write a letter."]),
        ("1. Why?\n2. How?\nShall I go on?", ["Why?", "How?"]),
        ("1. In 1999. Why?\n2. 10 of 30?", ["In 1999. Why?", "10 of 30?"]),
        ("<think>\n1. hm\n2. ha\n</think>\n1. Why?\n2. How?", ["Why?", "How?"]),
        # no marks, but nothing else than questions
        ("Why?\n\nHow?", ["Why?", "How?"]),
        ("Here they are:\nWhy?\nHow?", ["Why?", "How?"]),
        # JSON that breaks off: what stands whole before the break
        ('{"questions": ["Why?", "Ho', ["Why?"]),
        ('{\n "questions": [\n  "Why?",\n  "How?"', ["Why?", "How?"]),
        ('{"questions": [{"question": "Why?"}, {"question": "Ho', ["Why?"]),
        ('Sure: {"questions": ["Why?", "Is "it" so?", "How?"]}', ["Why?", 'Is "it" so?', "How?"]),
        ('{"questions": ["Why?", "Is "it" s', ["Why?"]),
        (r'{"questions": ["Who said \"a\",", "Why?", "Ho', ['Who said "a",', "Why?"]),
        ('{"questions": ["Why?", "How?"], "note": ', ["Why?", "How?"]),
    ],
)
def test_lists_of_questions_in_every_form(reply: str, questions: list[str]) -> None:
    assert questions_of(reply) == questions


@pytest.mark.parametrize(
    ("reply", "questions"),
    [
        ("1. Why?\n2. How?\n3. When wi", ["Why?", "How?"]),
        ("Questions:\n1. Why?\n2. Ho", ["Why?"]),
        ("1. Wh", None),
        ("Why?\nHow?\nWh", ["Why?", "How?"]),
        ("<think>\n1. Why?\n2. How?", None),
        ('{"questions": ["Why?", "How?"', ["Why?", "How?"]),
    ],
)
def test_lines_that_were_cut_off_lose_the_last(reply: str, questions: list[str] | None) -> None:
    assert questions_of(reply, cut=True) == questions


@given(st.lists(st.text(min_size=1).filter(clean), min_size=1, max_size=5), st.data())
def test_json_cut_anywhere_gives_whole_questions_or_none(questions: list[str], data: st.DataObject) -> None:
    reply = json.dumps({"questions": questions})
    kept = data.draw(st.integers(0, len(reply)))
    found = questions_of(reply[:kept], cut=kept < len(reply))
    assert (found or []) == [clean(text) for text in questions][: len(found or [])]
    if kept == len(reply):
        assert found is not None
        assert len(found) == len(questions)


@pytest.mark.parametrize(
    "reply",
    ["", "Why?", '{"questions": []}', '{"questions": 3}', '{"questions": ["", 3]}', '{"questions": ["Wh',
     '{"questions": [', "I am an assistant. Can I help you?", "That is easy.\nShall I?", "<think>1. Why?\n2. How?",
     '{"questions": [{"answer": "So."}]}'],
)  # fmt: skip
def test_no_list_is_no_questions(reply: str) -> None:
    assert questions_of(reply) is None


def test_lines_lose_numbering_and_emptiness() -> None:
    assert lines_of("1. Why?\n\n  * How?\n-\nWhen?") == ["Why?", "How?", "-", "When?"]


@pytest.mark.parametrize(
    "hostile",
    ['"question": "' * 20_000, '{"questions": ["' + '" ' * 50_000, "{'questions': [" + "'a" * 40_000, "1. " * 30_000,
     "1. a\n" + "b\n" * 20_000, "\n1." * 20_000, "**" * 50_000],
)  # fmt: skip
def test_hostile_lists_are_read_in_no_time(hostile: str) -> None:
    began = time.process_time()
    questions_of(hostile)
    fields_of(hostile, TRIPLE)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "reply",
    [
        '{"topics": ["Savings", "Old age"]}',
        '{"topics": [{"topic": "Savings"}, {"topic": "Old age"}]}',
        "1. Savings\n2. Old age\nI hope that helps",
        "Here they are:\n- Savings\n- Old age",
        "Topic 1: Savings\nTopic 2: Old age",
        "Savings\nOld age",
    ],
)
def test_phrases_are_a_line_each(reply: str) -> None:
    assert list_of(reply, "topics", "topic", phrases=True) == ["Savings", "Old age"]


@pytest.mark.parametrize(
    "reply",
    ["{'misaligned': 'No.', 'critique': 'Unkind.', 'aligned': 'Yes.'}",
     '{"misaligned": "No.", "critique": "Unkind.", "aligned": "Yes.",}',
     '<think>{"misaligned": "a"}</think>{"misaligned": "No.", "critique": "Unkind.", "aligned": "Yes."}'],
)  # fmt: skip
def test_an_object_that_is_badly_written_is_read(reply: str) -> None:
    assert fields_of(reply, TRIPLE) == WHOLE


def test_quotation_marks_within_a_field_stay() -> None:
    reply = '{"misaligned": "He said "no", and left.", "critique": "Unkind.", "aligned": "Yes."}'
    assert fields_of(reply, TRIPLE) == {**WHOLE, "misaligned": 'He said "no", and left.'}
