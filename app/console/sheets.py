"""表計算で開く表（CSV）。人の書いた文字を、式として働かせない。"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""表計算が、式の始めとみなす字（全角も、日本語の表計算は式とみなす）。"""


def sheet(lines: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """表の文字。行の終わりは CRLF（RFC 4180）。"""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    for line in lines:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in line])
    return text.getvalue()
