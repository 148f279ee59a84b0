"""答えてよいかを決める。だれの、いつの、どの区のことかが合い、尋ねている種類のことが書いてあるか。

しきい値は少なく、開発用の質問で決め、交差検証で確かめる（``python -m tests.bot.evaluate``）。
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.lexicon import CLOSE, Lexicon, Word, cover, normalize_lines
from bot.passages import Passage
from bot.search import Hit
from bot.slots import LISTED, Slots, stated, year_names

EXACT = 0.75
"""時刻や場所のような細かなことを尋ねたときの、言い換えの確からしさ。別のもののことを答えないため。"""
DEFINED = 0.75
"""尋ねられた言葉を説き明かしている文章の、確からしさ。"""

_DETAILS = (
    "time",
    "day",
    "date",
    "price",
    "place",
    "address",
    "procedure",
    "officer",
    "people",
    "cases",
)
_MENTION = re.compile(r"(?P<issuer>[一-鿿]+区社協)?第(?P<number>\d+)期(?![^、。]{0,6}地域福祉計画)")
_CITY_PLAN = re.compile("地域福祉計画|行政計画")


def defined(terms: Sequence[str], text: str) -> bool:
    """``text`` が、どれかの言葉を「地区社会福祉協議会（地区社協）」のように説き明かしているか。"""
    marks = ("({})", "{}(", "「{}」という", "「{}」と", "{}とは", "{}と呼")
    text = text.lower()
    return any(mark.format(term) in text for term in terms for mark in marks if term)


def meant(words: Sequence[Word], slots: Slots) -> tuple[str, ...]:
    """意味を尋ねている言葉と、その言い換え。"""
    if not slots.term:
        return ()
    if not slots.asks_for("meaning"):
        return (slots.term,)
    subject = max(words, key=lambda w: w.weight, default=None)
    near = subject.alternatives if subject else ()
    return (slots.term, *("".join(phrase) for phrase, weight in near if weight > 0.8))


def about(passage: Passage, text: str, slots: Slots, known: frozenset[int]) -> bool:
    """文章が、尋ねられた期、区、年、発行者のことか。``text`` はその文字、``known`` は出版物のある期。"""
    plan = passage.plan
    general = not plan.issuer
    if passage.documents and not slots.asks_for("document"):
        return False
    if any(place not in text for place in slots.elsewhere):
        return False
    if slots.cities and not general and not plan.issuer.startswith(slots.cities):
        return False
    if slots.city and not (slots.relation and _CITY_PLAN.search(text)):
        return False
    if slots.wards and not general and plan.ward not in slots.wards:
        return any(w in passage.version("standard").body for w in slots.wards) and not slots.numbers
    if general:
        return set(slots.numbers) <= known
    if slots.numbers and plan.number not in slots.numbers:
        mentions = {
            int(m["number"])
            for m in _MENTION.finditer(text)
            if not m["issuer"] or any(m["issuer"].startswith(w) for w in slots.wards)
        }
        if not mentions & set(slots.numbers):
            return False
    return all(_within(passage, year, text) for year in slots.years)


def _within(passage: Passage, year: int, text: str) -> bool:
    plan = passage.plan
    if plan.first_year is not None and plan.last_year is not None:
        last = plan.extended_to or plan.last_year
        if plan.first_year <= year <= last:
            return True
    return year_names(year).search(text) is not None


def tells(shown: str, slots: Slots) -> bool:
    """尋ねている種類のこと（時刻、金額、数…）が、見せる文章にあるか。"""
    text = normalize_lines(shown)
    listed = len(LISTED.findall(text)) > 1  # 数えられる箇条書き
    told = all(
        a.evidence is None or a.evidence.search(text) or (a.name == "how-many" and listed)
        for a in slots.asks
    )
    return told and (not slots.claim or stated(slots.values, text))


@dataclass(frozen=True, slots=True)
class Candidate:
    """答えの候補。``cover`` は語、``meaning`` は意味の近さ（0〜1）、``score`` は並べる点。"""

    passage: Passage
    hit: Hit
    cover: float
    heading: float
    meaning: float
    defines: bool = False

    @property
    def score(self) -> float:
        aside = 0.3 if not self.passage.plan.issuer and not self.heading else 0.0
        return self.hit.score - aside + 0.2 * self.heading + 0.5 * self.cover + 0.3 * self.defines

    @property
    def trust(self) -> float:
        found = 0.8 * self.cover + 0.2 * self.meaning
        return max(found, DEFINED) if self.defines and self.cover else found


def candidates(
    hits: Sequence[Hit],
    words: Sequence[Word],
    by_id: Mapping[str, Passage],
    lexicon: Lexicon,
    slots: Slots,
) -> list[Candidate]:
    found = []
    terms = meant(words, slots)
    close = EXACT if slots.asks_for(*_DETAILS) else CLOSE
    for hit in hits:
        passage = by_id[hit.id]
        profile = lexicon.profile(hit.id)
        meaning = min(1.0, max(0.0, (hit.cosine - 0.79) / 0.09))
        found.append(
            Candidate(
                passage,
                hit,
                cover(words, profile.forms, close),
                cover(words, profile.heading),
                meaning,
                defined(terms, profile.text),
            )
        )
    return found
