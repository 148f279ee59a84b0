"""文ひとつのやさしさを測る。名前と数を除き、〈…〉 で説明した言葉は、説明のやさしさの語とみる。"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from accessibility.plain.words import NOMINAL, Word

_EASY = 4  # N4 と N5
_EVERYDAY = 5.0  # Zipf。1 万語に 1 回
_KANJI = re.compile("[々一-鿿]")
_CLOSING = {"〈": "〉", "（": "）", "(": ")"}
_QUOTED = frozenset("」』")
_ATTACHED = frozenset(["助動詞", "接尾辞"])
_MARKS = frozenset(["補助記号", "空白", "記号"])


class Ease(NamedTuple):
    """語ひとつのやさしさ。``zipf`` は頻度、``level`` は 5（N5）から 0（表の外）、``known`` は N4 までの語なら 1。

    説明した言葉では、それぞれ、説明の中の語の平均になる。
    """

    zipf: float
    level: float
    known: float


@dataclass(frozen=True, slots=True)
class Measured:
    """文ひとつの、説明を除いた値。

    ``eases`` は意味を持つ語のやさしさ、``zipfs`` は助詞なども入れた頻度。``kanji`` は名前のほかの漢字の数。
    ``length`` は文字の数。空白とアドレスは数えない。
    """

    eases: tuple[Ease, ...]
    zipfs: tuple[float, ...]
    kanji: int
    length: int


def measured(words: Sequence[Word]) -> Measured:
    """``words`` は文ひとつの語のすべて（``Analyser.words`` の答え）。"""
    meanings, hidden = _explanations(words)
    eases: list[Ease] = []
    zipfs: list[float] = []
    kanji = length = 0
    for place, word in enumerate(words):
        if place in hidden or word.pos[0] == "空白":
            continue
        length += len(word.text)
        if word.proper:
            continue
        kanji += len(_KANJI.findall(word.text))
        if word.content:
            ease = _ease(word)
            if place in meanings:  # 説明して、難しくなることはない
                ease = Ease(*map(max, ease, meanings[place]))
            eases.append(ease)
            zipfs.append(ease.zipf)
        elif word.pos[0] not in _MARKS and word.pos[1] != "数詞":
            zipfs.append(word.zipf)
    return Measured(tuple(eases), tuple(zipfs), kanji, length)


def _ease(word: Word) -> Ease:
    level = word.level or (_EASY if word.zipf >= _EVERYDAY else 0)
    return Ease(word.zipf, level, float(level >= _EASY))


def _explanations(words: Sequence[Word]) -> tuple[dict[int, Ease], set[int]]:
    """説明した言葉の番号 → 説明のやさしさ、と、かっこを含む説明の語の番号。"""
    meanings: dict[int, Ease] = {}
    hidden: set[int] = set()
    for opening, closing in _brackets(words):
        term = _term_before(words, opening)
        inside = [_ease(w) for w in words[opening + 1 : closing] if w.content and not w.proper]
        if not term or not inside:
            continue
        meaning = Ease(*map(fmean, zip(*inside, strict=True)))
        # （…） は、説明のほかにも使う。中の言葉の方がやさしいときだけ、説明とみる。
        if words[opening].text == "〈" or meaning.level > min(_ease(words[i]).level for i in term):
            meanings.update(dict.fromkeys(term, meaning))
            hidden.update(range(opening, closing + 1))
    return meanings, hidden


def _brackets(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """いちばん外側の、対になったかっこの番号。"""
    end = -1
    for place, word in enumerate(words):
        if place > end and word.text in _CLOSING:
            closer = _CLOSING[word.text]
            for closing in range(place + 1, len(words)):
                if words[closing].text == closer:
                    yield place, closing
                    end = closing
                    break


def _term_before(words: Sequence[Word], opening: int) -> tuple[int, ...]:
    """かっこのすぐ前の、ひと続きの名詞（地域包括支援センター）か、用言の、意味を持つ語の番号。"""
    place = opening - 1
    while place >= 0 and (words[place].text in _QUOTED or words[place].pos[0] in _ATTACHED):
        place -= 1
    last = place
    while place >= 0 and words[place].pos[0] in NOMINAL:
        place -= 1
    run = range(place + 1, last + 1) if place < last else range(max(last, 0), last + 1)
    return tuple(i for i in run if words[i].content and not words[i].proper)
