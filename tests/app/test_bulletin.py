"""緊急のお知らせの掲示: データベースに待たされても、住民を待たせない。"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, QueuePool, create_engine

from app.bulletin import Bulletin
from content.bundle import Bundle
from content.database import StoreError, open_database, reading
from content.model import Council
from content.store import Store, utc_now
from content.workflow import Actor, Emergencies, EmergencyText

TEXT = EmergencyText("大雨の警報です。", "大雨です。逃げてください。", "おおあめです。")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'tsutawaru.db'}"
    with Store.open(url) as store:
        store.load(Bundle((Council("umibe", "海辺社会福祉協議会"),), ()))
    made = open_database(url)
    yield made
    made.dispose()


def announce(engine: Engine) -> None:
    told = Emergencies(engine, utc_now, lambda connection, event: None)
    told.announce("umibe", TEXT, Actor("鈴木", "writer"))


def test_出すと_次に見る人から見える(engine: Engine) -> None:
    bulletin = Bulletin(engine, itertools.count().__next__)
    assert bulletin.posters() == ()
    announce(engine)
    (poster,) = bulletin.posters()
    assert (poster.council, poster.text) == ("海辺社会福祉協議会", TEXT)


def test_接続がみな使われていても_前に見たものをすぐに出す(engine: Engine) -> None:
    bulletin = Bulletin(engine, itertools.count().__next__)
    announce(engine)
    assert bulletin.texts() == (TEXT,)
    with ExitStack() as stack, ThreadPoolExecutor(8) as people:
        for _ in range(64):
            stack.enter_context(engine.connect())
        before = time.monotonic()
        assert all(texts == (TEXT,) for texts in people.map(lambda _: bulletin.texts(), range(40)))
        assert time.monotonic() - before < 10  # 接続を待てば、30 秒


def test_どのスレッドにも_接続がある(engine: Engine) -> None:
    with ExitStack() as stack:
        before = time.monotonic()
        for _ in range(60):
            stack.enter_context(reading(engine))
        assert time.monotonic() - before < 10


def test_接続を待ちきれないことも_日本語で言う(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tsutawaru.db'}"
    narrow = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.1)
    with (
        narrow.connect(),
        pytest.raises(StoreError, match="読み書きできませんでした"),
        reading(narrow),
    ):
        raise AssertionError
    narrow.dispose()
