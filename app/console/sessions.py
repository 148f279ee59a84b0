"""ログイン。使わないまま 8 時間か、入ってから 12 時間で終わる（1 日の仕事の間）。"""

from __future__ import annotations

import datetime
import logging

from sqlalchemy import Connection, Engine, delete, insert, select, update

from app.console.account import Account, AccountError, account_name
from app.console.accounts import account_from, find_account, set_password
from app.console.limits import Limit, forget_old, forgive, limits, take_turn
from app.console.passwords import Passwords, password_fault
from app.console.tables import ACCOUNT, SESSION
from app.console.tokens import NewToken, digest_of
from content.database import Clock, StoreError, reading, writing

LOG = logging.getLogger(__name__)

IDLE = datetime.timedelta(hours=8)
LASTS = datetime.timedelta(hours=12)
_TOUCH = datetime.timedelta(minutes=1)
"""使ったことを書きとめる間。ページを開くたびには書かない。"""


class LoginError(Exception):
    """入れない。説明は、画面に出せる日本語の文。"""


class TooManyTries(LoginError):
    """続けて間違えた。``seconds`` は待つ秒（HTTP の Retry-After に使える）。"""

    def __init__(self, seconds: int) -> None:
        wait = f"{seconds} 秒" if seconds < 60 else f"{-(-seconds // 60)} 分"
        super().__init__(f"続けて間違えたので、あと {wait}待ってから、もう一度入れてください。")
        self.seconds = seconds


class Sessions:
    """ログインしている人。合い言葉（トークン）は本人の cookie だけに置き、ここには要約を置く。"""

    def __init__(
        self, engine: Engine, now: Clock, passwords: Passwords, new_token: NewToken
    ) -> None:
        self._engine, self._now = engine, now
        self._passwords, self._new_token = passwords, new_token

    def log_in(
        self, name: str, password: str, address: str, browser: str = ""
    ) -> tuple[str, Account]:
        """合い言葉と、その人。名前とパスワードの、どちらが違うのかは言わない（``LoginError``）。

        ``browser`` は、その人が前に入ったブラウザーの番号（``app.console.browsers``）。
        """
        name = account_name(name)
        account = self._verified(name, password, limits(name, address, browser))
        if account is None:
            raise LoginError(
                "名前かパスワードが違います。確かめて、もう一度入れてください。"
                "分からないときは、管理者にパスワードの再設定を頼んでください。"
            )
        with writing(self._engine) as connection:
            self._purge(connection)
            return self._start(connection, account), account

    def find(self, token: str) -> Account | None:
        """合い言葉の持ち主。終わっていれば ``None``。"""
        now = self._now()
        with reading(self._engine) as connection:
            row = connection.execute(
                select(ACCOUNT, SESSION.c.seen_at)
                .join(SESSION, SESSION.c.account == ACCOUNT.c.name)
                .where(
                    SESSION.c.token == digest_of(token),
                    SESSION.c.created_at > now - LASTS,
                    SESSION.c.seen_at > now - IDLE,
                    ACCOUNT.c.disabled_at.is_(None),
                )
            ).first()
        if row is None:
            return None
        if row.seen_at < now - _TOUCH:
            self._touch(token)
        return account_from(row)

    def _touch(self, token: str) -> None:
        """使ったことを書きとめる。書けなくても（空きがないなど）、ページは見せる。"""
        where = SESSION.c.token == digest_of(token)
        try:
            with writing(self._engine) as connection:
                connection.execute(update(SESSION).where(where).values(seen_at=self._now()))
        except StoreError as error:
            LOG.error("ログインを使ったことを残せません。%s", error)

    def log_out(self, token: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(SESSION).where(SESSION.c.token == digest_of(token)))

    def change_password(self, token: str, old: str, new: str) -> str:
        """本人がパスワードを変える。ほかのログインはすべて終わり、新しい合い言葉を返す。

        決まりに合わなければ ``AccountError``、前のパスワードが違えば ``LoginError``。
        """
        account = self.find(token)
        if account is None:
            raise LoginError("ログインの時間が過ぎました。もう一度ログインしてください。")
        if fault := password_fault(new, account.name):
            raise AccountError(fault)
        # 間違いは、このログインだけで数える。ほかの所で間違える人がいても、本人は変えられる。
        if self._verified(account.name, old, limits(account.name, "", token)) is None:
            raise LoginError("いまのパスワードが違います。確かめて、もう一度入れてください。")
        if old == new:
            raise AccountError("前と同じパスワードです。違うパスワードにしてください。")
        kept = self._passwords.hash(new)
        with writing(self._engine) as connection:
            set_password(connection, account.name, kept, self._now())
            return self._start(connection, account)

    def start(self, account: Account) -> str:
        """パスワードを決めたばかりの人（``Accounts.use_link``）を、そのまま入れる。"""
        with writing(self._engine) as connection:
            return self._start(connection, account)

    def _verified(self, name: str, password: str, some: tuple[Limit, ...]) -> Account | None:
        """パスワードの合う、使えるアカウント。計算の間は、ほかの人の書き込みを待たせない。"""
        with writing(self._engine) as connection:
            wait = take_turn(connection, some, self._now())
            where = ACCOUNT.c.name == name, ACCOUNT.c.disabled_at.is_(None)
            kept = connection.execute(select(ACCOUNT.c.password).where(*where)).scalar()
        if wait:
            raise TooManyTries(wait)
        matched = self._passwords.matches(kept, password)
        if kept is None or not matched:
            return None
        renewed = self._passwords.hash(password) if self._passwords.outdated(kept) else kept
        with writing(self._engine) as connection:
            forgive(connection, some)
            mine = ACCOUNT.c.name == name, ACCOUNT.c.password == kept
            connection.execute(update(ACCOUNT).where(*mine).values(password=renewed))
            return find_account(connection, name)

    def _start(self, connection: Connection, account: Account) -> str:
        token, now = self._new_token(), self._now()
        row = {"token": digest_of(token), "account": account.name}
        connection.execute(insert(SESSION).values(**row, created_at=now, seen_at=now))
        return token

    def _purge(self, connection: Connection) -> None:
        now = self._now()
        over = (SESSION.c.created_at <= now - LASTS) | (SESSION.c.seen_at <= now - IDLE)
        connection.execute(delete(SESSION).where(over))
        forget_old(connection, now)
