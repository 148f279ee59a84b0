"""会話の試験の道具。決めたとおりに答える頭（``FakeBrain``）と、1 回ずつ覚え書きを通す話し相手。"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from accessibility.readings import Reader, read_publication
from bot.clips import AudioClips
from bot.conversation import Conversation
from bot.person import Person, person_from_json, person_to_json
from bot.quote import brief
from bot.reply import Answer, Source, Suggestion
from bot.turn import Incoming, Turn
from content.model import Contact, Council, Publication, Register
from content.notation import parse
from content.workflow import EmergencyText

BODY = """---
表題: 第6期計画
発行: 試験社会福祉協議会
計画: 地域福祉計画
期: 6
区: 北区
日付: 2026-04-01
出典: 試験の冊子
---

# 基本理念 {#philosophy}

みんなで支えあうまちをつくります。

# 見守り {#watch}

｜日向《ひゅうが》のまちで見守りをします。毎月開きます。一年に十回です。
"""

CONTACT = Contact(
    "計画",
    "試験社会福祉協議会 総務部",
    "044(000)0001",
    "044(000)0002",
    "plan@example.jp",
    "試験市北区1-2-3",
)
COUNCIL = Council("shiken", "試験社会福祉協議会", (CONTACT,))

LONG = "最初の文が答えです。" + "続きの文です。" * 25
CRISIS = Answer(
    "殴られた",
    "crisis",
    "あなたの安全が、いちばん大切です。\n警察 110（事件のとき）",
    "あなたの安全が、いちばん大切です。",
    contacts=(Contact("緊急", "警察", "110", checked_on=datetime.date(2026, 4, 1)),),
    private=True,
)


@cache
def reader() -> Reader:
    return Reader()


@cache
def publication() -> Publication:
    return read_publication(parse(BODY, "shiken/plan-6"), reader())


def source(section: str = "watch", register: Register = "standard", first: int = 0) -> Source:
    """``section`` の本文の、``first`` からの文を引いたもの。"""
    found = publication().section(section)
    assert found is not None
    _, *sentences = found.sentences
    quoted = tuple(sentences[first:])
    quote = "".join(s.text for s in quoted)
    title = f"第6期計画 {found.heading.text}"
    url = f"shiken/plan-6/{register}/web/{section}.html"
    return Source("shiken/plan-6", register, section, title, url, quote, quoted)


def quote(question: str, text: str = "", note: str = "") -> Answer:
    found = source()
    text = text or found.quote
    return Answer(question, "quote", text, brief(text), (found,), confidence=0.9, note=note)


NEAR = (Suggestion("基本理念", "第6期計画 基本理念"), Suggestion("見守り", "第6期計画 見守り"))


@dataclass
class FakeBrain:
    """``answers`` にない質問には、見つからないと答える。``asked`` は、尋ねられたことの記録。"""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    asked: list[tuple[tuple[str, ...], Register, str | None]] = field(default_factory=list)

    def answer(
        self, turns: Sequence[str], *, register: Register = "standard", ward: str | None = None
    ) -> Answer:
        self.asked.append((tuple(turns), register, ward))
        text = "この計画の中からは見つけられませんでした。"
        declined = Answer(turns[-1], "decline", text, text, contacts=(CONTACT,))
        return self.answers.get(turns[-1], declined)

    def more(self, source: Source) -> Answer:
        left = [s for s in publication().sentences_of(source.section) if s.text not in source.quote]
        if not left:
            text = "これで全部です。"
            return Answer("", "choices", text, text, suggestions=NEAR)
        text = "".join(s.text for s in left)
        followed = replace(source, quote=text, sentences=tuple(left))
        return Answer("", "quote", text, text, (followed,))

    def near(self, source: Source) -> tuple[Suggestion, ...]:
        return NEAR

    def in_register(self, source: Source, register: Register) -> Answer:
        note = "やさしい日本語の文章がまだないので、もとの文章です。" if register == "plain" else ""
        return replace(quote("", note=note), sources=(source,))


class Resident:
    """話す人。覚え書きは、毎回 JSON を通す（LINE の働き手と同じ）。"""

    def __init__(
        self,
        brain: FakeBrain | None = None,
        *,
        person: Person | None = None,
        notices: Callable[[], Sequence[EmergencyText]] = lambda: (),
        audio: AudioClips | None = None,
        councils: Sequence[Council] = (COUNCIL,),
        publications: Sequence[Publication] | None = None,
    ) -> None:
        self.brain = brain or FakeBrain()
        self.memory = person_to_json(person or Person())
        self.conversation = Conversation(
            self.brain,
            councils,
            (publication(),) if publications is None else publications,
            base_url="https://example.jp",
            notices=notices,
            audio=audio,
            read=reader().read,
        )

    @property
    def person(self) -> Person:
        return person_from_json(self.memory)

    def says(self, text: str, kind: str = "text") -> Turn:
        turn = self.conversation.turn(self.person, Incoming(kind, text))
        self.memory = person_to_json(turn.person)
        assert self.person == person_from_json(person_to_json(self.person))
        return turn


def labels(turn: Turn) -> list[str]:
    """選べることの、番号のない名前。"""
    return ["".join(run.text for run in q.runs) for q in turn.bubbles[-1].quick_replies]


def texts(turn: Turn) -> str:
    return "\n".join(bubble.text for bubble in turn.bubbles)
