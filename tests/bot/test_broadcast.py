"""LINE の友だちの全員に送る: 2 度届かないこと、足りないときに送らないこと、断られたときに言うこと。"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DatabaseError

from bot.broadcast import Broadcasts, compose, history
from channels.line_account import LineAccount, LineError, Standing
from content.database import open_database, writing
from content.workflow import Actor, NotAllowed, WorkflowError
from tests.line_platform import LinePlatform, ManualClock

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=9)))
SATO = Actor("佐藤", "reviewer")
PATH = "/v2/bot/message/broadcast"


class Desk:
    """送る机。``after`` で、こちらと LINE の時計をいっしょに進める。"""

    def __init__(self, url: str, *, friends: int = 3, monthly_limit: int | None = 200) -> None:
        self.now = NOON
        self.engine = open_database(url)
        self._clock = ManualClock()
        self.line = LinePlatform(now=self._clock, monthly_limit=monthly_limit)
        self.friends = [self.line.resident(f"友だち{n}") for n in range(friends)]
        self.broadcasts = self.made()

    def made(self) -> Broadcasts:
        """同じデータベースを見る、別の働き手。"""
        account = LineAccount(self.line.access_token, self.line.base_url)
        return Broadcasts(self.engine, lambda: self.now, account)

    def prepare(self, said: str = "地区会は 10 時からです。") -> int:
        return self.broadcasts.prepare(compose([said]), SATO).id

    def heard(self) -> list[int]:
        """友だちごとの、届いた数。"""
        return [len(self.line.replies(friend)) for friend in self.friends]

    def after(self, **time: float) -> None:
        gone = datetime.timedelta(**time)
        self.now += gone
        self._clock.advance(gone.total_seconds())

    def __enter__(self) -> Self:
        self.line.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.line.stop()
        self.engine.dispose()


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with Desk(database_url) as made:
        yield made


def test_everyone_gets_one_and_it_is_on_record(desk: Desk) -> None:
    id = desk.prepare("地区会は 10 時からです。")
    sent = desk.broadcasts.send(id, SATO)
    assert (sent.state(desk.now), sent.trouble) == ("sent", "")
    assert desk.heard() == [1, 1, 1]
    assert desk.line.replies(desk.friends[0])[0].text == "地区会は 10 時からです。"
    (kept,) = history(desk.engine)
    (attempt,) = kept.attempts
    assert (kept.author, attempt.actor, attempt.status) == ("佐藤", "佐藤", 200)
    assert attempt.request and attempt.at == NOON


def test_pressing_again_sends_nothing(desk: Desk) -> None:
    id = desk.prepare()
    desk.broadcasts.send(id, SATO)
    again = desk.broadcasts.send(id, SATO)
    assert again.state(desk.now) == "sent" and len(again.attempts) == 1
    assert desk.heard() == [1, 1, 1]


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("fault", [{"status": 500}, {"drop": True}])
def test_no_answer_is_tried_again_with_the_same_key(
    desk: Desk, fault: dict[str, int], accepted: bool
) -> None:
    desk.line.fail(PATH, accepted=accepted, **fault)  # type: ignore[arg-type]
    id = desk.prepare()
    first = desk.broadcasts.send(id, SATO)
    assert first.state(desk.now) == "unsure"
    assert "届いたか分かりません" in first.trouble
    second = desk.made().send(id, SATO)
    assert second.state(desk.now) == "sent"
    assert second.attempts[-1].status == (409 if accepted else 200)
    assert desk.heard() == [1, 1, 1]


def test_killed_while_sending_is_tried_again(desk: Desk) -> None:
    class Killed(BaseException):
        pass

    class Dying(LineAccount):
        """LINE が受け取った後、結果を書く前に止まる。"""

        def broadcast(self, *given: object) -> object:  # type: ignore[override]
            super().broadcast(*given)  # type: ignore[arg-type]
            raise Killed

    dying = Dying(desk.line.access_token, desk.line.base_url)
    id = desk.prepare()
    with pytest.raises(Killed):
        Broadcasts(desk.engine, lambda: desk.now, dying).send(id, SATO)
    assert desk.heard() == [1, 1, 1]
    with pytest.raises(WorkflowError, match="いま送っています"):
        desk.broadcasts.send(id, SATO)
    desk.after(seconds=61)
    assert desk.broadcasts.send(id, SATO).state(desk.now) == "sent"
    assert desk.heard() == [1, 1, 1]


def test_two_people_sending_at_once_send_one(desk: Desk) -> None:
    desk.line.fail(PATH, delay=0.5, times=None)
    id = desk.prepare()

    def send(_: int) -> str:
        try:
            return desk.made().send(id, SATO).state(desk.now)
        except WorkflowError as error:
            return str(error)[:9]

    with ThreadPoolExecutor(4) as people:
        ends = Counter(people.map(send, range(4)))
    assert ends == {"sent": 1, "いま送っています。": 3}
    assert desk.heard() == [1, 1, 1]


def test_key_that_LINE_forgets_is_not_used(desk: Desk) -> None:
    desk.line.fail(PATH, status=500, accepted=True)
    id = desk.prepare()
    desk.broadcasts.send(id, SATO)
    desk.after(hours=24, seconds=1)
    with pytest.raises(WorkflowError, match="2 度届くかもしれません"):
        desk.broadcasts.send(id, SATO)
    assert desk.heard() == [1, 1, 1]


def test_refused_for_sure_may_be_sent_any_time(desk: Desk) -> None:
    desk.line.fail(PATH, status=429, body='{"message": "The API rate limit has been exceeded."}')
    id = desk.prepare()
    busy = desk.broadcasts.send(id, SATO)
    assert busy.state(desk.now) == "failed"
    assert "混んでいて" in busy.trouble and "だれにも届いていません" in busy.trouble
    desk.after(days=2)
    assert desk.broadcasts.send(id, SATO).state(desk.now) == "sent"


@pytest.mark.parametrize(
    ("status", "said"), [(429, "混んでいて"), (400, "断りました"), (401, "鍵")]
)
def test_refused_after_an_unsure_one_is_still_unsure(desk: Desk, status: int, said: str) -> None:
    desk.line.fail(PATH, status=500, accepted=True)
    id = desk.prepare()
    desk.broadcasts.send(id, SATO)
    desk.line.fail(PATH, status=status)
    again = desk.broadcasts.send(id, SATO)
    assert again.state(desk.now) == "unsure"
    assert said in again.trouble and "届いたか分かりません" in again.trouble
    assert "だれにも届いていません" not in again.trouble
    assert desk.heard() == [1, 1, 1]


def test_quota_less_than_friends_sends_nothing(database_url: str) -> None:
    with Desk(database_url, friends=3, monthly_limit=2) as desk:
        desk.line.block(5)  # やめた人は、数えない
        with pytest.raises(WorkflowError, match="残りは 2 通で、友だち 3 人に足りません"):
            desk.broadcasts.send(desk.prepare(), SATO)
        assert desk.heard() == [0, 0, 0]
        assert PATH not in [call.path for call in desk.line.calls]


def test_limit_told_by_LINE_when_friends_unknown(database_url: str) -> None:
    with Desk(database_url, friends=3, monthly_limit=2) as desk:
        desk.line.fail("/v2/bot/insight/followers", status=403)
        sent = desk.broadcasts.send(desk.prepare(), SATO)
        assert sent.state(desk.now) == "failed"
        assert "今月に送れる数を超える" in sent.trouble
        assert desk.heard() == [0, 0, 0]


def test_standing_of_the_month(desk: Desk) -> None:
    day = datetime.date(2026, 11, 21)
    assert desk.broadcasts.standing() == Standing(200, 0, 3, day)
    desk.broadcasts.send(desk.prepare(), SATO)
    standing = desk.broadcasts.standing()
    assert (standing.used, standing.left) == (3, 197)


def test_day_before_when_not_counted_yet(desk: Desk) -> None:
    desk.line.fail("/v2/bot/insight/followers", status=200, body='{"status": "unready"}')
    assert desk.broadcasts.standing().counted_on == datetime.date(2026, 11, 20)
    desk.line.fail("/v2/bot/insight/followers", status=200, body='{"status": "unready"}', times=2)
    assert desk.broadcasts.standing().friends is None


def test_plan_without_limit(database_url: str) -> None:
    with Desk(database_url, monthly_limit=None) as desk:
        assert desk.broadcasts.standing().left is None
        assert desk.broadcasts.send(desk.prepare(), SATO).state(desk.now) == "sent"


def test_wrong_token_says_what_to_set(desk: Desk) -> None:
    id = desk.prepare()
    wrong = Broadcasts(desk.engine, lambda: desk.now, LineAccount("ちがう鍵", desk.line.base_url))
    with pytest.raises(LineError, match="LINE_CHANNEL_ACCESS_TOKEN"):
        wrong.send(id, SATO)
    desk.line.fail(PATH, status=401)
    assert "LINE_CHANNEL_ACCESS_TOKEN" in desk.broadcasts.send(id, SATO).trouble


def test_unreachable_says_so_and_sends_later(desk: Desk) -> None:
    id = desk.prepare()
    away = LineAccount("key", "http://127.0.0.1:9")
    with pytest.raises(LineError, match="つながりません"):
        Broadcasts(desk.engine, lambda: desk.now, away).send(id, SATO)
    assert desk.broadcasts.send(id, SATO).state(desk.now) == "sent"


def test_writers_cannot_send(desk: Desk) -> None:
    writer = Actor("鈴木", "writer")
    with pytest.raises(NotAllowed):
        desk.broadcasts.prepare(compose(["はい"]), writer)
    id = desk.prepare()
    with pytest.raises(NotAllowed):
        desk.broadcasts.send(id, writer)
    assert desk.heard() == [0, 0, 0]


def test_records_are_forever(desk: Desk) -> None:
    desk.broadcasts.send(desk.prepare(), SATO)
    for table in ("broadcast", "broadcast_event"):
        for change in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id + 1"):
            with pytest.raises(DatabaseError, match="forever"), writing(desk.engine) as connection:
                connection.execute(sql(change))


def test_texts_then_card(desk: Desk) -> None:
    card = ("第6期計画", [("ページで読む", "https://fukushi.example/kawasaki/plan-6/index.html")])
    messages = compose(["計画ができました。", "", "けいかくが できました。"], card)
    sent = desk.broadcasts.send(desk.broadcasts.prepare(messages, SATO).id, SATO)
    assert sent.state(desk.now) == "sent"
    got = [r.message["type"] for r in desk.line.replies(desk.friends[0])]
    assert got == ["text", "text", "flex"]
    assert desk.line.used_this_month == 3  # 吹き出しの数でなく、人の数


@pytest.mark.parametrize(
    ("texts", "said"), [(["", " \n"], "送る言葉がありません"), (["𠮷" * 2501], "5002 字")]
)
def test_what_cannot_be_sent_is_explained(texts: list[str], said: str) -> None:
    with pytest.raises(WorkflowError, match=said):
        compose(texts)
