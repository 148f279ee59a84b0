"""Open JTalk の言語処理。文字の列を形態素に分け、読み・発音・アクセントを付ける。

``pyopenjtalk`` の辞書を使う場所はここだけ（声は ``voices``）。処理は二段に分ける。

1. ``tokenize``: MeCab で分ける。このあとで、辞書や規則が読みを差し替える（``readings``）。
2. ``pronounce``: 数の読み、アクセント句、無声化を Open JTalk（NJD）が決める。

間で差し替えるので、差し替えた語にも助数詞の音便やアクセントの結合が働く。
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from accessibility.kana import DEVOICED, clean_sound

if TYPE_CHECKING:
    from pyopenjtalk.openjtalk import OpenJTalk
    from pyopenjtalk.types import NJDFeature

PLACEHOLDER = "\ue000"
"""読みの決まった語を MeCab に渡すときの、語ひとつを表す字（私用領域）。"""

Pause = Literal["", "前", "後", "前後", "なし"]
"""語のとなりの間。空は、いつもの決まりのとおり。「なし」は、かっこや中点などの所でも休まないこと。"""

_WIDE = str.maketrans(
    {chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)}
    | {"-": "−", "~": "〜", '"': "”", "'": "’", "`": "‘", "\\": "￥"}
)
# 数を位取りすると、字と語が対応しなくなる（24 → 二・十・四）。そのあいだにあってよい字。
_NUMERALS = "０１２３４５６７８９〇一二三四五六七八九十百千万億兆壱弐参拾萬"
_NUMBER_TEXT = re.compile(rf"[．，・々ゝゞヽヾ{_NUMERALS}]*")
_LONG_VOWELS = frozenset("アイウエオァィゥェォ")
# かなづかいと発音の違い。四つ仮名と「言う」。
_SPELLED = {("ヅ", "ズ"), ("ヂ", "ジ"), ("イ", "ユ")}


@dataclass(frozen=True, slots=True)
class Token:
    """MeCab の形態素。``begin``・``end`` は渡した文字の中の位置で、``surface`` はその部分。

    ``pos`` は「品詞,細分類1,細分類2,細分類3,活用型,活用形」、``base`` は原形。``read`` はかな、
    ``pron`` は発音のカタカナ（未知語では空）、``accent`` は「核/拍」。``given`` は、辞書・規則・
    ルビで読みが決まっていて、あとの処理が変えてはならないこと。``pause`` は、となりの間。
    """

    begin: int
    end: int
    surface: str
    pos: str
    base: str
    read: str = ""
    pron: str = ""
    accent: str = "*/*"
    chain_rule: str = "*"
    given: bool = False
    pause: Pause = ""

    @property
    def feature(self) -> str:
        """NJD に渡す、コンマで区切った素性。"""
        head = f"{self.surface},{self.pos},{self.base}"
        if not self.read:
            return head
        return f"{head},{self.read},{self.pron},{self.accent},{self.chain_rule}"


@dataclass(frozen=True, slots=True)
class Spoken:
    """声の語ひとつ（NJD の素性ひとつ）。``begin``・``end`` は ``tokenize`` に渡した文字の中の位置。

    ``spelling`` はかなづかいのカタカナ。間では ``sound`` が「、」か「？」になる。``pause`` は、となりに
    入れるか、なくす間（まだ入れていない）。
    """

    begin: int
    end: int
    surface: str
    pos: str
    spelling: str
    sound: str
    accent: int
    chained: bool
    pause: Pause = ""


def noun_chain_rule(accent: int, moras: int) -> str:
    """名詞が複合語の後ろになるときの、アクセント結合の型（匂坂・佐藤の規則）。"""
    if moras <= 2:
        return "C3"
    return "C2" if accent in (0, moras) else "C1"


def wide(text: str) -> str:
    """Open JTalk の辞書の字（全角）にする。字の数は変わらない。"""
    return text.translate(_WIDE)


@cache
def _openjtalk() -> OpenJTalk:
    # onnxruntime がないと、pyopenjtalk は読み込むときに標準出力へ警告を書く。
    with contextlib.redirect_stdout(io.StringIO()):
        import pyopenjtalk
        from pyopenjtalk.openjtalk import OpenJTalk
    return OpenJTalk(dn_mecab=pyopenjtalk.OPEN_JTALK_DICT_DIR)


def tokenize(text: str, offset: int = 0) -> tuple[Token, ...]:
    """``wide`` な文字を形態素に分ける。つなぐと ``text`` になる（制御文字は含めないこと）。

    ``offset`` は、形態素の位置に足す数。
    """
    if not text:
        return ()
    jtalk = _openjtalk()
    from pyopenjtalk.utils import normalize_unknown_itaiji

    # 辞書にない異体字（髙、﨑 など）を、辞書にある字に替える。字の数は変わらない。
    known = normalize_unknown_itaiji(text, inference_jtalk=jtalk)
    _, morphs = jtalk.run_mecab_detailed(known)
    tokens: list[Token] = []
    for morph in morphs:
        fields = morph["features"]
        begin, end = (place + offset for place in morph["char_span"])
        read, pron, accent, *rest = fields[8:] if len(fields) >= 12 else ("", "", "*/*", "*")
        pos = ",".join(fields[1:7])
        tokens.append(
            Token(begin, end, fields[0], pos, fields[7], read, pron, accent, ",".join(rest))
        )
    return tuple(tokens)


def pronounce(tokens: Sequence[Token]) -> tuple[Spoken, ...]:
    """形態素の列を、声の語の列にする。数は位取りされ、語の数は変わることがある。

    間の入る所（``Token.pause``）で、アクセントは切れる。読みとアクセント句のつながりは、間のないときと
    変わらない（ふりがなと分かち書きは、間で変わらない）。
    """
    if not tokens:
        return ()
    tokens = [*_apart(tokens)]
    words = _pronounced(tokens)
    spread = [*_spread(tokens)]
    if len(spread) == len(tokens):
        return words
    broken = [word for word in _pronounced(spread) if word.begin < word.end]
    if [_voiced(word) for word in broken] != [_voiced(word) for word in words]:
        # 間で切ると読みまで変わる（数など）なら、間を入れない。
        return tuple(replace(word, pause="") for word in words)
    return tuple(
        replace(word, sound=cut.sound, accent=cut.accent)
        for word, cut in zip(words, broken, strict=True)
    )


def _apart(tokens: Sequence[Token]) -> Iterator[Token]:
    """数とその続き、数と助数詞の間（ひとつの読みになる）と、もう間のある所には、間を入れない。"""
    closed = [False, *(_closed(a, b) for a, b in pairwise(tokens)), False]
    for token, (before, after) in zip(tokens, pairwise(closed), strict=True):
        if token.pause in _BEFORE and before:
            token = replace(token, pause="後" if token.pause in _AFTER else "")
        if token.pause in _AFTER and after:
            token = replace(token, pause="前" if token.pause in _BEFORE else "")
        yield token


def _closed(before: Token, token: Token) -> bool:
    if before.surface in _MARKS or token.surface in _MARKS:
        return True
    return before.pos.startswith("名詞,数") and token.pos.startswith(("名詞,数", "名詞,接尾"))


def _spread(tokens: Sequence[Token]) -> Iterator[Token]:
    """間の入る所に、「、」を足した形態素の列。足したものは、長さのない位置を持つ。"""
    for token in tokens:
        if token.pause in _BEFORE:
            yield replace(_COMMA, begin=token.begin, end=token.begin)
        yield token
        if token.pause in _AFTER:
            yield replace(_COMMA, begin=token.end, end=token.end)


_BEFORE: tuple[Pause, ...] = ("前", "前後")
_AFTER: tuple[Pause, ...] = ("後", "前後")
_MARKS = ("、", "。", "？")
_COMMA = Token(0, 0, "、", "記号,読点,*,*,*,*", "、", "、", "、", "*/*")


def _voiced(word: Spoken) -> str:
    return word.sound.replace(DEVOICED, "")


def _pronounced(tokens: Sequence[Token]) -> tuple[Spoken, ...]:
    jtalk = _openjtalk()
    import pyopenjtalk

    text = "".join(t.surface for t in tokens)
    places = [
        (begin, min(begin + 1, t.end))
        for t in tokens
        for begin in range(t.begin, t.begin + len(t.surface))
    ]
    owners = [t for t in tokens for _ in t.surface]
    features = jtalk.run_njd_from_mecab(
        [t.feature for t in tokens], restore_unknown_katakana=True, modify_numeral_reading=True
    )
    spans = _align([f["string"] for f in features], text)
    given = [
        (i, f["read"], f["pron"], f["mora_size"])
        for i, (f, (begin, _)) in enumerate(zip(features, spans, strict=True))
        if owners[begin].given
    ]
    # Sudachi による補正（use_sudachi_kanji_yomi）は使わない。一般の文章では、正しい読みを誤りに
    # 替えるほうが多かった（「金」をすべてキンにするなど。ROHAN 90.80 → 90.96 %）。
    features = pyopenjtalk.apply_postprocessing(
        text, features, use_sudachi_kanji_yomi=False, jtalk=jtalk
    )
    if len(features) == len(spans):
        for i, read, pron, moras in given:
            if features[i]["read"] != read:
                features[i].update({"read": read, "pron": pron, "mora_size": moras})
    else:  # 踊り字が語に開かれ、語の数が変わった
        spans = _align([f["string"] for f in features], text)
    return tuple(
        _spoken(feature, places[begin][0], places[end - 1][1], owners[begin])
        for feature, (begin, end) in zip(features, spans, strict=True)
    )


def _spoken(feature: NJDFeature, begin: int, end: int, owner: Token) -> Spoken:
    pron = _said_iu(feature["orig"], feature["pron"])
    return Spoken(
        begin,
        end,
        feature["string"],
        ",".join(
            (
                feature["pos"],
                feature["pos_group1"],
                feature["pos_group2"],
                feature["pos_group3"],
                feature["ctype"],
                feature["cform"],
            )
        ),
        _corrected(feature["string"], spelling(feature["read"], feature["pron"])),
        clean_sound(pron),
        feature["acc"],
        feature["chain_flag"] == 1,
        owner.pause if (begin, end) == (owner.begin, owner.end) else "",
    )


# 辞書のかなづかいの誤り。
_MISSPELLED = {"預": ("アヅ", "アズ"), "就": ("カンヅ", "カンズ"), "０": ("レー", "レイ")}


def _corrected(surface: str, spelling: str) -> str:
    wrong, right = _MISSPELLED.get(surface[:1], ("", ""))
    return spelling.replace(wrong, right) if wrong else spelling


def _said_iu(base: str, pron: str) -> str:
    """「言う」は、終止形だけ「ユー」と発音する（NHK 日本語発音アクセント辞典）。"""
    if base in ("言う", "いう", "云う") and pron[:2] in ("イウ", "ユッ"):
        return {"イウ": "ユー", "ユッ": "イッ"}[pron[:2]] + pron[2:]
    return pron


def spelling(read: str, pron: str) -> str:
    """かなづかい。発音から、長音と四つ仮名だけを読みのかなに戻す。

    辞書の読みより正しい（連濁などは発音のほうに付いている）。ROHAN の漢字の 97.5 %。
    """
    sound = pron.replace(DEVOICED, "")
    if sound == read:
        return read
    if len(sound) != len(read):  # 数の音便（四年度のヨンとヨ）など
        return read if "ー" in sound else sound
    return "".join(
        r if (p == "ー" and r in _LONG_VOWELS) or (r, p) in _SPELLED else p
        for r, p in zip(read, sound, strict=True)
    )


def _align(strings: Sequence[str], text: str) -> list[tuple[int, int]]:
    """NJD の語の列を、渡した文字の中の位置に対応させる。

    語の表記はふつう元の文字のままだが、数は位取りした漢数字になり、踊り字は開かれる。対応しない
    語は、次に対応する語の手前までをまとめて指す。
    """
    spans: list[tuple[int, int]] = []
    place = 0
    while len(spans) < len(strings):
        first = len(spans)
        string = strings[first]
        if text.startswith(string, place):
            spans.append((place, place + len(string)))
            place += len(string)
            continue
        last, end = _number_block(strings, first, text, place)
        spans += [(place, end)] * (last - first)
        place = end
    final = len(text) - 1
    return [(min(b, final), max(e, min(b, final) + 1)) for b, e in spans]


def _number_block(strings: Sequence[str], first: int, text: str, place: int) -> tuple[int, int]:
    """対応しない語の列の終わりと、それが指す文字の終わりを返す。"""
    for last in range(first + 1, len(strings)):
        tail = strings[last - 1].lstrip(_NUMERALS)
        digits = _NUMBER_TEXT.match(text, place)
        reach = (digits.end() if digits else place) + len(tail)
        for begin in range(place + 1, reach + 1):
            if text.startswith(strings[last], begin):
                return last, begin
    return len(strings), len(text)
