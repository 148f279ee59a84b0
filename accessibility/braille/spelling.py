"""語の仮名づかい。かなづかいの読みと、発音どおりの読みから、点字の仮名（カタカナ）にする。

点字の仮名は、かなづかいとほとんど同じで、違うのは 2 つだけである（日本点字表記法 第2章）。
助詞の「は」「へ」は発音どおりワ・エと書き、ウ列とオ列の長音のうち、かなづかいで「う」と書くものを
長音符で書く（こうえん → コーエン、すうじ → スージ）。「大きい」の「お」、「時計」の「い」、
動詞の終わりの「う」（思う、吸う）は、そのまま書く。
"""

from __future__ import annotations

import re
import unicodedata

from accessibility.braille import tables
from accessibility.kana import spelling_to_sound, to_hiragana, to_katakana

_MODERN = str.maketrans(
    {"ヰ": "イ", "ヱ": "エ", "ヵ": "カ", "ヶ": "ケ", "ヷ": "ヴァ", "ヺ": "ヴォ"}
)
_SMALL = str.maketrans("ァィゥェォャュョヮ", "アイウエオヤユヨワ")
_NOT_KANA = re.compile(r"[^ァ-ヴー]")
_PARTICLES = {("は", "ワ"): "ワ", ("へ", "エ"): "エ"}


def braille_kana(reading: str, sound: str, *, verb: bool = False) -> str:
    """点字の仮名。

    ``reading`` はかなづかい（カタカナの語はカタカナ）、``sound`` は発音どおりのカタカナ（間や無声化の
    印のないもの）。長音は、発音も長音のところだけに書く（子牛はコウシ、格子はコーシ）。``sound`` の字が
    ``reading`` に対応しないときは、かなづかいだけから決め、``verb``（動詞の終止形）の「う」を残す。
    """
    spelled = unicodedata.normalize("NFKC", reading)
    if len(spelled) != len(sound):
        sound = spelling_to_sound(spelled, verb=verb)
    if len(spelled) != len(sound):
        sound = to_katakana(spelled)
    letters = [
        _PARTICLES.get((written, said))
        or ("ー" if (written, said) == ("う", "ー") and _lengthens(spelled, i) else "")
        or to_katakana(written)
        for i, (written, said) in enumerate(zip(spelled, sound, strict=True))
    ]
    return writable("".join(letters))


def _lengthens(spelled: str, place: int) -> bool:
    """「う」の前が、ウ列かオ列の仮名か（「言う」のイの後ではない）。"""
    if place == 0:  # 助動詞の「う」（広げよう）。前の語の終わりの音を伸ばす
        return True
    before = to_hiragana(spelled[place - 1])
    return before in set("うくぐすずつづぬふぶぷむゆるゅおこごそぞとどのほぼぽもよろょをぉ")


def writable(text: str) -> str:
    """点字で書ける仮名だけにする。古い仮名は今の仮名に、点字にない組の小さい字は大きい字にする。"""
    text = _NOT_KANA.sub("", text.translate(_MODERN))
    table = tables.kana()
    letters: list[str] = []
    for letter in text:
        if letters and letters[-1] + letter in table:
            letters[-1] += letter
        else:
            letters.append(letter if letter in table else letter.translate(_SMALL))
    return "".join(letters)


def moras(kana: str) -> int:
    """拍の数（マスあけを除く）。"""
    return len(re.findall(r"[ァ-ヴー][ァィゥェォャュョ]?", kana))
