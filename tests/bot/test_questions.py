"""質問の集まりでの正しさ。``python -m tests.bot.evaluate`` と同じ測り方で、下がったら落ちる。

しきい値の余裕は、語の表や文章が少し変わっても騒がないためのもので、測った値は evaluate が示す。
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from accessibility.cache import Cache
from bot.answer import Answer, Brain
from tests.bot.evaluate import (
    QUESTIONS,
    Figures,
    Outcome,
    Question,
    bundled_brain,
    cross_validated,
    figures,
    generated,
    load,
    outcomes,
)

pytestmark = pytest.mark.slow


Answering = Callable[[tuple[str, ...]], Answer]


@pytest.fixture(scope="module")
def brain(shared_cache: Path) -> Brain:
    return bundled_brain(cache=Cache(shared_cache))


@pytest.fixture(scope="module")
def answer(brain: Brain) -> Answering:
    """ふつうの文章からの答え。同じ質問の答えは、覚えている（``Brain`` は変わらない）。"""
    return cache(brain.answer)


def measured(answer: Answering, questions: list[Question]) -> Figures:
    return figures(outcomes(answer, questions))


@pytest.mark.parametrize(
    ("name", "answered"),
    [("dev-a", 0.88), ("dev-b", 0.8), ("dev-c", 0.88), ("meaning", 0.95)],
)
def test_questions_of_residents(answer: Answering, name: str, answered: float) -> None:
    found = measured(answer, load(QUESTIONS / f"{name}.tsv"))
    assert found.answered >= answered, found
    assert found.refused >= 0.93, found
    assert found.wrong <= 0.05, found


def test_words_of_the_plain_texts_are_understood(answer: Answering) -> None:
    found = measured(answer, load(QUESTIONS / "plain.tsv"))
    assert found.answered >= 0.7, found
    assert found.refused >= 0.95, found


def test_a_plain_reader_is_refused_the_same(brain: Brain, answer: Answering) -> None:
    """やさしい日本語の人にも、書かれていないことは答えず、答えられることは答える。"""
    for question in load(QUESTIONS / "dev-a.tsv"):
        plain = brain.answer(question.turns, register="plain")
        assert plain.kind == answer(question.turns).kind, question


def test_near_misses_are_refused(answer: Answering) -> None:
    found = measured(answer, generated())
    assert found.answered >= 0.95, found
    assert found.refused >= 0.97, found


def test_no_crisis_is_missed(answer: Answering) -> None:
    questions = [q for p in sorted(QUESTIONS.glob("*.tsv")) for q in load(p) if q.kind == "crisis"]
    missed = [q for q in questions if answer(q.turns).kind != "crisis"]
    assert len(questions) > 50
    assert len(missed) <= len(questions) * 0.02, missed


def test_without_vectors_nothing_is_invented() -> None:
    found = measured(bundled_brain(vectors=False).answer, load(QUESTIONS / "dev-a.tsv"))
    assert found.answered >= 0.8, found
    assert found.refused >= 0.93, found


def test_folds_choose_without_looking() -> None:
    """測る組を見て選ぶなら、誤りのある方は決して選ばれない。見なければ、誤りの組を測るときに選ばれる。"""
    bold: list[Outcome] = ["wrong", "right", "right", "right"]
    shy: list[Outcome] = ["silent"] * 4
    found = cross_validated([bold, shy], folds=4)
    assert found.outcomes == {"wrong": 1, "silent": 3}
