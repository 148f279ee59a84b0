"""ふりがな。読みを漢字に割り当てる（食べ物・たべもの → 食《た》べ物《もの》）。

ふりがなは漢字にだけ付ける。助数詞の漢字がすぐ続く数字は、漢字とひとまとまりにする
（24年度《にじゅうよねんど》）。漢字の続きはまとめて振るので、熟字訓（今日、大人）も同じ形になる。
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from accessibility.kana import to_hiragana
from content.inline import escape
from content.model import Run

_KANJI = r"々〆〇一-鿿㐀-䶿豈-﫿\U00020000-\U0003ffff"
_HAS_KANJI = re.compile(f"[{_KANJI}]")
_NUMBER = r"[0-9０-９][0-9０-９,，.．]*"
# ruby: ふりがなを振る単位（前の数字、3ヶ月・か所・霞ヶ関のヶを含む）、kana: かな、other: 数字や記号。
_SEGMENT = re.compile(
    rf"(?P<ruby>(?:{_NUMBER}[かカヵヶケ]?)?[{_KANJI}]+(?:[ヵヶ][{_KANJI}]+)*)"
    r"|(?P<kana>[ぁ-ゖァ-ヺーｦ-ﾟ]+)|(?P<other>.)",
    re.DOTALL,
)
_PARTICLES = str.maketrans({"は": "わ", "へ": "え", "を": "お", "ぢ": "じ", "づ": "ず"})
_USUAL = 2
"""漢字 1 字の読みの、ふつうの長さ（かな）。割り当てが二通りあるときの目安。"""


@dataclass(frozen=True, slots=True)
class RubyPart:
    """文字の一部分と、そのふりがな。``ruby`` が ``None`` なら、そのまま書く。"""

    text: str
    ruby: str | None = None


@lru_cache(maxsize=16_384)  # 同じ語は、ページ、電子書籍、見出しに何度も出る
def align(text: str, reading: str) -> tuple[tuple[str, str], ...] | None:
    """文字を、漢字の続きとかなに分け、それぞれに読みを割り当てる。

    かなの部分には、文字にあるかながそのまま入る。割り当てられないときは ``None``。
    """
    segments = tuple((m.lastgroup or "", m.group()) for m in _SEGMENT.finditer(text))
    heard = _comparable(reading)

    @cache
    def best(index: int, place: int) -> tuple[int, tuple[str, ...]] | None:
        if index == len(segments):
            return (0, ()) if place == len(heard) else None
        kind, part = segments[index]
        if kind == "kana":
            kana = _comparable(part)
            if not heard.startswith(kana, place):
                return None
            rest = best(index + 1, place + len(kana))
            return rest and (rest[0], (unicodedata.normalize("NFKC", part), *rest[1]))
        choices = []
        for end in range(place + (kind == "ruby"), len(heard) + 1):
            if rest := best(index + 1, end):
                kanji = len(_HAS_KANJI.findall(part))
                cost = rest[0] + abs(end - place - _USUAL * kanji)
                choices.append((cost, (reading[place:end], *rest[1])))
        return min(choices, default=None, key=lambda c: c[0])

    found = best(0, 0)
    if found is None:
        return None
    return tuple((part, kana) for (_, part), kana in zip(segments, found[1], strict=True))


def _comparable(kana: str) -> str:
    """比べるためのかな。助詞と四つ仮名の違いを消す。字の数は変わらない（半角カナを除く）。"""
    return to_hiragana(unicodedata.normalize("NFKC", kana)).translate(_PARTICLES)


def ruby_parts(run: Run) -> tuple[RubyPart, ...]:
    """Run の文字を、ふりがなのある部分とない部分に分ける。つなぐと Run の文字になる。"""
    if not run.reading or not _HAS_KANJI.search(run.text):
        return (RubyPart(run.text),) if run.text else ()
    aligned = align(run.text, run.reading)
    if aligned is None:
        return (RubyPart(run.text, run.reading),)
    parts: list[RubyPart] = []
    for part, kana in aligned:
        if _HAS_KANJI.search(part):
            parts.append(RubyPart(part, kana))
        elif parts and parts[-1].ruby is None:
            parts[-1] = RubyPart(parts[-1].text + part)
        else:
            parts.append(RubyPart(part))
    return tuple(parts)


def to_notation(runs: Iterable[Run]) -> str:
    """すべての漢字にふりがなを付けた、``｜漢字《かんじ》`` の書き方。"""
    return "".join(
        escape(part.text) if part.ruby is None else f"｜{escape(part.text)}《{part.ruby}》"
        for run in runs
        for part in ruby_parts(run)
    )
