"""語に分け、水準と頻度を付ける。"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.plain.words import Analyser, Word

ANALYSER = Analyser()


def word(text: str, sentence: str = "") -> Word:
    """``sentence`` の中の ``text`` という語。"""
    (found,) = (w for w in ANALYSER.words(sentence or text) if w.text == text)
    return found


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("食べる", 5),
        ("家族", 5),
        ("相談", 4),
        ("地域", 3),
        ("役所", 2),
        ("福祉", 1),
        ("推進", 1),
        ("策定", None),
        ("ボランティア", None),
    ],
)
def test_表にある語の水準(text: str, level: int | None) -> None:
    assert word(text).level == level


@pytest.mark.parametrize(
    ("kana", "kanji"),
    [
        ("べんきょう", "勉強"),
        ("こども", "子供"),
        ("きょう", "今日"),
        ("そうだん", "相談"),
        ("むずかしい", "難しい"),
        ("出来る", "できる"),
        ("わたし", "私"),
    ],
)
def test_かなで書いても同じ水準(kana: str, kanji: str) -> None:
    assert word(kana).level == word(kanji).level is not None


@pytest.mark.parametrize(
    ("text", "sentence", "level"),
    [
        ("食べ", "魚を食べました。", 5),
        ("読め", "漢字が読めません。", 5),
        ("行け", "ひとりで行けます。", 5),
        ("来", "父が来ない。", 5),
        ("来", "友だちが来た。", 5),
        ("良かっ", "天気が良かった。", 5),
        ("集まり", "人が集まります。", 4),
    ],
)
def test_活用した語も終止形の水準(text: str, sentence: str, level: int) -> None:
    assert word(text, sentence).level == level


def test_同じ字の別の語は_やさしくならない() -> None:
    assert word("辛い", "カレーが辛い。").level != 5
    assert word("人気").level == 3  # ひとけ ではなく にんき
    assert word("無い").level is None  # 無くす（N5）の字から、やさしいとみない
    # 同じ読みの、別の語
    assert word("家庭").level == 5
    assert word("仮定").level == 2
    assert word("課程").level == 2


def test_知っている語をつないだ語は_部分の水準() -> None:
    assert word("国際化", "国際化が進む。").level == word("国際").level == 4
    assert word("日常的", "日常的な会話。").level == word("日常").level == 3
    assert word("子供たち", "子供たちの声。").level == 5
    assert word("社会福祉協議会").level == 1


def test_する名詞と_お_ご() -> None:
    words = ANALYSER.words("ご家族と勉強する。")
    assert [(w.text, w.level) for w in words if w.content] == [("家族", 5), ("勉強", 5)]
    assert word("お金").level == 5


def test_助詞と数と助数詞は_内容の語ではない() -> None:
    words = ANALYSER.words(
        "第6期の計画は、2026年4月1日から3人で、1度だけ、午後10時に始めています。A案！"
    )
    assert [w.text for w in words if w.content] == ["計画", "午後", "始め", "案"]


def test_名前() -> None:
    assert word("川崎市多摩区").proper
    assert word("田中", "田中さんに聞く。").proper
    assert word("日本語").proper  # 名前のある語
    assert not word("社会福祉協議会").proper  # ふつうの語だけをつないだ名前
    assert not word("福祉").proper


def test_アドレスの中に語はない() -> None:
    text = "くわしくは https://example.jp/fukushi?page=1 か office@example.jp へ。"
    words = ANALYSER.words(text)
    assert [w.text for w in words if w.content] == ["くわしく"]
    assert "".join(w.text for w in words) == text


def test_頻度は_書かれたままの語のもの() -> None:
    assert word("人").zipf > word("福祉").zipf > word("醸成").zipf > 0
    assert word("ある", "本がある。").zipf > word("或る", "或る日。").zipf
    assert word("見た目").zipf > 0
    assert word("一人", "一人で行く。").zipf > 0  # 頻度の表にない、やさしい語
    assert word("ポケソヌルポ").zipf == 0


def test_珍しい字と長い文章() -> None:
    assert ANALYSER.words("") == []
    text = "福祉の計画。" * 10_000 + "あ" * 60_000
    words = ANALYSER.words(text)
    assert "".join(w.text for w in words) == text
    assert ANALYSER.words("福祉\ud800計画")[0].text == "福祉"


@given(
    st.text(
        st.sampled_from("福祉の計画をつくる。３人ｱ①〈（）〉「」 \n🙂e\u0301ABC\ud800々"),
        max_size=40,
    )
)
def test_語をつなぐと_もとの文になる(text: str) -> None:
    words = ANALYSER.words(text)
    assert "".join(w.text for w in words) == text
    assert all(text[w.start : w.end] == w.text for w in words)


def test_前に読んだ文で_答えは変わらない() -> None:
    text = "第6期の計画を、こどもと読む。1度だけ、来た。"
    assert Analyser().words(text) == ANALYSER.words(text)
