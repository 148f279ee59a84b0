"""文の中の事実: 数、年、日付、時刻、電話番号、名前。書き方の違い（平成24年と2012年、三つと3つ）は同じとみる。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accessibility.plain.passage import Passage
from accessibility.plain.rules_time import ERAS, western_year
from accessibility.plain.words import NOMINAL

_DIGITS = "〇一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_COUNTERS = "つ|人|名|か所|箇所|カ所|回|期|番|世代|個|件|割|倍|本|枚|館|種|章|点|歳|才|年|月|日|時|円|区|か月"
# 数の形をしていて、数ではない言葉。
_IDIOMS = re.compile(
    r"第三者|三角|四季|十分(?!間)|一[^一二三四五六七八九十百千]|1つ|1人(?:ひとり|1人)?|千葉|八百屋|二度と"
)

_NUMBER = re.compile(
    rf"(?P<idiom>{_IDIOMS.pattern})"
    rf"|(?P<phone>(?<![0-9])\(?0[0-9]{{1,4}}\)?[-( ]?[0-9]{{1,4}}[-) ]?[0-9]{{3,4}}(?![0-9]))"
    rf"|(?P<era>{'|'.join(ERAS)}) ?(?P<year>元|[0-9]+)年"
    r"|(?P<western>(?<![0-9])(?:1[5-9]|20)[0-9]{2})年"
    r"|(?P<month>1[0-2]|[1-9])月(?P<day>[0-9]{1,2})日"
    r"|(?P<half>午前|午後)?(?P<hour>[0-2]?[0-9])(?:時(?!間|代)(?:(?P<minute>[0-9]{1,2})分|(?P<thirty>半))?|:(?P<colon>[0-5][0-9]))"
    r"|(?P<digits>[0-9][0-9,]*(?:\.[0-9]+)?)(?P<unit>[十百千]?[万億]|[百千])?(?P<short>年)?"
    rf"|(?P<kanji>[〇一二三四五六七八九十百千]+)(?={_COUNTERS})"
)
_SCALES = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "億": 10**8}

_LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ][\w.+@:/-]*[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]", re.ASCII)
_KATAKANA = re.compile(r"[ァ-ヺー・]+")
_ORGANISATION = re.compile("協議会|委員会|センター|大学|市役所|区役所|県庁|会館|サロン")
# 形状詞（静か、安心）は、名前にならない。
_NAMING = NOMINAL - {"形状詞", "記号"}


@dataclass(frozen=True, slots=True)
class Fact:
    """事実ひとつ。``values`` のどれかがもとの文章にあれば、同じ事実とみる。位置は文の中（文字）。"""

    start: int
    end: int
    values: frozenset[str]


def folded(text: str) -> str:
    """全角と半角、大文字と小文字をそろえ、空白と「」を除いた文字。名前を比べるときに使う。"""
    return re.sub(r"[\s「」『』]+", "", unicodedata.normalize("NFKC", text)).lower()


def numbers(text: str) -> Iterator[Fact]:
    """数、年、日付、時刻、電話番号。「一つ」「一人ひとり」「一緒」は数とみない。

    値は ``2012年``、``4月1日``、``15:00``、``0447398711``、``224`` の形。元号の後の「28年度」は、元号の年とも、
    ただの数ともみる。午前か午後か分からない時刻は、どちらともみる。
    """
    normal, places = _normalised(text)
    era = ""
    for match in _NUMBER.finditer(normal):
        if match["idiom"]:
            continue
        era = match["era"] or ("" if match["western"] else era)
        values = frozenset(_values(match, era))
        yield Fact(places[match.start()], places[match.end() - 1] + 1, values)


def _values(match: re.Match[str], era: str) -> Iterator[str]:
    if match["phone"]:
        yield re.sub(r"\D", "", match["phone"])
    elif match["era"]:
        yield f"{western_year(match['era'], match['year'])}年"
    elif match["western"]:
        yield f"{match['western']}年"
    elif match["month"]:
        yield f"{int(match['month'])}月{int(match['day'])}日"
    elif match["hour"]:
        hour, minute = int(match["hour"]), int(match["minute"] or match["colon"] or 0)
        minute = 30 if match["thirty"] else minute
        if match["half"] != "午後":
            yield f"{hour}:{minute:02}"
        if match["half"] != "午前":
            yield f"{hour if hour > 12 else hour + 12}:{minute:02}"
    elif match["kanji"]:
        yield str(_kanji_number(match["kanji"]))
    else:
        value = float(match["digits"].replace(",", ""))
        for unit in match["unit"] or "":
            value *= _SCALES[unit]
        yield f"{value:g}" if value < 10**6 else str(round(value))
        if match["short"] and era and value < 100:
            yield f"{western_year(era, match['digits'])}年"


def _kanji_number(text: str) -> int:
    """三 → 3、二十四 → 24、二〇二一 → 2021。"""
    if not set(text) & set(_UNITS):
        return int("".join(str(_DIGITS.index(c)) for c in text))
    total, current = 0, 0
    for character in text:
        if character in _UNITS:
            total += (current or 1) * _UNITS[character]
            current = 0
        else:
            current = _DIGITS.index(character)
    return total + current


def _normalised(text: str) -> tuple[str, Sequence[int]]:
    """幅をそろえた文字と、その 1 字ごとの、もとの位置。"""
    normal, places = "", list[int]()
    for place, character in enumerate(text):
        same = unicodedata.normalize("NFKC", character)
        normal += same
        places += [place] * len(same)
    return normal, places


def names(p: Passage) -> Iterator[Fact]:
    """固有名詞、団体の名前、だれも知らないかたかなの言葉、英字、「…」で囲んだ名前。

    値は ``folded`` した名前。
    """
    taken: list[Fact] = []
    for start, end in (*_quoted(p), *_latin(p.text), *_organisations(p), *_proper(p)):
        if not any(f.start <= start and end <= f.end for f in taken):
            taken.append(Fact(start, end, frozenset([folded(p.text[start:end])])))
    return iter(sorted(taken, key=lambda f: f.start))


def _quoted(p: Passage) -> Iterator[tuple[int, int]]:
    """「…」の中が、名詞で終わる（名前である）もの。人の言葉（「困っています」）は、名前ではない。"""
    for start, end in p.quotes:
        inner = [w for w in p.words if start < w.start and w.end < end and w.pos[0] != "補助記号"]
        if inner and inner[-1].pos[0] in _NAMING:
            yield start + 1, end - 1


def _latin(text: str) -> Iterator[tuple[int, int]]:
    for match in _LATIN.finditer(text):
        yield match.span()


def _organisations(p: Passage) -> Iterator[tuple[int, int]]:
    """団体や場所の名前。続く名詞のうち、「センター」などで終わる所まで。"""
    start = end = -1
    for word in p.words:
        if word.pos[0] in _NAMING and word.start == end:
            end = word.end
        elif word.pos[0] in _NAMING:
            start, end = word.start, word.end
        else:
            continue
        if _ORGANISATION.search(word.text) and _ORGANISATION.fullmatch(p.text[start:end]) is None:
            yield start, end


def _proper(p: Passage) -> Iterator[tuple[int, int]]:
    for word in p.words:
        unknown = word.zipf == 0 and word.level is None and _KATAKANA.fullmatch(word.text)
        if word.text not in ERAS and (word.proper or (unknown and word.text.strip("ー・"))):
            yield word.start, word.end
