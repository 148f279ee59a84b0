"""何度も見せる言葉と、日時の見せ方。"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from markupsafe import Markup

from app.console.account import AccountAction
from content.events import Action, State
from content.japan import JAPAN
from content.revisions import Kind

if TYPE_CHECKING:
    from accessibility.frontend import Pause

STATES: dict[State, str] = {
    "draft": "下書き",
    "submitted": "提出済み",
    "returned": "差し戻し",
    "approved": "承認済み",
    "scheduled": "公開を予約",
    "published": "公開中",
    "replaced": "前に公開",
}
"""稿の今。"""

KINDS: dict[Kind, str] = {
    "standard": "ふつうの文章",
    "plain": "やさしい日本語",
    "council": "社協の身もと",
    "readings": "読みの辞書",
    "synonyms": "言い換えの表",
    "excuses": "認めたしらせの表",
    "emergency": "緊急のお知らせ",
}

ACTIONS: dict[Action, str] = {
    "loaded": "原稿フォルダから公開しました",
    "submitted": "提出しました",
    "withdrawn": "取り下げました",
    "approved": "承認しました",
    "stood_in": "代理で承認しました",
    "returned": "差し戻しました",
    "scheduled": "公開する予約をしました",
    "unscheduled": "公開の予約から外しました",
    "published": "公開しました",
    "restored": "前の稿に戻しました",
    "applied": "替えました",
    "announced": "出しました",
    "checked": "確かめました",
    "ended": "終えました",
}
"""「だれが、何を」の後に続ける言葉。"""

ACCOUNT_ACTIONS: dict[AccountAction, str] = {
    "added": "アカウントを作りました",
    "changed": "アカウントを変えました",
    "disabled": "使えなくしました",
    "enabled": "使えるように戻しました",
    "link": "パスワードを決めるページを作りました",
    "password": "パスワードを決めました",
    "must_change": "次に入ったとき、パスワードを変えるようにしました",
}

PAUSES: dict[Pause, str] = {
    "": "決めない（いつもの決まりで）",
    "前": "前で休む",
    "後": "後で休む",
    "前後": "前と後で休む",
    "なし": "休まない",
}
"""読みの辞書の間。"""


def moment(at: datetime.datetime) -> str:
    """日本の時刻で「2026年11月22日 9時05分」。"""
    t = at.astimezone(JAPAN)
    return f"{t.year}年{t.month}月{t.day}日 {t.hour}時{t.minute:02}分"


def when(at: datetime.datetime) -> Markup:
    """``moment`` を、機械にも読める形で。"""
    machine = at.astimezone(JAPAN).isoformat(timespec="minutes")
    return Markup('<time datetime="{}">{}</time>').format(machine, moment(at))


def local(at: datetime.datetime) -> str:
    """``<input type="datetime-local">`` の値。``from_local`` の逆。"""
    return at.astimezone(JAPAN).strftime("%Y-%m-%dT%H:%M")


def from_local(text: str) -> datetime.datetime | None:
    """日本の時刻の「2026-11-22T09:05」。読めなければ ``None``。"""
    try:
        found = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=JAPAN)
