"""ふりがなの書き方。"""

from __future__ import annotations

import pytest

from bot.furigana import written
from content.inline import parse_inline
from content.model import Run, Sentence
from tests.bot.talking import reader


@pytest.mark.parametrize(
    ("text", "brackets", "hiragana"),
    [
        (
            "第6期計画の基本理念は「支えあい」です。",
            "第（だい）6期（き）計画（けいかく）の基本理念（きほんりねん）は「支（ささ）えあい」です。",
            "だい6き けいかくの きほんりねんは 「ささえあい」です。",
        ),
        (
            "2021年度（令和3年度）から10年間",
            "2021年度（ねんど）（令和（れいわ）3年度（ねんど））から10年間（ねんかん）",
            "2021ねんど（れいわ 3ねんど）から 10ねんかん",
        ),
        (
            "電話は044(739)8711です。",
            "電話（でんわ）は044(739)8711です。",
            "でんわは 044(739)8711です。",
        ),
        ("音声で聞く", "音声（おんせい）で聞（き）く", "おんせいで きく"),
        (
            "DAISY（デイジー）の本",
            "DAISY（デイジー）の本（ほん）",
            "DAISY（デイジー）の ほん",
        ),
        (
            "・場づくり・機会づくり",
            "・場（ば）づくり・機会（きかい）づくり",
            "・ばづくり・きかいづくり",
        ),
        ("", "", ""),
    ],
)
def test_かっことひらがな(text: str, brackets: str, hiragana: str) -> None:
    runs = reader().read_text(text)
    assert written(runs, "brackets") == brackets
    assert written(runs, "hiragana") == hiragana
    assert written(runs, "none") == written(runs, "ruby") == text


def test_職員の決めた読みを使う() -> None:
    runs = reader().read(Sentence("", parse_inline("｜日向《ひゅうが》の｜大人《おとな》"))).runs
    assert written(runs, "brackets") == "日向（ひゅうが）の大人（おとな）"
    assert written(runs, "hiragana") == "ひゅうがの おとな"


def test_読みのない文字は_そのまま書く() -> None:
    runs = (Run("電話：", ""), Run("044", ""), Run("番", None))
    for mode in ("brackets", "hiragana"):
        assert written(runs, mode) == "電話：044番"
