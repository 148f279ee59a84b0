"""質問に答える。計画の文章を引くか、選んでもらうか、人につなぐか、見つからないと言う。作文はしない。

LINE も HTTP もデータベースも知らない。同じ質問には、いつも同じ答えを返す。
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from accessibility.cache import Cache
from bot.choices import question_of, suggestions
from bot.contacts import CONSULTATION, Contacts
from bot.context import asks, continues, following, halves, parts, placed, wished, worded
from bot.crisis import Crises, people_first
from bot.finder import SURE, Finder, Found
from bot.gate import Candidate
from bot.passages import Passage, passages
from bot.quote import brief, compose, joined, rest
from bot.refusal import why
from bot.reply import Answer, AnswerKind, Source, Suggestion, to_json
from bot.slots import SlotReader, Slots
from bot.talk import Talk
from channels.pages import contact_path
from content.model import Council, Publication, Register

__all__ = ["Answer", "AnswerKind", "Brain", "Source", "Suggestion", "ask_lines", "to_json"]

WAYS = ("web", "audio", "daisy", "epub", "text")
"""案内する受け取り方（``wording.yaml`` の ``way.*``）。作っている媒体だけを渡すこと。"""

CHOOSE = "知りたいことは、次のどれですか。"
NOT_FOUND = "この計画の中からは見つけられませんでした。"
ASK_BACK = "何についてお知りになりたいですか。知りたいことを、もう少しくわしく書いてください。"
NO_PLAIN = "やさしい日本語の文章がまだないので、もとの文章です。"
AS_WRITTEN = "計画には、次のように書かれています。"
ANOTHER = "もうひとつの質問は、次から選べます。"
ANOTHER_NOT_FOUND = "もうひとつの質問の答えは、見つけられませんでした。"
HEADING = "問い合わせ先"
_MORE = re.compile(
    r"(?:もう少し|もっと|もうちょっと)?(?:くわしく|詳しく|続き(?:は|を)?)(?:教えて|おしえて|知りたい|お願い)?(?:ください|下さい|です|します)?[。?？!！]?"
)
_OFFERED = 3
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
        synonyms: str = "",
        vectors: bool | None = None,
        ways: Sequence[str] = WAYS,
        cache: Cache | None = None,
        sure: float = SURE,
    ) -> None:
        """``synonyms`` は社協の言い換えの表、``cache`` はベクトルの控え。"""
        self._finder = Finder(
            publications,
            councils,
            passages(publications, ways),
            synonyms=synonyms,
            vectors=vectors,
            cache=cache,
            sure=sure,
        )
        self._contacts = Contacts(councils)
        self._councils = tuple(c.id for c in councils)
        self._slots = SlotReader(_cities(publications), sorted(self._finder.wards))
        self._crises = Crises.load()
        self._talk = Talk.load()
        self._questions = {question_of(p): p for p in self._finder.passages.values()}

    # --- 答え

    def answer(
        self, turns: Sequence[str], *, register: Register = "standard", ward: str | None = None
    ) -> Answer:
        """``turns`` は、この人のこれまでの質問と、最後に今の質問。``ward`` は選ばれた区。"""
        question = turns[-1] if turns else ""
        turns = [turn[-_LONGEST:] for turn in (*turns[:-1], question)]
        if crisis := self._crises.find(question):
            return people_first(question, crisis)
        reply = self._talk.greeting(question) or ("" if worded(question) else ASK_BACK)
        if reply:
            return Answer(question, "choices", reply, reply, suggestions=self._starters())
        if chosen := self._questions.get(question):
            return self._quote(question, chosen, register, None)
        if len(turns) > 1 and _MORE.fullmatch(question.strip()):
            return self._continue(turns, register, ward)
        if self._talk.consults(question):
            return self._people(question, register, ward)
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
        """今の質問の答え。2 つのことを尋ねていれば 2 つ。"""
        earlier = [self._slots.read(t) for t in turns[:-1]]
        if not continues(self._slots.read(turns[-1]), self._finder.wordless):
            earlier = [e for e in earlier if not self._absent(e)]
        found: list[Found] = []
        pieces = [self._slots.read(piece) for piece in parts(turns[-1])]
        asking = [p for p in pieces if asks(p)] or pieces
        for slots in pieces:
            if slots in asking:
                found.append(self._find(earlier, slots, ward))
            earlier.append(slots)
        if len(found) == 1 and not found[0].good and (pair := halves(turns[-1])):
            first, second = map(self._slots.read, pair)
            both = [self._finder.find(s, ward) for s in (first, placed(second, first))]
            found = both if all(f.good for f in both) else found
        # ない区や期のことなら、そこを外して探し直してはならない。
        outside = any(f.reason in ("ward", "period", "city", "elsewhere") for f in found)
        if not outside and not any(f.good for f in found) and (wish := wished(turns[-1])):
            last = self._finder.find(self._slots.read(wish), ward)
            found = [last] if last.good else found
        return found

    def _absent(self, slots: Slots) -> bool:
        """ここにない区や期や土地のことか。続きでない質問には、引き継がない。"""
        finder = self._finder
        beyond = (set(slots.wards) - finder.wards) | (set(slots.numbers) - finder.numbers)
        return bool(slots.elsewhere or beyond)

    def _find(self, earlier: Sequence[Slots], slots: Slots, ward: str | None) -> Found:
        finder = self._finder
        results = [finder.find(s, ward) for s in following(earlier, slots, finder.wordless)]
        return next(
            (r for r in results if r.good), results[0] if results else Found("nothing", slots)
        )

    def _reply(self, question: str, found: list[Found], register: Register) -> Answer:
        good = [f for f in found if f.good]
        first = good[0] if good else found[0]
        match first.verdict:
            case "contact":
                return self._also(self._contact(question, first), first, found)
            case "quote":
                answer = self._quote(question, first.candidates[0].passage, register, first)
                return self._also(answer, first, found)
            case "unsure":
                return self._choices(question, first.candidates)
            case "nothing":
                return Answer(question, "choices", ASK_BACK, ASK_BACK, suggestions=self._starters())
            case "none":
                return self._decline(question, first)

    def _also(self, answer: Answer, first: Found, found: Sequence[Found]) -> Answer:
        """``first`` のほかに尋ねられたこと。選べるようにし、問い合わせ先なら添える。"""
        contacts, notes = list(answer.contacts), [answer.note]
        others: dict[Passage, None] = {}
        for other in found:
            if other is first:
                continue
            match other.verdict:
                case "contact":
                    ward = next(iter(other.slots.wards), None)
                    known = self._contacts.find(self._council(first), other.purpose, ward)
                    contacts += (c for c in known if c not in contacts)
                    notes += () if known else (self._contacts.unset(other.purpose, ward),)
                case "quote":
                    others |= {other.candidates[0].passage: None}
                case "unsure":
                    others |= {c.passage: None for c in other.candidates[:_OFFERED]}
                case "none" if asks(other.slots):
                    notes.append(ANOTHER_NOT_FOUND)
        for candidate in first.candidates[:1]:
            others.pop(candidate.passage, None)
        offered = suggestions(list(others)[:_OTHERS])
        notes += [ANOTHER] if offered else []
        return replace(
            answer,
            suggestions=offered or answer.suggestions,
            note="\n".join(dict.fromkeys(filter(None, notes))),
            contacts=tuple(contacts),
        )

    def _quote(
        self, question: str, passage: Passage, register: Register, found: Found | None
    ) -> Answer:
        version = passage.version(register)
        words, slots = (found.words, found.slots) if found else ((), None)
        text, quote, sentences = compose(version, words, slots, self._finder.lexicon)
        notes = [AS_WRITTEN] if found and found.slots.claim else []
        used: Register = register if register in passage.versions else "standard"
        if used != register:
            notes.append(NO_PLAIN)
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
            self.near(source),
            min(1.0, max(SURE, found.candidates[0].trust)) if found else 1.0,
            "\n".join(notes),
        )

    def _choices(self, question: str, found: Sequence[Candidate]) -> Answer:
        options = suggestions(c.passage for c in found[:_OFFERED])
        return Answer(question, "choices", CHOOSE, CHOOSE, (), options, found[0].trust)

    # --- 人につなぐ

    def _contact(self, question: str, found: Found) -> Answer:
        ward = next(iter(found.slots.wards), None)
        council = self._council(found)
        contacts = self._contacts.find(council, found.purpose, ward)
        if not contacts:
            return self._decline(question, found)
        pieces = [f"{self._contacts.purpose(found.purpose)}の問い合わせ先です。"]
        pieces += self._contacts.blocks(contacts)
        text = "\n".join(pieces)
        name = " ".join(filter(None, (self._contacts.name(council), HEADING)))
        source = Source("", "standard", "", name, contact_path(council), text)
        return Answer(
            question, "people", text, joined(pieces), (source,), (), 1.0, contacts=contacts
        )

    def _people(self, question: str, register: Register, ward: str | None) -> Answer:
        """困りごと。話せる人と、計画の相談の文章を示す。会話として残さない。"""
        slots = self._slots.read(question)
        place = next(iter((*slots.wards, *slots.home)), ward)
        found = self._finder.find(self._slots.read(f"{CONSULTATION}への対応と支援"), place)
        line = self._crises.lines["yorisoi"]
        contacts = tuple(
            c
            for council in self._councils
            for c in self._contacts.find(council, CONSULTATION, None)
        )
        pieces = [self._talk.lead]
        pieces += self._contacts.blocks(contacts) or [self._contacts.unset(CONSULTATION)]
        pieces.append(f"{line.name} {line.number}（{line.note}）でも、話を聞いてもらえます。")
        lead, sources = joined(pieces), tuple[Source, ...]()
        if found.candidates:
            quoted = self._quote(question, found.candidates[0].passage, register, found)
            pieces.append(f"{AS_WRITTEN}\n{quoted.text}")
            sources = quoted.sources
        return Answer(
            question,
            "people",
            "\n".join(pieces),
            lead,
            sources,
            (),
            1.0,
            "",
            contacts,
            private=True,
        )

    def _decline(self, question: str, found: Found) -> Answer:
        """見つからないと言い、だれに聞けるかを示す。別の目的や別の区の問い合わせ先は出さない。"""
        slots = found.slots
        pieces = [NOT_FOUND]
        if reason := why(found, self._finder):
            pieces.append(reason)
        ward = next((w for w in slots.wards if w in self._finder.wards), None)
        asked_for = found.purpose != ""
        purpose = found.purpose or self._finder.subject(found)
        contacts = self._contacts.find(self._council(found), purpose, ward if asked_for else None)
        if contacts:
            name = self._contacts.purpose(purpose)
            pieces.append(f"{name}の問い合わせ先に、聞くことができます。")
            pieces += self._contacts.blocks(contacts)
        else:
            pieces.append(self._contacts.unset(purpose, ward if asked_for else None))
        near = found.candidates[:1] if found.reason == "untold" else ()
        offered = suggestions(c.passage for c in near)
        return Answer(
            question, "decline", "\n".join(pieces), joined(pieces), (), offered, contacts=contacts
        )

    # --- 続き

    def more(self, source: Source) -> Answer:
        """もっとくわしく。その節の、まだ引いていない文。"""
        passage = self._passage(source)
        if passage is None:
            return Answer("", "choices", CHOOSE, CHOOSE, suggestions=self._starters())
        version = passage.version(source.register)
        text, sentences = rest(version, source.sentences)
        near = self.near(source)
        if not text:
            if below := self._below(passage):
                return self._quote("", below, source.register, None)
            end = "この節の文章は、これで全部です。近い話題を選べます。"
            return Answer("", "choices", end, end, (), near)
        followed = replace(source, quote=text, sentences=(*source.sentences, *sentences))
        return Answer("", "quote", text, brief(text), (followed,), near, 1.0)

    def _below(self, passage: Passage) -> Passage | None:
        """すぐ下の、最初の節。"""
        heading = passage.version("standard").heading
        return next(
            (
                p
                for p in self._finder.passages.values()
                if p.publication == passage.publication
                and p.section
                and p.version("standard").above[-1:] == (heading,)
            ),
            None,
        )

    def near(self, source: Source) -> tuple[Suggestion, ...]:
        """近い話題。同じ出版物の、前後の節。"""
        passage = self._passage(source)
        if passage is None:
            return ()
        shelf = [
            p
            for p in self._finder.passages.values()
            if p.publication == passage.publication and not p.documents
        ]
        if passage not in shelf:
            return ()
        here = shelf.index(passage)
        order = sorted(range(len(shelf)), key=lambda i: (abs(i - here), -i))
        return suggestions([shelf[i] for i in order if i != here][:_OFFERED])

    def in_register(self, source: Source, register: Register) -> Answer:
        """同じ節を、別の文章で。なければ、もとの文章に断りを付ける。"""
        passage = self._passage(source)
        if passage is None:
            return Answer("", "choices", CHOOSE, CHOOSE, suggestions=self._starters())
        return self._quote("", passage, register, None)

    def _passage(self, source: Source) -> Passage | None:
        return next(
            (
                p
                for p in self._finder.passages.values()
                if p.publication == source.publication
                and any(v.url == source.url for v in p.versions.values())
                and (p.section == source.section)
            ),
            None,
        )

    def _starters(self) -> tuple[Suggestion, ...]:
        """最初に選べる話題。いちばん新しい計画の、章の始め。"""
        shelf = [p for p in self._finder.passages.values() if p.top and not p.documents]
        shelf.sort(key=lambda p: (-(p.plan.number or 0), p.plan.ward or "", p.id))
        return suggestions(shelf[:_OFFERED])

    def _council(self, found: Found) -> str:
        near = (c.passage.council for c in found.candidates if c.passage.council)
        return next(near, next(iter(self._councils), ""))


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
