"""読みの辞書。職員が持つ、語の読みの表。ふりがな、声、点字のすべてに効く。

タブ区切りの表で、見出しは「語・読み・アクセント・備考・間」。読みはかなづかいどおりのひらがな
（外来語はカタカナ）。アクセントは核の拍（0 は平板）、間は「前」「後」「前後」「なし」で、どちらも
空でもよい。「間」の列のない、前からの 4 列の表も同じように使える。
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import get_args

from accessibility.frontend import Pause, Token, noun_chain_rule
from accessibility.kana import is_kana, mora_count, spelling_to_sound, to_katakana
from accessibility.spoken import NOUN, Given
from accessibility.spoken_rules import fold

HEADER = ("語", "読み", "アクセント", "備考", "間")
PAUSES: tuple[Pause, ...] = get_args(Pause)


class ReadingsError(ValueError):
    """読みの辞書の誤り。説明は日本語の 1 文で、ファイル名、行、直し方を言う。"""


@dataclass(frozen=True, slots=True)
class Entry:
    """辞書の 1 行。"""

    word: str
    reading: str
    accent: int | None = None
    note: str = ""
    pause: Pause = ""


class Dictionary:
    """読みの辞書。同じ語が二度あれば、後の行が勝つ。"""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = tuple(entries)
        self._words = {fold(e.word): e for e in self.entries}
        # 初めの字ごとの、語の長さ（長い順）。長い語から先に当てはめる。
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[0], set()).add(len(word))
        self._lengths = {c: tuple(sorted(ls, reverse=True)) for c, ls in lengths.items()}

    def __add__(self, other: Dictionary) -> Dictionary:
        """二つを合わせた辞書。同じ語では ``other`` が勝つ。"""
        return Dictionary((*self.entries, *other.entries))

    @property
    def first_letters(self) -> frozenset[str]:
        """どれかの語の初めの字。"""
        return frozenset(self._lengths)

    def occurs_in(self, text: str) -> bool:
        """``text``（幅をそろえた文字）の中に、どれかの語の文字があるか。"""
        letters = self.first_letters.intersection(text)
        return any(word[0] in letters and word in text for word in self._words)

    def match(self, text: str, begin: int, ends: Container[int]) -> tuple[int, Entry] | None:
        """``text``（幅をそろえた文字）の ``begin`` から始まり、``ends`` のどれかで終わる最も長い語。"""
        for length in self._lengths.get(text[begin : begin + 1], ()):
            end = begin + length
            if end in ends and (entry := self._words.get(text[begin:end])):
                return end, entry
        return None


@cache
def lexicon() -> Dictionary:
    """どの社協にも要る、ふつうの語の読み（``data/lexicon.tsv``）。職員の辞書より弱い。"""
    path = resources.files(__package__).joinpath("data/lexicon.tsv")
    return parse_dictionary(path.read_text("utf-8"), "lexicon.tsv")


def parse_dictionary(text: str, name: str = "readings.tsv") -> Dictionary:
    """表の文字を辞書にする。``name`` は誤りの説明に使うファイル名。"""
    lines = text.splitlines()
    header = tuple(f.strip() for f in lines[0].rstrip().split("\t")) if lines else ()
    if header[:2] != HEADER[:2] or ("間" in header and header != HEADER):
        raise ReadingsError(
            f"{name} の 1 行目: 見出しがありません。「{'（タブ）'.join(HEADER)}」と書いてください。"
        )
    # 「間」の列は、見出しにあるときだけある（前からの表の 5 つめの欄は、誤り）。
    columns = HEADER if header == HEADER else HEADER[:4]
    entries: list[Entry] = []
    for number, line in enumerate(lines[1:], 2):
        if line.strip() and not line.startswith("#"):
            entries.append(_entry(line.split("\t"), columns, f"{name} の {number} 行目"))
    return Dictionary(entries)


def _entry(fields: Sequence[str], columns: Sequence[str], place: str) -> Entry:
    word, reading, accent, note, pause = ([f.strip() for f in fields] + [""] * 5)[:5]
    if len(fields) < 2 or not word or not reading:
        raise ReadingsError(f"{place}: 語と読みを、タブで区切って書いてください。")
    if len(fields) > len(columns):
        raise ReadingsError(
            f"{place}: 欄が多すぎます。見出しのとおり、「{'（タブ）'.join(columns)}」の {len(columns)} つにしてください。"
        )
    if not is_kana(reading):
        raise ReadingsError(
            f"{place}: 「{word}」の読み「{reading}」に、かなでない字があります。ひらがな（外来語はカタカナ）で書いてください。"
        )
    moras = mora_count(spelling_to_sound(reading))
    if accent and not (accent.isascii() and accent.isdigit() and int(accent) <= moras):
        raise ReadingsError(
            f"{place}: 「{word}」のアクセント「{accent}」は使えません。0 から {moras} までの数字か、空にしてください。"
        )
    known = pause_of(pause)
    if known is None:
        raise ReadingsError(
            f"{place}: 「{word}」の間「{pause}」は使えません。前、後、前後、なしのどれかにするか、空にしてください。"
        )
    return Entry(word, reading, int(accent) if accent else None, note, known)


def pause_of(text: str) -> Pause | None:
    """間の書き方。``PAUSES`` のどれでもなければ ``None``。"""
    return next((pause for pause in PAUSES if pause == text), None)


def spoken_token(given: Given, tokens: Sequence[Token]) -> Token:
    """形態素の列を、読みの決まった一つの形態素にする。

    アクセントは、決まっていればそれを、元と同じ発音なら元のものを使う。ほかは、4 拍までを平板、
    それより長い語を後ろから 3 拍めとする（複合名詞に最も多い型）。
    """
    first, last = tokens[0], tokens[-1]
    single = len(tokens) == 1
    pos = first.pos if single and given.pos == NOUN else given.pos
    pron = spelling_to_sound(given.reading, verb="基本形" in pos and "動詞" in pos)
    read = to_katakana(given.reading)
    base = first.base if single else "".join(t.surface for t in tokens)
    moras = mora_count(pron)
    accent = given.accent
    if single and accent is None and first.pron.replace("’", "") == pron:
        return replace(first, read=read, given=True, pause=given.pause)
    if accent is None:
        accent = 0 if moras <= 4 else moras - 2
    if pos.startswith(("記号", "助詞")) or (single and not first.read):
        pos = NOUN
    chain_rule = first.chain_rule
    if single and chain_rule.startswith("F"):  # 「方」のような、付属語のようにつながる名詞
        chain_rule = f"F2@{accent}"
    elif pos.startswith("名詞"):
        chain_rule = noun_chain_rule(accent, moras)
    if given.chained:
        chain_rule += ",1"
    return Token(
        first.begin,
        last.end,
        "".join(t.surface for t in tokens),
        pos,
        base,
        read,
        pron,
        f"{accent}/{moras}",
        chain_rule,
        True,
        given.pause,
    )
