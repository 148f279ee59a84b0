"""分かち書き、別の文章への行き来、言葉の説明を、本物のブラウザーで使う。"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.end_to_end.conftest import Open
from tests.end_to_end.test_pages import axe, long_sentences, selected, spoken_text, squeezed

pytestmark = pytest.mark.slow

PLAIN = "kawasaki/plan-6-tama/plain/web/{}focus-2.html"
STANDARD = "kawasaki/plan-6-tama/standard/web/{}focus-2.html"
"""同じ章の、やさしい日本語ともとの文章。"""
NARROW = {"width": 360, "height": 800}


def spaced(page: Page) -> bool:
    """言葉の間が、目に見えて空いているか。"""
    wide: bool = page.evaluate(
        """() => {
          const copy = document.querySelector('article p .r:has(.w)');
          return copy.checkVisibility() && getComputedStyle(copy.querySelector('.w'), '::after').content.startsWith('" "');
        }"""
    )
    return wide


# 分かち書き -----------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["", "ruby/"])
@pytest.mark.parametrize("script", [True, False])
def test_やさしい日本語は初めから言葉の間が空き_どちらの文章でも切りかえられる(
    open_page: Open, folder: str, script: bool
) -> None:
    for address, first in ((PLAIN, True), (STANDARD, False)):
        page = open_page(address.format(folder), java_script_enabled=script)
        assert spaced(page) is first
        switch = page.get_by_role("checkbox", name="言葉の間を空ける")
        switch.focus()
        page.keyboard.press("Space")
        assert spaced(page) is not first


def test_切りかえは_次のページでも覚えている(open_page: Open) -> None:
    page = open_page(STANDARD.format(""))
    page.get_by_role("checkbox").check()
    page.get_by_role("link", name="ふりがなを付ける").click()
    page.wait_for_url("**/ruby/focus-2.html")
    expect(page.get_by_role("checkbox")).to_be_checked()
    page.get_by_role("checkbox").uncheck()
    page.locator(".tools").get_by_role("link", name="やさしい日本語で読む").click()
    page.wait_for_url("**/plain/web/ruby/focus-2.html")
    expect(page.get_by_role("checkbox")).not_to_be_checked()


def test_覚えることを禁じたブラウザーでも_切りかえられる(open_page: Open) -> None:
    page = open_page(STANDARD.format(""))
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('禁止'); } })"
    )
    page.reload()
    page.get_by_role("checkbox").check()
    assert spaced(page)


def test_間を空けても_写す文字と支援技術に伝わる文字は変わらない(open_page: Open) -> None:
    plain, ruby, closed = (open_page(PLAIN.format(f)) for f in ("", "ruby/", ""))
    closed.get_by_role("checkbox").uncheck()
    assert spaced(plain)
    assert spaced(ruby)
    assert not spaced(closed)
    text, heard = selected(plain), spoken_text(plain)
    assert squeezed(text) == squeezed(selected(ruby)) == squeezed(selected(closed))
    assert heard == spoken_text(ruby) == spoken_text(closed)
    sentences = long_sentences(plain)
    assert len(sentences) >= 5
    for sentence in sentences:  # 空白をつめずに比べる
        assert text.count(sentence) == 1
        assert heard.count(squeezed(sentence)) == 1


@pytest.mark.parametrize("folder", ["", "ruby/"])
def test_間を空けたページの中で探すと_どの文も1度だけ見つかる(open_page: Open, folder: str) -> None:
    page = open_page(PLAIN.format(folder))
    for sentence in long_sentences(page):
        assert finds(page, sentence) == 1, sentence


def finds(page: Page, sentence: str) -> int:
    """ページの中で探して、見つかる数。"""
    found: int = page.evaluate(
        """sentence => {
          getSelection().removeAllRanges();
          let found = 0;
          while (window.find(sentence, true) && found < 9) found += 1;
          return found;
        }""",
        sentence,
    )
    return found


def test_紙には_見えているとおりに_文を1度だけ刷る(open_page: Open) -> None:
    page = open_page(PLAIN.format(""))
    sentence = "article p .s:not(:has(.u))"
    for shown, hidden in ((".r", ".t"), (".t", ".r")):
        page.emulate_media(media="print")
        assert page.locator(f"{sentence} > {shown}").first.is_visible()
        assert page.locator(f"{sentence} > {hidden}").first.is_hidden()
        page.emulate_media(media="screen")
        page.get_by_role("checkbox").uncheck()


@pytest.mark.parametrize("folder", ["", "ruby/"])
def test_間を空けたページは_狭くても横に動かさずに読め_言葉の途中で折れない(
    open_page: Open, folder: str
) -> None:
    page = open_page(PLAIN.format(folder), viewport={"width": 320, "height": 640}, bypass_csp=True)
    broken = """[...document.querySelectorAll('article .k')]
        .filter(e => new Set([...e.childNodes].flatMap(n => {
          const range = document.createRange();
          range.selectNodeContents(n);
          return [...range.getClientRects()].map(r => Math.round(r.bottom / 12));
        })).size > 3).map(e => e.textContent)"""
    assert page.evaluate(broken) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.add_style_tag(  # WCAG 1.4.12 の広げ方
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important;"
        " word-spacing: .16em !important } p { margin-bottom: 2em !important }"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_翻訳されたページでは_間を空けても_翻訳された文章の方が見える(open_page: Open) -> None:
    page = open_page(PLAIN.format(""))
    page.evaluate("document.documentElement.lang = 'en'")
    assert page.locator("article p .r").first.is_hidden()
    text = page.locator("article p .t").first
    assert text.evaluate("e => getComputedStyle(e).position") == "static"
    assert "rgba(0, 0, 0, 0)" not in text.evaluate("e => getComputedStyle(e).color")


# 別の文章の同じ節 -------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["", "ruby/"])
def test_見出しから_別の文章の同じ節へ行き_もどれる(open_page: Open, folder: str) -> None:
    page = open_page(STANDARD.format(folder))
    link = page.locator("article a.same").last
    section = (link.get_attribute("href") or "").partition("#")[2]
    heading = page.locator(f"#{section}")
    name = f"やさしい日本語で読む {heading.locator('.t').last.inner_text()}"
    assert page.get_by_role("link", name=name, exact=True).count() == 1
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/plain/web/{folder}focus-2.html#{section}")
    expect(page.locator(f"#{section}")).to_be_in_viewport()
    page.locator(f"#standard_{section}").click()
    page.wait_for_url(f"**/standard/web/{folder}focus-2.html#{section}")


# 言葉の説明 -----------------------------------------------------------------------


def words(page: Page) -> Locator:
    """いま見えている、説明のある語。"""
    return page.locator("article a.word:visible")


@pytest.mark.parametrize("folder", ["", "ruby/"])
def test_説明のある語を含む文も_1度だけ見つかり_1度ずつ写り_切れずに伝わる(
    open_page: Open, folder: str
) -> None:
    for space in (False, True):
        page = open_page(STANDARD.format(folder))
        page.get_by_role("checkbox").set_checked(space)
        text, heard = selected(page), spoken_text(page)
        linked = [s for s in long_sentences(page) if "推進" in s or "実施" in s]
        assert len(linked) >= 3
        for sentence in linked:
            assert squeezed(text).count(squeezed(sentence)) == 1
            assert heard.count(squeezed(sentence)) == 1
            assert finds(page, sentence) == 1, sentence


@pytest.mark.parametrize("folder", ["", "ruby/"])
def test_語の説明はキーボードで開き_Escapeで閉じると語にもどる(
    open_page: Open, folder: str
) -> None:
    page = open_page(STANDARD.format(folder), viewport=NARROW, bypass_csp=True)
    box = page.locator("#page_word")
    word = words(page).nth(2)
    entry = page.locator(word.get_attribute("href") or "")
    word.focus()
    page.keyboard.press("Enter")
    expect(box).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_be_in_viewport(ratio=1)
    explained = entry.locator("dd").first.text_content() or ""
    assert explained in (box.text_content() or "")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert not axe(page)
    page.keyboard.press("Tab")
    expect(box.get_by_role("button", name="閉じる")).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(word).to_be_focused()
    page.keyboard.press("Enter")
    box.get_by_role("button", name="閉じる").click()
    expect(box).to_be_hidden()
    expect(word).to_be_focused()


def test_語の説明は指で開き_外を押すと閉じる(open_page: Open) -> None:
    page = open_page(STANDARD.format("ruby/"), viewport=NARROW, has_touch=True)
    box = page.locator("#page_word")
    first, second = (words(page).nth(n) for n in (0, 5))
    for word in (first, second):
        word.tap()
        expect(box).to_be_visible()
        assert (word.get_attribute("aria-label") or "!") in (box.text_content() or "")
        page.locator("h1").tap()
        expect(box).to_be_hidden()


@pytest.mark.parametrize("folder", ["", "ruby/"])
def test_命令を使わないブラウザーでは_語から一覧へ行き_もどれる(
    open_page: Open, folder: str
) -> None:
    page = open_page(STANDARD.format(folder), java_script_enabled=False)
    assert page.locator("#page_word").is_hidden()
    word = words(page).first
    sentence = page.locator(".s", has=page.locator("a.word")).first.get_attribute("id")
    word.focus()
    page.keyboard.press("Enter")
    entry = page.locator(".words div:target")
    expect(entry).to_be_in_viewport()
    entry.get_by_role("link", name="本文にもどる").click()
    expect(page).to_have_url(re.compile(f"#{sentence}$"))
    expect(word).to_be_in_viewport()
    page.get_by_role("link", name="言葉の説明をすべて見る").click()
    page.wait_for_url(f"**/{folder}words.html")


def test_言葉の説明のページの語は_アドレスで指せる(open_page: Open) -> None:
    page = open_page("words.html")
    last = page.locator(".words dl > div").last
    id = last.get_attribute("id")
    page.goto(f"{page.url}#{id}")
    expect(last).to_be_in_viewport()
    page.get_by_role("link", name="か行").click()
    expect(page.get_by_role("heading", name="か行")).to_be_in_viewport()
