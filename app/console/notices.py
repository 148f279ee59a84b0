"""人への知らせ。提出されたものが待っている、差し戻された、公開された、など。

できごとと同じトランザクションで残すので、知らせだけが消えることはない。メールは ``take_letters`` で取り出す。
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from app.console.account import Account, governs
from app.console.accounts import accounts_in
from app.console.tables import ACCOUNT, NOTICE
from content.database import Clock, reading, writing
from content.events import Event
from content.revisions import revision_numbered
from content.tables import EVENT
from content.workflow.people import STAFF, Actor

TRIES = 8
"""メールを送ってみる数。"""
AGAIN = datetime.timedelta(minutes=10)
"""送れなかったメールを、もう一度送るまで。"""


@dataclass(frozen=True, slots=True)
class Notice:
    """知らせ。何があったのかは ``event``。"""

    id: int
    event: Event
    read_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Letter:
    """メールで送る知らせ。"""

    id: int
    mail: str
    display_name: str
    event: Event


@dataclass(frozen=True, slots=True)
class Unsent:
    """送れなかったメール。``accounts`` は届いていない人、``fault`` は、いちばん新しい訳。

    ``again`` は、まだ送り直すものがあるか。
    """

    accounts: tuple[str, ...]
    fault: str
    again: bool


class Notices:
    """人ごとの知らせ。``tell`` を、``content.workflow`` の ``Tell`` として渡す。"""

    def __init__(self, engine: Engine, now: Clock) -> None:
        self._engine, self._now = engine, now

    def tell(self, connection: Connection, event: Event) -> None:
        """できごとを、知るべき人に知らせる。した本人には知らせない。"""
        now = self._now()
        for account in _recipients(connection, event):
            state = "waiting" if account.mail else "none"
            row = {"account": account.name, "event": event.id, "mail_state": state}
            row |= {"mail_tries": 0, "mail_after": now, "mail_fault": ""}
            connection.execute(insert(NOTICE).values(row))

    def recent(self, name: str, limit: int = 50) -> tuple[Notice, ...]:
        """新しい順。"""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(NOTICE.c.id.label("notice"), NOTICE.c.read_at, EVENT)
                .join(EVENT, EVENT.c.id == NOTICE.c.event)
                .where(NOTICE.c.account == name)
                .order_by(NOTICE.c.id.desc())
                .limit(limit)
            ).all()
        return tuple(Notice(r.notice, _event(r._mapping), r.read_at) for r in rows)

    def unread(self, name: str) -> int:
        """まだ読んでいない数。"""
        with reading(self._engine) as connection:
            mine = NOTICE.c.account == name, NOTICE.c.read_at.is_(None)
            return len(connection.execute(select(NOTICE.c.id).where(*mine)).all())

    def read(self, name: str, up_to: int) -> None:
        """``up_to`` 番までの、その人の知らせを、読んだことにする。"""
        with writing(self._engine) as connection:
            mine = NOTICE.c.account == name, NOTICE.c.id <= up_to, NOTICE.c.read_at.is_(None)
            connection.execute(update(NOTICE).where(*mine).values(read_at=self._now()))

    # メール -----------------------------------------------------------------------

    def take_letters(self, limit: int = 20) -> tuple[Letter, ...]:
        """送るものを取り出す。``sent`` と言わなければ、10 分後に、また取り出せる（8 回まで）。"""
        now = self._now()
        with writing(self._engine) as connection:
            rows = connection.execute(
                select(
                    NOTICE.c.id.label("notice"),
                    NOTICE.c.mail_tries,
                    ACCOUNT.c.mail,
                    ACCOUNT.c.display_name,
                    EVENT,
                )
                .join(EVENT, EVENT.c.id == NOTICE.c.event)
                .join(ACCOUNT, ACCOUNT.c.name == NOTICE.c.account)
                .where(
                    NOTICE.c.mail_state == "waiting",
                    NOTICE.c.mail_after <= now,
                    ACCOUNT.c.disabled_at.is_(None),
                )
                .order_by(NOTICE.c.id)
                .limit(limit)
            ).all()
            for row in rows:
                tries = row.mail_tries + 1
                state = "waiting" if tries < TRIES else "failed"
                values = {"mail_tries": tries, "mail_after": now + AGAIN, "mail_state": state}
                where = NOTICE.c.id == row.notice
                connection.execute(update(NOTICE).where(where).values(values))
        return tuple(
            Letter(r.notice, r.mail, r.display_name, _event(r._mapping)) for r in rows if r.mail
        )

    def sent(self, letter: Letter) -> None:
        """送れた。"""
        with writing(self._engine) as connection:
            where = NOTICE.c.id == letter.id
            connection.execute(update(NOTICE).where(where).values(mail_state="sent"))

    def failed(self, letters: Sequence[Letter], fault: str) -> None:
        """送れなかった。``fault`` は、画面に出す訳。"""
        with writing(self._engine) as connection:
            where = NOTICE.c.id.in_([letter.id for letter in letters])
            connection.execute(update(NOTICE).where(where).values(mail_fault=fault))

    def unsent(self, actor: Actor) -> Unsent | None:
        """``actor`` の扱えるアカウントの、送れず、画面でもまだ読まれていない知らせ。なければ ``None``。"""
        with reading(self._engine) as connection:
            governed = {a.name for a in accounts_in(connection) if governs(actor, a)}
            rows = connection.execute(
                select(NOTICE.c.account, NOTICE.c.mail_fault, NOTICE.c.mail_state)
                .join(ACCOUNT, ACCOUNT.c.name == NOTICE.c.account)
                .where(
                    NOTICE.c.mail_state.in_(("waiting", "failed")),
                    NOTICE.c.mail_fault != "",
                    NOTICE.c.read_at.is_(None),
                    ACCOUNT.c.disabled_at.is_(None),
                )
                .order_by(NOTICE.c.id)
            ).all()
        found = [row for row in rows if row.account in governed]
        if not found:
            return None
        accounts = tuple(sorted({row.account for row in found}))
        again = any(row.mail_state == "waiting" for row in found)
        return Unsent(accounts, found[-1].mail_fault, again)


def _recipients(connection: Connection, event: Event) -> list[Account]:
    council = event.subject.split("/")[0]
    serving = [
        a
        for a in accounts_in(connection)
        if a.disabled_at is None
        and a.role in STAFF
        and a.actor.serves(council)
        and a.name != event.actor
    ]
    match event.action:
        case "announced":
            return serving
        case "submitted" | "restored":
            # 確かめる人がいなければ、管理者が代理で承認する。
            reviewers = [a for a in serving if a.role == "reviewer"]
            return reviewers or [a for a in serving if a.role == "administrator"]
        case "withdrawn" | "loaded" | "applied":
            return []
        case _:
            concerned = _concerned(connection, event)
            return [a for a in serving if a.name in concerned]


def _concerned(connection: Connection, event: Event) -> set[str]:
    """その稿を書いた人、提出した人、公開を予約した人。"""
    revision = revision_numbered(connection, event.revision)
    actors = connection.execute(
        select(EVENT.c.actor).where(
            EVENT.c.revision == event.revision, EVENT.c.action.in_(("submitted", "scheduled"))
        )
    ).scalars()
    return {*actors, *([revision.author] if revision else [])}


def _event(row: RowMapping) -> Event:
    return Event(**{column.name: row[column] for column in EVENT.c})
