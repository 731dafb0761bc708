"""What the server brings in English and raters and curators read is there in the other languages as well."""

from __future__ import annotations

import json
import re

import pytest

from seedbed.curate.rules import RULES
from seedbed.review.codebook import SHIPPED
from tests.frontend.pages import node

LANGUAGES = ("pt",)


def codebook(language: str) -> dict[str, str]:
    code = f"import {{ codebook }} from './src/words/{language}/codebook.ts'; console.log(JSON.stringify(codebook))"
    done = node("--no-warnings", "--input-type=module", "--experimental-strip-types", "--eval", code)
    assert done.returncode == 0, done.stdout
    found: dict[str, str] = json.loads(done.stdout)
    return found


def words_of_scales() -> set[str]:
    found: set[str] = set()
    for scale in SHIPPED.values():
        found |= {scale.title, scale.definition, *scale.examples}
        found |= {words for option in scale.options for words in (option.label, option.anchor)}
    return found - {""}


@pytest.mark.parametrize("language", LANGUAGES)
def test_shipped_scales_and_rules_are_translated_and_nothing_else_is_kept(language: str) -> None:
    said = codebook(language)
    wanted = words_of_scales() | {f"rule {rule.id}" for rule in RULES}
    assert len(wanted) > 60
    assert wanted - set(said) == set()
    # what is left are notes on figures: sentences with # for their numbers, as many in both
    notes = {key: words for key, words in said.items() if key not in wanted}
    assert all(key.count("#") == words.count("#") for key, words in notes.items())
    assert not {key for key in notes if re.match(r"rule |[A-Z]", key)}, "no scale and no rule says this any more"
