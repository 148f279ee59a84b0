"""アカウント: 一覧、作る、変える、使えなくする、パスワードを決めるページを渡す、記録。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from starlette.responses import Response

from app.console.account import Account, AccountError, account_name, governs
from app.console.frame import Asked, Console, Fault, NotFound, Place, Visitor, faults_of, url
from content.workflow import Actor, Role
from content.workflow.people import ROLES

_EVERY = "*"
"""受け持ちの「すべての社協」の値。社協の id には使えない字。"""


def show_people(console: Console, visitor: Visitor, asked: Asked) -> Response:
    governed = [a for a in console.accounts.all() if governs(visitor.actor, a)]
    return console.page(
        visitor,
        asked,
        "people.html",
        "アカウント",
        accounts=governed,
        names=console.councils(visitor),
    )


# 作る ------------------------------------------------------------------------------


def show_add(console: Console, visitor: Visitor, asked: Asked) -> Response:
    every = visitor.actor.councils is None
    empty = Account("", "", "", "writer", None if every else visitor.actor.councils)
    return _form(console, visitor, asked, empty, new=True)


def add(console: Console, visitor: Visitor, asked: Asked) -> Response:
    account = _written(console, visitor, asked, asked.form["name"])
    try:
        account = console.accounts.add(account, visitor.actor)
    except AccountError as error:
        faults = faults_of(error, _field(error))
        return _form(console, visitor, asked, account, faults, new=True)
    notice = f"{account.display_name} さんのアカウントを作りました。パスワードを決めるページを作って、渡してください。"
    return console.done(asked, url("people", account.name), notice)


# 変える ----------------------------------------------------------------------------


def show_person(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _form(console, visitor, asked, _account(console, visitor, asked), new=False)


def change(console: Console, visitor: Visitor, asked: Asked) -> Response:
    account = _account(console, visitor, asked)
    written = _written(console, visitor, asked, account.name)
    changed = replace(
        account,
        display_name=written.display_name,
        mail=written.mail,
        role=written.role,
        councils=written.councils,
    )
    try:
        console.accounts.change(changed, visitor.actor)
    except AccountError as error:
        faults = faults_of(error, _field(error))
        return _form(console, visitor, asked, changed, faults, new=False)
    return console.done(
        asked, url("people"), f"{changed.display_name} さんのアカウントを変えました。"
    )


def disable(console: Console, visitor: Visitor, asked: Asked) -> Response:
    said = "を使えなくしました。ログインも終わりました。"
    return _done(console, visitor, asked, console.accounts.disable, said)


def enable(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _done(console, visitor, asked, console.accounts.enable, "を使えるように戻しました。")


def require_change(console: Console, visitor: Visitor, asked: Asked) -> Response:
    said = "のログインを終わらせました。次に入ったとき、パスワードを変えてもらいます。"
    return _done(console, visitor, asked, console.accounts.require_change, said)


def new_link(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """合い言葉は、ここでだけ見せる。移ると消えるので、303 にしない。"""
    account = _account(console, visitor, asked)
    token = console.accounts.new_link(account.name, visitor.actor)
    title = f"{account.display_name} さんがパスワードを決めるページ"
    link = asked.origin + url("link", token)
    return console.page(visitor, asked, "person_link.html", title, account=account, link=link)


# ---------------------------------------------------------------------------------


def _done(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    work: Callable[[str, Actor], None],
    said: str,
) -> Response:
    account = _account(console, visitor, asked)
    try:
        work(account.name, visitor.actor)
    except AccountError as error:
        return _form(console, visitor, asked, account, faults_of(error), new=False)
    return console.done(
        asked, url("people", account.name), f"{account.display_name} さんのアカウント{said}"
    )


def _form(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    account: Account,
    faults: Sequence[Fault] = (),
    *,
    new: bool,
) -> Response:
    councils = [*console.councils(visitor).items()]
    if visitor.actor.councils is None:
        councils = [(_EVERY, "すべての社協"), *councils]
    return console.page(
        visitor,
        asked,
        "person.html",
        "アカウントを作る" if new else f"アカウント: {account.name}",
        faults,
        new=new,
        account=account,
        roles=[*ROLES.items()],
        councils=councils,
        chosen=[_EVERY] if account.councils is None else sorted(account.councils),
        events=() if new else reversed(console.accounts.events(account.name)),
    )


def _written(console: Console, visitor: Visitor, asked: Asked, name: str) -> Account:
    form = asked.form
    role: Role = next((r for r in ROLES if r == form["role"]), "writer")
    councils = frozenset(form.all("councils"))
    offered = console.councils(visitor).keys()
    return Account(
        name,
        form["display_name"],
        form["mail"],
        role,
        None if _EVERY in councils else councils & offered,
    )


def _account(console: Console, visitor: Visitor, asked: Asked) -> Account:
    account = console.accounts.find(account_name(asked.path["person"]))
    if account is None or not governs(visitor.actor, account):
        raise NotFound("そのアカウントはありません。アカウントの一覧から選んでください。")
    return account


def _field(error: AccountError) -> str:
    """誤りのある項目。"""
    message = str(error)
    return next((field for words, field in _FIELDS if words in message), "name")


_FIELDS = (
    ("メール", "mail"),
    ("画面に出す名前", "display_name"),
    ("ひとりもいなくなり", "role"),
    ("社協", "councils"),
)


_ADMINISTRATOR: tuple[Role, ...] = ("administrator",)

PAGES = (
    Place("/people", show_people, None, _ADMINISTRATOR, "アカウント"),
    Place("/new-person", show_add, add, _ADMINISTRATOR),
    Place("/people/{person}", show_person, change, _ADMINISTRATOR),
    Place("/people/{person}/link", None, new_link, _ADMINISTRATOR),
    Place("/people/{person}/disable", None, disable, _ADMINISTRATOR),
    Place("/people/{person}/enable", None, enable, _ADMINISTRATOR),
    Place("/people/{person}/require-change", None, require_change, _ADMINISTRATOR),
)
