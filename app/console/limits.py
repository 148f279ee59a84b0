"""ログインの間違いの数え方。続けて間違えるほど、長く待ってもらう。"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from app.console.tables import LOGIN_FAILURE
from app.console.tokens import digest_of

_FORGET = datetime.timedelta(hours=24)
_FIRST_WAIT, _LONGEST_WAIT = 30, 900
"""秒。間違えるたびに倍にする。長くても 15 分（人の邪魔をするために、わざと間違える人もいる）。"""


@dataclass(frozen=True, slots=True)
class Limit:
    """何について数えるか。``free`` 回までは、待たせない。``shared`` は、ほかの人の間違いも数えること。"""

    key: str
    free: int
    shared: bool = False


def limits(name: str, address: str, browser: str = "") -> tuple[Limit, ...]:
    """アドレスからその名前に、アドレスごと（1 つの事務所のみなが、同じことがある）、名前だけ。

    名前だけの数は、アドレスを変えながら試す人を止める。わざと間違えて人を締め出せないように、多くする。
    その人が前に入ったブラウザー（``browser`` はその番号）は、そのブラウザーの間違いだけを数える。
    """
    if browser:
        return (Limit(digest_of(f"browser:{browser}"), 5),)
    return (
        Limit(digest_of(f"name:{name} address:{address}"), 5),
        Limit(digest_of(f"address:{address}"), 20, shared=True),
        Limit(digest_of(f"name:{name}"), 100),
    )


def take_turn(connection: Connection, some: tuple[Limit, ...], now: datetime.datetime) -> int:
    """試してよければ、間違いとして数えて 0 を返す。まだなら、数えずに、待つ秒を返す。

    確かめる前に数えるので、同時にいくつ試しても、数えもらさない。合っていれば ``forgive`` する。
    """
    counts = [_count(connection, limit.key, now) for limit in some]
    waits = [
        _wait(count - limit.free, last, now)
        for limit, (count, last) in zip(some, counts, strict=True)
    ]
    if max(waits) > 0:
        return max(waits)
    for limit, (count, _) in zip(some, counts, strict=True):
        row = {"key": limit.key, "failures": count + 1, "last_at": now}
        connection.execute(delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.key == limit.key))
        connection.execute(insert(LOGIN_FAILURE).values(row))
    return 0


def forgive(connection: Connection, some: tuple[Limit, ...]) -> None:
    """合っていた。その人の間違いは忘れ、ほかの人のものも混じる数は、いま数えた 1 回だけを戻す。"""
    failures = LOGIN_FAILURE.c.failures
    for limit in some:
        where = LOGIN_FAILURE.c.key == limit.key
        if limit.shared:
            fewer = update(LOGIN_FAILURE).where(where, failures > 0).values(failures=failures - 1)
            connection.execute(fewer)
        else:
            connection.execute(delete(LOGIN_FAILURE).where(where))


def forget_old(connection: Connection, now: datetime.datetime) -> None:
    connection.execute(delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.last_at < now - _FORGET))


def _count(
    connection: Connection, key: str, now: datetime.datetime
) -> tuple[int, datetime.datetime]:
    row = connection.execute(select(LOGIN_FAILURE).where(LOGIN_FAILURE.c.key == key)).first()
    if row is None or row.last_at < now - _FORGET:
        return 0, now
    return row.failures, row.last_at


def _wait(excess: int, last: datetime.datetime, now: datetime.datetime) -> int:
    if excess < 0:
        return 0
    seconds = min(_FIRST_WAIT * 2 ** min(excess, 10), _LONGEST_WAIT)
    left = (last - now).total_seconds() + seconds
    return max(0, int(-(-left // 1)))
