"""語への分け方: 書き方の違いが消え、尋ね方のことばが消え、ほかの語とは混ざらない。"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.synonyms import Synonyms, SynonymsError, bundled
from bot.terms import Terms, sound_key


@pytest.fixture(scope="module")
def terms() -> Terms:
    return Terms()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("寄附をしたい", "寄付したいです"),
        ("ＳＯＳ", "sos"),
        ("障がいのある子ども", "障害がある子供"),
        ("ｻｰﾊﾞ", "サーバー"),
        ("第六期", "第6期"),
        ("volunteer", "ボランティア"),
        ("ひとりぐらし", "一人暮らし"),
        ("困っとるんじゃけど", "困っています"),
        ("福祉\u3000教育\n", "福祉の教育"),
    ],
)
def test_spellings_of_the_same_words_are_one(terms: Terms, one: str, other: str) -> None:
    assert terms.content(one)
    assert terms.content(one) == terms.content(other)


@pytest.mark.parametrize(
    "text", ["", " ", "教えてください", "それは何ですか", "えーと、あのー", "？！…"]
)
def test_asking_words_alone_are_no_words(terms: Terms, text: str) -> None:
    assert terms.content(text) == ()


def test_a_negated_word_is_another_word(terms: Terms) -> None:
    assert terms.content("不登校") == ("不登校",)
    assert terms.content("登校") == ("登校",)


def test_text_that_is_no_text_does_no_harm(terms: Terms) -> None:
    assert terms.content("\x00\ud800福祉\u200b\x1f") == terms.content("福祉")


@pytest.mark.parametrize(
    ("one", "other"),
    [("よりあいどころ", "ヨリアイトコロ"), ("デージー", "デイジー"), ("コミュニティ", "コミュニティー"),
     ("ボランテイア", "ボランティア"), ("ほうじょ", "ホジョ")],
)  # fmt: skip
def test_readings_that_sound_alike_have_one_key(one: str, other: str) -> None:
    assert sound_key(one) == sound_key(other)


def test_readings_that_sound_different_have_two_keys() -> None:
    assert (
        len({sound_key(r) for r in ("キフ", "キク", "カフ", "キフク", "シャキョウ", "サキョウ")})
        == 6
    )


def test_many_threads_share_one_analyser(terms: Terms) -> None:
    texts = [f"第{n}期計画の目標を教えてください" for n in range(1, 7)] * 20
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(terms.content, texts)) == [terms.content(t) for t in texts]


# --- 言い換えの表


def test_a_group_works_both_ways_and_related_words_one_way(terms: Terms) -> None:
    table = Synonyms(terms, ("表", "赤ちゃん/乳児\t子育て\t0.5"))
    assert table.others(("赤ちゃん",)) == {("乳児",): 0.9, ("子育て",): 0.5}
    assert table.others(("乳児",)) == {("赤ちゃん",): 0.9, ("子育て",): 0.5}
    assert table.others(("子育て",)) == {}


def test_a_council_adds_its_own_words(terms: Terms) -> None:
    table = bundled(terms, "# うちのことば\n\nミサタマドン／多摩区のキャラクター\n")
    assert ("ミサタマドン",) in table.others(terms.content("多摩区のキャラクター"))
    assert ("寄り合い", "所") not in table
    assert table.others(terms.content("スマホ"))


def test_the_bundled_table_is_large_and_every_word_in_it_can_be_found(terms: Terms) -> None:
    table = bundled(terms)
    assert len(table.readings) > 400
    assert all(
        table.others(phrase) for phrase in [terms.content("寄附"), terms.content("一人暮らし")]
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("寄附", "言い換えがありません"),
        ("\t募金", "言い換えがありません"),
        ("寄附/寄付\t募金\t2", "重さ「2」"),
        ("寄附/寄付\t募金\t重い", "重さ「重い」"),
        ("寄附/寄付\t募金\tnan", "重さ「nan」"),
        ("寄附/寄付\t募金\t0.5\t備考", "欄が多すぎます"),
    ],
)
def test_a_malformed_line_is_explained_in_one_sentence(terms: Terms, text: str, said: str) -> None:
    with pytest.raises(SynonymsError) as caught:
        bundled(terms, f"スマホ/スマートフォン\n{text}\n")
    message = str(caught.value)
    assert message.startswith("社協の言い換えの表 の 2 行目: ")
    assert said in message
    assert message.endswith("ください。")
