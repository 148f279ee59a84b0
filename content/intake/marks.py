"""行の頭の印（■ ○ ・ (1) ①…）。見出しか、箇条書きか、番号かを見分ける。"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "bullet", "number", "note", ""]

# 役所の文書で、章・節の頭に置かれる印。小さい数ほど上の見出し。
_HEADINGS = (
    (re.compile(r"第[一二三四五六七八九十\d]+[章部編]\s*(?=.)"), 1),
    (re.compile(r"[■◆◼□◇▣]+\s*(?=.)"), 2),
    (re.compile(r"第[一二三四五六七八九十\d]+[節項]\s*(?=.)"), 2),
    (re.compile(r"【(?=[^】]+】$)"), 4),
    (re.compile(r"[○◯●◎〇▼▽▲△★☆]\s*(?=.)"), 3),
)
# - と * は、負の数や線のこともある。
_BULLET = re.compile(r"(?:[・•‣▪▫◦➢➤✓✔❖]|\ufdd5)\s*(?=[^\s\-–*・])|[\-–‐*]\s*(?=[^\d\s\-–*])")
_NUMBER = re.compile(
    r"(?:[（(](?P<round>\d{1,2}|[一二三四五六七八九十アイウエオカキクケコ])[）)]"
    r"|(?P<circle>[①-⑳])"
    r"|(?P<roman>[Ⅰ-Ⅻ])(?=[\s．.、])[．.、]?"
    r"|(?P<plain>\d{1,2})[.．)）、](?!\d))\s*(?=.)"
)
_NOTE = re.compile(r"[※＊]\s*(?=.)")
_COUNTS = ("一二三四五六七八九十", "アイウエオカキクケコ", "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ")
_RANKS = {"plain": 4, "roman": 4, "round": 5, "circle": 6}
_ENDS = re.compile(r"[。！？!?][」』）)】〉]*$")


@dataclass(frozen=True, slots=True)
class Mark:
    """行の頭の印。``rest`` は印の後の文字。``number`` は番号の値（なければ 0）。"""

    kind: Kind
    rest: str
    rank: int = 0
    number: int = 0
    style: str = ""


def mark(text: str) -> Mark:
    """行の頭の印。印がなければ ``kind`` は空。見出しの【】は外す。"""
    for pattern, rank in _HEADINGS:
        if match := pattern.match(text):
            rest = text if text.startswith("第") else text[match.end() :].removesuffix("】")
            return Mark("heading", rest, rank, style=match[0].strip())
    if match := _NOTE.match(text):
        return Mark("note", text)
    if match := _NUMBER.match(text):
        style = next(name for name in _RANKS if match[name])
        number = _value(match[style])
        return Mark("number", text[match.end() :], _RANKS[style], number, style)
    if match := _BULLET.match(text):
        return Mark("bullet", text[match.end() :])
    return Mark("", text)


def ends_sentence(text: str) -> bool:
    return bool(_ENDS.search(text.rstrip()))


def _value(text: str) -> int:
    """番号の値。"""
    if text.isascii():
        return int(text)
    return next(row.index(text) + 1 for row in _COUNTS if text in row)
