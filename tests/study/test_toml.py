"""study.toml is read strictly, with the key, the line and the nearest known key in the message, and written whole."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ConfigDict, Field

from seedbed.errors import SettingsError
from seedbed.study import SettingsModel, parse_settings, render_settings

PATH = Path("study.toml")


class Inner(SettingsModel):
    """A section."""

    count: int = Field(default=3, ge=1, description="How many.")
    share: float | None = Field(default=None, description="How much.\nIn two lines.")
    pair: tuple[int, int] = Field(default=(7, 10), description="A fraction.")
    names: tuple[str, ...] = Field(default=(), description="Names.")


class Server(SettingsModel):
    """What may hold a secret."""

    model_config = ConfigDict(hide_input_in_errors=True)

    url: str | tuple[str, ...] = Field(description="Where it is.")
    more: dict[str, Any] = Field(default_factory=dict, description="Further fields.")
    pause: float = Field(default=1.0, description="Seconds.")


class Outer(SettingsModel):
    """A whole file."""

    title: str = Field(default="", description="Words.")
    on: bool = Field(default=True, description="Whether.")
    style: Literal["a", "b"] = Field(default="a", description="Which.")
    servers: dict[str, Server] = Field(default_factory=dict, description="Servers by name.")
    first: Inner = Field(default=Inner(), description="The first.")
    second: Inner = Field(default=Inner(), description="The second.")


anything = st.text(st.characters(codec="utf-8"), max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False)
inners = st.builds(
    Inner,
    count=st.integers(1, 2**60),
    share=st.none() | numbers,
    pair=st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
    names=st.lists(anything, max_size=3).map(tuple),
)
values = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | numbers | anything,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(anything, inner, max_size=2),
    max_leaves=4,
)
servers = st.builds(
    Server, url=anything | st.lists(anything, max_size=2).map(tuple), more=st.dictionaries(anything, values, max_size=2)
)
files = st.builds(
    Outer,
    title=anything,
    on=st.booleans(),
    style=st.sampled_from("ab"),
    servers=st.dictionaries(anything, servers, max_size=2),
    first=inners,
    second=inners,
)


@given(made=files)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_again(made: Outer) -> None:
    assert parse_settings(render_settings(made, heading="Settings."), Outer, path=PATH) == made


def test_every_key_stands_there_under_its_comment() -> None:
    text = render_settings(Outer(servers={"one": Server(url="u")}), heading="Settings.\n\nOf a test.")
    for model in (Outer, Inner, Server):
        for name, field in model.model_fields.items():
            assert field.description is not None
            comment = "".join(f"# {line}\n" for line in field.description.splitlines())
            assert re.search(rf"(?m)^{re.escape(comment)}(\[|# )?({name}\b|servers\.one\])", text), name
    assert tomllib.loads(text).keys() == {"title", "on", "style", "servers", "first", "second"}


def test_a_section_that_may_be_added_is_shown_commented_out() -> None:
    text = render_settings(Outer(), heading="Settings.")
    shown = text[text.index("# Servers by name.") : text.index("# The first.")]
    assert "# [servers.NAME]\n# Where it is.\n# url =\n" in shown
    assert "# pause = 1.0\n" in shown
    opened = re.sub(r"(?m)^# (\[servers.NAME\]|pause = .*|url =)$", r"\1", shown).replace("url =", 'url = "u"')
    assert parse_settings(opened, Outer, path=PATH).servers == {"NAME": Server(url="u")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('tilte = "x"', r"^study\.toml: unknown key 'tilte' \(line 1\); did you mean 'title'\?$"),
        ("xyzzy = 1", r"unknown key 'xyzzy' \(line 1\); known keys: title, on, style, servers, first, second"),
        ("[first]\ncount = 1\n[second]\ncuont = 1", r"unknown key 'second\.cuont' \(line 4\); did you mean 'count'"),
        ("[first]\ncount = 1\n[second]\n\ncount = 'x'", r"'second\.count' \(line 5\) should be a valid integer"),
        ("first.count = 0", r"'first\.count' \(line 1\) should be greater than or equal to 1, not 0"),
        ("second = { count = 0 }", r"'second\.count' \(line 1\) should be greater"),
        ("[first]\ncount = '5'", r"'first\.count' \(line 2\) should be a valid integer, not \"5\""),
        ("[first]\ncount = true", r"'first\.count' \(line 2\) should be a valid integer, not true"),
        ("[first]\nshare = nan", r"'first\.share' \(line 2\) should be a finite number"),
        ("[first]\npair = [1]", r"'first\.pair\.1' is missing \(line 2\)"),
        ("[first]\nnames = ['a', 2]", r"'first\.names\.1' \(line 2\) should be a valid string, not 2"),
        ("on = 'yes'\nstyle = 'c'", r"'on' \(line 1\) .*boolean, not \"yes\"; 'style' \(line 2\) should be 'a' or 'b'"),
        ("title = 2024-01-01", r"'title' \(line 1\) should be a valid string"),
        ("\nfirst = 5", r"'first' \(line 2\) should be a section: \[first\]"),
        ("[servers.one]\npause = 1.0", r"'servers\.one\.url' is missing \(line 1\)"),
        ("[servers.'a b']\nurl = 5", r"'servers\.a b\.url' \(line 2\) should be a valid string"),
        ("[servers.one]\nurl = 'u'\nulr = 'u'", r"unknown key 'servers\.one\.ulr' \(line 3\); did you mean 'url'"),
        ("[first\ncount = 1", r"^study\.toml is not valid TOML: .*line 1"),
        ("title = 'a'\ntitle = 'b'\n", r"is not valid TOML: .*line 2"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_named_with_its_line(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        parse_settings(text, Outer, path=PATH)
    assert "then run the command again" in caught.value.hint


def test_what_may_be_a_secret_is_not_shown() -> None:
    text = "[servers.one]\nurl = 'u'\npause = 'sk-0123456789'\n[servers.two]\nurl = 7\nmore = 'sk-0123456789'"
    with pytest.raises(SettingsError, match=r"'servers\.one\.pause' \(line 3\)") as caught:
        parse_settings(text, Outer, path=PATH)
    assert "sk-0" not in str(caught.value)


def test_text_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(SettingsError, match="not valid text"):
        render_settings(Outer(title="\udcff"), heading="Settings.")
