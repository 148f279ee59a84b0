"""厳しい、にせの LINE。使い方は ``LinePlatform`` の説明にある。"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from tests.line_platform.api import Api
from tests.line_platform.faults import Fault
from tests.line_platform.records import Call, Received
from tests.line_platform.resident import Event, Resident
from tests.line_platform.server import Server

BOT_ID = "U" + "b0" * 16


@dataclass(frozen=True, slots=True)
class Response:
    """webhook の答え。``seconds`` は、送り終えてから答えが届くまで（LINE は 2 秒で打ち切る）。"""

    status: int
    body: bytes
    seconds: float


class LinePlatform:
    """LINE の代わりをする HTTP サーバーと、そこにいる人たち。

    ::

        with LinePlatform() as line:                    # start() と stop()
            start_the_bot(env=line.environment)         # LINE_API_BASE など 3 つ
            hanako = line.resident("花子")               # 友だち
            line.deliver(webhook, hanako.text("こんにちは"))   # -> Response(status, body, seconds)
            bubbles = line.replies(hanako, wait_for=1)  # -> [Received(message, via, …)]、届いた順

    ボットに送るもの: ``resident(...)`` の ``text sticker image video audio file location follow
    unfollow join leave postback unsend unknown_message unknown_event`` が事象を作り、
    ``resident.redelivered`` と ``resident.in_mode`` がそれを変える。``deliver`` はいくつでも 1 つの
    本文で送り（0 個なら LINE の「検証」ボタン）、``post`` は本文と署名をそのまま送る。

    ボットから受けるもの: 構造（line-bot-sdk のモデル、知らない項目は断る）、限度（自前の表）、
    ``Authorization``、返信用のトークン（1 度だけ、``token_seconds`` 秒）、``X-Line-Retry-Key``
    （返信では 400、24 時間のうちの 2 度目は 409）、月の上限（``monthly_limit``。``None`` は上限の
    ないプラン）を確かめ、LINE の形の誤りを返す。受けた呼び出しは ``calls``（断ったものも）。

    壊し方: ``fail("/v2/bot/message/reply", status=500, times=2)``。``delay`` 秒遅らせる、``drop``
    なら答えずに切る、``accepted`` なら受け取ってから壊れる。``times=None`` は ``heal()`` まで。
    ``path`` には ``/v2/bot/user/all/richmenu/*`` のような形も書ける。

    時計: ``now`` は秒を返す関数（ふつうは ``time.monotonic``）。``ManualClock`` なら手で進める。
    スレッドで動き、どこから呼んでもよい。
    """

    def __init__(
        self,
        *,
        secret: str = "channel-secret-of-the-tests",
        access_token: str = "access-token-of-the-tests",
        token_seconds: float = 60,
        monthly_limit: int | None = 200,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.secret = secret
        self.access_token = access_token
        self.api = Api(
            access_token=access_token,
            bot_id=BOT_ID,
            token_seconds=token_seconds,
            monthly_limit=monthly_limit,
            now=now,
        )
        self._server = Server(self.api)

    def start(self) -> Self:
        self._server.start()
        return self

    def stop(self) -> None:
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        return self._server.url

    @property
    def environment(self) -> Mapping[str, str]:
        """ボットのプロセスに渡す環境変数。"""
        return {
            "LINE_CHANNEL_SECRET": self.secret,
            "LINE_CHANNEL_ACCESS_TOKEN": self.access_token,
            "LINE_API_BASE": self.base_url,
        }

    # 人と記録 -----------------------------------------------------------------

    def resident(self, name: str = "川崎 花子") -> Resident:
        """友だち。同じ名前なら同じ人。"""
        return self.api.resident(name)

    def replies(
        self, who: Resident | str, *, wait_for: int = 0, timeout: float = 10
    ) -> list[Received]:
        """``who``（人、またはグループの id）に届いたもの、届いた順。

        ``wait_for`` 個になるまで ``timeout`` 秒まで待つ。足りないままなら ``TimeoutError``。
        """
        chat = who if isinstance(who, str) else who.id
        return self.api.wait_for(chat, wait_for, timeout)

    @property
    def calls(self) -> list[Call]:
        return self.api.calls_made()

    @property
    def used_this_month(self) -> int:
        return self.api.used

    def block(self, people: int) -> None:
        """前に友だちだった ``people`` 人が、いまはブロックしている（友だちの数え方のため）。"""
        self.api.blocks = people

    @property
    def default_menu(self) -> dict[str, Any] | None:
        """すべての人に見えているリッチメニュー。"""
        return self.api.rich_menus.default()

    @property
    def menus(self) -> list[dict[str, Any]]:
        """すべてのリッチメニュー、作った順。"""
        return self.api.rich_menus.all()

    def add_menu(self, definition: dict[str, Any], *, shown: bool = False) -> str:
        """だれかが前に作ったリッチメニュー。その id。``shown`` なら、すべての人に見えている。"""
        return self.api.rich_menus.add(definition, shown=shown)

    def fail(
        self,
        path: str,
        *,
        status: int | None = None,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        delay: float = 0,
        drop: bool = False,
        accepted: bool = False,
        times: int | None = 1,
    ) -> None:
        """``path`` への次の ``times`` 回を壊す。``status`` がなければ、遅らせるだけ。"""
        self.api.faults.add(
            Fault(path, status, body, dict(headers or {}), delay, drop, accepted, times)
        )

    def heal(self) -> None:
        self.api.faults.clear()

    # ボットに送る ---------------------------------------------------------------

    def issue_token(self, who: Resident | str) -> str:
        return self.api.issue_token(who if isinstance(who, str) else who.id)

    def body(self, *events: Event | str) -> bytes:
        """webhook の本文。文字列は、そのまま 1 つの事象として入れる（壊れた事象のため）。"""
        parts = [
            event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
            for event in events
        ]
        return f'{{"destination":"{BOT_ID}","events":[{",".join(parts)}]}}'.encode()

    def sign(self, body: bytes) -> str:
        digest = hmac.new(self.secret.encode(), body, hashlib.sha256).digest()
        return base64.b64encode(digest).decode("ascii")

    def deliver(self, webhook: str, *events: Event | str, timeout: float = 30) -> Response:
        """正しい署名で ``webhook``（``…/line/webhook`` の URL）に送る。"""
        body = self.body(*events)
        return self.post(webhook, body, self.sign(body), timeout=timeout)

    def post(
        self, webhook: str, body: bytes, signature: str | bytes | None, *, timeout: float = 30
    ) -> Response:
        """``body`` をそのまま送る。``signature`` が ``None`` なら、署名の見出しを付けない。"""
        parts = urlsplit(webhook)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
        headers: dict[str, str | bytes] = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
        }
        if signature is not None:
            headers["x-line-signature"] = signature
        try:
            started = time.monotonic()
            connection.connect()
            # 大きすぎる本文は、読み終わる前に断られてよい。答えは届いている。
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request("POST", parts.path, body, headers)
            answer = connection.getresponse()
            return Response(answer.status, answer.read(), time.monotonic() - started)
        finally:
            connection.close()


class ManualClock:
    """手で進める時計。``LinePlatform(now=clock)``。"""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> float:
        with self._lock:
            return self._seconds

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._seconds += seconds
