"""取り込んだ結果の型。原稿の案と、確かめてほしいところ。"""

from __future__ import annotations

from dataclasses import dataclass


class IntakeError(Exception):
    """取り込めないこと。説明は日本語の 1 文（何が、なぜ、どうすればよいか）。"""


@dataclass(frozen=True, slots=True)
class Remark:
    """確かめてほしいところひとつ。

    ``message`` は、何が不確かで、どうしたか。``text`` は、もとの文字（短い）。``page`` は、もとの資料の
    ページ（1 から。ページのない資料では 0）。``line`` は、原稿の案の行（1 から）。
    """

    code: str
    message: str
    text: str = ""
    page: int = 0
    line: int = 0

    def __str__(self) -> str:
        page = f"（もとの {self.page} ページ）" if self.page else ""
        quoted = f"「{self.text}」 " if self.text else ""
        return f"{self.line} 行目{page}: {quoted}{self.message}"


@dataclass(frozen=True, slots=True)
class Draft:
    """原稿の案。``text`` は ``content.notation.parse`` で読める。``pages`` は PDF のページ数（ほかは 0）。"""

    text: str
    remarks: tuple[Remark, ...]
    pages: int = 0
