"""ふりがな。"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.kana import is_kana
from accessibility.readings import Reader
from accessibility.ruby import RubyPart, align, ruby_parts, to_notation
from content.inline import parse_inline
from content.model import Run
from tests.accessibility.texts import JAPANESE

READER = Reader()


@pytest.mark.parametrize(
    ("text", "reading", "notation"),
    [
        ("食べ物", "たべもの", "｜食《た》べ｜物《もの》"),
        ("聞き手", "ききて", "｜聞《き》き｜手《て》"),
        ("お土産", "おみやげ", "お｜土産《みやげ》"),
        ("今日", "きょう", "｜今日《きょう》"),
        ("24年度", "にじゅうよねんど", "｜24年度《にじゅうよねんど》"),
        ("3か所", "さんかしょ", "｜3か所《さんかしょ》"),
        ("3ヵ年", "さんかねん", "｜3ヵ年《さんかねん》"),
        ("霞ヶ関", "かすみがせき", "｜霞ヶ関《かすみがせき》"),
        ("3つ", "みっつ", "3つ"),
        ("2024", "にせんにじゅうよん", "2024"),
        ("SNS", "エスエヌエス", "SNS"),
        ("サボる", "サボる", "サボる"),
        ("ビル街", "ビルがい", "ビル｜街《がい》"),
        ("或は", "あるいは", "｜或《あるい》は"),
        ("言い合い", "いいあい", "｜言《い》い｜合《あ》い"),
        ("五月蠅い", "うるさい", "｜五月蠅《うるさ》い"),
        ("、", "", "、"),
    ],
)
def test_ふりがなの割り当て(text: str, reading: str, notation: str) -> None:
    assert to_notation([Run(text, reading)]) == notation


def test_読みのないRunにはふりがなを振らない() -> None:
    assert ruby_parts(Run("漢字")) == (RubyPart("漢字"),)
    assert ruby_parts(Run("", "", ())) == ()


def test_割り当てられない読みは全体に振る() -> None:
    assert align("食べ物", "のみもの") is None
    assert ruby_parts(Run("食べ物", "のみもの")) == (RubyPart("食べ物", "のみもの"),)


def test_書き方の記号は打ち消す() -> None:
    notation = to_notation([Run("｜", ""), Run("《注》", ""), Run("\\", "")])
    assert "".join(r.text for r in parse_inline(notation)) == "｜《注》\\"


@given(JAPANESE)
def test_ふりがなを付けても文字は変わらない(text: str) -> None:
    runs = READER.read_text(text)
    for run in runs:
        parts = ruby_parts(run)
        assert "".join(p.text for p in parts) == run.text
        assert all(p.ruby is None or is_kana(p.ruby) for p in parts)
    assert "".join(r.text for r in parse_inline(to_notation(runs))) == text


@given(
    st.text("一二漢字食物かなをはヶ々12", min_size=1, max_size=6), st.text("かなきくを", max_size=8)
)
def test_割り当ては読みを増やしも減らしもしない(text: str, reading: str) -> None:
    aligned = align(text, reading)
    if aligned is not None:
        assert "".join(part for part, _ in aligned) == text
        assert len("".join(kana for _, kana in aligned)) == len(reading)
