"""縦書きのページ。行を組まずに、もう一方の部品の読んだ順（書かれた順）で、右の行から読む。"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from content.intake.characters import clean
from content.intake.draft import Remark
from content.intake.lines import Line
from content.intake.pdf_readers import Sheet


def vertical_lines(sheet: Sheet) -> Iterator[Line]:
    """縦書きのページの行。"""
    size = median(span.size for span in sheet.spans)
    floor = min(glyph.y for glyph in sheet.glyphs)
    message = "縦書きのページです。文の順とつながりを、ページの絵と比べてください。"
    remarks: tuple[Remark, ...] = (Remark("vertical", message, page=sheet.number),)
    column: list[str] = []
    last = None
    for glyph in sheet.glyphs:
        below = last and abs(glyph.x - last.x) < size * 0.9 and 0 < last.y - glyph.y < size * 2.8
        if last is not None and not below:
            yield Line(
                clean("".join(column)).text,
                last.y < floor + size * 1.6,
                page=sheet.number,
                remarks=remarks,
            )
            column, remarks = [], ()
        column.append(glyph.character)
        last = glyph
    yield Line(clean("".join(column)).text, page=sheet.number, remarks=remarks)
