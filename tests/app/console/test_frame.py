"""どのページにも共通のこと: 断り、知らせ、送られたものの受け取り。"""

from __future__ import annotations

import hashlib
import resource
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.responses import Response

from app.console.form import LARGEST_UPLOAD
from app.console.frame import REFUSALS, Asked, Console, Place, Visitor, faults_of, url
from app.web import SECURITY
from tests.app.console.room import Room


def upload(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """受け取ったもののあらまし。"""
    try:
        found = asked.form.upload("file")
    except REFUSALS as error:
        return console.page(
            visitor, asked, "refused.html", "受け取り", faults_of(error), **_values(asked)
        )
    digest = hashlib.sha256(found.file.read()).hexdigest()
    return console.done(asked, url(), f"{found.name} {found.size} {digest} {asked.form['memo']}")


def _values(asked: Asked) -> dict[str, object]:
    return {"messages": [asked.form["memo"]], "to": asked.url, "pairs": ()}


def broken(console: Console, visitor: Visitor, asked: Asked) -> Response:
    raise RuntimeError("ひみつの事情")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path, places=(Place("/upload", None, upload), Place("/broken", broken, broken)))
    with made.serving():
        yield made


# 断る ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Origin": "http://[bad"},
    ],
)
def test_ほかのサイトから送られたものは_何もせずに断る(room: Room, headers: dict[str, str]) -> None:
    given = {"name": "ito", "role": "administrator", "councils": "*", "display_name": "偽の文字"}
    with room.logged_in("abe") as client:
        page = client.post("/staff/new-person", data=given, headers=headers)
        assert page.status_code == 403
        assert "ほかのサイトのページから送られたので、何もしていません。" in page.text
        assert "偽の文字" not in page.text
    assert room.console.accounts.find("ito") is None


def test_役割でない人には_だれに頼めばよいかを言う(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        for page in (
            client.get("/staff/people"),
            client.post("/staff/people/sato/disable"),
            client.post("/staff/people/suzuki", data={"role": "administrator", "councils": "*"}),
        ):
            assert page.status_code == 403
            assert "このページを使えるのは、管理者です。" in page.text
        assert "/staff/people" not in client.get("/staff").text
    assert room.actor("suzuki").role == "writer"
    sato = room.console.accounts.find("sato")
    assert sato is not None and sato.disabled_at is None


@pytest.mark.parametrize("path", ["/staff/nai", "/staff/people/nai", "/staff/people/a/b/c"])
def test_ないページは_画面の中で言う(room: Room, path: str) -> None:
    with room.logged_in("abe") as client:
        page = client.get(path)
        assert page.status_code == 404
        assert "<h1>ページが見つかりません</h1>" in page.text


def test_思わぬ失敗でも_書いたものは残り_事情は見せない(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    with room.logged_in("suzuki") as client:
        page = client.post("/staff/broken", data={"text": "長い文章"})
        assert page.status_code == 500
        assert "書いたものは残っています。" in page.text and "長い文章" in page.text
        assert 'action="/staff/broken"' in page.text
        assert "ひみつの事情" not in page.text
    assert "ひみつの事情" in caplog.text


@contextmanager
def full_disk() -> Iterator[None]:
    """このプロセスは、ファイルを 1 バイトも長くできない。"""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_書く空きがなくても_ページは見られ_書いたものは失わない(room: Room) -> None:
    with room.logged_in("abe") as client:
        room.after(minutes=10)  # 使ったことを書きとめる時刻
        with full_disk():
            seen = client.get("/staff/people")
            given = {"name": "ito", "display_name": "長い文章", "role": "writer", "councils": "*"}
            sent = client.post("/staff/new-person", data=given)
            uploaded = send(client, b"x" * 2_000_000)
        assert seen.status_code == 200
        assert sent.status_code == 503 and "空き容量と権限があるか" in sent.text
        assert "書いたものは残っています。" in sent.text and "長い文章" in sent.text
        assert uploaded.status_code == 400
        assert "「計画.pdf」を受け取れませんでした。" in uploaded.text
        assert "覚え書き" in uploaded.text
        assert client.get("/staff/people").status_code == 200


def test_ログインを調べられない間に送ったものも_失わない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        room.engine.dispose()
        database = Path(room.settings.database_url.removeprefix("sqlite:///"))
        database.rename(database.with_name("moved.db"))
        database.mkdir()
        page = client.post("/staff/upload", data={"memo": "長い文章"})
        assert page.status_code == 503
        assert "書いたものは残っています。" in page.text and "長い文章" in page.text


def test_壊れた求めにも_ページで答える(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        kind = {"Content-Type": f"multipart/form-data; boundary={'x' * 300}"}
        page = client.post("/staff/upload", content=b"--x", headers=kind)
        assert page.status_code == 400 and "送られたものを読めません。" in page.text
        session = client.cookies["staff_session"]
        cookie = f"staff_session={session}; staff_notice=しらせ.x; staff_browser_あ=い.う"
        page = client.get("/staff", headers={b"Cookie": cookie.encode()})
        assert page.status_code == 200
        assert client.get("/staff/people", headers={"Host": "[bad"}).status_code in (303, 403)


def test_職員の画面がみな待たされても_住民のページは待たない(room: Room) -> None:
    (room.out / "index.html").write_text("<body>計画</body>", encoding="utf-8")
    with room.logged_in("suzuki") as client, ThreadPoolExecutor(60) as people:
        with closing(sqlite3.connect(room.engine.url.database or "")) as other:
            other.execute("BEGIN IMMEDIATE")
            waiting = [people.submit(client.post, "/staff/notices", timeout=60) for _ in range(60)]
            time.sleep(1)
            with room.client() as resident:
                assert "計画" in resident.get("/").text
            # 職員の画面は、まだみな待っている。
            assert not any(call.done() for call in waiting)
        assert all(call.result().status_code in (200, 503) for call in waiting)


def test_どの答えにも_安全のためのヘッダーがあり_覚えさせない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        for path in ("/staff", "/staff/nai", "/staff/password"):
            headers = client.get(path).headers
            assert headers["cache-control"] == "no-store"
            assert {name: headers[name] for name in SECURITY} == SECURITY
            assert "unsafe" not in headers["content-security-policy"]


def test_書かれたものは_文字として見せる(room: Room) -> None:
    attack = "<script>alert(1)</script>\"'>"
    with room.logged_in("abe") as client:
        given = {"name": "ito", "display_name": attack, "mail": attack, "role": "writer"}
        page = client.post("/staff/new-person", data=given)
        assert page.status_code == 400
        assert "<script" not in page.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&gt;" in page.text


# 知らせる -------------------------------------------------------------------------


def test_知らせは_1度だけ見せる(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = client.post("/staff/notices", data={"up_to": "0"})
        assert page.url.path == "/staff/notices"
        assert "知らせを、読んだことにしました。" in page.text
        assert "知らせを、読んだことにしました。" not in client.get("/staff/notices").text


def test_ほかの人の作った知らせは_見せない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        real = room.console._signed("本物の知らせ")
        for cookie in (f"{'0' * 32}.{real.partition('.')[2]}", "x", ".", f"{real}x"):
            client.cookies.set("staff_notice", cookie, path="/staff")
            page = client.get("/staff")
            assert page.status_code == 200
            assert 'class="done"' not in page.text


def test_読めない番号は_開き直してもらう(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = client.post("/staff/notices", data={"up_to": "１; DROP"})
        assert page.status_code == 400
        assert "ページを開き直してください。" in page.text


# 受け取る -------------------------------------------------------------------------


def send(
    client: httpx.Client, data: bytes, name: str = "計画.pdf", memo: str = "覚え書き"
) -> httpx.Response:
    return client.post("/staff/upload", data={"memo": memo}, files={"file": (name, data)})


def test_大きなファイルを_1バイトも変えずに受け取る(room: Room) -> None:
    data = bytes(range(256)) * (LARGEST_UPLOAD // 256)
    with room.logged_in("suzuki") as client:
        page = send(client, data)
        digest = hashlib.sha256(data).hexdigest()
        assert f"計画.pdf {len(data)} {digest} 覚え書き" in page.text


def test_大きすぎるファイルは_大きさを言って断り_ほかの項目は残る(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = send(client, b"x" * (LARGEST_UPLOAD + 9_000_000))
        assert page.status_code == 400
        assert "「計画.pdf」は 59 MB あります。50 MB までのファイルにしてください。" in page.text
        assert "覚え書き" in page.text


def test_ファイルを選ばずに送れば_選ぶように言う(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = client.post("/staff/upload", files={"file": ("", b"")}, data={"memo": "あ"})
        assert page.status_code == 400
        assert "ファイルが選ばれていません。" in page.text


def test_壊れた本文や_長すぎる文章は_読めないと言う(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        page = client.post("/staff/upload", content=b"--y\r\nbroken", headers=kind)
        assert page.status_code == 400
        assert "送られたものを読めません。" in page.text
        page = client.post("/staff/upload", data={"memo": "あ" * 1_000_000})
        assert page.status_code == 400
        assert "文章が長すぎて受け取れません。" in page.text


def test_数えきれない項目は_読むのをやめて_断る(room: Room) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    with room.client() as client:
        before = time.process_time()
        page = client.post("/staff/login", content=part * 1_000_000, headers=kind)
        took = time.process_time() - before
        assert page.status_code == 400 and "長すぎて受け取れません" in page.text
    assert took < 2  # すべてを読むと、10 秒より長い


def test_前に入ったことのないブラウザーからは_短いものだけを受け取る(room: Room) -> None:
    long = {"name": "suzuki", "carried": "あ" * 10_000}
    with room.client() as client:
        page = client.post("/staff/login", data=long)
        assert page.status_code == 400 and "長すぎて受け取れません" in page.text
    with room.logged_in("suzuki") as client:
        room.after(hours=13)  # ログインの時間が過ぎて、書いたものを持ったまま入り直す
        page = client.post("/staff/login", data=long)
        assert page.status_code == 400 and "あ" * 10_000 in page.text


def test_ログインしていない人のファイルは_受け取らずに捨てる(room: Room) -> None:
    with room.client() as client:
        page = send(client, b"x" * 2_000_000, memo="残す文字")
        assert page.status_code == 401
        assert "残す文字" in page.text


# 見た目のファイル ---------------------------------------------------------------------


def test_見た目のファイルは_最初の公開の前にもあり_変わらなければ送り直さない(room: Room) -> None:
    with room.client() as client:
        page = client.get("/staff/login")
        for name in ("site.css", "staff.css", "icon.svg"):
            assert f"/staff/assets/{name}" in page.text
            found = client.get(f"/staff/assets/{name}")
            assert found.status_code == 200 and len(found.content) > 100
            again = {"If-None-Match": found.headers["etag"]}
            assert client.get(f"/staff/assets/{name}", headers=again).status_code == 304
        for name in ("nai.css", "..%2Fframe.py", "staff.html"):
            assert client.get(f"/staff/assets/{name}").status_code == 404
