"""LINE で全員に送るページ: 見え方と通数を確かめてから、1 度だけ送る。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.settings import Line
from channels.pages import hub_path
from tests.app.console.room import SUBJECT, Room
from tests.line_platform import LinePlatform

PAGE = "/staff/broadcast"
PATH = "/v2/bot/message/broadcast"
SITE = "http://fukushi.example"
TEXT = {"text": "計画ができました。", "plain": "計画（けいかく）が できました。"}


@pytest.fixture
def line() -> Iterator[LinePlatform]:
    with LinePlatform(monthly_limit=5) as platform:
        for name in ("花子", "太郎", "次郎"):
            platform.resident(name)
        yield platform


@pytest.fixture
def room(tmp_path: Path, line: LinePlatform) -> Iterator[Room]:
    made = Room(tmp_path)
    keys = Line(line.secret, line.access_token, line.base_url)
    settings = replace(made.settings, line=keys, base_url=SITE)
    made.console = replace(made.console, settings=settings)
    for path in (hub_path(SUBJECT), f"{SUBJECT}/plain/web/index.html"):
        (made.out / path).parent.mkdir(parents=True)
        (made.out / path).write_text("計画", encoding="utf-8")
    with made.serving():
        yield made


def written(client: httpx.Client, **changed: str) -> httpx.Response:
    return client.post(PAGE, data={**TEXT, **changed})


def heard(line: LinePlatform) -> list[list[str]]:
    return [[r.text for r in line.replies(line.resident(name))] for name in ("花子", "太郎")]


def test_見え方と通数を確かめてから_全員に送り_記録に残る(room: Room, line: LinePlatform) -> None:
    with room.logged_in("sato") as sato:
        page = written(sato, publication=SUBJECT)
        assert "計画ができました。" in page.text and "ページを開く" in page.text
        assert "3 人（11月21日の終わりの数" in page.text
        assert "およそ 3 通" in page.text and "上限 5 通" in page.text
        assert heard(line) == [[], []]
        done = sato.post(str(page.url))
        assert "LINE の友だちの全員に送りました" in done.text
        assert "全員に送る</button>" not in done.text
        history = sato.get(PAGE).text
    assert heard(line)[0][:2] == [TEXT["text"], TEXT["plain"]]
    card = line.replies(line.resident("花子"))[2].message
    uris = re.findall(r'"uri": "([^"]+)"', str(card).replace("'", '"'))
    assert uris == [f"{SITE}/{hub_path(SUBJECT)}", f"{SITE}/{SUBJECT}/plain/web/index.html"]
    assert "計画ができました。" in history and "佐藤" in history


def test_2度押しても_1度だけ届く(room: Room, line: LinePlatform) -> None:
    with room.logged_in("sato") as sato:
        page = written(sato)
        sato.post(str(page.url))
        sato.post(str(page.url))
    assert [len(got) for got in heard(line)] == [2, 2]
    assert line.used_this_month == 3


def test_残りが足りなければ_送るボタンを出さず_送っても断る(room: Room, line: LinePlatform) -> None:
    line.resident("四郎"), line.resident("五郎"), line.resident("六郎")
    with room.logged_in("sato") as sato:
        page = written(sato)
        assert "残りは 5 通で、友だち 6 人に足りません" in page.text
        assert "全員に送る</button>" not in page.text
        refused = sato.post(str(page.url))
    assert refused.status_code == 400 and "6 人に足りません" in refused.text
    assert heard(line) == [[], []]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, None, "LINE_CHANNEL_ACCESS_TOKEN"),
        (400, None, "このお知らせを断りました"),
        (429, '{"message": "You have reached your monthly limit."}', "今月に送れる数を超える"),
        (429, '{"message": "The API rate limit has been exceeded."}', "混んでいて"),
        (500, None, "届いたか分かりません"),
    ],
)
def test_断られたら_なぜかと_どうすればよいかを言い_送り直せる(
    room: Room, line: LinePlatform, status: int, body: str | None, said: str
) -> None:
    line.fail(PATH, status=status, body=body)
    with room.logged_in("sato") as sato:
        page = written(sato)
        refused = sato.post(str(page.url))
        assert refused.status_code == 400 and said in refused.text
        assert "エラー: " in refused.text and f"LINE の答え {status}" in refused.text
        done = sato.post(str(page.url))
    assert "全員に送りました" in done.text
    assert [len(got) for got in heard(line)] == [2, 2]


def test_LINEにつながらなくても_書いたものは残り_そう言う(room: Room, line: LinePlatform) -> None:
    with room.logged_in("sato") as sato:
        line.fail("/v2/bot/message/quota", drop=True, times=1)
        page = written(sato)
        assert "LINE につながりません" in page.text and TEXT["text"] in page.text
        assert "全員に送る</button>" not in page.text
        assert "全員に送る</button>" in sato.get(str(page.url)).text


def test_直すときは_書いたものから始まる(room: Room) -> None:
    with room.logged_in("sato") as sato:
        page = written(sato, publication=SUBJECT)
        found = re.search(r'href="(/staff/broadcast\?again=\d+)"', page.text)
        assert found is not None
        again = sato.get(found[1])
    assert f"\n{TEXT['text']}</textarea>" in again.text
    assert f"\n{TEXT['plain']}</textarea>" in again.text


def test_送るもののないときは_どこを直すかを示す(room: Room) -> None:
    with room.logged_in("sato") as sato:
        page = written(sato, text=" ", plain="")
    assert page.status_code == 400
    assert '<a href="#text">送る言葉がありません' in page.text


def test_書く人は使えず_ほかのサイトからは送れない(room: Room, line: LinePlatform) -> None:
    with room.logged_in("suzuki") as suzuki:
        assert suzuki.get(PAGE).status_code == 403
        assert written(suzuki).status_code == 403
    with room.logged_in("sato") as sato:
        page = written(sato)
        forged = sato.post(str(page.url), headers={"Sec-Fetch-Site": "cross-site"})
        assert forged.status_code == 403
        assert sato.get(PAGE + "/999").status_code == 404
    assert heard(line) == [[], []]


def test_一部の社協だけを受け持つ人は_全員には送れない(room: Room, line: LinePlatform) -> None:
    sato = room.console.accounts.find("sato")
    assert sato is not None
    room.console.accounts.change(replace(sato, councils=frozenset({"yama"})), room.actor("abe"))
    with room.logged_in("sato") as client:
        refused = written(client)
    assert refused.status_code == 403 and "すべての社協を受け持つ人" in refused.text


def test_LINEの設定がなければ_そう言う(tmp_path: Path) -> None:
    home = tmp_path / "bare"
    home.mkdir()
    bare = Room(home)
    with bare.serving(), bare.logged_in("sato") as sato:
        assert "LINE を使う設定がありません" in sato.get(PAGE).text
        assert written(sato).status_code == 404
