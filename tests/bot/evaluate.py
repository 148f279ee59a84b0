"""質問の集まりで、答えの正しさを測る。

    python -m tests.bot.evaluate [FILE.tsv …] [--folds 5] [--errors]

FILE を書かなければ、``tests/bot/questions`` のすべてと、惜しい問い（``near_misses``）を測る。しきい値
（``bot.finder.SURE``）は、分けた残りで選んで測る交差検証の値を並べて示す。
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from accessibility.cache import Cache
from accessibility.glossary import Glossary
from bot.answer import Answer, Brain
from bot.finder import SURE
from content.bundle import BUNDLED, load_folder
from tests.bot.near_misses import near_misses

QUESTIONS = Path(__file__).parent / "questions"
GRID = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)

MOST_WRONG = 0.03
"""しきい値を選ぶときに許す、誤りの割合（目標の 5% に余裕を見る）。"""

Outcome = Literal["right", "wrong", "silent", "refused", "invented"]


@dataclass(frozen=True, slots=True)
class Question:
    """``needles`` は、どれかが答えの文に入るべき言葉。空なら、答えてはならない。"""

    turns: tuple[str, ...]
    kind: str
    needles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """``answered`` は答えのある質問のうち正しく答えた割合、``refused`` は答えのない質問のうち答えなかった割合、
    ``wrong`` は、答えのある質問に違うことを答えたか、答えのない質問に答えた割合（すべての質問のうち）。
    """

    outcomes: Counter[Outcome]

    @property
    def answered(self) -> float:
        o = self.outcomes
        return o["right"] / max(1, o["right"] + o["wrong"] + o["silent"])

    @property
    def refused(self) -> float:
        o = self.outcomes
        return o["refused"] / max(1, o["refused"] + o["invented"])

    @property
    def wrong(self) -> float:
        return (self.outcomes["wrong"] + self.outcomes["invented"]) / max(1, self.outcomes.total())

    def __str__(self) -> str:
        o = self.outcomes
        return (
            f"答えのある質問 {self.answered:6.1%}（正 {o['right']} 誤 {o['wrong']} 無 {o['silent']}）  "
            f"答えのない質問 {self.refused:6.1%}（断 {o['refused']} 答 {o['invented']}）  誤り {self.wrong:5.1%}"
        )


def load(path: Path) -> list[Question]:
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return [
        Question(tuple(turns), kind, () if needles == "-" else tuple(needles.split("|")))
        for *turns, kind, needles in (row for row in rows if len(row) > 2 and row[0][0] != "#")
    ]


def generated() -> list[Question]:
    made = near_misses(load_folder(BUNDLED).publications)
    return [Question((q.text,), q.kind, q.needles) for q in made]


def bundled_brain(
    sure: float = SURE, *, vectors: bool | None = None, cache: Cache | None = None
) -> Brain:
    bundle = load_folder(BUNDLED)
    return Brain(
        bundle.publications,
        bundle.councils,
        glossary=Glossary.load(),
        sure=sure,
        vectors=vectors,
        cache=cache,
    )


def outcome(question: Question, answer: Answer) -> Outcome:
    if not question.needles:
        return "invented" if answer.answered else "refused"
    if not answer.answered:
        return "silent"
    return "right" if any(n in answer.text[:300] for n in question.needles) else "wrong"


def outcomes(
    answer: Callable[[tuple[str, ...]], Answer], questions: Iterable[Question]
) -> list[Outcome]:
    return [outcome(q, answer(q.turns)) for q in questions]


def figures(found: Iterable[Outcome]) -> Figures:
    return Figures(Counter(found))


def cross_validated(by_threshold: Sequence[Sequence[Outcome]], folds: int) -> Figures:
    """しきい値を、残りの組で選び（誤りが ``MOST_WRONG`` までで、最も多く答えるもの）、その組で測る。"""
    held: list[Outcome] = []
    for fold in range(folds):
        best = max(by_threshold, key=lambda found: _quality(_without(found, fold, folds)))
        held += best[fold::folds]
    return figures(held)


def _without(found: Sequence[Outcome], fold: int, folds: int) -> Figures:
    return figures(o for i, o in enumerate(found) if i % folds != fold)


def _quality(figures: Figures) -> tuple[bool, float]:
    few = figures.wrong <= MOST_WRONG
    return few, figures.answered if few else -figures.wrong


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args(arguments)
    sets = {path.stem: load(path) for path in options.files or sorted(QUESTIONS.glob("*.tsv"))}
    if not options.files:
        sets["near_misses"] = generated()
    brain = bundled_brain()
    for name, questions in sets.items():
        answers = [brain.answer(q.turns) for q in questions]
        found = [outcome(q, a) for q, a in zip(questions, answers, strict=True)]
        print(f"{name:12} {len(questions):4}  {figures(found)}")
        if options.errors:
            for q, a, o in zip(questions, answers, found, strict=True):
                if o not in ("right", "refused"):
                    where = a.sources[0].title if a.sources else ""
                    shown = (o, a.kind, f"{a.confidence:.2f}", q.kind, " / ".join(q.turns), where)
                    print("   ", *shown, "|".join(q.needles), sep="\t")
        kinds = Counter(
            ("答えあり" if q.needles else "答えなし", a.kind)
            for q, a in zip(questions, answers, strict=True)
        )
        print("   ", "  ".join(f"{k[0]}→{k[1]} {n}" for k, n in sorted(kinds.items())))
    if options.folds:
        pooled = [q for questions in sets.values() for q in questions]
        tried = [outcomes(bundled_brain(sure).answer, pooled) for sure in GRID]
        for sure, found in zip(GRID, tried, strict=True):
            print(f"しきい値 {sure:.2f}      {figures(found)}")
        print(f"交差検証 {options.folds} 組    {cross_validated(tried, options.folds)}")


if __name__ == "__main__":
    main(sys.argv[1:])
