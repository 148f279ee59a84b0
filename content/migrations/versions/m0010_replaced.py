"""SQLite の INSERT OR REPLACE で、消せない表の行を替えさせない。

REPLACE が除く行には、``recursive_triggers`` でなければ DELETE の引き金が引かれない。ほかの道具でつないだときにも
断れるように、同じ鍵の行を入れさせない。PostgreSQL の ON CONFLICT は UPDATE なので、前から断っている。
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FOREVER = {
    "revision": "id = NEW.id",
    "revision_picture": "revision = NEW.revision AND name = NEW.name",
    "picture": "sha256 = NEW.sha256",
    "workflow_event": "id = NEW.id",
    "account_event": "id = NEW.id",
    "broadcast": "id = NEW.id OR key = NEW.key",
    "broadcast_event": "id = NEW.id",
}
"""消せない表と、同じ鍵の行。"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, same in FOREVER.items():
        op.execute(
            f"CREATE TRIGGER {table}_forever_insert BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is forever'); END"
        )
