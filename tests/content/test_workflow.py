"""提出、承認、公開: 本物の SQLite と（あれば）本物の PostgreSQL で。"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from content.bundle import Bundle
from content.database import writing
from content.model import Council, Picture, Publication
from content.notation import NotationError, parse
from content.notation_write import write
from content.revisions import Draft, Kind, Revision, add_revision, latest_of, publish_revision
from content.workflow import (
    Actor,
    Approvals,
    Conflict,
    Event,
    NotAllowed,
    OutOfDate,
    Work,
    WorkflowError,
)
from tests.content.arbitrary import PNG
from tests.content.office import ABE, ITO, KATO, NOON, SATO, STRANGER, SUZUKI, Office

FRONT = """\
---
表題: 第6期計画
発行: 川崎市社会福祉協議会
計画: 地域福祉活動推進計画
日付: 2026-11-22
出典: 冊子
---
"""
ID = "kawasaki/plan-6"
OTHER_DIGEST = "0" * 64


def plan(body: str, *, id: str = ID, sections: str = "intro") -> Publication:
    parts = "\n".join(f"# 見出し {{#{s}}}\n{body}\n" for s in sections.split())
    return parse(FRONT + parts, id)


def plain(body: str, **options: str) -> Publication:
    return replace(plan(body, **options), register="plain")


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with Office(database_url) as office:
        council = Council("kawasaki", "川崎市社会福祉協議会")
        office.store.load(Bundle((council,), (plan("はじめの文。"),)))
        yield office


def shown(office: Office, register: Kind = "standard", id: str = ID) -> str | None:
    """公開中の文。"""
    return next(
        (
            p.sections[0].blocks[0].sentences[0].text  # type: ignore[union-attr]
            for p in office.store.published().publications
            if (p.id, p.register) == (id, register)
        ),
        None,
    )


def actions(office: Office, kind: Kind = "standard", id: str = ID) -> list[str]:
    return [e.action for e in office.approvals.events(id, kind)]


# 書いてから公開するまで ------------------------------------------------------------


def test_the_whole_story(office: Office) -> None:
    approvals = office.approvals
    first = office.save(plan("次の文。"))
    assert approvals.desk(ID, "standard").state == "draft"  # type: ignore[union-attr]
    approvals.submit(first.id, first.digest, SUZUKI, "お願いします")
    approvals.send_back(first.id, first.digest, SATO, "数字を確かめてください。")
    desk = approvals.desk(ID, "standard")
    assert desk is not None and desk.state == "returned" and desk.last is not None
    assert (desk.last.actor, desk.last.comment) == ("佐藤", "数字を確かめてください。")
    second = office.submit(plan("直した文。"))
    approvals.approve(second.id, second.digest, SATO)
    assert shown(office) == "はじめの文。"
    office.after(hours=1)
    approvals.publish(second.id, second.digest, SUZUKI)
    assert shown(office) == "直した文。"
    events = approvals.events(ID, "standard")
    assert [(e.action, e.actor, e.revision) for e in events] == [
        ("loaded", "原稿フォルダ", first.id - 1),
        ("submitted", "鈴木", first.id),
        ("returned", "佐藤", first.id),
        ("submitted", "鈴木", second.id),
        ("approved", "佐藤", second.id),
        ("published", "鈴木", second.id),
    ]
    assert [e.digest for e in events[1:]] == [first.digest] * 2 + [second.digest] * 3
    assert events[-1].at == NOON + datetime.timedelta(hours=1)
    assert [e.action for e in office.told] == actions(office)[1:]


def test_desks_show_every_text(office: Office) -> None:
    office.save(plain("やさしい文。"))
    office.submit(plan("べつの文。", id="kawasaki/a"))
    desks = office.approvals.desks()
    assert [(d.subject, d.kind, d.state) for d in desks] == [
        ("kawasaki/a", "standard", "submitted"),
        (ID, "standard", "published"),
        (ID, "plain", "draft"),
    ]
    assert [d.published and d.published.id for d in desks] == [None, desks[1].latest.id, None]


def test_withdrawn_text_can_be_submitted_again(office: Office) -> None:
    r = office.submit(plan("次の文。"))
    office.approvals.withdraw(r.id, r.digest, SUZUKI)
    with pytest.raises(OutOfDate, match="いま下書きなので、承認ができません"):
        office.approvals.approve(r.id, r.digest, SATO)
    office.approvals.submit(r.id, r.digest, SUZUKI)
    office.approvals.approve(r.id, r.digest, SATO)


# 承認 -----------------------------------------------------------------------------


def test_writer_cannot_approve(office: Office) -> None:
    r = office.submit(plan("次の文。"))
    with pytest.raises(NotAllowed, match="承認できるのは、確かめる人です"):
        office.approvals.approve(r.id, r.digest, ITO)


def test_author_cannot_approve(office: Office) -> None:
    r = office.submit(plan("次の文。"), SATO)
    with pytest.raises(NotAllowed, match="自分が書いた文章"):
        office.approvals.approve(r.id, r.digest, SATO)
    office.approvals.approve(r.id, r.digest, KATO)


def test_submitter_cannot_approve(office: Office) -> None:
    r = office.save(plan("次の文。"))
    office.approvals.submit(r.id, r.digest, SATO)
    assert "自分が書いた文章" in office.approvals.objection(r.id, SATO)
    assert office.approvals.objection(r.id, KATO) == ""
    with pytest.raises(NotAllowed):
        office.approvals.approve(r.id, r.digest, SATO)


def test_author_stays_author_when_another_adds_a_letter(office: Office) -> None:
    office.save(plan("ほとんど佐藤が書いた文。"), SATO)
    r = office.submit(plan("ほとんど佐藤が書いた文！"))
    with pytest.raises(NotAllowed):
        office.approvals.approve(r.id, r.digest, SATO)


def test_author_of_what_is_already_public_may_approve_the_next(office: Office) -> None:
    r = office.submit(plan("佐藤の文。"), SATO)
    office.approvals.approve(r.id, r.digest, KATO)
    office.approvals.publish(r.id, r.digest, SATO)
    r = office.submit(plan("鈴木の文。"))
    office.approvals.approve(r.id, r.digest, SATO)


def test_author_of_the_readings_approved_together_cannot_approve(office: Office) -> None:
    """承認は、いっしょに提出された読みの辞書の承認でもある。"""
    office.drafts.save(Work("kawasaki", "readings", READINGS), SATO)
    base = office.latest("kawasaki", "readings")
    office.drafts.save(Work("kawasaki", "readings", f"{READINGS}菅\tすげ\n", base), ITO)
    r = office.submit(plan("社協の文。"))
    assert "自分が直した読みは" in office.approvals.objection(r.id, SATO)
    with pytest.raises(NotAllowed, match="読みの辞書も承認します"):
        office.approvals.approve(r.id, r.digest, SATO)
    office.approvals.approve(r.id, r.digest, KATO)
    office.approvals.publish(r.id, r.digest, SUZUKI)
    r = office.submit(plan("その次の文。"))  # 佐藤の読みは、もう使われている
    office.approvals.approve(r.id, r.digest, SATO)


def test_administrator_who_wrote_the_readings_cannot_stand_in(office: Office) -> None:
    office.drafts.save(Work("kawasaki", "readings", READINGS), ABE)
    r = office.submit(plan("社協の文。"))
    with pytest.raises(NotAllowed, match="読みの辞書も承認します"):
        office.approvals.approve(r.id, r.digest, ABE, "だれもいないため")


def test_readings_written_after_the_submission_are_not_approved_with_it(office: Office) -> None:
    r = office.submit(plan("社協の文。"))
    office.drafts.save(Work("kawasaki", "readings", READINGS), SATO)
    office.approvals.approve(r.id, r.digest, SATO)
    office.approvals.publish(r.id, r.digest, SUZUKI)
    assert readings(office) == {}


def test_another_hash_is_not_approved(office: Office) -> None:
    seen = office.submit(plan("次の文。"))
    with pytest.raises(OutOfDate, match="中身が違います"):
        office.approvals.approve(seen.id, OTHER_DIGEST, SATO)
    with pytest.raises(OutOfDate, match="その稿はありません"):
        office.approvals.approve(999, seen.digest, SATO)


def test_newer_draft_needs_a_new_submission(office: Office) -> None:
    old = office.submit(plan("次の文。"))
    new = office.save(plan("その次の文。"))
    with pytest.raises(OutOfDate, match="新しい稿が保存されています"):
        office.approvals.approve(old.id, old.digest, SATO)
    with pytest.raises(OutOfDate, match="いま下書きなので"):
        office.approvals.approve(new.id, new.digest, SATO)


def test_approval_stays_with_its_revision(office: Office) -> None:
    """承認の後に書かれた稿は、承認されていない。承認された稿は、そのまま公開できる。"""
    old = office.approve(plan("承認された文。"))
    new = office.save(plan("承認されていない文。"))
    with pytest.raises(OutOfDate, match="公開ができません"):
        office.approvals.publish(new.id, new.digest, SATO)
    desk = office.approvals.desk(ID, "standard")
    assert desk is not None and desk.waiting is not None
    assert (desk.state, desk.waiting.revision) == ("draft", old.id)
    office.approvals.publish(old.id, old.digest, SATO)
    assert shown(office) == "承認された文。"


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_unapproved_text_is_never_public(office: Office, state: str) -> None:
    r = office.save(plan("次の文。"))
    if state != "draft":
        office.approvals.submit(r.id, r.digest, SUZUKI)
    if state == "returned":
        office.approvals.send_back(r.id, r.digest, SATO, "直してください。")
    for actor in (SUZUKI, SATO, ABE):
        with pytest.raises(OutOfDate):
            office.approvals.publish(r.id, r.digest, actor)
        with pytest.raises(OutOfDate):
            office.approvals.schedule(r.id, r.digest, NOON + datetime.timedelta(1), actor)
        with pytest.raises(WorkflowError):
            office.approvals.restore(r.id, r.digest, actor)
    assert shown(office) == "はじめの文。"


def test_approval_can_be_taken_back_before_publication(office: Office) -> None:
    r = office.approve(plan("次の文。"))
    office.approvals.send_back(r.id, r.digest, KATO, "まだ早いようです。")
    with pytest.raises(OutOfDate):
        office.approvals.publish(r.id, r.digest, SUZUKI)


def test_sending_back_needs_words_and_a_reviewer(office: Office) -> None:
    r = office.submit(plan("次の文。"))
    with pytest.raises(WorkflowError, match="どこをどう直すか"):
        office.approvals.send_back(r.id, r.digest, SATO, " \n")
    with pytest.raises(NotAllowed, match="確かめる人か管理者"):
        office.approvals.send_back(r.id, r.digest, ITO, "直してください。")


def test_administrator_stands_in_with_a_reason(office: Office) -> None:
    r = office.submit(plan("次の文。"))
    with pytest.raises(NotAllowed, match="確かめる人がいない理由"):
        office.approvals.approve(r.id, r.digest, ABE)
    event = office.approvals.approve(r.id, r.digest, ABE, "佐藤が 11 月いっぱい休みのため")
    assert (event.action, event.comment) == ("stood_in", "佐藤が 11 月いっぱい休みのため")
    office.approvals.publish(r.id, r.digest, SUZUKI)
    assert shown(office) == "次の文。"


def test_administrator_cannot_stand_in_for_his_own_text(office: Office) -> None:
    r = office.submit(plan("次の文。"), ABE)
    with pytest.raises(NotAllowed, match="自分が書いた文章"):
        office.approvals.approve(r.id, r.digest, ABE, "だれもいないため")


def test_strangers_are_refused_everywhere(office: Office) -> None:
    r = office.approve(plan("次の文。"))
    tries = [
        lambda: office.save(plan("よその文。"), STRANGER),
        lambda: office.drafts.keep(Work(ID, "standard", "書きかけ"), STRANGER),
        lambda: office.approvals.submit(r.id, r.digest, STRANGER),
        lambda: office.approvals.approve(r.id, r.digest, STRANGER),
        lambda: office.approvals.send_back(r.id, r.digest, STRANGER, "直して。"),
        lambda: office.approvals.publish(r.id, r.digest, STRANGER),
        lambda: office.approvals.restore(r.id, r.digest, STRANGER),
    ]
    for attempt in tries:
        with pytest.raises(NotAllowed, match="受け持ちではありません"):
            attempt()


# 予約 -----------------------------------------------------------------------------


def test_scheduled_text_becomes_public_when_its_time_comes(office: Office) -> None:
    r = office.approve(plan("次の文。"))
    due = NOON + datetime.timedelta(hours=2)
    office.approvals.schedule(r.id, r.digest, due, SUZUKI)
    office.save(plan("予約の後に書いた文。"))
    office.after(hours=1, minutes=59)
    assert office.approvals.publish_due() == ()
    office.after(minutes=1)
    assert [(e.revision, e.due) for e in office.approvals.due()] == [(r.id, due)]
    (event,) = office.approvals.publish_due()
    assert (event.action, event.actor, event.revision) == ("published", "予約", r.id)
    assert shown(office) == "次の文。"
    assert office.approvals.publish_due() == office.approvals.due() == ()


def test_schedule_must_be_in_the_future(office: Office) -> None:
    r = office.approve(plan("次の文。"))
    with pytest.raises(WorkflowError, match="今より後"):
        office.approvals.schedule(r.id, r.digest, NOON, SUZUKI)


def test_cancelled_schedule_does_nothing_but_approval_stays(office: Office) -> None:
    r = office.approve(plan("次の文。"))
    office.approvals.schedule(r.id, r.digest, NOON + datetime.timedelta(1), SUZUKI)
    office.approvals.unschedule(r.id, r.digest, SATO)
    office.after(days=2)
    assert office.approvals.publish_due() == ()
    office.approvals.publish(r.id, r.digest, SUZUKI)
    assert shown(office) == "次の文。"


def test_schedule_can_be_moved(office: Office) -> None:
    r = office.approve(plan("次の文。"))
    office.approvals.schedule(r.id, r.digest, NOON + datetime.timedelta(1), SUZUKI)
    office.approvals.schedule(r.id, r.digest, NOON + datetime.timedelta(3), SUZUKI)
    office.after(days=2)
    assert office.approvals.publish_due() == ()
    office.after(days=2)
    assert len(office.approvals.publish_due()) == 1


def test_older_schedule_never_replaces_a_newer_text(office: Office) -> None:
    old = office.approve(plan("前の文。"))
    office.approvals.schedule(old.id, old.digest, NOON + datetime.timedelta(1), SUZUKI)
    office.publish(plan("新しい文。"))
    office.after(days=2)
    assert office.approvals.publish_due() == ()
    with pytest.raises(WorkflowError, match="より新しい稿"):
        office.approvals.publish(old.id, old.digest, SUZUKI)
    assert shown(office) == "新しい文。"


def test_schedule_overtaken_by_a_folder_is_cancelled_with_the_reason(office: Office) -> None:
    old = office.approve(plan("前の文。"))
    office.approvals.schedule(old.id, old.digest, NOON + datetime.timedelta(1), SUZUKI)
    office.store.load(Bundle((), (plan("フォルダの新しい文。"),)))
    office.after(days=2)
    (event,) = office.approvals.publish_due()
    assert (event.action, event.comment) == (
        "unscheduled",
        "この稿より新しい稿が、もう公開されています。",
    )
    assert office.approvals.publish_due() == ()
    assert shown(office) == "フォルダの新しい文。"


def _schedule(office: Office, publication: Publication) -> Revision:
    r = office.approve(publication)
    office.approvals.schedule(r.id, r.digest, NOON + datetime.timedelta(1), SUZUKI)
    return r


def _make_unreadable(office: Office) -> None:
    """公開中のやさしい文章を、前のプログラムの、いまは認めない書き方にする。"""
    office.publish(plain("やさしい文。"))
    with writing(office.engine) as connection:
        base = latest_of(connection, ID, "plain")
        draft = Draft(ID, "plain", "", "# むかしの書き方")
        old = add_revision(connection, draft, base, "鈴木", "staff", NOON)
        publish_revision(connection, old)


def test_text_that_cannot_be_read_does_not_stop_the_others(office: Office) -> None:
    broken = _schedule(office, plan("読めない文章と組になる文。"))
    _make_unreadable(office)
    other = _schedule(office, plan("べつの文。", id="kawasaki/a"))
    office.after(days=2)
    events = office.approvals.publish_due()
    assert [(e.revision, e.action) for e in events] == [
        (broken.id, "unscheduled"),
        (other.id, "published"),
    ]
    assert "いまのプログラムでは読めない文章があります" in events[0].comment
    assert office.told[-2:] == list(events)
    assert office.approvals.due() == ()
    with pytest.raises(WorkflowError, match="読めない文章があります"):
        office.approvals.publish(broken.id, broken.digest, SUZUKI)


def test_unforeseen_failure_of_one_text_does_not_stop_the_others(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    broken = _schedule(office, plan("公開できない文。"))
    other = _schedule(office, plan("べつの文。", id="kawasaki/a"))
    office.after(days=2)

    def tell(connection: Connection, event: Event) -> None:
        if (event.revision, event.action) == (broken.id, "published"):
            raise RuntimeError("思わぬこと")

    events = Approvals(office.engine, lambda: office.now, tell).publish_due()
    assert [(e.revision, e.action) for e in events] == [
        (broken.id, "unscheduled"),
        (other.id, "published"),
    ]
    assert "システムの担当" in events[0].comment and "思わぬこと" in caplog.text
    assert (shown(office), shown(office, id="kawasaki/a")) == ("はじめの文。", "べつの文。")


def test_text_that_can_be_neither_published_nor_cancelled_does_not_stop_the_others(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    broken = _schedule(office, plan("公開できない文。"))
    other = _schedule(office, plan("べつの文。", id="kawasaki/a"))
    office.after(days=2)

    def tell(connection: Connection, event: Event) -> None:
        if event.revision == broken.id:
            raise RuntimeError("思わぬこと")

    events = Approvals(office.engine, lambda: office.now, tell).publish_due()
    assert [(e.revision, e.action) for e in events] == [(other.id, "published")]
    assert "取り消せませんでした" in caplog.text
    assert [e.revision for e in office.approvals.due()] == [broken.id]


def test_two_clocks_publish_once(office: Office) -> None:
    r = office.approve(plan("次の文。"))
    office.approvals.schedule(r.id, r.digest, NOON + datetime.timedelta(1), SUZUKI)
    office.after(days=2)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: office.approvals.publish_due(), range(4)))
    assert sum(map(len, done)) == 1
    assert actions(office).count("published") == 1


# 前の稿に戻す -----------------------------------------------------------------------


def test_earlier_text_returns_in_one_act(office: Office) -> None:
    first = office.approvals.desk(ID, "standard")
    assert first is not None
    second = office.publish(plan("次の文。"))
    old = first.latest
    with pytest.raises(NotAllowed, match="確かめる人か管理者"):
        office.approvals.restore(old.id, old.digest, SUZUKI)
    office.approvals.restore(old.id, old.digest, SATO, "数字が違っていた")
    assert shown(office) == "はじめの文。"
    desk = office.approvals.desk(ID, "standard")
    assert desk is not None
    assert (desk.state, desk.latest.id, desk.opening.id) == ("replaced", second.id, old.id)
    with pytest.raises(OutOfDate, match="いま公開されています"):
        office.approvals.restore(old.id, old.digest, SATO)
    office.approvals.restore(second.id, second.digest, SATO)
    assert shown(office) == "次の文。"
    assert [e.comment for e in office.approvals.events(ID, "standard")[-2:]] == [
        "数字が違っていた",
        "",
    ]


def test_after_returning_the_next_text_goes_the_usual_way(office: Office) -> None:
    desk = office.approvals.desk(ID, "standard")
    assert desk is not None
    office.publish(plan("次の文。"))
    office.approvals.restore(desk.latest.id, desk.latest.digest, SATO)
    office.publish(plan("その次の文。"))
    assert shown(office) == "その次の文。"


# ふつうの文章とやさしい文章 -----------------------------------------------------------


def test_plain_text_goes_its_own_way(office: Office) -> None:
    office.publish(plain("やさしい文。"))
    assert (shown(office), shown(office, "plain")) == ("はじめの文。", "やさしい文。")


def test_plain_needs_a_standard(office: Office) -> None:
    with pytest.raises(WorkflowError, match="先に、ふつうの文章を作ってください"):
        office.save(plain("文。", id="kawasaki/new"))
    office.save(plan("文。", id="kawasaki/new"))
    r = office.approve(plain("文。", id="kawasaki/new"))
    with pytest.raises(WorkflowError, match="先に、ふつうの文章を公開してください"):
        office.approvals.publish(r.id, r.digest, SUZUKI)


def test_plain_section_without_its_standard_section_is_refused(office: Office) -> None:
    r = office.save(plain("文。", sections="intro extra"))
    with pytest.raises(WorkflowError, match="目印「extra」が、ふつうの文章にありません"):
        office.approvals.submit(r.id, r.digest, SUZUKI)


def test_standard_cannot_leave_a_public_plain_section_alone(office: Office) -> None:
    office.publish(plan("文。", sections="intro goals"))
    office.publish(plain("文。", sections="intro goals"))
    office.save(plain("文。", sections="intro"))  # まだ公開していない
    r = office.approve(plan("次の文。", sections="intro"))
    with pytest.raises(WorkflowError, match="目印「goals」"):
        office.approvals.publish(r.id, r.digest, SUZUKI)
    office.publish(plain("文。", sections="intro"))
    office.approvals.publish(r.id, r.digest, SUZUKI)


def test_sections_out_of_order_are_refused(office: Office) -> None:
    office.publish(plan("文。", sections="intro goals"))
    r = office.save(plain("文。", sections="goals intro"))
    with pytest.raises(WorkflowError, match="順が、ふつうの文章と違います"):
        office.approvals.submit(r.id, r.digest, SUZUKI)


# 書きかけと、2 人の書き手 --------------------------------------------------------------


def test_broken_notation_is_kept_and_never_becomes_a_revision(office: Office) -> None:
    desk = office.approvals.desk(ID, "standard")
    assert desk is not None
    work = Work(ID, "standard", "# 見出し {#intro}\n書きかけの《文", desk.latest.id)
    with pytest.raises(NotationError):
        office.drafts.save(work, SUZUKI)
    assert office.drafts.kept(ID, "standard", SUZUKI) == work
    assert office.drafts.kept(ID, "standard", ITO) is None
    assert office.approvals.history(ID, "standard") == (desk.latest,)
    saved = office.save(plan("正しい文。"))
    assert office.drafts.kept(ID, "standard", SUZUKI) is None
    assert saved.parent == desk.latest.id


def test_second_writer_gets_both_texts_and_loses_nothing(office: Office) -> None:
    desk = office.approvals.desk(ID, "standard")
    assert desk is not None
    base = desk.latest.id
    theirs = office.drafts.save(Work(ID, "standard", write(plan("伊藤の文。")), base), ITO)
    mine = Work(ID, "standard", write(plan("鈴木の文。")), base)
    with pytest.raises(Conflict, match="ほかの画面で保存されました") as caught:
        office.drafts.save(mine, SUZUKI)
    assert caught.value.mine == mine == office.drafts.kept(ID, "standard", SUZUKI)
    assert (caught.value.base, caught.value.theirs) == (desk.latest, theirs)
    merged = replace(mine, text=write(plan("2 人の文。")), base=theirs.id)
    assert office.drafts.save(merged, SUZUKI).parent == theirs.id
    assert office.drafts.all_kept(SUZUKI) == ()


def test_what_another_window_kept_is_not_lost_by_saving(office: Office) -> None:
    base = office.latest(ID, "standard")
    here, there, first = (
        Work(ID, "standard", write(plan(f"{words}の文。")), base) for words in ("左", "右", "初め")
    )
    office.drafts.keep(first, SUZUKI)  # 左の画面が取っておいた、書きかけ
    office.drafts.keep(there, SUZUKI)
    saved = office.drafts.save(here, SUZUKI, kept=first.mark)
    assert office.drafts.kept(ID, "standard", SUZUKI) == there
    again = replace(here, text=write(plan("左の次の文。")), base=saved.id)
    office.drafts.keep(replace(again, text=write(plan("左の次"))), SUZUKI)
    kept = office.drafts.kept(ID, "standard", SUZUKI)
    assert kept is not None
    office.drafts.save(again, SUZUKI, kept=kept.mark)
    assert office.drafts.kept(ID, "standard", SUZUKI) is None


def test_two_writers_at_once(office: Office) -> None:
    base = office.latest(ID, "standard")
    writers = [Actor(f"書き手{n}", "writer") for n in range(6)]

    def save(writer: Actor) -> bool:
        work = Work(ID, "standard", write(plan(f"{writer.name}の文。")), base)
        try:
            office.drafts.save(work, writer)
        except Conflict:
            kept = office.drafts.kept(ID, "standard", writer)
            assert kept == work
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(save, writers)) == 1
    assert len(office.approvals.history(ID, "standard")) == 2


def test_new_text_of_the_same_name_is_a_conflict(office: Office) -> None:
    with pytest.raises(Conflict) as caught:
        office.drafts.save(Work(ID, "standard", write(plan("新しい文。"))), SUZUKI)
    assert caught.value.base is None


def test_saving_the_same_text_makes_no_revision(office: Office) -> None:
    before = office.latest(ID, "standard")
    assert office.save(plan("はじめの文。")).id == before


def test_base_of_another_text_is_refused_and_the_words_are_kept(office: Office) -> None:
    other = office.save(plan("べつの文。", id="kawasaki/a"))
    work = Work(ID, "standard", write(plan("次の文。")), other.id)
    with pytest.raises(WorkflowError, match="もとにした稿がありません"):
        office.drafts.save(work, SUZUKI)
    kept = office.drafts.kept(ID, "standard", SUZUKI)
    assert kept is not None and kept.text == work.text


@pytest.mark.parametrize("id", ["kawasaki/A", "kawasaki", "kawasaki/a/b", "kawasaki/../x"])
def test_bad_names_are_refused(office: Office, id: str) -> None:
    with pytest.raises((WorkflowError, NotationError)):
        office.drafts.save(Work(id, "standard", write(plan("文。"))), SUZUKI)
    assert office.approvals.desk(id, "standard") is None


def test_unknown_council_is_refused_and_the_words_are_kept(office: Office) -> None:
    work = Work("tama/plan", "standard", write(plan("文。")))
    with pytest.raises(NotationError, match="tama"):
        office.drafts.save(work, SUZUKI)
    assert office.drafts.all_kept(SUZUKI) == (work,)


def test_picture_sent_with_a_faulty_text_is_there_for_the_next_try(office: Office) -> None:
    base = office.latest(ID, "standard")
    text = write(plan("文。")) + "\n![地図](map.png)\n"
    faulty = Work(ID, "standard", text + "《", base, (Picture("map.png", PNG),))
    with pytest.raises(NotationError):
        office.drafts.save(faulty, SUZUKI)
    assert office.drafts.kept(ID, "standard", SUZUKI) == faulty
    saved = office.drafts.save(Work(ID, "standard", text, base), SUZUKI)
    assert office.approvals.publication(saved).pictures == (Picture("map.png", PNG),)
    later = office.drafts.save(
        Work(ID, "standard", text.replace("文。", "次の文。"), saved.id), SUZUKI
    )
    assert office.approvals.publication(later).pictures == (Picture("map.png", PNG),)


# 社協の表 --------------------------------------------------------------------------

READINGS = "語\t読み\n社協\tしゃきょう\n"


def readings(office: Office) -> dict[str, str]:
    return dict(office.store.published().readings)


def test_readings_are_used_when_the_text_checked_with_them_is_published(office: Office) -> None:
    office.drafts.save(Work("kawasaki", "readings", READINGS), SUZUKI)
    text = office.approve(plan("社協の文。"))
    later = f"{READINGS}菅\tすげ\n"
    base = office.latest("kawasaki", "readings")
    office.drafts.save(Work("kawasaki", "readings", later, base), SUZUKI)
    assert readings(office) == {}
    office.approvals.publish(text.id, text.digest, SUZUKI)
    assert readings(office) == {"kawasaki": READINGS}
    office.publish(plan("菅の文。"))
    assert readings(office) == {"kawasaki": later}
    assert actions(office, "readings", "kawasaki") == ["published", "published"]


def test_older_readings_never_replace_newer_ones(office: Office) -> None:
    office.drafts.save(Work("kawasaki", "readings", READINGS), SUZUKI)
    first = office.approve(plan("文。"))
    newer = office.drafts.save(
        Work("kawasaki", "readings", "社協\tシャキョウ\n", office.latest("kawasaki", "readings")),
        SUZUKI,
    )
    office.publish(plan("べつの文。", id="kawasaki/a"))
    office.approvals.publish(first.id, first.digest, SUZUKI)
    assert readings(office) == {"kawasaki": newer.text}


def test_readings_alone_can_be_submitted_and_approved(office: Office) -> None:
    r = office.drafts.save(Work("kawasaki", "readings", READINGS), SUZUKI)
    office.approvals.submit(r.id, r.digest, SUZUKI)
    office.approvals.approve(r.id, r.digest, SATO)
    office.approvals.publish(r.id, r.digest, SATO)
    assert readings(office) == {"kawasaki": READINGS}


def test_broken_table_is_kept(office: Office) -> None:
    with pytest.raises(ValueError, match="タブで区切ってください"):
        office.drafts.save(Work("kawasaki", "readings", "社協"), SUZUKI)
    assert office.drafts.kept("kawasaki", "readings", SUZUKI) == Work(
        "kawasaki", "readings", "社協"
    )


@pytest.mark.parametrize("kind", ["synonyms", "excuses"])
def test_administrator_changes_a_table_at_once(office: Office, kind: Kind) -> None:
    with pytest.raises(NotAllowed, match="管理者"):
        office.drafts.save(Work("kawasaki", kind, "a\tb\n"), SATO)
    office.drafts.save(Work("kawasaki", kind, "a\tb\n"), ABE)
    assert getattr(office.store.published(), kind) == (("kawasaki", "a\tb\n"),)
    assert actions(office, kind, "kawasaki") == ["applied"]


def test_administrator_changes_the_council_and_returns(office: Office) -> None:
    old = office.approvals.desk("kawasaki", "council")
    assert old is not None
    work = Work("kawasaki", "council", "名称: 新しい名前\n", old.latest.id)
    office.drafts.save(work, ABE)
    assert office.store.published().councils[0].name == "新しい名前"
    with pytest.raises(NotationError, match="名称"):
        office.drafts.save(replace(work, text="名前: ちがう\n"), ABE)
    with pytest.raises(NotAllowed):
        office.approvals.restore(old.latest.id, old.latest.digest, SATO)
    office.approvals.restore(old.latest.id, old.latest.digest, ABE)
    assert office.store.published().councils[0].name == "川崎市社会福祉協議会"
