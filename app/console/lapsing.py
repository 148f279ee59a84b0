"""文章を変えて公開すると、使えなくなるもの: 人の録音と、「校正済」のしるし。書く人と確かめる人に、前もって言う。"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from accessibility.announcements import announced
from app.console.desk_work import readable
from app.console.frame import Console
from app.console.proof_list import current_proof
from app.console.sounds import Listening
from content.model import REGISTERS, Publication, Register, Run, Word
from content.problems import NotationError
from content.recorded import text_key
from content.workflow import Desk, Revision
from content.workflow.proofs import Proofs
from content.workflow.recordings import Takes


@dataclass(frozen=True, slots=True)
class Lapsing:
    """``recorded`` は、録音が使えなくなる節の見出し。``proofread`` は、「校正済」のしるしが外れるか。"""

    recorded: tuple[str, ...] = ()
    proofread: bool = False

    @property
    def said(self) -> str:
        """保存したときの知らせに足す文。なければ空。"""
        said = ""
        if self.recorded:
            said += f"公開すると、人の録音が使えなくなる節が {len(self.recorded)} あります。"
        if self.proofread:
            said += "公開すると、「校正済」のしるしが外れます。"
        return said


def lapsing(console: Console, desk: Desk | None, draft: Callable[[], Publication]) -> Lapsing:
    """``desk`` の公開中の稿の代わりに ``draft`` を公開すると、使えなくなるもの。

    録音も校正もなければ、``draft`` は読まない。読めない文章なら、何も言わない（読めるまで公開できない）。
    """
    if desk is None or desk.published is None or desk.kind not in REGISTERS:
        return Lapsing()
    held = set(_held(console, desk.subject, desk.kind))
    proofread = _proofread(console, desk.subject, desk.kind)
    shown = readable(console, desk.published) if held or proofread else None
    if shown is None:
        return Lapsing()
    try:
        new = draft()
    except NotationError:
        return Lapsing()
    kept = {(section.id, text_key(section.sentences)) for section in new.sections}
    keys = [(s.id, text_key(s.sentences), s.heading.text) for s in shown.sections]
    return Lapsing(
        tuple(name for id, key, name in keys if (id, key) in held - kept),
        proofread and _spoken(shown) != _spoken(new),
    )


def lapsing_of(console: Console, desk: Desk | None, revision: Revision) -> Lapsing:
    """保存した稿 ``revision`` を公開すると、使えなくなるもの。"""
    return lapsing(console, desk, lambda: console.approvals.publication(revision))


def _held(console: Console, subject: str, register: Register) -> Iterator[tuple[str, str]]:
    """使うと決めた録音と、節のいちばん新しい、使うのを待つ録音の、節の id と文字の要約。"""
    seen: set[str] = set()
    for take in Takes(console.engine, console.now).of(subject, register):  # 新しい順
        if take.used or (take.waiting and take.section not in seen):
            yield take.section, take.digest
        seen.add(take.section)


def _proofread(console: Console, subject: str, register: Register) -> bool:
    """いまの音声に、「校正済」と付いているか。"""
    proofs = Proofs(console.engine, console.now)
    if not any(proof.counts for proof in proofs.proofs(subject, register)):
        return False
    book = Listening.of(console.out, subject, register)
    proof = current_proof(proofs, subject, register, book) if book else None
    return proof is not None and proof.counts


def _spoken(publication: Publication) -> list[tuple[Run, ...]]:
    """題名と本文の、文ごとの文字と、書いた人の決めた読みと、耳にだけ聞こえる言葉（注、番号）。"""
    sections = (announced(s, lambda said: (Word(said),)) for s in publication.sections)
    sentences = (publication.title, *(s for section in sections for s in section.sentences))
    return [s.runs for s in sentences]
