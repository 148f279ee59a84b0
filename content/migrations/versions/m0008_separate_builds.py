"""版の作り直しを、出力先ごとに分ける。メールで送れなかった訳を残す。"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # 前の記録は、どの出力先のものか分からないので、空にする（どの出力先のものともみる）。
    op.add_column("build", sa.Column("out", sa.Text, nullable=False, server_default=""))
    op.add_column("build", sa.Column("request", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE build SET request = id")
    op.add_column("notice", sa.Column("mail_fault", sa.Text, nullable=False, server_default=""))
