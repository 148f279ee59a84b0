"""``tsutawaru line``: LINE の公式アカウントの用意。"""

from __future__ import annotations

import argparse

from app.arguments import DONE, BadCall, Refused
from app.settings import Settings

MENU = "menu"


def run(options: argparse.Namespace, settings: Settings) -> int:
    """``line menu``: トーク画面の下のメニューを入れる。何度実行しても、入るのは 1 つだけ。"""
    if options.what != MENU:
        raise BadCall(f"「line {options.what}」という命令はありません。line {MENU} が使えます。")
    if settings.line is None:
        raise Refused(
            "LINE の鍵がありません。環境変数 LINE_CHANNEL_SECRET と LINE_CHANNEL_ACCESS_TOKEN に、"
            "LINE Developers の画面の値を入れてください。"
        )
    from channels.line_menu import MenuError, install_menu

    try:
        changed = install_menu(settings.line.channel_access_token, settings.line.api_base)
    except MenuError as error:
        raise Refused(str(error)) from error
    print("LINE のメニューを入れました。" if changed else "LINE のメニューは、もう入っています。")
    return DONE
