"""A setting is changed where it stands: all other settings and every comment stay."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import SettingsError
from seedbed.settings import Settings
from seedbed.study import render_settings
from seedbed.study.amending import amended

LICENSE = ("release", "license")
VALIDATION = ("release", "splits", "validation")
WHOLE = render_settings(Settings(title="Pilot"), heading="All of it.")


def told(text: str, path: tuple[str, ...]) -> Any:
    found: Any = tomllib.loads(text)
    for name in path:
        found = found[name]
    return found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[release]\nlicense = "MIT"\n', 'license = "CC0-1.0"'),
        ('[release]\n  license="MIT"   # agreed in May # twice\n', '  license= "CC0-1.0"  # agreed in May # twice'),
        ('[release]\nlicense = "M#T" # a\n', 'license = "CC0-1.0"  # a'),
        ('[release]\nlicense = """\nM\nIT\n""" # long\nk = 7\n', 'license = "CC0-1.0"  # long'),
        ('[release]\nk = 7\n# none yet\n', 'license = "CC0-1.0"'),
        ('title = "x"\n', 'license = "CC0-1.0"'),
        ("", 'license = "CC0-1.0"'),
        ('release.license = "MIT"\n[generate]\n', 'release.license = "CC0-1.0"'),
        ('[release.scope]\nsurface = """\n[release]\nlicense = "no"\n"""\n', 'license = "CC0-1.0"'),
        ('[release]\r\nlicense = "MIT" # a\r\nk = 7\r\n', 'license = "CC0-1.0"  # a\r'),
    ],
)  # fmt: skip
def test_one_line_is_another_and_the_rest_stays(text: str, line: str) -> None:
    made = amended(text, {LICENSE: "CC0-1.0"}, where="study.toml")
    assert line in made.split("\n")
    assert told(made, LICENSE) == "CC0-1.0"
    rest = [each for each in text.splitlines() if "license" not in each and each not in ("M", "IT", '""" # long')]
    assert [each for each in rest if each not in made.splitlines()] == []


@pytest.mark.parametrize(
    "text",
    ["[release]\nsplits.validation = 0.2\n", "[release.splits]\nvalidation = 0.2\n", "[release]\nsplits.test = 0.2\n",
     "[release]\nk = 7\n", "", "release.splits.test = 0.2\n[generate]\n"],
)  # fmt: skip
def test_a_section_within_a_section_is_written_however_it_stands(text: str) -> None:
    made = amended(text, {VALIDATION: 0.05}, where="study.toml")
    assert told(made, VALIDATION) == 0.05
    assert amended(made, {VALIDATION: 0.05}, where="study.toml") == made


@pytest.mark.parametrize("text", ['release = { license = "MIT" }\n', "release = 5\n"])
def test_what_cannot_be_found_is_left_to_its_writer(text: str) -> None:
    with pytest.raises(SettingsError, match="unusual") as raised:
        amended(text, {LICENSE: "CC0-1.0"}, where="study.toml")
    assert 'license = "CC0-1.0"' in raised.value.hint
    with pytest.raises(SettingsError, match="not valid TOML"):
        amended("[release\n", {LICENSE: "CC0-1.0"}, where="study.toml")


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60), st.text(st.characters(codec="utf-8"), max_size=60))
def test_whatever_is_written_comes_back_and_no_other_line_moves(words: str, others: str) -> None:
    values = {("release", "description"): words, ("release", "scope", "surface"): others}
    once = amended(WHOLE, values, where="study.toml")
    assert [told(once, path) for path in values] == [words, others]
    lines = [(a, b) for a, b in zip(WHOLE.split("\n"), once.split("\n"), strict=True) if a != b]
    assert all(line.partition(" =")[0] in ("description", "surface") for line, _ in lines)
