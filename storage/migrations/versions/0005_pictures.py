"""Characters with their packs; boards and favourites of pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes four tables; nothing that is there changes."""
    op.create_table(
        "characters",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("handle", sa.Text, nullable=False, unique=True),
        sa.Column("pack", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("updated_at", sa.Float, nullable=False),
    )
    op.create_table(
        "boards",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_table(
        "board_items",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("board_id", sa.Text, sa.ForeignKey("boards.id"), nullable=False),
        sa.Column("artifact_id", sa.Text, nullable=False),
        sa.Column("added_at", sa.Float, nullable=False),
    )
    op.create_index("board_items_once", "board_items", ["board_id", "artifact_id"], unique=True)
    op.create_index("board_items_by_artifact", "board_items", ["artifact_id"])
    op.create_table(
        "favourites",
        sa.Column("artifact_id", sa.Text, primary_key=True),
        sa.Column("added_at", sa.Float, nullable=False),
    )
