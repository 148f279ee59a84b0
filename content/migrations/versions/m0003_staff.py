"""職員の画面: できごとの記録、書きかけの文字、アカウント、ログイン、お知らせ。"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FOREVER = ("workflow_event", "account_event")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _workflow()
    _accounts()
    _remember_the_past()
    if op.get_bind().dialect.name == "postgresql":
        _forbid_postgresql()
    else:
        _forbid_sqlite()


def _workflow() -> None:
    op.create_table(
        "workflow_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, sa.ForeignKey("revision.id"), nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("due", TIME),
        sa.Column("readings", sa.Integer, sa.ForeignKey("revision.id")),
    )
    op.create_index("workflow_event_of", "workflow_event", ["subject", "kind"])
    op.create_index("workflow_event_revision", "workflow_event", ["revision"])
    op.create_table(
        "working_copy",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("base", sa.Integer, sa.ForeignKey("revision.id")),
        sa.Column("saved_at", TIME, nullable=False),
    )
    op.create_table(
        "working_picture",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "subject", "kind"],
            ["working_copy.owner", "working_copy.subject", "working_copy.kind"],
            ondelete="CASCADE",
        ),
    )


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("mail", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("councils", sa.Text),
        sa.Column("password", sa.Text),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("disabled_at", TIME),
    )
    op.create_table(
        "account_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account", sa.Text, sa.ForeignKey("account.name"), nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("account_event_of", "account_event", ["account"])
    op.create_table(
        "session",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, sa.ForeignKey("account.name"), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
    )
    op.create_index("session_of", "session", ["account"])
    op.create_table(
        "password_link",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, sa.ForeignKey("account.name"), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
    )
    op.create_index("password_link_of", "password_link", ["account"])
    op.create_table(
        "login_failure",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account", sa.Text, sa.ForeignKey("account.name"), nullable=False),
        sa.Column("event", sa.Integer, sa.ForeignKey("workflow_event.id"), nullable=False),
        sa.Column("read_at", TIME),
        sa.Column("mail_state", sa.Text, nullable=False),
        sa.Column("mail_tries", sa.Integer, nullable=False),
        sa.Column("mail_after", TIME, nullable=False),
    )
    op.create_index("notice_of", "notice", ["account"])


def _remember_the_past() -> None:
    """いままでに原稿フォルダから公開した稿を、できごととして残す（戻せる稿が分かるように）。"""
    op.execute(
        "INSERT INTO workflow_event "
        "(subject, kind, action, revision, digest, actor, at, comment) "
        "SELECT subject, kind, 'loaded', id, digest, author, created_at, '' FROM revision "
        "WHERE origin = 'file' OR id IN (SELECT revision FROM published) ORDER BY id"
    )


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
