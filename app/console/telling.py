"""できごとを、文で言う。知らせとメールに使う。"""

from __future__ import annotations

from app.console.frame import Console, named, url
from app.console.words import ACTIONS, KINDS
from content.model import REGISTERS
from content.workflow import Action, Event
from content.workflow.approvals import TIMER

_TO_PUBLISH: frozenset[Action] = frozenset(
    {"approved", "stood_in", "scheduled", "unscheduled", "published", "restored"}
)
"""次にすることと、版のできる様子が「公開」のページにあるできごと。"""


def sentence(console: Console, event: Event) -> str:
    """「鈴木 さんが「第6期計画（やさしい日本語）」を提出しました。」。"""
    account = console.accounts.find(event.actor)
    who = f"{account.display_name} さんが" if account else event.actor
    if event.actor == TIMER:
        failed = event.action == "unscheduled"
        who = "予約の時刻に公開できなかったので、" if failed else "予約のとおりに、"
    return f"{who}「{title(console, event)}」を{ACTIONS[event.action]}。"


def title(console: Console, event: Event) -> str:
    """できごとのあった文章の名前。"""
    revision = console.approvals.revision(event.revision)
    if revision is not None and event.kind in REGISTERS:
        return named(console.title(revision), event.kind)
    return KINDS[event.kind]


def place(event: Event) -> str:
    """できごとのあった文章のページ。なければ空。"""
    if event.kind in REGISTERS or event.kind == "readings":
        page = "publish" if event.action in _TO_PUBLISH else "review"
        return url(page, event.subject, event.kind)
    return url("emergency", event.subject) if event.kind == "emergency" else ""
