"""前の版のプログラムのデータベースを開くと、中身を残したまま、いまの形になる。"""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from content.database import LATEST, open_database, reading, writing
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


@pytest.fixture
def old_database(database_url: str, tmp_path: Path) -> str:
    """版 0002 のデータベース。"""
    (tmp_path / "var").mkdir(exist_ok=True)
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    config = Config()
    config.set_main_option("script_location", "content:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        texts = {"first": _text("はじめの文。"), "second": _text("次の文。"), "at": NOON}
        connection.execute(text(OLD), texts)
        connection.execute(text("INSERT INTO published VALUES ('kawasaki', 'council', 1)"))
        connection.execute(text("INSERT INTO published VALUES ('kawasaki/plan-6', 'standard', 3)"))
    engine.dispose()
    return database_url


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
