"""やさしい日本語の点の測定: 書き直しの組でやさしい方を当てる割合、備え付けの計画の点、1 文の時間。

python -m tests.bench_plain [PAIRS.tsv]

PAIRS.tsv は、1 行に「もとの文、タブ、やさしい文」。同じ点は、外れと数える。時間は、同じ文をもう 1 度測った CPU 時間。
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from accessibility.plain import check_text
from accessibility.plain.score import (
    Score,
    jreadability_score,
    line_score,
    score,
    score_text,
)
from accessibility.plain.words import Analyser
from content.bundle import BUNDLED, load_folder


def main(arguments: Sequence[str]) -> None:
    analyser = Analyser()
    start = time.process_time()
    analyser.words("語")
    print(f"辞書を読む: {time.process_time() - start:.2f} 秒（CPU）")
    pages(analyser)
    if not arguments:
        print(
            "書き直しの組は測りませんでした。測るには、組の表（PAIRS.tsv）を引数で渡してください。"
        )
        speed(analyser, [s.text for p in load_folder(BUNDLED).publications for s in p.sentences])
    elif not (path := Path(arguments[0])).is_file():
        raise SystemExit(
            f"{path} がありません。「もとの文、タブ、やさしい文」の表を渡してください。"
        )
    else:
        rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
        found = [(row[0], row[1]) for row in rows if len(row) == 2]
        pairs(found, analyser)
        speed(analyser, [text for pair in found for text in pair])
    print(
        f"いちばん多いメモリー: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


def pages(analyser: Analyser) -> None:
    for publication in load_folder(BUNDLED).publications:
        found = score([analyser.words(s.text) for s in publication.sentences])
        reference = jreadability_score("\n".join(s.text for s in publication.sentences))
        lowered = "、".join(f"{s.name} {s.shown} -{s.lost:.1f}" for s in found.lowering[:3])
        print(
            f"{publication.id} {publication.register}: {found.index:.1f} "
            f"（jreadability {reference:.1f}）{lowered}"
        )


def pairs(found: Sequence[tuple[str, str]], analyser: Analyser) -> None:
    """やさしい文の方が高い割合と、同じ割合。"""
    scores = [(score_text(hard, analyser), score_text(easy, analyser)) for hard, easy in found]

    def report(name: str, value: Callable[[Score], float]) -> None:
        higher = sum(value(easy) > value(hard) for hard, easy in scores) / len(scores)
        same = sum(value(easy) == value(hard) for hard, easy in scores) / len(scores)
        print(f"{name}: {higher:.4f}（同じ {same:.4f}）")

    print(f"{len(found)} 組")
    report("点", lambda s: s.index)
    for place, signal in enumerate(scores[0][0].signals):
        report(f"  {signal.name}", lambda s, place=place: s.signals[place].share)  # type: ignore[misc]


def speed(analyser: Analyser, texts: Sequence[str]) -> None:
    each = (("点", lambda text: line_score(text, analyser)), ("しらせ", check_text))
    for name, run in each:
        costs = []
        for _ in range(2):
            start = time.process_time()
            for text in texts:
                run(text)
            costs.append((time.process_time() - start) / len(texts) * 1000)
        print(f"{name}: 1 文 {costs[1]:.3f} ミリ秒（はじめは {costs[0]:.3f}）、{len(texts)} 文")


if __name__ == "__main__":
    main(sys.argv[1:])
