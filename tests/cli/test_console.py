"""What stands on a terminal."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import call

ESCAPE = "\x1b]0;a title\x07"


def test_words_of_people_cannot_steer_the_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    call("new", str(folder))
    (folder / "profiles").mkdir(exist_ok=True)
    title = "\\u001b\\u202e👩\u200d🔬é"
    (folder / "profiles" / "odd.toml").write_text(f'id = "odd"\ntitle = "{title}"\nvalues = ["fairness"]\n')
    listed = call("profile", str(folder), "list")
    refused = call("decide", str(folder), "exclude", f"nobody{ESCAPE}", "--reason", "x", "--by", "ana")
    assert refused.code
    said = listed.out + listed.err + refused.out + refused.err
    assert not [sign for sign in ("\x1b", "\x07", "\u202e") if sign in said]
    assert "\\u001b\\u202e👩\u200d🔬é" in listed.err
