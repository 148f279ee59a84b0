"""質問に答える。計画の文章を引くか、言葉の説明を見せるか、選んでもらうか、人につなぐか、見つからないと言う。

作文はしない。LINE も HTTP もデータベースも知らない。同じ質問には、いつも同じ答えを返す。
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from accessibility.cache import Cache
from accessibility.glossary import Glossary
from bot.choices import suggestions
from bot.contacts import CONSULTATION
from bot.context import asks, worded
from bot.crisis import Crises, people_first
from bot.finder import SURE, SURE_PLAIN, Finder, Found
from bot.gate import Candidate, tells
from bot.inquiry import Inquiry
from bot.meanings import Meaning, Meanings
from bot.passages import Passage, passages
from bot.quote import brief, compose, rest
from bot.reception import Reception
from bot.reply import Answer, AnswerKind, Source, Suggestion, to_json
from bot.shelf import OFFERED, Shelf
from bot.slots import SlotReader
from bot.talk import Talk
from bot.wording import load_wording
from content.model import REGISTERS, Council, Publication, Register

__all__ = ["Answer", "AnswerKind", "Brain", "Source", "Suggestion", "ask_lines", "to_json"]

WAYS = ("web", "audio", "daisy", "epub", "braille", "text")
"""案内する受け取り方（``wording.yaml`` の ``way.*``）。作っている媒体だけを渡すこと。"""

CHOOSE = "知りたいことは、次のどれですか。"
_MORE = re.compile(
    r"(?:もう少し|もっと|もうちょっと)?(?:くわしく|詳しく|続き(?:は|を)?)(?:教えて|おしえて|知りたい|お願い)?(?:ください|下さい|です|します)?[。?？!！]?"
)
_OTHERS = 6
"""ほかに尋ねられたことの数の上限。答えの後の選べること（6 つ）と合わせて、LINE の 13 個に収まる。"""
_LONGEST = 500
"""探すのに使う、質問の終わりからの字の数。長い話では、頼みごとは終わりにある。"""


class Brain:
    """答えるもの。作ったあとは変わらず、いくつものスレッドから使える。"""

    def __init__(
        self,
        publications: Sequence[Publication],
        councils: Sequence[Council],
        *,
        glossary: Glossary | None = None,
        synonyms: str = "",
        vectors: bool | None = None,
        ways: Sequence[str] = WAYS,
        cache: Cache | None = None,
        sure: float = SURE,
    ) -> None:
        """``glossary`` は言葉の説明、``synonyms`` は社協の言い換えの表、``cache`` はベクトルの控え。"""
        every = passages(publications, ways)
        finder = partial(Finder, publications, councils, every, synonyms=synonyms, cache=cache)
        self._finder = finder(registers=("standard",), vectors=vectors, sure=sure)
        self._slots = SlotReader(_cities(publications), sorted(self._finder.wards))
        self._inquiry = Inquiry(self._finder, self._slots)
        self._wider: Inquiry | None = None
        if any("plain" in p.versions for p in every):
            # 言葉が合うかだけを見る（ベクトルを使っても、答えは変わらなかった）
            certain = max(sure, SURE_PLAIN)
            wider = finder(registers=REGISTERS, vectors=False, sure=certain)
            self._wider = Inquiry(wider, self._slots)
        self._shelf = Shelf(self._finder.passages.values())
        self._said = {register: load_wording(register) for register in REGISTERS}
        self._meanings = Meanings(glossary or Glossary(()), self._shelf, self._said)
        self._crises = Crises.load()
        self._talk = Talk.load()
        line = self._crises.lines["yorisoi"]
        self._receptions = {
            register: Reception(councils, self._finder, line, said)
            for register, said in self._said.items()
        }

    # --- 答え

    def answer(
        self, turns: Sequence[str], *, register: Register = "standard", ward: str | None = None
    ) -> Answer:
        """``turns`` は、この人のこれまでの質問と、最後に今の質問。``ward`` は選ばれた区。"""
        question = turns[-1] if turns else ""
        turns = [turn[-_LONGEST:] for turn in (*turns[:-1], question)]
        if crisis := self._crises.find(question):
            return people_first(question, crisis)
        if reply := self._talk.greeting(question):
            return self._start(question, reply, register)
        if not worded(question):
            return self._start(question, self._said[register].text("answer.ask"), register)
        if chosen := self._shelf.asked(question):
            return self._quote(question, chosen, register, None)
        if len(turns) > 1 and _MORE.fullmatch(question.strip()):
            return self._continue(turns, register, ward)
        if meaning := self._meaning(turns):
            return self._explain(question, meaning, register)
        if self._talk.consults(question):
            return self._worry(question, register, ward)
        return self._reply(question, self._search(turns, ward), register)

    def _continue(self, turns: Sequence[str], register: Register, ward: str | None) -> Answer:
        """「もっとくわしく」。前の答えの続きか、同じ話題の次の文章。"""
        question, before = turns[-1], self.answer(turns[:-1], register=register, ward=ward)
        if not before.sources:
            return replace(before, question=question)
        more = self.more(before.sources[0])
        if not more.answered:
            found = self._search(turns[:-1], ward)[0]
            others = [c for c in found.candidates[1:] if c.trust >= SURE]
            if found.verdict == "quote" and others:
                next_ = replace(found, candidates=(others[0],))
                return self._quote(question, others[0].passage, register, next_)
        return replace(more, question=question)

    def _search(self, turns: Sequence[str], ward: str | None) -> list[Found]:
        """もとの文章から探し、見つからなければ、やさしい日本語の文章の言葉でも探す。

        初めから両方で探すと、〈…〉の説明の言葉に当たり、書かれていないことの断り方が悪くなる。
        """
        found = self._inquiry.search(turns, ward)
        unknown = all(f.verdict in ("none", "unsure") and not f.reason for f in found)
        if self._wider is None or not unknown:
            return found
        wider = self._wider.search(turns, ward)
        return wider if any(f.verdict == "quote" for f in wider) else found

    def _reply(self, question: str, found: list[Found], register: Register) -> Answer:
        good = [f for f in found if f.good]
        first = good[0] if good else found[0]
        match first.verdict:
            case "contact":
                answer = self._receptions[register].contact(question, first)
                return self._also(answer, first, found, register)
            case "quote":
                answer = self._quote(question, first.candidates[0].passage, register, first)
                return self._also(answer, first, found, register)
            case "unsure":
                return self._choices(question, first.candidates, register)
            case "nothing":
                return self._start(question, self._said[register].text("answer.ask"), register)
            case "none":
                near = first.candidates[:1] if first.reason == "untold" else ()
                offered = suggestions((c.passage for c in near), register)
                return self._receptions[register].decline(question, first, offered)

    def _also(
        self, answer: Answer, first: Found, found: Sequence[Found], register: Register
    ) -> Answer:
        """``first`` のほかに尋ねられたこと。選べるようにし、問い合わせ先なら添える。"""
        reception, said = self._receptions[register], self._said[register]
        contacts, notes = list(answer.contacts), [answer.note]
        others: dict[Passage, None] = {}
        for other in found:
            if other is first:
                continue
            match other.verdict:
                case "contact":
                    ward = next(iter(other.slots.wards), None)
                    council = reception.council(first)
                    known = reception.contacts.find(council, other.purpose, ward)
                    contacts += (c for c in known if c not in contacts)
                    notes += () if known else (reception.contacts.unset(other.purpose, ward),)
                case "quote":
                    others |= {other.candidates[0].passage: None}
                case "unsure":
                    others |= {c.passage: None for c in other.candidates[:OFFERED]}
                case "none" if asks(other.slots):
                    notes.append(said.text("answer.another.none"))
        for candidate in first.candidates[:1]:
            others.pop(candidate.passage, None)
        offered = suggestions(list(others)[:_OTHERS], register)
        return replace(
            answer,
            suggestions=offered or answer.suggestions,
            note="\n".join(dict.fromkeys(filter(None, notes))),
            contacts=tuple(contacts),
            offer=said.text("answer.another") if offered else "",
        )

    def _quote(
        self, question: str, passage: Passage, register: Register, found: Found | None
    ) -> Answer:
        said = self._said[register]
        words, slots = (found.words, found.slots) if found else ((), None)
        used: Register = register if register in passage.versions else "standard"
        note = "answer.plain.none" if used != register else ""
        version = passage.version(used)
        below = self._shelf.below(passage) if version.outline else ()
        if below and words and not passage.version("standard").outline:
            # もとの文章では中身まで引ける節が、やさしい文章では長くて見出しだけになる
            passage = max(below, key=lambda p: self._finder.fit(p, words))
            version = passage.version(used)
        text, quote, sentences = compose(version, words, slots, self._finder.lexicon)
        # 尋ねられたこと（時刻、金額…）がやさしい文章になければ、もとの文章で答える
        if slots is not None and used != "standard" and not tells(text, slots):
            used, note, version = "standard", "answer.plain.untold", passage.version("standard")
            text, quote, sentences = compose(version, words, slots, self._finder.lexicon)
        source = Source(
            passage.publication,
            used,
            passage.section,
            " ".join(filter(None, (version.title, version.name))),
            version.url,
            quote,
            sentences,
        )
        return Answer(
            question,
            "quote",
            text,
            brief(text),
            (source,),
            self._shelf.near(passage, register),
            min(1.0, max(SURE, found.candidates[0].trust)) if found else 1.0,
            said.text(note) if note else "",
            lead=said.text("answer.written") if slots is not None and slots.claim else "",
        )

    def _meaning(self, turns: Sequence[str]) -> Meaning | None:
        """言葉の説明で答える質問か。計画が自分で説き明かしている言葉は、計画の文章で答える。"""
        meaning = self._meanings.asked(turns)
        if meaning is None or self._meanings.planned(meaning):
            return None
        if meaning.kind == "value":  # 「窓口は何ですか」は、どこの窓口かを尋ねている
            kinds = (ask.name for ask in self._slots.read(turns[-1]).asks)
            return meaning if all(kind == "meaning" for kind in kinds) else None
        return meaning

    def _explain(self, question: str, meaning: Meaning, register: Register) -> Answer:
        if len(meaning.entries) == 1:
            return replace(self._meanings.explained(meaning, register), question=question)
        options = self._meanings.which(meaning)
        return Answer(question, "choices", CHOOSE, CHOOSE, (), options, 1.0)

    def _choices(self, question: str, found: Sequence[Candidate], register: Register) -> Answer:
        options = suggestions((c.passage for c in found[:OFFERED]), register)
        return Answer(question, "choices", CHOOSE, CHOOSE, (), options, found[0].trust)

    def _start(self, question: str, said: str, register: Register = "standard") -> Answer:
        """一言と、最初に選べる話題。"""
        starters = self._shelf.starters(register)
        return Answer(question, "choices", said, said, suggestions=starters)

    def _worry(self, question: str, register: Register, ward: str | None) -> Answer:
        slots = self._slots.read(question)
        place = next(iter((*slots.wards, *slots.home)), ward)
        found = self._finder.find(self._slots.read(f"{CONSULTATION}への対応と支援"), place)
        passage = next((c.passage for c in found.candidates), None)
        quoted = self._quote(question, passage, register, found) if passage else None
        return self._receptions[register].worry(question, quoted)

    # --- 続き

    def more(self, source: Source) -> Answer:
        """もっとくわしく。その節の、まだ引いていない文。言葉の説明なら、その言葉の出てくる文章。"""
        register = source.register
        if meaning := self._meanings.of(source):
            used = self._meanings.used(meaning)
            if used:
                return self._quote("", used[0], register, None)
            return self._start("", self._said[register].text("answer.end"), register)
        passage = self._shelf.of(source)
        if passage is None:
            return self._start("", CHOOSE, register)
        text, sentences = rest(passage.version(register), source.sentences)
        near = self._shelf.near(passage, register)
        if not text:
            if below := self._shelf.below(passage):
                return self._quote("", below[0], register, None)
            end = self._said[register].text("answer.end")
            return Answer("", "choices", end, end, (), near)
        followed = replace(source, quote=text, sentences=(*source.sentences, *sentences))
        return Answer("", "quote", text, brief(text), (followed,), near, 1.0)

    def near(self, source: Source) -> tuple[Suggestion, ...]:
        """近い話題。同じ出版物の、前後の節。言葉の説明なら、その言葉の出てくる節。"""
        if meaning := self._meanings.of(source):
            return suggestions(self._meanings.used(meaning)[:OFFERED], source.register)
        passage = self._shelf.of(source)
        return self._shelf.near(passage, source.register) if passage else ()

    def in_register(self, source: Source, register: Register) -> Answer:
        """同じ節を、別の文章で。なければ、もとの文章に断りを付ける。"""
        if meaning := self._meanings.of(source):
            return self._meanings.explained(meaning, register)
        passage = self._shelf.of(source)
        if passage is None:
            return self._start("", CHOOSE, register)
        return self._quote("", passage, register, None)


def ask_lines(
    brain: Brain, lines: Iterable[str], register: Register, base_url: str
) -> Iterator[dict[str, Any]]:
    """1 行に 1 つの質問。タブで区切れば、会話の順の質問になり、最後に答える。"""
    for line in lines:
        turns = line.rstrip("\r\n").split("\t")
        yield to_json(brain.answer(turns, register=register), base_url)


def _cities(publications: Sequence[Publication]) -> tuple[str, ...]:
    """出版物の発行者の市。そこは、よその土地ではない。"""
    names = (re.match(r".+?[市町村区]", p.plan.issuer) for p in publications)
    return tuple(dict.fromkeys(m[0] for m in names if m))
