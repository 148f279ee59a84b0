"""並べ方の決まり: 3 つ以上は箇条書き、言葉の間に空白を入れない、ローマ字を使わない、1 ページは 1,000 字くらい。

「大事なことを先に書く」は、機械では調べられない。人が読んで確かめる（ガイドラインの第 3 段階）。
ふりがなと、画面での分かち書きは、版を作るときに付くので、調べない。
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from accessibility.plain.passage import Chapter, Passage, Span
from accessibility.plain.remark import Finding
from accessibility.plain.words import NOMINAL, Word

MOST_ITEMS = 2
PAGE = 1000
"""1 ページの字の数のめやす。"""

_SEPARATORS = frozenset(["、", "，", "・", "や", "及び", "並びに"])
_ADVERBIAL = "副詞可能"
_JAPANESE = "ぁ-ゖァ-ヺー一-鿿々"
_SPACE = re.compile(rf"(?<=[{_JAPANESE}])[ 　]+(?=[{_JAPANESE}])")
_LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ][A-Za-zＡ-Ｚａ-ｚ'’.-]*")
_ADDRESS = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|www\.\S+")
_IN_BRACKETS = re.compile(r"[（(〈][^（）()〈〉]*[)）〉]")
# 機械の名前や単位ではなく、暮らしの中で見なれた英字。
_KNOWN = frozenset(
    [
        "TEL",
        "FAX",
        "LINE",
        "PDF",
        "QR",
        "NHK",
        "DVD",
        "CD",
        "TV",
        "OK",
        "PC",
        "JR",
        "ID",
        "URL",
        "AM",
        "PM",
    ]
)
_CHUNK = 7


def enumeration(p: Passage) -> Iterator[Finding]:
    """段落の文の中に、3 つ以上のものが並んでいる。

    「、」か「・」で 3 つ以上に分かれているか、「や」「及び」も合わせて 4 つ以上が並ぶときだけを数える
    （「理解と寄附や募金」のような、ひとつながりの言い方は、箇条書きにできない）。
    """
    if p.kind != "prose":
        return
    i = 0
    while i < len(p.words):
        items, separators = _row(p.words, i)
        if not items:
            i += 1
            continue
        most = max(separators.count(s) for s in [*separators, ""])
        if (most >= MOST_ITEMS or len(separators) > MOST_ITEMS) and not p.in_explanation(
            items[0][0]
        ):
            yield Finding(
                "list",
                "hint",
                items[0][0],
                items[-1][1],
                f"{len(items)} 個のものが、文の中に並んでいます。箇条書き（行の頭に「- 」）にしてください。",
            )
        while i < len(p.words) and p.words[i].start < items[-1][1]:
            i += 1


def _row(words: Sequence[Word], begin: int) -> tuple[list[Span], list[str]]:
    """``begin`` から並ぶ、名詞の言葉の範囲と、その間の区切り。"""
    items: list[Span] = []
    separators: list[str] = []
    while (end := _item_end(words, begin)) > begin:
        items.append((words[begin].start, words[end - 1].end))
        if end + 1 >= len(words) or words[end].text not in _SEPARATORS:
            break
        if _item_end(words, end + 1) == end + 1:
            break
        separators.append(words[end].text)
        begin = end + 1
    return items, separators


def _item_end(words: Sequence[Word], begin: int) -> int:
    """``begin`` から続く名詞の言葉の終わり。並べたものの名前でなければ ``begin``。

    「今年、」「7回、」のような副詞と、「〜を活用、」のような動詞の代わりの名詞は、数えない。
    """
    end = begin
    while end < len(words) and words[end].pos[0] in NOMINAL and words[end].pos[2] != "助動詞語幹":
        end += 1
    if end == begin:
        return begin
    last = words[end - 1]
    verbal = begin > 0 and words[begin - 1].text in ("を", "に") and last.pos[2] == "サ変可能"
    adverbial = last.pos[2] == _ADVERBIAL or last.pos[1] in ("助数詞", "数詞", "助動詞語幹")
    return begin if verbal or adverbial else end


def spaces(p: Passage) -> Iterator[Finding]:
    """空白による分かち書き。2 つ以上の空白で、平均して短く切れているとき。"""
    gaps = list(_SPACE.finditer(p.text))
    if p.kind == "label" or len(gaps) < 2 or len(p.text.strip()) / (len(gaps) + 1) > _CHUNK:
        return
    yield Finding(
        "spaces",
        "hint",
        *p.whole,
        "言葉の間に空白があります。音声が切れるので、消してください（画面では、空けて見せることができます）。",
    )


def romaji(p: Passage) -> Iterator[Finding]:
    """英字の言葉。名前と、説明の付いた略語は除く。"""
    skipped = [m.span() for m in _ADDRESS.finditer(p.text)]
    skipped += [m.span() for m in _IN_BRACKETS.finditer(p.text)] + list(p.quotes)
    names = {w.start for w in p.words if w.proper}
    for match in _LATIN.finditer(p.text):
        start, end = match.start(), match.start() + len(match[0].rstrip(".-'’"))
        if end - start < 2 or match[0].upper() in _KNOWN or start in names:
            continue
        if any(s <= start < e for s, e in skipped) or p.text[end : end + 1] in tuple("（(〈"):
            continue
        yield Finding(
            "romaji",
            "hint",
            start,
            end,
            "英字の言葉です。日本語で書くか、すぐ後に〈…〉で説明してください。",
        )


def page_length(chapter: Chapter) -> Iterator[tuple[int, Finding]]:
    """ページの字の数。しらせは、はじめの文（見出し）に付く。"""
    count = sum(len(p.text.strip()) for p in chapter.passages)
    if count > PAGE:
        yield (
            0,
            Finding(
                "page-length",
                "hint",
                *chapter.passages[0].whole,
                f"このページは長いです（{count} 字）。{PAGE:,} 字くらいまでにするか、ページを分けてください。",
            ),
        )
