"""かなの計算。ひらがなとカタカナ、拍の数、かなづかい → 発音、発音 → 音素。

どの表もここで組み立て、Open JTalk には頼らない。声が承認された読みのとおりに話すことを、
Open JTalk とは別の表で確かめるためである。
"""

from __future__ import annotations

import re
import unicodedata

DEVOICED = "’"
"""無声化する拍のあとに付く記号（Open JTalk の書き方）。"""

_KATAKANA = str.maketrans({chr(c): chr(c + 0x60) for c in [*range(0x3041, 0x3097), 0x309D, 0x309E]})
_HIRAGANA = str.maketrans({chr(c + 0x60): chr(c) for c in [*range(0x3041, 0x3097), 0x309D, 0x309E]})

_SMALL = "ァィゥェォャュョヮ"
_KANA = re.compile(r"[ぁ-ゖァ-ヺー]+")
_MORA = re.compile(rf"[ァ-ヺー][{_SMALL}]?{DEVOICED}?")

_UNSPEAKABLE = re.compile(rf"[^ァ-ヴー、？！{DEVOICED}]")

# 発音の書き方にない字を、同じ音の字に替える。
_SOUND_LETTERS = str.maketrans(
    {"ヵ": "カ", "ヶ": "ケ", "ヷ": "ヴァ", "ヸ": "ヴィ", "ヹ": "ヴェ", "ヺ": "ヴォ"}
)
_SPELLED_SOUND = str.maketrans({"ヂ": "ジ", "ヅ": "ズ", "ヰ": "イ", "ヱ": "エ", "ヲ": "オ"})

_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "g": "ガギグゲゴ", "s": "サ*スセソ", "z": "ザ*ズゼゾ",
    "t": "タ**テト", "d": "ダ**デド", "n": "ナニヌネノ", "h": "ハヒ*ヘホ", "b": "バビブベボ",
    "p": "パピプペポ", "m": "マミムメモ", "y": "ヤ*ユ*ヨ", "r": "ラリルレロ", "w": "ワ****",
}  # fmt: skip
_VOWELS = "aiueo"
_GLIDES = {"ャ": "a", "ュ": "u", "ョ": "o", "ェ": "e"}
_FOREIGN = {
    "イェ": "y e", "ウィ": "w i", "ウェ": "w e", "ウォ": "w o",
    "シ": "sh i", "シェ": "sh e", "シィ": "s i", "スィ": "s i",
    "ジ": "j i", "ジェ": "j e", "ズィ": "z i", "ヂ": "j i", "ヅ": "z u",
    "チ": "ch i", "チェ": "ch e", "ツ": "ts u", "ツァ": "ts a", "ツィ": "ts i", "ツェ": "ts e",
    "ツォ": "ts o", "ティ": "t i", "ディ": "d i", "トゥ": "t u", "ドゥ": "d u",
    "テャ": "ty a", "テュ": "ty u", "テョ": "ty o",
    "デャ": "dy a", "デュ": "dy u", "デョ": "dy o", "デェ": "dy e",
    "フ": "f u", "ファ": "f a", "フィ": "f i", "フェ": "f e", "フォ": "f o", "フュ": "fy u",
    "ヴ": "v u", "ヴァ": "v a", "ヴィ": "v i", "ヴェ": "v e", "ヴォ": "v o",
    "ヴャ": "by a", "ヴュ": "by u", "ヴョ": "by o",
    "クァ": "kw a", "クィ": "kw i", "クゥ": "kw u", "クェ": "kw e", "クォ": "kw o", "クヮ": "kw a",
    "グァ": "gw a", "グィ": "gw i", "グゥ": "gw u", "グェ": "gw e", "グォ": "gw o", "グヮ": "gw a",
    "ヰ": "i", "ヱ": "e", "ヲ": "o", "ン": "N", "ッ": "cl",
}  # fmt: skip


def _phoneme_table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for consonant, letters in _ROWS.items():
        for letter, vowel in zip(letters, _VOWELS, strict=True):
            if letter != "*":
                table[letter] = (consonant, vowel) if consonant else (vowel,)
    # 拗音。イ段の字と小さい字で一拍になる。
    palatal = {"キ": "ky", "ギ": "gy", "シ": "sh", "ジ": "j", "チ": "ch", "ヂ": "j", "ニ": "ny",
               "ヒ": "hy", "ビ": "by", "ピ": "py", "ミ": "my", "リ": "ry"}  # fmt: skip
    for letter, consonant in palatal.items():
        for small, vowel in _GLIDES.items():
            if (letter, small) != ("ヂ", "ェ"):
                table[letter + small] = (consonant, vowel)
    table |= {mora: tuple(phonemes.split()) for mora, phonemes in _FOREIGN.items()}
    # 単独の小さい字は、大きい字と同じ音である。
    for small, large in zip(_SMALL, "アイウエオヤユヨワ", strict=True):
        table[small] = table[large]
    return table


_PHONEMES = _phoneme_table()

_VOWEL_OF = {mora: phonemes[-1] for mora, phonemes in _PHONEMES.items() if phonemes[-1] in _VOWELS}


# 音素の名前をつなぐと、ヘボン式のローマ字になる。
_ROMAJI = {
    "".join(phonemes): mora
    for mora, phonemes in reversed(_PHONEMES.items())
    if mora not in (*_SMALL, "ヂ", "ヅ", "ヲ", "ヰ", "ヱ", "ン", "ッ") and mora[0] not in "ヂ"
}
_ROMAN_SYLLABLE = re.compile(r"([kstpgdbzjc])(?=\1)|n(?![aiueoy])|[^aiueo]{0,2}[aiueo]")


def romaji_to_katakana(word: str) -> str:
    """小文字のヘボン式ローマ字をカタカナにする。ローマ字でなければ空。"""
    moras = [m.group() for m in _ROMAN_SYLLABLE.finditer(word)]
    if "".join(moras) != word:
        return ""
    kana = [
        "ン" if m == "n" else "ッ" if len(m) == 1 and m not in _VOWELS else _ROMAJI.get(m)
        for m in moras
    ]
    return "".join(k for k in kana if k) if all(kana) else ""


def to_katakana(text: str) -> str:
    """ひらがなをカタカナにする。ほかの字は変えない。"""
    return text.translate(_KATAKANA)


def to_hiragana(text: str) -> str:
    """カタカナをひらがなにする。ー と、ひらがなのない字（ヷ など）は変えない。"""
    return text.translate(_HIRAGANA)


def is_kana(text: str) -> bool:
    """ひらがな、カタカナ、ー だけからなる（空でない）か。"""
    return _KANA.fullmatch(text) is not None


def sound_moras(sound: str) -> tuple[str, ...]:
    """発音のカタカナを拍に分ける。無声化の記号は拍に付ける。読めない字は捨てる。"""
    moras: list[str] = []
    for match in _MORA.finditer(sound.translate(_SOUND_LETTERS)):
        mora = match.group()
        devoiced = DEVOICED if mora.endswith(DEVOICED) else ""
        letters = mora.removesuffix(DEVOICED)
        if letters in _PHONEMES or letters == "ー":
            moras.append(mora)
        else:  # 「カァ」のように一拍にならない組
            moras += [letters[0], letters[1] + devoiced]
    return tuple(moras)


def mora_count(sound: str) -> int:
    """拍の数。"""
    return len(sound_moras(sound))


def sound_to_phonemes(sound: str) -> tuple[str, ...]:
    """発音のカタカナを、Open JTalk の音素の名前にする。無声化した母音は大文字、間は ``pau``。

    ー は前の母音をくり返す。前に母音がない ー（語の初め）は読まない。
    """
    phonemes: list[str] = []
    for part in re.split(r"([、？！])", sound):
        if part in ("、", "？", "！"):
            phonemes.append("pau")
            continue
        for mora in sound_moras(part):
            letters = mora.removesuffix(DEVOICED)
            if letters == "ー":
                phonemes += phonemes[-1:]
                continue
            *consonants, vowel = _PHONEMES[letters]
            phonemes += [*consonants, vowel.upper() if mora.endswith(DEVOICED) else vowel]
    return tuple(phonemes)


def clean_sound(sound: str) -> str:
    """発音に、声の読めない字（ヵ、ヷ など）が残らないようにする。間の記号は残す。"""
    return _UNSPEAKABLE.sub("", sound.translate(_SOUND_LETTERS))


def spelling_to_sound(reading: str, *, verb: bool = False) -> str:
    """かなづかいの読みを、発音どおりのカタカナにする（きょうどう → キョードー）。

    お段の後の う・お、う段の後の う、え段の後の い は長音になる。``verb`` は読みが動詞の終止形で
    あること（思う → オモウ、縫う → ヌウ）で、終わりの う を残す。語の切れ目は分からないので、
    子牛（コウシ）のような語には、発音どおりのカタカナを読みとして渡す。カタカナの読みは、
    かなづかいとしては扱わず、そのまま返す（オーケー → オーケー）。
    """
    kana = unicodedata.normalize("NFKC", reading)
    kept = kana[-1:] if verb and kana.endswith("う") else ""
    body = kana.removesuffix(kept) if kept else kana
    sounds: list[str] = []
    for letter in body:
        sound = to_katakana(letter)
        if letter != sound and sounds:
            vowel = _VOWEL_OF.get("".join(sounds[-2:]), _VOWEL_OF.get(sounds[-1], ""))
            if (vowel, letter) in {("o", "う"), ("o", "お"), ("u", "う"), ("e", "い")}:
                sound = "ー"
        sounds.append(sound.translate(_SPELLED_SOUND))
    return clean_sound("".join(sounds) + to_katakana(kept))
