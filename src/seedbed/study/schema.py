"""The tables of people.db.

    streams(stream, last)                                    one row a stream: the number last given out
    epochs(stream, epoch)                                    how often its past was rewritten; no row: 1
    events(stream, seq, at, actor, kind, subject, data)      ids, codes and numbers only
    updates(stream, seq, at, actor, body)                    typed text as it came, in bytes
    names(id, name)                                          streams and people of `updates`, once each
    texts(text_id, person, body)                             the words of events; erasing is one place
    marks(name, value)                                       which study this is; what has still to be finished

A file of an older version lacks some of these tables and loses nothing by getting them: they are made when it is
opened. The first change to a table that exists will need migrations (Alembic), and not before.

`updates` is large: a group types about 54,000 of some 13 bytes an hour. Clustered by (stream, seq), with streams and
people as numbers and the time in milliseconds, one takes 37 bytes of a SQLite file; with names and ISO times it took
98, and with a row id and an index 50.
"""

from __future__ import annotations

import sqlalchemy as sa

__all__ = ["epochs", "events", "marks", "metadata", "names", "streams", "texts", "updates"]

metadata = sa.MetaData()
streams = sa.Table(
    "streams", metadata,
    sa.Column("stream", sa.String(200), primary_key=True),
    sa.Column("last", sa.BigInteger, nullable=False),
)  # fmt: skip
epochs = sa.Table(
    "epochs", metadata,
    sa.Column("stream", sa.String(200), primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
)  # fmt: skip
events = sa.Table(
    "events", metadata,
    sa.Column("stream", sa.String(200), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("actor", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(80), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
)  # fmt: skip
updates = sa.Table(
    "updates", metadata,
    # the key comes first in the index; in the row the wide columns do, so that PostgreSQL pads nothing
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("stream", sa.Integer, nullable=False),
    sa.Column("actor", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.PrimaryKeyConstraint("stream", "seq"),
    sqlite_with_rowid=False,
)  # fmt: skip
names = sa.Table(
    "names", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False, unique=True),
)  # fmt: skip
texts = sa.Table(
    "texts", metadata,
    sa.Column("text_id", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(200), nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
)  # fmt: skip
marks = sa.Table(
    "marks", metadata,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)  # fmt: skip
