"""What is asked for in the wrong way: exit 2 or 3, with the thing named and the next step."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from seedbed.errors import NotAStudy
from seedbed.settings import load_settings
from seedbed.study import Folder
from tests.cli.command import call, refused, start, until
from tests.studies import copy_of

SECRET = "sk-proj-abcdef0123456789"
NOBODY = ("--endpoint", "http://127.0.0.1:9/v1", "--model", "m")


@pytest.fixture
def study(curated: Path, tmp_path: Path) -> Path:
    return copy_of(curated, tmp_path / "study")


@pytest.mark.parametrize(
    "words",
    [("status",), ("curate",), ("generate",), ("assess",), ("report",), ("release", "1.0"), ("import", "f.csv")],
)
def test_a_folder_that_is_no_study(words: tuple[str, ...], tmp_path: Path) -> None:
    verb, *rest = words
    for folder in (tmp_path, tmp_path / "nowhere"):
        refused(call(verb, folder, *rest), 2, f"{folder} is not a study", hint=f"seedbed new {folder}")
    assert list(tmp_path.iterdir()) == []


def test_new_takes_only_an_empty_place(study: Path, tmp_path: Path) -> None:
    file, full = tmp_path / "file", tmp_path / "full"
    file.write_text("mine")
    full.mkdir()
    (full / "notes.txt").write_text("mine")
    refused(call("new", file), 2, f"{file} is a file", hint="another folder")
    refused(call("new", full), 2, f"{full} is not empty", hint="empty or a new folder")
    refused(call("new", study), 2, f"{study} is a study already", hint=f"seedbed status {study}")
    refused(call("new", file / "deeper"), 5, str(file), "Not a directory", hint="another folder")
    assert (file.read_text(), [path.name for path in full.iterdir()]) == ("mine", ["notes.txt"])


def test_new_with_a_wrong_taxonomy_makes_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "labels.json"
    refused(call("new", tmp_path / "s", "--taxonomy", bad), 3, f"There is no file {bad}", hint="JSON")
    bad.write_text("{}")
    refused(call("new", tmp_path / "s", "--taxonomy", bad), 3, f"{bad} is not a taxonomy: version", hint="Mend")
    assert not (tmp_path / "s").exists()
    assert call("new", tmp_path / "s").code == 0


@pytest.mark.parametrize("title", ['a "quoted" one\\', "two\nlines\r\t\x7f", "", "日本語 🌱"])
def test_any_title_can_be_read_again(title: str, tmp_path: Path) -> None:
    assert call("new", tmp_path / "s", "--title", title).code == 0
    assert load_settings(Folder(tmp_path / "s")).title == title


@pytest.mark.parametrize(
    ("options", "code", "words", "hint"),
    [
        (("--stage", "themes"), 2, ("No stage 'themes'",), "questions, triples"),
        (("--target", "0"), 2, ("--target", "greater than or equal to 1"), ""),
        (("--target", "many"), 2, ("--target",), ""),
        (("--lanes", "0"), 2, ("--lanes",), ""),
        (("--endpoint", "http://127.0.0.1:9/v1"), 2, ("--endpoint needs --model",), "--model NAME"),
        (("--model", "m"), 2, ("--model and --key-env belong to --endpoint",), "--endpoint URL"),
        (("--endpoint", "127.0.0.1:9", "--model", "m"), 2, ("--endpoint: an address",), "--endpoint http"),
        (("--endpoint", "http://u:p@h/v1", "--model", "m"), 2, ("--endpoint: url holds no user",), "--endpoint http"),
        (("--endpoint", "http://h/v1", "--model", ""), 2, ("--model",), "--model NAME"),
        ((*NOBODY, "--key-env", SECRET), 2, ("--key-env", "NAME of an environment variable"), "export"),
        ((*NOBODY, "--run", "../x"), 2, ("'../x' cannot name a run",), "letters"),
        ((*NOBODY, "--control-of", "nope"), 2, ("No run 'nope'",), "seedbed status"),
        (("--value", "fairness"), 2, ("belongs to triples",), ""),
        ((*NOBODY, "--stage", "triples", "--prompts", "nope"), 2, ("No run 'nope'",), "seedbed status"),
        ((*NOBODY, "--stage", "triples"), 3, ("no questions to answer",), "seedbed generate"),
        (("--colour",), 2, ("--colour",), ""),
    ],
)  # fmt: skip
def test_generate(study: Path, options: tuple[str, ...], code: int, words: tuple[str, ...], hint: str) -> None:
    result = call("generate", study, *options)
    if hint:
        refused(result, code, *words, hint=hint)
    else:
        assert result.code == code
        assert all(word in " ".join(result.err.split()) for word in words), result.err
    assert SECRET not in result.err
    assert not (study / "runs").exists()


@pytest.mark.parametrize(
    ("options", "code", "words", "hint"),
    [
        (("--exclude", "nope", "--by", "me", "--reason", "r"), 3, "No seed 'nope'", "seeds"),
        (("--exclude", "g1-q01"), 2, "needs somebody", "--by NAME"),
        (("--exclude", "g1-q01", "--by", "me"), 2, "needs a reason", "--reason"),
        (("--confirm", "legal", "--by", "me"), 2, "--confirm takes", "--confirm 'legal context=legal-expertise'"),
        (("--confirm", "a=b", "--by", "me"), 2, "no label 'b'", "taxonomy"),
    ],
)
def test_curate(study: Path, options: tuple[str, ...], code: int, words: str, hint: str) -> None:
    refused(call("curate", study, *options), code, words, hint=hint)


def test_release_names_a_folder(study: Path) -> None:
    refused(call("release", study, "../../x"), 2, "'../../x' cannot name a release", hint="letters")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('tilte = "x"', ("unknown key 'tilte' (line 1)", "did you mean 'title'?")),
        ("[generate.triples]\ntarget = 'many'", ("'generate.triples.target' (line 2) should be a valid integer",)),
        ("[generate.questions]\ntarget = 0", ("'generate.questions.target' (line 2)", "equal to 1, not 0")),
        ("[generate.questions\n", ("is not valid TOML", "line 1")),
        ("[curate]\noff = ['nothing']", ("'curate.off' (line 2) names no rule: nothing",)),
        (f"[endpoints.a]\nurl = 'http://h'\nmodel = 'm'\nkey_env = '{SECRET}'", ("'endpoints.a'", "NAME of an env")),
        (f"[endpoints.a]\nurl = '{SECRET}'\nmodel = 'm'", ("'endpoints.a.url' (line 2)", "an address looks like")),
        (f"[endpoints.a]\nurl = 'http://h'\nmodel = 'm'\nkey = '{SECRET}'", ("'endpoints.a.key' (line 4)", "key_env")),
    ],
)
def test_wrong_settings_stop_every_verb(study: Path, text: str, words: tuple[str, ...]) -> None:
    (study / "study.toml").write_text(text)
    for verb in ("status", "generate"):
        result = call(verb, study)
        refused(result, 3, str(study / "study.toml"), *words, hint="run the command again")
        assert SECRET not in result.err


def test_settings_that_are_not_utf8(study: Path) -> None:
    (study / "study.toml").write_bytes(b'language = "en"\ntitle = "caf\xe9"\n')
    refused(call("status", study), 3, "study.toml is not UTF-8 (line 2)", hint="Save it as UTF-8")


def test_an_unknown_gate_or_endpoint_is_named(study: Path) -> None:
    (study / "study.toml").write_text("[generate.questions.gates]\norder = ['finished', 'lenght']\n")
    refused(call("generate", study, *NOBODY), 3, "generate.questions.gates.order", "lenght", hint="length")
    (study / "study.toml").write_text("[generate]\nwriter = 'mine'\n[endpoints.ours]\nurl = 'http://h'\nmodel = 'm'\n")
    refused(call("generate", study), 3, "no endpoint 'mine'", "ours", hint="[endpoints.mine]")
    assert not (study / "runs").exists()


def test_unknown_words_say_where_help_is() -> None:
    for words in (("grow",), ("generate",), ("--loud",)):
        result = call(*words)
        assert (result.code, "Try 'seedbed" in result.err) == (2, True)
        assert "Traceback" not in result.err


def test_a_missing_extra_names_what_installs_it(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "q.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "polars", None)  # as where it is not installed
    refused(call("import", study, tmp_path / "q.parquet"), 7, "polars", hint="pip install 'seedbed[tables]'")


def test_debug_shows_where_an_error_came_from(tmp_path: Path) -> None:
    with pytest.raises(NotAStudy):
        call("--debug", "status", tmp_path)
    with pytest.raises(NotAStudy):
        call("status", tmp_path, "--debug")


def test_next_steps_can_be_pasted(tmp_path: Path) -> None:
    folder = tmp_path / "my study"
    assert f"→ seedbed import '{folder}' FILE" in call("new", folder).err
    assert call("status", folder, "--json").json["next"] == f"seedbed import '{folder}' FILE"


def test_ctrl_c_and_a_closed_pipe_are_ends_not_errors(study: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "q.csv"
    os.mkfifo(pipe)
    reading = start("import", study, pipe)
    writer = os.open(pipe, os.O_WRONLY)  # returns when the command has begun to read
    reading.send_signal(2)
    _, err = reading.communicate(timeout=30)
    os.close(writer)
    assert reading.returncode == 130
    assert "stopped. What was finished is saved" in err
    assert "Traceback" not in err

    closed = start("status", study, "--json")
    assert closed.stdout is not None
    closed.stdout.close()
    until(lambda: closed.poll() is not None)
    assert closed.stderr is not None
    assert (closed.returncode, closed.stderr.read()) == (141, "")
    closed.stderr.close()
