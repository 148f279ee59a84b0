"""答えに引ける文章。出版物の節と箇条書き、計画の事実、受け取り方を、同じ形にして並べる。

文章は、審査を経た原稿とページの言葉（``channels/templates/wording.yaml``）だけからなる。ここでは
選び、並べるだけで、作らない。
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from channels import facts
from channels.edition import edition_folder
from channels.pages import HOME, RECEIVE, chapter_file, hub_path
from channels.wording import Wording
from content.model import (
    REGISTERS,
    Block,
    Image,
    List,
    Note,
    Paragraph,
    Plan,
    Publication,
    Register,
    Section,
    Sentence,
    Table,
)

WHOLE = 300
"""節の下の節までいっしょに引く、文字の数の上限。答え 1 つに入る長さ。"""

PLANS = "#list-of-plans"
"""計画の一覧の文章の id の終わり。"""
PERIOD = "period-of-plan"
"""計画の期間の文章の、id の # のあと。節の id と重ならない。"""
FOCUS_LIST = "list-of-focus"
"""重点項目の名前を並べた文章の、id の # のあと。"""
DOCUMENTS = "資料 冊子 データ ファイル PDF ダウンロード"

_FORMAT = re.compile("[A-Z][A-Za-z]*[0-9A-Z]+[A-Za-z0-9]*")
"""MP3 や DAISY のような、形式や製品の名前。"""

_NO_PLAN = Plan("", "")


@dataclass(frozen=True, slots=True)
class Line:
    """引用の単位。段落なら文ひとつ、箇条書きなら項目、表なら行。``lead`` は行の頭に付ける字。"""

    text: str
    sentences: tuple[Sentence, ...] = ()
    lead: str = ""
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """ひとつの文章（もとの文章か、やさしい日本語）での中身。

    ``title`` は出版物の題、``heading`` は節の見出し、``above`` はその上の見出し（上から）。``repeated``
    は、同じ出版物に同じ見出しがあること。``whole`` は、いつも始めから引くこと（途中からでは何のことか分からない）。
    ``outline`` は、下の節の見出しだけを並べたもの。
    """

    title: str
    heading: str
    above: tuple[str, ...]
    lines: tuple[Line, ...]
    url: str
    repeated: bool = False
    whole: bool = False
    outline: bool = False

    @property
    def name(self) -> str:
        """見せる見出し。同じ出版物に同じ見出しがあれば、上の見出しを添える。"""
        return (
            f"{self.heading}（{self.above[-1]}）" if self.repeated and self.above else self.heading
        )

    @property
    def text(self) -> str:
        """探すための文字。題はどの節にも同じなので、期や区として別に比べる（``bot.gate.about``）。"""
        return "\n".join((self.headings, self.heading, self.body))

    @property
    def headings(self) -> str:
        return "\n".join((*self.above, self.heading))

    @property
    def body(self) -> str:
        return "\n".join(x.text for x in self.lines)


@dataclass(frozen=True, slots=True)
class Passage:
    """答えに引ける文章ひとつ。``id`` は ``kawasaki/plan-6-tama#yoriaidokoro``。

    ``plan`` は何の計画のことか（受け取り方のように計画によらないものは、発行が空）。``section`` は
    節の id。節そのものでなければ空。
    """

    id: str
    council: str
    publication: str
    section: str
    plan: Plan
    versions: Mapping[Register, Version] = field(hash=False)
    top: bool = False
    """章の始めの節か。"""
    documents: bool = False
    """もとの資料（PDF など）の並びか。資料を尋ねたときだけ、答えになる。"""
    also: str = ""
    """文章にはないが、これを探す言葉。"""

    def version(self, register: Register) -> Version:
        """その文章。なければ、もとの文章。"""
        return self.versions.get(register) or next(iter(self.versions.values()))

    def text(self, registers: Sequence[Register]) -> str:
        """``registers`` の文章から探すための文字。"""
        texts = dict.fromkeys(v.text for r, v in self.versions.items() if r in registers)
        return "\n".join((self.also, *texts)).strip()


def passages(publications: Sequence[Publication], ways: Sequence[str]) -> tuple[Passage, ...]:
    """すべての文章。``ways`` は作っている媒体の名前（``wording.yaml`` の ``way.*``）。"""
    wording = Wording.load({})
    found: dict[str, Passage] = {}
    ordered = sorted(publications, key=lambda p: (p.id, REGISTERS.index(p.register)))
    bare: dict[str, frozenset[str]] = {}
    for publication in ordered:
        headed = frozenset(s.id for s in publication.sections if not s.blocks)
        bare.setdefault(publication.id, headed)  # もとの文章が先に並ぶ
        parts = chain(_sections(publication, bare[publication.id]), _period(publication, wording))
        for name, section, version in parts:
            id = f"{publication.id}#{name}"
            if before := found.get(id):
                versions = {**before.versions, publication.register: version}
                found[id] = replace(before, versions=versions)
            else:
                found[id] = _passage(id, publication, section, version)
    return (*found.values(), *_shelf(ordered, wording), *_ways(ways, wording))


def _passage(id: str, publication: Publication, section: str, version: Version) -> Passage:
    found = publication.section(section)
    items = [i for b in found.blocks if isinstance(b, List) for i in b.items] if found else []
    tables = [b for b in found.blocks if isinstance(b, Table)] if found else []
    captions = [t.caption.text for t in tables if t.caption]
    documents = any(i.document for i in items) and len(items) >= len(version.lines) - 1
    return Passage(
        id,
        publication.council,
        publication.id,
        section,
        publication.plan,
        {publication.register: version},
        top=found is not None and found.level == 1,
        documents=documents,
        also="\n".join((*captions, *([DOCUMENTS] if documents else []))),
    )


Part = tuple[str, str, Version]


def _sections(publication: Publication, bare: frozenset[str]) -> Iterator[Part]:
    """中身のある節と、下の節をまとめて見せる節。``bare`` は、もとの文章では見出しだけの節の id。"""
    title = publication.title.text
    for chapter in publication.chapters:
        path: list[Section] = []
        for place, section in enumerate(chapter):
            path = [s for s in path if s.level < section.level]
            version = _version(publication, chapter[0], section, title, path)
            lines = tuple(_lines(section))
            below = _below(chapter[place + 1 :], section.level)
            outline = False
            if not lines and below:
                lines, outline = _outline(below)
            elif below and section.id in bare:
                lines = _introduced(lines, below)
            if lines:
                yield section.id, section.id, replace(version(lines), outline=outline)
            path.append(section)
    focus = [s for s in publication.sections if s.heading.text in publication.focus_items]
    if focus:
        lines = tuple(Line(s.heading.text, (s.heading,), "・") for s in focus)
        url = _address(publication, focus[0], focus[0])
        yield FOCUS_LIST, "", Version(title, "重点項目", (), lines, url)


def _version(
    publication: Publication, top: Section, section: Section, title: str, path: Sequence[Section]
) -> Callable[[tuple[Line, ...]], Version]:
    above = tuple(s.heading.text for s in path)
    url = _address(publication, top, section)
    heading = section.heading.text
    repeated = sum(s.heading.text == heading for s in publication.sections) > 1
    return lambda lines: Version(title, heading, above, lines, url, repeated)


def _address(publication: Publication, top: Section, section: Section) -> str:
    folder = edition_folder(publication.id, publication.register, "web")
    fragment = "" if section is top else f"#{section.id}"
    return f"{folder}/{chapter_file(top.id)}{fragment}"


def _below(following: Sequence[Section], level: int) -> list[Section]:
    end = next((i for i, s in enumerate(following) if s.level <= level), len(following))
    return list(following[:end])


def _outline(below: Sequence[Section]) -> tuple[tuple[Line, ...], bool]:
    """下の節と、見出しだけか。短ければ中身まで、長ければ見出しだけ。"""
    whole: list[Line] = []
    for section in below:
        whole += [Line(section.heading.text, (section.heading,), heading=True), *_lines(section)]
    if sum(len(line.text) for line in whole) <= WHOLE:
        return tuple(whole), False
    return _headings(below), True


def _introduced(lines: tuple[Line, ...], below: Sequence[Section]) -> tuple[Line, ...]:
    """やさしい文章で前置きの付いた節にも、短ければ下の節の見出しを添える（「10の取組」は、下の節にある）。"""
    headings = _headings(below)
    short = sum(len(line.text) for line in (*lines, *headings)) <= WHOLE
    return (*lines, *headings) if short and not any(x.lead for x in lines) else lines


def _headings(below: Sequence[Section]) -> tuple[Line, ...]:
    top = min(s.level for s in below)
    return tuple(Line(s.heading.text, (s.heading,), "・") for s in below if s.level == top)


def _lines(section: Section) -> Iterator[Line]:
    for block in section.blocks:
        yield from _block_lines(block)


def _block_lines(block: Block) -> Iterator[Line]:
    match block:
        case Paragraph(sentences) | Note(sentences):
            yield from (Line(s.text, (s,)) for s in sentences)
        case List(items, ordered):
            for number, item in enumerate(items, 1):
                text = "".join(s.text for s in item.sentences)
                yield Line(text, item.sentences, f"{number}. " if ordered else "・")
        case Table(_, _, rows):
            for row in rows:
                cells = tuple(cell for cell in row if cell.text)
                yield Line("：".join(cell.text for cell in cells), cells, "・")
        case Image():
            return


def _period(publication: Publication, wording: Wording) -> Iterator[Part]:
    """計画の期間と延長。もとの資料にないものは作らない。"""
    title = publication.title.text
    lines = []
    for fact in facts.plan_facts(publication, wording):
        if fact.name in ("years", "extended") and fact.values:
            runs = tuple(chain(*fact.values))
            text = "".join(run.text for run in runs)
            label = wording.text(f"fact.{fact.name}")
            lines.append(Line(f"{label}：{text}", (Sentence("", runs),), "・"))
    if lines:
        heading = wording.text("fact.years")
        yield PERIOD, "", Version(title, heading, (), tuple(lines), hub_path(publication.id))


def _shelf(publications: Sequence[Publication], wording: Wording) -> Iterator[Passage]:
    """社協ごとの、計画の一覧。"""
    councils: dict[str, dict[str, Publication]] = {}
    for publication in publications:
        councils.setdefault(publication.council, {}).setdefault(publication.id, publication)
    for council, works in sorted(councils.items()):
        lines = []
        for work in sorted(works.values(), key=lambda p: (p.plan.number or 0, p.id)):
            years = facts.plan_years(work, wording)
            span = f"（{''.join(run.text for run in years)}）" if years else ""
            lines.append(Line(f"{work.title.text}{span}", (work.title,), "・"))
        version = Version("", wording.text("nav.home"), (), tuple(lines), HOME)
        yield Passage(f"{council}{PLANS}", council, "", "", _NO_PLAN, _all(version))


def _ways(ways: Sequence[str], wording: Wording) -> Iterator[Passage]:
    """受け取り方（音声、DAISY など）。"""
    title = wording.text("receive.title")
    for way in ways:
        if f"way.{way}" not in wording:
            continue
        keys = (f"way.{way}.what", f"way.{way}.how", f"way.{way}.opens")
        opens = wording.text("receive.opens")
        texts = [wording.text(keys[0]), wording.text(keys[1]), f"{opens}：{wording.text(keys[2])}"]
        runs = (wording.runs(key) for key in keys)
        lines = tuple(
            Line(text, (Sentence("", run),)) for text, run in zip(texts, runs, strict=True)
        )
        named = " ".join(dict.fromkeys(_FORMAT.findall("".join(texts))))
        url = f"{RECEIVE}#way_{way}"
        version = Version(title, wording.text(f"way.{way}"), (), lines, url, whole=True)
        yield Passage(f"way#{way}", "", "", "", _NO_PLAN, _all(version), also=named)


def _all(version: Version) -> Mapping[Register, Version]:
    """ページの言葉から作る文章は、だれにでも同じである（もとから、やさしい日本語で書いてある）。"""
    return dict.fromkeys(REGISTERS, version)
