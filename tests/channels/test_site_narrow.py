"""狭い画面。押す所は 44px のまま、本文の始めまでが長くない。"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from accessibility.narration import Narration, Track
from channels.pages import RECEIVE
from channels.site import WebSite
from channels.web import WebChannel
from content.model import Contact, Council, Publication, Register
from content.notation import parse
from tests.channels.words import GLOSSARY

pytestmark = pytest.mark.slow

COUNCIL = Council("kawasaki", "川崎市社協", (Contact("計画", "企画の係", "044-739-8711"),))
SOURCE = """---
表題: 第6期計画 多摩区概要版
発行: 川崎市社協
計画: 推進計画
期: 6
日付: 2026-11-22
出典: ホームページ
---

# ｜相談《そうだん》 {#talk}

｜話《はなし》を｜聞《き》きます。

## ｜聞《き》く｜人《ひと》 {#who}

｜近《ちか》くの｜人《ひと》です。
"""


def book(register: Register) -> Publication:
    return parse(SOURCE, "kawasaki/plan-6-tama", register)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ページの版と、その部品。"""
    out = tmp_path_factory.mktemp("site")
    (out / "sound.mp3").write_bytes(b"mp3")
    books = (book("standard"), book("plain"))
    channel = WebChannel({"kawasaki": COUNCIL}, books, {}, GLOSSARY)
    files = dict(WebSite({}, GLOSSARY).render(()))
    for publication in books:
        sound = out / "sound.mp3"
        tracks = tuple(Track(s.id, sound, sound, 1.0, ()) for s in publication.sections)
        web = channel.render(publication, Narration("声", publication.sections, tracks))
        files |= {f"{web.folder}/{name}": content for name, content in web.files.items()}
    for name, content in files.items():
        assert isinstance(content, bytes)
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
    return out


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 360, "height": 800}) as context:
        yield context.new_page()


@pytest.mark.parametrize("register", ["standard", "plain"])
@pytest.mark.parametrize("ruby", ["", "ruby/"])
def test_360px_の画面でも_読み方を選ぶ所は3行までで_画面の上半分に入る(
    page: Page, folder: Path, register: str, ruby: str
) -> None:
    page.goto((folder / f"kawasaki/plan-6-tama/{register}/web/{ruby}talk.html").as_uri())
    chips = [c.bounding_box() for c in page.locator(".tools .chip").all()]
    assert len(chips) == 5
    assert all(box and box["height"] >= 44 and box["width"] >= 44 for box in chips)
    assert len({round(box["y"]) for box in chips if box}) <= 3
    assert all(box["y"] + box["height"] < 400 for box in chips if box)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_360px_の画面でも_ページの上のリンクは_指で押せる(page: Page, folder: Path) -> None:
    page.goto((folder / RECEIVE).as_uri())
    for link in page.locator("header.site li a").all():
        box = link.bounding_box()
        assert box and box["height"] >= 44 and box["width"] >= 44
