"""設定。環境変数はここで一度だけ読む。"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

CHECKOUT = Path(__file__).resolve().parent.parent

LOCAL = "http://127.0.0.1:8000"
"""``tsutawaru serve`` が始まる場所。"""

_KEY_BYTES = 32


class SettingsError(Exception):
    """設定が使えない。説明は日本語の 1 文。"""


@dataclass(frozen=True, slots=True)
class Line:
    """LINE 公式アカウントの鍵。``api_base`` は、試験のときの相手（空なら LINE）。

    ``push`` は、返信が間に合わなかったとき、数に限りのある push で送るかどうか。
    """

    channel_secret: str = field(repr=False)
    channel_access_token: str = field(repr=False)
    api_base: str = ""
    push: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """職員に知らせを送るメールサーバー。

    ``sender`` は差出人のアドレス。``tls`` は、始めから暗号でつなぐこと（smtps）。そうでないときも、サーバーが
    できれば暗号にする（STARTTLS）。``user`` が空なら、名乗らずに送る。
    """

    host: str
    port: int
    sender: str
    tls: bool = False
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def read(cls, url: str, sender: str) -> Mail | None:
        """``smtp://名前:パスワード@ホスト:番号`` か ``smtps://…``。どちらも空なら ``None``。"""
        if not url and not sender:
            return None
        if not url or not sender:
            missing = "TSUTAWARU_MAIL_FROM" if url else "TSUTAWARU_SMTP_URL"
            raise SettingsError(f"メールを送るには、環境変数 {missing} も要ります。")
        parsed = urlsplit(url)
        try:
            port = parsed.port
        except ValueError:
            port = 0
        if parsed.scheme not in ("smtp", "smtps") or not parsed.hostname or port == 0:
            raise SettingsError(
                "環境変数 TSUTAWARU_SMTP_URL は、smtp://名前:パスワード@mail.example.jp:587 か "
                "smtps://… の形で書いてください。"
            )
        if not _MAIL.fullmatch(sender):
            raise SettingsError(
                f"環境変数 TSUTAWARU_MAIL_FROM の「{sender}」は使えません。"
                "差出人のメールアドレスだけを書いてください。"
            )
        tls = parsed.scheme == "smtps"
        user, password = (unquote(part or "") for part in (parsed.username, parsed.password))
        if not f"{user}{password}".isascii():  # smtplib は、ほかの字を送れない
            raise SettingsError(
                "環境変数 TSUTAWARU_SMTP_URL の名前とパスワードは、半角の字だけにしてください。"
            )
        usual = 465 if tls else 587 if user else 25
        return cls(parsed.hostname, port or usual, sender, tls, user, password)


_MAIL = re.compile(r"[!-?A-~]+@[!-?A-~]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """``database_url`` は SQLAlchemy の形。``cache`` は控えのフォルダ。

    ``base_url`` は、人に見せるリンクの頭（終わりの / はない。空なら / から始まるリンク）。``line`` は、
    LINE を、``mail`` は、メールを使わなければ ``None``。``key`` は環境変数の鍵、``key_file`` はそれがないときの鍵のファイル。
    """

    database_url: str
    cache: Path
    base_url: str = ""
    line: Line | None = None
    key: str = field(default="", repr=False)
    key_file: Path = CHECKOUT / "var" / "secret-key"
    mail: Mail | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        var = CHECKOUT / "var"
        secret = environment.get("LINE_CHANNEL_SECRET", "")
        token = environment.get("LINE_CHANNEL_ACCESS_TOKEN", "")
        base_url = environment.get("TSUTAWARU_BASE_URL", "").rstrip("/")
        if bool(secret) != bool(token):
            missing = "LINE_CHANNEL_ACCESS_TOKEN" if secret else "LINE_CHANNEL_SECRET"
            raise SettingsError(
                f"LINE を使うには、環境変数 {missing} も要ります。LINE Developers の画面の値を入れてください。"
            )
        if base_url and not base_url.startswith(("https://", "http://")):
            raise SettingsError(
                f"環境変数 TSUTAWARU_BASE_URL の「{base_url}」は使えません。https:// から書いてください。"
            )
        api_base = environment.get("LINE_API_BASE", "").rstrip("/")
        if api_base and not api_base.startswith(("https://", "http://")):
            raise SettingsError(
                f"環境変数 LINE_API_BASE の「{api_base}」は使えません。https:// から書いてください。"
            )
        push = environment.get("LINE_PUSH_AFTER_DEADLINE", "") == "1"
        return cls(
            environment.get("TSUTAWARU_DATABASE_URL") or f"sqlite:///{var / 'tsutawaru.db'}",
            Path(environment.get("TSUTAWARU_CACHE") or var / "cache"),
            base_url,
            Line(secret, token, api_base, push) if secret else None,
            environment.get("TSUTAWARU_SECRET_KEY", ""),
            mail=Mail.read(
                environment.get("TSUTAWARU_SMTP_URL", ""),
                environment.get("TSUTAWARU_MAIL_FROM", ""),
            ),
        )

    @property
    def site_url(self) -> str:
        """サイトの住所。設定がなければ、``tsutawaru serve`` の場所。"""
        return self.base_url or LOCAL

    def secret_key(self) -> bytes:
        """利用者の名前を隠し、会話の続きに印を付ける鍵（32 バイト）。

        環境変数になければ作り、自分だけが読めるように置く。
        """
        if self.key:
            return hashlib.sha256(self.key.encode()).digest()
        try:
            if not self.key_file.exists():
                _make_key(self.key_file)
            key = self.key_file.read_bytes().strip()
        except OSError:
            key = b""
        if len(key) < _KEY_BYTES:
            raise SettingsError(
                f"鍵のファイル {self.key_file} を使えません。権限と中身を確かめるか、"
                "環境変数 TSUTAWARU_SECRET_KEY に 32 字以上の鍵を入れてください。"
            )
        return hashlib.sha256(key).digest()


def _make_key(path: Path) -> None:
    """鍵を作る。2 つの命令が同時に作っても、先に置かれた 1 つだけが残る。"""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret-key-")  # 0600 で作られる
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(_KEY_BYTES).encode() + b"\n")
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
