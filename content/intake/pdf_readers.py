"""PDF を読む 2 つの部品。位置と大きさは pdf_oxide から、見くらべる文字とページの絵は pypdfium2 から取る。

どちらの部品も、ほかのどこからも使わない。
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from content.intake.characters import squeeze, strip_markers
from content.intake.draft import IntakeError

if TYPE_CHECKING:
    import pdf_oxide
    import pypdfium2

_LOCKED = "この PDF にはパスワードが付いています。パスワードを外して保存した PDF を選んでください。"
_BROKEN = "この PDF は壊れているので読めません。もとのソフトで、もう一度 PDF に保存してください。"
_SHADOW = 0.35  # 影文字と見る、同じ文字のずれ（字の大きさに対する割合）
_VERTICAL = 0.4  # 縦に並ぶ文字が、これより多ければ縦書きのページとする
_MOST_VERTICAL = 2_000  # 縦書きの 1 ページの、いちばん多い文字
_BESIDE = 0.25  # 横書きの隣の文字は、これより近い（字）
_PICTURE_DPI = 110
_THIN = 2.5  # 線と見る太さ（点）
_MOST_PIXELS = 4_000  # 絵の 1 辺。大きな紙（ポスター）でも、この大きさに収める


@dataclass(frozen=True, slots=True)
class Span:
    """続けて置かれた文字。座標は PDF の点（1/72 インチ）、原点は左下、``y0`` は文字の下端。"""

    text: str
    x0: float
    y0: float
    x1: float
    size: float
    bold: bool
    widths: tuple[float, ...] = ()

    @property
    def y1(self) -> float:
        return self.y0 + self.size

    def places(self) -> Iterator[tuple[str, float, float]]:
        """文字ごとの、左端と右端。文字の幅が分からなければ、等しい幅とみなす。"""
        widths = self.widths
        if len(widths) != len(self.text):
            widths = (1.0,) * len(self.text)
        scale = (self.x1 - self.x0) / (sum(widths) or 1.0)
        x = self.x0
        for character, width in zip(self.text, widths, strict=True):
            yield character, x, x + width * scale
            x += width * scale


@dataclass(frozen=True, slots=True)
class Box:
    """塗られた四角。線（表の罫線）と、箇条書きの印に使われる。"""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Glyph:
    """もう一方の部品の読んだ 1 文字と、その中心。"""

    character: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """1 ページ。``pictures`` は写真や図の数。

    ``vertical`` は縦書きであること。``other`` は、もう一方の部品の読んだ文字。``glyphs`` は、その
    1 文字ずつ（2 つの部品の読んだ文字の数がそろっている、横書きのページでは空）。
    """

    number: int
    height: float
    spans: tuple[Span, ...]
    boxes: tuple[Box, ...]
    pictures: int
    other: str
    glyphs: tuple[Glyph, ...] = ()
    vertical: bool = False


def read_sheets(data: bytes, most_pages: int) -> list[Sheet]:
    """PDF のすべてのページ。"""
    import pdf_oxide

    pdf_oxide.disable_logging()
    with _second(data) as second:
        count = len(second)
        if count > most_pages:
            raise IntakeError(
                f"この PDF は {count} ページあります。{most_pages} ページまでに分けて取り込んでください。"
            )
        try:
            first = pdf_oxide.PdfDocument.from_bytes(data)
            if first.page_count() != count:
                raise IntakeError(_BROKEN)
            return [_sheet(first, second, index) for index in range(count)]
        except (RuntimeError, ValueError, OSError) as error:
            raise IntakeError(_BROKEN) from error


def _sheet(first: pdf_oxide.PdfDocument, second: pypdfium2.PdfDocument, index: int) -> Sheet:
    spans = [
        Span(strip_markers(s.text), x, y, x + width, s.font_size, s.is_bold, tuple(s.char_widths))
        for s in first.extract_spans(index)
        for x, y, width, _ in [s.bbox]
        if s.text
    ]
    spans = _without_shadows(spans)
    with closing(second[index]) as page, closing(page.get_textpage()) as text:
        other = text.get_text_range()
        same = Counter(squeeze(other)) == Counter(squeeze("".join(s.text for s in spans)))
        vertical = _is_vertical(spans)
        glyphs = () if same and not vertical else tuple(_glyphs(text))
    _, bottom, _, top = first.page_media_box(index)
    boxes = [box for path in first.extract_paths(index) for box in _boxes(path)]
    pictures = len(first.page_images(index))
    return Sheet(
        index + 1, top - bottom, tuple(spans), tuple(boxes), pictures, other, glyphs, vertical
    )


def _boxes(path: Mapping[str, Any]) -> Iterator[Box]:
    """描かれた図形を囲む四角。線で描いた四角は、4 本の線とする。"""
    x0, y0, width, height = path["bbox"]
    x1, y1 = x0 + width, y0 + height
    if path["stroke_color"] is None or min(width, height) < _THIN:
        yield Box(x0, y0, x1, y1)
        return
    yield Box(x0, y0, x1, y0)
    yield Box(x0, y1, x1, y1)
    yield Box(x0, y0, x0, y1)
    yield Box(x1, y0, x1, y1)


def _without_shadows(spans: Sequence[Span]) -> list[Span]:
    """影文字（同じ文字を少しずらして重ねたもの）を除く。pdf_oxide が見落とした分である。"""
    placed: dict[str, list[tuple[float, float]]] = defaultdict(list)
    kept: list[Span] = []
    for span in spans:
        near = span.size * _SHADOW
        places = [(c, x) for c, x, _ in span.places() if c.strip()]
        if places and all(
            any(abs(x - px) < near and abs(span.y0 - py) < near for px, py in placed[c])
            for c, x in places
        ):
            continue
        kept.append(span)
        for c, x in places:
            placed[c].append((x, span.y0))
    return kept


def _is_vertical(spans: Sequence[Span]) -> bool:
    """縦書きのページか。すぐ下に文字があり、すぐ横にはない文字の割合から見る。"""
    letters = [
        (x0, x1, span.y0, span.size)
        for span in spans
        for character, x0, x1 in span.places()
        if character.strip()
    ]
    across = sum(len(s.text) for s in spans if len(s.text) > 2 and " " not in s.text)
    if not 10 <= len(letters) <= _MOST_VERTICAL or across > len(letters) / 2:
        return False
    stacked = 0
    for x0, x1, y, size in letters:
        below = any(
            abs(x - x0) < size * 0.2 and size * 0.7 < y - other < size * 1.5
            for x, _, other, _ in letters
        )
        beside = any(
            abs(y - other) < size * 0.3 and abs(x - x1) < size * _BESIDE
            for x, _, other, _ in letters
        )
        stacked += below and not beside
    return stacked > len(letters) * _VERTICAL


def _glyphs(text: pypdfium2.PdfTextPage) -> Iterator[Glyph]:
    import pypdfium2

    for index in range(text.count_chars()):
        character = chr(pypdfium2.raw.FPDFText_GetUnicode(text, index))
        if character.strip():
            left, bottom, right, top = text.get_charbox(index)
            yield Glyph(character, (left + right) / 2, (bottom + top) / 2)


def page_picture(data: bytes, page: int) -> bytes:
    """1 ページの絵（PNG）。``page`` は 1 から。"""
    with _second(data) as document:
        if not 1 <= page <= len(document):
            raise IntakeError(
                f"{page} ページはありません。1 から {len(document)} までのページを選んでください。"
            )
        sheet = document[page - 1]
        scale = min(_PICTURE_DPI / 72, _MOST_PIXELS / max(*sheet.get_size(), 1.0))
        picture = sheet.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
        return _png(picture.width, picture.height, picture.stride, bytes(picture.buffer))


def _png(width: int, height: int, stride: int, pixels: bytes) -> bytes:
    """PNG のファイル（ISO/IEC 15948）。``pixels`` は 1 画素 4 バイト（赤、緑、青、使わない）。"""
    lines = (pixels[y * stride : y * stride + width * 4] for y in range(height))
    # 行の前の 0 は、その行に予測を使わないこと。
    raw = b"".join(b"\0" + _without_fourth(line) for line in lines)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def _without_fourth(line: bytes) -> bytes:
    colours = bytearray(len(line) // 4 * 3)
    for channel in range(3):
        colours[channel::3] = line[channel::4]
    return bytes(colours)


@contextmanager
def _second(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        raise IntakeError(_LOCKED if locked else _BROKEN) from error
    with closing(document):
        yield document
