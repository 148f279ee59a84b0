"""LINE を使う人。webhook の事象（event）の JSON を、LINE の送る形で作る。"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Any

Event = dict[str, Any]


class Resident:
    """友だちの 1 人。``id`` は名前から決まる。

    どの方法も事象を 1 つ返す。返信用のトークンはそのとき発行され、数え始める。送るのは
    ``LinePlatform.deliver``。
    """

    def __init__(self, name: str, issue_token: Callable[[str], str]) -> None:
        self.name = name
        self.id = "U" + hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        self._issue_token = issue_token

    def text(
        self, text: str, *, group: str | None = None, mention: dict[str, Any] | None = None
    ) -> Event:
        """``mention`` は LINE の ``{"mentionees": […]}``（``mention_of`` が作る）。"""
        message: dict[str, Any] = {"type": "text", "text": text, "quoteToken": _token()}
        if mention is not None:
            message["mention"] = mention
        return self._message(message, group)

    def sticker(self) -> Event:
        message = {
            "type": "sticker",
            "packageId": "446",
            "stickerId": "1988",
            "stickerResourceType": "ANIMATION",
            "keywords": ["ありがとう"],
            "quoteToken": _token(),
        }
        return self._message(message)

    def image(self) -> Event:
        content = {"type": "image", "contentProvider": {"type": "line"}, "quoteToken": _token()}
        return self._message(content)

    def video(self) -> Event:
        content = {
            "type": "video",
            "duration": 60000,
            "contentProvider": {"type": "line"},
            "quoteToken": _token(),
        }
        return self._message(content)

    def audio(self) -> Event:
        content = {"type": "audio", "duration": 5000, "contentProvider": {"type": "line"}}
        return self._message(content)

    def file(self) -> Event:
        return self._message({"type": "file", "fileName": "お知らせ.pdf", "fileSize": 2138})

    def location(self) -> Event:
        content = {
            "type": "location",
            "title": "登戸駅",
            "address": "神奈川県川崎市多摩区登戸",
            "latitude": 35.62,
            "longitude": 139.57,
        }
        return self._message(content)

    def unknown_message(self) -> Event:
        """まだだれも知らない種類のメッセージ。"""
        return self._message({"type": "hologram", "depth": 3})

    def follow(self, *, unblocked: bool = False) -> Event:
        return self._replied({"type": "follow", "follow": {"isUnblocked": unblocked}})

    def unfollow(self) -> Event:
        return self._event({"type": "unfollow"})

    def join(self, group: str) -> Event:
        """グループ ``group`` に招かれた。"""
        return self._replied({"type": "join", "source": {"type": "group", "groupId": group}})

    def leave(self, group: str) -> Event:
        return self._event({"type": "leave", "source": {"type": "group", "groupId": group}})

    def postback(self, data: str) -> Event:
        return self._replied({"type": "postback", "postback": {"data": data}})

    def unsend(self, message: Event) -> Event:
        """前に送った ``message``（この人の事象）を取り消す。"""
        return self._event({"type": "unsend", "unsend": {"messageId": message["message"]["id"]}})

    def unknown_event(self) -> Event:
        """まだだれも知らない種類の事象。"""
        return self._replied({"type": "telepathy", "telepathy": {"strength": 0.8}})

    def _message(self, message: dict[str, Any], group: str | None = None) -> Event:
        event = {"type": "message", "message": {"id": _message_id(), **message}}
        if group is not None:
            event["source"] = {"type": "group", "groupId": group, "userId": self.id}
        return self._replied(event)

    def _replied(self, event: Event) -> Event:
        source = event.get("source", {"userId": self.id})
        return self._event({**event, "replyToken": self._issue_token(_chat(source))})

    def _event(self, event: Event) -> Event:
        return {
            "mode": "active",
            "timestamp": int(time.time() * 1000),
            "source": {"type": "user", "userId": self.id},
            "webhookEventId": _ulid(),
            "deliveryContext": {"isRedelivery": False},
            **event,
        }


def redelivered(event: Event) -> Event:
    """同じ事象の送り直し。番号も返信用のトークンも同じ。"""
    return {**event, "deliveryContext": {"isRedelivery": True}}


def in_mode(event: Event, mode: str) -> Event:
    """``standby`` や、まだだれも知らない状態で届いた事象。"""
    return {**event, "mode": mode}


def mention_of(text: str, name: str, *, bot: bool = True) -> dict[str, Any]:
    """``text`` の中の ``name``（「@つたわる」など）への呼びかけ。"""
    mentionee = {"type": "user", "index": text.index(name), "length": len(name), "isSelf": bot}
    return {"mentionees": [mentionee]}


def _chat(source: dict[str, Any]) -> str:
    return str(source.get("groupId") or source["userId"])


def _message_id() -> str:
    return str(400_000_000_000_000_000 + secrets.randbelow(10**17))


def _token() -> str:
    return secrets.token_hex(16)


def _ulid() -> str:
    """26 字の ULID（時刻 48 ビットと乱数 80 ビット）。"""
    number = int(time.time() * 1000) << 80 | secrets.randbits(80)
    return "".join(
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> shift & 31] for shift in range(125, -1, -5)
    )
