"""点字の行とページ。1 行 32 マス。語は行をまたがない（日本点字表記法 2018年版 第5章）。"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from accessibility.braille.cells import BLANK, to_cells


@dataclass(frozen=True, slots=True)
class Sheet:
    """紙。``lines`` は 1 ページの行の数（初めの 1 行はページ行）、``sides`` は点字を打つ面の数。"""

    lines: int
    sides: int
    cells: int = 32

    @property
    def body(self) -> int:
        """本文の行の数。"""
        return self.lines - 1


BOTH_SIDES = Sheet(lines=18, sides=2)

NUMBER_CELLS = 5
"""ページ行の、ページ番号のための場所（右の端）。"""


@dataclass(frozen=True, slots=True)
class Piece:
    """ひとまとまりの行。``first`` は初めの行の、``rest`` は続きの行の、左のマスあけの数。

    ``gap`` は前に置く空の行の数。``heading`` なら、ページの終わりの行には置かない。``new_page`` なら、
    ページを改める。``anchor`` は目次から指す目印、``running`` は、この後のページ行に書く見出し。
    """

    cells: str
    first: int = 2
    rest: int = 0
    gap: int = 0
    heading: bool = False
    new_page: bool = False
    anchor: str = ""
    running: str | None = None


class Row(NamedTuple):
    """行。``ends`` は、段落や見出しがここで終わる（次の行に続かない）こと。"""

    cells: str
    ends: bool = True


@dataclass(slots=True)
class Page:
    """ページ。``number`` は 1 から（標題紙では書かない）。``running`` はページ行の見出し。"""

    number: int
    running: str = ""
    rows: list[Row] = field(default_factory=list)

    def head(self, sheet: Sheet) -> str:
        """ページ行の、番号を除く部分。"""
        width = sheet.cells - NUMBER_CELLS
        return f"{self.running:{BLANK}>{width}}" if self.running else ""

    def lines(self, sheet: Sheet) -> list[str]:
        """ページ行も入れた、すべての行。"""
        label = to_cells(str(self.number)) if self.number > 1 else ""
        top = f"{self.head(sheet):{BLANK}<{sheet.cells - len(label)}}{label}" if label else ""
        return [top, *(row.cells for row in self.rows)]


def wrap(cells: str, first: int, rest: int, width: int) -> list[str]:
    """マスの列を、マスあけのところで行に分ける。行の終わりのマスあけは残さない。

    行の初めを下げると入らない長い語（アドレスなど）だけは、入るところから書く。
    """
    lines: list[str] = []
    line, indent = BLANK * first, first
    gap = ""
    for blank, group in groupby(cells, key=lambda c: c == BLANK):
        text = "".join(group)
        if blank:
            gap = text if len(line) > indent else ""
            continue
        for word in _fitting(text, width):
            if len(line) > indent and len(line) + len(gap) + len(word) > width:
                lines.append(line)
                line, indent, gap = BLANK * rest, rest, ""
            if len(line) == indent:
                indent = min(indent, width - len(word))
                line = BLANK * indent
            line += gap + word
            gap = ""
    return [*lines, line] if len(line) > indent or not lines else lines


def _fitting(word: str, width: int) -> Iterable[str]:
    """1 行に入らない長い語（アドレスなど）を、記号の後で分ける。"""
    while len(word) > width:
        place = max((word.rfind(mark, 0, width) + 1 for mark in "⠌⠲⠪⠤"), default=0)
        cut = place or width
        yield word[:cut]
        word = word[cut:]
    yield word


def paginate(
    pieces: Sequence[Piece], sheet: Sheet, number: int
) -> tuple[list[Page], dict[str, int]]:
    """ページに分ける。``number`` は初めのページの番号。返すのは、ページと、目印のあるページの番号。"""
    pages = [Page(number)]
    anchors: dict[str, int] = {}
    running = ""
    for place, piece in enumerate(pieces):
        lines = wrap(piece.cells, piece.first, piece.rest, sheet.cells)
        page = pages[-1]
        if piece.new_page and page.rows:
            page = _new_page(pages, running)
        gap = piece.gap if page.rows else 0
        # 見出しは、次の行と同じページに置く。
        needed = gap + len(lines) + (1 if piece.heading and place + 1 < len(pieces) else 0)
        if piece.heading and len(page.rows) + needed > sheet.body and page.rows:
            page = _new_page(pages, running)
            gap = 0
        if piece.running is not None:
            running = piece.running
            if not page.rows:
                page.running = running
        for index, line in enumerate([""] * gap + lines):
            if len(pages[-1].rows) >= sheet.body:
                _new_page(pages, running)
                if index < gap:
                    continue
            pages[-1].rows.append(Row(line, index < gap or index == gap + len(lines) - 1))
            if index == gap and piece.anchor:
                anchors[piece.anchor] = pages[-1].number
    return pages, anchors


def _new_page(pages: list[Page], running: str) -> Page:
    pages.append(Page(pages[-1].number + 1, running))
    return pages[-1]
