"""Drafts of edits, with every state of their plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes two tables; nothing that is there changes."""
    op.create_table(
        "edits",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("video_id", sa.Text),
        sa.Column("analysis_id", sa.Text),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("updated_at", sa.Float, nullable=False),
    )
    op.create_index("edits_by_project", "edits", ["project_id", "seq"])
    op.create_table(
        "edit_steps",
        sa.Column("edit_id", sa.Text, sa.ForeignKey("edits.id"), primary_key=True),
        sa.Column("step", sa.Integer, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )
