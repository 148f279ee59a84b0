"""LINE の友だちの全員に送ったお知らせと、その結果。どちらも増えるだけ。"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FOREVER = ("broadcast", "broadcast_event")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "broadcast",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("messages", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_index("broadcast_key", "broadcast", ["key"], unique=True)
    op.create_table(
        "broadcast_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("broadcast", sa.Integer, sa.ForeignKey("broadcast.id"), nullable=False),
        sa.Column("attempt", sa.Integer, sa.ForeignKey("broadcast_event.id")),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
    )
    op.create_index("broadcast_event_of", "broadcast_event", ["broadcast"])
    if op.get_bind().dialect.name == "postgresql":
        _forbid_postgresql()
    else:
        _forbid_sqlite()


def _forbid_sqlite() -> None:
    for table in FOREVER:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_forever_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is forever'); END"
            )


def _forbid_postgresql() -> None:
    for table in FOREVER:
        op.execute(
            f"CREATE TRIGGER {table}_forever BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION forever()"
        )
