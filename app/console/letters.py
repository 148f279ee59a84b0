"""知らせをメールで送る。メールサーバーが決められているときだけ。

送れなかったものは、10 分後にまた送る（``Notices.take_letters``）。記録には、人のアドレスを書かない。
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from app.console.frame import Console, url
from app.console.notices import Letter
from app.console.telling import place, sentence, title
from app.console.words import ACTIONS, moment
from app.settings import Mail
from content.database import StoreError

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
        except Exception:  # 1 度の思わぬ失敗で止めると、始め直すまで、だれにも届かない
            LOG.exception("メールを送る仕事の不具合")
        await asyncio.sleep(SEND_EVERY)


def send_waiting(console: Console, mail: Mail) -> int:
    """待っている知らせを送り、送れた数を返す。サーバーにつながらなければ ``MailError``。"""
    left = [*console.notices.take_letters()]
    sent = 0
    try:
        if left:
            with _server(mail) as server:
                while left:
                    sent += _sent(console, server, left[0], mail)
                    left.pop(0)
    except MailError as error:
        console.notices.failed(left, str(error))
        raise
    return sent


def _sent(console: Console, server: smtplib.SMTP, letter: Letter, mail: Mail) -> bool:
    """1 通を送れたか。サーバーが切れれば ``MailError``。"""
    try:
        server.send_message(message(console, letter, mail))
    except smtplib.SMTPServerDisconnected as error:
        raise MailError(f"メールの途中で、サーバー {mail.host} が切れました。") from error
    except (smtplib.SMTPException, OSError, ValueError, MessageError) as error:
        LOG.error("知らせ %d をメールで送れませんでした（%s）。", letter.id, _reason(error))
        console.notices.failed([letter], f"宛先か中身を断られました（{_reason(error)}）。")
        return False
    console.notices.sent(letter)
    return True


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
    where = f"{base}{place(event) or url()}" if base else "職員の画面を開いて、確かめてください。"
    return [*lines, "", where, "", "このメールには返信できません。"]


@contextmanager
def _server(mail: Mail) -> Iterator[smtplib.SMTP]:
    """つながった（名乗った）サーバー。"""
    try:
        server = _connected(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise _unreached(mail, error) from error
    try:
        try:
            _introduce(server, mail)
        except (OSError, smtplib.SMTPException) as error:
            raise _unreached(mail, error) from error
        yield server
        with suppress(OSError, smtplib.SMTPException):  # 送った後の別れの言葉は、なくてもよい
            server.quit()
    finally:
        server.close()


def _connected(mail: Mail) -> smtplib.SMTP:
    if mail.tls:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=_PATIENCE, context=context)
    return smtplib.SMTP(mail.host, mail.port, timeout=_PATIENCE)


def _introduce(server: smtplib.SMTP, mail: Mail) -> None:
    """暗号にしてから名乗る。サーバーの証明書を確かめられなければ、何も送らない。"""
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
    where = f"メールサーバー {mail.host} の {mail.port} 番"
    match error:
        case ssl.SSLCertVerificationError():
            return MailError(
                f"{where}の証明書を信用できないので、送りませんでした（{error.verify_message}）。"
                "TSUTAWARU_SMTP_URL のサーバーの名前と、証明書の期限を確かめてください。"
                "組織の中の認証局なら、その証明書のファイルを SSL_CERT_FILE に入れてください。"
            )
        case smtplib.SMTPAuthenticationError():
            return MailError(
                f"{where}が、名前とパスワードを受け取りませんでした（{error.smtp_code}）。"
                "TSUTAWARU_SMTP_URL の名前とパスワードを確かめてください。"
            )
    return MailError(
        f"{where}に送れません（{_reason(error)}）。TSUTAWARU_SMTP_URL を確かめてください。"
    )


def _reason(error: Exception) -> str:
    """失敗の名前と番号だけ。サーバーの言葉には、人のアドレスが入る。"""
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
