"""PDF のページの文字を、段（縦のあき）に分け、行に組む。"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from content.intake.pdf_readers import Span

_DEEPEST = 4  # 段の中の段
_STEP = 3.0  # 段のあきを探す間隔（点）
_FEWEST_ROWS = 3  # これより少ない行しか並ばなければ、段とは見ない
_WORD_GAP = 0.7  # 同じ行で、これより離れた文字は別の段かもしれない（字）


@dataclass(frozen=True, slots=True)
class Row:
    """1 行。``left`` は、その段の左端。``region`` は、読む順の段の番号。"""

    spans: tuple[Span, ...]
    left: float
    region: int

    @property
    def x0(self) -> float:
        return min(s.x0 for s in self.spans)

    @property
    def x1(self) -> float:
        return max(s.x1 for s in self.spans)

    @property
    def y0(self) -> float:
        return min(s.y0 for s in self.spans)

    @property
    def y1(self) -> float:
        return max(s.y1 for s in self.spans)

    @property
    def size(self) -> float:
        """いちばん文字の多い大きさ。"""
        return max(self.spans, key=lambda s: len(s.text)).size

    @property
    def bold(self) -> bool:
        return all(s.bold for s in self.spans if s.text.strip())


def rows(spans: Sequence[Span]) -> list[Row]:
    """読む順の行。"""
    found: list[Row] = []
    segments = [segment for line in lines(spans) for segment in _segments(line)]
    for number, region in enumerate(_regions(segments, 0)):
        left = min(s.x0 for s in region)
        inner = [span for segment in region for span in segment.spans]
        found += [Row(tuple(line), left, number) for line in lines(inner)]
    return found


@dataclass(frozen=True, slots=True)
class _Segment:
    """同じ行で、続いて置かれた文字。"""

    spans: tuple[Span, ...]
    x0: float
    x1: float
    y: float


def lines(spans: Sequence[Span]) -> list[list[Span]]:
    """高さの重なる文字を 1 行にまとめ、上から、左から並べる。段は考えない。"""
    found: list[list[Span]] = []
    for span in sorted(spans, key=lambda s: (-s.y0, s.x0)):
        if not span.text.strip() and not found:
            continue
        for line in reversed(found[-3:]):
            base = max(line, key=lambda s: s.size)
            shared = min(base.y1, span.y1) - max(base.y0, span.y0)
            if shared > min(base.size, span.size) * 0.55:
                line.append(span)
                break
        else:
            found.append([span])
    for line in found:
        line.sort(key=lambda s: s.x0)
    return found


def _segments(line: Sequence[Span]) -> Iterator[_Segment]:
    held: list[Span] = []
    for span in line:
        if held and span.x0 - max(s.x1 for s in held) > _WORD_GAP * min(span.size, held[-1].size):
            yield _segment(held)
            held = []
        held.append(span)
    yield _segment(held)


def _segment(spans: Sequence[Span]) -> _Segment:
    inked = [s for s in spans if s.text.strip()] or spans
    y = sum(s.y0 for s in inked) / len(inked)
    return _Segment(tuple(spans), min(s.x0 for s in inked), max(s.x1 for s in inked), y)


def _regions(segments: Sequence[_Segment], depth: int) -> Iterator[Sequence[_Segment]]:
    """縦のあきで左右に分け、左を読み終えてから右を読む。あきをまたぐ行で、上と下に分ける。"""
    gutter = _gutter(segments) if depth < _DEEPEST else None
    if gutter is None:
        yield segments
        return
    segments = sorted(segments, key=_order)
    crossing: list[_Segment] = []
    for band, crosses in _bands(segments, gutter):
        if crosses:
            crossing += band
            continue
        if crossing:
            yield crossing
            crossing = []
        for side in ([s for s in band if s.x1 <= gutter], [s for s in band if s.x0 >= gutter]):
            if side:
                yield from _regions(side, depth + 1)
    if crossing:
        yield crossing


def _order(segment: _Segment) -> tuple[float, float]:
    return -segment.y, segment.x0


def _bands(segments: Sequence[_Segment], gutter: float) -> Iterator[tuple[list[_Segment], bool]]:
    """上から、あきをまたぐ行（真）と、その間（偽）。``segments`` は上から並ぶ。"""
    held: list[_Segment] = []
    for segment in segments:
        if segment.x0 < gutter < segment.x1:
            if held:
                yield held, False
                held = []
            yield [segment], True
        else:
            held.append(segment)
    if held:
        yield held, False


def _gutter(segments: Sequence[_Segment]) -> float | None:
    """段の間のあきの位置。両側に行が並び、またぐ行の少ないところ。なければ ``None``。"""
    if len(segments) < 2 * _FEWEST_ROWS:
        return None
    left, right = min(s.x0 for s in segments), max(s.x1 for s in segments)
    ordered = sorted(segments, key=_order)
    best: tuple[float, float, float] | None = None
    for step in range(1, int((right - left) / _STEP)):
        x = left + step * _STEP
        score = _score(ordered, x, left, right)
        if score >= _FEWEST_ROWS:
            nearest = min(min(abs(s.x0 - x), abs(s.x1 - x)) for s in segments)
            best = max(best or (0.0, 0.0, 0.0), (score, nearest, x))
    return best[2] if best else None


def _score(segments: Sequence[_Segment], x: float, left: float, right: float) -> float:
    """あきらしさ: 左右に並ぶ行の数から、またぐ行の数を引いたもの。"""
    score = 0.0
    for band, crosses in _bands(segments, x):
        if crosses:
            score -= 1
            continue
        sides = [s for s in band if s.x1 <= x], [s for s in band if s.x0 >= x]
        if all(len(side) >= _FEWEST_ROWS for side in sides) and not _is_list(
            *sides, left, x, right
        ):
            score += min(map(len, sides))
    return score


def _is_list(
    lefts: Sequence[_Segment], rights: Sequence[_Segment], left: float, x: float, right: float
) -> bool:
    """段ではなく、名前と値のように、行ごとに左右を続けて読むものか。

    段の文章は、段の幅いっぱいに組まれている。行ごとに読むものは、左が短く、左右の高さがそろう。
    """
    level = sum(any(abs(a.y - b.y) < 1.5 for b in rights) for a in lefts) / len(lefts)
    filled = median(s.x1 - s.x0 for s in lefts) / max(x - left, 1.0)
    return level > 0.7 and filled < 0.6 and right > x


def row_text(spans: Sequence[Span]) -> str:
    """1 行の文字。離れて置かれたところには空白を入れる。"""
    text = ""
    end: float | None = None
    for span in spans:
        if end is not None and text[-1:].strip() and span.text[:1].strip():
            wide = _wide(text[-1]) or _wide(span.text[0])
            if span.x0 - end > span.size * (0.6 if wide else 0.2):
                text += " "
        text += span.text
        end = max(span.x1, end or span.x1)
    return text.strip()


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WFA"
