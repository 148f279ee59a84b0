"""だれに聞けるか。問い合わせ先には目的があり、別の目的や別の区のものを代わりに出さない。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from channels import facts
from channels.wording import Wording
from content.model import Contact, Council, Publication

PLAN, CONSULTATION = "計画", "相談"


@cache
def _purposes() -> Mapping[str, frozenset[str]]:
    source = files("bot").joinpath("data/purposes.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in source.splitlines() if not line.startswith("#"))
    return {purpose: frozenset(words.split()) for purpose, words in rows}


def purpose_of(words: Sequence[str]) -> str | None:
    """言葉の表す目的。何も分からなければ計画。どの目的でもない言葉があれば ``None``。"""
    found = PLAN
    for word in words:
        purpose = next((p for p, known in _purposes().items() if word in known), None)
        if purpose is None:
            return None
        if purpose != PLAN:
            found = purpose
    return found


def subject_of(words: Sequence[str]) -> str:
    """見つからなかった質問を聞ける目的。目的の分かる言葉がなければ計画。"""
    return next((p for w in words for p, known in _purposes().items() if w in known), PLAN)


def known_wards(
    publications: Sequence[Publication], councils: Sequence[Council]
) -> tuple[str, ...]:
    """出版物か問い合わせ先のある区。"""
    wards = {p.plan.ward for p in publications}
    wards |= {contact.ward for council in councils for contact in council.contacts}
    return tuple(sorted(ward for ward in wards if ward))


class Contacts:
    """社協の問い合わせ先と、その書き表し方。``said`` は、答えの言葉。"""

    def __init__(self, councils: Sequence[Council], said: Wording) -> None:
        self._councils = {c.id: c for c in councils}
        self._site = Wording.load({})
        self._said = said

    def find(self, council: str, purpose: str, ward: str | None) -> tuple[Contact, ...]:
        return facts.contacts_for(self._councils.get(council), purpose, ward)

    def name(self, council: str) -> str:
        return self._councils[council].name if council in self._councils else ""

    def purpose(self, purpose: str) -> str:
        return self._site.text(f"purpose.{purpose}")

    def unset(self, purpose: str, ward: str | None = None) -> str:
        """その目的の問い合わせ先がないことを言う文。"""
        place = f"{ward}の、" if ward else ""
        return self._said.text("answer.unset", place=place, purpose=self.purpose(purpose))

    def blocks(self, contacts: Sequence[Contact]) -> list[str]:
        """名前、電話、ファックス、メールをいつもいっしょに書く（電話を使えない人がいるため）。住所はそのあと。"""
        text = self._said.text
        pieces = []
        for contact in contacts:
            ways = (
                ("contact.telephone", contact.telephone),
                ("contact.fax", contact.fax),
                ("contact.mail", contact.mail),
            )
            lines = [f"{text(key)}：{value or text('contact.none')}" for key, value in ways]
            pieces.append("\n".join([contact.name, *lines]))
            if contact.address:
                pieces.append(f"{text('contact.address')}：{contact.address}")
        return pieces
