"""職員の画面を、本物のブラウザーで使う。第 1 章: 入る、断られる、時間が過ぎる、アカウントを渡す。"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app.console.browsing import follow, log_in, press
from tests.app.console.room import PASSWORD, PLAIN, STANDARD, SUBJECT, Room
from tests.end_to_end.test_pages import CONTRAST, axe

pytestmark = pytest.mark.slow

Seat = Callable[..., Page]
NEW = "すいかとめろんともも"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """差し戻された稿と、確かめを待つ稿のある部屋。"""
    made = Room(tmp_path)
    suzuki, sato = made.actor("suzuki"), made.actor("sato")
    approvals = made.console.approvals
    plain = made.write(PLAIN.replace("魚", "いわし"), "plain")
    approvals.submit(plain.id, plain.digest, suzuki)
    approvals.send_back(plain.id, plain.digest, sato, "2 つめの文が長いです。")
    standard = made.write(STANDARD.replace("魚", "いわし"))
    approvals.submit(standard.id, standard.digest, suzuki, "秋の版です")
    with made.serving():
        yield made


@pytest.fixture
def seat(browser: Browser, room: Room) -> Iterator[Seat]:
    """``seat(名前, 設定…)``: その人の机の、最初のページ。名前がなければ、ログインの前。

    断りの答え（4xx）のほかの、ブラウザーの苦情があれば、試験は失敗する。
    """
    troubles: list[str] = []

    def complain(text: str) -> None:
        if "the server responded with a status of 4" not in text:
            troubles.append(text)

    with ExitStack() as stack:

        def sit(name: str = "", **options: Any) -> Page:
            context = browser.new_context(**{"reduced_motion": "reduce", **options})
            page = stack.enter_context(context).new_page()
            page.on("console", lambda m: complain(m.text) if m.type == "error" else None)
            page.on("pageerror", lambda error: complain(str(error)))
            page.goto(f"{room.url}/staff")
            if name:
                log_in(page, name)
            return page

        yield sit
        assert not troubles


def arrived(page: Page, title: str) -> None:
    expect(page.locator("h1")).to_have_text(title)


# 見る ----------------------------------------------------------------------------


def scenes(page: Page, room: Room) -> Iterator[str]:
    """第 1 章のすべての場面。"""
    yield "ログイン"
    log_in(page, "abe", "ちがうパスワード")
    yield "違うパスワード"
    log_in(page, "abe")
    yield "最初のページ"
    for place in ("notices", "people", "new-person", "people/suzuki", "password", "nai"):
        page.goto(f"{room.url}/staff/{place}")
        yield place
    page.goto(f"{room.url}/staff/people/suzuki")
    press(page, "パスワードを決めるページを作る")
    yield "渡すページ"
    link = page.get_by_label("鈴木 さんに渡すアドレス").input_value()
    page.goto(f"{room.url}/staff/new-person")
    press(page, "アカウントを作る")
    yield "アカウントの誤り"
    room.after(hours=13)
    press(page, "アカウントを作る")
    yield "時間が過ぎた"
    log_in(page, "abe")
    yield "書いたものを送る"
    page.context.clear_cookies()
    page.goto(link)
    yield "使えないページ"
    page.goto(f"{room.url}/staff")
    log_in(page, "suzuki")
    page.goto(f"{room.url}/staff/people")
    yield "断り"
    page.goto(f"{room.url}/staff")
    yield "書く人の最初のページ"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_自動検査は_どの場面にも違反を見つけない(seat: Seat, room: Room, scheme: str) -> None:
    page = seat(bypass_csp=True, color_scheme=scheme)
    rules = CONTRAST if scheme == "dark" else None
    found = {scene: axe(page, rules) for scene in scenes(page, room)}
    assert len(found) == 16
    assert not {scene: v for scene, v in found.items() if v}


def test_拡大しても_横に動かさずに使え_押すところは指で押せる(seat: Seat, room: Room) -> None:
    page = seat(viewport={"width": 320, "height": 640})
    controls = "main :is(button, input:not([type=hidden]), select), header button"
    for scene in scenes(page, room):
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, scene
        for control in page.locator(controls).filter(visible=True).all():
            inside = control.evaluate("e => e.closest('label')?.getBoundingClientRect().height")
            box = control.bounding_box()
            assert box and max(inside or 0, box["height"]) >= 44, (scene, control.inner_text())


# 入る ---------------------------------------------------------------------------


def test_キーボードだけで入り_間違いは初めに知らされ_その項目へ移れる(seat: Seat) -> None:
    page = seat()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # 本文へ進む
    page.keyboard.press("Tab")
    page.keyboard.type("abe")
    page.keyboard.press("Tab")
    page.keyboard.type("ちがう")
    page.keyboard.press("Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.title() == "エラー: ログイン｜職員の画面"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # まとめから、直す項目へ
    field = page.get_by_label("パスワード")
    expect(field).to_be_focused()
    described = field.get_attribute("aria-describedby")
    assert described and "違います" in page.locator(f"#{described.split()[0]}").inner_text()
    assert page.get_by_label("名前").input_value() == "abe"
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    arrived(page, "最初のページ")
    follow(page.get_by_role("button", name="ログアウト"))
    assert "ログアウトしました。" in page.get_by_role("status").inner_text()
    page.go_back()
    page.reload()
    arrived(page, "ログイン")


def test_書いている間に時間が過ぎても_書いたものは失わない(seat: Seat, room: Room) -> None:
    page = seat("abe")
    page.goto(f"{room.url}/staff/new-person")
    page.get_by_label("ログインの名前").fill("ito")
    page.get_by_label("画面に出す名前").fill("伊藤")
    room.after(hours=9)
    press(page, "アカウントを作る")
    assert "書いたものは残してあり" in page.get_by_role("main").inner_text()
    log_in(page, "abe")
    press(page, "もう一度送る")
    assert "伊藤 さんのアカウントを作りました。" in page.get_by_role("status").inner_text()


# 断られる ------------------------------------------------------------------------


def test_ほかのサイトの偽のフォームは_何もできない(seat: Seat, room: Room) -> None:
    page = seat("abe")
    forged = (
        f'<form method="post" action="{room.url}/staff/new-person"><input name="name" value="warui">'
        '<input name="role" value="administrator"><input name="councils" value="*">'
        "<button>賞品を受け取る</button></form>"
    )
    address = "http://example.com/"
    page.route(address, lambda route: route.fulfill(content_type="text/html", body=forged))
    page.goto(address)
    page.get_by_role("button").click()
    arrived(page, "受け取りませんでした")
    assert room.console.accounts.find("warui") is None
    page.get_by_role("link", name="最初のページへ").click()
    arrived(page, "最初のページ")


def test_書く人は_アカウントのページを使えない(seat: Seat, room: Room) -> None:
    page = seat("suzuki")
    assert page.get_by_role("navigation").get_by_role("link", name="アカウント").count() == 0
    page.goto(f"{room.url}/staff/people")
    assert "管理者に頼んでください。" in page.get_by_role("alert").inner_text()


# アカウントを渡す（JavaScript なしで） ------------------------------------------------------


def test_作ったアカウントを_1度だけのアドレスで渡す(seat: Seat, room: Room) -> None:
    page = seat("abe", java_script_enabled=False)
    follow(page.get_by_role("link", name="アカウント"))
    follow(page.get_by_role("main").get_by_role("link", name="アカウントを作る"))
    page.get_by_label("ログインの名前").fill("ito")
    page.get_by_label("画面に出す名前").fill("伊藤")
    page.get_by_label("確かめる人").check()
    page.get_by_label("すべての社協").uncheck()
    page.get_by_label("海辺社会福祉協議会").check()
    press(page, "アカウントを作る")
    press(page, "パスワードを決めるページを作る")
    link = page.get_by_label("伊藤 さんに渡すアドレス").input_value()

    hers = seat(java_script_enabled=False)
    hers.goto(link)
    hers.locator("#new_password").fill(NEW)
    hers.get_by_label("新しいパスワード（もう一度）").fill(NEW)
    press(hers, "パスワードを決める")
    assert "パスワードを決めて、ログインしました。" in hers.get_by_role("status").inner_text()
    assert "承認を待っています" in hers.get_by_role("main").inner_text()

    hers.goto(link)
    assert "もう使えません" in hers.get_by_role("alert").inner_text()
    account = room.console.accounts.find("ito")
    assert account is not None and account.councils == {SUBJECT.split("/")[0]}
