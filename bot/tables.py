"""受け箱と、全員に送るお知らせの表。時刻は UNIX 時刻の秒、日は ``2026-11-22``（日本の日付）の形。

利用者の番号、メッセージの番号、事象の番号は、どれも鍵つきの HMAC（``bot.people.Keys``）だけを置く。
``broadcast`` と ``broadcast_event`` は増えるだけで、書きかえも消しもできない（時刻は UTC）。
"""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, MetaData, Table, Text, text

from content.database import UtcDateTime

METADATA = MetaData()

_OPEN = text("payload IS NOT NULL")

INBOX = Table(
    "inbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("event", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("received", Double, nullable=False),
    # 答えるのに要るもの（文、返信用のトークン）。ある間が「まだ答えていない」。答えたら、すぐ消す。
    Column("payload", Text),
    Column("owner", Text, nullable=False),
    Column("lease", Double, nullable=False),
    Column("taken", Double),
    # どう終わったか（replied など）。行が消えるときに、日ごとの数（tally）に移る。
    Column("outcome", Text),
    Index("inbox_event", "event", unique=True),
    Index("inbox_open", "person", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("inbox_message", "message"),
)
UNSENT = Table(
    "unsent",
    METADATA,
    # 送信を取り消されたメッセージ。取り消しが先に届くこともある。
    Column("message", Text, primary_key=True),
    Column("received", Double, nullable=False),
)
PERSON = Table(
    "person",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("memory", Text, nullable=False),
    Column("seen", Double, nullable=False),
)
UNANSWERED = Table(
    "unanswered",
    METADATA,
    Column("id", Integer, primary_key=True),
    # 個人のことを伏せた質問。
    Column("question", Text, nullable=False),
    Column("asked", Double, nullable=False),
    # inbox.id。受け箱の行が消えると NULL になり、だれの質問かをたどれなくなる。
    Column("origin", Integer),
    Index("unanswered_origin", "origin"),
)
TALLY = Table(
    "tally",
    METADATA,
    Column("day", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)
BROADCAST = Table(
    "broadcast",
    METADATA,
    Column("id", Integer, primary_key=True),
    # X-Line-Retry-Key。送る前に決めておくので、途中で止まっても、やり直しが 2 通にならない。
    Column("key", Text, nullable=False),
    # LINE に送る JSON のまま。
    Column("messages", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("broadcast_key", "key", unique=True),
)
BROADCAST_EVENT = Table(
    "broadcast_event",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("broadcast", ForeignKey("broadcast.id"), nullable=False),
    # 送り始めた行は NULL。結果の行は、送り始めた行の id。
    Column("attempt", ForeignKey("broadcast_event.id")),
    # began か、channels.line_account.Verdict
    Column("action", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # HTTP の番号（答えがなければ 0）と、LINE の求めの番号。
    Column("status", Integer, nullable=False),
    Column("request", Text, nullable=False),
    Index("broadcast_event_of", "broadcast"),
)
