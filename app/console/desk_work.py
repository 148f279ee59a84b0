"""1 つの文章を書きはじめるもと: 保存した稿、その人の書きかけ、まだ書いていないやさしい文章。"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from app.console.frame import Asked, Console, NotFound, Visitor
from app.console.manuscript import Manuscript, split
from content.model import REGISTERS, Publication, Register
from content.notation import parse
from content.problems import NotationError
from content.workflow import Desk, Revision, Work

if TYPE_CHECKING:
    from accessibility.plain import Excuse

BESIDE: dict[Register, Register] = {"plain": "standard"}
"""横に置いて見ながら書く文章。"""


@dataclass(frozen=True, slots=True)
class Opened:
    """開いた文章。

    ``saved`` は保存した文章（まだなければ、書きはじめの形）、``kept`` は、それと違う、その人の書きかけ。
    ``desk`` は、まだ稿がなければ ``None``。``beside`` は、横に置く文章の今（なければ ``None``）。
    """

    saved: Work
    kept: Work | None
    desk: Desk | None
    beside: Desk | None

    @property
    def subject(self) -> str:
        return self.saved.subject

    @property
    def council(self) -> str:
        return self.subject.split("/")[0]

    @property
    def register(self) -> Register:
        return cast(Register, self.saved.kind)

    @property
    def beside_manuscript(self) -> Manuscript | None:
        return split(self.beside.opening.text) if self.beside else None


def opened(console: Console, visitor: Visitor, asked: Asked) -> Opened:
    """場所（``{council}/{name}/{register}``）の文章。ないか、受け持ちでなければ ``NotFound``。"""
    register = asked.path["register"]
    if register not in REGISTERS or not visitor.actor.serves(asked.path["council"]):
        raise _missing()
    desk = console.approvals.desk(asked.subject, register)
    kept = console.drafts.kept(asked.subject, register, visitor.actor)
    beside = None
    if register in BESIDE:
        beside = console.approvals.desk(asked.subject, BESIDE[register])
    if desk is not None:
        saved = Work(asked.subject, register, desk.opening.text, desk.latest.id)
    elif beside is not None:
        saved = Work(asked.subject, register, _unwritten(beside))
    elif kept is not None:
        saved = replace(kept, pictures=())
    else:
        raise _missing()
    if kept is not None and desk is not None and kept.text == saved.text:
        kept = None
    return Opened(saved, kept, desk, beside)


def _missing() -> NotFound:
    return NotFound("その文章はありません。最初のページの一覧から選んでください。")


def _unwritten(standard: Desk) -> str:
    """見出しだけの原稿。中身は、これから書く。"""
    manuscript = split(standard.opening.text)
    if manuscript is None:  # 保存された稿は、いつも分けられる
        raise _missing()
    parts = tuple(replace(part, body="") for part in manuscript.parts)
    front = {**manuscript.front, "校正": ""}
    return replace(manuscript, front=front, parts=parts).joined().text


def publication_of(console: Console, visitor: Visitor, work: Work) -> Publication:
    """書いたものを読む。画像は、もとの稿と書きかけのもの。誤りは ``NotationError``。"""
    base = console.approvals.revision(work.base) if work.base else None
    saved = readable(console, base) if base else None
    kept = console.drafts.kept(work.subject, work.kind, visitor.actor)
    pictures = [*(saved.pictures if saved else ()), *(kept.pictures if kept else ())]
    held = {p.name: p.data for p in pictures}
    register = cast(Register, work.kind)
    return parse(work.text, work.subject, register, file="文章", load_picture=held.get)


def readable(console: Console, revision: Revision) -> Publication | None:
    """稿の中身。前のプログラムの書き方で読めなければ ``None``。"""
    try:
        return console.approvals.publication(revision)
    except NotationError:
        return None


def excuses_of(console: Console, council: str) -> tuple[Excuse, ...]:
    """社協の、認めたしらせ。"""
    from accessibility.plain import parse_excuses

    desk = console.approvals.desk(council, "excuses")
    return parse_excuses(desk.opening.text) if desk else ()
