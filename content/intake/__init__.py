"""資料（PDF・Word・HTML）を、原稿の案にする。不確かなところは知らせにして、黙って直さない。

``read_bounded`` が入口で、``page_picture`` は原稿の横に見せる PDF のページの絵。どちらも、時間と
メモリーを限った別のプロセスで読む。発行と計画は資料から分からないので「（記入してください）」とし、
そのままでも原稿として読める案を返す。
"""

from __future__ import annotations

from content.intake.bounded import page_picture, read_bounded
from content.intake.compose import UNKNOWN
from content.intake.draft import Draft, IntakeError, Remark
from content.intake.importing import KINDS, MOST_BYTES

__all__ = [
    "KINDS",
    "MOST_BYTES",
    "UNKNOWN",
    "Draft",
    "IntakeError",
    "Remark",
    "page_picture",
    "read_bounded",
]
