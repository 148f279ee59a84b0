"""PDF の罫線で囲まれた表を、文字の流れから取り出す。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from content.intake.characters import PLACE, clean, join
from content.intake.draft import Remark
from content.intake.pdf_layout import lines, row_text
from content.intake.pdf_readers import Box, Span
from content.intake.pieces import Grid, Piece

_THIN = 2.5  # 罫線と見る太さ（点）
_NEAR = 3.0  # つながっていると見る、線と線の間（点）
_SHORTEST = 6.0  # これより短い線は、罫線と見ない（点）


@dataclass(frozen=True, slots=True)
class _Frame:
    """縦の罫線の位置（左から）と、横の罫線の位置（上から）。"""

    xs: tuple[float, ...]
    ys: tuple[float, ...]

    def cell(self, span: Span) -> tuple[int, int] | None:
        """文字の入る欄（行、列）。表の外なら ``None``。"""
        x, y = (span.x0 + span.x1) / 2, (span.y0 + span.y1) / 2
        columns = [i for i in range(len(self.xs) - 1) if self.xs[i] <= x <= self.xs[i + 1]]
        rows = [i for i in range(len(self.ys) - 1) if self.ys[i] >= y >= self.ys[i + 1]]
        return (rows[0], columns[0]) if rows and columns else None


def without_tables(
    spans: Sequence[Span], boxes: Sequence[Box], page: int
) -> tuple[list[Span], list[Piece]]:
    """表のところを ``PLACE`` に置きかえた文字と、置いた順（上から）の表。"""
    rest = list(spans)
    tables: list[Piece] = []
    for frame in _frames(boxes):
        inside = [span for span in rest if frame.cell(span)]
        grid = _grid(frame, inside)
        if sum(bool(cell) for row in grid for cell in row) < 3:
            continue
        rest = [span for span in rest if span not in inside]
        left, right, top = frame.xs[0], frame.xs[-1], frame.ys[0]
        rest.append(Span(f"{PLACE}{len(tables)}", left, top - 8, right, 8, False))
        message = "罫線から表を組みました。欄の区切りと見出しの行を確かめてください。"
        tables.append(Piece(Grid(grid), (Remark("table", message, " ".join(grid[0]), page),)))
    return rest, tables


def _grid(frame: _Frame, inside: Sequence[Span]) -> tuple[tuple[str, ...], ...]:
    cells = [[list[Span]() for _ in frame.xs[1:]] for _ in frame.ys[1:]]
    for span in inside:
        if place := frame.cell(span):
            cells[place[0]][place[1]].append(span)
    return tuple(tuple(_text(cell) for cell in row) for row in cells)


def _text(cell: Sequence[Span]) -> str:
    text = ""
    for line in lines(cell):
        text = join(text, clean(row_text(line)).text)
    return text.strip()


def _frames(boxes: Sequence[Box]) -> list[_Frame]:
    """つながった罫線のまとまりのうち、2 行 2 列以上のもの。上から並ぶ。"""
    rules = [b for b in boxes if _across(b) or _upright(b)]
    groups: list[list[Box]] = []
    for rule in rules:
        touching = [g for g in groups if any(_touch(rule, other) for other in g)]
        groups = [g for g in groups if g not in touching]
        groups.append([rule, *(other for g in touching for other in g)])
    frames = []
    for group in groups:
        xs = _distinct(sorted((b.x0 + b.x1) / 2 for b in group if _upright(b)))
        ys = _distinct(sorted((b.y0 + b.y1) / 2 for b in group if _across(b)))
        if len(xs) >= 3 and len(ys) >= 3:
            frames.append(_Frame(xs, ys[::-1]))
    return sorted(frames, key=lambda f: (-f.ys[0], f.xs[0]))


def _across(box: Box) -> bool:
    return box.y1 - box.y0 <= _THIN and box.x1 - box.x0 >= _SHORTEST


def _upright(box: Box) -> bool:
    return box.x1 - box.x0 <= _THIN and box.y1 - box.y0 >= _SHORTEST


def _touch(a: Box, b: Box) -> bool:
    return (
        a.x0 - _NEAR <= b.x1
        and b.x0 - _NEAR <= a.x1
        and a.y0 - _NEAR <= b.y1
        and b.y0 - _NEAR <= a.y1
    )


def _distinct(places: Sequence[float]) -> tuple[float, ...]:
    found: list[float] = []
    for place in places:
        if not found or place - found[-1] > _NEAR:
            found.append(place)
    return tuple(found)
