"""webhook: 署名と大きさを確かめ、事象を 1 つずつ読んで受け箱に入れる。LINE に送る口も。"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.clips import Clip
from bot.events import arrivals_of
from bot.inbox import Inbox, Result, Taken
from bot.people import Keys
from bot.person import Person, forget_turns, person_from_json
from bot.turn import Bubble, Incoming, Link, QuickReply, Turn
from bot.webhook import MOST, LineSender, line_bot, router
from bot.worker import Outcome
from channels import line
from content.database import open_database, writing
from tests.line_platform import (
    Event,
    LinePlatform,
    Resident,
    in_mode,
    mention_of,
    redelivered,
)

KEYS = Keys(b"key of the tests key of the tests")
PATH = "/line/webhook"
Post = Callable[[bytes, str | bytes | None], httpx.Response]


@pytest.fixture
def platform() -> Iterator[LinePlatform]:
    with LinePlatform() as platform:
        yield platform


@pytest.fixture
def hanako(platform: LinePlatform) -> Resident:
    return platform.resident("花子")


class Door:
    """本物の入口と、本物の受け箱。働き手はいない。"""

    def __init__(self, platform: LinePlatform, database: Path) -> None:
        self.platform, self.url = platform, f"sqlite:///{database}"

    def post(
        self, body: bytes, signature: str | bytes | None, *, keep_recipient: bool = False
    ) -> tuple[httpx.Response, list[dict[str, Any]]]:
        """答えと、受け箱に新しく入った、答える事象。"""

        async def work() -> tuple[httpx.Response, list[dict[str, Any]]]:
            engine = open_database(self.url)
            inbox = Inbox(engine, forget_turns)
            app = FastAPI()
            app.include_router(
                router(self.platform.secret, KEYS, inbox, time.time, keep_recipient=keep_recipient)
            )
            headers = {} if signature is None else {"x-line-signature": signature}
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
                response = await client.post(PATH, content=body, headers=headers)
            try:
                found = await taken_by_all(inbox)
            finally:
                inbox.close()
                engine.dispose()
            return response, [json.loads(taken.payload) for taken in found]

        return asyncio.run(work())

    def deliver(self, *events: Event | str, **options: bool) -> list[dict[str, Any]]:
        body = self.platform.body(*events)
        response, found = self.post(body, self.platform.sign(body), **options)
        assert response.status_code == 200, response.text
        return found

    def said(self, *events: Event | str) -> list[tuple[str, str]]:
        return [(found["kind"], found["text"]) for found in self.deliver(*events)]


async def taken_by_all(inbox: Inbox) -> list[Taken]:
    """受け箱の、答える事象のすべて、入った順。取り出したら、もう出てこない。"""
    found: list[Taken] = []
    while some := await inbox.take("試験", time.time() + 1, time.time() + 9, 99):
        for taken in some:
            await inbox.finish(taken, "試験", Result("replied"), time.time())
        found += some
    return sorted(found, key=lambda taken: taken.id)


@pytest.fixture
def door(platform: LinePlatform, tmp_path: Path) -> Door:
    return Door(platform, tmp_path / "bot.db")


# 署名と大きさ ----------------------------------------------------------------------


def test_verify_button_is_answered(door: Door) -> None:
    assert door.deliver() == []


@pytest.mark.parametrize(
    "signature",
    [None, "", "AAAA", "x" * 5000, "署名".encode(), b"\xff\xfe", b"=" * 44],
    ids=["なし", "空", "短い", "長い", "日本語", "バイト", "詰め物"],
)
def test_bad_signature_is_refused_and_nothing_happens(
    door: Door, hanako: Resident, signature: str | bytes | None
) -> None:
    response, found = door.post(door.platform.body(hanako.text("こんにちは")), signature)
    assert 400 <= response.status_code < 500
    assert found == []


def test_signature_of_another_body_is_refused(door: Door, hanako: Resident) -> None:
    body = door.platform.body(hanako.text("こんにちは"))
    other = door.platform.sign(body + b" ")
    assert door.post(body, other)[0].status_code == 400
    assert door.post(body, door.platform.sign(body).lower())[0].status_code == 400


def test_largest_body_is_read_and_a_larger_one_is_refused(door: Door, hanako: Resident) -> None:
    body = door.platform.body(hanako.text("こんにちは"))
    largest = body + b" " * (MOST - len(body))
    response, found = door.post(largest, door.platform.sign(largest))
    assert (response.status_code, len(found)) == (200, 1)
    too_large = door.platform.body(hanako.text("またね")) + b" " * MOST
    response, found = door.post(too_large, door.platform.sign(too_large))
    assert (response.status_code, len(found)) == (413, 0)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b'{"events":{}}', b"\xff\xfe", b"[" * 100_000, b'"' * 999]
)
def test_body_that_is_no_webhook_is_refused(door: Door, body: bytes) -> None:
    assert door.post(body, door.platform.sign(body))[0].status_code == 400


def test_only_post_is_open(door: Door) -> None:
    async def get() -> int:
        engine = open_database(door.url)
        inbox = Inbox(engine, forget_turns)
        app = FastAPI()
        app.include_router(router("秘密", KEYS, inbox, time.time))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            status = (await client.get(PATH)).status_code
        inbox.close()
        engine.dispose()
        return status

    assert asyncio.run(get()) == 405


def test_secret_is_needed(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    inbox = Inbox(engine, forget_turns)
    with pytest.raises(ValueError, match="LINE_CHANNEL_SECRET"):
        router("", KEYS, inbox, time.time)
    with pytest.raises(ValueError, match="鍵"):
        Keys(b"")
    inbox.close()
    engine.dispose()


def test_line_is_asked_again_when_the_inbox_cannot_be_written(
    door: Door, hanako: Resident, caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_database(door.url)
    with writing(engine) as connection:
        connection.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(FAIL, 'full'); END")
        )
    event = hanako.text("とても秘密のこと")
    body = door.platform.body(event)
    with caplog.at_level(logging.DEBUG):
        response, _ = door.post(body, door.platform.sign(body))
    assert response.status_code == 500
    for secret in ("とても秘密のこと", hanako.id, event["replyToken"]):
        assert secret not in caplog.text + response.text
    with writing(engine) as connection:
        connection.execute(text("DROP TRIGGER full"))
    engine.dispose()
    assert door.said(redelivered(event)) == [("text", "とても秘密のこと")]


# 事象を 1 つずつ --------------------------------------------------------------------


def test_every_kind_of_event_is_read(door: Door, hanako: Resident) -> None:
    assert door.said(
        hanako.text("こんにちは"),
        hanako.sticker(),
        hanako.image(),
        hanako.video(),
        hanako.audio(),
        hanako.file(),
        hanako.location(),
        hanako.follow(),
        hanako.join("C" + "1" * 32),
        hanako.postback("action=more"),
        hanako.unknown_message(),
    ) == [
        ("text", "こんにちは"),
        ("sticker", ""),
        ("image", ""),
        ("video", ""),
        ("audio", ""),
        ("file", ""),
        ("location", ""),
        ("follow", ""),
        ("join", ""),
        ("postback", "action=more"),
        ("hologram", ""),
    ]


def test_what_is_not_said_to_the_bot_is_not_kept(door: Door, hanako: Resident) -> None:
    group = "C" + "1" * 32
    mention_of_other = mention_of("@太郎 こんにちは", "@太郎", bot=False)
    assert not door.said(
        hanako.unknown_event(),
        hanako.unfollow(),
        hanako.leave(group),
        hanako.text("みんなへ", group=group),
        hanako.text("@太郎 こんにちは", group=group, mention=mention_of_other),
    )


def test_mention_in_a_group_is_read_without_the_name(door: Door, hanako: Resident) -> None:
    group, said = "C" + "1" * 32, "𠮷👨‍👩‍👧さんと@つたわる 音声版はどこ？"
    # 位置は UTF-16 の単位。
    index = len(said[: said.index("@")].encode("utf-16-le")) // 2
    mention = {"mentionees": [{"type": "user", "index": index, "length": 5, "isSelf": True}]}
    event = hanako.text(said, group=group, mention=mention)
    assert door.said(event) == [("mention", "𠮷👨‍👩‍👧さんと 音声版はどこ？")]


@pytest.mark.parametrize("mode", ["standby", "sleeping", ""])
def test_only_the_active_mode_is_answered(door: Door, hanako: Resident, mode: str) -> None:
    event = hanako.text("こんにちは")
    without = {name: value for name, value in event.items() if name != "mode"}
    assert not door.said(in_mode(event, mode), without)


def test_unsend_is_kept_in_any_mode(door: Door, hanako: Resident) -> None:
    said = hanako.text("取り消します")
    assert not door.said(in_mode(hanako.unsend(said), "standby"), said)


FIELDS = st.sampled_from(
    [
        "type",
        "mode",
        "replyToken",
        "source",
        "message",
        "webhookEventId",
        "deliveryContext",
        "unsend",
        "postback",
        "userId",
        "groupId",
        "text",
        "id",
        "mention",
        "mentionees",
        "isSelf",
        "index",
        "length",
    ]
)
POISON = [
    "{",
    "}",
    "]",
    '{"type":"message"',
    '"',
    "nonsense",
    "",
    "null",
    "[]",
    "1e999",
    "9" * 5000,
    "[" * 100_000 + "]" * 100_000,
    '{"a":' * 50_000 + "1" + "}" * 50_000,
    '{"type":"message","mode":"active","replyToken":"t","source":{"userId":"U1"},"message":{"type":"text","text":"\\ud800\\u0000"}}',
    '{"type":"message","mode":"active","replyToken":["t"],"source":"U1","message":[1]}',
    '{"type":{},"mode":1,"replyToken":0,"source":[],"webhookEventId":9,"deliveryContext":7}',
    '{"type":"unsend","source":{"userId":"U1"},"unsend":{"messageId":5},"mode":"active"}',
]


@pytest.mark.parametrize("poison", POISON, ids=range(len(POISON)))
def test_bad_event_does_not_cost_the_good_ones(door: Door, hanako: Resident, poison: str) -> None:
    found = door.said(hanako.text("前"), poison, hanako.sticker(), hanako.text("後"))
    good = [said for said in found if said[1] != "\ufffd"]
    assert good == [("text", "前"), ("sticker", ""), ("text", "後")]


def test_huge_number_in_an_event_costs_only_itself(door: Door, hanako: Resident) -> None:
    bad = json.dumps(hanako.text("数")).replace('"timestamp": ', '"timestamp": ' + "9" * 5000)
    assert ("text", "後") in door.said(bad, hanako.text("後"))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | FIELDS, inner),
    max_leaves=12,
)


@given(ANYTHING | st.dictionaries(FIELDS, ANYTHING), ANYTHING)
def test_any_value_at_all_leaves_the_others(value: object, part: object) -> None:
    good = {
        "type": "message",
        "mode": "active",
        "replyToken": "t",
        "webhookEventId": "よい事象",
        "source": {"type": "user", "userId": "U1"},
        "message": {"type": "text", "id": "1", "text": "よい事象"},
    }
    almost = {**good, **{str(name): part for name in (value if isinstance(value, dict) else ())}}
    body = json.dumps({"events": [value, almost, good]}).encode()
    found = arrivals_of(body, KEYS, keep_recipient=False)
    assert found is not None
    assert KEYS.event("よい事象") in {arrival.event for arrival in found}


def test_broken_utf8_costs_only_its_own_letters(door: Door, hanako: Resident) -> None:
    body = door.platform.body(hanako.text("壊れXた字"), hanako.text("後")).replace(b"X", b"\xff")
    _, found = door.post(body, door.platform.sign(body))
    assert [f["text"] for f in found] == ["壊れ\ufffdた字", "後"]


def test_unpaired_surrogates_and_nul_never_reach_the_database(door: Door, hanako: Resident) -> None:
    event = hanako.text("")
    event["message"]["text"] = "a\ud83d\x00b\U00020bb7"
    assert door.said(json.dumps(event)) == [("text", "a\ufffdb\U00020bb7")]


def test_same_event_without_a_number_is_known_again(door: Door, hanako: Resident) -> None:
    event = {n: v for n, v in hanako.text("番号なし").items() if n != "webhookEventId"}
    assert len(door.said(event, hanako.text("ほか"))) == 2
    assert door.said(redelivered(event)) == []


def test_recipient_is_kept_only_for_push(door: Door, hanako: Resident) -> None:
    assert "to" not in door.deliver(hanako.text("一"))[0]
    assert door.deliver(hanako.text("二"), keep_recipient=True)[0]["to"] == hanako.id


def test_nothing_personal_is_in_the_log(
    door: Door, hanako: Resident, caplog: pytest.LogCaptureFixture
) -> None:
    event = hanako.text("とても秘密のこと")
    with caplog.at_level(logging.DEBUG):
        door.deliver(event, "{壊れたもの", event)
        door.post(door.platform.body(event), "違う署名".encode())
    assert "読めない事象" in caplog.text
    for secret in ("とても秘密のこと", hanako.id, event["replyToken"], door.platform.secret):
        assert secret not in caplog.text


# 送る口 ----------------------------------------------------------------------------


@asynccontextmanager
async def sender_to(platform: LinePlatform) -> AsyncIterator[LineSender]:
    async with LineSender(platform.access_token, platform.base_url) as sender:
        yield sender


def reply_once(platform: LinePlatform, token: str, seconds: float = 5) -> Outcome:
    async def work() -> Outcome:
        async with sender_to(platform) as sender:
            return await sender.reply(token, line.text("はい"), seconds)

    return asyncio.run(work())


REPLY = "/v2/bot/message/reply"


def test_reply_arrives_once(platform: LinePlatform, hanako: Resident) -> None:
    token = platform.issue_token(hanako)
    assert reply_once(platform, token) is Outcome.ACCEPTED
    assert reply_once(platform, token) is Outcome.SPENT
    assert [received.text for received in platform.replies(hanako)] == ["はい"]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"status": 500}, Outcome.UNKNOWN),
        ({"status": 503, "body": "busy"}, Outcome.UNKNOWN),
        ({"drop": True}, Outcome.UNKNOWN),
        ({"delay": 1.0}, Outcome.UNKNOWN),
        (
            {
                "status": 429,
                "body": '{"message":"The API rate limit has been exceeded. Try again later."}',
            },
            Outcome.UNREACHED,
        ),
        (
            {"status": 429, "body": '{"message":"You have reached your monthly limit."}'},
            Outcome.LIMIT,
        ),
        ({"status": 400, "body": '{"message":"The request body has 1 error(s)"}'}, Outcome.REFUSED),
        ({"status": 401}, Outcome.REFUSED),
        (
            {"status": 403, "body": "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")},
            Outcome.REFUSED,
        ),
    ],
)
def test_failure_is_told_apart(
    platform: LinePlatform, hanako: Resident, fault: dict[str, Any], outcome: Outcome
) -> None:
    platform.fail(REPLY, **fault)
    assert reply_once(platform, platform.issue_token(hanako), seconds=0.3) is outcome


def test_wrong_access_token_is_refused(platform: LinePlatform, hanako: Resident) -> None:
    async def work() -> Outcome:
        async with LineSender("違う".encode().hex(), platform.base_url) as sender:
            return await sender.reply(platform.issue_token(hanako), line.text("はい"), 5)

    assert asyncio.run(work()) is Outcome.REFUSED


def test_line_that_is_not_there_is_unreached(hanako: Resident) -> None:
    async def work() -> Outcome:
        async with LineSender("token", "http://127.0.0.1:9") as sender:
            return await sender.reply("token", line.text("はい"), 5)

    assert asyncio.run(work()) is Outcome.UNREACHED


def test_push_with_the_same_key_arrives_once(platform: LinePlatform, hanako: Resident) -> None:
    async def work() -> list[Outcome]:
        async with sender_to(platform) as sender:
            key = "01234567-89ab-cdef-0123-456789abcdef"
            return [await sender.push(hanako.id, line.text("はい"), key, 5) for _ in range(2)]

    assert asyncio.run(work()) == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert [received.via for received in platform.replies(hanako)] == ["push"]


def test_push_does_not_go_over_the_quota() -> None:
    async def work(platform: LinePlatform) -> list[Outcome]:
        async with sender_to(platform) as sender:
            keys = [f"01234567-89ab-cdef-0123-{n:012}" for n in range(3)]
            who = platform.resident("花子").id
            return [await sender.push(who, line.text("はい"), key, 5) for key in keys]

    with LinePlatform(monthly_limit=2) as platform:
        outcomes = asyncio.run(work(platform))
        assert outcomes == [Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.LIMIT]
        assert [c.status for c in platform.calls if c.path.endswith("/push")] == [200, 200]


# 会話を LINE に ---------------------------------------------------------------------


class AllKinds:
    """どの種類の吹き出しも返す会話。相談なら、何も残さない。"""

    def keepable(self, person: Person) -> Person:
        return person

    def turn(self, person: Person, incoming: Incoming) -> Turn:
        more = (QuickReply("1 くわしく", "くわしく"), QuickReply("2 メニュー", "メニュー"))
        text = Bubble("text", incoming.text, incoming.text)
        bubbles = (
            text,
            Bubble("card", "出どころ", "出どころ", (Link("開く", "https://example.jp/"),)),
            Bubble("audio", "聞く", "聞く", audio=Clip("https://example.jp/a.m4a", 1234)),
            Bubble("choices", "どれですか", "どれですか", quick_replies=more),
            Bubble("text", "ほかには", "ほかには", quick_replies=more),
        )
        if "相談" in incoming.text:
            return Turn(person.asking(incoming.text), (text,), incoming.text, "no", store=False)
        after = replace(person.asking(incoming.text), furigana="brackets")
        return Turn(after, bubbles, "伏せた質問", "yes")


def test_whole_conversation_reaches_line_and_only_what_may_be_kept_is_kept(
    platform: LinePlatform, hanako: Resident, tmp_path: Path
) -> None:
    async def work() -> dict[str, int]:
        engine = open_database(f"sqlite:///{tmp_path / 'bot.db'}")
        inbox = Inbox(engine, forget_turns)
        app = FastAPI()
        app.include_router(
            line_bot(
                inbox,
                AllKinds(),
                secret=platform.secret,
                access_token=platform.access_token,
                api_base=platform.base_url,
                key=b"key of the tests key of the tests",
            )
        )
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://bot") as client,
        ):
            body = platform.body(hanako.text("質問です"), hanako.text("内密の相談"))
            headers = {"x-line-signature": platform.sign(body)}
            assert (await client.post(PATH, content=body, headers=headers)).status_code == 200
            await asyncio.to_thread(platform.replies, hanako, wait_for=6)
            while sum((counts := await inbox.counts()).values()) < 4:
                await asyncio.sleep(0.02)
        with engine.connect() as connection:
            memory = connection.execute(text("SELECT memory FROM person")).scalar_one()
            assert "質問です" not in memory  # 相談の後に、前の答えの続きから始めない
            assert "相談" not in memory
            assert person_from_json(memory) == Person(furigana="brackets")
            asked = connection.execute(text("SELECT question FROM unanswered")).scalars()
            assert list(asked) == ["伏せた質問"]
        engine.dispose()
        return {name: number for (_, name), number in counts.items()}

    assert asyncio.run(work()) == {"replied": 2, "unanswered": 1, "feedback_yes": 1}
    received = platform.replies(hanako)
    kinds = [r.message["type"] for r in received]
    assert kinds == ["text", "flex", "audio", "flex", "text", "text"]
    assert [len(r.message.get("quickReply", {}).get("items", [])) for r in received][4] == 2
    assert {call.status for call in platform.calls} == {200}
