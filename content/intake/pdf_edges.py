"""ページの上下の端にある、ページ番号と柱（どのページにもある題）を除く。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from content.intake.characters import clean, squeeze
from content.intake.draft import Remark
from content.intake.pdf_layout import lines, row_text
from content.intake.pdf_readers import Sheet, Span

_EDGE = 0.1  # 端の幅（ページの高さに対する割合）
_TITLE = 1.3  # 柱は小さな字で組まれる。ふつうの字より、これだけ大きければ題である
_PAGE_NUMBER = re.compile(
    r"[-–—~～・p.P（(\s]*(?:\d{1,4}|[ivxlc]{1,6})\s*(?:[/／]\s*\d{1,4})?\s*(?:ページ|頁|page)?[-–—~～・）)\s]*"
)


def without_edges(sheets: Sequence[Sheet]) -> tuple[list[tuple[Span, ...]], list[Remark]]:
    """ページごとの残りの文字と、除いたものの知らせ。"""
    edges = [_edges(sheet) for sheet in sheets]
    pages = Counter(head for page in edges for head in {_head(line) for line in page})
    common = {head for head, n in pages.items() if head and n >= max(2, len(sheets) / 2)}
    heads: dict[str, Remark] = {}
    numbers = 0
    kept: list[tuple[Span, ...]] = []
    for sheet, page in zip(sheets, edges, strict=True):
        dropped: list[Span] = []
        for line in page:
            text = clean(row_text(line)).text
            if _PAGE_NUMBER.fullmatch(text):
                numbers += 1
            elif (head := _head(line)) in common:
                message = f"{pages[head]} つのページの端に同じ題があるので、除きました。"
                heads.setdefault(head, Remark("running-head", message, text, sheet.number))
            else:
                continue
            dropped += line
        kept.append(tuple(span for span in sheet.spans if span not in dropped))
    remarks = list(heads.values())
    if numbers:
        remarks.append(Remark("page-number", f"ページ番号を {numbers} か所除きました。"))
    return kept, remarks


def _edges(sheet: Sheet) -> list[list[Span]]:
    """上の端と下の端の、2 行まで。"""
    found = [line for line in lines(sheet.spans) if row_text(line)]
    if not found:
        return []
    usual = median(span.size for line in found for span in line)
    edge = sheet.height * _EDGE
    top = [line for line in found[:2] if line[0].y0 > sheet.height - edge]
    bottom = [line for line in found[2:][-2:] if line[0].y1 < edge]
    return [line for line in top + bottom if line[0].size < usual * _TITLE]


def _head(line: Sequence[Span]) -> str:
    return re.sub(r"\d+", "", squeeze(row_text(line)))
