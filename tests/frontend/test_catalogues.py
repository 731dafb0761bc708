"""Both languages say everything: the same keys, the same holes, and a sentence for every code."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from seedbed.curate.decisions import BY_PERSON
from seedbed.curate.rules import RULES
from seedbed.server.refusals import REFUSALS
from tests.frontend.pages import FRONTEND, ROOT, catalogue, source

LANGUAGES = ("en", "pt")
# Told when a channel or a socket ends, and by the page itself when it cannot reach the server.
ENDINGS = {"epoch", "taken_over", "reload", "protocol", "stopping", "bad_hello", "offline", "unknown"}

said = cache(catalogue)


def forms(phrase: str | dict[str, str]) -> list[str]:
    return [phrase] if isinstance(phrase, str) else list(phrase.values())


def holes(phrase: str | dict[str, str]) -> list[set[str]]:
    return [set(re.findall(r"\{(\w+)\}", form)) for form in forms(phrase)]


def test_the_catalogues_have_the_same_keys() -> None:
    assert set(said("pt")) == set(said("en"))
    assert len(said("en")) > 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_is_empty_or_only_half_a_pair(language: str) -> None:
    for key, phrase in said(language).items():
        assert isinstance(phrase, str) or set(phrase) == {"one", "other"}, key
        assert all(form.strip() == form and form for form in forms(phrase)), key


def test_a_phrase_has_the_same_holes_in_both() -> None:
    different = {
        key: (holes(phrase), holes(said("pt")[key]))
        for key, phrase in said("en").items()
        if holes(phrase) != holes(said("pt")[key])
    }
    assert different == {}


def test_portuguese_is_not_english_left_standing() -> None:
    alike = {key for key, phrase in said("en").items() if phrase == said("pt")[key] and worded(phrase)}
    assert alike == {"home.title"}  # a name


def worded(phrase: str | dict[str, str]) -> bool:
    """Whether it says a word; "n = {n}" says none."""
    return any(re.search(r"[^\W\d_]{2,}", re.sub(r"\{\w+\}", "", form)) for form in forms(phrase))


def made_by(room: str) -> set[str]:
    """The codes that a room of the server refuses with: what it gives to a Refusal, Refused or BadFrame."""
    codes = set()
    for path in sorted((ROOT / "src" / "seedbed" / room).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            first = call.args[0]
            if name in {"Refusal", "Refused", "CommandRefused"} and isinstance(first, ast.Constant):
                codes.add(str(first.value))
    return codes


@pytest.mark.parametrize("room", ["sync", "workshop", "server"])
def test_every_code_of_the_server_has_a_sentence(room: str) -> None:
    codes = made_by(room)
    assert codes, "the codes of this room are no longer where this test looks for them"
    assert {code for code in codes if f"code.{code}" not in said("en")} == set()


def test_every_refusal_over_http_and_every_ending_has_a_sentence() -> None:
    assert {code for code in {*REFUSALS, *ENDINGS} if f"code.{code}" not in said("en")} == set()


def test_the_codes_of_the_sync_layer_have_sentences() -> None:
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in sorted((FRONTEND / "src" / "sync").glob("*.ts"))
        if ".test." not in path.name
    )
    codes = set(re.findall(r'code:\s*"([a-z_]+)"', text))
    assert {code for code in codes if f"code.{code}" not in said("en")} == set()


def test_every_phrase_is_used_somewhere() -> None:
    text = "\n".join(text for name, text in source().items() if not re.fullmatch(r"words/(en|pt)(/\w+)?\.ts", name))
    # asked for by a name that is put together, as `job.${act}`
    composed = re.compile("|".join(f"{re.escape(a)}\\w+{re.escape(b)}" for a, b in put_together(text)))
    unused = {key for key in said("en") if f'"{key}"' not in text and not composed.fullmatch(key)}
    assert unused == set()


def put_together(text: str) -> set[tuple[str, str]]:
    """What stands before and behind the hole in the names of phrases that are put together."""
    return set(re.findall(r"`([a-z_]+\.[a-z_]*)\$\{[^}`]*\}([a-z_]*)`", text))


def test_what_an_act_says_of_itself_has_a_phrase() -> None:
    """The server names in English what it is at; the map beside the pages says it in both languages."""
    told = {found for room in AT_WORK for found in heard(room)}
    assert len(told) > 15, "the acts no longer say what they are at where this test listens"
    assert told - mapped("WORK") == set()


def test_every_rule_of_curation_has_a_phrase() -> None:
    assert {BY_PERSON, *(rule.id for rule in RULES)} - mapped("RULES") == set()


def mapped(name: str) -> set[str]:
    """What a map of the pages knows of the server's names."""
    labels = source()["pages/road/labels.ts"]
    table = re.search(rf"const {name}[^=]*= \{{(.*?)\}};", labels, re.DOTALL)
    assert table is not None
    return {quoted or bare for quoted, bare in re.findall(r'^  (?:"([^"]+)"|(\w+)):', table[1], re.MULTILINE)}


# The rooms whose acts a job carries out, and the calls by which they say what they are at.
AT_WORK = ("assess", "bridge", "curate", "judges", "propagate", "release", "report", "server")
SAYS = {"listen", "_listen", "_get"}


def heard(room: str) -> set[str]:
    found = set()
    for path in sorted((ROOT / "src" / "seedbed" / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SAYS:
                found |= {str(arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant)}
            if (
                room == "server"
                and isinstance(node, ast.Assign)
                and [getattr(to, "id", "") for to in node.targets] == ["what"]
            ):
                found |= {
                    str(each.value) for each in ast.walk(node.value) if isinstance(each, ast.Constant) and each.value
                }
    return found


def test_no_sentence_stands_in_a_page_itself() -> None:
    """Letters between tags would be said in one language only."""
    stray = []
    for name, text in source().items():
        if not name.endswith(".svelte"):
            continue
        markup = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", "", text, flags=re.DOTALL)
        markup = balanced(markup)
        stray += [f"{name}: {found}" for found in re.findall(r">\s*([^<>{}]*[^\W\d_]{2,}[^<>{}]*?)\s*<", markup)]
    assert [line for line in stray if not line.endswith(": Seedbed")] == []


def balanced(markup: str) -> str:
    """`markup` without what stands in braces."""
    depth, kept = 0, []
    for letter in markup:
        depth += letter == "{"
        if depth == 0:
            kept.append(letter)
        depth -= letter == "}"
    return "".join(kept)


def test_the_test_of_stray_sentences_finds_one() -> None:
    assert re.findall(r">\s*([^<>{}]*[^\W\d_]{2,}[^<>{}]*?)\s*<", balanced("<p>{say('a')} Saved <b>{x}</b></p>")) == [
        "Saved"
    ]


def test_the_languages_are_those_that_the_pages_offer() -> None:
    text = (FRONTEND / "src" / "words" / "words.svelte.ts").read_text(encoding="utf-8")
    offered = re.search(r"LANGUAGES = \{(.*?)\}", text)
    assert offered is not None
    assert tuple(re.findall(r"(\w+):", offered[1])) == LANGUAGES
    assert {path.stem for path in Path(FRONTEND / "src" / "words").glob("??.ts")} == set(LANGUAGES)
