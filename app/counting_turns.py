"""会話で残すもの（日ごとの数と、答えられなかった質問）を、裏で書く。答えは、データベースを待たない。"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.notes import counted, note
from bot.person import Person
from bot.turn import Turn
from content.database import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Engine

LOG = logging.getLogger(__name__)

MOST = 1000
"""書くのを待つやりとりの数の限り。データベースが長く使えなくても、メモリーを使いつづけない。"""
AGAIN_AFTER = 10.0
"""書けなかったとき、次に書くまでの間（秒）。"""
LEAVE_WITHIN = 10.0
"""終わるとき、残りを書くのを待つ間（秒）。"""


class TurnTally:
    """``note`` で残すものを順に書く。呼ぶ人は待たない。どのスレッドから呼んでもよい。"""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float] = time.time,
        *,
        again_after: float = AGAIN_AFTER,
    ) -> None:
        self._engine, self._clock, self._again_after = engine, clock, again_after
        self._waiting: deque[tuple[Turn, float]] = deque()
        self._leaving = False
        self._changed = threading.Condition()

    def __call__(self, turn: Turn) -> None:
        if not turn.store or not counted(turn):
            return
        # 書くものだけを持つ（人と、返した言葉は持たない）。
        kept = Turn(
            Person(), unanswered=turn.unanswered, feedback=turn.feedback, answer=turn.answer
        )
        with self._changed:
            full = len(self._waiting) >= MOST
            if not full:
                self._waiting.append((kept, self._clock()))
                self._changed.notify()
        if full:
            LOG.error("データベースに書けないままなので、会話の数を 1 回分、残しません。")

    async def keep(self) -> None:
        """取り消されるまで書きつづけ、終わりに残りを書く。"""
        self._leaving = False
        # daemon: 書けないままのデータベースのために、終われなくなることはない。
        writer = threading.Thread(target=self._write, name="turn-tally", daemon=True)
        writer.start()
        try:
            await asyncio.Event().wait()
        finally:
            with self._changed:
                self._leaving = True
                self._changed.notify()
            await asyncio.to_thread(writer.join, LEAVE_WITHIN)
            if self._waiting:
                LOG.error("会話の数を %d 回分、書けないまま終わります。", len(self._waiting))

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._leaving)
                if not self._waiting:
                    return
                (turn, at), last = self._waiting[0], self._leaving
            try:
                note(self._engine, turn, at)
            except StoreError as error:
                LOG.error("会話の数を書けないので、後でもう一度書きます。%s", error)
                if last:
                    return
                with self._changed:
                    self._changed.wait_for(lambda: self._leaving, self._again_after)
                continue
            except Exception as error:  # 説明には質問が入りうるので、種類だけを残し、次のものを書く
                LOG.error("会話の数を 1 回分、書けませんでした（%s）。", type(error).__name__)
            with self._changed:
                self._waiting.popleft()
