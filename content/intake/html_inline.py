"""HTML の要素の中の文章。ふりがな、改行、写真、注への参照を読み、知らせを集める。"""

from __future__ import annotations

import re

from content.intake.characters import clean, join, plain, ruby
from content.intake.draft import Remark
from content.intake.html_tree import BLOCKS, Node
from content.intake.pieces import Figure, Piece, Text

NO_ALTERNATIVE = "（写真の説明を書いてください）"

_NOTE = re.compile(r"(?:foot|end)note-\d+")


class InlineReader:
    """1 つの文書の文章を読む。

    読んだ文章についての知らせ、その中の写真、指した注は、まとまりごとに ``take_remarks`` と
    ``take_after`` で受け取る。
    """

    def __init__(self, tree: Node) -> None:
        self._notes = {node.attributes["id"]: node for node in tree.walk() if is_note(node)}
        self._remarks: list[Remark] = []
        self._figures: list[Figure] = []
        self._references: list[str] = []

    def take_remarks(self) -> tuple[Remark, ...]:
        """いままでに読んだ文章についての知らせ。"""
        taken, self._remarks = tuple(self._remarks), []
        return taken

    def take_after(self) -> list[Piece]:
        """いままでに読んだ文章の後に置く、写真と注。"""
        figures, self._figures = self._figures, []
        references, self._references = self._references, []
        found = [Piece(figure, (_picture_remark(figure),)) for figure in figures]
        found += (self._note(name) for name in dict.fromkeys(references) if name in self._notes)
        return found

    def take_unused_notes(self) -> list[Piece]:
        """どこからも指されなかった注。"""
        return [self._note(name) for name in list(self._notes)]

    def _note(self, name: str) -> Piece:
        text = self.one_line(self._notes.pop(name)).removesuffix("↑").rstrip()
        note = Text(f"注{name.rpartition('-')[2]} {text}", note=True)
        return Piece(note, self.take_remarks())

    def take_alternative(self) -> str:
        """最後に読んだ写真の説明（写真だけの見出しに使う）。なければ空。"""
        return self._figures.pop().alternative if self._figures else ""

    def one_line(self, node: Node, without: tuple[str, ...] = ()) -> str:
        """要素の文章を 1 行にする。``without`` は、含めない要素。"""
        text = ""
        for line in self.flow(node, False, without).split("\n"):
            if line.strip():
                text = join(text, line)
        return text

    def flow(self, node: Node | str, keep: bool, without: tuple[str, ...] = ()) -> str:
        """文章。改行と、区切りになる要素の前後は改行にする。``keep`` は、もとの改行を残すこと。"""
        if isinstance(node, str):
            return "\n".join(map(self._clean, node.split("\n") if keep else [node]))
        if node.tag == "br":
            return "\n"
        if node.tag == "img":
            self._picture(node)
            return ""
        if node.tag == "ruby":
            return self._ruby(node)
        name = node.attributes.get("href", "").removeprefix("#")
        if node.tag == "a" and name in self._notes:
            self._references.append(name)
            return f"（注{name.rpartition('-')[2]}）"
        inner = "".join(
            self.flow(child, keep, without)
            for child in node.children
            if isinstance(child, str) or child.tag not in without
        )
        return f"\n{inner}\n" if node.tag in BLOCKS else inner

    def _clean(self, text: str) -> str:
        cleaned = clean(text)
        self._remarks += cleaned.remarks
        return cleaned.text

    def _ruby(self, node: Node) -> str:
        """1 つの ruby は 1 つの語。漢字ごとに分けて付いた読みは、つなぐ。"""
        bases = [c for c in node.children if isinstance(c, str) or c.tag not in ("rt", "rp", "rtc")]
        base = "".join(self.flow(c, False) for c in bases)
        reading = "".join(n.text for n in node.walk() if n.tag == "rt")
        made = ruby(plain(base), clean(reading).text)
        self._remarks += made.remarks
        return made.text

    def _picture(self, node: Node) -> None:
        alternative = node.attributes.get("alt")
        if alternative is None or alternative.strip():  # alt="" は飾りの画像
            self._figures.append(Figure(self._clean(alternative or "").strip() or NO_ALTERNATIVE))


def is_note(node: Node) -> bool:
    """注の中身（mammoth が文書の最後に置く項目）か。"""
    return node.tag == "li" and bool(_NOTE.fullmatch(node.attributes.get("id", "")))


def _picture_remark(figure: Figure) -> Remark:
    if figure.alternative == NO_ALTERNATIVE:
        return Remark("picture", "写真の説明がありません。何が写っているかを書いてください。")
    message = "写真そのものは取り込んでいません。説明を確かめ、写真のファイルを加えてください。"
    return Remark("picture", message, figure.alternative)
