"""机の上: 1 つの文章の今。いちばん新しい稿はどこまで進み、何が公開されているか。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, func, select

from content.events import APPROVALS, Event, State, newest_shown, state_of
from content.revisions import Kind, Revision, revision_from
from content.tables import EVENT, PUBLISHED, REVISION


@dataclass(frozen=True, slots=True)
class Desk:
    """1 つの文章（``subject`` の ``kind``）の今。

    ``latest`` はいちばん新しい稿、``state`` はその今、``last`` はその最後のできごと（差し戻しの言葉など）。
    ``published`` は公開中の稿。``waiting`` は、公開を待つ、承認された稿の最後のできごと: ``state`` が
    ``approved`` なら公開する人を、``scheduled`` なら ``due`` を待っている。その稿は、後に書かれた稿が
    あっても、承認されたまま公開できる。
    """

    subject: str
    kind: Kind
    latest: Revision
    state: State
    last: Event | None
    published: Revision | None
    waiting: Event | None

    @property
    def opening(self) -> Revision:
        """書きはじめるもと。前の稿に戻した後なら、公開中の稿。ほかは、いちばん新しい稿。

        保存するときの ``base`` は、いつも ``latest``。
        """
        if self.state == "replaced" and self.published is not None:
            return self.published
        return self.latest

    @property
    def opening_state(self) -> State:
        """``opening`` の今。"""
        return "published" if self.opening == self.published else self.state


def desks_in(connection: Connection, kinds: Sequence[Kind], subject: str = "") -> list[Desk]:
    """机の上。``subject`` があれば、それだけ。``subject`` と ``kinds`` の順。"""
    chosen: list[ColumnElement[bool]] = [REVISION.c.kind.in_(kinds)]
    some: list[ColumnElement[bool]] = [EVENT.c.kind.in_(kinds)]
    if subject:
        chosen.append(REVISION.c.subject == subject)
        some.append(EVENT.c.subject == subject)
    newest = (
        select(func.max(REVISION.c.id)).where(*chosen).group_by(REVISION.c.subject, REVISION.c.kind)
    )
    published = (
        select(PUBLISHED.c.revision)
        .join(REVISION, REVISION.c.id == PUBLISHED.c.revision)
        .where(*chosen)
    )
    latest = _revisions(connection, newest)
    shown = {(r.subject, r.kind): r for r in _revisions(connection, published)}
    events: dict[tuple[str, str], list[Event]] = {}
    for row in connection.execute(select(EVENT).where(*some).order_by(EVENT.c.id)):
        events.setdefault((row.subject, row.kind), []).append(Event(**row._mapping))
    found = [
        _desk(r, shown.get((r.subject, r.kind)), events.get((r.subject, r.kind), []))
        for r in latest
    ]
    return sorted(found, key=lambda d: (d.subject, kinds.index(d.kind)))


def waiting_in(events: Sequence[Event], published: int | None) -> Event | None:
    """公開を待つ、承認された稿の最後のできごと。より新しい稿を公開した後なら、もう待たない。"""
    newest = newest_shown(events)
    approved = {e.revision for e in events if e.action in APPROVALS and e.revision > newest}
    for id in sorted(approved, reverse=True):
        if state_of(events, id, published) in ("approved", "scheduled"):
            return next(e for e in reversed(events) if e.revision == id)
    return None


def _desk(latest: Revision, shown: Revision | None, events: Sequence[Event]) -> Desk:
    published = shown.id if shown else None
    return Desk(
        latest.subject,
        latest.kind,
        latest,
        state_of(events, latest.id, published),
        next((e for e in reversed(events) if e.revision == latest.id), None),
        shown,
        waiting_in(events, published),
    )


def _revisions(connection: Connection, ids: Select[tuple[int]]) -> list[Revision]:
    rows = connection.execute(select(REVISION).where(REVISION.c.id.in_(ids)))
    return [revision_from(row) for row in rows]
