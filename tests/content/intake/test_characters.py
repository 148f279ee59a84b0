"""文字の直しと、行の組み立て。"""

from __future__ import annotations

import pytest

from content.intake.characters import clean, join, undoubled
from content.intake.lines import Line, assemble
from content.intake.pieces import Heading, Items, Piece, Text


@pytest.mark.parametrize(
    ("doubled", "once"),
    [
        ("みんなで支えあい みんなで支えあい ", "みんなで支えあい"),
        ("～ともに目指す～～ともに目指す～", "～ともに目指す～"),
        (
            "地域共生社会の実現に向け地域共生社会の実現に向けたた川崎市社協川崎市社協1100のの取組取組",
            "地域共生社会の実現に向けた川崎市社協10の取組",
        ),
    ],
)
def test_影文字で二重になった行を1つにする(doubled: str, once: str) -> None:
    assert undoubled(doubled) == once


@pytest.mark.parametrize(
    "text",
    ["いよいよ", "ははははは", "いろいろな人がいろいろな形で参加する", "------", "０００００００"],
)
def test_二重でない行は変えない(text: str) -> None:
    assert undoubled(text) == text


def test_全角の英数字と半角カナだけをそろえる() -> None:
    assert clean("第６期ＡＢＣ ｶﾞｲﾄﾞ（①㎡㈱～：）").text == "第6期ABC ガイド（①㎡㈱～：）"


def test_異体字と絵文字を壊さない() -> None:
    text = "葛\U000e0100城市👨\u200d👩\u200d👧"
    assert clean(text).text == text


def test_日本語の行は空けずに英単語の行は空けてつなぐ() -> None:
    assert join("地域で社会", "福祉に") == "地域で社会福祉に"
    assert join("Social", "Welfare") == "Social Welfare"


def pieces(*lines: Line | str, guess: bool = False) -> list[Piece]:
    read = [Line(line) if isinstance(line, str) else line for line in lines]
    return list(assemble(read, guess=guess))


def test_文の終わりと行の頭の印ではつながない() -> None:
    got = [
        p.content
        for p in pieces(
            Line("前の文です。", full=True), Line("後の", full=True), "文です。", "・項目", "・次"
        )
    ]
    assert got == [Text("前の文です。後の文です。"), Items(("項目", "次"), ("", ""))]


def test_番号の続きは箇条書き一つだけで下に文があれば見出し() -> None:
    got = [p.content for p in pieces("(1)あ", "(2)い", "①題", "本文です。", "②題", "本文です。")]
    assert got[0] == Items(("あ", "い"), ("", ""), ordered=True)
    assert [type(c) for c in got[1:]] == [Heading, Text, Heading, Text]


def test_1から始まらない番号は文字のまま残す() -> None:
    assert pieces("(2)い", "(3)う")[0].content == Items(("(2)い", "(3)う"), ("", ""))


def test_形からの見出しは許したときだけで知らせる() -> None:
    body = "住民の皆さんとともに、地域の福祉を進める活動を続けていきます。"
    assert pieces("計画の進め方", body)[0].content == Text("計画の進め方")
    found = pieces("計画の進め方", body, guess=True)[0]
    assert isinstance(found.content, Heading)
    assert [r.code for r in found.remarks] == ["heading"]
