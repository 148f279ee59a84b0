"""版の検査で見つかったこと。"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` は決まりの変わらない名前、``place`` はファイルと目印、``message`` は日本語の 1 文。"""

    code: str
    place: str
    message: str
