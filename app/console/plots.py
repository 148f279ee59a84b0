"""数のグラフ（SVG）。同じ数の表と並べて使う。色だけに頼らず、模様と、じかに書いた数で見分ける。

色は ``assets/outreach.css`` が決めるので、暗い画面でも紙でも読める。同じ数からは、同じ字の並びになる。
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH = 720
_LEFT, _RIGHT, _TOP, _BOTTOM, _TALL = 48, 20, 48, 32, 200
_NAME, _ROW, _BAR = 280, 34, 22
_STEPS = (1, 2, 5)

MOST = 4
"""重ねる列の数の上限（模様の数）。"""


@dataclass(frozen=True, slots=True)
class Series:
    """列ひとつ。``values`` は、ラベルごとの数。"""

    name: str
    values: Sequence[int]


def rows(id: str, title: str, labels: Sequence[str], values: Sequence[int]) -> Markup:
    """横の棒。``labels`` ごとに 1 本で、終わりに数を書く。``id`` は、ページの中で 1 つの名前。"""
    most = max(values, default=0) or 1
    room = WIDTH - _NAME - 64
    parts = [
        _text(_NAME - 8, y + _BAR - 6, label, "end")
        + _rect(_NAME, y, max(1 if value else 0, room * value / most), _BAR, 1, id)
        + _text(_NAME + room * value / most + 6, y + _BAR - 6, str(value))
        for y, label, value in zip(
            range(4, 4 + _ROW * len(labels), _ROW), labels, values, strict=True
        )
    ]
    said = "、".join(f"{label} {value}" for label, value in zip(labels, values, strict=True))
    return _svg(id, title, said, 8 + _ROW * len(labels), parts)


def columns(id: str, title: str, labels: Sequence[str], series: Sequence[Series]) -> Markup:
    """縦の積み重ね。``labels`` は古い順。``series`` は下から。"""
    if len(series) > MOST:
        raise ValueError(f"重ねられるのは {MOST} 列までです。")
    totals = [sum(values) for values in zip(*(s.values for s in series), strict=True)]
    step = _step(max(totals, default=0))
    top = step * max(1, -(-max(totals, default=0) // step))
    parts = [*_legend(id, series), *_grid(step, top)]
    pitch = (WIDTH - _LEFT - _RIGHT) / max(1, len(labels))
    every = -(-len(labels) // 12)
    for place, label in enumerate(labels):
        x, y = _LEFT + pitch * place, float(_TOP + _TALL)
        for number, one in enumerate(series, 1):
            height = _TALL * one.values[place] / top
            y -= height
            parts.append(_rect(x + pitch * 0.15, y, pitch * 0.7, height, number, id))
        middle = x + pitch / 2
        if totals[place] and len(labels) <= 12:
            parts.append(_text(middle, y - 5, str(totals[place]), "middle"))
        if (len(labels) - 1 - place) % every == 0:
            parts.append(_text(middle, _TOP + _TALL + 22, label, "middle"))
    said = "、".join(f"{s.name} 合わせて {sum(s.values)}" for s in series)
    return _svg(id, title, said, _TOP + _TALL + _BOTTOM, parts)


def _legend(id: str, series: Sequence[Series]) -> list[Markup]:
    room = (WIDTH - _LEFT) / max(1, len(series))
    return [
        _rect(_LEFT + room * place, 4, 16, 16, place + 1, id)
        + _text(_LEFT + room * place + 22, 18, one.name)
        for place, one in enumerate(series)
    ]


def _grid(step: int, top: int) -> list[Markup]:
    lines: list[Markup] = []
    for value in range(0, top + 1, step):
        y = _TOP + _TALL * (1 - value / top)
        line = Markup('<path class="grid" d="M{} {}H{}"/>')
        lines.append(line.format(_LEFT, _number(y), WIDTH - _RIGHT))
        lines.append(_text(_LEFT - 6, y + 5, str(value), "end"))
    return lines


def _step(most: int) -> int:
    """目盛りの間。多くとも 5 本になる、1、2、5、10、20 …。"""
    power = 1
    while True:
        for step in _STEPS:
            if most <= 5 * step * power:
                return step * power
        power *= 10


def _rect(x: float, y: float, width: float, height: float, number: int, id: str) -> Markup:
    shape = Markup('<rect class="bar" x="{}" y="{}" width="{}" height="{}" fill="{}"/>')
    fill = f"url(#{id}_{number})"
    return (
        shape.format(*map(_number, (x, y, width, height)), fill) if height and width else Markup()
    )


def _text(x: float, y: float, said: str, anchor: str = "start") -> Markup:
    text = Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>')
    return text.format(_number(x), _number(y), anchor, said)


_PATTERNS = (
    '<rect class="ink" width="8" height="8"/>',
    '<rect class="paper" width="8" height="8"/><path class="line" d="M-2 2L2 -2M0 8L8 0M6 10L10 6"/>',
    '<rect class="paper" width="8" height="8"/><circle class="ink" cx="4" cy="4" r="2"/>',
    '<rect class="paper" width="8" height="8"/>',
)


def _svg(id: str, title: str, said: str, height: int, parts: Sequence[Markup]) -> Markup:
    patterns = Markup().join(
        Markup('<pattern id="{}_{}" width="8" height="8" patternUnits="userSpaceOnUse">{}</pattern>')
        .format(id, number, Markup(shape))
        for number, shape in enumerate(_PATTERNS, 1)
    )  # fmt: skip
    return Markup(
        '<svg class="plot" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}_title {id}_said">'
        '<title id="{id}_title">{title}</title><desc id="{id}_said">{said}</desc>'
        "<defs>{patterns}</defs>{parts}</svg>"
    ).format(
        width=WIDTH,
        height=height,
        id=id,
        title=title,
        said=f"{said}。同じ数が、下の表にあります。",
        patterns=patterns,
        parts=Markup().join(parts),
    )


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
