"""ページの会話で残すもの。答えられなかった質問（個人のことを伏せたもの）と、日ごとの数だけ。"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Engine

from bot.people import count, day_of
from bot.tables import UNANSWERED
from bot.turn import Turn
from content.database import writing


def counted(turn: Turn) -> tuple[str, ...]:
    """1 回のやりとりで数えるもの。"""
    unanswered = () if turn.unanswered is None else ("unanswered",)
    return unanswered if turn.feedback is None else (*unanswered, f"feedback_{turn.feedback}")


def note(engine: Engine, turn: Turn, now: float) -> None:
    """``now`` は UNIX 時刻の秒。残すものがなければ、データベースに触れない。"""
    names = counted(turn)
    if not turn.store or not names:
        return
    with writing(engine) as connection:
        if turn.unanswered is not None:
            connection.execute(UNANSWERED.insert(), {"question": turn.unanswered, "asked": now})
        count(connection, Counter((day_of(now), name) for name in names))
