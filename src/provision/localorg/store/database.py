"""The SQLite file: one connection, one lock, and transactions that survive ``kill -9``."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from provision.errors import CannotError
from provision.localorg.store.ids import id_of

__all__ = ["Database", "Savepoint", "SqlValue"]

SqlValue: TypeAlias = str | int | float | None

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sequence (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS org (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, position INTEGER NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
    org TEXT NOT NULL, object TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (org, object, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS username (
    username TEXT PRIMARY KEY COLLATE NOCASE, org TEXT NOT NULL, user TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS component (
    org TEXT NOT NULL, type TEXT NOT NULL, full_name TEXT NOT NULL COLLATE NOCASE,
    parent TEXT NOT NULL COLLATE NOCASE, id TEXT NOT NULL, body TEXT NOT NULL,
    created REAL NOT NULL, created_by TEXT NOT NULL,
    modified REAL NOT NULL, modified_by TEXT NOT NULL,
    PRIMARY KEY (org, type, full_name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS component_parent ON component (org, parent);
CREATE TABLE IF NOT EXISTS superseded (
    org TEXT NOT NULL, type TEXT NOT NULL, parent TEXT NOT NULL COLLATE NOCASE,
    body TEXT NOT NULL, until REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS superseded_parent ON superseded (org, type, parent);
CREATE TABLE IF NOT EXISTS consumer (
    id TEXT PRIMARY KEY, org TEXT NOT NULL, app TEXT NOT NULL,
    key TEXT UNIQUE, secret TEXT, minted REAL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS staged (
    id TEXT PRIMARY KEY, consumer TEXT NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE,
    secret TEXT NOT NULL, state TEXT NOT NULL, created REAL NOT NULL, created_by TEXT NOT NULL,
    expires REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS token (
    hash TEXT PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, org TEXT NOT NULL,
    app TEXT NOT NULL, user TEXT NOT NULL, scopes TEXT NOT NULL, format TEXT NOT NULL,
    issued REAL NOT NULL, used REAL NOT NULL, first_issued REAL NOT NULL, parent TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS token_app ON token (org, app, user);
CREATE TABLE IF NOT EXISTS rotated (
    hash TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, org TEXT NOT NULL, app TEXT NOT NULL,
    successor TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS code (
    hash TEXT PRIMARY KEY, org TEXT NOT NULL, app TEXT NOT NULL, user TEXT NOT NULL,
    scopes TEXT NOT NULL, redirect TEXT NOT NULL, challenge TEXT NOT NULL, issued REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS approval (
    org TEXT NOT NULL, app TEXT NOT NULL, user TEXT NOT NULL, PRIMARY KEY (org, app, user)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS job (
    id TEXT PRIMARY KEY, org TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, zip BLOB
) WITHOUT ROWID;
"""


class Savepoint:
    """A point in a transaction. :meth:`undo` goes back to it."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    def undo(self) -> None:
        """Undo everything written since the savepoint."""
        self._database.execute(f"ROLLBACK TO {self._name}")


class Database:
    """State in one SQLite file, readable by its owner alone.

    There is one connection behind one lock. An org answers one request at a time, so everybody
    sees a deploy as one transaction. In WAL mode a killed process loses nothing that was
    committed.
    """

    def __init__(self, path: Path) -> None:
        """Open a file. Raises :class:`CannotError` if it cannot be used, or is not a database."""
        try:
            self._open(path)
        except (OSError, sqlite3.Error) as error:
            raise CannotError(
                f"cannot use {path} as the database of the local org: {error}",
                next_step="Run `provision localorg reset` to start again, or choose a --database.",
            ) from error

    def _open(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The file contains consumer secrets, so it is made readable for its owner alone.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA busy_timeout = 5000")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction: committed at the end, rolled back on any exception.

        Inside another transaction it is a savepoint of that one.
        """
        with self._lock:
            if self._depth > 0:
                with self.savepoint():
                    yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            else:
                self._connection.execute("COMMIT")
            finally:
                self._depth = 0

    @contextmanager
    def savepoint(self) -> Iterator[Savepoint]:
        """A part of a transaction that can be undone alone. An exception undoes it."""
        name = f"s{self._depth}"
        self._depth += 1
        self._connection.execute(f"SAVEPOINT {name}")
        try:
            yield Savepoint(self, name)
        except BaseException:
            self._connection.execute(f"ROLLBACK TO {name}")
            raise
        finally:
            self._connection.execute(f"RELEASE {name}")
            self._depth -= 1

    def execute(self, sql: str, values: Sequence[SqlValue | bytes] = ()) -> int:
        """Run one statement. Returns how many rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def rows(self, sql: str, values: Sequence[SqlValue] = ()) -> list[tuple[SqlValue, ...]]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def blob(self, sql: str, values: Sequence[SqlValue] = ()) -> bytes:
        """The one blob that a query finds, or empty bytes."""
        row = self._connection.execute(sql, values).fetchone()
        return bytes(row[0]) if row and row[0] is not None else b""

    def new_id(self, prefix: str) -> str:
        """The next record id with a key prefix. Each is unique in the file."""
        return id_of(prefix, self._next("id"))

    def _next(self, name: str) -> int:
        self.execute("INSERT OR IGNORE INTO sequence VALUES (?, 1)", (name,))
        self.execute("UPDATE sequence SET next = next + 1 WHERE name = ?", (name,))
        [(number,)] = self.rows("SELECT next FROM sequence WHERE name = ?", (name,))
        return int(number or 0)

    def setting(self, name: str) -> str | None:
        """A value stored by :meth:`keep`, or ``None``."""
        found = self.rows("SELECT value FROM setting WHERE name = ?", (name,))
        return str(found[0][0]) if found else None

    def keep(self, name: str, value: str) -> None:
        """Store a named value."""
        self.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def clear(self) -> None:
        """Delete everything."""
        tables = self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (name,) in tables:
            self.execute(f"DELETE FROM {name}")  # a table of the schema above
