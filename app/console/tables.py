"""アカウントとログインの表。合い言葉（トークン）とパスワードは、要約だけを置く。"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text

from content.database import UtcDateTime
from content.tables import EVENT

METADATA = MetaData()

ACCOUNT = Table(
    "account",
    METADATA,
    # NFKC の小文字。稿の author と、できごとの actor はこの名前なので、変えも消しもしない。
    Column("name", Text, primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("mail", Text, nullable=False),
    Column("role", Text, nullable=False),
    # 受け持つ社協の id（空白で区切る）。NULL は、すべての社協。
    Column("councils", Text),
    # argon2id の要約。NULL は、まだ決めていない。
    Column("password", Text),
    Column("must_change", Boolean, nullable=False),
    Column("disabled_at", UtcDateTime),
)
ACCOUNT_EVENT = Table(
    "account_event",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account", ForeignKey("account.name"), nullable=False),
    Column("action", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("detail", Text, nullable=False),
    Index("account_event_of", "account"),
)
SESSION = Table(
    "session",
    METADATA,
    Column("token", Text, primary_key=True),
    Column("account", ForeignKey("account.name"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("session_of", "account"),
)
PASSWORD_LINK = Table(
    "password_link",
    METADATA,
    Column("token", Text, primary_key=True),
    Column("account", ForeignKey("account.name"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("password_link_of", "account"),
)
LOGIN_FAILURE = Table(
    "login_failure",
    METADATA,
    # 名前やアドレスの要約（名前の欄に、パスワードを書いてしまう人もいる）。
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)
NOTICE = Table(
    "notice",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account", ForeignKey("account.name"), nullable=False),
    Column("event", ForeignKey(EVENT.c.id), nullable=False),
    Column("read_at", UtcDateTime),
    # none（メールのアドレスがない）、waiting、sent、failed
    Column("mail_state", Text, nullable=False),
    Column("mail_tries", Integer, nullable=False),
    Column("mail_after", UtcDateTime, nullable=False),
    # 最後に送れなかった訳（人のアドレスは書かない）。
    Column("mail_fault", Text, nullable=False),
    Index("notice_of", "account"),
)
UNSURE = Table(
    "unsure",
    METADATA,
    # 取り込んだ文章の、まだ確かめていないところ。確かめるか、提出すると消える。
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("page", Integer, nullable=False),
    Column("file", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Index("unsure_of", "subject"),
)
