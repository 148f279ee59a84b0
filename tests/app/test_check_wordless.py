"""命令 check: 言葉のない文章には、やさしさの点がない。"""

from __future__ import annotations

import json

import pytest

from tests.conftest import Tsutawaru

NONE = "名前、数、記号のほかに言葉がないので、やさしさの点はありません。"


@pytest.mark.parametrize("text", ["😀🎉❤️\n", "★☆ →\n3\n", "川崎市\n", ""])
def test_言葉のない文章には_点がないと1文で言う(tsutawaru: Tsutawaru, text: str) -> None:
    done = tsutawaru("check", input=text)
    assert done.returncode == 0
    counts, said, *_ = done.stdout.splitlines()
    assert counts == "直すもの 0、考えるもの 0、わけがあって認めたもの 0"
    assert said == NONE
    assert "100" not in done.stdout


def test_json_の点は_null(tsutawaru: Tsutawaru) -> None:
    found = json.loads(tsutawaru("check", "--json", input="😀\n").stdout)
    assert found == {"score": None, "jreadability": None, "signals": [], "remarks": []}


def test_1行ごとの点は_言葉のない行にも1つの数(tsutawaru: Tsutawaru) -> None:
    done = tsutawaru("check", "--lines", input="😀\n★\n\n猫がいます。\n")
    assert done.returncode == 0
    emoji, mark, blank, words, end = done.stdout.split("\n")
    assert (blank, end) == ("", "")
    assert float(emoji) == float(mark) == 100 > float(words)


def test_言葉があれば_絵文字がいっしょでも点を言う(tsutawaru: Tsutawaru) -> None:
    done = tsutawaru("check", input="猫がいます❤️\n")
    assert done.returncode == 0
    assert "やさしさの点: " in done.stdout and NONE not in done.stdout
