"""表計算で開く表。"""

from __future__ import annotations

import csv
import io

import pytest

from app.console.sheets import sheet


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"])
def test_式とみなされる字で始まる文字を_式にしない(sign: str) -> None:
    rows = list(csv.reader(io.StringIO(sheet([("質問", f"{sign}1+1"), ("1=1", "")]), newline="")))
    assert rows == [["質問", f"'{sign}1+1"], ["1=1", ""]]
