"""LINE のボットの本物のプロセスと、厳しいにせの LINE。HTTP で話し、殺し、壊す。"""

from __future__ import annotations

import json
import multiprocessing
import random
import re
import socket
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bot.worker import Policy
from content.database import open_database
from tests.bot.line_app import Settings, serve
from tests.databases import DATABASES
from tests.line_platform import (
    Event,
    LinePlatform,
    ManualClock,
    Resident,
    Response,
    in_mode,
    redelivered,
)

REPLY = "/v2/bot/message/reply"
QUICK = Policy(lease=1, poll=0.2, pauses=(0.1, 0.2, 0.4))
# 本物のプロセスを、すぐに何度でも始められるように、重いものを読み込んだ親から分ける。
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.bot.line_app", "linebot.v3.messaging"])


class Bot:
    """ボットのプロセス。止めても、同じ場所で、また始められる。"""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.webhook = f"http://127.0.0.1:{settings.port}/line/webhook"

    def start(self) -> Bot:
        self.process = FORKS.Process(target=serve, args=(self.settings,), daemon=True)
        self.process.start()
        for _ in range(400):
            try:
                with urllib.request.urlopen(f"{self.webhook[:-13]}/health", timeout=5):
                    return self
            except OSError:
                assert self.process.is_alive(), self.settings.log.read_text()
                time.sleep(0.025)
        raise TimeoutError("ボットが始まりません。")

    def stop(self) -> None:
        self.process.terminate()
        self.process.join(20)
        assert not self.process.is_alive()

    def kill(self) -> None:
        self.process.kill()
        self.process.join(20)


class Street:
    """にせの LINE と、同じデータベースを使ういくつかのボット。"""

    def __init__(self, platform: LinePlatform, database: str, folder: Path) -> None:
        self.platform, self.folder = platform, folder
        self.settings = Settings(
            database,
            platform.secret,
            platform.access_token,
            platform.base_url,
            0,
            folder / "log",
            QUICK,
        )
        self.bots: list[Bot] = []

    def bot(self, policy: Policy = QUICK) -> Bot:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        bot = Bot(replace(self.settings, port=port, policy=policy))
        self.bots.append(bot)
        return bot.start()

    def deliver(self, bot: Bot, *events: Event | str) -> Response:
        """届くまで送り直す（LINE も、200 でなければ送り直す）。"""
        for _ in range(400):
            try:
                response = self.platform.deliver(bot.webhook, *events)
            except OSError:  # ボットは、いま止まっている
                response = None
            if response is not None and response.status == 200:
                return response
            events = tuple(e if isinstance(e, str) else redelivered(e) for e in events)
            time.sleep(0.05)
        raise TimeoutError("届きません。")

    def texts(self, who: Resident) -> list[str]:
        return [received.text for received in self.platform.replies(who)]

    def settle(self, seconds: float = 0.5) -> None:
        """もう何も届かないことを見るために待つ。"""
        time.sleep(seconds)

    def log(self) -> str:
        return self.settings.log.read_text()


@contextmanager
def street_on(
    database: str, folder: Path, now: Callable[[], float] = time.monotonic
) -> Iterator[Street]:
    open_database(database).dispose()
    with LinePlatform(now=now) as platform:
        street = Street(platform, database, folder)
        try:
            yield street
        finally:
            for bot in street.bots:
                if bot.process.is_alive():
                    bot.stop()


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """``request.param`` がなければ SQLite。"""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'bot.db'}"
    server: str = request.getfixturevalue("postgresql")
    name = re.sub(r"\W", "_", tmp_path.name)
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.format(database=name)


@pytest.fixture
def street(database: str, tmp_path: Path) -> Iterator[Street]:
    with street_on(database, tmp_path) as street:
        yield street


on_every_database = pytest.mark.parametrize("database", DATABASES, indirect=True)


def eventually(happened: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "待っても起きません。"
        time.sleep(0.02)


# 受け取り -------------------------------------------------------------------------


def test_webhook_over_http(street: Street) -> None:
    """検証、悪い署名、知らない状態、毒、深い入れ子、こわれた文字、50 の事象、20 MB。"""
    bot, platform = street.bot(), street.platform
    hanako = platform.resident("花子")

    assert street.platform.deliver(bot.webhook).status == 200
    for signature in (None, "", "違う", "署名".encode(), b"\xff"):
        sent = signature.encode() if isinstance(signature, str) else signature
        body = platform.body(hanako.text("署名が違う"))
        assert 400 <= platform.post(bot.webhook, body, sent).status < 500
    street.deliver(bot, in_mode(hanako.text("控え"), "standby"), in_mode(hanako.text("謎"), "?"))

    deep = '{"type":"message","x":' + "[" * 100_000 + "]" * 100_000 + "}"
    street.deliver(
        bot,
        hanako.text("一"),
        "{",
        deep,
        hanako.text("毒"),
        hanako.unknown_event(),
        hanako.text("二"),
    )
    broken = platform.body(hanako.text("三Xです")).replace(b"X", b"\xff\xfe")
    assert platform.post(bot.webhook, broken, platform.sign(broken)).status == 200
    nested = b"[" * 1_000_000
    refused = platform.post(bot.webhook, nested, platform.sign(nested))
    assert 400 <= refused.status < 500
    assert refused.seconds < 2

    people = [platform.resident(f"人{n}") for n in range(25)]
    events = [p.text(str(n)) for n in range(2) for p in people]
    assert street.deliver(bot, *events).seconds < 2
    for person in people:
        platform.replies(person, wait_for=2)
        assert street.texts(person) == ["text:0", "text:1"]

    before = memory(bot)
    huge = platform.post(bot.webhook, b"x" * 20_000_000, "A" * 44)
    assert huge.status == 413
    assert memory(bot) - before < 16
    street.deliver(bot, hanako.text("終わり"))
    platform.replies(hanako, wait_for=5)
    street.settle()
    said = street.texts(hanako)
    assert [said[0], *said[2:]] == ["text:一", "text:二", "text:三\ufffd\ufffdです", "text:終わり"]
    assert "申しわけありません" in said[1]


def test_longest_letters_come_back_within_the_limits(street: Street) -> None:
    """家族の絵文字（見た目 1 字、UTF-16 で 11）と 𠮷（UTF-16 で 2）の、いちばん長い文。"""
    bot = street.bot()
    names = ("👨‍👩‍👧‍👦" * 454, "𠮷" * 2500, "か\u3099" * 2500, "あ" * 5000)
    for number, name in enumerate(names):
        person = street.platform.resident(f"{name[:20]}{number}")
        street.deliver(bot, person.text(name))
        street.platform.replies(person, wait_for=1)
        street.settle(0.1)
        assert "".join(street.texts(person)).replace("\n", "") == f"text:{name}"
    assert {call.status for call in street.platform.calls} == {200}


# 1 度だけ -------------------------------------------------------------------------


@on_every_database
def test_redelivery_at_the_same_moment_and_after_a_restart(street: Street) -> None:
    bots = [street.bot(), street.bot()]
    people = [street.platform.resident(f"人{n}") for n in range(12)]
    events = [person.text(person.name) for person in people]
    gate = threading.Barrier(4)

    def deliver(bot: Bot) -> None:
        gate.wait()
        for event in events:
            assert street.deliver(bot, event).seconds < 2

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deliver, bots * 2))
    for person in people:
        street.platform.replies(person, wait_for=1)
    bots[0].stop()
    bots[1].stop()
    bots[0].start()
    street.deliver(bots[0], *map(redelivered, events))
    last = street.platform.resident("最後")
    street.deliver(bots[0], last.text("終わり"))
    street.platform.replies(last, wait_for=1)
    for person in people:
        assert street.texts(person) == [f"text:{person.name}"]


@on_every_database
def test_killed_after_line_accepted_and_before_it_was_written(street: Street) -> None:
    """LINE は受け取り、答えは途中で切れ、やり直す前に死ぬ。次のプロセスは、トークンから気づく。"""
    bot = street.bot(replace(QUICK, pauses=(9,)))
    hanako = street.platform.resident("花子")
    street.platform.fail(REPLY, drop=True, accepted=True)
    street.deliver(bot, hanako.text("一"), hanako.text("二"))
    street.platform.replies(hanako, wait_for=1)
    eventually(lambda: len(street.platform.calls) == 1)
    bot.kill()
    bot.start()
    street.platform.replies(hanako, wait_for=2)
    assert street.texts(hanako) == ["text:一", "text:二"]
    assert [call.status for call in street.platform.calls] == [0, 400, 200]


@on_every_database
def test_killed_before_anything_was_sent(street: Street) -> None:
    bot, hanako = street.bot(), street.platform.resident("花子")
    street.deliver(bot, hanako.text("遅い考え"))
    bot.kill()
    assert street.texts(hanako) == []
    bot.start()
    street.platform.replies(hanako, wait_for=1)
    assert street.texts(hanako) == ["text:遅い考え"]


@pytest.mark.slow
@on_every_database
def test_killed_at_twenty_moments_every_event_is_answered_once(street: Street) -> None:
    """受け取りの途中、考える途中、LINE が受け取った後で、次々に ``kill -9``。"""
    chance = random.Random(20261122)
    bots = [street.bot(), street.bot()]
    # LINE は少し遅い。送ってから答えが来るまでの間に死ぬことが多くなる。
    street.platform.fail(REPLY, delay=0.03, times=None)
    people = [street.platform.resident(f"人{n}") for n in range(6)]
    killing = threading.Event()
    said: dict[str, list[str]] = {person.name: [] for person in people}

    def talk(number: int) -> None:
        person, mine = people[number], random.Random(number)
        while not killing.is_set():
            text = f"{person.name}の{len(said[person.name])}"
            event = person.text(text)
            said[person.name].append(text)
            street.deliver(mine.choice(bots), event)
            if mine.random() < 0.3:
                street.deliver(mine.choice(bots), redelivered(event))
            time.sleep(mine.random() * 0.2)

    with ThreadPoolExecutor(len(people)) as pool:
        talking = [pool.submit(talk, number) for number in range(len(people))]
        for _ in range(20 if street.settings.database.startswith("sqlite") else 8):
            time.sleep(chance.random() * 0.4)
            bot = chance.choice(bots)
            bot.kill()
            bot.start()
        killing.set()
        for done in talking:
            done.result(timeout=60)
    for person in people:
        expected = [f"text:{text}" for text in said[person.name]]
        street.platform.replies(person, wait_for=len(expected), timeout=20)
        assert street.texts(person) == expected
    street.settle(1.5)  # 期限の切れたものが、もう一度出てこない
    assert Counter(t for p in people for t in street.texts(p)).most_common(1)[0][1] == 1
    assert sum(len(texts) for texts in said.values()) > 20
    refused = [call for call in street.platform.calls if call.status == 400]
    assert all("Invalid reply token" in call.answer for call in refused)
    nothing_personal(street, [t for texts in said.values() for t in texts], people)


# LINE が遅い、壊れている ----------------------------------------------------------------


def test_line_that_is_slow_does_not_slow_the_webhook(street: Street) -> None:
    bot, hanako = street.bot(), street.platform.resident("花子")
    street.platform.fail(REPLY, delay=4)
    assert street.deliver(bot, hanako.text("遅い LINE")).seconds < 2
    assert street.platform.replies(hanako) == []
    assert street.deliver(bot, hanako.text("次")).seconds < 2
    street.platform.replies(hanako, wait_for=2)
    assert street.texts(hanako) == ["text:遅い LINE", "text:次"]


RATE = '{"message":"The API rate limit has been exceeded. Try again later."}'
MONTH = '{"message":"You have reached your monthly limit."}'


def test_line_that_is_broken(street: Street) -> None:
    """500、切断、受け取ってからの 500、速すぎる 429 は待って送り、1 通になる。ほかの 4xx は 1 度だけ。"""
    bot, platform = street.bot(), street.platform

    def check(name: str, texts: list[str], statuses: list[int], **fault: object) -> None:
        person = platform.resident(name)
        before = len(platform.calls)
        platform.fail(REPLY, **fault)  # type: ignore[arg-type]
        street.deliver(bot, person.text(name))
        other = platform.resident(f"{name}の隣")
        eventually(lambda: len(platform.calls) >= before + len(statuses))
        street.settle()
        street.deliver(bot, other.text("隣"))
        platform.replies(other, wait_for=1)
        eventually(lambda: len(platform.calls) > before + len(statuses))
        assert street.texts(person) == texts
        assert [call.status for call in platform.calls[before:-1]] == statuses

    check("500", ["text:500"], [500, 500, 200], status=500, times=2)
    check("切断", ["text:切断"], [0, 200], drop=True)
    check("受", ["text:受"], [500, 400], status=500, accepted=True)
    check("切", ["text:切"], [0, 400], drop=True, accepted=True)
    check("速", ["text:速"], [429, 429, 200], status=429, body=RATE, times=2)
    check("月", [], [429], status=429, body=MONTH)
    check("断", [], [400], status=400, body='{"message":"bad"}')
    assert "上限" in street.log()


def test_expired_token_is_not_tried_again_nor_pushed(database: str, tmp_path: Path) -> None:
    clock = ManualClock()
    with street_on(database, tmp_path, clock) as street:
        bot, hanako = street.bot(), street.platform.resident("花子")
        late = hanako.text("遅れた")
        clock.advance(61)
        street.deliver(bot, late)
        street.deliver(bot, hanako.text("間に合う"))
        street.platform.replies(hanako, wait_for=1)
        assert street.texts(hanako) == ["text:間に合う"]
        assert [(c.path, c.status) for c in street.platform.calls] == [(REPLY, 400), (REPLY, 200)]


def test_push_only_by_policy_and_only_when_the_reply_is_too_late(street: Street) -> None:
    hanako, taro = street.platform.resident("花子"), street.platform.resident("太郎")
    never = street.bot(replace(QUICK, reply_within=0))
    street.deliver(never, hanako.text("返さない"))
    done = "SELECT outcome FROM inbox WHERE outcome IS NOT NULL"
    eventually(lambda: len(rows(street.settings.database, done)) == 1)
    never.stop()
    policy = replace(QUICK, reply_within=0, push_after_deadline=True)
    pushing = street.bot(policy)
    street.platform.fail("/v2/bot/message/push", status=500, accepted=True)
    street.deliver(pushing, taro.text("後で"))
    street.platform.replies(taro, wait_for=1)
    street.settle()
    assert street.texts(hanako) == []
    assert [(r.text, r.via) for r in street.platform.replies(taro)] == [("text:後で", "push")]
    assert street.platform.used_this_month == 1


# 消す ----------------------------------------------------------------------------


@on_every_database
def test_nothing_personal_is_left_in_logs_or_in_the_database(street: Street) -> None:
    bot, platform = street.bot(), street.platform
    people = [platform.resident(f"人{n}") for n in range(4)]
    texts = [f"とても内密の相談{n}" for n in range(4)]
    events = [p.text(t) for p, t in zip(people, texts, strict=True)]
    platform.fail(REPLY, status=500, body=json.dumps({"message": texts[0]}))
    street.deliver(bot, *events, people[0].text("毒 とても内密の相談0"))
    for person in people:
        platform.replies(person, wait_for=1)
    platform.replies(people[0], wait_for=2)
    street.deliver(bot, *(p.unfollow() for p in people[:2]), *map(people[2].unsend, events[2:3]))
    bot.stop()
    for person in people[:3]:
        assert texts[people.index(person)] not in remembered(street.settings.database)
    assert texts[3] in remembered(street.settings.database)  # 忘れるのは、頼まれたことだけ
    nothing_personal(street, texts, people)
    raw = database_text(street.settings.database)
    assert not [p.id for p in people if p.id in raw]
    assert not [e["replyToken"] for e in events if e["replyToken"] in raw]


def nothing_personal(street: Street, texts: list[str], people: list[Resident]) -> None:
    """ボットのプロセスが言ったことのすべてに、文も、番号も、秘密もない。"""
    log = street.log()
    secrets = [street.platform.secret, street.platform.access_token, *(p.id for p in people)]
    assert [s for s in (*texts, *secrets) if s in log] == []
    assert not re.search(r"\b[0-9a-f]{32}\b", log)  # 返信用のトークン
    assert "Traceback" not in log


def remembered(database: str) -> str:
    return "\n".join(rows(database, "SELECT memory FROM person"))


def database_text(database: str) -> str:
    tables = ("inbox", "person", "unanswered", "unsent")
    return "\n".join(str(row) for t in tables for row in rows(database, f"SELECT * FROM {t}"))


def rows(database: str, query: str) -> list[str]:
    from sqlalchemy import text

    engine = open_database(database)
    with engine.connect() as connection:
        found = [str(tuple(row)) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def memory(bot: Bot) -> float:
    """使っている（いちばん多かったときの）メモリー、MB。"""
    status = Path(f"/proc/{bot.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024
