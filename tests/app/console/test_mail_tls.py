"""暗号のメール: STARTTLS と smtps で、証明書を確かめてから名乗る。相手は、本物の TLS で話すサーバー。"""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.console.account import Account
from app.console.letters import MailError, send_waiting
from app.console.notices import TRIES
from app.settings import Mail
from tests.app.console.room import PASSWORD, Room
from tests.app.console.test_home import text
from tests.app.console.test_letters import Clerk, Post, submit

HERE = Path(__file__).parent / "mail"
USER, SECRET = "bot", "himitsu"


class Safe(Post):
    """TLS で話すサーバー。``tls`` は始めから暗号、``offers`` は STARTTLS があると言うこと。

    ``refuses`` は、STARTTLS を断ること。``clear`` は、暗号になる前に聞いたことのすべて。
    """

    def __init__(self, *, tls: bool, offers: bool = True, refuses: bool = False) -> None:
        self.tls, self.offers, self.refuses = tls, offers, refuses
        self.clear: list[str] = []
        self.names: list[tuple[str, str]] = []
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(HERE / "server.pem")
        super().__init__()
        self.RequestHandlerClass = SafeClerk

    def handle_error(self, request: object, client_address: object) -> None:
        """証明書を信用しない相手は、途中で切る。"""

    @property
    def mail(self) -> Mail:
        return replace(super().mail, tls=self.tls, user=USER, password=SECRET)


class SafeClerk(Clerk):
    server: Safe

    def setup(self) -> None:
        self.safe = False
        if self.server.tls:
            self._wrap()
        else:
            super().setup()

    def _wrap(self) -> None:
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.safe = True
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def handle(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            if not self.safe:
                self.server.clear.append(line)
            match verb.upper():
                case "EHLO":
                    self._say("250-test")
                    if self.server.offers and not self.safe:
                        self._say("250-STARTTLS")
                    self._say("250 AUTH PLAIN")
                case "STARTTLS" if self.server.refuses:
                    self._say("454 not now")
                case "STARTTLS":
                    self._say("220 go")
                    self._wrap()
                case "AUTH":
                    _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
                    self.server.names.append((user, password))
                    good = (user, password) == (USER, SECRET)
                    self._say("235 welcome" if good else f"535 who is {user}@example.jp")
                case "DATA":
                    self._say("354 go")
                    self._take()
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 ok")


@contextmanager
def serving(server: Safe) -> Iterator[Safe]:
    with server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def people(room: Room) -> None:
    """森にだけ、メールのアドレスがある。"""
    for name, display_name, mail in (("mori", "森", "mori@example.jp"), ("hara", "原", "")):
        account = Account(name, display_name, mail, "reviewer", None)
        room.console.accounts.add(account, None, PASSWORD)


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """試験の認証局を信用する（組織の中の認証局と同じやり方）。"""
    monkeypatch.setenv("SSL_CERT_FILE", str(HERE / "authority.pem"))


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", [False, True])
def test_暗号にしてから_名乗って送る(room: Room, tls: bool) -> None:
    submit(room)
    with serving(Safe(tls=tls)) as post:
        assert send_waiting(room.console, post.mail) == 1
    assert post.names == [(USER, SECRET)]
    assert [m["To"].addresses[0].username for m in post.box] == ["mori"]
    # 暗号になる前に送るのは、暗号にしたいということだけ。
    assert [line.split()[0].upper() for line in post.clear] == ([] if tls else ["EHLO", "STARTTLS"])


@pytest.mark.parametrize("tls", [False, True])
def test_証明書を信用できなければ_送らずに待ち_管理者に訳を言う(room: Room, tls: bool) -> None:
    submit(room)
    said = "の証明書を信用できないので、送りませんでした"
    with serving(Safe(tls=tls)) as post, pytest.raises(MailError, match=said):
        send_waiting(room.console, post.mail)
    assert post.names == [] and post.box == []
    with room.logged_in("abe") as client:
        shown = text(client.get("/staff"))
    with room.logged_in("suzuki") as client:  # 直せない人には言わない
        assert "知らせのメール" not in text(client.get("/staff"))
    assert "知らせのメール が 森 さんに届いていません。" in shown
    assert said in shown
    assert "10 分おきに、8 回まで送り直します。" in shown and "@" not in shown


def test_送り終えても届かなければ_送り直すとは言わない(room: Room) -> None:
    submit(room)
    for _ in range(TRIES):
        with pytest.raises(MailError):
            send_waiting(room.console, Mail("127.0.0.1", 1, "a@example.jp"))
        room.after(minutes=10)
    with room.logged_in("abe") as client:
        shown = text(client.get("/staff"))
    assert "8 回送りましたが、届きませんでした。" in shown and "送り直します" not in shown


@pytest.mark.usefixtures("trusted")
def test_信用できるようにすると_待っていた知らせが届き_訳は消える(room: Room) -> None:
    submit(room)
    with serving(Safe(tls=True)) as post:
        wrong = replace(post.mail, host="localhost")  # 証明書の名前と違う
        with pytest.raises(MailError, match=r"証明書を信用できない.*Hostname mismatch"):
            send_waiting(room.console, wrong)
        assert room.console.notices.unsent(room.actor("abe")) is not None
        room.after(minutes=10)
        assert send_waiting(room.console, post.mail) == 1
    assert len(post.box) == 1
    assert room.console.notices.unsent(room.actor("abe")) is None


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("offers", "said"),
    [
        (False, "暗号が使えないので、パスワードを送りませんでした"),
        (True, "に送れません（SMTPResponseException 454）"),
    ],
)
def test_STARTTLSが使えなければ_パスワードも知らせも送らない(
    room: Room, offers: bool, said: str
) -> None:
    submit(room)
    server = serving(Safe(tls=False, offers=offers, refuses=True))
    with server as post, pytest.raises(MailError, match=re.escape(said)):
        send_waiting(room.console, post.mail)
    assert post.names == [] and post.box == []
    assert {line.split()[0].upper() for line in post.clear} <= {"EHLO", "STARTTLS", "QUIT"}
    unsent = room.console.notices.unsent(room.actor("abe"))
    assert unsent is not None and said in unsent.fault


@pytest.mark.usefixtures("trusted")
def test_パスワードが違えば_そう言い_人のアドレスは出さない(room: Room) -> None:
    submit(room)
    with serving(Safe(tls=True)) as post:
        wrong = replace(post.mail, password="chigau")
        said = "名前とパスワードを受け取りませんでした（535）"
        with pytest.raises(MailError, match=said) as error:
            send_waiting(room.console, wrong)
    assert "example.jp" not in str(error.value) and post.box == []


def test_暗号のつもりのない相手につないでも_止まらずに訳を言う(room: Room) -> None:
    submit(room)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        thread = threading.Thread(target=lambda: _hello(silent))
        thread.start()
        mail = Mail("127.0.0.1", port, "a@example.jp", tls=True)
        with pytest.raises(MailError, match="に送れません（SSLError"):
            send_waiting(room.console, mail)
        thread.join()


def _hello(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.sendall(b"220 plain words\r\n")
        connection.recv(1024)


def test_届かない知らせは_扱えるアカウントの管理者にだけ言い_読まれれば消える(room: Room) -> None:
    other = Account("ono", "小野", "", "administrator", frozenset({"saitama"}))
    room.console.accounts.add(other, None, PASSWORD)
    submit(room)
    with pytest.raises(MailError):
        send_waiting(room.console, Mail("127.0.0.1", 1, "a@example.jp"))
    notices = room.console.notices
    assert notices.unsent(room.actor("ono")) is None
    unsent = notices.unsent(room.actor("abe"))
    assert unsent is not None and unsent.accounts == ("mori",)
    notices.read("mori", notices.recent("mori")[0].id)
    assert notices.unsent(room.actor("abe")) is None
