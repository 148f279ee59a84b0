"""にせの LINE から送る事象。"""

from __future__ import annotations

import json
from typing import Any

from linebot.v3 import webhooks
from linebot.v3.webhook import WebhookParser

from tests.line_platform import LinePlatform, in_mode, mention_of, redelivered
from tests.line_platform.calling import TEXT, reply
from tests.line_platform.structure import structure_problems

# webhook ---------------------------------------------------------------------------


def test_事象は公式のSDKが読める形(line: LinePlatform, webhook: Any) -> None:
    url, arrived = webhook
    hanako = line.resident()
    said = hanako.text(
        "@つたわる 👨‍👩‍👧 𠮷", group="C1", mention=mention_of("@つたわる", "@つたわる")
    )
    events = [
        said,
        hanako.sticker(),
        hanako.image(),
        hanako.video(),
        hanako.audio(),
        hanako.file(),
        hanako.location(),
        hanako.follow(),
        hanako.unfollow(),
        hanako.join("C1"),
        hanako.leave("C1"),
        hanako.postback("menu=1"),
        hanako.unsend(said),
        redelivered(hanako.text("もう一度")),
        in_mode(hanako.text("待機中"), "standby"),
    ]
    answer = line.deliver(url, *events)
    assert answer.status == 200
    ((body, signature),) = arrived
    parsed = WebhookParser(line.secret).parse(body.decode(), signature)
    assert [type(e).__name__ for e in parsed][6:] == [
        "MessageEvent", "FollowEvent", "UnfollowEvent", "JoinEvent", "LeaveEvent",
        "PostbackEvent", "UnsendEvent", "MessageEvent", "MessageEvent",
    ]  # fmt: skip
    assert structure_problems(json.loads(body), webhooks.CallbackRequest) == []
    assert len({e.webhook_event_id for e in parsed}) == len(events)


def test_まだだれも知らない事象も送れる(line: LinePlatform, webhook: Any) -> None:
    url, arrived = webhook
    hanako = line.resident()
    line.deliver(url, hanako.unknown_event(), hanako.unknown_message(), '{"broken":1}')
    assert structure_problems(json.loads(arrived[0][0]), webhooks.CallbackRequest) != []


def test_検証のボタンと_誤った署名(line: LinePlatform, webhook: Any) -> None:
    url, arrived = webhook
    line.deliver(url)
    line.post(url, line.body(), None)
    line.post(url, line.body(), "署名".encode())
    assert [json.loads(body)["events"] for body, _ in arrived] == [[], [], []]
    assert arrived[0][1] == line.sign(line.body())
    assert arrived[1][1] is None


def test_グループへの返信はグループに届く(line: LinePlatform) -> None:
    event = line.resident().join("C1")
    assert reply(line, TEXT, token=event["replyToken"])[0] == 200
    assert [r.text for r in line.replies("C1")] == ["こんにちは"]
    assert line.replies(line.resident()) == []


def test_ボットに渡す環境変数(line: LinePlatform) -> None:
    assert set(line.environment) == {
        "LINE_CHANNEL_SECRET",
        "LINE_CHANNEL_ACCESS_TOKEN",
        "LINE_API_BASE",
    }
    assert line.environment["LINE_API_BASE"] == line.base_url
