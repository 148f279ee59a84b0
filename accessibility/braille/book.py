"""点字の本。標題紙、目次、本文、言葉の説明、奥付。長い本は巻に分ける（てびき 第4版 第5章）。

ページの番号は、標題紙から通して付ける（標題紙には書かない）。BES ではソフトがページ行の番号を付けるので、
番号を途中で付け直すと、目次と食いちがうからである。
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from accessibility.braille.cells import BLANK, to_cells
from accessibility.braille.layout import (
    NUMBER_CELLS,
    Page,
    Piece,
    Row,
    Sheet,
    paginate,
    wrap,
)
from accessibility.braille.line import braille_line
from content.model import (
    Block,
    Image,
    Item,
    List,
    Note,
    Paragraph,
    Publication,
    Run,
    Section,
    Sentence,
    Table,
)

MAX_SHEETS = 50
"""1 巻の紙の数。50〜80 枚にまとめる習わしのうち、両面でも BES のページの数が 2 桁に収まる数。"""

Runs = tuple[Run, ...]
Read = Callable[[str], Runs]
"""本文ではない文字（発行者の名前など）の、読みの付いた Run。"""

_HEADINGS = {1: 8, 2: 6}
"""見出しの前のマスあけの数。大見出しは 9 マス目、中見出しは 7 マス目、ほかは 5 マス目から。"""
LEADER = "⠂"
_DAYS = {
    1: "ツイタチ", 2: "フツカ", 3: "ミッカ", 4: "ヨッカ", 5: "イツカ", 6: "ムイカ", 7: "ナノカ",
    8: "ヨーカ", 9: "ココノカ", 10: "トオカ", 14: "14カ", 20: "ハツカ", 24: "24カ",
}  # fmt: skip
_UNCHECKED = "ミコーセイ（{}ガ、 マダ タシカメテ イマセン）"
_REGISTERS = {"standard": "", "plain": "ヤサシイ ニホンゴ"}


@dataclass(frozen=True, slots=True)
class Explained:
    """言葉の説明。"""

    word: Runs
    explanation: Runs


@dataclass(frozen=True, slots=True)
class Volume:
    """巻。"""

    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """見出しと中身。目次の 1 行にあたる。"""

    anchor: str
    level: int
    heading: str
    pieces: tuple[Piece, ...]


def volumes(
    publication: Publication,
    sheet: Sheet,
    read: Read,
    explained: Sequence[Explained] = (),
) -> tuple[Volume, ...]:
    """出版物の点字の本。どんな文字でも作れる（書けない字は 〓 になり、検査で見つかる）。"""
    parts = [_part(section, sheet) for section in publication.sections]
    if explained:
        parts.append(_words(explained, sheet))
    parts.append(_colophon(publication, read, sheet))
    split = list(_split(parts, sheet))
    return tuple(
        _volume(publication, sheet, read, chosen, number, len(split))
        for number, chosen in enumerate(split, 1)
    )


def text_cells(sentences: Iterable[Sentence]) -> str:
    """続く文のマス。文のあいだは 2 マスあける。"""
    lines = [line for s in sentences if (line := braille_line(s.runs))]
    return to_cells("  ".join(lines))


def _split(parts: Sequence[_Part], sheet: Sheet) -> Iterator[Sequence[_Part]]:
    """巻ごとの節。どの巻も ``MAX_SHEETS`` 枚に収める（1 巻より長い段落だけは、収まらない）。"""
    rest = [short for part in parts for short in _short(part, sheet)]
    while rest:
        size = _first_volume(rest, sheet)
        yield rest[:size]
        rest = rest[size:]


def _short(part: _Part, sheet: Sheet) -> Iterator[_Part]:
    """1 巻に収まらない節を、段落のあいだで分ける。続きは、同じ見出しに「ツヅキ」と付ける。"""
    heading = part.heading + to_cells("（ツヅキ）")
    for number in count(2):
        size = _first_pieces(part, sheet)
        yield replace(part, pieces=part.pieces[:size])
        if size >= len(part.pieces):
            return
        anchor = f"{part.pieces[0].anchor}_{number}"
        first = _heading(heading, part.level, anchor, sheet)
        part = _Part(anchor, part.level, heading, (first, *part.pieces[size:]))


def _first_volume(parts: Sequence[_Part], sheet: Sheet) -> int:
    """初めの巻に入る節の数。"""
    return _most(len(parts), lambda n: _fits(parts[:n], sheet))


def _first_pieces(part: _Part, sheet: Sheet) -> int:
    """1 巻に入る、節の初めからの段落の数。見出しだけにはしない。"""
    pieces = part.pieces
    found = _most(len(pieces), lambda n: _fits([replace(part, pieces=pieces[:n])], sheet))
    return max(2, found)


def _most(last: int, fits: Callable[[int], bool]) -> int:
    """``fits`` の成り立つ、いちばん大きい数（1 から ``last``。どれも成り立たなければ 1）。"""
    if fits(last):  # ふつうは、みな入る
        return last
    return max(1, bisect_left(range(1, last + 1), True, key=lambda n: not fits(n)))


def _fits(parts: Sequence[_Part], sheet: Sheet) -> bool:
    pages, _ = paginate([p for part in parts for p in part.pieces], sheet, 1)
    size = 1 + len(_contents(parts, {}, sheet)) + len(pages)
    return size <= MAX_SHEETS * sheet.sides


def _volume(
    publication: Publication,
    sheet: Sheet,
    read: Read,
    parts: Sequence[_Part],
    number: int,
    total: int,
) -> Volume:
    title = _title_page(publication, sheet, read, number, total)
    size = len(
        _contents(parts, {}, sheet)
    )  # 番号のための場所はいつも同じなので、ページの数は変わらない
    body, anchors = paginate([p for part in parts for p in part.pieces], sheet, 2 + size)
    return Volume((title, *_contents(parts, anchors, sheet), *body))


def _title_page(
    publication: Publication, sheet: Sheet, read: Read, number: int, total: int
) -> Page:
    issuer = braille_line(read(publication.plan.issuer))
    date = f"{publication.date.year}ネン {publication.date.month}ガツ"
    rows = [
        "", "", *_centered(issuer, sheet), "", *_centered(braille_line(publication.title.runs), sheet),
        *_centered(_REGISTERS[publication.register], sheet), "",
        *_centered(f"ダイ{number}カン（ゼン{total}カン）" if total > 1 else "", sheet), "",
        *_centered(date, sheet),
    ]  # fmt: skip
    return Page(1, rows=[Row(row) for row in rows[: sheet.body]])


def _centered(line: str, sheet: Sheet) -> list[str]:
    wrapped = wrap(to_cells(line), 0, 0, sheet.cells - 4) if line else []
    return [BLANK * ((sheet.cells - len(row)) // 2) + row for row in wrapped]


def _contents(parts: Sequence[_Part], anchors: Mapping[str, int], sheet: Sheet) -> list[Page]:
    """目次。見出しの後に点線を引き、ページの番号を右の端に書く。``anchors`` が空なら、番号はまだない。"""
    rows = [Row(BLANK * _HEADINGS[1] + to_cells("モクジ")), Row("")]
    for part in parts:
        indent = 2 * (min(part.level, 3) - 1)
        label = to_cells(str(anchors[part.anchor])) if anchors else ""
        *above, last = wrap(part.heading, indent, indent + 4, sheet.cells - NUMBER_CELLS - 3)
        leader = LEADER * (sheet.cells - len(last) - len(label) - 2)
        rows += [Row(line, ends=False) for line in above]
        rows.append(Row(f"{last}{BLANK}{leader}{BLANK}{label}"))
    starts = range(0, len(rows), sheet.body)
    return [Page(n, rows=rows[i : i + sheet.body]) for n, i in enumerate(starts, 2)]


def _part(section: Section, sheet: Sheet) -> _Part:
    heading = text_cells([section.heading])
    pieces = [_heading(heading, section.level, section.id, sheet)]
    for block in section.blocks:
        pieces += _block(block)
    return _Part(section.id, section.level, heading, tuple(pieces))


def _heading(cells: str, level: int, anchor: str, sheet: Sheet) -> Piece:
    indent = _HEADINGS.get(level, 4)
    running = None
    if level == 1:
        running = cells if len(cells) <= sheet.cells - NUMBER_CELLS - 2 else ""
    return Piece(cells, indent, indent + 2, gap=1, heading=True, anchor=anchor, running=running)


def _block(block: Block) -> Iterator[Piece]:
    match block:
        case Paragraph(sentences):
            yield Piece(text_cells(sentences))
        case Note(sentences):
            yield Piece(to_cells("（チュー） ") + text_cells(sentences), 4, 2)
        case List(items, ordered):
            for number, item in enumerate(items, 1):
                yield from _item(item, f"{number} " if ordered else "※ ")
        case Table():
            yield from _table(block)
        case Image(_, alternative):
            yield Piece(to_cells("シャシン： ") + text_cells([alternative]), 4, 2)


def _item(item: Item, mark: str) -> Iterator[Piece]:
    yield Piece(to_cells(mark) + text_cells(item.sentences), 2, 4)
    if item.document and item.document.url:
        yield Piece(to_cells(f"⠠⠦{item.document.url}⠠⠴"), 4, 4)


def _table(table: Table) -> Iterator[Piece]:
    """表。1 行ずつ、欄の見出しを付けて読む。"""
    if table.caption:
        yield Piece(to_cells("ヒョー： ") + text_cells([table.caption]), 4, 6, gap=1, heading=True)
    for row in table.rows:
        for place, (head, cell) in enumerate(zip(table.header, row, strict=True)):
            if cell.text.strip():
                label = f"{braille_line(head.runs)}： " if head.text.strip() else ""
                yield Piece(to_cells(label) + text_cells([cell]), 2 if place == 0 else 4, 6)


def _words(explained: Sequence[Explained], sheet: Sheet) -> _Part:
    heading = to_cells("コトバノ セツメイ")
    pieces = [_heading(heading, 1, "words_", sheet)]
    for entry in explained:
        word, meaning = braille_line(entry.word), braille_line(entry.explanation)
        pieces.append(Piece(to_cells(f"{word}： {meaning}"), 2, 4))
    return _Part("words_", 1, heading, tuple(pieces))


def _colophon(publication: Publication, read: Read, sheet: Sheet) -> _Part:
    plan = publication.plan
    made = f"{publication.date.year}ネン {publication.date.month}ガツ"
    rows = [
        f"ショメイ： {braille_line(publication.title.runs)}",
        f"ハッコー： {braille_line(read(plan.issuer))}",
        f"モトノ シリョー： {braille_line(read(plan.source))}" if plan.source else "",
        "テンヤク： コノ テンジワ、 ソフトウェア 「ツタワル」ガ ツクリマシタ。",
        f"テンジノ コーセイ： {_UNCHECKED.format('テンジヲ ヨム ヒト')}",
        f"ヨミノ コーセイ： {_checked(publication.proofread)}",
        f"テンジバン セイサク： {made}",
    ]
    heading = to_cells("オクヅケ")
    first = replace(_heading(heading, 1, "colophon_", sheet), new_page=True)
    return _Part("colophon_", 1, heading, (first, *(Piece(to_cells(r), 2, 4) for r in rows if r)))


def _checked(day: datetime.date | None) -> str:
    if day is None:
        return _UNCHECKED.format("ヒト")
    spoken = _DAYS.get(day.day, f"{day.day}ニチ")
    return f"コーセイズミ（{day.year}ネン {day.month}ガツ {spoken}ニ、 ヒトガ タシカメマシタ）"
