"""言葉のない文章と、文章の中の記号。"""

from __future__ import annotations

import pytest

from accessibility.plain import check_text
from accessibility.plain.score import line_score, score_text
from accessibility.plain.words import Analyser

ANALYSER = Analyser()


@pytest.mark.parametrize(
    "text", ["", "。", "3", "https://example.jp/", "😀", "❤️☀️", "★ →", "川崎市"]
)
def test_測る語のない文章に_点はない(text: str) -> None:
    found = score_text(text, ANALYSER)
    assert not found.measured
    assert found.signals == found.lowering == ()
    assert found.meaning == "名前、数、記号のほかに言葉がないので、やさしさの点はありません。"
    assert line_score(text, ANALYSER) == 100  # 1 行ごとの点は、いつも数


@pytest.mark.parametrize("text", ["猫", "はい。", "川崎市へ行く", "😀です"])
def test_測る語が1つでもあれば_点がある(text: str) -> None:
    found = score_text(text, ANALYSER)
    assert found.measured
    assert 0 <= found.index <= 100


def test_数の後の記号は_声に出す語である() -> None:
    for text, unit in (("50.5％です", "％"), ("30%です", "%"), ("25℃です", "℃")):
        (word,) = [w for w in ANALYSER.words(text) if w.text == unit]
        assert word.pos[0] == "名詞", text


@pytest.mark.parametrize("mark", ["❤️", "☀️", "♨️", "⚠️"])
def test_異体字の符号の付いた絵文字は_語ではない(mark: str) -> None:
    (word,) = ANALYSER.words(mark)
    assert word.pos[0] == "補助記号" and not word.content
    said = f"公園で遊びます{mark}"
    assert score_text(said, ANALYSER).signals[0] == score_text(said[:-2], ANALYSER).signals[0]
    assert not [r for r in check_text(said).remarks if mark[0] in r.text]


@pytest.mark.parametrize("mark", ["㊗", "№", "㎡"])
def test_字を丸や四角に入れた記号は_語のまま(mark: str) -> None:
    assert ANALYSER.words(mark)[0].content
