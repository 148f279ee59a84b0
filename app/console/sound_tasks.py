"""音のことで、職員を待っているもの: 校正表の誤り、校正の確かめ、文章が変わって使っていない録音。"""

from __future__ import annotations

from collections.abc import Iterator

from app.console.frame import Console, Visitor, url
from app.console.sounds import Listening
from content.model import Register
from content.workflow.proofs import Proofs
from content.workflow.recordings import Takes

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
    for take in Takes(console.engine, console.now).used():
        book = Listening.of(console.out, take.subject, take.kind)
        if book is None or not visitor.actor.serves(take.subject.split("/")[0]):
            continue
        if take.digest not in [s.text for s in book.sections if s.id == take.section]:
            what = f"文章が変わったので、{take.reader} さんの録音を使っていません"
            place = ("人の録音", url("recordings", take.subject, take.kind))
            yield take.subject, take.kind, what, place
