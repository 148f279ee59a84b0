"""LINE の画面の下に、いつもある絵のボタン（リッチメニュー）。

絵は ``templates/line/rich-menu.svg`` から作る（``tests/channels/test_line_menu.py``）。どのボタンにも、読み上げられる
名前（label）がある。押すと名前のとおりの言葉を言うだけなので、同じ言葉を打っても同じことになる。
"""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import Any

from channels.line_account import WRONG_TOKEN

# 絵の左上から右へ、上の段から下の段へ。
LABELS = (
    "質問する",
    "音声で聞く",
    "やさしい日本語",
    "計画を読む",
    "受け取り方",
    "相談・問い合わせ",
)
WIDTH, HEIGHT, COLUMNS = 2500, 1686, 3
_NAME = "tsutawaru "  # この名前で始まるものだけを、私たちのものとして入れかえ、消す
_SECONDS = 30.0


class MenuError(Exception):
    """メニューを入れられない。説明は日本語の 1 文。"""


def picture() -> bytes:
    """2500 x 1686 画素の PNG。"""
    return (files("channels") / "templates" / "line" / "rich-menu.png").read_bytes()


def menu() -> dict[str, Any]:
    """LINE に渡す定義。名前に中身の要約が入るので、変わったかどうかが名前で分かる。"""
    definition = {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "chatBarText": "メニュー",
        "areas": [
            {
                "bounds": _bounds(index),
                "action": {"type": "message", "label": label, "text": label},
            }
            for index, label in enumerate(LABELS)
        ],
    }
    said = json.dumps(definition, sort_keys=True).encode() + picture()
    return {"name": _NAME + hashlib.sha256(said).hexdigest()[:16], **definition}


def install_menu(access_token: str, api_base: str = "") -> bool:
    """メニューを、すべての人に見えるように入れる。もう入っていれば何もせず ``False``。

    前に入れた私たちのメニューは消す。ほかの人の作ったメニューは消さない。途中で失敗したら、作りかけを消す。
    ``api_base`` は LINE の代わり（空なら LINE）。失敗は ``MenuError``。
    """
    from linebot.v3.messaging import (  # 読み込むだけで 1 秒かかる
        ApiClient,
        ApiException,
        Configuration,
        MessagingApi,
        MessagingApiBlob,
    )
    from urllib3.exceptions import HTTPError

    configuration = Configuration(host=api_base or None, access_token=access_token)
    with ApiClient(configuration) as client:
        try:
            return _install(MessagingApi(client), MessagingApiBlob(client))
        except ApiException as error:
            raise MenuError(_refusal(error.status)) from error
        except HTTPError as error:
            raise MenuError(
                "LINE につながらないので、メニューを変えていません。"
                "ネットワークを確かめて、もう一度実行してください。"
            ) from error


def _install(api: Any, blob: Any) -> bool:
    from linebot.v3.messaging import RichMenuRequest

    wanted = menu()
    ours = [
        found
        for found in api.get_rich_menu_list(_request_timeout=_SECONDS).richmenus
        if found.name.startswith(_NAME)
    ]
    shown = _default(api)
    if any(found.name == wanted["name"] and found.rich_menu_id == shown for found in ours):
        return False
    made = api.create_rich_menu(RichMenuRequest.from_dict(wanted), _request_timeout=_SECONDS)
    new = made.rich_menu_id
    try:
        blob.set_rich_menu_image(
            new,
            bytearray(picture()),
            _headers={"Content-Type": "image/png"},
            _request_timeout=_SECONDS,
        )
        api.set_default_rich_menu(new, _request_timeout=_SECONDS)
    except Exception:
        api.delete_rich_menu(new, _request_timeout=_SECONDS)
        raise
    for found in ours:
        api.delete_rich_menu(found.rich_menu_id, _request_timeout=_SECONDS)
    return True


def _default(api: Any) -> str | None:
    """すべての人に見えているメニュー。なければ ``None``。"""
    from linebot.v3.messaging import ApiException

    try:
        return str(api.get_default_rich_menu_id(_request_timeout=_SECONDS).rich_menu_id)
    except ApiException as error:
        if error.status != 404:
            raise
        return None


def _bounds(index: int) -> dict[str, int]:
    """``index`` 番目のボタンの場所（画素）。隣とのすきまも重なりもない。"""
    row, column = divmod(index, COLUMNS)
    rows = len(LABELS) // COLUMNS
    left, right = (WIDTH * n // COLUMNS for n in (column, column + 1))
    top, bottom = (HEIGHT * n // rows for n in (row, row + 1))
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def _refusal(status: int) -> str:
    if status == 401:
        return WRONG_TOKEN
    return f"LINE がメニューを断りました（HTTP {status}）。時間をおいて、もう一度実行してください。"
