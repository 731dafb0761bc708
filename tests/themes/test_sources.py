"""Sources: who speaks, what is left out, offsets that stand whoever is erased, boards, files, all or nothing."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError, UsageError
from seedbed.seeds.erasing import erase
from seedbed.study import Folder
from seedbed.study.entries import Act
from seedbed.study.events import EventStore
from seedbed.themes import Meant, Source, draft, export, gather, keep, read_speakers, read_transcript, remove, sources
from seedbed.themes.sources import BLANK, Spoken, laid
from seedbed.themes.taking import Asked, Consents, preview, take_in
from tests.themes.making import KNOWN, VTT, study, write_notes


def standing(folder: Folder) -> list[Source]:
    with EventStore.of(folder) as store:
        return sources(store, withheld=Consents.of(store, "en").withheld)


def asked(text: str = VTT, name: str = "talk.vtt", **more: object) -> Asked:
    return Asked([(name, text.encode())], Meant(debrief="method"), KNOWN, **more)  # type: ignore[arg-type]


def test_speakers_are_people_by_their_names_and_never_guessed(tmp_path: Path) -> None:
    (found,) = preview(study(tmp_path), asked())
    assert [(one.name, one.key, one.how, one.left_out) for one in found.speakers] == [
        ("Ana Silva", "p_ana", "name", False), ("Ben Ode", "p_ben", "name", True),
        ("Dr. Who", "S1", "nobody", False), ("Mia", "S2", "several", False),
    ]  # fmt: skip
    assert found.source.left_out == 1
    assert found.source.text == "Ben said the time was short & the room hot.\nand so did I.\n😀 No words for Rosa."
    assert [(one.name, one.times, one.stands_for) for one in found.mentions] == [("Ben", 1, "[p_ben]")]


def test_what_the_importer_says_of_speakers_goes_before_their_names(tmp_path: Path) -> None:
    folder = study(tmp_path)
    given = read_speakers(b"\xef\xbb\xbfperson,speaker\r\np_mia,Mia\r\n,ana silva\r\nAna Silva,Dr. Who\r\n", "who.csv")
    (found,) = preview(folder, asked(given=given))
    assert [(one.key, one.how) for one in found.speakers] == [
        ("S1", "given"), ("p_ben", "name"), ("p_ana", "given"), ("p_mia", "given"),
    ]  # fmt: skip
    assert found.source.left_out == 2  # nor did this Mia agree: she was not asked
    with pytest.raises(InputError, match="'p_nobody' is nobody"):
        preview(folder, asked(given={"Mia": "p_nobody"}))
    with pytest.raises(InputError, match="are 2 people"):
        preview(folder, asked(given={"Dr. Who": "Mia"}))
    with pytest.raises(InputError, match="Nobody is called 'Zoe'"):
        preview(folder, asked(given={"Zoe": "p_ana"}))
    for broken in (b"a,b\n", b"speaker,person\nx", b"speaker,person\nx,y\nx,z\n", b'speaker,person\n"x,y\n\n"'):
        with pytest.raises(InputError, match="line"):
            read_speakers(broken, "who.csv")


def test_a_source_is_kept_whole_without_a_name_or_is_not_there(tmp_path: Path) -> None:
    folder = study(tmp_path)
    ((kept, found),) = take_in(folder, asked(replace_names=True), "a_ola")
    (one,) = standing(folder)
    assert one == kept
    assert (one.kind, one.title, one.debrief, one.language, one.by) == (
        "transcript", "Method issues", "method", "en", "a_ola"
    )  # fmt: skip
    assert (
        one.text
        == found.source.text
        == "[p_ben] said the time was short & the room hot.\nand so did I.\n" + ("😀 No words for Rosa.")
    )
    assert [one.text[each.start : each.end] for each in one.segments] == [each.text for each in one.segments]
    assert one.segments[0].start_s == 1.0
    disk = b"".join(path.read_bytes() for path in folder.root.rglob("people.db*"))
    for name in ("Ana Silva", "Ben Ode", "Dr. Who", "disagreed", "talk.vtt"):
        assert name.encode() not in disk
    with pytest.raises(InputError, match="already"):
        take_in(folder, asked(replace_names=True), "a_ola")
    two = Asked([("b.txt", b"fine"), ("c.vtt", b"broken")], Meant())
    with pytest.raises(InputError, match="line 1"):
        take_in(folder, two, "a_ola")
    with pytest.raises(UsageError, match="no debrief 'x'"):
        take_in(folder, Asked([("b.txt", b"fine")], Meant(debrief="x")), "a_ola")
    with pytest.raises(InputError, match="agreed to be recorded"):
        take_in(folder, asked("Ben Ode: hi\nBen Ode: ho", "a.txt"), "a_ola")
    assert standing(folder) == [one]


PIECES = st.lists(
    st.builds(
        Spoken, st.sampled_from(["p_ana", "p_ben", "S1"]),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
        row=st.sampled_from(["", "r1"]), joined=st.booleans(),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(PIECES, st.sampled_from(["p_ana", "p_ben"]))
def test_erasing_a_speaker_leaves_every_other_offset_where_it_was(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[Spoken], gone: str
) -> None:
    folder = Folder(tmp_path_factory.mktemp("erasing"))
    people = {one.speaker: one.speaker if one.speaker != "S1" else "" for one in pieces}
    made = Source("", "transcript", "T", "", "", "", "en", "vtt", "", "", "", 0, people, laid(pieces))
    (before,) = keep(folder, lambda store: [made], "a_ola")
    with EventStore.of(folder) as store:
        store.blank_texts(gone)
        (after,) = sources(store)
    assert len(after.text) == len(before.text)
    for old, new in zip(before.segments, after.segments, strict=True):
        mine = old.speaker == gone
        assert (new.start, new.end, new.speaker) == (old.start, old.end, old.speaker)
        assert after.text[new.start : new.end] == (BLANK * len(old.text) if mine else old.text)
        assert new.gone == ("erased" if mine else "")


def test_erasing_a_person_takes_what_they_said_from_the_files_of_the_study(tmp_path: Path) -> None:
    folder = study(tmp_path)
    said = "the heating was broken in every single room"
    words = f"Ana Silva: {said}\nS: it was\nAna Silva: yes\nS: we heard that {said}"
    take_in(folder, asked(words, "talk.txt"), "a_ola")
    export(folder)
    with EventStore.of(folder) as store:
        erased = erase(store, "p_ana", folder)
    assert [(one.doc, one.person) for one in erased.look_alikes] == [("themes", f"{standing(folder)[0].id}:S1")]
    remove(folder, standing(folder)[0].id, "a_ola")  # and who decides so takes the rest
    disk = b"".join(path.read_bytes() for path in folder.root.rglob("*") if path.is_file())
    assert b"heating" not in disk


def test_who_takes_their_consent_back_is_not_heard_any_more(tmp_path: Path) -> None:
    folder = study(tmp_path)
    take_in(folder, asked(), "a_ola")
    (before,) = standing(folder)
    with EventStore.of(folder) as store:
        no = {"training": True, "recording": False, "quoting": True}
        store.append("workshop", "p_ana", [Act("consent.give", "p_ana", {"cmd": "c2", "items": no, "version": 0})])
        consents = Consents.of(store, "en")
    (after,) = standing(folder)
    first = before.segments[0]
    assert after.text == BLANK * first.end + before.text[first.end :]
    assert after.gone == first.end
    made = export(folder, withheld=consents.withheld, quotes=consents.quoted)
    assert (made.folder / f"{after.id}.txt").read_text("utf-8") == after.text


def test_files_are_exact_and_follow_what_stands(tmp_path: Path) -> None:
    folder = study(tmp_path)
    ((source, _),) = take_in(folder, asked(), "a_ola")
    with EventStore.of(folder) as store:
        consents = Consents.of(store, "en")
    place = export(folder, quotes=consents.quoted).folder
    raw = (place / f"{source.id}.txt").read_bytes()
    assert raw.decode() == source.text
    assert b"\r" not in raw
    told = json.loads((place / f"{source.id}.json").read_text("utf-8"))
    assert told["sha256"] == source.sha256
    assert {one["speaker"]: one["may_be_quoted"] for one in told["speakers"]} == {"p_ana": True, "S1": None, "S2": None}
    assert [raw.decode()[one["start"] : one["end"]] for one in told["segments"]] == [
        one.text for one in source.segments
    ]
    remove(folder, source.id, "a_ola")
    assert not (place / f"{source.id}.txt").exists()
    with pytest.raises(UsageError):
        remove(folder, source.id, "a_ola")
    db = sqlite3.connect(folder.people)
    assert not [body for (body,) in db.execute("SELECT body FROM texts") if "room hot" in body]
    db.close()


def test_boards_become_sources_of_their_authors_once(tmp_path: Path) -> None:
    folder = study(tmp_path)
    with EventStore.of(folder) as store:
        store.append(
            "agenda", "a_ola", [Act("step.go", "", {"cmd": "s", "step": "reflection-1", "step_kind": "reflection"})]
        )
        write_notes(store, "board/A/reflection", "p_ana", 7, {"n1": "  Too short", "n2": " "})
        write_notes(store, "board/A/reflection", "p_ben", 8, {"n1": ", I think 😀", "n3": "Loud"})
        store.append("board/A/reflection", "p_ben", [Act("row.remove", "n3", {"cmd": "x"})])
        write_notes(store, "board/method/debrief", "a_ola", 9, {"d1": "Longer breaks"})
    made = gather(folder, "a_ola")
    assert [(one.kind, one.group, one.session, one.debrief, one.text) for one in made] == [
        ("reflection", "A", "session-1", "", "Too short, I think 😀"), ("debrief", "", "", "method", "Longer breaks"),
    ]  # fmt: skip
    assert [(one.start, one.end, one.speaker, one.row) for one in made[0].segments] == [
        (0, 9, "p_ana", "n1"), (9, 20, "p_ben", "n1"),
    ]  # fmt: skip
    assert gather(folder, "a_ola") == []
    with EventStore.of(folder) as store:
        write_notes(store, "board/method/debrief", "p_mia", 10, {"d2": "More\nexamples"})
        store.append("board/method/debrief", "p_mia", [Act("row.restore", "d2", {"cmd": "y"})])
    (again,) = gather(folder, "a_ola")
    assert again.text == "Longer breaks\nMore\nexamples"
    assert len(standing(folder)) == 3  # what was coded keeps its offsets
    transcript = read_transcript(b"Ana Silva: x\nAna Silva: y", "a.txt")
    assert draft(transcript, Meant(), known=KNOWN).source.text == "x\ny"
