"""書く。書きかけは人ごとに取っておき、書き方の正しいものだけが稿になる。

2 人が同じ稿から書けば、先に保存した人のものが稿になり、後の人には ``Conflict`` を返す。後の人の文字は、
書きかけとして残る。書き方に誤りがあるときも同じ。どちらも、何も失わない。
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, Engine, Table, and_, delete, insert, select

from content.council import parse_council
from content.database import Clock, reading, writing
from content.events import record
from content.model import REGISTERS, Picture, Publication
from content.notation import NotationError, parse
from content.revisions import (
    Draft,
    Kind,
    Revision,
    add_revision,
    check_councils,
    draft_of,
    latest_of,
    pictures_of,
    publish_revision,
    revision_numbered,
    value_of,
)
from content.tables import WORKING_COPY, WORKING_PICTURE
from content.workflow.people import Actor, Role, Tell, WorkflowError, require

Check = Callable[[str, str], object]
"""表の文字（1 つめは社協の id、2 つめは文字）を確かめる。誤りは、日本語の文の ``ValueError``。"""

_SUBJECT = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*")
AT_ONCE: tuple[Kind, ...] = ("council", "synonyms", "excuses")
"""管理者が保存すると、すぐに使うもの。読みの辞書は、文章といっしょに承認する。"""


@dataclass(frozen=True, slots=True)
class Work:
    """書いたもの。``base`` は、もとにした稿の番号（新しく作るなら ``None``）。

    ``pictures`` は新しく足す画像。もとの稿の画像は、文字が使っていれば引きつぐ。
    """

    subject: str
    kind: Kind
    text: str
    base: int | None = None
    pictures: tuple[Picture, ...] = ()

    @property
    def mark(self) -> str:
        """書きかけの目印（文字の要約）。ほかの画面の書きかけと見分ける。"""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


class Conflict(WorkflowError):
    """書いている間に、ほかの人が保存した。``mine`` は書きかけとして残してある。

    ``base`` はもとにした稿（新しく作ろうとしたのなら ``None``）、``theirs`` は今の稿。2 つを合わせ、
    ``theirs.id`` を ``base`` にして保存し直す。
    """

    def __init__(self, mine: Work, base: Revision | None, theirs: Revision) -> None:
        super().__init__(
            "書いている間に、ほかの画面で保存されました。"
            "あなたの文章は残してあります。2 つを見比べて、合わせてください。"
        )
        self.mine, self.base, self.theirs = mine, base, theirs


class Drafts:
    """書きかけと稿。``checks`` は、社協の表の種類（``readings`` など）ごとの確かめ方。"""

    def __init__(
        self, engine: Engine, now: Clock, checks: Mapping[Kind, Check], tell: Tell
    ) -> None:
        self._engine, self._now, self._checks, self._tell = engine, now, checks, tell

    # 稿 -----------------------------------------------------------------------

    def save(self, work: Work, actor: Actor, kept: str | None = None) -> Revision:
        """稿にする。いまの稿と同じなら、いまの稿を返す。稿になれば、書きかけは消える。

        ``kept`` は、その画面の知っている書きかけの ``Work.mark``（なければ空）。その後にほかの画面が取って
        おいた書きかけは、消さずに残す。``None`` なら、どの書きかけも消す。

        書き方の誤りは ``NotationError``（表の誤りは ``ValueError``）、ほかの人が先に保存していれば
        ``Conflict``。どちらも、文字は書きかけに残る。管理者の ``council``、``synonyms``、``excuses``
        は、すぐに公開する。
        """
        require(actor, work.subject, "表を書きかえる", *_writers(work.kind))
        try:
            draft = self._read(work, actor)
            with writing(self._engine) as connection:
                base = _base(connection, work)
                latest = latest_of(connection, work.subject, work.kind)
                if latest is not None and latest != base:
                    raise Conflict(work, base, latest)
                revision = self._add(connection, draft, latest, actor)
                held = _held(connection, work.subject, work.kind, actor)
                if kept is None or held is None or held.mark in (kept, work.mark):
                    _discard(connection, work.subject, work.kind, actor)
                return revision
        except (ValueError, WorkflowError):
            self.keep(work, actor)
            raise

    def _add(
        self, connection: Connection, draft: Draft, latest: Revision | None, actor: Actor
    ) -> Revision:
        check_councils(connection, [draft])
        if latest is None:
            _check_new(connection, draft)
        draft = _unproofread(connection, draft, latest)
        if latest is not None and latest.digest == draft.digest:
            return latest
        at = self._now()
        revision = add_revision(connection, draft, latest, actor.name, "staff", at)
        if draft.kind in AT_ONCE:
            publish_revision(connection, revision)
            self._tell(connection, record(connection, revision, "applied", actor.name, at))
        return revision

    def _read(self, work: Work, actor: Actor) -> Draft:
        match work.kind:
            case "standard" | "plain" as register:
                with reading(self._engine) as connection:
                    base = _base(connection, work)
                    held = pictures_of(connection, base.id) if base else {}
                    held |= _kept_pictures(connection, work.subject, work.kind, actor)
                held |= {p.name: p.data for p in work.pictures}
                return draft_of(
                    parse(work.text, work.subject, register, file="文章", load_picture=held.get)
                )
            case "council":
                parse_council(work.text, work.subject, file="社協の身もと")
            case "emergency":
                raise WorkflowError("緊急のお知らせは、お知らせのページから出してください。")
            case table:
                self._checks[table](work.subject, work.text)
        return Draft(work.subject, work.kind, work.text, work.text)

    # 書きかけ -------------------------------------------------------------------

    def keep(self, work: Work, actor: Actor) -> None:
        """書きかけを取っておく（自動の保存）。その人の、前の書きかけに代わる。"""
        require(actor, work.subject, "表を書きかえる", *_writers(work.kind))
        with writing(self._engine) as connection:
            self._keep(connection, work, actor)

    def kept(self, subject: str, kind: Kind, actor: Actor) -> Work | None:
        """その人の書きかけ。"""
        with reading(self._engine) as connection:
            held = _held(connection, subject, kind, actor)
            if held is None:
                return None
            pictures = _kept_pictures(connection, subject, kind, actor)
        found = tuple(Picture(name, data) for name, data in sorted(pictures.items()))
        return replace(held, pictures=found)

    def all_kept(self, actor: Actor) -> tuple[Work, ...]:
        """その人の書きかけのすべて（画像を除く）。"""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(WORKING_COPY).where(WORKING_COPY.c.owner == actor.name)
            ).all()
        works = (Work(r.subject, r.kind, r.text, r.base) for r in rows)
        return tuple(sorted(works, key=lambda w: (w.subject, w.kind)))

    def discard(self, subject: str, kind: Kind, actor: Actor) -> None:
        """書きかけを捨てる。"""
        with writing(self._engine) as connection:
            _discard(connection, subject, kind, actor)

    def _keep(self, connection: Connection, work: Work, actor: Actor) -> None:
        base = revision_numbered(connection, work.base or 0)
        # 画像は、文字を送るたびには送られて来ない。前に受け取ったものを、捨てるまで持つ。
        pictures = _kept_pictures(connection, work.subject, work.kind, actor)
        pictures |= {p.name: p.data for p in work.pictures}
        _discard(connection, work.subject, work.kind, actor)
        key = {"owner": actor.name, "subject": work.subject, "kind": work.kind}
        row = {**key, "text": work.text, "base": base and base.id, "saved_at": self._now()}
        connection.execute(insert(WORKING_COPY).values(row))
        for name, data in sorted(pictures.items()):
            connection.execute(insert(WORKING_PICTURE).values(**key, name=name, data=data))


def _writers(kind: Kind) -> tuple[Role, ...]:
    return ("administrator",) if kind in AT_ONCE else ()


def _base(connection: Connection, work: Work) -> Revision | None:
    """もとにした稿。ほかの文章の稿を、もとにはできない（画像が混ざる）。"""
    if work.base is None:
        return None
    revision = revision_numbered(connection, work.base)
    if revision is None or (revision.subject, revision.kind) != (work.subject, work.kind):
        raise WorkflowError("もとにした稿がありません。文章の一覧から開き直してください。")
    return revision


def _check_new(connection: Connection, draft: Draft) -> None:
    if draft.kind not in REGISTERS:
        if "/" in draft.subject:
            raise WorkflowError("表は、社協ごとに 1 つです。社協のページから開き直してください。")
        return
    if not _SUBJECT.fullmatch(draft.subject):
        raise WorkflowError(
            "文章の名前は、半角の英小文字と数字と - だけにしてください（例 plan-6）。"
        )
    if draft.kind == "plain" and latest_of(connection, draft.subject, "standard") is None:
        raise WorkflowError("ふつうの文章がありません。先に、ふつうの文章を作ってください。")


def _unproofread(connection: Connection, draft: Draft, latest: Revision | None) -> Draft:
    """文章を変えたのに、原稿の「校正」の日が前のままなら、その日を消す（まだだれも聞いていない）。"""
    if latest is None or not isinstance(draft.value, Publication):
        return draft
    if draft.value.proofread is None:
        return draft
    try:
        before = value_of(connection, latest)
    except NotationError:  # 前のプログラムの、いまは認めない書き方
        return draft
    changed = isinstance(before, Publication) and (
        before.proofread == draft.value.proofread
        and (before.title, before.sections) != (draft.value.title, draft.value.sections)
    )
    return draft_of(replace(draft.value, proofread=None)) if changed else draft


def _kept_pictures(
    connection: Connection, subject: str, kind: Kind, actor: Actor
) -> dict[str, bytes]:
    rows = connection.execute(
        select(WORKING_PICTURE.c.name, WORKING_PICTURE.c.data).where(
            _mine(WORKING_PICTURE, subject, kind, actor)
        )
    )
    return {row.name: bytes(row.data) for row in rows}


def _held(connection: Connection, subject: str, kind: Kind, actor: Actor) -> Work | None:
    """その人の書きかけ（画像を除く）。"""
    where = _mine(WORKING_COPY, subject, kind, actor)
    row = connection.execute(select(WORKING_COPY).where(where)).first()
    return None if row is None else Work(subject, kind, row.text, row.base)


def _discard(connection: Connection, subject: str, kind: Kind, actor: Actor) -> None:
    connection.execute(delete(WORKING_COPY).where(_mine(WORKING_COPY, subject, kind, actor)))


def _mine(table: Table, subject: str, kind: Kind, actor: Actor) -> ColumnElement[bool]:
    return and_(table.c.owner == actor.name, table.c.subject == subject, table.c.kind == kind)
