"""The tables, as SQLAlchemy Core knows them; `storage/migrations` makes them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, text

metadata = MetaData()

projects = Table(
    "projects", metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", Float, nullable=False),
)  # fmt: skip

jobs = Table(
    "jobs", metadata,
    Column("seq", Integer, primary_key=True),  # SQLite's rowid: the order of arrival and the keyset cursor
    Column("id", Text, nullable=False, unique=True),
    Column("capability", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("progress", Float, nullable=False, server_default=text("0")),
    Column("message", Text, nullable=False, server_default=""),
    Column("eta_s", Float),
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("engine", Text, nullable=False, server_default=""),
    Column("request", Text, nullable=False),
    Column("result", Text),
    Column("error", Text),
    Column("parent_id", Text),
    Column("child_key", Text),
    Column("project_id", Text, nullable=False),
    Column("cache_key", Text),
    Column("checkpoint", Text),
    Column("cancel_requested", Boolean, nullable=False, server_default=text("0")),
    Column("charges", Integer, nullable=False, server_default=text("0")),  # worker deaths since the last step
    Column("deaths", Integer, nullable=False, server_default=text("0")),  # studio deaths since the last step
    Column("alone", Boolean, nullable=False, server_default=text("0")),  # runs last, with nothing beside it
    Column("thumbnail_id", Text),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    # The claim reads exactly this index and nothing else; it holds only what waits, so it stays small.
    Index("jobs_claim", "lane", "alone", text("priority DESC"), "seq", sqlite_where=text("state = 'queued'")),
    # Every listing is equality on a prefix of one of these, then seq; see `storage.jobs.page`.
    Index("jobs_by_state", "state", "seq"),
    Index("jobs_by_capability", "capability", "state", "seq"),
    Index("jobs_by_project", "project_id", "state", "seq"),
    Index("jobs_by_project_capability", "project_id", "capability", "state", "seq"),
    Index("jobs_by_parent", "parent_id", "child_key", sqlite_where=text("parent_id IS NOT NULL")),
    Index("jobs_by_parent_age", "parent_id", "seq", sqlite_where=text("parent_id IS NOT NULL")),
    Index("jobs_by_cache_key", "cache_key", sqlite_where=text("cache_key IS NOT NULL")),
)  # fmt: skip

steps = Table(
    "steps", metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
)  # fmt: skip

published = Table(
    "published", metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)  # fmt: skip

log_lines = Table(
    "log_lines", metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", ForeignKey("jobs.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("line", Text, nullable=False),
    Index("log_lines_by_job", "job_id", "id"),
)  # fmt: skip

counters = Table(
    "counters", metadata,
    Column("project_id", Text, primary_key=True),
    Column("lane", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("jobs", Integer, nullable=False),
)  # fmt: skip

artifacts = Table(
    "artifacts", metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("external_path", Text),  # set: the file stays where it is; unset: the blob named content_hash
    Column("modified_ns", Integer),
    Column("project_id", Text, nullable=False),
    Column("job_id", Text),
    Column("meta", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    # One name per job: repeating a save finds the first one, so an artifact cannot appear twice.
    Index("artifacts_by_job", "job_id", "name", unique=True, sqlite_where=text("job_id IS NOT NULL")),
    Index("artifacts_by_hash", "content_hash"),
    Index("artifacts_by_path", "external_path", sqlite_where=text("external_path IS NOT NULL")),
    Index("artifacts_by_role", "role", "kind", "seq"),
    Index("artifacts_by_project", "project_id", "role", "kind", "seq"),
)  # fmt: skip

# What pictures that were made are found by; triggers on artifacts keep it, so nobody writes here.
pictures_found = Table(
    "pictures_found", metadata,
    Column("seq", Integer, primary_key=True),  # the artifact's
    Column("artifact_id", Text, nullable=False),
    Column("project_id", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("members", Text, nullable=False),  # handles between blanks
    Column("words", Text, nullable=False),  # the prompt and the name
)  # fmt: skip

artifact_inputs = Table(
    "artifact_inputs", metadata,
    Column("artifact_id", ForeignKey("artifacts.id"), primary_key=True),
    Column("input_id", Text, primary_key=True),
    Index("artifact_inputs_by_input", "input_id"),
)  # fmt: skip

reviews = Table(
    "reviews", metadata,
    Column("artifact_id", ForeignKey("artifacts.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("operation", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)  # fmt: skip

api_keys = Table(
    "api_keys", metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("created_at", Float, nullable=False),
)  # fmt: skip

answers = Table(
    "answers", metadata,
    Column("key", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("expires_at", Float, nullable=False),
    Index("answers_by_end", "expires_at"),
)  # fmt: skip

edits = Table(
    "edits", metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("project_id", Text, nullable=False),
    Column("video_id", Text),
    Column("analysis_id", Text),
    Column("revision", Integer, nullable=False),
    Column("at", Integer, nullable=False),  # the step that holds now
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index("edits_by_project", "project_id", "seq"),
)  # fmt: skip

edit_steps = Table(
    "edit_steps", metadata,
    Column("edit_id", ForeignKey("edits.id"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)  # fmt: skip

characters = Table(
    "characters", metadata,
    Column("seq", Integer, primary_key=True),
    Column("handle", Text, nullable=False, unique=True),
    Column("pack", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
)  # fmt: skip

boards = Table(
    "boards", metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("project_id", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)  # fmt: skip

board_items = Table(
    "board_items", metadata,
    Column("seq", Integer, primary_key=True),
    Column("board_id", ForeignKey("boards.id"), nullable=False),
    Column("artifact_id", Text, nullable=False),
    Column("added_at", Float, nullable=False),
    Index("board_items_once", "board_id", "artifact_id", unique=True),
    Index("board_items_by_artifact", "artifact_id"),
)  # fmt: skip

favourites = Table(
    "favourites", metadata,
    Column("artifact_id", Text, primary_key=True),
    Column("added_at", Float, nullable=False),
)  # fmt: skip
