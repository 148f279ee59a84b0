"""緊急のお知らせ: 1 人が出し、ほかの人が確かめ、終える。"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from content.bundle import Bundle
from content.model import Council
from content.notation import NotationError
from content.workflow import EmergencyText, NotAllowed, OutOfDate, WorkflowError
from tests.content.office import ABE, ITO, SATO, STRANGER, SUZUKI, Office

FLOOD = EmergencyText(
    "多摩川の水位が上がっています。避難してください。",
    "川の 水が ふえています。にげて ください。",
    "かわの みずが ふえています。にげて ください。",
)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with Office(database_url) as office:
        office.store.load(Bundle((Council("kawasaki", "川崎市社会福祉協議会"),), ()))
        yield office


def test_one_person_announces_and_another_checks_after(office: Office) -> None:
    emergencies = office.emergencies
    assert emergencies.current("kawasaki") is None
    emergencies.announce("kawasaki", FLOOD, SUZUKI)
    current = emergencies.current("kawasaki")
    assert current is not None and current.text == FLOOD
    assert (current.announced.actor, current.checked, current.ended) == ("鈴木", None, None)
    with pytest.raises(NotAllowed, match="自分では確かめられません"):
        emergencies.check(current.revision.id, SUZUKI)
    emergencies.check(current.revision.id, ITO)
    with pytest.raises(OutOfDate, match="もう確かめられています"):
        emergencies.check(current.revision.id, SATO)
    office.after(hours=3)
    emergencies.end(current.revision.id, SATO)
    assert emergencies.current("kawasaki") is None
    (past,) = emergencies.history("kawasaki")
    assert past.checked is not None and past.checked.actor == "伊藤"
    assert past.ended is not None and past.ended.at == office.now
    assert [e.action for e in office.told] == ["announced", "checked", "ended"]


def test_next_notice_replaces_the_one_before(office: Office) -> None:
    first = office.emergencies.announce("kawasaki", FLOOD, SUZUKI)
    second = office.emergencies.announce("kawasaki", replace(FLOOD, standard="続報です。"), ITO)
    assert office.emergencies.current("kawasaki") == second
    with pytest.raises(OutOfDate, match="もう出ていません"):
        office.emergencies.end(first.revision.id, SUZUKI)


def test_pressing_twice_makes_one_notice(office: Office) -> None:
    first = office.emergencies.announce("kawasaki", FLOOD, SUZUKI)
    office.emergencies.check(first.revision.id, ITO)
    again = office.emergencies.announce("kawasaki", FLOOD, SUZUKI)
    assert again.revision == first.revision and again.checked is not None
    assert len(office.emergencies.history("kawasaki")) == 1
    assert [e.action for e in office.told] == ["announced", "checked"]


@pytest.mark.parametrize("unseen", ["\x00", "\t", "\u2028", "\u202e", "\u2066", "\ue000", "\ufffd"])
def test_unseen_letters_are_refused(office: Office, unseen: str) -> None:
    text = replace(FLOOD, standard=f"橋は渡れ{unseen}ません。")
    with pytest.raises(WorkflowError, match="「ふつうの文章」に、目に見えない文字"):
        office.emergencies.announce("kawasaki", text, SUZUKI)


def test_same_words_again_are_a_new_notice_and_need_a_new_check(office: Office) -> None:
    first = office.emergencies.announce("kawasaki", FLOOD, SUZUKI)
    office.emergencies.check(first.revision.id, ITO)
    office.emergencies.end(first.revision.id, ITO)
    office.emergencies.announce("kawasaki", FLOOD, SUZUKI)
    current = office.emergencies.current("kawasaki")
    assert current is not None and current.checked is None


def test_notice_is_not_one_of_the_texts(office: Office) -> None:
    before = office.store.published()
    revision = office.emergencies.announce("kawasaki", FLOOD, SUZUKI).revision
    assert office.store.published() == before
    with pytest.raises(WorkflowError, match="お知らせのページ"):
        office.approvals.restore(revision.id, revision.digest, ABE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"standard": " \n"}, "「ふつうの文章」がありません"),
        ({"plain": ""}, "「やさしい文章」がありません"),
        ({"kana": "川が あふれます。"}, "かなでない字「川」"),
        ({"kana": "ｔｅｌ"}, "かなでない字「ｔ」"),
        ({"standard": "あ" * 301}, "301 字あります"),
        ({"plain": "あ\x07"}, "目に見えない文字"),
    ],
)
def test_words_that_cannot_be_sent_are_refused(
    office: Office, change: dict[str, str], message: str
) -> None:
    with pytest.raises(WorkflowError, match=message):
        office.emergencies.announce("kawasaki", replace(FLOOD, **change), SUZUKI)
    assert office.emergencies.history("kawasaki") == ()


def test_strangers_and_unknown_councils_are_refused(office: Office) -> None:
    with pytest.raises(NotAllowed):
        office.emergencies.announce("kawasaki", FLOOD, STRANGER)
    with pytest.raises(NotationError, match="tama"):
        office.emergencies.announce("tama", FLOOD, SUZUKI)
    revision = office.emergencies.announce("kawasaki", FLOOD, SUZUKI).revision
    with pytest.raises(NotAllowed):
        office.emergencies.end(revision.id, STRANGER)
    council = office.approvals.desk("kawasaki", "council")
    assert council is not None
    with pytest.raises(OutOfDate, match="そのお知らせはありません"):
        office.emergencies.end(council.latest.id, SUZUKI)
