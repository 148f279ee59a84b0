"""行から、見出し・段落・箇条書きを組み立てる。折り返された行をつなぎ、行の頭の印を読む。"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from content.intake.characters import join, plain, undoubled
from content.intake.draft import Remark
from content.intake.marks import Mark, ends_sentence, mark
from content.intake.pieces import Grid, Heading, Items, Piece, Text

_SHORT = 40  # これより長い行は、印があっても見出しと見ない（字）
_GUESSED = 30  # 印も字の大きさもなく、見出しと見る長さ（字）
_BELOW = 10  # 印から見た見出しは、字の大きさや書式から分かった見出しの下に置く
_GUESSED_RANK = 3
# 計画の書に決まってある見出し。この節からは計画の事実を取り出す（content.model）。
_KNOWN = re.compile(r"(?:第\d+期(?:計画)?\s*)?(?:(?:基本|重点)?(?:理念|目標)|具体的な取組)")
# 名づける言い方で終わる行。かっこや波線で始まるものは、副題や添え書きである。
_NAMING = re.compile(r"[^(（~～].*(?:[一-龠々ァ-ヶー0-9A-Za-z）)]|とは|について|づくり|[りいちう])")
_CONTINUES = tuple("、・のとやをにがはへ")


@dataclass(frozen=True, slots=True)
class Line:
    """もとの資料の 1 行。

    ``full`` は、折り返しの幅いっぱいまで書かれていること。``starts`` は、前の行と続かないと分かって
    いること（段落の頭、字下げ、行間のあき）。``rank`` は、字の大きさから分かった見出しの段（0 は本文）。
    ``moved`` は、前の行から段かページが変わったこと。``forced`` は、別の段落だったのに続きと見たこと。
    """

    text: str
    full: bool = False
    starts: bool = False
    rank: int = 0
    page: int = 0
    moved: bool = False
    forced: bool = False
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Passage:
    """つないだ行。"""

    text: str
    mark: Mark
    rank: int
    page: int
    lines: int
    remarks: tuple[Remark, ...]


def assembled(parts: Iterable[Line | Piece], *, guess: bool) -> Iterator[Piece]:
    """行とそのほかのまとまりが並んだものの、行のところを ``assemble`` する。"""
    lines: list[Line] = []
    for part in parts:
        if isinstance(part, Line):
            lines.append(part)
            continue
        before_list = isinstance(part.content, Items | Grid)
        yield from assemble(lines, guess=guess, before_list=before_list)
        lines = []
        yield part
    yield from assemble(lines, guess=guess)


_LIST = _Passage("", Mark("bullet", ""), 0, 0, 0, ())


def assemble(lines: Sequence[Line], *, guess: bool, before_list: bool = False) -> Iterator[Piece]:
    """行の列を、読む順の見出しとブロックにする。

    ``guess`` は、印も字の大きさもない短い行を、見出しと見てよいこと（ほかに見出しのない資料）。
    ``before_list`` は、最後の行のすぐ下に箇条書きか表があること。
    """
    passages = list(_passages(lines))
    below = [*passages[1:], _LIST if before_list else None]
    for last, run in _runs(passages):
        yield from _pieces(run, below[last], guess)


def _passages(lines: Sequence[Line]) -> Iterator[_Passage]:
    held: list[Line] = []
    for line in lines:
        if held and not _joins(held, line):
            yield _passage(held)
            held = []
        held.append(line)
    if held:
        yield _passage(held)


def _joins(held: Sequence[Line], below: Line) -> bool:
    """つづきの行か。文の終わり、行の頭の印、見出しの変わり目では、つながない。"""
    above = held[-1]
    if below.starts or above.rank != below.rank or mark(below.text).kind:
        return False
    if mark(above.text).kind == "heading" and mark(above.text).style == "【":
        return False
    if above.rank:
        return above.full or above.text.rstrip().endswith(_CONTINUES)
    text = above.text.rstrip()
    unfinished = len(held) > 1 and not ends_sentence(text) and text.endswith(_CONTINUES)
    return above.full or below.forced or text.endswith("、") or unfinished


def _passage(lines: Sequence[Line]) -> _Passage:
    text, remarks = lines[0].text, list(lines[0].remarks)
    unsure: list[str] = []
    for above, below in pairwise(lines):
        text = join(text, below.text)
        remarks += below.remarks
        if below.moved or not above.full:
            unsure.append(f"{plain(above.text).rstrip()[-8:]}／{plain(below.text).lstrip()[:8]}")
    if unsure:
        message = "／のところで行をつなぎました。つづきかどうか確かめてください。"
        remarks.append(Remark("joined", message, "、".join(unsure), lines[0].page))
    text = text.strip()
    if (once := undoubled(text)) != text:
        message = "同じ文字が二重に置かれていたので（影文字など）、1 つにしました。"
        remarks.append(Remark("doubled", message, plain(once), lines[0].page))
        text = once
    return _Passage(text, mark(text), lines[0].rank, lines[0].page, len(lines), tuple(remarks))


def _runs(passages: Sequence[_Passage]) -> Iterator[tuple[int, Sequence[_Passage]]]:
    """同じ印の続きと、その最後の位置。印のないものと見出しは 1 つずつ。"""
    for _, group in groupby(enumerate(passages), key=lambda pair: _alike(pair[1])):
        positions, members = zip(*group, strict=True)
        marked = members[0].mark.kind in ("bullet", "number", "heading") and not members[0].rank
        step = len(members) if marked else 1
        for start in range(0, len(members), step):
            run = members[start : start + step]
            yield positions[start] + len(run) - 1, run


def _alike(passage: _Passage) -> tuple[str, str, int]:
    return passage.mark.kind, passage.mark.style, passage.rank


def _pieces(run: Sequence[_Passage], following: _Passage | None, guess: bool) -> Iterator[Piece]:
    first, last = run[0], run[-1]
    leads = following is not None and not following.mark.kind and not following.rank
    if first.rank and not first.text.rstrip().endswith("。"):
        yield Piece(Heading(first.text, first.rank), first.remarks)
    elif first.mark.kind == "note":
        yield Piece(Text(first.text, note=True), first.remarks)
    elif first.mark.kind == "bullet":
        yield _items(run, tuple(p.mark.rest for p in run))
    elif first.mark.kind == "heading":
        yield from _marked_headings(run, following is not None)
    elif first.mark.kind == "number" and len(run) == 1 and leads and _can_be_heading(first):
        yield _heading(last, first.text, first.mark.rank, "番号")
    elif first.mark.kind == "number":
        yield _numbered(run)
    elif guess and following is not None and _looks_like_heading(first, following):
        yield _heading(first, first.text, _GUESSED_RANK, "短い行")
    else:
        yield Piece(Text(first.text), first.remarks, first.page)


def _marked_headings(run: Sequence[_Passage], followed: bool) -> Iterator[Piece]:
    """■ などの行。すぐ下に文章のあるものだけが見出しで、その前に並ぶものは箇条書きである。"""
    *listed, last = run
    strong = run[0].mark.rank <= 2 or run[0].mark.style == "【"
    if strong:
        listed = []
    if listed:
        yield _items(listed, tuple(p.mark.rest for p in listed))
    for passage in run if strong else [last]:
        if _can_be_heading(passage) and (followed or strong):
            yield _heading(passage, passage.mark.rest, passage.mark.rank, "印")
        elif strong:
            yield Piece(Text(passage.text), passage.remarks)
        else:
            yield _items([passage], (passage.mark.rest,))


def _can_be_heading(passage: _Passage) -> bool:
    return len(plain(passage.text)) <= _SHORT * 2 and not passage.text.rstrip().endswith("。")


def _looks_like_heading(passage: _Passage, following: _Passage) -> bool:
    """印も字の大きさもない行が、見出しらしいか。体言か決まった言い方で終わり、下に本文がある。"""
    text = plain(passage.text).strip()
    if _KNOWN.fullmatch(text):
        return True
    body = following.mark.kind in ("bullet", "number") or (
        len(plain(following.text)) > _GUESSED and ends_sentence(following.text)
    )
    short = passage.lines == 1 and len(text) <= _GUESSED and "。" not in text
    return bool(short and body and not following.rank and _NAMING.fullmatch(text))


def _heading(passage: _Passage, text: str, rank: int, why: str) -> Piece:
    message = f"{why}から、見出しと見ました。見出しでなければ、本文に戻してください。"
    remark = Remark("heading", message, plain(text), passage.page)
    return Piece(Heading(text, _BELOW + rank), (*passage.remarks, remark))


def _numbered(run: Sequence[_Passage]) -> Piece:
    """番号の付いた箇条書き。①Ⅰ のような印や、1 から始まらない番号は、文字のまま残す。"""
    numbers = [p.mark.number for p in run]
    counted = numbers == list(range(1, len(run) + 1)) and run[0].mark.style in ("plain", "round")
    if counted and len(run) > 1:
        return _items(run, tuple(p.mark.rest for p in run), ordered=True)
    if len(run) == 1:
        return Piece(Text(run[0].text), run[0].remarks)
    return _items(run, tuple(p.text for p in run))


def _items(run: Sequence[_Passage], texts: tuple[str, ...], *, ordered: bool = False) -> Piece:
    remarks = tuple(remark for passage in run for remark in passage.remarks)
    return Piece(Items(texts, ("",) * len(texts), ordered), remarks)
