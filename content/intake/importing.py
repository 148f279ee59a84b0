"""資料の種類を見分けて読み、原稿の案にする。"""

from __future__ import annotations

import datetime
from pathlib import PurePath

from content.intake.compose import compose
from content.intake.draft import Draft, IntakeError
from content.intake.pieces import Reading

MOST_BYTES = 50 * 1024 * 1024
"""取り込めるファイルの大きさ（バイト）。"""

_KINDS = {".pdf": "PDF", ".docx": "Word", ".html": "HTML", ".htm": "HTML"}
KINDS = tuple(_KINDS)
"""取り込めるファイルの名前の終わり。"""

_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read(data: bytes, name: str, today: datetime.date) -> Draft:
    """資料ひとつを原稿の案にする。``name`` は、もとのファイルの名前。

    読めないもの、大きすぎるものは ``IntakeError``。壊れた資料で止まらなくなることがあるので、
    利用者の資料には ``bounded.read_bounded`` を使うこと。
    """
    check(data, name)
    return compose(_reading(data, PurePath(name).suffix.lower()), PurePath(name).name, today)


def check(data: bytes, name: str) -> None:
    """大きさと種類。名前と中身の種類が違うときも断る。"""
    kind = PurePath(name).suffix.lower()
    if kind not in _KINDS:
        raise IntakeError(
            f"{name} は取り込めません。PDF（.pdf）、Word（.docx）、HTML（.html）のファイルを選んでください。"
        )
    if not data:
        raise IntakeError(f"{name} は空のファイルです。中身のあるファイルを選んでください。")
    if len(data) > MOST_BYTES:
        raise IntakeError(
            f"{name} は大きすぎます（{len(data) / 1024 / 1024:.0f} MB）。50 MB までに小さくしてください。"
        )
    if data.startswith(_OLD_WORD):
        if _ENCRYPTED in data:
            raise IntakeError(
                f"{name} にはパスワードが付いています。Word でパスワードを外して保存してください。"
            )
        raise IntakeError(
            f"{name} は古い形の Word のファイルです。Word で開いて、.docx の形で保存してください。"
        )
    if _content(data) != _KINDS[kind]:
        raise IntakeError(
            f"{name} の中身は {_KINDS[kind]} ではありません。正しいファイルを選ぶか、名前の終わりを直してください。"
        )


def _content(data: bytes) -> str:
    """中身から見た種類。印のないものは文字のファイル（HTML）とみなす。"""
    if b"%PDF-" in data[:1024]:
        return "PDF"
    return "Word" if data.startswith(b"PK") else "HTML"


def _reading(data: bytes, kind: str) -> Reading:
    # 重い部品は、その種類の資料を読むときにだけ読み込む。
    if kind == ".pdf":
        from content.intake.pdf import read_pdf

        return read_pdf(data)
    if kind == ".docx":
        from content.intake.word import read_word

        return read_word(data)
    from content.intake.encoding import decode
    from content.intake.web_page import read_page

    return read_page(decode(data))
