"""文を、点字の語と記号に分ける。語の切れ目は読みを付けたときのままで、解析し直さない。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from accessibility.braille import tables
from accessibility.braille.cells import ADDRESS, END_ADDRESS, QUOTE, UNKNOWN, UNQUOTE
from accessibility.braille.numerals import Numeral, flat_pattern, numbers
from accessibility.braille.spelling import braille_kana, moras, writable
from accessibility.kana import to_hiragana
from content.model import Run

SPACE = " "

_MAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+(?<![.\-])")
_URL = re.compile(
    r"(?:(?:https?|ftp)://|www\.)(?:[!-'*-Z\\^-z|~]|\([!-'*-~]*\)|\[[!-Z\\^-~]*\])+(?<![.,:;!?'])"
)
"""アドレス。カッコは、両方がそろっているものだけが、アドレスの内側である。"""
_WHOLE = re.compile(
    rf"{_URL.pattern}|{_MAIL.pattern}"
    r"|[0-9]+(?:\.[0-9]+)+|(?:[A-Za-z]\.){2,}(?![A-Za-z])|[A-Za-z]+(?:[.'\-][A-Za-z]+)+"
)
"""途中で切らない、アドレス、小数、番号（1.2.3）、略語（U.S.A.）。"""
_DOTTED = re.compile(r"[0-9]+(?:\.[0-9]+){2,}")
_WIDE = {0xFEE0 + c: c for c in range(0x21, 0x7F)}
_RAISED = re.compile(r"([0-9]+)([⁰¹²³⁴-⁻]+)")
_DIGITS = re.compile(r"(〒?) ?(\(?[0-9]+(?:[()\- ]+[0-9]+)+)")
_MARKED = re.compile(r"\(?([0-9]{1,3}|[A-Za-zァ-ヺ])\)")
_ENCLOSED = re.compile(r"[①-⒇㉑-㉟㊱-㊿❶-❿⓫-⓴]")
_ALNUM = re.compile(r"[A-Za-z0-9]")
_LATIN = re.compile(r"[A-Za-z]+")
_COMPOUND = re.compile(r"(?:[A-Za-z]\.){2,}(?![A-Za-z])|[A-Za-z]+(?:[.'\-][A-Za-z]+)+")
_MIXED = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,\-~]*")
_STARTS = re.compile(r"[¥$]?[0-9]|(?P<era>[MTSHR][0-9])|(?P<kanji>[〇一二三四五六七八九十百千])")
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
    joined = list(_joined(run for run in runs if run.text))
    edges = ["", *(run.text for run in joined), ""]
    for run, earlier, later in zip(joined, edges, edges[2:], strict=False):
        text = _plain(run.text)
        words = [w for w in run.words if not w.is_pause]
        if _ENCLOSED.fullmatch(run.text) or _MARKED.fullmatch(text):
            yield from _marked(text.strip("()"))
        elif not run.reading or _all_signs(text):
            yield from _signs(run, earlier[-1:], later[:1])
        else:
            first, last = (words[0].pos, words[-1].pos) if words else (_NOUN, _NOUN)
            shown = _phrased(text.strip(), _shown(text.strip(), run, first))
            yield Unit(text.strip(), shown, first, last, bool(words) and words[0].chained)
            if text.endswith((" ", ".")):
                yield Unit(SPACE, SPACE)


def _plain(text: str) -> str:
    """全角などの違いをなくした文字。上付きの数字は、意味が変わるので、そのままにする（10²）。"""
    parts = re.split(r"([⁰¹²³⁴-⁻]+)", text)
    return "".join(p if i % 2 else unicodedata.normalize("NFKC", p) for i, p in enumerate(parts))


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """小数（2. と 7MB）やアドレスのように、読みを付けるときに分かれたものをつなぐ。"""
    found = list(runs)
    text = "".join(run.text for run in found).translate(_WIDE)
    inside = {p for m in _WHOLE.finditer(text) for p in range(m.start() + 1, m.end())}
    place = 0
    before: Run | None = None
    for run in found:
        if before and place in inside:
            before = replace(
                before,
                text=before.text + run.text,
                reading=(before.reading or "") + (run.reading or ""),
                words=before.words + run.words,
            )
        else:
            if before:
                yield before
            before = run
        place += len(run.text)
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


def _signs(run: Run, before: str, after: str) -> Iterator[Unit]:
    text = re.sub(r"・{2,}|…+|‥+|\.{3,}", "…", run.text)
    letters = re.sub(r"[―—─–]+", "―", text)
    around = f"{before or SPACE}{letters}{after or SPACE}"
    for place, letter in enumerate(letters, 1):
        # 英数字のとなりの「.」は、文の終わりではない（Ver.2）
        dot = letter == "." and _ALNUM.search(around[place - 1] + around[place + 1])
        if letter.isspace() or dot:
            yield Unit(SPACE, SPACE)
            continue
        if letter in "~～〜" and "から" not in to_hiragana(run.reading or ""):
            letter = "―"  # 範囲を示すのでなければ、波線は使わない（かわら版 17 号）
        if letter in "-−–" and re.fullmatch(r"[0-9].[0-9]", around[place - 1 : place + 2]):
            letter = "～"  # 9:00-17:00
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
        digits = "-".join(re.findall(r"[0-9]+", plain[2]))
        return ("ユービン バンゴー " if plain[1] else "") + digits
    if _LATIN.fullmatch(text):
        short = len(text) == 1 or text.isupper()
        return text if short else QUOTE + text + UNQUOTE
    if _COMPOUND.fullmatch(text):  # Wi-Fi、U.S.A.
        return QUOTE + text + UNQUOTE
    if _DOTTED.fullmatch(text) and "がつ" not in reading:  # 1.2.3
        return text
    if "ぶんの" in reading and (parts := re.fullmatch(r"([0-9]+)/([0-9]+)", text)):
        return f"{parts[2]}ブンノ {parts[1]}"
    raised = _RAISED.match(text)
    if raised and re.match(flat_pattern(raised.group()), reading):  # 10² を 102 と読んでいる
        return raised[1] + UNKNOWN
    if _counts(text, run, pos) and (found := numbers(text, reading)):
        return _written(text, found, run)
    if _MIXED.fullmatch(text) and not text.isdigit():
        return _mixed(text, reading)
    verb = pos.startswith("動詞") and "基本形" in pos
    return braille_kana(run.reading or "", run.sound, verb=verb) or UNKNOWN


def _counts(text: str, run: Run, pos: str) -> bool:
    """数で始まる部分か（漢数字も。元号の略は、元号として読むとき）。"""
    starts = _STARTS.match(text)
    if starts is None or (starts["kanji"] and not pos.startswith("名詞,数")):
        return False
    return not starts["era"] or "ぁ" <= (run.reading or "")[:1] <= "ん"


def _written(text: str, found: Iterable[Numeral], run: Run) -> str:
    """数字と、そのあいだと後の助数詞や単位。「から」と読む横線は範囲である。"""
    line, place, heard = "", 0, 0
    for numeral in found:
        written, stop, joint = text[place : numeral.begin], numeral.start, SPACE
        if re.search(r"[-~−]$", written) and _kana(run)[heard:stop].endswith("から"):
            stop, joint = stop - 2, "～"
        line += _counter(written, heard, stop, run) + (joint if place or stop else "")
        line += numeral.shown
        place, heard = numeral.end, numeral.stop
    return line + _counter(text[place:], heard, len(_kana(run)), run)


def _kana(run: Run) -> str:
    return unicodedata.normalize("NFKC", run.reading or "")


def _counter(written: str, start: int, stop: int, run: Run) -> str:
    """数の後の、助数詞か単位。英字の単位は英字で書く。"""
    unit = re.match(r"(%|[A-Za-z]+)[-~−]?$", written)
    if unit and (start or not unit[1].isalpha()):
        return "％" if unit[1] == "%" else unit[1]
    kana = _kana(run)
    range_to = re.match(r"[-~−][0-9]", written) and kana.startswith("から", start)
    start += 2 if range_to else 0
    shift = len(run.sound) - len(kana)
    shown = braille_kana(kana[start:stop], run.sound[max(start + shift, 0) : stop + shift])
    shown = f"～{shown}" if range_to else shown
    # 4.1 のような日付の、仮名で書く日
    return re.sub(r"^ガツ(?=.)", "ガツ ", shown) if re.search(r"[0-9]", written) else shown


def _mixed(text: str, reading: str) -> str:
    """P1-P34 や A4 のような、英字と数字。「から」と読む横線は範囲である。"""
    joined = re.sub(r"[-~]", "～" if "から" in reading else "-", text)
    return re.sub(r"(?<=[A-Za-z])[-.,](?=[A-Za-z0-9])|[.,]$", "", joined)
