"""音のことで、職員を待っているもの: 校正表の誤り、校正の確かめ、使うのを待っている録音、文章が変わって
使っていない録音。
"""

from __future__ import annotations

from collections.abc import Iterator

from app.console.frame import Console, Visitor, url
from app.console.sounds import Listening
from content.model import Register
from content.workflow.proofs import Proofs
from content.workflow.recordings import Takes, objection

Waiting = tuple[str, Register, str, tuple[str, str]]
"""出版物の id と種類、待っていること、するところの（名前, 場所）。"""


def sound_tasks(console: Console, visitor: Visitor) -> Iterator[Waiting]:
    """``visitor`` の受け持つ社協のもの。"""
    for subject, kind, opened, proof in Proofs(console.engine, console.now).waiting():
        if not visitor.actor.serves(subject.split("/")[0]):
            continue
        table = ("校正表", url("proof", subject, kind, "table"))
        if opened:
            yield subject, kind, f"校正表に、決めていない誤りが {opened} 件あります", table
        book = Listening.of(console.out, subject, kind) if proof else None
        if proof and book and proof.digest == book.heard and proof.reader != visitor.account.name:
            yield subject, kind, "聞いて校正が終わり、確かめるのを待っています", table
    takes = Takes(console.engine, console.now)
    for take in takes.waiting():
        if not visitor.actor.serves(take.subject.split("/")[0]) or objection(take, visitor.actor):
            continue
        book = Listening.of(console.out, take.subject, take.kind)
        for section in book.body if book else ():
            if (section.id, section.text) == (take.section, take.digest):
                what = f"『{section.heading}』の、{take.reader} さんの録音が、使うのを待っています"
                place = ("聞いて決める", url("recordings", take.subject, take.kind, section.id))
                yield take.subject, take.kind, what, place
    for take in takes.used():
        book = Listening.of(console.out, take.subject, take.kind)
        if book is None or not visitor.actor.serves(take.subject.split("/")[0]):
            continue
        if take.digest not in [s.text for s in book.sections if s.id == take.section]:
            what = f"文章が変わったので、{take.reader} さんの録音を使っていません"
            place = ("人の録音", url("recordings", take.subject, take.kind))
            yield take.subject, take.kind, what, place
