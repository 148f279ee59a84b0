"""働き手: いつ、何度、どう送るか。送る口は台本どおりに失敗し、受け箱は本物。"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.inbox import Arrival, Inbox
from bot.people import Keys
from bot.person import forget_turns
from bot.worker import Outcome, Policy, Reply, Worker
from content.database import open_database

KEYS = Keys(b"key of the tests key of the tests")
QUICK = Policy(pauses=(0.01, 0.02), lease=0.6, poll=0.05)
APOLOGY = ["おわび"]
START = 1_795_316_400.0


class Clock:
    """本物の速さで進み、手でも進められる時計。"""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return START + asyncio.get_running_loop().time() + self.ahead


class Script:
    """送る口。``outcomes`` を先から使い、なくなれば受け取る。

    1 度の返信に、本物の時間で ``seconds`` 秒かかり、時計の上では ``ages`` 秒が過ぎる。
    """

    def __init__(
        self,
        *outcomes: Outcome,
        pushes: Sequence[Outcome] = (),
        seconds: float = 0,
        ages: float = 0,
    ) -> None:
        self.outcomes, self.push_outcomes = list(outcomes), list(pushes)
        self.seconds, self.ages = seconds, ages
        self.clock = Clock()
        self.replies: list[tuple[str, Sequence[Any]]] = []
        self.pushes: list[tuple[str, str]] = []
        self.allowed: list[float] = []
        self.now = self.most = 0  # 同時に送っている数

    async def reply(self, token: str, messages: Sequence[Any], seconds: float) -> Outcome:
        self.replies.append((token, messages))
        self.allowed.append(seconds)
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.seconds)
        self.now -= 1
        self.clock.ahead += self.ages
        return self.outcomes.pop(0) if self.outcomes else Outcome.ACCEPTED

    async def push(
        self, to: str, messages: Sequence[Any], retry_key: str, seconds: float
    ) -> Outcome:
        self.pushes.append((to, retry_key))
        return self.push_outcomes.pop(0) if self.push_outcomes else Outcome.ACCEPTED


def echo(memory: str | None, kind: str, text: str) -> Reply:
    if "毒" in text:
        raise RuntimeError(f"読めません: {text}")
    if "無言" in text:
        return Reply([])
    return Reply([text], json.dumps({"turns": [text]}), text if text.endswith("?") else None)


def said(number: int, text: str = "質問", who: str = "花子") -> Arrival:
    payload = {"kind": "text", "text": text, "token": f"token{number}", "to": f"U{who}"}
    return Arrival(
        "answer",
        KEYS.event(str(number)),
        KEYS.person(who),
        KEYS.message(str(number)),
        json.dumps(payload),
    )


class Bench:
    """1 つの受け箱と 1 つの働き手。"""

    def __init__(self, folder: Path, sender: Script, policy: Policy = QUICK) -> None:
        self.url, self.sender, self.policy = f"sqlite:///{folder / 'a.db'}", sender, policy
        self.clock = sender.clock

    def run(self, work: Callable[[Bench], Awaitable[None]]) -> None:
        async def all_of_it() -> None:
            engine = open_database(self.url)
            self.inbox = Inbox(engine, forget_turns)
            try:
                async with asyncio.timeout(20):
                    await work(self)
            finally:
                self.inbox.close()
                engine.dispose()

        asyncio.run(all_of_it())

    def worker(self) -> Worker:
        return Worker(self.inbox, echo, self.sender, APOLOGY, self.policy, self.clock)

    async def put(self, *arrivals: Arrival) -> None:
        await self.inbox.put(arrivals, self.clock())

    async def work_until(self, **expected: int) -> None:
        """終わり方の数が ``expected`` になるまで働く。"""
        task = asyncio.create_task(self.worker().run())
        try:
            while (await self.outcomes()) != expected:
                assert not task.done()
                await asyncio.sleep(0.01)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def outcomes(self) -> dict[str, int]:
        return {name: number for (_, name), number in (await self.inbox.counts()).items()}


def test_answer_is_sent_and_the_person_is_remembered(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        await bench.work_until(replied=1)
        assert bench.sender.replies == [("token1", ["質問"])]
        await bench.put(said(2))
        (taken,) = await bench.inbox.take("試験", bench.clock(), bench.clock(), 9)
        assert taken.memory == '{"turns": ["\\u8cea\\u554f"]}'

    Bench(tmp_path, Script()).run(work)


def test_events_of_one_person_are_answered_in_order(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        people = ["花子", "太郎", "次郎"]
        await bench.put(*(said(n, str(n), people[n % 3]) for n in range(30)))
        await bench.work_until(replied=30)
        for person in range(3):
            mine = [int(m[0]) for _, m in bench.sender.replies if int(m[0]) % 3 == person]
            assert mine == list(range(person, 30, 3))

    Bench(tmp_path, Script(seconds=0.002)).run(work)


def test_no_more_than_so_many_at_once_and_the_rest_do_not_wait_for_the_clock(
    tmp_path: Path,
) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(*(said(n, who=f"人{n}") for n in range(9)))
        await bench.work_until(replied=9)
        assert bench.sender.most == 2

    policy = replace(QUICK, at_once=2, poll=60)
    Bench(tmp_path, Script(seconds=0.01), policy).run(work)


def test_failed_reply_is_tried_again_with_the_same_token(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        await bench.work_until(replied=1)
        assert bench.sender.replies == [("token1", ["質問"])] * 4

    Bench(tmp_path, Script(Outcome.UNKNOWN, Outcome.UNREACHED, Outcome.UNKNOWN)).run(work)


def test_token_found_spent_after_a_lost_answer_means_it_arrived(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        await bench.work_until(replied=1)
        assert len(bench.sender.replies) == 2

    Bench(tmp_path, Script(Outcome.UNKNOWN, Outcome.SPENT)).run(work)


@pytest.mark.parametrize(
    ("outcome", "name"),
    [(Outcome.LIMIT, "limit"), (Outcome.REFUSED, "refused"), (Outcome.SPENT, "late")],
)
def test_refusal_is_never_tried_again(tmp_path: Path, outcome: Outcome, name: str) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        await bench.work_until(**{name: 1})
        await asyncio.sleep(0.1)
        assert len(bench.sender.replies) == 1
        assert bench.sender.pushes == []

    Bench(tmp_path, Script(outcome), Policy(push_after_deadline=True, pauses=(0.01,))).run(work)


def test_nothing_is_sent_after_the_deadline(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1), said(2, who="太郎"))
        bench.clock.ahead += 51
        await bench.work_until(late=2)
        assert (bench.sender.replies, bench.sender.pushes) == ([], [])

    Bench(tmp_path, Script()).run(work)


def test_calls_do_not_reach_past_the_deadline(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        await bench.work_until(late=1)
        first, second, last = bench.sender.allowed
        assert (first, second) == (10, 10)
        assert 0 < last <= 5

    Bench(tmp_path, Script(*[Outcome.UNREACHED] * 99, ages=22.5)).run(work)


def test_late_answer_is_pushed_when_the_policy_says_so(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        bench.clock.ahead += 51
        await bench.work_until(pushed=1)
        assert bench.sender.replies == []
        (first, key), second = bench.sender.pushes
        assert first == "U花子"
        assert second == (first, key)  # やり直しも、同じ X-Line-Retry-Key で

    Bench(tmp_path, Script(pushes=[Outcome.UNKNOWN]), push_policy()).run(work)


def test_reply_that_certainly_failed_is_pushed(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        await bench.work_until(pushed=1)
        assert len(bench.sender.replies) == 3
        assert len(bench.sender.pushes) == 1

    Bench(tmp_path, Script(*[Outcome.UNREACHED] * 99, ages=20), push_policy()).run(work)


def test_reply_that_perhaps_arrived_is_never_pushed(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        await bench.work_until(late=1)
        assert len(bench.sender.replies) == 3
        assert bench.sender.pushes == []

    script = Script(Outcome.UNREACHED, Outcome.UNKNOWN, Outcome.UNREACHED, ages=20)
    Bench(tmp_path, script, push_policy()).run(work)


def test_event_of_a_lost_worker_is_not_pushed(tmp_path: Path) -> None:
    """前の働き手が、止まる前に返信していたかもしれない。"""

    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        await bench.inbox.take("なくなった働き手", bench.clock(), bench.clock() + 1, 9)
        bench.clock.ahead += 51
        await bench.work_until(late=1)
        assert (bench.sender.replies, bench.sender.pushes) == ([], [])

    Bench(tmp_path, Script(), push_policy()).run(work)


def test_push_stops_at_the_monthly_limit(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        bench.clock.ahead += 51
        await bench.work_until(limit=1)
        assert len(bench.sender.pushes) == 1

    Bench(tmp_path, Script(pushes=[Outcome.LIMIT]), push_policy()).run(work)


def test_poison_is_answered_with_an_apology_and_nothing_of_it_is_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1, "毒 秘密のこと?"), said(2, "よい質問"), said(3, who="太郎"))
        with caplog.at_level(logging.DEBUG):
            await bench.work_until(replied=3, failed=1)
        sent = dict(bench.sender.replies)
        assert sent == {"token1": APOLOGY, "token2": ["よい質問"], "token3": ["質問"]}
        out, err = capfd.readouterr()
        for place in (caplog.text, out, err):
            assert "秘密のこと" not in place
        assert "RuntimeError" in caplog.text

    Bench(tmp_path, Script()).run(work)


def test_broken_sender_costs_one_answer_only(tmp_path: Path) -> None:
    class Broken(Script):
        async def reply(self, token: str, messages: Sequence[Any], seconds: float) -> Outcome:
            if token == "token1":
                raise TypeError("送れません")
            return await super().reply(token, messages, seconds)

    async def work(bench: Bench) -> None:
        await bench.put(said(1), said(2))
        await bench.work_until(failed=1, replied=1)

    Bench(tmp_path, Broken()).run(work)


def test_silence_is_not_sent(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1, "無言"))
        await bench.work_until(silent=1)
        assert bench.sender.replies == []

    Bench(tmp_path, Script()).run(work)


def test_slow_answer_keeps_its_lease(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        workers = [asyncio.create_task(bench.worker().run()) for _ in range(2)]
        while not await bench.outcomes():
            await asyncio.sleep(0.05)
        assert len(bench.sender.replies) == 1
        for task in workers:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    Bench(tmp_path, Script(seconds=1.5)).run(work)


def test_unsend_stops_a_reply_that_is_still_being_tried(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        task = asyncio.create_task(bench.worker().run())
        while len(bench.sender.replies) < 3:
            await asyncio.sleep(0.01)
        unsend = Arrival("unsend", KEYS.event("消す"), KEYS.person("花子"), KEYS.message("1"))
        await bench.put(unsend)
        await asyncio.sleep(0.5)
        tried = len(bench.sender.replies)
        await asyncio.sleep(0.3)
        assert len(bench.sender.replies) == tried
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert await bench.outcomes() == {"withdrawn": 1}

    Bench(tmp_path, Script(*[Outcome.UNKNOWN] * 999)).run(work)


def test_stopping_waits_for_the_reply_and_gives_the_rest_back(tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        await bench.put(said(1), said(2))
        task = asyncio.create_task(bench.worker().run())
        while not bench.sender.replies:
            await asyncio.sleep(0.01)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert await bench.outcomes() == {"replied": 1}
        (rest,) = await bench.inbox.take("次", bench.clock(), bench.clock() + 9, 9)
        assert json.loads(rest.payload)["token"] == "token2"

    Bench(tmp_path, Script(seconds=0.2)).run(work)


def test_long_thought_does_not_stop_the_loop(tmp_path: Path) -> None:
    thinking, enough = threading.Event(), threading.Event()

    def long_thought(memory: str | None, kind: str, text: str) -> Reply:
        thinking.set()
        enough.wait(5)
        return Reply([text])

    async def work(bench: Bench) -> None:
        await bench.put(said(1))
        worker = Worker(bench.inbox, long_thought, bench.sender, APOLOGY, bench.policy, bench.clock)
        task = asyncio.create_task(worker.run())
        while not thinking.is_set():
            await asyncio.sleep(0.01)
        async with asyncio.timeout(1):
            await bench.put(said(2, who="太郎"))
        enough.set()
        while len(bench.sender.replies) < 2:
            await asyncio.sleep(0.01)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    Bench(tmp_path, Script()).run(work)


def push_policy() -> Policy:
    return replace(QUICK, push_after_deadline=True)
