"""できごとを、文で言う。知らせとメールに使う。"""

from __future__ import annotations

from app.console.frame import Console, named
from app.console.words import ACTIONS, KINDS
from content.model import REGISTERS
from content.workflow import Event
from content.workflow.approvals import TIMER

_BY_ITSELF = {TIMER: "予約のとおりに、"}


def sentence(console: Console, event: Event) -> str:
    """「鈴木 さんが「第6期計画（やさしい日本語）」を提出しました。」。"""
    account = console.accounts.find(event.actor)
    who = f"{account.display_name} さんが" if account else _BY_ITSELF.get(event.actor, event.actor)
    return f"{who}「{title(console, event)}」を{ACTIONS[event.action]}。"


def title(console: Console, event: Event) -> str:
    """できごとのあった文章の名前。"""
    revision = console.approvals.revision(event.revision)
    if revision is not None and event.kind in REGISTERS:
        return named(console.title(revision), event.kind)
    return KINDS[event.kind]
