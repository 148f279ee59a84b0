"""命や体の危険がある言葉は、どう書かれていても人につなぐ。計画の話や慣用句では騒がない。"""

from __future__ import annotations

import datetime

import pytest

from bot.crisis import Crises


@pytest.fixture(scope="module")
def crises() -> Crises:
    return Crises.load()


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("死にたい", {"0120-279-338", "0120-783-556"}),
        ("ｼﾆﾀｲ", {"0120-279-338"}),
        ("もう 生きて いたく ない です", {"0120-279-338"}),
        ("消えてしまいたい", {"0120-279-338"}),
        ("生きとってもしょうがない", {"0120-279-338"}),
        ("夫に殴られて… 赤ちゃんもいます", {"110", "#8008"}),
        ("だんなの ぼうりょくが こわい", {"110", "#8008"}),
        ("ＤＶを受けています", {"#8008"}),
        ("子どもを叩いてしまいます", {"189"}),
        ("となりの家から子どもの悲鳴が聞こえる", {"189", "110"}),
        ("虐待かもしれない", {"189"}),
        ("おじいちゃんが倒れて息をしていない", {"119"}),
        ("かじだ！！ 家が もえている", {"119"}),
        ("認知症の父が帰ってこない", {"110"}),
        ("死ぬほどつらい もう死にたい", {"0120-279-338"}),
    ],
)
def test_people_come_first(crises: Crises, said: str, numbers: set[str]) -> None:
    found = crises.find(said)
    assert found is not None
    assert numbers <= {line.number for line in found.lines}


@pytest.mark.parametrize(
    "said",
    [
        "自殺対策の取組は？",
        "虐待防止の計画は？",
        "児童虐待について社協は何をしていますか",
        "DV対策は計画に入っていますか",
        "DVD版はありますか",
        "死ぬほど暇です",
        "火事になったら社協は何をしてくれる",
        "支援が受けられるところ",
        "家事を手伝ってほしい",
        "一人暮らしで孤独です",
        "生きがいづくりの取組は？",
        "子どもと参加できる講座",
        "心中お察しします",
    ],
)
def test_plans_and_idioms_are_not_a_crisis(crises: Crises, said: str) -> None:
    assert crises.find(said) is None


def test_the_most_urgent_comes_first(crises: Crises) -> None:
    found = crises.find("夫に殴られて、意識がありません")
    assert found is not None
    assert found.lines[0].number == "119"


def test_numbers_are_dated_and_sourced(crises: Crises) -> None:
    for line in crises.lines.values():
        assert line.source.startswith("https://")
        assert isinstance(line.checked_on, datetime.date)
    assert {"110", "119", "189", "#8008", "0120-279-338", "0120-783-556"} <= {
        line.number for line in crises.lines.values()
    }
