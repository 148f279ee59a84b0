"""裏で版を作る: 本物の子のプロセス、突然の死、止まった後のやり直し、続けて来た頼み。"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest

from app.console.backstage import works
from app.console.building import BUSY_WAIT, LOOK_EVERY, Builder
from app.console.builds import SILENT, TRIES, Build, Builds
from app.console.making import Said, Work, make
from app.console.router import open_console
from app.output import replacing
from content.database import open_database
from content.workflow import Approvals
from tests.app.console.room import NOON, PLAIN, STANDARD, SUBJECT, Room
from tests.app.console.stand_ins import GO, broken, halfway, killed, patient, quick
from tests.app.console.waiting import until
from tests.conftest import COMMAND

AUTUMN = STANDARD.replace("とれたての魚", "いわし")


@pytest.fixture
def builds(warm: Room) -> Builds:
    return warm.console.builds


def builder(room: Room, work: Work) -> Builder:
    return Builder(room.console.builds, room.settings, room.out, voice="silent", work=work)


def build_once(room: Room, work: Work = make) -> float:
    return asyncio.run(builder(room, work).once())


def newest(builds: Builds) -> Build:
    return builds.recent(1)[0]


def publish(room: Room, body: str) -> None:
    """画面から公開する。"""
    revision = room.write(body)
    approvals, seen = room.console.approvals, (revision.id, revision.digest)
    approvals.submit(*seen, room.actor("suzuki"))
    approvals.approve(*seen, room.actor("sato"))
    approvals.publish(*seen, room.actor("suzuki"))


def page(room: Room) -> str:
    folder = room.out / SUBJECT / "standard" / "web"
    return "".join(p.read_text("utf-8") for p in sorted(folder.glob("*.html")))


def test_公開すると_変わった版だけを作り直して_入れかえる(room: Room, builds: Builds) -> None:
    publish(room, AUTUMN)
    build_once(room)
    first = newest(builds)
    assert (first.state, first.done) == ("done", first.total) and first.total > 5
    assert first.event is not None
    assert "いわし" in page(room) and (room.out / "manifest.json").exists()
    assert (room.out / SUBJECT / "plain" / "web").is_dir()
    before = (room.out / "manifest.json").stat().st_ino

    builds.ask("suzuki")
    build_once(room)
    assert newest(builds).words.startswith("版を 0 作り、")
    assert (room.out / "manifest.json").stat().st_ino != before

    publish(room, AUTUMN.replace("いわし", "さば"))
    build_once(room)
    assert "さば" in page(room) and "いわし" not in page(room)
    assert newest(builds).state == "done"
    assert build_once(room) == LOOK_EVERY  # もう頼みはない


def test_作れなければ_前の公開のまま残り_訳を日本語で言う(room: Room, builds: Builds) -> None:
    (room.out / "ほかのもの.txt").write_text("大切", encoding="utf-8")
    publish(room, AUTUMN)
    build_once(room)
    failed = newest(builds)
    assert failed.state == "failed"
    assert "この製品が作ったのではないファイルがあります" in failed.words
    assert "見えているページは、前の公開のままです。" in failed.words
    assert (room.out / "ほかのもの.txt").read_text("utf-8") == "大切"


@pytest.mark.parametrize(
    ("work", "said"), [(killed, "作っている途中で、突然止まりました"), (broken, "こちらの不具合")]
)
def test_子が突然止まっても_画面は止まらず_訳を言う(
    room: Room, builds: Builds, work: Work, said: str
) -> None:
    builds.ask("suzuki")
    build_once(room, work)
    failed = newest(builds)
    assert failed.state == "failed" and said in failed.words and "秘密" not in failed.words
    with room.logged_in("suzuki") as client:
        assert said in client.get("/staff/publish").text
        client.post("/staff/publish")
    build_once(room, quick)
    assert newest(builds).state == "done"


def test_入れかえの途中で止まっても_すぐに前のページに戻る(room: Room, builds: Builds) -> None:
    (room.out / "manifest.json").write_text("{}", encoding="utf-8")
    builds.ask("suzuki")
    build_once(room, halfway)
    assert newest(builds).state == "failed"
    assert (room.out / "manifest.json").read_text("utf-8") == "{}"


def test_裏の仕事は_思わぬ失敗があっても_続ける(
    room: Room, builds: Builds, caplog: pytest.LogCaptureFixture
) -> None:
    class Trouble:
        """1 度めは、思わぬ失敗をする。"""

        def __init__(self) -> None:
            self.calls = 0

        def __call__(self) -> None:
            self.calls += 1
            raise RuntimeError("思わぬこと")

    take, due = Trouble(), Trouble()
    console = replace(
        room.console,
        builds=cast(Builds, SimpleNamespace(take=take)),
        approvals=cast(Approvals, SimpleNamespace(publish_due=due)),
    )

    def told() -> set[str]:
        """記録に残った、思わぬ失敗。"""
        return {r.getMessage() for r in caplog.records if r.exc_text and "思わぬこと" in r.exc_text}

    async def story() -> None:
        tasks = [asyncio.create_task(work()) for work in works(console)]
        await until(lambda: take.calls > 0 and due.calls > 0 and len(told()) == 2)
        await asyncio.sleep(0.1)
        assert not any(task.done() for task in tasks[:2])
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(story())


def test_作っている間に来た頼みは_いくつでも_後の1度で作る(room: Room, builds: Builds) -> None:
    builds.ask("suzuki")
    run = builder(room, patient)

    async def story() -> None:
        first = asyncio.create_task(run.once())
        await until(lambda: newest(builds).words.isdigit())
        builds.ask("sato")
        builds.ask("abe")
        assert await asyncio.to_thread(builds.take) is None  # 1 度に 1 つ
        room.settings.cache.mkdir(exist_ok=True)
        (room.settings.cache / GO).touch()
        assert await first == 0
        assert await run.once() == 0
        assert await run.once() == LOOK_EVERY

    asyncio.run(story())
    assert [(b.state, b.asked_by) for b in builds.recent()] == [
        ("done", "sato"),
        ("done", "suzuki"),
    ]


def test_画面を止めると_子も止まり_次に始めたときに作る(room: Room, builds: Builds) -> None:
    builds.ask("suzuki")
    run = builder(room, patient)

    async def story() -> int:
        task = asyncio.create_task(run.run())
        await until(lambda: newest(builds).words.isdigit())
        child = int(newest(builds).words)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return child

    child = asyncio.run(story())
    assert not Path(f"/proc/{child}").exists()
    assert (newest(builds).state, newest(builds).tries) == ("waiting", 0)
    build_once(room, quick)
    assert newest(builds).state == "done"


def test_作っていたプログラムが死んでも_始め直すと作る(room: Room, builds: Builds) -> None:
    builds.ask("suzuki")
    assert builds.take() is not None  # 取り出したまま、死んだ
    assert build_once(room, quick) == LOOK_EVERY  # まだ生きているかもしれない
    room.now += SILENT
    build_once(room, quick)
    assert (newest(builds).state, newest(builds).tries) == ("done", 2)


def test_何度やり直しても死ぬなら_あきらめて言う(room: Room, builds: Builds) -> None:
    builds.ask("suzuki")
    for _ in range(TRIES):
        assert builds.take() is not None
        room.now += SILENT
    assert builds.take() is None
    assert newest(builds).state == "failed" and "何度も止まりました" in newest(builds).words
    builds.ask("suzuki")
    assert builds.take() is not None


def test_ほかの命令が書いている間は_待つ(room: Room, builds: Builds) -> None:
    builds.ask("suzuki")
    with replacing(room.out):
        assert build_once(room) == BUSY_WAIT
    assert newest(builds).state == "waiting"
    assert "いま別の tsutawaru publish が書いています" in newest(builds).words
    build_once(room, quick)
    assert newest(builds).state == "done"


def test_公開でないできごとは_作り直さない(room: Room, builds: Builds) -> None:
    revision = room.write(PLAIN.replace("魚", "いわし"), "plain")
    approvals, seen = room.console.approvals, (revision.id, revision.digest)
    approvals.submit(*seen, room.actor("suzuki"))
    approvals.approve(*seen, room.actor("sato"))
    assert builds.recent() == ()
    approvals.publish(*seen, room.actor("suzuki"))
    assert len(builds.recent()) == 1


def test_裏のものは_予約の時刻が来た稿を公開する(room: Room) -> None:
    revision = room.write(AUTUMN)
    approvals, seen = room.console.approvals, (revision.id, revision.digest)
    approvals.submit(*seen, room.actor("suzuki"))
    approvals.approve(*seen, room.actor("sato"))
    due = room.now.replace(hour=13)
    approvals.schedule(*seen, due, room.actor("suzuki"))
    room.after(hours=1)

    async def story() -> None:
        tasks = [asyncio.create_task(work()) for work in works(room.console)[1:]]
        await until(lambda: approvals.due() == ())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(story())
    desk = approvals.desk(SUBJECT, "standard")
    assert desk is not None and desk.published == revision


def test_どのデータベースでも_頼みは1つずつ(database_url: str) -> None:
    engine = open_database(database_url)
    builds = Builds(engine, lambda: NOON, Path("/out"))
    assert builds.take() is None
    builds.ask("suzuki")
    builds.ask("sato")
    first = builds.take()
    assert first is not None and first.asked_by == "suzuki" and first.seen_at == NOON
    builds.ask("abe")
    assert builds.take() is None
    builds.see(first.id, Said("音声を作っています", 1, 3))
    builds.end(first.id, "done", Said("できました。", 3, 3))
    second = builds.take()
    assert second is not None and second.asked_by == "abe"
    builds.put_back(second, "待ちます。")
    assert [(b.state, b.words) for b in builds.recent()] == [
        ("waiting", "待ちます。"),
        ("done", "できました。"),
    ]
    engine.dispose()


def test_出力先が2つでも(database_url: str) -> None:
    engine = open_database(database_url)
    one, two = (Builds(engine, lambda: NOON, Path(out)) for out in ("/one", "/two"))
    one.ask("suzuki")
    mine, theirs = one.take(), two.take()
    assert mine is not None and theirs is not None and mine.id != theirs.id
    assert mine.asked_by == theirs.asked_by == "suzuki"
    one.ask("sato")  # 作っている間に来た頼みも、どちらにも届く
    one.ask("abe")
    for builds, build in ((one, mine), (two, theirs)):
        assert builds.take() is None
        builds.end(build.id, "done", Said("できました。", 3, 3))
        again = builds.take()
        assert again is not None and again.asked_by == "sato"
        builds.end(again.id, "failed", Said("作れません。"))
    assert one.take() is None and two.take() is None
    two.ask("kato")
    for builds in (two, one):
        build = builds.take()
        assert build is not None and build.asked_by == "kato"
        builds.end(build.id, "done", Said("できました。", 3, 3))
    for builds in (one, two):
        assert builds.take() is None
        assert [b.state for b in builds.recent()] == ["done", "failed", "done"]
    engine.dispose()


def test_もうひとつの画面のフォルダも_公開した文章になる(room: Room, builds: Builds) -> None:
    publish(room, AUTUMN)
    build_once(room)
    out = room.out.with_name("out2")
    other = open_console(room.settings, out, room.engine, now=room.console.now)
    asyncio.run(Builder(other.builds, room.settings, out, voice="silent").once())
    for folder in (room.out, out):
        assert "いわし" in (folder / SUBJECT / "standard/web/market.html").read_text("utf-8")
    assert build_once(room) == LOOK_EVERY


@pytest.mark.slow
def test_serveは_裏で版を作り_公開したページを配る(room: Room, builds: Builds) -> None:
    publish(room, AUTUMN)
    environment = os.environ | {
        "TSUTAWARU_DATABASE_URL": room.settings.database_url,
        "TSUTAWARU_CACHE": str(room.settings.cache),
        "TSUTAWARU_SECRET_KEY": room.settings.key,
    }
    command = [*COMMAND, "serve", "--out", str(room.out), "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as serve:
        try:
            assert serve.stdout is not None
            address = serve.stdout.readline().partition("/ で")[0]
            deadline = time.monotonic() + 600  # 裏の仕事は、ほかの仕事に譲る
            while newest(builds).is_open and time.monotonic() < deadline:
                time.sleep(0.2)
            assert newest(builds).state == "done", newest(builds).words
            page = f"{address}/{SUBJECT}/standard/web/market.html"
            assert "いわし" in httpx.get(page, trust_env=False, timeout=60).text
        finally:
            serve.terminate()
