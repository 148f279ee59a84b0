"""職員の部屋の試験の道具: 本物のサーバー、本物の計画、動かせる時計、4 人の職員。"""

from __future__ import annotations

import datetime
import functools
import itertools
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn
from sqlalchemy import Engine

from app.bulletin import Bulletin, Heading
from app.console.account import Account
from app.console.frame import Console, Place
from app.console.passwords import Passwords
from app.console.router import console_router, open_console
from app.settings import Settings
from app.web import create_app
from content.bundle import load_folder
from content.database import Clock, open_database
from content.store import Store
from content.workflow import Actor, Kind, Revision, Role, Work

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=9)))
PASSWORD = "りんごとみかんとぶどう"
SUBJECT = "umibe/plan-1"
STANDARD = """---
表題: 海辺の計画
発行: 海辺社会福祉協議会
計画: 福祉計画
期: 1
日付: 2026-04-01
出典: 試験
---

# 朝市 {#market}

朝市では、とれたての魚を配ります。
"""
PLAIN = STANDARD.replace("とれたての魚を配ります", "魚をもらえます")

STAFF: dict[str, tuple[str, Role]] = {
    "suzuki": ("鈴木", "writer"),
    "sato": ("佐藤", "reviewer"),
    "kato": ("加藤", "reviewer"),
    "abe": ("阿部", "administrator"),
}
"""ログインの名前 → 画面に出す名前と役割。パスワードは、みな ``PASSWORD``。"""

DATABASE = "tsutawaru.db"


def _settings(home: Path, base_url: str = "") -> Settings:
    return replace(
        Settings.from_environment({}),
        database_url=f"sqlite:///{home / DATABASE}",
        cache=home / "cache",
        key="試験の鍵",
        base_url=base_url,
    )


def _console(settings: Settings, out: Path, engine: Engine, now: Clock) -> Console:
    cheap = Passwords(time_cost=1, memory_kib=8, parallelism=1)
    return open_console(settings, out, engine, now=now, passwords=cheap)


@functools.cache
def _first_day() -> bytes:
    """計画を読み込み、職員を入れたばかりのデータベース。部屋ごとに作り直さず、写す。"""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = _settings(home)
        town = home / "umibe"
        town.mkdir()
        (town / "council.yaml").write_text("名称: 海辺社会福祉協議会\n", encoding="utf-8")
        (town / "plan-1.md").write_text(STANDARD, encoding="utf-8")
        (town / "plan-1.plain.md").write_text(PLAIN, encoding="utf-8")
        with Store.open(settings.database_url, now=lambda: NOON) as store:
            store.load(load_folder(town))
        engine = open_database(settings.database_url)
        accounts = _console(settings, home / "out", engine, lambda: NOON).accounts
        for name, (display_name, role) in STAFF.items():
            accounts.add(Account(name, display_name, "", role, None), None, PASSWORD)
        engine.dispose()
        return (home / DATABASE).read_bytes()


class Room:
    """動いている画面。``now`` を動かすと、時計が進む。``console`` で、画面を通さずに用意できる。

    ``places`` は、試験のためのページ。
    """

    def __init__(self, home: Path, *, base_url: str = "", places: tuple[Place, ...] = ()) -> None:
        self.now = NOON
        self.out = home / "out"
        self.out.mkdir()
        self.settings = _settings(home, base_url)
        (home / DATABASE).write_bytes(_first_day())
        self.engine = open_database(self.settings.database_url)
        console = _console(self.settings, self.out, self.engine, lambda: self.now)
        self.console = replace(console, places=(*console.places, *places))
        self.url = ""

    def write(self, text: str, kind: Kind = "standard", name: str = "suzuki") -> Revision:
        """``name`` の人が、いまの稿の次の稿を書く。"""
        desk = self.console.approvals.desk(SUBJECT, kind)
        work = Work(SUBJECT, kind, text, desk.latest.id if desk else None)
        return self.console.drafts.save(work, self.actor(name))

    def actor(self, name: str) -> Actor:
        account = self.console.accounts.find(name)
        assert account is not None
        return account.actor

    def after(self, **time: float) -> None:
        """時計を進める。"""
        self.now += datetime.timedelta(**time)

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """まだログインしていない人のブラウザー。移る先には、自分で移る。"""
        host = urlsplit(self.url).netloc
        with httpx.Client(
            base_url=self.url,
            headers={"Origin": f"http://{host}"},
            trust_env=False,
            follow_redirects=True,
            timeout=60,  # こんだ機械でも、待てば答える
            verify=False,  # 鍵のない http だけなので、証明書の束（読むのに時間がかかる）は要らない
        ) as client:
            yield client

    @contextmanager
    def logged_in(self, name: str) -> Iterator[httpx.Client]:
        with self.client() as client:
            done = client.post("/staff/login", data={"name": name, "password": PASSWORD})
            assert done.url.path == "/staff", done.text
            yield client

    @contextmanager
    def serving(self) -> Iterator[None]:
        bulletin = Bulletin(self.engine, itertools.count().__next__)  # いつも、見直す時刻
        lead = Heading(bulletin, dict)
        app = create_app(self.out, [console_router(self.console)], lead=lead)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            while not server.started:
                time.sleep(0.01)
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            try:
                yield
            finally:
                server.should_exit = True
                thread.join()
                self.engine.dispose()
