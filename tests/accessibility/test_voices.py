"""声。"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, replace

import numpy as np
import pyopenjtalk
import pytest

from accessibility.kana import sound_to_phonemes, to_katakana
from accessibility.pyttsx3_child import japanese_voice
from accessibility.readings import Reader, read_publication
from accessibility.voices import (
    VOICES,
    OpenJTalk,
    Pyttsx3,
    Silent,
    Speech,
    VoiceError,
    breaths,
    kana_for_speech,
    njd_features,
    words_of,
)
from app.readers import dictionaries
from content.bundle import BUNDLED, load_folder
from content.model import Run, Sentence
from tests.accessibility.spoken_words import sentence

PAUSES = ("pau", "sil", "xx")
VOWELS = {
    "ア": "アカサタナハマヤラワガザダバパァャヮ",
    "イ": "イキシチニヒミリギジビピィ",
    "ウ": "ウクスツヌフムユルグズブプヴゥュ",
    "エ": "エケセテネヘメレゲゼデベペェ",
    "オ": "オコソトノホモヨロゴゾドボポォョ",
}


def spoken_phonemes(spoken: Sentence) -> list[str]:
    """声の部品に渡すラベルの音素（間を除く）。"""
    labels = [
        label
        for breath in breaths(words_of(spoken), 120)
        for label in pyopenjtalk.make_label(njd_features(breath))
    ]
    phonemes = [label.split("-")[1].split("+")[0] for label in labels]
    return [voiced(p) for p in phonemes if p not in PAUSES]


def expected_phonemes(spoken: Sentence) -> list[str]:
    """読み（かな）を、Open JTalk を使わない表で音素にしたもの。"""
    sound = "".join("、" if word.is_pause else word.sound for word in words_of(spoken))
    return [voiced(p) for p in sound_to_phonemes(sound) if p not in PAUSES]


def voiced(phoneme: str) -> str:
    """無声化した母音（A I U E O）を、もとの母音にする。"""
    return phoneme.lower() if phoneme in ("A", "I", "U", "E", "O") else phoneme


def approved(run: Run) -> str:
    """画面で確かめた読みを、声にしたときのかな（助詞の は・へ と、接続詞の では は、ワ・エ・デワ）。"""
    sounds = {"は": "わ", "へ": "え", "では": "でわ"}
    particle = run.words and run.words[0].pos.startswith(("助詞", "接続詞"))
    return sounds.get(run.text, run.reading or "") if particle else run.reading or ""


def folded(kana: str) -> str:
    """かなづかいの違い（長音、じ・ぢ、ず・づ、お・を）をなくしたカタカナ。"""
    katakana = to_katakana(kana).translate(str.maketrans("ヂヅヲ", "ジズオ", "・’、？ "))
    result = ""
    for character in katakana:
        before = next((v for v, row in VOWELS.items() if result and result[-1] in row), "")
        if character == "ー" or before + character in ("オウ", "エイ"):
            character = before
        result += character
    return result.replace("イウ", "ユウ")


def speak(voice: OpenJTalk | Silent | Pyttsx3, text: str) -> Speech:
    (speech,) = voice.speak([sentence(text)])
    return speech


def test_付属の計画のどの文も読みのとおりの音素で話す() -> None:
    bundle = load_folder(BUNDLED)
    readers = {id: Reader(d) for id, d in dictionaries(bundle).items()}
    count = 0
    for publication in bundle.publications:
        for spoken in read_publication(publication, readers[publication.council]).sentences:
            assert spoken_phonemes(spoken) == expected_phonemes(spoken), spoken.text
            visible = [run for run in spoken.runs if run.text]
            # 「2.7」は、かなでは「にてん」と書き、ニーテンとのばして読む。
            sound = "".join(run.sound for run in visible)
            sound = sound.replace("ニーテン", "ニテン").replace("ゴーテン", "ゴテン")
            assert folded("".join(map(approved, visible))) == folded(sound), spoken.text
            count += 1
    assert count > 200


def test_読みを変えると話す音素も変わる() -> None:
    """上の試験が、声ではなく読みだけを見ているのではないことの確かめ。"""
    here, there = sentence("｜今日《こんにち》の地域"), sentence("｜今日《きょう》の地域")
    assert spoken_phonemes(here) != spoken_phonemes(there)
    assert spoken_phonemes(here) != expected_phonemes(there)


def test_語から作り直したラベルはもとの解析のラベルと同じ() -> None:
    text = "地域の居場所として、関係機関と連携を図りながら生活相談を強化します。"
    original = pyopenjtalk.make_label(pyopenjtalk.run_frontend(text))
    assert pyopenjtalk.make_label(njd_features(words_of(sentence(text)))) == original


def test_声の長さはふつうの速さで波形に雑音がない() -> None:
    speech = speak(OpenJTalk(), "社会福祉協議会は、地域の福祉をすすめる民間の団体です。")
    seconds = len(speech.samples) / speech.rate
    assert 4 < seconds < 8
    assert speech.samples.dtype == np.float32
    assert 0.05 < np.abs(speech.samples).max() < 2
    assert np.abs(np.diff(speech.samples)).max() < 0.5  # int16 の折り返しがあると 1 を超える


def test_速さを変えると長さが変わる() -> None:
    slow, normal = (
        len(speak(OpenJTalk(speed), "地域の福祉です。").samples) for speed in (0.8, 1.0)
    )
    assert slow > normal * 1.1
    assert OpenJTalk(0.8).id != OpenJTalk(1.0).id


@pytest.mark.parametrize("voice", [OpenJTalk(), Pyttsx3(), Silent()])
def test_どの声も速さを変えられ_控えの鍵が変わる(voice: OpenJTalk | Silent | Pyttsx3) -> None:
    slow = voice.at(0.5)
    usual, longer = (len(speak(v, "地域の福祉です。").samples) for v in (voice, slow))
    assert longer > usual * 1.3
    assert slow.id != voice.id
    assert voice.at(0.5).at(2.0).id == voice.at(1.0).id == voice.id
    assert (slow.name, slow.credit, slow.gain) == (voice.name, voice.credit, voice.gain)


def test_別のプロセスでも同じ波形になる() -> None:
    code = (
        "from accessibility.voices import OpenJTalk;"
        "from tests.accessibility.spoken_words import sentence;"
        "import hashlib;"
        "s, = OpenJTalk().speak([sentence('地域の福祉です。')]);"
        "print(hashlib.sha256(s.samples.tobytes()).hexdigest())"
    )
    command = [sys.executable, "-c", code]
    digests = {subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2)}
    assert len(digests) == 1


def test_とても長い文は息つぎで分けて話す() -> None:
    long = sentence("社協は、地域の福祉を進めます、" * 60)
    parts = list(breaths(words_of(long), 120))
    assert len(parts) > 3 and all(len(p) <= 120 for p in parts)
    assert [w for p in parts for w in p] == words_of(long)
    assert all(p[-1].is_pause for p in parts[:-1])


def test_間のない長い語の列もどこかで分ける() -> None:
    word = words_of(sentence("福祉"))[0]
    parts = list(breaths([word] * 300, 120))
    assert [len(p) for p in parts] == [120, 120, 60]


@pytest.mark.parametrize("text", ["", "。", "😀"])
def test_読む言葉のない文の声は空(text: str) -> None:
    assert len(speak(OpenJTalk(), text).samples) == 0


def test_無音の声の長さは拍の数で決まる() -> None:
    short, long = (len(speak(Silent(), text).samples) for text in ("福祉", "福祉福祉福祉"))
    assert 0 < short < long
    assert not speak(Silent(), "福祉").samples.any()


# pyttsx3（Linux では espeak-ng）-------------------------------------------------------


def test_パソコンの声はかなで受け取って話す() -> None:
    assert kana_for_speech(sentence("福祉は、大切です。")) == "フクシワ、タイセツデス"
    first, empty, last = Pyttsx3().speak(
        [sentence("福祉です。"), sentence("😀"), sentence("地域の福祉です。")]
    )
    assert len(empty.samples) == 0
    assert 0.3 < len(first.samples) / first.rate < len(last.samples) / last.rate < 6
    assert np.abs(first.samples).max() > 0.01


def test_パソコンの声が終わらないときは待ち続けない() -> None:
    with pytest.raises(VoiceError, match="終わりません。--voice openjtalk"):
        list(Pyttsx3(timeout=0.01).speak([sentence("福祉です。")]))


@dataclass
class SystemVoice:
    id: str
    name: str
    languages: list[bytes | str]


@pytest.mark.parametrize(
    ("voice", "usable"),
    [
        (SystemVoice("jpx/ja", "Japanese", [b"\x05ja"]), True),  # espeak-ng
        (SystemVoice("HKEY…\\TTS_MS_JA-JP_HARUKA", "Microsoft Haruka - Japanese", []), True),
        (SystemVoice("com.apple.voice.compact.ja-JP.Kyoko", "Kyoko", ["ja_JP"]), True),
        (SystemVoice("gmw/en", "English", [b"\x05en"]), False),
        (SystemVoice("jav", "Javanese", [b"\x05jv"]), False),
    ],
)
def test_システムごとに違う日本語の声の見分け方(voice: SystemVoice, usable: bool) -> None:
    english = SystemVoice("en", "English", ["en_US"])
    assert japanese_voice([english, voice]) == (voice.id if usable else None)


def test_声の名前と条件がそろっている() -> None:
    assert set(VOICES) == {"openjtalk", "pyttsx3", "silent"}
    assert "Mei" in OpenJTalk().credit and "CC BY 3.0" in OpenJTalk().credit
    assert len({voice().id for voice in VOICES.values()}) == len(VOICES)
    assert replace(OpenJTalk(), speed=2.0).id != OpenJTalk().id
    assert re.search(r"espeak-ng \d+\.\d+", Pyttsx3().id)  # 声の版が変われば、控えの鍵も変わる
