"""点字の行を 6 点のマスにする。

点字の行は、分かち書きをした 1 行の文字である。カタカナと ー、空白（マスあけ）、算用数字（位取りの「,」、
小数点の「.」、つなぐ「-」）、英字（外字符は書かない）、``signs.tsv`` の記号、⠦…⠴（外国語引用符）、
⠠⠦…⠠⠴（アドレス囲み符号）からなる。数符、外字符、大文字符、つなぎ符は、ここで補う。
"""

from __future__ import annotations

import re

from accessibility.braille import tables

BLANK = "⠀"
QUOTE, UNQUOTE = "⠦", "⠴"
CAPITAL = "⠠"
ADDRESS, END_ADDRESS = CAPITAL + QUOTE, CAPITAL + UNQUOTE
NUMBER, LETTER, JOIN = "⠼", "⠰", "⠤"
_COMMA, _POINT = "⠄", "⠂"
UNKNOWN = "〓"
"""点字にも読みにもならない字の代わり。検査（braille-unknown）で見つかる。"""

_LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵",
        strict=True,
    )
)
_DIGITS = dict(zip("1234567890", "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚", strict=True))
_DIGIT_CELLS = frozenset(_DIGITS.values())

_TOKEN = re.compile(
    rf"(?P<address>{ADDRESS}[^{UNQUOTE}]*{END_ADDRESS})|(?P<foreign>{QUOTE}[^{UNQUOTE}]*{UNQUOTE})"
    r"|(?P<number>[0-9]+(?:,[0-9]{3}(?![0-9]))*(?:\.[0-9]+)*)|(?P<letters>[A-Za-z]+)"
    r"|(?P<kana>[ァ-ヴー][ァィゥェォャュョ]?)|(?P<blank> )|(?P<join>-)|(?P<sign>.)",
    re.DOTALL,
)


def to_cells(line: str) -> str:
    """点字の行をマスにする。書けない字は ``UNKNOWN`` のマスにする。"""
    cells: list[str] = []
    before = ""
    for token in _TOKEN.finditer(line):
        kind, text = token.lastgroup or "", token.group()
        if before in ("number", "letters") and kind == "kana":
            cells.append(_link(before, _kana(text), line[token.end() :]))
        cells.append(_cells(kind, text))
        before = kind
    return "".join(cells)


def _cells(kind: str, text: str) -> str:
    match kind:
        case "address":
            return ADDRESS + _latin(text[2:-2], computer=True) + END_ADDRESS
        case "foreign":
            return QUOTE + _latin(text[1:-1], computer=False) + UNQUOTE
        case "number":
            return NUMBER + "".join(_DIGITS.get(c) or {",": _COMMA, ".": _POINT}[c] for c in text)
        case "letters":
            return LETTER + _capitals(text)
        case "kana":
            return _kana(text)
        case "blank":
            return BLANK
        case "join":
            return JOIN
    return tables.signs().get(text, _unknown()).cells


def _unknown() -> tables.Sign:
    return tables.signs()[UNKNOWN]


def _kana(text: str) -> str:
    table = tables.kana()
    if text in table:
        return table[text]
    return "".join(table.get(c, _unknown().cells) for c in text)


def _link(before: str, kana: str, rest: str) -> str:
    """数字や英字のすぐ後の仮名の前に置く、第1つなぎ符（要らなければ空）。

    英字の後ではいつも、数字の後では、ア行とラ行のように数字と同じ形の仮名の前に置く。ワとッは位取り点・
    小数点と同じ形なので、その次が数字と同じ形の仮名なら置く（てびき 第4版 第4章 その4 備考）。
    """
    if before == "letters" or kana in _DIGIT_CELLS:
        return JOIN
    following = _TOKEN.match(rest)
    next_kana = _kana(following.group()) if following and following.lastgroup == "kana" else ""
    return JOIN if kana in (_COMMA, _POINT) and next_kana in _DIGIT_CELLS else ""


def _capitals(word: str) -> str:
    if len(word) > 1 and word.isupper():
        return CAPITAL * 2 + "".join(_LETTERS[c] for c in word.lower())
    return "".join((CAPITAL if c.isupper() else "") + _LETTERS[c.lower()] for c in word)


def _latin(text: str, *, computer: bool) -> str:
    """囲みの中。ここでは英字が基本なので、外字符は、数字に続く a〜j の前だけに置く。"""
    cells: list[str] = []
    for word in re.findall(r"[A-Za-z]+|[0-9]+|.", text, re.DOTALL):
        if word[0].lower() in _LETTERS:
            digits = cells and cells[-1].startswith(NUMBER)
            cells.append((LETTER if digits and word[0].lower() < "k" else "") + _capitals(word))
        elif word[0] in _DIGITS:
            cells.append(NUMBER + "".join(_DIGITS[c] for c in word))
        elif word == " ":
            cells.append(BLANK)
        else:
            cells.append(tables.address().get(word, _unknown().cells))
    return "".join(cells)
