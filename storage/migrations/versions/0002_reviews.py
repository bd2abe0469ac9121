"""Reviews: what a person changed about a clip's shots, and the markers set on it, as a log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the log; nothing that is there changes."""
    op.create_table(
        "reviews",
        sa.Column("artifact_id", sa.Text, sa.ForeignKey("artifacts.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )
