"""Which database a study's acts are kept in is one key of study.toml, and no password stands there."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from seedbed.errors import InputError, SettingsError, StorageError
from seedbed.study import Folder
from seedbed.study.address import postgres_url, with_database_key
from seedbed.study.entries import Act
from seedbed.study.events import EventStore
from tests.postgres import postgres_schema

PLAIN = "postgresql://me@db.example.org/studies?options=-csearch_path%3Done"


def study(path: Path, database: str = "") -> Folder:
    path.mkdir()
    (path / "study.toml").write_text(f'title = "One"\ndatabase = "{database}"\n')
    return Folder(path)


def test_without_the_key_it_is_people_db(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text('title = "One"\n[generate]\ndatabase = "not this one"\n')
    folder = Folder(tmp_path)
    assert (folder.store_url(), folder.has_people) == ("", False)
    with EventStore.of(folder) as store:
        store.append("s", "p", [Act("k")])
    assert folder.has_people
    assert folder.people.is_file()
    assert Folder(tmp_path / "nowhere").store_url() == ""


@pytest.mark.parametrize("url", [PLAIN, PLAIN.replace("postgresql:", "postgresql+psycopg:")])
def test_a_postgres_url_is_opened_with_psycopg_3(url: str, tmp_path: Path) -> None:
    folder = study(tmp_path / "one", url)
    assert folder.store_url() == PLAIN.replace("postgresql:", "postgresql+psycopg:")
    assert folder.has_people


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@db.example.org/studies",
        "postgresql://me:@db.example.org/studies",
        "postgresql://db.example.org/studies?user=me&password=hunter2",
        "postgresql://db.example.org/studies?pass%77ord=hunter2",
        "postgresql+psycopg://me:hunter2@db.example.org:5432/studies",
    ],
)
def test_a_password_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="holds a password") as caught:
        postgres_url(url)
    assert "hunter2" not in str(caught.value) + caught.value.hint
    assert "PGPASSWORD" in caught.value.hint


@pytest.mark.parametrize("url", ["people.db", "sqlite:///people.db", "mysql://me@h/d", "postgres://me@h/d", 7, ["a"], "postgresql://h:x/d"])  # fmt: skip  # noqa: E501
def test_another_database_is_refused(url: object) -> None:
    with pytest.raises(SettingsError) as caught:
        postgres_url(url)
    assert "postgresql://" in caught.value.hint


def test_a_file_that_is_no_toml_is_said(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("database =")
    with pytest.raises(SettingsError, match="not valid TOML"):
        EventStore.of(Folder(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        'title = "x"\n',
        'title = "x"\ndatabase = "old"\n\n[generate]\nlanes = 3\n',
        '  database = "old" # where\ntitle = "x"\n',
        '[generate]\ndatabase = "not this one"\n',
        "",
        '# database = "example"\ntitle = "x"\n[a]\n[a.b]\nc = [\n"database = 3"]\n',
    ],
)
def test_only_the_key_changes(text: str) -> None:
    changed = with_database_key(text, PLAIN, where="study.toml")
    assert tomllib.loads(changed) == {**tomllib.loads(text), "database": PLAIN}
    assert tomllib.loads(with_database_key(changed, "", where="study.toml")) == {**tomllib.loads(text), "database": ""}


def test_a_key_in_an_unusual_place_is_not_guessed_at() -> None:
    with pytest.raises(SettingsError, match="unusual"):
        with_database_key('database = """\nold"""\n', "", where="study.toml")
    with pytest.raises(SettingsError, match="unusual"):
        with_database_key('"database" = "old"\n', "", where="study.toml")


def test_two_studies_never_share_tables(tmp_path: Path, postgres: str) -> None:
    with postgres_schema(postgres) as url, postgres_schema(postgres) as another:
        one = study(tmp_path / "one", url)
        with EventStore.of(one) as store:
            store.append("s", "p", [Act("k")])
        with EventStore.of(one) as store:
            assert store.last("s") == 1
        with pytest.raises(InputError, match="holds another study") as caught:
            EventStore.of(study(tmp_path / "two", url))
        assert "search_path" in caught.value.hint
        with EventStore.of(study(tmp_path / "three", another)) as store:
            assert store.last("s") == 0


def test_the_past_in_people_db_is_not_left_behind_in_silence(tmp_path: Path, postgres: str) -> None:
    with postgres_schema(postgres) as url:
        folder = study(tmp_path / "one")
        with EventStore.of(folder) as store:
            store.append("s", "p", [Act("k")])
        folder.settings.write_text(f'database = "{url}"\n')
        with pytest.raises(InputError, match=r"people\.db holds what people did") as caught:
            EventStore.of(folder)
        assert "--database" in caught.value.hint


def test_a_schema_that_is_not_there_is_said(tmp_path: Path, postgres: str) -> None:
    folder = study(tmp_path / "one", f"{postgres}&options=-csearch_path%3Dnowhere")
    with pytest.raises(InputError, match="cannot be used") as caught:
        EventStore.of(folder)
    assert "schema" in caught.value.hint


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    folder = study(tmp_path / "one", f"postgresql://me@/studies?host={tmp_path}")
    with pytest.raises(StorageError, match="Could not use postgresql") as caught:
        EventStore.of(folder)
    assert "Start the database" in caught.value.hint
