"""受け箱から事象を取り出し、答えを考え、LINE に送る働き手。

**1 度だけ答える。** 返信用のトークンは 1 度しか使えない。LINE が受け取った後、こちらが書き終える前に
止まっても（``kill -9``、時間切れ、500）、同じトークンでもう一度返信すればよい。LINE がもう受け取って
いれば「Invalid reply token」と断るので、2 通にはならない。だから、返信の前に別の印は書かない。

**push は 2 通になりうる** ので、方針（``Policy.push_after_deadline``）で選んだときだけ、返信が受け取ら
れたはずがないと分かる事象にだけ使う。初めて取り出したのが期限の後（返信を試していない）か、どの返信も
確かに断られたとき。繰り返しは ``X-Line-Retry-Key`` （事象の印から決まる）で 1 通になる。
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import json
import logging
import traceback
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

from bot.inbox import Inbox, InboxError, Result, Taken

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """考えた答え。``messages`` は LINE に送る形で 1 つから 5 つ。

    ``memory`` は次の覚え書き（``None`` なら、このことを何も残さない）。``question`` は伏せた質問。
    """

    messages: Sequence[Any]
    memory: str | None = None
    question: str | None = None
    counts: tuple[str, ...] = ()


class Respond(Protocol):
    """会話の 1 往復。覚え書きと、来たもの（種類と文）から、答えを考える。スレッドで呼ばれる。"""

    def __call__(self, memory: str | None, kind: str, text: str) -> Reply: ...


class Outcome(Enum):
    """送った結果。"""

    ACCEPTED = auto()
    SPENT = auto()  # トークンがもう使われたか、期限が切れた
    LIMIT = auto()  # 月の上限
    REFUSED = auto()  # そのほかの 4xx。同じものは何度送っても断られる
    UNREACHED = auto()  # 受け取られていない（つながらない、速すぎるための 429）
    UNKNOWN = auto()  # 受け取られたかもしれない（時間切れ、5xx、途中で切れた）


class Sender(Protocol):
    """LINE に送る口。失敗も ``Outcome`` で返す。``seconds`` は 1 度の呼び出しの長さの限り。"""

    async def reply(self, token: str, messages: Sequence[Any], seconds: float) -> Outcome: ...

    async def push(
        self, to: str, messages: Sequence[Any], retry_key: str, seconds: float
    ) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Policy:
    """待ち方（秒）。返信用のトークンは届いてから 1 分で切れるので、``reply_within`` はそれより短い。"""

    push_after_deadline: bool = False
    reply_within: float = 50
    push_within: float = 300
    call_within: float = 10
    leave_within: float = 5
    lease: float = 15
    poll: float = 1
    pauses: tuple[float, ...] = (0.5, 1, 2, 4, 8)
    at_once: int = 32


class Worker:
    """働き手。``run`` を 1 つのイベントループで走らせる。いくつのプロセスで走らせてもよい。"""

    def __init__(
        self,
        inbox: Inbox,
        respond: Respond,
        sender: Sender,
        apology: Sequence[Any],
        policy: Policy,
        clock: Callable[[], float],
    ) -> None:
        self._inbox, self._respond, self._sender = inbox, respond, sender
        self._apology, self._policy, self._clock = apology, policy, clock
        self._owner = uuid.uuid4().hex
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._late = False
        self._full = False
        self._woken = inbox.arrived
        # 1 つだけ。形態素解析は、同じものを 2 つのスレッドから同時には使えない。
        self._thinking = ThreadPoolExecutor(1, "conversation")

    async def run(self) -> None:
        """取り消されるまで働く。取り消されたら、途中の返信を待ち、残りは別の働き手に返す。"""
        renewing = asyncio.create_task(self._renew())
        try:
            while True:
                self._woken.clear()
                if not await self._start():
                    await self._sleep()
        finally:
            renewing.cancel()
            tasks = list(self._busy.values())
            if tasks:
                await asyncio.wait(tasks, timeout=self._policy.leave_within)
            for task in tasks:
                task.cancel()
            await asyncio.gather(renewing, *tasks, return_exceptions=True)
            await self._give_back()
            self._thinking.shutdown(wait=False)

    async def _start(self) -> bool:
        """取り出せるものを取り出して始める。何かを取り出したか。"""
        now = self._clock()
        room = self._policy.at_once - len(self._busy)
        self._full = room <= 0
        if self._full:
            return False
        try:
            found = await self._inbox.take(self._owner, now, now + self._policy.lease, room)
        except Exception as error:
            LOG.error("受け箱から取り出せません（%s）。", _where(error))
            return False
        for taken in found:
            task = asyncio.create_task(self._serve(taken, now))
            self._busy[taken.id] = task
            task.add_done_callback(functools.partial(self._done, taken.id))
        return bool(found)

    def _done(self, id: int, _task: asyncio.Task[None]) -> None:
        self._busy.pop(id, None)
        if self._full:
            self._woken.set()

    async def _sleep(self) -> None:
        """知らせがあるまで。なくても時々起きる（別のプロセスが残したものを取り出すため）。"""
        alarm = asyncio.get_running_loop().call_later(self._policy.poll, self._woken.set)
        try:
            await self._woken.wait()
        finally:
            alarm.cancel()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._policy.lease / 3)
            mine = dict(self._busy)
            if not mine:
                continue
            until = self._clock() + self._policy.lease
            try:
                held = await self._inbox.hold(self._owner, sorted(mine), until)
            except InboxError as error:
                LOG.error("%s", error)
                continue
            # 取り消されたか、期限を過ぎて別の働き手に移ったもの。もう答えない。
            for id in mine.keys() - held:
                mine[id].cancel()

    async def _give_back(self) -> None:
        try:
            await self._inbox.release(self._owner)
        except InboxError as error:
            LOG.error("%s", error)

    # 1 つの事象 ------------------------------------------------------------------

    async def _serve(self, taken: Taken, begun: float) -> None:
        try:
            result = await self._answer(taken, begun)
        except Exception as error:
            LOG.error("LINE の事象を処理できませんでした（%s）。", _where(error))
            result = Result("failed")
        try:
            await self._inbox.finish(taken, self._owner, result, self._clock())
        except InboxError as error:
            # 期限の後にもう一度取り出され、トークンがもう使われていると分かって終わる。
            LOG.error("%s", error)

    async def _answer(self, taken: Taken, begun: float) -> Result:
        request: dict[str, str] = json.loads(taken.payload)
        reply = await self._think(taken, request)
        sent = await self._send(taken, request, reply.messages, begun)
        if sent == "late" and not self._late:  # 続けて何件あっても、知らせるのは一度
            LOG.error(
                "LINE への返信が間に合いません。LINE とネットワークの様子を確かめてください。"
            )
        self._late = sent == "late"
        # 届かなかった返事の続き（選べる番号など）は、覚えない。
        memory = reply.memory if sent in _SEEN else None
        return Result(sent, reply.counts, memory, reply.question)

    async def _think(self, taken: Taken, request: dict[str, str]) -> Reply:
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._thinking, self._respond, taken.memory, request["kind"], request["text"]
            )
        except Exception as error:
            LOG.error("答えを作れないので、おわびを返します（%s）。", _where(error))
            return Reply(self._apology, counts=("failed",))

    async def _send(
        self, taken: Taken, request: dict[str, str], messages: Sequence[Any], begun: float
    ) -> str:
        """送って、結果を数える名前を返す。"""
        if not messages:
            return "silent"
        deadline = taken.received + self._policy.reply_within
        # だれかが期限の前に取り出していたなら、返信を試して、受け取られたかもしれない。
        perhaps = taken.first_taken < min(begun, deadline)
        outcome = Outcome.UNREACHED
        for pause in self._pauses():
            left = deadline - self._clock()
            if left <= 0:
                break
            outcome = await self._sender.reply(
                request["token"], messages, min(left, self._policy.call_within)
            )
            if outcome in _FINAL:
                return _FINAL[outcome]
            if outcome is Outcome.SPENT:
                return "replied" if perhaps else "late"
            perhaps = perhaps or outcome is Outcome.UNKNOWN
            await asyncio.sleep(min(pause, max(0.0, deadline - self._clock())))
        if perhaps or not (self._policy.push_after_deadline and request.get("to")):
            return "late"
        return await self._push(taken, request["to"], messages)

    async def _push(self, taken: Taken, to: str, messages: Sequence[Any]) -> str:
        # 事象の印から決まるので、止まってやり直しても同じになり、LINE が 1 通にする。
        key = str(uuid.UUID(taken.event[:32]))
        deadline = self._clock() + self._policy.push_within
        for pause in self._pauses():
            outcome = await self._sender.push(to, messages, key, self._policy.call_within)
            if outcome in _FINAL:
                return "pushed" if outcome is Outcome.ACCEPTED else _FINAL[outcome]
            if self._clock() + pause > deadline:
                break
            await asyncio.sleep(pause)
        return "late"

    def _pauses(self) -> Iterator[float]:
        yield from self._policy.pauses
        yield from itertools.repeat(self._policy.pauses[-1])


_SEEN = ("replied", "pushed", "silent")
_FINAL = {Outcome.ACCEPTED: "replied", Outcome.LIMIT: "limit", Outcome.REFUSED: "refused"}


PURGE_EVERY, TIDY_EVERY = 600.0, 60.0
"""期限の過ぎたものを消す間と、消した跡をなくす間（秒）。"""


async def keep_house(inbox: Inbox, clock: Callable[[], float]) -> None:
    """期限の過ぎたものと、消した跡を、取り消されるまで消しつづける。"""
    purged = float("-inf")
    while True:
        now = clock()
        try:
            if now - purged >= PURGE_EVERY:
                await inbox.purge(now)
                purged = now
            else:
                await inbox.tidy()
        except InboxError as error:
            LOG.error("%s", error)
        await asyncio.sleep(TIDY_EVERY)


def _where(error: BaseException) -> str:
    """誤りの種類と、起きた場所。説明の文は入れない。"""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
