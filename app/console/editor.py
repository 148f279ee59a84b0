"""書く画面のページ: 節ごとに書くところ、書きかけを選ぶところ、2 人の文章を合わせるところ。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from app.console.comparison import Piece, pieces
from app.console.desk_work import BESIDE, Opened
from app.console.frame import Asked, Console, Fault, Visitor, named, url
from app.console.imported import places_by_section
from app.console.lapsing import Lapsing
from app.console.manuscript import FRONT, Joined, Manuscript, Part, split
from app.console.merging import merge
from app.console.remarks import Checked
from content.workflow import Conflict, Work

LONG = 20_000
"""これより長い文章（字）は、開いたときや書いている間には確かめない（2 秒より長くかかる）。"""
_LINE = 38
"""文を書く所の、1 行のおよその字の数。"""
_MOST_LINES = 24
_PICTURE = re.compile(r"!\[((?:\\.|[^\[\]\\])*)\]\(([^()/]+)\)")


@dataclass(frozen=True, slots=True)
class Row:
    """画面の節ひとつ。``number`` は 1 から。``beside`` は、横に置く節とその番号。"""

    number: int
    part: Part
    beside: Part | None
    beside_number: int

    @property
    def name(self) -> str:
        return self.part.heading or "新しい節"

    @property
    def pictures(self) -> tuple[tuple[str, str], ...]:
        """節の画像の（説明, 名前）。"""
        return tuple(_PICTURE.findall(self.part.body))

    @property
    def lines(self) -> int:
        """文を書く所の高さ（行）。"""
        return _lines(self.part.body)

    @property
    def unwritten(self) -> bool:
        """横の節に文があるのに、まだ書いていないか。"""
        return bool(self.beside and self.beside.body and not self.part.body)


@dataclass(frozen=True, slots=True)
class Difference:
    """2 人の文章の違うところひとつ。``pieces`` の ``added`` は自分だけ、``removed`` は相手だけの文字。"""

    place: str
    name: str
    both: bool
    pieces: tuple[Piece, ...]


# ページ ---------------------------------------------------------------------------


def editor_page(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    found: Opened,
    base: int | None,
    manuscript: Manuscript | None,
    joined: Joined,
    faults: Sequence[Fault] = (),
    result: Checked | None = None,
    lapsing: Lapsing | None = None,
) -> Response:
    beside = found.beside_manuscript
    kept = console.drafts.kept(found.subject, found.register, visitor.actor)
    council, name = found.subject.split("/")
    places = console.text_places(visitor)
    links = console.links(places, council=council, name=name, register=found.register)
    return console.page(
        visitor,
        asked,
        "edit.html",
        _title(console, found, "編集"),
        faults,
        found=found,
        base=base,
        kept_mark=kept.mark if kept else "",
        overtaken=found.desk is not None and base != found.desk.latest.id,
        front=FRONT,
        manuscript=manuscript,
        text=joined.text,
        text_lines=_lines(joined.text),
        rows=_rows(manuscript, beside),
        missing=_missing(manuscript, beside),
        long=result is None and len(joined.text) > LONG,
        unsure=places_by_section(console, visitor, found.subject, manuscript)
        if found.register == "standard"
        else {},
        asked_whole=bool(asked.query.get("whole")) or "text" in asked.form,
        result=result,
        lapsing=lapsing,
        open_front=found.desk is None
        or bool(asked.query.get("front"))
        or any(f.field.startswith("front_") for f in faults),
        next_register=next((r for r, other in BESIDE.items() if other == found.register), ""),
        links=[link for link in links if not link[1].startswith(url("edit"))],
        may_excuse=visitor.is_one_of(("administrator",)),
    )


def _rows(manuscript: Manuscript | None, beside: Manuscript | None) -> tuple[Row, ...]:
    if manuscript is None:
        return ()
    others = {part.id: (part, n) for n, part in enumerate(beside.parts if beside else (), 1)}
    return tuple(
        Row(number, part, *others.get(part.id, (None, 0)))
        for number, part in enumerate(manuscript.parts, 1)
    )


def _missing(manuscript: Manuscript | None, beside: Manuscript | None) -> tuple[Part, ...]:
    """横の文章にあって、まだない節。"""
    if manuscript is None or beside is None:
        return ()
    ids = {part.id for part in manuscript.parts}
    return tuple(part for part in beside.parts if part.id not in ids)


def _title(console: Console, found: Opened, doing: str) -> str:
    source = found.desk or found.beside
    title = console.title(source.opening) if source else found.subject
    return f"{doing}: {named(title, found.register)}"


def _lines(text: str) -> int:
    return min(3 + sum(len(line) // _LINE + 1 for line in text.split("\n")), _MOST_LINES)


def choose_page(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    found: Opened,
    kept: Work,
    *,
    discarding: bool = False,
) -> Response:
    """書きかけが残っている。続きを書くか、捨てるかを、見比べて選ぶ。

    ``discarding`` は、捨てるボタンが押されて、もう 1 度確かめること。
    """
    return console.page(
        visitor,
        asked,
        "edit_choose.html",
        _title(console, found, "書きかけを捨てる" if discarding else "書きかけ"),
        found=found,
        discarding=discarding,
        overtaken=kept.base != found.saved.base,
        pieces=pieces(found.saved.text, kept.text),
    )


def conflict_page(
    console: Console, visitor: Visitor, asked: Asked, found: Opened, conflict: Conflict
) -> Response:
    """2 つの文章を並べ、合わせてから保存する。"""
    mine, theirs = split(conflict.mine.text), split(conflict.theirs.text)
    if mine is None or theirs is None:  # 保存できる文章は、いつも分けられる
        raise conflict
    merged = merge(split(conflict.base.text) if conflict.base else None, mine, theirs)
    differences = tuple(
        Difference(pair.place, pair.name, pair.both, pieces(pair.theirs, pair.mine))
        for pair in merged.pairs
    )
    return console.page(
        visitor,
        asked,
        "edit_conflict.html",
        _title(console, found, "2 つの文章を合わせる"),
        (Fault(str(conflict), "conflicts"),),
        status=409,
        found=found,
        theirs=conflict.theirs,
        kept_mark=conflict.mine.mark,
        front=FRONT,
        manuscript=merged.manuscript,
        rows=_rows(merged.manuscript, None),
        differences={d.place: d for d in differences if d.place},
        gone=tuple(d for d in differences if not d.place),
    )
