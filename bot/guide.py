"""案内。社協のあいさつ、計画の一覧、受け取り方、問い合わせ先。"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from bot.contacts import CONSULTATION, known_wards
from bot.person import Person
from bot.speech import Speech, literal
from bot.turn import Bubble, Link, QuickReply, Runs
from channels.facts import contacts_for, purposes
from channels.markup import telephone_href
from channels.pages import HOME, RECEIVE, contact_path, hub_path
from channels.wording import Wording
from content.model import PURPOSES, Contact, Council, Publication, Run

_COUNCILS = 3
"""名前を並べて言う社協の数の上限。"""
_PLANS = 10
"""一度に示す計画の数の上限。ほかは一覧のページで見る。"""


class Guide:
    """``base_url`` はサイトの根のアドレス（終わりに / はない。空なら、同じサイトの中のリンク）。"""

    def __init__(
        self, councils: Sequence[Council], publications: Sequence[Publication], base_url: str
    ) -> None:
        self.councils = tuple(councils)
        self._publications = publications
        self._site = Wording.load({})
        self.base_url = base_url.rstrip("/")

    def url(self, path: str) -> str:
        return f"{self.base_url}/{path}"

    @property
    def wards(self) -> tuple[str, ...]:
        """出版物か問い合わせ先のある区。"""
        return known_wards(self._publications, self.councils)

    def greeting(self, speech: Speech, key: str) -> Bubble:
        names = [council.name for council in self.councils]
        known = 0 < len(names) <= _COUNCILS
        said: Runs = speech.text("、".join(names)) if known else speech.say("greeting.councils")
        return speech.bubble(speech.say(key, councils=said))

    def examples(self, speech: Speech) -> tuple[QuickReply, ...]:
        """質問の例。公開している計画から作る。"""
        found: dict[str, str] = {}
        for publication in self._ordered():
            title = publication.title.text
            if publication.philosophy:
                found.setdefault("philosophy", title)
            if publication.focus_items:
                found.setdefault("focus", title)
        questions = [speech.wording.text(f"ask.{key}", title=title) for key, title in found.items()]
        questions.append(speech.wording.text("ask.receive"))
        return tuple(speech.quick_reply(speech.text(q), q) for q in questions)

    # 計画 ------------------------------------------------------------------------

    def plans(self, speech: Speech) -> Bubble:
        found = self._ordered()
        if not found:
            return speech.bubble(speech.say("read.none"))
        links = [
            speech.link(speech.spell(p.title.runs), self.url(hub_path(p.id)))
            for p in found[:_PLANS]
        ]
        every = speech.link(speech.say("read.all"), self.url(HOME))
        return speech.bubble(speech.say("read"), kind="card", links=(*links, every))

    def receive(self, speech: Speech) -> Bubble:
        link = speech.link(speech.say("receive.link"), self.url(RECEIVE))
        return speech.bubble(speech.say("receive"), kind="card", links=(link,))

    def _ordered(self) -> list[Publication]:
        """新しい期から。全市の計画の次に、区の計画。"""
        unique = {p.id: p for p in reversed(self._publications)}
        return sorted(
            unique.values(),
            key=lambda p: (p.plan.series, -(p.plan.number or 0), p.plan.ward or "", p.id),
        )

    # 問い合わせ先 ------------------------------------------------------------------

    def contacts(self, speech: Speech, person: Person) -> Bubble:
        """相談の窓口を先に、登録のある窓口すべて。区を選んだ人には、その区の窓口も。"""
        lines: list[Runs] = [speech.say("contact")]
        links: list[Link] = []
        for council in self.councils:
            for purpose in sorted(purposes(council), key=_consultation_first):
                found = list(
                    chain.from_iterable(
                        contacts_for(council, purpose, ward)
                        for ward in dict.fromkeys((person.ward, ""))
                    )
                )
                if not found and purpose != CONSULTATION:
                    continue
                lines.append(speech.say("contact.purpose", purpose=self._purpose(purpose)))
                if not found:
                    lines.append(speech.say("contact.unset"))
                for contact in found:
                    lines += contact_lines(speech, contact)
                    links += contact_links(speech, contact)
            links.append(
                speech.link(speech.say("contact.page"), self.url(contact_path(council.id)))
            )
        return speech.bubble(*lines, kind="card", links=links)

    def _purpose(self, purpose: str) -> Runs:
        """目的の言い方。ページと同じ。目録にない目的は、社協の書いたまま。"""
        key = f"purpose.{purpose}"
        return self._site.runs(key) if key in self._site else (Run(purpose),)


def contact_lines(speech: Speech, contact: Contact) -> Iterator[Runs]:
    """電話、ファックス、メールは、いつも一緒に示す（電話を使えない人がいる）。"""
    yield speech.text(contact.name + (f"（{contact.ward}）" if contact.ward else ""))
    for name in ("telephone", "fax", "mail"):
        label = speech.say(f"contact.{name}")
        value = getattr(contact, name)
        yield (*label, *literal("："), *(literal(value) if value else speech.say("contact.none")))
    if contact.address:
        label = speech.say("contact.address")
        yield (*label, *literal("："), *speech.text(contact.address))


def contact_links(speech: Speech, contact: Contact) -> Iterator[Link]:
    if contact.telephone:
        label = speech.say("contact.call", number=literal(contact.telephone))
        # 「#8008」の # は、アドレスの中では区切りになる。
        short = contact.telephone.startswith("#")
        href = telephone_href(contact.telephone)
        yield speech.link(label, href.replace("tel:", "tel:%23") if short else href)
    if contact.mail:
        yield speech.link(speech.say("contact.write"), f"mailto:{contact.mail}")


def _consultation_first(purpose: str) -> tuple[bool, int]:
    known = PURPOSES.index(purpose) if purpose in PURPOSES else len(PURPOSES)
    return purpose != CONSULTATION, known
