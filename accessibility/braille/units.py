"""文を、点字の語と記号に分ける。語の切れ目は読みを付けたときのままで、解析し直さない。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from accessibility.braille import tables
from accessibility.braille.cells import ADDRESS, END_ADDRESS, QUOTE, UNQUOTE
from accessibility.braille.numerals import number
from accessibility.braille.spelling import braille_kana, moras, writable
from accessibility.kana import to_hiragana
from content.model import Run

SPACE = " "
UNKNOWN = "〓"
"""点字にも読みにもならない字の代わり。"""

_MAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+")
_URL = re.compile(r"(?:(?:https?|ftp)://|www\.)[!-~]+")
_DIGITS = re.compile(r"(〒?) ?(\(?\d+(?:[()\- ]+\d+)+)")
_MARKED = re.compile(r"\(?([0-9]{1,3}|[A-Za-zァ-ヺ])\)")
_ENCLOSED = re.compile(r"[①-⒇㉑-㉟㊱-㊿❶-❿⓫-⓴]")
_LATIN = re.compile(r"[A-Za-z]+")
_MIXED = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,\-~]*")
_STARTS = re.compile(r"\d|[〇一二三四五六七八九十百千]")
_WORDS = re.compile(r"[㐀-鿿々]{2}|[ァ-ヺー]")
_NOUN, _NUMERAL = "名詞,一般,*,*,*,*", "名詞,数,*,*,*,*"
_PARTICLE, _DO = "助詞,係助詞,*,*,*,*", "動詞,自立,*,*,サ変・スル,連用形"
_PAIRS = {"）": "（", "〉": "〈", "」": "「", "』": "『"}


@dataclass(frozen=True, slots=True)
class Unit:
    """語か記号。``shown`` は点字の行での形、``first``・``last`` は初めと終わりの語の品詞。

    記号では品詞が空で、``text`` は ``signs.tsv`` の記号か ``SPACE``。
    """

    text: str
    shown: str
    first: str = ""
    last: str = ""
    chained: bool = False

    @property
    def is_sign(self) -> bool:
        return not self.first

    @property
    def moras(self) -> int:
        return moras(self.shown)

    @property
    def weak(self) -> bool:
        """複合語の中で、ひとり立ちしない短い語か（2 拍までで、漢字 2 字の語でないもの）。"""
        two_kanji = re.fullmatch(r"[㐀-鿿々]{2,}", self.text) is not None
        plain = self.shown.isalpha() and not self.shown.isascii()
        return plain and self.moras <= 2 and not two_kanji

    @property
    def independent(self) -> bool:
        """3 拍からの、漢字 2 字かカタカナの語か（接尾語とされていても、区切って書く）。"""
        return self.moras >= 3 and _WORDS.match(self.text) is not None

    @property
    def ends_latin(self) -> bool:
        return (self.shown[-1:].isascii() and self.shown[-1:].isalpha()) or self.shown[
            -1:
        ] == UNQUOTE


def units(runs: Iterable[Run]) -> Iterator[Unit]:
    """文の語と記号。見えない Run（耳にだけ聞こえる言葉）は除く。"""
    yield from _paired(_mended(list(_units(runs))))


def _units(runs: Iterable[Run]) -> Iterator[Unit]:
    for run in _joined(run for run in runs if run.text):
        text = unicodedata.normalize("NFKC", run.text)
        words = [w for w in run.words if not w.is_pause]
        if _ENCLOSED.fullmatch(run.text) or _MARKED.fullmatch(text):
            yield from _marked(text.strip("()"))
        elif not run.reading or _all_signs(text):
            yield from _signs(run)
        else:
            first, last = (words[0].pos, words[-1].pos) if words else (_NOUN, _NOUN)
            shown = _phrased(text.strip(), _shown(text.strip(), run, first))
            yield Unit(text.strip(), shown, first, last, bool(words) and words[0].chained)
            if text.endswith(" "):
                yield Unit(SPACE, SPACE)


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """小数（2. と 7MB）のように、読みを付けるときに分かれた数をつなぐ。"""
    before: Run | None = None
    for run in runs:
        if before and re.search(r"\d\.$", before.text) and re.match(r"\d", run.text):
            before = replace(
                before,
                text=before.text + run.text,
                reading=(before.reading or "") + (run.reading or ""),
                words=before.words + run.words,
            )
            continue
        if before:
            yield before
        before = run
    if before:
        yield before


def _marked(mark: str) -> Iterator[Unit]:
    """(1) や ① のような番号。点字では第1カッコで囲む。後ろは 1 マスあける。"""
    yield Unit("（", "（")
    shown = mark if mark.isascii() else writable(mark)
    yield Unit(mark, shown, _NUMERAL, _NUMERAL)
    yield Unit("）", "）")
    yield Unit(SPACE, SPACE)


def _mended(found: list[Unit]) -> list[Unit]:
    """カッコの後などで、助詞と「する」がひとつの語とまちがえられたもの（もします、でします）を分ける。"""
    mended: list[Unit] = []
    for place, unit in enumerate(found):
        following = found[place + 1].text if place + 1 < len(found) else ""
        closed = place > 0 and found[place - 1].text in _PAIRS
        doing = ("ま",) if unit.text == "でし" else ("ま", "て", "た")  # でした は、です の形
        if unit.text in ("もし", "でし") and following.startswith(doing):
            mended.append(Unit(unit.text[0], unit.shown[0], _PARTICLE, _PARTICLE))
            mended.append(Unit("し", "シ", _DO, _DO))
        elif unit.text == "どう" and following == "し" and closed:
            mended.append(Unit("どうし", "ドーシ", _NOUN, _NOUN))
        elif not (unit.text == "し" and mended and mended[-1].text == "どうし" and place > 1):
            mended.append(unit)
    return mended


def _paired(found: list[Unit]) -> Iterator[Unit]:
    """片方だけのカッコ（8）のような番号）を、両方にする。始めのないカッコの終わりは、番号の後だけにある。"""
    opened: list[str] = []
    for place, unit in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        if unit.text in _PAIRS.values() and unit.is_sign:
            opened.append(unit.text)
        closes = following.text if following and following.is_sign else ""
        if closes in _PAIRS and not unit.is_sign and opened[-1:] != [_PAIRS[closes]]:
            yield Unit(_PAIRS[closes], _PAIRS[closes])
            opened.append(_PAIRS[closes])
        if unit.is_sign and unit.text in _PAIRS and opened:
            opened.pop()
        yield unit


def _phrased(text: str, shown: str) -> str:
    """1 語として解析された「について」や「専修大学」を、区切って書く。"""
    for length in range(len(shown), 2, -1):
        if spaced := tables.phrases().get(shown[:length]):
            return spaced + shown[length:]
    for written, tail in tables.tails().items():
        head = shown.removesuffix(tail)
        if text.endswith(written) and head != shown and moras(head) >= 3:
            return f"{head} {tail}"
    return shown


def _all_signs(text: str) -> bool:
    known = tables.signs().keys() | tables.folded().keys()
    return all(c in known for c in text)


def _signs(run: Run) -> Iterator[Unit]:
    text = re.sub(r"・{2,}|…+|‥+|\.{3,}", "…", run.text)
    for letter in re.sub(r"[―—─–]+", "―", text):
        if letter.isspace():
            yield Unit(SPACE, SPACE)
            continue
        if letter in "~～〜" and "から" not in to_hiragana(run.reading or ""):
            letter = "―"  # 範囲を示すのでなければ、波線は使わない（かわら版 17 号）
        sign = letter if letter in tables.signs() else tables.folded().get(letter)
        if sign is None:
            sign = tables.folded().get(unicodedata.normalize("NFKC", letter), UNKNOWN)
        if sign:
            yield Unit(sign, sign)


def _shown(text: str, run: Run, pos: str) -> str:
    """語の、点字の行での形。"""
    reading = to_hiragana(unicodedata.normalize("NFKC", run.reading or ""))
    if _MAIL.fullmatch(text) or _URL.fullmatch(text):
        return ADDRESS + text + END_ADDRESS
    if plain := _DIGITS.fullmatch(text):  # 電話番号、郵便番号、番地
        digits = "-".join(re.findall(r"\d+", plain[2]))
        return ("ユービン バンゴー " if plain[1] else "") + digits
    if _LATIN.fullmatch(text):
        short = len(text) == 1 or text.isupper()
        return text if short else QUOTE + text + UNQUOTE
    if "ぶんの" in reading and (parts := re.fullmatch(r"(\d+)/(\d+)", text)):
        return f"{parts[2]}ブンノ {parts[1]}"
    if (
        (numeral := _STARTS.match(text))
        and (numeral.group().isdigit() or pos.startswith("名詞,数"))
        and (found := number(text, reading))
    ):
        return found[0] + _counter(text, found[1], run)
    if _MIXED.fullmatch(text) and not text.isdigit():
        return _mixed(text, reading)
    verb = pos.startswith("動詞") and "基本形" in pos
    return braille_kana(run.reading or "", run.sound, verb=verb) or UNKNOWN


def _counter(text: str, reading: str, run: Run) -> str:
    """数の後の、助数詞か単位。英字の単位は英字で書く。"""
    unit = re.sub(r"^[\d.,]+", "", text)
    if unit == "%":
        return "％"
    if _LATIN.fullmatch(unit):
        return unit
    kana = run.reading or ""
    sound = run.sound[len(run.sound) - len(reading) :] if reading else ""
    written = kana[len(kana) - len(reading) :] if reading else ""
    return braille_kana(reading if reading.startswith("か") else written, sound)


def _mixed(text: str, reading: str) -> str:
    """P1-P34 や A4 のような、英字と数字。「から」と読む横線は範囲である。"""
    joined = re.sub(r"[-~]", "～" if "から" in reading else "-", text)
    return re.sub(r"(?<=[A-Za-z])[-.,](?=[A-Za-z0-9])|[.,]$", "", joined)
