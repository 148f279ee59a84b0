"""LINE の友だちの全員に送るお知らせ。送る前に残し、同じ鍵でやり直すので、2 度届くことはない。

送り始めた印（began）を先に書き、LINE に送り、結果を書く。途中で止まれば、届いたか分からないまま残り、
同じ ``X-Line-Retry-Key`` でやり直すと、LINE が 2 通めを断る（409）。鍵は 24 時間で忘れられるので、その後は
やり直さない。
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Connection, Engine, insert, select

from bot.tables import BROADCAST, BROADCAST_EVENT
from channels import line
from channels.line_account import SEND_SECONDS, WRONG_TOKEN, LineAccount, Standing, Verdict
from channels.line_limits import sendable, utf16
from content.database import Clock, reading, writing
from content.japan import JAPAN
from content.workflow.people import CHECKERS, Actor, NotAllowed, WorkflowError

AGAIN_WITHIN = datetime.timedelta(hours=23)
"""届いたか分からないものを、送り直せる時間。LINE が鍵を覚えている 24 時間より短い。"""
_BUSY = datetime.timedelta(seconds=SEND_SECONDS + 30)

State = Literal["ready", "sending", "sent", "failed", "unsure", "lost"]
"""今の様子。

ready まだ送っていない。sending 送っている。sent 送った。failed 届いていない（送り直せる）。unsure 届いたか
分からない（同じ鍵で送り直せる）。lost 届いたか分からず、鍵の時間も過ぎた。
"""

_NOBODY = "だれにも届いていません。"
_PERHAPS = "前に送ったものは、届いたか分かりません。もう届いていれば、2 度届くことはありません。"
_TROUBLES: dict[Verdict, str] = {
    "token": f"{_NOBODY}{WRONG_TOKEN}",
    "refused": f"LINE が、このお知らせを断りました。{_NOBODY}文章を変えて、作り直してください。",
    "limit": f"今月に送れる数を超えるので、送れませんでした。{_NOBODY}"
    "LINE の管理画面でプランを変えるか、来月まで待ってください。",
    "busy": f"LINE が混んでいて、送れませんでした。{_NOBODY}数分待って、もう一度送ってください。",
    "unreached": f"LINE につながらず、送れませんでした。{_NOBODY}"
    "ネットワークを確かめて、もう一度送ってください。",
    "unsure": "LINE の答えがなく、届いたか分かりません。数分待って、もう一度送ってください。"
    "もう届いていれば、2 度届くことはありません。",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """1 度の送り。``verdict`` の ``None`` は、結果を書く前に止まったか、送っているところ。"""

    actor: str
    at: datetime.datetime
    verdict: Verdict | None = None
    status: int = 0
    request: str = ""

    @property
    def perhaps(self) -> bool:
        """届いたかもしれない。"""
        return self.verdict in (None, "unsure")


@dataclass(frozen=True, slots=True)
class Broadcast:
    """お知らせ。``messages`` は LINE に送る JSON。``attempts`` は古い順。"""

    id: int
    key: str
    messages: tuple[line.Message, ...]
    author: str
    at: datetime.datetime
    attempts: tuple[Attempt, ...] = ()

    def state(self, now: datetime.datetime) -> State:
        if any(a.verdict == "sent" for a in self.attempts):
            return "sent"
        if not self.attempts:
            return "ready"
        last = self.attempts[-1]
        if last.verdict is None and now - last.at < _BUSY:
            return "sending"
        unsure = [a for a in self.attempts if a.perhaps]
        if not unsure:
            return "failed"
        return "unsure" if now - unsure[0].at < AGAIN_WITHIN else "lost"

    @property
    def trouble(self) -> str:
        """最後に送れなかった理由と、どうすればよいか。送れたなら空。

        前の送りが届いたかもしれない間は、だれにも届いていないとは言わない。
        """
        if not self.attempts:
            return ""
        trouble = _TROUBLES.get(self.attempts[-1].verdict or "unsure", "")
        if any(attempt.perhaps for attempt in self.attempts):
            return trouble.replace(_NOBODY, _PERHAPS)
        return trouble

    @property
    def text(self) -> str:
        """読み上げられる文字の全部。"""
        return "\n".join(str(m.get("text") or m.get("altText")) for m in self.messages)


def compose(
    texts: Sequence[str], card: tuple[str, Sequence[line.Pair]] | None = None
) -> list[line.Message]:
    """送るもの。``texts`` は吹き出しごとの文（空は除く）、``card`` は題とリンク（名前と URL）。"""
    said = [text for text in map(sendable, texts) if text]
    if not said and card is None:
        raise WorkflowError("送る言葉がありません。文章を書くか、出版物を選んでください。")
    for text in said:
        if utf16(text) > line.TEXT:
            raise WorkflowError(
                f"文章が {utf16(text)} 字あります。{line.TEXT} 字までにしてください。"
                "LINE で読む人のために、140 字ほどにするのがおすすめです。"
            )
    groups = [line.text(text) for text in said]
    return line.one_call([*groups, line.card(*card)] if card else groups)


class Broadcasts:
    """送ったもののすべて。``new_key`` は再送の鍵（UUID）を作る。"""

    def __init__(
        self,
        engine: Engine,
        now: Clock,
        account: LineAccount,
        new_key: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._engine, self._now, self._account = engine, now, account
        self._new_key = new_key

    def standing(self) -> Standing:
        """今月の数と友だちの数。LINE に尋ねられなければ ``LineError``。"""
        return self._account.standing(self._now().astimezone(JAPAN).date())

    def prepare(self, messages: Sequence[line.Message], actor: Actor) -> Broadcast:
        """送る前に残す。鍵はここで決まる。"""
        _require(actor)
        values = {
            "key": self._new_key(),
            "messages": json.dumps(list(messages), ensure_ascii=False),
            "author": actor.name,
            "at": self._now(),
        }
        with writing(self._engine) as connection:
            row = connection.execute(insert(BROADCAST).values(values).returning(BROADCAST.c.id))
            return _found(connection, row.scalar_one())

    def get(self, id: int) -> Broadcast | None:
        with reading(self._engine) as connection:
            known = select(BROADCAST.c.id).where(BROADCAST.c.id == id)
            return _found(connection, id) if connection.execute(known).first() else None

    def send(self, id: int, actor: Actor) -> Broadcast:
        """送る。もう送ったものは、送らない。送ってはならなければ ``WorkflowError``。

        今月の残りが友だちの数に足りなければ、送らない（一部の人だけに届くことはない）。結果は
        ``Broadcast.trouble``。
        """
        _require(actor)
        before = self.get(id)
        if before is None:
            raise WorkflowError("そのお知らせはありません。作り直してください。")
        if before.state(self._now()) in ("ready", "failed"):
            check_quota(self.standing())
        with writing(self._engine) as connection:
            broadcast = _found(connection, id)
            state = broadcast.state(self._now())
            if state == "sent":
                return broadcast
            if state == "sending":
                raise WorkflowError("いま送っています。1 分ほど待って、開き直してください。")
            if state == "lost":
                raise WorkflowError(LOST)
            began = _record(connection, id, None, "began", actor, self._now())
        sent = self._account.broadcast(broadcast.messages, broadcast.key)
        with writing(self._engine) as connection:
            _record(
                connection, id, began, sent.verdict, actor, self._now(), sent.status, sent.request
            )
            return _found(connection, id)


def history(engine: Engine) -> tuple[Broadcast, ...]:
    """送ろうとしたもの。新しい順。"""
    tried = select(BROADCAST_EVENT.c.broadcast).distinct()
    newest = select(BROADCAST.c.id).where(BROADCAST.c.id.in_(tried)).order_by(BROADCAST.c.id.desc())
    with reading(engine) as connection:
        return tuple(_found(connection, id) for id in connection.execute(newest).scalars().all())


LOST = (
    "届いたか分からないまま、時間が過ぎました。もう一度送ると、2 度届くかもしれません。"
    "LINE の管理画面で、届いたかを確かめてください。"
)


def check_quota(standing: Standing) -> None:
    """今月の残りで、友だちの全員に送れるか。送れなければ ``WorkflowError``。"""
    left, friends = standing.left, standing.friends
    if left is None or left >= (friends or 1):
        return
    raise WorkflowError(
        f"今月に送れる残りは {left} 通で、友だち"
        + (f" {friends} 人に足りません。" if friends else "の全員には足りません。")
        + "LINE の管理画面でプランを変えるか、来月まで待ってください。"
    )


def _require(actor: Actor) -> None:
    if actor.role not in CHECKERS:
        raise NotAllowed(
            "LINE で全員に送れるのは、確かめる人か管理者です。確かめる人に頼んでください。"
        )


def _record(
    connection: Connection,
    broadcast: int,
    attempt: int | None,
    action: str,
    actor: Actor,
    at: datetime.datetime,
    status: int = 0,
    request: str = "",
) -> int:
    values = {
        "broadcast": broadcast,
        "attempt": attempt,
        "action": action,
        "actor": actor.name,
        "at": at,
        "status": status,
        "request": request,
    }
    added = insert(BROADCAST_EVENT).values(values).returning(BROADCAST_EVENT.c.id)
    return int(connection.execute(added).scalar_one())


def _found(connection: Connection, id: int) -> Broadcast:
    row = connection.execute(select(BROADCAST).where(BROADCAST.c.id == id)).one()
    events = connection.execute(
        select(BROADCAST_EVENT)
        .where(BROADCAST_EVENT.c.broadcast == id)
        .order_by(BROADCAST_EVENT.c.id)
    ).all()
    ends = {e.attempt: e for e in events if e.attempt is not None}
    attempts = tuple(
        Attempt(e.actor, e.at, _verdict(end.action), end.status, end.request)
        if (end := ends.get(e.id))
        else Attempt(e.actor, e.at)
        for e in events
        if e.attempt is None
    )
    messages = tuple(json.loads(row.messages))
    return Broadcast(row.id, row.key, messages, row.author, row.at, attempts)


def _verdict(text: str) -> Verdict:
    return next(verdict for verdict in get_args(Verdict) if verdict == text)
