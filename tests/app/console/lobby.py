"""受付: アカウントとログインと知らせ。時計も合い言葉も、試験が決める。"""

from __future__ import annotations

import datetime
from types import TracebackType
from typing import Self

from app.console.account import Account
from app.console.accounts import Accounts
from app.console.notices import Notices
from app.console.passwords import Passwords
from app.console.sessions import Sessions
from content.database import open_database
from content.workflow import Actor
from content.workflow.people import Role
from tests.content.office import NOON

GOOD = "正しい馬と電池と針金"
CHEAP = Passwords(1, 8, 1)
"""試験を速くするための、安い要約。"""


class Lobby:
    def __init__(self, url: str) -> None:
        self.now = NOON
        self.tokens = 0
        self.engine = open_database(url)
        self.accounts = Accounts(self.engine, self._clock, CHEAP, self._token)
        self.sessions = Sessions(self.engine, self._clock, CHEAP, self._token)
        self.notices = Notices(self.engine, self._clock)

    def _clock(self) -> datetime.datetime:
        return self.now

    def _token(self) -> str:
        self.tokens += 1
        return f"合い言葉{self.tokens}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.engine.dispose()

    def after(self, **time: float) -> None:
        self.now += datetime.timedelta(**time)

    def add(
        self,
        name: str,
        role: Role = "writer",
        councils: frozenset[str] | None = None,
        mail: str = "",
        by: Actor | None = None,
    ) -> Account:
        """パスワードが ``GOOD`` の人。"""
        return self.accounts.add(Account(name, name, mail, role, councils), by, GOOD)

    def log_in(
        self, name: str, password: str = GOOD, address: str = "192.0.2.1", browser: str = ""
    ) -> str:
        return self.sessions.log_in(name, password, address, browser)[0]
