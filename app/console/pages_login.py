"""ログイン、ログアウト、パスワード。"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.responses import Response

from app.console.account import AccountError
from app.console.browsers import LASTS, cookie_for, sealed
from app.console.carried import next_url, pack, unpack
from app.console.form import Form
from app.console.frame import (
    EVERYONE,
    REFUSALS,
    ROOT,
    Asked,
    Console,
    Door,
    Fault,
    NotFound,
    Place,
    Visitor,
    faults_of,
    url,
)
from app.console.passwords import LONGEST, SHORTEST
from app.console.sessions import LoginError, TooManyTries

SESSION_COOKIE = "staff_session"


# ログイン -------------------------------------------------------------------------


def show_login(console: Console, asked: Asked) -> Response:
    return login_page(console, asked, asked.query.get("next", ""), Form())


def login_page(
    console: Console,
    asked: Asked,
    to: str,
    form: Form,
    faults: Sequence[Fault] = (),
    *,
    status: int = 0,
    expired: bool = False,
) -> Response:
    """ログインのページ。``expired`` なら、``form`` を持ち、ログインの後に ``to`` へ送り直す。"""
    base = console.settings.base_url
    astray = base.startswith("https://") and urlsplit(asked.origin).scheme == "http"
    return console.page(
        None,
        asked,
        "login.html",
        "ログイン",
        faults,
        status=401 if expired else status,
        name="" if expired else form["name"],
        to=next_url(to),
        carried=pack(form) if expired else form["carried"],
        expired=expired,
        secure_place=base + ROOT if astray else "",
    )


def log_in(console: Console, asked: Asked) -> Response:
    form = asked.form
    try:
        browser = asked.browsers.get(cookie_for(form["name"]), "")
        token, account = console.sessions.log_in(
            form["name"], form["password"], asked.address, browser
        )
    except LoginError as error:
        field = "name" if isinstance(error, TooManyTries) else "password"
        status = 429 if isinstance(error, TooManyTries) else 400
        faults = faults_of(error, field)
        page = login_page(console, asked, form["next"], form, faults, status=status)
        if isinstance(error, TooManyTries):
            page.headers["Retry-After"] = str(error.seconds)
        return page
    visitor = Visitor(account, token)
    if account.must_change:
        return _entered(console, visitor, asked, _password_page(console, visitor, asked))
    return _entered(console, visitor, asked, _onward(console, visitor, asked, ""))


def _onward(console: Console, visitor: Visitor, asked: Asked, notice: str) -> Response:
    """行くはずだった所へ。書かれたものがあれば、送り直すページ。"""
    to = next_url(asked.form["next"])
    pairs = unpack(asked.form["carried"])
    if not pairs:
        return console.done(asked, to, notice)
    return console.page(visitor, asked, "resume.html", "書いたものを送る", to=to, pairs=pairs)


def _entered(console: Console, visitor: Visitor, asked: Asked, response: Response) -> Response:
    browser = cookie_for(visitor.account.name)
    cookies: tuple[tuple[str, str, int | None], ...] = (
        # 期限を書かないので、ブラウザーを閉じると消える（机を何人かで使うことがある）。
        (SESSION_COOKIE, visitor.token, None),
        (browser, sealed(console.key, browser, visitor.token), LASTS),
    )
    for name, value, lasts in cookies:
        response.set_cookie(
            name, value, lasts, path=ROOT, secure=asked.secure, httponly=True, samesite="lax"
        )
    return response


def log_out(console: Console, visitor: Visitor, asked: Asked) -> Response:
    console.sessions.log_out(visitor.token)
    response = console.done(asked, url("login"), "ログアウトしました。")
    response.delete_cookie(SESSION_COOKIE, path=ROOT)
    return response


# 自分のパスワード --------------------------------------------------------------------


def show_password(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _password_page(console, visitor, asked)


def change_password(console: Console, visitor: Visitor, asked: Asked) -> Response:
    form = asked.form
    new = form["new_password"]
    if new != form["new_password_again"]:
        return _password_page(console, visitor, asked, _DIFFERENT)
    try:
        token = console.sessions.change_password(visitor.token, form["old_password"], new)
    except LoginError as error:
        return _password_page(console, visitor, asked, faults_of(error, "old_password"))
    except AccountError as error:
        return _password_page(console, visitor, asked, faults_of(error, "new_password"))
    notice = "パスワードを変えました。ほかの画面のログインは終わりました。"
    renewed = Visitor(visitor.account, token)
    return _entered(console, renewed, asked, _onward(console, visitor, asked, notice))


def _password_page(
    console: Console, visitor: Visitor, asked: Asked, faults: Sequence[Fault] = ()
) -> Response:
    return console.page(
        visitor,
        asked,
        "password.html",
        "パスワードを変える",
        faults,
        shortest=SHORTEST,
        longest=LONGEST,
        to=next_url(asked.form["next"]),
        carried=asked.form["carried"],
    )


_DIFFERENT = (
    Fault("2 つの新しいパスワードが違います。同じものを入れてください。", "new_password_again"),
)


# パスワードを決めるページ -------------------------------------------------------------


def show_link(console: Console, asked: Asked) -> Response:
    return _link_page(console, asked)


def use_link(console: Console, asked: Asked) -> Response:
    new = asked.form["new_password"]
    if new != asked.form["new_password_again"]:
        return _link_page(console, asked, _DIFFERENT)
    try:
        account = console.accounts.use_link(asked.path["token"], new)
    except REFUSALS as error:
        return _link_page(console, asked, faults_of(error, "new_password"))
    token = console.sessions.start(account)
    response = console.done(asked, url(), "パスワードを決めて、ログインしました。")
    return _entered(console, Visitor(account, token), asked, response)


def _link_page(console: Console, asked: Asked, faults: Sequence[Fault] = ()) -> Response:
    owner = console.accounts.link_owner(asked.path["token"])
    if owner is None:
        raise NotFound(
            "このパスワードを決めるページは、もう使えません（1 度使ったか、24 時間が過ぎました）。"
            "管理者に、もう一度頼んでください。"
        )
    return console.page(
        None,
        asked,
        "link.html",
        "パスワードを決める",
        faults,
        owner=owner,
        shortest=SHORTEST,
        longest=LONGEST,
    )


DOORS = (
    Door("/login", show_login, log_in),
    Door("/link/{token}", show_link, use_link),
)
PAGES = (
    Place("/password", show_password, change_password, EVERYONE),
    Place("/logout", None, log_out, EVERYONE),
)
