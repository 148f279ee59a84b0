"""文 → 語。Sudachi の短い単位（A）の正規化表記で、内容語だけを語とする。

同じことばの書き方の違い（寄附と寄付、ＳＯＳと SOS、障がいと障害）は、ここで一つになる。助詞、助動詞、
代名詞、「教えてください」のような尋ね方のことばは、語にしない。
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from threading import Lock
from typing import Any

from accessibility.kana import to_katakana

_CONTENT = frozenset(["名詞", "動詞", "形容詞", "形状詞", "副詞", "接尾辞", "記号"])
_NOUNS = frozenset(["名詞", "形状詞", "接尾辞"])
_NEGATIONS = frozenset("不無非未")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\ufeff\ud800-\udfff]+")
_WORD = re.compile(r"\w")
_VOICED = str.maketrans(
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポァィゥェォャュョヮヲ",
    "カキクケコサシスセソタシステトハヒフヘホハヒフヘホアイウエオヤユヨワオ",
)
_ROWS = ("アカサタナハマヤラワ", "イキシチニヒミリ", "ウクスツヌフムユル", "エケセテネヘメレ",
         "オコソトノホモヨロ")  # fmt: skip
# 前の字の段と、その後ではのばす音になる字。
_LONG = re.compile("|".join(
    f"(?<=[{row}])[{long}]+" for row, long in zip(_ROWS, ("ア", "イ", "ウ", "イエ", "ウオ"), strict=True)
) + "|[ーッ]")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """形態素ひとつ。``begin``–``end`` は ``normalize`` した文の中の位置。

    ``pos`` は品詞の大分類。``content`` は語（探すことば）になるか。``known`` は Sudachi の辞書にあるか。
    """

    surface: str
    form: str
    reading: str
    begin: int
    end: int
    pos: str = ""
    content: bool = False
    known: bool = True

    @property
    def noun(self) -> bool:
        return self.pos in _NOUNS


def normalize(text: str) -> str:
    """全角と半角、濁点の合成、空白をそろえる。制御文字と、文字にならない符号は空白にする。"""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text).replace("〜", "~")).strip()


def sound_key(reading: str) -> str:
    """聞こえの近い読みを一つにする鍵。濁点、小さい字、のばす音の書き方の違いを消す。

    よりあいどころ＝よりあいところ、デージー＝デイジー、コミュニティ＝コミュニティー。
    """
    kana = to_katakana(reading).replace("ヴァ", "バ").replace("ヴ", "ブ").translate(_VOICED)
    return _LONG.sub("", kana)


def _token(m: Any) -> Token:
    surface, pos = m.surface(), m.part_of_speech()[0]
    form = m.normalized_form().lower()
    content = (
        pos in _CONTENT
        and _WORD.search(surface) is not None
        and form not in _stop_words()
        and not (pos == "動詞" and surface in _stop_words())
    )
    return Token(
        surface=surface,
        form=form,
        reading=m.reading_form(),
        begin=m.begin(),
        end=m.end(),
        pos=pos,
        content=content,
        known=not m.is_oov(),
    )


def _join(first: Token, second: Token) -> Token:
    return replace(
        second,
        surface=first.surface + second.surface,
        form=first.form + second.form,
        reading=first.reading + second.reading,
        begin=first.begin,
    )


@cache
def _stop_words() -> frozenset[str]:
    text = resources.files(__package__).joinpath("data/stopwords.tsv").read_text("utf-8")
    return frozenset(
        word for line in text.splitlines() if not line.startswith("#") for word in line.split()
    )


@cache
def _sudachi() -> Any:
    from sudachipy import Dictionary  # type: ignore[import-untyped]  # 型の情報を配っていない

    return Dictionary(dict="core")


class Terms:
    """文を語に分けるもの。辞書は初めて使うときに 1 度だけ読む（0.3 秒、60 MB）。

    いくつものスレッドから使える（Sudachi の解析器は、同時には 1 つの文しか扱えない）。
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._tokenizer: Any = None

    def tokens(self, text: str) -> tuple[Token, ...]:
        """``text`` の形態素。空白も 1 つの形態素である。"""
        tokens: list[Token] = []
        for m in self._morphemes(normalize(text)):
            token = _token(m)
            if tokens and tokens[-1].surface in _NEGATIONS:  # 不登校は、登校と別の語
                token = _join(tokens.pop(), token)
            tokens.append(token)
        return tuple(tokens)

    def content(self, text: str) -> tuple[str, ...]:
        """``text`` の語を、出てきた順に。"""
        return tuple(t.form for t in self.tokens(text) if t.content)

    def readings(self, surface: str) -> tuple[str, ...]:
        """1 つの語として辞書にある読み（カタカナ）。車 → クルマ、グルマ、シャ。"""
        with self._lock:
            return tuple(sorted({m.reading_form() for m in _sudachi().lookup(surface)}))

    def _morphemes(self, text: str) -> list[Any]:
        with self._lock:
            if self._tokenizer is None:
                from sudachipy import SplitMode

                self._tokenizer = _sudachi().tokenizer(mode=SplitMode.A)
            return list(self._tokenizer.tokenize(text))
