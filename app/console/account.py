"""アカウントの値と決まり。"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from content.workflow.people import ROLES, Actor, Role

COMMAND = "コマンド"
"""命令 ``tsutawaru staff`` がしたときの ``AccountEvent.actor``。"""

_NOT_NAMES = frozenset(map(str.casefold, (COMMAND, "原稿フォルダ", "予約")))
"""記録の中で、人でないものを指す名前。"""
_NAME = re.compile(r"[\w.@-]{1,40}")
_COUNCIL = re.compile(r"[a-z0-9][a-z0-9-]*")
_MAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_LONGEST_DISPLAY_NAME = 40

AccountAction = Literal[
    "added", "changed", "disabled", "enabled", "link", "password", "must_change"
]


class AccountError(Exception):
    """できないこと。説明は、画面に出せる日本語の文。"""


@dataclass(frozen=True, slots=True)
class Account:
    """アカウント。``name`` はログインの名前で、変わらない。``councils`` の ``None`` はすべての社協。

    ``ready`` は、パスワードを決めてあること。``must_change`` は、次に使うときに変えること。
    """

    name: str
    display_name: str
    mail: str
    role: Role
    councils: frozenset[str] | None
    ready: bool = False
    must_change: bool = False
    disabled_at: datetime.datetime | None = None

    @property
    def actor(self) -> Actor:
        return Actor(self.name, self.role, self.councils)

    @property
    def is_head(self) -> bool:
        """いま、すべてのアカウントを扱えるか。"""
        return (
            self.role == "administrator"
            and self.councils is None
            and self.ready
            and self.disabled_at is None
        )


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """アカウントにしたこと。"""

    id: int
    account: str
    action: AccountAction
    actor: str
    at: datetime.datetime
    detail: str


def account_name(text: str) -> str:
    """入力された名前を、比べられる形にする（幅と大文字小文字の違いをなくす）。"""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def same_name(display_name: str) -> str:
    """人が見て同じ名前かを比べる形（幅と大文字小文字と空白の違いをなくす）。"""
    return "".join(account_name(display_name).split())


def checked(account: Account) -> Account:
    """名前とアドレスの余分な空白を取り、使える値かを確かめる。"""
    display_name = unicodedata.normalize("NFC", account.display_name.replace("\u3000", " ")).strip()
    display_name = display_name or account.name
    mail = account.mail.strip()
    if len(display_name) > _LONGEST_DISPLAY_NAME or not display_name.isprintable():
        raise AccountError(
            f"画面に出す名前は、{_LONGEST_DISPLAY_NAME} 字までの文字にしてください。"
        )
    if same_name(display_name) in map(same_name, _NOT_NAMES):
        raise AccountError(f"「{display_name}」は、記録の中で人でないものを指すので、使えません。")
    if mail and not _MAIL.fullmatch(mail):
        raise AccountError(
            f"メールのアドレス「{mail}」は、半角で kikaku@example.jp の形で書いてください。"
        )
    if account.role not in ROLES:
        raise AccountError(f"役割は、{'、'.join(ROLES.values())}のどれかを選んでください。")
    if account.councils is not None:
        if not account.councils:
            raise AccountError("受け持つ社協を、1 つは選んでください。")
        if wrong := sorted(c for c in account.councils if not _COUNCIL.fullmatch(c)):
            raise AccountError(
                f"「{wrong[0]}」という社協はありません。受け持つ社協を選び直してください。"
            )
    return replace(account, display_name=display_name, mail=mail)


def check_name(name: str) -> None:
    """ログインの名前（``account_name`` を通したもの）が使えるか。"""
    if not name:
        raise AccountError("名前を入れてください。")
    if not _NAME.fullmatch(name) or name in _NOT_NAMES:
        raise AccountError(
            f"「{name}」という名前は使えません。文字と数字と . _ - @ の 40 字までにしてください。"
        )


def check_governs(by: Actor | None, account: Account) -> None:
    """``by`` が ``account`` を作り、変えてよいか。命令（``None``）は、どれでもよい。"""
    if by is None:
        return
    if by.role != "administrator":
        raise AccountError("アカウントを扱えるのは、管理者です。管理者に頼んでください。")
    if by.councils is not None and (account.councils is None or account.councils - by.councils):
        raise AccountError(
            "受け持ちでない社協のアカウントは扱えません。すべての社協の管理者に頼んでください。"
        )


def governs(actor: Actor, account: Account) -> bool:
    """``actor`` が ``account`` を扱えるか。"""
    try:
        check_governs(actor, account)
    except AccountError:
        return False
    return True


def described(account: Account) -> str:
    """記録に残す、アカウントの様子。

    記録は消せないので、メールのアドレスそのものは書かず、あるかどうかだけを書く。
    """
    councils = "すべての社協" if account.councils is None else "、".join(sorted(account.councils))
    mail = "メールあり" if account.mail else "メールなし"
    return f"{account.display_name}（{ROLES[account.role]}、{councils}、{mail}）"


def described_change(before: Account, after: Account) -> str:
    """記録に残す、変えたこと。"""
    said = f"{described(before)} → {described(after)}"
    if before.mail and after.mail and before.mail != after.mail:
        said += "、メールのアドレスを変えた"
    return said
