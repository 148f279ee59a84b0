"""画面の裏で走るもの: 版を作る、予約の時刻に公開する、知らせをメールで送る。"""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from app.console.building import Builder, publish_on_time
from app.console.frame import Console
from app.console.letters import send_letters

Background = Callable[[], Coroutine[None, None, None]]


def works(console: Console) -> tuple[Background, ...]:
    """アプリの動いている間、走らせるもの。どれも、することのない間は、時計を見るだけである。"""
    builder = Builder(console.builds, console.settings, console.out)
    return (
        builder.run,
        lambda: publish_on_time(console.approvals),
        lambda: send_letters(console),
    )
