"""惜しい問い: 区・期・事柄の組み合わせのほとんどは、どの文章にも書かれていない。

問いは決まった型から作り、答えがあるかどうかは出版物の値から決める（文章を足せば、答えも変わる）。
言葉だけが文章に出ていて、答えになるかどうか人によって違うものは作らない。
``python -m tests.bot.near_misses`` は questions の TSV と同じ形で書き出す。
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

from content.bundle import BUNDLED, load_folder
from content.model import Publication

WARDS = ("川崎区", "幸区", "中原区", "高津区", "宮前区", "多摩区", "麻生区")
PERIODS = range(1, 9)
KANJI = "〇一二三四五六七八"
# 文章のない発行者。川崎市の計画は、社協の計画とは別のものである。
STRANGERS = (
    "横浜市社協",
    "相模原市社会福祉協議会",
    "世田谷区社協",
    "川崎市役所の地域福祉計画",
)


class Question(NamedTuple):
    """``needles`` は、そのどれかが答えに入るべき言葉。空なら、答えてはならない。"""

    text: str
    kind: str
    needles: tuple[str, ...] = ()


class Fact(NamedTuple):
    """計画の事柄。``trace`` は、値がなくても答えになりうる言葉が文章にあるかを見る。"""

    name: str
    values: Callable[[Publication], tuple[str, ...]]
    trace: re.Pattern[str]


class Slot(NamedTuple):
    """催しや取組について、文章にない細かなこと。``given`` が文章にあれば問わない。"""

    kind: str
    ask: str
    given: re.Pattern[str]


def _years(publication: Publication) -> tuple[str, ...]:
    """期間の言い方。年度は西暦でも元号でも書かれる。"""
    plan = publication.plan
    years = [y for y in (plan.first_year, plan.last_year, plan.extended_to) if y is not None]
    return tuple(name for y in years for name in (f"{y}年", _era(y)))


def _era(year: int) -> str:
    return f"令和{year - 2018}年" if year >= 2019 else f"平成{year - 1988}年"


FACTS = (
    Fact("基本理念", lambda p: p.philosophy[:1], re.compile("理念")),
    Fact("目標", lambda p: p.goals, re.compile("目標")),
    Fact("重点項目", lambda p: p.focus_items, re.compile("重点")),
    Fact("期間", _years, re.compile("年度[～〜から]")),
    Fact("10の取組", lambda p: p.initiatives, re.compile("取り?組")),
)
SLOTS = (
    Slot("none-time", "{}は何時からですか", re.compile(r"\d時|午[前後]")),
    Slot("none-price", "{} いくらかかりますか", re.compile(r"\d円|無料|有料")),
    Slot("none-place", "{}の電話番号を教えてください", re.compile(r"電話|TEL|\d{3}-\d{4}")),
    Slot("none-person", "{}の担当者の名前は", re.compile("担当者")),
    Slot("none-time", "{}って次は何月何日？", re.compile(r"\d月|\d日")),
    Slot("none-procedure", "{} 申し込みはどうやってするの", re.compile("申し?込")),
)
ASKS = (
    "{who}第{n}期の{fact}は？",
    "{who}の第{kanji}期の{fact}をおしえて",
    "{n}期 {who} {fact}",
    "{who}って第{n}期の{fact}は何て書いてあるんですか",
)


def _text(publication: Publication) -> str:
    return "\n".join(s.text for s in publication.sentences)


def plan_questions(publications: Sequence[Publication]) -> Iterator[Question]:
    """区（または市の社協）× 期 × 事柄。"""
    asks = cycle(ASKS)
    facts = cycle(FACTS)
    for ward in (None, *WARDS):
        for number in PERIODS:
            plan = _plan(publications, ward, number)
            # 文章のある計画はすべての事柄を、ない計画は 2 つずつを代わる代わる問う。
            for fact in FACTS if plan else (next(facts), next(facts)):
                needles = fact.values(plan) if plan else ()
                if not needles and _is_told(publications, plan, number, fact):
                    continue
                who, ask = ward or "川崎市社協", next(asks)
                text = ask.format(who=who, n=number, kanji=KANJI[number], fact=fact.name)
                yield Question(text, "near-hit" if needles else "none-near-miss", needles)


def _plan(publications: Sequence[Publication], ward: str | None, number: int) -> Publication | None:
    found = (p for p in publications if (p.plan.ward, p.plan.number) == (ward, number))
    return next(found, None)


def _is_told(
    publications: Sequence[Publication], plan: Publication | None, number: int, fact: Fact
) -> bool:
    """答えと言えるかどうかが人によって違う: 言葉が出ている、または同じ期の区の版に値がある。"""
    if plan is None:
        return False
    if fact.trace.search(_text(plan)):
        return True
    return any(fact.values(p) for p in publications if p.plan.number == number)


def stranger_questions() -> Iterator[Question]:
    asks = cycle(ASKS)
    facts = cycle(FACTS)
    for who in STRANGERS:
        for number in PERIODS[3:7]:
            text = next(asks).format(who=who, n=number, kanji=KANJI[number], fact=next(facts).name)
            yield Question(text, "none-near-miss")


def slot_questions(publications: Sequence[Publication]) -> Iterator[Question]:
    """区の計画の催しや取組について、時間、料金、電話などを問う。"""
    for publication in publications:
        if publication.plan.ward:
            for name, text in _events(publication):
                for slot in SLOTS:
                    if not slot.given.search(text):
                        yield Question(slot.ask.format(name), slot.kind)


def elsewhere_questions(publications: Sequence[Publication]) -> Iterator[Question]:
    """ある区の催しが、文章のない区にもあるかを問う。"""
    for publication in publications:
        if publication.plan.ward:
            others = cycle(w for w in WARDS if w != publication.plan.ward)
            for name, _ in _events(publication):
                yield Question(f"{next(others)}でも{name}はやっていますか", "none-near-miss")
                yield Question(f"{name}は{next(others)}のどこでやりますか", "none-near-miss")


def _events(publication: Publication) -> Iterator[tuple[str, str]]:
    """「…の実施」という見出しから、催しの名前と、その節の文章。"""
    for section in publication.sections:
        match = re.fullmatch("(.+?)の(?:拡大)?実施", section.heading.text)
        if match and section.level > 1:
            yield match[1], "\n".join(s.text for s in section.sentences)


def near_misses(publications: Sequence[Publication]) -> list[Question]:
    """惜しい問いのすべて。順番はいつも同じ。"""
    standard = [p for p in publications if p.register == "standard"]
    questions = (
        *plan_questions(standard),
        *stranger_questions(),
        *slot_questions(standard),
        *elsewhere_questions(standard),
    )
    return list(dict.fromkeys(questions))


if __name__ == "__main__":
    for question in near_misses(load_folder(BUNDLED).publications):
        print(question.text, question.kind, "|".join(question.needles) or "-", sep="\t")
