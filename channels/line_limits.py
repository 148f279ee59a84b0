"""LINE の限度の中に文字を収める。絵文字や 𠮷 の途中では、決して切らない。

数え方は 2 つ: UTF-16 の単位（𠮷 は 2）と、見た目の 1 字（書記素。家族の絵文字も 1）。
https://developers.line.biz/en/docs/messaging-api/text-character-count/
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote, urlsplit

import regex

ELLIPSIS = "…"
_GRAPHEME = regex.compile(r"\X")
# JSON にも画面にも意味のない制御文字と、片方だけの代用対。改行とタブは残す。
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|([\ud800-\udfff])")
_URI_SCHEMES = frozenset({"http", "https", "line", "tel"})
# RFC 3986 の文字のうち、すでに % で書かれたものと区切りは、そのままにする。
_URI_SAFE = "%:/?#[]@!$&'()*+,;=-._~"
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def utf16(text: str) -> int:
    """UTF-16 の単位の数。"""
    return len(text) + sum(1 for character in text if character > "\uffff")


def graphemes(text: str) -> int:
    """見た目の字の数。"""
    return len(_GRAPHEME.findall(text))


def sendable(text: str) -> str:
    """送れない文字のない、前後に空白のない文字列。改行は ``\\n`` だけにする。"""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSENDABLE.sub(lambda match: "\ufffd" if match[1] else "", text).strip()


def shortened(text: str, most: int) -> str:
    """多くとも ``most`` 字（見た目）。長ければ「…」で終わる。1 行にする。"""
    text = " ".join(sendable(text).split())
    if len(text) <= most:  # 見た目の字は、コードポイントより多くならない
        return text
    found = _GRAPHEME.findall(text)
    return text if len(found) <= most else "".join(found[: most - 1]).rstrip() + ELLIPSIS


def cut(text: str, most: int) -> str:
    """多くとも ``most`` 単位（UTF-16）。長ければ「…」で終わる。"""
    text = sendable(text)
    if _fits(text, most):
        return text
    return text[: _end(text, most - 1)].rstrip() + ELLIPSIS


def pieces(text: str, most: int, count: int) -> list[str]:
    """多くとも ``most`` 単位（UTF-16）の、``count`` 個までの続き。

    文の終わりか行の終わりで分ける。それでも余れば、最後の 1 つが「…」で終わる。空なら 0 個。
    """
    rest, found = sendable(text), list[str]()
    while rest and len(found) < count - 1 and not _fits(rest, most):
        end = _end(rest, most)
        # 後ろの半分に文の終わりがあれば、そこで分ける。
        stop = max(rest.rfind("。", end // 2, end), rest.rfind("\n", end // 2, end)) + 1
        found.append(rest[: stop or end].strip())
        rest = rest[stop or end :].strip()
    last = cut(rest, most)
    return [piece for piece in (*found, last) if piece]


def uri(text: str, most: int = 1000) -> str | None:
    """動作（action）に使える URI。使えない種類か、長すぎれば ``None``。

    ASCII でない文字は % で書く（LINE は書いていない URI を断る）。
    """
    encoded = quote(_BROKEN_PERCENT.sub("%25", sendable(text)), safe=_URI_SAFE)
    try:
        parts = urlsplit(encoded)
        parts.port  # noqa: B018  数でない番号は ValueError
    except ValueError:
        return None
    web = parts.scheme in ("http", "https")
    if parts.scheme not in _URI_SCHEMES or len(encoded) > most:
        return None
    if web and (not parts.hostname or "%" in parts.hostname):
        return None
    return encoded


def json_bytes(value: object) -> int:
    """送るときの JSON の大きさ（バイト）。line-bot-sdk は ASCII でない文字を \\u で書く。"""
    return len(json.dumps(value))


def _fits(text: str, most: int) -> bool:
    return 2 * len(text) <= most or utf16(text) <= most


def _end(text: str, most: int) -> int:
    """``text`` の、``most`` 単位までに収まる字の終わりの位置。1 字も収まらなければ字の途中。"""
    units = end = 0
    for match in _GRAPHEME.finditer(text):
        units += utf16(match[0])
        if units > most:
            break
        end = match.end()
    if end:
        return end
    units = 0
    for character in text:  # 結合文字を限りなく重ねた 1 字は、字の途中で切るほかない
        units += utf16(character)
        if units > most:
            break
        end += 1
    return end
