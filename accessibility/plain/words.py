"""文 → 語。Sudachi の語に、日本語能力試験の水準と、使われる頻度を付ける。

長い単位（C）を語とする。表にない複合語（福祉活動、国際化）は、短い単位（A）の部分のうち、いちばん難しいものの
水準とする。知っている語をつないだだけの語は、難しい語ではない。
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from accessibility.kana import is_kana
from accessibility.plain.levels import TYPICAL, Levels, frequencies, frequency

_CONTENT = frozenset(
    ["名詞", "動詞", "形容詞", "形状詞", "副詞", "代名詞", "連体詞", "接続詞", "感動詞"]
)
NOMINAL = frozenset(["名詞", "接頭辞", "接尾辞", "形状詞", "記号"])
"""続けて 1 つの名詞の言葉になる品詞（大分類）。記号は、Ω のような字。"""
_PARTS_APART = frozenset(["数詞", "助数詞", "助動詞語幹", "補助"])
# Sudachi が 1 度に読めるのは 49,149 バイトまで。長い文章は、文の切れ目で分けて渡す。
_PIECE = re.compile(r"[^。\n]{1,8000}[。\n]*|[。\n]+")
# アドレスの中に語はない。文字にならない符号は Sudachi に渡せない。
_NOT_WORDS = re.compile(r"https?://[!-~]+|[\w.+-]+@[\w-]+\.[\w.-]+|[\ud800-\udfff]", re.ASCII)
_SEEN = 50_000  # 覚えておく語の数。これを超えたら、はじめから覚え直す
_SYMBOL = ("補助記号", "一般", "*", "*", "*", "*")
_INFLECTED = frozenset(["動詞", "形容詞"])
# 動詞の名詞の形（集まり、知らせ）の終わり → 終止形の終わり。
_I_TO_U = dict(zip("いきぎしちにびみり", "うくぐすつぬぶむる", strict=True))
_E_ROW = frozenset("えけげせてねべめれ")


@dataclass(frozen=True, slots=True)
class Word:
    """語ひとつ。

    ``text`` は書かれたまま、``start``–``end`` は渡された文の中の位置（文字）、``form`` は終止形、
    ``normal`` は書き方の違いをそろえた形、``reading`` は書かれた形の読み（カタカナ）、``pos`` は Sudachi の
    品詞（大分類から 6 つ）。数の後の助数詞と、ほかの語に付く動詞（〜ている、勉強する）は、``pos[1]`` を
    ``助数詞``、``補助`` に改めてある。``level`` は 5（N5）から 1（N1）、表の外は None。
    ``zipf`` は、書かれたままの字と終止形のうち、よく使われる方の頻度（``levels.frequency``）。見慣れない書き方の語は、
    それだけ読みにくい（或る と ある）。0 は知られていない語。
    """

    text: str
    start: int
    end: int
    form: str
    normal: str
    reading: str
    pos: tuple[str, ...]
    level: int | None
    zipf: float

    @property
    def proper(self) -> bool:
        """人や所や物の名前か。ふつうの語だけをつないだ名前（社会福祉協議会）は、ふつうの語とする。"""
        return self.pos[1] == "固有名詞"

    @property
    def content(self) -> bool:
        """意味を知っていなければ読めない語か。助詞、助動詞、接頭辞、接尾辞、数、記号、A や B の 1 字は、
        そうではない。"""
        if self.pos[0] not in _CONTENT or self.pos[1] in _PARTS_APART:
            return False
        return len(self.normal) > 1 or not self.normal.isascii()


class Analyser:
    """文を語に分けるもの。辞書は初めて使うときに 1 度だけ読む（0.4 秒、210 MB）。

    いくつものスレッドから使える（Sudachi の解析器は、同時には 1 つの文しか扱えない）。
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._lexicon: _Lexicon | None = None
        self._seen: dict[tuple[str, ...], Word] = {}

    def words(self, text: str) -> list[Word]:
        """``text`` の語を、出てきた順に。空白と記号も 1 つの語である。

        アドレス（https://… と名前@…）は、同じ長さの空白とみる。"""
        found: list[Word] = []
        with self._lock:
            if self._lexicon is None:
                self._lexicon = _Lexicon()
            for piece in _PIECE.finditer(_NOT_WORDS.sub(lambda m: " " * len(m[0]), text)):
                for m in self._lexicon.tokenizer.tokenize(piece[0]):
                    word = self._word(m, self._lexicon)
                    start, end = piece.start() + m.begin(), piece.start() + m.end()
                    found.append(
                        Word(
                            text[start:end],
                            start,
                            end,
                            word.form,
                            word.normal,
                            word.reading,
                            _pos_in_context(word, found[-1] if found else None),
                            word.level,
                            word.zipf,
                        )
                    )
        return found

    def _word(self, m: Any, lexicon: _Lexicon) -> Word:
        """位置のない語。同じ語は 1 度だけ調べる。"""
        pos = m.part_of_speech()
        key = (m.surface(), m.dictionary_form(), m.normalized_form(), m.reading_form(), *pos)
        word = self._seen.get(key)
        if word is None:
            if len(self._seen) >= _SEEN:
                self._seen.clear()
            word = self._seen[key] = lexicon.look_up(m)
        return word


class _Lexicon:
    """Sudachi の解析器と、2 つの表。"""

    def __init__(self) -> None:
        from sudachipy import Dictionary, SplitMode  # type: ignore[import-untyped]  # 型の情報を配っていない

        self.tokenizer = Dictionary(dict="core").tokenizer(mode=SplitMode.C)
        self._short = SplitMode.A
        self._levels = Levels(self._normalised)
        self._table = frequencies()

    def look_up(self, m: Any) -> Word:
        """位置のない語。表にない語は、短い単位の部分から水準と頻度を決める。"""
        word = self._alone(m)
        if not (word.level and word.zipf):
            word = _from_parts(
                word, [self._alone(p) for p in m.split(self._short, add_single=False)]
            )
        if word.level and not word.zipf:
            word = replace(word, zipf=TYPICAL[word.level])
        return word

    def _alone(self, m: Any) -> Word:
        """部分に分けずに調べた語。"""
        text, form, normal = m.surface(), m.dictionary_form(), m.normalized_form()
        reading, pos = m.reading_form(), _kind(text, m.part_of_speech())
        said = "クル" if pos[4] == "カ行変格" else reading  # 来る だけは、語幹の読みが変わる
        level = self._levels.of(form, normal, said, inflects=pos[0] in _INFLECTED)
        if level is None and pos[0] == "名詞" and (verb := _verb_of(form)):
            level = self._levels.of(verb, verb, reading, inflects=True)
        zipf = frequency((text, form), self._table) or frequency((normal,), self._table)
        return Word(text, 0, 0, form, normal, reading, pos, level, zipf)

    def _normalised(self, word: str) -> str:
        morphemes = self.tokenizer.tokenize(word)
        return morphemes[0].normalized_form() if len(morphemes) == 1 else word


def _kind(text: str, pos: tuple[str, ...]) -> tuple[str, ...]:
    """品詞。字も数もない語（異体字の符号の付いた絵文字など）は、名詞と答えられても記号である。

    数の後の ％ や ℃ は、声に出す語である。
    """
    unit = pos[2] == "助数詞可能"
    if (
        pos[0] == "名詞"
        and not unit
        and not any(map(str.isalnum, unicodedata.normalize("NFKC", text)))
    ):
        return _SYMBOL
    return pos


def _from_parts(word: Word, parts: Sequence[Word]) -> Word:
    """``parts`` をつないだ語。水準と頻度は、意味を持つ部分のいちばん難しいものになる。

    ふつうの語だけの名前（社会福祉協議会）はふつうの語に、名前のある語（日本語）は名前に、数と助数詞だけの語
    （1度）は数にする。
    """
    if not parts:
        return word
    before = [None, *parts]
    kinds = [_pos_in_context(part, b) for part, b in zip(parts, before, strict=False)]
    bearing = [p for p, pos in zip(parts, kinds, strict=True) if p.content and pos[1] != "助数詞"]
    kind = word.pos[1]
    if any(part.proper for part in parts):
        kind = "固有名詞"
    elif word.proper:
        kind = "普通名詞"
    elif not bearing and any(pos[1] == "数詞" for pos in kinds):
        kind = "数詞"
    levels = [part.level or 0 for part in bearing]
    return replace(
        word,
        pos=(word.pos[0], kind, *word.pos[2:]),
        level=word.level or min(levels, default=0) or None,
        zipf=word.zipf or min((part.zipf for part in bearing), default=0.0),
    )


def _verb_of(noun: str) -> str:
    """「集まり」に対する「集まる」、「知らせ」に対する「知らせる」。そう見えなければ空。"""
    stem, last = noun[:-1], noun[-1:]
    if not stem or is_kana(stem):
        return ""
    return noun + "る" if last in _E_ROW else stem + _I_TO_U[last] if last in _I_TO_U else ""


def _pos_in_context(word: Word, before: Word | None) -> tuple[str, ...]:
    """前の語しだいで、それだけでは意味を持たなくなる語の品詞。"""
    pos = word.pos
    if before is None:
        return pos
    if pos[2] == "助数詞可能" and before.pos[1] == "数詞":
        return (pos[0], "助数詞", *pos[2:])
    if pos[1] == "非自立可能" and (before.pos[1] == "接続助詞" or before.pos[2] == "サ変可能"):
        return (pos[0], "補助", *pos[2:])
    return pos
