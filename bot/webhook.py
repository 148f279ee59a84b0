"""LINE の webhook（``POST /line/webhook``）と、LINE に送る口。

要求の中では、署名を確かめて受け箱に入れるだけ。会話も LINE の呼び出しもしないので、LINE がどれほど
遅くても、すぐに 200 を返す。受け箱に書けなければ 500 を返し、LINE に送り直してもらう。
"""

from __future__ import annotations

import asyncio
import base64
import functools
import hmac
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol, Self

from fastapi import APIRouter, FastAPI, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from bot.events import arrivals_of
from bot.inbox import Inbox, InboxError
from bot.notes import counted
from bot.people import Keys
from bot.person import Person, forget_turns, person_from_json, person_to_json
from bot.turn import Bubble, Incoming, Turn
from bot.worker import Outcome, Policy, Reply, Worker, keep_house
from channels import line

LOG = logging.getLogger(__name__)

MOST = 2 * 1024 * 1024
"""本文の大きさの限り（バイト）。"""
_READ_AWAY = 32 * 1024 * 1024
_WRITE_WITHIN = 1.5
APOLOGY = (
    "申しわけありません。こちらの不具合で、お答えできませんでした。"
    "少し待ってから、もう一度送ってください。"
)


class Conversation(Protocol):
    """会話（``bot.conversation.Conversation``）。"""

    def turn(self, person: Person, incoming: Incoming) -> Turn: ...

    def keepable(self, person: Person) -> Person: ...


def line_bot(
    inbox: Inbox,
    conversation: Conversation,
    *,
    secret: str,
    access_token: str,
    api_base: str,
    key: bytes,
    policy: Policy | None = None,
    clock: Callable[[], float] = time.time,
) -> APIRouter:
    """webhook の入口。アプリの始まりに働き手を始め、終わりに止めて ``inbox`` を閉じる。"""
    policy = policy or Policy()

    @asynccontextmanager
    async def working(_app: FastAPI) -> AsyncIterator[None]:
        async with LineSender(access_token, api_base) as sender:
            respond = functools.partial(_respond, conversation)
            worker = Worker(inbox, respond, sender, line.text(APOLOGY), policy, clock)
            works = (worker.run(), keep_house(inbox, clock))
            tasks = [asyncio.create_task(work) for work in works]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                inbox.close()

    keep_recipient = policy.push_after_deadline
    return router(secret, Keys(key), inbox, clock, keep_recipient=keep_recipient, lifespan=working)


def router(
    secret: str,
    keys: Keys,
    inbox: Inbox,
    clock: Callable[[], float],
    *,
    keep_recipient: bool = False,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
) -> APIRouter:
    """署名を確かめ、``inbox`` に入れる入口。``keep_recipient`` は ``arrivals_of`` のとおり。"""
    if not secret:
        raise ValueError("LINE_CHANNEL_SECRET がありません。")

    async def webhook(request: Request) -> Response:
        try:
            body = await _read(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response("本文が大きすぎます。", 413)
        if not _signed(secret.encode(), body, request.headers.get("x-line-signature")):
            return Response("署名が正しくありません。", 400)
        arrivals = arrivals_of(body, keys, keep_recipient=keep_recipient)
        if arrivals is None:
            return Response("本文を読めません。", 400)
        if arrivals:
            try:
                async with asyncio.timeout(_WRITE_WITHIN):
                    await inbox.put(arrivals, clock())
            except (InboxError, TimeoutError) as error:
                LOG.error("LINE の事象を受け取れず、送り直してもらいます。%s", error)
                return Response(status_code=500)
        return Response()

    api = APIRouter(lifespan=lifespan)
    api.add_route("/line/webhook", webhook, methods=["POST"], include_in_schema=False)
    return api


async def _read(request: Request) -> bytes | None:
    """本文。大きすぎれば ``None``。そのときも、答えが届くように、ためずに読み捨てる。"""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MOST:
            chunks.append(chunk)
        else:
            chunks.clear()
            if size > _READ_AWAY:
                break
    return b"".join(chunks) if size <= MOST else None


def _signed(secret: bytes, body: bytes, signature: str | None) -> bool:
    if signature is None:
        return False
    expected = base64.b64encode(hmac.digest(secret, body, "sha256"))
    # 見出しは latin-1 で読まれている。ASCII でないものは、文字列のままでは比べられない。
    return hmac.compare_digest(expected, signature.encode("latin-1"))


# 会話を LINE の形に ----------------------------------------------------------------


def _respond(conversation: Conversation, memory: str | None, kind: str, text: str) -> Reply:
    before = person_from_json(memory)
    turn = conversation.turn(before, Incoming(kind, text))
    messages = line.one_call(map(_messages, turn.bubbles))
    if not turn.store:  # 危険や相談の後は、その話も、その前の答えの続きも残さない
        return Reply(messages, memory and forget_turns(person_to_json(turn.person)))
    # 何も選んでいない人のことは、覚えない。
    new = memory is not None or turn.person != before
    kept = person_to_json(conversation.keepable(turn.person)) if new else None
    return Reply(messages, kept, turn.unanswered, counted(turn))


def _messages(bubble: Bubble) -> list[line.Message]:
    offered = [(reply.label, reply.text) for reply in bubble.quick_replies]
    if bubble.audio is not None:
        return line.audio(bubble.audio.url, bubble.audio.milliseconds, bubble.text, offered)
    if bubble.links:
        links = [(link.label, link.url) for link in bubble.links]
        return line.card(bubble.text, links, offered, alt=bubble.alt)
    if bubble.kind == "choices":
        return line.choices(bubble.text, offered, alt=bubble.alt)
    return line.text(bubble.text, offered)


# 送る ----------------------------------------------------------------------------


class LineSender:
    """line-bot-sdk の、1 つのプロセスに 1 つの口。``async with`` で開く（始めたループで使う）。"""

    def __init__(self, access_token: str, api_base: str) -> None:
        self._access_token, self._api_base = access_token, api_base

    async def __aenter__(self) -> Self:
        # 読み込むだけで 1 秒かかるので、始めるときに。
        import aiohttp
        from linebot.v3.messaging import (
            ApiException,
            AsyncApiClient,
            AsyncMessagingApi,
            Configuration,
        )

        self._refused: type[Any] = ApiException
        self._never_reached = aiohttp.ClientConnectorError
        self._lost = (aiohttp.ClientError, OSError, TimeoutError, ValueError)
        configuration = Configuration(host=self._api_base, access_token=self._access_token)
        configuration.connection_pool_maxsize = 64
        self._client = AsyncApiClient(configuration)
        self._api = AsyncMessagingApi(self._client)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def reply(self, token: str, messages: Sequence[Any], seconds: float) -> Outcome:
        body = {"replyToken": token, "messages": messages}
        return await self._tried(self._post("/v2/bot/message/reply", body, {}, seconds))

    async def push(
        self, to: str, messages: Sequence[Any], retry_key: str, seconds: float
    ) -> Outcome:
        return await self._tried(self._push(to, messages, retry_key, float(seconds)))

    async def _push(
        self, to: str, messages: Sequence[Any], retry_key: str, seconds: float
    ) -> Outcome:
        """今月の残りがあれば送る。返信と違い、1 人に 1 通と数えられる。"""
        quota = await self._api.get_message_quota(_request_timeout=seconds)
        if quota.value is not None:  # 上限のないプランには値がない
            used = await self._api.get_message_quota_consumption(_request_timeout=seconds)
            if used.total_usage >= quota.value:
                return _over_the_limit()
        body, headers = {"to": to, "messages": messages}, {"X-Line-Retry-Key": retry_key}
        return await self._post("/v2/bot/message/push", body, headers, seconds)

    async def _post(
        self, path: str, body: dict[str, Any], headers: dict[str, str], seconds: float
    ) -> Outcome:
        # reply_message でなく、その下の call_api を使う。メッセージはもう LINE の JSON なので、モデルに
        # 直して確かめ、また JSON に戻す分（呼び出し 1 回の 3 割の CPU）は要らない。
        await self._client.call_api(
            path,
            "POST",
            header_params={**headers, **_JSON},
            body=body,
            response_types_map={},
            auth_settings=["Bearer"],
            _request_timeout=float(seconds),
        )
        return Outcome.ACCEPTED

    async def _tried(self, call: Awaitable[Outcome]) -> Outcome:
        try:
            return await call
        except self._refused as error:
            return _judged(error.status, str(error.body))
        except self._never_reached:
            return Outcome.UNREACHED
        except self._lost:
            return Outcome.UNKNOWN


_JSON = {"Accept": "application/json", "Content-Type": "application/json"}


def _judged(status: int, body: str) -> Outcome:
    if status == 409:
        return Outcome.ACCEPTED  # 同じ X-Line-Retry-Key を、前に受け取っている
    if status >= 500:
        return Outcome.UNKNOWN
    if status == 429 and "monthly limit" not in body:
        return Outcome.UNREACHED
    if status == 429:
        LOG.error(
            "LINE の今月の送信数の上限に達しました。LINE の管理画面でプランを確かめてください。"
        )
        return Outcome.LIMIT
    if status == 400 and "Invalid reply token" in body:
        return Outcome.SPENT
    # 説明には送った文が入りうるので、番号だけを残す。
    LOG.error(
        "LINE が送信を断りました（HTTP %d）。LINE のトークンと設定を確かめてください。", status
    )
    return Outcome.REFUSED


def _over_the_limit() -> Outcome:
    LOG.error("LINE の今月の送信数の上限に達しました。LINE の管理画面でプランを確かめてください。")
    return Outcome.LIMIT
