"""検査のしらせを、書く画面の所ごとに分ける。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.console.manuscript import FRONT, Joined
from content.model import Publication
from content.problems import NotationError

if TYPE_CHECKING:
    from accessibility.plain import Excuse, Remark
    from accessibility.plain.score import Score


@dataclass(frozen=True, slots=True)
class Mark:
    """しらせひとつ。``field`` の ``line`` 行目（1 から）の ``text`` について。

    ``label`` は重さの言葉。``remark`` は、書き方の誤りなら ``None``。
    """

    label: str
    field: str
    line: int
    text: str
    message: str
    remark: Remark | None = None

    @property
    def area(self) -> str:
        """出す所: ``front``、``text``、節の番号。"""
        name, _, number = self.field.partition("_")
        return number if name in ("heading", "body") else name

    @property
    def where(self) -> str:
        """項目の中の所。"""
        name, _, key = self.field.partition("_")
        names = {"heading": "見出し", "front": FRONT.get(key, "")}
        return names.get(name, f"{self.line} 行目")


@dataclass(frozen=True, slots=True)
class Checked:
    """確かめた結果。``summary`` は 1 文のまとめ。``score`` は、書き方の誤りがあれば ``None``。"""

    summary: str
    areas: Mapping[str, Sequence[Mark]] = field(default_factory=dict)
    score: Score | None = None


def misread(joined: Joined, error: NotationError) -> Checked:
    """書き方の誤り。直すまで、検査はできない。"""
    marks = []
    for problem in error.problems:
        name, spot = joined.field_of(problem), joined.spot(problem.line)
        marks.append(Mark("書き方の誤り", name, spot.line, "", problem.message))
    return Checked(f"書き方の誤り {len(marks)}。直すと、検査できます。", _areas(marks))


def checked(
    joined: Joined,
    publication: Publication,
    standard: Publication | None,
    excuses: Sequence[Excuse],
) -> Checked:
    """やさしい日本語の検査。``standard`` は、もとになるふつうの文章。"""
    from accessibility.plain import check_publication

    report = check_publication(publication, standard, excuses, joined.text)
    hints = [r for r in report.remarks if r.severity == "hint" and not r.excuse]
    excused = [r for r in report.remarks if r.excuse]
    summary = f"直すもの {len(report.warnings)}、考えるもの {len(hints)}"
    if excused:
        summary += f"、認めたもの {len(excused)}"
    return Checked(f"{summary}。", areas_of(joined, report.remarks), report.score)


def areas_of(joined: Joined, remarks: Iterable[Remark]) -> Mapping[str, Sequence[Mark]]:
    """所（``Mark.area``）ごとのしらせ。``remarks`` の行は、``joined`` の行。"""
    return _areas(_mark(joined, remark) for remark in remarks)


def _mark(joined: Joined, remark: Remark) -> Mark:
    spot = joined.spot(remark.line)
    label = "認めたもの" if remark.excuse else "直すもの" if remark.open else "考えるもの"
    return Mark(label, spot.field, spot.line, remark.text.strip(), remark.message, remark)


def _areas(marks: Iterable[Mark]) -> Mapping[str, Sequence[Mark]]:
    found: dict[str, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.area, []).append(mark)
    return found
