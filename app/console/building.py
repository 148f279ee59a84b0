"""公開のたびに、裏で版を作り直す。子のプロセスが作るので、画面と会話を待たせず、巻きこんで止めもしない。

できてから一度に入れかえるので、作れなければ、前の公開のまま残る。頼みのない間は、何も読み込まない。
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from app.console.builds import Build, Builds
from app.console.making import Place, Said, Work, child, make
from app.output import recover
from app.settings import Settings
from content.database import StoreError
from content.workflow import Approvals

LOG = logging.getLogger(__name__)

LOOK_EVERY = 2.0
"""頼みがあるかを見る間（秒）。"""
BUSY_WAIT = 10.0
"""ほかの命令が同じ所に書いているとき、待つ間（秒）。"""
DUE_EVERY = 10.0
"""予約の時刻が来たかを見る間（秒）。"""
_TICK = 0.3
"""作っている子の様子を見る間（秒）。"""
_SEE_EVERY = 2.0
"""様子をデータベースに残す間（秒）。"""


class Builder:
    """頼まれた版を、1 つずつ作る。``voice`` は ``VOICES`` の名前。"""

    def __init__(
        self,
        builds: Builds,
        settings: Settings,
        out: Path,
        *,
        voice: str = "openjtalk",
        work: Work = make,
    ) -> None:
        self._builds, self._work = builds, work
        self._place = Place(settings.database_url, out, settings.cache, voice, settings.site_url)

    async def run(self) -> None:
        """取り消されるまで、頼まれたものを作る。"""
        while True:
            wait = LOOK_EVERY
            try:
                wait = await self.once()
            except StoreError as error:  # データベースが戻れば、また作る
                LOG.error("%s", error)
            except Exception:  # 1 度の思わぬ失敗で止めると、始め直すまで、だれの公開もできない
                LOG.exception("版を作る仕事の不具合")
            await asyncio.sleep(wait)

    async def once(self) -> float:
        """頼みがあれば 1 つ作る。次に見るまで待つ間（秒）を返す。"""
        build = await asyncio.to_thread(self._builds.take)
        if build is None:
            return LOOK_EVERY
        try:
            said = await self._make(build)
        except asyncio.CancelledError:
            self._builds.put_back(build, "次に始めたときに、続きを作ります。")
            raise
        if said.result == "busy":
            await asyncio.to_thread(self._builds.put_back, build, said.words)
            return BUSY_WAIT
        result: Literal["done", "failed"] = "done" if said.result == "done" else "failed"
        await asyncio.to_thread(self._builds.end, build.id, result, said)
        return 0.0

    async def _make(self, build: Build) -> Said:
        """子に作らせ、様子を残し、終わりの知らせを返す。"""
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe(duplex=False)
        task = (self._work, self._place, os.getpid(), theirs)
        process = spawn.Process(target=child, args=task, daemon=True)
        process.start()
        theirs.close()
        clock = asyncio.get_running_loop().time
        said, written = Said("始めています"), 0.0
        try:
            while True:
                alive = process.is_alive()
                for said in _heard(ours):
                    if said.result is not None:
                        return said
                if not alive:
                    return Said(_CRASHED, said.done, said.total, "failed")
                if clock() - written > _SEE_EVERY:
                    await asyncio.to_thread(self._builds.see, build.id, said)
                    written = clock()
                await asyncio.sleep(_TICK)
        finally:
            process.terminate()
            process.join()
            ours.close()
            # 入れかえの 2 つの rename の間で止まると、配るものがない。次に作るまで待たずに、前のものに戻す。
            await asyncio.to_thread(recover, self._place.out)


_CRASHED = (
    "作っている途中で、突然止まりました（メモリーが足りなかったのかもしれません）。"
    "見えているページは、前の公開のままです。もう一度作ってください。"
)


def _heard(pipe: Connection) -> Iterator[Said]:
    """届いている知らせ。"""
    try:
        while pipe.poll():
            yield pipe.recv()
    except EOFError:
        return


async def publish_on_time(approvals: Approvals) -> None:
    """取り消されるまで、予約の時刻が来た稿を公開する。"""
    while True:
        try:
            await asyncio.to_thread(approvals.publish_due)
        except StoreError as error:
            LOG.error("%s", error)
        except Exception:  # 1 度の思わぬ失敗で止めると、始め直すまで、だれの予約も公開されない
            LOG.exception("予約のとおりに公開する仕事の不具合")
        await asyncio.sleep(DUE_EVERY)
