"""画面で示す事実の書き表し方。年度、日付、長さ、大きさ、計画のあらまし。"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from channels.edition import CatalogueEntry
from channels.wording import Wording
from content.model import (
    GOALS,
    PHILOSOPHY,
    PURPOSES,
    Contact,
    Council,
    Publication,
    Run,
)

Runs = tuple[Run, ...]

ADJUSTMENT = "合理的配慮"

_OPTIONAL = frozenset({"extended", "ward"})
_OF_NUMBERED_PLAN = frozenset({"number", "years", "philosophy", "goals"})

_ERAS = ((2019, "reiwa"), (1989, "heisei"), (1926, "showa"))


@dataclass(frozen=True, slots=True)
class Fact:
    """あらましの 1 行。``values`` が空なら、もとの資料に書かれていない。"""

    name: str
    values: tuple[Runs, ...]


def text(runs: Runs) -> str:
    """ふりがなのない文字。"""
    return "".join(run.text for run in runs)


def plan_facts(publication: Publication, wording: Wording) -> tuple[Fact, ...]:
    """計画のあらまし。延長と区は、あるときだけ示す（ないことが、書かれていないことではないため）。

    期のある計画でなければ（計画の説明など）、期、期間、基本理念、目標も、あるときだけ示す。
    """
    plan = publication.plan
    years = plan_years(publication, wording)
    number = wording.runs("value.number", number=plan.number) if plan.number is not None else None
    extended = (
        wording.runs("value.extended", last=fiscal_year(plan.extended_to, wording))
        if plan.extended_to is not None
        else None
    )
    facts = (
        Fact("issuer", (wording.name(plan.issuer),)),
        Fact("series", (wording.name(plan.series),)),
        Fact("number", (number,) if number else ()),
        Fact("years", (years,) if years else ()),
        Fact("extended", (extended,) if extended else ()),
        Fact("ward", (wording.name(plan.ward),) if plan.ward is not None else ()),
        Fact("philosophy", _section_runs(publication, PHILOSOPHY)),
        Fact("goals", _section_runs(publication, GOALS)),
        Fact("source", (wording.name(plan.source),) if plan.source else ()),
        Fact("date", (date(publication.date, wording),)),
        Fact("proofread", (proofread(publication, wording),)),
    )
    optional = _OPTIONAL if plan.number is not None else _OPTIONAL | _OF_NUMBERED_PLAN
    return tuple(fact for fact in facts if fact.values or fact.name not in optional)


def title(publication: Publication, wording: Wording) -> str:
    """本の題名。やさしい日本語の本なら、そう添える（同じ計画の 2 冊を、題名だけで見分ける）。"""
    return wording.text(f"register.title.{publication.register}", title=publication.title.runs)


def proofread(publication: Publication, wording: Wording) -> Runs:
    """「校正済（…）」か「未校正（…）」。どの版も、これで校正の有無を言う。"""
    day = publication.proofread
    if day is None:
        return wording.runs("proofread.not")
    return wording.runs("proofread.done", date=date(day, wording))


def plan_years(publication: Publication, wording: Wording) -> Runs | None:
    plan = publication.plan
    if plan.first_year is None or plan.last_year is None:
        return None
    first, last = fiscal_year(plan.first_year, wording), fiscal_year(plan.last_year, wording)
    return wording.runs("value.years", first=first, last=last)


def fiscal_year(western: int, wording: Wording) -> Runs:
    """「2021年度（令和3年度）」。改元のあった年度は、新しい元号の元年度とする。"""
    start, era = next((e for e in _ERAS if western >= e[0]), _ERAS[-1])
    year: Runs | int = western - start + 1
    if year == 1:
        year = wording.runs("value.first-year")
    return wording.runs(f"value.{era}", western=western, year=year)


def date(value: datetime.date, wording: Wording) -> Runs:
    day = wording.runs(_special("value.day", value.day, wording), day=value.day)
    return wording.runs("value.date", year=value.year, month=value.month, day=day)


def length(seconds: float, wording: Wording) -> Runs:
    """「12分34秒」。1 時間からは「1時間2分」。"""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    key = _special("value.minute", minutes % 10, wording)
    spelled = wording.runs(key, minutes=minutes)
    if hours:
        return wording.runs("value.hours", hours=hours, minutes=spelled)
    if minutes:
        return wording.runs("value.minutes", minutes=spelled, seconds=rest)
    return wording.runs("value.seconds", seconds=rest)


def _special(key: str, number: int, wording: Wording) -> str:
    """数によって読みの変わる言葉の名前（1日《ついたち》、2分《ふん》）。"""
    return f"{key}.{number}" if f"{key}.{number}" in wording else key


def size(count: int) -> str:
    """「3.2MB」。0.1MB より小さければ「12KB」。"""
    return f"{count / 1e6:.1f}MB" if count >= 1e5 else f"{max(1, round(count / 1e3))}KB"


def contacts_for(council: Council | None, purpose: str, ward: str | None) -> tuple[Contact, ...]:
    """その目的と区の問い合わせ先。なければ空（別の目的や別の区のものを代わりに出さない）。"""
    contacts = council.contacts if council else ()
    return tuple(c for c in contacts if c.purpose == purpose and c.ward == (ward or ""))


def purposes(council: Council | None) -> tuple[str, ...]:
    others = dict.fromkeys(c.purpose for c in council.contacts) if council else ()
    return (*PURPOSES, *(p for p in others if p not in PURPOSES))


def in_order(entries: Iterable[CatalogueEntry]) -> list[CatalogueEntry]:
    """期の新しい順。同じ期では、全市の計画の次に区の計画。期のないものは後。"""
    return sorted(
        entries,
        key=lambda e: (
            e.publication.plan.series,
            -(e.publication.plan.number or 0),
            e.publication.plan.ward or "",
            e.publication.id,
        ),
    )


def _section_runs(publication: Publication, id: str) -> tuple[Runs, ...]:
    return tuple(s.runs for s in publication.sentences_of(id))
