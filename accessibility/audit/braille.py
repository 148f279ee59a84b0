"""点字の版の検査。ファイルだけを見て、点字のソフトや機械で開ける形かを調べる。決まりひとつに名前ひとつ。

``channels.braille_files`` とは別に、形式の説明から書いた読み方で読む。Unicode の点字を、ほかの形式と比べる。
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from accessibility.audit.finding import Finding

MESSAGES = {
    "braille-missing": "{name} がありません。点字の版を作り直してください。",
    "braille-cells": "6 点の点字でない字があります（{line} 行）。取り除いてください。",
    "braille-unknown": "点字で書けない字があります（{line} 行）。その語に読みを付けてください。",
    "braille-wide": "1 行が 32 マスを超えます（{line} 行）。行を分けてください。",
    "braille-tall": "{page} ページが {limit} 行を超えます。ページを分けてください。",
    "braille-broken": "形式が正しくありません（{why}）。作り直してください。",
    "braille-differs": "{page} ページの中身が、Unicode の点字と違います。作り直してください。",
    "braille-proofread": "奥付に、点字を読む人の校正の有無がありません。書き加えてください。",
}
CELLS = 32
LINES = 18
"""1 ページの行の数（両面）。"""
_ASCII = "⠀⠮⠐⠼⠫⠩⠯⠄⠷⠾⠡⠬⠠⠤⠨⠌⠴⠂⠆⠒⠲⠢⠖⠶⠦⠔⠱⠰⠣⠿⠜⠹⠈⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵⠪⠳⠻⠘⠸"
"""ASCII の 0x20 から 0x5F の字にあたるマス（NABCC）。"""
_PROOFREAD = "⠟⠴⠐⠳⠎⠀⠪⠒⠻⠃⠐⠂"  # テンジノ コーセイ：

Pages = list[list[str]]


class BrokenError(ValueError):
    """ファイルの形式の誤り。"""


@dataclass(frozen=True, slots=True)
class _Format:
    """形式。``skipped`` は、ページごとに比べない初めの行の数（BES のページ行には番号がない）。"""

    ending: str
    read: Callable[[bytes], Pages]
    skipped: int = 0


def audit_files(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """点字の版のファイルの名前と中身を調べる。決まりに合っていれば空。"""
    found: list[Finding] = []
    texts = sorted(name for name in files if name.endswith("-braille.txt"))
    if not texts:
        return (_finding("braille-missing", "", name="-braille.txt"),)
    for text in texts:
        stem = text.removesuffix("-braille.txt")
        try:
            pages = _read_text(files[text])
        except BrokenError as error:
            found.append(_finding("braille-broken", text, why=str(error)))
            continue
        found += _check_pages(text, pages)
        for kind in (
            _Format(".bes", read_bes, 1),
            _Format(".bse", read_bse),
            _Format(".brf", read_brf),
        ):
            found += _check_same(files, stem + kind.ending, kind, pages)
    last = files[texts[-1]].decode("utf-8", "replace")
    if _PROOFREAD not in last.replace("\n", "⠀"):
        found.append(_finding("braille-proofread", texts[-1]))
    return tuple(found)


def _check_pages(name: str, pages: Pages) -> Iterator[Finding]:
    number = 0
    for page, lines in enumerate(pages, 1):
        if len(lines) > LINES:
            yield _finding("braille-tall", name, page=page, limit=LINES)
        for line in lines:
            number += 1
            if re.search("[^⠀-⠿]", line):
                yield _finding("braille-cells", name, line=number)
            if "⠿⠿⠿" in line:
                yield _finding("braille-unknown", name, line=number)
            if len(line) > CELLS:
                yield _finding("braille-wide", name, line=number)


def _check_same(
    files: Mapping[str, bytes], name: str, kind: _Format, pages: Pages
) -> Iterator[Finding]:
    if name not in files:
        yield _finding("braille-missing", name, name=name)
        return
    try:
        others = kind.read(files[name])
    except BrokenError as error:
        yield _finding("braille-broken", name, why=str(error))
        return
    if len(others) != len(pages):
        yield _finding("braille-broken", name, why="ページの数")
        return
    for number, (page, other) in enumerate(zip(pages, others, strict=True), 1):
        if _trimmed(page[kind.skipped :]) != _trimmed(other[kind.skipped :]):
            yield _finding("braille-differs", name, page=number)


def _read_text(data: bytes) -> Pages:
    try:
        return [page.split("\n")[:-1] for page in data.decode("utf-8").split("\f")]
    except UnicodeDecodeError as error:
        raise BrokenError("UTF-8") from error


def read_brf(data: bytes) -> Pages:
    """BRF のページ。"""
    return [[_decoded(line) for line in _lines(page)] for page in data.split(b"\f")]


def read_bse(data: bytes) -> Pages:
    """BSE のページ。512 字の見出しの終わりの 8 字は、ページの数、1 行のマス、1 ページの行。"""
    header = re.fullmatch(rb"[\x20-\xff]{504}(\d{4})(\d\d)(\d\d)\r\n", data[:514])
    if header is None:
        raise BrokenError("見出し")
    pages, cells, lines = map(int, header.groups())
    rows = [_decoded(line) for line in _lines(data[514:])]
    if len(rows) != pages * lines or (cells, lines) != (CELLS, LINES):
        raise BrokenError("行の数")
    return [rows[i * lines : (i + 1) * lines] for i in range(pages)]


def read_bes(data: bytes) -> Pages:
    """BES のページ。見出しの後、長さの付いたページが続き、FF で終わる。"""
    header = re.fullmatch(rb"%BET400%\d{4}/\d\d/\d\d  E53318 {5}(\d{1,3}) *", data[:512])
    if header is None or data[512:516] != b"\xff\xff\xff\x54" or data[1024:1025] != b"\xff":
        raise BrokenError("見出し")
    pages: Pages = []
    place = 1025
    while data[place : place + 1] != b"\xff" or place < len(data) - 1:
        size = int.from_bytes(data[place : place + 2], "little")
        body = data[place + 2 : place + size]
        if size < 4 or len(body) != size - 2 or body[:1] != b"\xfd" or body[-1:] != b"\xfe":
            raise BrokenError("ページ")
        rows = body[1:-1].replace(b"\x0d", b"").split(b"\xfe")
        if len(rows) != LINES or any(not 0xA0 <= c <= 0xDF for row in rows for c in row):
            raise BrokenError("行")
        pages.append(["".join(chr(0x2800 + c - 0xA0) for c in row) for row in rows])
        place += size
    if int(header[1]) != len(pages) - 1:
        raise BrokenError("ページの数")
    return pages


def _lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\r\n")
    if lines.pop():
        raise BrokenError("改行")
    return lines


def _decoded(line: bytes) -> str:
    if any(not 0x20 <= c <= 0x5F for c in line):
        raise BrokenError("NABCC にない字")
    return "".join(_ASCII[c - 0x20] for c in line)


def _trimmed(lines: list[str]) -> list[str]:
    rows = [line.rstrip("⠀") for line in lines]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _finding(code: str, place: str, **values: object) -> Finding:
    return Finding(code, place, MESSAGES[code].format(**values))
