"""原稿の書き方: ひとつずつの形、すべての誤りの知らせ、書いて読むと元に戻ること。"""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.identity import map_sentences, with_ids
from content.model import (
    Block,
    Document,
    Image,
    Item,
    List,
    Note,
    Paragraph,
    Picture,
    Plan,
    Publication,
    Run,
    Section,
    Sentence,
    Table,
)
from content.notation import NotationError, parse
from content.notation_write import write
from content.pictures import MAX_BYTES
from tests.content.arbitrary import JPEG, PNG, publications

FRONT = """\
---
表題: 第6期計画
発行: 川崎市社会福祉協議会
計画: 地域福祉活動推進計画
日付: 2026-11-22
出典: 冊子
---
"""
BODY_LINE = FRONT.count("\n") + 2
PICTURES = {
    "map.png": PNG,
    "写真.JPG": JPEG,
    "jpeg.png": JPEG,
    "huge.png": PNG + bytes(MAX_BYTES),
}


def read(body: str) -> Publication:
    text = f"{FRONT}# はじめに {{#intro}}\n{body}"
    return parse(text, "kawasaki/plan-6", file="plan-6.md", load_picture=PICTURES.get)


def blocks(body: str) -> tuple[Block, ...]:
    """``body`` の中身。文の id は比べないので消す。"""
    (section,) = read(body).sections
    return map_sentences(section, lambda s: Sentence("", s.runs)).blocks


def sentence(*parts: str | Run) -> Sentence:
    return Sentence("", tuple(Run(p) if isinstance(p, str) else p for p in parts))


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(NotationError) as caught:
        parse(text, "kawasaki/plan-6", file="plan-6.md", load_picture=PICTURES.get)
    assert {p.file for p in caught.value.problems} == {"plan-6.md"}
    return [(p.line, p.message) for p in caught.value.problems]


# 書き方 ---------------------------------------------------------------------------


def test_front_matter_gives_title_and_plan() -> None:
    publication = parse(
        """\
---
表題: 第6期｜地域《ちいき》計画
発行: 川崎市社会福祉協議会
計画: 地域福祉活動推進計画
期: 6
期間: 2021-2023
延長: 2025
区: 多摩区
日付: 2026-11-22
校正: 2026-11-20
出典: "冊子: 1 ページ # 表紙"
---
# はじめに
""",
        "kawasaki/plan-6",
        "plain",
    )
    assert (publication.id, publication.register) == ("kawasaki/plan-6", "plain")
    assert publication.title.runs == (Run("第6期"), Run("地域", "ちいき", fixed=True), Run("計画"))
    assert publication.date == datetime.date(2026, 11, 22)
    assert publication.proofread == datetime.date(2026, 11, 20)
    assert publication.plan == Plan(
        "川崎市社会福祉協議会",
        "地域福祉活動推進計画",
        6,
        2021,
        2023,
        2025,
        "多摩区",
        "冊子: 1 ページ # 表紙",
    )


def test_what_the_front_matter_does_not_say_stays_unknown() -> None:
    publication = read("")
    assert publication.plan == Plan("川崎市社会福祉協議会", "地域福祉活動推進計画", source="冊子")
    assert publication.proofread is None


def test_headings_make_sections() -> None:
    sections = read("本文。\n## 二段 {#two}\n### 三段 {#three-3}\n# 一段 {#one}\n").sections
    assert [(s.level, s.heading.text, s.id) for s in sections] == [
        (1, "はじめに", "intro"),
        (2, "二段", "two"),
        (3, "三段", "three-3"),
        (1, "一段", "one"),
    ]


def test_heading_without_id_gets_one_from_its_words_alone() -> None:
    one, other = (read(f"{before}## 基本理念\n").sections[-1] for before in ("", "文。\n"))
    assert one.id == other.id
    assert one.id.startswith("s-")


def test_derived_id_never_equals_the_id_of_a_sentence() -> None:
    first, second = read("## 目印 {#s}\n基本理念\n## 基本理念\n").sections[1:]
    assert second.id not in {s.id for s in first.sentences}


def test_escaped_braces_in_a_heading_are_text() -> None:
    (_, section) = read("## 記号 \\{#x}\n").sections
    assert section.heading.text == "記号 {#x}"


def test_paragraph_is_split_into_sentences_outside_brackets() -> None:
    assert blocks("「行く。」と言う。本当？　はい！\n") == (
        Paragraph((sentence("「行く。」と言う。"), sentence("本当？　"), sentence("はい！"))),
    )


def test_lines_of_a_paragraph_join_without_space_in_japanese() -> None:
    assert blocks("　地域の\n福祉と web\nsite で\n") == (
        Paragraph((sentence("地域の福祉と web site で"),)),
    )


def test_blank_line_separates_paragraphs() -> None:
    assert blocks("一つ\n\n二つ\n") == (
        Paragraph((sentence("一つ"),)),
        Paragraph((sentence("二つ"),)),
    )


def test_ruby_fixes_a_reading() -> None:
    assert blocks("｜生《なま》と｜A社《エーしゃ》〈会社〉\n") == (
        Paragraph(
            (
                sentence(
                    Run("生", "なま", fixed=True),
                    "と",
                    Run("A社", "エーしゃ", fixed=True),
                    "〈会社〉",
                ),
            )
        ),
    )


def test_backslash_makes_a_mark_into_text() -> None:
    assert blocks("\\# 1 \\｜a\\《b\\》 \\\\ \\* \\<\n") == (
        Paragraph((sentence("# 1 ｜a《b》 \\ * \\<"),)),
    )


def test_lists() -> None:
    assert blocks("- 一。二。\n- 三\n\n* 四\n\n1. 五\n2. 六\n") == (
        List((Item((sentence("一。"), sentence("二。"))), Item((sentence("三"),)))),
        List((Item((sentence("四"),)),)),
        List((Item((sentence("五"),)), Item((sentence("六"),))), ordered=True),
    )


def test_list_item_with_kind_and_size_is_a_document() -> None:
    link = "https://example.jp/1.pdf"
    assert blocks(f"- はじめに[PDF/783KB]\n- 表\\[1] [Excel/2MB]({link})\n- 注\\[PDF/1KB]\n") == (
        List(
            (
                Item((sentence("はじめに[PDF/783KB]"),), Document("はじめに", "PDF", "783KB")),
                Item((sentence("表[1] [Excel/2MB]"),), Document("表[1]", "Excel", "2MB", link)),
                Item((sentence("注[PDF/1KB]"),)),
            )
        ),
    )


def test_table_with_caption() -> None:
    expected = Table(
        sentence("点検状況"),
        (sentence("記号"), sentence("意味")),
        ((sentence("A|B"), Sentence("", ())), (sentence("C"), sentence("一。二。"))),
    )
    rows = "| 記号 | 意味 |\n|---|:-:|\n| A\\|B |  |\n| C | 一。二。 |\n"
    assert blocks(f"表: 点検状況\n{rows}") == (expected,)
    assert blocks(f"表：点検状況\n\n{rows}") == (expected,)
    assert blocks(rows) == (Table(None, expected.header, expected.rows),)


def test_images() -> None:
    publication = read("![活動の写真]()\n\n![地図\\]](map.png)\n\n![もう一度](map.png)\n")
    (section,) = publication.sections
    assert map_sentences(section, lambda s: Sentence("", s.runs)).blocks == (
        Image("", sentence("活動の写真")),
        Image("map.png", sentence("地図]")),
        Image("map.png", sentence("もう一度")),
    )
    assert publication.pictures == (Picture("map.png", PNG),)


def test_note() -> None:
    assert blocks("> 注の文。\n> 続き。\n\n> 次\n") == (
        Note((sentence("注の文。"), sentence("続き。"))),
        Note((sentence("次"),)),
    )


def test_byte_order_mark_and_windows_lines_do_not_matter() -> None:
    text = f"{FRONT}# はじめに\n文。\n\n- 項目\n"
    expected = parse(text, "kawasaki/plan-6")
    assert parse("\ufeff" + text.replace("\n", "\r\n"), "kawasaki/plan-6") == expected
    assert parse(text.replace("\n", "\r"), "kawasaki/plan-6") == expected


def test_sentence_ids_do_not_change_when_other_text_is_added() -> None:
    before = read("同じ文。\n").sections[0]
    after = read("新しい文。同じ文。同じ文。\n## 次 {#next}\n同じ文。\n").sections
    (kept,) = (s.id for s in before.sentences if s.text == "同じ文。")
    ids = [s.id for section in after for s in section.sentences]
    assert kept in ids
    assert f"{kept}-2" in ids
    assert len(set(ids)) == len(ids)


# 誤りの知らせ ---------------------------------------------------------------------

FORM = (
    "「項目: 値」の形で書いてください。: は半角で、後に空白を 1 つ置きます。"
    '値に : や # や [ があるときは、値を " で囲んでください。'
)
FRONT_FAULTS = {
    "full-width colon": ("発行：社協", 3, FORM),
    "no space after colon": ("発行:社協", 3, FORM),
    "bracket": ("発行: [案] 社協", 3, FORM),
    "key is not text": ("発行: 社協\n? [区]\n: 多摩区", 4, FORM),
    "unknown": (
        "発行者: 社協\n発行: 社協",
        3,
        "「発行者」という項目はありません。"
        "使えるのは 表題、発行、計画、期、期間、延長、区、日付、校正、出典 です。",
    ),
    "missing": ("", 2, "「発行」がありません。「発行: …」の行を足してください。"),
    "empty": ("発行:", 3, "「発行」がありません。「発行: …」の行を足してください。"),
    "twice": ("発行: 社協\n発行: 社協", 4, "「発行」が 2 度あります。1 つにしてください。"),
    "list": ("発行:\n  - 名前: 社協", 3, "「発行」には文字を書いてください。"),
    "list of text": ("発行:\n  - 社協", 3, "「発行」には文字を書いてください。"),
    "table": ("発行: {名前: 社協}", 3, "「発行」には文字を書いてください。"),
    "line break": (
        '発行: "社\\n協"',
        3,
        "「発行」に、改行か目に見えない文字があります。1 行で書いてください。",
    ),
    "comment": (
        "発行: 社協 #1",
        3,
        '「発行」の # から後ろは読まれません。値を " で囲んでください。',
    ),
    "number": ("発行: 社協\n期: 第6期", 4, "「期: 第6期」は数字（例 6）で書いてください。"),
    "zero": ("発行: 社協\n期: 0", 4, "「期: 0」は数字（例 6）で書いてください。"),
    "years": (
        "発行: 社協\n期間: 2021〜2023",
        4,
        "「期間: 2021〜2023」は、最初と最後の年度（西暦）を 2021-2023 の形で書いてください。",
    ),
    "years turned around": (
        "発行: 社協\n期間: 2023-2021",
        4,
        "「期間: 2023-2021」は、最初と最後の年度（西暦）を 2021-2023 の形で書いてください。",
    ),
    "extension": (
        "発行: 社協\n期間: 2014-2016\n延長: 2016",
        5,
        "「延長: 2016」は、延ばした後の最後の年度（西暦、期間より後）を書いてください。",
    ),
    "extension in two digits": (
        "発行: 社協\n延長: 29",
        4,
        "「延長: 29」は、延ばした後の最後の年度（西暦、期間より後）を書いてください。",
    ),
}


@pytest.mark.parametrize(("lines", "line", "message"), FRONT_FAULTS.values(), ids=FRONT_FAULTS)
def test_front_matter_fault_is_reported(lines: str, line: int, message: str) -> None:
    text = FRONT.replace("発行: 川崎市社会福祉協議会\n", f"{lines}\n" if lines else "")
    assert problems(f"{text}# はじめに\n") == [(line, message)]


@pytest.mark.parametrize("date", ["2026-02-30", "20261122", "令和8年11月22日", "２０２６-11-22"])
def test_date_fault_is_reported(date: str) -> None:
    assert problems(f"{FRONT.replace('2026-11-22', date)}# はじめに\n") == [
        (5, f"「日付: {date}」は、実際にある日付を 2026-04-01 の形で書いてください。")
    ]


@pytest.mark.parametrize("date", ["済", "2026-02-30"])
def test_proofread_date_fault_is_reported(date: str) -> None:
    assert problems(f"{FRONT.replace('出典:', f'校正: {date}{chr(10)}出典:')}# はじめに\n") == [
        (6, f"「校正: {date}」は、実際にある日付を 2026-04-01 の形で書いてください。")
    ]


def test_fault_in_the_ruby_of_the_title_is_reported_on_its_line() -> None:
    assert problems(f"{FRONT.replace('第6期計画', '計画《けいかく》')}# はじめに\n") == [
        (
            2,
            "「計画《けいかく》」のふりがなが読み取れません。"
            "｜漢字《かんじ》の形で書くか、記号そのものなら前に \\ を付けてください。",
        )
    ]


@pytest.mark.parametrize(
    "text", ["", "# はじめに\n", "---\n表題: 計画\n# はじめに\n", " ---\n---\n"]
)
def test_missing_front_matter_is_reported(text: str) -> None:
    assert problems(text)[0] == (
        1,
        "原稿の先頭に、--- の行で囲んで「表題: …」「発行: …」などを書いてください。",
    )


def test_every_missing_field_is_reported_at_once() -> None:
    assert problems("---\n---\n# はじめに\n") == [
        (2, f"「{name}」がありません。「{name}: …」の行を足してください。")
        for name in ("表題", "発行", "計画", "出典", "日付")
    ]


SKIPPED = "見出しの段が飛んでいます。「###」を「##」にしてください。"
NO_CAPTIONED = "「表: …」の次には表を書いてください（| 見出し | 見出し | の行から）。"
NOT_A_HEADING = (
    "見出しは、# を 6 個までにして、後に空白を 1 つ入れてください。"
    "文字の # なら、前に \\ を付けてください。"
)
NOT_A_TABLE = (
    "表の形になっていません。見出しの行のすぐ下に |---|---| の行を、見出しと同じ数だけ"
    "書いてください。文字の | なら、前に \\ を付けてください。"
)
IMAGE_ALONE = "画像は、箇条書きや注の外に、前後に空の行を置いて書いてください。"
IMAGE_FORM = (
    "画像は ![写真の説明](ファイル名) の形で、1 行に 1 つ、前後に空の行を置いて書いてください。"
)
NESTED = "箇条書きの 1 項目には、文章を 1 つだけ、段を下げずに書いてください。"
ONE_PARAGRAPH = "注（> の行）には、段落を 1 つだけ書いてください。"
CELLS = (
    "表の欄の数が {} で、見出しの 2 と違います。| で同じ数に区切ってください"
    "（欄の中の | には前に \\ を付けます。表が終わったら空の行を置きます）。"
)
LINK = (
    "リンク「{}」は https:// で始まるアドレスにして、空白と ( ) は %20 のように書きかえてください。"
)
RUBY = (
    "「{}」のふりがなが読み取れません。"
    "｜漢字《かんじ》の形で書くか、記号そのものなら前に \\ を付けてください。"
)
UNSEEN = (
    "目に見えない文字か、ほかの機械で出ない文字（U+{}）があります。書き直すか、消してください。"
)
# 本文（2 行目から）と、誤りの行（本文の 1 行目を 1 とする）と、知らせ。
BODY_FAULTS = {
    "no heading text": ("## {#x}", 1, "見出しの言葉がありません。# の後に見出しを書いてください。"),
    "heading id": (
        "## 理念 {#Philosophy}",
        1,
        "見出しの目印「Philosophy」は、英小文字で始まる半角の英小文字と数字と - で書いてください。",
    ),
    "same id": (
        "## 理念 {#intro}",
        1,
        f"見出しの目印「intro」は {BODY_LINE - 1} 行目と同じです。"
        "見出しの後ろに {#別の目印} を付けてください。",
    ),
    "skipped level": ("### 理念", 1, SKIPPED),
    "seven marks": ("文\n\n####### 理念", 3, NOT_A_HEADING),
    "heading without space": ("文\n#理念", 2, NOT_A_HEADING),
    "caption before a paragraph": ("表: 題\n\n文", 3, NO_CAPTIONED),
    "caption before a heading": ("表: 題\n\n## 理念", 3, NO_CAPTIONED),
    "caption twice": ("表: 題\n\n表: 題\n\n| a |\n|---|", 3, NO_CAPTIONED),
    "caption at the end": ("表: 題", 1, NO_CAPTIONED),
    "caption in a paragraph": (
        "文\n表: 題\n| a |\n|---|",
        2,
        "「表: …」の行の前に、空の行を置いてください。",
    ),
    "caption without words": (
        "表:\n| a |\n|---|",
        1,
        "「表:」の後に、表の題を書いてください。",
    ),
    "table without line": ("文\n\n| a | b |\n| c | d |", 3, NOT_A_TABLE),
    "too many cells": ("| a | b |\n|---|---|\n| c | d | e |", 3, CELLS.format(3)),
    "too few cells": ("| a | b |\n|---|---|\n| c |", 3, CELLS.format(1)),
    "text after a table": ("| a | b |\n|---|---|\n| c | d |\n文", 4, CELLS.format(1)),
    "image in a paragraph": ("文\n![図](map.png)", 2, IMAGE_ALONE),
    "image in a list": ("- ![図](map.png)", 1, IMAGE_ALONE),
    "image in a note": ("> ![図](map.png)", 1, IMAGE_ALONE),
    "image with text": ("![図](map.png)\n文", 1, IMAGE_FORM),
    "image without parentheses": ("![図]", 1, IMAGE_FORM),
    "image without alternative": (
        "![ ](map.png)",
        1,
        "画像の説明がありません。![写真の説明](ファイル名) と書いてください。",
    ),
    "image not found": (
        "![図](none.png)",
        1,
        "画像「none.png」が見つからないか、読めません。"
        "PNG か JPEG のファイルを、画面から加えるか、原稿と同じフォルダに置いてください。",
    ),
    "image name": (
        "![図](../map.png)",
        1,
        "画像「../map.png」の名前は、map.png や map.jpg のように、フォルダを付けずに書いてください。",
    ),
    "image kind": (
        "![図](jpeg.png)",
        1,
        "画像「jpeg.png」の中身が PNG ではありません。名前の終わりに合う形式で保存してください。",
    ),
    "image size": (
        "![図](huge.png)",
        1,
        "画像「huge.png」が大きすぎます。20 MB までに小さくしてください。",
    ),
    "indented list": (
        "- 一\n  - 二",
        2,
        "箇条書きの段は 1 つだけです。行の頭の空白を消してください。",
    ),
    "list in a list": ("- 一\n- - 二", 1, NESTED),
    "heading in a list": ("- # 一", 1, NESTED),
    "note in a list": ("- > 一", 1, NESTED),
    "empty item": ("- 一\n-\n- 三", 1, NESTED),
    "list from 2": (
        "2. 二\n3. 三",
        1,
        "番号つきの箇条書きは 1 から始めてください。ほかの番号から始めるときは、2\\. のように"
        "番号の後に \\ を付けて、段落として書いてください。",
    ),
    "document without name": (
        "- [PDF/1KB]",
        1,
        "[PDF/1KB] の前に、資料の名前を書いてください。",
    ),
    "document link": ("- 一\n- 計画[PDF/1KB](plan.pdf)", 2, LINK.format("plan.pdf")),
    "document link with space": (
        "- 計画[PDF/1KB](https://example.jp/a b)",
        1,
        LINK.format("https://example.jp/a b"),
    ),
    "list in a note": ("> - 一", 1, ONE_PARAGRAPH),
    "two paragraphs in a note": ("> 一\n>\n> 二", 1, ONE_PARAGRAPH),
    "note in a note": ("> > 一", 1, ONE_PARAGRAPH),
    "empty note": (">", 1, ONE_PARAGRAPH),
    "ruby without bar": ("文\n\n- 漢字《かんじ》", 3, RUBY.format("漢字《かんじ》")),
    "ruby in a cell": ("| a |\n|---|\n| ｜漢字 |", 3, RUBY.format("｜漢字")),
    "reading": (
        "｜漢字《漢字》",
        1,
        "「｜漢字《漢字》」のふりがなは、ひらがなかカタカナだけで書いてください。",
    ),
    "control character": ("文\a", 1, UNSEEN.format("0007")),
    "replacement character": ("文\ufffd", 1, UNSEEN.format("FFFD")),
    "private character": ("文\n\n- \ue000", 3, UNSEEN.format("E000")),
    "line separator": ("文\u2028文", 1, UNSEEN.format("2028")),
}


@pytest.mark.parametrize(("body", "line", "message"), BODY_FAULTS.values(), ids=BODY_FAULTS)
def test_fault_in_the_body_is_reported(body: str, line: int, message: str) -> None:
    text = f"{FRONT}# はじめに {{#intro}}\n{body}\n"
    # 題だけで原稿が終わるときは、終わりの行を指す。
    shift = body.count("\n") + 2 if message == NO_CAPTIONED and line == 1 else line
    assert problems(text) == [(BODY_LINE - 1 + shift, message)]


def test_body_must_start_with_a_heading() -> None:
    assert problems(f"{FRONT}\n文。\n") == [
        (BODY_LINE, "本文の最初には見出しを書いてください（例 # はじめに）。")
    ]


def test_body_must_not_be_empty() -> None:
    assert problems(FRONT) == [
        (BODY_LINE - 1, "本文がありません。見出し（# …）と文章を書いてください。")
    ]


def test_first_heading_must_be_of_level_one() -> None:
    assert problems(f"{FRONT}## はじめに\n") == [
        (BODY_LINE - 1, "見出しの段が飛んでいます。「##」を「#」にしてください。")
    ]


def test_every_fault_is_reported_at_once_in_order_of_lines() -> None:
    found = problems(FRONT.replace("2026", "二〇二六") + "### 見出し\n漢字《かんじ》\n")
    assert [line for line, _ in found] == [5, BODY_LINE - 1, BODY_LINE]


def test_fault_says_file_and_line() -> None:
    with pytest.raises(NotationError) as caught:
        parse(FRONT, "kawasaki/plan-6", file="kawasaki/plan-6.md")
    assert str(caught.value) == (
        "kawasaki/plan-6.md の 8 行目: 本文がありません。見出し（# …）と文章を書いてください。"
    )


def test_pictures_outside_the_folder_are_never_asked_for() -> None:
    asked: list[str] = []
    body = "![a](../a.png)\n\n![b](/b.png)\n\n![c](c.svg)\n\n![d](.d.png)\n\n![e](e.png)\n"
    with pytest.raises(NotationError) as caught:
        parse(f"{FRONT}# はじめに\n{body}", "kawasaki/plan-6", load_picture=asked.append)
    assert asked == ["e.png"]
    assert len(caught.value.problems) == 5


# 行き来 ---------------------------------------------------------------------------


LOOKS_LIKE_MARKS = (
    *(
        "# 見出し",
        "####### 見出し",
        "#見出し",
        "- 項目",
        "-",
        "* 項目",
        "+ 項目",
        "1. 項目",
        "12) 項目",
    ),
    *(
        "> 注",
        ">注",
        "表: 題",
        "表：題",
        "| 欄 |",
        "|",
        "|---|",
        "---",
        "![図](map.png)",
        "![",
        "{#id}",
    ),
    *(
        "計画[PDF/1KB]",
        "計画[PDF/1KB](https://example.jp/)",
        "｜漢字《かんじ》",
        "\\",
        "\\# 線",
        "\\\\",
    ),
)


@pytest.mark.parametrize("text", LOOKS_LIKE_MARKS)
def test_text_that_looks_like_a_mark_stays_text_wherever_it_is(text: str) -> None:
    words = sentence(text)
    section = Section(
        "intro",
        1,
        words,
        (
            Paragraph((words,)),
            Note((words,)),
            List((Item((words,)), Item((words,)))),
            List((Item((words,)),), ordered=True),
            Table(words, (words, words), ((words, words),)),
            Image("", words),
        ),
    )
    empty = read("")
    publication = with_ids(replace(empty, title=words, sections=(section,)))
    assert parse(write(publication), publication.id) == publication


@settings(max_examples=200)
@given(publications())
def test_any_publication_survives_writing_and_reading(publication: Publication) -> None:
    pictures = {p.name: p.data for p in publication.pictures}
    text = write(publication)
    assert (
        parse(text, publication.id, publication.register, load_picture=pictures.get) == publication
    )


FRAGMENTS = st.sampled_from(
    [
        *"｜《》〈〉\\|#-*+>![](){}:.。！　1a漢",
        *("\n", "\n\n", "\n- ", "\n1. ", "\n2) ", "\n> ", "\n# ", "\n## ", "\n  ", "\n表: 題"),
        *("\n| a | b |\n|---|---|\n| c | d |", "\n| ", "\\|", "![x]()", "｜漢《かん》"),
        *("[PDF/1KB]", "(https://example.jp/)", "{#x}", "\n\n表：題\n\n| a |\n|---|\n"),
    ]
)


@settings(max_examples=400)
@given(st.lists(FRAGMENTS, max_size=14).map("".join))
def test_any_text_is_either_refused_or_keeps_its_meaning(body: str) -> None:
    try:
        publication = read(body)
    except NotationError:
        return
    text = write(publication)
    assert parse(text, publication.id) == publication


def test_writing_uses_the_documented_form() -> None:
    """書き出した形が変わると、保管庫の稿と手元の原稿の差分が読みにくくなる。"""
    text = """\
---
表題: 第6期計画
発行: 川崎市社会福祉協議会
計画: 地域福祉活動推進計画
期: 6
期間: 2021-2023
日付: 2026-11-22
出典: '冊子: 1 ページ'
---

# はじめに {#intro}

｜生《なま》の文。\\｜次の文。

\\- 線

- 項目
- 計画[PDF/1KB](https://example.jp/)

* 別の箇条書き

1. 一
2. 二

表: 題
| a | b\\|c |
|---|---|
| d |  |

![図\\]]()

> 注。
"""
    assert write(parse(text, "kawasaki/plan-6")) == text


def test_section_of_the_model_does_not_depend_on_the_register() -> None:
    text = f"{FRONT}# はじめに\n文。\n"
    standard, plain = (parse(text, "kawasaki/plan-6", r) for r in ("standard", "plain"))
    assert isinstance(standard.sections[0], Section)
    assert standard.sections == plain.sections
