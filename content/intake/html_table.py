"""HTML の表。結合された欄は、同じ文字をくり返して埋める。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from content.intake.draft import IntakeError, Remark
from content.intake.html_tree import Node
from content.intake.pieces import Grid

_MOST_CELLS = 20_000
_SECTIONS = frozenset(("table", "h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(frozen=True, slots=True)
class Rows:
    """表を読んだ結果。``grid`` が ``None`` なら、配置のための表で、``cells`` の中身を順に読む。"""

    grid: Grid | None
    cells: tuple[Node, ...] = ()
    remarks: tuple[Remark, ...] = ()


def read_rows(table: Node, text_of: Callable[[Node], str]) -> Rows:
    """表を読む。``text_of`` は、欄の文章を 1 行にするもの。

    見出しや別の表を含むもの、1 列か 1 行だけのものは、配置のための表と見る。
    """
    lines = [cells for row in _within(table, "tr") if (cells := _within(row, "td", "th"))]
    inner = tuple(cell for line in lines for cell in line)
    layout = any(n is not table and n.tag in _SECTIONS for n in table.walk())
    if layout or len(lines) < 2 or max(map(len, lines)) < 2:
        return Rows(None, inner)
    spread, merged = _spread(lines, text_of)
    caption = next((n for n in table.walk() if n.tag == "caption"), None)
    remarks = []
    if merged:
        message = "結合された欄を分け、同じ文字を入れました。表を確かめてください。"
        remarks.append(Remark("table", message))
    if not all(cell.tag == "th" for cell in lines[0]):
        message = "表の最初の行を、見出しの行と見ました。"
        remarks.append(Remark("table", message))
    grid = Grid(spread, text_of(caption) if caption else "")
    return Rows(grid, inner, tuple(remarks))


def _within(node: Node, *tags: str) -> list[Node]:
    """中の要素。見つけた要素と、入れ子の表の中は探さない。"""
    found: list[Node] = []
    for child in node.children:
        if isinstance(child, Node):
            if child.tag in tags:
                found.append(child)
            elif child.tag != "table":
                found += _within(child, *tags)
    return found


def _spread(
    lines: list[list[Node]], text_of: Callable[[Node], str]
) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """欄の数をそろえた行と、結合された欄があったか。"""
    taken: dict[tuple[int, int], str] = {}
    merged = False
    for y, line in enumerate(lines):
        x = 0
        for cell in line:
            while (y, x) in taken:
                x += 1
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            height = min(height, len(lines) - y)
            merged = merged or width > 1 or height > 1
            text = text_of(cell)
            if len(taken) + width * height > _MOST_CELLS:
                raise IntakeError(
                    f"欄が {_MOST_CELLS:,} を超える大きな表があります。表を分けるか、除いてから取り込んでください。"
                )
            for dy in range(height):
                for dx in range(width):
                    taken.setdefault((y + dy, x + dx), text)
            x += width
    columns = max(x for _, x in taken) + 1
    return tuple(
        tuple(taken.get((y, x), "") for x in range(columns)) for y in range(len(lines))
    ), merged


def _span(cell: Node, name: str) -> int:
    value = cell.attributes.get(name, "1").strip()
    return max(1, int(value)) if value.isascii() and value.isdecimal() and len(value) < 6 else 1
