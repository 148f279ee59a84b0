"""公開の前に、どの媒体でどう見えるかを見る。"""

from __future__ import annotations

import html
import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from tests.app.console.browsing import log_in
from tests.app.console.room import PLAIN, STANDARD, SUBJECT, Room
from tests.app.console.test_readings_page import correct, text
from tests.end_to_end.test_pages import CONTRAST, axe

FISH = STANDARD.replace(
    "とれたての魚を配ります。\n",
    "網元の家で生魚を配ります。寄附もできます。\n\n## 時間 {#hours}\n\n- 朝の6時\n- 昼の12時\n",
)
HOME = f"/staff/preview/{SUBJECT}/standard"
ROOT = "/staff/preview/"


def main(page: httpx.Response) -> str:
    """ページの本文の文字。"""
    shown = re.sub(r"<[^>]+>", "", page.text[page.text.index("<main") :])
    return html.unescape(re.sub(r"\s+", " ", shown))


def test_もくじから_どの媒体の見え方にも行け_たがいに移れる(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        page = client.get(HOME)
        links = set(re.findall(r'class="chip" href="([^"]+)"', page.text))
        assert len(links) == 7
        for link in links:
            found = client.get(link)
            assert found.status_code == 200, link
            assert "海辺の計画" in found.text
        assert "下見" in client.get("/staff").text


def test_ページは_公開するときと同じ形で_下書きを見せる(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        page = client.get(f"{HOME}/web/market.html")
        assert page.headers["content-type"].startswith("text/html")
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert "網元の家で生魚を配ります。" in page.text
        assert "下見です。" in page.text
        assert "<audio" not in page.text
        assert f'href="/staff/readings/{SUBJECT}/standard"' in page.text
        assert "<rt>" not in page.text
        ruby = client.get(f"{HOME}/web/ruby/market.html")
        assert "<ruby>生魚<rp>（</rp><rt>なまざかな</rt>" in ruby.text
        correct(client, "生魚", reading="せいぎょ")
        assert "<rt>せいぎょ</rt>" in client.get(f"{HOME}/web/ruby/market.html").text


def test_ページの中のリンクは_下見の中か_公開中のページに行く(room: Room) -> None:
    room.write(PLAIN.replace("魚", "いわし"), "plain")
    (room.out / "index.html").write_text("<!doctype html><title>公開中</title>", encoding="utf-8")
    with room.logged_in("suzuki") as client:
        page = client.get(f"{HOME}/web/market.html")
        for href in set(re.findall(r'(?:href|src)="([^"#]+)', page.text)):
            assert page.url.join(href).path.startswith("/staff/"), href
        css = client.get(f"{ROOT}assets/site.css")
        assert (css.status_code, css.headers["content-type"][:8]) == (200, "text/css")
        assert client.get(f"{ROOT}assets/nai.css").status_code == 404
        other = f"{ROOT}{SUBJECT}/plain/web/market.html"
        assert page.url.join("../../plain/web/market.html").path == other
        assert "いわしをもらえます" in client.get(other).text
        assert client.get(f"{ROOT}index.html").url.path == "/index.html"
        for path in (f"{SUBJECT}/index.html", "umibe/contact.html", "/example.com/", "chat"):
            moved = client.get(ROOT + path, follow_redirects=False)
            assert moved.headers["location"] == "/" + path.lstrip("/")
        assert client.get(f"{HOME}/web/nai.html").status_code == 404
        assert client.get(f"{HOME}/web/market.mp3").status_code == 404


def test_LINEでは_節ごとの返事を_吹き出しで見せる(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        page = client.get(f"{HOME}/line")
        shown = text(page)
        assert "網元の家で生魚を配ります。" in shown
        assert "・朝の6時" in shown
        assert "もとのページを開く のボタン。" in shown
        assert "スマートフォンで、押して選べるもの: 1 はい" in shown
        assert page.text.count('<ol class="bubbles" aria-label="「') == 2


def test_音声は_節ごとの長さを見つもる(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        page = client.get(f"{HOME}/sound")
        row = re.search(
            r'<th scope="row">朝市</th><td>およそ (\d+)秒</td>\s*<td>(.*?)</td>', page.text
        )
        assert row is not None
        assert 6 <= int(row[1]) <= 12
        link = re.search(r'href="(.*?)"', row[2])
        assert link is not None
        path, _, id = link[1].partition("#")
        assert f'id="{id}"' in client.get(path).text
        assert "原本奥付" in text(page)


def test_テキストと言葉の説明を見せる(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        shown = html.unescape(client.get(f"{HOME}/text").text)
        assert "■ 朝市\n\n　朝市では、網元の家で生魚を配ります。" in shown
        assert "■■ 時間\n\n・朝の6時\n・昼の12時\n" in shown
        assert "寄附（きふ）" in text(client.get(f"{HOME}/words"))
        plain = client.get(f"/staff/preview/{SUBJECT}/plain/words")
        assert "説明の付く言葉はありません" in text(plain)


def test_選んだ稿を見る(room: Room) -> None:
    desk = room.console.approvals.desk(SUBJECT, "standard")
    assert desk is not None
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        before = client.get(f"{HOME}/text?revision={desk.latest.id}")
        assert "とれたての魚" in before.text
        assert "前の稿" in main(before)
        assert f"{HOME}/line?revision={desk.latest.id}" in before.text


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_自動検査は_どの下見にも違反を見つけない(room: Room, browser: Browser, scheme: Any) -> None:
    room.write(FISH)
    rules = CONTRAST if scheme == "dark" else None
    places = ("", "/line", "/sound", "/text", "/words", "/web/index.html", "/web/ruby/market.html")
    with browser.new_context(bypass_csp=True, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{room.url}{HOME}")
        log_in(page, "suzuki")
        for place in places:
            page.goto(f"{room.url}{HOME}{place}")
            page.set_viewport_size({"width": 1000, "height": 700})
            assert axe(page, rules) == {}, place
            page.set_viewport_size({"width": 320, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, place
