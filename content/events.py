"""できごとの記録。稿を、だれが、いつ、どうしたか。増えるだけで、書きかえも消しもできない。"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, insert, select

from content.revisions import Kind, Revision
from content.tables import EVENT

Action = Literal[
    "loaded",
    "submitted",
    "withdrawn",
    "approved",
    "stood_in",
    "returned",
    "scheduled",
    "unscheduled",
    "published",
    "restored",
    "applied",
    "announced",
    "checked",
    "ended",
]
"""できごと。

``loaded`` は原稿フォルダから公開した。``stood_in`` は代理の承認。``unscheduled`` は予約の取り消し。
``restored`` は前の稿に戻した。``applied`` は管理者が社協の表を替えた。``announced``、``checked``、
``ended`` は緊急のお知らせを出し、2 人めが確かめ、終えた。
"""

SHOWN: frozenset[Action] = frozenset({"loaded", "published", "restored", "applied", "announced"})
"""稿を公開したできごと。"""

APPROVALS: frozenset[Action] = frozenset({"approved", "stood_in"})

State = Literal["draft", "submitted", "returned", "approved", "scheduled", "published", "replaced"]
"""稿の今。下書き、提出、差し戻し、承認、公開の予約、公開中、前に公開していた。"""

_AFTER: dict[Action, State] = {
    "submitted": "submitted",
    "withdrawn": "draft",
    "approved": "approved",
    "stood_in": "approved",
    "returned": "returned",
    "scheduled": "scheduled",
    "unscheduled": "approved",
}


@dataclass(frozen=True, slots=True)
class Event:
    """できごとひとつ。``actor`` はアカウントの名前。``digest`` は、そのときの稿の中身の要約。

    ``due`` は公開を予約した時刻（UTC）。``readings`` は、いっしょに確かめた読みの辞書の稿の番号。
    """

    id: int
    subject: str
    kind: Kind
    action: Action
    revision: int
    digest: str
    actor: str
    at: datetime.datetime
    comment: str = ""
    due: datetime.datetime | None = None
    readings: int | None = None


def record(
    connection: Connection,
    revision: Revision,
    action: Action,
    actor: str,
    at: datetime.datetime,
    *,
    comment: str = "",
    due: datetime.datetime | None = None,
    readings: int | None = None,
) -> Event:
    """できごとを残す。"""
    values = {
        "subject": revision.subject,
        "kind": revision.kind,
        "action": action,
        "revision": revision.id,
        "digest": revision.digest,
        "actor": actor,
        "at": at,
        "comment": comment,
        "due": due,
        "readings": readings,
    }
    row = connection.execute(insert(EVENT).values(values).returning(EVENT)).one()
    return Event(**row._mapping)


def events_of(connection: Connection, subject: str, kind: Kind) -> list[Event]:
    """古い順。"""
    rows = connection.execute(
        select(EVENT).where(EVENT.c.subject == subject, EVENT.c.kind == kind).order_by(EVENT.c.id)
    )
    return [Event(**row._mapping) for row in rows]


def state_of(events: Iterable[Event], revision: int, published: int | None) -> State:
    """稿 ``revision`` の今。``events`` は古い順、``published`` は公開中の稿の番号。"""
    if revision == published:
        return "published"
    last = next((e for e in reversed(list(events)) if e.revision == revision), None)
    if last is None:
        return "draft"
    return _AFTER.get(last.action, "replaced")


def newest_shown(events: Iterable[Event]) -> int:
    """公開したことのある、いちばん新しい稿の番号。なければ 0。"""
    return max((e.revision for e in events if e.action in SHOWN), default=0)
