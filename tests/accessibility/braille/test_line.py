"""点字の行とマス。公にされている決まりの例、すべての計画の文、でたらめな文字。"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.braille import tables
from accessibility.braille.cells import to_cells
from accessibility.braille.line import braille_line
from accessibility.braille.spelling import braille_kana
from accessibility.dictionary import Dictionary, Entry
from accessibility.kana import to_katakana
from accessibility.readings import Reader
from accessibility.ruby import to_notation
from content.model import Run, Sentence
from tests.accessibility.braille.backwards import to_line
from tests.accessibility.braille.books import plans
from tests.accessibility.texts import ANY, JAPANESE

SPECS = [
    line.split("\t")
    for line in Path(__file__).with_name("specs.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
SENTENCES = st.one_of(JAPANESE, ANY)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize(("rule", "text", "line", "cells"), SPECS, ids=[s[1] for s in SPECS])
def test_決まりの例(reader: Reader, rule: str, text: str, line: str, cells: str) -> None:
    assert braille_line(reader.read_text(text)) == line, rule
    assert to_cells(line) == cells, rule
    assert to_line(cells) == line, rule


def test_例は百を超え同じ例はない() -> None:
    assert len(SPECS) > 170
    assert len({text for _, text, *_ in SPECS}) == len(SPECS)


def test_すべての計画の文は墨訳すると元の行に戻る() -> None:
    lines = [braille_line(s.runs) for p in plans() for s in p.sentences]
    assert len(lines) > 700
    assert [to_line(to_cells(line)) for line in lines] == lines


def test_すべての計画の文の読みは1字も失われない() -> None:
    for sentence in (s for p in plans() for s in p.sentences):
        line = _bones(braille_line(sentence.runs))
        place = 0
        for run in sentence.runs:
            if run.text and run.reading and not re.search(r"[0-9A-Za-z①-⑳～]", run.text):
                found = line.find(_bones(run.reading), place)
                assert found >= 0, (sentence.text, run.text)
                place = found + len(_bones(run.reading))


def test_すべての計画に点字で書けない字はない() -> None:
    assert not [s.text for p in plans() for s in p.sentences if "〓" in braille_line(s.runs)]


def test_失われたマスは墨訳で分かる() -> None:
    line = "ダイ6キ チイキ フクシ ケイカクヲ、 2020ネンドマデニ ススメマス。"
    cells = to_cells(line)
    for place in range(len(cells)):
        assert to_line(cells[:place] + cells[place + 1 :]) != line


def test_職員が直した読みが点字にもふりがなにも声にもなる() -> None:
    corrected = Dictionary((Entry("寄合処", "よりあいどころ"), Entry("上小田中", "かみこだなか")))
    text = "寄合処は上小田中です。"
    runs = Reader(corrected).read_text(text)
    assert braille_line(runs) == "ヨリアイドコロワ カミコダナカデス。"
    assert braille_line(Reader().read_text(text)) != braille_line(runs)
    # 同じひとつの読みが、ふりがなと声にもなる
    assert to_notation(runs) == "｜寄合処《よりあいどころ》は｜上小田中《かみこだなか》です。"
    assert "".join(run.sound for run in runs) == "ヨリアイドコロワカミコダナカデス"


def test_原稿のふりがなが点字になる(reader: Reader) -> None:
    runs = (Run("要", "かなめ", fixed=True), Run("として"))
    assert braille_line(reader.read(Sentence("s", runs)).runs) == "カナメト シテ"


def test_耳にだけ聞こえる言葉は書かない() -> None:
    assert braille_line((Run("", "ひょう"), Run("計画", "けいかく"))) == "ケイカク"


def test_読みも点字もない字は代わりの記号になる() -> None:
    assert braille_line((Run("😀", ""),)) == "〓"


def test_上付きの数字はふつうの数字にしない(reader: Reader) -> None:
    assert braille_line(reader.read_text("10²")) == "10〓"
    assert braille_line((Run("10²", "じゅうのにじょう"),)) == "10ノニジョー"
    assert braille_line((Run("m²", "へいほうめーとる"),)) == "ヘイホーメートル"


@pytest.mark.parametrize("line", ["٣", "५ニン", "1.2.", "ヵ", "ァ", "\n", "⠦", "⠠⠦あ٣⠠⠴", "⠦é⠴"])
def test_書けない字は代わりの記号のマスになる(line: str) -> None:
    cells = to_cells(line)
    assert to_cells("〓") in cells or line in ("1.2.", "ァ")
    assert set(cells) <= {chr(c) for c in range(0x2800, 0x2840)}


def test_アドレスの字はひとつも失われない(reader: Reader) -> None:
    signs = "._~:/?#[]@!$&'()*+,;=%-{}|^<>\\"
    cells = [to_cells(f"⠠⠦{sign}⠠⠴") for sign in signs]
    assert len(set(cells)) == len(signs)
    assert not [c for c in cells if to_cells("〓") in c]
    assert to_cells("⠠⠦計⠠⠴") == "⠠⠦⠿⠿⠿⠠⠴"
    line = braille_line(reader.read_text("（https://example.org/a_(b)を見る）"))
    assert line == "（⠠⠦https://example.org/a_(b)⠠⠴ ヲ ミル）"


@given(st.text(max_size=40))
def test_どんな行もマスになる(line: str) -> None:
    assert set(to_cells(line)) <= {chr(c) for c in range(0x2800, 0x2840)}


def test_点字にない小さい仮名の番号は大きい仮名で書く(reader: Reader) -> None:
    assert braille_line(reader.read_text("ヶ)項目")) == "（ケ） コーモク"


@given(SENTENCES)
def test_どんな文字も点字になり同じ文字は同じ点字になる(text: str) -> None:
    reader = Reader()
    line = braille_line(reader.read_text(text))
    assert line == braille_line(reader.read_text(text))
    assert line == line.strip(" ")
    assert set(to_cells(line)) <= {chr(c) for c in range(0x2800, 0x2840)}


KANA_WORDS = st.lists(st.sampled_from(sorted(tables.kana())), min_size=1, max_size=8).map("".join)
LINES = st.lists(KANA_WORDS, min_size=1, max_size=6).map(" ".join)


@given(LINES)
def test_どんな仮名も墨訳すると戻る(line: str) -> None:
    if not re.search(
        r"ッッッ|(?:^| )(?:ーー|コーー|ーーオ|ヲヲ)(?: |$)|メメメ", line
    ):  # 記号と同じ形
        assert to_line(to_cells(line)) == line


@given(st.integers(0, 10**9), KANA_WORDS)
def test_数の後の仮名は数字と読みまちがえない(number: int, word: str) -> None:
    if "ッッッ" not in word and not word.startswith("ー"):
        assert to_line(to_cells(f"{number}{word}")) == f"{number}{word}"


def test_どの仮名のマスも違う() -> None:
    cells = list(tables.kana().values())
    assert len(set(cells)) == len(cells) == 152


@pytest.mark.parametrize(
    ("reading", "sound", "kana"),
    [
        ("こうし", "コーシ", "コーシ"),
        ("こうし", "コウシ", "コウシ"),
        ("おおどおり", "オードーリ", "オオドオリ"),
        ("ていねい", "テーネー", "テイネイ"),
        ("オーケー", "オーケー", "オーケー"),
        ("ヴァィ", "ヴァイ", "ヴァイ"),
        ("すう", "スウ", "スウ"),
        ("すうじ", "スージ", "スージ"),
    ],
)
def test_長音は発音も長音のところだけに書く(reading: str, sound: str, kana: str) -> None:
    assert braille_kana(reading, sound) == kana


def _bones(kana: str) -> str:
    """かなづかいと点字の仮名の違い（長音の ウ・ー、助詞、マスあけ）を消す。"""
    text = re.sub(r"[ウー 、（）〈〉「」]", "", to_katakana(kana))
    return text.replace("ハ", "ワ").replace("ヘ", "エ").replace("ヶ", "ケ").replace("ヵ", "カ")
