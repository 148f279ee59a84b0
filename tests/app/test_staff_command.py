"""命令 tsutawaru staff。初めの試験は、利用者と同じように別のプロセスで呼ぶ。"""

from __future__ import annotations

import subprocess

import pytest

from app.console.passwords import Passwords
from app.console.sessions import Sessions
from app.console.tokens import new_token
from content.database import open_database
from content.store import Store, utc_now
from tests.app.in_process import SameProcess
from tests.conftest import Tsutawaru

PASSWORD = "correct horse battery"


def add(
    tsutawaru: Tsutawaru, name: str, role: str = "administrator", password: str = PASSWORD
) -> subprocess.CompletedProcess[str]:
    command = ("staff", "add", name, "--role", role, "--password-stdin")
    return tsutawaru(*command, input=f"{password}\n")


def test_初めの管理者を作るとその名前とパスワードで入れる(tsutawaru: Tsutawaru) -> None:
    done = add(tsutawaru, "Ｓａｔｏ")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "管理者「sato」を作りました。/staff/login から入れます。\n"
    assert PASSWORD not in done.stdout
    url = tsutawaru.environment["TSUTAWARU_DATABASE_URL"]
    engine = open_database(url)
    sessions = Sessions(engine, utc_now, Passwords(), new_token)
    token, account = sessions.log_in("SATO", PASSWORD, "192.0.2.1")
    assert (account.role, account.councils, account.must_change) == ("administrator", None, False)
    assert sessions.find(token) == account
    engine.dispose()
    with Store.open(url) as store:
        assert not store.is_empty()


@pytest.mark.parametrize(
    ("role", "said"),
    [("writer", "書く人"), ("reviewer", "確かめる人"), ("proofreader", "校正者")],
)
def test_どの役割の人も作れる(here: SameProcess, role: str, said: str) -> None:
    done = add(here, "mori", role)
    assert done.stdout == f"{said}「mori」を作りました。/staff/login から入れます。\n"


def test_同じ名前は二度作れない(here: SameProcess) -> None:
    add(here, "sato")
    done = add(here, "SATO", "writer", "another long password")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("「sato」という名前は、もう使われています。ほかの名前にしてください。\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("add", "sato", "--role", "boss", "--password-stdin"), 2, "--role boss は使えません"),
        (("add", "sato", "--role", "writer"), 2, "標準入力から渡してください"),
        (("remove", "sato", "--role", "writer", "--password-stdin"), 2, "staff remove"),
        (("add", "sato"), 2, "--role がありません"),
        (("add", "a b", "--role", "writer", "--password-stdin"), 1, "という名前は使えません"),
    ],
)
def test_書き方の誤りは日本語の文で断る(
    here: SameProcess, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = here("staff", *arguments, input=f"{PASSWORD}\n")
    assert done.returncode == code
    assert message in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("password", ["", "短い", "password2026"])
def test_当てやすいパスワードは断る(here: SameProcess, password: str) -> None:
    done = add(here, "sato", password=password)
    assert done.returncode == 1 and "パスワードは" in done.stderr
