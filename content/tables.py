"""保管庫の表。``revision``、``picture``、``workflow_event`` は増えるだけで、書きかえも消しもできない。"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from content.database import UtcDateTime

METADATA = MetaData()

REVISION = Table(
    "revision",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("parent", ForeignKey("revision.id")),
    Index("revision_of", "subject", "kind"),
)
PICTURE = Table(
    "picture",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
REVISION_PICTURE = Table(
    "revision_picture",
    METADATA,
    Column("revision", ForeignKey("revision.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("sha256", ForeignKey("picture.sha256"), nullable=False),
)
PUBLISHED = Table(
    "published",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("revision", ForeignKey("revision.id"), nullable=False),
)
EVENT = Table(
    "workflow_event",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("revision", ForeignKey("revision.id"), nullable=False),
    # 稿の中身の要約。稿の番号だけでなく、何を承認したのかを残す。
    Column("digest", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("comment", Text, nullable=False),
    Column("due", UtcDateTime),
    # いっしょに確かめた、社協の読みの辞書の稿。
    Column("readings", ForeignKey("revision.id")),
    Index("workflow_event_of", "subject", "kind"),
    Index("workflow_event_revision", "revision"),
)
WORKING_COPY = Table(
    "working_copy",
    METADATA,
    # まだ稿になっていない、書きかけの文字。人ごとに 1 つで、書きかえも消しもできる。
    Column("owner", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("base", ForeignKey("revision.id")),
    Column("saved_at", UtcDateTime, nullable=False),
)
WORKING_PICTURE = Table(
    "working_picture",
    METADATA,
    Column("owner", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["owner", "subject", "kind"],
        ["working_copy.owner", "working_copy.subject", "working_copy.kind"],
        ondelete="CASCADE",
    ),
)
PROOF = Table(
    "proof",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    # 聞いた音の要約。文章か読みが変われば、この記録は、いまの版のものではなくなる。
    Column("digest", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("finished_at", UtcDateTime, nullable=False),
    Column("confirmed_by", Text),
    Column("confirmed_at", UtcDateTime),
    Column("withdrawn_by", Text),
    Column("withdrawn_at", UtcDateTime),
    Index("proof_of", "subject", "kind"),
)
PROOF_PLACE = Table(
    "proof_place",
    METADATA,
    Column("owner", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("sentence", Text, nullable=False),
)
PROOF_HEARD = Table(
    "proof_heard",
    METADATA,
    Column("owner", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
)
PROOF_REMARK = Table(
    "proof_remark",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("fault", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", UtcDateTime),
    Index("proof_remark_of", "subject", "kind"),
)
RECORDING_SOUND = Table(
    "recording_sound",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("mp3", LargeBinary, nullable=False),
    Column("aac", LargeBinary, nullable=False),
)
RECORDING = Table(
    "recording",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("section", Text, nullable=False),
    # 節の文字の要約。文章が変われば、この録音は使わない。
    Column("digest", Text, nullable=False),
    Column("sound", ForeignKey("recording_sound.sha256"), nullable=False),
    Column("seconds", Double, nullable=False),
    Column("times", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("used_by", Text),
    Column("used_at", UtcDateTime),
    Column("ended_by", Text),
    Column("ended_at", UtcDateTime),
    Index("recording_of", "subject", "kind"),
)
