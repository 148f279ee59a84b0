"""人ごとの覚え書きと、忘れかた。

データベースに、LINE の利用者の番号そのものは置かない（鍵つきの HMAC-SHA256 だけ）。文と返信用の
トークンは、答えたらすぐ消す。取り消し（unsend）、友だちをやめる（unfollow）、期限で、残りも消す。
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, text, update

from bot.tables import INBOX, PERSON, TALLY, UNANSWERED, UNSENT
from content.database import reading
from content.japan import JAPAN

Forget = Callable[[str], str]
"""覚え書き（JSON）から、好み（ふりがな、やさしい日本語、区）だけを残し、会話を除く。"""

HOUR = 60 * 60.0
DAY = 24 * HOUR


class Keys:
    """番号から、鍵を知らない人には元に戻せない印（HMAC-SHA256、16 進 64 字）を作る。"""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("鍵が短すぎます。16 バイトより長くしてください。")
        self._key = key

    def person(self, chat: str) -> str:
        return self._mark("person", chat)

    def message(self, message: str) -> str:
        return self._mark("message", message)

    def event(self, event: str) -> str:
        return self._mark("event", event)

    def _mark(self, use: str, value: str) -> str:
        # 用途を入れるので、同じ番号でも、用途が違えば違う印になる。
        name = f"{use}:{value}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, name, "sha256").hex()


@dataclass(frozen=True, slots=True)
class Retention:
    """置いておく時間（秒）。

    ``turns`` は最後の会話、``person`` は好み、``events`` は 2 度答えないための事象の印、
    ``questions`` は個人のことを伏せた、答えられなかった質問。日ごとの数には個人のことがない。
    """

    turns: float = HOUR
    person: float = 365 * DAY
    events: float = 7 * DAY
    questions: float = 90 * DAY
    waiting: float = 1 * DAY


# 覚える ---------------------------------------------------------------------------

_FIRST = text(
    "INSERT INTO person (id, memory, seen) VALUES (:id, :memory, :seen) ON CONFLICT DO NOTHING"
)
_UNCHANGED = text(
    "UPDATE person SET memory = :memory, seen = :seen WHERE id = :id AND memory = :before"
)
_REPLACE = text(
    "INSERT INTO person (id, memory, seen) VALUES (:id, :memory, :seen) "
    "ON CONFLICT (id) DO UPDATE SET memory = excluded.memory, seen = excluded.seen"
)


def remember(
    connection: Connection, person: str, before: str | None, memory: str, now: float, forget: Forget
) -> None:
    """``before`` を読んで作った ``memory`` を覚える。

    その間に取り消しや期限で変わっていたら、消したはずの会話が戻らないように、好みだけを覚える。
    """
    row = {"id": person, "memory": memory, "seen": now}
    statement = _FIRST if before is None else _UNCHANGED
    if connection.execute(statement, {**row, "before": before}).rowcount == 0:
        connection.execute(_REPLACE, {**row, "memory": forget(memory)})


# 忘れる ---------------------------------------------------------------------------


def forget_person(connection: Connection, person: str) -> None:
    """友だちをやめた人、出たグループ。好みも、待っている文も、まだたどれる質問も消す。"""
    # 書く順は、答え終えるとき（受け箱、人）と同じ。逆なら、PostgreSQL で互いに待ち合うことがある。
    _wipe(connection, INBOX.c.person == person, "withdrawn")
    _drop_questions(connection, INBOX.c.person == person)
    connection.execute(delete(PERSON).where(PERSON.c.id == person))


def forget_message(
    connection: Connection, person: str, message: str, now: float, forget: Forget
) -> None:
    """取り消されたメッセージ。まだなら答えず、その質問と、文が入りうる最後の会話を消す。"""
    connection.execute(_TOMBSTONE, {"message": message, "now": now})
    _wipe(connection, INBOX.c.message == message, "withdrawn")
    _drop_questions(connection, INBOX.c.message == message)
    _forget_turns(connection, PERSON.c.id == person, forget)


_TOMBSTONE = text(
    "INSERT INTO unsent (message, received) VALUES (:message, :now) ON CONFLICT DO NOTHING"
)


def _wipe(connection: Connection, events: Any, outcome: str) -> None:
    waiting = update(INBOX).where(events, INBOX.c.payload.is_not(None))
    connection.execute(waiting.values(payload=None, outcome=outcome))


def _drop_questions(connection: Connection, events: Any) -> None:
    origins = select(INBOX.c.id).where(events)
    connection.execute(delete(UNANSWERED).where(UNANSWERED.c.origin.in_(origins)))


def _forget_turns(connection: Connection, people: Any, forget: Forget) -> None:
    for id, memory in connection.execute(select(PERSON.c.id, PERSON.c.memory).where(people)).all():
        kept = forget(memory)
        if kept != memory:
            connection.execute(update(PERSON).where(PERSON.c.id == id).values(memory=kept))


# 期限 -----------------------------------------------------------------------------


def purge(engine: Engine, now: float, forget: Forget, keep: Retention) -> None:
    """期限の過ぎたものを消し、消した跡がファイルにも残らないようにする。

    SQLite は、消した所を 0 で埋め（``secure_delete``）、WAL を本体に移して空にする。PostgreSQL は、
    表を書き直す（``VACUUM FULL``。どの表も小さい）。PostgreSQL の WAL とバックアップは、その運用の
    決まりで消える。
    """
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as plain:
        connection = plain.execution_options(writing=True)
        if sqlite:
            erase_for_good(connection)
        with connection.begin():
            _purge(connection, now, forget, keep)
    if sqlite:
        tidy(engine)
    else:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in (INBOX, UNSENT, PERSON, UNANSWERED):
                connection.execute(text(f"VACUUM FULL {table.name}"))


def tidy(engine: Engine) -> None:
    """SQLite の WAL を本体に移して空にする。答え終えて消した文が、WAL に残り続けないように。"""
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def erase_for_good(connection: Connection) -> None:
    """SQLite のこの接続で消したものは、空いた所に残さず、0 で埋める。トランザクションの外で呼ぶ。"""
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA secure_delete = ON").close()


def _purge(connection: Connection, now: float, forget: Forget, keep: Retention) -> None:
    # ここまで待ったものには、もう答えられない。文を残さない。
    _wipe(connection, INBOX.c.received < now - keep.waiting, "late")
    connection.execute(delete(UNANSWERED).where(UNANSWERED.c.asked < now - keep.questions))
    old = INBOX.c.received < now - keep.events
    gone = select(INBOX.c.id).where(old)
    count(connection, _outcomes(connection, old))
    connection.execute(update(UNANSWERED).where(UNANSWERED.c.origin.in_(gone)).values(origin=None))
    connection.execute(delete(INBOX).where(old))
    connection.execute(delete(UNSENT).where(UNSENT.c.received < now - keep.events))
    connection.execute(delete(PERSON).where(PERSON.c.seen < now - keep.person))
    _forget_turns(connection, PERSON.c.seen < now - keep.turns, forget)


# 日ごとの数 -------------------------------------------------------------------------

Counts = Counter[tuple[str, str]]
"""``(日, 名前)`` ごとの数。日は ``2026-11-22``（日本の日付）の形。

終わり方: replied 返信した、pushed push で送った、silent 返すことがない、late 間に合わない、refused LINE が
断った、limit 月の上限、withdrawn 取り消された、failed 処理できなかった（おわびを返したものも数える）。
そのほか: 答えの種類 answer_quote、answer_people、answer_choices、answer_decline、残した質問 unanswered、
分かったか feedback_yes、feedback_no、渡した版 got（``app.counting``）。
"""

_COUNT = text(
    "INSERT INTO tally (day, name, count) VALUES (:day, :name, :count) "
    "ON CONFLICT (day, name) DO UPDATE SET count = tally.count + excluded.count"
)


def day_of(now: float) -> str:
    return datetime.fromtimestamp(now, JAPAN).date().isoformat()


def count(connection: Connection, more: Counts) -> None:
    for (day, name), number in sorted(more.items()):
        connection.execute(_COUNT, {"day": day, "name": name, "count": number})


def counts(connection: Connection) -> Counts:
    """これまでの数。まだ受け箱にある事象の終わり方も数える。"""
    rows = connection.execute(select(TALLY.c.day, TALLY.c.name, TALLY.c.count)).all()
    return Counter({(day, name): number for day, name, number in rows}) + _outcomes(
        connection, INBOX.c.outcome.is_not(None)
    )


def tallied(engine: Engine, first: str, last: str) -> Counts:
    """``first`` の日から ``last`` の日までの数（受け箱に残っている事象の終わり方は、まだ入らない）。"""
    days = TALLY.c.day.between(first, last)
    with reading(engine) as connection:
        rows = connection.execute(select(TALLY.c.day, TALLY.c.name, TALLY.c.count).where(days))
        return Counter({(day, name): number for day, name, number in rows.all()})


def _outcomes(connection: Connection, events: Any) -> Counts:
    rows = connection.execute(select(INBOX.c.received, INBOX.c.outcome).where(events)).all()
    return Counter((day_of(received), outcome) for received, outcome in rows if outcome)
