"""原稿の保管庫。稿（revision）は増えるだけで、書きかえも消しもできない。どの稿を公開するかだけが変わる。

ここは原稿のフォルダからの入口と、公開中の原稿の出口。職員が書き、確かめ、公開するのは
``content.workflow``。
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, select

from content.bundle import BUNDLED, Bundle, in_order, load_folder, sound_files
from content.council import write_council
from content.database import Clock, StoreError, open_database, reading, writing
from content.events import record
from content.model import Council, Publication
from content.notation import NotationError
from content.recorded import Recording, text_key
from content.revisions import (
    Draft,
    Kind,
    Revision,
    add_revision,
    check_councils,
    draft_of,
    history_of,
    publish_revision,
    published_of,
    revision_from,
    revision_numbered,
    value_of,
)
from content.tables import METADATA, PUBLISHED, REVISION
from content.workflow.proofs import Remark, load_proofread, proofread_in, remarks_in
from content.workflow.recordings import (
    Loaded,
    knows_recording,
    load_recording,
    recordings_in,
    sound_in,
)

__all__ = ["METADATA", "LoadReport", "Revision", "Store", "StoreError", "utc_now"]

FOLDER_AUTHOR = "原稿フォルダ"


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """フォルダを読み込んだ結果。どれも「kawasaki/plan-6（standard）」のような名前の並び。

    ``added`` は新しい稿を作って公開したもの、``replaced`` はそのうち職員の稿や録音に代わったもの。
    ``unchanged`` は、同じ稿がすでにあるので何もしなかったもの。
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


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
            return connection.execute(select(PUBLISHED.c.subject).limit(1)).first() is None

    def published(self) -> Bundle:
        """公開中の原稿のひとそろい。"""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(REVISION).join(PUBLISHED, PUBLISHED.c.revision == REVISION.c.id)
            ).all()
            # 並べ方はデータベースごとに違うので、ここで並べる。
            revisions = sorted(map(revision_from, rows), key=lambda r: r.subject)
            found = [(r, value_of(connection, r)) for r in revisions]
            proofread = proofread_in(connection)
            recordings = recordings_in(connection)
        readings, synonyms, excuses = (
            tuple((r.subject, v) for r, v in found if r.kind == kind and isinstance(v, str))
            for kind in ("readings", "synonyms", "excuses")
        )
        return Bundle(
            tuple(v for _, v in found if isinstance(v, Council)),
            tuple(sorted((v for _, v in found if isinstance(v, Publication)), key=in_order)),
            readings,
            synonyms,
            excuses,
            proofread,
            recordings,
        )

    def sound(self, name: str) -> tuple[bytes, bytes]:
        """人の録音（``Recording.sound``）の、MP3 と AAC。"""
        with reading(self._engine) as connection:
            return sound_in(connection, name)

    def remarks(self) -> tuple[Remark, ...]:
        """聞いて校正の、校正表のすべて。出版物ごとに、残した順。"""
        with reading(self._engine) as connection:
            return remarks_in(connection)

    def history(self, subject: str, kind: Kind) -> tuple[Revision, ...]:
        """稿のすべて。古い順。"""
        with reading(self._engine) as connection:
            return tuple(history_of(connection, subject, kind))

    def new_recordings(self, bundle: Bundle) -> tuple[Recording, ...]:
        """``bundle`` の録音のうち、まだ受け取ったことのないもの。"""
        with reading(self._engine) as connection:
            return tuple(r for r in bundle.recordings if not knows_recording(connection, r))

    # 書く -------------------------------------------------------------------

    def load(self, bundle: Bundle, author: str = FOLDER_AUTHOR) -> LoadReport:
        """原稿のひとそろいを入れて公開する。すべて入るか、何も変わらないかのどちらか。

        いままでのどれかの稿と等しいものは入れない（職員の後の稿を、前の原稿に戻さない）。
        ``council.yaml`` のない社協の原稿や、読めない録音があれば ``NotationError``。
        """
        drafts = list(_drafts(bundle))
        added: list[str] = []
        replaced: list[str] = []
        unchanged: list[str] = []
        # 長い音を読む間、ほかの人の書きこみを待たせない。
        sounds = {r: sound_files(bundle, r) for r in self.new_recordings(bundle)}
        with writing(self._engine) as connection:
            check_councils(connection, drafts)
            for draft in drafts:
                name = f"{draft.subject}（{draft.kind}）"
                history = history_of(connection, draft.subject, draft.kind)
                published = published_of(connection, draft.subject, draft.kind)
                equal = next((r for r in history if _equal(connection, r, draft)), None)
                if equal is not None and published is not None:
                    unchanged.append(name)
                    continue
                parent = history[-1] if history else None
                at = self._now()
                revision = equal or add_revision(connection, draft, parent, author, "file", at)
                publish_revision(connection, revision)
                record(connection, revision, "loaded", author, at)
                added.append(name)
                if any(r.id == published and r.origin == "staff" for r in history):
                    replaced.append(name)
            for mark in bundle.proofread:
                known = not load_proofread(connection, mark, author, self._now())
                name = f"{mark.publication}（{mark.register}）の校正済のしるし"
                (unchanged if known else added).append(name)
            for recording in bundle.recordings:
                name = f"{recording.publication}（{recording.register}）の録音 {recording.section}"
                done: Loaded = "unchanged"
                if recording in sounds:
                    current, sound = _text_of(connection, recording), sounds[recording]
                    done = load_recording(
                        connection, recording, sound, current, author, self._now()
                    )
                (unchanged if done == "unchanged" else added).append(name)
                if done == "replaced":
                    replaced.append(name)
        return LoadReport(tuple(added), tuple(replaced), tuple(unchanged))


def _text_of(connection: Connection, recording: Recording) -> str:
    """録音の節の、公開中の文字の要約。節がなければ空。"""
    id = published_of(connection, recording.publication, recording.register)
    revision = revision_numbered(connection, id) if id is not None else None
    text = value_of(connection, revision) if revision is not None else None
    sections = text.sections if isinstance(text, Publication) else ()
    keys = (text_key(s.sentences) for s in sections if s.id == recording.section)
    return next(keys, "")


def _drafts(bundle: Bundle) -> Iterator[Draft]:
    for council in bundle.councils:
        yield Draft(council.id, "council", council, write_council(council))
    for id, text in bundle.readings:
        yield Draft(id, "readings", text, text)
    for id, text in bundle.synonyms:
        yield Draft(id, "synonyms", text, text)
    for id, text in bundle.excuses:
        yield Draft(id, "excuses", text, text)
    yield from map(draft_of, bundle.publications)


def _equal(connection: Connection, revision: Revision, draft: Draft) -> bool:
    """中身が等しいか。書き出し方が変わった後も等しいと分かるように、文字が違えば読んで比べる。"""
    if revision.digest == draft.digest:
        return True
    try:
        return value_of(connection, revision) == draft.value
    except NotationError:  # 前のプログラムの、いまは認めない書き方
        return False
