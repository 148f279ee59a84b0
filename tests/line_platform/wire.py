"""にせの LINE の、要求と答えの形。"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from tests.line_platform.structure import Problem


@dataclass(frozen=True, slots=True)
class Request:
    """``headers`` の名前は小文字。``id`` は答えの ``X-Line-Request-Id``。"""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def json(self) -> Any:
        if self.headers.get("content-type", "").split(";")[0] != "application/json":
            raise refusal(415, "Unsupported Media Type")
        try:
            return json.loads(self.body)
        except ValueError:
            raise refusal(400, "The request body could not be parsed as JSON") from None

    def json_or_none(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, content: Any, status: int = 200) -> Self:
        return cls(status, json.dumps(content, ensure_ascii=False).encode())


class Refused(Exception):
    """断りの答え。"""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.body.decode())
        self.reply = reply


def refusal(status: int, message: str, problems: Sequence[Problem] = ()) -> Refused:
    """LINE の形の誤り。``problems`` は ``details`` になる。"""
    content: dict[str, Any] = {"message": message}
    if problems:
        content["details"] = [{"message": p.message, "property": p.property} for p in problems]
    return Refused(Reply.of(content, status))
