"""検査の単位。文ひとつと、その語、その文を囲むページ（段 1 の節）。"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from typing import Literal

from accessibility.plain.words import NOMINAL, Analyser, Word

Kind = Literal["prose", "item", "heading", "label", "document"]
"""段落と注、箇条書き、見出し、表の欄と画像の言葉、資料の名前。"""

Span = tuple[int, int]

EXPLANATION = re.compile("〈[^〈〉]*〉")
"""むずかしい言葉のすぐ後に置く説明。"""

_QUOTED = re.compile("「[^「」]*」|『[^『』]*』")
_ENDED = re.compile("[。！？!?][」』）)〉\\s]*$")
_CLOSING = frozenset(["」", "』", "）", ")"])
_TAILS = frozenset(["助動詞", "助詞"])
# 「〜について」のように、助詞の後で、助詞の働きをする動詞。
_PARTICLE_VERBS = frozenset(["つく", "おく", "よる", "対する", "関する", "とる", "する", "基づく", "通ずる", "通す",
                             "向ける", "応ずる", "際する", "伴う", "あたる", "沿う", "わたる", "加える", "めぐる"])  # fmt: skip
_PREDICATES = frozenset(["動詞", "助動詞", "形容詞"])
_MARKS = frozenset(["補助記号", "空白"])


@dataclass(frozen=True)
class Passage:
    """文ひとつ。

    ``offset`` は、しらせの位置に足す数（文字だけを調べるときの、行の中の文の位置）。``names`` は、変えては
    ならない言葉（計画や団体の名前、理念の文）。
    """

    text: str
    words: tuple[Word, ...]
    kind: Kind = "prose"
    section: str = ""
    sentence: str = ""
    line: int = 1
    offset: int = 0
    names: tuple[str, ...] = ()

    @property
    def whole(self) -> Span:
        """両端の空白を除いた範囲。"""
        return len(self.text) - len(self.text.lstrip()), len(self.text.rstrip())

    def words_in(self, start: int, end: int) -> Sequence[Word]:
        """``start`` から ``end`` の前までに、すべて入る語。"""
        first = bisect_left(self.words, start, key=lambda w: w.start)
        return self.words[first : bisect_right(self.words, end, key=lambda w: w.end)]

    @cached_property
    def _explained(self) -> Callable[[int, int], bool]:
        return covering(self.explanations)

    @cached_property
    def explanations(self) -> tuple[Span, ...]:
        """〈…〉 の範囲。かっこを含む。"""
        return tuple(m.span() for m in EXPLANATION.finditer(self.text))

    @cached_property
    def quotes(self) -> tuple[Span, ...]:
        """「…」と『…』の範囲。名前か、人の言葉である。"""
        return tuple(m.span() for m in _QUOTED.finditer(self.text))

    @cached_property
    def named(self) -> tuple[Span, ...]:
        """名前の範囲。「…」で囲んだものを含む。資料の名前は、全体が名前である。"""
        if self.kind == "document":
            return (self.whole,)
        found = (re.finditer(re.escape(name), self.text) for name in self.names)
        return self.quotes + tuple(m.span() for matches in found for m in matches)

    @cached_property
    def is_name(self) -> bool:
        """全体が、変えてはならない言葉か。"""
        return self.kind == "document" or self.text.strip() in self.names

    @cached_property
    def own(self) -> str:
        """説明を除いた文。文の長さは、これで数える（説明は、言葉をやさしくするための長さなので）。"""
        return EXPLANATION.sub("", self.text).strip()

    @cached_property
    def starts(self) -> frozenset[int]:
        """語の始まる位置。"""
        return frozenset(w.start for w in self.words)

    @cached_property
    def is_sentence(self) -> bool:
        """文か。見出し、表の欄、言葉だけの項目は、文ではない。"""
        if self.kind in ("heading", "label", "document"):
            return False
        if self.kind == "prose" or _ENDED.search(self.text):
            return True
        last = next((w for w in reversed(self.words) if w.pos[0] not in _MARKS), None)
        return last is not None and last.pos[0] in _PREDICATES

    def is_particle(self, i: int) -> bool:
        """``i`` 番目の語が、「〜について」の「つい」のように、助詞の働きをする動詞か。"""
        if i < 1 or self.words[i].form not in _PARTICLE_VERBS:
            return False
        before = self.words[i - 1]
        return before.text in ("に", "を", "と") and before.pos[0] == "助詞"

    def in_explanation(self, start: int) -> bool:
        """その位置が 〈…〉 の中か。"""
        return self._explained(start, start + 1)


@dataclass(frozen=True)
class Chapter:
    """ページひとつ分の文。"""

    passages: Sequence[Passage]

    @cached_property
    def explained(self) -> Mapping[str, tuple[int, int]]:
        """説明のある言葉 → はじめて説明した所（何番目の文か、その文の中の位置）。"""
        found: dict[str, tuple[int, int]] = {}
        for number, passage in enumerate(self.passages):
            for term in _defined(passage):
                found.setdefault(term, (number, len(passage.text)))
            for start, end in passage.explanations:
                for term in _terms_before(passage.words, start):
                    found.setdefault(term, (number, start))
                for term in _also_called(passage.words, end):
                    found.setdefault(term, (number, len(passage.text)))
        return found

    def explained_spans(self, number: int) -> tuple[Span, ...]:
        """``number`` 番目の文の中の、説明のある言葉の範囲。

        はじめに出る所で説明するので、説明より前の文では空。見出しには説明を書けないので、どこで説明してもよい。
        """
        passage = self.passages[number]
        return tuple(
            m.span()
            for term, place in self.explained.items()
            if (passage.kind == "heading" or place[0] <= number) and term in passage.text
            for m in re.finditer(re.escape(term), passage.text)
            if passage.kind == "heading" or place[0] < number or m.end() <= place[1]
        )

    def known(self, number: int) -> frozenset[str]:
        """``number`` 番目の文より前に説明した言葉（見出しでは、ページのどこかで説明した言葉）。"""
        heading = self.passages[number].kind == "heading"
        return frozenset(t for t, place in self.explained.items() if heading or place[0] < number)


def covering(spans: Iterable[Span]) -> Callable[[int, int], bool]:
    """ある範囲（始めと、終わりの次）が、``spans`` のどれか 1 つの中にあるかを答えるもの。"""
    ordered = sorted(spans)
    starts = [start for start, _ in ordered]
    ends = list(accumulate((end for _, end in ordered), max))
    return lambda start, end: (n := bisect_right(starts, start)) > 0 and end <= ends[n - 1]


def _defined(passage: Passage) -> Iterator[str]:
    """文で説明した言葉（「アウトリーチ」は、家に行って助けることです。）。"""
    words = [w for w in passage.words if w.pos[0] not in ("空白", "補助記号")]
    topic = next((w for w in words if w.text == "は" and w.pos[0] == "助詞"), None)
    if topic is None or len(words) < 3 or words[-1].form != "です":
        return
    modifier, noun = words[-3], words[-2]
    named = [w for w in words if w.end <= topic.start]
    if noun.pos[0] != "名詞" or modifier.pos[0] not in ("動詞", "助動詞", "形容詞", "助詞"):
        return
    if modifier is not topic and (passage.quotes or all(w.pos[0] in NOMINAL for w in named)):
        yield from _terms_before(passage.words, topic.start)


def _terms_before(words: Sequence[Word], end: int) -> Iterator[str]:
    """``end`` の前にある言葉。長い言葉と、その終わりの部分（区社協 → 社協）のすべて。

    用言は終止形も返す（寄り添って〈…〉 → 寄り添う）。後ろの（…）は、別の言い方である（社会福祉協議会（社協）〈…〉）。
    """
    before = [w for w in words if w.end <= end]
    while before and before[-1].text in _CLOSING:
        closing = before.pop()
        if closing.text in ("）", ")"):
            opening = next((w for w in reversed(before) if w.text in ("（", "(")), closing)
            yield from _terms_before(before, closing.start)
            before = [w for w in before if w.end <= opening.start]
    while before and (before[-1].pos[0] in _TAILS or before[-1].form == "する"):
        before.pop()
    if before and before[-1].pos[0] not in NOMINAL and before[-1].content:
        yield before[-1].text
        yield before[-1].form
        return
    term = ""
    for word in reversed(before):
        if word.pos[0] not in NOMINAL:
            return
        term = word.text + term
        yield term


def _also_called(words: Sequence[Word], end: int) -> Iterator[str]:
    """説明のすぐ後のかっこの中の、別の言い方（社会福祉協議会〈…〉（社協））。"""
    after = [w for w in words if w.start >= end]
    if after and after[0].text in ("（", "("):
        closing = next((w for w in after if w.text in ("）", ")")), after[0])
        yield from _terms_before([w for w in after[1:] if w.end <= closing.start], closing.start)


@cache
def analyser() -> Analyser:
    """検査が使う解析器。辞書は 1 度だけ読む。"""
    return Analyser()
