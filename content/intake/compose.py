"""読んだものを原稿の案にする。見出しの段をそろえ、知らせに原稿の行を付ける。"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from content.intake.characters import clean, compatible, plain, runs
from content.intake.cuts import with_cuts
from content.intake.draft import Draft, IntakeError, Remark
from content.intake.pieces import Figure, Grid, Heading, Items, Piece, Reading, Text, words
from content.model import (
    Block,
    Document,
    Image,
    Item,
    List,
    Note,
    Paragraph,
    Plan,
    Publication,
    Section,
    Sentence,
    Table,
)
from content.notation_write import write

UNKNOWN = "（記入してください）"
"""もとの資料から分からない項目（発行、計画）に書いておく文字。"""

_UNTITLED = "はじめに"
_DEEPEST = 6
_DOCUMENT = re.compile(
    r"(?P<title>.*\S)\s*[\[［](?P<kind>[A-Za-z]+)[/／](?P<size>[^][\\/|｜《》［］]+)[\]］]"
)
_LINK = re.compile(r"https?://[^\s()]+")
_QUOTED = 40  # 知らせに引く文字の長さ


@dataclass(frozen=True, slots=True)
class _Placed:
    """原稿の 1 まとまり（空の行で分かれる）と、それについての知らせ。"""

    content: Section | Block
    remarks: tuple[Remark, ...]


def compose(reading: Reading, file: str, today: datetime.date) -> Draft:
    """原稿の案。``file`` はもとの資料のファイルの名前（出典と、題のないときの表題になる）。

    同じ資料と同じ日からは、同じ文字ができる。
    """
    pieces = with_cuts([p for p in reading.pieces if plain(words(p.content)).strip()])
    if not pieces:
        raise IntakeError(f"{file} には文字がありません。文字のある資料を選んでください。")
    title, pieces = _titled(reading.title, pieces)
    file = clean(file).text.strip()
    placed = list(_placed(pieces))
    publication = Publication(
        "draft/draft",
        "standard",
        _sentence(title if plain(title).strip() else re.sub(r"\.[^.]*$", "", file)),
        Plan(UNKNOWN, UNKNOWN, source=file),
        today,
        tuple(_sections(placed)),
    )
    text = write(publication)
    return Draft(text, tuple(_located(text, reading, placed)), reading.pages)


def _titled(title: str, pieces: list[Piece]) -> tuple[str, list[Piece]]:
    """表題と、残りの中身。最初にただひとつある、いちばん上の見出しは、表題である。

    そのすぐ下に文章があれば見出しにも残し、次の段の見出しと並べる（どの章も同じ高さになる）。
    """
    first, *rest = pieces
    others = [p.content.rank for p in rest if isinstance(p.content, Heading)]
    if not isinstance(first.content, Heading) or first.content.rank >= min(others, default=99):
        return title, pieces
    if rest and isinstance(rest[0].content, Heading):
        return first.content.text, rest
    lowered = replace(first.content, rank=min(others, default=first.content.rank))
    return first.content.text, [replace(first, content=lowered), *rest]


def _placed(pieces: Sequence[Piece]) -> Iterator[_Placed]:
    """見出しと中身。本文の最初に見出しがなければ置き、見出しの段の飛びを詰める。"""
    above: list[int] = []  # いまの見出しと、その上の見出しの rank
    number = count(1)
    for index, piece in enumerate(pieces):
        if isinstance(piece.content, Heading):
            while above and above[-1] >= piece.content.rank:
                above.pop()
            above.append(piece.content.rank)
            level = min(len(above), _DEEPEST)
            yield _Placed(_section(piece.content.text, level, next(number)), piece.remarks)
            continue
        if index == 0:
            message = "本文の最初に見出しがないので、仮の見出しを置きました。"
            remark = Remark("heading", message, _UNTITLED)
            yield _Placed(_section(_UNTITLED, 1, next(number)), (remark,))
        yield _Placed(_block(piece.content), piece.remarks)


def _section(heading: str, level: int, number: int) -> Section:
    """節。目印は順の番号にする（見出しを書き直しても、ページの住所が変わらない）。"""
    return Section(f"section-{number}", level, _sentence(heading))


def _block(content: Text | Items | Grid | Figure) -> Block:
    match content:
        case Text(text, note):
            return Note((_sentence(text),)) if note else Paragraph((_sentence(text),))
        case Items(texts, links, ordered):
            items = tuple(
                _item(text, link)
                for text, link in zip(texts, links, strict=True)
                if plain(text).strip()
            )
            return List(items, ordered)
        case Grid(rows, caption):
            header, *body = (tuple(_sentence(cell) for cell in row) for row in rows)
            return Table(_sentence(caption) if caption else None, header, tuple(body))
        case Figure(alternative):
            return Image("", _sentence(alternative))


def _sentence(text: str) -> Sentence:
    return Sentence("", runs(re.sub(r"\s+", " ", text).strip()))


def _item(text: str, link: str) -> Item:
    match = _DOCUMENT.fullmatch(plain(text).strip())
    if not match:
        return Item((_sentence(text),))
    title, kind, size = match["title"], match["kind"], match["size"].strip()
    shown = _sentence(f"{title}[{kind}/{size}]")
    return Item((shown,), Document(title, kind, size, link if _LINK.fullmatch(link) else None))


def _sections(placed: Sequence[_Placed]) -> Iterator[Section]:
    current: Section | None = None
    for part in placed:
        if isinstance(part.content, Section):
            if current is not None:
                yield current
            current = part.content
        elif current is not None:
            current = replace(current, blocks=(*current.blocks, part.content))
    if current is not None:
        yield current


def _located(text: str, reading: Reading, placed: Sequence[_Placed]) -> Iterator[Remark]:
    """知らせに、原稿の行を付ける。原稿は、先頭の項目と、空の行で分かれたまとまりからなる。"""
    front, *chunks = text.split("\n\n")
    message = "発行と計画の名前を書き、表題・日付・出典を確かめてください。"
    yield Remark("front-matter", message, line=2)
    if odd := compatible(text):
        message = "このまま残しました。声や点字での読み方を確かめてください。"
        line = text[: text.index(odd[0])].count("\n") + 1
        yield Remark("compatible-character", message, "".join(odd), line=line)
    for remark in reading.remarks:
        yield _shortened(replace(remark, line=1))
    line = front.count("\n") + 3
    for part, chunk in zip(placed, chunks, strict=True):
        for remark in _merged(part.remarks):
            yield _shortened(replace(remark, line=line))
        line += chunk.count("\n") + 2


def _merged(remarks: Sequence[Remark]) -> Iterator[Remark]:
    """同じまとまりについての同じ知らせを、1 つにする。"""
    texts: dict[Remark, list[str]] = {}
    for remark in remarks:
        texts.setdefault(replace(remark, text=""), []).append(remark.text)
    for remark, quoted in texts.items():
        yield replace(remark, text="、".join(text for text in quoted if text))


def _shortened(remark: Remark) -> Remark:
    text = remark.text
    return replace(remark, text=text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…")
