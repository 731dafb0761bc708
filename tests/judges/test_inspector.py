"""Scores, ranks, and the file that they come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.judges import Inspector, Ranked, load, path_in, train
from seedbed.judges.store import save
from seedbed.study import Folder
from tests.judges.made import OtherEmbedder, WordEmbedder, folder_at, ids, pairs

EMBEDDER = WordEmbedder()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = folder_at(tmp_path_factory.mktemp("study"))
    made = pairs(40, signal=5)
    train(folder, made, included=ids(made), embedder=EMBEDDER, draws=50)
    return folder


@pytest.fixture(scope="module")
def inspector(folder: Folder) -> Inspector:
    found = load(folder, EMBEDDER)
    assert found is not None
    return found


@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1).filter(str.strip))
@settings(max_examples=60, deadline=None)
def test_a_score_is_a_probability_and_repeats(inspector: Inspector, prompt: str, response: str) -> None:
    score = inspector.score(prompt, response)
    assert 0 <= score <= 1
    assert score == round(score, 6)
    assert inspector.score(prompt, response) == score
    assert inspector.scores(prompt, ["Another.", response])[1] == score, "a score does not depend on its neighbours"


def test_ranks_are_by_score_and_equals_keep_their_order(inspector: Inspector) -> None:
    told = ["rudely harshly coldly", "gladly fairly kindly", "rudely harshly coldly", "gladly kindly meanly"]
    ranked = inspector.rank("Who may come?", told)
    assert [item.index for item in ranked] == [1, 3, 0, 2]
    assert [item.score for item in ranked] == sorted((inspector.score("Who may come?", t) for t in told), reverse=True)
    assert ranked[0] == Ranked(1, inspector.score("Who may come?", told[1]))
    assert inspector.rank("Who may come?", []) == []


@pytest.mark.parametrize(("prompt", "response"), [("", "Yes."), ("Who?", " \n")])
def test_an_empty_text_has_no_score(inspector: Inspector, prompt: str, response: str) -> None:
    with pytest.raises(InputError, match="empty"):
        inspector.score(prompt, response)


# --- the file --------------------------------------------------------------------------------------------------


def test_there_and_back_is_the_same(folder: Folder, inspector: Inspector) -> None:
    before = path_in(folder).read_bytes()
    save(inspector.document, folder)
    assert path_in(folder).read_bytes() == before


def test_the_file_holds_ids_and_no_text(folder: Folder) -> None:
    content = path_in(folder).read_text()
    said = {word for t in pairs(40, signal=5) for word in f"{t.prompt} {t.misaligned} {t.aligned}".split()}
    assert not [word for word in said if word in content]
    found = json.loads(content)
    assert found["pairs"] == [f"p{index:04d}" for index in range(40)]
    assert (found["schema"], found["embedder"], found["fingerprint"]) == (1, "hashed-words", "hashed-words-48")
    assert max(map(len, content.splitlines())) < 2_000
    assert len(content.splitlines()) < 500


def test_no_file_no_inspector(tmp_path: Path) -> None:
    assert load(Folder(tmp_path)) is None


def test_another_embedder_is_refused(folder: Folder) -> None:
    with pytest.raises(InputError, match="trained with another embedder") as caught:
        load(folder, OtherEmbedder())
    assert caught.value.hint == f"Train it anew: seedbed judges {folder.root}"
    with pytest.raises(InputError, match="hashed-words"):
        load(folder)


def test_what_is_damaged_is_refused(folder: Folder, tmp_path: Path) -> None:
    content = path_in(folder).read_bytes()
    target = Folder(tmp_path)
    path_in(target).parent.mkdir()

    def refused(damaged: bytes, words: str) -> None:
        path_in(target).write_bytes(damaged)
        with pytest.raises(InputError, match=words) as caught:
            load(target, EMBEDDER)
        assert "seedbed judges" in caught.value.hint

    found = json.loads(content)
    refused(content[: len(content) // 2], "no JSON object")
    refused(b"", "no JSON object")
    refused(b"\xff\xfe", "no JSON object")
    refused(b"[" * 100_000, "no JSON object")
    refused(b"[1]", "no JSON object")
    refused(b"{}", "another version")
    refused(content.replace(b'"schema": 1', b'"schema": 2'), "another version")
    for key in ("models", "report", "digest", "pairs", "trained_on"):
        refused(json.dumps({name: part for name, part in found.items() if name != key}).encode(), "digest")
    weights = found["models"][0]["weights"]
    refused(content.replace(str(weights[5]).encode(), str(weights[5] + 1).encode(), 1), "digest")
    refused(content.replace(b'"may_judge": false', b'"may_judge": true', 1), "digest")


def test_a_file_of_the_right_digest_and_the_wrong_form_is_refused(folder: Folder, tmp_path: Path) -> None:
    from seedbed.judges.store import _digest

    target = Folder(tmp_path)
    path_in(target).parent.mkdir()
    found = json.loads(path_in(folder).read_bytes())
    del found["digest"]

    def signed(**changes: Any) -> None:
        content = {**found, **changes}
        path_in(target).write_text(json.dumps({**content, "digest": _digest(content)}))

    signed()
    assert load(target, EMBEDDER) is not None
    wrong: tuple[dict[str, Any], ...] = (
        {"models": "none"}, {"models": []}, {"models": [{**found["models"][0], "weights": [1.0]}]},
    )  # fmt: skip
    for changes in wrong:
        signed(**changes)
        with pytest.raises(InputError, match="damaged"):
            load(target, EMBEDDER)
