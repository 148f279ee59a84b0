"""HTML を読む。見出し・箇条書き・表・ふりがな・注を取り出し、案内（ナビ）の部分を除く。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from content.intake import guides
from content.intake.characters import clean, plain, strip_markers
from content.intake.draft import Remark
from content.intake.html_inline import InlineReader, is_note
from content.intake.html_table import read_rows
from content.intake.html_tree import BLOCKS, Node, parse_tree
from content.intake.lines import Line, assembled
from content.intake.marks import mark
from content.intake.pieces import Content, Heading, Items, Piece, Reading
from content.intake.repeats import folded
from content.intake.wrapping import unwrapped

TITLE_CLASS = "document-title"
"""Word の表題の書式から作った h1。章の見出しの h1 より上である。"""

_RANKS = {f"h{n}": n for n in range(1, 7)}
_STRONG_RANK = 12  # h1〜h6 より下
_SHORT = 40


def read_page(source: str) -> Reading:
    """ホームページの HTML を読む。案内とくり返しを除く。"""
    tree = parse_tree(strip_markers(source))
    title = next((clean(n.text).text for n in tree.walk() if n.tag == "title"), "")
    base = _base(tree)
    body, removed = guides.without(tree)
    parts, repeats = folded(_Walker(body, base).parts())
    site = re.split(r"\s*[|｜]\s*|\s+[-–—:]\s+", title.strip())[0]
    return Reading(
        site, tuple(assembled(unwrapped(parts, across=True), guess=True)), (*removed, *repeats)
    )


def read_document(source: str) -> Reading:
    """Word から作った HTML を読む。"""
    tree = parse_tree(source)
    guess = not any(node.tag in _RANKS for node in tree.walk())
    parts = _Walker(tree, "").parts()
    return Reading("", tuple(assembled(unwrapped(parts, across=False), guess=guess)))


def _base(tree: Node) -> str:
    """リンクのもとになるアドレス。分からなければ空。"""
    for node in tree.walk():
        address = node.attributes.get("href", "")
        canonical = node.tag == "link" and node.attributes.get("rel", "").lower() == "canonical"
        if (canonical or node.tag == "base") and address.startswith(("http://", "https://")):
            return address
    return ""


class _Walker:
    """木を読む順に歩いて、見出しとブロックにする。1 度だけ使う。"""

    def __init__(self, tree: Node, base: str) -> None:
        self._tree = tree
        self._base = base
        self._inline = InlineReader(tree)
        self._found: list[Line | Piece] = []

    def parts(self) -> list[Line | Piece]:
        """段落の行と、そのほかのまとまり。読む順。"""
        self._blocks(self._tree)
        self._found += self._inline.take_unused_notes()
        return self._found

    def _blocks(self, node: Node) -> None:
        """区切り（段落など）を含む要素の中身。"""
        inline = ""
        for child in node.children:
            if isinstance(child, Node) and (child.tag in BLOCKS or child.has_block):
                self._paragraph(inline)
                inline = ""
                self._block(child)
            else:
                inline += self._inline.flow(child, node.tag == "pre")
        self._paragraph(inline)

    def _block(self, node: Node) -> None:
        if node.tag in _RANKS:
            self._heading(node)
        elif node.tag == "p" and _all_strong(node):
            self._strong(node)
        elif node.tag in ("ul", "ol") and not self._holds_sections(node):
            self._list(node)
        elif node.tag == "dl":
            self._definitions(node)
        elif node.tag == "table":
            self._table(node)
        elif node.tag == "figure":
            self._figure(node)
        else:
            self._blocks(node)

    def _paragraph(self, inline: str) -> None:
        starts = True
        for text in map(str.strip, inline.split("\n")):
            if text:
                noted = self._inline.take_remarks()
                self._found.append(Line(text, starts=starts, remarks=noted))
            starts = not text
        self._found += self._inline.take_after()

    def _add(self, content: Content, *remarks: Remark) -> None:
        self._found.append(Piece(content, (*self._inline.take_remarks(), *remarks)))
        self._found += self._inline.take_after()

    def _heading(self, node: Node) -> None:
        text = self._inline.one_line(node).strip() or self._inline.take_alternative()
        found = mark(text)
        text = found.rest if found.kind == "heading" else text
        rank = 0 if node.attributes.get("class") == TITLE_CLASS else _RANKS[node.tag]
        self._add(Heading(text, rank))

    def _strong(self, node: Node) -> None:
        """太字だけの短い段落。見出しの書式を使わずに書かれた見出しのことが多い。"""
        text = self._inline.one_line(node).strip()
        if not 0 < len(plain(text)) <= _SHORT or text.endswith(("。", "、")):
            self._paragraph(text)
            return
        message = "太字だけの行なので、見出しと見ました。見出しでなければ、本文に戻してください。"
        self._add(Heading(text, _STRONG_RANK), Remark("heading", message, plain(text)))

    def _holds_sections(self, node: Node) -> bool:
        """見出しや表を含む箇条書きは、配置のために使われたもので、箇条書きではない。"""
        return any(n.tag in _RANKS or n.tag == "table" for n in node.walk())

    def _list(self, node: Node) -> None:
        if all(is_note(child) for child in node.children if isinstance(child, Node)):
            return  # 注は、指したところに置く
        texts, links, deepest = [], [], 1
        for depth, item in _list_items(node, 1):
            texts.append(self._inline.one_line(item, without=("ul", "ol")))
            links.append(self._link(item))
            deepest = max(deepest, depth)
        nested = (Remark("nested-list", "段のある箇条書きを、1 段にしました。"),) * (deepest > 1)
        ordered = node.tag == "ol" and node.attributes.get("start", "1") == "1" and deepest == 1
        self._add(Items(tuple(texts), tuple(links), ordered), *nested)

    def _definitions(self, node: Node) -> None:
        texts: list[str] = []
        for part in node.walk():
            if part.tag == "dt" or (part.tag == "dd" and not texts):
                texts.append(self._inline.one_line(part))
            elif part.tag == "dd":
                texts[-1] = f"{texts[-1]}：{self._inline.one_line(part)}"
        self._add(Items(tuple(texts), ("",) * len(texts)))

    def _table(self, node: Node) -> None:
        rows = read_rows(node, self._inline.one_line)
        if rows.grid is None:
            for cell in rows.cells:  # 配置のための表
                self._blocks(cell)
            return
        self._add(rows.grid, *rows.remarks)

    def _figure(self, node: Node) -> None:
        caption = next((n for n in node.walk() if n.tag == "figcaption"), None)
        pictures = [n for n in node.walk() if n.tag == "img"]
        if caption and len(pictures) == 1 and not pictures[0].attributes.get("alt", "").strip():
            pictures[0].attributes["alt"] = self._inline.one_line(caption)
            caption.children = []
        self._blocks(node)

    def _link(self, item: Node) -> str:
        for node in item.walk():
            if node.tag == "a" and node.attributes.get("href"):
                return urljoin(self._base, node.attributes["href"].strip())
        return ""


def _all_strong(node: Node) -> bool:
    children = [c for c in node.children if not isinstance(c, str) or c.strip()]
    return bool(children) and all(
        isinstance(c, Node) and c.tag in ("strong", "b") and not c.has_block for c in children
    )


def _list_items(node: Node, depth: int) -> Iterator[tuple[int, Node]]:
    """箇条書きの項目。中の箇条書きの項目は、その親のすぐ後に続く。"""
    for child in node.children:
        if isinstance(child, Node):
            if child.tag == "li":
                yield depth, child
            inner = child.children if child.tag == "li" else [child]
            for part in inner:
                if isinstance(part, Node) and part.tag in ("ul", "ol"):
                    yield from _list_items(part, depth + 1)
