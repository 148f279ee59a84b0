"""人につなぐ答え。問い合わせ先、困りごとの相談、見つからなかったときに聞ける所。"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from bot.contacts import CONSULTATION, Contacts
from bot.crisis import Line
from bot.finder import Finder, Found
from bot.quote import joined
from bot.refusal import why
from bot.reply import Answer, Source, Suggestion
from channels.pages import contact_path
from channels.wording import Wording
from content.model import Council


class Reception:
    """``said`` は、答えの言葉。``line`` は、いつでも話を聞いてもらえる電話。"""

    def __init__(
        self, councils: Sequence[Council], finder: Finder, line: Line, said: Wording
    ) -> None:
        self.contacts = Contacts(councils, said)
        self._councils = tuple(c.id for c in councils)
        self._finder = finder
        self._line = line
        self._said = said

    def council(self, found: Found) -> str:
        near = (c.passage.council for c in found.candidates if c.passage.council)
        return next(near, next(iter(self._councils), ""))

    def contact(self, question: str, found: Found) -> Answer:
        """問い合わせ先。登録がなければ、ないと言う。"""
        ward = next(iter(found.slots.wards), None)
        council = self.council(found)
        contacts = self.contacts.find(council, found.purpose, ward)
        if not contacts:
            return self.decline(question, found)
        purpose = self.contacts.purpose(found.purpose)
        pieces = [self._said.text("answer.contact", purpose=purpose)]
        pieces += self.contacts.blocks(contacts)
        text = "\n".join(pieces)
        title = self._said.text("answer.contact.title")
        name = " ".join(filter(None, (self.contacts.name(council), title)))
        source = Source("", "standard", "", name, contact_path(council), text)
        return Answer(
            question, "people", text, joined(pieces), (source,), (), 1.0, contacts=contacts
        )

    def worry(self, question: str, quoted: Answer | None) -> Answer:
        """困りごと。話せる人と、計画の相談の文章（``quoted``）を示す。会話として残さない。"""
        text, line = self._said.text, self._line
        contacts = tuple(
            chain.from_iterable(self.contacts.find(c, CONSULTATION, None) for c in self._councils)
        )
        pieces = [text("answer.worry")]
        pieces += self.contacts.blocks(contacts) or [self.contacts.unset(CONSULTATION)]
        pieces.append(text("answer.line", name=line.name, number=line.number, note=line.note))
        lead, sources = joined(pieces), tuple[Source, ...]()
        if quoted is not None:
            pieces.append(f"{text('answer.written')}\n{quoted.text}")
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

    def decline(self, question: str, found: Found, offered: tuple[Suggestion, ...] = ()) -> Answer:
        """見つからないと言い、だれに聞けるかを示す。別の目的や別の区の問い合わせ先は出さない。"""
        slots = found.slots
        pieces = [self._said.text("answer.none")]
        if reason := why(found, self._finder, self._said):
            pieces.append(reason)
        ward = next((w for w in slots.wards if w in self._finder.wards), None)
        asked_for = found.purpose != ""
        purpose = found.purpose or self._finder.subject(found)
        contacts = self.contacts.find(self.council(found), purpose, ward if asked_for else None)
        if contacts:
            name = self.contacts.purpose(purpose)
            pieces.append(self._said.text("answer.contact.ask", purpose=name))
            pieces += self.contacts.blocks(contacts)
        else:
            pieces.append(self.contacts.unset(purpose, ward if asked_for else None))
        return Answer(
            question, "decline", "\n".join(pieces), joined(pieces), (), offered, contacts=contacts
        )
