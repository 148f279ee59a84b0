"""かなの計算。"""

from __future__ import annotations

import pyopenjtalk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.kana import (
    clean_sound,
    is_kana,
    mora_count,
    romaji_to_katakana,
    sound_moras,
    sound_to_phonemes,
    spelling_to_sound,
    to_hiragana,
    to_katakana,
)
from accessibility.voices import njd_features
from content.model import Word

HIRAGANA = st.text("".join(chr(c) for c in range(0x3041, 0x3097)), min_size=1, max_size=12)
KATAKANA = "".join(chr(c) for c in range(0x30A1, 0x30F7))
SOUNDS = st.text(KATAKANA + "ー", min_size=1, max_size=12).map(lambda s: clean_sound("ア" + s))


@pytest.mark.parametrize(
    ("spelling", "sound"),
    [
        ("きょうどう", "キョードー"),
        ("ちいきふくし", "チイキフクシ"),
        ("けいかく", "ケーカク"),
        ("おおきい", "オーキイ"),
        ("とおり", "トーリ"),
        ("とおか", "トーカ"),
        ("しゅうかん", "シューカン"),
        ("つづく", "ツズク"),
        ("はなぢ", "ハナジ"),
        ("せいいっぱい", "セーイッパイ"),
        ("ばあい", "バアイ"),
        ("デイジー", "デイジー"),
        ("オーケー", "オーケー"),
        ("こ・うし", "コウシ"),
    ],
)
def test_かなづかいから発音(spelling: str, sound: str) -> None:
    assert spelling_to_sound(spelling) == sound


def test_動詞の終わりのウは伸ばさない() -> None:
    assert spelling_to_sound("おもう", verb=True) == "オモウ"
    assert spelling_to_sound("くう", verb=True) == "クウ"
    assert spelling_to_sound("おもう") == "オモー"


@given(HIRAGANA)
def test_発音にしても拍の数は変わらない(kana: str) -> None:
    assert mora_count(spelling_to_sound(kana)) == mora_count(to_katakana(kana))


@given(SOUNDS)
def test_発音どおりのカタカナは二度変えても同じ(sound: str) -> None:
    once = spelling_to_sound(sound)
    assert spelling_to_sound(once) == once
    assert sound_to_phonemes(once) == sound_to_phonemes(sound)


@given(HIRAGANA)
def test_ひらがなとカタカナは行き来できる(kana: str) -> None:
    assert to_hiragana(to_katakana(kana)) == kana
    assert is_kana(kana)


def test_拍() -> None:
    assert sound_moras("シャキョー") == ("シャ", "キョ", "ー")
    assert sound_moras("フ’クシ") == ("フ’", "ク", "シ")
    assert mora_count("コンピューター") == 6
    assert mora_count("") == 0


def test_音素() -> None:
    assert sound_to_phonemes("シャキョー") == ("sh", "a", "ky", "o", "o")
    assert sound_to_phonemes("フ’クシ") == ("f", "U", "k", "u", "sh", "i")
    assert sound_to_phonemes("イッタ、ヨ？") == ("i", "cl", "t", "a", "pau", "y", "o", "pau")


@given(SOUNDS)
def test_音素の表はOpenJTalkの音素と同じ(sound: str) -> None:
    """表は Open JTalk と別に作ってあるので、同じになることが両方の確かめになる。"""
    features = njd_features([Word(sound, pos="名詞,一般,*,*,*,*")])
    from pyopenjtalk.openjtalk import OpenJTalk

    heard = OpenJTalk(dn_mecab=pyopenjtalk.OPEN_JTALK_DICT_DIR).extract_phonemes(features)
    assert tuple(heard) == sound_to_phonemes(sound)


@pytest.mark.parametrize(
    ("word", "kana"),
    [
        ("kawasaki", "カワサキ"),
        ("shinjuku", "シンジュク"),
        ("sapporo", "サッポロ"),
        ("tsutawaru", "ツタワル"),
        ("vaccine", ""),
        ("html", ""),
    ],
)
def test_ローマ字(word: str, kana: str) -> None:
    assert romaji_to_katakana(word) == kana
