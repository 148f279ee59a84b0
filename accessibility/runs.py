"""声の語の列を、もとの文字の Run にまとめる。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from accessibility.frontend import PLACEHOLDER, Spoken
from accessibility.kana import is_kana, to_hiragana
from accessibility.ruby import align
from accessibility.spoken import BREAK_POS, JOINED_POS, PAUSE, PAUSE_POS, Utterance
from content.model import Run, Word

_PAUSES = (PAUSE, "？")
_WRITTEN = frozenset("、。，．､｡,.!！?？")
"""書いた人が休む所として書いた字。「なし」でも、ここでは休む。"""
_BREAK = Spoken(0, 0, "", BREAK_POS, "", PAUSE, 0, False)


@dataclass(frozen=True, slots=True)
class Fixed:
    """書いた人がルビで決めた読み。``begin``・``end`` は文の中の位置。"""

    begin: int
    end: int
    reading: str


@dataclass(slots=True)
class _Item:
    """Run ひとつになる部分。"""

    begin: int
    end: int
    words: list[Spoken]


def runs(
    text: str, spoken: Iterable[Spoken], said: Utterance, fixed: Sequence[Fixed]
) -> Iterator[Run]:
    """声の語の列から Run を作る。声にしない文字は、読みのない Run になる。"""
    place = 0
    for item in _items(_settled(_paused([*spoken], text, said)), said, fixed):
        if item.begin > place:
            yield Run(text[place : item.begin], "")
        written = text[item.begin : item.end]
        words = tuple(
            Word(w.sound, pos=w.pos if w.pos in (BREAK_POS, JOINED_POS) else PAUSE_POS)
            if w.sound in _PAUSES
            else Word(w.sound, w.accent, w.chained, w.pos)
            for w in item.words
            if w.sound
        )
        rubies = [f for f in fixed if item.begin <= f.begin and f.end <= item.end]
        exact = [f.reading for f in rubies if (f.begin, f.end) == (item.begin, item.end)]
        reading = exact[0] if exact else _reading(written, item.words)
        yield Run(written, reading, words, fixed=bool(rubies))
        place = item.end
    if place < len(text):
        yield Run(text[place:], "")


def _paused(spoken: Sequence[Spoken], text: str, said: Utterance) -> Iterator[Spoken]:
    """読みの辞書の間を入れ、「なし」の語のとなりの、書いた人のものでない間に印を付ける。"""

    def by_writer(pause: Spoken) -> bool:
        begin, end = said.origins[pause.begin][0], said.origins[pause.end - 1][1]
        return pause.sound != PAUSE or text[begin:end] in _WRITTEN

    groups = [[*group] for _, group in groupby(spoken, key=lambda w: w.sound in _PAUSES)]
    edge: list[Spoken] = []
    for before, group, after in zip([edge, *groups], groups, [*groups[1:], edge], strict=False):
        if group[0].sound in _PAUSES:
            joined = any(word.pause == "なし" for word in (*before[-1:], *after[:1]))
            kept = not joined or any(map(by_writer, group))
            yield from group if kept else (replace(word, pos=JOINED_POS) for word in group)
            continue
        for word in group:
            yield from [_BREAK] if word.pause in ("前", "前後") else ()
            yield word
            yield from [_BREAK] if word.pause in ("後", "前後") else ()


def _settled(spoken: Iterable[Spoken]) -> list[Spoken]:
    """間を整える。続く間はひとつに、文の初めと終わりの間はなくす（文の終わりの「？」は残す）。

    文字にある間のとなりには、辞書の間を入れない。
    """
    kept: list[Spoken] = []
    for word in spoken:
        silent = not kept or kept[-1].sound in _PAUSES
        if silent and word.sound in _PAUSES:
            if kept and (word.sound == "？" or kept[-1] is _BREAK):
                kept[-1] = word
        elif not (silent and word.sound.startswith("ー")):  # 伸ばすものがない ー は読めない
            kept.append(word)
    if kept and kept[-1].sound == PAUSE:
        kept.pop()
    return kept


def _items(spoken: Iterable[Spoken], said: Utterance, fixed: Sequence[Fixed]) -> list[_Item]:
    """声の語を、もとの文字の部分にまとめる。数と助数詞、ルビの指定は、ひとつの部分になる。

    辞書の間は、文字のない部分になる。ひとつの部分の途中には入れない。
    """
    items: list[_Item] = []
    paused = False
    edges = {p for f in fixed for p in (f.begin, f.end)}
    for word in spoken:
        if word is _BREAK:
            paused = True
            continue
        begin, end = said.origins[word.begin][0], said.origins[word.end - 1][1]
        last = items[-1] if items else None
        if last and (
            begin < last.end
            or (begin == last.end and begin not in edges and _counted(last.words, word))
        ):
            last.end = max(last.end, end)
            last.words.append(word)
        else:
            items += [_Item(begin, begin, [_BREAK])] if paused else []
            items.append(_Item(begin, end, [word]))
        paused = False
    return items


def _counted(before: Sequence[Spoken], word: Spoken) -> bool:
    """数の続き、または数のすぐ後の助数詞か。"""
    _, kind, counter, *_ = word.pos.split(",")
    if _is_number(before[-1]):
        return kind == "数" or kind == "接尾"
    return counter == "助数詞" and any(_is_number(w) for w in before)


def _is_number(word: Spoken) -> bool:
    return word.pos.startswith("名詞,数")


def _reading(written: str, words: Sequence[Spoken]) -> str:
    """部分の読み。かなの部分は書いてあるまま、漢字はひらがな、英字とカタカナの語はカタカナ。"""
    heard = [w for w in words if w.sound not in _PAUSES]
    if not heard:
        return ""
    plain = unicodedata.normalize("NFKC", written)
    if is_kana(plain):
        return plain
    reading = "".join(
        _script(w.spelling, written if w.surface == PLACEHOLDER else w.surface) for w in heard
    )
    if len(heard) > 1 or not any(is_kana(c) for c in plain):
        return reading
    aligned = align(written, reading)
    return reading if aligned is None else "".join(kana for _, kana in aligned)


def _script(spelling: str, surface: str) -> str:
    """読みの字。英字とカタカナはカタカナ、ほかはひらがな（平方メートル → へいほうメートル）。"""
    if all(c.isascii() or "ァ" <= c <= "ー" or "Ａ" <= c <= "ｚ" for c in surface):
        return to_hiragana(spelling) if surface.isdigit() else spelling
    reading = to_hiragana(spelling)
    if not re.search(r"[ァ-ヺー]{2}", surface):  # 8カ国の「カ」はひらがな
        return reading
    aligned = align(surface, reading)
    return reading if aligned is None else "".join(kana for _, kana in aligned)
