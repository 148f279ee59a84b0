"""版を作る様子を、ページに見せる形にする。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.console.builds import STATES, Build
from app.console.frame import Console, url
from channels.edition import edition_folder
from channels.pages import HOME, hub_path
from content.events import SHOWN
from content.model import REGISTERS
from content.workflow import Desk, Event


@dataclass(frozen=True, slots=True)
class Panel:
    """版を作る様子。

    ``links`` は、できたページの（名前, 場所）。``now`` は、この部分だけを返す場所、``here`` は、これのあるページ。
    """

    build: Build
    links: tuple[tuple[str, str], ...]
    now: str
    here: str

    @property
    def said(self) -> str:
        """読み上げる文。細かい数は言わない。"""
        if self.build.state == "running" and self.build.total:
            quarter = self.build.done * 4 // self.build.total * 25
            return f"{STATES[self.build.state]}（{quarter} %）。"
        return f"{STATES[self.build.state]}。"


def site_panel(console: Console) -> Panel | None:
    """いちばん新しい作り直しの様子。"""
    newest = console.builds.recent(1)
    return Panel(newest[0], _SITE, url("publish", "now"), url("publish")) if newest else None


def text_panel(console: Console, desk: Desk, events: Sequence[Event]) -> Panel | None:
    """公開中の稿を、版にする様子。原稿フォルダから公開したものは、``tsutawaru publish`` が版にしている。"""
    now = desk.published
    shown = [e for e in events if e.action in SHOWN and now and e.revision == now.id]
    if not shown or shown[-1].action == "loaded":
        return None
    build = console.builds.carrying(shown[-1].id)
    if build is None:
        return None
    return Panel(
        build,
        _links(desk),
        url("publish", "now", subject=desk.subject, register=desk.kind),
        url("publish", desk.subject, desk.kind),
    )


def _links(desk: Desk) -> tuple[tuple[str, str], ...]:
    register = next((r for r in REGISTERS if r == desk.kind), None)
    if register is None:  # 読みの辞書は、どのページにも使う
        return _SITE
    return (
        ("公開したページを見る", f"/{edition_folder(desk.subject, register, 'web')}/index.html"),
        ("すべての受け取り方を見る", f"/{hub_path(desk.subject)}"),
    )


_SITE = (("サイトを見る", f"/{HOME}"),)
