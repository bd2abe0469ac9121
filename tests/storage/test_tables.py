"""The tables: what must be unique is, what is looked up has its index, what is derived from rules follows them."""

from __future__ import annotations

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from configs.errors import StudioError
from storage import tables
from storage.database import Database

ALL = {
    "answers",
    "api_keys",
    "projects",
    "jobs",
    "steps",
    "published",
    "log_lines",
    "counters",
    "artifacts",
    "artifact_inputs",
    "reviews",
    "edits",
    "board_items",
    "boards",
    "characters",
    "edit_steps",
    "favourites",
    "pictures_found",
}


def test_the_whole_set() -> None:
    assert set(tables.metadata.tables) == ALL


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=str)
def test_a_table_compiles_for_sqlite_and_has_a_key(table: Table) -> None:
    assert str(CreateTable(table).compile(dialect=sqlite.dialect())).strip().startswith("CREATE TABLE")
    assert list(table.primary_key.columns)


def test_the_index_of_the_claim_holds_only_what_waits() -> None:
    index = next(index for index in tables.jobs.indexes if index.name == "jobs_claim")
    sql = str(CreateIndex(index).compile(dialect=sqlite.dialect()))
    assert sql.endswith("WHERE state = 'queued'")
    assert "priority DESC, seq" in sql


def insert_artifact(database: Database, identity: str, job_id: str | None) -> None:
    with database.write() as connection:
        connection.execute(
            tables.artifacts.insert().values(
                id=identity, name="report.html", kind="document", role="result", media_type="text/html", size_bytes=1,
                content_hash="0" * 64, project_id="p-1", job_id=job_id, meta="{}", created_at=0.0,
            )
        )  # fmt: skip


def test_a_job_cannot_have_two_artifacts_of_one_name(database: Database) -> None:
    insert_artifact(database, "a-1", "j-1")
    insert_artifact(database, "a-2", "j-2")
    with pytest.raises(StudioError, match="UNIQUE"):
        insert_artifact(database, "a-3", "j-1")


def test_files_that_were_given_may_share_a_name(database: Database) -> None:
    insert_artifact(database, "a-1", None)
    insert_artifact(database, "a-2", None)


def test_every_foreign_key_leads_to_a_whole_key() -> None:
    for table in tables.metadata.sorted_tables:
        for key in table.foreign_keys:
            target = key.column
            assert target.primary_key or target.unique, f"{table.name}.{key.parent.name}"
