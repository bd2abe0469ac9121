"""Opening, migrating, one writer, and plain words for every failure."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text

from configs.errors import StudioError, Unavailable
from storage.database import BACKUPS_KEPT, SCHEMA_VERSION, Database
from storage.migrations.upgrade import known_versions, newest_version
from storage.tables import metadata, projects


def test_a_new_database_has_the_newest_schema(database: Database) -> None:
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == SCHEMA_VERSION
        assert connection.execute(select(projects.c.id)).scalars().all() == ["default"]
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


def test_the_version_constant_is_the_newest_migration() -> None:
    assert newest_version() == SCHEMA_VERSION
    assert SCHEMA_VERSION in known_versions()


def test_the_tables_and_the_migrations_agree(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.read() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    # SQLite's own tables of the search index are not ours, and expression indexes cannot be compared.
    real = [change for change in found if "artifact_search" not in repr(change) and "jobs_claim" not in repr(change)]
    assert real == []


def test_writes_reach_the_disk_before_the_block_ends(database: Database) -> None:
    with database.write() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        connection.execute(projects.insert(), {"id": "p", "name": "P", "created_at": 0})
    with sqlite3.connect(database.path) as other:
        assert other.execute("SELECT name FROM projects WHERE id = 'p'").fetchone() == ("P",)


def test_a_failing_block_leaves_nothing(database: Database) -> None:
    def fail_half_way() -> None:
        with database.write() as connection:
            connection.execute(projects.insert(), {"id": "p", "name": "P", "created_at": 0})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with database.read() as connection:
        assert connection.execute(select(projects.c.id)).scalars().all() == ["default"]


def test_readers_do_not_wait_for_the_writer(database: Database) -> None:
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with database.write() as connection:
            connection.execute(projects.insert(), {"id": "p", "name": "P", "created_at": 0})
            inside.set()
            leave.wait(10)

    writer = threading.Thread(target=hold)
    writer.start()
    assert inside.wait(10)
    with database.read() as connection:
        assert connection.execute(select(projects.c.id)).scalars().all() == ["default"]
    leave.set()
    writer.join()


def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(StudioError), database.read() as connection:
        connection.execute(projects.insert(), {"id": "p", "name": "P", "created_at": 0})


def test_after_closing_a_write_says_so(database: Database) -> None:
    database.close()
    with pytest.raises(Unavailable, match="closing"), database.write():
        pass


def test_a_newer_schema_is_refused_unchanged(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(Unavailable, match="newer studio") as caught:
        Database(database.url).open()
    assert caught.value.code == "database_newer"


@pytest.mark.parametrize("content", [b"this is not a database, it is a letter to my aunt" * 100, b"SQLite format 3\x00" + b"\xff" * 8000])
def test_garbage_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "studio.db"
    path.write_bytes(content)
    with pytest.raises(Unavailable, match="damaged") as caught:
        Database(f"sqlite:///{path}").open()
    assert str(tmp_path) in caught.value.remedy
    assert path.read_bytes() == content


def test_an_older_schema_is_backed_up_before_it_is_upgraded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from storage.migrations import upgrade as upgrade_module

    called: list[object] = []
    monkeypatch.setattr(upgrade_module, "known_versions", lambda: {"0000", SCHEMA_VERSION})
    monkeypatch.setattr(upgrade_module, "upgrade", called.append)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    database.close()
    for _ in range(BACKUPS_KEPT + 2):
        again = Database(database.url)
        again.open()
        again.close()
    backups = list(database.path.parent.glob("studio.db.0000.*.bak"))
    assert len(called) == BACKUPS_KEPT + 2
    assert len(backups) == BACKUPS_KEPT
    with sqlite3.connect(backups[0]) as copy:
        assert copy.execute("SELECT id FROM projects").fetchall() == [("default",)]
