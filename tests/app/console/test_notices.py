"""人への知らせ: 本物の SQLite と（あれば）本物の PostgreSQL で。"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from content.bundle import Bundle
from content.model import Council
from content.workflow import EmergencyText, Event, WorkflowError
from tests.app.console.lobby import Lobby
from tests.content.office import ABE, KATO, SATO, SUZUKI, Office
from tests.content.test_workflow import plan


class Room(Office):
    """知らせの届く部屋。"""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.lobby = Lobby(url)

    def _tell(self, connection: Connection, event: Event) -> None:
        self.lobby.now = self.now
        self.lobby.notices.tell(connection, event)

    def unread(self, name: str) -> list[tuple[str, str]]:
        """まだ読んでいない知らせの、何をしたかと、した人。古い順。"""
        found = self.lobby.notices.recent(name)
        return [(n.event.action, n.event.actor) for n in reversed(found) if n.read_at is None]


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    with Room(database_url) as room, room.lobby:
        councils = tuple(Council(id, f"{id}社協") for id in ("kawasaki", "saitama"))
        room.store.load(Bundle(councils, ()))
        yield room


def test_reviewers_are_told_of_a_submission_and_the_author_of_the_answer(room: Room) -> None:
    for actor in (SUZUKI, SATO, KATO, ABE):
        room.lobby.add(actor.name, actor.role)
    room.lobby.add("よその人", "reviewer", frozenset({"saitama"}))
    revision = room.submit(plan("文。"))
    asked = [("submitted", "鈴木")]
    names = ("鈴木", "佐藤", "加藤", "阿部", "よその人")
    assert [room.unread(n) for n in names] == [[], asked, asked, [], []]
    room.approvals.send_back(revision.id, revision.digest, SATO, "直してください。")
    (notice,) = room.lobby.notices.recent("鈴木")
    assert (notice.event.action, notice.event.comment) == ("returned", "直してください。")
    assert room.unread("佐藤") == asked


def test_administrators_are_told_when_no_reviewer_serves_the_council(room: Room) -> None:
    for actor in (SUZUKI, SATO, ABE):
        room.lobby.add(actor.name, actor.role)
    room.lobby.accounts.disable("佐藤", ABE)
    room.submit(plan("文。"))
    assert (room.unread("佐藤"), room.unread("阿部")) == ([], [("submitted", "鈴木")])


def test_scheduled_publication_is_told_to_everyone_concerned(room: Room) -> None:
    for actor in (SUZUKI, SATO, KATO):
        room.lobby.add(actor.name, actor.role)
    revision = room.approve(plan("文。"))
    due = room.now.replace(year=2027)
    room.approvals.schedule(revision.id, revision.digest, due, KATO)
    room.now = due
    room.approvals.publish_due()
    assert room.unread("鈴木")[-1] == room.unread("加藤")[-1] == ("published", "予約")
    assert ("published", "予約") not in room.unread("佐藤")


def test_emergency_is_told_to_everyone_of_the_council(room: Room) -> None:
    for actor in (SUZUKI, SATO):
        room.lobby.add(actor.name, actor.role)
    room.lobby.add("よその人", "reviewer", frozenset({"saitama"}))
    room.emergencies.announce("kawasaki", EmergencyText("避難。", "にげて。", "にげて。"), SUZUKI)
    told = [("announced", "鈴木")]
    assert [room.unread(n) for n in ("鈴木", "佐藤", "よその人")] == [[], told, []]


def test_notice_is_not_left_when_the_act_is_refused(room: Room) -> None:
    for actor in (SUZUKI, SATO):
        room.lobby.add(actor.name, actor.role)
    revision = room.submit(plan("文。"))
    with pytest.raises(WorkflowError):
        room.approvals.submit(revision.id, revision.digest, SUZUKI)
    assert room.lobby.notices.unread("佐藤") == 1


def test_read_notices_are_marked(room: Room) -> None:
    for actor in (SUZUKI, SATO, KATO):
        room.lobby.add(actor.name, actor.role)
    room.submit(plan("文。"))
    room.submit(plan("次の文。"))
    newer, older = room.lobby.notices.recent("佐藤")
    room.lobby.notices.read("佐藤", older.id)
    assert room.lobby.notices.unread("佐藤") == 1
    assert room.lobby.notices.unread("加藤") == 2
    room.lobby.notices.read("佐藤", newer.id)
    assert room.unread("佐藤") == []
    assert len(room.lobby.notices.recent("佐藤")) == 2


# メール ---------------------------------------------------------------------------


def test_letter_is_taken_once_and_again_only_when_not_sent(room: Room) -> None:
    room.lobby.add("鈴木")
    room.lobby.add("佐藤", "reviewer", mail="sato@example.jp")
    room.lobby.add("加藤", "reviewer")  # メールのない人
    room.submit(plan("文。"))
    notices = room.lobby.notices
    (letter,) = notices.take_letters()
    assert (letter.mail, letter.display_name, letter.event.action) == (
        "sato@example.jp",
        "佐藤",
        "submitted",
    )
    assert notices.take_letters() == ()
    room.lobby.after(minutes=10)
    assert notices.take_letters() == (letter,)
    notices.sent(letter)
    room.lobby.after(minutes=10)
    assert notices.take_letters() == ()


def test_letter_that_never_arrives_is_given_up(room: Room) -> None:
    room.lobby.add("佐藤", "reviewer", mail="sato@example.jp")
    room.submit(plan("文。"))
    taken = 0
    for _ in range(20):
        taken += len(room.lobby.notices.take_letters())
        room.lobby.after(minutes=10)
    assert taken == 8
