"""数の書き方。原稿の数字と読みから、数字で書くか、仮名で書くかを決める。

漢語読みの数は数字で、和語読みの数（ひとつ、ふたり、はつか）は仮名で書く（てびき 第4版 第2章 その2）。
読みが漢語の数の読みで始まれば漢語読みである。ただし「14日」「24日」は、数字に「カ」を続ける。
"""

from __future__ import annotations

import re

_DIGITS = {
    0: "(?:ぜろ|れい|まる)", 1: "い[ちっつ]", 2: "に", 3: "さん", 4: "(?:よん|よ(?!っ)|し)", 5: "ご",
    6: "ろ[くっ]", 7: "(?:なな|しち)", 8: "は[ちっ]", 9: "(?:きゅう|く)",
}  # fmt: skip
_PLACES = ((1000, "[せぜ]ん"), (100, "[ひびぴ]ゃ[くっ]"), (10, "じ(?:ゅう|ゅっ|っ)"))
_MYRIADS = ((10**12, "ちょう"), (10**8, "おく"), (10**4, "まん"))
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "億": 10**8, "兆": 10**12}
_UNIT_KANA = {"百": "ヒャク", "千": "セン", "万": "マン", "億": "オク", "兆": "チョー"}
_KANJI = {c: i for i, c in enumerate("〇一二三四五六七八九")}
_WRITTEN = re.compile(r"(\d[\d,]*)(?:\.(\d+))?([百千万億兆]?)")
_KANJI_NUMBER = re.compile(
    r"[〇一二三四五六七八九十百千]{2,}|[一二三四五六七八九十百千](?=[年月日週回歳円時分秒期章条項号件名階冊枚])"
)
"""数を表す漢数字。1 字だけなら、助数詞の前だけ（一層、第三者のように、数の意味の薄れた語が多い）。"""


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


def number(text: str, reading: str) -> tuple[str, str] | None:
    """数で始まる部分の、数字と、その後の読み（ひらがな）。仮名で書くなら ``None``。

    ``number("24年度", "にじゅうよねんど")`` は ``("24", "ねんど")``。
    """
    written = _WRITTEN.match(text)
    if written:
        whole, fraction, unit = written.groups()
        value = int(whole.replace(",", "")) * _UNITS.get(unit, 1)
        shown = whole.strip(",") + (f".{fraction}" if fraction else "") + _UNIT_KANA.get(unit, "")
        rest = text[written.end() :]
    elif kanji := _KANJI_NUMBER.match(text):
        value = _kanji_value(kanji.group())
        shown, fraction, rest = str(value), "", text[kanji.end() :]
    else:
        return None
    if rest.startswith("つ"):
        return None
    if day := re.fullmatch(r"(?:に)?じゅうよっか(.*)", reading):
        return shown, "か" + day[1]
    digits = "".join(_DIGITS[int(d)] for d in fraction or "")
    read = re.match(pattern(value) + (f"てん{digits}" if digits else ""), reading)
    return (shown, reading[read.end() :]) if read else None


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
