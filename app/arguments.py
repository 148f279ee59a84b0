"""命令の引数。説明も誤りも日本語で言う。"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

DONE, REFUSED, BAD_CALL, INTERRUPTED = 0, 1, 2, 130
"""終了コード。できた、できない、書き方の誤り、途中で止めた。"""


class BadCall(Exception):
    """命令の書き方の誤り。説明は日本語の 1 文。"""


class Refused(Exception):
    """できないこと。説明は日本語の 1 文。"""


class Parser(argparse.ArgumentParser):
    """説明も誤りも日本語で言う。"""

    _MESSAGES = (
        (
            r"the following arguments are required: 文.*",
            "文がありません。「-」で始まる文の前には -- を書いてください。",
        ),
        (r"the following arguments are required: (.+)", "{0} がありません。"),
        (r"unrecognized arguments: (.+)", "{0} は使えません。"),
        (r"argument (\S+): expected one argument", "{0} には値が 1 つ要ります。"),
        (
            r"argument \S+: invalid choice: '?(.*?)'? \(choose from .+\)",
            "「{0}」という命令はありません。",
        ),
    )

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, add_help=False, allow_abbrev=False, formatter_class=Help)
        # argparse の見出しは英語で、変える公の方法がない。
        self._positionals.title, self._optionals.title = "引数", "オプション"
        self.add_argument("-h", "--help", action="help", help="この説明を出す")

    def error(self, message: str) -> NoReturn:
        said = "命令の書き方が違います。"
        for pattern, japanese in self._MESSAGES:
            match = re.fullmatch(pattern, message, re.S)
            if match:
                said = japanese.format(*match.groups())
                break
        raise BadCall(f"{said}{self.prog} --help で使い方が見られます。")


class Help(argparse.HelpFormatter):
    def add_usage(
        self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, "使い方: " if prefix is None else prefix)


def count(text: str, option: str, most: int, least: int = 1) -> int:
    """``least`` から ``most`` までの数。"""
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise BadCall(f"{option} {text} は使えません。{least} から {most} までの数にしてください。")
    return int(text)


def standard_input() -> Iterator[str]:
    """UTF-8 の行。読めない文字は、止めずに「�」にする。"""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").replace("\r\n", "\n")


def listed(names: Iterable[str]) -> str:
    return "、".join(names)
