"""読みの付いた Run を、JSON になる値にして控え、元に戻す。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from content.model import Run, Word


def runs_to_json(runs: Sequence[Run]) -> list[Any]:
    """``runs_from_json`` で元に戻る、JSON になる値。"""
    return [
        [
            run.text,
            run.reading,
            run.fixed,
            run.doubtful,
            [[w.sound, w.accent, w.chained, w.pos] for w in run.words],
        ]
        for run in runs
    ]


def runs_from_json(value: Sequence[Any]) -> tuple[Run, ...]:
    return tuple(
        Run(text, reading, tuple(Word(*word) for word in words), fixed, doubtful)
        for text, reading, fixed, doubtful, words in value
    )
