"""公開する: いま、時刻を決めて、前の稿に戻して。版を作る進みぐあいと結果。"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from app.console.builds import STATES
from app.console.form import FormFault
from app.console.frame import Asked, Console, Fault, Place, Visitor, faults_of, url
from app.console.lapsing import Lapsing, lapsing_of
from app.console.pointers import same_date
from app.console.progress import site_panel, text_panel
from app.console.reviewing import desk_of, title_of
from app.console.words import from_local, local
from content.events import SHOWN
from content.workflow import Desk, Event, NotAllowed, OutOfDate, Revision, WorkflowError
from content.workflow.people import CHECKERS

_SHOWN_BUILDS = 20
_TIME = re.compile(r"(\d{1,2})(?::|時)(\d{2})分?")

_STARTED = "公開を始めました。版ができると、サイトのページがいっせいに替わります。"


@dataclass(frozen=True, slots=True)
class Earlier:
    """前に公開した稿。``event`` は最後に公開したできごと、``lost`` は戻すと使えなくなるもの。"""

    revision: Revision
    event: Event
    lost: Lapsing


# ひとつの文章 ------------------------------------------------------------------------


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _page(console, visitor, asked)


def send(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """4 つのボタンのどれか。どれも、見ていた稿の番号と要約に対してする。"""
    desk = _desk(console, visitor, asked)
    work = _WORK.get(asked.form["action"])
    history = console.approvals.history(desk.subject, desk.kind)
    if work is None or asked.form.number("revision") not in {r.id for r in history}:
        raise FormFault("画面の様子が変わっています。ページを開き直してください。")
    try:
        said = work(console, visitor, asked)
    except (WorkflowError, FormFault) as error:
        status = 403 if isinstance(error, NotAllowed) else 400
        status = 409 if isinstance(error, OutOfDate) else status
        field = "date" if asked.form["action"] == "schedule" else ""
        return _page(console, visitor, asked, faults_of(error, field), status)
    return console.done(asked, url("publish", desk.subject, desk.kind), said)


def _publish(console: Console, visitor: Visitor, asked: Asked) -> str:
    console.approvals.publish(*_seen(asked), visitor.actor)
    return _STARTED


def _schedule(console: Console, visitor: Visitor, asked: Asked) -> str:
    console.approvals.schedule(*_seen(asked), _due(asked), visitor.actor)
    return "公開を予約しました。その時刻になると、ひとりでに公開します。"


def _unschedule(console: Console, visitor: Visitor, asked: Asked) -> str:
    console.approvals.unschedule(*_seen(asked), visitor.actor)
    return "公開の予約を取り消しました。承認は、そのまま残っています。"


def _restore(console: Console, visitor: Visitor, asked: Asked) -> str:
    console.approvals.restore(*_seen(asked), visitor.actor)
    return f"稿 {asked.form['revision']} に戻します。{_STARTED}"


_WORK: dict[str, Callable[[Console, Visitor, Asked], str]] = {
    "publish": _publish,
    "schedule": _schedule,
    "unschedule": _unschedule,
    "restore": _restore,
}
"""ボタンの値 → すること。できたときの知らせを返す。"""


def _seen(asked: Asked) -> tuple[int, str]:
    return asked.form.number("revision") or 0, asked.form["digest"]


def _due(asked: Asked) -> datetime.datetime:
    """日付と時刻の項目（日本の時刻）。読めなければ ``FormFault``。"""
    date, time = (unicodedata.normalize("NFKC", asked.form[f]).strip() for f in ("date", "time"))
    if not date:
        raise FormFault("公開する日を入れてください。", "date")
    clock = _TIME.fullmatch(time)
    if clock is None:
        raise FormFault("公開する時刻を、9:00 のように入れてください。", "time")
    due = from_local(f"{date.replace('/', '-')}T{clock[1]:0>2}:{clock[2]}")
    if due is None:
        raise FormFault("日付は 2026-12-01、時刻は 9:00 のように入れてください。", "date")
    return due


def _desk(console: Console, visitor: Visitor, asked: Asked) -> Desk:
    return desk_of(console, visitor, asked.subject, asked.path["register"])


def _page(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    faults: Sequence[Fault] = (),
    status: int = 0,
) -> Response:
    desk = _desk(console, visitor, asked)
    waiting = console.approvals.revision(desk.waiting.revision) if desk.waiting else None
    events = console.approvals.events(desk.subject, desk.kind)
    due = desk.waiting.due if desk.waiting else None
    date, _, time = (local(due) if due else "").partition("T")
    may_restore = visitor.is_one_of(CHECKERS)
    return console.page(
        visitor,
        asked,
        "publish.html",
        f"公開: {title_of(console, desk.latest)}",
        faults,
        status=status,
        desk=desk,
        waiting=waiting,
        same_date=waiting is not None and same_date(waiting, desk.published),
        lapsing=lapsing_of(console, desk, waiting) if waiting else Lapsing(),
        date=asked.form["date"] or date,
        time=asked.form["time"] or time,
        earlier=_earlier(console, desk, events, may_restore),
        may_restore=may_restore,
        panel=text_panel(console, desk, events),
        states=STATES,
        address=url("publish", desk.subject, desk.kind),
    )


def _earlier(
    console: Console, desk: Desk, events: Sequence[Event], may_restore: bool
) -> tuple[Earlier, ...]:
    """前に公開した稿。最後に公開したものから。戻せる人にだけ、使えなくなるものを調べる。"""
    last = {e.revision: e for e in events if e.action in SHOWN}
    now = desk.published.id if desk.published else None
    history = {r.id: r for r in console.approvals.history(desk.subject, desk.kind)}
    found: list[Earlier] = []
    for id, event in last.items():
        if id != now:
            lost = lapsing_of(console, desk, history[id]) if may_restore else Lapsing()
            found.append(Earlier(history[id], event, lost))
    return tuple(sorted(found, key=lambda e: e.event.id, reverse=True))


# すべて ----------------------------------------------------------------------------


def show_all(console: Console, visitor: Visitor, asked: Asked) -> Response:
    builds = console.builds.recent(_SHOWN_BUILDS)
    desks = [d for d in console.desks(visitor) if d.waiting]
    waiting = [(title_of(console, d.latest), d) for d in desks]
    return console.page(
        visitor,
        asked,
        "publish_all.html",
        "公開の様子",
        panel=site_panel(console),
        builds=builds,
        waiting=waiting,
        states=STATES,
    )


def again(console: Console, visitor: Visitor, asked: Asked) -> Response:
    console.builds.ask(visitor.account.name)
    return console.done(asked, url("publish"), "版を作り直します。")


def now(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """様子の部分だけ。ページのプログラム（publish.js）が、ときどき読む。"""
    subject, register = asked.query.get("subject", ""), asked.query.get("register", "")
    if subject:
        desk = desk_of(console, visitor, subject, register)
        events = console.approvals.events(desk.subject, desk.kind)
        panel = text_panel(console, desk, events)
    else:
        panel = site_panel(console)
    return console.page(visitor, asked, "publish_now.html", "", panel=panel, states=STATES)


PAGES = (
    Place("/publish", show_all, again, label="公開の様子"),
    Place("/publish/now", now),
    Place("/publish/{council}/{name}/{register}", show, send, label="公開"),
    Place("/publish/{council}/{register}", show, send),  # 読みの辞書だけを承認したとき
)
