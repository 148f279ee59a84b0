"""職員の部屋: 書く人、確かめる人、管理者と、動かせる時計。"""

from __future__ import annotations

import datetime
from types import TracebackType
from typing import Self

from content.database import open_database
from content.model import Publication
from content.notation_write import write
from content.revisions import Kind, Revision
from content.store import Store
from content.workflow import Actor, Approvals, Drafts, Emergencies, Event, Work

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=9)))

SUZUKI = Actor("鈴木", "writer")
ITO = Actor("伊藤", "writer")
SATO = Actor("佐藤", "reviewer")
KATO = Actor("加藤", "reviewer")
ABE = Actor("阿部", "administrator")
STRANGER = Actor("よその人", "reviewer", frozenset({"saitama"}))


def table(council: str, text: str) -> None:
    """読みの辞書などの、試験のための決まり: タブのない行は誤り。"""
    for number, line in enumerate(text.splitlines(), 1):
        if "\t" not in line:
            raise ValueError(f"{council} の表の {number} 行目: タブで区切ってください。")


class Office:
    """``told`` は、人に知らせたできごと。"""

    def __init__(self, url: str) -> None:
        self.now = NOON
        self.told: list[Event] = []
        self.engine = open_database(url)
        clock = lambda: self.now  # noqa: E731 - 時計は、試験の途中で進む
        self.store = Store(self.engine, clock)
        self.drafts = Drafts(
            self.engine,
            clock,
            {"readings": table, "synonyms": table, "excuses": table},
            self._tell,
        )
        self.approvals = Approvals(self.engine, clock, self._tell)
        self.emergencies = Emergencies(self.engine, clock, self._tell)

    def _tell(self, connection: object, event: Event) -> None:
        self.told.append(event)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.engine.dispose()

    def after(self, **time: float) -> None:
        """時計を進める。"""
        self.now += datetime.timedelta(**time)

    def latest(self, subject: str, kind: Kind) -> int | None:
        desk = self.approvals.desk(subject, kind)
        return desk.latest.id if desk else None

    def save(self, publication: Publication, actor: Actor = SUZUKI) -> Revision:
        """いまの稿の次の稿にする。"""
        id, register = publication.id, publication.register
        base = self.latest(id, register)
        work = Work(id, register, write(publication), base, publication.pictures)
        return self.drafts.save(work, actor)

    def submit(self, publication: Publication, actor: Actor = SUZUKI) -> Revision:
        revision = self.save(publication, actor)
        self.approvals.submit(revision.id, revision.digest, actor)
        return revision

    def approve(self, publication: Publication) -> Revision:
        revision = self.submit(publication)
        self.approvals.approve(revision.id, revision.digest, SATO)
        return revision

    def publish(self, publication: Publication) -> Revision:
        """鈴木が書いて提出し、佐藤が承認し、鈴木が公開する。"""
        revision = self.approve(publication)
        self.approvals.publish(revision.id, revision.digest, SUZUKI)
        return revision
