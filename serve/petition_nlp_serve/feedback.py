"""Corrected labels from the page and the API, kept durably: SQLite in WAL mode, or PostgreSQL by URL.

An item is on disk before the client hears of it. Texts are personal data: they leave the store by export on the
command line only, by retention, or by deletion.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from petition_nlp.errors import InputError, PetitionError, importable


class Conflict(PetitionError):
    """An item of that id is there already, for another text."""


class FeedbackStore:
    """A store of feedback. Safe to use from several processes; use one object in one thread at a time."""

    def __init__(self, url: str) -> None:
        """Open or create the store.

        Args:
            url: SQLAlchemy URL.

        Raises:
            InputError: the URL is wrong, the driver is missing, or the database cannot be reached.
        """
        sql = importable("sqlalchemy", "serve")
        self._sql = sql
        where = url.rsplit("@", 1)[-1]  # no password in messages
        try:
            parsed = sql.engine.make_url(url)
            if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
                path = Path(str(parsed.database))
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._engine = sql.create_engine(parsed, pool_pre_ping=True)
            if parsed.get_backend_name() == "sqlite":
                sql.event.listen(self._engine, "connect", _prepare_sqlite)
            table = sql.Table(
                "petition_feedback",
                sql.MetaData(),
                sql.Column("id", sql.String(64), primary_key=True),
                sql.Column("created", sql.String(32), nullable=False, index=True),
                sql.Column("source", sql.String(64)),
                sql.Column("text_sha256", sql.String(64), nullable=False, index=True),
                sql.Column("text", sql.Text, nullable=False),
                sql.Column("labels", sql.Text, nullable=False),
                sql.Column("comment", sql.Text),
                sql.Column("model", sql.String(200)),
            )
            table.metadata.create_all(self._engine)
        except (sql.exc.SQLAlchemyError, ImportError, OSError) as error:
            raise InputError(
                f"feedback store {where}: cannot be opened ({type(error).__name__}); check URL, driver and rights"
            ) from error
        self._table: Any = table

    def add(
        self,
        text: str,
        labels: dict[str, Any],
        *,
        id: str | None = None,
        source: str | None = None,
        comment: str | None = None,
        model: str | None = None,
    ) -> tuple[str, bool]:
        """Store one item; when this returns, it is on disk. Returns (id, whether it is new).

        An id given twice for the same text replaces the labels, so that clients may safely try again.

        Raises:
            Conflict: the id is another text's.
        """
        table, ident = self._table, id or uuid.uuid4().hex
        row = {
            "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "source": source,
            "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
            # PostgreSQL has no NUL in text; JSON has a way to write it.
            "text": json.dumps(text, ensure_ascii=False),
            "labels": json.dumps(labels, ensure_ascii=False),
            "comment": None if comment is None else json.dumps(comment, ensure_ascii=False),
            "model": model,
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(table.insert().values(id=ident, **row))
            return ident, True
        except self._sql.exc.IntegrityError:
            same = (table.c.id == ident) & (table.c.text_sha256 == row["text_sha256"])
            with self._engine.begin() as connection:
                if not connection.execute(table.update().where(same).values(**row)).rowcount:
                    raise Conflict("that id belongs to another text") from None
            return ident, False

    def delete(self, id: str) -> bool:
        """Delete one item. Returns whether it was there."""
        return self._delete(self._table.c.id == id) > 0

    def purge(self, days: int) -> int:
        """Delete what is older than that many days. Returns how many items."""
        limit = datetime.now(timezone.utc) - timedelta(days=days)
        return self._delete(self._table.c.created < limit.isoformat(timespec="seconds"))

    def count(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(self._sql.select(self._sql.func.count()).select_from(self._table)).scalar())

    def items(self) -> Iterator[dict[str, Any]]:
        """All items, oldest first, with ``text`` and ``labels`` decoded."""
        order = self._sql.select(self._table).order_by(self._table.c.created, self._table.c.id)
        with self._engine.connect().execution_options(yield_per=500) as connection:
            for row in connection.execute(order).mappings():
                comment = row["comment"]
                yield {
                    **row,
                    "text": json.loads(row["text"]),
                    "labels": json.loads(row["labels"]),
                    "comment": None if comment is None else json.loads(comment),
                }

    def close(self) -> None:
        self._engine.dispose()

    def _delete(self, condition: Any) -> int:
        with self._engine.begin() as connection:
            gone = int(connection.execute(self._table.delete().where(condition)).rowcount)
        if gone and self._engine.dialect.name == "sqlite":
            # What was deleted should not live on in the write-ahead log.
            with self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
