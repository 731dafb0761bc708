"""study.toml, and over it the pipeline of the profile that it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.errors import InputError, SettingsError
from seedbed.settings import check_profile, load_settings
from seedbed.study import Folder

STUDY = """
profile = "calm"
[curate]
select = 7
off = ["no-verb-noun"]
values = ["fairness"]
[generate.questions]
target = 9
shares = { "*/*" = 1.0, "health/*" = 2.0 }
[generate.questions.gates]
min_words = 5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "study.toml").write_text(STUDY)
    return Folder(tmp_path)


def profile(folder: Folder, pipeline: str = "", *, values: str = '["safety"]') -> Path:
    path = folder.root / "profiles" / "calm.toml"
    path.write_text(f"values = {values}\n{pipeline}")
    return path


def test_tables_are_merged_and_lists_replaced(folder: Folder) -> None:
    profile(
        folder,
        '[pipeline.curate]\noff = ["same-text"]\n[pipeline.generate.questions]\nshares = { "health/*" = 5.0 }\n'
        "[pipeline.generate.questions.gates]\nmax_words = 40\n",
    )
    found = load_settings(folder)
    assert (found.curate.select, found.curate.off) == (7, ("same-text",))
    assert found.generate.questions.target == 9
    assert found.generate.questions.shares == {"*/*": 1.0, "health/*": 5.0}
    assert (found.generate.questions.gates.min_words, found.generate.questions.gates.max_words) == (5, 40)


def test_the_profiles_values_hold_unless_its_pipeline_says_others(folder: Folder) -> None:
    profile(folder)
    found = load_settings(folder)
    assert found.curate.values == found.generate.triples.values == ("safety",)
    profile(folder, '[pipeline.curate]\nvalues = []\n[pipeline.generate.triples]\nvalues = ["safety", "fairness"]')
    found = load_settings(folder)
    assert found.curate.values == ()
    assert found.generate.triples.values == ("safety", "fairness")


def test_without_a_profile_study_toml_counts_alone(folder: Folder) -> None:
    folder.settings.write_text(STUDY.replace('"calm"', '""'))
    assert load_settings(folder).curate.values == ("fairness",)


@pytest.mark.parametrize(
    ("pipeline", "said"),
    [
        ("[pipeline.curate]\n\nslect = 3", r"unknown key 'pipeline\.curate\.slect' \(line 4\); did you mean 'select'"),
        ("[pipeline.curate]\nselect = 0", r"'pipeline\.curate\.select' \(line 3\) should be greater .*, not 0"),
        ("[pipeline.generate]\ntriples = 5", r"'pipeline\.generate\.triples' \(line 3\) should be a section"),
        # study.toml says min_words = 5: only together is it wrong, and the profile came last
        ("[pipeline.generate.questions.gates]\nmax_words = 4", r"'pipeline\.generate\.questions\.gates' \(line 2\)"),
    ],
)
def test_what_is_wrong_in_a_profile_is_said_of_its_file(folder: Folder, pipeline: str, said: str) -> None:
    path = profile(folder, pipeline)
    for read in (load_settings, lambda folder: check_profile(folder, path)):
        with pytest.raises(SettingsError, match=said) as caught:
            read(folder)
        assert str(caught.value).startswith(f"{path}: ")
        assert caught.value.hint.startswith("Mend calm.toml")


def test_what_is_wrong_in_study_toml_is_said_of_study_toml(folder: Folder) -> None:
    profile(folder, "[pipeline.curate]\nselect = 0")
    folder.settings.write_text(STUDY.replace("select = 7", "select = 0"))
    with pytest.raises(SettingsError, match=r"study\.toml: 'curate\.select' \(line 4\)"):
        load_settings(folder)


def test_a_profile_is_checked_against_the_taxonomy(folder: Folder) -> None:
    path = profile(folder, values='["moon"]')
    with pytest.raises(InputError, match="No value 'moon'"):
        check_profile(folder, path)
