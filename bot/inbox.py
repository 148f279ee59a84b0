"""LINE の受け箱。事象を確かに受け取り、だれか 1 人が、その人の順に、1 度だけ取り出す。

``payload`` のある行が、まだ答えていない事象。webhook は、行を書き終えてから 200 を返す。取り出した
行は、期限（lease）までその働き手のもの。働き手が突然なくなれば、期限の後に別の働き手が取り出す。
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, Engine, update

from bot.people import (
    Counts,
    Forget,
    Retention,
    count,
    counts,
    day_of,
    forget_message,
    forget_person,
    purge,
    remember,
    tidy,
)
from bot.tables import INBOX, UNANSWERED
from bot.writer import InboxError, Statement, Writer, unwritable

__all__ = ["Arrival", "Inbox", "InboxError", "Result", "Taken"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """届いた事象。番号はどれも印（``Keys``）。``payload`` は ``kind`` が ``answer`` のときだけ。"""

    kind: Literal["answer", "unfollow", "unsend"]
    event: str
    person: str
    message: str = ""
    payload: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """取り出した事象。時刻は UNIX 時刻の秒。

    ``first_taken`` は、だれかが初めて取り出した時刻。``memory`` は、その人の覚え書き。
    """

    id: int
    event: str
    person: str
    payload: str
    received: float
    first_taken: float
    memory: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """答え終えて残すもの。``outcome`` はどう終わったか、``counts`` はほかに数える名前。

    ``memory`` が ``None`` なら、覚え書きは前のまま。``question`` は個人のことを伏せた質問。
    """

    outcome: str
    counts: tuple[str, ...] = ()
    memory: str | None = None
    question: str | None = None


class Inbox:
    """受け箱。どの方法も、書き終えてから戻る。書けなければ ``InboxError``。

    ``arrived`` は、取り出せるものができたという、このプロセスの中の知らせ。
    """

    def __init__(self, engine: Engine, forget: Forget, retention: Retention | None = None) -> None:
        self._engine, self._forget = engine, forget
        self._retention = retention or Retention()
        self._writer = Writer(engine)
        self.arrived = asyncio.Event()

    def close(self) -> None:
        """書き終え、接続を閉じる（SQLite は、最後の接続が閉じると WAL を消す）。"""
        self._writer.close()
        self._engine.dispose()

    async def put(self, arrivals: Sequence[Arrival], now: float) -> None:
        """1 つの本文の事象を、1 つのトランザクションで入れる。前に来た事象は、もう入らない。"""
        # 先に知らせる。起きた働き手の take が、put と同じトランザクションで、put の後に走る。
        self.arrived.set()
        await self._writer.run(lambda c: _put(c, arrivals, now, self._forget))

    async def take(self, owner: str, now: float, until: float, limit: int) -> list[Taken]:
        """どの人についてもいちばん古いものを、``until`` まで ``owner`` のものとして取り出す。"""
        return await self._writer.run(lambda c: _take(c, owner, now, until, limit))

    async def hold(self, owner: str, ids: Sequence[int], until: float) -> set[int]:
        """期限を延ばす。まだ ``owner`` のもので、取り消されてもいない id を返す。"""
        return await self._writer.run(lambda c: _hold(c, owner, ids, until))

    async def finish(self, taken: Taken, owner: str, result: Result, now: float) -> bool:
        """答え終えた。文とトークンを消し、覚え書きなどを同じトランザクションで残す。

        もう ``owner`` のものでないか、取り消されていれば、何も残さずに ``False``。
        """
        kept, more = await self._writer.run(
            lambda c: _finish(c, taken, owner, result, now, self._forget)
        )
        if more:
            self.arrived.set()
        return kept

    async def release(self, owner: str) -> None:
        """取り出したままのものを、すぐに別の働き手が取り出せるようにする。"""
        mine = (INBOX.c.owner == owner) & INBOX.c.payload.is_not(None)
        await self._writer.run(lambda c: c.execute(update(INBOX).where(mine).values(lease=0)))

    async def purge(self, now: float) -> None:
        """期限の過ぎたものを消す（``bot.people.purge``）。"""
        try:
            await asyncio.to_thread(purge, self._engine, now, self._forget, self._retention)
        except Exception as error:
            raise unwritable(error) from None

    async def tidy(self) -> None:
        """消したものの跡をなくす（``bot.people.tidy``）。ほかの仕事が書いている最中なら、次のときに。"""
        try:
            await asyncio.to_thread(tidy, self._engine)
        except Exception as error:
            raise unwritable(error) from None

    async def counts(self) -> Counts:
        """``(日, 名前)`` ごとの数。個人のことはない。"""
        return await self._writer.run(counts)


# 文 -------------------------------------------------------------------------------

# 取り消しは、メッセージより先に届くことがある。取り消されたメッセージは、入れない。
_INSERT = Statement(
    "INSERT INTO inbox (event, person, message, received, payload, owner, lease) "
    "SELECT :event, :person, :message, :now, :payload, '', 0 "
    "WHERE NOT EXISTS (SELECT 1 FROM unsent WHERE unsent.message = :message) "
    "ON CONFLICT DO NOTHING"
)
# だれかが取り出している人の次のものは、取り出さない（いちばん古いものが、まだ開いている）。
_TAKE_FORM = """
WITH ready AS MATERIALIZED (
    SELECT i.id FROM inbox AS i {index}
    WHERE i.payload IS NOT NULL AND i.lease < :now AND NOT EXISTS (
        SELECT 1 FROM inbox AS e
        WHERE e.payload IS NOT NULL AND e.person = i.person AND e.id < i.id
    )
    ORDER BY i.id LIMIT :limit {lock}
)
UPDATE inbox SET owner = :owner, lease = :until, taken = COALESCE(taken, :now)
WHERE id IN (SELECT id FROM ready)
RETURNING id, event, person, payload, received, taken,
    (SELECT memory FROM person WHERE person.id = inbox.person)
"""
# 索引を決めておかないと、SQLite は、答え終えた何日分もの行をはじめから調べる。
_TAKE = Statement(
    _TAKE_FORM.format(index="INDEXED BY inbox_open", lock=""),
    _TAKE_FORM.format(index="", lock="FOR UPDATE SKIP LOCKED"),
)
_CLOSE = Statement(
    "UPDATE inbox SET payload = NULL, outcome = :outcome "
    "WHERE id = :id AND owner = :owner AND payload IS NOT NULL "
    "RETURNING EXISTS (SELECT 1 FROM inbox AS e "
    "WHERE e.payload IS NOT NULL AND e.person = inbox.person AND e.id > inbox.id)"
)


def _put(connection: Connection, arrivals: Sequence[Arrival], now: float, forget: Forget) -> None:
    for a in arrivals:
        row = {"event": a.event, "person": a.person, "message": a.message, "payload": a.payload}
        added = _INSERT.run(connection, {**row, "now": now}).rowcount
        if added and a.kind == "unfollow":
            forget_person(connection, a.person)
        elif added and a.kind == "unsend":
            forget_message(connection, a.person, a.message, now, forget)


def _take(connection: Connection, owner: str, now: float, until: float, limit: int) -> list[Taken]:
    values = {"owner": owner, "now": now, "until": until, "limit": limit}
    rows = _TAKE.run(connection, values).fetchall()
    return sorted((Taken(*row) for row in rows), key=lambda taken: taken.id)


def _hold(connection: Connection, owner: str, ids: Sequence[int], until: float) -> set[int]:
    mine = INBOX.c.id.in_(ids) & (INBOX.c.owner == owner) & INBOX.c.payload.is_not(None)
    held = update(INBOX).where(mine).values(lease=until).returning(INBOX.c.id)
    return set(connection.execute(held).scalars())


def _finish(
    connection: Connection, taken: Taken, owner: str, result: Result, now: float, forget: Forget
) -> tuple[bool, bool]:
    """書いたか、その人の次のものが待っているか。"""
    mine = {"id": taken.id, "owner": owner, "outcome": result.outcome}
    closed = _CLOSE.run(connection, mine).fetchall()
    if not closed:
        return False, False
    if result.memory is not None and result.memory != taken.memory:
        remember(connection, taken.person, taken.memory, result.memory, now, forget)
    if result.question is not None:
        question = {"question": result.question, "asked": now, "origin": taken.id}
        connection.execute(UNANSWERED.insert(), question)
    count(connection, Counter((day_of(now), name) for name in result.counts))
    return True, bool(closed[0][0])
