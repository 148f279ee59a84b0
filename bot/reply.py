"""答えの形。LINE も HTTP も知らない、ただの値。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from content.model import Contact, Register, Sentence

AnswerKind = Literal["quote", "people", "crisis", "choices", "decline"]

MAX_QUOTE = 300
"""引用の答えの長さ（字）。電話の画面で読むため。"""
MAX_BRIEF = 140
"""最初の吹き出しの長さ（字）。"""


@dataclass(frozen=True, slots=True)
class Source:
    """引用のもと。``url`` はサイトの根からの場所。``publication`` は、社協の問い合わせ先などでは空。

    ``sentences`` は引いた文（読みの付いた出版物なら、ふりがなや音声に使える）。
    """

    publication: str
    register: Register
    section: str
    title: str
    url: str
    quote: str
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """次に聞けること。``label`` は 20 字まで。``question`` をそのまま尋ねると、その答えになる。"""

    label: str
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """答え。``text`` は全文、``brief`` は最初の吹き出し（140 字まで、文の終わりで終わる）。

    ``confidence`` は 0〜1。``lead`` は引用の前に言うこと、``note`` は、頼まれた文章がないときなどの断り、
    ``offer`` は、引用のあとで選べること（``suggestions``）の前に言うこと。``private`` は、危険や困りごとの
    話であり、会話として残してはならないこと。
    """

    question: str
    kind: AnswerKind
    text: str
    brief: str
    sources: tuple[Source, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    confidence: float = 0.0
    note: str = ""
    contacts: tuple[Contact, ...] = ()
    private: bool = False
    lead: str = ""
    offer: str = ""

    @property
    def answered(self) -> bool:
        return self.kind in ("quote", "people", "crisis")


def to_json(answer: Answer, base_url: str) -> dict[str, Any]:
    """``tsutawaru ask --json`` の 1 行。``base_url`` はサイトの根。"""
    root = base_url.rstrip("/")
    return {
        "question": answer.question,
        "kind": answer.kind,
        "answered": answer.answered,
        "text": answer.text,
        "sources": [
            {
                "publication": source.publication,
                "section": source.section,
                "title": source.title,
                "url": f"{root}/{source.url}",
                "quote": source.quote,
            }
            for source in answer.sources
        ],
        "suggestions": [{"label": s.label, "question": s.question} for s in answer.suggestions],
        "confidence": round(answer.confidence, 3),
        "note": "\n".join(filter(None, (answer.lead, answer.note, answer.offer))),
    }
