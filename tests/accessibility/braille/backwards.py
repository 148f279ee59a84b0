"""墨訳。6 点のマスを点字の行に戻す。試験で、マスから元の行が分かることを確かめるのに使う。"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product

from accessibility.braille import tables
from accessibility.braille.cells import (
    ADDRESS,
    BLANK,
    CAPITAL,
    END_ADDRESS,
    JOIN,
    LETTER,
    NUMBER,
    QUOTE,
    UNQUOTE,
)

_GAPS = (BLANK, "\n", "")
_COMMA, _POINT = "⠄", "⠂"
_LETTER_OF = dict(zip("⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵", "abcdefghijklmnopqrstuvwxyz", strict=True))
_DIGIT_OF = dict(zip("⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚", "1234567890", strict=True))


def to_line(cells: str) -> str:
    """マスを点字の行に戻す（墨訳）。改行をはさんだ、何行かのマスでもよい。

    数字や英字のすぐ後の ⠤ は、つなぎ符か、カギの終わりである。カギの数が合うように読む。
    """
    first = None
    for choices in product((False, True), repeat=8):
        reader = _Reader(cells, choices)
        line = reader.read()
        if first is None:
            first = line
        if not reader.opened or not reader.asked:
            return line
    return first or ""


@cache
def _kana_of() -> dict[str, str]:
    return {cells: kana for kana, cells in tables.kana().items()}


class _Reader:
    """マスを左から読む。``choices`` は、紛らわしい ⠤ を閉じるカギと読むかどうか。"""

    def __init__(self, cells: str, choices: Sequence[bool]) -> None:
        self._cells = cells
        self._place = 0
        self._choices = list(choices)
        self.opened: list[str] = []
        self.asked = 0

    def read(self) -> str:
        return "".join(self._tokens())

    def _at(self, text: str) -> bool:
        return self._cells.startswith(text, self._place)

    def _take(self, count: int) -> str:
        taken = self._cells[self._place : self._place + count]
        self._place += count
        return taken

    def _next(self, ahead: int = 0) -> str:
        return self._cells[self._place + ahead : self._place + ahead + 1]

    def _tokens(self) -> Iterator[str]:
        while self._place < len(self._cells):
            if self._at(ADDRESS):
                yield self._enclosed(ADDRESS, END_ADDRESS)
            elif self._at(QUOTE):
                yield self._enclosed(QUOTE, UNQUOTE)
            elif self._at(NUMBER):
                self._take(1)
                yield self._number()
                yield self._after()
            elif (
                self._at(LETTER) and self._next(1) in (CAPITAL, *_LETTER_OF) and not self._percent()
            ):
                self._take(1)
                yield self._letters()
                yield self._after()
            else:
                yield self._plain()

    def _percent(self) -> bool:
        before = self._cells[: self._place][-1:]
        return self._at("⠰⠏") and before in _DIGIT_OF and self._next(2) not in _LETTER_OF

    def _enclosed(self, opening: str, closing: str) -> str:
        self._take(len(opening))
        end = self._cells.find(closing, self._place)
        end = len(self._cells) if end < 0 else end
        inside = self._take(end - self._place)
        self._take(len(closing))
        return opening + _from_latin(inside) + closing

    def _number(self) -> str:
        digits = ""
        while True:
            while self._next() in _DIGIT_OF and self._next():
                digits += _DIGIT_OF[self._take(1)]
            ahead = [self._next(i) for i in range(1, 5)]
            if self._at(_COMMA) and all(a in _DIGIT_OF for a in ahead[:3]):
                self._take(1)
                digits += ","
            elif self._at(_POINT) and ahead[0] in _DIGIT_OF:
                self._take(1)
                digits += "."
            else:
                return digits

    def _letters(self) -> str:
        word, whole = "", False
        while True:
            if self._at(CAPITAL * 2):
                self._take(2)
                whole = True
            capital = self._at(CAPITAL) and bool(self._take(1))
            if self._next() not in _LETTER_OF or not self._next():
                return word
            letter = _LETTER_OF[self._take(1)]
            word += letter.upper() if whole or capital else letter

    def _after(self) -> str:
        """数字や英字のすぐ後の ⠤。"""
        if not self._at(JOIN) or self._next(1) in (*_GAPS, JOIN):
            return ""
        if self._next(1) == NUMBER:
            self._take(1)
            return "-"
        if "「" in self.opened and self._next(1) not in "⠶⠲⠰":
            self.asked += 1
            if self._choices and self._choices.pop(0):
                return ""
        if self._next(1) in "⠶⠲⠰⠖⠢":
            return ""
        self._take(1)
        return ""

    def _plain(self) -> str:
        for length in (2, 1):
            kana = _kana_of().get(self._cells[self._place : self._place + length])
            if kana and not (length == 1 and self._sign_here()):
                self._take(length)
                return kana
        if self._at(BLANK):
            self._take(1)
            return " "
        return self._sign()

    def _sign_here(self) -> bool:
        """仮名と同じ形で始まる記号か。"""
        if self._at("⠂⠂⠂") or self._at("⠿⠿⠿"):
            return True
        alone = self._cells[: self._place][-1:] in _GAPS
        rest = re.split(f"[{BLANK}\n]", self._cells[self._place :], maxsplit=1)[0]
        return alone and rest in ("⠒⠒", "⠒⠒⠕", "⠪⠒⠒", "⠔⠔")

    def _sign(self) -> str:
        top = self.opened[-1:] and self.opened[-1]
        wave = self._at("⠤⠤") and self._next(2) not in _GAPS
        for closing, opening in (("〉", "〈"), ("』", "『"), ("）", "（"), ("」", "「")):
            cells = tables.signs()[closing].cells
            if top == opening and self._at(cells) and not wave:
                self.opened.pop()
                self._take(len(cells))
                return closing
        for text, sign in _longest():
            if self._at(sign):
                self._take(len(sign))
                if tables.signs()[text].role == "開く":
                    self.opened.append(text)
                return text
        return self._take(1)


@cache
def _longest() -> tuple[tuple[str, str], ...]:
    """閉じる記号を除く記号。マスの多いものから。"""
    found = [(text, s.cells) for text, s in tables.signs().items() if s.role != "閉じる"]
    return tuple(sorted(found, key=lambda pair: -len(pair[1])))


def _from_latin(cells: str) -> str:
    text, place, whole, digits = "", 0, False, False
    symbols = sorted(tables.address().items(), key=lambda pair: -len(pair[1]))
    while place < len(cells):
        rest = cells[place:]
        if rest.startswith(CAPITAL * 2):
            place, whole = place + 2, True
        elif rest[0] == NUMBER:
            place, digits, whole = place + 1, True, False
        elif rest[0] == LETTER:
            place, digits = place + 1, False
        elif digits and rest[0] in _DIGIT_OF:
            text, place = text + _DIGIT_OF[rest[0]], place + 1
        elif rest[0] in _LETTER_OF or (rest[0] == CAPITAL and rest[1:2] in _LETTER_OF):
            capital = rest[0] == CAPITAL
            letter = _LETTER_OF[rest[capital]]
            text += letter.upper() if capital or whole else letter
            place, digits = place + 1 + capital, False
        else:
            found = next(
                ((s, c) for s, c in symbols if rest.startswith(c)),
                ("\n" if rest[0] == "\n" else " ", rest[0]),
            )
            text, place, whole, digits = text + found[0], place + len(found[1]), False, False
    return text
