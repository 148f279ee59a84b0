"""渡した版を数える。だれに渡したかは、見ず、残さない。"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.people import Counts, count, day_of
from content.database import StoreError, writing

if TYPE_CHECKING:
    from sqlalchemy import Engine

LOG = logging.getLogger(__name__)

Took = Callable[[str], None]
"""渡したものの場所（出力先から）を受け取る。"""

GOT = "got"
"""数の名前の始め。``got audio kawasaki/plan-6 standard``。"""
FLUSH_EVERY = 10.0
"""書く間（秒）。突然止まると、この間の数だけがなくなる。"""

_EDITION = re.compile(
    r"(?P<publication>[a-z0-9-]+/[a-z0-9-]+)/(?P<register>standard|plain)/(?P<channel>[a-z0-9]+)"
    r"/(?P<file>.*)"
)
_DISC = re.compile(r"[a-z0-9-]+/daisy-disc(?:-\d+)?\.zip")
# ページの版はページを、ほかの版は受け取るファイルを数える（絵や目録は、その部品である）。
_PAGES = ("", ".html")
_FILES = (".mp3", ".m4b", ".zip", ".epub", ".txt", ".pdf", ".brf", ".bse", ".bes")
_MACHINES = re.compile(r"(?<!cu)bot|crawl|spider|slurp|monitor|feedfetcher", re.IGNORECASE)
_WHOLE, _PROBE = re.compile(r"bytes 0-(\d+)/\d+"), 2


def name_of(path: str) -> str | None:
    """数の名前。版でないもの（入口のページ、絵、版の部品）は ``None``。"""
    if _DISC.fullmatch(path):
        return f"{GOT} daisy {path.split('/')[0]} disc"
    found = _EDITION.fullmatch(path)
    if found is None:
        return None
    file = found["file"].rpartition("/")[2]
    ending = file[file.rfind(".") :] if "." in file else ""
    if ending not in (_PAGES if found["channel"] == "web" else _FILES):
        return None
    return f"{GOT} {found['channel']} {found['publication']} {found['register']}"


class Tally:
    """数をためて、ときどき書く。ページは、データベースを待たない。"""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock
        self._lock = threading.Lock()
        self._counts: Counts = Counter()

    def __call__(self, path: str) -> None:
        name = name_of(path)
        if name is not None:
            with self._lock:
                self._counts[day_of(self._clock()), name] += 1

    def flush(self) -> None:
        """ためた数を書く。書けなければ、次に書く。"""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            with writing(self._engine) as connection:
                count(connection, counts)
        except StoreError as error:
            LOG.error("渡した数を書けないので、後でもう一度書きます。%s", error)
            with self._lock:
                self._counts += counts

    async def keep(self) -> None:
        """取り消されるまで書きつづけ、終わりに残りを書く。"""
        try:
            while True:
                await asyncio.sleep(FLUSH_EVERY)
                await asyncio.to_thread(self.flush)
        finally:
            self.flush()


class Counting:
    """渡し終えた GET を ``took`` に知らせる。

    全部を渡し終えたもの（200）と、始めから求めた続きもの（206）。確かめるだけのもの（HEAD、304、音を流す
    前の 2 バイト、先読み）と、機械の見まわりは数えない。
    """

    def __init__(self, app: ASGIApp, took: Took) -> None:
        self._app, self._took = app, took

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if scope["method"] != "GET" or _by_machine(headers):
            await self._app(scope, receive, send)
            return
        status, begins, finished = 0, False, False

        async def watching(message: Message) -> None:
            nonlocal status, begins, finished
            if message["type"] == "http.response.start":
                status = message["status"]
                span = _WHOLE.fullmatch(Headers(raw=message["headers"]).get("content-range", ""))
                begins = span is not None and int(span[1]) >= _PROBE
            elif message["type"] == "http.response.body":
                # 途中で切られると、FileResponse は終わりを送らない。
                finished = not message.get("more_body")
            await send(message)

        await self._app(scope, receive, watching)
        if (status == 200 and finished) or (status == 206 and begins):
            self._took(scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/"))


def _by_machine(headers: Headers) -> bool:
    purpose = headers.get("sec-purpose", "") + headers.get("purpose", "")
    return "prefetch" in purpose or bool(_MACHINES.search(headers.get("user-agent", "")))
