"""最初のページ: 待っているもの、書きかけ、知らせ、受け持つ文章のすべて。校正者には、聞く文章の一覧。"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from app.console.frame import EVERYONE, Asked, Console, Place, Visitor, named, url
from app.console.imported import place_of, unsaved
from app.console.notices import AGAIN, TRIES, Notice
from app.console.proof_list import show_books
from app.console.sound_tasks import sound_tasks
from app.console.telling import place, sentence
from content.events import State
from content.workflow import Desk, Event, Work
from content.workflow.people import STAFF

_SHOWN_NOTICES = 50


@dataclass(frozen=True, slots=True)
class Row:
    """文章 1 つの行。``links`` は、その文章のページの（名前, 場所）。"""

    desk: Desk
    title: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """社協 1 つの文章。"""

    council: str
    name: str
    rows: tuple[Row, ...]
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Task:
    """待っていること。``links`` は、するところの（名前, 場所）。"""

    title: str
    what: str
    event: Event | None
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """知らせの文。``place`` は、その文章のページ（なければ空）。"""

    notice: Notice
    text: str
    place: str


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    if not visitor.is_one_of(STAFF):
        return show_books(console, visitor, asked)
    rows = [_row(console, visitor, desk) for desk in console.desks(visitor)]
    shelves = tuple(
        Shelf(
            council,
            name,
            tuple(r for r in rows if r.desk.latest.council == council),
            console.links(console.council_places(visitor), council=council),
        )
        for council, name in console.councils(visitor).items()
    )
    notices = console.notices.recent(visitor.account.name, _SHOWN_NOTICES)
    return console.page(
        visitor,
        asked,
        "home.html",
        "最初のページ",
        shelves=shelves,
        tasks=(
            *_notices_to_check(console, visitor, shelves),
            *_tasks(console, visitor, rows),
            *_readings(console, shelves),
            *_sounds(console, visitor, rows),
            *_unsaved(console, visitor),
            *_unsent(console, visitor),
        ),
        kept=tuple(
            _kept(console, visitor, rows, w) for w in console.drafts.all_kept(visitor.actor)
        ),
        notices=tuple(_told(console, n) for n in notices if n.read_at is None),
    )


def show_notices(console: Console, visitor: Visitor, asked: Asked) -> Response:
    notices = console.notices.recent(visitor.account.name, _SHOWN_NOTICES)
    told = tuple(_told(console, notice) for notice in notices)
    return console.page(visitor, asked, "notices.html", "知らせ", notices=told)


def read_notices(console: Console, visitor: Visitor, asked: Asked) -> Response:
    up_to = asked.form.number("up_to") or 0
    console.notices.read(visitor.account.name, up_to)
    return console.done(asked, url("notices"), "知らせを、読んだことにしました。")


def _row(console: Console, visitor: Visitor, desk: Desk) -> Row:
    council, name = desk.subject.split("/")
    places = console.text_places(visitor)
    links = console.links(places, council=council, name=name, register=desk.kind)
    return Row(desk, console.title(desk.latest), links)


def _tasks(console: Console, visitor: Visitor, rows: list[Row]) -> tuple[Task, ...]:
    """その人が次にすること。急ぐもの（承認）から。"""
    actor = visitor.actor
    found: list[tuple[int, Task]] = []
    for row in rows:
        desk = row.desk
        title = named(row.title, desk.kind)
        if desk.state == "submitted" and not console.approvals.objection(
            desk.latest.id, actor, reason="代理"
        ):
            what = "承認を待っています"
            if actor.role == "administrator":
                what += "（確かめる人がいなければ、代理で承認できます）"
            found.append((0, Task(title, what, desk.last, row.links)))
        if desk.state == "returned" and desk.latest.author == actor.name:
            found.append((1, Task(title, "差し戻されました", desk.last, row.links)))
        if desk.waiting is not None and desk.waiting.due is None:
            what = "承認されました。公開できます"
            found.append((2, Task(title, what, desk.waiting, row.links)))
    return tuple(task for _, task in sorted(found, key=lambda pair: pair[0]))


def _notices_to_check(
    console: Console, visitor: Visitor, shelves: tuple[Shelf, ...]
) -> tuple[Task, ...]:
    """2 人めの確かめを待つ、緊急のお知らせ。"""
    found: list[Task] = []
    for shelf in shelves:
        now = console.emergencies.current(shelf.council)
        if now and now.checked is None and now.revision.author != visitor.account.name:
            title = named(shelf.name, "emergency")
            links = (("緊急のお知らせ", url("emergency", shelf.council)),)
            found.append(Task(title, "2 人めの確かめを待っています", now.announced, links))
    return tuple(found)


_READINGS: dict[State, str] = {
    "draft": "の直しが、まだ公開されていません。文章といっしょに提出され、その文章を公開すると、使いはじめます",
    "submitted": "の直しが、承認を待っています",
    "returned": "の直しが、差し戻されました",
    "approved": "の直しが、承認されました。公開できます",
    "scheduled": "の直しが、公開の予約を待っています",
}


def _readings(console: Console, shelves: tuple[Shelf, ...]) -> tuple[Task, ...]:
    """まだ公開していない、読みの辞書の直し。"""
    found: list[Task] = []
    for shelf in shelves:
        desk = console.approvals.desk(shelf.council, "readings")
        if desk and (what := _READINGS.get(desk.opening_state)):
            links = (("直しを見る", url("review", shelf.council, "readings")),)
            found.append(Task(named(shelf.name, "readings"), what, None, links))
    return tuple(found)


def _sounds(console: Console, visitor: Visitor, rows: list[Row]) -> tuple[Task, ...]:
    """校正と録音で、職員を待っているもの。"""
    titles = {(r.desk.subject, r.desk.kind): named(r.title, r.desk.kind) for r in rows}
    return tuple(
        Task(titles.get((subject, kind), subject), what, None, (link,))
        for subject, kind, what, link in sound_tasks(console, visitor)
    )


def _unsaved(console: Console, visitor: Visitor) -> tuple[Task, ...]:
    """その人が取り込んで、まだ下書きにしていない資料。1 日で消える。"""
    what = "を取り込みました。まだ下書きにしていません（取り込みから 1 日で消えます）"
    return tuple(
        Task(found.name, what, None, (("確かめて下書きにする", place_of(found)),))
        for found in unsaved(console, visitor)
    )


def _unsent(console: Console, visitor: Visitor) -> tuple[Task, ...]:
    """管理者に、届いていないメールと、その訳。"""
    unsent = console.notices.unsent(visitor.actor)
    if unsent is None:
        return ()
    names = "、".join(map(console.person, unsent.accounts))
    minutes = AGAIN.seconds // 60
    tried = (
        f"{minutes} 分おきに、{TRIES} 回まで送り直します"
        if unsent.again
        else f"{TRIES} 回送りましたが、届きませんでした"
    )
    what = f"が {names} さんに届いていません。{unsent.fault}{tried}"
    return (Task("知らせのメール", what, None, (("アカウント", url("people")),)),)


def _kept(
    console: Console, visitor: Visitor, rows: list[Row], work: Work
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """書きかけの名前と、その文章のページ。"""
    for row in rows:
        if (row.desk.subject, row.desk.kind) == (work.subject, work.kind):
            return named(row.title, work.kind), row.links[:1]
    council, _, name = work.subject.partition("/")
    places = console.text_places(visitor) if name else ()
    links = console.links(places, council=council, name=name, register=work.kind)
    return named(work.subject, work.kind), links[:1]


def _told(console: Console, notice: Notice) -> Told:
    return Told(notice, sentence(console, notice.event), place(notice.event))


PAGES = (
    Place("", show, None, EVERYONE, "最初のページ"),
    Place("/notices", show_notices, read_notices, label="知らせ"),
)
