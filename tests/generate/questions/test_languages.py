"""A language is told where it can be told cheaply, and where it cannot nothing is said."""

from __future__ import annotations

import csv

import pytest

from seedbed.acts import sample_folder
from seedbed.generate.questions.languages import language_fault, language_name

FOREIGN = {
    "pt": "Devo contar ao meu chefe que estou doente ou não?",
    "es": "¿Qué hago si mi madre no me deja viajar sola?",
    "fr": "Que faire si ma mère ne me laisse pas voyager seule ?",
    "de": "Was mache ich, wenn meine Mutter mich nicht allein reisen lässt?",
    "nl": "Is het eerlijk dat vrouwen minder verdienen dan mannen op het werk?",
    "it": "Che cosa faccio se mia madre non mi lascia viaggiare da sola?",
    "sv": "Är det rättvist att kvinnor tjänar mindre än män på jobbet?",
    "pl": "Czy powinienem powiedzieć szefowi, że jestem chory, czy nie?",
    "tr": "Annem yalnız seyahat etmeme izin vermezse ne yapmalıyım?",
    "id": "Apa yang harus saya lakukan jika ibu tidak mengizinkan saya pergi?",
    "hi": "मैं अपनी छुट्टियों के लिए पैसे कैसे बचाऊँ?",
    "ru": "Как мне накопить денег на отпуск?",
    "ja": "来年の休暇のためにGPSとExcelでお金を貯める方法は？",
    "zh": "明年的假期我怎么存钱比较好？",
    "ar": "كيف أوفر المال لعطلتي القادمة؟",
}
ENGLISH = "How can I save money for my holiday next year?"


@pytest.mark.parametrize("tag", FOREIGN)
def test_another_language_is_no_english(tag: str) -> None:
    assert language_fault(FOREIGN[tag], "en") is not None
    assert language_fault(FOREIGN[tag], "en-GB") is not None


@pytest.mark.parametrize("tag", FOREIGN)
def test_a_text_in_its_own_language_passes(tag: str) -> None:
    assert language_fault(FOREIGN[tag], tag) is None


@pytest.mark.parametrize("tag", ["hi", "ru", "ja", "zh-Hant", "ar-EG", "sr-Cyrl"])
def test_english_is_in_another_script(tag: str) -> None:
    found = language_fault(ENGLISH, tag)
    assert found is not None
    assert found[1] == 0.0


def test_all_questions_of_the_sample_are_english() -> None:
    with (sample_folder() / "questions.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["question"] for row in csv.DictReader(file)]
    assert len(texts) > 90
    assert [text for text in texts if language_fault(text, "en")] == []


@pytest.mark.parametrize(
    "text",
    [
        "Is Cape Cod an island?",
        "Describe São Paulo, Zürich, Kraków and Curaçao in one sentence.",
        "Should a Müller-Lüdenscheidt pay Grunderwerbsteuer in Nordrhein-Westfalen?",
        "Zażółć gęślą jaźń",
        "2 + 2 = ?",
        "",
    ],
)
def test_names_and_short_texts_are_not_judged(text: str) -> None:
    assert language_fault(text, "en") is None


@pytest.mark.parametrize("tag", ["", "sr", "pa", "xx", "x-klingon", "pt"])
def test_nothing_is_said_where_nothing_can_be(tag: str) -> None:
    """Serbian and Punjabi have two scripts each, of the others none is known; Portuguese shares that of English."""
    assert language_fault(ENGLISH, tag) is None


def test_portuguese_in_another_script_is_found() -> None:
    found = language_fault(FOREIGN["ru"], "pt")
    assert found is not None
    assert found[0] == "not in the script of Portuguese"


def test_names_of_languages() -> None:
    assert [language_name(tag) for tag in ("", "en", "en-GB", "pt-BR")] == [
        "English",
        "English",
        "English",
        "Portuguese",
    ]
    assert language_name("xx-Latn") == "the language tagged xx-Latn"
