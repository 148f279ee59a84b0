"""受け箱に書く人。仕事をまとめて書き、イベントループを長く止めない。"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import re
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bot.people import erase_for_good

T = TypeVar("T")


class InboxError(Exception):
    """受け箱を読み書きできない。説明に、値（文や番号）を入れない。"""


class Statement:
    """事象ごとに走る文。SQLAlchemy の組み立てを通さず、ドライバーに渡す（文ごとに 40 µs 安い）。

    値の場所は ``:name``。``postgresql`` は、SQLite と違うときだけ。
    """

    def __init__(self, sql: str, postgresql: str | None = None) -> None:
        self._sqlite = sql
        self._postgresql = re.sub(r":(\w+)", r"%(\1)s", postgresql or sql)

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """``connection`` のトランザクションの中で走らせ、DB-API のカーソルを返す。"""
        sqlite = connection.dialect.name == "sqlite"
        cursor = connection.connection.cursor()
        cursor.execute(self._sqlite if sqlite else self._postgresql, values)
        return cursor


@dataclass(slots=True, eq=False)
class _Job:
    work: Callable[[Connection], Any]
    future: asyncio.Future[Any]
    value: Any = None
    error: InboxError | None = None


class _Session:
    """1 つの接続。待っている仕事を、まとめて 1 つのトランザクションで書く（group commit）。

    どの仕事も接続だけを変えるので、失敗すれば、1 つずつ初めからやり直せる。SQLite の書き込みは保管庫と
    同じく ``synchronous = NORMAL``: プロセスが突然死んでも何も失わず、停電なら最後の数件を失いうる。
    1 件ごとに fsync を待っても、停電から戻るころには返信用のトークン（1 分）は切れている。
    """

    def __init__(self, engine: Engine, wait: float) -> None:
        self._engine, self._wait = engine, wait
        self._connection: Connection | None = None

    def write(self, jobs: Sequence[_Job], *, again: bool = False) -> Sequence[_Job]:
        """書けなかった仕事を返す（ほかのプログラムが書いている間に ``wait`` 秒が過ぎた）。"""
        if not jobs:
            return ()
        try:
            self._commit(jobs)
        except Exception as error:
            self.close()
            if _is_busy(error):
                return jobs
            if len(jobs) > 1:
                return [left for job in jobs for left in self.write([job])]
            if not again and isinstance(error, DBAPIError) and error.connection_invalidated:
                return self.write(jobs, again=True)  # 間に再起動したデータベースに、つなぎ直す
            jobs[0].error = unwritable(error)
        return ()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _commit(self, jobs: Sequence[_Job]) -> None:
        connection = self._connection or self._open()
        with connection.begin():
            for job in jobs:
                job.value = job.work(connection)

    def _open(self) -> Connection:
        self._connection = self._engine.connect().execution_options(writing=True)
        if self._connection.dialect.name == "sqlite":
            erase_for_good(self._connection)
            driver: Any = self._connection.connection.dbapi_connection
            driver.execute(f"PRAGMA busy_timeout = {round(self._wait * 1000)}").close()
        return self._connection


class Writer:
    """仕事を書く。イベントループを長く止めない。

    SQLite で、ほかのプログラムが書いていなければ、その場で書く（スレッドに渡すより安い）。書いていれば、
    また PostgreSQL ならいつも、1 つのスレッドで待つ。どちらも、いちどに待っている仕事をまとめる。
    """

    _QUICK, _PATIENT, _MOST = 0.02, 30.0, 128

    def __init__(self, engine: Engine) -> None:
        sqlite = engine.dialect.name == "sqlite"
        self._quick = _Session(engine, self._QUICK) if sqlite else None
        self._patient = _Session(engine, self._PATIENT)
        self._pending: list[_Job] = []
        self._handed = 0
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="inbox", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        job = _Job(work, future)
        if self._quick is None or self._handed:
            self._hand([job])  # 順を変えないため、渡したものがある間は、後のものも渡す
        else:
            if not self._pending:
                loop.call_soon(self._write_here, self._quick)
            self._pending.append(job)
        return await future

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join(5)
        if self._quick is not None:
            self._quick.close()

    def _write_here(self, session: _Session) -> None:
        jobs, self._pending = _wanted(self._pending), []
        left = session.write(jobs)
        _deliver([job for job in jobs if job not in left])
        self._hand(left)

    def _hand(self, jobs: Sequence[_Job]) -> None:
        self._handed += len(jobs)
        for job in jobs:
            self._jobs.put(job)

    def _serve(self) -> None:
        while batch := self._next():
            for job in self._patient.write(_wanted(batch)):
                job.error = InboxError("データベースを、ほかのプログラムが使いつづけています。")
            # 終わったループなら、待つ人はいない。
            with contextlib.suppress(RuntimeError):
                batch[0].future.get_loop().call_soon_threadsafe(self._returned, batch)
        self._patient.close()

    def _returned(self, batch: Sequence[_Job]) -> None:
        self._handed -= len(batch)
        _deliver(batch)

    def _next(self) -> list[_Job]:
        """待っている仕事のすべて。なければ待つ。空なら、終わり。"""
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == self._MOST or self._jobs.empty():
                return jobs
            job = self._jobs.get()
        if jobs:
            self._jobs.put(None)
        return jobs


def _wanted(jobs: Sequence[_Job]) -> list[_Job]:
    """待つ人がまだいる仕事（時間切れの要求の分は、しない）。"""
    return [job for job in jobs if not job.future.cancelled()]


def _deliver(jobs: Sequence[_Job]) -> None:
    for job in _wanted(jobs):
        if job.error is None:
            job.future.set_result(job.value)
        else:
            job.future.set_exception(job.error)


def _is_busy(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = cause.sqlite_errorcode if isinstance(cause, sqlite3.OperationalError) else 0
    return code & 0xFF == sqlite3.SQLITE_BUSY


def unwritable(error: Exception) -> InboxError:
    # SQLAlchemy の誤りの説明には、文の値（人の書いた文）が入る。種類だけを伝える。
    return InboxError(
        f"受け箱を読み書きできませんでした（{type(error).__name__}）。"
        "データベースが動いているか、空き容量があるかを確かめてください。"
    )
