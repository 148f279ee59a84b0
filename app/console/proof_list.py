"""聞く文章の一覧。校正者の最初のページ。"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from app.console.frame import Asked, Console, Visitor, named, url
from app.console.sounds import Listening
from content.model import REGISTERS, Register
from content.workflow import Desk
from content.workflow.proofs import Proof, Proofs


@dataclass(frozen=True, slots=True)
class Book:
    """聞く文章ひとつ。``heard`` は、その人が聞いた文の数、``proof`` は、いまの音声の校正の終わり。"""

    title: str
    page: str
    table: str
    heard: int
    count: int
    proof: Proof | None


def show_books(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """社協ごとの、音声の版を公開した文章。"""
    desks = console.desks(visitor)
    shelves = [
        (name, [b for d in desks if d.latest.council == id and (b := _book(console, visitor, d))])
        for id, name in console.councils(visitor).items()
    ]
    return console.page(visitor, asked, "proof_list.html", "聞く文章", shelves=shelves)


def _book(console: Console, visitor: Visitor, desk: Desk) -> Book | None:
    register = next((r for r in REGISTERS if r == desk.kind), None)
    if register is None or desk.published is None:
        return None
    listening = Listening.of(console.out, desk.subject, register)
    if listening is None:
        return None
    proofs = Proofs(console.engine, console.now)
    heard = proofs.progress(desk.subject, register, visitor.actor).heard
    return Book(
        named(console.title(desk.published), register),
        url("proof", desk.subject, register),
        url("proof", desk.subject, register, "table"),
        sum(sound.key in heard for sound in listening.sounds),
        len(listening.sounds),
        current_proof(proofs, desk.subject, register, listening),
    )


def current_proof(
    proofs: Proofs, subject: str, register: Register, listening: Listening
) -> Proof | None:
    """いまの音声の、校正の終わり。"""
    found = [p for p in proofs.proofs(subject, register) if p.digest == listening.heard]
    return next((p for p in reversed(found) if p.withdrawn_at is None), None)
