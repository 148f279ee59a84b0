"""原稿の保管庫。稿（revision）は増えるだけで、書きかえも消しもできない。どの稿を公開するかだけが変わる。"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    insert,
    select,
)

from content.bundle import BUNDLED, Bundle, in_order, load_folder
from content.council import parse_council, write_council
from content.database import StoreError, UtcDateTime, open_database, reading, writing
from content.model import Council, Picture, Publication
from content.notation import NotationError, Problem, parse
from content.notation_write import write

__all__ = ["LoadReport", "Revision", "Store", "StoreError", "utc_now"]

Kind = Literal["standard", "plain", "council", "readings", "synonyms"]
"""稿の種類。出版物の 2 つの register と、社協の身もとと、読みの辞書と、言い換えの表。"""

Origin = Literal["file", "staff"]
"""稿の出どころ。原稿のフォルダか、職員の画面か。"""

Clock = Callable[[], datetime.datetime]

FOLDER_AUTHOR = "原稿フォルダ"

METADATA = MetaData()

_REVISION = Table(
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
_PICTURE = Table(
    "picture",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
_REVISION_PICTURE = Table(
    "revision_picture",
    METADATA,
    Column("revision", ForeignKey("revision.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("sha256", ForeignKey("picture.sha256"), nullable=False),
)
_PUBLISHED = Table(
    "published",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("revision", ForeignKey("revision.id"), nullable=False),
)


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


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


@dataclass(frozen=True, slots=True)
class LoadReport:
    """フォルダを読み込んだ結果。どれも「kawasaki/plan-6（standard）」のような名前の並び。

    ``added`` は新しい稿を作って公開したもの、``replaced`` はそのうち職員の稿に代わったもの。
    ``unchanged`` は、同じ稿がすでにあるので何もしなかったもの。
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


Value = Publication | Council | str
"""稿の中身。``str`` は読みの辞書か言い換えの表（TSV）。"""


@dataclass(frozen=True, slots=True)
class _Draft:
    """保管庫に入れるもの。"""

    subject: str
    kind: Kind
    value: Value
    text: str
    pictures: tuple[Picture, ...] = ()

    @property
    def digest(self) -> str:
        lines = [f"{_sha256(p.data)}  {p.name}" for p in self.pictures]
        return _sha256("\n".join([*lines, "", self.text]).encode())


class Store:
    """保管庫。``open`` で開き、``with`` か ``close`` で閉じる。"""

    def __init__(self, engine: Engine, now: Clock) -> None:
        self._engine = engine
        self._now = now

    @classmethod
    def open(cls, url: str, *, now: Clock = utc_now) -> Self:
        """``sqlite:///…`` か ``postgresql://…`` を開く。なければ作る。開けなければ ``StoreError``。"""
        return cls(open_database(url), now)

    @classmethod
    def open_filled(cls, url: str, *, now: Clock = utc_now, folder: Path = BUNDLED) -> Self:
        """開いて、空なら ``folder`` の原稿（製品に付いてくる計画）を入れる。"""
        store = cls.open(url, now=now)
        try:
            if store.is_empty():
                store.load(load_folder(folder))
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # 読む -------------------------------------------------------------------

    def is_empty(self) -> bool:
        """公開中のものがひとつもないか。"""
        with reading(self._engine) as connection:
            return connection.execute(select(_PUBLISHED.c.subject).limit(1)).first() is None

    def published(self) -> Bundle:
        """公開中の原稿のひとそろい。"""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(_REVISION).join(_PUBLISHED, _PUBLISHED.c.revision == _REVISION.c.id)
            ).all()
            # 並べ方はデータベースごとに違うので、ここで並べる。
            revisions = sorted(map(_revision, rows), key=lambda r: r.subject)
            found = [(r, _value(connection, r)) for r in revisions]
        return Bundle(
            tuple(v for _, v in found if isinstance(v, Council)),
            tuple(sorted((v for _, v in found if isinstance(v, Publication)), key=in_order)),
            tuple((r.subject, v) for r, v in found if r.kind == "readings" and isinstance(v, str)),
            tuple((r.subject, v) for r, v in found if r.kind == "synonyms" and isinstance(v, str)),
        )

    def history(self, subject: str, kind: Kind) -> tuple[Revision, ...]:
        """稿のすべて。古い順。"""
        with reading(self._engine) as connection:
            return tuple(_history(connection, subject, kind))

    # 書く -------------------------------------------------------------------

    def load(self, bundle: Bundle, author: str = FOLDER_AUTHOR) -> LoadReport:
        """原稿のひとそろいを入れて公開する。すべて入るか、何も変わらないかのどちらか。

        いままでのどれかの稿と等しいものは入れない（職員の後の稿を、前の原稿に戻さない）。
        ``council.yaml`` のない社協の原稿があれば ``NotationError``。
        """
        drafts = list(_drafts(bundle))
        added: list[str] = []
        replaced: list[str] = []
        unchanged: list[str] = []
        with writing(self._engine) as connection:
            _check_councils(connection, drafts)
            for draft in drafts:
                name = f"{draft.subject}（{draft.kind}）"
                history = _history(connection, draft.subject, draft.kind)
                published = _published(connection, draft.subject, draft.kind)
                equal = next((r for r in history if _equal(connection, r, draft)), None)
                if equal is not None and published is not None:
                    unchanged.append(name)
                    continue
                revision = equal or self._add(connection, draft, history, author, "file")
                _publish(connection, revision)
                added.append(name)
                if any(r.id == published and r.origin == "staff" for r in history):
                    replaced.append(name)
        return LoadReport(tuple(added), tuple(replaced), tuple(unchanged))

    def save(self, publication: Publication, author: str) -> Revision:
        """職員の稿を加える。まだ公開しない。"""
        draft = _publication_draft(publication)
        with writing(self._engine) as connection:
            _check_councils(connection, [draft])
            history = _history(connection, draft.subject, draft.kind)
            return self._add(connection, draft, history, author, "staff")

    def publish(self, revision: Revision) -> None:
        """稿を公開する。前に公開していた稿に代わる。"""
        with writing(self._engine) as connection:
            _publish(connection, revision)

    def _add(
        self,
        connection: Connection,
        draft: _Draft,
        history: Sequence[Revision],
        author: str,
        origin: Origin,
    ) -> Revision:
        values = {
            "subject": draft.subject,
            "kind": draft.kind,
            "text": draft.text,
            "digest": draft.digest,
            "author": author,
            "origin": origin,
            "created_at": self._now(),
            "parent": history[-1].id if history else None,
        }
        row = connection.execute(insert(_REVISION).values(values).returning(_REVISION)).one()
        for picture in draft.pictures:
            sha256 = _sha256(picture.data)
            held = select(_PICTURE.c.sha256).where(_PICTURE.c.sha256 == sha256)
            if connection.execute(held).first() is None:
                connection.execute(insert(_PICTURE).values(sha256=sha256, data=picture.data))
            connection.execute(
                insert(_REVISION_PICTURE).values(revision=row.id, name=picture.name, sha256=sha256)
            )
        return _revision(row)


def _drafts(bundle: Bundle) -> Iterator[_Draft]:
    for council in bundle.councils:
        yield _Draft(council.id, "council", council, write_council(council))
    for id, text in bundle.readings:
        yield _Draft(id, "readings", text, text)
    for id, text in bundle.synonyms:
        yield _Draft(id, "synonyms", text, text)
    yield from map(_publication_draft, bundle.publications)


def _publication_draft(publication: Publication) -> _Draft:
    return _Draft(
        publication.id,
        publication.register,
        publication,
        write(publication),
        publication.pictures,
    )


def _check_councils(connection: Connection, drafts: Sequence[_Draft]) -> None:
    stored = select(_PUBLISHED.c.subject).where(_PUBLISHED.c.kind == "council")
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


def _history(connection: Connection, subject: str, kind: Kind) -> list[Revision]:
    rows = connection.execute(
        select(_REVISION)
        .where(_REVISION.c.subject == subject, _REVISION.c.kind == kind)
        .order_by(_REVISION.c.id)
    )
    return [_revision(row) for row in rows]


def _published(connection: Connection, subject: str, kind: Kind) -> int | None:
    return connection.execute(
        select(_PUBLISHED.c.revision).where(
            _PUBLISHED.c.subject == subject, _PUBLISHED.c.kind == kind
        )
    ).scalar()


def _publish(connection: Connection, revision: Revision) -> None:
    key = {"subject": revision.subject, "kind": revision.kind}
    connection.execute(delete(_PUBLISHED).filter_by(**key))
    connection.execute(insert(_PUBLISHED).values(**key, revision=revision.id))


def _equal(connection: Connection, revision: Revision, draft: _Draft) -> bool:
    """中身が等しいか。書き出し方が変わった後も等しいと分かるように、文字が違えば読んで比べる。"""
    if revision.digest == draft.digest:
        return True
    try:
        return _value(connection, revision) == draft.value
    except NotationError:  # 前のプログラムの、いまは認めない書き方
        return False


def _value(connection: Connection, revision: Revision) -> Value:
    """稿の文字を型に戻す。"""
    file = f"{revision.subject} の稿 {revision.id}"
    match revision.kind:
        case "readings" | "synonyms":
            return revision.text
        case "council":
            return parse_council(revision.text, revision.subject, file=file)
        case register:
            pictures = _pictures(connection, revision)
            return parse(
                revision.text, revision.subject, register, file=file, load_picture=pictures.get
            )


def _pictures(connection: Connection, revision: Revision) -> dict[str, bytes]:
    rows = connection.execute(
        select(_REVISION_PICTURE.c.name, _PICTURE.c.data)
        .join(_PICTURE, _PICTURE.c.sha256 == _REVISION_PICTURE.c.sha256)
        .where(_REVISION_PICTURE.c.revision == revision.id)
    )
    return {row.name: bytes(row.data) for row in rows}


def _revision(row: Row[tuple[object, ...]]) -> Revision:
    return Revision(**row._mapping)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
