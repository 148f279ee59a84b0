"""知らせをメールで送る。メールサーバーが決められているときだけ。

送れなかったものは、10 分後にまた送る（``Notices.take_letters``）。記録には、人のアドレスを書かない。
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from app.console.frame import Console, url
from app.console.notices import Letter
from app.console.telling import sentence, title
from app.console.words import ACTIONS, moment
from app.settings import Mail
from content.database import StoreError
from content.model import REGISTERS
from content.workflow import Event

LOG = logging.getLogger(__name__)

SEND_EVERY = 20.0
"""送るものを見る間（秒）。"""
_PATIENCE = 30.0
"""サーバーの答えを待つ間（秒）。"""
_NAME = "伝わる 職員の画面"


class MailError(Exception):
    """メールサーバーに送れない。説明は日本語の文で、人のアドレスを含まない。"""


async def send_letters(console: Console) -> None:
    """取り消されるまで、知らせをメールで送る。メールサーバーがなければ、何もしない。"""
    while console.settings.mail is not None:
        try:
            await asyncio.to_thread(send_waiting, console, console.settings.mail)
        except (MailError, StoreError) as error:
            LOG.error("%s", error)
        await asyncio.sleep(SEND_EVERY)


def send_waiting(console: Console, mail: Mail) -> int:
    """待っている知らせを送り、送れた数を返す。サーバーにつながらなければ ``MailError``。"""
    letters = console.notices.take_letters()
    if not letters:
        return 0
    sent = 0
    with _server(mail) as server:
        for letter in letters:
            try:
                server.send_message(message(console, letter, mail))
            except smtplib.SMTPServerDisconnected as error:
                raise MailError(f"メールの途中で、サーバー {mail.host} が切れました。") from error
            except (smtplib.SMTPException, OSError, ValueError, MessageError) as error:
                LOG.error("知らせ %d をメールで送れませんでした（%s）。", letter.id, _reason(error))
                continue
            console.notices.sent(letter)
            sent += 1
    return sent


def message(console: Console, letter: Letter, mail: Mail) -> EmailMessage:
    """メール 1 通。"""
    event = letter.event
    made = EmailMessage()
    made["Subject"] = f"【伝わる】「{title(console, event)}」を{ACTIONS[event.action]}"
    made["From"] = Address(_NAME, addr_spec=mail.sender)
    made["To"] = Address(letter.display_name, addr_spec=letter.mail)
    made["Date"] = format_datetime(console.now())
    made["Message-ID"] = make_msgid(f"notice-{letter.id}", mail.sender.rpartition("@")[2])
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("\n".join(_lines(console, letter)), cte="base64")
    return made


def _lines(console: Console, letter: Letter) -> list[str]:
    event = letter.event
    lines = [f"{letter.display_name} 様", "", sentence(console, event), moment(event.at)]
    if event.due:
        lines.append(f"公開の予約: {moment(event.due)}")
    if event.comment:
        lines += ["", "言葉:", event.comment]
    base = console.settings.base_url
    where = f"{base}{_place(event)}" if base else "職員の画面を開いて、確かめてください。"
    return [*lines, "", where, "", "このメールには返信できません。"]


def _place(event: Event) -> str:
    """そのできごとの文章のページ。"""
    if event.kind in REGISTERS or event.kind == "readings":
        return url("review", event.subject, event.kind)
    return url("emergency", event.subject) if event.kind == "emergency" else url()


def _server(mail: Mail) -> smtplib.SMTP:
    """つながった（名乗った）サーバー。"""
    try:
        if mail.tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=_PATIENCE, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=_PATIENCE)
    except (OSError, smtplib.SMTPException) as error:
        raise _unreached(mail, error) from error
    try:
        _introduce(server, mail)
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        raise _unreached(mail, error) from error
    except BaseException:
        server.close()
        raise
    return server


def _introduce(server: smtplib.SMTP, mail: Mail) -> None:
    server.ehlo_or_helo_if_needed()
    if not mail.tls and server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    elif mail.user and not mail.tls:
        raise MailError(
            f"メールサーバー {mail.host} は暗号が使えないので、パスワードを送りませんでした。"
            "TSUTAWARU_SMTP_URL を smtps:// にしてください。"
        )
    if mail.user:
        server.login(mail.user, mail.password)


def _unreached(mail: Mail, error: Exception) -> MailError:
    return MailError(
        f"メールサーバー {mail.host} の {mail.port} 番に送れません（{_reason(error)}）。"
        "TSUTAWARU_SMTP_URL を確かめてください。10 分後に、また送ります。"
    )


def _reason(error: Exception) -> str:
    """失敗の名前と番号だけ。サーバーの言葉には、人のアドレスが入る。"""
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
