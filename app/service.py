"""会話の入口（ページの会話、LINE）を組み立てる。"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from app import chat
from app.live import LiveConversation
from app.settings import Settings
from bot.inbox import Inbox, InboxError
from bot.notes import note
from bot.person import forget_turns
from bot.turn import Turn
from channels.wording import Wording
from content.database import StoreError, open_database

LOG = logging.getLogger(__name__)

_HOUR = 3600.0


def conversation_routers(settings: Settings, live: LiveConversation) -> tuple[APIRouter, ...]:
    """``/chat`` と、LINE の鍵があれば ``/line/webhook``。"""
    engine = open_database(settings.database_url)
    inbox = Inbox(engine, forget_turns)
    key = settings.secret_key()

    def record(turn: Turn) -> None:
        try:
            note(engine, turn, time.time())
        except StoreError as error:  # 残せなくても、答えは返す
            LOG.error("%s", error)

    async def keep_house() -> None:
        try:
            while True:
                try:
                    await inbox.purge(time.time())
                except InboxError as error:
                    LOG.error("%s", error)
                await asyncio.sleep(_HOUR)
        finally:
            inbox.close()

    page = chat.router(
        live, live.audio, Wording.load(live.names), key, record, base_url=settings.base_url
    )
    if settings.line is None:
        return page, _running(live.watch, keep_house)
    from bot.webhook import line_bot

    line = line_bot(
        inbox,
        live,
        secret=settings.line.channel_secret,
        access_token=settings.line.channel_access_token,
        api_base=settings.line.api_base,
        key=key,
    )
    return page, line, _running(live.watch)


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
