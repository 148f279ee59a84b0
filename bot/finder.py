"""読み取った質問から、答えになる文章を探す。答えてよいかも、ここで決まる。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from accessibility.cache import Cache
from accessibility.kana import to_hiragana
from bot.contacts import known_wards, purpose_of, subject_of
from bot.gate import Candidate, about, candidates, tells
from bot.lexicon import Lexicon, Word, cover, soft_words
from bot.passages import FOCUS_LIST, PERIOD, PLANS, Passage
from bot.quote import compose
from bot.search import Index
from bot.slots import Slots
from bot.terms import Terms
from content.model import Council, Publication, Register

SURE = 0.4
"""引用してよい、語と意味の合い方（``Candidate.trust``）。"""
SURE_PLAIN = 0.5
"""やさしい日本語の文章の言葉でも探すときの、合い方。同じ説明〈…〉が、いくつもの文章に出てくる。"""
MAYBE = 0.3
"""選んでもらう候補にする、合い方。"""
_NEAR = 0.85
"""尋ねている種類のことが書いてある文章を選ぶとき、いちばん合う文章からの離れ方の限り。"""
_CANDIDATES = 1000
_SHOWN = 8
_AROUND = 0.2
_ABOUT_CONTACT = frozenset(("contact", "place", "person", "document"))

Verdict = Literal["quote", "contact", "unsure", "none", "nothing"]
Reason = Literal["", "city", "elsewhere", "period", "ward", "missing", "untold"]


@dataclass(frozen=True, slots=True)
class Found:
    """探した結果。``nothing`` は、探す言葉がないこと。``purpose`` は問い合わせ先の目的。"""

    verdict: Verdict
    slots: Slots
    words: tuple[Word, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    purpose: str = ""
    reason: Reason = ""

    @property
    def good(self) -> bool:
        return self.verdict in ("quote", "contact")


class Finder:
    """文章の索引と、答えてよいかの決まり。"""

    def __init__(
        self,
        publications: Sequence[Publication],
        councils: Sequence[Council],
        passages: Sequence[Passage],
        *,
        synonyms: str,
        vectors: bool | None,
        cache: Cache | None,
        registers: Sequence[Register],
        sure: float,
    ) -> None:
        """``registers`` は、探す文章。"""
        self._sure = sure
        terms = Terms()
        self.passages = {p.id: p for p in passages}
        texts = [p.text(registers) for p in passages]
        self._index = Index(
            list(zip(self.passages, texts, strict=True)),
            terms,
            synonyms=synonyms,
            vectors=vectors,
            cache=cache,
        )
        plans = [p.plan for p in publications]
        self.numbers = frozenset(p.number for p in plans if p.number is not None)
        self.wards = frozenset(known_wards(publications, councils))
        named = [text for plan in plans for text in (plan.issuer, plan.series, "社協の計画")]
        tokens = [t for text in dict.fromkeys(named) for t in terms.tokens(text) if t.content]
        # 「かわさきししゃきょう」のように、かなでも書かれる
        self._generic = frozenset(x for t in tokens for x in (t.form, to_hiragana(t.reading)))
        self.lexicon = Lexicon(passages, texts, terms, self._generic)
        self._structure = self._shared_headings()

    def _shared_headings(self) -> frozenset[str]:
        """いくつもの出版物で、それだけで見出しになる語（理念、目標、重点項目）。"""
        seen: dict[str, set[str]] = defaultdict(set)
        for passage in self.passages.values():
            heading = self.lexicon.profile(passage.id).heading
            forms = heading - self._generic - soft_words()
            if len(forms) <= 2:
                for form in forms:
                    seen[form].add(passage.publication)
        return frozenset(form for form, works in seen.items() if len(works) > 1)

    def find(self, slots: Slots, ward: str | None = None) -> Found:
        """``ward`` は、その人の選んだ区（あれば、その区の文章を先にする）。"""
        slots = self._resolved(slots)
        words = self._words(slots)
        subjects = [w for w in words if not self._vague(w)]
        if reason := self._outside(slots):
            return Found("none", slots, words, reason=reason)
        asked = {a.name for a in slots.asks}
        if asked <= _ABOUT_CONTACT and (
            "contact" in asked
            or (
                "place" in asked
                and any(map(self._around, words))
                and not subjects
                and not slots.places
            )
        ):
            purpose = purpose_of([w.word for w in subjects])
            if purpose is not None:
                return Found("contact", slots, words, purpose=purpose)
        if not subjects and (slots.numbers or slots.wards or slots.years):
            return self._of_plan(slots, words, ward)
        if not words:
            return Found("nothing", slots)
        return self._of_topic(slots, words, ward)

    def _vague(self, word: Word) -> bool:
        """話題を決めない語（様子の言葉、社協の計画そのもの）。"""
        return word.soft or self._around(word)

    def _around(self, word: Word) -> bool:
        phrases = [(word.word,), *(phrase for phrase, _ in word.alternatives[:1])]
        return any(self._generic.issuperset(phrase) for phrase in phrases)

    def wordless(self, slots: Slots) -> bool:
        """探す言葉がないか（「それはいつ？」）。数だけのものも、言葉とは見ない。"""
        return all(w.word.isdecimal() or w.soft for w in self._words(slots))

    def _words(self, slots: Slots) -> tuple[Word, ...]:
        """探す語。社協の計画そのものを指す語は、ほかに話題があれば軽くする。"""
        words = self.lexicon.words(slots.topic, self._index.concepts(slots.topic))
        if all(map(self._vague, words)):
            return words
        return tuple(replace(w, weight=w.weight * _AROUND) if self._around(w) else w for w in words)

    def subject(self, found: Found) -> str:
        """見つからなかった質問を聞ける、問い合わせ先の目的。"""
        return subject_of([w.word for w in found.words])

    def _resolved(self, slots: Slots) -> Slots:
        """「最初の計画」「最新の計画」を期にする。"""
        if not slots.ordinal or not self.numbers:
            return slots
        number = min(self.numbers) if slots.ordinal == "first" else max(self.numbers)
        return replace(slots, numbers=(*slots.numbers, number))

    def _outside(self, slots: Slots) -> Reason:
        if slots.elsewhere and not any(
            all(e in self.lexicon.profile(id).text for e in slots.elsewhere) for id in self.passages
        ):
            return "elsewhere"
        if slots.city and not slots.relation:
            return "city"
        if not set(slots.numbers) <= self.numbers:
            return "period"
        if set(slots.wards) - self.wards:
            return "ward"
        return ""

    def _of_plan(self, slots: Slots, words: tuple[Word, ...], ward: str | None) -> Found:
        """計画そのものについて（期間、どんな計画か）。"""
        fitting = [
            c
            for c in self._candidates(slots.text, words, slots, ward)
            if c.passage.plan.issuer and not c.passage.documents
        ]
        if slots.asks_for("when"):
            named = [c for c in fitting if c.passage.id.endswith(f"#{PERIOD}")]
        else:
            focus = [c for c in fitting if c.passage.id.endswith(f"#{FOCUS_LIST}")]
            named = focus if slots.wards and not slots.asks else []
            named += [c for c in fitting if c.passage.top] + focus
        told = [c for c in named[:_SHOWN] if self._tells(c, words, slots)]
        if not told:
            missing = bool(named) or slots.asks_for("when")
            return Found("none", slots, words, tuple(fitting), reason="missing" if missing else "")
        return Found("quote", slots, words, tuple(told))

    def _of_topic(self, slots: Slots, words: tuple[Word, ...], ward: str | None) -> Found:
        fitting = self._candidates(slots.topic, words, slots, ward)
        if slots.asks_for("plans") and fitting:
            return Found("quote", slots, words, tuple(fitting))
        if slots.places and not slots.asks_for("number", "how-many"):
            named = [w for w in words if self._structural(w)]
            counts = [w for w in words if w.word.isdecimal() and len(w.word) > 1]
            fitting = [
                c for c in fitting if self._headed(c, named, slots) and self._counts(c, counts)
            ]
        if not fitting:
            return Found("none", slots, words)
        best = max(c.trust for c in fitting[:5])
        near = [c for c in fitting[:_SHOWN] if c.trust >= best * _NEAR]
        told = [c for c in near if self._tells(c, words, slots)]
        if told and told[0].trust >= self._sure:
            return Found("quote", slots, words, tuple(told))
        if near and not told and fitting[0].trust >= self._sure:
            return Found("none", slots, words, tuple(fitting), reason="untold")
        if fitting[0].trust >= MAYBE:
            return Found("unsure", slots, words, tuple(fitting))
        return Found("none", slots, words, tuple(fitting))

    def _tells(self, candidate: Candidate, words: tuple[Word, ...], slots: Slots) -> bool:
        version = candidate.passage.version("standard")
        if not candidate.passage.plan.issuer:  # 受け取り方は、そのページが場所である
            slots = replace(slots, asks=tuple(a for a in slots.asks if a.name != "place"))
        return tells(compose(version, words, slots, self.lexicon)[0], slots)

    def _headed_any(self, candidate: Candidate, words: Sequence[Word]) -> bool:
        return cover(words, self.lexicon.profile(candidate.passage.id).headings) > 0

    def fit(self, passage: Passage, words: Sequence[Word]) -> float:
        """文章に出ている、質問の語の割合。"""
        return cover(words, self.lexicon.profile(passage.id).forms)

    def _structural(self, word: Word) -> bool:
        return any(self._structure.intersection(p) for p, _ in word.alternatives[:1])

    def _counts(self, candidate: Candidate, counts: Sequence[Word]) -> bool:
        """「10の取組」のような数は、文章にもなければならない。"""
        forms = self.lexicon.profile(candidate.passage.id).forms
        return all(cover([w], forms) > 0 for w in counts)

    def _headed(self, candidate: Candidate, named: Sequence[Word], slots: Slots) -> bool:
        """理念や目標を期や区で尋ねたら、見出しにそれがある節だけが答えになる。"""
        profile, number = self.lexicon.profile(candidate.passage.id), candidate.passage.plan.number
        own = not slots.numbers or number in slots.numbers
        forms = profile.headings if own else profile.heading
        return all(cover([w], forms) > 0 for w in named)

    def _candidates(
        self, query: str, words: tuple[Word, ...], slots: Slots, ward: str | None
    ) -> list[Candidate]:
        hits = self._index.search(query, _CANDIDATES)
        fitting = [
            h
            for h in hits
            if about(self.passages[h.id], self.lexicon.profile(h.id).text, slots, self.numbers)
        ]
        listed = slots.asks_for("plans")
        fitting = [h for h in fitting if h.id.endswith(PLANS) == listed]
        found = candidates(fitting, words, self.passages, self.lexicon, slots)
        # 受け取り方の説明には、パソコンやアプリのような言葉も出てくる。見出しのことを尋ねたときだけ、答えになる
        found = [c for c in found if c.passage.plan.issuer or listed or self._headed_any(c, words)]
        # 期を言わずに理念や目標を尋ねたら、今の計画のことである
        named = [w for w in words if not self._vague(w)]
        structural = bool(named) and all(map(self._structural, named))
        newest = 1.0 if structural else 0.1
        near = (ward, *slots.home)

        def order(candidate: Candidate) -> tuple[float, str]:
            plan = candidate.passage.plan
            recent = newest * (plan.number or 0) / max(self.numbers, default=1)
            local = (0.05 if plan.ward in near else -0.01) if plan.ward else 0.0
            if plan.number is None and plan.issuer and all(map(self._vague, words)):
                local += 0.4  # 計画とは何か
            return -(candidate.score + recent + local), candidate.passage.id

        return sorted(found, key=order)
