"""ログイン、ログアウト、パスワード。"""

from __future__ import annotations

import html
import re
from pathlib import Path

import httpx
import pytest

from app.console.sessions import LoginError
from tests.app.console.room import PASSWORD, Room

NEW = "すいかとめろんともも"


def log_in(
    client: httpx.Client, name: str, password: str = PASSWORD, **more: str
) -> httpx.Response:
    return client.post("/staff/login", data={"name": name, "password": password, **more})


def hidden(page: httpx.Response) -> dict[str, str]:
    """ページの、隠した項目と、隠した文章の値。"""
    inputs = re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', page.text, re.S)
    areas = re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', page.text, re.S)
    return {name: html.unescape(value) for name, value in (*inputs, *areas)}


# 入る ---------------------------------------------------------------------------


def test_入ると_行くはずだったページへ移る(room: Room) -> None:
    with room.client() as client:
        asked = client.get("/staff/people?x=1")
        assert asked.url.path == "/staff/login"
        done = log_in(client, "ＡＢＥ", **hidden(asked))
        assert str(done.url).endswith("/staff/people?x=1")
        assert "阿部（管理者）" in done.text


@pytest.mark.parametrize("name", ["suzuki", "だれでもない人", ""])
def test_間違えると_どちらが違うかは言わず_名前だけを残す(room: Room, name: str) -> None:
    with room.client() as client:
        page = log_in(client, name, "ちがうパスワード")
        assert page.status_code == 400
        assert "<title>エラー: ログイン｜職員の画面</title>" in page.text
        assert "名前かパスワードが違います。" in page.text
        assert f'name="name" type="text" value="{name}"' in page.text
        assert "ちがうパスワード" not in page.text
        assert not client.cookies


def test_続けて間違えると_待つ時間を言い_待てば入れる(room: Room) -> None:
    with room.client() as client:
        for _ in range(5):
            assert log_in(client, "suzuki", "ちがう").status_code == 400
        page = log_in(client, "suzuki")
        assert page.status_code == 429
        assert 0 < int(page.headers["retry-after"]) <= 60
        assert "続けて間違えたので、あと " in page.text
        room.after(seconds=60)
        assert log_in(client, "suzuki").url.path == "/staff"


@pytest.mark.parametrize(
    "to",
    [
        "https://example.com/",
        "//example.com",
        "/staff\\example.com",
        "/staffroom",
        "/chat",
        "/staff/a b",
    ],
)
def test_ほかのサイトへは移らせない(room: Room, to: str) -> None:
    with room.client() as client:
        assert str(log_in(client, "suzuki", next=to).url) == f"{room.url}/staff"


def test_cookie_は_画面のほかからは見えず_使えない(room: Room) -> None:
    with room.client() as client:
        client.follow_redirects = False
        cookies = log_in(client, "suzuki").headers.get_list("set-cookie")
    for cookie in map(str.lower, cookies):
        assert {"httponly", "samesite=lax", "path=/staff"} <= {p.strip() for p in cookie.split(";")}
        assert "secure" not in cookie
        # 残るのは、前に入ったブラウザーの印だけ
        lasting = "max-age" in cookie or "expires" in cookie
        assert lasting == cookie.startswith("staff_browser_")
    assert len(cookies) == 2


def test_ほかの所で間違えつづける人がいても_前に入ったブラウザーからは入れる(room: Room) -> None:
    def log_in_as_stranger(name: str) -> None:
        with pytest.raises(LoginError):
            room.console.sessions.log_in(name, "ちがう", f"198.51.100.{next(addresses)}")

    with room.logged_in("suzuki") as before, room.client() as fresh, room.client() as other:
        before.post("/staff/logout")
        other.cookies.update({n: v for n, v in before.cookies.items() if "browser" in n})
        for name in ("suzuki", "sato"):
            addresses = iter(range(100))
            for _ in range(100):
                log_in_as_stranger(name)
        assert log_in(fresh, "suzuki").status_code == 429
        assert log_in(before, "suzuki").url.path == "/staff"
        assert log_in(other, "sato").status_code == 429  # ほかの人の名前には使えない
        name = next(n for n in before.cookies if "browser" in n)
        fresh.cookies.set(name, f"{'0' * 32}.{'0' * 32}", path="/staff")
        assert log_in(fresh, "suzuki").status_code == 429  # 自分で作った印


def test_データベースを使えない間に送った_持ちこした文章も_失わない(room: Room) -> None:
    with room.client() as client:
        room.engine.dispose()
        database = Path(room.settings.database_url.removeprefix("sqlite:///"))
        database.rename(database.with_name("moved.db"))
        database.mkdir()
        page = log_in(client, "suzuki", carried='[["text", "長い文章"]]', next="/staff/x")
        assert page.status_code == 503
        assert "長い文章" in page.text


def test_https_のサイトの_cookie_は_https_だけで送る(tmp_path: Path) -> None:
    room = Room(tmp_path, base_url="https://shakyo.example.jp")
    with room.serving(), room.client() as client:
        client.follow_redirects = False
        cookies = log_in(client, "suzuki").headers.get_list("set-cookie")
        assert len(cookies) == 2 and all("; Secure" in cookie for cookie in cookies)


# 出る ---------------------------------------------------------------------------


def test_ログアウトすると_前の合い言葉は使えない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        kept = dict(client.cookies)
        page = client.post("/staff/logout")
        assert page.url.path == "/staff/login"
        assert "ログアウトしました。" in page.text
        client.cookies.update(kept)
        assert client.get("/staff").url.path == "/staff/login"


def test_時間が過ぎても_書いたものは失わず_入り直して送れる(room: Room) -> None:
    written = {
        "name": "ito",
        "display_name": "伊藤",
        "mail": "",
        "role": "writer",
        "councils": ["*"],
        "memo": '\n1 行め<script>\n\n"3 行め"\n',
    }
    with room.logged_in("abe") as client:
        room.after(hours=9)
        expired = client.post("/staff/new-person", data=written)
        assert expired.status_code == 401
        assert "書いたものは残してあり" in expired.text
        wrong = log_in(client, "abe", "ちがう", **hidden(expired))
        resume = log_in(client, "abe", **hidden(wrong))
        assert "書いたものは残っています" in resume.text
        assert "<script>" not in resume.text
        again = hidden(resume)
        assert again["memo"] == written["memo"]
        action = re.search(r'action="(/staff/new-person)"', resume.text)
        assert action is not None
        done = client.post(action[1], data=again)
        assert done.url.path == "/staff/people/ito"
    assert room.actor("ito").role == "writer"


def test_時間が過ぎた_fetch_には_401_と文で答える(room: Room) -> None:
    with room.client() as client:
        answer = client.post("/staff/notices", headers={"Sec-Fetch-Dest": "empty"})
        assert answer.status_code == 401
        assert answer.text.startswith("ログインの時間が過ぎました。")


def test_パスワードは_入り直すページに運ばない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        room.after(hours=13)
        given = {"old_password": PASSWORD, "new_password": NEW, "new_password_again": NEW}
        page = client.post("/staff/password", data=given)
        assert page.status_code == 401
        assert PASSWORD not in page.text and NEW not in page.text


# パスワードを変える ------------------------------------------------------------------


def change(client: httpx.Client, old: str, new: str, again: str, **more: str) -> httpx.Response:
    given = {"old_password": old, "new_password": new, "new_password_again": again, **more}
    return client.post("/staff/password", data=given)


def test_パスワードを変えると_ほかのログインは終わり_自分は続けられる(room: Room) -> None:
    with room.logged_in("suzuki") as client, room.logged_in("suzuki") as other:
        page = change(client, PASSWORD, NEW, NEW)
        assert page.url.path == "/staff"
        assert "パスワードを変えました。" in page.text
        assert other.get("/staff").url.path == "/staff/login"
        assert log_in(other, "suzuki", PASSWORD).status_code == 400
        assert log_in(other, "suzuki", NEW).status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "again", "message", "field"),
    [
        ("ちがう", NEW, NEW, "いまのパスワードが違います。", "old_password"),
        (PASSWORD, NEW, NEW + "x", "2 つの新しいパスワードが違います。", "new_password_again"),
        (
            PASSWORD,
            "みじかい",
            "みじかい",
            "パスワードは 10 字より短くできません。",
            "new_password",
        ),
        (PASSWORD, PASSWORD, PASSWORD, "前と同じパスワードです。", "new_password"),
    ],
)
def test_変えられないわけを_その項目で言う(
    room: Room, old: str, new: str, again: str, message: str, field: str
) -> None:
    with room.logged_in("suzuki") as client:
        page = change(client, old, new, again)
        assert page.status_code == 400
        assert re.search(rf'<a href="#{field}">{message}', page.text)
        assert re.search(
            rf'id="{field}"[^>]*aria-describedby="{field}_fault[^>]*aria-invalid', page.text
        )
        assert old not in page.text and new not in page.text


def test_変える約束のある人は_変えるまで_ほかのページを使えない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        room.console.accounts.require_change("suzuki", room.actor("abe"))
        expired = client.post("/staff/notices", data={"up_to": "7"})
        page = log_in(client, "suzuki", **hidden(expired))
        assert "はじめに、パスワードを変えてください。" in page.text
        assert client.get("/staff/notices").url.path == "/staff/password"
        resume = change(client, PASSWORD, NEW, NEW, **hidden(page))
        assert hidden(resume) == {"up_to": "7"}  # 書いていたものは、ここまで運ばれる
        assert client.get("/staff/notices").url.path == "/staff/notices"


# パスワードを決めるページ -------------------------------------------------------------


def use(client: httpx.Client, token: str, new: str, again: str) -> httpx.Response:
    given = {"new_password": new, "new_password_again": again}
    return client.post(f"/staff/link/{token}", data=given)


def test_渡されたページでパスワードを決めると_そのまま入れ_2度は使えない(room: Room) -> None:
    token = room.console.accounts.new_link("suzuki", room.actor("abe"))
    with room.client() as client:
        assert "鈴木 さんのパスワードを決めます" in client.get(f"/staff/link/{token}").text
        assert use(client, token, NEW, NEW + "x").status_code == 400
        assert use(client, token, "1234567890", "1234567890").status_code == 400
        page = use(client, token, NEW, NEW)
        assert page.url.path == "/staff"
        assert "鈴木（書く人）" in page.text
        again = use(client, token, NEW, NEW)
        assert again.status_code == 404
        assert "管理者に、もう一度頼んでください。" in again.text


def test_渡されたページは_24時間で使えなくなる(room: Room) -> None:
    token = room.console.accounts.new_link("suzuki", room.actor("abe"))
    room.after(hours=25)
    with room.client() as client:
        assert client.get(f"/staff/link/{token}").status_code == 404
        assert use(client, token, NEW, NEW).status_code == 404
        assert log_in(client, "suzuki").status_code == 200
