"""BM25。語（または字の並び）ごとに、出てくる文章と、その点を持つ。

``bm25s`` を使わないわけ: あちらは質問を語の袋とし、すべての点を足す。ここでは 1 つの語に言い換えや読みの
候補がいくつもあり、その最も良いもの 1 つだけを数え、候補ごとの重みと、質問のどれだけが出ているか（coverage）も
同じ計算から出す。どれも bm25s の外で転置索引を持ち直すことになり、残るのは下の 40 行だけである。
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

K1, B = 1.2, 0.5
"""ふつうの値。b が小さめなのは、短い節も長い節も、同じ 1 つの答えになるため。"""
MOST = K1 + 1
"""``matches`` の点の上限。"""

Rows = NDArray[np.int32]
Scores = NDArray[np.float32]
T = TypeVar("T", bound=Hashable)


class Bm25(Generic[T]):
    """文章 0, 1, 2, … の語の転置索引。"""

    def __init__(self, passages: Sequence[Sequence[T]]) -> None:
        self.count = len(passages)
        lengths = np.array([len(words) for words in passages], np.float32)
        mean = max(float(lengths.mean()), 1.0) if passages else 1.0
        norms = K1 * (1 - B + B * lengths / mean)
        counts: dict[T, dict[int, int]] = {}
        for row, words in enumerate(passages):
            for word in words:
                found = counts.setdefault(word, {})
                found[row] = found.get(row, 0) + 1
        self._matches: dict[T, tuple[Rows, Scores]] = {}
        for word, found in counts.items():
            rows = np.fromiter(found, np.int32, len(found))
            times = np.fromiter(found.values(), np.float32, len(found))
            self._matches[word] = rows, (times * MOST / (times + norms[rows])).astype(np.float32)
        self._none = np.empty(0, np.int32), np.empty(0, np.float32)

    def idf(self, word: T) -> float:
        """珍しさ。どこにも出てこない語が最も大きい（Robertson–Spärck Jones の、負にならない形）。"""
        found = len(self.matches(word)[0])
        return math.log1p((self.count - found + 0.5) / (found + 0.5))

    def matches(self, word: T) -> tuple[Rows, Scores]:
        """``word`` の出てくる文章の番号と、0–2.2 の点（ふつうの長さの文章に 1 度で 1）。"""
        return self._matches.get(word, self._none)
