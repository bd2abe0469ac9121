"""Runs Alembic on an open connection; imported only when the schema is not the newest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

HERE = Path(__file__).parent


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def known_versions() -> set[str]:
    """Every schema version that this studio can start from."""
    return {script.revision for script in _scripts().walk_revisions()}


def newest_version() -> str:
    """The version that `upgrade` ends at."""
    return str(_scripts().get_current_head())


def upgrade(connection: Connection, target: str = "head") -> None:
    """Brings the database on ``connection`` to the newest version (or to ``target``), in one transaction."""
    scripts = _scripts()

    def steps(revision: str, _context: MigrationContext) -> Any:
        return scripts._upgrade_revs(target, revision)

    with EnvironmentContext(Config(), scripts, fn=steps) as environment, connection.begin():
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()
