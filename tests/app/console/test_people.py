"""アカウントのページ。"""

from __future__ import annotations

import html
import re
from dataclasses import replace

import httpx
import pytest

from app.console.account import Account
from tests.app.console.room import PASSWORD, Room

NEW = "すいかとめろんともも"
ITO = {
    "name": "ＩＴＯ",
    "display_name": "伊藤",
    "mail": "ito@example.jp",
    "role": "writer",
    "councils": "umibe",
}


def cells(page: httpx.Response) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", page.text)


def test_作り_ページを渡し_本人がパスワードを決めて入る(room: Room) -> None:
    with room.logged_in("abe") as client, room.client() as hers:
        page = client.post("/staff/new-person", data=ITO)
        assert page.url.path == "/staff/people/ito"
        assert "伊藤 さんのアカウントを作りました。" in page.text
        assert re.search(
            r"ito 伊藤 書く人 海辺社会福祉協議会 ito@example.jp パスワードを決めていない",
            re.sub(r"\s+", " ", cells(client.get("/staff/people"))),
        )
        shown = client.post("/staff/people/ito/link")
        found = re.search(r'value="(http[^"]+/staff/link/[^"]+)"', shown.text)
        assert found is not None
        link = html.unescape(found[1])
        assert "/staff/link/" not in client.get("/staff/people/ito").text
        first = hers.get(link)
        assert "ログインの名前は「<strong>ito</strong>」" in first.text
        done = hers.post(link, data={"new_password": NEW, "new_password_again": NEW})
        assert "伊藤（書く人）" in done.text
        history = client.get("/staff/people/ito").text
        places = [
            history.index(words)
            for words in (
                "パスワードを決めました",
                "パスワードを決めるページを作りました",
                "アカウントを作りました",
            )
        ]
        assert places == sorted(places)  # 新しい順


@pytest.mark.parametrize(
    ("change", "message", "field"),
    [
        ({"name": "abe"}, "「abe」という名前は、もう使われています。", "name"),
        ({"name": " "}, "名前を入れてください。", "name"),
        ({"name": "いとう さん"}, "「いとう さん」という名前は使えません。", "name"),
        ({"mail": "伊藤"}, "メールのアドレス「伊藤」は、", "mail"),
        ({"display_name": "あ" * 41}, "画面に出す名前は、40 字まで", "display_name"),
        ({"councils": ""}, "受け持つ社協を、1 つは選んでください。", "councils"),
        ({"councils": "nai"}, "受け持つ社協を、1 つは選んでください。", "councils"),
    ],
)
def test_作れないわけを_その項目で言い_書いたものは残る(
    room: Room, change: dict[str, str], message: str, field: str
) -> None:
    with room.logged_in("abe") as client:
        page = client.post("/staff/new-person", data={**ITO, **change})
        assert page.status_code == 400
        assert f'<a href="#{field}">{message}' in page.text
        assert f'id="{field}_fault"' in page.text
        written = {**ITO, **change}
        for name in ("name", "display_name", "mail"):
            assert f'value="{html.escape(written[name])}"' in page.text
    assert room.console.accounts.find("ito") is None


def test_変えると_すぐに効く(room: Room) -> None:
    with room.logged_in("abe") as client, room.logged_in("suzuki") as hers:
        given = {"display_name": "鈴木花子", "mail": "", "role": "reviewer", "councils": ["*"]}
        page = client.post("/staff/people/suzuki", data=given)
        assert "鈴木花子 さんのアカウントを変えました。" in page.text
        assert "鈴木花子（確かめる人）" in hers.get("/staff").text
        history = cells(client.get("/staff/people/suzuki"))
        assert "鈴木（書く人、すべての社協、メールなし） → 鈴木花子（確かめる人" in history


def test_使えなくすると_ログインも終わり_戻せる(room: Room) -> None:
    with room.logged_in("abe") as client, room.logged_in("suzuki") as hers:
        page = client.post("/staff/people/suzuki/disable")
        assert "鈴木 さんのアカウントを使えなくしました。" in page.text
        assert hers.get("/staff").url.path == "/staff/login"
        assert client.post("/staff/people/suzuki/link").status_code == 400
        client.post("/staff/people/suzuki/enable")
        done = hers.post("/staff/login", data={"name": "suzuki", "password": PASSWORD})
        assert done.url.path == "/staff"


def test_変えてもらうと_次に入ったとき_変えるまで使えない(room: Room) -> None:
    with room.logged_in("abe") as client, room.logged_in("suzuki") as hers:
        client.post("/staff/people/suzuki/require-change")
        assert hers.get("/staff").url.path == "/staff/login"
        page = hers.post("/staff/login", data={"name": "suzuki", "password": PASSWORD})
        assert "はじめに、パスワードを変えてください。" in page.text


def test_最後の管理者は_自分をやめさせられない(room: Room) -> None:
    with room.logged_in("abe") as client:
        given = {"display_name": "阿部", "mail": "", "role": "writer", "councils": "*"}
        for page in (
            client.post("/staff/people/abe", data=given),
            client.post("/staff/people/abe/disable"),
        ):
            assert page.status_code == 400
            assert "すべての社協の管理者が、ひとりもいなくなります。" in page.text
        assert client.get("/staff/people").status_code == 200


def test_1つの社協の管理者は_ほかのアカウントを見も変えもできない(room: Room) -> None:
    accounts = room.console.accounts
    local = Account("ono", "小野", "", "administrator", frozenset({"umibe"}))
    accounts.add(local, None, PASSWORD)
    accounts.add(replace(local, name="ito", display_name="伊藤", role="writer"), None, PASSWORD)
    with room.logged_in("ono") as client:
        people = client.get("/staff/people").text
        assert "伊藤" in people and "鈴木" not in people
        assert "すべての社協" not in client.get("/staff/new-person").text
        assert client.get("/staff/people/suzuki").status_code == 404
        for action in ("", "/link", "/disable", "/require-change"):
            assert client.post(f"/staff/people/abe{action}").status_code == 404
        page = client.post("/staff/new-person", data={**ITO, "name": "x", "councils": "*"})
        assert "受け持ちでない社協のアカウントは扱えません。" in page.text
