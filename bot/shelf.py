"""文章の棚。ひとつの文章から、もとの文章、となりの話題、下の節へ行く道。"""

from __future__ import annotations

from collections.abc import Iterable

from bot.choices import question_of, suggestions
from bot.passages import Passage
from bot.reply import Source, Suggestion
from content.model import Register

OFFERED = 3
"""一度に勧める文章の数。"""


class Shelf:
    def __init__(self, passages: Iterable[Passage]) -> None:
        self._passages = tuple(passages)
        self.plans = tuple(p for p in self._passages if p.plan.issuer and not p.documents)
        """計画の文章（受け取り方や、資料の並びを除く）。"""
        # 同じ質問になる文章があれば、もとの文章の方を引く
        self._questions = {
            question_of(p, r): p
            for r in ("plain", "standard")
            for p in self._passages
            if r in p.versions
        }

    def asked(self, question: str) -> Passage | None:
        """選べることとして示した質問の文章。"""
        return self._questions.get(question)

    def of(self, source: Source) -> Passage | None:
        """引用のもと。"""
        return next(
            (
                p
                for p in self._passages
                if p.publication == source.publication
                and p.section == source.section
                and any(v.url == source.url for v in p.versions.values())
            ),
            None,
        )

    def near(self, passage: Passage, register: Register) -> tuple[Suggestion, ...]:
        """近い話題。同じ出版物の、前後の節。"""
        shelf = [
            p for p in self._passages if p.publication == passage.publication and not p.documents
        ]
        if passage not in shelf:
            return ()
        here = shelf.index(passage)
        order = sorted(range(len(shelf)), key=lambda i: (abs(i - here), -i))
        return suggestions([shelf[i] for i in order if i != here][:OFFERED], register)

    def below(self, passage: Passage) -> tuple[Passage, ...]:
        """すぐ下の節。"""
        heading = passage.version("standard").heading
        return tuple(
            p
            for p in self._passages
            if p.publication == passage.publication
            and p.section
            and p.version("standard").above[-1:] == (heading,)
        )

    def starters(self, register: Register) -> tuple[Suggestion, ...]:
        """最初に選べる話題。いちばん新しい計画の、章の始め。"""
        shelf = [p for p in self._passages if p.top and not p.documents]
        shelf.sort(key=lambda p: (-(p.plan.number or 0), p.plan.ward or "", p.id))
        return suggestions(shelf[:OFFERED], register)
