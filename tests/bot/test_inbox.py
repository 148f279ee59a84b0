"""受け箱: 本物の SQLite と（あれば）本物の PostgreSQL で。"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from bot.inbox import Arrival, Inbox, InboxError, Result, Taken
from bot.people import DAY, Keys, Retention
from bot.person import Person, forget_turns, person_from_json, person_to_json
from content.database import open_database, reading, writing

NOON = 1_795_316_400.0  # 2026-11-22 12:00 日本
SECRET_TEXT = "母の認知症のことで相談したいです"
TOKEN = "0f3779fba3b349968c5d07db31eab56f"
KEYS = Keys(b"key of the tests key of the tests")


@contextmanager
def inbox_of(url: str, retention: Retention | None = None) -> Iterator[Inbox]:
    engine = open_database(url)
    inbox = Inbox(engine, forget_turns, retention)
    try:
        yield inbox
    finally:
        inbox.close()
        engine.dispose()


def run(url: str, work: Callable[[Inbox], Awaitable[None]]) -> None:
    """``work`` を、新しい受け箱で最後まで。"""

    async def all_of_it() -> None:
        with inbox_of(url) as inbox:
            await work(inbox)

    asyncio.run(all_of_it())


def message(number: int, who: str = "花子", said: str = "質問") -> Arrival:
    payload = json.dumps({"kind": "text", "text": said, "token": TOKEN})
    event, message = KEYS.event(f"{who}{number}"), KEYS.message(f"{who}{number}")
    return Arrival("answer", event, KEYS.person(who), message, payload)


def unsend(number: int, who: str = "花子") -> Arrival:
    event, message = KEYS.event(f"取り消し{who}{number}"), KEYS.message(f"{who}{number}")
    return Arrival("unsend", event, KEYS.person(who), message)


def unfollow(who: str = "花子") -> Arrival:
    return Arrival("unfollow", KEYS.event(f"やめる{who}"), KEYS.person(who))


async def take(inbox: Inbox, owner: str = "一", now: float = NOON, most: int = 9) -> list[Taken]:
    return await inbox.take(owner, now, now + 15, most)


def remembering(*turns: str) -> str:
    return person_to_json(Person(register="plain", turns=turns))


def told(taken: Taken, *turns: str, question: str | None = None) -> Result:
    return Result("replied", (), remembering(*turns), question)


# 1 度だけ、順に ---------------------------------------------------------------------


def test_event_is_taken_as_it_came(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        await inbox.put([message(1, said="音声版は？")], NOON)
        (taken,) = await take(inbox, now=NOON + 3)
        assert json.loads(taken.payload)["text"] == "音声版は？"
        assert (taken.received, taken.first_taken, taken.memory) == (NOON, NOON + 3, None)

    run(database_url, work)


def test_same_event_again_is_not_taken_again(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        await inbox.put([message(1), message(1)], NOON)
        (taken,) = await take(inbox)
        await inbox.put([message(1)], NOON)
        assert await inbox.finish(taken, "一", Result("replied"), NOON)
        await inbox.put([message(1)], NOON + DAY)
        assert await take(inbox, now=NOON + DAY) == []

    run(database_url, work)


def test_next_event_of_a_person_waits_for_the_first(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        await inbox.put([message(1), message(2), message(1, "太郎")], NOON)
        hanako, taro = await take(inbox)
        assert (hanako.event, taro.event) == (message(1).event, message(1, "太郎").event)
        assert await take(inbox, "二") == []
        await inbox.finish(hanako, "一", told(hanako, "質問"), NOON)
        (second,) = await take(inbox, "二")
        assert second.event == message(2).event
        assert person_from_json(second.memory).turns == ("質問",)

    run(database_url, work)


def test_event_of_a_lost_worker_is_taken_after_its_lease(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        await inbox.put([message(1)], NOON)
        (lost,) = await take(inbox, "一", NOON)
        assert await take(inbox, "二", NOON + 14) == []
        (again,) = await take(inbox, "二", NOON + 16)
        assert (again.event, again.first_taken) == (lost.event, NOON)
        assert not await inbox.finish(lost, "一", told(lost, "古い"), NOON + 17)
        assert await inbox.finish(again, "二", told(again, "新しい"), NOON + 17)
        await inbox.put([message(2)], NOON + 18)
        (next_one,) = await take(inbox, "二", NOON + 18)
        assert person_from_json(next_one.memory).turns == ("新しい",)

    run(database_url, work)


def test_lease_can_be_extended_and_given_back(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        await inbox.put([message(1), message(1, "太郎")], NOON)
        hanako, taro = await take(inbox, "一", NOON)
        assert await inbox.hold("二", [hanako.id], NOON + 60) == set()
        assert await inbox.hold("一", [hanako.id], NOON + 60) == {hanako.id}
        (other,) = await take(inbox, "二", NOON + 30)
        assert other.event == taro.event
        await inbox.release("一")
        (given,) = await take(inbox, "二", NOON + 31)
        assert given.event == hanako.event

    run(database_url, work)


def test_many_workers_take_each_event_once_and_in_order(database_url: str) -> None:
    people = [f"人{n}" for n in range(6)]
    open_database(database_url).dispose()
    finished: list[tuple[str, int]] = []
    lock = threading.Lock()
    numbers = {message(n, who).event: (who, n) for who in people for n in range(8)}

    async def put(inbox: Inbox) -> None:
        for number in range(8):
            await inbox.put([message(number, who) for who in people], NOON)

    def worker(name: str) -> None:
        async def work(inbox: Inbox) -> None:
            if name in ("働き手0", "働き手1"):  # 同じ事象が、2 つの入口に同時に来る
                await put(inbox)
            while True:
                for taken in await take(inbox, name, most=3):
                    with lock:  # 終えた後では、次のものを終えた人に先を越される
                        finished.append(numbers[taken.event])
                    assert await inbox.finish(taken, name, Result("replied"), NOON)
                with lock:
                    if len(finished) >= len(numbers):
                        return
                await asyncio.sleep(0.001)

        run(database_url, work)

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(worker, f"働き手{n}") for n in range(3)]:
            done.result(timeout=60)
    assert Counter(finished) == Counter(numbers.values())
    for who in people:
        assert [n for name, n in finished if name == who] == sorted(range(8))


# 書けないとき ------------------------------------------------------------------------


def test_waiting_for_another_program_does_not_stop_the_loop(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"

    async def work(inbox: Inbox) -> None:
        other = open_database(url)
        with writing(other):
            puts = [asyncio.create_task(inbox.put([message(n)], NOON)) for n in range(3)]
            longest = 0.0
            for _ in range(20):
                before = time.monotonic()
                await asyncio.sleep(0.01)
                longest = max(longest, time.monotonic() - before)
            assert not any(put.done() for put in puts)
            assert longest < 1  # 止まれば、put のあきらめる 1.5 秒まで止まる
        await asyncio.gather(*puts)
        other.dispose()
        order = []
        while taken := await take(inbox):
            order.append(taken[0].event)
            await inbox.finish(taken[0], "一", Result("replied"), NOON)
        assert order == [message(n).event for n in range(3)]

    run(url, work)


def test_abandoned_request_is_not_written_later(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"

    async def work(inbox: Inbox) -> None:
        other = open_database(url)
        with writing(other):
            first = asyncio.create_task(inbox.put([message(1)], NOON))
            await asyncio.sleep(0.1)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await inbox.put([message(1, "太郎")], NOON)
        await first
        other.dispose()
        assert [taken.event for taken in await take(inbox)] == [message(1).event]

    run(url, work)


def test_failure_says_nothing_of_what_was_written(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        engine = open_database(database_url)
        with writing(engine) as connection:
            connection.execute(text("ALTER TABLE inbox RENAME TO hidden"))
        with pytest.raises(InboxError) as caught:
            await inbox.put([message(1, said=SECRET_TEXT)], NOON)
        said = f"{caught.value!r} {caught.value.__cause__!r}"
        assert SECRET_TEXT not in said
        assert TOKEN not in said
        assert KEYS.person("花子") not in said
        with writing(engine) as connection:
            connection.execute(text("ALTER TABLE hidden RENAME TO inbox"))
        engine.dispose()
        await inbox.put([message(1)], NOON)
        assert len(await take(inbox)) == 1

    run(database_url, work)


def test_one_failing_write_does_not_hurt_the_others(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        bad = Arrival("answer", "印", "人", "", "{}\ud800")
        good, failed = await asyncio.gather(
            inbox.put([message(1)], NOON), inbox.put([bad], NOON), return_exceptions=True
        )
        assert good is None
        assert isinstance(failed, InboxError)
        assert [taken.event for taken in await take(inbox)] == [message(1).event]

    run(database_url, work)


def test_database_that_was_restarted_is_used_again(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        await inbox.put([message(1)], NOON)
        if database_url.startswith("postgresql"):
            others = "pid <> pg_backend_pid() AND datname = current_database()"
            cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
            rows(database_url, cut)
        await inbox.put([message(2, "太郎")], NOON)
        assert len(await take(inbox)) == 2

    run(database_url, work)


# 取り消しと、友だちをやめたとき ---------------------------------------------------------


def test_unsent_message_is_not_answered(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        await inbox.put([message(1), message(2)], NOON)
        await inbox.put([unsend(1)], NOON)
        (taken,) = await take(inbox)
        assert taken.event == message(2).event

    run(database_url, work)


def test_unsend_that_comes_first_still_counts(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        await inbox.put([unsend(1), unsend(1), message(1), message(2)], NOON)
        (taken,) = await take(inbox)
        assert taken.event == message(2).event

    run(database_url, work)


def test_unsend_deletes_what_came_of_the_message(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        for number, said in ((1, "ひとつ"), (2, "ふたつ")):
            await inbox.put([message(number)], NOON)
            (taken,) = await take(inbox)
            await inbox.finish(taken, "一", told(taken, said, question=said), NOON)
        await inbox.put([unsend(1)], NOON)
        await inbox.put([message(3)], NOON)
        (after,) = await take(inbox)
        assert person_from_json(after.memory) == Person(register="plain")
        assert questions(database_url) == ["ふたつ"]

    run(database_url, work)


def test_unsent_words_do_not_come_back_with_a_turn_already_begun(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        await inbox.put([message(1)], NOON)
        (first,) = await take(inbox)
        await inbox.finish(first, "一", told(first, "消したい言葉"), NOON)
        await inbox.put([message(2)], NOON)
        (begun,) = await take(inbox)
        await inbox.put([unsend(1)], NOON)
        assert await inbox.finish(begun, "一", told(begun, "消したい言葉", "次"), NOON)
        await inbox.put([message(3)], NOON)
        (after,) = await take(inbox)
        assert person_from_json(after.memory) == Person(register="plain")

    run(database_url, work)


def test_unfollow_deletes_the_person(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        for who in ("花子", "太郎"):
            await inbox.put([message(1, who)], NOON)
            (taken,) = await take(inbox)
            await inbox.finish(taken, "一", told(taken, who, question=who), NOON)
        await inbox.put([message(2)], NOON)
        (begun,) = await take(inbox)
        await inbox.put([message(3), unfollow()], NOON)
        assert not await inbox.finish(begun, "一", told(begun, "花子", "次"), NOON)
        assert await take(inbox) == []
        assert questions(database_url) == ["太郎"]
        assert rows(database_url, "SELECT id FROM person") == [KEYS.person("太郎")]

    run(database_url, work)


def test_repeated_unfollow_does_not_delete_a_friend_who_came_back(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        await inbox.put([unfollow(), message(1)], NOON)
        (taken,) = await take(inbox)
        await inbox.finish(taken, "一", told(taken, "また来ました"), NOON)
        await inbox.put([unfollow()], NOON)
        assert rows(database_url, "SELECT id FROM person") == [KEYS.person("花子")]

    run(database_url, work)


# 期限と、消した証拠 ----------------------------------------------------------------------


def test_answered_event_keeps_neither_text_nor_token(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        await inbox.put([message(1, said=SECRET_TEXT)], NOON)
        (taken,) = await take(inbox)
        await inbox.finish(taken, "一", Result("replied"), NOON)
        assert rows(database_url, "SELECT payload FROM inbox") == [None]

    run(database_url, work)


def test_tidy_leaves_no_answered_text_in_the_files(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"

    async def work(inbox: Inbox) -> None:
        await inbox.put([message(1, said=SECRET_TEXT)], NOON)
        (taken,) = await take(inbox)
        await inbox.finish(taken, "一", Result("replied"), NOON)
        assert TOKEN.encode() in b"".join(p.read_bytes() for p in tmp_path.iterdir())
        await inbox.tidy()
        assert TOKEN.encode() not in b"".join(p.read_bytes() for p in tmp_path.iterdir())

    run(url, work)


def test_everything_ends_at_its_time(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        await inbox.put([message(1), message(2)], NOON)
        (taken,) = await take(inbox)
        await inbox.finish(taken, "一", told(taken, "会話", question="伏せた質問"), NOON)
        await inbox.put([unsend(9, "太郎")], NOON)

        await inbox.purge(NOON + 3500)
        assert "会話" in rows(database_url, "SELECT memory FROM person")[0]
        await inbox.purge(NOON + 3700)
        kept = rows(database_url, "SELECT memory FROM person")[0]
        assert person_from_json(kept) == Person(register="plain")

        await inbox.purge(NOON + 2 * DAY)
        assert await take(inbox, now=NOON + 2 * DAY) == []  # 待ちすぎたもの
        assert len(rows(database_url, "SELECT id FROM inbox")) == 3

        await inbox.purge(NOON + 8 * DAY)
        assert rows(database_url, "SELECT id FROM inbox") == []
        assert rows(database_url, "SELECT message FROM unsent") == []
        assert questions(database_url) == ["伏せた質問"]
        assert rows(database_url, "SELECT origin FROM unanswered") == [None]

        await inbox.purge(NOON + 91 * DAY)
        assert questions(database_url) == []
        await inbox.purge(NOON + 366 * DAY)
        assert rows(database_url, "SELECT id FROM person") == []
        assert await inbox.counts() == {("2026-11-22", "replied"): 1, ("2026-11-22", "late"): 1}

    run(database_url, work)


def test_counts_are_the_same_before_and_after_the_events_are_deleted(database_url: str) -> None:
    async def work(inbox: Inbox) -> None:
        for number, when in enumerate((NOON, NOON, NOON + 12 * 3600)):
            await inbox.put([message(number)], when)
            (taken,) = await take(inbox, now=when)
            await inbox.finish(taken, "一", Result("replied", ("feedback_yes",)), when)
        before = await inbox.counts()
        assert before == {
            ("2026-11-22", "replied"): 2,
            ("2026-11-22", "feedback_yes"): 2,
            ("2026-11-23", "replied"): 1,
            ("2026-11-23", "feedback_yes"): 1,
        }
        await inbox.purge(NOON + 7.2 * DAY)
        await inbox.purge(NOON + 20 * DAY)
        assert await inbox.counts() == before

    run(database_url, work)


def test_deleted_words_are_in_no_file_of_the_database(database_url: str) -> None:
    """消した後の、データベースのファイルのバイトの中に、文もトークンも利用者の印もない。"""
    who = [f"人{n}" for n in range(40)]
    said = [f"{SECRET_TEXT}{n:03}" for n in range(len(who))]
    marks = [SECRET_TEXT.encode(), TOKEN.encode(), *(KEYS.person(w).encode() for w in who)]
    marks.append(json.dumps(SECRET_TEXT)[1:-1].encode())

    async def work(inbox: Inbox) -> None:
        for turn in range(3):
            await inbox.put(
                [
                    message(turn, w, f"{s}{'あ' * turn * 50}")
                    for w, s in zip(who, said, strict=True)
                ],
                NOON,
            )
            for taken in await take(inbox, most=99):
                words = json.loads(taken.payload)["text"]
                await inbox.finish(taken, "一", told(taken, words, question=words), NOON)
        assert all(found_in_files(database_url, mark) for mark in marks[1:3])
        await inbox.put([unfollow(w) for w in who[::2]], NOON + DAY)
        await inbox.purge(NOON + 400 * DAY)

    run(database_url, work)
    assert [mark for mark in marks if found_in_files(database_url, mark)] == []


def test_wiped_words_leave_the_file_without_waiting_for_the_retention(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"

    async def work(inbox: Inbox) -> None:
        await inbox.put([message(n, said=f"{SECRET_TEXT}{n}") for n in range(30)], NOON)
        while taken := await take(inbox):
            await inbox.finish(taken[0], "一", Result("replied"), NOON)
        await inbox.purge(NOON)
        assert not found_in_files(url, json.dumps(SECRET_TEXT)[1:-1].encode())
        assert not found_in_files(url, TOKEN.encode())

    run(url, work)


# 見る ----------------------------------------------------------------------------------


def rows(url: str, query: str) -> list[str]:
    engine = open_database(url)
    with reading(engine) as connection:
        found = list(connection.execute(text(query)).scalars())
    engine.dispose()
    return found


def questions(url: str) -> list[str]:
    return rows(url, "SELECT question FROM unanswered ORDER BY id")


def found_in_files(url: str, words: bytes) -> bool:
    """データベースの表のファイル（SQLite では、そばのファイルも）のどこかに ``words`` があるか。"""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return any(words in file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    engine = open_database(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        number = connection.execute(
            text("SELECT oid FROM pg_database WHERE datname = current_database()")
        ).scalar_one()
    engine.dispose()
    home = Path(parse_qs(urlsplit(url).query)["host"][0])
    files = (home / "data" / "base" / str(number)).iterdir()
    return any(words in file.read_bytes() for file in files if re.match(r"\d", file.name))
