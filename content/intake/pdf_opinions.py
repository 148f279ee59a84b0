"""2 つの部品の読みの違い。どちらが正しいか決めず、知らせにする。"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from content.intake.characters import PLACE, clean, squeeze
from content.intake.draft import Remark
from content.intake.pdf_layout import Row, lines, row_text
from content.intake.pdf_readers import Glyph, Sheet

_SHORTEST = 3  # これより短い行は、くり返しを数えない（字）
_SHADOW = 0.35  # 影文字と見る、同じ文字のずれ（字の大きさに対する割合）


def compared(
    sheet: Sheet, rows: Sequence[Row], texts: Sequence[str]
) -> list[tuple[str, Remark | None]]:
    """行ごとの、使う文字と知らせ。``texts`` は、1 つめの部品の読んだ行。

    1 つめの部品が文字にできなかった行は、もう一方の読みを使う。
    """
    if not sheet.glyphs:
        return [(text, None) for text in texts]
    other = _key(sheet.other)
    found: list[tuple[str, Remark | None]] = []
    for row, text in zip(rows, texts, strict=True):
        key = _key(text)
        if text.startswith(PLACE):
            found.append((text, None))
            continue
        second, shadows = _second(sheet, row)
        if key in other or _key(second) == key:
            found.append((text, _agreed(text, second, sheet.number, shadows)))
        elif second and clean(text).remarks and not clean(second).remarks:
            read = clean(text).text
            message = (
                f"読めない文字があったので、もう一方の部品の読みにしました（もとは「{read}」）。"
            )
            found.append((second, Remark("readers-differ", message, second, sheet.number)))
        else:
            read = clean(second).text or "文字なし"
            message = (
                f"2 つの部品の読みが違います（もう一方は「{read}」）。ページの絵と比べてください。"
            )
            found.append((text, Remark("readers-differ", message, text, sheet.number)))
    return found


def missing(sheet: Sheet, told: Sequence[Remark]) -> Iterator[Remark]:
    """もう一方の部品だけが読んだ行。本文には入れず、知らせる。``told`` は、もう知らせたもの。"""
    own = _own(sheet) + "".join(_key(remark.message) for remark in told)
    for line in sheet.other.splitlines() if sheet.glyphs else ():
        key = _key(line)
        once = re.sub(r"(.)\1", r"\1", key)
        if (
            len(key) >= _SHORTEST
            and key not in own
            and once not in own
            and not _scattered(key, own)
        ):
            message = "もう一方の部品だけが読んだ文字です。要るものなら書き足してください。"
            yield Remark("readers-differ", message, clean(line).text.strip(), sheet.number)


def _own(sheet: Sheet) -> str:
    """1 つめの部品の読んだ、ページのすべての文字。"""
    return _key("".join(row_text(line) for line in lines(sheet.spans)))


def _key(text: str) -> str:
    return squeeze(clean(text).text)


def _scattered(key: str, own: str) -> bool:
    """文字そのものは、どこかの行に含まれているか（行の分け方だけが違う）。"""
    half = len(key) // 2
    return key[:half] in own and key[half:] in own


def _second(sheet: Sheet, row: Row) -> tuple[str, bool]:
    """もう一方の部品がその行の場所で読んだ文字と、影文字を除いたか。"""
    inside = [
        g for g in sheet.glyphs
        if row.x0 - 1 <= g.x <= row.x1 + 1 and row.y0 - row.size * 0.2 <= g.y <= row.y1
    ]  # fmt: skip
    kept: list[Glyph] = []
    for glyph in sorted(inside, key=lambda g: g.x):
        near = row.size * _SHADOW
        if not any(k.character == glyph.character and glyph.x - k.x < near for k in kept[-2:]):
            kept.append(glyph)
    return "".join(g.character for g in kept), len(kept) < len(inside)


def _agreed(text: str, second: str, page: int, shadows: bool) -> Remark | None:
    """文字が合っていても、もう一方だけが気づいたこと。"""
    if _key(second) != _key(text):
        return None
    if shadows:
        message = "同じ文字が二重に置かれていたので（影文字など）、1 つにしました。"
        return Remark("doubled", message, clean(text).text.strip(), page)
    return next(iter(clean(second, page).remarks), None)
