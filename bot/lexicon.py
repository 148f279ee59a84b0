"""質問の語の大事さと、文章に出ているか。"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from accessibility.kana import to_hiragana
from bot.passages import Passage
from bot.synonyms import Phrase
from bot.terms import Terms, Token, normalize
from bot.vocabulary import Concept

SOFT = 0.15
"""様子や頼み方の言葉の重さ。"""
OTHER = 0.5
"""名詞でない言葉の重さ。"""
UNKNOWN = 0.3
"""名詞でなく、どの文章にも出てこない言葉の重さ。"""
CLOSE = 0.55
"""言い換えと見てよい、言い換えの表の重さ。"""
ASKED = 2.0
"""質問の終わりの名詞（親子講座の定員）が文章にないときの重さ。尋ねている事柄そのものを表すため。"""
JOINED = 1.5
"""名詞の続き（手話サークル、子ども食堂）の、一部が文章にないときの重さ。全部で 1 つの名前であるため。"""
_SHORT = 4
_NAME = re.compile(r"「([^」]{3,15})」")


@cache
def soft_words() -> frozenset[str]:
    text = files("bot").joinpath("data/soft.tsv").read_text("utf-8")
    return frozenset(
        w for line in text.splitlines() if not line.startswith("#") for w in line.split()
    )


@dataclass(frozen=True, slots=True)
class Word:
    """質問の語ひとつと、それと見てよい語の並び（と、その確からしさ）と、大事さ。

    ``stress`` は、文章に出ていないときに、大事さに掛ける値。``soft`` は、様子や頼み方の言葉であること。
    """

    word: str
    alternatives: tuple[tuple[Phrase, float], ...]
    weight: float
    stress: float = 1.0
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """文章ひとつの文字（題を含む）と、その語、見出しの語、上の見出しも含めた語。"""

    text: str
    forms: frozenset[str]
    heading: frozenset[str]
    headings: frozenset[str]


class Lexicon:
    """文章ごとの語と、語の珍しさ。かぎかっこの中の名前（「いちにのさん！」）は、ひとつの語とする。"""

    def __init__(
        self,
        passages: Sequence[Passage],
        texts: Sequence[str],
        terms: Terms,
        generic: frozenset[str],
    ) -> None:
        """``texts`` は、文章ごとの、探すための文字。

        ``generic`` は、計画の名前と発行者の語（どの文章のことでもある）。
        """
        self._terms = terms
        quoted = (n for text in texts for n in _NAME.findall(text))
        self._names = sorted(
            {n for n in map(_bare, quoted) if len(n) > 3}, key=lambda n: (-len(n), n)
        )
        self._profiles = {p.id: self._profile(p, t) for p, t in zip(passages, texts, strict=True)}
        # 「3つのポイント」のように、それだけで見出しになる語は、話題である
        short = (p.heading - generic for p in self._profiles.values())
        heads = frozenset[str]().union(*(h for h in short if len(h) <= _SHORT))
        self.soft = soft_words() - {f for f in heads if re.fullmatch("[一-鿿ァ-ヺー]{2,}", f)}
        self._count = len(passages)
        self._found = Counter(f for p in self._profiles.values() for f in p.forms)

    def rarity(self, form: str) -> float:
        """珍しさ。0〜1。どこにも出てこない語は 1。"""
        found = self._found[form]
        return math.log1p((self._count - found + 0.5) / (found + 0.5)) / math.log1p(
            (self._count + 0.5) / 0.5
        )

    def names(self, topic: str) -> tuple[str, ...]:
        """質問にある、文章の名前。"""
        bare = _bare(topic)
        return tuple(n for n in self._names if n in bare)[:1]

    def words(self, topic: str, concepts: Sequence[Concept]) -> tuple[Word, ...]:
        names = self.names(topic)
        parts = {form for n in names for form in self._terms.content(n)} if names else set()
        tokens = [t for t in self._terms.tokens(topic) if t.surface.strip()]
        nouns = {t.form for t in tokens if t.content and t.noun}
        joined, numbered = _compounds(tokens, nouns)
        last = next((t.form for t in reversed(tokens) if t.form in nouns - self.soft), "")
        found = [Word(n, (((n,), 1.0),), 1.0) for n in names]
        for concept in concepts:
            word = concept.word
            if word in parts or any(word in n or n in word for n in names):
                continue
            made_of = [t.form for t in tokens if t.content and t.form in word]
            soft = word in self.soft or ("".join(made_of) == word and self.soft.issuperset(made_of))
            weight = self._weight(concept, noun=any(n in word for n in nouns), soft=soft)
            if word in numbered:
                weight = OTHER
            stress = JOINED if any(part in word for part in joined) else 1.0
            if last and word.endswith(last):
                stress = ASKED
            found.append(Word(word, concept.alternatives, weight, stress, soft))
        return tuple(found)

    def _weight(self, concept: Concept, *, noun: bool, soft: bool) -> float:
        meant = concept.alternatives
        rarity = min(1.0, sum(map(self.rarity, meant[0][0]))) if meant else 1.0
        if soft:
            return SOFT * rarity
        return rarity if noun else rarity * (OTHER if meant else UNKNOWN)

    def profile(self, id: str) -> Profile:
        return self._profiles[id]

    def _profile(self, passage: Passage, text: str) -> Profile:
        version = passage.version("standard")
        return Profile(
            normalize_lines(f"{version.title}\n{text}"),
            self.forms(text),
            self.forms(version.heading),
            self.forms(f"{passage.also}\n{version.headings}"),
        )

    def forms(self, text: str) -> frozenset[str]:
        bare = _bare(text)
        return frozenset((*self._terms.content(text), *(n for n in self._names if n in bare)))


def normalize_lines(text: str) -> str:
    """行ごとに ``normalize`` したもの。"""
    return "\n".join(map(normalize, text.splitlines()))


def _bare(text: str) -> str:
    """名前を比べるための形。"""
    return re.sub(r"\W", "", to_hiragana(normalize(text).lower()))


def cover(words: Sequence[Word], forms: frozenset[str], close: float = CLOSE) -> float:
    """質問の語の重さのうち、文章に出ているものの割合。``close`` は、認める言い換えの確からしさ。"""
    found = [(w, match(w, forms, close)) for w in words]
    total = sum(w.weight * (1.0 if m else w.stress) for w, m in found)
    return sum(w.weight * m for w, m in found) / total if total else 0.0


def match(word: Word, forms: frozenset[str], close: float) -> float:
    """語が文章に出ているか。言い換えなら、その確からしさ（遠い言い換えは、出ていないと見る）。"""
    found = max((f for phrase, f in word.alternatives if forms.issuperset(phrase)), default=0.0)
    return found if found >= close else 0.0


def _compounds(tokens: Sequence[Token], nouns: set[str]) -> tuple[set[str], set[str]]:
    """名詞の続きの語と、名前の一部である数（「重点項目3」の 3）。"""
    pairs = [(a.form, b.form) for a, b in pairwise(tokens)]
    joined = {form for pair in pairs if nouns.issuperset(pair) for form in pair}
    numbered = {b for a, b in pairs if b.isdecimal() and a in nouns and not a.isdecimal()}
    return joined, numbered
