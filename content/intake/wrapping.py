"""幅で折り返した行。HTML の br や、行ごとの p で、文の途中に改行が入れられたところを見つける。"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from content.intake.characters import plain
from content.intake.lines import Line
from content.intake.marks import ends_sentence, mark
from content.intake.pieces import Piece

_NARROWEST = 20.0  # これより狭い幅では折り返さない（全角の字数）
_WIDEST = 60.0  # これより広い行は、折り返された行ではない
_LOOSE = 0.8  # 折り返された行の幅の、いちばん広い行に対する割合（禁則と半角で揺れる）

Part = Line | Piece


def unwrapped(parts: Sequence[Part], *, across: bool) -> list[Part]:
    """折り返された行を「幅いっぱい」、その次の行を「前の行の続き」とする。

    ``across`` は、別の段落として書かれた行も、続きとみてよいこと（行ごとに p を書いたページ）。
    """
    found = list(parts)
    start = 0
    while start < len(found):
        end = _end(found, start, across)
        for index in range(start, end):
            above, below = found[index], found[index + 1]
            assert isinstance(above, Line) and isinstance(below, Line)
            found[index] = replace(above, full=above.full or not below.starts)
            found[index + 1] = replace(below, starts=False, forced=below.forced or below.starts)
        start = end + 1
    return found


def _end(parts: Sequence[Part], start: int, across: bool) -> int:
    """``start`` の行から続く文の、最後の行。続いていなければ ``start``。"""
    widths: list[float] = []
    for index in range(start, len(parts)):
        part = parts[index]
        if not isinstance(part, Line) or part.rank:
            return start
        if index > start and (mark(part.text).kind or (part.starts and not across)):
            return start
        widths.append(_width(part.text))
        if ends_sentence(part.text):
            widest = max(widths)
            wrapped = widths[:-1]
            even = all(max(_NARROWEST, widest * _LOOSE) <= w <= _WIDEST for w in wrapped)
            return index if wrapped and even and widths[-1] <= max(wrapped) * 1.1 else start
        if plain(part.text).rstrip().endswith(("」", "）", ")", "】", "～", "~", "：", ":")):
            return start
    return start


def _width(text: str) -> float:
    """全角を 1 とする幅。"""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in plain(text))
