"""Whose database this is: two studies that share tables would number each other's acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from seedbed.errors import InputError
from seedbed.study.database import Database

if TYPE_CHECKING:
    from seedbed.study.folder import Folder

__all__ = ["claim"]


def claim(database: Database, folder: Folder) -> None:
    """Mark `database` as the study's, at first use. Raises InputError when it is another's.

    Also when it is empty while the folder's people.db is not: the study's past would seem to be gone.
    """
    own = folder.digest("people.db")
    with database.errors(), database.reading() as connection:
        holder = connection.execute(sa.text("SELECT value FROM marks WHERE name = 'study'")).scalar()
    if holder is None:
        if folder.people.is_file():
            raise InputError(
                f"{folder.people} holds what people did in this study, and {database.name} does not",
                hint="Back the study up and restore it with --database, or empty the key database in study.toml.",
            )
        with database.errors(), database.writing() as connection:
            insert = "INSERT INTO marks(name, value) VALUES('study', :own) ON CONFLICT DO NOTHING"
            connection.execute(sa.text(insert), {"own": own})
            holder = connection.execute(sa.text("SELECT value FROM marks WHERE name = 'study'")).scalar()
    if holder != own:
        raise InputError(
            f"{database.name} holds another study",
            hint="Make a schema for this one (CREATE SCHEMA my_study) and name it at the end of the URL:"
            " ?options=-csearch_path%3Dmy_study",
        )
