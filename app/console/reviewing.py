"""確かめる稿を、見せる形にする: 違い、画像、しらせ、いっしょに承認する読みの辞書。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.console.comparison import Comparison, Piece, compare, pieces
from app.console.frame import Asked, Console, NotFound, Visitor, named
from app.console.readings_table import in_words
from app.console.words import KINDS
from content.database import reading
from content.events import APPROVALS, state_of
from content.model import REGISTERS, Publication
from content.problems import NotationError
from content.revisions import pictures_of
from content.workflow import Action, Desk, Event, Kind, Revision, State
from content.workflow.rules import authors

if TYPE_CHECKING:
    from accessibility.plain import Report

_KINDS: tuple[Kind, ...] = (*REGISTERS, "readings")


@dataclass(frozen=True, slots=True)
class PictureChange:
    """画像ひとつ。``revision`` は、その画像のある稿の番号。"""

    name: str
    change: Literal["same", "changed", "added", "removed"]
    revision: int


@dataclass(frozen=True, slots=True)
class Reading:
    """いっしょに承認する読みの辞書の稿と、使っている辞書との違い。"""

    revision: Revision
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """1 つの文章の、見せる稿 ``revision`` と、比べる稿 ``against``。

    ``history`` は稿のすべて、``events`` はできごとのすべて（どちらも古い順）。
    """

    desk: Desk
    history: tuple[Revision, ...]
    events: tuple[Event, ...]
    revision: Revision
    against: Revision | None

    @property
    def state(self) -> State:
        return self.state_of(self.revision)

    @property
    def is_latest(self) -> bool:
        return self.revision.id == self.desk.latest.id

    @property
    def writers(self) -> tuple[str, ...]:
        """書いた人と提出した人。承認はできない。"""
        return tuple(sorted(authors(self.history, self.events, self.revision)))

    @property
    def mine(self) -> tuple[Event, ...]:
        """見せる稿の、できごと。"""
        return tuple(e for e in self.events if e.revision == self.revision.id)

    @property
    def submitted(self) -> Event | None:
        """最後の提出。"""
        return self._last("submitted")

    @property
    def approved(self) -> Event | None:
        """最後の提出の後の承認。"""
        found, sent = self._last(*APPROVALS), self.submitted
        return found if found and sent and found.id > sent.id else None

    def state_of(self, revision: Revision) -> State:
        published = self.desk.published
        return state_of(self.events, revision.id, published.id if published else None)

    def _last(self, *actions: Action) -> Event | None:
        return next((e for e in reversed(self.mine) if e.action in actions), None)

    @property
    def comparison(self) -> Comparison:
        """``against`` がなければ、見せる稿そのもの（違いなし）。読みの辞書は、言葉にして比べる。"""
        texts = [(self.against or self.revision).text, self.revision.text]
        if self.desk.kind == "readings":
            texts = [in_words(text) for text in texts]
        return compare(*texts)


def case(console: Console, visitor: Visitor, asked: Asked) -> Case:
    """求められた文章の、求められた稿。ないか、受け持ちでなければ ``NotFound``。

    ``?revision=`` がなければいちばん新しい稿、``?against=`` がなければ公開中の稿と比べる（0 なら比べない）。
    """
    desk = desk_of(console, visitor, asked.subject, asked.path["register"])
    history = console.approvals.history(desk.subject, desk.kind)
    revision = _numbered(history, asked.query.get("revision", ""))
    revision = revision or desk.latest
    against = asked.query.get("against", "")
    other = _numbered(history, against) if against else _usual(desk, history, revision)
    if other == revision:
        other = None
    events = console.approvals.events(desk.subject, desk.kind)
    return Case(desk, history, events, revision, other)


def desk_of(console: Console, visitor: Visitor, subject: str, register: str) -> Desk:
    """文章か読みの辞書の今。ないか、受け持ちでなければ ``NotFound``。"""
    kind = next((k for k in _KINDS if k == register), None)
    desk = console.approvals.desk(subject, kind) if kind else None
    if desk is None or not visitor.actor.serves(desk.latest.council):
        raise NotFound("その文章はありません。最初のページの一覧から選んでください。")
    return desk


def _usual(desk: Desk, history: Sequence[Revision], revision: Revision) -> Revision | None:
    """比べる稿。公開中の稿か、それを見せるのなら、そのもとの稿。"""
    if desk.published is not None and desk.published.id != revision.id:
        return desk.published
    return next((r for r in history if r.id == revision.parent), None)


def _numbered(history: Sequence[Revision], number: str) -> Revision | None:
    """番号の稿。0 と空は ``None``。ほかの文章の稿は、見せない。"""
    if number in ("", "0"):
        return None
    found = next((r for r in history if str(r.id) == number), None)
    if found is None:
        raise NotFound("その稿はありません。稿の一覧から選んでください。")
    return found


def title_of(console: Console, revision: Revision) -> str:
    """「第6期計画（やさしい日本語）」。"""
    if revision.kind in REGISTERS:
        return named(console.title(revision), revision.kind)
    return f"{KINDS[revision.kind]}（{console.name_of_council(revision.council)}）"


def pictures(console: Console, found: Case) -> tuple[PictureChange, ...]:
    """使う画像と、なくなった画像。文字が同じでも、画像の中身が替わることがある。"""
    with reading(console.engine) as connection:
        new = pictures_of(connection, found.revision.id)
        old = pictures_of(connection, found.against.id) if found.against else new
    changes: list[PictureChange] = []
    for name in sorted(new.keys() | old.keys()):
        if name not in new and found.against is not None:
            changes.append(PictureChange(name, "removed", found.against.id))
        elif name not in old:
            changes.append(PictureChange(name, "added", found.revision.id))
        else:
            same = old[name] == new[name]
            changes.append(PictureChange(name, "same" if same else "changed", found.revision.id))
    return tuple(changes)


def readings(console: Console, found: Case) -> Reading | None:
    """いっしょに提出された、読みの辞書。"""
    sent = found.submitted
    if sent is None or sent.readings is None or found.state not in ("submitted", "approved"):
        return None
    revision = console.approvals.revision(sent.readings)
    desk = console.approvals.desk(found.revision.council, "readings")
    if revision is None or desk is None:
        return None
    before = in_words(desk.published.text) if desk.published else ""
    return Reading(revision, pieces(before, in_words(revision.text)))


def report(console: Console, found: Case) -> Report | None:
    """やさしい日本語の検査。ふつうの文章と、読めない稿は ``None``。"""
    if found.revision.kind != "plain":
        return None
    from accessibility.plain import ExcusesError, check_publication, parse_excuses

    tables = console.approvals.desk(found.revision.council, "excuses")
    try:
        shown = tables.published if tables else None
        excuses = parse_excuses(shown.text) if shown else ()
        plain = console.approvals.publication(found.revision)
        standard = standard_of(console, found.revision.subject)
    except (NotationError, ExcusesError):
        return None
    return check_publication(plain, standard, excuses, found.revision.text)


def standard_of(console: Console, subject: str) -> Publication | None:
    """もとの、ふつうの文章。公開中のものか、まだなければ、いちばん新しい稿。"""
    desk = console.approvals.desk(subject, "standard")
    return console.approvals.publication(desk.published or desk.latest) if desk else None
