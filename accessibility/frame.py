"""録音図書の枠（音訳の習わし）。

題名、凡例、目次を本文の前に、原本奥付、「以上で…終わります」、製作を後に読む。
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from types import MappingProxyType

from accessibility.voices import Voice
from content.identity import map_sentences
from content.inline import parse_inline
from content.model import (
    Block,
    Image,
    Item,
    List,
    Note,
    Paragraph,
    Publication,
    Register,
    Run,
    Section,
    Sentence,
    Table,
)

# 原稿の節の目印に使えない字（_）を付けて、原稿の節と重ならないようにする。
OPENING, GUIDE, CONTENTS = "opening_", "guide_", "contents_"
COLOPHON, CLOSING, PRODUCTION = "colophon_", "closing_", "production_"

Part = str | Run | tuple[Run, ...]
"""文の一部分。``str`` は原稿の書き方（ルビが使える）、値は ``Run`` で渡す。"""

# 題名の後に言う、文章の種類。もとの文章であることは、言わない。
_REGISTERS: Mapping[Register, tuple[str, ...]] = {
    "standard": (),
    "plain": ("この本は、やさしい日本語で書いてあります。", "声は、ゆっくり読みます。"),
}

# 本文にあるものだけを、凡例で説明する。
_TREATMENTS: tuple[tuple[type[Block], str], ...] = (
    (
        Table,
        "｜表《ひょう》は、「｜表《ひょう》」と言ってから、上の行から順に、どの行も左の欄から読み、"
        "「｜表《ひょう》 終わり」と言います。",
    ),
    (Image, "写真は、説明だけを、「写真説明」と「写真説明 終わり」の間に読みます。"),
    (Note, "注は、「注」と「注 終わり」の間に読みます。"),
)


def before(
    publication: Publication, voice: Voice, people: Mapping[str, str] = MappingProxyType({})
) -> tuple[Section, ...]:
    """本文の前の節。題名、録音図書凡例、目次。読みはまだ付いていない。

    ``people`` は、人が読んだ節の id と、読んだ人の名前。
    """
    contents = List(tuple(Item((s.heading,)) for s in publication.sections))
    return (
        _section(
            OPENING,
            (publication.title.runs,),
            *map(_line, _REGISTERS[publication.register]),
            _line("発行は、", Run(publication.plan.issuer), "です。"),
        ),
        _section(
            GUIDE,
            ("録音図書凡例",),
            *_guide(publication, voice, people),
            _line("｜凡例《はんれい》 終わり"),
        ),
        _section(CONTENTS, ("目次",), contents, _line("目次 終わり")),
    )


def after(publication: Publication) -> tuple[Section, ...]:
    """本文の後の節。原本奥付、終わりの言葉、製作（作った人と年月）。読みはまだ付いていない。"""
    date = publication.date
    return (
        _section(COLOPHON, ("原本奥付",), *_colophon(publication), _line("原本奥付 終わり")),
        _section(CLOSING, ("以上で、", publication.title.runs, "を終わります。")),
        _section(
            PRODUCTION,
            ("製作",),
            _line("製作は、", Run(publication.plan.issuer), "です。"),
            _line("この録音図書は、ソフトウェア「｜伝《つた》わる」で作りました。"),
            _line(_proofread(publication.proofread)),
            _line(f"{date.year}年{date.month}月に完成しました。"),
        ),
    )


def _guide(publication: Publication, voice: Voice, people: Mapping[str, str]) -> Iterator[Block]:
    for name in dict.fromkeys(people.values()):
        headings = [s.heading.runs for s in publication.sections if people.get(s.id) == name]
        named = [part for runs in headings for part in ("「", runs, "」")]
        yield _line(*named, "は、｜音訳《おんやく》の", Run(name), "さんが読みました。")
    others = "ほかの音声は" if people else "この録音図書の音声は"
    yield _line(f"{others}、{voice.name}による合成音声です。")
    yield _line("声の作り手と条件は、", _credit(voice), "です。")
    yield _line(_proofread(publication.proofread))
    kinds = {type(block) for section in publication.sections for block in section.blocks}
    for kind, treatment in _TREATMENTS:
        if kind in kinds:
            yield _line(treatment)


def _proofread(day: datetime.date | None) -> str:
    if day is None:
        return "読み方と音声の校正は、まだ済んでいません（｜未校正《みこうせい》）。"
    done = f"{day.year}年{day.month}月{day.day}日"
    return f"読み方と音声の校正は、{done}に済みました（｜校正済《こうせいずみ》）。"


def _credit(voice: Voice) -> tuple[Run, ...]:
    """声の作り手と条件。声の名前の読みは、``Voice.name`` で決めたとおりに読む。"""
    known = {run.text: run for run in parse_inline(voice.name) if run.fixed}
    if not known:
        return (Run(voice.credit),)
    pieces = re.split(f"({'|'.join(map(re.escape, known))})", voice.credit)
    return tuple(known.get(piece, Run(piece)) for piece in pieces if piece)


def _colophon(publication: Publication) -> Iterator[Block]:
    plan = publication.plan
    yield _line("題名は「", publication.title.runs, "」です。")
    yield _line("発行は、", Run(plan.issuer), "です。")
    number = f"の第{plan.number}期" if plan.number else ""
    yield _line("計画の名前は、", Run(plan.series), f"{number}です。")
    if plan.first_year is not None and plan.last_year is not None:
        yield _line(f"計画の期間は、{plan.first_year}年度から{plan.last_year}年度までです。")
    elif plan.number is not None:
        yield _line("計画の期間は、もとの資料に書かれていません。")
    if plan.extended_to is not None:
        yield _line(f"この計画は、{plan.extended_to}年度まで延長されました。")
    if plan.source:
        yield _line("もとの資料は、", Run(plan.source), "です。")


def _line(*parts: Part) -> Paragraph:
    return Paragraph((_sentence(*parts),))


def _sentence(*parts: Part) -> Sentence:
    runs: list[Run] = []
    for part in parts:
        match part:
            case str():
                runs += parse_inline(part)
            case Run():
                runs.append(part)
            case _:
                runs += part
    return Sentence("", tuple(runs))


def _section(id: str, heading: tuple[Part, ...], *blocks: Block) -> Section:
    numbers = count()
    section = Section(id, 1, _sentence(*heading), blocks)
    return map_sentences(section, lambda s: replace(s, id=f"{id}-{next(numbers)}"))
