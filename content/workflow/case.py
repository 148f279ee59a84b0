"""1 つの稿の今と、ほかの稿との間柄。書くトランザクションの中で、決まりに合うかを確かめる。"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from content.events import Action, Event, State, events_of, newest_shown, state_of
from content.model import Publication
from content.problems import NotationError
from content.revisions import (
    Kind,
    Revision,
    history_of,
    latest_of,
    published_of,
    revision_numbered,
    value_of,
)
from content.workflow.people import Actor, WorkflowError
from content.workflow.rules import OutOfDate, authors, misfit, objection

TEXTS: tuple[Kind, ...] = ("standard", "plain")
"""提出して承認する文章。読みの辞書（``readings``）も、文章といっしょにか、これだけで提出できる。"""


class Case:
    """1 つの稿と、その文章のできごと。書くトランザクションの中で、今の様子を確かめる。"""

    def __init__(self, connection: Connection, id: int) -> None:
        revision = revision_numbered(connection, id)
        if revision is None:
            raise OutOfDate("その稿はありません。文章の一覧から開き直してください。")
        self.connection, self.revision = connection, revision
        self.events = events_of(connection, revision.subject, revision.kind)
        self.published = published_of(connection, revision.subject, revision.kind)

    @property
    def state(self) -> State:
        return state_of(self.events, self.revision.id, self.published)

    @property
    def authors(self) -> set[str]:
        history = history_of(self.connection, self.revision.subject, self.revision.kind)
        return authors(history, self.events, self.revision)

    @property
    def spellers(self) -> set[str]:
        """いっしょに提出された読みの辞書を書いた人。もう使われている稿を書いた人は、含まない。"""
        submitted = next((e for e in reversed(self._mine) if e.action == "submitted"), None)
        if submitted is None or submitted.readings is None:
            return set()
        council = self.revision.council
        shown = newest_shown(events_of(self.connection, council, "readings"))
        history = history_of(self.connection, council, "readings")
        return {r.author for r in history if shown < r.id <= submitted.readings}

    def objection(self, actor: Actor, reason: str) -> str:
        """``actor`` がこの稿を承認してはならない理由。してよければ空。"""
        return objection(actor, self.authors, self.spellers, reason)

    @property
    def _mine(self) -> list[Event]:
        return [e for e in self.events if e.revision == self.revision.id]

    def last(self, *actions: Action) -> Event:
        """この稿の、``actions`` のどれかの、最後のできごと。"""
        return next(e for e in reversed(self._mine) if e.action in actions)

    def require(self, doing: str, *states: State) -> None:
        if doing == _BY.get(self.state):
            raise OutOfDate(f"この稿は、もう{_SAID[self.state].removesuffix('る')}ます。")
        if self.state not in states:
            raise OutOfDate(
                f"この稿は、いま{_SAID[self.state]}ので、{doing}ができません。"
                "開き直して、今の様子を確かめてください。"
            )

    def require_latest(self) -> None:
        latest = latest_of(self.connection, self.revision.subject, self.revision.kind)
        if latest != self.revision:
            raise OutOfDate(
                "この後に、新しい稿が保存されています。開き直して、新しい稿を確かめてください。"
            )

    def obstacle(self) -> str:
        """承認されていても、公開できない理由。なければ空。"""
        if self.revision.id < newest_shown(self.events):
            return "この稿より新しい稿が、もう公開されています。"
        try:
            return misfit_with(self.connection, self.revision, published_revision)
        except NotationError as error:  # 前のプログラムの、いまは認めない書き方
            return f"いまのプログラムでは読めない文章があります。書き直してください。{error}"


_SAID: dict[State, str] = {
    "draft": "下書きな",
    "submitted": "提出されている",
    "returned": "差し戻されている",
    "approved": "承認されている",
    "scheduled": "公開が予約されている",
    "published": "公開されている",
    "replaced": "ほかの稿に代わっている",
}
_BY: dict[State, str] = {
    "submitted": "提出",
    "approved": "承認",
    "returned": "差し戻し",
    "published": "公開",
}
"""その今にすること。もうそうなっているのに、もう 1 度しようとしたときに言う。"""


Find = Callable[[Connection, str, Kind], Revision | None]


def misfit_with(connection: Connection, revision: Revision, other: Find) -> str:
    """もう一方の register の文章（``other`` が選ぶ稿）といっしょに公開できない理由。できれば空。"""
    if revision.kind not in TEXTS:
        return ""
    mine = publication_of(connection, revision)
    kind: Kind = "plain" if revision.kind == "standard" else "standard"
    found = other(connection, revision.subject, kind)
    pair = publication_of(connection, found) if found else None
    return misfit(mine, pair) if kind == "plain" else misfit(pair, mine)


def spellers_of(connection: Connection, revision: int) -> set[str]:
    """稿といっしょに提出された読みの辞書を書いた人（``Case.spellers``）。承認できない訳を、前もって見せる。"""
    return Case(connection, revision).spellers


def blank(connection: Connection, revision: Revision) -> bool:
    """どの節にも、まだ何も書いていない文章か。"""
    if revision.kind not in TEXTS:
        return False
    return not any(section.blocks for section in publication_of(connection, revision).sections)


def published_revision(connection: Connection, subject: str, kind: Kind) -> Revision | None:
    id = published_of(connection, subject, kind)
    return None if id is None else revision_numbered(connection, id)


def publication_of(connection: Connection, revision: Revision) -> Publication:
    value = value_of(connection, revision)
    if not isinstance(value, Publication):
        raise WorkflowError("その稿は、文章ではありません。文章の一覧から開き直してください。")
    return value


def new_readings(connection: Connection, revision: Revision) -> int | None:
    """社協の読みの辞書の、まだ使われていない、いちばん新しい稿。"""
    if revision.kind not in TEXTS:
        return None
    newest = latest_of(connection, revision.council, "readings")
    if newest is None:
        return None
    shown = newest_shown(events_of(connection, revision.council, "readings"))
    return newest.id if newest.id > shown else None
