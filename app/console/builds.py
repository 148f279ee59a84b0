"""版を作り直す頼みと、その結果。公開したできごとと同じトランザクションで頼むので、忘れることはない。

出力先（OUT）ごとに作る。待っている頼みは 1 つだけで、後から来た頼みは、それに合わせる。作っている間に来た頼みは、
待っている頼みになる。ほかの出力先への頼みは、ここでも作る（同じデータベースの文章を、どの出力先にも公開する）。
``take`` が 1 つずつ取り出し、作っている間は ``see`` で生きていることを示す。示さなくなったもの（作っていた
プログラムが突然止まった）は、次の ``take`` が、やり直すために取り出す。
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from app.console.making import Said
from content.database import Clock, UtcDateTime, reading, writing
from content.events import SHOWN, Event
from content.tables import EVENT

METADATA = MetaData()
BUILD = Table(
    "build",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("started_at", UtcDateTime),
    # 作っている間、生きていることを示した時刻。
    Column("seen_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    # 作り始めたときの、いちばん新しい、公開したできごと。ここまでのできごとが版に入る。
    Column("event", ForeignKey(EVENT.c.id)),
    Column("tries", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    # 進みぐあいか、結果の文。
    Column("words", Text, nullable=False),
    # 作る出力先（絶対の場所）。空は、まだ分けていなかったころのもので、どの出力先のものともみる。
    Column("out", Text, nullable=False),
    # 頼みの番号。ほかの出力先への同じ頼みは、同じ番号。
    Column("request", Integer, nullable=False),
    Index("build_state", "state"),
)

State = Literal["waiting", "running", "done", "failed"]

STATES: dict[State, str] = {
    "waiting": "作るのを待っています",
    "running": "作っています",
    "done": "公開しました",
    "failed": "公開できませんでした",
}

SILENT = datetime.timedelta(seconds=30)
"""これより長く生きていることを示さなければ、作っていたプログラムは止まったとみる。"""
TRIES = 3
"""作っている間に止まっても、やり直す数。"""
_STOPPED = (
    "作っている途中で、何度も止まりました。見えているページは、前の公開のままです。"
    "システムの担当に知らせてください。"
)


@dataclass(frozen=True, slots=True)
class Build:
    """版の作り直し。

    ``asked_by`` はアカウントの名前。``event`` は、版に入ったできごとの、いちばん新しいものの番号（始めるまで
    は ``None``）。``done`` と ``total`` は、できた数と、作る数。``words`` は画面に出す文。
    """

    id: int
    state: State
    asked_at: datetime.datetime
    asked_by: str
    started_at: datetime.datetime | None
    seen_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    event: int | None
    tries: int
    done: int
    total: int
    words: str
    out: str
    request: int

    @property
    def is_open(self) -> bool:
        """これから作るか、作っているか。"""
        return self.state in ("waiting", "running")


class Builds:
    """出力先 ``out``（絶対の場所）への頼みと結果。``engine`` のデータベースに残る。"""

    def __init__(self, engine: Engine, now: Clock, out: Path) -> None:
        self._engine, self._now, self._out = engine, now, str(out)
        self._mine = BUILD.c.out.in_((self._out, ""))

    # 頼む ------------------------------------------------------------------------

    def tell(self, connection: Connection, event: Event) -> None:
        """公開したできごとなら、作り直しを頼む。``content.workflow`` の ``Tell``。"""
        if event.action in SHOWN:
            self._ask(connection, event.actor)

    def ask(self, by: str) -> None:
        """作り直しを頼む。待っている頼みがあれば、それに合わせる。"""
        with writing(self._engine) as connection:
            self._ask(connection, by)

    def _ask(self, connection: Connection, by: str, request: int = 0) -> None:
        """``request`` は、ほかの出力先への頼みの番号。"""
        if not request:
            request = (connection.execute(select(func.max(BUILD.c.request))).scalar() or 0) + 1
        waiting = select(BUILD.c.id).where(self._mine, BUILD.c.state == "waiting")
        known = connection.execute(waiting).scalar()
        if known is not None:
            _change(connection, known, request=request)
            return
        row = {"state": "waiting", "asked_at": self._now(), "asked_by": by}
        zero = {"tries": 0, "done": 0, "total": 0, "words": ""}
        place = {"out": self._out, "request": request}
        connection.execute(insert(BUILD).values(row | zero | place))

    # 見る ------------------------------------------------------------------------

    def recent(self, limit: int = 20) -> tuple[Build, ...]:
        """新しい順。"""
        with reading(self._engine) as connection:
            mine = select(BUILD).where(self._mine)
            rows = connection.execute(mine.order_by(BUILD.c.id.desc()).limit(limit))
            return tuple(Build(**row._mapping) for row in rows)

    def carrying(self, event: int) -> Build | None:
        """できごと ``event`` を版にした作り直し。まだなら、待つか作っているか、できなかったもの。"""
        with reading(self._engine) as connection:
            row = connection.execute(
                select(BUILD)
                .where(self._mine, BUILD.c.state == "done", BUILD.c.event >= event)
                .order_by(BUILD.c.id)
                .limit(1)
            ).first()
        if row:
            return Build(**row._mapping)
        return next((b for b in self.recent(1) if b.state != "done"), None)

    # 作る人のための入口 ---------------------------------------------------------------

    def take(self) -> Build | None:
        """次に作るもの。ほかのプログラムが作っている間と、頼みのない間は ``None``。"""
        with reading(self._engine) as connection:
            if not self._open(connection) and not self._behind(connection):
                return None  # ほとんどいつもここで終わるので、書く順番を待たない
        now = self._now()
        with writing(self._engine) as connection:
            if newest := self._behind(connection):
                self._ask(connection, newest.asked_by, newest.request)
            for build in self._open(connection):
                if build.state == "running" and build.seen_at and now - build.seen_at < SILENT:
                    return None
                if build.tries >= TRIES:
                    _change(connection, build.id, state="failed", ended_at=now, words=_STOPPED)
                    continue
                shown = select(func.max(EVENT.c.id)).where(EVENT.c.action.in_(sorted(SHOWN)))
                values = {
                    "state": "running",
                    "out": self._out,
                    "started_at": now,
                    "seen_at": now,
                    "event": connection.execute(shown).scalar(),
                    "tries": build.tries + 1,
                    "done": 0,
                    "total": 0,
                    "words": "",
                }
                _change(connection, build.id, **values)
                row = connection.execute(select(BUILD).where(BUILD.c.id == build.id)).one()
                return Build(**row._mapping)
        return None

    def see(self, id: int, said: Said) -> None:
        """生きていて、ここまで進んだ。"""
        with writing(self._engine) as connection:
            _change(connection, id, seen_at=self._now(), **_facts(said))

    def end(self, id: int, state: Literal["done", "failed"], said: Said) -> None:
        """終わった。"""
        with writing(self._engine) as connection:
            _change(connection, id, state=state, ended_at=self._now(), **_facts(said))

    def put_back(self, build: Build, words: str) -> None:
        """作るのをやめて、待っているものに戻す。やり直しの数には入れない。"""
        with writing(self._engine) as connection:
            tries = build.tries - 1
            _change(connection, build.id, state="waiting", tries=tries, words=words)

    def _behind(self, connection: Connection) -> Build | None:
        """ほかの出力先への、ここではまだ作っていない頼み（いちばん新しいもの）。"""
        mine = select(func.coalesce(func.max(BUILD.c.request), 0)).where(self._mine)
        newest = select(BUILD).where(BUILD.c.request > mine.scalar_subquery())
        row = connection.execute(newest.order_by(BUILD.c.request.desc()).limit(1)).first()
        return Build(**row._mapping) if row else None

    def _open(self, connection: Connection) -> tuple[Build, ...]:
        """終わっていないもの。途中のものから、古い順。"""
        rows = connection.execute(
            select(BUILD)
            .where(self._mine, BUILD.c.state.in_(("running", "waiting")))
            .order_by(BUILD.c.state, BUILD.c.id)  # running が先
        )
        return tuple(Build(**row._mapping) for row in rows)


def _facts(said: Said) -> dict[str, object]:
    return {"done": said.done, "total": said.total, "words": said.words}


def _change(connection: Connection, id: int, **values: object) -> None:
    connection.execute(update(BUILD).where(BUILD.c.id == id).values(**values))
