"""ページの組み立て: どの要素の中に、どの要素があるか。同じ組み立てのページを、何度も調べないために。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from lxml import html

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def structure(page: str) -> frozenset[tuple[str, str]]:
    """親と子の要素（名前、class、属性の名前）の組と、続いて現れる見出しの段の組。"""
    root = html.document_fromstring(page)
    inside = {(_kind(e.getparent()), _kind(e)) for e in root.iter(html.etree.Element)}
    return frozenset(inside) | frozenset(pairwise(e.tag for e in root.iter(*HEADINGS)))


def _kind(element: html.HtmlElement | None) -> str:
    if element is None:
        return ""
    names = sorted(n for n in element.attrib if not n.startswith("data-"))
    return " ".join([element.tag, *sorted(element.classes), *names])


def representatives(folder: Path, times: int) -> list[str]:
    """``folder`` のどの組み立ても ``times`` 度ずつ（それより少なければ、あるだけ）現れるように選んだページ。"""
    pages = sorted(folder.rglob("*.html"), key=lambda p: (p.stat().st_size, p))
    left = {p: structure(p.read_text("utf-8")) for p in pages}
    wanted = Counter(kind for found in left.values() for kind in found)
    wanted = Counter({kind: min(times, n) for kind, n in wanted.items()})
    return [str(p.relative_to(folder)) for p in _chosen(left, wanted)]


def _chosen(
    left: dict[Path, frozenset[tuple[str, str]]], wanted: Counter[tuple[str, str]]
) -> Iterator[Path]:
    while wanted := +wanted:
        page = max(left, key=lambda p: len(left[p] & wanted.keys()))
        wanted.subtract(left.pop(page) & wanted.keys())
        yield page
