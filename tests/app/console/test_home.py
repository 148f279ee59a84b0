"""最初のページと、知らせ。"""

from __future__ import annotations

import datetime
import re

import httpx
from sqlalchemy import text as sql

from app.console.account import Account
from content.database import writing
from content.workflow import EmergencyText, Work
from tests.app.console.room import PASSWORD, PLAIN, STANDARD, SUBJECT, Room


def text(page: httpx.Response) -> str:
    main = page.text[page.text.index("<main") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_社協ごとに_文章の今を_種類ごとに示す(room: Room) -> None:
    room.after(minutes=5)
    revision = room.write(STANDARD.replace("魚", "いわし"))
    with room.logged_in("suzuki") as client:
        shown = text(client.get("/staff"))
        assert "海辺社会福祉協議会" in shown
        assert "海辺の計画 ふつうの文章 下書き 前の稿が公開中 鈴木 2026年11月22日 12時05分" in shown
        assert "海辺の計画 やさしい日本語 公開中" in shown
        assert "待っているものは、ありません。" in shown
        room.console.approvals.submit(revision.id, revision.digest, room.actor("suzuki"))
        room.console.approvals.approve(revision.id, revision.digest, room.actor("sato"))
        due = room.now + datetime.timedelta(days=1)
        room.console.approvals.schedule(revision.id, revision.digest, due, room.actor("sato"))
        shown = text(client.get("/staff"))
        assert "公開を予約 2026年11月23日 12時05分 に公開" in shown
        assert "待っているものは、ありません。" not in shown  # 承認の知らせがある


def test_待っているものは_できる人にだけ示す(room: Room) -> None:
    revision = room.write(STANDARD.replace("魚", "いわし"))
    approvals, suzuki, sato = room.console.approvals, room.actor("suzuki"), room.actor("sato")
    approvals.submit(revision.id, revision.digest, suzuki, "秋の版です")
    waiting = "海辺の計画（ふつうの文章） 承認を待っています"
    with (
        room.logged_in("suzuki") as writer,
        room.logged_in("sato") as reviewer,
        room.logged_in("abe") as chief,
    ):
        assert waiting not in text(writer.get("/staff"))
        assert f"{waiting}。 鈴木、 2026年11月22日 12時00分 「秋の版です」" in text(
            reviewer.get("/staff")
        )
        assert f"{waiting}（確かめる人がいなければ、代理で承認できます）" in text(
            chief.get("/staff")
        )
        approvals.send_back(revision.id, revision.digest, sato, "日付を足してください")
        assert "差し戻されました。 佐藤" in text(writer.get("/staff"))
        assert waiting not in text(reviewer.get("/staff"))
        approvals.submit(revision.id, revision.digest, suzuki)
        approvals.approve(revision.id, revision.digest, sato)
        assert "承認されました。公開できます。" in text(writer.get("/staff"))


def test_自分の書きかけだけを示す(room: Room) -> None:
    room.console.drafts.keep(Work(SUBJECT, "plain", PLAIN), room.actor("suzuki"))
    with room.logged_in("suzuki") as mine, room.logged_in("sato") as other:
        assert "あなたの書きかけです。 海辺の計画（やさしい日本語）" in text(mine.get("/staff"))
        assert "書きかけです" not in text(other.get("/staff"))


def test_知らせは_読んだことにするまで_数を示す(room: Room) -> None:
    revision = room.write(PLAIN.replace("魚", "いわし"), "plain")
    room.console.approvals.submit(revision.id, revision.digest, room.actor("suzuki"))
    comment = "2 つめの文が長いです。\n分けてください。"
    room.console.approvals.send_back(revision.id, revision.digest, room.actor("sato"), comment)
    with room.logged_in("suzuki") as client:
        page = client.get("/staff")
        assert "知らせ（まだ読んでいない 1 件）" in page.text
        assert "佐藤 さんが「海辺の計画（やさしい日本語）」を差し戻しました。 未読" in text(page)
        assert comment in page.text
        up_to = re.search(r'name="up_to" value="(\d+)"', page.text)
        assert up_to is not None
        after = client.post("/staff/notices", data={"up_to": up_to[1]})
        assert "まだ読んでいない" not in after.text
        assert "差し戻しました。" in text(after) and "未読" not in text(after)
        assert "まだ読んでいない知らせ" not in client.get("/staff").text


def test_予約のとおりに公開したことも_文で知らせる(room: Room) -> None:
    revision = room.write(STANDARD.replace("魚", "いわし"))
    approvals, sato = room.console.approvals, room.actor("sato")
    approvals.submit(revision.id, revision.digest, room.actor("suzuki"))
    approvals.approve(revision.id, revision.digest, sato)
    due = room.now + datetime.timedelta(hours=1)
    approvals.schedule(revision.id, revision.digest, due, sato)
    room.after(hours=2)
    approvals.publish_due()
    with room.logged_in("suzuki") as client:
        shown = text(client.get("/staff/notices"))
        assert "予約のとおりに、「海辺の計画（ふつうの文章）」を公開しました。" in shown


def test_緊急のお知らせは_2人めに_先に示す(room: Room) -> None:
    words = EmergencyText("津波の警報です。", "津波が来ます。", "つなみが きます。")
    room.console.emergencies.announce("umibe", words, room.actor("suzuki"))
    waiting = "（緊急のお知らせ） 2 人めの確かめを待っています"
    with room.logged_in("sato") as second, room.logged_in("suzuki") as first:
        assert waiting in text(second.get("/staff"))
        assert waiting not in text(first.get("/staff"))


def test_受け持ちでない社協のものは_何も示さない(room: Room) -> None:
    stranger = Account("yoso", "よその人", "", "reviewer", frozenset({"saitama"}))
    room.console.accounts.add(stranger, None, PASSWORD)
    revision = room.write(STANDARD.replace("魚", "いわし"))
    room.console.approvals.submit(revision.id, revision.digest, room.actor("suzuki"))
    with room.logged_in("yoso") as client:
        shown = text(client.get("/staff"))
        assert "海辺" not in shown
        assert "受け持つ社協がありません。" in shown


def links(page: httpx.Response) -> dict[str, str]:
    """知らせの文と、その場所。"""
    found = re.findall(r'<li>\s*<p><a href="([^"]+)">([^<]+)</a>', page.text)
    return {words: place for place, words in found}


def test_知らせから_その文章のページへ行ける(room: Room) -> None:
    approvals = room.console.approvals
    suzuki, sato = room.actor("suzuki"), room.actor("sato")
    text_, words = (
        room.write(STANDARD.replace("魚", "いわし")),
        room.console.drafts.save(
            Work("umibe", "readings", "語\t読み\tアクセント\t備考\n朝市\tあさいち\t\t\n"), suzuki
        ),
    )
    for revision in (text_, words):
        approvals.submit(revision.id, revision.digest, suzuki)
    approvals.send_back(text_.id, text_.digest, sato, "直してください")
    approvals.submit(text_.id, text_.digest, suzuki)
    approvals.approve(text_.id, text_.digest, sato)
    approvals.publish(text_.id, text_.digest, sato)
    emergency = EmergencyText("津波です。", "津波が来ます。", "つなみが きます。")
    room.console.emergencies.announce("umibe", emergency, sato)
    plan = "「海辺の計画（ふつうの文章）」を"
    with room.logged_in("sato") as reviewer, room.logged_in("suzuki") as writer:
        asked, told = links(reviewer.get("/staff")), links(writer.get("/staff/notices"))
        assert asked == {
            f"鈴木 さんが{plan}提出しました。": f"/staff/review/{SUBJECT}/standard",
            "鈴木 さんが「読みの辞書」を提出しました。": "/staff/review/umibe/readings",
        }
        assert told == {
            f"佐藤 さんが{plan}差し戻しました。": f"/staff/review/{SUBJECT}/standard",
            f"佐藤 さんが{plan}承認しました。": f"/staff/publish/{SUBJECT}/standard",
            f"佐藤 さんが{plan}公開しました。": f"/staff/publish/{SUBJECT}/standard",
            "佐藤 さんが「緊急のお知らせ」を出しました。": "/staff/emergency/umibe",
        }
        for client, found in ((reviewer, asked), (writer, told)):
            for place in found.values():
                assert client.get(place).status_code == 200, place


def test_前の版のプログラムの残した知らせも_場所が付いて出る(room: Room) -> None:
    """場所は、できごとから決まるので、知らせの表には何も要らない。"""
    submitted = room.write(STANDARD.replace("魚", "いわし"))
    event = room.console.approvals.submit(submitted.id, submitted.digest, room.actor("suzuki"))
    with writing(room.engine) as connection:
        old = (
            "INSERT INTO notice (account, event, mail_state, mail_tries, mail_after)"
            " VALUES ('abe', :event, 'none', 0, :at)"
        )
        connection.execute(sql(old), {"event": event.id, "at": "2026-01-01 00:00:00"})
    with room.logged_in("abe") as client:
        assert [*links(client.get("/staff/notices")).values()] == [
            f"/staff/review/{SUBJECT}/standard"
        ]
