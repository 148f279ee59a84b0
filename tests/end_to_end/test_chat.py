"""質問のページを、本物のブラウザーで使う。キーボードだけで、JavaScript なしで、耳で。"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Page, Route

from accessibility.voices import OpenJTalk
from app.chat import router
from app.transcript import EXCHANGES
from app.web import create_app
from bot.answer import Brain
from bot.clips import AudioClips
from bot.conversation import Conversation
from channels.audio import AudioChannel
from channels.site import ASSETS
from channels.wording import Wording
from tests.app.console.browsing import follow
from tests.bot.talking import BODY, COUNCIL, publication, reader
from tests.channels.books import narrated
from tests.end_to_end.conftest import Open
from tests.end_to_end.test_pages import CONTRAST, axe, spoken_text

pytestmark = pytest.mark.slow

WATCH = "見守りはありますか"
ANSWER = "日向のまちで見守りをします。毎月開きます。一年に十回です。"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """見た目と動きのファイルと、本物の声の音声の版。"""
    folder = tmp_path_factory.mktemp("out")
    (folder / "assets").mkdir()
    for name in ASSETS:
        data = files("channels").joinpath(f"templates/assets/{name}").read_bytes()
        (folder / "assets" / name).write_bytes(data)
    cache = tmp_path_factory.mktemp("cache")
    edition = AudioChannel().render(*narrated(BODY.split("---\n\n", 1)[1], cache, OpenJTalk()))
    target = folder / "shiken/plan-6/standard/audio"
    target.mkdir(parents=True)
    for name, content in edition.files.items():
        assert isinstance(content, bytes)
        (target / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def site_url(out: Path) -> Iterator[str]:
    """本物の会話のあるサーバーのアドレス。"""
    audio = AudioClips(out)
    conversation = Conversation(
        Brain([publication()], [COUNCIL], vectors=False),
        [COUNCIL],
        [publication()],
        base_url="",
        notices=lambda: (),
        audio=audio,
        read=reader().read,
    )
    names = {COUNCIL.name: reader().read_text(COUNCIL.name)}
    api = router(conversation, audio, Wording.load(names), b"k" * 32, lambda turn: None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(out, [api]), log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def count(page: Page) -> int:
    return page.locator(".exchange").count()


def wait_for(page: Page, exchanges: int) -> None:
    page.wait_for_function(
        "n => document.querySelectorAll('.exchange').length === n", arg=exchanges, timeout=10_000
    )


def ask(page: Page, text: str) -> None:
    before = count(page)
    page.locator("#chat_text").fill(text)
    page.keyboard.press("Enter")
    wait_for(page, before + 1)


def answer(page: Page) -> str:
    return page.locator("#answer").inner_text()


def focused(page: Page) -> str:
    id: str = page.evaluate("document.activeElement.id")
    return id


# 見る ----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_自動検査は_会話のどの場面にも違反を見つけない(open_page: Open, scheme: str) -> None:
    rules = CONTRAST if scheme == "dark" else None
    page = open_page("chat", bypass_csp=True, color_scheme=scheme)
    found = {"始め": axe(page, rules)}
    ask(page, WATCH)
    ask(page, "音声で聞く")
    ask(page, "夫に殴られています")
    found["会話"] = axe(page, rules)
    page.locator("#chat_text").fill(" ")
    page.keyboard.press("Enter")
    page.locator("#chat_error:not(:empty)").wait_for()
    found["誤り"] = axe(page, rules)
    for mode in ("ruby", "hiragana"):
        page.locator("#chat_furigana").select_option(mode)
        follow(page.get_by_role("button", name="この読み方にする"))
        assert page.locator(".applied").count() == 1
        found[mode] = axe(page, rules)
    assert not {scene: v for scene, v in found.items() if v}


def test_どの幅でも_横に動かさずに使え_押すところは指で押せる(open_page: Open) -> None:
    page = open_page("chat")
    ask(page, WATCH)
    ask(page, "音声で聞く")
    ask(page, "あ" * 300)
    for width in (320, 640, 1280):
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for control in page.locator("main :is(button, select, input:not([type=hidden]))").all():
            box = control.bounding_box()
            assert box and box["height"] >= 44 and box["width"] >= 44, control.inner_text()
            assert box["x"] + box["width"] <= width


def test_紙には_やりとりだけを刷る(open_page: Open) -> None:
    page = open_page("chat")
    ask(page, WATCH)
    page.emulate_media(media="print")
    assert page.locator("#answer").is_visible()
    for name in ("#chat_form", "#chat_next", "#chat_settings"):
        assert page.locator(name).is_hidden(), name


# キーボードで ----------------------------------------------------------------------


def test_キーボードだけで_聞いて_選べて_焦点を失わない(open_page: Open) -> None:
    page = open_page("chat")
    assert page.evaluate("document.activeElement === document.body"), "開いただけで焦点を移さない"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # 本文へ進む
    for _ in range(30):
        page.keyboard.press("Tab")
        if focused(page) == "chat_text":
            break
    page.keyboard.type(WATCH)
    page.keyboard.press("Enter")
    wait_for(page, 2)
    assert focused(page) == "chat_text"  # 書いて送れば、書くところに残る
    assert page.locator("#chat_text").input_value() == ""
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('#chat_next') !== null")
    page.keyboard.press("Enter")  # 最後の選択肢
    wait_for(page, 3)
    assert focused(page) == "chat_next"  # 押したボタンはなくなる。次の選択肢の手前にいる
    page.keyboard.press("Tab")
    first = page.locator("#chat_next button").first
    assert first.evaluate("e => e === document.activeElement")
    page.keyboard.press("Enter")
    wait_for(page, 4)


def test_続けて2度押しても_1度だけ送る(open_page: Open) -> None:
    page = open_page("chat")
    page.locator("#chat_text").fill(WATCH)
    page.evaluate(
        "() => { const f = document.getElementById('chat_form');"
        " f.requestSubmit(); f.requestSubmit(); }"
    )
    wait_for(page, 2)
    page.wait_for_timeout(500)
    assert count(page) == 2


# 耳で ---------------------------------------------------------------------------


LISTEN = """() => {
  window.heard = [];
  const live = [...document.querySelectorAll('[role=log], [role=alert], [role=status], [aria-live]')];
  window.regions = live.map(e => e.id);
  for (const region of live) {
    new MutationObserver(records => {
      for (const record of records) {
        for (const node of record.addedNodes) window.heard.push(node.textContent.trim());
        for (const node of record.removedNodes) {
          if (node.textContent.trim()) window.heard.push('REMOVED ' + node.textContent.trim());
        }
      }
    }).observe(region, { childList: true, subtree: true, characterData: true });
  }
}"""


def test_読み上げソフトには_新しいやりとりだけが_1度だけ伝わる(open_page: Open) -> None:
    page = open_page("chat")
    page.evaluate(LISTEN)
    assert page.evaluate("window.regions") == ["chat_log", "chat_error"]
    ask(page, WATCH)
    ask(page, "近い話題")
    heard: list[str] = page.evaluate("window.heard")
    messages = [text for text in heard if text]
    assert len(messages) == 2
    assert WATCH in messages[0] and ANSWER in messages[0]
    assert "近い話題です" in messages[1] and ANSWER not in messages[1]
    assert page.locator("#chat_log").get_attribute("aria-busy") == "false"


def test_支援技術にも_ふりがなの有無にかかわらず_文は1度ずつ伝わる(open_page: Open) -> None:
    page = open_page("chat")
    ask(page, WATCH)
    plain = spoken_text(page)
    assert plain.count(ANSWER) == 1
    page.locator("#chat_furigana").select_option("ruby")
    follow(page.get_by_role("button", name="この読み方にする"))
    assert page.locator(".applied").count() == 1
    assert page.locator("#chat_log ruby").count() > 10
    ruby = spoken_text(page)
    assert ruby.count(ANSWER) == 1
    assert "ひゅうが" not in ruby


def test_答えの音声を聞ける(open_page: Open) -> None:
    page = open_page("chat")
    ask(page, WATCH)
    ask(page, "音声で聞く")
    played: dict[str, Any] = page.evaluate(
        """() => new Promise((done, failed) => {
          const audio = document.querySelector('#answer audio');
          audio.muted = true;
          audio.playbackRate = 4;
          audio.onerror = () => failed(audio.error.message);
          audio.onended = () => done({ length: audio.duration, at: audio.currentTime });
          audio.play();
        })"""
    )
    assert 3 < played["length"] < 15
    assert played["at"] == pytest.approx(played["length"], abs=0.1)
    length = page.locator("#answer audio").get_attribute("aria-label")
    assert length == f"この答えの音声（{round(played['length'])}秒）"


# うまくいかないとき -------------------------------------------------------------------


def test_送れなければ_知らせて_書いたものを残し_また送れる(open_page: Open) -> None:
    page = open_page("chat")
    broken = True

    def interrupt(route: Route) -> None:
        if broken and route.request.method == "POST":
            route.fulfill(status=200, content_type="text/html", body="<p>つながりません")
        else:
            route.continue_()

    page.route("**/chat", interrupt)
    page.locator("#chat_text").fill(WATCH)
    page.keyboard.press("Enter")
    page.locator("#chat_error:not(:empty)").wait_for()
    assert "送れませんでした。インターネットに" in page.locator("#chat_error").inner_text()
    assert page.locator("#chat_text").input_value() == WATCH
    assert focused(page) == "chat_text"
    broken = False
    page.keyboard.press("Enter")
    wait_for(page, 2)
    assert page.locator("#chat_error").inner_text() == ""
    assert page.locator("#chat_text").get_attribute("aria-invalid") is None


def test_長い会話でも_前のやりとりはページに残る(open_page: Open) -> None:
    page = open_page("chat")
    for n in range(EXCHANGES + 2):
        ask(page, f"{n % 8 + 1}")
    numbers = page.evaluate(
        "[...document.querySelectorAll('.exchange')].map(e => +e.dataset.number)"
    )
    assert numbers == list(range(EXCHANGES + 3))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


# JavaScript なしで ---------------------------------------------------------------------


def test_JavaScriptがなくても_すべて使える(open_page: Open) -> None:
    page = open_page("chat", java_script_enabled=False, viewport={"width": 390, "height": 800})
    page.locator("#chat_text").fill(WATCH)
    with page.expect_navigation(url="**/chat#answer"):
        page.keyboard.press("Enter")
    assert ANSWER in answer(page)
    box = page.locator("#answer").bounding_box()
    assert box and 0 <= box["y"] < 400  # 新しい返事から読み始められる
    follow(page.get_by_role("button", name="音声で聞く"))
    assert page.locator("#answer audio").count() == 1
    assert count(page) == 3
    page.locator("#chat_furigana").select_option("ruby")
    follow(page.get_by_role("button", name="この読み方にする"))
    assert page.locator("#chat_log ruby").count() > 10
    assert count(page) == 3
    follow(page.get_by_role("link", name="はじめからやり直す"))
    assert count(page) == 1
