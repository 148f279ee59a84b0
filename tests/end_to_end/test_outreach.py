"""緊急のお知らせ、LINE で全員に送る、利用の様子を、本物のブラウザーで使う。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from accessibility.glossary import Glossary
from app.settings import Line
from bot.people import count
from bot.tables import UNANSWERED
from channels.pages import hub_path
from channels.site import WebSite
from content.database import writing
from tests.app.console.browsing import follow, log_in, press
from tests.app.console.room import SUBJECT, Room
from tests.end_to_end.test_pages import CONTRAST, axe
from tests.line_platform import LinePlatform

pytestmark = pytest.mark.slow

NOTICE = "大雨のため、地区会は休みです。\n避難所は、海辺小学校です。"
EASY = "大雨です。あぶないので、地区会は休みです。\n逃げる所は、海辺小学校です。"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """入口のページと、LINE の友だち 3 人と、1 か月の数のある部屋。"""
    made = Room(tmp_path)
    site = {**WebSite({}, Glossary.load()).render([]), hub_path(SUBJECT): b"<p>plan"}
    for path, data in site.items():
        (made.out / path).parent.mkdir(parents=True, exist_ok=True)
        (made.out / path).write_bytes(data if isinstance(data, bytes) else data.read_bytes())
    with writing(made.engine) as connection:
        numbers = Counter[tuple[str, str]]()
        for day in range(1, 23):
            for way, times in (("web", 40), ("audio", 12), ("daisy", 3), ("epub", 5), ("text", 1)):
                number = times * (day % 7) // 3
                numbers[f"2026-11-{day:02}", f"got {way} {SUBJECT} plain"] = number
            for name, times in (("quote", 9), ("people", 2), ("choices", 4), ("decline", 3)):
                numbers[f"2026-11-{day:02}", f"answer_{name}"] = times * (day % 5) // 2
            numbers[f"2026-11-{day:02}", "feedback_yes"] = day % 4
            numbers[f"2026-11-{day:02}", "feedback_no"] = day % 2
        count(connection, numbers)
        question = {"question": "第7期の計画はいつ出ますか", "asked": made.now.timestamp()}
        connection.execute(UNANSWERED.insert(), question)
    with LinePlatform(monthly_limit=10) as line:
        for name in ("花子", "太郎", "次郎"):
            line.resident(name)
        keys = Line(line.secret, line.access_token, line.base_url)
        settings = replace(made.settings, line=keys, base_url="http://fukushi.example")
        made.console = replace(made.console, settings=settings)
        with made.serving():
            yield made


def scenes(page: Page, room: Room) -> Iterator[str]:
    """すべての場面。終わると、お知らせが出ていて、LINE に 1 度送ってある。"""
    page.goto(f"{room.url}/staff/login")
    log_in(page, "sato")
    page.goto(f"{room.url}/staff/emergency/umibe")
    yield "お知らせ"
    press(page, "次へ（見え方を見る）")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "お知らせの誤り"
    page.get_by_label("ふつうの文章").fill(NOTICE)
    press(page, "次へ（見え方を見る）")
    expect(page.get_by_role("heading", name="LINE での見え方")).to_be_visible()
    yield "お知らせの見え方"
    page.get_by_label("やさしい文章").fill(EASY)
    press(page, "公開する")
    expect(page.get_by_role("status")).to_contain_text("お知らせを出しました")
    yield "出したお知らせ"
    page.goto(f"{room.url}/staff/broadcast")
    yield "全員に送る"
    page.get_by_label("文章", exact=True).fill("計画ができました。ページから読めます。")
    page.get_by_label("付ける出版物").select_option(SUBJECT)
    press(page, "確かめる")
    expect(page.get_by_role("heading", name="使う通数")).to_be_visible()
    yield "送る前"
    press(page, "全員に送る")
    expect(page.get_by_role("status")).to_contain_text("全員に送りました")
    yield "送った後"
    page.goto(f"{room.url}/staff/broadcast")
    yield "送ったものの一覧"
    for period in ("days", "weeks", "months"):
        page.goto(f"{room.url}/staff/dashboard?period={period}")
        yield f"利用の様子 {period}"
    for path in ("", "ruby/", "receive.html"):
        page.goto(f"{room.url}/{path}")
        yield f"住民のページ {path}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_自動検査は_どの場面にも違反を見つけない(
    browser: Browser, room: Room, scheme: Literal["light", "dark"]
) -> None:
    with browser.new_context(bypass_csp=True, color_scheme=scheme) as context:
        page = context.new_page()
        rules = CONTRAST if scheme == "dark" else None
        found = {scene: axe(page, rules) for scene in scenes(page, room)}
    assert len(found) == 14
    assert not {scene: v for scene, v in found.items() if v}


def wide(page: Page) -> list[str]:
    """画面からはみ出しているもの。"""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
          .filter(e => e.getBoundingClientRect().right > 321 && !e.closest('.table-scroll'))
          .map(e => e.outerHTML.slice(0, 120))"""
    )
    return found


def test_拡大しても_横に動かさずに読める(browser: Browser, room: Room) -> None:
    with browser.new_context(viewport={"width": 320, "height": 640}) as context:
        page = context.new_page()
        for scene in scenes(page, room):
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 320, (scene, wide(page))


def test_お知らせは_ページの読み上げの初めに来て_ほかのページからも1度で開ける(
    browser: Browser, room: Room
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        for _ in scenes(page, room):
            pass
        page.goto(f"{room.url}/receive.html")
        page.get_by_role("link", name="緊急のお知らせがあります").click()
        expect(page).to_have_url(f"{room.url}/index.html#emergency")
        first = page.locator(".skip + *")
        expect(first).to_have_attribute("aria-labelledby", "emergency_title")
        expect(first).to_contain_text("避難所は、海辺小学校です。")
        expect(first).to_contain_text("うみべしょうがっこう")


def test_グラフには名前があり_同じ数の表が続く(browser: Browser, room: Room) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{room.url}/staff/login")
        log_in(page, "suzuki")
        follow(page.get_by_role("link", name="利用の様子"))
        follow(page.get_by_role("link", name="12 か月（月ごと）"))
        plot = page.get_by_role("img", name="受け取り方ごとの、渡した数")
        expect(plot).to_be_visible()
        table = page.get_by_role("table", name="受け取り方ごとの、渡した数")
        drawn = [int(t) for t in plot.locator("text").all_text_contents() if t.isdigit()]
        totals = [int(t) for t in table.locator("tfoot td").all_text_contents()]
        assert drawn == totals and len(totals) == 5
        with page.expect_download() as download:
            page.get_by_role("link", name=re.compile("CSV を受け取る.*質問への答え")).click()
        assert download.value.suggested_filename == "answers-months.csv"
