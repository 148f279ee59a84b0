"""webhook の本文を、事象ごとに読む。どれかの事象が読めなくても、知らない種類でも、ほかを失わない。"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

from bot.inbox import Arrival
from bot.people import Keys

LOG = logging.getLogger(__name__)

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)
_EVENTS = re.compile(r'"events"\s*:\s*\Z')
_OBJECT = re.compile(r"(?:\A|[\[,])\s*\{")
_TRIES = 1000
_LABEL = re.compile(r"[a-zA-Z]{1,32}")
_LONGEST = 10_000
_UNREADABLE = "読めない事象が 1 つありました。ほかの事象は受け取ります。"


def arrivals_of(body: bytes, keys: Keys, *, keep_recipient: bool) -> list[Arrival] | None:
    """受け箱に入れるもの、本文にある順。本文が webhook の形でなければ ``None``。

    ``keep_recipient`` なら、push のために LINE の利用者の番号も、答えるまでの間だけ（文やトークンと
    いっしょに）受け箱に置く。
    """
    events = _events(body)
    if events is None:
        return None
    found = []
    for event in events:
        try:
            arrival = _arrival(event, keys, keep_recipient)
        except Exception:  # どんな値が来ても、ほかの事象を失わない
            LOG.warning("%s", _UNREADABLE)
            continue
        if arrival is not None:
            found.append(arrival)
    return found


def _events(body: bytes) -> list[object] | None:
    """本文の事象。読めない事象は除き、ほかを失わない。本文の形でなければ ``None``。"""
    text = body.decode("utf-8", "replace")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        # どれかの事象が読めない（深すぎる入れ子、長すぎる数、JSON でない文字）。1 つずつ読む。
        return [event for part in _split(text) for event in _parsed(part)] or None
    events = document.get("events") if isinstance(document, dict) else None
    return events if isinstance(events, list) else None


def _split(text: str) -> Iterator[str]:
    """本文を、事象ごとの文字列に分ける。入れ子がいくら深くても、再帰しない。"""
    depth, start = 0, -1
    for match in _TOKEN.finditer(text):
        token, at = match[0], match.start()
        if token in "[{":
            depth += 1
            if start < 0 and depth == 2 and _EVENTS.search(text, max(0, at - 99), at):
                start = match.end()
        elif start >= 0 and depth == 2 and token in ",]":
            yield text[start:at]
            start = match.end()
            if token == "]":
                break
        elif token in "]}":
            depth -= 1
            if start >= 0 and depth < 2:
                break
    if start >= 0:
        yield text[start:]  # かっこの合わない事象があれば、その後の事象もここにある


def _parsed(part: str) -> Iterator[object]:
    """``part`` の事象。読めなければ、その中の、読める事象らしいもの。"""
    try:
        yield json.loads(part)
        return
    except (ValueError, RecursionError):
        if part.strip(" \t\r\n}"):
            LOG.warning("%s", _UNREADABLE)
    decoder, at = json.JSONDecoder(), 0
    for _ in range(_TRIES):
        found = _OBJECT.search(part, at)
        if found is None:
            break
        at = found.end() - 1
        try:
            value, end = decoder.raw_decode(part, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        if isinstance(value.get("source"), dict):
            yield value
            at = end
        else:
            at += 1


def _arrival(event: object, keys: Keys, keep_recipient: bool) -> Arrival | None:
    """受け箱に入れるもの。答えることも消すこともない事象は ``None``。"""
    fields = _fields(event)
    source = _fields(fields.get("source"))
    chat = next((s for n in ("groupId", "roomId", "userId") if (s := _string(source.get(n)))), "")
    if not chat:
        return None
    person = keys.person(chat)
    kind = _string(fields.get("type"))
    name = keys.event(_identity(fields))
    # 消してほしいという知らせは、返事をしてはいけない状態でも守る。
    if kind in ("unfollow", "leave"):
        return Arrival("unfollow", name, person)
    if kind == "unsend":
        unsent = _string(_fields(fields.get("unsend")).get("messageId"))
        return Arrival("unsend", name, person, keys.message(unsent)) if unsent else None
    token = _string(fields.get("replyToken"))
    said = _said(kind, fields, in_group=chat != source.get("userId"))
    if fields.get("mode") != "active" or not token or said is None:
        return None
    message = _string(_fields(fields.get("message")).get("id"))
    request = {"kind": said[0], "text": said[1], "token": token}
    if keep_recipient:
        request["to"] = chat
    return Arrival(
        "answer", name, person, keys.message(message) if message else "", json.dumps(request)
    )


def _said(kind: str, fields: dict[str, Any], *, in_group: bool) -> tuple[str, str] | None:
    """言ったことの種類と文。グループでは、名を呼ばれたときだけ答える。"""
    if kind in ("follow", "join"):
        return kind, ""
    if kind == "postback":
        return kind, _string(_fields(fields.get("postback")).get("data"))
    if kind != "message":
        return None
    message = _fields(fields.get("message"))
    text = _string(message.get("text"))
    if in_group:
        rest = _mentioned(text, message)
        return None if rest is None else ("mention", rest)
    type = _string(message.get("type"))
    return (type if _LABEL.fullmatch(type) else "unknown"), text if type == "text" else ""


def _mentioned(text: str, message: dict[str, Any]) -> str | None:
    """このボットへの呼びかけなら、呼び名を除いた文。位置は UTF-16 の単位で数える。"""
    mentionees = _fields(message.get("mention")).get("mentionees")
    units = text.encode("utf-16-le")
    called = False
    for someone in reversed(mentionees if isinstance(mentionees, list) else []):
        fields = _fields(someone)
        if fields.get("isSelf") is not True:
            continue
        called = True
        index, length = fields.get("index"), fields.get("length")
        if isinstance(index, int) and isinstance(length, int) and index >= 0 and length >= 0:
            units = units[: index * 2] + units[(index + length) * 2 :]
    return _clean(units.decode("utf-16-le", "replace")).strip() if called else None


def _identity(fields: dict[str, Any]) -> str:
    """同じ事象なら、送り直しでも同じになるもの。番号がなければ、送り直しで変わる所を除いた全部。"""
    given = _string(fields.get("webhookEventId"))
    if given:
        return given
    rest = {name: value for name, value in fields.items() if name != "deliveryContext"}
    return json.dumps(rest, sort_keys=True)


def _fields(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(value: object) -> str:
    return _clean(value[:_LONGEST]) if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """片方だけの代用対と NUL のない文字列。データベースにも LINE にも渡せない。"""
    if text.isascii():
        return text.replace("\0", "")
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\0", "")
