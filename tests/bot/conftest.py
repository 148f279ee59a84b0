"""受け箱の試験も、保管庫の試験と同じ本物のデータベースでする。"""

from tests.content.conftest import database_url, postgresql

__all__ = ["database_url", "postgresql"]
