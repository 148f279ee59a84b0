"""ログイン: 本物の SQLite と（あれば）本物の PostgreSQL で。"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from app.console.account import AccountError
from app.console.passwords import Passwords
from app.console.sessions import LoginError, Sessions, TooManyTries
from app.console.tokens import new_token
from content.database import reading
from tests.app.console.lobby import GOOD, Lobby

NEW = "あたらしくて長い言葉"


@pytest.fixture
def lobby(database_url: str) -> Iterator[Lobby]:
    with Lobby(database_url) as lobby:
        lobby.add("佐藤")
        yield lobby


def fail(lobby: Lobby, times: int, name: str = "佐藤", address: str = "192.0.2.1") -> None:
    for _ in range(times):
        with pytest.raises(LoginError, match="名前かパスワードが違います"):
            lobby.log_in(name, "違うパスワード", address)


def test_session_belongs_to_the_person_until_log_out(lobby: Lobby) -> None:
    token = lobby.log_in("佐藤")
    assert lobby.sessions.find(token) == lobby.accounts.find("佐藤")
    assert lobby.sessions.find(token + "x") is None
    lobby.sessions.log_out(token)
    assert lobby.sessions.find(token) is None


def test_only_the_digest_of_the_token_is_stored(lobby: Lobby) -> None:
    token = lobby.log_in("佐藤")
    with reading(lobby.engine) as connection:
        (kept,) = connection.execute(text("SELECT token FROM session")).scalars()
    assert token not in kept and len(kept) == 64


def test_real_tokens_cannot_be_guessed() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100 and {len(t) for t in tokens} == {43}


def test_session_ends_when_unused_for_eight_hours(lobby: Lobby) -> None:
    token = lobby.log_in("佐藤")
    lobby.after(hours=7, minutes=59)
    assert lobby.sessions.find(token)
    lobby.after(hours=8)
    assert lobby.sessions.find(token) is None


def test_session_ends_twelve_hours_after_log_in_however_used(lobby: Lobby) -> None:
    token = lobby.log_in("佐藤")
    for _ in range(23):
        lobby.after(minutes=30)
        assert lobby.sessions.find(token)
    lobby.after(minutes=30)
    assert lobby.sessions.find(token) is None


def test_ended_sessions_are_swept(lobby: Lobby) -> None:
    lobby.log_in("佐藤")
    lobby.after(days=1)
    lobby.log_in("佐藤")
    with reading(lobby.engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM session")).scalar() == 1


def test_unknown_names_and_wrong_passwords_are_told_alike(lobby: Lobby) -> None:
    said = set()
    for name in ("佐藤", "いない人"):
        with pytest.raises(LoginError) as caught:
            lobby.log_in(name, "違うパスワード")
        said.add(str(caught.value))
    assert len(said) == 1


def test_unknown_names_cost_the_same_work() -> None:
    """要約のない名前でも、同じ費用の照合をする。"""
    passwords = Passwords(1, 8, 1)
    assert not passwords.matches(None, GOOD)
    assert not passwords.matches(None, "だれのものでもないパスワード")


# 間違いを数える -----------------------------------------------------------------------


def test_wait_grows_with_every_failure(lobby: Lobby) -> None:
    fail(lobby, 5)
    waits = []
    for _ in range(8):
        with pytest.raises(TooManyTries) as caught:
            lobby.log_in("佐藤")  # 正しくても、待つ間は入れない
        waits.append(caught.value.seconds)
        lobby.after(seconds=caught.value.seconds)
        fail(lobby, 1)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_wait_is_told_and_trying_while_waiting_does_not_lengthen_it(lobby: Lobby) -> None:
    fail(lobby, 6 - 1)
    lobby.after(seconds=10)
    for _ in range(3):
        with pytest.raises(TooManyTries, match="あと 20 秒待って"):
            lobby.log_in("佐藤")
    lobby.after(seconds=20)
    assert lobby.log_in("佐藤")


def test_long_wait_is_told_in_minutes() -> None:
    assert (
        str(TooManyTries(61)) == "続けて間違えたので、あと 2 分待ってから、もう一度入れてください。"
    )


def test_right_password_clears_the_count(lobby: Lobby) -> None:
    for _ in range(3):
        fail(lobby, 4)
        assert lobby.log_in("佐藤")


def test_one_name_does_not_lock_another(lobby: Lobby) -> None:
    lobby.add("鈴木")
    fail(lobby, 5)
    assert lobby.log_in("鈴木")


def test_one_address_trying_many_names_must_wait(lobby: Lobby) -> None:
    for n in range(20):
        fail(lobby, 1, f"人{n}")
    with pytest.raises(TooManyTries):
        lobby.log_in("佐藤")
    assert lobby.log_in("佐藤", address="192.0.2.2")


def test_many_addresses_trying_one_name_must_wait(lobby: Lobby) -> None:
    for n in range(20):
        fail(lobby, 5, address=f"198.51.100.{n}")
    with pytest.raises(TooManyTries):
        lobby.log_in("佐藤", "違うパスワード", "198.51.100.200")
    lobby.after(seconds=30)
    fail(lobby, 1, address="198.51.100.200")
    with pytest.raises(TooManyTries, match="あと 1 分"):
        lobby.log_in("佐藤", address="198.51.100.201")


def test_nobody_can_lock_the_person_out(lobby: Lobby) -> None:
    """ほかの所で間違えても、本人は自分の所から入れる。前に入ったブラウザーからは、いつでも入れる。"""
    fail(lobby, 5, address="198.51.100.1")
    with pytest.raises(TooManyTries):
        lobby.log_in("佐藤", address="198.51.100.1")
    token = lobby.log_in("佐藤")
    for n in range(20):
        fail(lobby, 5, address=f"198.51.100.{10 + n}")
    with pytest.raises(TooManyTries):
        lobby.log_in("佐藤")
    assert lobby.log_in("佐藤", browser="前に入ったブラウザー")
    assert lobby.sessions.change_password(token, GOOD, NEW)


def test_browser_of_before_must_wait_for_its_own_failures(lobby: Lobby) -> None:
    for _ in range(5):
        with pytest.raises(LoginError, match="名前かパスワードが違います"):
            lobby.log_in("佐藤", "違うパスワード", browser="前に入ったブラウザー")
    with pytest.raises(TooManyTries, match="あと 30 秒"):
        lobby.log_in("佐藤", browser="前に入ったブラウザー")


def test_guessing_the_old_password_must_wait(lobby: Lobby) -> None:
    token = lobby.log_in("佐藤")
    for _ in range(5):
        with pytest.raises(LoginError, match="いまのパスワードが違います"):
            lobby.sessions.change_password(token, "違うパスワード", NEW)
    with pytest.raises(TooManyTries):
        lobby.sessions.change_password(token, GOOD, NEW)


def test_working_office_behind_one_address_is_not_locked(lobby: Lobby) -> None:
    for _ in range(50):
        assert lobby.log_in("佐藤")


def test_failures_are_forgotten_after_a_day(lobby: Lobby) -> None:
    fail(lobby, 5)
    lobby.after(days=1, seconds=1)
    fail(lobby, 5)
    with pytest.raises(TooManyTries):
        lobby.log_in("佐藤")


def test_failures_outlive_the_program(lobby: Lobby, database_url: str) -> None:
    fail(lobby, 5)
    with Lobby(database_url) as restarted, pytest.raises(TooManyTries):
        restarted.log_in("佐藤")


def test_names_and_addresses_tried_are_not_stored_as_they_are(lobby: Lobby) -> None:
    fail(lobby, 1, "まちがえて書いたパスワード")
    with reading(lobby.engine) as connection:
        keys = connection.execute(text("SELECT key FROM login_failure")).scalars().all()
    assert len(keys) == 3 and all(len(k) == 64 and k.isascii() for k in keys)


def test_guesses_at_once_are_all_counted(lobby: Lobby) -> None:
    def guess(n: int) -> str:
        try:
            lobby.log_in("佐藤", f"違うパスワード{n}")
        except LoginError as error:
            return type(error).__name__
        return "入れた"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(guess, range(16)))
    assert said.count("LoginError") == 5 and said.count("TooManyTries") == 11


# パスワード --------------------------------------------------------------------------


def test_changing_the_password_ends_the_other_sessions(lobby: Lobby) -> None:
    here, there = lobby.log_in("佐藤"), lobby.log_in("佐藤")
    renewed = lobby.sessions.change_password(here, GOOD, NEW)
    assert lobby.sessions.find(here) is None and lobby.sessions.find(there) is None
    assert lobby.sessions.find(renewed) is not None
    with pytest.raises(LoginError):
        lobby.log_in("佐藤")
    assert lobby.log_in("佐藤", NEW)


def test_changing_the_password_needs_the_old_one_and_a_good_one(lobby: Lobby) -> None:
    token = lobby.log_in("佐藤")
    change = lobby.sessions.change_password
    with pytest.raises(LoginError, match="いまのパスワードが違います"):
        change(token, "違うパスワード", NEW)
    with pytest.raises(AccountError, match="10 字より短く"):
        change(token, GOOD, "短い")
    with pytest.raises(AccountError, match="前と同じ"):
        change(token, GOOD, GOOD)
    with pytest.raises(LoginError, match="時間が過ぎました"):
        change("ちがう", GOOD, NEW)
    assert lobby.sessions.find(token)


def test_costlier_hash_is_made_at_the_next_log_in(lobby: Lobby) -> None:
    def kept() -> str:
        with reading(lobby.engine) as connection:
            return str(connection.execute(text("SELECT password FROM account")).scalar())

    before = kept()
    costlier = Sessions(lobby.engine, lambda: lobby.now, Passwords(2, 16, 1), lambda: "合い言葉")
    costlier.log_in("佐藤", GOOD, "192.0.2.1")
    assert before != kept() and "$m=16,t=2,p=1$" in kept()
    lobby.log_in("佐藤")


def test_width_of_the_letters_does_not_matter(lobby: Lobby) -> None:
    token = lobby.log_in("佐藤")
    lobby.sessions.change_password(token, GOOD, "Horse battery 42")
    assert lobby.log_in("佐藤", "Ｈｏｒｓｅ　ｂａｔｔｅｒｙ　４２")
