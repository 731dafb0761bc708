"""A package and the study that is made of it: the same Datathon, and nobody's words."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seedbed import Study
from seedbed.errors import InputError, UsageError
from seedbed.replicate import Limits, pack, set_up
from seedbed.seeds import install_taxonomy, taxonomy_versions
from seedbed.settings import load_settings
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore
from seedbed.taxonomy import default_taxonomy
from seedbed.workshop import AGENDA, WORKSHOP, Agenda, Template
from seedbed.workshop.words import act

SECRET = "Nobody else may read this sentence."


def study(root: Path) -> Folder:
    """One that was set up by hand: a template, a group more, two versions of the labels, an endpoint, a profile."""
    made = Study.new(root, title="The pilot").folder
    made.settings.write_text(
        made.settings.read_text() + '\n[endpoints.big]\nurl = "https://inside.example/v1"\nmodel = "big-model"\n'
        'key_env = "INSIDE_KEY"\n'
    )
    labels = default_taxonomy()
    more = labels.topics[0].model_copy(update={"id": "more", "label": "More", "aliases": ()})
    install_taxonomy(made, labels.model_copy(update={"topics": (*labels.topics, more)}))
    template = Template.default("en").sections()
    template["script"] = [{"step": "questions", "text": "Ask for more.", "say": ["Begin."], "watch_for": ["Silence"]}]
    template["groups"]["A"]["call_url"] = "https://call.example/secret-room"
    with EventStore.of(made) as store:
        setting = [act("template.set", name, {"cmd": name, "value": json.dumps(template[name])})
                   for name in ("script", "groups")]  # fmt: skip
        store.append(AGENDA, "a_olga", [*setting, act("step.go", "", {"cmd": "go", "step": "questions"})])
        joined = [
            Act("group.add", "C", {"cmd": "c"}),
            Act("member.join", "p_ana", {"cmd": "j", "group": "A", "role": "participant", "anonymous": False}),
        ]
        store.append(WORKSHOP, "a_olga", joined)
        board = [
            Act("row.add", "r1", {"cmd": "r", "after": None, "taxonomy": 1}),
            act("comment.add", "c1", {"cmd": "k", "row": "r1", "text": SECRET}, "p_ana"),
        ]
        store.append("board/A/questions", "p_ana", board)
        decided = {"act": "exclude", "rule": "person"}
        store.append("curate", "a_olga", [Act("decision", "b-A-r1", decided, {"reason": SECRET})])
    return made


def contents(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_a_study_made_of_a_package_is_the_same_datathon(tmp_path: Path) -> None:
    original = study(tmp_path / "pilot")
    pack(original, tmp_path / "one.zip")
    made = set_up(tmp_path / "one.zip", tmp_path / "again")
    assert made.groups == ("A", "B", "C")
    assert made.models == ("big",)
    copy = Folder(tmp_path / "again")
    settings = load_settings(copy)
    assert (settings.title, settings.endpoints, settings.workshop.groups) == ("The pilot", {}, ("A", "B", "C"))
    assert taxonomy_versions(copy) == [1, 2]
    with EventStore.of(copy) as store:
        agenda = Agenda().after(store.read(AGENDA))
        assert store.streams("board/") == []
    assert agenda.template.script[0].text == "Ask for more."
    assert agenda.now["step"] is None


def test_the_package_of_the_copy_is_the_package_byte_for_byte_but_for_its_date(tmp_path: Path) -> None:
    pack(study(tmp_path / "pilot"), tmp_path / "one.zip")
    set_up(tmp_path / "one.zip", tmp_path / "again")
    pack(Folder(tmp_path / "again"), tmp_path / "two.zip")
    one, two = contents(tmp_path / "one.zip"), contents(tmp_path / "two.zip")
    assert list(one) == list(two)
    lists = [json.loads(files.pop("replication.json")) for files in (one, two)]
    assert one == two
    assert lists[0].pop("made") != ""
    assert lists[1].pop("made") != ""
    assert lists[0] == lists[1]
    assert b'"exclude"' in one["decisions.jsonl"]


def test_nobodys_words_nor_addresses_are_in_it(tmp_path: Path) -> None:
    pack(study(tmp_path / "pilot"), tmp_path / "one.zip")
    whole = b"\n".join(contents(tmp_path / "one.zip").values()).decode()
    for hidden in (SECRET, "inside.example", "INSIDE_KEY", "call.example"):
        assert hidden not in whole


@pytest.mark.parametrize(
    ("agreed", "there"),
    [
        ({"training": True, "quoting": True}, True),
        ({"training": True, "quoting": False}, False),
        ({"training": False, "quoting": True}, False),
        (None, False),
    ],
)
def test_with_boards_it_has_the_words_of_those_who_agreed(
    tmp_path: Path, agreed: dict[str, bool] | None, there: bool
) -> None:
    folder = study(tmp_path / "pilot")
    if agreed is not None:
        with EventStore.of(folder) as store:
            consent = Act("consent.give", "p_ana", {"cmd": "y", "items": agreed, "version": 1})
            store.append(WORKSHOP, "p_ana", [consent])
    packed = pack(folder, tmp_path / "one.zip", boards=True)
    files = contents(tmp_path / "one.zip")
    assert packed.boards
    (comment,) = [json.loads(line) for line in files["workshop/comments.jsonl"].splitlines()]
    assert (comment["person"], comment["text"]) == ("p_ana", SECRET if there else None)
    assert SECRET.encode() not in files["decisions.jsonl"]
    set_up(tmp_path / "one.zip", tmp_path / "again")
    assert SECRET not in "".join(path.read_text("latin-1") for path in (tmp_path / "again").rglob("*.*"))


def test_a_title_of_its_own_and_nothing_overwritten(tmp_path: Path) -> None:
    pack(study(tmp_path / "pilot"), tmp_path / "one.zip")
    set_up(tmp_path / "one.zip", tmp_path / "again", title="The second")
    assert load_settings(Folder(tmp_path / "again")).title == "The second"
    with pytest.raises(UsageError, match="is there already"):
        set_up(tmp_path / "one.zip", tmp_path / "again")
    with pytest.raises(UsageError, match="is there already"):
        pack(Folder(tmp_path / "again"), tmp_path / "one.zip")
    with pytest.raises(UsageError, match="lies in the study"):
        pack(Folder(tmp_path / "again"), tmp_path / "again" / "two.zip")


def test_a_profile_goes_along(tmp_path: Path) -> None:
    folder = study(tmp_path / "pilot")
    from seedbed.taxonomy.profiles import shipped_profile_ids, shipped_profile_path

    id = shipped_profile_ids()[0]
    (folder.root / "profiles").mkdir()
    profile = shipped_profile_path(id).read_text(encoding="utf-8")
    (folder.root / "profiles" / f"{id}.toml").write_text(profile, encoding="utf-8")
    folder.settings.write_text(folder.settings.read_text().replace('profile = ""', f'profile = "{id}"'))
    pack(folder, tmp_path / "one.zip")
    set_up(tmp_path / "one.zip", tmp_path / "again")
    assert load_settings(Folder(tmp_path / "again")).profile == id
    assert (tmp_path / "again" / "profiles" / f"{id}.toml").read_text(encoding="utf-8") == profile


# --- packages that are none, or mean harm ---

Change = Callable[[dict[str, bytes]], None]


def listed(files: dict[str, bytes], **more: Any) -> None:
    """The list as it has to be for `files`."""
    found = json.loads(files["replication.json"])
    found["files"] = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items() if name != "replication.json"
    ]  # fmt: skip
    files["replication.json"] = json.dumps({**found, **more}).encode()


def adds(name: str, content: bytes = b"x") -> Change:
    return lambda files: (files.update({name: content}), listed(files))[1]


def replaces(name: str, old: bytes, new: bytes) -> Change:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new)
        listed(files)

    return change


HOSTILE: dict[str, tuple[Change, str]] = {
    "a way out": (adds("../outside"), "no package has such a file"),
    "a root": (adds("/etc/passwd"), "no package has such a file"),
    "a way out by a known folder": (adds("taxonomy/../../outside.json"), "no package has such a file"),
    "a backslash": (adds("profiles\\..\\outside.toml"), "no package has such a file"),
    "a database": (adds("people.db"), "no package has such a file"),
    "not listed": (lambda files: files.update({"taxonomy/9.json": b"{}"}), "exactly the files that it lists"),
    "changed": (lambda files: files.update({"README.md": b"y" * len(files["README.md"])}), "wrong checksum"),
    "shorter": (lambda files: files.update({"README.md": b""}), "not the size"),
    "a later format": (lambda files: listed(files, seedbed_replication=2), "of format 2"),
    "a foreign list": (lambda files: files.update({"replication.json": b"[]"}), "of format None"),
    "no json": (lambda files: files.update({"replication.json": b"{"}), "no sound list"),
    "deep json": (lambda files: files.update({"replication.json": b"[" * 100_000}), "no sound list"),
    "no template": (lambda files: (files.pop("template.json"), listed(files))[1], "lacks template.json"),
    "no labels": (lambda files: (files.pop("taxonomy/1.json"), listed(files))[1], "every version"),
    "a database elsewhere": (
        replaces("study.toml", b'database = ""', b'database = "postgresql://evil.example/x"'), "names a database"
    ),
    "an endpoint": (
        lambda files: adds(
            "study.toml", files["study.toml"] + b'\n[endpoints.x]\nurl = "https://evil.example"\nmodel = "m"\n'
        )(files),
        "names an endpoint",
    ),
    "a call": (
        replaces("template.json", b'"call_url": ""', b'"call_url": "https://evil.example"'), "links to a call"
    ),
    "unknown settings": (replaces("study.toml", b"language =", b"langage ="), "langage"),
    "other groups": (replaces("boards.json", b'"C"', b'"D"'), "different groups"),
    "no sections": (adds("template.json", b"{}"), "is no template"),
    "a profile of nothing": (adds("profiles/x.toml", b"no = 1\n"), "makes no study"),
    "decisions that are none": (adds("decisions.jsonl", b"[1]\n"), "not as it is written"),
    "lessons that are none": (adds("lessons.jsonl", b"[1]\n"), "lessons.jsonl is not as it is written"),
    "no next template": (adds("next.json", b"{}"), "next.json: The file is no template"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_package_makes_nothing(tmp_path: Path, name: str) -> None:
    change, said = HOSTILE[name]
    pack(study(tmp_path / "pilot"), tmp_path / "one.zip")
    files = contents(tmp_path / "one.zip")
    change(files)
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for path, content in files.items():
            bad.writestr(path, content)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match=said):
        set_up(tmp_path / "bad.zip", tmp_path / "again")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_bomb_a_link_and_a_torn_zip_make_nothing(tmp_path: Path) -> None:
    pack(study(tmp_path / "pilot"), tmp_path / "one.zip")
    with pytest.raises(InputError, match="would unpack"):
        set_up(tmp_path / "one.zip", tmp_path / "again", limits=Limits(total=1000))
    with pytest.raises(InputError, match="larger than"):
        set_up(tmp_path / "one.zip", tmp_path / "again", limits=Limits(list=100))
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as bad:
        for path, content in contents(tmp_path / "one.zip").items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = ((stat.S_IFLNK if path == "README.md" else stat.S_IFREG) | 0o644) << 16
            bad.writestr(entry, content)
    with pytest.raises(InputError, match="not a plain file"):
        set_up(tmp_path / "link.zip", tmp_path / "again")
    whole = (tmp_path / "one.zip").read_bytes()
    (tmp_path / "torn.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="not a sound zip file"):
        set_up(tmp_path / "torn.zip", tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert not list(tmp_path.glob(".*"))
