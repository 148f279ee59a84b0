"""検索の測定: 自分たちの質問の組で、BM25、ベクトル、合わせたものを比べる。

python -m tests.bench_search
"""

from __future__ import annotations

import itertools
import re
import resource
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.search import Hit, Index
from bot.terms import Terms
from content.bundle import BUNDLED, load_folder
from tests.bot.evaluate import QUESTIONS, bundled_brain, load

SETS = Path(__file__).parent / "bot" / "search_set"


@dataclass(frozen=True)
class Question:
    text: str
    answers: frozenset[str]
    style: str


@dataclass(frozen=True)
class SearchSet:
    name: str
    passages: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]


def plan_sections() -> Iterator[tuple[str, str]]:
    """付属の計画の節。id は「計画の名前#節」、文章は表題、見出し、本文。"""
    for publication in load_folder(BUNDLED).publications:
        if publication.register == "standard":
            for section in publication.sections:
                if not section.blocks:
                    continue  # 見出しだけの節は、答えにならない
                body = "\n".join(s.text for s in section.sentences)
                yield f"{publication.name}#{section.id}", f"{publication.title.text}\n{body}"


def rows(name: str) -> Iterator[list[str]]:
    for line in (SETS / name).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def search_sets() -> list[SearchSet]:
    def questions(name: str) -> tuple[Question, ...]:
        return tuple(Question(q, frozenset(ids.split("|")), style) for q, ids, style in rows(name))

    handbook = tuple((id, text) for id, text in rows("handbook.passages.tsv"))
    return [
        SearchSet("plans", tuple(plan_sections()), questions("plans.tsv")),
        SearchSet("handbook", handbook, questions("handbook.tsv")),
    ]


@dataclass(frozen=True)
class Quality:
    recall_1: float
    recall_5: float
    mrr: float


WAYS = {"bm25": lambda h: h.bm25, "vectors": lambda h: h.cosine, "hybrid": lambda h: h.score}


def rank_of(hits: Sequence[Hit], question: Question, way: str) -> int:
    """``way`` の点で並べたときの、答えの順位（1 から）。"""
    ordered = sorted(hits, key=lambda h: (-WAYS[way](h), h.id))
    return next(n for n, h in enumerate(ordered, 1) if h.id in question.answers)


def quality(ranks: Sequence[int]) -> Quality:
    n = len(ranks)
    return Quality(
        sum(r <= 1 for r in ranks) / n,
        sum(r <= 5 for r in ranks) / n,
        sum(1 / r for r in ranks) / n,
    )


def compare(index: Index, questions: Sequence[Question]) -> dict[str, list[int]]:
    found = [(q, index.search(q.text, len(index.ids))) for q in questions]
    return {way: [rank_of(hits, q, way) for q, hits in found] for way in WAYS}


def many_passages(count: int) -> list[tuple[str, str]]:
    """質問の組の文章の文を 2 つずつ組み合わせた、``count`` 個の文章。"""
    texts = [text for each in search_sets() for _, text in each.passages]
    sentences = sorted({s for text in texts for s in re.split(r"[。\n]", text) if len(s) > 8})
    pairs = itertools.islice(itertools.permutations(sentences, 2), 0, None, 7)
    return [(f"p{n}", f"{a}。{b}。") for n, (a, b) in zip(range(count), pairs, strict=False)]


def thinking() -> float:
    """付属の計画への質問 1 つに答える CPU 秒。"""
    brain = bundled_brain()
    questions = load(QUESTIONS / "dev-a.tsv")
    brain.answer(questions[0].turns)
    start = time.process_time()
    for question in questions:
        brain.answer(question.turns)
    return (time.process_time() - start) / len(questions)


def main() -> None:
    print(f"an answer: {thinking() * 1000:.1f} ms CPU (aim: 30 or less)")
    for each in search_sets():
        ranks = compare(Index(each.passages, Terms()), each.questions)
        print(f"{each.name}: {len(each.passages)} passages, {len(each.questions)} questions")
        for way, values in ranks.items():
            q = quality(values)
            print(f"  {way:8} recall@1 {q.recall_1:.3f}  @5 {q.recall_5:.3f}  MRR {q.mrr:.3f}")
        for style in sorted({q.style for q in each.questions}):
            chosen = [i for i, q in enumerate(each.questions) if q.style == style]
            values = [f"{quality([r[i] for i in chosen]).mrr:.3f}" for r in ranks.values()]
            print(f"    {style}: MRR {' / '.join(values)} ({len(chosen)})")


def speed(count: int) -> None:
    passages = many_passages(count)
    for vectors in (False, None):
        wall, cpu = time.monotonic(), time.process_time()
        index = Index(passages, Terms(), vectors=vectors)
        wall, cpu = time.monotonic() - wall, time.process_time() - cpu
        costs = sorted(cost(index, q.text) for each in search_sets() for q in each.questions)
        print(
            f"{'with' if vectors is None else 'without'} vectors: {len(passages)} passages, "
            f"built in {wall:.0f} s ({cpu:.0f} s CPU); a query {statistics.mean(costs):.1f} ms CPU "
            f"(median {statistics.median(costs):.1f}, 95 % {costs[len(costs) * 95 // 100]:.1f})"
        )
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def cost(index: Index, question: str) -> float:
    """``question`` を探す CPU ミリ秒。"""
    before = time.process_time()
    index.search(question, 10)
    return (time.process_time() - before) * 1000


if __name__ == "__main__":
    speed(int(sys.argv[1])) if len(sys.argv) > 1 else main()
