from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seedbed.measures.tokens import ngrams, tokenise


def test_modes_agree_on_ascii_and_typographic_signs_change_nothing() -> None:
    assert tokenise("Don't stop – it's 2 o'clock!", "ascii") == tokenise("Don’t stop – it’s 2 o’clock!")
    assert tokenise("snake_case") == ["snake", "case"]


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_ascii_text_has_one_tokenisation(text: str) -> None:
    assert tokenise(text, "ascii") == tokenise(text, "unicode")


def test_every_script_has_tokens() -> None:
    assert tokenise("क्या हाल है?") == ["क्या", "हाल", "है"]
    assert tokenise("Ёлка, ÜBER") == ["ёлка", "über"]
    assert tokenise("你好world再见") == ["你", "好", "world", "再", "见"]
    assert len(tokenise("สวัสดีครับ")) > 5
    assert tokenise("안녕 세계") == ["안녕", "세계"]
    assert tokenise("ｆｕｌｌ") == ["full"]
    assert tokenise("क्या", "ascii") == []


def test_ngrams() -> None:
    assert ngrams(["a", "b", "c"], 2) == [("a", "b"), ("b", "c")]
    assert ngrams(["a"], 2) == []
