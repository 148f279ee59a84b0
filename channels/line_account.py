"""LINE 公式アカウント: 今月の数と友だちの数を尋ね、友だちの全員に送る。

1 度の呼び出しは、1 度だけ送る（部品にやり直させない）。やり直すかは、``Sent`` を見て呼ぶ側が決める。
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from channels.line import Message

ASK_SECONDS, SEND_SECONDS = 10.0, 30.0
"""1 度の呼び出しを待つ時間。"""
WRONG_TOKEN = (
    "LINE が鍵を受け付けません。環境変数 LINE_CHANNEL_ACCESS_TOKEN に、"
    "LINE Developers の画面の「チャネルアクセストークン」を入れてください。"
)
_UNREACHED = (
    "LINE につながりません。ネットワークを確かめて、しばらくしてから、もう一度開いてください。"
)

Verdict = Literal["sent", "token", "refused", "limit", "busy", "unreached", "unsure"]
"""送った結果。

sent 受け取られた。token 鍵が違う。refused 断られた。limit 今月の上限。busy 混んでいて断られた。
unreached 届いていない。unsure 受け取られたかもしれない（時間切れ、5xx、途中で切れた）。
"""


class LineError(Exception):
    """LINE に尋ねられない。説明は日本語の文。"""


@dataclass(frozen=True, slots=True)
class Standing:
    """アカウントの今。

    ``limit`` は今月に送れる数（``None`` は上限のないプラン）、``used`` は今月に送った数。``friends`` は
    ブロックしていない友だちの数で、``counted_on`` の日の終わりのもの（分からなければ ``None``）。
    """

    limit: int | None
    used: int
    friends: int | None = None
    counted_on: datetime.date | None = None

    @property
    def left(self) -> int | None:
        """今月、あと何通送れるか。上限がなければ ``None``。"""
        return None if self.limit is None else max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True)
class Sent:
    """送った結果。``status`` は HTTP の番号（答えがなければ 0）、``request`` は LINE の求めの番号。"""

    verdict: Verdict
    status: int = 0
    request: str = ""


class LineAccount:
    """``api_base`` は LINE の代わり（空なら LINE）。どのスレッドから使ってもよい。"""

    def __init__(self, access_token: str, api_base: str = "") -> None:
        self._access_token, self._api_base = access_token, api_base

    def standing(self, today: datetime.date) -> Standing:
        """``today`` は日本の日付。尋ねられなければ ``LineError``。"""
        try:
            quota = self._get("/v2/bot/message/quota")
            used = self._get("/v2/bot/message/quota/consumption")
            limit = quota["value"] if quota["type"] == "limited" else None
            total = used["totalUsage"]
        except (KeyError, ValueError):
            raise LineError(
                "LINE の答えを読めません。しばらくしてから、もう一度開いてください。"
            ) from None
        return Standing(limit, total, *self._friends(today))

    def broadcast(self, messages: Sequence[Message], key: str) -> Sent:
        """友だちの全員に送る。``key``（UUID）が同じなら、24 時間のうちは、何度送っても 1 度だけ届く。"""
        try:
            headers = {"X-Line-Retry-Key": key}
            status, _, request = self._call(
                "POST", "/v2/bot/message/broadcast", {"messages": list(messages)}, headers
            )
        except _NoAnswer as error:
            return Sent("unsure" if error.perhaps else "unreached")
        except _Refused as error:
            return Sent(_verdict(error), error.status, error.request)
        return Sent("sent", status, request)

    def _friends(self, today: datetime.date) -> tuple[int | None, datetime.date | None]:
        """ブロックしていない友だち。前の日の数がまだなら、その前の日の数。"""
        for days in (1, 2):
            day = today - datetime.timedelta(days)
            try:
                found = self._get(f"/v2/bot/insight/followers?date={day:%Y%m%d}")
                if found.get("status") == "ready":
                    return max(0, found["followers"] - found["blocks"]), day
            except (LineError, KeyError, ValueError):  # めやすなので、なくてもよい
                return None, None
        return None, None

    def _get(self, path: str) -> dict[str, Any]:
        try:
            _, body, _ = self._call("GET", path)
        except _NoAnswer:
            raise LineError(_UNREACHED) from None
        except _Refused as error:
            raise LineError(
                WRONG_TOKEN
                if error.status == 401
                else f"LINE が答えません（HTTP {error.status}）。しばらくしてから、もう一度開いてください。"
            ) from None
        found = json.loads(body)
        if not isinstance(found, dict):
            raise ValueError(body)
        return found

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, str, str]:
        """HTTP の番号と本文と求めの番号。失敗は ``_Refused`` か ``_NoAnswer``。"""
        from linebot.v3.messaging import (  # 読み込むだけで 1 秒かかる
            ApiClient,
            ApiException,
            Configuration,
        )
        from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

        if not self._access_token.isascii():  # 見出しに書けない鍵は、LINE の鍵ではない
            raise _Refused(401, "", "")
        configuration = Configuration(host=self._api_base or None, access_token=self._access_token)
        configuration.retries = False
        with ApiClient(configuration) as client:
            try:
                # モデルを通さない。メッセージはもう LINE の JSON で、モデルは知らない項目を黙って捨てる。
                answer = client.call_api(
                    path,
                    method,
                    header_params={**(headers or {}), "Content-Type": "application/json"},
                    body=body,
                    response_types_map={},
                    auth_settings=["Bearer"],
                    _request_timeout=SEND_SECONDS if body else ASK_SECONDS,
                    _host="https://api.line.me",
                )
            except ApiException as error:
                if not error.status:  # TLS の失敗。送る前に起きる
                    raise _NoAnswer(perhaps=False) from None
                found = error.headers or {}
                request = found.get("x-line-accepted-request-id") or found.get("x-line-request-id")
                raise _Refused(error.status, str(error.body), request or "") from None
            except (NewConnectionError, ConnectTimeoutError):
                raise _NoAnswer(perhaps=False) from None
            except HTTPError:
                raise _NoAnswer(perhaps=True) from None
        return answer.status_code, answer.raw_data, answer.headers.get("x-line-request-id", "")


class _NoAnswer(Exception):
    """答えがない。``perhaps`` は、受け取られたかもしれないこと。"""

    def __init__(self, *, perhaps: bool) -> None:
        super().__init__()
        self.perhaps = perhaps


class _Refused(Exception):
    def __init__(self, status: int, body: str, request: str) -> None:
        super().__init__(status)
        self.status, self.body, self.request = status, body, request


def _verdict(error: _Refused) -> Verdict:
    match error.status:
        case 409:
            return "sent"  # 同じ鍵のものを、前に受け取っている
        case 401:
            return "token"
        case 429:
            return "limit" if "monthly limit" in error.body else "busy"
        case status:
            return "unsure" if status >= 500 else "refused"
