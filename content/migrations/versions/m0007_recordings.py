"""人の録音。節ごとの、大きさをそろえた音と、文の切れ目。"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "recording_sound",
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.Column("mp3", sa.LargeBinary, nullable=False),
        sa.Column("aac", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "recording",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("sound", sa.Text, sa.ForeignKey("recording_sound.sha256"), nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("times", sa.Text, nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("used_by", sa.Text),
        sa.Column("used_at", TIME),
        sa.Column("ended_by", sa.Text),
        sa.Column("ended_at", TIME),
    )
    op.create_index("recording_of", "recording", ["subject", "kind"])
