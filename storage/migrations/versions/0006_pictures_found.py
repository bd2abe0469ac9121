"""What pictures that were made are found by, beside their rows: nobody reads JSON to pass a picture over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# {a} is the row: new in a trigger, the table itself for what is there already.
_IS_ONE = "{a}.role = 'result' AND {a}.kind = 'image' AND json_type({a}.meta, '$.picture') IS NOT NULL"
_SAID = """INSERT INTO pictures_found (seq, artifact_id, project_id, model, members, words) SELECT
    {a}.seq, {a}.id, {a}.project_id, coalesce(json_extract({a}.meta, '$.picture.model'), ''),
    coalesce((SELECT ' ' || group_concat(json_extract(member.value, '$.name'), ' ') || ' '
        FROM json_each({a}.meta, '$.picture.request.cast') AS member), ''),
    coalesce(json_extract({a}.meta, '$.picture.request.prompt'), '') || ' ' || {a}.name"""


def upgrade() -> None:
    """Makes a table that triggers keep, and fills it from what is there."""
    op.create_table(
        "pictures_found",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("artifact_id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("members", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    new, is_one = _SAID.format(a="new"), _IS_ONE.format(a="new")
    op.execute(f"CREATE TRIGGER pictures_found_added AFTER INSERT ON artifacts WHEN {is_one} BEGIN {new}; END")
    op.execute("CREATE TRIGGER pictures_found_gone AFTER DELETE ON artifacts BEGIN DELETE FROM pictures_found WHERE seq = old.seq; END")
    again = f"DELETE FROM pictures_found WHERE seq = old.seq; {new} WHERE {is_one}"  # noqa: S608 - words of this file alone
    op.execute(f"CREATE TRIGGER pictures_found_changed AFTER UPDATE OF meta, role, kind, name, project_id ON artifacts BEGIN {again}; END")
    op.execute(f"{_SAID.format(a='artifacts')} FROM artifacts WHERE {_IS_ONE.format(a='artifacts')}")
