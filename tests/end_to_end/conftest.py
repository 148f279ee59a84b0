"""ページの試験の共通部分: 苦情のないことを確かめながら、ページを開く。"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

Open = Callable[..., Page]

CHAPTER = "kawasaki/plan-3/standard/web/{}revision.html"
"""表、資料、注、連絡先のある章。"""

LONG = "kawasaki/plan-6/standard/web/{}initiatives.html"
"""見出しの多い章。"""


@pytest.fixture
def open_page(browser: Browser, site_url: str) -> Iterator[Open]:
    """``open_page(場所, 設定…)``。外への要求、ブラウザーの苦情、命令の失敗があれば、試験は失敗する。"""
    troubles: list[str] = []

    @contextmanager
    def opened(options: dict[str, Any]) -> Iterator[Page]:
        with browser.new_context(**{"reduced_motion": "reduce", **options}) as context:
            page = context.new_page()
            page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("request", lambda r: troubles.append(r.url) if foreign(r.url) else None)
            yield page

    def foreign(url: str) -> bool:
        return urlsplit(url).netloc != urlsplit(site_url).netloc

    with ExitStack() as stack:

        def open_one(address: str, **options: Any) -> Page:
            page = stack.enter_context(opened(options))
            assert page.goto(f"{site_url}/{address}") is not None
            return page

        yield open_one
        assert not troubles


@pytest.fixture(scope="session")
def addresses(published: Path) -> list[str]:
    found = sorted(str(p.relative_to(published)) for p in published.rglob("*.html"))
    assert len(found) > 60
    return found
