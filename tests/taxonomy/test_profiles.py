"""Profiles are files that people write: read strictly, told what is wrong by line, and never lost when changed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedbed.errors import Busy, InputError, SettingsError, UsageError
from seedbed.study import Folder
from seedbed.taxonomy import default_taxonomy
from seedbed.taxonomy.profile_versions import (
    find_profile_path,
    profile_ids,
    profile_of_value,
    profile_versions,
    use_profile,
    write_profile,
)
from seedbed.taxonomy.profiles import (
    ChecklistItem,
    Profile,
    ProfileEntity,
    ProfileExample,
    ProfileWord,
    Scope,
    current_profile,
    load_profile,
    read_profile,
    render_profile,
    shipped_profile,
    shipped_profile_ids,
    told_by,
)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "study.toml").write_text('# ours\ntitle = "t"\n\n[curate]\nselect = 3\n', encoding="utf-8")
    (tmp_path / "profiles").mkdir()
    return Folder(tmp_path)


def written(folder: Folder, text: str, name: str = "calm") -> Path:
    path = folder.root / "profiles" / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


WHOLE = """
title = "Calm" # of mine
values = ["safety"]
harms = ["panic"]
regions = ["Brazil", "Norway"]
[scope]
in = ["advice"]
out = ["jokes"]
[[examples]]
prompt = "q1"
[[examples]]
prompt = "q2"
aligned = "a2"
[[entities]]
kind = "medicine"
values = [{ value = "dipyrone", forbidden = ["Norway"] }, { value = "ibuprofen" }]
[[checklist]]
id = "one"
text = "Is it so?"
for = "triples"
[pipeline.generate.questions]
target = 5
"""


A = 'values = ["a"]\n'
B = A + 'regions = ["B"]\n'
SLOT = '[[entities]]\nkind = "k"\n'


def test_a_file_by_hand(folder: Folder) -> None:
    written(folder, WHOLE)
    use_profile(folder, "calm")
    found = current_profile(folder)
    assert found is not None
    assert (found.id, found.version, found.mark) == ("calm", 1, "calm@1")
    assert (found.scope.within, found.scope.outside) == (("advice",), ("jokes",))
    assert [example.prompt for example in found.examples] == ["q1", "q2"]
    assert found.checklist == (ChecklistItem(id="one", text="Is it so?", kind="triples"),)
    assert found.relevance_texts() == ("panic", "advice", "q1", "q2")
    assert found.allowed("medicine", "Norway") == ("ibuprofen",)
    assert found.allowed("medicine", "Brazil") == ("dipyrone", "ibuprofen")
    assert found.allowed("medicine", "Mars") == ()
    # its values hold for the pipeline too, where that does not say others
    assert found.overlay() == {
        "curate": {"values": ["safety"]},
        "generate": {"questions": {"target": 5}, "triples": {"values": ["safety"]}},
    }


def test_none_is_current_until_study_toml_names_one(folder: Folder) -> None:
    assert current_profile(folder) is None
    written(folder, WHOLE)
    assert current_profile(folder) is None
    assert current_profile(Folder(folder.root / "nowhere")) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('value = ["safety"]', r"unknown key 'value' \(line 1\); did you mean 'values'"),
        ('title = "x"', r"'values' is missing"),
        ("values = []", r"'values' \(line 1\).*at least 1"),
        ('values = ["a", "a"]', r"'a' is there twice"),
        ('values = ["a"]\n[scope]\ninn = ["x"]', r"unknown key 'scope\.inn' \(line 3\); did you mean 'in'"),
        (A + '[[examples]]\nprompt = "p"\n[[examples]]\n\nquestion = "q"', r"'examples\.1\.question' \(line 6\)"),
        (A + '[[checklist]]\nid = "x"\ntext = "t"\nfor = "people"', r"'checklist\.0\.for' \(line 5\).*'release'"),
        ('values = ["a"]\n[pipeline.workshop]\nx = 1', r"'pipeline\.workshop' \(line 2\)"),
        (A + SLOT + 'values = [{ value = "v", regions = ["Mars"] }]', r"'Mars', which is no region"),
        (B + SLOT + 'values = [{ value = "v", regions = ["B"], forbidden = ["B"] }]', "both allowed and forbidden"),
        ('id = "other"\nvalues = ["a"]', "its id is 'other', and its name says 'calm'"),
        ("values = [", "is not valid TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_and_line(folder: Folder, text: str, said: str) -> None:
    path = written(folder, text)
    with pytest.raises(SettingsError, match=said) as caught:
        read_profile(path)
    assert str(path) in str(caught.value)
    assert caught.value.hint


def test_a_profile_that_is_not_there(folder: Folder) -> None:
    (folder.root / "study.toml").write_text('profile = "moon"\n')
    with pytest.raises(SettingsError, match=r"no profile at .*moon\.toml"):
        current_profile(folder)
    with pytest.raises(InputError, match="no profile 'moon'") as caught:
        use_profile(folder, "moon")
    assert "fairness" in caught.value.hint
    (folder.root / "study.toml").write_text("profile = 5\n")
    with pytest.raises(SettingsError, match="'profile' should be the id"):
        current_profile(folder)


def test_use_changes_one_line_of_study_toml(folder: Folder) -> None:
    before = folder.settings.read_text()
    use_profile(folder, "fairness")
    assert (folder.root / "profiles" / "fairness.toml").is_file()
    assert folder.settings.read_text() == 'profile = "fairness"\n' + before
    use_profile(folder, "")
    assert folder.settings.read_text() == 'profile = ""\n' + before
    assert current_profile(folder) is None


def test_use_waits_for_nobody_and_writes_nothing_while_another_writes(folder: Folder) -> None:
    before = folder.settings.read_text()
    with folder.writing(), pytest.raises(Busy):
        use_profile(folder, "fairness")
    assert folder.settings.read_text() == before
    assert profile_ids(folder) == []


def test_an_own_profile_is_not_replaced_by_the_shipped_one(folder: Folder) -> None:
    path = written(folder, 'values = ["fairness"]\ntitle = "ours"\n', "fairness")
    use_profile(folder, "fairness")
    assert path.read_text() == 'values = ["fairness"]\ntitle = "ours"\n'


def test_a_profile_tells_its_value_in_its_own_words(folder: Folder) -> None:
    written(folder, 'values = ["safety"]\nharms = ["panic"]\n[scope]\nin = ["Advice."]\nout = ["Jokes."]\n')
    known, profile = default_taxonomy(), load_profile(folder, "calm")
    told = told_by(profile, known)
    assert told.value("safety").harms == ("panic",)
    assert told.value("safety").scope == "Advice. Out of scope: Jokes."
    assert told.value("safety").definition == known.value("safety").definition
    assert [value for value in told.values if value.id != "safety"] == [
        value for value in known.values if value.id != "safety"
    ]
    assert told_by(None, known) == known
    assert told_by(profile.model_copy(update={"values": ("safety", "fairness")}), known) == known


# --- versions -----------------------------------------------------------------------------------------------------


def test_a_change_is_a_new_version_and_the_old_file_stays_as_it_was(folder: Folder) -> None:
    path = written(folder, WHOLE)
    first = load_profile(folder, "calm")
    second = write_profile(folder, first.model_copy(update={"title": "Calmer"}))
    assert (second.version, second.title) == (2, "Calmer")
    assert (folder.root / "profiles" / "calm@1.toml").read_text() == WHOLE
    assert load_profile(folder, "calm") == second
    assert load_profile(folder, "calm", 1) == first
    assert load_profile(folder, "calm", 2) == second
    assert profile_versions(folder, "calm") == [1, 2]
    assert profile_ids(folder) == ["calm"]
    assert find_profile_path(folder, "calm@1").name == "calm@1.toml"
    assert find_profile_path(folder, "calm@2") == path
    with pytest.raises(SettingsError, match="no profile at"):
        load_profile(folder, "calm", 7)


def test_the_same_content_is_no_new_version(folder: Folder) -> None:
    written(folder, WHOLE)
    first = load_profile(folder, "calm")
    assert write_profile(folder, first.model_copy(update={"version": 9})) == first
    assert profile_versions(folder, "calm") == [1]


def test_nothing_is_lost_when_a_hand_set_the_number_back(folder: Folder) -> None:
    written(folder, WHOLE)
    first = load_profile(folder, "calm")
    write_profile(folder, first.model_copy(update={"title": "two"}))
    written(folder, WHOLE.replace("Calm", "by hand"))  # version 1 again, with other words
    last = write_profile(folder, first.model_copy(update={"title": "three"}))
    titles = {load_profile(folder, "calm", number).title for number in profile_versions(folder, "calm")}
    assert titles == {"Calm", "by hand", "three"}
    assert last.version == max(profile_versions(folder, "calm"))


def test_what_two_digests_tell_apart(folder: Folder) -> None:
    written(folder, WHOLE)
    first = load_profile(folder, "calm")
    written(folder, WHOLE + "\n# a remark\n")
    assert load_profile(folder, "calm").digest == first.digest
    written(folder, WHOLE.replace("target = 5", "target = 6"))
    edited = load_profile(folder, "calm")
    assert edited.mark == first.mark
    assert edited.digest != first.digest


def test_a_study_in_use_is_left_alone(folder: Folder) -> None:
    with folder.writing(), pytest.raises(Busy):
        write_profile(folder, profile_of_value(default_taxonomy().value("safety")))


@pytest.mark.parametrize("name", ["none", "../evil", "a/b", "x@1", ""])
def test_a_name_that_cannot_be(folder: Folder, name: str) -> None:
    with pytest.raises(UsageError):
        write_profile(folder, profile_of_value(default_taxonomy().value("safety")).model_copy(update={"id": name}))
    assert profile_ids(folder) == []


# --- what comes with Seedbed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", shipped_profile_ids())
def test_a_shipped_profile_fits_the_shipped_taxonomy(id: str) -> None:
    one = shipped_profile(id)
    for value in one.values:
        default_taxonomy().value(value)
    assert one.harms
    assert one.examples
    assert {item.kind for item in one.checklist} == {"questions", "triples", "release"}


def test_the_papers_harms_are_those_of_fairness() -> None:
    assert shipped_profile("fairness").harms[:2] == ("social bias", "profanity")


@pytest.mark.parametrize("value", default_taxonomy().values, ids=lambda value: value.id)
def test_every_value_makes_a_profile_to_begin_with(value: object, tmp_path: Path) -> None:
    from seedbed.taxonomy import Value

    assert isinstance(value, Value)
    made = profile_of_value(value)
    assert made.values == (value.id,)
    assert made.harms == value.harms
    assert made.scope.within[0]
    assert made.scope.outside[0]
    assert "Out of scope" not in "".join((*made.scope.within, *made.scope.outside))
    assert made.examples[0].prompt == value.examples[0].question
    assert {item.kind for item in made.checklist} == {"questions", "triples", "release"}
    path = tmp_path / f"{value.id}.toml"
    path.write_text(render_profile(made), encoding="utf-8")
    assert read_profile(path) == made


# --- what is written is read ---------------------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=8).filter(
    str.strip
)
clean = words.map(str.strip)
ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)
several = st.lists(clean, max_size=3, unique=True).map(tuple)
anything = st.recursive(
    st.booleans() | st.integers(-99, 99) | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=4,
)
profiles = st.builds(
    Profile,
    id=st.just("calm"),
    version=st.integers(1, 99),
    title=words,
    values=st.lists(clean, min_size=1, max_size=3, unique=True).map(tuple),
    harms=several,
    scope=st.builds(Scope, within=several, outside=several),
    examples=st.lists(st.builds(ProfileExample, prompt=clean, aligned=words), max_size=3).map(tuple),
    entities=st.lists(
        st.builds(
            ProfileEntity,
            kind=ids,
            values=st.lists(st.builds(ProfileWord, value=clean), max_size=2, unique_by=lambda word: word.value).map(
                tuple
            ),
        ),
        max_size=2,
        unique_by=lambda entity: entity.kind,
    ).map(tuple),
    checklist=st.lists(st.builds(ChecklistItem, id=ids, text=clean), max_size=2, unique_by=lambda item: item.id).map(
        tuple
    ),
    pipeline=st.dictionaries(
        st.sampled_from(["curate", "generate", "assess"]), st.dictionaries(words, anything, max_size=2), max_size=2
    ),
)


@given(made=profiles)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_what_is_written_is_read_again(made: Profile, tmp_path: Path) -> None:
    path = tmp_path / "calm.toml"
    text = render_profile(made)
    path.write_text(text, encoding="utf-8")
    assert read_profile(path) == made
    assert tomllib.loads(text)["id"] == "calm"


def test_every_key_is_in_the_manual() -> None:
    page = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text(encoding="utf-8")
    for name in tomllib.loads(render_profile(shipped_profile("fairness"))):
        assert f"`{name}`" in page, name
