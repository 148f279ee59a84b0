"""ページの組み立て: どの要素の中に、どの要素があるか。同じ組み立てのページを、何度も調べないために。"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from lxml import html

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

Pairs = frozenset[tuple[str, str]]


def structure(page: str) -> Pairs:
    """親と子の要素（名前、class、属性の名前）の組と、続いて現れる見出しの段の組。"""
    root = html.document_fromstring(page)
    inside = {(_kind(e.getparent()), _kind(e)) for e in root.iter(html.etree.Element)}
    return frozenset(inside) | frozenset(pairwise(e.tag for e in root.iter(*HEADINGS)))


def _kind(element: html.HtmlElement | None) -> str:
    if element is None:
        return ""
    names = sorted(n for n in element.attrib if not n.startswith("data-"))
    return " ".join([element.tag, *sorted(element.classes), *names])


def representatives(folder: Path) -> list[str]:
    """``folder`` のどの組み立ても現れるように、少なく選んだページの場所。"""
    pages = sorted(folder.rglob("*.html"), key=lambda p: (p.stat().st_size, p))
    found = {p: structure(p.read_text("utf-8")) for p in pages}
    return [str(p.relative_to(folder)) for p in _chosen(found)]


def _chosen(found: dict[Path, Pairs]) -> Iterator[Path]:
    left = frozenset[tuple[str, str]]().union(*found.values())
    while left:
        page = max(found, key=lambda p: len(found[p] & left))
        left -= found[page]
        yield page
