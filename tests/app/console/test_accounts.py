"""アカウント: 本物の SQLite と（あれば）本物の PostgreSQL で。"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from app.console.account import Account, AccountError
from app.console.passwords import Passwords, password_fault
from app.console.sessions import LoginError
from app.console.tables import ACCOUNT_EVENT
from content.database import reading
from tests.app.console.lobby import GOOD, Lobby

NEW = "あたらしくて長い言葉"


@pytest.fixture
def lobby(database_url: str) -> Iterator[Lobby]:
    with Lobby(database_url) as lobby:
        yield lobby


@pytest.fixture
def head(lobby: Lobby) -> Account:
    return lobby.add("阿部", "administrator")


def test_names_are_the_same_whatever_their_width_and_case(lobby: Lobby) -> None:
    added = lobby.add("Ｓａｔｏ")
    assert added.name == "sato"
    assert lobby.accounts.find("ＳＡＴＯ") == added
    assert lobby.log_in("SATO")
    with pytest.raises(AccountError, match="もう使われています"):
        lobby.add("sato")


@pytest.mark.parametrize("name", ["", "a b", "原稿フォルダ", "予約", "コマンド", "あ" * 41, "<b>"])
def test_bad_names_are_refused(lobby: Lobby, name: str) -> None:
    with pytest.raises(AccountError, match=r"という名前は使えません|名前を入れてください"):
        lobby.add(name)
    assert lobby.accounts.all() == ()


def test_password_is_not_stored(lobby: Lobby) -> None:
    lobby.add("佐藤")
    with reading(lobby.engine) as connection:
        kept = connection.execute(text("SELECT password FROM account")).scalar()
    assert isinstance(kept, str) and kept.startswith("$argon2id$") and GOOD not in kept


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("短い", "10 字より短く"),
        ("あ" * 129, "128 字まで"),
        ("aaaaaaaaaaaa", "同じ字の多い"),
        ("1234567890", "よく使われる"),
        ("Password2026!", "よく使われる"),
        ("20261122-1234", "よく使われる"),
        ("suzuki-ichiro-2026", "よく使われる"),
    ],
)
def test_easy_passwords_are_refused(lobby: Lobby, password: str, message: str) -> None:
    with pytest.raises(AccountError, match=message):
        lobby.accounts.add(Account("Suzuki-Ichiro", "", "", "writer", None), None, password)


@pytest.mark.parametrize("password", [GOOD, "correct horse battery", "ｚ9 kq!2 mm x"])
def test_long_enough_passwords_need_no_special_letters(password: str) -> None:
    assert password_fault(password, "佐藤") == ""


def test_real_cost_is_the_recommended_one() -> None:
    kept = Passwords().hash(GOOD)
    assert "$m=65536,t=3,p=4$" in kept
    assert Passwords().matches(kept, GOOD) and not Passwords().matches(kept, GOOD + "x")
    assert not Passwords().outdated(kept) and Passwords(2).outdated(kept)


def test_enormous_password_is_refused_at_once() -> None:
    """U+FDFA は、幅をそろえると 18 字になる。"""
    enormous = "\ufdfa" * 8_000_000
    before = time.process_time()
    assert "128 字まで" in password_fault(enormous, "佐藤")
    cheap = Passwords(1, 8, 1)
    assert not cheap.matches(cheap.hash(GOOD), enormous)
    assert time.process_time() - before < 1


def test_names_on_the_screens_can_be_told_apart(lobby: Lobby) -> None:
    def add(name: str, display: str, *councils: str) -> Account:
        served = frozenset(councils) or None
        return lobby.accounts.add(Account(name, display, "", "writer", served), None, GOOD)

    add("hanako", "佐藤　花子", "kawasaki")
    for display in ("佐藤花子", "佐藤 花子", "ＨＡＮＡＫＯ"):
        with pytest.raises(AccountError, match="「hanako」の人と見分けられません"):
            add("other", display)
    for display in ("予約", "原稿 フォルダ", "コマンド"):
        with pytest.raises(AccountError, match="人でないものを指す"):
            add("other", display)
    for display in ("佐藤\u202e花子", "佐藤\n花子", "佐藤\ue000"):
        with pytest.raises(AccountError, match="40 字までの文字"):
            add("other", display)
    add("other", "佐藤 花子", "saitama")  # ほかの社協の、同じ名前の人
    head = lobby.add("head", "administrator")
    with pytest.raises(AccountError, match="見分けられません"):
        lobby.accounts.change(replace(head, display_name="佐藤 花子"), head.actor)
    assert lobby.accounts.change(replace(head, mail="head@example.jp"), head.actor)


# 管理者 ---------------------------------------------------------------------------


def test_administrator_adds_and_person_chooses_the_password(lobby: Lobby, head: Account) -> None:
    added = lobby.accounts.add(
        Account("佐藤", "佐藤 花子", "sato@example.jp", "reviewer", frozenset({"kawasaki"})),
        head.actor,
    )
    assert not added.ready and lobby.accounts.find("佐藤") == added
    with pytest.raises(LoginError):
        lobby.log_in("佐藤", "")
    link = lobby.accounts.new_link("佐藤", head.actor)
    assert lobby.accounts.link_owner(link) == added
    with pytest.raises(AccountError, match="10 字より短く"):
        lobby.accounts.use_link(link, "短い")
    ready = lobby.accounts.use_link(link, NEW)
    assert ready.ready and lobby.sessions.find(lobby.sessions.start(ready)) == ready
    assert lobby.log_in("佐藤", NEW)
    assert lobby.accounts.link_owner(link) is None
    with pytest.raises(AccountError, match="もう使えません"):
        lobby.accounts.use_link(link, NEW + "2")
    assert [e.action for e in lobby.accounts.events("佐藤")] == ["added", "link", "password"]


def test_link_ends_after_a_day_or_when_another_is_made(lobby: Lobby, head: Account) -> None:
    lobby.add("佐藤")
    first = lobby.accounts.new_link("佐藤", head.actor)
    second = lobby.accounts.new_link("佐藤", head.actor)
    assert lobby.accounts.link_owner(first) is None
    assert lobby.accounts.link_owner(second) is not None
    lobby.after(hours=24)
    with pytest.raises(AccountError, match="24 時間が過ぎました"):
        lobby.accounts.use_link(second, NEW)
    with reading(lobby.engine) as connection:
        kept = connection.execute(text("SELECT token FROM password_link")).scalars().all()
    assert first not in kept and second not in kept


def test_password_reset_ends_every_session(lobby: Lobby, head: Account) -> None:
    lobby.add("佐藤")
    session = lobby.log_in("佐藤")
    lobby.accounts.use_link(lobby.accounts.new_link("佐藤", head.actor), NEW)
    assert lobby.sessions.find(session) is None
    with pytest.raises(LoginError):
        lobby.log_in("佐藤")


def test_disabled_account_cannot_be_used_until_enabled(lobby: Lobby, head: Account) -> None:
    lobby.add("佐藤")
    session = lobby.log_in("佐藤")
    link = lobby.accounts.new_link("佐藤", head.actor)
    lobby.accounts.disable("佐藤", head.actor)
    assert lobby.sessions.find(session) is None and lobby.accounts.link_owner(link) is None
    with pytest.raises(LoginError, match="名前かパスワードが違います"):
        lobby.log_in("佐藤")
    with pytest.raises(AccountError, match="使えなくした"):
        lobby.accounts.new_link("佐藤", head.actor)
    lobby.accounts.enable("佐藤", head.actor)
    assert lobby.log_in("佐藤")
    assert lobby.sessions.find(session) is None


def test_person_asked_to_change_does_so_once(lobby: Lobby, head: Account) -> None:
    lobby.add("佐藤")
    session = lobby.log_in("佐藤")
    lobby.accounts.require_change("佐藤", head.actor)
    assert lobby.sessions.find(session) is None
    session = lobby.log_in("佐藤")
    found = lobby.sessions.find(session)
    assert found is not None and found.must_change
    found = lobby.sessions.find(lobby.sessions.change_password(session, GOOD, NEW))
    assert found is not None and not found.must_change


def test_changes_are_recorded(lobby: Lobby, head: Account) -> None:
    account = lobby.add("佐藤")
    changed = replace(account, role="reviewer", mail="sato@example.jp")
    assert lobby.accounts.change(changed, head.actor) == changed == lobby.accounts.find("佐藤")
    added, event = lobby.accounts.events("佐藤")
    assert (added.actor, event.action, event.actor) == ("コマンド", "changed", "阿部")
    assert event.detail == (
        "佐藤（書く人、すべての社協、メールなし） → 佐藤（確かめる人、すべての社協、メールあり）"
    )


def test_mail_addresses_are_not_kept_in_the_record(lobby: Lobby, head: Account) -> None:
    account = lobby.add("佐藤", mail="first@example.jp")
    for mail in ("second@example.jp", "second@example.jp", "", "third@example.jp"):
        lobby.accounts.change(replace(account, mail=mail), head.actor)
    events = lobby.accounts.events("佐藤")
    said = [event.detail.replace("佐藤（書く人、すべての社協、", "（") for event in events]
    assert said == [
        "（メールあり）",
        "（メールあり） → （メールあり）、メールのアドレスを変えた",
        "（メールあり） → （メールあり）",
        "（メールあり） → （メールなし）",
        "（メールなし） → （メールあり）",
    ]
    with lobby.engine.connect() as connection:
        rows = connection.execute(select(ACCOUNT_EVENT)).all()
    assert "@" not in str(rows)
    found = lobby.accounts.find("佐藤")
    assert found is not None and found.mail == "third@example.jp"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mail": "佐藤"}, "メールのアドレス"),
        ({"mail": "a@example.jp\nBcc: b@example.jp"}, "メールのアドレス"),
        ({"display_name": "佐\n藤"}, "画面に出す名前"),
        ({"role": "boss"}, "役割は"),
        ({"councils": frozenset()}, "1 つは選んで"),
        ({"councils": frozenset({"../etc"})}, "という社協はありません"),
    ],
)
def test_bad_values_are_refused(
    lobby: Lobby, head: Account, change: dict[str, str], message: str
) -> None:
    account = lobby.add("佐藤")
    with pytest.raises(AccountError, match=message):
        lobby.accounts.change(replace(account, **change), head.actor)  # type: ignore[arg-type]
    assert lobby.accounts.find("佐藤") == account


def test_last_administrator_remains(lobby: Lobby, head: Account) -> None:
    """パスワードを決めていない人と、受け持ちの限られた人は、代わりにならない。"""
    lobby.accounts.add(Account("加藤", "", "", "administrator", None), head.actor)
    lobby.add("伊藤", "administrator", frozenset({"kawasaki"}))
    for change in (
        lambda: lobby.accounts.disable("阿部", head.actor),
        lambda: lobby.accounts.change(replace(head, role="writer"), head.actor),
        lambda: lobby.accounts.change(replace(head, councils=frozenset({"kawasaki"})), head.actor),
    ):
        with pytest.raises(AccountError, match="ひとりもいなくなります"):
            change()
    assert lobby.accounts.find("阿部") == head
    lobby.accounts.use_link(lobby.accounts.new_link("加藤", head.actor), NEW)
    lobby.accounts.disable("阿部", head.actor)


def test_only_administrators_govern_and_only_their_councils(lobby: Lobby, head: Account) -> None:
    reviewer = lobby.add("佐藤", "reviewer")
    local = lobby.add("伊藤", "administrator", frozenset({"kawasaki"}))
    mine = lobby.add("鈴木", councils=frozenset({"kawasaki"}), by=local.actor)
    with pytest.raises(AccountError, match="管理者です"):
        lobby.accounts.disable("鈴木", reviewer.actor)
    for attempt in (
        lambda: lobby.accounts.disable("阿部", local.actor),
        lambda: lobby.accounts.new_link("阿部", local.actor),
        lambda: lobby.accounts.change(replace(mine, councils=None), local.actor),
        lambda: lobby.add("田中", councils=frozenset({"saitama"}), by=local.actor),
    ):
        with pytest.raises(AccountError, match="受け持ちでない社協"):
            attempt()


def test_unknown_account_is_refused(lobby: Lobby, head: Account) -> None:
    with pytest.raises(AccountError, match="そのアカウントはありません"):
        lobby.accounts.disable("いない人", head.actor)
