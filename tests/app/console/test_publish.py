"""公開する: いま、予約して、前の稿に戻して。進みぐあいと結果を見る。"""

from __future__ import annotations

import datetime
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from app.console.builds import Build, Builds
from app.console.making import Said
from content.workflow import Revision
from tests.app.console.room import STANDARD, SUBJECT, Room
from tests.app.console.test_home import text

ADDRESS = f"/staff/publish/{SUBJECT}/standard"
AUTUMN = STANDARD.replace("とれたての魚", "いわし")


def approved(room: Room, body: str = AUTUMN) -> Revision:
    revision = room.write(body)
    approvals = room.console.approvals
    approvals.submit(revision.id, revision.digest, room.actor("suzuki"))
    approvals.approve(revision.id, revision.digest, room.actor("sato"))
    return revision


def press(client: httpx.Client, revision: Revision, action: str, **fields: str) -> httpx.Response:
    seen = {"revision": str(revision.id), "digest": revision.digest, "action": action}
    return client.post(ADDRESS, data=seen | fields)


def published(room: Room) -> str:
    desk = room.console.approvals.desk(SUBJECT, "standard")
    assert desk is not None and desk.published is not None
    return desk.published.text


def builds(room: Room) -> Builds:
    return room.console.builds


def taken(room: Room) -> Build:
    build = builds(room).take()
    assert build is not None
    return build


def finish(room: Room) -> None:
    """頼まれた作り直しを、できたことにする。"""
    builds(room).end(taken(room).id, "done", Said("版を 3 作りました。", 5, 5))


def test_公開すると_裏で版を作り_できたら_できたと言う(room: Room) -> None:
    revision = approved(room)
    with room.logged_in("suzuki") as client:
        done = press(client, revision, "publish")
        assert "公開を始めました。" in done.text and published(room) == revision.text
        assert "作るのを待っています。" in text(done) and "今の様子を見る" in done.text
        build = taken(room)
        builds(room).see(build.id, Said("音声を作っています", 12, 40))
        page = client.get(ADDRESS)
        assert "作っています。 音声を作っています（12／40）" in text(page)
        assert '<progress aria-label="版を作る進みぐあい" max="40" value="12">' in page.text
        assert 'role="status"' in page.text
        builds(room).end(build.id, "done", Said("版を 3 作りました。", 40, 40))
        page = client.get(ADDRESS)
        assert "公開しました。 2026年11月22日 12時00分 。版を 3 作りました。" in text(page)
        assert f'href="/{SUBJECT}/standard/web/index.html"' in page.text
        assert f'href="/{SUBJECT}/index.html"' in page.text


def test_作れなければ_訳と_もう一度作るボタンを示す(room: Room) -> None:
    revision = approved(room)
    with room.logged_in("suzuki") as client:
        press(client, revision, "publish")
        builds(room).end(taken(room).id, "failed", Said("空きがありません。"))
        page = client.get(ADDRESS)
        assert "公開できませんでした。 空きがありません。" in text(page)
        page = client.post("/staff/publish")
        assert "版を作り直します。" in page.text
        assert taken(room).asked_by == "suzuki"


def test_様子の部分だけを_ページのプログラムが読める(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        address = "/staff/publish/now"
        assert client.get(address).text.strip() == ""
        press(client, approved(room), "publish")
        part = client.get(address)
        assert "作るのを待っています。" in part.text and "<html" not in part.text
        one = client.get(address, params={"subject": SUBJECT, "register": "standard"})
        assert "data-open" in one.text
        finish(room)
        one = client.get(address, params={"subject": SUBJECT, "register": "standard"})
        assert "公開しました。" in one.text and "data-open" not in one.text
        other = {"subject": "nai/nai", "register": "standard"}
        assert client.get(address, params=other).status_code == 404


def test_承認されていない稿は_公開できない(room: Room) -> None:
    revision = room.write(AUTUMN)
    with room.logged_in("suzuki") as client:
        assert "公開できる稿はありません。" in client.get(ADDRESS).text
        refused = press(client, revision, "publish")
        assert refused.status_code == 409 and "公開ができません" in refused.text
        seen = {"revision": str(revision.id), "digest": "0" * 64, "action": "publish"}
        assert client.post(ADDRESS, data=seen).status_code == 409
    assert published(room) != revision.text
    assert builds(room).take() is None


def test_予約した時刻になると_公開する(room: Room) -> None:
    revision = approved(room)
    with room.logged_in("suzuki") as client:
        done = press(client, revision, "schedule", date="2026-12-01", time="9:00")
        assert "2026年12月1日 9時00分 に公開します。" in text(done)
        assert 'value="2026-12-01"' in done.text and 'value="09:00"' in done.text
        assert "2026年12月1日 9時00分 に公開します。" in text(client.get("/staff/publish"))
        room.after(days=8, hours=20, minutes=59)  # 11 月 22 日の正午から
        room.console.approvals.publish_due()
        assert published(room) != revision.text and builds(room).take() is None
        room.after(minutes=1)
        room.console.approvals.publish_due()
        assert published(room) == revision.text
        finish(room)


def test_予約は_取り消せて_時刻も変えられる(room: Room) -> None:
    revision = approved(room)
    with room.logged_in("suzuki") as client:
        press(client, revision, "schedule", date="2026-12-01", time="9:00")
        done = press(client, revision, "schedule", date="2026-12-02", time="13時30分")
        assert "2026年12月2日 13時30分 に公開します。" in text(done)
        done = press(client, revision, "unschedule")
        assert "予約を取り消しました" in done.text
        assert "公開する</button>" in done.text
    room.after(days=30)
    assert room.console.approvals.publish_due() == ()


@pytest.mark.parametrize(
    ("date", "time", "field", "said"),
    [
        ("", "9:00", "date", "公開する日を入れてください。"),
        ("2026-12-01", "", "time", "公開する時刻を"),
        ("2026-12-32", "9:00", "date", "日付は 2026-12-01"),
        ("2026-12-01", "25:00", "date", "日付は 2026-12-01"),
        ("2026-11-22", "11:59", "date", "予約する時刻は、今より後に"),
    ],
)
def test_予約の日時の誤りは_項目の所で言い_書いたものを残す(
    room: Room, date: str, time: str, field: str, said: str
) -> None:
    revision = approved(room)
    with room.logged_in("suzuki") as client:
        refused = press(client, revision, "schedule", date=date, time=time)
    assert refused.status_code == 400 and said in refused.text
    assert f'href="#{field}"' in refused.text
    assert all(f'value="{value}"' in refused.text for value in (date, time) if value)
    assert room.console.approvals.due() == ()


def test_全角で書いた日時も読める(room: Room) -> None:
    revision = approved(room)
    with room.logged_in("suzuki") as client:
        done = press(client, revision, "schedule", date="２０２６/１２/０１", time="９：０５")
        assert "2026年12月1日 9時05分 に公開します。" in text(done)


def test_前の稿に_1度押すだけで戻る(room: Room) -> None:
    revision = approved(room)
    with room.logged_in("suzuki") as writer, room.logged_in("sato") as reviewer:
        press(writer, revision, "publish")
        finish(room)
        assert "戻せるのは、確かめる人か管理者です" in writer.get(ADDRESS).text
        page = reviewer.get(ADDRESS).text
        form = re.search(r"<td[^>]*>(?:(?!</td>).)*この稿に戻す.*?</td>", page, re.S)
        assert form is not None
        fields = dict(re.findall(r'name="(revision|digest)" value="([^"]+)"', form[0]))
        refused = writer.post(ADDRESS, data={**fields, "action": "restore"})
        assert refused.status_code == 403
        done = reviewer.post(ADDRESS, data={**fields, "action": "restore"})
        assert f"稿 {fields['revision']} に戻します。" in done.text
        assert "作るのを待っています。" in text(done)
        assert "とれたての魚" in published(room)
        finish(room)
        assert "公開しました。" in text(reviewer.get(ADDRESS))


def test_2人が同時に公開しても_公開も作り直しも_1度だけ(room: Room) -> None:
    revision = approved(room)
    with (
        room.logged_in("suzuki") as one,
        room.logged_in("kato") as two,
        ThreadPoolExecutor(2) as pool,
    ):
        answers = list(pool.map(lambda c: press(c, revision, "publish"), (one, two)))
    assert sorted(a.status_code for a in answers) == [200, 409]
    actions = [e.action for e in room.console.approvals.events(SUBJECT, "standard")]
    assert actions.count("published") == 1
    finish(room)
    assert builds(room).take() is None


def test_読みの辞書だけでも_公開できる(room: Room) -> None:
    from content.workflow import Work

    table = "語\t読み\tアクセント\t備考\n朝市\tアサイチ\t2\t\n"
    suzuki = room.actor("suzuki")
    revision = room.console.drafts.save(Work("umibe", "readings", table), suzuki)
    seen = {"revision": str(revision.id), "digest": revision.digest}
    with room.logged_in("suzuki") as writer, room.logged_in("sato") as reviewer:
        writer.post("/staff/review/umibe/readings", data={**seen, "action": "submit"})
        assert (
            "読みの辞書（海辺社会福祉協議会）"
            in reviewer.get("/staff/review/umibe/readings/print").text
        )
        done = reviewer.post("/staff/review/umibe/readings", data={**seen, "action": "approve"})
        assert "を承認しました" in done.text
        done = writer.post("/staff/publish/umibe/readings", data={**seen, "action": "publish"})
        assert "公開を始めました" in done.text
        finish(room)
        done = writer.get("/staff/publish/umibe/readings")
        assert "公開しました。" in text(done) and 'href="/index.html"' in done.text


def test_いままでの公開を_頼んだ人と結果で示す(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        press(client, approved(room), "publish")
        finish(room)
        page = text(client.get("/staff/publish"))
    assert "2026年11月22日 12時00分 鈴木 公開しました。 版を 3 作りました。" in page
    room.after(seconds=1)
    assert datetime.timedelta(0) < room.now - builds(room).recent()[0].asked_at
