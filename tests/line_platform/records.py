"""にせの LINE が覚えること。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Via = Literal["reply", "push", "multicast", "broadcast"]


@dataclass(frozen=True, slots=True)
class Received:
    """1 人に届いたメッセージ 1 つ。``call`` は同じ呼び出しで届いたものに同じ番号。"""

    message: dict[str, Any]
    via: Via
    call: int

    @property
    def text(self) -> str:
        """目で読む、または読み上げられる文字。text の本文か、altText。"""
        return str(self.message.get("text") or self.message.get("altText") or "")


@dataclass(frozen=True, slots=True)
class Call:
    """ボットからの呼び出し 1 つ。

    ``status`` 0 は、答えずに切ったもの。``body`` は JSON、JSON でなければ ``None``。``answer`` は
    答えの本文（断った理由が書いてある）。
    """

    method: str
    path: str
    status: int
    body: Any
    answer: str = ""
