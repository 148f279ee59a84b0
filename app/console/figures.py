"""利用の様子の数。日ごとの数を、期間の区切りごとに足す。だれのことかの分かるものは、もとからない。"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.counting import GOT
from bot.people import Counts
from channels.site import WAYS
from channels.wording import Wording

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Period:
    """期間の選び方。"""

    key: str
    name: str


PERIODS = (
    Period("days", "30 日（日ごと）"),
    Period("weeks", "12 週（週ごと）"),
    Period("months", "12 か月（月ごと）"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """区切りひとつ。``first`` から ``last`` まで。``short`` はグラフに書く名前。"""

    first: datetime.date
    last: datetime.date
    name: str
    short: str

    def holds(self, day: str) -> bool:
        return self.first.isoformat() <= day <= self.last.isoformat()


@dataclass(frozen=True, slots=True)
class Figures:
    """数の表ひとつ。``cells`` は区切りごとの、列ごとの数（古い順）。``id`` は場所とファイルの名前。"""

    id: str
    title: str
    columns: tuple[str, ...]
    spans: tuple[Span, ...]
    cells: tuple[tuple[int, ...], ...]

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(sum(column) for column in zip(*self.cells, strict=True))


def spans(period: str, today: datetime.date) -> tuple[Span, ...]:
    """``today``（日本の日付）で終わる区切り。古い順。"""
    match period:
        case "weeks":
            monday = today - datetime.timedelta(today.weekday())
            starts = [monday - datetime.timedelta(_WEEK * n) for n in reversed(range(12))]
            return tuple(_week(start) for start in starts)
        case "months":
            months = [today.year * 12 + today.month - 1 - n for n in reversed(range(12))]
            return tuple(_month(month) for month in months)
        case _:
            days = [today - datetime.timedelta(n) for n in reversed(range(30))]
            return tuple(Span(d, d, f"{d.month}月{d.day}日", f"{d.month}/{d.day}") for d in days)


def _week(start: datetime.date) -> Span:
    last = start + datetime.timedelta(_WEEK - 1)
    name = f"{start.month}月{start.day}日から{last.month}月{last.day}日"
    return Span(start, last, name, f"{start.month}/{start.day}〜")


def _month(month: int) -> Span:
    first = datetime.date(month // 12, month % 12 + 1, 1)
    after = datetime.date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = after - datetime.timedelta(1)
    return Span(first, last, f"{first.year}年{first.month}月", f"{first.month}月")


ANSWERS = {
    "answer_quote": "計画の文を答えた",
    "answer_people": "人を案内した",
    "answer_choices": "選んでもらった",
    "answer_decline": "見つからなかった",
}
FEEDBACK = {"feedback_yes": "分かった", "feedback_no": "分からなかった"}


def figures(
    counts: Counts, periods: Sequence[Span], serves: Callable[[str], bool]
) -> tuple[Figures, ...]:
    """受け取り方、質問の答え、分かったか。``serves`` は、受け持つ社協か（渡した数だけを絞る）。"""
    got = list(_got(counts, serves))
    known = {way for _, way, _ in got}
    wording = Wording.load({})
    ways = {w: wording.text(f"way.{w}") for w in WAYS if w in known}
    return (
        _figures("got", "受け取り方ごとの、渡した数", ways, got, periods),
        _figures("answers", "質問への答え", ANSWERS, _named(counts), periods),
        _figures("feedback", "答えで分かったか", FEEDBACK, _named(counts), periods),
    )


Count = tuple[str, str, int]
"""日、列の名前、数。"""


def _got(counts: Counts, serves: Callable[[str], bool]) -> Iterator[Count]:
    for (day, name), number in counts.items():
        match name.split(" "):
            case [start, way, publication, _] if start == GOT and serves(publication):
                yield day, way, number


def _named(counts: Counts) -> Iterator[Count]:
    return ((day, name, number) for (day, name), number in counts.items())


def _figures(
    id: str,
    title: str,
    columns: dict[str, str],
    counts: Iterator[Count] | list[Count],
    periods: Sequence[Span],
) -> Figures:
    found = list(counts)
    cells = tuple(
        tuple(
            sum(number for day, name, number in found if name == key and span.holds(day))
            for key in columns
        )
        for span in periods
    )
    return Figures(id, title, tuple(columns.values()), tuple(periods), cells)
