"""答え（``Answer``）を、吹き出しと、続けて選べることにする。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answer import CHOOSE
from bot.clips import AudioClips, Clip
from bot.guide import Guide, contact_lines, contact_links
from bot.person import Last, Person
from bot.quote import brief
from bot.reply import Answer, AnswerKind, Source, Suggestion
from bot.speech import Speech
from bot.turn import Bubble, Feedback, Link, QuickReply, Runs

Mask = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Reply:
    """返すこと。``options`` は最後の吹き出しに添える。ほかは ``Turn`` と同じ。"""

    person: Person
    bubbles: tuple[Bubble, ...] = ()
    options: tuple[QuickReply, ...] = ()
    unanswered: str | None = None
    feedback: Feedback | None = None
    store: bool = True
    answer: AnswerKind | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """答えの伝え方。``mask`` は、答えられなかった質問を、だれのことか分からなくする。"""

    guide: Guide
    audio: AudioClips | None
    mask: Mask

    def tell(self, speech: Speech, person: Person, answer: Answer) -> Reply:
        match answer.kind:
            case "quote" if answer.sources:
                return self._quoted(speech, person, answer)
            case "choices":
                return self._choices(speech, person, answer)
            case _:
                return self._people(speech, person, answer)

    def private(self, speech: Speech, person: Person, answer: Answer) -> Reply:
        """危険や人ごとの相談。話せる人を示し、何も覚えない。代わりの文字にも、中身を書かない。"""
        sources = answer.sources[:1]
        quote = sources[0].quote if sources and answer.text.endswith(sources[0].quote) else ""
        first = speech.bubble(
            speech.text(answer.text.removesuffix(quote).strip()),
            *self._contact_block(speech, answer),
            kind="card",
            links=self._contact_buttons(speech, answer) or self._source_links(speech, sources),
            private=True,
        )
        quoted = [
            speech.bubble(
                speech.quote(quote, source.sentences),
                kind="card",
                links=self._source_links(speech, (source,)),
                private=True,
            )
            for source in sources
            if quote
        ]
        forgotten = replace(person, last=None, asked=False)
        return Reply(forgotten, (first, *quoted), store=False)

    def rest(self, speech: Speech, person: Person, last: Last) -> Reply:
        """まだ言っていない、答えの続き。"""
        bubble = speech.bubble(speech.text(last.rest))
        told = self._where(speech, person, Last(last.source))
        return replace(told, bubbles=(bubble, *told.bubbles))

    def suggested(
        self, speech: Speech, suggestions: Sequence[Suggestion]
    ) -> tuple[QuickReply, ...]:
        """切り詰めた名前は、どれがどれか分からないことがあるので、一覧では全部を言う。"""
        return tuple(
            speech.quick_reply(
                speech.text(s.label),
                s.question,
                speech.text(s.question) if s.label.endswith("…") else (),
            )
            for s in suggestions
        )

    def clip(self, source: Source) -> Clip | None:
        """引いた文の音声。"""
        if self.audio is None:
            return None
        ids = [sentence.id for sentence in source.sentences]
        return self.audio.find(source.publication, source.register, ids, self.guide.base_url)

    def masked(self, person: Person) -> str | None:
        """最後の質問の、だれのことか分からなくしたもの。"""
        return self.mask(person.turns[-1]) if person.turns else None

    def _quoted(self, speech: Speech, person: Person, answer: Answer) -> Reply:
        """答え（140 字まで）と、出どころ。続きは「くわしく」で。"""
        source = answer.sources[0]
        text = "\n".join(filter(None, (answer.lead, answer.text)))
        said = brief(text)
        rest = text[len(said) :] if text.startswith(said) else text[len(said) - len("…") :]
        first = speech.bubble(speech.quote(said, source.sentences))
        told = self._where(speech, person, Last(source, rest.strip()), answer.note)
        bubbles = [first, *told.bubbles]
        if block := self._contact_block(speech, answer):
            links = self._contact_buttons(speech, answer)
            bubbles.insert(1, speech.bubble(*block, kind="card", links=links))
        if not answer.offer:
            return replace(told, bubbles=tuple(bubbles))
        bubbles.append(speech.bubble(speech.text(answer.offer), kind="choices"))
        options = (*told.options, *self.suggested(speech, answer.suggestions))
        return replace(told, bubbles=tuple(bubbles), options=options)

    def _where(self, speech: Speech, person: Person, last: Last, note: str = "") -> Reply:
        """出どころと、「分かりましたか」。"""
        source = last.source
        bubble = speech.bubble(
            speech.text(note) if note else (),
            speech.say("source", title=source.title),
            speech.say("understood"),
            kind="card",
            links=self._source_links(speech, (source,)),
        )
        other = "standard" if person.register == "plain" else "plain"
        names = ["yes", "no", "more", other, "listen", "near"]
        if self.clip(source) is None:
            names.remove("listen")
        return Reply(replace(person, last=last, asked=True), (bubble,), speech.options(*names))

    def _choices(self, speech: Speech, person: Person, answer: Answer) -> Reply:
        bubble = speech.bubble(speech.text(answer.text), kind="choices")
        options = self.suggested(speech, answer.suggestions)
        # 尋ねたことの候補でなければ、「どれでもない」はない
        end = "none" if answer.question and answer.text == CHOOSE else "menu"
        return Reply(person, (bubble,), (*options, *speech.options(end)))

    def _people(self, speech: Speech, person: Person, answer: Answer) -> Reply:
        """人を示す答え。見つからなかったときも、だれに聞けるかを示す。"""
        links = [
            *self._contact_buttons(speech, answer),
            *self._source_links(speech, answer.sources),
        ]
        bubble = speech.bubble(
            speech.text(answer.text),
            *(speech.text(said) for said in (answer.note, answer.offer) if said),
            *self._contact_block(speech, answer),
            kind="card" if links else "text",
            links=links,
        )
        options = (
            *self.suggested(speech, answer.suggestions),
            *speech.options("contact", "menu"),
        )
        unanswered = self.masked(person) if answer.kind == "decline" else None
        return Reply(person, (bubble,), options, unanswered=unanswered)

    def _source_links(self, speech: Speech, sources: Sequence[Source]) -> list[Link]:
        label = speech.say("source.open")
        return [speech.link(label, self.guide.url(source.url)) for source in sources]

    def _contact_block(self, speech: Speech, answer: Answer) -> list[Runs]:
        """答えの文に書いてない問い合わせ先。"""
        shown = [c for c in answer.contacts if not (c.telephone and c.telephone in answer.text)]
        return [line for contact in shown for line in contact_lines(speech, contact)]

    def _contact_buttons(self, speech: Speech, answer: Answer) -> list[Link]:
        return [link for contact in answer.contacts for link in contact_links(speech, contact)]
