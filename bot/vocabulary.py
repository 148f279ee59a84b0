"""質問のことば → 索引のことば。住民の書き方（かな、打ち間違い、言い換え）を、資料の書き方に結ぶ。

質問の語ひとつが ``Concept`` で、その語と見てよい索引の語を、確からしさと共に持つ。どれもなければ、その語は
資料に出てこない。検索の点も、質問がどれだけ資料に出ているか（coverage）も、同じ ``Concept`` から計算する。
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from accessibility.kana import is_kana, to_katakana
from bot.synonyms import Phrase, Synonyms
from bot.terms import Terms, Token, sound_key

READING = 0.9
"""かなで書かれた語を、同じ読みの語と見る確からしさ。"""
SOUND = 0.75
"""聞こえの近い読み（``sound_key``）の語と見る確からしさ。"""
HOMOPHONE = 0.7
"""ことばにならない漢字の並び（車協、玉区）を、同じ読みの語の変換違いと見る確からしさ。"""
TYPO = 0.6
"""読みが 1 字違う語の打ち間違いと見る確からしさ。"""

_KATAKANA = re.compile("[ァ-ヺ]")
_READINGS = 16  # 1 つの並びで試す読みの数の上限
_LONGEST = 24  # かなで書かれた語の長さの上限


@dataclass(frozen=True, slots=True)
class Concept:
    """質問の語ひとつ。

    ``words`` は質問に書かれた語（言い換えの表にある言い方は、2 語以上のことがある）。``alternatives`` は、
    その語と、同じことを言う語の並びのうち索引にあるものと、その確からしさ（確かな順）。``text`` は質問に
    書かれた字（かな書きと打ち間違いは直したもの）。
    """

    words: Phrase
    alternatives: tuple[tuple[Phrase, float], ...]
    text: str

    @property
    def word(self) -> str:
        return "".join(self.words)


@dataclass(frozen=True, slots=True)
class Understood:
    """質問の読み取り。``text`` は、かな書きと打ち間違いを索引の語に直した質問（ベクトルにする）。"""

    concepts: tuple[Concept, ...]
    text: str


class Vocabulary:
    """索引にある語と、その読み。"""

    def __init__(self, passages: Iterable[Sequence[Token]], synonyms: Synonyms) -> None:
        self._synonyms = synonyms
        self._forms: set[str] = set()
        readings: dict[str, set[Phrase]] = {}
        for tokens in passages:
            for before, token in itertools.pairwise((None, *tokens)):
                if token is None or not token.content:
                    continue
                self._forms.add(token.form)
                if not _spelt(token):
                    continue
                reading = to_katakana(token.reading)
                readings.setdefault(reading, set()).add((token.form,))
                if before is not None and before.content and _spelt(before):
                    pair = to_katakana(before.reading) + reading
                    readings.setdefault(pair, set()).add((before.form, token.form))
        for phrase, reading in synonyms.readings.items():
            readings.setdefault(to_katakana(reading), set()).add(phrase)
        self._by_reading = {r: tuple(sorted(phrases)) for r, phrases in readings.items()}
        self._by_sound: dict[str, list[str]] = {}
        self._by_letters: dict[str, list[str]] = {}
        for reading in sorted(self._by_reading):
            sound = sound_key(reading)
            same = self._by_sound.setdefault(sound, [])
            if not same and len(sound) >= 4:
                for letters in _pairs(sound):
                    self._by_letters.setdefault(letters, []).append(sound)
            same.append(reading)

    def understand(self, query: str, terms: Terms) -> Understood:
        """質問を読み取る。同じ語は 1 度だけ。"""
        tokens = self._join_kana(terms.tokens(query))
        kana_only = all(is_kana(t.surface) for t in tokens if t.content)
        concepts: dict[Phrase, Concept] = {}
        text: list[str] = []
        for span in self._spans(tokens, terms):
            text.append("".join(t.surface for t in span))
            if words := [t for t in span if t.content]:
                phrase = tuple(t.form for t in words)
                known = phrase in self._synonyms or any(word in self._forms for word in phrase)
                meant = self._meant(words, known, terms)
                if meant and not known:
                    likely, _ = max(meant.items(), key=lambda item: item[1])
                    text[-1] = "".join(likely)
                elif kana_only and all(t.noun for t in words):
                    text[-1] = "".join(phrase)
                alternatives = self._alternatives({**meant, phrase: 1.0})
                concepts.setdefault(phrase, Concept(phrase, alternatives, text[-1]))
        return Understood(tuple(concepts.values()), "".join(text))

    # --- かな

    def _join_kana(self, tokens: Sequence[Token]) -> list[Token]:
        """ひらがなの続きを、索引の語の読みで区切り直す（ぼら/ん/て/ぃ/あ → ボランティア）。"""
        result: list[Token] = []
        for hiragana, group in itertools.groupby(tokens, lambda t: _is_hiragana(t.surface)):
            run = list(group)
            result.extend(self._resegment(run) if hiragana else run)
        return result

    def _resegment(self, run: Sequence[Token]) -> list[Token]:
        """``run`` の区切り方のうち、索引の語になる部分が最も長いもの。"""
        text, start = "".join(t.surface for t in run), run[0].begin
        tokens = {(t.begin - start, t.end - start): t for t in run}
        best: list[tuple[int, list[Token]]] = [(0, [])]  # 初めの i 字までの（点, 区切り）
        for end in range(1, len(text) + 1):
            rest = Token(text[end - 1], text[end - 1], "", start + end - 1, start + end)
            choice = (best[-1][0] - 1, [*best[-1][1], rest])
            for begin in range(max(0, end - _LONGEST), end):
                token, gain = tokens.get((begin, end)), 0
                if token is None:
                    token, gain = self._kana_word(text[begin:end], run, start + begin)
                elif token.content and self._knows(token):
                    gain = (end - begin) ** 2
                if token and best[begin][0] + gain >= choice[0]:
                    choice = (best[begin][0] + gain, [*best[begin][1], token])
            best.append(choice)
        return best[-1][1]

    def _knows(self, token: Token) -> bool:
        return token.form in self._forms or (token.form,) in self._synonyms

    def _kana_word(self, kana: str, run: Sequence[Token], begin: int) -> tuple[Token | None, int]:
        """``kana`` が索引のどれかの語の読みなら、その語と点。``run`` は Sudachi の区切り。"""
        reading, sound = to_katakana(kana), sound_key(kana) if len(kana) > 2 else ""
        exact = reading in self._by_reading
        if not sound or not (exact or sound in self._by_sound):
            return None, 0
        end = begin + len(kana)
        covered = [t for t in run if t.begin < end and t.end > begin]
        aligned = covered[0].begin == begin and covered[-1].end == end
        if exact:
            same = len(kana)
            whole = len(covered) == len(run) and aligned
            words = whole or same > 4 or any(t.content or not t.known for t in covered)
            if not words or (same == 3 and not aligned):
                return None, 0  # どう/し（同士）のような、語でないものの続き
        else:
            same = len(sound)
            if same < 4 or any(t.content and self._knows(t) for t in covered):
                return None, 0  # ばす/で（バス停）のような、語と助詞の続き
        token = Token(kana, reading, reading, begin, end, "名詞", content=True, known=False)
        return token, same**2 - 2  # 同じ長さなら、Sudachi の区切りを採る

    # --- 語の並び

    def _spans(self, tokens: Sequence[Token], terms: Terms) -> Iterator[Sequence[Token]]:
        """1 つの語と見る並び。言い換えの表の長い言い方と、変換違いの続きは、まとめて 1 つにする。"""
        i = 0
        while i < len(tokens):
            length = 1
            if tokens[i].content:
                length = self._phrase(tokens, i) or self._misspelt(tokens, i, terms) or 1
            yield tokens[i : i + length]
            i += length

    def _phrase(self, tokens: Sequence[Token], begin: int) -> int:
        """``begin`` から始まる 2 語以上の言い方の、形態素の数（間の助詞は飛ばす）。"""
        best, phrase = 0, [tokens[begin].form]
        for end in range(begin + 1, min(len(tokens), begin + 2 * self._synonyms.longest)):
            if tokens[end].content:
                phrase.append(tokens[end].form)
                if tuple(phrase) in self._synonyms:
                    best = end + 1 - begin
        return best

    def _misspelt(self, tokens: Sequence[Token], begin: int, terms: Terms) -> int:
        """``begin`` から続く 2–3 個の名詞が、ある語の変換違いなら、その数（車/協 → 社協）。"""
        for length in (3, 2):
            span = tokens[begin : begin + length]
            if (
                len(span) == length
                and all(_spelt(t) for t in span)
                and not all(self._knows(t) for t in span)
                and self._homophones(span, terms)
            ):
                return length
        return 0

    # --- 語ひとつ

    def _alternatives(self, meant: Mapping[Phrase, float]) -> tuple[tuple[Phrase, float], ...]:
        found: dict[Phrase, float] = {}
        for phrase, certainty in meant.items():
            others = {phrase: 1.0, **self._synonyms.others(phrase)}
            for other, factor in others.items():
                if all(form in self._forms for form in other):
                    found[other] = max(certainty * factor, found.get(other, 0.0))
        return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def _meant(self, span: Sequence[Token], known: bool, terms: Terms) -> dict[Phrase, float]:
        """書かれたとおりでなければ、何の語のつもりか（索引の語の並び → 確からしさ、確かな順）。"""
        found = self._same_sound(span[0], known) if len(span) == 1 else []
        if not found and not known:
            found = self._homophones(span, terms) or self._typos(span)
        return dict(found)

    def _same_sound(self, token: Token, known: bool) -> list[tuple[Phrase, float]]:
        """かなで書かれた語と同じ読みの名詞。索引にある語は、3 字以上のひらがなの名詞だけを疑う。"""
        doubtful = token.noun and len(token.surface) > 2 and _is_hiragana(token.surface)
        unclear = not known and token.pos not in ("動詞", "形容詞")
        if not (is_kana(token.surface) and (doubtful or unclear)):
            return []
        reading = to_katakana(token.surface)
        if phrases := self._by_reading.get(reading):
            return [(phrase, READING) for phrase in phrases]
        sound = sound_key(reading)
        return self._sounding(sound, SOUND) if len(sound) > 2 and not known else []

    def _sounding(self, sound: str, weight: float) -> list[tuple[Phrase, float]]:
        readings = self._by_sound.get(sound, ())
        return [(phrase, weight) for r in readings for phrase in self._by_reading[r]]

    def _homophones(self, span: Sequence[Token], terms: Terms) -> list[tuple[Phrase, float]]:
        """``span`` の変換違いと見られる語。2 字以上のことばになる漢字は、正しく書かれたと見る。"""
        if len(span) < 2 or all(len(t.surface) > 1 and t.known for t in span):
            return []
        choices = [sorted({to_katakana(t.reading), *terms.readings(t.surface)}) for t in span]
        readings = map("".join, itertools.islice(itertools.product(*choices), _READINGS))
        phrases = {p for r in readings for p in self._by_reading.get(r, ())}
        return [(phrase, HOMOPHONE) for phrase in sorted(phrases)]

    def _typos(self, span: Sequence[Token]) -> list[tuple[Phrase, float]]:
        """かなの 1 字の書き落とし、書き過ぎ、書き違いと見られる語。"""
        sound = sound_key("".join(t.surface for t in span))
        if len(sound) < 4 or not all(is_kana(t.surface) for t in span):
            return []
        shared = Counter(s for pair in _pairs(sound) for s in self._by_letters.get(pair, ()))
        near = sorted(s for s, n in shared.items() if n >= len(sound) - 3 and _one_edit(s, sound))
        return [found for s in near for found in self._sounding(s, TYPO)]


def _is_hiragana(text: str) -> bool:
    return is_kana(text) and _KATAKANA.search(text) is None  # 「ー」だけの形態素を含む


def _spelt(token: Token) -> bool:
    """読みから探す語か（数は、助詞の「に」「し」と紛れる）。"""
    return token.noun and not token.form.isnumeric()


def _pairs(text: str) -> set[str]:
    return {a + b for a, b in itertools.pairwise(text)}


def _one_edit(a: str, b: str) -> bool:
    """1 字の違い（入れ替わりを含む）までか。"""
    i = 0
    while i < min(len(a), len(b)) and a[i] == b[i]:
        i += 1
    return (
        a[i + 1 :] == b[i + 1 :]
        or a[i:] == b[i + 1 :]
        or a[i + 1 :] == b[i:]
        or (a[i : i + 2] == b[i : i + 2][::-1] and a[i + 2 :] == b[i + 2 :])
    )
