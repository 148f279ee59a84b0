"""点字のファイル。BES、BSE、BRF、Unicode の点字。

BES（点字編集システム）と BSE（BASE）の仕様は公開されていないので、それを読み書きする公開のプログラムと
解説を読み比べ、2 つより多くが一致するところだけを使う（一致しないところは空白にする）。

BES: 512 バイトの見出し（%BET400%、日付、マスの数 + 1、行の数、ページの数 - 1）、FF FF FF 54 で始まる
512 バイト、FF、ページの列、FF。ページは、長さ（自身を含む 2 バイト、下の桁が先）、FD、行の列。マスは
A0 + 点の組み合わせ、行の終わりは FE、段落の終わりの行はその前に 0D。初めの行はページ行で、番号はソフトが
付けるので、27 マスまでしか書かない。
BSE: 504 字の空白（書誌）と、ページの数 4 桁、マスの数 2 桁、行の数 2 桁。その後に、どのページも同じ数の行を
NABCC（大文字）で書く。改行は CR LF。
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from accessibility.braille.cells import BLANK
from accessibility.braille.layout import NUMBER_CELLS, Page, Sheet

# 点の組み合わせ（点1 が 1、点2 が 2、… 点6 が 32）の順の、NABCC（北米点字コンピュータコード）の字。
_NABCC = " A1B'K2L@CIF/MSP\"E3H9O6R^DJG>NTQ,*5<-U8V.%[$+X!&;:4\\0Z7(_?W]#Y)="
_CELL, _PAGE, _ROW, _PARAGRAPH, _END = 0xA0, b"\xfd", b"\xfe", b"\x0d", b"\xff"


def unicode_text(pages: Sequence[Page], sheet: Sheet) -> bytes:
    """Unicode の点字（UTF-8）。ページのあいだは改ページの字。"""
    return "\f".join("".join(f"{row}\n" for row in page.lines(sheet)) for page in pages).encode()


def brf(pages: Sequence[Page], sheet: Sheet) -> bytes:
    """NABCC の BRF。改行は CR LF、ページのあいだは改ページの字。"""
    return b"\f".join(
        b"".join(_ascii(row) + b"\r\n" for row in page.lines(sheet)) for page in pages
    )


def bse(pages: Sequence[Page], sheet: Sheet) -> bytes:
    """BASE の BSE。"""
    header = f"{'':504}{len(pages):04}{sheet.cells:02}{sheet.lines:02}\r\n".encode("ascii")
    rows = (row for page in pages for row in _filled(page.lines(sheet), sheet))
    return header + b"".join(_ascii(row) + b"\r\n" for row in rows)


def bes(pages: Sequence[Page], sheet: Sheet, date: datetime.date) -> bytes:
    """点字編集システムの BES。``date`` は見出しに書く日付。"""
    size = f"{sheet.cells + 1:02}{sheet.lines:02}"
    header = f"%BET400%{date:%Y/%m/%d}  E5{size}     {len(pages) - 1:<14}"
    return b"".join(
        (
            header.encode("ascii").ljust(512),
            b"\xff\xff\xff\x54".ljust(512),
            _END,
            *(_bes_page(page, sheet) for page in pages),
            _END,
        )
    )


def _bes_page(page: Page, sheet: Sheet) -> bytes:
    head = page.head(sheet) or BLANK * (sheet.cells - NUMBER_CELLS)
    body = _PAGE + _bes_cells(head) + _ROW
    for row in page.rows:
        body += _bes_cells(row.cells) + (_PARAGRAPH if row.ends else b"") + _ROW
    body += _ROW * (sheet.body - len(page.rows))
    return (len(body) + 2).to_bytes(2, "little") + body


def _bes_cells(row: str) -> bytes:
    return bytes(_CELL + _dots(cell) for cell in row)


def _ascii(row: str) -> bytes:
    return "".join(_NABCC[_dots(cell)] for cell in row).encode("ascii")


def _dots(cell: str) -> int:
    return ord(cell) - ord(BLANK)


def _filled(rows: list[str], sheet: Sheet) -> list[str]:
    return rows + [""] * (sheet.lines - len(rows))
