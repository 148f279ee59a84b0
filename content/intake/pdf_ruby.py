"""PDF のふりがな: 行のすぐ上にある小さなかなを、下の漢字に付ける。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from content.intake.characters import BASE, ruby
from content.intake.pdf_readers import Span

_SMALL = 0.65  # ふりがなの大きさ（下の字に対する割合）
_APART = 0.6  # ふりがなと下の字の間（下の字の大きさに対する割合）
_KANA = re.compile(r"[ぁ-ゖァ-ヺー・\s]+")
_KANJI = re.compile(r"[一-鿿㐀-䶿々〆ヶ𠀀-𪛟]")


def with_ruby(spans: Sequence[Span]) -> tuple[list[Span], int]:
    """ふりがなを下の漢字に付けた文字と、付けた数。下に漢字のない小さなかなは、そのまま残す。"""
    rest = list(spans)
    count = 0
    for small in spans:
        if _KANA.fullmatch(small.text) and small.text.strip():
            below = sorted((s for s in rest if _above(small, s)), key=lambda s: s.x0)
            if made := _attached(small, below):
                rest = [s for s in rest if s is not small and s not in below] + made
                count += 1
    return rest, count


def _above(small: Span, base: Span) -> bool:
    if small.size > base.size * _SMALL or BASE in base.text:
        return False
    gap = small.y0 - base.y1
    over = base.x0 < small.x1 and small.x0 < base.x1
    return over and -base.size * 0.5 <= gap <= base.size * _APART


def _attached(small: Span, below: Sequence[Span]) -> list[Span]:
    """``below`` を、前・ふりがなの付いた漢字・後に分けたもの。続いた漢字がなければ空。"""
    places = [place for span in below for place in span.places()]
    covered = [
        i
        for i, (character, x0, x1) in enumerate(places)
        if _KANJI.match(character) and min(x1, small.x1) - max(x0, small.x0) > (x1 - x0) * 0.3
    ]
    if not covered or covered != list(range(covered[0], covered[-1] + 1)):
        return []
    first, last = covered[0], covered[-1]
    word = "".join(c for c, _, _ in places[first : last + 1])
    parts = (
        (0, first, None),
        (first, last + 1, ruby(word, small.text).text),
        (last + 1, len(places), None),
    )
    return [
        replace(
            below[0],
            text=made or "".join(c for c, _, _ in places[start:end]),
            x0=places[start][1],
            x1=places[end - 1][2],
            widths=(),
        )
        for start, end, made in parts
        if start < end
    ]
