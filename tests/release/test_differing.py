"""What changed between two releases: every row in exactly the kinds that are true of it, and nothing by its words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError, UsageError
from seedbed.release.differing import CHANGES, diff
from seedbed.study import Folder
from tests.cli.command import call
from tests.release.made import grown, make

ROWS = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.tuples(st.sampled_from(["train", "validation", "test"]), st.sampled_from(["A?", "B?"]), st.sampled_from("xy")),
)  # fmt: skip


def release_of(folder: Folder, version: str, rows: dict[str, tuple[str, str, str]], **manifest: Any) -> None:
    root = folder.release(version)
    shutil.rmtree(root, ignore_errors=True)
    (root / "seeds").mkdir(parents=True)
    (root / "manifest.json").write_text(json.dumps({"version": version, **manifest}))
    for split in {split for split, _, _ in rows.values()}:
        lines = [{"id": id, "text": text, "topic": label} for id, (at, text, label) in rows.items() if at == split]
        (root / "seeds" / f"{split}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


@settings(max_examples=60, deadline=None)
@given(old=ROWS, new=ROWS)
def test_every_row_is_told_by_what_became_of_it(
    tmp_path_factory: pytest.TempPathFactory, old: dict[str, Any], new: dict[str, Any]
) -> None:
    folder = Folder(tmp_path_factory.getbasetemp() / "pair")
    release_of(folder, "1", old)
    release_of(folder, "2", new)
    found = diff(folder, "1", "2")
    ids = found.parts[0].ids if found.parts else dict.fromkeys(CHANGES, ())
    both = sorted(old.keys() & new.keys())
    assert ids["added"] == tuple(sorted(new.keys() - old.keys()))
    assert ids["gone"] == tuple(sorted(old.keys() - new.keys()))
    assert ids["moved"] == tuple(id for id in both if old[id][0] != new[id][0])
    assert ids["reworded"] == tuple(id for id in both if old[id][1] != new[id][1])
    assert ids["relabelled"] == tuple(id for id in both if old[id][1] == new[id][1] and old[id][2] != new[id][2])
    assert found.same == (old == new)
    for part in found.parts:
        assert (part.old, part.new, sum(part.moves.values())) == (len(old), len(new), len(ids["moved"]))


def test_two_releases_of_a_study(tmp_path: Path) -> None:
    folder = grown(tmp_path / "pilot")
    make(folder, "1.0")
    make(folder, "1.1")
    make(folder, "2.0", include_human_questions=False, license="CC0-1.0")
    assert diff(folder, "1.0", "1.1").same
    found = diff(folder, "1.0", "2.0")
    [seeds] = [part for part in found.parts if part.configuration == "seeds"]
    assert (seeds.old > 0, seeds.new, len(seeds.ids["gone"])) == (True, 0, seeds.old)
    assert [(one.before, one.after) for one in found.settings if one.key == "license"] == [("CC-BY-4.0", "CC0-1.0")]
    assert found.facts
    said = call("diff", folder.root, "1.0", "2.0")
    assert "seeds, gone: " in said.err + said.out
    told = call("diff", folder.root, "1.0", "2.0", "--json")
    assert (told.json["same"], told.json["old"]) == (False, "1.0")
    texts = [json.loads(line)["text"] for path in (folder.release("1.0") / "seeds").glob("*.jsonl")
             for line in path.read_text(encoding="utf-8").splitlines()]  # fmt: skip
    assert texts
    assert not [text for text in texts if text in told.out + said.out + said.err]


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    release_of(folder, "1", {"a": ("train", "A?", "x")})
    with pytest.raises(UsageError, match="no release '2'") as refused:
        diff(folder, "1", "2")
    assert refused.value.hint == "There are: 1"
    release_of(folder, "2", {})
    for broken in ("{", "[]", "\x00", "[" * 100_000):
        (folder.release("2") / "manifest.json").write_text(broken)
        with pytest.raises(InputError, match="cannot be read"):
            diff(folder, "1", "2")
    release_of(folder, "2", {"a": ("train", "A?", "x")})
    for broken in ("[]\n", '{"text": "no id"}\n', '{"id": "a"'):
        (folder.release("2") / "seeds" / "train.jsonl").write_text(broken)
        with pytest.raises(InputError, match=r"train\.jsonl cannot be read"):
            diff(folder, "1", "2")


def test_a_preview_is_the_release_that_is_not_made(tmp_path: Path) -> None:
    call("new", tmp_path / "pilot", "--sample")
    root = tmp_path / "pilot"
    call("curate", root)
    before = {path: path.stat().st_mtime_ns for path in (root / "releases").rglob("*")}
    told = call("release", root, "1.0", "--dry-run", "--json").json
    assert {path for path in (root / "releases").rglob("*") if path.name != ".lock"} == set(before)
    assert told["unsaid"] == ["creator", "contact", "description", "url", "scope"]
    assert told["before"] is None
    made = call("release", root, "1.0", "--json").json
    assert (made["rows"], made["left_out"]) == (told["rows"], told["left_out"])
    card = (root / "releases" / "1.0" / "README.md").read_text(encoding="utf-8")
    assert [line for line in card.splitlines() if "20" not in line] == [
        line for line in told["card"].splitlines() if "20" not in line
    ]
    again = call("release", root, "1.1", "--dry-run")
    assert "since 1.0" in again.out + again.err
    assert "Nothing was written" in again.err
    refused = call("release", root, "1.0", "--dry-run")
    assert (refused.code, "exists already" in refused.err) == (2, True)
