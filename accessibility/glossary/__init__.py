"""言葉の説明。福祉と役所の言葉の、読み、やさしい語、1 文の説明（``glossary.tsv``）。

ページと電子書籍の「言葉の説明」、やさしい日本語の点検、会話の「アウトリーチって何？」が使う。
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from accessibility.glossary.entries import TAGS, Entry, parse_glossary
from accessibility.glossary.matching import inflections, pattern

__all__ = ["TAGS", "Entry", "Glossary", "Mention", "parse_glossary"]

_NARROW = str.maketrans({chr(c + 0xFEE0): chr(c) for c in range(0x21, 0x7F)})
_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")
_VOWELS = {
    kana: row[0]
    for row in ("あかさたなはまやらわ", "いきしちにひみり", "うくすつぬふむゆる", "えけせてねへめれ", "おこそとのほもよろ")
    for kana in row
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mention:
    """文字の ``start`` から ``end`` の前までに出てくる語。"""

    entry: Entry
    start: int
    end: int


class Glossary:
    """言葉の説明の全部。"""

    def __init__(self, entries: Iterable[Entry], neighbours: Iterable[str] = ()) -> None:
        """``neighbours`` は、字の並びを先に取る、説明のいらない語（``matching`` を参照）。"""
        self.entries = tuple(sorted(entries, key=_order))
        """五十音の順の、すべての語。"""
        self._words = {word.translate(_NARROW): e for e in self.entries for word in e.words}
        self._inflected: dict[str, Entry] = {}
        for word, entry in self._words.items():
            for form in inflections(word):
                self._inflected.setdefault(form, entry)
        self._pattern = pattern((*self._words, *self._inflected, *neighbours))

    @classmethod
    def load(cls) -> Glossary:
        """この製品の、すべての社協に共通の語。"""
        return _standard()

    def find(self, text: str) -> tuple[Mention, ...]:
        """``text`` に出てくる語を、出てくる順に。重ならない。"""
        mentions = []
        for match in self._pattern.finditer(text.translate(_NARROW)):
            entry = self._words.get(match[0]) or self._inflected.get(match[0])
            if entry:
                mentions.append(Mention(entry, *match.span()))
        return tuple(mentions)

    def get(self, word: str) -> Entry | None:
        """見出しの語か、ほかの書き方が ``word`` の語。"""
        return self._words.get(word.translate(_NARROW))


@cache
def _standard() -> Glossary:
    folder = resources.files(__package__)
    entries = parse_glossary(folder.joinpath("glossary.tsv").read_text("utf-8"), "glossary.tsv")
    lines = folder.joinpath("neighbours.tsv").read_text("utf-8").splitlines()
    return Glossary(entries, (line for line in lines if not line.startswith("#")))


def _order(entry: Entry) -> tuple[str, str, str]:
    """五十音の順。濁点と小さい字は区別せず、「ー」は前の字の母音とみる。"""
    bare = "".join(
        c for c in unicodedata.normalize("NFD", entry.reading) if c not in "\u3099\u309a"
    )
    letters = ""
    for kana in bare.translate(_SMALL):
        letters += _VOWELS.get(letters[-1:], "") if kana == "ー" else kana
    return letters, entry.reading, entry.words[0]
