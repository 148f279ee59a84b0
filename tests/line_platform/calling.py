"""にせの LINE を呼ぶ道具と、正しいメッセージの見本。"""

from __future__ import annotations

import copy
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from tests.line_platform.platform import LinePlatform

JSON = Any
REPLY, PUSH = "/v2/bot/message/reply", "/v2/bot/message/push"

TEXT = {"type": "text", "text": "こんにちは"}
ASK = {"type": "message", "label": "聞く", "text": "聞きたい"}
CARD: JSON = {
    "type": "flex",
    "altText": "答え",
    "contents": {
        "type": "bubble",
        "body": {
            "type": "box",
            "layout": "vertical",
            "contents": [
                {"type": "text", "text": "答え", "wrap": True, "size": "md", "color": "#000000"},
                {
                    "type": "button",
                    "action": {"type": "uri", "label": "開く", "uri": "https://x.jp"},
                },
            ],
        },
    },
}
AUDIO = {"type": "audio", "originalContentUrl": "https://x.jp/a.m4a", "duration": 900}
BUTTONS: JSON = {
    "type": "template",
    "altText": "どれですか",
    "template": {"type": "buttons", "text": "どれですか", "actions": [ASK]},
}
CONFIRM: JSON = {
    "type": "template",
    "altText": "分かりましたか",
    "template": {"type": "confirm", "text": "分かりましたか", "actions": [ASK, ASK]},
}
FAMILY = "👨‍👩‍👧‍👦"  # 見た目は 1 字、UTF-16 では 11


def call(
    line: LinePlatform,
    path: str,
    body: JSON = None,
    *,
    method: str = "POST",
    headers: dict[str, str] | None = None,
) -> tuple[int, JSON]:
    """``body`` は JSON か、そのままの ``bytes``。答えの状態と JSON。"""
    parts = urlsplit(line.base_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    sent = {
        "Authorization": f"Bearer {line.access_token}",
        "Content-Type": "application/json",
        **(headers or {}),
    }
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        connection.request(method, path, raw, sent)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def reply(line: LinePlatform, *messages: JSON, token: str | None = None) -> tuple[int, JSON]:
    token = line.issue_token(line.resident()) if token is None else token
    return call(line, REPLY, {"replyToken": token, "messages": list(messages)})


def changed(message: JSON, place: str, value: JSON) -> JSON:
    """``place``（``contents.body.layout``、``actions.0.label``）だけが違うメッセージ。"""
    result = copy.deepcopy(message)
    *way, last = (int(key) if key.isdecimal() else key for key in place.split("."))
    target = result
    for key in way:
        target = target[key]
    if value is None:
        del target[last]
    else:
        target[last] = value
    return result


def quick(*labels: str) -> JSON:
    items = [{"type": "action", "action": {**ASK, "label": label}} for label in labels]
    return {**TEXT, "quickReply": {"items": items}}
