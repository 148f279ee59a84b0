"""PDF を読む。段と行を組み、ページ番号と柱を除き、2 つの部品の読みを見くらべる。"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from content.intake.characters import PLACE, clean
from content.intake.draft import IntakeError, Remark
from content.intake.lines import Line, assembled
from content.intake.marks import ends_sentence, mark
from content.intake.pdf_edges import without_edges
from content.intake.pdf_layout import Row, row_text, rows
from content.intake.pdf_opinions import compared, missing
from content.intake.pdf_readers import Box, Sheet, read_sheets
from content.intake.pdf_ruby import with_ruby
from content.intake.pdf_tables import without_tables
from content.intake.pdf_vertical import vertical_lines
from content.intake.pieces import Piece, Reading
from content.intake.wrapping import unwrapped

_MOST_PAGES = 300
_RAGGED = 1.6  # 幅いっぱいの行の、右端の揺れ（字。禁則と約物で 1 字ほど揺れる）
_LARGER = 1.1  # 本文の字に対して、見出しと見る大きさ


def read_pdf(data: bytes) -> Reading:
    """PDF を読む。文字のない（画像だけの）PDF は断る。"""
    sheets = read_sheets(data, _MOST_PAGES)
    if not any(span.text.strip() for sheet in sheets for span in sheet.spans):
        raise IntakeError(
            "この PDF には文字がありません（紙を写した画像だけです）。もとの Word などのファイルから取り込んでください。"
        )
    remarks: list[Remark] = []
    inner, dropped = without_edges(sheets)
    remarks += dropped
    pages: list[list[Row]] = []
    tables: list[list[Piece]] = []
    for sheet, spans in zip(sheets, inner, strict=True):
        read, count = with_ruby(spans)
        if count:
            message = (
                f"小さなかな {count} か所を、下の漢字のふりがなと見ました。読みを確かめてください。"
            )
            remarks.append(Remark("ruby", message, page=sheet.number))
        rest, found = without_tables(read, sheet.boxes, sheet.number)
        pages.append(rows(rest))
        tables.append(found)
    ranks = _ranks([row for page in pages for row in page])
    parts: list[Line | Piece] = []
    for sheet, page, found in zip(sheets, pages, tables, strict=True):
        if sheet.vertical:
            parts += vertical_lines(sheet)
        else:
            read_lines = list(_lines(sheet, page, ranks, found))
            parts += read_lines
            remarks += missing(sheet, [remark for line in read_lines for remark in line.remarks])
        if sheet.pictures:
            message = (
                f"写真や図が {sheet.pictures} 点あります。要るものは、説明を付けて加えてください。"
            )
            remarks.append(Remark("picture", message, page=sheet.number))
    # 字の大きさの違いが表題だけなら、短い行からも見出しを探す。
    guess = sum(isinstance(part, Line) and part.rank > 0 for part in parts) <= 1
    pieces = assembled(unwrapped(parts, across=False), guess=guess)
    return Reading("", tuple(pieces), tuple(remarks), len(sheets))


def _ranks(page: Sequence[Row]) -> dict[tuple[float, bool], int]:
    """文字の大きさと太さごとの、見出しの段。本文は含まない。"""
    letters: Counter[tuple[float, bool]] = Counter()
    for row in page:
        letters[_face(row)] += sum(len(s.text.strip()) for s in row.spans)
    if not letters:
        return {}
    body = Counter[float]()
    for (size, _), count in letters.items():
        body[size] += count
    usual = body.most_common(1)[0][0]
    large = sorted({size for size, _ in letters if size >= usual * _LARGER}, reverse=True)
    ranks = {(size, bold): large.index(size) + 1 for size, bold in letters if size in large}
    bold = sum(n for (_, is_bold), n in letters.items() if is_bold)
    if bold < letters.total() * 0.4 and (usual, True) in letters:
        ranks[usual, True] = len(large) + 1
    return ranks


def _face(row: Row) -> tuple[float, bool]:
    return round(row.size * 2) / 2, row.bold


def _lines(
    sheet: Sheet,
    page: Sequence[Row],
    ranks: Mapping[tuple[float, bool], int],
    tables: Sequence[Piece],
) -> Iterator[Line | Piece]:
    """1 ページの行。前の行とのつながりは、段の端までの長さ、字下げ、行のあきから見る。"""
    texts = [row_text(row.spans) for row in page]
    rights = _rights(page)
    pitch = _pitch(page)
    before: Row | None = None
    for row, (text, remark) in zip(page, compared(sheet, page, texts), strict=True):
        if text.startswith(PLACE):
            yield tables[int(text.removeprefix(PLACE))]
            before = None
            continue
        if _bullet(row, sheet.boxes) and not mark(text).kind:
            text = f"・{text}"
        cleaned = clean(text, sheet.number)
        rank = ranks.get(_face(row), 0)
        moved = before is None or before.region != row.region
        yield Line(
            cleaned.text.strip(),
            full=rights[row.region].reached(row, text),
            starts=_starts(before, row, pitch, rank),
            rank=rank,
            page=sheet.number,
            moved=moved,
            remarks=(*cleaned.remarks, *((remark,) if remark else ())),
        )
        before = row


@dataclass(frozen=True, slots=True)
class _Edge:
    """段の右端。``shared`` は、2 行以上が届いていること。"""

    x: float
    shared: bool

    def reached(self, row: Row, text: str) -> bool:
        """幅いっぱいの行か。ほかに届く行のない、いちばん長い行は、文の途中のときだけ。"""
        full = row.x1 >= self.x - row.size * _RAGGED
        return full and (self.shared or not ends_sentence(text))


def _rights(page: Sequence[Row]) -> dict[int, _Edge]:
    """段ごとの右端。行の少ない段（またいだ見出しなど）は、左端の同じ段か、ページの右端を使う。"""
    regions: dict[int, list[Row]] = defaultdict(list)
    for row in page:
        regions[row.region].append(row)
    known = {n: (rows[0].left, _right(rows)) for n, rows in regions.items() if len(rows) >= 3}
    whole = _right(page) if page else _Edge(0.0, False)
    rights: dict[int, _Edge] = {}
    for number, members in regions.items():
        first = members[0]
        alike = [edge for left, edge in known.values() if abs(left - first.left) < first.size]
        wider = max(alike, key=lambda edge: edge.x, default=whole)
        rights[number] = known[number][1] if number in known else wider
    return rights


def _right(members: Sequence[Row]) -> _Edge:
    """2 行以上の届く、いちばん右。1 行だけのはみ出しは数えない。"""
    ends = sorted((row.x1 for row in members), reverse=True)
    for end, following in pairwise(ends):
        if end - following < members[0].size * _RAGGED:
            return _Edge(end, True)
    return _Edge(ends[0], False)


def _pitch(page: Sequence[Row]) -> float:
    """ふつうの行の送り（字の大きさに対する割合）。"""
    steps = [
        (above.y0 - below.y0) / below.size
        for above, below in pairwise(page)
        if above.region == below.region and above.y0 > below.y0
    ]
    return median(steps) if steps else 1.6


def _bullet(row: Row, boxes: Sequence[Box]) -> bool:
    """行の前に、文字ではなく図形として描かれた印（●など）があるか。"""
    return any(
        row.size * 0.1 < box.x1 - box.x0 < row.size * 0.7
        and row.size * 0.1 < box.y1 - box.y0 < row.size * 0.7
        and row.x0 - row.size * 2.2 < box.x0 < row.x0
        and row.y0 < (box.y0 + box.y1) / 2 < row.y1
        for box in boxes
    )


def _starts(before: Row | None, row: Row, pitch: float, rank: int) -> bool:
    """新しい段落の頭か。"""
    if before is None or before.region != row.region:
        return row.size * 0.7 < row.x0 - row.left < row.size * 1.6 and not rank
    gap = (before.y0 - row.y0) / row.size
    if gap > max(pitch, 1.3) * 1.25 or gap < 0:
        return True
    hanging = bool(mark(row_text(before.spans)).kind)
    return row.x0 - before.x0 > row.size * 0.7 and not hanging and not rank
