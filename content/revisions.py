"""稿（revision）。1 つの接続の中で、読み、加え、公開する。だれがしてよいかは、ここでは問わない。"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, Row, delete, insert, select

from content.council import parse_council
from content.model import Council, Picture, Publication
from content.notation import NotationError, Problem, parse
from content.notation_write import write
from content.tables import PICTURE, PUBLISHED, REVISION, REVISION_PICTURE

Kind = Literal["standard", "plain", "council", "readings", "synonyms", "excuses", "emergency"]
"""稿の種類。出版物の 2 つの register と、社協の身もとと、社協の表と、緊急のお知らせ。"""

Origin = Literal["file", "staff"]
"""稿の出どころ。原稿のフォルダか、職員の画面か。"""


@dataclass(frozen=True, slots=True)
class Revision:
    """稿。``subject`` は出版物か社協の id。``digest`` は文字と画像の中身の SHA-256（16 進）。

    ``parent`` は、書きかえるもとになった稿（その種類の、ひとつ前の稿）。
    """

    id: int
    subject: str
    kind: Kind
    text: str
    digest: str
    author: str
    origin: Origin
    created_at: datetime.datetime
    parent: int | None

    @property
    def council(self) -> str:
        """社協の id。"""
        return self.subject.split("/")[0]


Value = Publication | Council | str
"""稿の中身。``str`` は社協の表（TSV）か、緊急のお知らせ。"""


@dataclass(frozen=True, slots=True)
class Draft:
    """稿になるもの。"""

    subject: str
    kind: Kind
    value: Value
    text: str
    pictures: tuple[Picture, ...] = ()

    @property
    def digest(self) -> str:
        lines = [f"{_sha256(p.data)}  {p.name}" for p in self.pictures]
        return _sha256("\n".join([*lines, "", self.text]).encode())


def draft_of(publication: Publication) -> Draft:
    return Draft(
        publication.id,
        publication.register,
        publication,
        write(publication),
        publication.pictures,
    )


def add_revision(
    connection: Connection,
    draft: Draft,
    parent: Revision | None,
    author: str,
    origin: Origin,
    at: datetime.datetime,
) -> Revision:
    """稿を加える。まだ公開しない。"""
    values = {
        "subject": draft.subject,
        "kind": draft.kind,
        "text": draft.text,
        "digest": draft.digest,
        "author": author,
        "origin": origin,
        "created_at": at,
        "parent": parent.id if parent else None,
    }
    row = connection.execute(insert(REVISION).values(values).returning(REVISION)).one()
    for picture in draft.pictures:
        sha256 = _sha256(picture.data)
        held = select(PICTURE.c.sha256).where(PICTURE.c.sha256 == sha256)
        if connection.execute(held).first() is None:
            connection.execute(insert(PICTURE).values(sha256=sha256, data=picture.data))
        connection.execute(
            insert(REVISION_PICTURE).values(revision=row.id, name=picture.name, sha256=sha256)
        )
    return revision_from(row)


def publish_revision(connection: Connection, revision: Revision) -> None:
    """公開中の稿を、この稿に替える。"""
    key = {"subject": revision.subject, "kind": revision.kind}
    connection.execute(delete(PUBLISHED).filter_by(**key))
    connection.execute(insert(PUBLISHED).values(**key, revision=revision.id))


def check_councils(connection: Connection, drafts: Sequence[Draft]) -> None:
    """どの社協も、公開中か、いっしょに入れるものでなければ ``NotationError``。"""
    stored = select(PUBLISHED.c.subject).where(PUBLISHED.c.kind == "council")
    known = {
        *connection.execute(stored).scalars(),
        *(d.subject for d in drafts if d.kind == "council"),
    }
    problems = [
        Problem(
            draft.subject,
            1,
            f"社協「{draft.subject.split('/')[0]}」が登録されていません。"
            "そのフォルダに council.yaml を置いて読み込んでください。",
        )
        for draft in drafts
        if draft.subject.split("/")[0] not in known
    ]
    if problems:
        raise NotationError(problems)


def history_of(connection: Connection, subject: str, kind: Kind) -> list[Revision]:
    """稿のすべて。古い順。"""
    rows = connection.execute(
        select(REVISION)
        .where(REVISION.c.subject == subject, REVISION.c.kind == kind)
        .order_by(REVISION.c.id)
    )
    return [revision_from(row) for row in rows]


def latest_of(connection: Connection, subject: str, kind: Kind) -> Revision | None:
    """いちばん新しい稿。"""
    row = connection.execute(
        select(REVISION)
        .where(REVISION.c.subject == subject, REVISION.c.kind == kind)
        .order_by(REVISION.c.id.desc())
        .limit(1)
    ).first()
    return revision_from(row) if row else None


def revision_numbered(connection: Connection, id: int) -> Revision | None:
    row = connection.execute(select(REVISION).where(REVISION.c.id == id)).first()
    return revision_from(row) if row else None


def published_of(connection: Connection, subject: str, kind: Kind) -> int | None:
    """公開中の稿の番号。"""
    return connection.execute(
        select(PUBLISHED.c.revision).where(PUBLISHED.c.subject == subject, PUBLISHED.c.kind == kind)
    ).scalar()


def value_of(connection: Connection, revision: Revision) -> Value:
    """稿の文字を型に戻す。"""
    file = f"{revision.subject} の稿 {revision.id}"
    match revision.kind:
        case "council":
            return parse_council(revision.text, revision.subject, file=file)
        case "standard" | "plain" as register:
            pictures = pictures_of(connection, revision.id)
            return parse(
                revision.text, revision.subject, register, file=file, load_picture=pictures.get
            )
        case _:
            return revision.text


def pictures_of(connection: Connection, revision: int) -> dict[str, bytes]:
    """名前ごとの、稿の画像。"""
    rows = connection.execute(
        select(REVISION_PICTURE.c.name, PICTURE.c.data)
        .join(PICTURE, PICTURE.c.sha256 == REVISION_PICTURE.c.sha256)
        .where(REVISION_PICTURE.c.revision == revision)
    )
    return {row.name: bytes(row.data) for row in rows}


def revision_from(row: Row[tuple[object, ...]]) -> Revision:
    return Revision(**row._mapping)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
