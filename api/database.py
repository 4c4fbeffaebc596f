"""The database: opened with our pragmas, at the newest schema from its first use, changed by one writer at a time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from peewee import DatabaseError, DatabaseProxy, Model, OperationalError, SqliteDatabase
from playhouse.migrations import Runner

from api.config import Config
from api.errors import ForeignDatabase, StoreError

APPLICATION_ID = 0x50B00C01  # in the SQLite file's header: this database is ours
SCHEME = "sqlite:///"
MIGRATIONS = Path(__file__).parent / "migrations"
CONNECT_TRIES = 50  # a tenth of a second apart

database = DatabaseProxy()


class Sourcebook(SqliteDatabase):
    """A database that a process brings to the newest schema before it asks anything of it.

    Several processes and threads may do so at once: what another one has applied is passed over.
    """

    prepared = False

    def connect(self, reuse_if_open: bool = False) -> bool:
        """Whether this thread had no connection and has one now.

        Raises StoreError where the database cannot be used; ForeignDatabase, having written nothing, for a
        file that another program made.
        """
        if self.prepared:
            return bool(super().connect(reuse_if_open))
        name = self.database
        try:
            _check_ours(name)
            made = self._connect_in_time(reuse_if_open)
            runner = Runner(self, directory=str(MIGRATIONS), table_name="migration")
            scripts = runner.status()
            if any(script.path is None for script in scripts):
                self.close()
                raise StoreError(f"{name}: a newer Sourcebook made this database; nothing was changed in it")
            if any(script.applied is None for script in scripts):
                self._migrate(runner)
        except (DatabaseError, sqlite3.Error) as error:
            self.close()
            raise StoreError(f"{name}: the database cannot be used: {error}") from error
        self.prepared = True
        return made

    def _connect_in_time(self, reuse_if_open: bool) -> bool:
        """Connect; try again where another process is turning a new file to WAL, for which SQLite does not wait."""
        for attempt in range(CONNECT_TRIES):
            try:
                return bool(super().connect(reuse_if_open))
            except OperationalError as error:
                if "locked" not in str(error) or attempt == CONNECT_TRIES - 1:
                    raise
                self.close()
                time.sleep(0.1)
        return False

    def _migrate(self, runner: Runner) -> None:
        """Apply what is pending once the write lock is held.

        Foreign keys are off meanwhile, as they must be where a table is made anew (SQLite, ALTER TABLE, section
        7); that can only be said before the transaction.
        """
        self.execute_sql("PRAGMA foreign_keys = 0")
        try:
            with self.atomic("IMMEDIATE"):
                self.execute_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                runner.up()
        finally:
            self.execute_sql("PRAGMA foreign_keys = 1")


def open_database(config: Config) -> Sourcebook:
    """The database that the settings name, bound to the tables; no file is touched before its first use.

    Connections are kept by thread. Raises StoreError for an address that we cannot read.
    """
    opened = Sourcebook(
        _path(config.database_url),
        pragmas={
            "foreign_keys": 1,
            "journal_mode": "wal",
            "synchronous": "normal",  # a power cut may lose the last load, never the file
            "busy_timeout": int(config.busy_timeout_s * 1000),
            "cache_size": -config.cache_kib,
            "mmap_size": config.mmap_mib * 2**20,
            "temp_store": "memory",
        },
        timeout=config.busy_timeout_s,
    )
    database.initialize(opened)
    return opened


def prepare() -> None:
    """Use the open database for the first time now: make it, or bring it to the newest schema.

    Raises what ``Sourcebook.connect`` does.
    """
    database.connect(reuse_if_open=True)


@contextmanager
def change() -> Iterator[None]:
    """A transaction that holds the write lock from its start; it counts as one new generation."""
    with database.atomic("IMMEDIATE"):
        yield
        database.execute_sql("UPDATE state SET generation = generation + 1")


@contextmanager
def one_state() -> Iterator[None]:
    """What is read within is one state of the database, whatever others write meanwhile."""
    with database.atomic():
        yield


def insert(table: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows, all of the same fields, by one prepared statement.

    Peewee's ``insert_many`` builds its SQL anew each time, which takes ten times as long as the insertion.
    """
    batch = list(rows)
    if not batch:
        return
    sql, names, defaults = _insertion(table, tuple(batch[0]))  # type: ignore[arg-type]
    database.cursor().executemany(sql, [[*map(row.__getitem__, names), *defaults] for row in batch])


@cache
def _insertion(table: type[Model], names: tuple[str, ...]) -> tuple[str, tuple[str, ...], tuple[Any, ...]]:
    """The statement, the fields whose values it takes, and the values of the fields with defaults after them."""
    fields = table._meta.fields
    defaults = {name: value for name, value in table._meta.get_default_dict().items() if name not in names}
    columns = ", ".join(f'"{fields[name].column_name}"' for name in (*names, *defaults))
    places = ", ".join([database.param] * (len(names) + len(defaults)))
    sql = f'INSERT INTO "{table._meta.table_name}" ({columns}) VALUES ({places})'
    return sql, names, tuple(defaults.values())


def next_key(table: type[Model]) -> int:
    """The next free key; for the holder of the write lock, so that nobody else takes it."""
    row = database.execute_sql(f'SELECT max(pk) FROM "{table._meta.table_name}"').fetchone()
    return (row[0] or 0) + 1


def generation() -> int:
    """How many changes the database has seen: what was read at an equal number is still true."""
    return int(database.execute_sql("SELECT generation FROM state").fetchone()[0])


def _path(url: str) -> str:
    """The file of an address; its spelling is that of Peewee and SQLAlchemy: four slashes begin an absolute path.

    >>> _path("sqlite:///sourcebook.db"), _path("sqlite:////var/lib/sourcebook.db")
    ('sourcebook.db', '/var/lib/sourcebook.db')
    """
    path = url.removeprefix(SCHEME)
    if path == url or not path:
        raise StoreError(f"{url!r}: not the address of a database; one looks like {SCHEME}sourcebook.db")
    return path


def _check_ours(name: str) -> None:
    path = Path(name)
    if not path.exists() or path.stat().st_size == 0:
        return
    if path.is_dir():
        raise ForeignDatabase(f"{name}: a folder, not a database")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        found = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise ForeignDatabase(f"{name}: not a database of ours ({error})") from error
    finally:
        connection.close()
    if tables and found != APPLICATION_ID:
        raise ForeignDatabase(f"{name}: a database that another program made; nothing was changed in it")
