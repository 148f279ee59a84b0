"""文章のやさしさの点。"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.plain.score import Score, jreadability_score, line_score, score, score_text
from accessibility.plain.words import Analyser
from content.bundle import BUNDLED, load_folder
from content.model import Publication

ANALYSER = Analyser()
EASY = st.sampled_from(
    ["駅で友だちに会いました。", "明日、家で本を読みます。", "水を飲んでください。",
     "子どもが公園で遊んでいます。", "わからないときは、電話してください。"]
)  # fmt: skip
HARD = st.sampled_from(["福祉", "醸成", "策定", "包括支援", "権利擁護", "アウトリーチ", "啓発"])
MEANING = st.sampled_from(["みんなで助けること", "人が困っていることを聞く仕事", "作ること"])


def index(text: str) -> float:
    return line_score(text, ANALYSER)


def points(text: str) -> dict[str, float]:
    return {s.name: s.points for s in score_text(text, ANALYSER).signals}


@pytest.mark.parametrize(
    ("hard", "easy"),
    [
        ("的を外してしまった。", "対象に当たらなかった。"),
        ("関係機関との連携を図ります。", "いろいろな所と、いっしょに仕事をします。"),
        ("速やかに避難してください。", "すぐに逃げてください。"),
        ("参加費は無償である。", "お金はいりません。"),
    ],
)
def test_やさしく書き直した文は_点が高い(hard: str, easy: str) -> None:
    assert index(easy) > index(hard)


def test_同じ文は_同じ点() -> None:
    text = "地域福祉の推進に努めます。"
    assert index(text) == line_score(text, Analyser())


def test_語のない文章は_100() -> None:
    for text in ("", " \n", "。", "3", "https://example.jp/"):
        assert index(text) == 100
    assert score([]) == score_text("", ANALYSER)


@given(st.lists(EASY, min_size=1, max_size=4), HARD)
def test_説明のない難しい語を足すと_やさしくならない(sentences: list[str], hard: str) -> None:
    text = "".join(sentences)
    assert index(f"{text[:-1]}、{hard}です。") < index(text)
    assert index(f"{hard}の{text}") < index(text)


@given(EASY, HARD, MEANING, st.booleans())
def test_説明すると_やさしくなる(sentence: str, hard: str, meaning: str, first: bool) -> None:
    def text(words: str) -> str:
        return f"{words}です。{sentence}" if first else f"{sentence}{words}です。"

    assert index(text(f"{hard}〈{meaning}〉")) > index(text(hard))
    assert index(text(f"「{hard}」〈{meaning}〉")) > index(text(f"「{hard}」"))


@given(EASY, HARD, HARD)
def test_難しい説明でも_説明がないより難しくはならない(
    sentence: str, hard: str, other: str
) -> None:
    before, after = points(f"{sentence}{hard}です。"), points(f"{sentence}{hard}〈{other}〉です。")
    assert all(after[name] >= before[name] for name in before)


def test_説明の中の語のやさしさも_数える() -> None:
    assert index("福祉〈みんなが幸せになること〉です。") > index("福祉〈権利擁護の推進〉です。")


def test_丸いかっこは_中がやさしいときだけ説明とみる() -> None:
    assert index("醸成（作ること）です。") > index("醸成です。")
    assert index("家（地域包括支援体制の構築）です。") < index("家です。")


def test_説明のかっこでないもの() -> None:
    assert index("〈福祉〉です。") == pytest.approx(index("福祉です。"), abs=5)  # 前に言葉がない
    assert index("福祉〈です。") < 100  # 閉じていない
    assert index("福祉、〈作ること〉です。") < index("福祉〈作ること〉です。")  # 離れた言葉


def test_長い文を短く分けると_やさしくなる() -> None:
    long = "困ったことがあったら電話をしてください、それから、家に来た人に話をしてください。"
    short = "困ったことがあったら電話をしてください。それから、家に来た人に話をしてください。"
    assert index(short) > index(long)
    for name in ("kanji", "rarest"):
        assert points(short)[name] > points(long)[name]


def test_やさしい文を続けても_難しくならない() -> None:
    text = "福祉の計画です。"
    assert index(text + "水を飲みます。") > index(text)
    assert index(text + "\n" + text) == pytest.approx(index(text))


def test_名前と数は_数えない() -> None:
    texts = ["川崎市で会います。", "多摩区で会います。", "東京で会います。"]
    assert len({points(t)["known"] for t in texts}) == 1
    for one, other in itertools.pairwise(texts):
        assert {k: v for k, v in points(one).items() if k != "length"} == {
            k: v for k, v in points(other).items() if k != "length"
        }
    assert points("10時に会います。")["rarest"] == points("3時に会います。")["rarest"]


def test_値ごとに_動かすもの() -> None:
    """1 つの値だけを悪くすると、その値の点が下がる。"""
    base = "家で本を読みます。"
    long = "家で本を読みます、" * 8 + "家で本を読みます。"
    assert points(long)["length"] < points(base)["length"]
    assert points(long)["frequency"] == pytest.approx(points(base)["frequency"], abs=0.5)
    assert points("家で書籍を読みます。")["known"] < points(base)["known"]
    assert points("家で書籍を読みます。")["level"] < points(base)["level"]
    assert points("家で醸成を読みます。")["rarest"] < points("家で福祉を読みます。")["rarest"]
    assert points("昼食後、自宅で読書。")["kanji"] < points(base)["kanji"]
    assert points("地域福祉活動計画書")["flow"] < points("福祉の本です。")["flow"]


def test_点は_値の点の合計で_下げているものから並ぶ() -> None:
    found = score_text("地域福祉の推進に努めます。水を飲みます。", ANALYSER)
    assert sum(s.points for s in found.signals) == pytest.approx(found.index)
    assert {s.most for s in found.signals} == {100 / len(found.signals)}
    lost = [s.lost for s in found.lowering]
    assert lost == sorted(lost, reverse=True) and all(lost)
    assert sum(lost) == pytest.approx(100 - found.index)
    assert found.lowering[0].name == "known"
    assert found.lowering[0].shown == "33%"
    assert all(s.label and s.advice.endswith("。") for s in found.signals)


def test_点の読み方は_備え付けの文章のとおり() -> None:
    """どの計画も、ふつうの文章とやさしい日本語が、読み方の違う点になる。"""
    found = {(p.id, p.register): _scored(p) for p in load_folder(BUNDLED).publications}
    plain = {id for id, register in found if register == "plain"}
    assert plain
    for id in plain:
        standard, easier = found[id, "standard"], found[id, "plain"]
        assert standard.index < 60 and "難しい" in standard.meaning
        assert easier.index > 68 and "やさしい文章" in easier.meaning


def test_点の間() -> None:
    middle = "地域の福祉の活動を支援します。"
    assert 60 < index(middle) < 68
    assert "間です" in score_text(middle, ANALYSER).meaning


def test_参考の点() -> None:
    easy = jreadability_score("駅で友だちに会いました。家で本を読みます。")
    hard = jreadability_score("地域福祉活動推進計画の策定に当たり、関係機関との連携強化を図る。")
    assert easy is not None and hard is not None
    assert easy > hard
    assert jreadability_score(" \n") is None


def _scored(publication: Publication) -> Score:
    return score([ANALYSER.words(s.text) for s in publication.sentences])
