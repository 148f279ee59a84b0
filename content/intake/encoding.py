"""ページの文字コードを見分ける。BOM、meta、なければ文字の並びから。"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""")
_HEAD = 4096  # 宣言を探す範囲（バイト）。HTML の仕様は 1024 だが、長い head もある
# ブラウザと同じく、Shift_JIS と書いてあれば機種依存文字のある cp932 で読む（WHATWG Encoding）。
_NAMES = {"shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932"}
_JAPANESE = ("utf-8", "iso2022_jp_ext", "euc_jp", "cp932")
_ORDINARY = re.compile("[ぁ-んァ-ヶ一-龠、。]")


def decode(data: bytes) -> str:
    """ページの文字。読めないバイトは U+FFFD になる。"""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    declared = _DECLARED.search(data[:_HEAD])
    names = [_NAMES.get(n := declared[1].decode("ascii").lower(), n)] if declared else []
    for name in names:
        if (text := _strict(data, name)) is not None:
            return text
    readable = [t for name in _JAPANESE if (t := _strict(data, name)) is not None]
    if readable:
        return max(readable, key=lambda text: len(_ORDINARY.findall(text)) / (len(text) or 1))
    return data.decode(_known(names) or "utf-8", "replace")


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError, UnicodeError):
        return None


def _known(names: list[str]) -> str | None:
    for name in names:
        try:
            if codecs.lookup(name)._is_text_encoding:
                return name
        except LookupError:
            continue
    return None
