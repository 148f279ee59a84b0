"""点字の表（``data``）を読む。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Sign:
    """記号。``role`` は ``signs.tsv`` の働き、``after`` は後ろのマスあけの数。"""

    cells: str
    role: str
    after: int


def _rows(name: str) -> list[list[str]]:
    text = resources.files(__package__).joinpath(f"data/{name}.tsv").read_text("utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("# "))
    return [line.split("\t") for line in lines]


@cache
def kana() -> Mapping[str, str]:
    """仮名（1 字か、小さい字の付いた 2 字）とマス。"""
    return MappingProxyType({row[0]: row[1] for row in _rows("kana")})


@cache
def signs() -> Mapping[str, Sign]:
    return MappingProxyType({row[0]: Sign(row[1], row[2], int(row[3])) for row in _rows("signs")})


@cache
def folded() -> Mapping[str, str]:
    """点字では区別しない記号と、代わりの記号（空なら書かない）。"""
    return MappingProxyType({row[0]: row[1] for row in _rows("folded")})


@cache
def address() -> Mapping[str, str]:
    """アドレス囲み符号の中の記号。"""
    return MappingProxyType({row[0]: row[1] for row in _rows("address")})


@cache
def spacing() -> Mapping[str, str]:
    """品詞だけでは分かち書きの決まらない語。"""
    return MappingProxyType({row[0]: row[1] for row in _rows("spacing")})


@cache
def phrases() -> Mapping[str, str]:
    """1 語として解析されるが、区切って書く言葉の初めと、その分かち書き。"""
    return MappingProxyType({row[0]: row[1] for row in _rows("phrases")})


@cache
def tails() -> Mapping[str, str]:
    """固有名詞の終わりの、区切って書く語と、その点字の仮名。"""
    return MappingProxyType({row[0]: row[1] for row in _rows("tails")})
