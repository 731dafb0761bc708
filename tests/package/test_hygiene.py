"""What no file of the repository may hold."""

from __future__ import annotations

import re

import pytest

from tests.package.project import ROOT, tracked

MAX_KIB = 600

# Written in pieces, so that this file passes its own test.
FORBIDDEN = {
    "the name of a package registry's host": re.compile(
        r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|crates|conda|anaconda|jsdelivr|unpkg)\.(?:org|com|io|net)\b",
        re.IGNORECASE,
    ),
    # somebody's home is what an example says; a test of the release guard needs one; a service stands in /opt/seedbed
    "a path of one machine": re.compile(
        r"(?<![\w.])/(?:(?:work|root|tmp|mnt)/[\w.]|opt/(?!seedbed\b)\w|(?:home|Users)/(?!somebody\b)\w)|\b[A-Z]:\\Users\\(?!somebody\b)"
    ),
    "a note to self": re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"),
}


def test_there_is_a_repository_to_look_at() -> None:
    names = {str(path.relative_to(ROOT)) for path in tracked()}
    assert {"pyproject.toml", "Makefile", "requirements.lock", "src/seedbed/__init__.py", "LICENSE"} <= names


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = []
    for path in tracked():
        content = path.read_bytes()
        if what == "a note to self" and b"\0" in content:
            continue  # three letters stand by chance in any large picture
        text = content.decode("utf-8", "replace")
        for match in FORBIDDEN[what].finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{path.relative_to(ROOT)}:{line}: {match[0]}")
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("the name of a package registry's host", "https://py" + "pi.org/simple"),
        ("the name of a package registry's host", "files.python" + "hosted.org"),
        ("a path of one machine", "see /ro" + "ot/.cache"),
        ("a path of one machine", '"/ho' + 'me/ana/seedbed"'),
        ("a note to self", "# TO" + "DO: later"),
    ],
)
def test_the_patterns_find_what_they_are_for(what: str, text: str) -> None:
    assert FORBIDDEN[what].search(text)


@pytest.mark.parametrize(
    "text", ["https://example.org/home/page", "#!/usr/bin/env bash", "the PyPI package", "roots/tmp/"]
)
def test_the_patterns_let_pass_what_is_none(text: str) -> None:
    assert not any(pattern.search(text) for pattern in FORBIDDEN.values())


def test_no_file_is_large() -> None:
    sizes = {str(path.relative_to(ROOT)): path.stat().st_size // 1024 for path in tracked()}
    assert {name: kib for name, kib in sizes.items() if kib > MAX_KIB} == {}


def test_nothing_that_a_machine_made_is_kept() -> None:
    made = ("__pycache__/", ".pyc", ".egg-info/", ".db", ".db-wal", ".gguf", ".onnx", ".whl", ".DS_Store")
    assert [str(path.relative_to(ROOT)) for path in tracked() if any(part in str(path) for part in made)] == []
