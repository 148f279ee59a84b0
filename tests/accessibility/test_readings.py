"""読み。文字 → かなづかい、ふりがな、声の語。"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessibility.dictionary import Dictionary, Entry, ReadingsError, parse_dictionary
from accessibility.kana import sound_to_phonemes
from accessibility.readings import Reader, read_line, read_publication
from accessibility.ruby import to_notation
from accessibility.runs import Fixed
from accessibility.second_opinion import second_opinion
from content.bundle import BUNDLED, load_folder
from content.inline import parse_inline
from content.model import (
    Image,
    Item,
    List,
    Note,
    Paragraph,
    Plan,
    Publication,
    Run,
    Section,
    Sentence,
    Table,
)
from tests.accessibility.texts import ANY, JAPANESE

READER = Reader()
CONTEXTS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent.parent / "golden/contexts.tsv")
    .read_text("utf-8")
    .splitlines()
    if line and not line.startswith("#")
]


def sentence(notation: str) -> Sentence:
    return Sentence("s", parse_inline(notation))


def spoken(sentence: Sentence) -> str:
    words = [w for run in sentence.runs for w in run.words]
    return "".join(w.sound for w in words).replace("’", "")


def reading(runs: tuple[Run, ...]) -> str:
    return "".join(r.reading or "" for r in runs)


@pytest.mark.parametrize(("text", "sound"), CONTEXTS, ids=[c[0] for c in CONTEXTS])
def test_文脈で決まる読み(text: str, sound: str) -> None:
    assert read_line(READER, text) == sound


# --- 文字は変わらない -------------------------------------------------------------------


@given(JAPANESE | ANY)
def test_Runをつなぐと元の文字になる(text: str) -> None:
    runs = READER.read_text(text)
    assert "".join(r.text for r in runs) == text
    assert all(r.text and r.reading is not None for r in runs)


@given(JAPANESE | ANY)
def test_どの語も声にできる(text: str) -> None:
    words = [w for run in READER.read_text(text) for w in run.words]
    for previous, word in zip([None, *words], words, strict=False):
        if word.is_pause:
            assert previous is not None and not previous.is_pause
        else:
            # 長音だけの語は、前の語を伸ばす
            assert sound_to_phonemes(word.sound) or (previous and word.sound.strip("ー") == "")
            assert word.pos.count(",") == 5
    if words:
        assert words[-1].sound != "、"


@given(st.text("".join(chr(c) for c in range(0x3042, 0x3094)), min_size=1, max_size=20))
def test_ひらがなの読みは書いてあるとおり(text: str) -> None:
    assert reading(READER.read_text(text)) == text


@given(JAPANESE)
def test_読みは同じ文にはいつも同じ(text: str) -> None:
    assert READER.read_text(text) == Reader().read_text(text)


def test_一万字の文も読める() -> None:
    def seconds(length: int) -> float:
        text = ("社会福祉協議会は地域の皆さんと活動を行っています" * 1000)[:length]
        begin = time.process_time()
        assert "".join(r.text for r in READER.read_text(text)) == text
        return time.process_time() - begin

    seconds(100)
    assert seconds(20_000) < 5 * max(seconds(10_000), 0.05)  # 長さの 2 乗なら 4 倍ではすまない


def test_言語処理は標準出力に何も書かない() -> None:
    code = (
        "from accessibility.readings import Reader, read_line\n"
        "print(read_line(Reader(), '何を読みますか。髙橋さん。'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "ナニヲヨミマスカ、タカハシサン\n"


# --- 読み、ふりがな、声 -----------------------------------------------------------------


def test_助詞はかなづかいのまま書き発音どおりに言う() -> None:
    runs = READER.read_text("私は学校へ本を持っていく")
    assert reading(runs) == "わたしはがっこうへほんをもっていく"
    assert "".join(r.sound for r in runs) == "ワタシワガッコーエホンヲモッテイク"


def test_数と助数詞はひとつのRunになる() -> None:
    runs = READER.read_text("24年度は7館で3か所")
    assert [(r.text, r.reading) for r in runs] == [
        ("24年度", "にじゅうよねんど"),
        ("は", "は"),
        ("7館", "ななかん"),
        ("で", "で"),
        ("3か所", "さんかしょ"),
    ]
    assert [w.sound for w in runs[0].words] == ["ニ", "ジュー", "ヨ", "ネンド"]


def test_読まない記号は読みも語も空() -> None:
    runs = READER.read_text("「福祉」😀")
    assert [(r.text, r.reading) for r in runs] == [("「", ""), ("福祉", "ふくし"), ("」😀", "")]
    assert runs[0].words == ()


def test_1行の読み() -> None:
    assert read_line(READER, "食べ物は、東京へ。") == "タベモノワ、トーキョーエ"
    assert (
        read_line(READER, "食べ物は、東京へ。", ruby=True)
        == "｜食《た》べ｜物《もの》は、｜東京《とうきょう》へ。"
    )


# --- ルビの指定 -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notation", "sound"),
    [
        ("｜長尾《ながび》を会場に", "ナガビヲカイジョーニ"),
        ("絵を｜描《か》く", "エヲカク"),
        ("絵を｜描《えが》く", "エヲエガク"),
        ("地｜方《ほう》の｜方《かた》", "チホーノカタ"),
        ("東｜京都《きょうと》", "ヒガシキョート"),
        ("｜3つ《さんつ》の", "サンツノ"),
        ("｜Open《オープン》な", "オープンナ"),
        ("｜😀《えがお》です", "エガオデス"),
        ("｜思《おも》う", "オモウ"),
    ],
)
def test_ルビの読みは必ず使う(notation: str, sound: str) -> None:
    read = READER.read(sentence(notation))
    assert read.sound == sound
    assert read.text == sentence(notation).text
    assert any(r.fixed for r in read.runs)


def test_ルビの読みは辞書より強い() -> None:
    reader = Reader(Dictionary([Entry("長尾", "ながお")]))
    assert reader.read(sentence("｜長尾《おさお》と長尾")).sound == "オサオトナガオ"


@given(JAPANESE, st.integers(0, 30), st.integers(1, 4))
def test_どこにルビがあっても文字とルビの読みは変わらない(
    text: str, begin: int, length: int
) -> None:
    end = min(begin + length, len(text))
    if begin >= end:
        return
    runs = READER.read_text(text, [Fixed(begin, end, "ふりがな")])
    assert "".join(r.text for r in runs) == text
    fixed = [r for r in runs if r.fixed]
    assert len(fixed) == 1
    assert "ふりがな" in (fixed[0].reading or "")
    assert "フリガナ" in fixed[0].sound


def test_読みを付けた文は読み直しても同じ() -> None:
    once = READER.read(sentence("｜長尾《ながお》の｜描《えが》く 24年度～28年度"))
    assert READER.read(once) == once


# --- 職員の辞書 -----------------------------------------------------------------------


def test_辞書の語はいちばん長いものを使う() -> None:
    reader = Reader(
        Dictionary(
            [Entry("寄合", "きごう"), Entry("寄合処", "よりあいどころ", 5), Entry("処", "ところ")]
        )
    )
    read = reader.read(sentence("ふくし寄合処たま"))
    assert [(r.text, r.reading) for r in read.runs][1] == ("寄合処", "よりあいどころ")
    assert read.runs[1].words[0].sound == "ヨリアイドコロ"


def test_辞書の語は形態素の切れ目にだけ当てはまる() -> None:
    reader = Reader(Dictionary([Entry("方", "かた"), Entry("京都", "みやこ")]))
    assert read_line(reader, "地方の方は東京都へ") == "チホーノカタワトーキョートエ"


def test_辞書の語は字の幅を問わない() -> None:
    reader = Reader(Dictionary([Entry("ＣＳＷ", "シーエスダブル")]))
    assert read_line(reader, "CSWとＣＳＷ") == "シーエスダブルトシーエスダブル"


def test_辞書のアクセントを使う() -> None:
    def accent(entry: Entry) -> int:
        return Reader(Dictionary([entry])).read_text("社協")[0].words[0].accent

    assert accent(Entry("社協", "しゃきょう", 1)) == 1
    assert accent(Entry("社協", "しゃきょう", 0)) == 0


def test_辞書の表を読む() -> None:
    table = "語\t読み\tアクセント\t備考\n# 説明\n\n社協\tしゃきょう\t0\t略称\n長尾\tながお\n"
    assert parse_dictionary(table).entries == (
        Entry("社協", "しゃきょう", 0, "略称"),
        Entry("長尾", "ながお"),
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("社協\tしゃきょう\n", "1 行目: 見出しがありません"),
        ("語\t読み\n社協\n", "2 行目: 語と読みを、タブで区切って"),
        ("語\t読み\n\n社協\tshakyo\n", "3 行目: 「社協」の読み「shakyo」に、かなでない字"),
        ("語\t読み\n社協\tしゃきょう\t9\n", "0 から 3 までの数字"),
        ("語\t読み\n社協\tしゃきょう\t０\n", "「０」は使えません"),
        ("語\t読み\na\tえー\t0\tb\tc\n", "欄が多すぎます.*備考」の 4 つ"),
        ("語\t読み\tアクセント\t備考\na\tえー\t0\tb\t前\n", "2 行目: 欄が多すぎます"),
        ("語\t読み\tアクセント\t間\t備考\n", "1 行目: 見出しがありません.*備考（タブ）間」"),
        ("語\t読み\tアクセント\t備考\t間\na\tえー\t\t\tまえ\n", "間「まえ」は使えません"),
        ("語\t読み\tアクセント\t備考\t間\na\tえー\t\t\t前\tb\n", "欄が多すぎます.*間」の 5 つ"),
    ],
)
def test_辞書の誤りは場所と直し方を言う(table: str, message: str) -> None:
    with pytest.raises(ReadingsError, match=message) as error:
        parse_dictionary(table, "kawasaki/readings.tsv")
    assert "kawasaki/readings.tsv" in str(error.value)


# --- 出版物 ---------------------------------------------------------------------------


def test_表と写真と注と番号は耳にだけ知らせる() -> None:
    def cell(text: str) -> Sentence:
        return sentence(text) if text else Sentence("s", ())

    section = Section(
        "a",
        1,
        sentence("点検"),
        (
            Table(sentence("記号"), (cell("A"), cell("")), ((cell("B"), cell("廃止")),)),
            Table(None, (cell("A"),), ((cell(""),),)),
            Image("", sentence("親子")),
            Note((sentence("青字です。"), sentence("以上。"))),
            List((Item((sentence("市民"),)), Item((sentence("市内"),))), ordered=True),
            List((Item((sentence("市民"),)),)),
            Paragraph((sentence("本文"),)),
        ),
    )
    plan = Plan("川崎市社会福祉協議会", "計画")
    publication = Publication(
        "k/p", "standard", sentence("題名"), plan, date(2026, 11, 22), (section,)
    )
    read = read_publication(publication, READER)
    assert [spoken(s) for s in read.sections[0].sentences] == [
        "テンケン",
        "ヒョー、キゴー",
        "エー",
        "",
        "ビー",
        "ハイシ、ヒョー、オワリ",
        "ヒョー、エー、ヒョー、オワリ",
        "",
        "シャシンセツメー、オヤコ、シャシンセツメー、オワリ",
        "チュー、アオジデス",
        "イジョー、チュー、オワリ",
        "イチ、シミン",
        "ニ、シナイ",
        "シミン",
        "ホンブン",
    ]
    assert [s.text for s in read.sentences] == [s.text for s in publication.sentences]
    assert read_publication(read, READER) == read


@pytest.mark.parametrize(
    "publication", load_folder(BUNDLED).publications, ids=lambda p: f"{p.id}.{p.register}"
)
def test_付属の計画の読み(publication: Publication, golden: Callable[[str, str], None]) -> None:
    """すべての文の読みの控え。人が目で確かめたもの。変わったら、1 文ずつ確かめて書きかえる。"""
    readings = dict(load_folder(BUNDLED).readings)
    reader = Reader(parse_dictionary(readings[publication.council]))
    lines: list[str] = []
    for s in read_publication(publication, reader).sentences:
        words = [w for run in s.runs for w in run.words]
        sounds = (("" if w.chained or w.is_pause else " ") + w.sound for w in words)
        lines += [to_notation(s.runs), "    " + "".join(sounds).replace("’", "").strip()]
    plain = "" if publication.register == "standard" else f".{publication.register}"
    golden(f"readings/{publication.id}{plain}.txt", "\n".join(lines) + "\n")


# --- もうひとつの意見 -----------------------------------------------------------------


def test_食い違う読みに印を付ける() -> None:
    marked = second_opinion(READER.read(sentence("明後日は雨だ")))
    assert [(r.text, r.doubtful) for r in marked.runs] == [
        ("明後日", True), ("は", False), ("雨", False), ("だ", False),
    ]  # fmt: skip
    assert all(not r.doubtful for r in second_opinion(READER.read(sentence("今日は雨だ"))).runs)
    assert all(
        not r.doubtful
        for r in second_opinion(READER.read(sentence("｜明後日《あさって》の14人"))).runs
    )


@settings(max_examples=30)
@given(JAPANESE)
def test_印は読みを変えない(text: str) -> None:
    read = READER.read(Sentence("s", (Run(text),) if text else ()))
    marked = second_opinion(read)
    assert replace(marked, runs=tuple(replace(r, doubtful=False) for r in marked.runs)) == read


def test_もうひとつの辞書は_いくつものスレッドから使える() -> None:
    read = READER.read(sentence("地域の福祉を今日も進めます。"))
    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(lambda _: repr(second_opinion(read)), range(100)))
    assert found == {repr(second_opinion(read))}
