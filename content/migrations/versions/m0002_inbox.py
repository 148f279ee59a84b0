"""LINE の受け箱と、人ごとの覚え書き、答えられなかった質問、日ごとの数。時刻は UNIX 時刻の秒。"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = sa.text("payload IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("received", sa.Double, nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("lease", sa.Double, nullable=False),
        sa.Column("taken", sa.Double),
        sa.Column("outcome", sa.Text),
    )
    op.create_index("inbox_event", "inbox", ["event"], unique=True)
    op.create_index(
        "inbox_open", "inbox", ["person", "id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("inbox_message", "inbox", ["message"])
    op.create_table(
        "unsent",
        sa.Column("message", sa.Text, primary_key=True),
        sa.Column("received", sa.Double, nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("memory", sa.Text, nullable=False),
        sa.Column("seen", sa.Double, nullable=False),
    )
    op.create_table(
        "unanswered",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("asked", sa.Double, nullable=False),
        sa.Column("origin", sa.Integer),
    )
    op.create_index("unanswered_origin", "unanswered", ["origin"])
    op.create_table(
        "tally",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
