"""``tsutawaru staff``: 職員のアカウント。初めの管理者は、ここでだけ作れる。"""

from __future__ import annotations

import argparse
import sys

from app.arguments import DONE, BadCall, Refused
from app.settings import Settings
from content.store import Store, utc_now

ADD = "add"


def run(options: argparse.Namespace, settings: Settings) -> int:
    """``staff add NAME --role ROLE --password-stdin``: すべての社協を受け持つアカウントを作る。"""
    from app.console.account import Account, AccountError
    from app.console.accounts import Accounts
    from app.console.passwords import Passwords
    from app.console.tokens import new_token
    from content.database import open_database
    from content.workflow.people import ROLES

    if options.what != ADD:
        raise BadCall(f"「staff {options.what}」という命令はありません。staff {ADD} が使えます。")
    if options.role not in ROLES:
        roles = "、".join(f"{role}（{said}）" for role, said in ROLES.items())
        raise BadCall(f"--role {options.role} は使えません。使えるのは {roles} です。")
    if not options.password_stdin:
        raise BadCall(
            "--password-stdin を付けて、パスワードを標準入力から渡してください"
            "（引数に書くと、ほかの利用者に見えます）。"
        )
    password = _password()
    # ほかの命令と同じく、空のデータベースには、付いてくる計画を入れておく。
    Store.open_filled(settings.database_url).close()
    engine = open_database(settings.database_url)
    try:
        account = Account(options.name, options.name, "", options.role, None)
        added = Accounts(engine, utc_now, Passwords(), new_token).add(account, None, password)
    except AccountError as error:
        raise Refused(str(error)) from error
    finally:
        engine.dispose()
    print(f"{ROLES[added.role]}「{added.name}」を作りました。/staff/login から入れます。")
    return DONE


def _password() -> str:
    """標準入力の 1 行め。"""
    data = sys.stdin.buffer.readline().removesuffix(b"\n").removesuffix(b"\r")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(
            "標準入力のパスワードを UTF-8 の文字として読めません。UTF-8 で渡してください。"
        ) from None
