"""言葉の説明の表と、文の中から語を見つけること。"""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.glossary import TAGS, Entry, Glossary, parse_glossary
from content.problems import NotationError

GLOSSARY = Glossary.load()
HEADER = "語\t読み\tやさしい語\t説明\t分類\n"
GOOD = "推進\tすいしん\t進めること\t前に進めることです。\t計画\n"

COLUMNS = "語（タブ）読み（タブ）やさしい語（タブ）説明（タブ）分類"
TOO_SHORT = "短すぎます。1 字の語はほかの語の中に出るので、2 字からの語を書いてください。"
OTHER_WORD = "置き替えられる別の語にするか、空にしてください。"
ONE_SENTENCE = "「。」で終わる 1 つの文にしてください。"
OTHER_TAG = f"使えません。{'、'.join(TAGS)}から選んでください。"

WORDS = [word for entry in GLOSSARY.entries for word in entry.words]
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(WORDS), st.text(max_size=4), st.sampled_from("のをする会員住図ー・A。")
    ),
    max_size=8,
).map("".join)


def entry(*words: str) -> Entry:
    return Entry(words, "よみ", "", "説明です。", ("福祉",))


def found(text: str, glossary: Glossary = GLOSSARY) -> list[str]:
    """見つけたところの文字。"""
    return [text[m.start : m.end] for m in glossary.find(text)]


def test_語は300ほどあり_五十音の順に並ぶ() -> None:
    assert len(GLOSSARY.entries) >= 290
    order = Glossary([entry("b"), entry("a")]).entries
    assert [e.words[0] for e in order] == ["a", "b"]
    readings = ["はは", "ばす", "はーと", "はく", "がっこう", "かつお", "かつ"]
    scattered = Glossary(Entry((r,), r, "", "説明です。", ("福祉",)) for r in readings)
    assert [e.reading for e in scattered.entries] == [
        "かつ", "かつお", "がっこう", "はーと", "はく", "ばす", "はは",
    ]  # fmt: skip


def test_どの書き方でも引ける() -> None:
    council = GLOSSARY.get("社会福祉協議会")
    assert council is not None
    assert GLOSSARY.get("社協") is council
    assert GLOSSARY.get("ＣＳＷ") is GLOSSARY.get("CSW") is not None
    assert GLOSSARY.get("ない言葉") is None


def test_idは語だけで決まり_重ならない() -> None:
    assert entry("推進").id == "w_a43b71b4"
    ids = [e.id for e in GLOSSARY.entries]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("w_[0-9a-f]{8}", i) for i in ids)


@given(TEXTS)
def test_見つけたところは_その語の書き方で_重ならず_順に並ぶ(text: str) -> None:
    mentions = GLOSSARY.find(text)
    for mention in mentions:
        written = text[mention.start : mention.end]
        # 動詞は、語尾が変わる
        assert any(written in (w, w[:-1]) or written[:-1] == w[:-1] for w in mention.entry.words)
    for before, after in pairwise(mentions):
        assert before.end <= after.start


@given(st.sampled_from(GLOSSARY.entries))
def test_どの語も_文の中で見つかる(entry: Entry) -> None:
    for word in entry.words:
        text = f"これは、{word}のことです。"
        assert [(m.entry, m.start, m.end) for m in GLOSSARY.find(text)] == [
            (entry, 4, 4 + len(word))
        ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # いちばん長い語を取る
        ("地域福祉活動推進計画", ["地域福祉活動推進計画"]),
        ("地域包括ケアシステム推進ビジョン", ["地域包括ケアシステム", "推進", "ビジョン"]),
        ("多摩区社協の取組", ["社協", "取組"]),
        # カタカナの語は、カタカナに続かない
        ("サロンパス", []),
        ("ミニサロン", []),
        ("ふれあいサロンとボランティアサロン", ["ふれあいサロン"]),
        # 英字の語は、英字や数字に続かない
        ("CSWの仕事", ["CSW"]),
        ("ＣＳＷの仕事", ["ＣＳＷ"]),
        ("kikaku@csw-kawasaki.or.jp CSWR PR3", []),
        # ひらがなの語は、助詞でないひらがなが続かない
        ("ふくしのまちと「ふくし」", ["ふくし", "ふくし"]),
        ("ふくしまへ、ふくしゅうする", []),
        # 漢字の語は、ほかの語の字を取らない
        ("市民間、住民間の交流", ["交流"]),
        ("公共助成", ["助成"]),
        ("加入手続き", ["手続き"]),
        ("共同意識", []),
        ("実施設計", ["実施"]),
        ("活動向上", ["向上"]),
        ("委員会員数", ["委員会"]),
        # 動詞は、活用しても見つける
        ("踏まえ、図ります。努めた。", ["踏まえ", "図り", "努め"]),
        ("役割を担って目指そうと捉えられる", ["担っ", "目指そ", "捉え"]),
        ("担い手を担う", ["担い手", "担う"]),
    ],
)
def test_語の切れ目(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_ほかの語が字を先に取る() -> None:
    assert found("旅行事業と行事", Glossary([entry("行事"), entry("事業")])) == ["行事", "行事"]
    assert found("旅行事業と行事", Glossary([entry("行事"), entry("事業")], ["旅行"])) == [
        "事業",
        "行事",
    ]


def test_語がなければ見つけない() -> None:
    assert Glossary([]).find("社会福祉協議会") == ()


def test_語の読み方() -> None:
    text = HEADER + "# 説明の行\n\n" + "社会福祉協議会/社協\tしゃかい\t\t団体です。\t福祉/参加\n"
    assert parse_glossary(text, "words.tsv") == (
        Entry(("社会福祉協議会", "社協"), "しゃかい", "", "団体です。", ("福祉", "参加")),
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (GOOD.replace("\t計画", ""), f"欄が 4 個あります。「{COLUMNS}」の 5 つにしてください。"),
        (GOOD.replace("推進\t", "推進/\t"), f"語「」が{TOO_SHORT}"),
        (GOOD.replace("推進", "要"), f"語「要」が{TOO_SHORT}"),
        (GOOD.replace("すいしん", "スイシン"), "「推進」の読み「スイシン」を、ひらがなだけで書いてください。"),
        (GOOD.replace("すいしん", ""), "「推進」の読み「」を、ひらがなだけで書いてください。"),
        (GOOD.replace("進めること", "推進"), f"「推進」のやさしい語「推進」を、{OTHER_WORD}"),
        (GOOD.replace("進めること\t", "進める。\t"), f"「推進」のやさしい語「進める。」を、{OTHER_WORD}"),
        (GOOD.replace("です。", "です"), f"「推進」の説明を、{ONE_SENTENCE}"),
        (GOOD.replace("です。", "です。はい。"), f"「推進」の説明を、{ONE_SENTENCE}"),
        (GOOD.replace("前に進めることです。", ""), f"「推進」の説明を、{ONE_SENTENCE}"),
        (GOOD.replace("計画", "計画/経済"), f"「推進」の分類「経済」は{OTHER_TAG}"),
        (GOOD.replace("計画", ""), f"「推進」の分類「」は{OTHER_TAG}"),
        (GOOD.replace("進めること", " 進めること"), "「 進めること」の前か後ろに空白があります。消してください。"),
        (GOOD.replace("推進\t", "推進/推進\t"), "「推進」は 2 行目にもあります。どちらかを消してください。"),
    ],
)  # fmt: skip
def test_表の誤りは_行と直し方を言う(row: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_glossary(HEADER + row, "words.tsv")
    assert [str(p) for p in caught.value.problems] == [f"words.tsv の 2 行目: {message}"]


@pytest.mark.parametrize("text", ["", "語\t読み\n", GOOD])
def test_見出しがなければ_書き方を言う(text: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_glossary(text, "words.tsv")
    assert str(caught.value) == (
        f"words.tsv の 1 行目: 見出しが違います。「{COLUMNS}」と書いてください。"
    )


def test_同じ語を二度書けば_どの行にあるかを言う() -> None:
    with pytest.raises(NotationError, match="3 行目: 「推進」は 2 行目にもあります。"):
        parse_glossary(HEADER + GOOD + GOOD, "words.tsv")


def test_表の誤りを_集めて一度に言う() -> None:
    text = HEADER + GOOD.replace("すいしん", "スイシン") + GOOD.replace("。", "")
    with pytest.raises(NotationError) as caught:
        parse_glossary(text, "words.tsv")
    assert [p.line for p in caught.value.problems] == [2, 3, 3]


def test_説明は_短い1文で_語の意味から始まり_です_で終わる() -> None:
    for e in GLOSSARY.entries:
        assert e.explanation.endswith("です。"), e
        assert len(e.explanation) <= 40, e
        assert not e.explanation.startswith((*e.words, e.reading)), e


def test_説明とやさしい語に_説明のいる語を使わない() -> None:
    # 「障害のある人」は、人を言いかえずに呼ぶために使う
    for e in GLOSSARY.entries:
        for text in (e.explanation, e.easier):
            assert [w for w in found(text) if w != "障害"] == [], e


def test_どの分類にも語がある() -> None:
    assert {tag for e in GLOSSARY.entries for tag in e.tags} == set(TAGS)


def test_説明は_名詞で終わる形にもなる() -> None:
    (word,) = parse_glossary(HEADER + GOOD, "表")
    assert word.meaning == "前に進めること"
    assert all(not e.meaning.endswith(("です", "。")) for e in GLOSSARY.entries)


@pytest.mark.parametrize(
    ("following", "instead"),
    [("する。", "進める"), ("します。", "進める"), ("の計画。", "進めること")],
)
def test_するが続けば_やさしい語は動詞になる(following: str, instead: str) -> None:
    (word,) = parse_glossary(HEADER + GOOD, "表")
    assert word.instead(following) == instead
