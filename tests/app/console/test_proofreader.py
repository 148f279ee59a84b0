"""校正者: 聞いて校正と、自分のパスワードのほかは、何も見えず、何もできない。"""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from app.console.account import Account
from app.console.frame import ROOT, Place
from content.workflow import EmergencyText, NotAllowed, Work
from tests.app.console.browsing import log_in
from tests.app.console.room import PASSWORD, PLAIN, STANDARD, SUBJECT, Room
from tests.app.console.test_people import NEW
from tests.app.console.test_proof import (
    FAULT,
    PAGE,
    TABLE,
    confirm,
    finish,
    hear_all,
    sentences,
)
from tests.end_to_end.test_pages import CONTRAST, axe

OWN = {
    "",
    "/password",
    "/logout",
    "/proof/{council}/{name}/{register}",
    "/proof/{council}/{name}/{register}/sentences",
    "/proof/{council}/{name}/{register}/sound/{sentence}",
    "/proof/{council}/{name}/{register}/table",
    "/proof/{council}/{name}/{register}/table.csv",
}
"""校正者の使えるページのすべて。"""
GIVEN = {
    "council": "umibe",
    "name": "plan-1",
    "register": "standard",
    "sentence": "x",
    "person": "abe",
    "section": "market",
    "take": "1",
    "id": "1",
}


@pytest.fixture
def listener(published: Room) -> Iterator[httpx.Client]:
    """海辺の社協を受け持つ校正者、森のブラウザー。音声の版は、公開してある。"""
    mori = Account("mori", "森", "mori@example.jp", "proofreader", frozenset({"umibe"}))
    published.console.accounts.add(mori, None, PASSWORD)
    with published.logged_in("mori") as client:
        yield client


def address(place: Place) -> str:
    filled = re.sub(r"{(\w+)}", lambda hole: GIVEN.get(hole[1], "x"), place.path)
    return f"{ROOT}{filled}"


def test_使えるのは_聞いて校正と自分のことだけ(room: Room, listener: httpx.Client) -> None:
    others = [place for place in room.console.places if place.path not in OWN]
    assert len(others) > 30
    for place in others:
        for answer in (listener.get(address(place)), listener.post(address(place))):
            assert answer.status_code == 403, place.path
            assert "このページは使えません" in answer.text
            assert re.search("このページを使えるのは、[^。]+です。[^。]+に頼んで", answer.text)
    assert {place.path for place in room.console.places} >= OWN
    for path in OWN - {"/logout"}:
        assert listener.get(address(Place(path, None))).status_code in (200, 404), path


def test_最初のページは_聞く文章の一覧(room: Room, listener: httpx.Client) -> None:
    secret = STANDARD.replace("表題: 海辺の計画", "表題: 秘密の計画")
    room.write(secret)
    room.console.drafts.save(Work("umibe/plan-2", "standard", secret), room.actor("suzuki"))
    home = listener.get("/staff").text
    count = len(sentences(listener))
    assert "<h1>聞く文章</h1>" in home and f'href="{PAGE}"' in home and f'href="{TABLE}"' in home
    assert f"まだ聞いていません（{count} 文）。" in home
    assert "秘密の計画" not in home
    assert re.findall(r'<li><a href="[^"]*"[^>]*>([^<]+)</a>', home.partition("<main")[0]) == [
        "最初のページ"
    ]
    assert "海辺の計画（やさしい日本語）" in home
    hidden = listener.get("/staff/proof/umibe/plan-2/standard")
    assert hidden.status_code == 404 and "秘密" not in hidden.text
    with room.logged_in("suzuki") as client:  # 職員の最初のページは、いままでどおり
        assert "<h1>最初のページ</h1>" in client.get("/staff").text


def test_聞いて誤りを残し_終えられるが_決めることと確かめることはできない(
    room: Room, listener: httpx.Client
) -> None:
    id = str(sentences(listener)[3]["id"])
    assert "残しました" in listener.post(PAGE, data={**FAULT, "sentence": id}).text
    assert "2 文を聞きました" not in listener.get("/staff").text
    table = listener.get(TABLE).text
    assert "森" in table and 'name="do" value="decide"' not in table
    decision = {"do": "decide", "remark": "1", "state": "fixed", "reason": ""}
    for refused in (listener.post(TABLE, data=decision), confirm(listener, room)):
        assert refused.status_code == 403
    assert "まだ決めていません" in listener.get(TABLE).text
    assert listener.get(f"{TABLE}.csv").status_code == 200
    hear_all(listener)
    assert "校正を終えました" in finish(listener, room).text
    assert "職員が確かめるのを待っています" in listener.get("/staff").text
    with room.logged_in("sato") as sato:
        assert 'name="do" value="decide"' in sato.get(TABLE).text
        sato.post(TABLE, data={**decision, "state": "declined", "reason": "正しい"})
        assert "校正済です" in confirm(sato, room).text
    assert "校正済です。" in listener.get("/staff").text


def test_受け持ちでない社協の文章は_聞けない(room: Room, listener: httpx.Client) -> None:
    yoso = Account("yoso", "よその人", "", "proofreader", frozenset({"saitama"}))
    room.console.accounts.add(yoso, None, PASSWORD)
    with room.logged_in("yoso") as client:
        assert "受け持つ社協がありません。" in client.get("/staff").text
        assert client.get(PAGE).status_code == client.get(TABLE).status_code == 404


def test_音声の版がなければ_一覧は空で_そう言う(room: Room) -> None:
    room.console.accounts.add(Account("mori", "森", "", "proofreader", None), None, PASSWORD)
    with room.logged_in("mori") as client:
        assert "聞く文章は、まだありません。" in client.get("/staff").text


def test_画面を通さなくても_書くことも出すこともできない(
    room: Room, listener: httpx.Client
) -> None:
    mori = room.actor("mori")
    with pytest.raises(NotAllowed, match="職員です。職員に頼んでください。"):
        room.console.drafts.save(Work(SUBJECT, "plain", PLAIN), mori)
    with pytest.raises(NotAllowed):
        room.console.emergencies.announce("umibe", EmergencyText("あ。", "あ。", "あ。"), mori)
    revision = room.write(STANDARD.replace("魚", "いわし"))
    approvals = room.console.approvals
    with pytest.raises(NotAllowed):
        approvals.submit(revision.id, revision.digest, mori)
    approvals.submit(revision.id, revision.digest, room.actor("suzuki"))
    assert "承認できるのは、確かめる人です" in approvals.objection(revision.id, mori, "代理")


def test_知らせもメールも_届かない(room: Room, listener: httpx.Client) -> None:
    room.console.emergencies.announce(
        "umibe", EmergencyText("津波。", "津波。", "つなみ。"), room.actor("suzuki")
    )
    assert room.console.notices.unread("sato") == 1
    assert room.console.notices.unread("mori") == 0
    assert room.console.notices.take_letters() == ()


def test_管理者が画面で作り_本人がパスワードを決め_変えられる(room: Room) -> None:
    form = {"name": "mori", "display_name": "森", "role": "proofreader", "councils": "umibe"}
    with room.logged_in("abe") as abe, room.client() as mine:
        assert "校正者" in abe.post("/staff/new-person", data=form).text
        found = re.search(r'value="(http[^"]+)"', abe.post("/staff/people/mori/link").text)
        assert found is not None
        home = mine.post(found[1], data={"new_password": NEW, "new_password_again": NEW})
        assert "森（校正者）" in home.text and "<h1>聞く文章</h1>" in home.text
        another = "ぶどうとみかんとりんご"
        changed = mine.post(
            "/staff/password",
            data={
                "old_password": NEW,
                "new_password": another,
                "new_password_again": another,
            },
        )
        assert "パスワードを変えました。" in changed.text
        assert mine.post("/staff/logout").url.path == "/staff/login"
        again = mine.post("/staff/login", data={"name": "mori", "password": another})
        assert "<h1>聞く文章</h1>" in again.text


@pytest.mark.slow
def test_一覧から聞きはじめられ_自動検査は違反を見つけない(
    room: Room, listener: httpx.Client, browser: Browser
) -> None:
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(f"{room.url}/staff")
        log_in(page, "mori")
        assert axe(page, CONTRAST) == {} and axe(page) == {}
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.get_by_role("link", name=re.compile("聞いて校正.*ふつうの文章")).click()
        expect(page.get_by_role("button", name="次", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="最初のページ")).to_be_visible()
