"""配るページ、会話の入口（ページの会話、LINE）、職員の画面を組み立てる。"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from app import chat
from app.bulletin import Bulletin, Heading
from app.counting import Tally
from app.counting_turns import TurnTally
from app.live import LiveConversation
from app.settings import Settings
from app.web import create_app
from bot.inbox import Inbox
from bot.person import forget_turns
from bot.turn import Turn
from bot.worker import Policy, keep_house
from channels.wording import Wording
from content.database import open_database

if TYPE_CHECKING:
    from sqlalchemy import Engine


def service(settings: Settings, out: Path) -> FastAPI:
    """``out`` のページと、それより先に見る入口。データベースへの接続は分け合う。"""
    engine = open_database(settings.database_url)
    bulletin, tally, turns = Bulletin(engine), Tally(engine), TurnTally(engine)
    live = LiveConversation(settings, out, bulletin.texts)
    entrances = (
        *_entrances(settings, live, out, engine, turns),
        _running(turns.keep, tally.keep),
    )
    return create_app(out, entrances, lead=Heading(bulletin, lambda: live.names), took=tally)


def _entrances(
    settings: Settings,
    live: LiveConversation,
    out: Path,
    engine: Engine,
    record: Callable[[Turn], None],
) -> tuple[APIRouter, ...]:
    """``/staff``、``/chat`` と、LINE の鍵があれば ``/line/webhook``。"""
    from app.console.backstage import works
    from app.console.router import console_router, open_console

    desk = open_console(settings, out, engine)
    console = console_router(desk)
    behind = works(desk)
    inbox = Inbox(engine, forget_turns)
    key = settings.secret_key()

    async def upkeep() -> None:
        try:
            await keep_house(inbox, time.time)
        finally:
            inbox.close()

    page = chat.router(
        live, live.audio, Wording.load(live.names), key, record, base_url=settings.base_url
    )
    if settings.line is None:
        return console, page, _running(live.watch, upkeep, *behind), _unset_line()
    from bot.webhook import line_bot

    line = line_bot(
        inbox,
        live,
        secret=settings.line.channel_secret,
        access_token=settings.line.channel_access_token,
        api_base=settings.line.api_base,
        key=key,
        policy=Policy(push_after_deadline=settings.line.push),
    )
    return console, page, line, _running(live.watch, *behind)


def _unset_line() -> APIRouter:
    """LINE の鍵を入れる前の入口。LINE の画面の「検証」に、足りないものを答える。"""
    api = APIRouter()

    async def unset(_request: Request) -> Response:
        text = "LINE_CHANNEL_SECRET と LINE_CHANNEL_ACCESS_TOKEN を入れて、始め直してください。"
        return Response(text, 503, media_type="text/plain; charset=utf-8")

    api.add_route("/line/webhook", unset, methods=["POST"], include_in_schema=False)
    return api


def _running(*works: Callable[[], Coroutine[None, None, None]]) -> APIRouter:
    """アプリの動いている間、``works`` を走らせる。"""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(work()) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    return APIRouter(lifespan=lifespan)
