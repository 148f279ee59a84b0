"""作る版の名前と、進みぐあいの知らせ先。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from content.model import Register

CHANNELS = ("web", "audio", "daisy", "epub", "braille", "text")

Part = Literal["節", "版"]
BookId = tuple[str, Register]


@dataclass(frozen=True, slots=True)
class Progress:
    """進みぐあいの知らせ先。

    ``expect`` は、これから作る数を増やす。``step`` には、できたもの（音声の節か版）と、前に作った
    ものを使ったかどうかを渡す。
    """

    expect: Callable[[int], None] = lambda count: None
    step: Callable[[Part, bool], None] = lambda part, reused: None


def no_sounds(name: str) -> tuple[bytes, bytes]:
    """録音のないとき。"""
    raise KeyError(name)


class Slot(NamedTuple):
    """作る版ひとつ。"""

    publication: str
    register: Register
    channel: str

    @property
    def book(self) -> BookId:
        return self.publication, self.register
