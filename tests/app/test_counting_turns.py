"""会話で残すものは裏で書く: だれかが書いている間も、会話は待たない。本物のサーバーと、本物のデータベースで。"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import uvicorn
from sqlalchemy import Engine, text

from app.counting_turns import MOST, TurnTally
from app.service import service
from app.settings import Settings
from bot.notes import unanswered
from bot.people import tallied
from bot.person import Person
from bot.turn import Turn
from content.bundle import load_folder
from content.database import open_database, writing
from content.store import Store
from tests.app.console.room import STANDARD
from tests.channels.html_page import parse_page

COUNCIL = """名称: 海辺社会福祉協議会
問い合わせ先:
  - 目的: 計画
    名前: 海辺社会福祉協議会 総務係
    電話: 044(000)0001
    出典: 試験
"""
QUESTION, NOWHERE, CRISIS = "朝市では何を配りますか", "落語の会はありますか", "殴られた"


class Town:
    """ひとつの社協の ``tsutawaru serve``。``engine`` は、別の接続。"""

    def __init__(self, home: Path, database_url: str, cache: Path) -> None:
        folder = home / "umibe"
        folder.mkdir()
        (folder / "council.yaml").write_text(COUNCIL, encoding="utf-8")
        (folder / "plan.md").write_text(STANDARD, encoding="utf-8")
        with Store.open(database_url) as store:
            store.load(load_folder(folder))
        self._settings = replace(
            Settings.from_environment({"TSUTAWARU_SECRET_KEY": "試験の鍵"}),
            database_url=database_url,
            cache=cache,
        )
        self._out = home / "out"
        self.engine = open_database(database_url)

    @contextmanager
    def open(self) -> Iterator[httpx.Client]:
        """動いている間。待つのは 20 秒まで（データベースの順番は、30 秒まで待つ）。"""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            app = service(self._settings, self._out)
            server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            try:
                with httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
                    yield client
            finally:
                server.should_exit = True
                thread.join()

    def counts(self) -> Counter[str]:
        return counts_in(self.engine)


@pytest.fixture
def town(tmp_path: Path, database_url: str, shared_cache: Path) -> Iterator[Town]:
    town = Town(tmp_path, database_url, shared_cache)
    yield town
    town.engine.dispose()


def says(client: httpx.Client, *turns: str) -> str:
    """初めから順に言ったときの、最後の答え。"""
    page = parse_page(client.get("/chat").content)
    for said in turns:
        (form,) = [f for f in page.all("form") if f.get("id") == "chat_form"]
        state = {i["name"]: i.get("value") or "" for i in form.all("input")}["state"]
        answer = client.post("/chat", data={"state": state, "text": said})
        assert answer.status_code == 200
        page = parse_page(answer.content)
    return page.by_id("answer").text


def counts_in(engine: Engine) -> Counter[str]:
    rows = tallied(engine, "2000-01-01", "2999-12-31").items()
    return Counter({name: number for (_, name), number in rows})


def until(done: Callable[[], bool]) -> None:
    for _ in range(200):
        if done():
            return
        time.sleep(0.1)
    raise AssertionError("20 秒待っても、書かれません。")


def test_answers_at_once_while_another_writes_and_counts_later(town: Town) -> None:
    with town.open() as client:
        with writing(town.engine):
            assert "とれたての魚" in says(client, QUESTION)
            says(client, QUESTION, "はい")
            says(client, QUESTION, "いいえ")
            says(client, NOWHERE)
            assert "110" in says(client, CRISIS)
            says(client, "問い合わせ先を教えてください")
            assert not town.counts()
        until(lambda: town.counts()["unanswered"] == 2)
        until(lambda: town.counts()["answer_quote"] == 3)
        until(lambda: town.counts()["answer_people"] == 1)
        counts = town.counts()
        assert (counts["feedback_yes"], counts["feedback_no"]) == (1, 1)
        assert "answer_crisis" not in counts
        asked = [question.text for question in unanswered(town.engine, 10)]
        assert sorted(asked) == sorted([NOWHERE, QUESTION])


def test_rest_is_written_when_leaving(town: Town) -> None:
    lock = threading.Event()

    def hold() -> None:
        with writing(town.engine):
            lock.set()
            time.sleep(2)

    with town.open() as client:
        says(client, QUESTION)
        until(lambda: town.counts()["answer_quote"] == 1)
        holder = threading.Thread(target=hold)
        holder.start()
        lock.wait()
        says(client, QUESTION)
        says(client, QUESTION)
        assert town.counts()["answer_quote"] == 1
    holder.join()
    assert town.counts()["answer_quote"] == 3


# 書けないとき ----------------------------------------------------------------------

ANSWERED = Turn(Person(), answer="quote")


@contextmanager
def kept(tally: TurnTally) -> Iterator[None]:
    """``tally`` が書きつづけている間。出るときに、終わる。"""
    leave = threading.Event()

    async def running() -> None:
        task = asyncio.create_task(tally.keep())
        await asyncio.to_thread(leave.wait)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(running()))
    thread.start()
    try:
        yield
    finally:
        leave.set()
        thread.join()


def test_書けなければ_後でもう一度書く(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'tsutawaru.db'}")
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE tally RENAME TO away"))
    tally = TurnTally(engine, again_after=0.05)
    with kept(tally):
        tally(ANSWERED)
        tally(ANSWERED)
        until(lambda: "後でもう一度書きます" in caplog.text)
        with writing(engine) as connection:
            connection.execute(text("ALTER TABLE away RENAME TO tally"))
        until(lambda: counts_in(engine)["answer_quote"] == 2)
    assert counts_in(engine) == {"answer_quote": 2}
    engine.dispose()


def test_unwritable_question_keeps_nothing_else_back(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_database(database_url)
    tally = TurnTally(engine)
    tally(Turn(Person(), unanswered="ひみつの\ud800", answer="decline"))
    tally(ANSWERED)
    with kept(tally):
        until(lambda: bool(counts_in(engine)))
    assert counts_in(engine) == {"answer_quote": 1}
    assert "書けませんでした" in caplog.text and "ひみつ" not in caplog.text
    engine.dispose()


def test_待つものには限りがあり_残さないやりとりは待たせない(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'tsutawaru.db'}")
    tally = TurnTally(engine)
    tally(Turn(Person(), answer="crisis", store=False))
    tally(Turn(Person()))
    for _ in range(MOST + 1):
        tally(ANSWERED)
    assert caplog.text.count("残しません") == 1
    with kept(tally):
        until(lambda: counts_in(engine)["answer_quote"] == MOST)
    assert counts_in(engine) == {"answer_quote": MOST}
    engine.dispose()
