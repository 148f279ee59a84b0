"""会話で残すもの。答えられなかった質問（個人のことを伏せたもの）と、日ごとの数だけ。"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Engine, delete, select

from bot.people import count, day_of
from bot.tables import UNANSWERED
from bot.turn import Turn
from content.database import reading, writing


def counted(turn: Turn) -> tuple[str, ...]:
    """1 回のやりとりで数えるもの。"""
    answered = turn.answer and f"answer_{turn.answer}"
    unanswered = None if turn.unanswered is None else "unanswered"
    feedback = turn.feedback and f"feedback_{turn.feedback}"
    return tuple(name for name in (answered, unanswered, feedback) if name)


def note(engine: Engine, turn: Turn, now: float) -> None:
    """``now`` は UNIX 時刻の秒。残すものがなければ、データベースに触れない。"""
    names = counted(turn)
    if not turn.store or not names:
        return
    with writing(engine) as connection:
        if turn.unanswered is not None:
            connection.execute(UNANSWERED.insert(), {"question": turn.unanswered, "asked": now})
        count(connection, Counter((day_of(now), name) for name in names))


@dataclass(frozen=True, slots=True)
class Question:
    """答えられなかった質問。``asked`` は UNIX 時刻の秒。"""

    id: int
    text: str
    asked: float


def unanswered(engine: Engine, most: int) -> tuple[Question, ...]:
    """新しい順に、``most`` 個まで。"""
    newest = select(UNANSWERED.c.id, UNANSWERED.c.question, UNANSWERED.c.asked).order_by(
        UNANSWERED.c.asked.desc(), UNANSWERED.c.id.desc()
    )
    with reading(engine) as connection:
        rows = connection.execute(newest.limit(most)).all()
    return tuple(Question(*row) for row in rows)


def handled(engine: Engine, id: int) -> None:
    """職員が対応した質問を消す。"""
    with writing(engine) as connection:
        connection.execute(delete(UNANSWERED).where(UNANSWERED.c.id == id))
