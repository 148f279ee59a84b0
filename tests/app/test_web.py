"""ファイルを配る入口。本物の HTTP サーバーに、本物の要求を送る。"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import APIRouter

from app.web import SECURITY, create_app

SOUND = bytes(range(256)) * 2000
PAGE = "<!doctype html><title>つたわる</title>" + "あ" * 5000


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    chapter = folder / "kawasaki" / "plan-6"
    chapter.mkdir(parents=True)
    (folder / "index.html").write_text(PAGE, "utf-8")
    (folder / "404.html").write_text("<p>ページが見つかりません", "utf-8")
    (folder / ".secret").write_text("secret")
    (folder / "empty").mkdir()
    (chapter / "index.html").write_text("計画", "utf-8")
    (chapter / "a.mp3").write_bytes(SOUND)
    for name in ("a.vtt", "a.m4b", "a.epub", "a.zip", "a.txt", "日本.txt"):
        (chapter / name).write_text("WEBVTT", "utf-8")
    (tmp_path / "outside.txt").write_text("secret")
    (folder / "escape.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "away").symlink_to(tmp_path)
    return folder


@pytest.fixture
def client(out: Path) -> Iterator[httpx.Client]:
    router = APIRouter()

    @router.get("/chat")
    def chat() -> str:
        return "chat"

    @router.get("/broken")
    def broken() -> str:
        raise ValueError("secret")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = create_app(out, [router])
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = listener.getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
        server.should_exit = True
        thread.join()


def test_ページは_UTF8_の_HTML_で_縮めて送る(client: httpx.Client) -> None:
    answer = client.get("/")
    assert answer.text == PAGE
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 1000
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    assert plain.text == PAGE
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["vary"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.vtt", "text/vtt; charset=utf-8"),
        ("a.mp3", "audio/mpeg"),
        ("a.m4b", "audio/mp4"),
        ("a.epub", "application/epub+zip"),
        ("a.zip", "application/zip"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("日本.txt", "text/plain; charset=utf-8"),
    ],
)
def test_種類が正しい(client: httpx.Client, name: str, expected: str) -> None:
    answer = client.get(f"/kawasaki/plan-6/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == expected


@pytest.mark.parametrize(
    ("range", "begin", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=1000-", 1000, len(SOUND)),
        ("bytes=-500", len(SOUND) - 500, len(SOUND)),
        ("bytes=511900-999999", 511_900, len(SOUND)),
        (f"bytes=-{len(SOUND) * 2}", 0, len(SOUND)),
    ],
)
def test_音声の途中だけを送る(client: httpx.Client, range: str, begin: int, end: int) -> None:
    answer = client.get("/kawasaki/plan-6/a.mp3", headers={"Range": range})
    assert answer.status_code == 206
    assert answer.content == SOUND[begin:end]
    assert answer.headers["content-range"] == f"bytes {begin}-{end - 1}/{len(SOUND)}"
    assert answer.headers["content-length"] == str(end - begin)


@pytest.mark.parametrize("range", [f"bytes={len(SOUND)}-", "bytes=-0"])
def test_ない範囲は_416(client: httpx.Client, range: str) -> None:
    answer = client.get("/kawasaki/plan-6/a.mp3", headers={"Range": range})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(SOUND)}"


@pytest.mark.parametrize("range", ["bytes=5-2", "lines=0-5", "bytes=x", "bytes=-"])
def test_読めない範囲は断る(client: httpx.Client, range: str) -> None:
    answer = client.get("/kawasaki/plan-6/a.mp3", headers={"Range": range})
    assert answer.status_code == 400


def test_範囲がなければ全部を送り_途中からも送れると言う(client: httpx.Client) -> None:
    answer = client.get("/kawasaki/plan-6/a.mp3")
    assert answer.content == SOUND
    assert answer.headers["accept-ranges"] == "bytes"
    assert "content-encoding" not in answer.headers


def test_途中で入れかわったファイルの続きは送らない(client: httpx.Client, out: Path) -> None:
    tag = client.get("/kawasaki/plan-6/a.mp3").headers["etag"]
    asked = {"Range": "bytes=0-9", "If-Range": tag}
    assert client.get("/kawasaki/plan-6/a.mp3", headers=asked).status_code == 206
    (out / "kawasaki/plan-6/a.mp3").write_bytes(SOUND[::-1])
    answer = client.get("/kawasaki/plan-6/a.mp3", headers=asked)
    assert answer.status_code == 200
    assert answer.content == SOUND[::-1]


def test_変わっていなければ_304_で_変わればまた送る(client: httpx.Client, out: Path) -> None:
    first = client.get("/")
    for header, value in (
        ("If-None-Match", first.headers["etag"]),
        ("If-None-Match", f'"other", {first.headers["etag"]}'),
        ("If-Modified-Since", first.headers["last-modified"]),
    ):
        again = client.get("/", headers={header: value})
        assert again.status_code == 304, header
        assert again.content == b""
    (out / "index.html").write_text("新しい", "utf-8")
    os.utime(out / "index.html", (2e9, 2e9))
    changed = client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.text == "新しい"


def test_出力先が丸ごと入れかわっても_新しいページを送る(client: httpx.Client, out: Path) -> None:
    assert client.get("/").text == PAGE
    out.rename(out.with_name("old"))
    out.mkdir()
    (out / "index.html").write_text("第7期", "utf-8")
    assert client.get("/").text == "第7期"
    assert client.get("/kawasaki/plan-6/a.mp3").status_code == 404


def test_フォルダは_index_html_で_斜線のないアドレスは移す(client: httpx.Client) -> None:
    assert client.get("/kawasaki/plan-6/").text == "計画"
    moved = client.get("/kawasaki/plan-6")
    assert moved.status_code == 301
    assert moved.headers["location"] == "plan-6/"
    assert client.get("/kawasaki/plan-6", follow_redirects=True).text == "計画"
    assert client.get("/empty/").status_code == 404  # 一覧は見せない


def test_HEAD_は中身のない同じ答え(client: httpx.Client) -> None:
    answer = client.head("/kawasaki/plan-6/a.mp3")
    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(len(SOUND))
    assert answer.content == b""
    assert client.head("/nothing").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/escape.txt",
        "/away/outside.txt",
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/kawasaki/..%2f..%2foutside.txt",
        "/kawasaki/%5c..%5coutside.txt",
        "/.secret",
        "//example.jp",
        "/index.html%00",
        "/" + "a" * 3000,
    ],
)
def test_出力先の外へは出られない(client: httpx.Client, path: str) -> None:
    # httpx は .. をたたむので、要求の行をそのまま送る。
    host, port = client.base_url.host, client.base_url.port
    with socket.create_connection((host, port or 0), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 404"), answer[:200]
    assert b"secret" not in answer
    assert b"\r\nlocation:" not in answer.lower()


def test_ないページは_日本語で知らせる(client: httpx.Client, out: Path) -> None:
    answer = client.get("/nothing.html")
    assert answer.status_code == 404
    assert "ページが見つかりません" in answer.text
    (out / "404.html").unlink()
    assert "ページが見つかりません" in client.get("/nothing.html").text


def test_公開の前は_まだだと知らせる(client: httpx.Client, out: Path) -> None:
    assert client.get("/health").json() == {"status": "ok", "published": True}
    out.rename(out.with_name("gone"))
    for path in ("/", "/kawasaki/plan-6/"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert "まだ公開されていません" in answer.text
    assert client.get("/health").json() == {"status": "ok", "published": False}


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/health", "/kawasaki/plan-6", "/kawasaki/plan-6/a.mp3", "/broken"]
)
def test_どの答えにも安全のためのヘッダーがある(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    for name, value in SECURITY.items():
        assert headers[name] == value
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "strict-transport-security" not in headers


def test_思わぬ失敗は_日本語で知らせ_中身をもらさない(client: httpx.Client) -> None:
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "うまく表示できませんでした" in answer.text
    assert "secret" not in answer.text


def test_できない操作は日本語で断る(client: httpx.Client) -> None:
    for path in ("/", "/health"):
        answer = client.post(path)
        assert answer.status_code == 405
        assert "この操作はできません" in answer.text
        assert "GET" in answer.headers["allow"]


def test_会話などの入口は_ファイルより先に見る(client: httpx.Client) -> None:
    assert client.get("/chat").json() == "chat"


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_作り手のための説明は公開しない(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
