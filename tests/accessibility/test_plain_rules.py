"""やさしい日本語の検査: 決まりごとの、知らせる文と知らせない文。"""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessibility.plain import Remark, Report, check_publication, check_text
from content.model import Publication
from content.notation import parse
from content.notation_write import write

# 決まり、知らせる文、知らせる言葉（なければ文の全体）、言いかえの例。
FOUND = [
    ("length", "あしたは、駅の前の大きな公園で、子どもと大人がいっしょに歌を歌います。", "", ""),
    ("clauses", "雨がふったので家に帰って、本を読みました。", "", ""),
    ("ending", "あした、駅に行く。", "行く", ""),
    ("ending", "これは本である。", "本である", "本です"),
    ("ending", "これは本だ。", "本だ", "本です"),
    ("ending", "公園で遊んだ思い出。", "思い出", ""),
    ("passive", "公園が作られます。", "作られます", "作る"),
    ("passive", "町から支援されています。", "支援されています", "支援する"),
    ("passive", "住民から寄せられた意見です。", "寄せられた", "寄せる"),
    ("passive", "先生にほめられました。", "ほめられました", "ほめる"),
    ("causative", "子どもに食べさせます。", "食べさせます", ""),
    ("causative", "会を充実させます。", "充実させます", ""),
    ("double-negative", "行かないわけではありません。", "ないわけではありません", ""),
    ("double-negative", "会えないことはないです。", "ないことはない", ""),
    ("double-negative", "行かざるを得ません。", "ざるを得ません", ""),
    ("double-negative", "お金がなくはありません。", "なくはありません", ""),
    ("honorific", "先生がお話しになります。", "お話しになります", "話す"),
    ("honorific", "だれでもご利用いただけます。", "ご利用いただけます", "利用できる"),
    ("honorific", "電話でご連絡ください。", "ご連絡ください", "連絡してください"),
    ("honorific", "この紙をご覧ください。", "ご覧ください", "見てください"),
    ("honorific", "会を始めることにいたします。", "いたします", "する"),
    ("honorific", "お礼を申し上げます。", "申し上げます", "言う"),
    ("honorific", "意見をいただいて、決めました。", "いただいて", "もらう"),
    ("honorific", "先生が話されました。", "話されました", "話す"),
    ("honorific", "参加される方は、来てください。", "参加される", "参加する"),
    ("honorific", "休ませていただきます。", "休ませていただきます", ""),
    ("formal", "公園において歌います。", "において", "で"),
    ("formal", "犬及び猫がいます。", "及び", "と"),
    ("formal", "犬等がいます。", "等", "など"),
    ("formal", "お金に係る話です。", "に係る", "の"),
    ("formal", "話を踏まえて決めます。", "を踏まえ", "を考える"),
    ("formal", "電話により知らせます。", "により", "で"),
    ("nominal", "支援を行います。", "支援を行い", "支援する"),
    ("nominal", "参加者の増加を図ります。", "増加を図り", ""),
    ("nominal", "計画の見直しを実施します。", "見直しを実施し", "見直す"),
    ("katakana", "ジャケットを着ます。", "ジャケット", ""),
    ("kanji", "毎年春夏秋冬東西南北上下左右前後の町に行きます。", "", ""),
    ("kanji-run", "朝昼晩休日料理の本です。", "朝昼晩休日料理", ""),
    ("date", "平成24年度に始めました。", "平成24年度", "2012年度（平成24年度）"),
    ("date", "令和元年に始めました。", "令和元年", "2019年（令和元年）"),
    ("date", "2024/4/1に始めました。", "2024/4/1", "2024年4月1日"),
    ("time", "15時から話します。", "15時", "午後3時"),
    ("time", "10時に来てください。", "10時", ""),
    ("time", "14:30に始めます。", "14:30", "午後2時30分"),
    ("time", "午前10時に始めて、15時に終わります。", "15時", "午後3時"),
    ("range", "午前10時〜12時に来てください。", "10時〜", "10時から"),
    ("range", "8:30〜9:00に開きます。", "8:30〜", "8:30から"),
    ("range", "月曜日～金曜日に開きます。", "月曜日～", "月曜日から"),
    ("list", "犬、猫、鳥、魚がいます。", "犬、猫、鳥、魚", ""),
    ("spaces", "これは ながい ぶんしょう です。", "", ""),
    ("romaji", "あしたhomeに行きます。", "home", ""),
    ("romaji", "ICTを使います。", "ICT", ""),
]  # fmt: skip

# 決まり、知らせない文。
NOT_FOUND = [
    ("length", "あした、駅に行きます。"),
    ("length", "福祉〈だれもが安心して幸せに暮らせるように、みんなで助け合うことを言います〉の話です。"),
    ("clauses", "雨がふったので、家に帰りました。"),
    ("clauses", "本を読んでいます。"),
    ("clauses", "町について、先生に聞いてください。"),
    ("ending", "あした、駅に行きます。"),
    ("ending", "電話をしてください。"),
    ("ending", "行きませんでした。"),
    ("ending", "「行きたい。」"),
    ("ending", "ありがとう。"),
    ("ending", "- 大きな公園"),
    ("passive", "子どもが生まれます。"),
    ("passive", "パンを食べられます。"),
    ("passive", "あした来られますか。"),
    ("passive", "相談を受けられます。"),
    ("passive", "会を続けられるように、助けます。"),
    ("passive", "そう思われます。"),
    ("passive", "よいと考えられます。"),
    ("passive", "ここなら休めます。"),
    ("passive", "先生が話されました。"),
    ("causative", "友だちに知らせてください。"),
    ("causative", "力を合わせます。"),
    ("causative", "休ませていただきます。"),
    ("double-negative", "行かなければなりません。"),
    ("double-negative", "お金は少なくはありません。"),
    ("honorific", "お金とごはんのお知らせです。"),
    ("honorific", "お茶を飲みます。"),
    ("honorific", "お世話になりました。"),
    ("honorific", "ここに書いてください。"),
    ("honorific", "ここに書きなさい。"),
    ("honorific", "ありがとうございます。"),
    ("honorific", "お願いします。"),
    ("formal", "みんな平等です。"),
    ("formal", "高等学校に行きます。"),
    ("formal", "二つは等しいです。"),
    ("formal", "1等になりました。"),
    ("formal", "彼等が来ました。"),
    ("formal", "お互いにより一層がんばります。"),
    ("formal", "テーブルにおいておきます。"),
    ("formal", "自分のこととして考えます。"),
    ("formal", "本を持って来てください。"),
    ("nominal", "会議を行います。"),
    ("nominal", "会を行います。"),
    ("katakana", "テレビを見ます。"),
    ("katakana", "ミサタマドンが来ます。"),
    ("kanji", "あした、駅に行きます。"),
    ("kanji-run", "地域の福祉の話です。"),
    ("kanji-run", "「地域福祉活動推進計画」の話です。"),
    ("kanji-run", "2020年度計画前の話です。"),
    ("kanji-run", "早期発見及び早い支援をします。"),
    ("date", "2012年度（平成24年度）に始めました。"),
    ("date", "平成24年度（2012年度）に始めました。"),
    ("date", "2024年4月1日に始めました。"),
    ("time", "午後3時から話します。"),
    ("time", "午前10時から12時まで話します。"),
    ("time", "24時間使えます。"),
    ("time", "3時間話します。"),
    ("time", "当時の話です。"),
    ("range", "午前10時から午後3時までです。"),
    ("range", "みんな〜元気ですか。"),
    ("list", "犬と猫がいます。"),
    ("list", "犬、猫がいます。"),
    ("list", "- 犬、猫、鳥、魚"),
    ("list", "今年、春、雨がふりました。"),
    ("spaces", "第6期計画 基本理念"),
    ("spaces", "みんなで支えあい ともに安心して その人らしく暮らせる 川崎のまちづくり"),
    ("romaji", "ICT〈コンピューターを使うこと〉を使います。"),
    ("romaji", "コンピューター（ICT）を使います。"),
    ("romaji", "kikaku@csw-kawasaki.or.jpに書いてください。"),
    ("romaji", "TELはありません。"),
]  # fmt: skip


def said(report: Report, code: str) -> list[Remark]:
    return [r for r in report.remarks if r.code == code]


@pytest.mark.parametrize(("code", "text", "words", "suggestion"), FOUND)
def test_rule_finds(code: str, text: str, words: str, suggestion: str) -> None:
    remarks = said(check_text(text), code)
    assert [(r.text, r.suggestion) for r in remarks][:1] == [(words or text, suggestion)]
    assert remarks[0].message.endswith("。")


@pytest.mark.parametrize(("code", "text"), NOT_FOUND)
def test_rule_does_not_find(code: str, text: str) -> None:
    assert said(check_text(text), code) == []


def test_every_rule_has_both_kinds_of_cases() -> None:
    assert {case[0] for case in FOUND} == {case[0] for case in NOT_FOUND}


# 重さ ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "severity"),
    [
        ("あ" * 31 + "。", "length", "hint"),
        ("あ" * 50 + "。", "length", "warning"),
        ("公園が作られます。", "passive", "warning"),
        ("意見をいただきました。", "honorific", "warning"),
        ("犬及び猫がいます。", "formal", "warning"),
        ("福祉の話です。", "vocabulary", "warning"),
        ("住民の話です。", "vocabulary", "hint"),
        ("支援を行います。", "nominal", "hint"),
        ("15時に来てください。", "time", "hint"),
    ],
)
def test_severity(text: str, code: str, severity: str) -> None:
    assert [r.severity for r in said(check_text(text), code)] == [severity]


# むずかしい言葉 --------------------------------------------------------------------


def hard(text: str) -> list[str]:
    return [r.text for r in said(check_text(text), "vocabulary")]


def test_word_is_reported_once_a_page() -> None:
    assert hard("福祉の話です。\n福祉は大切です。") == ["福祉"]


def test_easy_words_names_and_numbers_are_not_reported() -> None:
    assert hard("川崎市の小学校で、友だちと本を読みました。") == []
    assert hard("2020年度に始めました。") == []
    assert hard("専修大学の学生です。") == []


def test_words_the_glossary_explains_others_with_are_easy_enough() -> None:
    assert hard("役所のしくみと、町の助け合いです。") == []


def test_verb_that_works_as_a_particle_is_no_hard_word() -> None:
    assert hard("友だちに対して、本を通して話します。") == []


def test_explained_word_is_excused_from_there_on() -> None:
    assert hard("福祉〈みんなで助けること〉の話です。\n福祉は大切です。") == []
    assert hard("福祉は大切です。\n福祉〈みんなで助けること〉の話です。") == ["福祉"]


def test_explanation_is_for_the_whole_word_before_it() -> None:
    assert hard("地区社協〈まちの会〉に行きます。\n社協は近いです。") == []
    assert hard("社会福祉協議会〈まちの会〉（社協）に行きます。\n社協は近いです。") == []
    assert hard("社会福祉協議会（社協）〈まちの会〉に行きます。\n社協は近いです。") == []
    assert hard("福祉会館〈助ける所〉に行きます。\n福祉は大切です。") == ["福祉"]


def test_sentence_that_says_what_a_word_is_explains_it() -> None:
    assert hard("「寄附」は、人を助けるためにお金を出すことです。\n寄附をしてください。") == []


def test_quoted_names_are_excused() -> None:
    assert hard("「福祉のまちづくり」の話です。") == []


def test_word_in_the_glossary_comes_with_an_easier_word_or_an_explanation() -> None:
    (remark,) = said(check_text("計画を策定しました。"), "vocabulary")
    assert (remark.text, remark.suggestion) == ("策定", "作る")
    (remark,) = said(check_text("計画の策定です。"), "vocabulary")
    assert (remark.text, remark.suggestion) == ("策定", "作ること")
    assert "こと〉」のように" in remark.message
    (remark,) = said(check_text("アウトリーチをします。"), "katakana")
    assert "〈…〉" in remark.message


def test_sentence_with_three_hard_words_is_reported() -> None:
    (remark,) = said(check_text("福祉の施策を推進します。"), "vocabulary-count")
    assert "3 個" in remark.message
    assert not said(check_text("福祉の施策です。"), "vocabulary-count")


def test_formal_word_is_not_reported_twice() -> None:
    remarks = check_text("話を踏まえて決めます。").remarks
    assert [r.code for r in remarks if "踏まえ" in r.text] == ["formal"]


# 場所 ------------------------------------------------------------------------------


def test_place_in_bare_text_is_the_line() -> None:
    (remark,) = said(check_text("行きます。\n- 見ます。公園が作られます。"), "passive")
    assert (remark.line, remark.section, remark.sentence) == (2, "", "")
    assert "- 見ます。公園が作られます。"[remark.start : remark.end] == remark.text == "作られます"


def publication(body: str, register: str = "standard") -> Publication:
    return parse(FRONT + body, "kawasaki/plan", "plain" if register == "plain" else "standard")


FRONT = "---\n表題: 川崎の計画\n発行: 会\n計画: 川崎の計画\n日付: 2026-11-22\n出典: 冊子\n---\n\n"
BODY = """\
# はじめ {#intro}

駅に行きます。公園が
作られます。

- ｜公園《こうえん》が開かれます。

## つぎ {#next}

| 名前 |
|---|
| 話された |
"""


def test_place_in_publication_is_section_sentence_and_line() -> None:
    found = publication(BODY)
    remarks = said(check_publication(found, source=FRONT + BODY), "passive")
    texts = {s.id: s.text for s in found.sentences}
    assert [(r.section, r.line, r.text) for r in remarks] == [
        ("intro", 11, "作られます"),
        ("intro", 14, "開かれます"),
        ("next", 20, "話された"),
    ]
    assert all(texts[r.sentence][r.start : r.end] == r.text for r in remarks)


def test_line_is_of_the_written_notation_without_a_source() -> None:
    found = publication(BODY)
    lines = write(found).splitlines()
    for remark in said(check_publication(found), "passive"):
        assert remark.text in lines[remark.line - 1]


def test_plan_names_and_principles_are_not_to_be_changed() -> None:
    body = (
        "# 理念 {#philosophy}\n\nすべての市民の福祉理解の推進と、福祉活動の振興が図られること\n\n"
        "# つぎ {#next}\n\n川崎の計画の話です。\n"
    )
    assert [r.code for r in check_publication(publication(body)).remarks if r.line > 10] == []


def test_name_once_quoted_is_a_name_everywhere() -> None:
    body = (
        "# あ {#a}\n\n「市民福祉振興計画」の話です。\n\n# い {#b}\n\n市民福祉振興計画の話です。\n"
    )
    assert [r.code for r in check_publication(publication(body)).remarks] == []
    unquoted = check_publication(publication(body.replace("「", "")))
    assert [r.text for r in said(unquoted, "kanji-run")] == ["市民福祉振興計画"] * 2


def test_names_of_documents_are_not_checked() -> None:
    body = "# 資料 {#documents}\n\n- 策定された計画[PDF/1MB]\n"
    assert said(check_publication(publication(body)), "passive") == []


def test_word_is_reported_once_on_each_page() -> None:
    body = "# あ {#a}\n\n福祉です。\n\n## い {#b}\n\n福祉です。\n\n# う {#c}\n\n福祉です。\n"
    remarks = said(check_publication(publication(body)), "vocabulary")
    assert [r.section for r in remarks] == ["a", "c"]


def test_heading_may_be_explained_below_it() -> None:
    body = "# 福祉 {#a}\n\n福祉〈みんなで助けること〉の話です。\n"
    assert said(check_publication(publication(body)), "vocabulary") == []


def test_page_over_1000_characters_is_reported() -> None:
    body = "# あ {#a}\n\n" + "本を読みます。" * 143
    (remark,) = said(check_publication(publication(body)), "page-length")
    assert (remark.section, remark.text) == ("a", "あ")
    assert not said(check_publication(publication(body[:-14])), "page-length")


# どんな文字でも ------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *("公園が作られます。", "において", "等", "〈説明〉", "「", "」", "〈", "〉", "（", "）", "、", "。"),
        *("平成24年度", "14:30", "10時〜", "福祉", "アウトリーチ", "お話しになる", "\n", "\n- ", "# ", " "),
        *("\u3099", "𠮷", "ｶﾞ", "①", "元年", "なくはない", "〜", "A.B", "\r", "\x00", "\ud800", "は", "です。"),
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(WORDS, st.text(max_size=4)), max_size=12).map("".join)


@settings(max_examples=200)
@given(TEXTS)
def test_offsets_point_at_the_text(text: str) -> None:
    lines = text.split("\n")
    report = check_text(text)
    for remark in report.remarks:
        assert lines[remark.line - 1][remark.start : remark.end] == remark.text
        assert remark.message.endswith("。")
    assert check_text(text) == report


def test_nothing_to_check() -> None:
    assert check_text("").remarks == ()
    assert check_text("").warnings == ()
    empty = publication("# あ {#a}\n")
    assert empty.date == datetime.date(2026, 11, 22)
    assert check_publication(empty).remarks == ()
