"""聞いて校正。人がどこまで聞いたか、どこに誤りがあったか、校正が終わったか。

校正は、聞いた音の要約（``digest``）に対するものである。文章か読みが後で変われば要約も変わるので、
「校正済」は、変わった版には付かない（``app.books``）。変わらない文の要約は同じなので、変わった文だけを
聞き直せばよい。
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from content.database import Clock, reading, writing
from content.japan import JAPAN
from content.model import REGISTERS, Register
from content.recorded import Proofread
from content.tables import PROOF, PROOF_HEARD, PROOF_PLACE, PROOF_REMARK
from content.workflow.people import CHECKERS, ROLES, Actor, NotAllowed, WorkflowError, require
from content.workflow.rules import OutOfDate

Fault = Literal["reading", "accent", "pause", "letters", "sound", "other"]

FAULTS: dict[Fault, str] = {
    "reading": "読み",
    "accent": "アクセント",
    "pause": "間",
    "letters": "文字",
    "sound": "音",
    "other": "その他",
}
"""誤りの種類と、画面に出す名前。"""

State = Literal["open", "fixed", "declined"]

STATES: dict[State, str] = {"open": "まだ決めていません", "fixed": "直した", "declined": "直さない"}

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Proof:
    """校正の終わり。``reader`` は聞いた人、``confirmed_by`` は確かめた職員（アカウントの名前）。"""

    id: int
    subject: str
    kind: Register
    digest: str
    reader: str
    finished_at: datetime.datetime
    confirmed_by: str | None
    confirmed_at: datetime.datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime.datetime | None

    @property
    def counts(self) -> bool:
        """「校正済」と言えるか。"""
        return self.confirmed_at is not None and self.withdrawn_at is None

    @property
    def day(self) -> datetime.date:
        return self.finished_at.astimezone(JAPAN).date()


@dataclass(frozen=True, slots=True)
class Sound:
    """聞いた文。``key`` は音の要約、``heading`` は節の見出し。"""

    sentence: str
    key: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """校正表の 1 行。``words`` は聞いた人の言葉、``reason`` は決めた職員の言葉。"""

    id: int
    subject: str
    kind: Register
    sentence: str
    key: str
    heading: str
    text: str
    fault: Fault
    words: str
    author: str
    at: datetime.datetime
    state: State
    reason: str
    decided_by: str | None
    decided_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """その人の進みぐあい。``sentence`` はいまの文（始める前は空）、``heard`` は聞いた音の要約。"""

    sentence: str
    heard: frozenset[str]


class Proofs:
    """聞いて校正の記録。"""

    def __init__(self, engine: Engine, now: Clock) -> None:
        self._engine, self._now = engine, now

    # 聞く -----------------------------------------------------------------------

    def progress(self, subject: str, kind: Register, actor: Actor) -> Progress:
        mine = (subject, kind, actor.name)
        with reading(self._engine) as connection:
            place = select(PROOF_PLACE.c.sentence).where(_of(PROOF_PLACE, *mine))
            keys = select(PROOF_HEARD.c.key).where(_of(PROOF_HEARD, *mine))
            return Progress(
                connection.execute(place).scalar() or "",
                frozenset(connection.execute(keys).scalars()),
            )

    def stand(self, subject: str, kind: Register, sentence: str, heard: str, actor: Actor) -> None:
        """``sentence`` に移った。``heard`` は、その前に聞き終えた音の要約（なければ空）。"""
        require(actor, subject, "聞いて校正する", *ROLES)
        mine = {"owner": actor.name, "subject": subject, "kind": kind}
        with writing(self._engine) as connection:
            connection.execute(
                delete(PROOF_PLACE).where(_of(PROOF_PLACE, subject, kind, actor.name))
            )
            connection.execute(insert(PROOF_PLACE).values(**mine, sentence=sentence))
            known = _of(PROOF_HEARD, subject, kind, actor.name) & (PROOF_HEARD.c.key == heard)
            if heard and connection.execute(select(PROOF_HEARD.c.key).where(known)).first() is None:
                connection.execute(insert(PROOF_HEARD).values(**mine, key=heard))

    def remark(
        self, subject: str, kind: Register, sound: Sound, fault: str, words: str, actor: Actor
    ) -> None:
        """誤りを残す。"""
        require(actor, subject, "聞いて校正する", *ROLES)
        if fault not in FAULTS:
            raise WorkflowError("誤りの種類を、1 つ選んでください。")
        if fault == "other" and not words.strip():
            raise WorkflowError("「その他」のときは、どこがどう違うかを書いてください。")
        if len(words) > LONGEST:
            raise WorkflowError(f"言葉は {LONGEST} 字までにしてください。")
        values = {
            "subject": subject,
            "kind": kind,
            "sentence": sound.sentence,
            "key": sound.key,
            "heading": sound.heading,
            "text": sound.text,
            "fault": fault,
            "words": words.strip(),
            "author": actor.name,
            "at": self._now(),
            "state": "open",
            "reason": "",
        }
        with writing(self._engine) as connection:
            connection.execute(insert(PROOF_REMARK).values(values))

    def finish(
        self, subject: str, kind: Register, digest: str, sounds: Sequence[Sound], actor: Actor
    ) -> None:
        """校正を終える。``sounds`` は、聞かなければならない文のすべて。"""
        require(actor, subject, "校正を終える", *ROLES)
        heard = self.progress(subject, kind, actor).heard
        left = sum(sound.key not in heard for sound in sounds)
        if left:
            raise WorkflowError(
                f"まだ聞いていない文が {left} あります。聞いてから、もう一度終えてください。"
            )
        with writing(self._engine) as connection:
            for proof in _proofs(connection, subject, kind):
                if proof.digest == digest and proof.withdrawn_at is None:
                    raise OutOfDate("この音声の校正は、もう終わっています。")
            row = {"subject": subject, "kind": kind, "digest": digest, "reader": actor.name}
            connection.execute(insert(PROOF).values(row | {"finished_at": self._now()}))

    # 職員 -----------------------------------------------------------------------

    def remarks(self, subject: str, kind: Register) -> tuple[Remark, ...]:
        """校正表。残した順。"""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(PROOF_REMARK)
                .where(_of(PROOF_REMARK, subject, kind))
                .order_by(PROOF_REMARK.c.id)
            )
            return tuple(Remark(**row._mapping) for row in rows)

    def decide(self, remark: Remark, state: str, reason: str, actor: Actor) -> None:
        """直したか、直さないか。直さないときは、わけが要る。"""
        require(actor, remark.subject, "校正表を書く")
        if state not in STATES:
            raise WorkflowError("「直した」か「直さない」を選んでください。")
        if state == "declined" and not reason.strip():
            raise WorkflowError("「直さない」ときは、わけを書いてください。")
        if len(reason) > LONGEST:
            raise WorkflowError(f"わけは {LONGEST} 字までにしてください。")
        values = {"state": state, "reason": reason.strip(), "decided_by": actor.name}
        with writing(self._engine) as connection:
            connection.execute(
                update(PROOF_REMARK)
                .where(PROOF_REMARK.c.id == remark.id)
                .values(values | {"decided_at": self._now()})
            )

    def proofs(self, subject: str, kind: Register) -> tuple[Proof, ...]:
        """校正の終わりの記録。古い順。"""
        with reading(self._engine) as connection:
            return tuple(_proofs(connection, subject, kind))

    def waiting(self) -> tuple[tuple[str, Register, int, Proof | None], ...]:
        """職員を待つもの: 出版物と、まだ決めていない誤りの数と、確かめるのを待つ校正の終わり。"""
        with reading(self._engine) as connection:
            opened = connection.execute(
                select(PROOF_REMARK.c.subject, PROOF_REMARK.c.kind, func.count())
                .where(PROOF_REMARK.c.state == "open")
                .group_by(PROOF_REMARK.c.subject, PROOF_REMARK.c.kind)
            )
            counts: dict[tuple[str, Register], int] = {(s, k): count for s, k, count in opened}
            rows = connection.execute(
                select(PROOF)
                .where(PROOF.c.confirmed_at.is_(None), PROOF.c.withdrawn_at.is_(None))
                .order_by(PROOF.c.id)
            )
            proofs = {(p.subject, p.kind): p for p in (Proof(**row._mapping) for row in rows)}
        found = sorted({*counts, *proofs}, key=lambda k: (k[0], REGISTERS.index(k[1])))
        return tuple((*key, counts.get(key, 0), proofs.get(key)) for key in found)

    def confirm(
        self, subject: str, kind: Register, digest: str, keys: Collection[str], actor: Actor
    ) -> None:
        """職員が確かめた。``digest`` と ``keys`` は、いまの音声の要約と、その文の要約。

        聞いた人は、自分では確かめられない。誤りをみな決め、直したものが音声に入っていなければならない。
        """
        require(actor, subject, "校正を確かめる", *CHECKERS)
        remarks = self.remarks(subject, kind)
        still = sum(r.state == "open" for r in remarks)
        if still:
            raise WorkflowError(
                f"まだ決めていない誤りが {still} 件あります。「直した」か「直さない」を選んでください。"
            )
        if waiting := [r for r in remarks if r.state == "fixed" and r.key in keys]:
            raise WorkflowError(
                f"「直した」のに、音声がまだ前のままの文が {len(waiting)} あります。"
                f"直した文章か読みを公開してから、聞き直してください（{waiting[0].text}）。"
            )
        with writing(self._engine) as connection:
            proof = _waiting(connection, subject, kind, digest)
            if actor.name == proof.reader:
                raise NotAllowed(
                    "聞いて校正した人は、自分では確かめられません。ほかの人に頼んでください。"
                )
            at = {"confirmed_by": actor.name, "confirmed_at": self._now()}
            connection.execute(update(PROOF).where(PROOF.c.id == proof.id).values(at))

    def withdraw(self, subject: str, kind: Register, digest: str, actor: Actor) -> None:
        """いまの音声の校正の終わりを取り消す。確かめた後でも、取り消せる。"""
        require(actor, subject, "校正を取り消す", *CHECKERS)
        with writing(self._engine) as connection:
            proof = _current(connection, subject, kind, digest)
            at = {"withdrawn_by": actor.name, "withdrawn_at": self._now()}
            connection.execute(update(PROOF).where(PROOF.c.id == proof.id).values(at))


def proofread_in(connection: Connection) -> tuple[Proofread, ...]:
    """校正済のしるしのすべて。"""
    rows = connection.execute(select(PROOF).order_by(PROOF.c.id))
    proofs = sorted(
        (Proof(**row._mapping) for row in rows),
        key=lambda p: (p.subject, REGISTERS.index(p.kind), p.id),
    )
    return tuple(Proofread(p.subject, p.kind, p.digest, p.day) for p in proofs if p.counts)


def remarks_in(connection: Connection) -> tuple[Remark, ...]:
    """すべての校正表。出版物ごとに、残した順。"""
    rows = connection.execute(select(PROOF_REMARK).order_by(PROOF_REMARK.c.id))
    found = (Remark(**row._mapping) for row in rows)
    return tuple(sorted(found, key=lambda r: (r.subject, REGISTERS.index(r.kind))))


def load_proofread(
    connection: Connection, mark: Proofread, author: str, at: datetime.datetime
) -> bool:
    """原稿フォルダのしるしを残す。同じ音の校正を前に終えていれば、職員の決めたままにして ``False``。"""
    known = _proofs(connection, mark.publication, mark.register)
    if any(proof.digest == mark.digest for proof in known):
        return False
    row = {
        "subject": mark.publication,
        "kind": mark.register,
        "digest": mark.digest,
        "reader": author,
        "finished_at": datetime.datetime.combine(mark.day, datetime.time(12), JAPAN),
        "confirmed_by": author,
        "confirmed_at": at,
    }
    connection.execute(insert(PROOF).values(row))
    return True


def _proofs(connection: Connection, subject: str, kind: Register) -> list[Proof]:
    rows = connection.execute(select(PROOF).where(_of(PROOF, subject, kind)).order_by(PROOF.c.id))
    return [Proof(**row._mapping) for row in rows]


def _current(connection: Connection, subject: str, kind: Register, digest: str) -> Proof:
    found = [p for p in _proofs(connection, subject, kind) if p.withdrawn_at is None]
    for proof in reversed(found):
        if proof.digest == digest:
            return proof
    if not found:
        raise OutOfDate("校正は、まだ終わっていません。聞く人が終えてから、確かめてください。")
    raise OutOfDate(
        "校正を終えた後に、文章か読みが変わりました。変わった文を聞き直して、もう一度終えてください。"
    )


def _waiting(connection: Connection, subject: str, kind: Register, digest: str) -> Proof:
    proof = _current(connection, subject, kind, digest)
    if proof.confirmed_at is not None:
        raise OutOfDate("この校正は、もう確かめられています。")
    return proof


def _of(table: Table, subject: str, kind: str, owner: str = "") -> ColumnElement[bool]:
    mine = [table.c.subject == subject, table.c.kind == kind]
    return and_(*mine, table.c.owner == owner) if owner else and_(*mine)
