"""聞いて校正: 聞いた所、誤り、校正の終わり。"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "proof",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("finished_at", TIME, nullable=False),
        sa.Column("confirmed_by", sa.Text),
        sa.Column("confirmed_at", TIME),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("withdrawn_at", TIME),
    )
    op.create_index("proof_of", "proof", ["subject", "kind"])
    op.create_table(
        "proof_place",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("sentence", sa.Text, nullable=False),
    )
    op.create_table(
        "proof_heard",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
    )
    op.create_table(
        "proof_remark",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("heading", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("fault", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", TIME),
    )
    op.create_index("proof_remark_of", "proof_remark", ["subject", "kind"])
