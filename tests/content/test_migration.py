"""前の版のプログラムのデータベースを開くと、中身を残したまま、いまの形になる。"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from app.console.builds import Builds
from content.bundle import Bundle
from content.database import LATEST, open_database, reading, writing
from content.model import Council
from content.notation_write import write
from tests.content.office import NOON, SATO, Office
from tests.content.test_workflow import ID, plan, shown

OLD = """
INSERT INTO revision (id, subject, kind, text, digest, author, origin, created_at, parent) VALUES
 (1, 'kawasaki', 'council', '名称: 川崎市社会福祉協議会
', 'c', '原稿フォルダ', 'file', :at, NULL),
 (2, 'kawasaki/plan-6', 'standard', :first, 'd1', '原稿フォルダ', 'file', :at, NULL),
 (3, 'kawasaki/plan-6', 'standard', :second, 'd2', '原稿フォルダ', 'file', :at, 2)
"""


BUILT = """
INSERT INTO build (state, asked_at, asked_by, tries, done, total, words) VALUES
 ('done', :at, 'sato', 1, 3, 3, ''), ('waiting', :at, 'suzuki', 0, 0, 0, '')
"""


@pytest.fixture
def old_database(database_url: str, tmp_path: Path) -> str:
    """版 0002 のデータベース。"""
    (tmp_path / "var").mkdir(exist_ok=True)
    published = (
        "INSERT INTO published VALUES ('kawasaki', 'council', 1)",
        "INSERT INTO published VALUES ('kawasaki/plan-6', 'standard', 3)",
    )
    _upgrade(database_url, "0002", [OLD, *published])
    return database_url


def _upgrade(url: str, version: str, rows: Sequence[str]) -> None:
    """``version`` の形の、``rows`` の入ったデータベースを作る。"""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    config = Config()
    config.set_main_option("script_location", "content:migrations")
    values = {"first": _text("はじめの文。"), "second": _text("次の文。"), "at": NOON}
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        for row in rows:
            given = {name: value for name, value in values.items() if f":{name}" in row}
            connection.execute(text(row), given)
    engine.dispose()


def _text(body: str) -> str:
    return write(plan(body))


def test_texts_survive_and_the_earlier_one_can_return(old_database: str) -> None:
    with Office(old_database) as office:
        assert shown(office) == "次の文。"
        events = office.approvals.events(ID, "standard")
        assert [(e.action, e.revision, e.digest) for e in events] == [
            ("loaded", 2, "d1"),
            ("loaded", 3, "d2"),
        ]
        assert all(e.at == NOON for e in events)
        office.approvals.restore(2, "d1", SATO)
        assert shown(office) == "はじめの文。"


def test_second_opening_changes_nothing(old_database: str) -> None:
    for _ in range(2):
        with Office(old_database) as office:
            assert len(office.approvals.events(ID, "standard")) == 2


@pytest.mark.parametrize("name", ["workflow_event", "account_event"])
@pytest.mark.parametrize("change", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}"])
def test_history_cannot_be_changed(old_database: str, name: str, change: str) -> None:
    engine = open_database(old_database)
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO account (name, display_name, mail, role, must_change)"
                " VALUES ('a', 'a', '', 'writer', FALSE)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO account_event (account, action, actor, at, detail)"
                " VALUES ('a', 'added', 'a', :at, '')"
            ),
            {"at": NOON},
        )
    with pytest.raises(DBAPIError, match="forever"), writing(engine) as connection:
        connection.execute(text(change.format(name)))
    with reading(engine) as connection:
        assert (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == LATEST
        )
    engine.dispose()


def test_builds_before_outs_were_told_apart(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(exist_ok=True)
    _upgrade(database_url, "0007", [BUILT])
    engine = open_database(database_url)
    one, two = (Builds(engine, lambda: NOON, Path(out)) for out in ("/one", "/two"))
    assert [(b.id, b.state, b.request) for b in one.recent()] == [
        (2, "waiting", 2),
        (1, "done", 1),
    ]
    first, second = one.take(), two.take()
    assert first is not None and (first.id, first.out) == (2, "/one")
    assert second is not None and (second.asked_by, second.out) == ("suzuki", "/two")
    engine.dispose()


def test_history_cannot_be_replaced(database_url: str) -> None:
    """SQLite の INSERT OR REPLACE は、DELETE とも UPDATE とも言わずに、前の行を替える。"""
    with Office(database_url) as office:
        office.store.load(Bundle((Council("kawasaki", "川崎市社会福祉協議会"),), (plan("文。"),)))
        if office.engine.dialect.name != "sqlite":
            return
        path = office.engine.url.database
    assert path is not None
    engine = open_database(database_url)
    others = sqlite3.connect(
        path, isolation_level=None
    )  # ほかの道具: 引き金の決まりを、何も選んでいない
    for table in ("revision", "workflow_event"):
        replaced = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = 1"
        with pytest.raises(DBAPIError, match="forever"), writing(engine) as connection:
            connection.execute(text(f"DROP TRIGGER {table}_forever_insert"))
            connection.execute(text(replaced))
        with pytest.raises(sqlite3.IntegrityError, match="forever"):
            others.execute(replaced)
    others.close()
    engine.dispose()
