"""緊急のお知らせの掲示。出ている間、最初のページと会話の、いちばん始めに出る。作り直しは要らない。"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from channels.pages import HOME, Page, Templates
from channels.wording import Names, Wording
from content.council import parse_council
from content.database import StoreError, reading
from content.revisions import published_of, revision_numbered
from content.workflow import EmergencyText, emergencies_out

if TYPE_CHECKING:
    from sqlalchemy import Engine

LOG = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""データベースを見る間（秒）。出してから、遅くともこの後には、どの入口にも出る。"""

PATIENCE = 0.5
"""見に行った人が、データベースの答えを待つ間（秒）。答えがなければ、前に見たものを出す。"""


@dataclass(frozen=True, slots=True)
class Poster:
    """出ているお知らせひとつ。``council`` は社協の名前。"""

    council: str
    text: EmergencyText


class Bulletin:
    """``engine`` のデータベースに出ているお知らせ。どのスレッドから使ってもよい。"""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._clock = engine, clock
        self._one_at_a_time = threading.Lock()
        self._looker = ThreadPoolExecutor(1, "bulletin")
        self._looking: Future[None] | None = None
        self._looked = float("-inf")
        self._posters: tuple[Poster, ...] = ()

    def posters(self) -> tuple[Poster, ...]:
        """データベースを読めない間や、答えを待たされる間は、前に見たもの。"""
        looking = self._look_again() if self._stale else None
        if looking is not None:
            wait([looking], PATIENCE)
        return self._posters

    def _look_again(self) -> Future[None] | None:
        """見に行かせる。ほかの人のために、もう見に行っていれば ``None``（待たない）。"""
        with self._one_at_a_time:
            if not self._stale or (self._looking is not None and not self._looking.done()):
                return None
            self._looking = self._looker.submit(self._look)
            return self._looking

    def texts(self) -> tuple[EmergencyText, ...]:
        return tuple(poster.text for poster in self.posters())

    @property
    def _stale(self) -> bool:
        return self._clock() - self._looked >= LOOK_EVERY

    def _look(self) -> None:
        try:
            out = emergencies_out(self._engine)
            self._posters = tuple(Poster(self._name(e.council), e.text) for e in out)
        except StoreError as error:
            LOG.error("緊急のお知らせを確かめられません。%s", error)
        except Exception:  # 思わぬ失敗でも、住民のページは出す
            LOG.exception("緊急のお知らせを確かめられません")
        self._looked = self._clock()

    def _name(self, council: str) -> str:
        with reading(self._engine) as connection:
            id = published_of(connection, council, "council")
            revision = None if id is None else revision_numbered(connection, id)
        return parse_council(revision.text, council).name if revision else ""


def board(posters: Sequence[Poster], names: Names, *, ruby: bool) -> bytes:
    """最初のページに出るものの HTML。``names`` は、社協の名前の読み。"""
    page = Page(HOME, Wording.load(names), ruby=ruby, rooted=True)
    return Templates().render("emergency.html", page, posters=posters)


class Heading:
    """ページの始めに入れる HTML。``names`` は、社協の名前の読み。"""

    def __init__(self, bulletin: Bulletin, names: Callable[[], Names]) -> None:
        self._bulletin, self._names = bulletin, names

    async def __call__(self, path: str) -> bytes:
        """``path`` は、出力先からの場所（``.`` は最初のページ）。お知らせがなければ空。"""
        posters = await run_in_threadpool(self._bulletin.posters)
        if not posters:
            return b""
        where = PurePosixPath(path)
        parts = where.parts if where.suffix else (*where.parts, HOME)
        ruby = parts[-2:-1] == ("ruby",)
        if parts in ((HOME,), ("ruby", HOME)):
            return board(posters, self._names(), ruby=ruby)
        page = Page(HOME, Wording.load({}), ruby=ruby, rooted=True)
        return Templates().render("emergency_link.html", page)
