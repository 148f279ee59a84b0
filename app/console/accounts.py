"""アカウント。管理者が作り、変え、使えなくする。消すことはない（記録に名前が残るため）。"""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from app.console.account import (
    COMMAND,
    Account,
    AccountAction,
    AccountError,
    AccountEvent,
    account_name,
    check_governs,
    check_name,
    checked,
    described,
    described_change,
    same_name,
)
from app.console.passwords import Passwords, password_fault
from app.console.tables import ACCOUNT, ACCOUNT_EVENT, PASSWORD_LINK, SESSION
from app.console.tokens import NewToken, digest_of
from content.database import Clock, reading, writing
from content.workflow.people import Actor

LINK_LASTS = datetime.timedelta(hours=24)
"""パスワードを決めるページを使える間。"""


class Accounts:
    """アカウント。``by`` は、する人（命令からなら ``None``）。できないことは ``AccountError``。"""

    def __init__(
        self, engine: Engine, now: Clock, passwords: Passwords, new_token: NewToken
    ) -> None:
        self._engine, self._now = engine, now
        self._passwords, self._new_token = passwords, new_token

    # 見る -----------------------------------------------------------------------

    def all(self) -> tuple[Account, ...]:
        """名前の順。使えなくしたものも含む。"""
        with reading(self._engine) as connection:
            return tuple(accounts_in(connection))

    def find(self, name: str) -> Account | None:
        with reading(self._engine) as connection:
            return find_account(connection, account_name(name))

    def events(self, name: str) -> tuple[AccountEvent, ...]:
        """そのアカウントにしたことのすべて。古い順。"""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(ACCOUNT_EVENT)
                .where(ACCOUNT_EVENT.c.account == account_name(name))
                .order_by(ACCOUNT_EVENT.c.id)
            )
            return tuple(AccountEvent(**row._mapping) for row in rows)

    # 作る、変える -----------------------------------------------------------------

    def add(self, account: Account, by: Actor | None, password: str | None = None) -> Account:
        """作る。``password`` がなければ、``new_link`` の知らせるページで、本人が決める。"""
        account = replace(account, name=account_name(account.name))
        check_name(account.name)
        account = checked(account)
        if password is not None and (fault := password_fault(password, account.name)):
            raise AccountError(fault)
        kept = None if password is None else self._passwords.hash(password)
        with writing(self._engine) as connection:
            check_governs(by, account)
            if find_account(connection, account.name) is not None:
                raise AccountError(
                    f"「{account.name}」という名前は、もう使われています。ほかの名前にしてください。"
                )
            _check_display_name(connection, account)
            row = {**_row(account), "name": account.name, "password": kept}
            connection.execute(insert(ACCOUNT).values(**row, must_change=account.must_change))
            self._record(connection, account.name, "added", by, described(account))
        return replace(account, ready=kept is not None)

    def change(self, account: Account, by: Actor) -> Account:
        """``display_name``、``mail``、``role``、``councils`` を変える。"""
        account = checked(account)
        with writing(self._engine) as connection:
            before = self._governed(connection, account.name, by)
            check_governs(by, account)
            after = replace(
                before,
                display_name=account.display_name,
                mail=account.mail,
                role=account.role,
                councils=account.councils,
            )
            _check_head_remains(connection, after)
            if (before.display_name, before.councils) != (after.display_name, after.councils):
                _check_display_name(connection, after)
            where = ACCOUNT.c.name == after.name
            connection.execute(update(ACCOUNT).where(where).values(_row(after)))
            detail = described_change(before, after)
            self._record(connection, after.name, "changed", by, detail)
        return after

    def disable(self, name: str, by: Actor) -> None:
        """使えなくし、ログインを終わらせる。"""
        with writing(self._engine) as connection:
            account = self._governed(connection, name, by)
            if account.disabled_at is None:
                gone = replace(account, disabled_at=self._now())
                _check_head_remains(connection, gone)
                self._set(connection, account, disabled_at=gone.disabled_at)
                end_sessions(connection, account.name)
                _end_links(connection, account.name)
                self._record(connection, account.name, "disabled", by)

    def enable(self, name: str, by: Actor) -> None:
        """もう一度使えるようにする。"""
        with writing(self._engine) as connection:
            account = self._governed(connection, name, by)
            if account.disabled_at is not None:
                self._set(connection, account, disabled_at=None)
                self._record(connection, account.name, "enabled", by)

    def require_change(self, name: str, by: Actor) -> None:
        """ログインを終わらせ、次に使うときにパスワードを変えてもらう。"""
        with writing(self._engine) as connection:
            account = self._governed(connection, name, by)
            self._set(connection, account, must_change=True)
            end_sessions(connection, account.name)
            self._record(connection, account.name, "must_change", by)

    # パスワードを決めるページ ---------------------------------------------------------

    def new_link(self, name: str, by: Actor) -> str:
        """本人がパスワードを決めるページの合い言葉。24 時間、1 度だけ使える。前のものは使えなくなる。"""
        with writing(self._engine) as connection:
            account = self._governed(connection, name, by)
            if account.disabled_at is not None:
                raise AccountError("使えなくしたアカウントです。先に、使えるように戻してください。")
            token = self._new_token()
            _end_links(connection, account.name)
            expires = self._now() + LINK_LASTS
            row = {"token": digest_of(token), "account": account.name, "expires_at": expires}
            connection.execute(insert(PASSWORD_LINK).values(row))
            self._record(connection, account.name, "link", by)
        return token

    def link_owner(self, token: str) -> Account | None:
        """合い言葉の持ち主。使えない合い言葉なら ``None``。"""
        with reading(self._engine) as connection:
            return self._link_owner(connection, token)

    def use_link(self, token: str, password: str) -> Account:
        """合い言葉を使って、パスワードを決める。いままでのログインは終わる。"""
        owner = self.link_owner(token)
        if owner is not None:
            if fault := password_fault(password, owner.name):
                raise AccountError(fault)
            kept = self._passwords.hash(password)
            with writing(self._engine) as connection:
                if self._link_owner(connection, token) == owner:
                    set_password(connection, owner.name, kept, self._now())
                    return replace(owner, ready=True, must_change=False)
        raise AccountError(
            "このページは、もう使えません（1 度使ったか、24 時間が過ぎました）。"
            "管理者に、もう一度頼んでください。"
        )

    def _link_owner(self, connection: Connection, token: str) -> Account | None:
        account = connection.execute(
            select(PASSWORD_LINK.c.account).where(
                PASSWORD_LINK.c.token == digest_of(token), PASSWORD_LINK.c.expires_at > self._now()
            )
        ).scalar()
        return None if account is None else find_account(connection, account)

    # ----------------------------------------------------------------------------

    def _governed(self, connection: Connection, name: str, by: Actor) -> Account:
        account = find_account(connection, account_name(name))
        if account is None:
            raise AccountError("そのアカウントはありません。アカウントの一覧を開き直してください。")
        check_governs(by, account)
        return account

    def _set(self, connection: Connection, account: Account, **values: object) -> None:
        where = ACCOUNT.c.name == account.name
        connection.execute(update(ACCOUNT).where(where).values(**values))

    def _record(
        self,
        connection: Connection,
        name: str,
        action: AccountAction,
        by: Actor | None,
        detail: str = "",
    ) -> None:
        _record(connection, name, action, by.name if by else COMMAND, self._now(), detail)


# 接続の中で ------------------------------------------------------------------------


def find_account(connection: Connection, name: str) -> Account | None:
    row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.name == name)).first()
    return account_from(row) if row else None


def set_password(connection: Connection, name: str, kept: str, at: datetime.datetime) -> None:
    """本人がパスワードを決めた。いままでのログインと、決めるページは終わる。"""
    where = ACCOUNT.c.name == name
    connection.execute(update(ACCOUNT).where(where).values(password=kept, must_change=False))
    end_sessions(connection, name)
    _end_links(connection, name)
    _record(connection, name, "password", name, at)


def end_sessions(connection: Connection, name: str) -> None:
    connection.execute(delete(SESSION).where(SESSION.c.account == name))


def account_from(row: Row[tuple[Any, ...]]) -> Account:
    return Account(
        row.name,
        row.display_name,
        row.mail,
        row.role,
        None if row.councils is None else frozenset(row.councils.split()),
        row.password is not None,
        row.must_change,
        row.disabled_at,
    )


def accounts_in(connection: Connection) -> list[Account]:
    """すべてのアカウント。名前の順。"""
    found = map(account_from, connection.execute(select(ACCOUNT)))
    return sorted(found, key=lambda a: a.name)  # 並べ方はデータベースごとに違う


def _check_head_remains(connection: Connection, after: Account) -> None:
    """すべてを扱える管理者が、いなくならないこと。"""
    others = [a for a in accounts_in(connection) if a.name != after.name]
    if not any(a.is_head for a in (after, *others)):
        raise AccountError(
            "すべての社協の管理者が、ひとりもいなくなります。"
            "先に、ほかの人をすべての社協の管理者にしてください。"
        )


def _check_display_name(connection: Connection, account: Account) -> None:
    """同じ社協のほかの人と、画面で見分けられる名前か（だれが承認したかを、名前で見る）。"""
    mine = account.councils
    for other in accounts_in(connection):
        apart = mine is not None and other.councils is not None and mine.isdisjoint(other.councils)
        if other.name == account.name or apart:
            continue
        if same_name(account.display_name) in map(same_name, (other.name, other.display_name)):
            raise AccountError(
                f"画面に出す名前「{account.display_name}」は、「{other.name}」の人と見分けられません。"
                "部署の名前などを足してください。"
            )


def _end_links(connection: Connection, name: str) -> None:
    connection.execute(delete(PASSWORD_LINK).where(PASSWORD_LINK.c.account == name))


def _row(account: Account) -> dict[str, object]:
    councils = None if account.councils is None else " ".join(sorted(account.councils))
    return {
        "display_name": account.display_name,
        "mail": account.mail,
        "role": account.role,
        "councils": councils,
    }


def _record(
    connection: Connection,
    name: str,
    action: AccountAction,
    actor: str,
    at: datetime.datetime,
    detail: str = "",
) -> None:
    row = {"account": name, "action": action, "actor": actor, "at": at, "detail": detail}
    connection.execute(insert(ACCOUNT_EVENT).values(row))
