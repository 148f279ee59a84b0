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

from sqlalchemy import Connection, Engine, Row, insert, select, update

from content.bundle import Recording
from content.database import Clock, reading, writing
from content.model import REGISTERS, Register
from content.tables import RECORDING, RECORDING_SOUND
from content.workflow.people import Actor, WorkflowError, require
from content.workflow.rules import OutOfDate

LONGEST_NAME = 40
_NEAREST = 0.05
"""文の長さの下限（秒）。"""

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
        with reading(self._engine) as connection:
            takes = map(_take, connection.execute(select(RECORDING).order_by(RECORDING.c.id)))
            return tuple(take for take in takes if take.used)

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
        mp3, aac = sound
        name = hashlib.sha256(mp3).hexdigest()
        values = {
            "subject": subject,
            "kind": kind,
            "section": section,
            "digest": digest,
            "sound": name,
            "seconds": times[-1][2],
            "times": json.dumps(times),
            "reader": reader.strip(),
            "author": actor.name,
            "at": self._now(),
        }
        with writing(self._engine) as connection:
            held = select(RECORDING_SOUND.c.sha256).where(RECORDING_SOUND.c.sha256 == name)
            if connection.execute(held).first() is None:
                connection.execute(insert(RECORDING_SOUND).values(sha256=name, mp3=mp3, aac=aac))
            row = connection.execute(insert(RECORDING).values(values).returning(RECORDING.c.id))
            return int(row.scalar_one())

    def correct(self, take: Take, begins: Sequence[float], actor: Actor) -> None:
        """文の始まり（2 つめの文から、秒）を直す。"""
        require(actor, take.subject, "録音を直す")
        borders = [0.0, *begins, take.seconds]
        if len(borders) != len(take.times) + 1:
            raise OutOfDate("文の数が違います。ページを開き直してください。")
        for number, (begin, end) in enumerate(pairwise(borders), 1):
            if end - begin < _NEAREST:
                raise WorkflowError(
                    f"{number} 番めの文の終わり（{end:.2f} 秒）が、始まり（{begin:.2f} 秒）より後になるようにしてください。"
                )
        times = [
            (id, round(begin, 3), round(end, 3))
            for (id, _, _), (begin, end) in zip(take.times, pairwise(borders), strict=True)
        ]
        self._change(take, times=json.dumps(times))

    def use(self, take: Take, actor: Actor) -> None:
        """合成音声の代わりに使う。同じ節の、前の録音はやめる。"""
        require(actor, take.subject, "録音を使う", "reviewer", "administrator")
        for other in self.of(take.subject, take.kind):
            if other.used and other.section == take.section and other.id != take.id:
                self._change(other, ended_by=actor.name, ended_at=self._now())
        self._change(take, used_by=actor.name, used_at=self._now(), ended_by=None, ended_at=None)

    def end(self, take: Take, actor: Actor) -> None:
        """使うのをやめる。合成音声に戻る。また使うこともできる。"""
        require(actor, take.subject, "録音をやめる", "reviewer", "administrator")
        self._change(take, ended_by=actor.name, ended_at=self._now())

    def _change(self, take: Take, **values: object) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(RECORDING).where(RECORDING.c.id == take.id).values(values))


def check_reader(reader: str) -> None:
    """版に出す、読んだ人の名前。"""
    name = reader.strip()
    if not name:
        raise WorkflowError("読んだ人の名前（版に出す名前）を書いてください。")
    if len(name) > LONGEST_NAME or any(c in "\n《》｜〈〉" for c in name):
        raise WorkflowError(
            f"名前は {LONGEST_NAME} 字までで、《》｜〈〉 と改行を使わずに書いてください。"
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
