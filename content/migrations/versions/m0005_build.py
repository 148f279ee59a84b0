"""公開のたびに版を作り直した記録。"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "build",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("started_at", TIME),
        sa.Column("seen_at", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("event", sa.Integer, sa.ForeignKey("workflow_event.id")),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_index("build_state", "build", ["state"])
