"""The first schema: jobs with steps and partial results, artifacts with lineage and search, counters kept by triggers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes every table, index, trigger and the default project."""
    _make_jobs()
    _make_job_details()
    _make_artifacts()
    _make_counters()
    _make_search()
    op.execute("INSERT INTO projects (id, name, created_at) VALUES ('default', 'My studio', CAST(strftime('%s','now') AS REAL))")


def _text(name: str, nullable: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


def _integer(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0"))


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text("0"))


def _make_jobs() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_table(
        "jobs",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        _text("capability"), _text("title"), _text("state"), _text("lane"),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("progress", sa.Float, nullable=False, server_default=sa.text("0")),
        _text("message", default=""),
        sa.Column("eta_s", sa.Float),
        _integer("attempt"), _text("engine", default=""),
        _text("request"), _text("result", True), _text("error", True),
        _text("parent_id", True), _text("child_key", True), _text("project_id"), _text("cache_key", True), _text("checkpoint", True),
        _flag("cancel_requested"), _integer("charges"), _integer("deaths"), _flag("alone"), _text("thumbnail_id", True),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("started_at", sa.Float),
        sa.Column("finished_at", sa.Float),
    )  # fmt: skip
    op.execute("CREATE INDEX jobs_claim ON jobs (lane, alone, priority DESC, seq) WHERE state = 'queued'")
    op.create_index("jobs_by_state", "jobs", ["state", "seq"])
    op.create_index("jobs_by_capability", "jobs", ["capability", "state", "seq"])
    op.create_index("jobs_by_project", "jobs", ["project_id", "state", "seq"])
    op.create_index("jobs_by_project_capability", "jobs", ["project_id", "capability", "state", "seq"])
    op.execute("CREATE INDEX jobs_by_parent ON jobs (parent_id, child_key) WHERE parent_id IS NOT NULL")
    op.execute("CREATE INDEX jobs_by_parent_age ON jobs (parent_id, seq) WHERE parent_id IS NOT NULL")
    op.execute("CREATE INDEX jobs_by_cache_key ON jobs (cache_key) WHERE cache_key IS NOT NULL")


def _make_job_details() -> None:
    op.create_table(
        "steps",
        sa.Column("job_id", sa.Text, sa.ForeignKey("jobs.id"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        _text("value"),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_table(
        "published",
        sa.Column("job_id", sa.Text, sa.ForeignKey("jobs.id"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        _text("value"),
    )
    op.create_table(
        "log_lines",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("job_id", sa.Text, sa.ForeignKey("jobs.id"), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        _text("line"),
    )
    op.create_index("log_lines_by_job", "log_lines", ["job_id", "id"])


def _make_artifacts() -> None:
    op.create_table(
        "artifacts",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        _text("name"), _text("kind"), _text("role"), _text("media_type"),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        _text("content_hash"), _text("external_path", True),
        sa.Column("modified_ns", sa.Integer),
        _text("project_id"), _text("job_id", True), _text("meta"),
        sa.Column("created_at", sa.Float, nullable=False),
    )  # fmt: skip
    op.execute("CREATE UNIQUE INDEX artifacts_by_job ON artifacts (job_id, name) WHERE job_id IS NOT NULL")
    op.create_index("artifacts_by_hash", "artifacts", ["content_hash"])
    op.execute("CREATE INDEX artifacts_by_path ON artifacts (external_path) WHERE external_path IS NOT NULL")
    op.create_index("artifacts_by_role", "artifacts", ["role", "kind", "seq"])
    op.create_index("artifacts_by_project", "artifacts", ["project_id", "role", "kind", "seq"])
    op.create_table(
        "artifact_inputs",
        sa.Column("artifact_id", sa.Text, sa.ForeignKey("artifacts.id"), primary_key=True),
        sa.Column("input_id", sa.Text, primary_key=True),
    )
    op.create_index("artifact_inputs_by_input", "artifact_inputs", ["input_id"])


def _make_counters() -> None:
    op.create_table(
        "counters",
        sa.Column("project_id", sa.Text, primary_key=True),
        sa.Column("lane", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, primary_key=True),
        sa.Column("jobs", sa.Integer, nullable=False),
    )
    up = (
        "INSERT INTO counters VALUES (new.project_id, new.lane, new.state, 1)"
        " ON CONFLICT (project_id, lane, state) DO UPDATE SET jobs = jobs + 1;"
    )
    down = "UPDATE counters SET jobs = jobs - 1 WHERE project_id = old.project_id AND lane = old.lane AND state = old.state;"
    op.execute(f"CREATE TRIGGER count_insert AFTER INSERT ON jobs BEGIN {up} END")
    op.execute(f"CREATE TRIGGER count_update AFTER UPDATE OF state ON jobs WHEN old.state <> new.state BEGIN {down} {up} END")
    op.execute(f"CREATE TRIGGER count_delete AFTER DELETE ON jobs BEGIN {down} END")


def _make_search() -> None:
    op.execute("CREATE VIRTUAL TABLE artifact_search USING fts5(name, content='artifacts', content_rowid='seq', tokenize='trigram')")
    op.execute(
        "CREATE TRIGGER search_insert AFTER INSERT ON artifacts WHEN new.role <> 'support'"
        " BEGIN INSERT INTO artifact_search (rowid, name) VALUES (new.seq, new.name); END"
    )
    op.execute(
        "CREATE TRIGGER search_delete AFTER DELETE ON artifacts WHEN old.role <> 'support'"
        " BEGIN INSERT INTO artifact_search (artifact_search, rowid, name) VALUES ('delete', old.seq, old.name); END"
    )
