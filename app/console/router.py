"""職員の画面の入口。すべてのページの表と、どのページの前にもする確かめ。

確かめる順: このサイトから送られたか → ログインしているか → パスワードを変える約束がないか → その役割か。
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.datastructures import URL
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response

from app.console import (
    asset_files,
    pages_broadcast,
    pages_correct,
    pages_dashboard,
    pages_edit,
    pages_excuse,
    pages_home,
    pages_import,
    pages_listen,
    pages_login,
    pages_new,
    pages_notice,
    pages_people,
    pages_preview,
    pages_proof,
    pages_publish,
    pages_readings,
    pages_recordings,
    pages_review,
)
from app.console.accounts import Accounts
from app.console.browsers import browsers_in
from app.console.builds import Builds
from app.console.checks import CHECKS
from app.console.form import Form, read_form
from app.console.frame import (
    NOTICE_COOKIE,
    REFUSALS,
    ROOT,
    Asked,
    Console,
    Door,
    NotFound,
    Place,
    Visitor,
    url,
)
from app.console.notices import Notices
from app.console.pages_login import SESSION_COOKIE, login_page
from app.console.passwords import Passwords
from app.console.refusals import refused
from app.console.sessions import Sessions
from app.console.tokens import NewToken, new_token
from app.origin import own
from app.settings import Settings
from content.database import Clock
from content.store import utc_now
from content.workflow import Approvals, Drafts, Emergencies, Event

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

LOG = logging.getLogger(__name__)

DOORS: tuple[Door, ...] = pages_login.DOORS
"""ログインする前のページ。"""

PLACES: tuple[Place, ...] = (
    *pages_home.PAGES,
    *pages_edit.PAGES,
    *pages_readings.PAGES,
    *pages_correct.PAGES,
    *pages_listen.PAGES,
    *pages_preview.PAGES,
    *pages_review.PAGES,
    *pages_publish.PAGES,
    *pages_proof.PAGES,
    *pages_recordings.PAGES,
    *pages_new.PAGES,
    *pages_import.PAGES,
    *pages_excuse.PAGES,
    *pages_notice.PAGES,
    *pages_broadcast.PAGES,
    *pages_dashboard.PAGES,
    *pages_people.PAGES,
    *pages_login.PAGES,
)
"""ログインした人のページのすべて。案内には、この順に並ぶ。"""

_UNCHANGED = ("/password", "/logout")
"""パスワードを変える約束のある人も使えるページ。"""

THREADS = 16
"""職員の画面が、同時に使うスレッドの数。"""

Handler = Callable[[Request], Awaitable[Response]]


def open_console(
    settings: Settings,
    out: Path,
    engine: Engine,
    *,
    now: Clock = utc_now,
    passwords: Passwords | None = None,
    new_token: NewToken = new_token,
) -> Console:
    """画面の部品を組み立てる。``engine`` は、ほかの入口と分け合う、データベースへの接続。"""
    passwords = passwords or Passwords()
    notices, builds = Notices(engine, now), Builds(engine, now, out)

    def tell(connection: Connection, event: Event) -> None:
        notices.tell(connection, event)
        builds.tell(connection, event)

    return Console(
        settings=settings,
        out=out,
        engine=engine,
        now=now,
        key=settings.secret_key(),
        places=PLACES,
        accounts=Accounts(engine, now, passwords, new_token),
        sessions=Sessions(engine, now, passwords, new_token),
        notices=notices,
        drafts=Drafts(engine, now, CHECKS, tell),
        approvals=Approvals(engine, now, tell),
        emergencies=Emergencies(engine, now, notices.tell),
        builds=builds,
    )


def console_router(console: Console) -> APIRouter:
    """``/staff`` の下のすべて。"""
    api = APIRouter()
    guard = _Guard(console)

    def add(path: str, handler: Handler, methods: list[str]) -> None:
        api.add_route(ROOT + path, handler, methods=methods, include_in_schema=False)

    add("/assets/{name}", asset_files.asset, ["GET"])
    for door in DOORS:
        add(door.path, guard.door(door), ["GET", "POST"])
    for place in console.places:
        add(place.path, guard.place(place), ["GET", "POST"])
    add("/", guard.home, ["GET"])
    add("/{rest:path}", guard.nowhere, ["GET", "POST"])
    return api


class _Guard:
    """ページの関数の前と後。"""

    def __init__(self, console: Console) -> None:
        self._console = console
        # 職員の画面がみな待たされても（書く順番など）、住民のページと会話のスレッドは空いている。
        self._threads = CapacityLimiter(THREADS)

    def place(self, place: Place) -> Handler:
        async def handler(request: Request) -> Response:
            return await self._handled(request, lambda v, a: self._at(place, v, a, request))

        return handler

    def door(self, door: Door) -> Handler:
        async def handler(request: Request) -> Response:
            page = door.send if request.method == "POST" else door.show
            return await self._handled(request, lambda v, a: page(self._console, a))

        return handler

    async def home(self, request: Request) -> Response:
        return RedirectResponse(ROOT, 308)

    async def nowhere(self, request: Request) -> Response:
        def missing(visitor: Visitor | None, asked: Asked) -> Response:
            raise NotFound("アドレスを確かめるか、最初のページから探してください。")

        return await self._handled(request, missing)

    async def _handled(
        self, request: Request, answer: Callable[[Visitor | None, Asked], Response]
    ) -> Response:
        posted = request.method == "POST"
        trusted = not posted or own(request.headers)
        asked, form = self._asked(request), Form()
        visitor, failure = await self._entering(request)
        if posted:
            known = visitor is not None or failure is not None or bool(asked.browsers)
            files = trusted and visitor is not None
            try:
                form = await read_form(request, files=files, large=known)
            except ClientDisconnect:
                return Response(status_code=400)  # もう、だれも読まない
            except Exception as error:  # だれが見ているかを調べてから、ページにして言う
                failure = failure or error
        if trusted:  # ほかのサイトの書いた文字は、ページに入れない
            asked = replace(asked, form=form)

        def work() -> Response:
            try:
                try:
                    if not trusted:
                        return refused(self._console, visitor, asked, None)
                    if failure is not None:
                        raise failure
                    return answer(visitor, asked)
                except (*REFUSALS, NotFound) as error:
                    return refused(self._console, visitor, asked, error)
            except Exception as error:  # 思わぬ失敗でも、書かれたものは失わせない
                LOG.exception("職員の画面の不具合")
                return refused(self._console, visitor, asked, error)
            finally:
                form.close()

        response = await to_thread.run_sync(work, limiter=self._threads)
        response.headers.setdefault("Cache-Control", "no-store")
        shown = response.media_type == "text/html" and response.status_code < 300
        if shown and NOTICE_COOKIE in request.cookies:
            response.delete_cookie(NOTICE_COOKIE, path=ROOT)
        return response

    async def _entering(self, request: Request) -> tuple[Visitor | None, Exception | None]:
        """ログインしている人と、調べられなかった訳。"""
        token = request.cookies.get(SESSION_COOKIE, "")
        if not token:
            return None, None
        try:
            find = self._console.sessions.find
            account = await to_thread.run_sync(find, token, limiter=self._threads)
        except Exception as error:  # 書かれたものを受け取ってから、ページにして言う
            return None, error
        return (Visitor(account, token) if account else None), None

    def _at(
        self, place: Place, visitor: Visitor | None, asked: Asked, request: Request
    ) -> Response:
        posted = request.method == "POST"
        if visitor is None:
            if request.headers.get("sec-fetch-dest") == "empty":
                return Response(_LOGGED_OUT, 401, media_type="text/plain; charset=utf-8")
            if posted:
                return login_page(self._console, asked, asked.url, asked.form, expired=True)
            return self._console.done(asked, url("login", next=asked.url))
        if visitor.account.must_change and place.path not in _UNCHANGED:
            return self._console.done(asked, url("password"))
        if not visitor.is_one_of(place.roles):
            return refused(self._console, visitor, asked, place.roles)
        page = place.send if posted else place.show
        if page is None:  # 送るだけの場所を開いた（ログインし直した後など）
            return self._console.done(asked, ROOT)
        return page(self._console, visitor, asked)

    def _asked(self, request: Request) -> Asked:
        """送られた項目のほかのすべて。"""
        where = _where(request)
        path = where.path + (f"?{where.query}" if where.query else "")
        base = self._console.settings.base_url
        return Asked(
            path={key: str(value) for key, value in request.path_params.items()},
            query=_query(request.query_params),
            form=Form(),
            url=path,
            origin=base or f"{where.scheme}://{where.netloc}",
            address=request.client.host if request.client else "",
            secure=where.scheme == "https" or base.startswith("https://"),
            notice=self._console.notice_in(request.cookies.get(NOTICE_COOKIE, "")),
            browsers=browsers_in(self._console.key, request.cookies),
        )


_LOGGED_OUT = "ログインの時間が過ぎました。ページを開き直して、もう一度ログインしてください。"


def _where(request: Request) -> URL:
    """求められた場所。読めない書き方なら、最初のページ。"""
    try:
        if request.url.path:  # 読むときに初めて分かる
            return request.url
    except ValueError:
        LOG.warning("場所を読めない求めです")
    return URL(f"http://localhost{ROOT}")


def _query(given: Mapping[str, str]) -> dict[str, str]:
    return {name: value.replace("\0", "") for name, value in given.items()}
