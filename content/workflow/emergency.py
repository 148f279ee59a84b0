"""緊急のお知らせ（災害）。1 人がすぐに出し、ほかの人が後から確かめる。

ふつうの文章、やさしい文章、かなの 3 つを、いつもいっしょに出す。出しても、確かめても、終えても、記録に残る。
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Engine, delete, select

from content.database import Clock, reading, writing
from content.events import Action, Event, events_of, record
from content.notation import BROKEN, TURNING
from content.revisions import (
    Draft,
    Kind,
    Revision,
    add_revision,
    check_councils,
    history_of,
    latest_of,
    publish_revision,
    published_of,
    revision_numbered,
)
from content.tables import PUBLISHED
from content.workflow.people import Actor, NotAllowed, Tell, WorkflowError, require
from content.workflow.rules import OutOfDate

LONGEST = 300
"""どの返事よりも先に言うので、短くする（字）。"""

_KIND: Kind = "emergency"
_NOT_KANA = re.compile(r"[\u3400-\u9fff\uf900-\ufaff々〆〇A-Za-zＡ-Ｚａ-ｚ]")
_UNSEEN = re.compile(f"{BROKEN.pattern}|{TURNING.pattern}|[\t\ufeff]")
"""原稿に書けない文字と、字の並びを変える、目に見えない文字。"""


@dataclass(frozen=True, slots=True)
class EmergencyText:
    """お知らせの言葉。ふつうの文章、やさしい文章、かな。どれも 1 字から ``LONGEST`` 字まで。"""

    standard: str
    plain: str
    kana: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """お知らせ。``announced`` は出した記録、``checked`` はほかの人が確かめた記録、``ended`` は終えた記録。"""

    revision: Revision
    text: EmergencyText
    announced: Event
    checked: Event | None
    ended: Event | None

    @property
    def council(self) -> str:
        return self.revision.subject


class Emergencies:
    """社協ごとの、緊急のお知らせ。"""

    def __init__(self, engine: Engine, now: Clock, tell: Tell) -> None:
        self._engine, self._now, self._tell = engine, now, tell

    def current(self, council: str) -> Emergency | None:
        """出ているお知らせ。"""
        with reading(self._engine) as connection:
            id = published_of(connection, council, _KIND)
            revision = None if id is None else revision_numbered(connection, id)
            if revision is None:
                return None
            return _emergency(revision, events_of(connection, council, _KIND))

    def history(self, council: str) -> tuple[Emergency, ...]:
        """いままでのすべて。古い順。"""
        with reading(self._engine) as connection:
            events = events_of(connection, council, _KIND)
            revisions = history_of(connection, council, _KIND)
        return tuple(_emergency(r, events) for r in revisions)

    def announce(self, council: str, text: EmergencyText, actor: Actor) -> Emergency:
        """1 人ですぐに出す。出ているお知らせがあれば、それに代わる。

        同じ言葉のものがもう出ていれば、それを返す（ボタンを 2 度押しても、2 つにはならない）。
        """
        require(actor, council, "お知らせを出す")
        text = _checked(text)
        written = json.dumps(asdict(text), ensure_ascii=False, indent=1)
        draft = Draft(council, _KIND, written, written)
        with writing(self._engine) as connection:
            check_councils(connection, [draft])
            parent = latest_of(connection, council, _KIND)
            out = published_of(connection, council, _KIND)
            if parent is not None and (parent.id, parent.digest) == (out, draft.digest):
                return _emergency(parent, events_of(connection, council, _KIND))
            at = self._now()
            revision = add_revision(connection, draft, parent, actor.name, "staff", at)
            publish_revision(connection, revision)
            event = self._record(connection, revision, "announced", actor)
        return _emergency(revision, [event])

    def check(self, revision: int, actor: Actor) -> Event:
        """出した人でない人が、確かめたことを残す。"""
        with writing(self._engine) as connection:
            emergency = self._current(connection, revision, actor)
            if actor.name == emergency.revision.author:
                raise NotAllowed(
                    "お知らせを出した人は、自分では確かめられません。ほかの人に頼んでください。"
                )
            if emergency.checked is not None:
                raise OutOfDate("このお知らせは、もう確かめられています。")
            return self._record(connection, emergency.revision, "checked", actor)

    def end(self, revision: int, actor: Actor) -> Event:
        """お知らせを終える。"""
        with writing(self._engine) as connection:
            emergency = self._current(connection, revision, actor)
            where = (PUBLISHED.c.subject == emergency.council, PUBLISHED.c.kind == _KIND)
            connection.execute(delete(PUBLISHED).where(*where))
            return self._record(connection, emergency.revision, "ended", actor)

    def _current(self, connection: Connection, id: int, actor: Actor) -> Emergency:
        revision = revision_numbered(connection, id)
        if revision is None or revision.kind != _KIND:
            raise OutOfDate("そのお知らせはありません。お知らせのページから開き直してください。")
        require(actor, revision.subject, "お知らせを扱う")
        if published_of(connection, revision.subject, _KIND) != id:
            raise OutOfDate(
                "そのお知らせは、もう出ていません。お知らせのページを開き直してください。"
            )
        return _emergency(revision, events_of(connection, revision.subject, _KIND))

    def _record(
        self, connection: Connection, revision: Revision, action: Action, actor: Actor
    ) -> Event:
        event = record(connection, revision, action, actor.name, self._now())
        self._tell(connection, event)
        return event


def emergencies_out(engine: Engine) -> tuple[Emergency, ...]:
    """いま出ているお知らせのすべて。社協の id の順。"""
    where = select(PUBLISHED.c.subject).where(PUBLISHED.c.kind == _KIND)
    with reading(engine) as connection:
        councils = connection.execute(where.order_by(PUBLISHED.c.subject)).scalars().all()
        out: list[Emergency] = []
        for council in councils:
            id = published_of(connection, council, _KIND)
            revision = None if id is None else revision_numbered(connection, id)
            if revision is not None:
                out.append(_emergency(revision, events_of(connection, council, _KIND)))
    return tuple(out)


def _checked(text: EmergencyText) -> EmergencyText:
    """前後の空白を取り、出せる言葉かを確かめる。"""
    found = {name: _lines(value) for name, value in asdict(text).items()}
    names = {"standard": "ふつうの文章", "plain": "やさしい文章", "kana": "かな"}
    for name, said in names.items():
        if not found[name]:
            raise WorkflowError(f"「{said}」がありません。3 つとも書いてください。")
        if len(found[name]) > LONGEST:
            raise WorkflowError(
                f"「{said}」が {len(found[name])} 字あります。{LONGEST} 字までにしてください。"
            )
        if _UNSEEN.search(found[name]):
            raise WorkflowError(f"「{said}」に、目に見えない文字があります。書き直してください。")
    if match := _NOT_KANA.search(found["kana"]):
        raise WorkflowError(
            f"「かな」に、かなでない字「{match[0]}」があります。ひらがなかカタカナで書いてください。"
        )
    return EmergencyText(**found)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _emergency(revision: Revision, events: list[Event]) -> Emergency:
    mine = {e.action: e for e in events if e.revision == revision.id}
    return Emergency(
        revision,
        EmergencyText(**json.loads(revision.text)),
        mine["announced"],
        mine.get("checked"),
        mine.get("ended"),
    )
