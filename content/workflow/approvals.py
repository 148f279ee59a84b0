"""提出、承認、公開。下書き → 提出 → 承認（か差し戻し）→ 公開（か公開の予約）。

承認は、稿の番号と中身の要約（``digest``）に対するものである。後に書かれた稿は、改めて提出する。職員の稿は、
書いた人でも提出した人でもない人が、その中身を承認しなければ、公開できない。
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, exists, select

from content.database import Clock, StoreError, reading, writing
from content.events import APPROVALS, SHOWN, Action, Event, events_of, newest_shown, record
from content.model import Publication
from content.revisions import (
    Kind,
    Revision,
    history_of,
    latest_of,
    publish_revision,
    revision_numbered,
)
from content.tables import EVENT
from content.workflow.case import (
    TEXTS,
    Case,
    blank,
    misfit_with,
    new_readings,
    publication_of,
    published_revision,
)
from content.workflow.desk import Desk, desks_in
from content.workflow.drafts import AT_ONCE
from content.workflow.people import CHECKERS, Actor, NotAllowed, Role, Tell, WorkflowError, require
from content.workflow.rules import OutOfDate

LOG = logging.getLogger(__name__)

TIMER = "予約"
"""予約した時刻に公開するときの ``Event.actor``。"""
_BROKEN = "こちらの不具合で、公開できませんでした。システムの担当に知らせてください。"


class Approvals:
    """文章の提出と承認と公開。``tell`` は、できごとを人に知らせる。

    稿は ``revision``（番号）と ``digest`` の両方で指す。画面で見た稿と違えば ``OutOfDate``。
    """

    def __init__(self, engine: Engine, now: Clock, tell: Tell) -> None:
        self._engine, self._now, self._tell = engine, now, tell

    # 見る -----------------------------------------------------------------------

    def desks(self, kinds: Sequence[Kind] = TEXTS) -> tuple[Desk, ...]:
        """すべての文章の今。``subject``、``kinds`` の順。"""
        with reading(self._engine) as connection:
            return tuple(desks_in(connection, kinds))

    def desk(self, subject: str, kind: Kind) -> Desk | None:
        """文章の今。まだ稿がなければ ``None``。"""
        with reading(self._engine) as connection:
            return next(iter(desks_in(connection, (kind,), subject)), None)

    def history(self, subject: str, kind: Kind) -> tuple[Revision, ...]:
        """稿のすべて。古い順。"""
        with reading(self._engine) as connection:
            return tuple(history_of(connection, subject, kind))

    def events(self, subject: str, kind: Kind) -> tuple[Event, ...]:
        """できごとのすべて。古い順。"""
        with reading(self._engine) as connection:
            return tuple(events_of(connection, subject, kind))

    def revision(self, id: int) -> Revision | None:
        with reading(self._engine) as connection:
            return revision_numbered(connection, id)

    def publication(self, revision: Revision) -> Publication:
        """文章の稿の中身（下書きを見るとき）。"""
        with reading(self._engine) as connection:
            return publication_of(connection, revision)

    def objection(self, revision: int, actor: Actor, reason: str = "") -> str:
        """``actor`` がその稿を承認してはならない理由（画面に出す文）。してよければ空。"""
        with reading(self._engine) as connection:
            return Case(connection, revision).objection(actor, reason)

    # 提出と承認 -----------------------------------------------------------------

    def submit(self, revision: int, digest: str, actor: Actor, comment: str = "") -> Event:
        """確かめる人に回す。社協の読みの辞書の、まだ使われていない稿も、いっしょに回す。"""
        with writing(self._engine) as connection:
            case = self._case(connection, revision, digest, actor)
            case.require_latest()
            case.require("提出", "draft", "returned")
            if blank(connection, case.revision):
                raise WorkflowError(
                    "どの節にも、まだ文章がありません。書いて保存してから、提出してください。"
                )
            if fault := misfit_with(connection, case.revision, latest_of):
                raise WorkflowError(fault)
            readings = new_readings(connection, case.revision)
            return self._record(case, "submitted", actor.name, comment=comment, readings=readings)

    def withdraw(self, revision: int, digest: str, actor: Actor) -> Event:
        """提出を取り下げて、下書きに戻す。"""
        with writing(self._engine) as connection:
            case = self._case(connection, revision, digest, actor)
            case.require("取り下げ", "submitted")
            return self._record(case, "withdrawn", actor.name)

    def approve(self, revision: int, digest: str, actor: Actor, reason: str = "") -> Event:
        """承認する。

        書いた人と提出した人、いっしょに提出された読みの辞書を書いた人は、承認できない。管理者の承認は代理の承認（``stood_in``）で、確かめる人がいない
        理由 ``reason`` が要る。
        """
        with writing(self._engine) as connection:
            case = self._case(connection, revision, digest, actor)
            if fault := case.objection(actor, reason):
                raise NotAllowed(fault)
            case.require_latest()
            case.require("承認", "submitted")
            action: Action = "stood_in" if actor.role == "administrator" else "approved"
            submitted = case.last("submitted")
            return self._record(
                case, action, actor.name, comment=reason, readings=submitted.readings
            )

    def send_back(self, revision: int, digest: str, actor: Actor, comment: str) -> Event:
        """言葉を添えて差し戻す。承認した後でも、公開の前なら、差し戻せる。"""
        if not comment.strip():
            raise WorkflowError("差し戻すときは、どこをどう直すかを書いてください。")
        with writing(self._engine) as connection:
            case = self._case(connection, revision, digest, actor)
            require(actor, case.revision.subject, "差し戻す", *CHECKERS)
            case.require("差し戻し", "submitted", "approved", "scheduled")
            return self._record(case, "returned", actor.name, comment=comment)

    # 公開 -----------------------------------------------------------------------

    def publish(self, revision: int, digest: str, actor: Actor) -> Event:
        """承認された稿を、いま公開する。"""
        with writing(self._engine) as connection:
            case = self._case(connection, revision, digest, actor)
            case.require("公開", "approved", "scheduled")
            if fault := case.obstacle():
                raise WorkflowError(fault)
            return self._publish(case, actor.name)

    def schedule(self, revision: int, digest: str, due: datetime.datetime, actor: Actor) -> Event:
        """承認された稿の公開を予約する。``due``（時差つき）を過ぎると ``publish_due`` が公開する。"""
        with writing(self._engine) as connection:
            case = self._case(connection, revision, digest, actor)
            case.require("公開の予約", "approved", "scheduled")
            if due <= self._now():
                raise WorkflowError("予約する時刻は、今より後にしてください。")
            if fault := case.obstacle():
                raise WorkflowError(fault)
            self._cancel_others(case, actor.name)
            return self._record(case, "scheduled", actor.name, due=due)

    def unschedule(self, revision: int, digest: str, actor: Actor) -> Event:
        """予約を取り消す。承認はそのまま残る。"""
        with writing(self._engine) as connection:
            case = self._case(connection, revision, digest, actor)
            case.require("予約の取り消し", "scheduled")
            return self._record(case, "unscheduled", actor.name)

    def restore(self, revision: int, digest: str, actor: Actor, comment: str = "") -> Event:
        """前に公開したことのある稿を、もう一度公開する。"""
        with writing(self._engine) as connection:
            case = self._case(connection, revision, digest, actor)
            at_once = case.revision.kind in AT_ONCE
            chiefs: tuple[Role, ...] = ("administrator",) if at_once else CHECKERS
            require(actor, case.revision.subject, "前の稿に戻す", *chiefs)
            if case.state == "published":
                raise OutOfDate("その稿は、いま公開されています。")
            if not any(e.action in SHOWN and e.revision == revision for e in case.events):
                raise WorkflowError(
                    "その稿は、公開されたことがありません。提出して承認を受けてください。"
                )
            if fault := misfit_with(connection, case.revision, published_revision):
                raise WorkflowError(fault)
            publish_revision(connection, case.revision)
            return self._record(case, "restored", actor.name, comment=comment)

    def due(self) -> tuple[Event, ...]:
        """予約の時刻が来た稿。"""
        with reading(self._engine) as connection:
            return tuple(self._due(connection))

    def publish_due(self) -> tuple[Event, ...]:
        """予約の時刻が来た稿を公開し、その記録を返す。何度、どこから呼んでも、公開は 1 度だけ。

        公開できなくなっていた稿は、理由を添えて予約を取り消す（``unscheduled``）。1 つずつ別に扱うので、
        1 つの稿を公開できなくても、ほかの稿は公開する。
        """
        done: list[Event | None] = []
        for event in self.due():  # ほとんどいつも空なので、書く順番を待たない
            try:
                done.append(self._publish_on_time(event.revision))
            except StoreError:
                raise  # データベースが戻れば、また公開する
            except Exception:  # 1 つの文章の思わぬ失敗で、ほかの文章の公開を止めない
                LOG.exception("稿 %d を、予約のとおりに公開できませんでした", event.revision)
                done.append(self._give_up(event.revision))
        return tuple(event for event in done if event is not None)

    def _give_up(self, revision: int) -> Event | None:
        """予約を取り消す。それも思わぬ失敗をしたら ``None``（次にまた試みる）。"""
        try:
            return self._publish_on_time(revision, _BROKEN)
        except StoreError:
            raise
        except Exception:
            LOG.exception("稿 %d の予約を、取り消せませんでした", revision)
            return None

    def _publish_on_time(self, revision: int, fault: str = "") -> Event | None:
        """予約の時刻が来た稿を公開する。``fault`` があれば、予約を取り消す。ほかの所で済んでいれば ``None``。"""
        with writing(self._engine) as connection:
            if all(event.revision != revision for event in self._due(connection)):
                return None
            case = Case(connection, revision)
            if fault := fault or case.obstacle():
                return self._record(case, "unscheduled", TIMER, comment=fault)
            return self._publish(case, TIMER)

    # ----------------------------------------------------------------------------

    def _case(self, connection: Connection, revision: int, digest: str, actor: Actor) -> Case:
        case = Case(connection, revision)
        if case.revision.kind == "emergency":
            raise WorkflowError("緊急のお知らせは、お知らせのページで扱ってください。")
        require(actor, case.revision.subject, "この文章を扱う")
        if case.revision.digest != digest:
            raise OutOfDate(
                "画面で見ていた文章と、選んだ稿の中身が違います。開き直して、もう一度確かめてください。"
            )
        return case

    def _record(
        self,
        case: Case,
        action: Action,
        actor: str,
        *,
        comment: str = "",
        due: datetime.datetime | None = None,
        readings: int | None = None,
    ) -> Event:
        event = record(
            case.connection,
            case.revision,
            action,
            actor,
            self._now(),
            comment=comment.strip(),
            due=due,
            readings=readings,
        )
        self._tell(case.connection, event)
        return event

    def _publish(self, case: Case, actor: str) -> Event:
        self._cancel_others(case, actor)
        publish_revision(case.connection, case.revision)
        readings = case.last(*APPROVALS).readings
        if readings is not None:
            self._publish_readings(case.connection, readings, actor)
        return self._record(case, "published", actor, readings=readings)

    def _publish_readings(self, connection: Connection, id: int, actor: str) -> None:
        """文章といっしょに承認された読みの辞書を使いはじめる。より新しいものを使っていれば、そのまま。"""
        readings = revision_numbered(connection, id)
        assert readings is not None
        if id > newest_shown(events_of(connection, readings.subject, "readings")):
            publish_revision(connection, readings)
            comment = "文章といっしょに承認"
            record(connection, readings, "published", actor, self._now(), comment=comment)

    def _cancel_others(self, case: Case, actor: str) -> None:
        """前の稿の予約を取り消す。新しい稿を公開した後に、前の稿が公開されないように。"""
        last = {event.revision: event.action for event in case.events}
        for revision, action in last.items():
            if action == "scheduled" and revision != case.revision.id:
                other = Case(case.connection, revision)
                self._record(other, "unscheduled", actor, comment="ほかの稿に代わった")

    def _due(self, connection: Connection) -> list[Event]:
        later = EVENT.alias()
        overtaken = exists().where(later.c.revision == EVENT.c.revision, later.c.id > EVENT.c.id)
        rows = connection.execute(
            select(EVENT)
            .where(EVENT.c.action == "scheduled", EVENT.c.due <= self._now(), ~overtaken)
            .order_by(EVENT.c.due, EVENT.c.id)
        )
        return [Event(**row._mapping) for row in rows]
