"""にせの LINE の呼び出し: 鍵、トークン、再送、月の上限、壊し方。"""

from __future__ import annotations

import http.client
import threading
import time
import uuid

import pytest
from linebot.v3.messaging import (
    ApiClient,
    Configuration,
    MessagingApi,
    ReplyMessageRequest,
    TextMessage,
)

from tests.line_platform import LinePlatform, ManualClock
from tests.line_platform.calling import CARD, PUSH, REPLY, TEXT, call, changed, reply


def test_届いた順に覚え_呼び出しごとにまとめる(line: LinePlatform) -> None:
    hanako, taro = line.resident("花子"), line.resident("太郎")
    for token in (line.issue_token(hanako), line.issue_token(taro), line.issue_token(hanako)):
        assert reply(line, TEXT, CARD, token=token)[0] == 200
    got = line.replies(hanako)
    assert [r.text for r in got] == ["こんにちは", "答え"] * 2
    assert [r.call for r in got] == [1, 1, 3, 3]
    assert line.used_this_month == 0  # 返信に費用はかからない


def test_公式のSDKで返信できる(line: LinePlatform) -> None:
    configuration = Configuration(host=line.base_url, access_token=line.access_token)
    with ApiClient(configuration) as client:
        token = line.issue_token(line.resident())
        MessagingApi(client).reply_message(
            ReplyMessageRequest(replyToken=token, messages=[TextMessage(text="はい")])
        )
    assert [r.text for r in line.replies(line.resident(), wait_for=1)] == ["はい"]


@pytest.mark.parametrize("count", [0, 6])
def test_1度に1から5個まで(line: LinePlatform, count: int) -> None:
    assert reply(line, *[TEXT] * count)[0] == 400
    assert reply(line, *[TEXT] * 5)[0] == 200


def test_検査だけの入口も同じ目で見る(line: LinePlatform) -> None:
    path = "/v2/bot/message/validate/reply"
    assert call(line, path, {"messages": [CARD]}) == (200, {})
    assert call(line, path, {"messages": [changed(TEXT, "text", "")]})[0] == 400
    assert line.replies(line.resident()) == []


# 認証、トークン、再送の鍵、月の上限 ------------------------------------------------


def test_鍵の違う呼び出しは401(line: LinePlatform) -> None:
    body = {"replyToken": line.issue_token(line.resident()), "messages": [TEXT]}
    for authorization in ("Bearer wrong", line.access_token, ""):
        assert call(line, REPLY, body, headers={"Authorization": authorization})[0] == 401
    assert call(line, REPLY, body)[0] == 200


def test_返信用のトークンは1度だけ(line: LinePlatform) -> None:
    token = line.issue_token(line.resident())
    assert reply(line, TEXT, token=token)[0] == 200
    assert reply(line, TEXT, token=token) == (400, {"message": "Invalid reply token"})
    assert reply(line, TEXT, token="never-issued")[0] == 400
    assert len(line.replies(line.resident())) == 1


def test_返信用のトークンは1分で切れる(line: LinePlatform, clock: ManualClock) -> None:
    in_time, late = line.issue_token(line.resident()), line.issue_token(line.resident())
    clock.advance(60)
    assert reply(line, TEXT, token=in_time)[0] == 200
    clock.advance(0.1)
    assert reply(line, TEXT, token=late) == (400, {"message": "Invalid reply token"})


def test_返信に再送の鍵は使えない(line: LinePlatform) -> None:
    body = {"replyToken": line.issue_token(line.resident()), "messages": [TEXT]}
    headers = {"X-Line-Retry-Key": str(uuid.uuid4())}
    assert call(line, REPLY, body, headers=headers)[0] == 400
    assert call(line, REPLY, body)[0] == 200


def test_同じ再送の鍵は2度目に409で_1度だけ届く(line: LinePlatform) -> None:
    hanako = line.resident()
    body = {"to": hanako.id, "messages": [TEXT]}
    headers = {"X-Line-Retry-Key": str(uuid.uuid4())}
    first, again = call(line, PUSH, body, headers=headers), call(line, PUSH, body, headers=headers)
    assert (first[0], again[0]) == (200, 409)
    assert again[1]["sentMessages"] == first[1]["sentMessages"]
    assert len(line.replies(hanako)) == line.used_this_month == 1
    assert call(line, PUSH, body, headers={"X-Line-Retry-Key": "once"})[0] == 400


def test_月の上限を超えると429で_返信はできる() -> None:
    with LinePlatform(monthly_limit=2) as line:
        body = {"to": line.resident().id, "messages": [TEXT, TEXT]}
        assert [call(line, PUSH, body)[0] for _ in range(3)] == [200, 200, 429]
        assert call(line, "/v2/bot/message/quota", method="GET")[1]["value"] == 2
        used = call(line, "/v2/bot/message/quota/consumption", method="GET")
        assert used == (200, {"totalUsage": 2})
        assert reply(line, TEXT)[0] == 200


def test_全員に送るときも同じ再送の鍵は1度だけで_24時間を過ぎた鍵は忘れられる(
    line: LinePlatform, clock: ManualClock
) -> None:
    hanako, path = line.resident(), "/v2/bot/message/broadcast"
    headers = {"X-Line-Retry-Key": str(uuid.uuid4())}
    assert call(line, path, {"messages": [TEXT]}, headers=headers) == (200, {})
    clock.advance(24 * 60 * 60)
    again = call(line, path, {"messages": [TEXT]}, headers=headers)
    assert again == (409, {"message": "The retry key is already accepted"})
    assert len(line.replies(hanako)) == line.used_this_month == 1
    clock.advance(1)
    assert call(line, path, {"messages": [TEXT]}, headers=headers)[0] == 200
    assert len(line.replies(hanako)) == 2


def test_上限のないプランには_数がない() -> None:
    with LinePlatform(monthly_limit=None) as line:
        assert call(line, "/v2/bot/message/quota", method="GET") == (200, {"type": "none"})


def test_友だちの数は日を決めて尋ねる(line: LinePlatform) -> None:
    line.resident("花子")
    line.block(2)
    path = "/v2/bot/insight/followers"
    status, answer = call(line, f"{path}?date=20261121", method="GET")
    assert (status, answer["followers"], answer["blocks"]) == (200, 3, 2)
    for wrong in ("", "?date=2026-11-21", "?date=20261399"):
        assert call(line, path + wrong, method="GET")[0] == 400


def test_知らない人にはpushできず_全員にはできる(line: LinePlatform) -> None:
    hanako, taro = line.resident("花子"), line.resident("太郎")
    assert call(line, PUSH, {"to": "U" + "0" * 32, "messages": [TEXT]})[0] == 400
    multicast = {"to": [hanako.id, taro.id], "messages": [TEXT]}
    assert call(line, "/v2/bot/message/multicast", multicast) == (200, {})
    assert call(line, "/v2/bot/message/broadcast", {"messages": [TEXT]}) == (200, {})
    assert [r.via for r in line.replies(hanako)] == ["multicast", "broadcast"]
    assert line.used_this_month == 4
    many = {"to": [hanako.id] * 501, "messages": [TEXT]}
    assert call(line, "/v2/bot/message/multicast", many)[0] == 400


@pytest.mark.parametrize(
    ("seconds", "status"), [(5, 202), (60, 202), (4, 400), (12, 400), (65, 400)]
)
def test_待ってもらう動きは5秒きざみ(line: LinePlatform, seconds: int, status: int) -> None:
    path = "/v2/bot/chat/loading/start"
    body = {"chatId": line.resident().id, "loadingSeconds": seconds}
    assert call(line, path, body)[0] == status
    assert call(line, path, {**body, "chatId": "C" + "0" * 32})[0] == 400


def test_形の違う要求を断る(line: LinePlatform) -> None:
    assert call(line, REPLY, b"{")[0] == 400
    assert call(line, REPLY, b"\xff")[0] == 400
    assert call(line, REPLY, {}, headers={"Content-Type": "text/plain"})[0] == 415
    assert call(line, REPLY, b" " * (2 * 1024 * 1024 + 1))[0] == 413
    assert call(line, "/v2/bot/message/telepathy", {})[0] == 404
    assert call(line, REPLY, method="GET")[0] == 404


def test_友だちの名前を教える(line: LinePlatform) -> None:
    hanako = line.resident("花子")
    status, profile = call(line, f"/v2/bot/profile/{hanako.id}", method="GET")
    assert (status, profile["displayName"]) == (200, "花子")
    assert call(line, "/v2/bot/profile/U0", method="GET")[0] == 404


# 壊し方 ---------------------------------------------------------------------------


def test_頼まれた回数だけ壊れる(line: LinePlatform) -> None:
    line.fail(REPLY, status=500, times=2)
    line.fail(REPLY, status=429, body='{"message":"rate"}', headers={"Retry-After": "1"})
    token = line.issue_token(line.resident())
    assert [reply(line, TEXT, token=token)[0] for _ in range(4)] == [500, 500, 429, 200]
    assert [c.status for c in line.calls] == [500, 500, 429, 200]
    line.fail(REPLY, status=503, times=None)
    assert [reply(line, TEXT)[0] for _ in range(3)] == [503] * 3
    line.heal()
    assert reply(line, TEXT)[0] == 200


def test_ほかの道は壊れない(line: LinePlatform) -> None:
    line.fail(PUSH, status=500, times=None)
    assert reply(line, TEXT)[0] == 200


def test_受け取ってから壊れると_もう1度は断る(line: LinePlatform) -> None:
    token = line.issue_token(line.resident())
    line.fail(REPLY, status=500, accepted=True)
    assert reply(line, TEXT, token=token)[0] == 500
    assert len(line.replies(line.resident())) == 1
    assert reply(line, TEXT, token=token)[0] == 400


@pytest.mark.parametrize(("accepted", "arrived"), [(False, 0), (True, 1)])
def test_答えずに切る(line: LinePlatform, accepted: bool, arrived: int) -> None:
    line.fail(REPLY, drop=True, accepted=accepted)
    with pytest.raises((http.client.BadStatusLine, ConnectionError)):
        reply(line, TEXT)
    assert len(line.replies(line.resident())) == arrived
    assert line.calls[-1].status == 0


def test_遅れて答える(line: LinePlatform) -> None:
    line.fail(REPLY, delay=0.3)
    started = time.monotonic()
    assert reply(line, TEXT)[0] == 200
    assert time.monotonic() - started >= 0.3


def test_届くのを待ち_届かなければ言う(line: LinePlatform) -> None:
    threading.Timer(0.2, reply, (line, TEXT)).start()
    assert len(line.replies(line.resident(), wait_for=1)) == 1
    with pytest.raises(TimeoutError, match="2 個"):
        line.replies(line.resident(), wait_for=2, timeout=0.1)


def test_同時の呼び出しでも_トークンは1度だけ(line: LinePlatform) -> None:
    token, statuses = line.issue_token(line.resident()), []
    threads = [
        threading.Thread(target=lambda: statuses.append(reply(line, TEXT, token=token)[0]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [400] * 7
