"""にせの LINE の、呼び出しひとつの答え。状態（トークン、月の数、受け取ったもの）もここにある。"""

from __future__ import annotations

import datetime
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from linebot.v3.messaging import (
    BroadcastRequest,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    ShowLoadingAnimationRequest,
    ValidateMessageRequest,
)
from pydantic.v1 import BaseModel

from tests.line_platform.faults import Faults
from tests.line_platform.limits import limit_problems
from tests.line_platform.records import Call, Received, Via
from tests.line_platform.resident import Resident
from tests.line_platform.rich_menus import RichMenus
from tests.line_platform.structure import nodes, structure_problems
from tests.line_platform.wire import Refused, Reply, Request, refusal

MAX_REQUEST = 2 * 1024 * 1024
MONTHLY = "You have reached your monthly limit."
RETRY_SECONDS = 24 * 60 * 60
SENDING: dict[str, tuple[Via, type[BaseModel]]] = {
    "reply": ("reply", ReplyMessageRequest),
    "push": ("push", PushMessageRequest),
    "multicast": ("multicast", MulticastRequest),
    "broadcast": ("broadcast", BroadcastRequest),
}


@dataclass(slots=True)
class _Token:
    chat: str
    issued: float
    used: bool = False


@dataclass(frozen=True, slots=True)
class _Accepted:
    """再送の鍵の付いた、受け取った呼び出し。"""

    id: str
    at: float
    sent: list[dict[str, str]]


class Api:
    """``handle`` は、どのスレッドから呼んでもよい。"""

    def __init__(
        self,
        *,
        access_token: str,
        bot_id: str,
        token_seconds: float,
        monthly_limit: int | None,
        now: Callable[[], float],
    ) -> None:
        self._access_token, self._bot_id = access_token, bot_id
        self._token_seconds, self._now = token_seconds, now
        self._monthly_limit = monthly_limit
        self._changed = threading.Condition(threading.RLock())
        self._residents: dict[str, Resident] = {}
        self._tokens: dict[str, _Token] = {}
        self._retry_keys: dict[str, _Accepted] = {}
        self._received: dict[str, list[Received]] = {}
        self._calls: list[Call] = []
        self._sendings = 0
        self.used = 0
        self.blocks = 0
        self.faults = Faults()
        self.rich_menus = RichMenus()

    # 試験の側 ------------------------------------------------------------------

    def resident(self, name: str) -> Resident:
        with self._changed:
            found = Resident(name, self.issue_token)
            return self._residents.setdefault(found.id, found)

    def issue_token(self, chat: str) -> str:
        with self._changed:
            token = secrets.token_hex(16)
            self._tokens[token] = _Token(chat, self._now())
            return token

    def wait_for(self, chat: str, count: int, timeout: float) -> list[Received]:
        with self._changed:
            arrived = self._changed.wait_for(
                lambda: len(self._received.get(chat, ())) >= count, timeout
            )
            got = list(self._received.get(chat, ()))
        if not arrived:
            raise TimeoutError(f"{timeout} 秒待っても {count} 個届きません（{len(got)} 個）: {got}")
        return got

    def calls_made(self) -> list[Call]:
        with self._changed:
            return list(self._calls)

    # ボットの側 ----------------------------------------------------------------

    def handle(self, request: Request) -> Reply:
        with self._changed:
            try:
                reply = self._route(request)
            except Refused as refused:
                reply = refused.reply
            reply.headers["x-line-request-id"] = request.id
            self._changed.notify_all()
        return reply

    def note(self, request: Request, status: int, answer: bytes = b"") -> None:
        """呼び出しを記録する。``status`` は、ボットに見えるもの（0 は、答えずに切った）。"""
        said = answer.decode("utf-8", "replace")
        call = Call(request.method, request.path, status, request.json_or_none(), said)
        with self._changed:
            self._calls.append(call)

    def _route(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self._access_token}":
            raise refusal(401, "Authentication failed due to the following reason: invalid token.")
        if len(request.body) > MAX_REQUEST and not request.path.endswith("/content"):
            raise refusal(413, "Request is larger than 2MB")
        match (request.method, *request.path.strip("/").split("/")):
            case ("POST", "v2", "bot", "message", kind) if kind in SENDING:
                return self._send(request, *SENDING[kind])
            case ("POST", "v2", "bot", "message", "validate", kind) if kind in SENDING:
                _checked(request, ValidateMessageRequest)
                return Reply.of({})
            case ("POST", "v2", "bot", "chat", "loading", "start"):
                return self._loading(request)
            case ("GET", "v2", "bot", "message", "quota"):
                if self._monthly_limit is None:
                    return Reply.of({"type": "none"})
                return Reply.of({"type": "limited", "value": self._monthly_limit})
            case ("GET", "v2", "bot", "message", "quota", "consumption"):
                return Reply.of({"totalUsage": self.used})
            case ("GET", "v2", "bot", "insight", "followers"):
                return self._followers(request)
            case ("GET", "v2", "bot", "message", _, "content"):
                return Reply(200, b"content of the message", "application/octet-stream")
            case ("GET", "v2", "bot", "profile", user):
                person = self._residents.get(user)
                if person is None:
                    raise refusal(404, "Not found")
                return Reply.of({"userId": user, "displayName": person.name, "language": "ja"})
            case ("GET", "v2", "bot", "info"):
                return Reply.of(
                    {
                        "userId": self._bot_id,
                        "basicId": "@216ru...",
                        "displayName": "つたわる",
                        "chatMode": "bot",
                        "markAsReadMode": "auto",
                    }
                )
            case (_, "v2", "bot", "richmenu" | "user", *_):
                return self.rich_menus.handle(request)
        raise refusal(404, "Not found")

    def _send(self, request: Request, via: Via, model: type[BaseModel]) -> Reply:
        key = request.headers.get("x-line-retry-key")
        if key is not None:
            self._check_retry_key(key, via)
        body = _checked(request, model)
        chats = self._destinations(body, via)
        if via != "reply":
            most = self._monthly_limit
            if most is not None and self.used + len(chats) > most:
                raise refusal(429, MONTHLY)
            self.used += len(chats)
        self._sendings += 1
        for chat in chats:
            self._received.setdefault(chat, []).extend(
                Received(message, via, self._sendings) for message in body["messages"]
            )
        sent = [
            {"id": str(460_000_000_000_000_000 + secrets.randbelow(10**17)), "quoteToken": "q"}
            for _ in body["messages"]
        ]
        if key is not None:
            shown = sent if via == "push" else []
            self._retry_keys[key] = _Accepted(request.id, self._now(), shown)
        return Reply.of({"sentMessages": sent} if via in ("reply", "push") else {})

    def _check_retry_key(self, key: str, via: Via) -> None:
        if via == "reply":
            raise refusal(400, "The retry key is not supported by this endpoint")
        if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", key, re.IGNORECASE):
            raise refusal(400, "Invalid retry key")
        accepted = self._retry_keys.get(key)
        # 24 時間を過ぎた鍵は忘れられ、同じものがもう一度届いてしまう。
        if accepted is not None and self._now() - accepted.at <= RETRY_SECONDS:
            content: dict[str, Any] = {"message": "The retry key is already accepted"}
            if accepted.sent:
                content["sentMessages"] = accepted.sent
            reply = Reply.of(content, 409)
            reply.headers["x-line-accepted-request-id"] = accepted.id
            raise Refused(reply)

    def _destinations(self, body: dict[str, Any], via: Via) -> list[str]:
        if via == "reply":
            token = self._tokens.get(body["replyToken"])
            late = token is not None and self._now() - token.issued > self._token_seconds
            if token is None or token.used or late:
                raise refusal(400, "Invalid reply token")
            token.used = True
            return [token.chat]
        if via == "broadcast":
            return sorted(self._residents)
        chats = [body["to"]] if via == "push" else sorted(set(body["to"]))
        groups = {token.chat for token in self._tokens.values()} if via == "push" else set()
        if any(chat not in self._residents and chat not in groups for chat in chats):
            raise refusal(400, "The property, 'to', in the request body is invalid")
        return chats

    def _followers(self, request: Request) -> Reply:
        """その日の終わりの数。いまの友だちに、前に友だちだった人（``blocks``）を足したものが followers。"""
        try:
            datetime.datetime.strptime(request.query.get("date", ""), "%Y%m%d")
        except ValueError:
            raise refusal(400, "The value for the 'date' parameter is invalid") from None
        friends = len(self._residents)
        return Reply.of(
            {
                "status": "ready",
                "followers": friends + self.blocks,
                "targetedReaches": friends,
                "blocks": self.blocks,
            }
        )

    def _loading(self, request: Request) -> Reply:
        body = _checked(request, ShowLoadingAnimationRequest)
        if body["chatId"] not in self._residents:  # グループでは使えない
            raise refusal(400, "The property, 'chatId', in the request body is invalid")
        return Reply.of({}, 202)


def _checked(request: Request, model: type[BaseModel]) -> dict[str, Any]:
    """構造と限度の正しい本文。正しくなければ、場所と理由の付いた 400。"""
    body = request.json()
    problems = structure_problems(body, model) or limit_problems(nodes(body, model))
    if problems:
        count = len(problems)
        raise refusal(400, f"The request body has {count} error(s)", problems)
    return dict(body)
