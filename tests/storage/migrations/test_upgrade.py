"""Migrations run whole or not at all, on the connection they are given."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from storage import reviews, tables
from storage.database import SCHEMA_VERSION, Database
from storage.migrations import upgrade as module
from storage.migrations.upgrade import known_versions, newest_version, upgrade


def test_the_newest_version_is_known_and_is_the_studios() -> None:
    assert newest_version() in known_versions()
    assert newest_version() == SCHEMA_VERSION


def test_every_version_has_its_script() -> None:
    scripts = {file.name.split("_")[0] for file in (Path(module.__file__).parent / "versions").glob("[0-9]*.py")}
    assert scripts == known_versions()


def test_an_empty_database_gets_every_table(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with engine.connect() as connection:
        upgrade(connection)
    with engine.connect() as connection:
        assert set(tables.metadata.tables) < set(inspect(connection).get_table_names())
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == newest_version()
    engine.dispose()


def test_running_it_again_changes_nothing(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'new.db'}")
    for _ in range(2):
        with engine.connect() as connection:
            upgrade(connection)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    engine.dispose()


def test_it_needs_no_particular_working_directory(tmp_path: Path, working_directory: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with engine.connect() as connection:
        upgrade(connection)
    engine.dispose()
    assert list(working_directory.iterdir()) == []


def test_a_migration_that_fails_leaves_the_version_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'new.db'}")

    class Broken:
        def _upgrade_revs(self, _to: str, _since: object) -> list[object]:
            raise RuntimeError("out of space")

    scripts = module._scripts()
    monkeypatch.setattr(scripts, "_upgrade_revs", Broken()._upgrade_revs)
    monkeypatch.setattr(module, "_scripts", lambda: scripts)
    with engine.connect() as connection, pytest.raises(RuntimeError, match="out of space"):
        upgrade(connection)
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    engine.dispose()


def test_a_first_schema_with_rows_in_it_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "studio.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        module.upgrade(connection, "0001")
        assert "reviews" not in inspect(connection).get_table_names()
    job = "'j-1', 'video.analyze', 'Analyze', 'succeeded', 'cpu', 0, '{}', 'default', 1.0"
    clip = "'a-1', 'clip.mp4', 'video', 'source', 'video/mp4', 5, 'abc', 'default', '{}', 1.0"
    with engine.begin() as connection:
        names = "id, capability, title, state, lane, priority, request, project_id, created_at"
        connection.execute(text(f"INSERT INTO jobs ({names}) VALUES ({job})"))
        names = "id, name, kind, role, media_type, size_bytes, content_hash, project_id, meta, created_at"
        connection.execute(text(f"INSERT INTO artifacts ({names}) VALUES ({clip})"))
        before = {name: connection.execute(text(f"SELECT * FROM {name}")).all() for name in ("projects", "jobs", "artifacts", "counters")}
    engine.dispose()
    database = Database(f"sqlite:///{path}")
    database.open()
    with database.read() as connection:
        after = {name: connection.execute(text(f"SELECT * FROM {name}")).all() for name in before}
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == SCHEMA_VERSION
    assert after == before
    assert reviews.append(database, "a-1", {"op": "split", "frame": 3}, "").revision == 1
    database.close()
    assert list(tmp_path.glob("studio.db.0001.*.bak"))
