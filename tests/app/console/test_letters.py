"""知らせのメール。相手は、試験の中で動く本物の SMTP サーバー。"""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

from app.console.account import Account
from app.console.letters import MailError, send_letters, send_waiting
from app.console.notices import Notices
from app.settings import Mail, Settings, SettingsError
from content.workflow import Revision
from tests.app.console.room import PASSWORD, STANDARD, SUBJECT, Room
from tests.app.console.waiting import until

BASE = "https://plans.example.jp"


class Post(socketserver.ThreadingTCPServer):
    """``box`` は届いたメール。``refuse`` を含む宛先は断る。"""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Clerk)
        self.box: list[EmailMessage] = []
        self.refuse = "\0"
        self.said: list[str] = []

    @property
    def mail(self) -> Mail:
        return Mail("127.0.0.1", int(self.server_address[1]), "noreply@plans.example.jp")


class Clerk(socketserver.StreamRequestHandler):
    """RFC 5321 の、いるところだけ。"""

    server: Post

    def handle(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            self.server.said.append(verb)
            if verb == "DATA":
                self._say("354 go")
                self._take()
            elif verb == "RCPT" and self.server.refuse in line:
                self._say(f"550 no such user {line}")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        made = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.server.box.append(made)
        self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def post() -> Iterator[Post]:
    with Post() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """森と原にだけ、メールのアドレスがある。"""
    made = Room(tmp_path, base_url=BASE)
    for account in (
        Account("mori", "森", "mori@example.jp", "reviewer", None),
        Account("hara", "原", "hara@example.jp", "writer", None),
    ):
        made.console.accounts.add(account, None, PASSWORD)
    yield made
    made.engine.dispose()


def test_思わぬ失敗があっても_次の知らせは送る(
    room: Room, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    class Trouble:
        def take_letters(self) -> None:
            raise RuntimeError("思わぬこと")

    async def story() -> None:
        notices = cast(Notices, Trouble())
        settings = replace(room.console.settings, mail=post.mail)
        console = replace(room.console, notices=notices, settings=settings)
        task = asyncio.create_task(send_letters(console))
        await until(lambda: "思わぬこと" in caplog.text)
        await asyncio.sleep(0.1)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())


def submit(room: Room) -> Revision:
    revision = room.write(STANDARD.replace("魚", "いわし"), name="hara")
    approvals = room.console.approvals
    approvals.submit(revision.id, revision.digest, room.actor("hara"), "日にちを\n見てください。")
    return revision


def body(message: EmailMessage) -> str:
    return str(message.get_content())


def test_提出を_確かめる人に_日本語とリンクで知らせる(room: Room, post: Post) -> None:
    submit(room)
    assert send_waiting(room.console, post.mail) == 1
    (message,) = post.box
    assert message["To"] == "森 <mori@example.jp>"
    assert message["From"] == "伝わる 職員の画面 <noreply@plans.example.jp>"
    assert message["Subject"] == "【伝わる】「海辺の計画（ふつうの文章）」を提出しました"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == room.now
    said = body(message)
    assert "森 様" in said and "原 さんが「海辺の計画（ふつうの文章）」を提出しました。" in said
    assert "日にちを\n見てください。" in said
    assert f"{BASE}/staff/review/{SUBJECT}/standard\n" in said
    assert send_waiting(room.console, post.mail) == 0  # 2 度は送らない


def test_差し戻しと予約を_書いた人に知らせる(room: Room, post: Post) -> None:
    revision = submit(room)
    approvals, seen = room.console.approvals, (revision.id, revision.digest)
    approvals.send_back(*seen, room.actor("mori"), "日付を足してください")
    approvals.submit(*seen, room.actor("hara"))
    approvals.approve(*seen, room.actor("mori"))
    due = room.now.replace(hour=15)
    approvals.schedule(*seen, due, room.actor("suzuki"))
    send_waiting(room.console, post.mail)
    mine = [m for m in post.box if m["To"].addresses[0].username == "hara"]
    subjects = [m["Subject"].rpartition("」")[2] for m in mine]
    assert subjects == ["を差し戻しました", "を承認しました", "を公開する予約をしました"]
    assert "日付を足してください" in body(mine[0])
    assert "公開の予約: 2026年11月22日 15時00分" in body(mine[-1])


def test_断られた宛先の後も送り_記録にアドレスを書かない(
    room: Room, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    room.console.accounts.add(
        Account("aoki", "青木", "aoki@example.jp", "reviewer", None), None, PASSWORD
    )
    submit(room)
    post.refuse = "aoki"
    assert send_waiting(room.console, post.mail) == 1
    assert [m["To"].addresses[0].username for m in post.box] == ["mori"]
    assert "SMTPRecipientsRefused" in caplog.text and "example.jp" not in caplog.text
    post.refuse = "\0"
    assert send_waiting(room.console, post.mail) == 0  # すぐには、送り直さない
    room.after(minutes=10)
    assert send_waiting(room.console, post.mail) == 1
    assert post.box[-1]["To"].addresses[0].username == "aoki"


def test_つながらなければ_後でまた送る(room: Room, post: Post) -> None:
    submit(room)
    away = Mail("127.0.0.1", 1, "noreply@example.jp")
    with pytest.raises(MailError, match="の 1 番に送れません") as error:
        send_waiting(room.console, away)
    assert "@" not in str(error.value)
    room.after(minutes=10)
    assert send_waiting(room.console, post.mail) == 1


def test_暗号のないサーバーには_パスワードを送らない(room: Room, post: Post) -> None:
    submit(room)
    mail = Mail("127.0.0.1", post.mail.port, "a@example.jp", user="a", password="秘密")
    with pytest.raises(MailError, match="パスワードを送りませんでした"):
        send_waiting(room.console, mail)
    assert "AUTH" not in post.said and not post.box


def test_画面の裏で送り続け_失敗しても止まらない(
    room: Room, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    submit(room)
    console = replace(room.console, settings=replace(room.settings, mail=post.mail))

    async def story() -> None:
        task = asyncio.create_task(send_letters(console))
        await until(lambda: bool(post.box))
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        lost = replace(console.settings, mail=Mail("127.0.0.1", 1, "a@example.jp"))
        room.console.approvals.withdraw(*_seen(room), room.actor("hara"))
        room.console.approvals.submit(*_seen(room), room.actor("hara"))
        task = asyncio.create_task(send_letters(replace(console, settings=lost)))
        await until(lambda: "送れません" in caplog.text)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())
    assert len(post.box) == 1


def _seen(room: Room) -> tuple[int, str]:
    desk = room.console.approvals.desk(SUBJECT, "standard")
    assert desk is not None
    return desk.latest.id, desk.latest.digest


def test_メールサーバーがなければ_何もしない(room: Room) -> None:
    asyncio.run(asyncio.wait_for(send_letters(room.console), 5))


# 設定 -----------------------------------------------------------------------------


def read(url: str, sender: str = "noreply@example.jp") -> Mail | None:
    values = {"TSUTAWARU_SMTP_URL": url, "TSUTAWARU_MAIL_FROM": sender}
    return Settings.from_environment(values).mail


@pytest.mark.parametrize(
    ("url", "mail"),
    [
        ("smtp://mail.example.jp", Mail("mail.example.jp", 25, "noreply@example.jp")),
        (
            "smtp://user:p%40ss@mail.example.jp",
            Mail("mail.example.jp", 587, "noreply@example.jp", False, "user", "p@ss"),
        ),
        (
            "smtps://user@[::1]:2465",
            Mail("::1", 2465, "noreply@example.jp", True, "user", ""),
        ),
        ("smtps://mail.example.jp", Mail("mail.example.jp", 465, "noreply@example.jp", True)),
    ],
)
def test_メールサーバーの場所を読む(url: str, mail: Mail) -> None:
    assert read(url) == mail
    assert "p@ss" not in repr(mail)


def test_どちらもなければ_メールを使わない() -> None:
    assert Settings.from_environment({}).mail is None


@pytest.mark.parametrize(
    ("url", "sender", "said"),
    [
        ("smtp://a", "", "TSUTAWARU_MAIL_FROM も要ります"),
        ("", "a@example.jp", "TSUTAWARU_SMTP_URL も要ります"),
        ("http://a", "a@example.jp", "の形で書いてください"),
        ("smtp://a:99999", "a@example.jp", "の形で書いてください"),
        ("smtp://", "a@example.jp", "の形で書いてください"),
        ("smtp://a:%E3%81%82@b", "a@example.jp", "半角の字だけにしてください"),
        ("smtp://a", "計画課 <a@example.jp>", "差出人のメールアドレスだけ"),
        ("smtp://a", "a@b\nBcc: c@d", "差出人のメールアドレスだけ"),
    ],
)
def test_読めない設定は_始める前に断る(url: str, sender: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        read(url, sender)
