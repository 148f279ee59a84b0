"""できないことを知らせるページ。書かれたものは、もう一度送れるように、ページに残す。"""

from __future__ import annotations

from starlette.responses import Response

from app.console.carried import next_url, pack, unpack
from app.console.frame import REFUSALS, Asked, Console, NotFound, Visitor, faults_of
from content.database import StoreError
from content.workflow import Conflict, NotAllowed, OutOfDate, Role
from content.workflow.people import named


def refused(
    console: Console,
    visitor: Visitor | None,
    asked: Asked,
    reason: Exception | tuple[Role, ...] | None,
) -> Response:
    """``reason`` は失敗か、そのページを使える役割か、``None``（ほかのサイトから送られた）。"""
    messages: tuple[str, ...]
    match reason:
        case None:
            status, title, messages = 403, "受け取りませんでした", (_ELSEWHERE,)
        case tuple():
            who = named(reason)
            message = f"このページを使えるのは、{who}です。{who}に頼んでください。"
            status, title, messages = 403, "このページは使えません", (message,)
        case NotFound():
            status, title, messages = 404, "ページが見つかりません", (str(reason),)
        case StoreError():
            status, title, messages = 503, "いまは使えません", (str(reason),)
        case _ if isinstance(reason, REFUSALS):
            status = 403 if isinstance(reason, NotAllowed) else 400
            status = 409 if isinstance(reason, OutOfDate | Conflict) else status
            title, messages = "できませんでした", tuple(f.message for f in faults_of(reason))
        case _:
            status, title, messages = 500, "うまくいきませんでした", (_BROKEN,)
    # データベースを読めないときは、案内（知らせの数など）も作れない。
    known = visitor if status < 500 else None
    return console.page(
        known,
        asked,
        "refused.html",
        title,
        status=status,
        messages=messages,
        to=next_url(asked.url),
        pairs=unpack(pack(asked.form)),
    )


_ELSEWHERE = (
    "ほかのサイトのページから送られたので、何もしていません。"
    "この画面のページを開いて、もう一度してください。"
)
_BROKEN = (
    "こちらの不具合です。少し待ってから、もう一度してください。"
    "続くときは、この画面のアドレスと時刻を、システムの担当に知らせてください。"
)
