"""Migrations run whole or not at all, on the connection they are given."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from storage import tables
from storage.database import SCHEMA_VERSION
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
