"""文章のやさしさの点。7 つの測った値を、同じ重みで足す。0 から 100、100 がいちばんやさしい。

どの重みも、例文から学んだものではない。それぞれの値を、文章によらない決まった目盛りで 0（難しい）から 1（やさしい）に
直して平均する。

- 頻度の 3 つ（語の平均、文ごとのいちばん珍しい語の平均、助詞なども入れた平均）は Zipf の目盛り
  （van Heuven ほか 2014、1 から 7）。
- 水準の 2 つは、日本語能力試験の N1 から N5。表にない語は、1 万語に 1 回より多く使われるなら N4、そうでなければ
  N1 より難しいとみる。「N4 まで」は出入国在留管理庁・文化庁のガイドラインの語の目安。
- 漢字は 1 文に 13 字、長さは 1 文に 50 字がガイドラインによる限りで、ちょうど限りのとき半分になる。

名前と数は数えない。〈…〉 で説明した言葉は、説明のやさしさの語とみる。説明は、文の長さにも漢字にも数えない。
文ごとに測るので、長い文を短く分けて字が増えても、低くはならない。

点はページのためのもので、1 つの文の点は目安にもならない。備え付けの計画では、ふつうの文章が 60 より低く、
やさしい日本語が 68 より高い。
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean
from typing import Any

from accessibility.plain.ease import Ease, Measured, measured
from accessibility.plain.words import Analyser, Word
from content.inline import split_sentences
from content.model import Run

_PLAIN_FROM, _HARD_TO = 68.0, 60.0


@dataclass(frozen=True, slots=True)
class Signal:
    """測った値ひとつ。``share`` は 0（難しい）から 1（やさしい）。``most`` は、1 のときの点。

    ``label``、``shown``（値）、``advice``（直し方）は職員に見せる日本語。
    """

    name: str
    label: str
    value: float
    shown: str
    share: float
    most: float
    advice: str

    @property
    def points(self) -> float:
        """点のうち、この値の分。"""
        return self.most * self.share

    @property
    def lost(self) -> float:
        """この値が下げている点。"""
        return self.most - self.points


@dataclass(frozen=True, slots=True)
class Score:
    """文章の点。測る語（名前、数、記号のほかの語）のない文章では、``signals`` は空。"""

    signals: tuple[Signal, ...]

    @property
    def measured(self) -> bool:
        """点を示せるか。"""
        return bool(self.signals)

    @property
    def index(self) -> float:
        """0 から 100、100 がいちばんやさしい。測る語のない文章は 100（難しい語がない）。"""
        return 100 * fmean(signal.share for signal in self.signals) if self.signals else 100.0

    @property
    def lowering(self) -> tuple[Signal, ...]:
        """点を下げている値。大きく下げているものから。"""
        return tuple(sorted((s for s in self.signals if s.share < 1), key=lambda s: s.share))

    @property
    def meaning(self) -> str:
        """点の読み方。職員に見せる 1 文。"""
        if not self.measured:
            return "名前、数、記号のほかに言葉がないので、やさしさの点はありません。"
        if self.index >= _PLAIN_FROM:
            return "備え付けのやさしい日本語のページと同じくらい、やさしい文章です。"
        if self.index > _HARD_TO:
            return "ふつうの計画の文章と、やさしい日本語のページの間です。"
        return "ふつうの計画の文章と同じくらい、難しい文章です。"


@dataclass(frozen=True, slots=True)
class _Scale:
    """測り方と目盛り。``worst`` で 0、``best`` で 1。この値を測れない文章は ``best`` とみる。"""

    name: str
    label: str
    shown: str
    worst: float
    best: float
    measure: Callable[[Sequence[Measured]], Iterable[float]]
    advice: str

    def signal(self, sentences: Sequence[Measured], most: float) -> Signal:
        values = list(self.measure(sentences))
        value = fmean(values) if values else self.best
        share = min(1.0, max(0.0, (value - self.worst) / (self.best - self.worst)))
        shown = self.shown.format(value)
        return Signal(self.name, self.label, value, shown, share, most, self.advice)


def _eases(sentences: Sequence[Measured]) -> Iterator[Ease]:
    return (ease for s in sentences for ease in s.eases)


# 頻度の 1 から 7 は Zipf の目盛りの全体。漢字の 13 字と長さの 50 字（限り）は、まん中にある。
_SCALES = (
    _Scale(
        "frequency", "語のなじみ（7 がいちばんよく使われる）", "{:.1f}", 1, 7,
        lambda sentences: (ease.zipf for ease in _eases(sentences)),
        "ふだんよく使う言葉に言いかえてください。",
    ),
    _Scale(
        "rarest", "文の中でいちばん珍しい語のなじみ", "{:.1f}", 1, 7,
        lambda sentences: (min(e.zipf for e in s.eases) for s in sentences if s.eases),
        "見慣れない言葉は、言いかえるか、すぐ後に 〈…〉 で説明してください。",
    ),
    _Scale(
        "flow", "助詞なども入れた語のなじみ", "{:.1f}", 1, 7,
        lambda sentences: (zipf for s in sentences for zipf in s.zipfs),
        "名詞を並べずに、「〜を〜する」のようにほどいて書いてください。",
    ),
    _Scale(
        "level", "語の水準（N5 が 5、N1 が 1、表の外が 0）", "{:.1f}", 0, 5,
        lambda sentences: (ease.level for ease in _eases(sentences)),
        "N4 までの言葉に言いかえてください。",
    ),
    _Scale(
        "known", "N4 までの語の割合", "{:.0%}", 0, 1,
        lambda sentences: (ease.known for ease in _eases(sentences)),
        "N4 より難しい言葉は、言いかえるか、すぐ後に 〈…〉 で説明してください。",
    ),
    _Scale(
        "kanji", "1 文の漢字の数", "{:.1f} 字", 26, 0,
        lambda sentences: (s.kanji for s in sentences),
        "1 文の漢字を 13 字までにしてください。",
    ),
    _Scale(
        "length", "1 文の長さ", "{:.1f} 字", 70, 30,
        lambda sentences: (s.length for s in sentences),
        "1 文を 50 字までに、できれば 30 字までに分けてください。",
    ),
)  # fmt: skip


def score(sentences: Iterable[Sequence[Word]]) -> Score:
    """``sentences`` の点。1 つの文の語を 1 つの列で渡す（``Analyser.words`` の答えのまま）。"""
    found = [m for words in sentences if (m := measured(words)).length]
    if not any(m.zipfs for m in found):
        return Score(())
    most = 100 / len(_SCALES)
    return Score(tuple(scale.signal(found, most) for scale in _SCALES))


def score_text(text: str, analyser: Analyser) -> Score:
    """文字だけの文章の点。改行と 。！？ で文に分ける。"""
    return score(
        analyser.words("".join(run.text for run in runs))
        for line in text.splitlines()
        for runs in split_sentences([Run(line)])
    )


def line_score(text: str, analyser: Analyser) -> float:
    """1 行の点（``check --lines``）。丸めない。高いほどやさしい。"""
    return score_text(text, analyser).index


def jreadability_score(text: str) -> float | None:
    """参考の点。李・長谷部の jReadability（2016）。5.5〜6.5 が初級前半、0.5〜1.5 が上級後半。

    語のない文章では None。形態素解析の辞書（unidic-lite）を読むので、ページの報告だけに使う。
    """
    if not text.strip():
        return None
    from jreadability import compute_readability  # type: ignore[import-untyped]  # 型の情報を配っていない

    return float(compute_readability(text, _tagger()))


@cache
def _tagger() -> Any:
    from fugashi import Tagger  # type: ignore[import-untyped]  # 同上

    return Tagger()
