"""もとの資料の文字を、原稿に置ける文字にする。変えたことと、こわれていた文字を知らせる。"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from content.intake.draft import Remark
from content.model import Run

# ふりがなの目印: 漢字のはじめ、読みのはじめ、読みのおわり。文字ではない番号なので、資料の文字と混ざらない。
BASE, READING, END = "\ufdd0", "\ufdd1", "\ufdd2"
_RUBY = re.compile(f"{BASE}([^{BASE}{READING}{END}]+){READING}([^{BASE}{READING}{END}]*){END}")
PLACE = "\ufdd3"  # 表のあったところ
_MARKERS = re.compile(f"[{BASE}{READING}{END}{PLACE}]")
_KANA = re.compile(r"[ぁ-ゖァ-ヺーゝゞヽヾ・]+")

# PDF の文字の表が、漢字の代わりに部首（U+2E80〜）を指すことがある。NFKC では直らないものと、中点。
_RADICALS = str.maketrans("⺠⻑⻄⻘⻝⻤⻨⻩⻫⻭⻯⻲⻁‧", "民長西青食鬼麦黄斉歯竜亀虎・")
# 意味の変わらないもの: 全角の英数字、半角カナ、康煕部首。①㎡㈱～（）などはそのままにする。
_SAFE = re.compile("[０-９Ａ-Ｚａ-ｚ｡-ﾟ⼀-⿕⺟]+")
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_BROKEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ue000-\uf8ff\ufffc-\uffff\U000f0000-\U0010ffff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffc]")
# Word の箇条書きの印。記号のための字体の、私用領域の番号で書かれている。
_SYMBOL_BULLETS = re.compile("^([ \t　]*)[\uf06c\uf06e\uf071\uf0a7\uf0b7\uf0d8\uf0fc]", re.M)
_SPACES = re.compile(r"[\s\u0085]+")
_COMPATIBLE = re.compile("[①-⓿㈀-㏿ℂ-⅋Ⅰ-ⅿ]")
_AROUND = 8
_SHORTEST_DOUBLED, _LONGEST_DOUBLED = 6, 120  # 二重かどうかを調べる長さ（字）


@dataclass(frozen=True, slots=True)
class Cleaned:
    text: str
    remarks: tuple[Remark, ...] = ()


def clean(raw: str, page: int = 0) -> Cleaned:
    """1 つながりの文字。空白は 1 つの半角にし、前後は残す。"""
    remarks: list[Remark] = []
    text = raw.translate(_RADICALS)
    text = _SAFE.sub(lambda m: unicodedata.normalize("NFKC", m[0]), text)
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    if broken := _BROKEN.search(text):
        at = broken.start()
        around = _BROKEN.sub("〓", text[max(0, at - _AROUND) : at + 1 + _AROUND])
        text = _BROKEN.sub("", text)
        message = "読めない文字（〓 のところ）を除きました。もとの資料と比べてください。"
        remarks.append(Remark("broken-character", message, plain(around), page))
    return Cleaned(text, tuple(remarks))


def typed(text: str) -> str:
    """画面に書くか貼られた文字。改行の仲間を改行にし、目に見えない文字を除く。

    Word などから写すと、Shift+Enter は U+000B に、箇条書きの印は私用領域の文字になる。書く人には見えないので、
    消すようには頼めない。
    """
    text = _UNSEEN.sub("", _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text)))
    return _SYMBOL_BULLETS.sub(r"\1・", text)


def strip_markers(text: str) -> str:
    """資料にはじめからあった、ふりがなの目印と同じ番号を除く。"""
    return _MARKERS.sub("", text)


def ruby(base: str, reading: str) -> Cleaned:
    """ふりがなの付いた語。読みがかなでなければ（英語の訳など）、かっこに入れて残す。"""
    base, reading = base.strip(), _SPACES.sub("", reading)
    if not base or not reading:
        return Cleaned(base)
    if _KANA.fullmatch(unicodedata.normalize("NFKC", reading)):
        return Cleaned(f"{BASE}{base}{READING}{unicodedata.normalize('NFKC', reading)}{END}")
    message = "ふりがなが、かなではないので、かっこに入れました。"
    return Cleaned(f"{base}（{reading}）", (Remark("ruby", message, f"{base}（{reading}）"),))


def plain(text: str) -> str:
    """ふりがなを除いた文字。"""
    return _MARKERS.sub("", _RUBY.sub(r"\1", text))


def runs(text: str) -> tuple[Run, ...]:
    """文字を Run にする。"""
    found: list[Run] = []
    position = 0
    for match in _RUBY.finditer(text):
        found.append(Run(_MARKERS.sub("", text[position : match.start()])))
        found.append(Run(match[1], match[2], fixed=True))
        position = match.end()
    found.append(Run(_MARKERS.sub("", text[position:])))
    return tuple(run for run in found if run.text)


def undoubled(text: str) -> str:
    """影文字のために二重になった文字を 1 つにする。二重でなければ、そのまま。

    まるごと 2 度くり返したもの（「AB AB」）と、切れごとに 2 度くり返したもの（「AABB」）を直す。
    """
    source = text.strip()
    if not _SHORTEST_DOUBLED <= len(source) <= _LONGEST_DOUBLED:
        return text
    # halves[i]: i から後ろが二重の切れだけでできているときの、最初の切れの半分の長さ。
    halves: dict[int, int] = {len(source): 0}
    for start in range(len(source) - 1, -1, -1):
        for length in range((len(source) - start) // 2, 0, -1):
            half = source[start : start + length]
            end = _repeated(source, start, half)
            if end in halves and (length > 1 or half.strip()):
                halves[start] = length
                break
    if 0 not in halves:
        return text
    parts: list[str] = []
    start = 0
    while start < len(source):
        parts.append(source[start : start + halves[start]])
        start = _repeated(source, start, parts[-1])
    return "".join(parts).strip() if any(len(set(p)) >= 3 for p in parts) else text


def _repeated(source: str, start: int, half: str) -> int:
    """``half`` が空白をはさんで 2 度続くときの、その終わり。続かなければ -1。"""
    for _ in range(2):
        if not source.startswith(half, start):
            return -1
        start += len(half)
        while source[start : start + 1].isspace():
            start += 1
    return start


def compatible(text: str) -> tuple[str, ...]:
    """機械や声によって出方の違う文字（①、㎡、㈱…）。見つかった順に 1 度ずつ。"""
    return tuple(dict.fromkeys(_COMPATIBLE.findall(text)))


def join(above: str, below: str) -> str:
    """2 つの行をつなぐ。日本語は空けず、英数字どうしは空白を 1 つ入れる。"""
    above, below = above.rstrip(), below.lstrip()
    both = above[-1:].isascii() and below[:1].isascii()
    return above + (" " if above and below and both else "") + below


def squeeze(text: str) -> str:
    """読み手どうしをくらべる形: 書き方の違いと空白を除く。"""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", plain(text)))
