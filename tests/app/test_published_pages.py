"""付属の計画の、できたページのすべて。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.channels.html_page import Node, parse_page

KANJI = re.compile(r"[々〆一-鿿㐀-䶿]+")


def bare_kanji(node: Node) -> Iterator[str]:
    """目に見える文字のうち、ふりがなのない漢字。"""
    if node.tag in ("ruby", "title", "option") or node.has_class("t") or node.has_class("u"):
        return
    for child in node.children:
        if isinstance(child, Node):
            yield from bare_kanji(child)
        else:
            yield from KANJI.findall(child)


def test_ふりがなありのページは_どの漢字にもふりがながある(published: Path) -> None:
    pages = sorted(p for p in published.rglob("ruby/*.html"))
    assert len(pages) > 30
    found = {
        str(p.relative_to(published)): list(bare_kanji(parse_page(p.read_bytes()))) for p in pages
    }
    assert not {page: kanji for page, kanji in found.items() if kanji}


def test_ふりがななしのページには_ふりがながない(published: Path) -> None:
    pages = [p for p in sorted(published.rglob("*.html")) if p.parent.name != "ruby"]
    assert len(pages) > 30
    for page in pages:
        assert "<ruby" not in page.read_text("utf-8")


def test_漢字にふりがながなければ見つける() -> None:
    page = parse_page("<p>地域の<ruby>福祉<rt>ふくし</rt></ruby></p>".encode())
    assert list(bare_kanji(page)) == ["地域"]
