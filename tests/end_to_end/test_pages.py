"""できたページを、本物のブラウザーで使う。見る、たどる、写す、探す、刷る。"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from tests.end_to_end.conftest import CHAPTER, LONG, Open
from tests.end_to_end.structures import representatives

pytestmark = pytest.mark.slow

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
CONTRAST = ["color-contrast", "color-contrast-enhanced"]


def axe(page: Page, rules: list[str] | None = None) -> dict[str, list[str]]:
    """違反の名前と、その場所。rules がなければ、WCAG 2.2 の A・AA・AAA とよい習慣のすべて。"""
    page.evaluate(AXE.read_text("utf-8"))
    run = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    result = page.evaluate(
        "options => axe.run(document, options)", {"runOnly": run, "resultTypes": ["violations"]}
    )
    return {v["id"]: [n["html"][:200] for n in v["nodes"]] for v in result["violations"]}


TAGS = [
    *("wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa"),
    "best-practice",
]


@pytest.mark.parametrize(("scheme", "rules"), [("light", None), ("dark", CONTRAST)])
def test_自動検査は_どの組み立てのページにも違反を見つけない(
    open_page: Open, published: Path, scheme: str, rules: list[str] | None
) -> None:
    """暗い画面で変わるのは色だけ。"""
    page = open_page("", bypass_csp=True, color_scheme=scheme)
    found = {}
    for address in representatives(published):
        visit(page, address)
        found[address] = axe(page, rules)
    assert len(found) >= 12
    assert not {a: v for a, v in found.items() if v}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_見せるだけの写しも_文字は濃い(open_page: Open, scheme: str) -> None:
    """ふりがなの写しは aria-hidden なので、そのままでは axe が見ない。"""
    page = open_page("", bypass_csp=True, color_scheme=scheme)
    found = {}
    for address in ("ruby/index.html", "kawasaki/plan-3/ruby/index.html", CHAPTER.format("ruby/")):
        visit(page, address)
        page.evaluate(
            """() => {
              for (const t of document.querySelectorAll('.t')) t.remove();
              for (const r of document.querySelectorAll('.r')) {
                r.removeAttribute('inert');
                r.removeAttribute('aria-hidden');
              }
            }"""
        )
        found[address] = axe(page, CONTRAST)
    assert not {a: v for a, v in found.items() if v}


def test_自動検査は_わざと悪くしたページの違反を見つける(browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content(
            "<html><title></title><img src=x><p id=a style='color:#999'>うすい文字</p>"
            "<button></button><h1>1</h1><h4>4</h4><div role=nonsense>x</div></html>"
        )
        found = axe(page)
    assert {
        "html-has-lang",
        "document-title",
        "image-alt",
        "color-contrast",
        "button-name",
        "heading-order",
        "aria-roles",
        "region",
    } <= set(found)


def visit(page: Page, address: str) -> None:
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    page.goto(f"{origin}/{address}")


# たどる -------------------------------------------------------------------------


def test_最初の_Tab_で本文へ飛べる(open_page: Open) -> None:
    page = open_page(CHAPTER.format(""))
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "本文へ進む"
    box = skip.bounding_box()
    assert box and box["width"] > 44 and box["height"] >= 40
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main')?.id") == "page_main"


@pytest.mark.parametrize(
    "address",
    ["index.html", "kawasaki/plan-3/index.html", CHAPTER.format(""), CHAPTER.format("ruby/")],
)
def test_Tab_の順は_目で見る順と同じで_焦点はいつも見える(open_page: Open, address: str) -> None:
    page = open_page(address, viewport={"width": 500, "height": 800})
    boxes: list[dict[str, Any]] = []
    for _ in range(300):
        page.keyboard.press("Tab")
        box = page.evaluate(
            """() => {
              const e = document.activeElement;
              if (!e || e === document.body) return null;
              const b = e.getBoundingClientRect();
              const line = e.getClientRects()[0];  // 行をまたぐリンクは、初めの行で比べる
              const s = getComputedStyle(e);
              return { html: e.outerHTML.slice(0, 90), left: line.left, width: b.width,
                top: line.top + scrollY, bottom: line.bottom + scrollY,
                seen: b.bottom > 0 && b.top < innerHeight,
                ring: parseFloat(s.outlineWidth) };
            }"""
        )
        if box is None:
            break
        boxes.append(box)
    assert 10 < len(boxes) < 150
    for before, after in pairwise(boxes[1:]):
        below = after["top"] >= before["bottom"] - 12
        right = after["bottom"] > before["top"] and after["left"] >= before["left"]
        assert below or right, (before, after)
    assert all(b["seen"] and b["width"] > 20 for b in boxes)
    assert all(b["ring"] >= 3 for b in boxes if not b["html"].startswith("<audio"))


def test_押すところは_指で押せる大きさがある(open_page: Open) -> None:
    for address in ("index.html", "kawasaki/plan-3/index.html", CHAPTER.format("ruby/")):
        page = open_page(address, viewport={"width": 390, "height": 800})
        controls = page.locator("button:visible, select, .chip:visible, .button, summary")
        for control in controls.all():
            box = control.bounding_box()
            assert box and box["height"] >= 44 and box["width"] >= 44, control.inner_text()
        for link in page.locator("header.site li a").all():
            box = link.bounding_box()
            assert box and box["height"] >= 44


# 写す、探す、読む ------------------------------------------------------------------


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("ふりがなを外す", "ふりがなを付ける")


def selected(page: Page) -> str:
    page.keyboard.press("Control+a")
    text: str = page.evaluate("getSelection().toString()")
    return text


def long_sentences(page: Page) -> list[str]:
    """ページのほかのところには出てこない、本文の長い文。"""
    footer = page.locator("footer").inner_text()
    texts: list[str] = page.evaluate(
        """[...document.querySelectorAll('article :is(p, li, td) .s')]
             .map(e => (e.querySelector('.t') ?? e).textContent)"""
    )
    return [t for t in texts if len(t) > 14 and sum(t in each for each in (*texts, footer)) == 1]


def test_写した文字は_ふりがながあってもなくても同じで_文は1度ずつ(open_page: Open) -> None:
    for chapter in (CHAPTER, LONG):
        plain, ruby = (open_page(chapter.format(f)) for f in ("", "ruby/"))
        text = squeezed(selected(ruby))
        assert text == squeezed(selected(plain))
        sentences = long_sentences(plain)
        assert len(sentences) >= 5
        assert all(text.count(squeezed(s)) == 1 for s in sentences)


def test_クリップボードに入る文字も_文は1度ずつ(open_page: Open) -> None:
    page = open_page(CHAPTER.format("ruby/"), permissions=["clipboard-read", "clipboard-write"])
    selected(page)
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    sentence = long_sentences(page)[0]
    assert copied.count(sentence) == 1
    assert "だいさんき" not in copied


def test_ページの中で探すと_どの文も1度だけ見つかる(open_page: Open) -> None:
    for folder in ("", "ruby/"):
        page = open_page(CHAPTER.format(folder))
        for sentence in long_sentences(page):
            found = page.evaluate(
                """sentence => {
                  getSelection().removeAllRanges();
                  let found = 0;
                  while (window.find(sentence, true) && found < 9) found += 1;
                  return found;
                }""",
                sentence,
            )
            assert found == 1, sentence


def spoken_text(page: Page) -> str:
    """支援技術に伝わる文字（アクセシビリティツリー）。"""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {n["nodeId"]: n for n in nodes}
    assert not [n for n in nodes if str(n.get("role", {}).get("value")).lower() == "ruby"]

    def walk(id: str) -> Iterator[str]:
        node = by_id[id]
        if not node["ignored"] and node["role"]["value"] == "StaticText":
            yield str(node["name"]["value"])
        for child in node.get("childIds", []):
            yield from walk(child)

    return squeezed("".join(walk(nodes[0]["nodeId"])))


def test_支援技術にも_ふりがなの有無にかかわらず_同じ文が1度ずつ伝わる(
    open_page: Open,
) -> None:
    plain, ruby = (open_page(CHAPTER.format(f)) for f in ("", "ruby/"))
    text = spoken_text(ruby)
    assert text == spoken_text(plain)
    assert all(text.count(squeezed(s)) == 1 for s in long_sentences(plain))


def test_翻訳されたページでは_翻訳された文章の方が見える(open_page: Open) -> None:
    page = open_page(CHAPTER.format("ruby/"))
    copy, text = page.locator("article .r").first, page.locator("article .t").first
    assert copy.is_visible()
    page.evaluate("document.documentElement.lang = 'en'")
    assert not copy.is_visible()
    assert text.evaluate("e => getComputedStyle(e).position") == "static"
    assert "rgba(0, 0, 0, 0)" not in text.evaluate("e => getComputedStyle(e).color")


# 見る、刷る ----------------------------------------------------------------------


def test_どの幅でも_横に動かさずに読める(
    open_page: Open, addresses: list[str], published: Path
) -> None:
    """320 は 1280 の画面を 400 % に、640 は 200 % に拡大したときの幅（WCAG 1.4.10）。"""
    page = open_page("")
    wide = []
    some = representatives(published)
    for address in addresses:
        visit(page, address)
        for width in (320, 640, 1280) if address in some else (320,):
            page.set_viewport_size({"width": width, "height": 640})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((address, width))
    assert not wide


def test_字の間を広げても_文字は欠けない(open_page: Open) -> None:
    """WCAG 1.4.12 の広げ方。"""
    for address in ("index.html", "kawasaki/plan-3/index.html", CHAPTER.format("ruby/")):
        page = open_page(address, viewport={"width": 320, "height": 640}, bypass_csp=True)
        page.add_style_tag(
            content="* { line-height: 1.5 !important; letter-spacing: .12em !important;"
            " word-spacing: .16em !important } p { margin-bottom: 2em !important }"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        clipped = page.evaluate(
            """[...document.querySelectorAll('a, button, h1, h2, h3, p, li, dd')]
                 .filter(e => getComputedStyle(e).overflowX === 'hidden' && !e.matches('.skip'))
                 .map(e => e.outerHTML.slice(0, 90))"""
        )
        assert clipped == []


def test_色を変える設定でも_重ねた文章は見えず_読んでいる文は分かる(open_page: Open) -> None:
    page = open_page(CHAPTER.format("ruby/"), forced_colors="active")
    colour = page.locator("article .t").first.evaluate("e => getComputedStyle(e).color")
    assert colour == "rgba(0, 0, 0, 0)"
    page.evaluate("document.querySelector('article .s').classList.add('is-spoken')")
    spoken = page.locator(".is-spoken")
    assert spoken.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_紙には_文を1度だけ刷り_操作は刷らない(open_page: Open) -> None:
    page = open_page(CHAPTER.format("ruby/"))
    page.emulate_media(media="print")
    assert page.locator("article .t").first.is_hidden()
    assert page.locator("article .r").first.is_visible()
    for name in (".player", "nav.tools", "nav.contents", "header.site nav", ".here"):
        assert page.locator(name).first.is_hidden(), name
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_ふりがなは_小さすぎず_語の途中で折れない(open_page: Open) -> None:
    page = open_page(LONG.format("ruby/"))
    sizes = page.evaluate(
        """[...document.querySelectorAll('article rt')].map(rt => [
             parseFloat(getComputedStyle(rt).fontSize)
               / parseFloat(getComputedStyle(rt.parentElement).fontSize),
             getComputedStyle(rt.parentElement).whiteSpaceCollapse,
             getComputedStyle(rt.parentElement).textWrapMode])"""
    )
    assert len(sizes) > 50
    assert all(ratio >= 0.599 and wrap == "nowrap" for ratio, _, wrap in sizes)


def test_出力の目録と_配られるページが合う(open_page: Open, published: Path) -> None:
    page = open_page("")
    manifest = json.loads((published / "manifest.json").read_text("utf-8"))
    webs = [e for e in manifest["editions"] if e["channel"] == "web"]
    assert webs
    for edition in webs:
        for folder in ("", "ruby/"):
            visit(page, f"{edition['path']}/{folder}index.html")
            assert page.locator("h1").count() == 1
