"""取り込みの途中の形。もとの資料から読んだ順の、見出しとブロック。

文章は、まだ原稿の書き方にしていない文字（``characters`` の目印でふりがなを持つ）である。
"""

from __future__ import annotations

from dataclasses import dataclass

from content.intake.draft import Remark


@dataclass(frozen=True, slots=True)
class Heading:
    """見出し。``rank`` は小さいほど上（1 から。組み立てるときに、段の飛びを詰める）。"""

    text: str
    rank: int


@dataclass(frozen=True, slots=True)
class Text:
    """段落。``note`` は、注であること。"""

    text: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """箇条書き。``links`` は、項目ごとのリンク先（なければ空）。"""

    texts: tuple[str, ...]
    links: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """表。``rows`` の最初が見出しの行。すべての行の欄の数は同じ。"""

    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """写真や図。中身は取り込まない。"""

    alternative: str


Content = Heading | Text | Items | Grid | Figure


@dataclass(frozen=True, slots=True)
class Piece:
    """読んだもの ひとつと、それについての知らせ。``page`` は、段落のあるもとのページ（なければ 0）。"""

    content: Content
    remarks: tuple[Remark, ...] = ()
    page: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """資料ひとつを読んだ結果。``remarks`` は、資料の全体についての知らせ。"""

    title: str
    pieces: tuple[Piece, ...]
    remarks: tuple[Remark, ...] = ()
    pages: int = 0


def words(content: Content) -> str:
    """くらべるための文字。"""
    match content:
        case Heading(text) | Text(text) | Figure(text):
            return text
        case Items(texts):
            return "\n".join(texts)
        case Grid(rows, caption):
            return "\n".join((caption, *("\t".join(row) for row in rows)))
