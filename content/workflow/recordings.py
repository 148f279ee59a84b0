"""人の録音。受け取り、文の切れ目を直し、使いはじめ、やめる。

録音は、節の文字（``digest``）に対するものである。文章が変われば使われず、戻せば、また使われる。
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, insert, select, update

from content.database import Clock, reading, writing
from content.model import REGISTERS, Register
from content.recorded import Recording, reader_fault
from content.tables import RECORDING, RECORDING_SOUND
from content.workflow.people import CHECKERS, Actor, NotAllowed, WorkflowError, require
from content.workflow.rules import OutOfDate

_NEAREST = 0.05
"""文の長さの下限（秒）。"""

Loaded = Literal["unchanged", "added", "replaced"]
"""原稿フォルダの録音をどうしたか。``replaced`` は、職員が使うと決めた録音に代えた。"""

Times = tuple[tuple[str, float, float], ...]
"""文の id と、録音の中の時間（秒）。読む順に、すきまなく並ぶ。"""


@dataclass(frozen=True, slots=True)
class Take:
    """録音ひとつ。``reader`` は読んだ人の名前（版に出す）。``sound`` は音の名前（MP3 の SHA-256）。

    ``used_at`` は使いはじめた時刻、``ended_at`` はやめた時刻。
    """

    id: int
    subject: str
    kind: Register
    section: str
    digest: str
    sound: str
    seconds: float
    times: Times
    reader: str
    author: str
    at: datetime.datetime
    used_by: str | None
    used_at: datetime.datetime | None
    ended_by: str | None
    ended_at: datetime.datetime | None

    @property
    def used(self) -> bool:
        """使うと決めてあるか（文章が変わっていれば、版には入らない）。"""
        return self.used_at is not None and self.ended_at is None

    @property
    def waiting(self) -> bool:
        """まだ、使うと決めたことがない。"""
        return self.used_at is None


class Takes:
    """録音の記録。"""

    def __init__(self, engine: Engine, now: Clock) -> None:
        self._engine, self._now = engine, now

    def of(self, subject: str, kind: Register) -> tuple[Take, ...]:
        """新しい順。"""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(RECORDING)
                .where(RECORDING.c.subject == subject, RECORDING.c.kind == kind)
                .order_by(RECORDING.c.id.desc())
            )
            return tuple(map(_take, rows))

    def used(self) -> tuple[Take, ...]:
        """使うと決めた録音のすべて。"""
        return tuple(take for take in self._all() if take.used)

    def waiting(self) -> tuple[Take, ...]:
        """節のいちばん新しい録音で、まだ使うと決めたことのないもののすべて。"""
        newest = {(take.subject, take.kind, take.section): take for take in self._all()}
        return tuple(take for take in newest.values() if take.waiting)

    def _all(self) -> tuple[Take, ...]:
        """古い順。"""
        with reading(self._engine) as connection:
            rows = connection.execute(select(RECORDING).order_by(RECORDING.c.id))
            return tuple(map(_take, rows))

    def mp3(self, take: Take) -> bytes:
        with reading(self._engine) as connection:
            return sound_in(connection, take.sound)[0]

    def add(
        self,
        subject: str,
        kind: Register,
        section: str,
        digest: str,
        sound: tuple[bytes, bytes],
        times: Times,
        reader: str,
        actor: Actor,
    ) -> int:
        """受け取る。``sound`` は大きさをそろえた MP3 と AAC。まだ使わない。番号を返す。"""
        require(actor, subject, "録音を入れる")
        check_reader(reader)
        values = {
            "subject": subject,
            "kind": kind,
            "section": section,
            "digest": digest,
            "seconds": times[-1][2],
            "times": json.dumps(times),
            "reader": reader.strip(),
            "author": actor.name,
            "at": self._now(),
        }
        with writing(self._engine) as connection:
            values["sound"] = _keep(connection, *sound)
            row = connection.execute(insert(RECORDING).values(values).returning(RECORDING.c.id))
            return int(row.scalar_one())

    def correct(self, take: Take, begins: Sequence[float], actor: Actor) -> None:
        """文の始まり（2 つめの文から、秒）を直す。使っている録音なら、使うと決められる人だけが直せる。"""
        with writing(self._engine) as connection:
            now = _current(connection, take)
            require(actor, now.subject, "録音を直す")
            if now.used:
                _require_checker(now, actor)
            _change(connection, now, times=_times(now, begins))

    def use(self, take: Take, begins: Sequence[float], actor: Actor) -> None:
        """文の始まりを直し、合成音声の代わりに使う。同じ節の、前の録音はやめる。"""
        with writing(self._engine) as connection:
            now = _current(connection, take)
            _require_checker(now, actor)
            if now.used:
                raise OutOfDate("この録音は、もう使っています。ページを開き直してください。")
            at, times = self._now(), _times(now, begins)
            _end_others(connection, now.subject, now.kind, now.section, actor.name, at)
            used = {"used_by": actor.name, "used_at": at, "ended_by": None, "ended_at": None}
            _change(connection, now, times=times, **used)

    def end(self, take: Take, actor: Actor) -> None:
        """使うのをやめる。合成音声に戻る。また使うこともできる。"""
        with writing(self._engine) as connection:
            now = _current(connection, take)
            require(actor, now.subject, "録音をやめる", *CHECKERS)
            if not now.used:
                raise OutOfDate("この録音は、使っていません。ページを開き直してください。")
            _change(connection, now, ended_by=actor.name, ended_at=self._now())


def objection(take: Take, actor: Actor) -> str:
    """``actor`` が ``take`` を使うと決めてはならない理由（画面に出す文）。よければ空。

    文章の承認と同じく、書いた人（入れた人）でない人が確かめる。
    """
    if actor.role not in CHECKERS:
        return "録音を使うと決めるのは、確かめる人か管理者です。聞いて確かめてもらってください。"
    if actor.name == take.author:
        return (
            "自分が入れた録音は、自分では使うと決められません。"
            "ほかの確かめる人か、いなければ管理者に、聞いて確かめてもらってください。"
        )
    return ""


def _require_checker(take: Take, actor: Actor) -> None:
    require(actor, take.subject, "録音を使う")
    if fault := objection(take, actor):
        raise NotAllowed(fault)


def _current(connection: Connection, take: Take) -> Take:
    """``take`` の今。"""
    return _take(connection.execute(select(RECORDING).where(RECORDING.c.id == take.id)).one())


def _times(take: Take, begins: Sequence[float]) -> str:
    """2 つめからの文の始まり（秒）を ``begins`` にした、``times`` の JSON。"""
    borders = [0.0, *begins, take.seconds]
    if len(borders) != len(take.times) + 1:
        raise OutOfDate("文の数が違います。ページを開き直してください。")
    for number, (begin, end) in enumerate(pairwise(borders), 1):
        if end - begin < _NEAREST:
            raise WorkflowError(
                f"{number} 番めの文の終わり（{end:.2f} 秒）が、始まり（{begin:.2f} 秒）より後になるようにしてください。"
            )
    return json.dumps(
        [
            (id, round(begin, 3), round(end, 3))
            for (id, _, _), (begin, end) in zip(take.times, pairwise(borders), strict=True)
        ]
    )


def _change(connection: Connection, take: Take, **values: object) -> None:
    connection.execute(update(RECORDING).where(RECORDING.c.id == take.id).values(values))


def check_reader(reader: str) -> None:
    """版に出す、読んだ人の名前。"""
    if fault := reader_fault(reader.strip()):
        raise WorkflowError(fault)


def load_recording(
    connection: Connection,
    recording: Recording,
    sound: tuple[bytes, bytes],
    current: str,
    author: str,
    at: datetime.datetime,
) -> Loaded:
    """原稿フォルダの録音を使う。``current`` は、節の今の文字の要約。

    同じ音を前に受け取っていれば、職員の決めたままにする。今の文字に合わない録音は、使っている録音に代えない。
    """
    subject, kind, section = recording.publication, recording.register, recording.section
    used = [r for r in _rows_of(connection, subject, kind, section) if _take(r).used]
    if knows_recording(connection, recording) or (used and recording.digest != current):
        return "unchanged"
    _end_others(connection, subject, kind, section, author, at)
    values = {
        "subject": subject,
        "kind": kind,
        "section": section,
        "digest": recording.digest,
        "sound": _keep(connection, *sound),
        "seconds": recording.times[-1][2],
        "times": json.dumps(recording.times),
        "reader": recording.reader,
        "author": author,
        "at": at,
        "used_by": author,
        "used_at": at,
    }
    connection.execute(insert(RECORDING).values(values))
    return "replaced" if any(row.used_by != author for row in used) else "added"


def knows_recording(connection: Connection, recording: Recording) -> bool:
    """同じ節の同じ音を、前に受け取ったか。"""
    rows = _rows_of(connection, recording.publication, recording.register, recording.section)
    return any(row.sound == recording.sound for row in rows)


def _keep(connection: Connection, mp3: bytes, aac: bytes) -> str:
    """音を置き、その名前を返す。"""
    name = hashlib.sha256(mp3).hexdigest()
    held = select(RECORDING_SOUND.c.sha256).where(RECORDING_SOUND.c.sha256 == name)
    if connection.execute(held).first() is None:
        connection.execute(insert(RECORDING_SOUND).values(sha256=name, mp3=mp3, aac=aac))
    return name


def _end_others(
    connection: Connection, subject: str, kind: str, section: str, by: str, at: datetime.datetime
) -> None:
    """同じ節の、使っている録音をやめる。"""
    used = RECORDING.c.used_at.is_not(None) & RECORDING.c.ended_at.is_(None)
    ended = update(RECORDING).where(_of(subject, kind, section), used)
    connection.execute(ended.values(ended_by=by, ended_at=at))


def _rows_of(
    connection: Connection, subject: str, kind: str, section: str
) -> Sequence[Row[tuple[object, ...]]]:
    return connection.execute(select(RECORDING).where(_of(subject, kind, section))).all()


def _of(subject: str, kind: str, section: str) -> ColumnElement[bool]:
    return and_(
        RECORDING.c.subject == subject, RECORDING.c.kind == kind, RECORDING.c.section == section
    )


def recordings_in(connection: Connection) -> tuple[Recording, ...]:
    """使うと決めた録音のすべて。"""
    takes = [_take(row) for row in connection.execute(select(RECORDING))]
    used = sorted(
        (take for take in takes if take.used),
        key=lambda t: (t.subject, REGISTERS.index(t.kind), t.section, t.id),
    )
    return tuple(
        Recording(t.subject, t.kind, t.section, t.digest, t.sound, t.times, t.reader) for t in used
    )


def sound_in(connection: Connection, sound: str) -> tuple[bytes, bytes]:
    """MP3 と AAC。"""
    row = connection.execute(select(RECORDING_SOUND).where(RECORDING_SOUND.c.sha256 == sound)).one()
    return bytes(row.mp3), bytes(row.aac)


def _take(row: Row[tuple[object, ...]]) -> Take:
    facts = dict(row._mapping)
    return Take(**facts | {"times": tuple((i, b, e) for i, b, e in json.loads(facts["times"]))})
