"""原稿の誤り。見つかったところで止まらず、集めて一度に伝える。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """原稿の誤りひとつ。``line`` は 1 から。``message`` は何がいけなくて、どう書くか。

    ``missing`` は、書いていない項目の名前（「計画」など。ほかの誤りなら空）。
    """

    file: str
    line: int
    message: str
    missing: str = ""

    def __str__(self) -> str:
        return f"{self.file} の {self.line} 行目: {self.message}"


class NotationError(ValueError):
    """原稿の誤り。見つかったすべてを ``problems`` に、行の順に持つ。"""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class Problems:
    """1 つのファイルを読む間の、誤りの集め場所。"""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, line: int, message: str) -> None:
        self._found.append(Problem(self._file, line, message))

    def add_missing(self, line: int, name: str) -> None:
        """項目 ``name`` が書いていない。"""
        message = f"「{name}」がありません。「{name}: …」の行を足してください。"
        self._found.append(Problem(self._file, line, message, missing=name))

    def error(self) -> NotationError:
        return NotationError(sorted(dict.fromkeys(self._found), key=lambda p: p.line))
