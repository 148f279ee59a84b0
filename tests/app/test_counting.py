"""渡した版を数える: 何を数え、何を数えないか。本物の HTTP サーバーに、本物の要求を送る。"""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from sqlalchemy import text

from app.counting import Tally, name_of
from app.web import create_app
from bot.people import tallied
from content.database import open_database, writing

BOOK = "kawasaki/plan-6/standard/audio/plan-6.m4b"
PAGE = "kawasaki/plan-6/plain/web/market.html"
SOUND = bytes(range(256)) * 200
LARGE = 20_000_000


@pytest.fixture
def took() -> Counter[str]:
    return Counter()


@pytest.fixture
def address(tmp_path: Path, took: Counter[str]) -> Iterator[tuple[str, int]]:
    for path, data in (
        (BOOK, SOUND),
        (PAGE, b"<p>"),
        ("large/a/standard/audio/a.m4b", bytes(LARGE)),
    ):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(data)
    (tmp_path / "index.html").write_text("home")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = create_app(tmp_path, took=lambda path: took.update([path]))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()
        server.should_exit = True
        thread.join()


@pytest.fixture
def client(address: tuple[str, int]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url="http://{}:{}".format(*address), trust_env=False) as client:
        yield client


def settles(took: Counter[str], counted: dict[str, int]) -> None:
    """渡した人が受け取り終えた少し後に、数える。"""
    for _ in range(200):
        if took == counted:
            return
        time.sleep(0.05)
    assert took == counted


def test_渡し終えたものを数える(client: httpx.Client, took: Counter[str]) -> None:
    client.get(f"/{BOOK}")
    client.get(f"/{PAGE}")
    client.get(f"/{PAGE}")
    settles(took, {BOOK: 1, PAGE: 2})


def test_始めから求めた続きものは数え_途中からと確かめの2バイトは数えない(
    client: httpx.Client, took: Counter[str]
) -> None:
    for span in ("0-1", "100-", "100-200", "-5"):
        assert client.get(f"/{BOOK}", headers={"Range": f"bytes={span}"}).status_code == 206
    assert not took
    client.get(f"/{BOOK}", headers={"Range": "bytes=0-"})
    client.get(f"/{BOOK}", headers={"Range": "bytes=0-999"})
    settles(took, {BOOK: 2})


def test_渡していないものは数えない(client: httpx.Client, took: Counter[str]) -> None:
    client.head(f"/{BOOK}")
    client.get("/kawasaki/nai.html")
    tag = client.head(f"/{PAGE}").headers["etag"]
    assert client.get(f"/{PAGE}", headers={"If-None-Match": tag}).status_code == 304
    client.get(f"/{PAGE}", headers={"Sec-Purpose": "prefetch"})
    client.get(f"/{PAGE}", headers={"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"})
    assert not took
    client.get(f"/{PAGE}", headers={"User-Agent": "Mozilla/5.0 (Linux; Android 9; CUBOT X19)"})
    settles(took, {PAGE: 1})


def test_途中で切った人は数えない(address: tuple[str, int], took: Counter[str]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(b"GET /large/a/standard/audio/a.m4b HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    with httpx.Client(trust_env=False) as client:  # 切られたことが伝わるまで待つ
        for _ in range(20):
            client.get("http://{}:{}/health".format(*address))
            time.sleep(0.02)
    assert not took


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (BOOK, "got audio kawasaki/plan-6 standard"),
        ("kawasaki/plan-6/plain/daisy/plan-6-daisy.zip", "got daisy kawasaki/plan-6 plain"),
        ("kawasaki/daisy-disc-2.zip", "got daisy kawasaki disc"),
        (PAGE, "got web kawasaki/plan-6 plain"),
        ("kawasaki/plan-6/plain/web/ruby/market.html", "got web kawasaki/plan-6 plain"),
        ("kawasaki/plan-6/plain/web/", "got web kawasaki/plan-6 plain"),
        ("kawasaki/plan-6/plain/web/market.mp3", None),
        ("kawasaki/plan-6/plain/web/pictures/a.png", None),
        ("kawasaki/plan-6/standard/audio/clips.json", None),
        ("index.html", None),
        ("kawasaki/plan-6/index.html", None),
        ("assets/site.css", None),
    ],
)
def test_何を数えるか(path: str, name: str | None) -> None:
    assert name_of(path) == name


def test_ためて_日ごとにまとめて書き_書けなければ後で書く(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'tsutawaru.db'}")
    now = 1_795_310_000.0  # 2026-11-22（日本）
    tally = Tally(engine, lambda: now)
    tally(BOOK)
    tally("index.html")
    assert not tallied(engine, "2026-01-01", "2026-12-31")
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE tally RENAME TO away"))
    tally.flush()
    assert "後でもう一度書きます" in caplog.text
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE away RENAME TO tally"))
    tally(BOOK)
    tally.flush()
    tally.flush()
    name = "got audio kawasaki/plan-6 standard"
    assert tallied(engine, "2026-01-01", "2026-12-31") == {("2026-11-22", name): 2}
    engine.dispose()
