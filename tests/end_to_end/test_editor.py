"""書く画面と取り込む画面を、本物のブラウザーで使う。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app.console.browsing import follow, log_in
from tests.app.console.room import STANDARD, Room
from tests.app.console.test_edit import EASY, LONGER, PLAN, kept, text_of
from tests.app.console.test_import_page import PDF
from tests.end_to_end.test_pages import CONTRAST, axe

pytestmark = pytest.mark.slow


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    with made.serving():
        yield made


def log_in_as(page: Page, room: Room) -> None:
    page.goto(f"{room.url}/staff/login")
    log_in(page, "suzuki")


def save(page: Page) -> None:
    follow(page.get_by_role("button", name="保存する").first)


@pytest.fixture
def page(room: Room, browser: Browser) -> Iterator[Page]:
    """鈴木さんの画面。命令の失敗があれば、試験は失敗する。"""
    troubles: list[str] = []
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        log_in_as(page, room)
        yield page
    assert not troubles


def test_書いている間に_しらせが変わり_書きかけが残る(room: Room, page: Page) -> None:
    page.goto(room.url + EASY)
    body, status = page.locator("#body_1"), page.locator("#check_status")
    body.press("Control+End")
    body.press_sequentially("連携を推進します。", delay=10)
    status.filter(has_text="直すもの").wait_for()
    assert body.evaluate("area => document.activeElement === area")
    assert body.input_value().endswith("連携を推進します。")
    page.locator("#kept_status").filter(has_text="書きかけを取ってあります").wait_for()
    assert "連携を推進します。" in (kept(room, "plain") or "")
    page.locator("#marks_1 a", has_text="連携").click()
    chosen = "area => area.value.slice(area.selectionStart, area.selectionEnd)"
    assert body.evaluate(chosen) == "連携"
    save(page)
    page.get_by_text("下書きに保存しました。").wait_for()
    assert kept(room, "plain") is None


def test_日本語を打っている途中では_確かめない(room: Room, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.method) if r.method == "POST" else None)
    page.goto(room.url + EASY)
    body = page.locator("#body_1")
    body.dispatch_event("compositionstart")
    body.dispatch_event("input", {"isComposing": True, "bubbles": True})
    page.wait_for_timeout(900)
    assert asked == []
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        body.dispatch_event("compositionend", {"bubbles": True})
    assert asked == ["POST"]


def test_開くとしらせが出ていて_保存すると書いていた節に戻る(room: Room, page: Page) -> None:
    long = "".join(f"\n# 節 {n} {{#part-{n}}}\n\n{'海の話です。' * 40}\n" for n in range(12))
    room.write(STANDARD + long)
    room.write(STANDARD.replace("とれたての魚を配ります", "連携を推進します") + long, "plain")
    page.goto(room.url + EASY)
    assert "直すもの" in page.locator("#check_status").inner_text()
    assert page.locator("#marks_1 a", has_text="連携").count() > 0
    page.locator("#body_2").press("Control+End")
    page.keyboard.type("先に書いた節。")
    page.locator("#body_9").press("Control+End")
    page.keyboard.type("後に書いた節。")
    save(page)
    page.get_by_text("下書きに保存しました。").wait_for()
    expect(page).to_have_url(re.compile("#part_9$"))
    heading, bar = page.locator("#part_9").bounding_box(), page.locator(".edit-bar").bounding_box()
    assert heading and bar and bar["y"] + bar["height"] <= heading["y"] < 600
    assert page.get_by_text("下書きに保存しました。").bounding_box() is not None
    follow(page.get_by_role("navigation", name="次にすること").get_by_role("link", name="下見"))
    assert "/staff/preview/" in page.url


def test_長い文章を確かめる間も_黙っていない(room: Room, page: Page) -> None:
    page.goto(room.url + EASY)
    page.locator("#body_1").fill("これは長い文です。" * 3_000)
    status = page.locator("#check_status")
    status.filter(has_text="文章が長いので、書いている間は確かめません。").wait_for()
    said: list[str] = []
    page.expose_function("heard", lambda text: said.append(text))
    status.evaluate(
        "box => new MutationObserver(() => heard(box.textContent)).observe(box, {childList: true})"
    )
    page.get_by_role("button", name="確かめる").first.click()
    status.filter(has_text="直すもの").wait_for()
    assert said == ["確かめています。長い文章では、1 分ほどかかることがあります。"]


def test_選んだ言葉に_ふりがなと説明を付け_取り消せる(room: Room, page: Page) -> None:
    page.goto(room.url + PLAN)
    body = page.locator("#body_1")
    body.evaluate("area => { area.focus(); area.setSelectionRange(0, 2); }")
    page.get_by_role("button", name="ふりがなを付ける").click()
    page.keyboard.type("あさいち")
    assert body.input_value().startswith("｜朝市《あさいち》では、")
    body.evaluate("area => area.setSelectionRange(11, 11)")
    page.get_by_role("button", name="説明を付ける").click()
    page.keyboard.type("朝の店")
    assert "〈朝の店〉" in body.input_value()
    for _ in range(20):
        page.keyboard.press("Control+z")
    assert body.input_value() == "朝市では、とれたての魚を配ります。"


def test_書いている間に時間が過ぎても_そう言い_書いたものは残る(room: Room, page: Page) -> None:
    page.goto(room.url + PLAN)
    room.after(hours=13)
    page.locator("#body_1").fill("大切な文章です。")
    page.locator("#check_status").filter(has_text="ログインの時間が過ぎました").wait_for()
    assert page.locator("#body_1").input_value() == "大切な文章です。"
    save(page)
    log_in(page, "suzuki")
    page.get_by_role("button", name="もう一度送る").click()
    page.get_by_text("下書きに保存しました。").wait_for()
    assert "大切な文章です。" in text_of(room)


def scenes(page: Page, room: Room) -> Iterator[str]:
    """書く画面の、すべての場面。"""
    log_in_as(page, room)
    room.write(STANDARD + LONGER)
    for path in (f"{EASY}?check=1", PLAN, f"{PLAN}?whole=1&check=1", "/staff/new/umibe"):
        page.goto(room.url + path)
        yield path
    page.goto(f"{room.url}/staff/import/umibe")
    yield "取り込む"
    page.get_by_label("資料のファイル").set_input_files(
        {"name": "計画.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    follow(page.get_by_role("button", name="取り込む"))
    page.get_by_alt_text("もとの資料の 1 ページの絵").wait_for()
    yield "取り込んだ資料"
    page.goto(room.url + PLAN)
    room.write(STANDARD.replace("魚", "貝"), name="sato")
    page.locator("#body_1").fill("誤り《の文。")
    save(page)
    page.locator(".faults").wait_for()
    assert page.locator(".faults").evaluate("box => box.contains(document.activeElement)")
    yield "誤り"
    page.locator("#body_1").fill("正しい文。")
    save(page)
    page.get_by_role("heading", name="違うところ").wait_for()
    yield "2 人の文章"
    page.goto(room.url + PLAN)
    page.get_by_role("link", name="書きかけの続きを書く").wait_for()
    yield "書きかけ"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_自動検査は_どの場面にも違反を見つけない(browser: Browser, room: Room, scheme: str) -> None:
    with browser.new_context(bypass_csp=True, color_scheme=scheme) as context:
        page = context.new_page()
        rules = CONTRAST if scheme == "dark" else None
        found = {scene: axe(page, rules) for scene in scenes(page, room)}
    assert len(found) == 9
    assert not {scene: v for scene, v in found.items() if v}


def test_拡大しても_横に動かさずに読める(browser: Browser, room: Room) -> None:
    with browser.new_context(viewport={"width": 320, "height": 640}) as context:
        page = context.new_page()
        for scene in scenes(page, room):
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, scene


def test_JavaScript_がなくても_書いて確かめて保存できる(browser: Browser, room: Room) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        log_in_as(page, room)
        page.goto(room.url + EASY)
        assert page.get_by_role("button", name="ふりがなを付ける").count() == 0
        page.locator("#body_1").fill("連携を推進します。")
        follow(page.get_by_role("button", name="確かめる").first)
        assert "直すもの" in page.locator("#check_status").inner_text()
        page.get_by_text("この節を動かす、消す").first.click()
        page.locator("#body_1").fill("いっしょにします。")
        save(page)
        expect(page.get_by_text("下書きに保存しました。")).to_have_count(1)
    assert "いっしょにします。" in text_of(room, "plain")
