"""公開の前に、文を聞く。"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from urllib.parse import urlencode

import httpx

from accessibility.sound import mp3_seconds
from app.console.account import Account
from content.workflow import Work
from tests.app.console.room import PASSWORD, PLAIN, STANDARD, SUBJECT, Room

FISH = STANDARD.replace("とれたての魚を配ります", "生魚を配ります")
TABLE = "語\t読み\tアクセント\n生魚\t{}\n"


def listen(client: httpx.Client, register: str = "standard", /, **query: object) -> httpx.Response:
    return client.get(f"/staff/listen/{SUBJECT}/{register}?{urlencode(query)}")


def sentence(room: Room, register: str = "standard", place: int = -1) -> str:
    desk = room.console.approvals.desk(SUBJECT, register)  # type: ignore[arg-type]  # register の名前
    assert desk is not None
    return [*room.console.approvals.publication(desk.latest).sentences][place].id


def draft(room: Room, reading: str) -> None:
    """社協の読みの辞書の、承認されていない稿。"""
    desk = room.console.approvals.desk("umibe", "readings")
    work = Work("umibe", "readings", TABLE.format(reading), desk.latest.id if desk else None)
    room.console.drafts.save(work, room.actor("suzuki"))


def test_MP3で聞け_やさしい文章は同じ文でもゆっくり読む(room: Room) -> None:
    room.write(PLAIN.replace("魚をもらえます", "とれたての魚を配ります"), "plain")
    with room.logged_in("suzuki") as client:
        page = listen(client, sentence=sentence(room))
        assert page.status_code == 200
        assert page.headers["content-type"] == "audio/mpeg"
        assert "no-cache" in page.headers["cache-control"]
        slow = listen(client, "plain", sentence=sentence(room, "plain"))
        assert 1.1 < mp3_seconds(slow.content) / mp3_seconds(page.content) < 1.25
        part = client.get(str(page.url), headers={"Range": "bytes=0-99"})
        assert (part.status_code, part.content) == (206, page.content[:100])


def test_承認の前の読みで話し_2度めは控えを使う(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        heard = []
        for reading in ("なまざかな", "せいぎょ", "なまざかな"):
            draft(room, reading)
            heard.append(listen(client, sentence=sentence(room)).content)
        assert heard[0] == heard[2]
        assert mp3_seconds(heard[1]) < mp3_seconds(heard[0])
    assert len([*room.settings.cache.rglob("*.mp3")]) == 2


def test_保存する前の読みとアクセントで_語のまわりを聞きくらべる(room: Room) -> None:
    room.write(FISH.replace("朝市では、", "朝市では、みなさんに、"))
    trial = {"sentence": sentence(room), "at": 11, "word": "生魚", "reading": "せいぎょ"}
    with room.logged_in("suzuki") as client:
        heard = [listen(client, **trial, accent=n).content for n in ("", "0", "1", "3")]
        assert all(one != two for one, two in pairwise(heard[1:]))
        whole = listen(client, sentence=sentence(room)).content
        assert mp3_seconds(heard[0]) < mp3_seconds(whole)
    assert room.console.approvals.desk("umibe", "readings") is None


def test_同時に聞いても_1人で聞いたときと同じ音になる(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        trials = [
            {"sentence": sentence(room), "at": 5, "word": "生魚", "reading": reading}
            for reading in ("せいぎょ", "なまうお", "うお", "さかな")
        ]
        with ThreadPoolExecutor(4) as pool:
            together = [*pool.map(lambda trial: listen(client, **trial).content, trials)]
        for file in room.settings.cache.rglob("*.mp3"):
            file.unlink()
        assert [listen(client, **trial).content for trial in trials] == together


def test_聞けないものは_理由を言う(room: Room) -> None:
    stranger = Account("yoso", "よその人", "", "writer", frozenset({"saitama"}))
    room.console.accounts.add(stranger, None, PASSWORD)
    room.write(FISH)
    trial = {"sentence": sentence(room), "at": 5, "word": "生魚"}
    with room.logged_in("suzuki") as client:
        assert listen(client, sentence="nai").status_code == 404
        bad = listen(client, **trial, reading="生ざかな")
        assert bad.status_code == 400
        assert "かなでない字があります" in bad.text
        assert listen(client, **trial, reading="うお", accent="9").status_code == 400
        assert listen(client, sentence=sentence(room), revision="x").status_code == 404
    with room.logged_in("yoso") as other:
        assert listen(other, sentence=sentence(room)).status_code == 404
    with room.client() as nobody:
        assert listen(nobody, sentence=sentence(room)).url.path == "/staff/login"
