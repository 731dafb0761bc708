"""What a release is to say and hold, over HTTP: read from study.toml and written back, where it stands."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from tests.server.served import serving

API = "/api/studies/one/releasing"


def test_only_what_was_changed_is_written_and_comments_stay(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        file = server.app.state.home.studies["one"].folder.settings
        file.write_bytes(b'title = "One"\n\n[release]\r\nk = 7  # agreed with all\r\ncontact = "a@b.example"\n')
        before = tomllib.loads(file.read_text())
        shown = olga.get(API).json()
        assert (shown["form"]["k"], shown["form"]["contact"], shown["next"]) == (7, "a@b.example", "1.0")
        assert "CC-BY-4.0" in shown["licences"]
        form = {
            **shown["form"],
            "k": 9,
            "description": 'Two\nlines, and a "quote"',
            "validation": 0.2,
            "surface": "All.",
        }
        made = olga.put(API, {"before": shown["before"], "form": form})
        assert made.status_code == 200, made.text
        assert made.json()["form"] == form
        assert b"k = 9  # agreed with all\r\n" in file.read_bytes()
        after = tomllib.loads(file.read_bytes().decode())
        assert after["release"] == {
            "k": 9, "contact": "a@b.example", "description": form["description"], "splits": {"validation": 0.2},
            "scope": {"surface": "All."},
        }  # fmt: skip
        assert {key: value for key, value in after.items() if key != "release"} == {
            key: value for key, value in before.items() if key != "release"
        }
        # a form of before that write undoes nothing
        old = olga.put(API, {"before": shown["before"], "form": shown["form"]})
        assert (old.status_code, old.json()["code"]) == (409, "out_of_date")
        assert olga.get(API).json()["form"] == form


def test_what_the_settings_refuse_is_said_by_field_and_nothing_is_written(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        file = server.app.state.home.studies["one"].folder.settings
        shown, text = olga.get(API).json(), file.read_bytes()
        for change, field in (
            ({"license": "CC-BY-40"}, "license"), ({"k": 1}, "k"), ({"url": "not an address"}, "url"),
            ({"languages": ["english!"]}, "languages"), ({"validation": 0.7, "test": 0.6}, "validation"),
        ):  # fmt: skip
            answer = olga.put(API, {"before": shown["before"], "form": {**shown["form"], **change}})
            assert (answer.status_code, answer.json()["code"]) == (422, "bad_release"), answer.text
            assert answer.json()["detail"]["fields"][field]["said"], answer.text
        near = olga.put(API, {"before": shown["before"], "form": {**shown["form"], "license": "CC-BY-40"}}).json()
        assert near["detail"]["fields"]["license"]["near"] == "CC-BY-4.0"
        assert file.read_bytes() == text
        ana = server.joined("one", "Ana", by=olga)
        assert ana.get(API).json()["code"] == "not_yours"
        assert ana.put(API, {"before": shown["before"], "form": shown["form"]}).json()["code"] == "not_yours"


def test_releases_are_held_against_each_other(tmp_path: Path) -> None:
    with serving(tmp_path, "one") as server:
        olga = server.organiser()
        root = server.app.state.home.studies["one"].folder.releases
        for version, ids in (("1.0", ("q1", "q2")), ("1.1", ("q2", "q3"))):
            (root / version / "questions").mkdir(parents=True)
            rows = [json.dumps({"id": id, "text": f"{id}?"}) for id in ids]
            (root / version / "questions" / "train.jsonl").write_text("\n".join(rows) + "\n")
            manifest = {"license": "MIT" if version == "1.0" else "0BSD"}
            (root / version / "manifest.json").write_text(json.dumps(manifest))
        found = olga.get("/api/studies/one/releases/1.0/changes/1.1").json()
        (part,) = found["parts"]
        assert [(one["what"], one["n"], one["first"]) for one in part["changes"]] == [
            ("added", 1, ["q3"]), ("gone", 1, ["q1"]),
        ]  # fmt: skip
        assert found["facts"] == [{"key": "license", "before": "MIT", "after": "0BSD"}]
        assert not found["same"]
        assert olga.get("/api/studies/one/releases/1.1/changes/1.1").json()["same"]
        assert olga.get("/api/studies/one/releases/1.0/changes/2.0").json()["code"] == "not_found"
        shown = olga.get(API).json()
        assert (shown["taken"], shown["next"]) == (["1.0", "1.1"], "1.2")
