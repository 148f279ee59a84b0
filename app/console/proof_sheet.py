"""校正表を、表計算の行にする。"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.console.sheets import sheet as table
from app.console.words import moment
from content.workflow.proofs import FAULTS, STATES, Remark

_COLUMNS = (
    "番号", "節", "文", "誤り", "言葉", "聞いた人", "日時", "決めたこと", "わけ", "決めた人", "決めた日時",
)  # fmt: skip


def sheet(remarks: Iterable[Remark], person: Callable[[str], str], delimiter: str = ",") -> str:
    """``person`` は、アカウントの名前から、表に書く名前。"""
    return table([_COLUMNS, *(_row(remark, person) for remark in remarks)], delimiter)


def _row(remark: Remark, person: Callable[[str], str]) -> tuple[str, ...]:
    by, at = remark.decided_by, remark.decided_at
    return (
        str(remark.id),
        remark.heading,
        remark.text,
        FAULTS[remark.fault],
        remark.words,
        person(remark.author),
        moment(remark.at),
        STATES[remark.state],
        remark.reason,
        *((person(by), moment(at)) if by and at else ("", "")),
    )
