"""数の書き方。原稿の数字と読みから、数字で書くか、仮名で書くかを決める。

漢語読みの数は数字で、和語読みの数（ひとつ、ふたり、はつか）は仮名で書く（てびき 第4版 第2章 その2）。
読みが漢語の数の読みで始まれば漢語読みである。ただし「14日」「24日」は、数字に「カ」を続ける。
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_DIGITS = {
    0: "(?:ぜろ|れい|まる)", 1: "い[ちっつ]", 2: "に", 3: "さん", 4: "(?:よん|よ(?!っ)|し)", 5: "ご",
    6: "ろ[くっ]", 7: "(?:なな|しち)", 8: "は[ちっ]", 9: "(?:きゅう|く)",
}  # fmt: skip
_PLACES = ((1000, "[せぜ]ん"), (100, "[ひびぴ]ゃ[くっ]"), (10, "じ(?:ゅう|ゅっ|っ)"))
_MYRIADS = ((10**12, "ちょう"), (10**8, "おく"), (10**4, "まん"))
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "億": 10**8, "兆": 10**12}
_UNIT_KANA = {"百": "ヒャク", "千": "セン", "万": "マン", "億": "オク", "兆": "チョー"}
_KANJI = {c: i for i, c in enumerate("〇一二三四五六七八九")}
_WRITTEN = re.compile(r"([0-9][0-9,]*)(?:\.([0-9]+))?([百千万億兆]?)")
_NATIVE = 3
"""和語読みの数と助数詞（ひとり、ふつか）の、いちばん短い字の数。"""
_KANJI_NUMBER = re.compile(
    r"[〇一二三四五六七八九十百千]{2,}|[一二三四五六七八九十百千](?=[年月日週回歳円時分秒期章条項号件名階冊枚])"
)
"""数を表す漢数字。1 字だけなら、助数詞の前だけ（一層、第三者のように、数の意味の薄れた語が多い）。"""


class Numeral(NamedTuple):
    """数字で書く数。文字の ``begin``〜``end`` にあり、読みの ``start``〜``stop`` で読まれる。"""

    shown: str
    begin: int
    end: int
    start: int
    stop: int


def pattern(number: int) -> str:
    """数の漢語の読み（ひらがな）の正規表現。"""
    if number == 0:
        return _DIGITS[0]
    parts: list[str] = []
    for size, name in _MYRIADS:
        count, number = divmod(number, size)
        if count:
            parts.append(pattern(count) + name)
    for size, name in _PLACES:
        count, number = divmod(number, size)
        if count:
            head = _DIGITS[count] if count > 1 else f"(?:{_DIGITS[1]})?"
            parts.append(head + name)
    if number:
        parts.append(_DIGITS[number])
    return "".join(parts)


def numbers(text: str, reading: str) -> list[Numeral]:
    """文字の中の、数字で書く数。和語読みの数（仮名で書く）は入らない。

    ``numbers("24年度", "にじゅうよねんど")`` は ``[Numeral("24", 0, 2, 0, 5)]``。
    """
    found: list[Numeral] = []
    place = heard = 0
    if kanji := _KANJI_NUMBER.match(text):
        value = _kanji_value(kanji.group())
        if read := re.match(pattern(value), reading):
            found.append(Numeral(str(value), 0, kanji.end(), 0, read.end()))
            place, heard = kanji.end(), read.end()
    while written := _WRITTEN.search(text, place):
        numeral = _numeral(written, reading, heard, at_once=written.start() == place)
        if numeral:
            found.append(numeral)
            place, heard = numeral.end, numeral.stop
        else:
            place = written.end()
            heard += _NATIVE if int(written[1].replace(",", "")) else 0
    return found


def flat_pattern(text: str) -> str:
    """上付きの数字を、ふつうの数字とまちがえて読んだときの読みの正規表現。"""
    return pattern(int(re.sub("[^0-9]", "", unicodedata.normalize("NFKC", text))))


def _numeral(written: re.Match[str], reading: str, heard: int, *, at_once: bool) -> Numeral | None:
    """``reading`` の ``heard`` から（``at_once`` ならすぐそこで）読まれる数。

    小数と読んでいなければ、「.」の前まで。
    """
    whole, fraction, unit = written.groups()
    if written.string[written.end() :].startswith("つ"):
        return None
    value = int(whole.replace(",", ""))
    scaled = pattern(value * _UNITS.get(unit, 1))
    if value in (14, 24):
        scaled = rf"(?:{scaled}|(?:に)?じゅうよっ(?=か))"
    digits = "".join(_DIGITS[int(d)] for d in fraction or "")
    begin = written.start()
    shown = whole.strip(",").lstrip("0") or "0"  # 10:05 は 10ジ 5フン

    def heard_as(sound: str) -> re.Match[str] | None:
        found = re.compile(sound)
        return found.match(reading, heard) if at_once else found.search(reading, heard)

    if read := heard_as(scaled + (f"てん{digits}" if digits else "")):
        shown += (f".{fraction}" if fraction else "") + _UNIT_KANA.get(unit, "")
        return Numeral(shown, begin, written.end(), read.start(), read.end())
    if fraction and (read := heard_as(pattern(value))):
        return Numeral(shown, begin, written.end(1), read.start(), read.end())
    return None


def _kanji_value(text: str) -> int:
    if all(c in _KANJI for c in text):
        return int("".join(str(_KANJI[c]) for c in text))
    total = digit = 0
    for c in text:
        if c in _KANJI:
            digit = _KANJI[c]
        else:
            total += (digit or 1) * _UNITS[c]
            digit = 0
    return total + digit
