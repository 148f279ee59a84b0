"""音訳の決まり。"""

from __future__ import annotations

from pathlib import Path

import pytest

from accessibility.readings import Reader, read_line
from accessibility.spoken import Given, Piece, utterance
from accessibility.spoken_rules import fold

READER = Reader()
ROWS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent.parent / "golden/spoken.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("written", "spoken"), ROWS, ids=[r[0] for r in ROWS])
def test_音訳の表(written: str, spoken: str) -> None:
    assert read_line(READER, written) == spoken


@pytest.mark.parametrize(
    ("written", "absent"),
    [
        ("計画（1）の図", "カッコ"),
        ("事業(1)を行う", "カッコ"),
        ("～副題～", "カラ"),
        ("見える化～寄附文化の醸成～", "カラ"),
        ("4館と7館", "カラ"),
        ("12-3456", "ゼロ"),
        ("市民のHP係", "ホームページホームページ"),
        ("3月1日（土地）", "ドヨービ"),
        ("電車で行く", "デンワ"),
    ],
)
def test_当てはまらないところでは読まない(written: str, absent: str) -> None:
    assert absent not in read_line(READER, written)


def test_字の幅をそろえても長さは変わらない() -> None:
    text = "Ａ１～〜－−　\t「」￥ｱ😀"
    assert len(fold(text)) == len(text)
    assert fold("Ａ１～−￥") == "A1~-¥"


def test_替えたところはもとの文字の位置を指す() -> None:
    said = utterance("a-b", [Piece(0, 1), Piece(1, 2, ("から", Given("に", 1))), Piece(2, 3)])
    assert said.text == "ａから\ue000ｂ"
    assert said.origins == ((0, 1), (1, 2), (1, 2), (1, 2), (2, 3))
    assert [g.reading for g in said.given] == ["に"]


def test_私用領域の字は語の印と取り違えない() -> None:
    said = utterance("\ue000あ", [Piece(0, 2)])
    assert "\ue000" not in said.text
    assert said.given == ()
