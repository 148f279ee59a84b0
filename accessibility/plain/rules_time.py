"""日付と時刻の決まり: 西暦で書く、午前・午後を付ける、「〜」を「から」「まで」にする。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from accessibility.plain.passage import Passage
from accessibility.plain.remark import Finding

ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
"""元号 → 西暦にするために足す年。"""

ERA_YEAR = re.compile(rf"(?P<era>{'|'.join(ERAS)})\s?(?P<year>元|[0-9０-９]+)\s?年(?P<fiscal>度?)")

_WESTERN = re.compile(r"[12１２][0-9０-９]{3}\s?年度?")
_CLOCK = re.compile(r"(?P<hour>[0-9０-９]{1,2})(?:時(?!間|代|点)(?:(?P<minute>[0-9０-９]{1,2})分|(?P<half>半))?"
                    r"|[:：](?P<colon>[0-9０-９]{2})(?![0-9０-９:：]))")  # fmt: skip
_HALF = re.compile(r"午前|午後|正午|朝|昼|夕方|夜|深夜|夕|晩")
_RANGE = re.compile(
    r"(?P<from>(?:[0-9０-９]+[:：])?[0-9０-９]+\s?(?:年度|年|月|日|時半?|分|人|円|歳|才|回|か所|階|ページ|%|％|km|m)?(?:[（(][^（()）]{1,8}[)）])?"
    r"|[月火水木金土日]曜日?|[月火水木金土日])\s?[~～〜]\s?(?=(?P<to>(?:午前|午後|令和|平成|翌)?[0-9０-９]|[月火水木金土日]曜?))"
)
_SLASHED = re.compile(
    r"(?<![0-9０-９./／])(?P<year>[12][0-9]{3})[/.．／](?P<month>1[0-2]|0?[1-9])"
    r"[/.．／](?P<day>3[01]|[12][0-9]|0?[1-9])(?![0-9./])"
)


def western_year(era: str, year: str) -> int:
    """元号の年の西暦。``year`` は「元」か数字（全角でもよい）。"""
    return ERAS[era] + (1 if year == "元" else int(unicodedata.normalize("NFKC", year)))


def date(p: Passage) -> Iterator[Finding]:
    for match in ERA_YEAR.finditer(p.text):
        if _western_beside(p.text, *match.span()):
            continue
        year, fiscal = western_year(match["era"], match["year"]), match["fiscal"]
        yield Finding(
            "date",
            "hint",
            *match.span(),
            "元号だけの年です。外国から来た人にも分かるように、西暦を先に書いてください。",
            f"{year}年{fiscal}（{match[0]}）",
        )
    for match in _SLASHED.finditer(p.text):
        yield Finding(
            "date",
            "hint",
            *match.span(),
            "日付の書き方が国によって違います。「年」「月」「日」を付けて書いてください。",
            f"{int(match['year'])}年{int(match['month'])}月{int(match['day'])}日",
        )


def _western_beside(text: str, start: int, end: int) -> bool:
    """すぐ前か、すぐ後のかっこの中に、西暦があるか。"""
    before = re.search(rf"(?:{_WESTERN.pattern})[（(〈]$", text[:start])
    after = re.match(rf"\s?[（(〈](?:{_WESTERN.pattern})", text[end:])
    return before is not None or after is not None


def time(p: Passage) -> Iterator[Finding]:
    for match in _CLOCK.finditer(p.text):
        minute = match["minute"] or match["colon"]
        hour = int(match["hour"])
        before = p.text[: match.start()]
        if hour > 24 or (minute and int(minute) > 59) or before[-1:].isnumeric():
            continue
        # 「午前10時から12時まで」の 12時 には、午前・午後を付けなくても分かる。
        if _HALF.search(before[-2:] if hour > 12 else before):
            continue
        suggestion = ""
        if hour > 12:
            rest = "半" if match["half"] else f"{int(minute)}分" if minute and int(minute) else ""
            suggestion = f"午後{hour - 12}時{rest}"
        yield Finding(
            "time",
            "hint",
            *match.span(),
            "午前か午後かが書いてありません。「午前10時」「午後3時」のように書いてください。",
            suggestion,
        )


def range_mark(p: Passage) -> Iterator[Finding]:
    for match in _RANGE.finditer(p.text):
        yield Finding(
            "range",
            "hint",
            *match.span(),
            "「〜」は読み方が分かりません。「〜から〜まで」と、言葉で書いてください。",
            f"{match['from'].strip()}から",
        )
