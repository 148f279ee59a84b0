"""会話。人が言ったことひとつから、返すことを決める。LINE も HTTP もデータベースも知らない。

質問は ``Brain`` が答え、決まった言い方（メニュー、番号、はい・いいえ）はここで答える。命の危険や人ごとの
相談は、話せる人を示すだけで、何も残さない。
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from bot.clips import AudioClips, Clip
from bot.crisis import fold
from bot.furigana import FURIGANA_MODES, FuriganaMode, written
from bot.guide import Guide
from bot.masking import Masking, public_texts
from bot.menu import Commands, number_of
from bot.person import Offer, Person
from bot.reply import Answer, Source, Suggestion
from bot.speech import Read, Speech, literal
from bot.telling import Reply, Telling
from bot.turn import Bubble, Incoming, Link, QuickReply, Turn
from bot.wording import load_wording
from channels.pages import RECEIVE
from content.model import REGISTERS, Council, Publication, Register
from content.workflow import EmergencyText

__all__ = ["Brain", "Bubble", "Clip", "Conversation", "Incoming", "Link", "QuickReply", "Turn"]

# 文字でないものへの返事。写真や声は、見ることも残すこともできない。
_WORDLESS = {
    "sticker": "sticker",
    "image": "picture",
    "video": "picture",
    "audio": "voice",
    "file": "file",
    "location": "location",
}
_MENU = ("ask", "listen", "plain", "read", "receive", "contact", "furigana", "ward")
_FURIGANA: dict[str, FuriganaMode] = {
    "furigana.none": "none",
    "furigana.brackets": "brackets",
    "furigana.hiragana": "hiragana",
}
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\ufeff\ud800-\udfff]")


class Brain(Protocol):
    """答えるもの（``bot.answer.Brain``）。"""

    def answer(
        self, turns: Sequence[str], *, register: Register = "standard", ward: str | None = None
    ) -> Answer: ...

    def more(self, source: Source) -> Answer: ...

    def near(self, source: Source) -> tuple[Suggestion, ...]: ...

    def in_register(self, source: Source, register: Register) -> Answer: ...


class Conversation:
    """``notices`` は、出ている緊急のお知らせ。どの返事でも、その前に、その人の書き方で言う。

    ``base_url`` はサイトの根のアドレス。空なら、リンクは同じサイトの中の場所になる。``audio`` がなければ、
    音声はない。``read`` は文に読みを付けるもの（``accessibility.readings.Reader.read``）。
    """

    def __init__(
        self,
        brain: Brain,
        councils: Sequence[Council],
        publications: Sequence[Publication],
        *,
        base_url: str,
        notices: Callable[[], Sequence[EmergencyText]],
        audio: AudioClips | None,
        read: Read,
    ) -> None:
        self._brain = brain
        self._guide = Guide(councils, publications, base_url)
        self._notices = notices
        self._wording = load_wording()
        self._speeches = {
            (register, mode): Speech(load_wording(register), read, mode)
            for register in REGISTERS
            for mode in FURIGANA_MODES
        }
        self._commands = Commands(self._wording, self._guide.wards)
        names = [c.name for c in councils] + [p.plan.issuer for p in publications]
        mask = Masking(public_texts(publications, (*names, *self._guide.wards)), read)
        self._mask = mask
        self._telling = Telling(self._guide, audio, mask)
        self._simple: dict[str, Callable[[Person], Reply]] = {
            "ask": self._ask,
            "listen": self._listen,
            "plain": lambda person: self._register(person, "plain"),
            "standard": lambda person: self._register(person, "standard"),
            "read": lambda person: self._say(person, self._guide.plans(self._speech(person))),
            "receive": lambda person: self._say(person, self._guide.receive(self._speech(person))),
            "contact": self._contact,
            "more": self._more,
            "near": self._near,
            "menu": self._menu,
            "furigana": self._furigana,
            "ward": self._wards,
            "ward.none": lambda person: self._ward(person, ""),
            "thanks": lambda person: self._menu(person, "thanks"),
            "yes": lambda person: self._menu(person, "welcome"),
            "no": lambda person: self._menu(person, "none"),
            "none": self._none,
        }

    @property
    def councils(self) -> tuple[Council, ...]:
        return self._guide.councils

    @property
    def wards(self) -> tuple[str, ...]:
        """選べる区。"""
        return self._guide.wards

    def keepable(self, person: Person) -> Person:
        """``person`` のうち、置いておいてよいもの。質問は伏せ、伏せきれるか分からないものは除く。"""
        turns = (self._mask(question) for question in person.turns)
        return replace(person, turns=tuple(turn for turn in turns if turn is not None))

    def turn(self, person: Person, incoming: Incoming) -> Turn:
        """やりとり 1 回。同じ人と同じ言葉からは、同じ返事になる（公開中の音声の版を除く）。"""
        reply = self._respond(person, incoming)
        if not reply.bubbles:
            return Turn(person)
        speech = self._speech(reply.person)
        *before, last = reply.bubbles
        bubbles = (*before, speech.offering(last, reply.options))
        bubbles = (*(self._announced(reply.person, text) for text in self._notices()), *bubbles)
        return Turn(
            replace(reply.person, offers=_offers(reply.options)),
            bubbles,
            reply.unanswered,
            reply.feedback,
            reply.store,
            reply.answer,
        )

    def _announced(self, person: Person, text: EmergencyText) -> Bubble:
        """お知らせ。かなは、職員が書いたまま言う。"""
        speech = self._speech(person)
        if person.furigana == "hiragana":
            said = literal(text.kana)
        else:
            said = speech.text(text.plain if person.register == "plain" else text.standard)
        return speech.bubble(speech.say("notice", notice=said))

    def _respond(self, person: Person, incoming: Incoming) -> Reply:
        match incoming.kind:
            case "text" | "postback":
                return self._said(person, incoming.text)
            case "mention":
                if incoming.text.strip():
                    return self._said(person, incoming.text)
                return self._menu(person, "called")
            case "follow":
                speech = self._speech(person)
                menu = self._menu(person)
                return replace(
                    menu, bubbles=(self._guide.greeting(speech, "greeting"), *menu.bubbles)
                )
            case "join":
                return Reply(person, (self._guide.greeting(self._speech(person), "join"),))
            case kind if kind in _WORDLESS:
                return self._menu(person, _WORDLESS[kind])
        return Reply(person)

    # 聞き分ける -------------------------------------------------------------------

    def _said(self, person: Person, text: str) -> Reply:
        text = _UNSEEN.sub("", text).strip()
        if not text:
            return self._menu(person)
        number = number_of(text)
        offers = person.offers or _offers(self._menu_options(person))
        if number is not None:
            if not 1 <= number <= len(offers):
                return self._unknown_number(person, offers)
            text = offers[number - 1].text
        else:
            text = next((o.text for o in offers if fold(o.label) == fold(text)), text)
        name = self._commands.find(text)
        if person.asked and name in ("yes", "no"):
            return self._feedback(person, understood=name == "yes")
        if name in _FURIGANA:
            return self._written(person, _FURIGANA[name])
        if name in self._simple:
            return self._simple[name](person)
        ward = self._commands.ward(text)
        if ward is not None:
            return self._ward(person, ward)
        return self._question(person, text)

    def _question(self, person: Person, text: str) -> Reply:
        answer = self._brain.answer(
            (*person.turns, text), register=person.register, ward=person.ward or None
        )
        if answer.private or answer.kind == "crisis":
            return self._telling.private(self._speech(person), person, answer)
        return replace(self._tell(person.asking(text), answer), answer=answer.kind)

    # 答えの続き -------------------------------------------------------------------

    def _more(self, person: Person) -> Reply:
        last = person.last
        if last is None:
            return self._menu(person, "more.nothing")
        if last.rest:
            return self._telling.rest(self._speech(person), person, last)
        answer = self._brain.more(last.source)
        return self._tell(person, answer)

    def _near(self, person: Person) -> Reply:
        last = person.last
        suggestions = self._brain.near(last.source) if last else ()
        if not suggestions:
            return self._menu(person, "near.none" if last else "more.nothing")
        speech = self._speech(person)
        bubble = speech.bubble(speech.say("near"), kind="choices")
        options = (*self._telling.suggested(speech, suggestions), *speech.options("menu"))
        return Reply(person, (bubble,), options)

    def _listen(self, person: Person) -> Reply:
        speech = self._speech(person)
        last = person.last
        clip = self._telling.clip(last.source) if last else None
        if last is None or clip is None:
            said = speech.say("listen.none" if last else "listen.how")
            url = self._guide.url(f"{RECEIVE}#way_audio")
            link = speech.link(speech.say("listen.link"), url)
            return self._say(person, speech.bubble(said, kind="card", links=(link,)))
        sound = speech.bubble(speech.say("listen"), kind="audio", audio=clip)
        text = speech.bubble(speech.text(last.source.quote))
        return Reply(person, (sound, text), speech.options("more", "near", "menu"))

    def _feedback(self, person: Person, *, understood: bool) -> Reply:
        done = replace(person, asked=False)
        speech = self._speech(person)
        if understood:
            bubble = speech.bubble(speech.say("understood.yes"))
            options = speech.options("more", "near", "menu")
            return Reply(done, (bubble,), options, feedback="yes")
        bubble = speech.bubble(speech.say("understood.no"))
        options = speech.options("near", "contact", "menu")
        asked = self._telling.masked(person)
        return Reply(done, (bubble,), options, unanswered=asked, feedback="no")

    def _none(self, person: Person) -> Reply:
        """示した話題の、どれでもない。"""
        reply = self._menu(person, "none")
        offered = self._wording.text("label.none") in (offer.text for offer in person.offers)
        asked = self._telling.masked(person) if offered else None
        options = self._speech(person).options("contact", "menu")
        return replace(reply, options=options, unanswered=asked)

    # 書き方と区 -------------------------------------------------------------------

    def _register(self, person: Person, register: Register) -> Reply:
        person = replace(person, register=register)
        speech = self._speech(person)
        chosen = speech.bubble(speech.say(f"{register}.chosen"))
        if person.last is None:
            other = "standard" if register == "plain" else "plain"
            return Reply(person, (chosen,), speech.options("furigana", other, "menu"))
        answer = self._brain.in_register(person.last.source, register)
        reply = self._tell(person, answer)
        return replace(reply, bubbles=(chosen, *reply.bubbles))

    def _furigana(self, person: Person) -> Reply:
        speech = self._speech(person)
        options = speech.options(*_FURIGANA, "menu")
        return Reply(person, (speech.bubble(speech.say("furigana"), kind="choices"),), options)

    def _written(self, person: Person, mode: FuriganaMode) -> Reply:
        return self._menu(replace(person, furigana=mode), f"furigana.{mode}.chosen")

    def _wards(self, person: Person) -> Reply:
        if not self._guide.wards:
            return self._menu(person, "ward.unknown")
        speech = self._speech(person)
        options = [
            speech.quick_reply(speech.text(ward), self._wording.text("ward.choose", ward=ward))
            for ward in self._guide.wards
        ]
        bubble = speech.bubble(speech.say("ward"), kind="choices")
        return Reply(person, (bubble,), (*options, *speech.options("ward.none")))

    def _ward(self, person: Person, ward: str) -> Reply:
        key = "ward.chosen" if ward else "ward.none.chosen"
        return self._menu(replace(person, ward=ward), key, ward=ward)

    # 案内 -----------------------------------------------------------------------

    def _menu(self, person: Person, key: str = "menu", **values: str) -> Reply:
        """一言と、メニュー。"""
        speech = self._speech(person)
        bubble = speech.bubble(speech.say(key, **values), kind="choices")
        return Reply(person, (bubble,), self._menu_options(person))

    def _menu_options(self, person: Person) -> tuple[QuickReply, ...]:
        names = ["standard" if n == person.register == "plain" else n for n in _MENU]
        if not self._guide.wards:
            names.remove("ward")
        return self._speech(person).options(*names)

    def _ask(self, person: Person) -> Reply:
        speech = self._speech(person)
        bubble = speech.bubble(speech.say("ask"), kind="choices")
        return Reply(person, (bubble,), self._guide.examples(speech))

    def _contact(self, person: Person) -> Reply:
        return self._say(person, self._guide.contacts(self._speech(person), person))

    def _unknown_number(self, person: Person, offers: Sequence[Offer]) -> Reply:
        speech = self._speech(person)
        bubble = speech.bubble(speech.say("number.unknown", last=len(offers)), kind="choices")
        options = tuple(speech.quick_reply(speech.text(o.label), o.text) for o in offers)
        return Reply(person, (bubble,), options)

    def _say(self, person: Person, bubble: Bubble) -> Reply:
        return Reply(person, (bubble,), self._speech(person).options("menu"))

    def _tell(self, person: Person, answer: Answer) -> Reply:
        return self._telling.tell(self._speech(person), person, answer)

    def _speech(self, person: Person) -> Speech:
        return self._speeches[person.register, person.furigana]


def _offers(options: Sequence[QuickReply]) -> tuple[Offer, ...]:
    return tuple(Offer(written(option.runs, "none"), option.text) for option in options)
