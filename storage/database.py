"""Opens the store: SQLite in WAL mode with one writer, migrated to the newest schema, every failure in plain words."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from configs.errors import BadInput, StudioError, Unavailable

SCHEMA_VERSION = "0006"  # the newest file in migrations/versions; a test holds the two together
MIGRATIONS = Path(__file__).parent / "migrations"
BACKUPS_KEPT = 3


class Database:
    """One writer connection behind a lock, and a pool of readers that never block it.

    A write is one `BEGIN IMMEDIATE` transaction that has reached the disk (`synchronous=FULL`) when `write` returns.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.path = Path(make_url(url).database or "")
        self._lock = threading.RLock()
        self._writer: Connection | None = None
        self._write_engine = create_engine(url, poolclass=QueuePool, pool_size=1, connect_args={"check_same_thread": False})
        self._read_engine = create_engine(
            url, poolclass=QueuePool, pool_size=16, max_overflow=32, connect_args={"check_same_thread": False},
            isolation_level="AUTOCOMMIT",
        )  # fmt: skip
        event.listen(self._write_engine, "connect", _prepare_writer)
        event.listen(self._write_engine, "begin", _begin_immediate)
        event.listen(self._read_engine, "connect", _prepare_reader)

    def open(self) -> None:
        """Connects, checks that the file is sound, and brings the schema up to date (after a backup)."""
        with self._plain_words():
            with self._write_engine.connect() as connection:
                verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() if self._is_small() else "ok"
                if verdict != "ok":
                    raise Unavailable(f"The database {self.path} is damaged: {verdict}.", self._damage_remedy(), "database_damaged")
                found = _schema_version(connection)
            if found != SCHEMA_VERSION:
                self._migrate(found)
            self._writer = self._write_engine.connect()

    @property
    def is_open(self) -> bool:
        """Whether it can be written."""
        return self._writer is not None

    def close(self) -> None:
        """Folds the write-ahead log into the database and closes every connection."""
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            self._write_engine.dispose()
            self._read_engine.dispose()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction of the only writer; committed and on disk when the block ends, undone if it raises."""
        with self._lock, self._plain_words():
            if self._writer is None:
                raise Unavailable("The studio is closing.", "Start it again and repeat the request.")
            with self._writer.begin():
                yield self._writer

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; sees everything committed before it, never waits for the writer."""
        with self._plain_words(), self._read_engine.connect() as connection:
            yield connection

    def backup(self, target: Path) -> None:
        """Writes a consistent copy of the database to ``target``."""
        try:
            with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
        except BaseException:
            target.unlink(missing_ok=True)
            raise

    def _migrate(self, found: str | None) -> None:
        from storage.migrations.upgrade import known_versions, upgrade

        if found is not None:
            if found not in known_versions():
                raise Unavailable(
                    f"The database {self.path} was written by a newer studio (schema {found}, this one knows {SCHEMA_VERSION}).",
                    "Update the studio, or give another folder with --data-dir.", "database_newer",
                )  # fmt: skip
            self.backup(self.path.with_name(f"{self.path.name}.{found}.{time.time_ns()}.bak"))
            for old in sorted(self.path.parent.glob(f"{self.path.name}.*.bak"))[:-BACKUPS_KEPT]:
                old.unlink()
        with self._write_engine.connect() as connection:
            upgrade(connection)

    def _is_small(self) -> bool:
        return self.path.exists() and self.path.stat().st_size < 32 * 2**20

    def _damage_remedy(self) -> str:
        backups = sorted(self.path.parent.glob(f"{self.path.name}.*.bak"))
        restore = f" The newest backup is {backups[-1].name}." if backups else ""
        return f"Nothing was changed. Move {self.path.name} out of {self.path.parent} to start afresh; your media and blobs stay.{restore}"

    @contextmanager
    def _plain_words(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, DatabaseError, sqlite3.DatabaseError) as error:
            raise self._explain(error) from error
        except UnicodeEncodeError as error:
            raise BadInput(f"{error.object!a} holds half a character and is no text.", "Rename it, or write it anew.") from error
        except OverflowError as error:
            raise BadInput("A number is larger than the database can hold.", "Give one of less than 19 digits.") from error

    def _explain(self, error: Exception) -> StudioError:
        cause = str(getattr(error, "orig", None) or error)
        folder = self.path.parent
        if "disk is full" in cause or "disk I/O error" in cause:
            free = shutil.disk_usage(folder).free // 2**20 if folder.exists() else 0
            return Unavailable(
                f"The disk of {folder} is full or failing ({free} MiB free).", "Free some space; queued jobs are kept.", "disk_full"
            )
        if "locked" in cause or "busy" in cause:
            return Unavailable(
                f"Another program holds the database {self.path}.", "Close it, then repeat; queued jobs are kept.", "database_locked"
            )
        if "readonly" in cause or "read-only" in cause:
            return Unavailable(f"The data folder {folder} is read-only.", "Make it writable, or give another with --data-dir.", "read_only")
        if "unable to open" in cause:
            return Unavailable(
                f"The database {self.path} cannot be opened.", "Check that the folder exists and is yours.", "database_unreadable"
            )
        if "malformed" in cause or "not a database" in cause or "corrupt" in cause:
            return Unavailable(f"The database {self.path} is damaged: {cause}.", self._damage_remedy(), "database_damaged")
        return StudioError(f"The database {self.path} refused: {cause}.", "Run `python3 launch.py doctor`.", "database_error")


def _schema_version(connection: Connection) -> str | None:
    if not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").scalar():
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _prepare_writer(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by hand, as BEGIN IMMEDIATE
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA busy_timeout = 5000")
    # 8,000 pages: a checkpoint, which syncs the main file too, comes once in many hundred commits instead of in every hundredth.
    cursor.execute("PRAGMA wal_autocheckpoint = 8000")
    cursor.execute("PRAGMA cache_size = -32000")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.connection.cursor().execute("BEGIN IMMEDIATE")  # on the driver itself: SQLAlchemy's own way takes longer than the write


def _prepare_reader(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.execute("PRAGMA query_only = ON")
    cursor.execute("PRAGMA cache_size = -8000")
    cursor.close()
