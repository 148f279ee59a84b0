"""書く: 節ごとの編集、書きかけ、しらせ、2 人の編集、写真。"""

from __future__ import annotations

import re

import httpx
import pytest

from app.console.desk_work import BESIDE
from content.bundle import BUNDLED, load_folder
from content.model import Register
from content.notation import parse
from tests.app.console.page_forms import fields
from tests.app.console.room import PASSWORD, PLAIN, STANDARD, SUBJECT, Room

PLAN = f"/staff/edit/{SUBJECT}/standard"
EASY = f"/staff/edit/{SUBJECT}/plain"
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
LONGER = """
# 夜市 {#night}

夜も開きます。

## 場所 {#place}

港です。
"""


def send(
    client: httpx.Client,
    page: httpx.Response,
    do: str = "save",
    files: dict[str, tuple[str, bytes]] | None = None,
    **changed: str,
) -> httpx.Response:
    """``page`` の項目を、``changed`` だけ変えて、ボタン ``do`` で送る。"""
    data = {**fields(page), "do": do, **changed}
    return client.post(page.url.path, data=data, files=files)


def shown(page: httpx.Response) -> str:
    """タグを除いた、ページの文字。"""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.text))


def text_of(room: Room, register: Register = "standard") -> str:
    desk = room.console.approvals.desk(SUBJECT, register)
    assert desk is not None
    return desk.latest.text


def kept(room: Room, register: Register = "standard") -> str | None:
    work = room.console.drafts.kept(SUBJECT, register, room.actor("suzuki"))
    return work.text if work else None


# 書いて保存する ------------------------------------------------------------------------


def test_節の文を書きかえて_保存する(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = client.get(PLAN)
        assert "<title>編集: 海辺の計画（ふつうの文章）｜職員の画面</title>" in page.text
        done = send(client, page, body_1="\n\n魚と野菜を配ります。\n\n- 魚\n- 野菜\n\n")
        assert done.url.path == PLAN
        assert "下書きに保存しました。" in done.text
    assert text_of(room) == STANDARD.replace(
        "朝市では、とれたての魚を配ります。", "魚と野菜を配ります。\n\n- 魚\n- 野菜"
    )
    desk = room.console.approvals.desk(SUBJECT, "standard")
    assert desk is not None and (desk.state, desk.latest.author) == ("draft", "suzuki")


def test_変えずに保存しても_稿は増えない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        assert "変わったところはありません。" in send(client, client.get(PLAN)).text
    assert len(room.console.approvals.history(SUBJECT, "standard")) == 1


def test_始めの項目を書きかえる(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        send(
            client,
            client.get(PLAN),
            front_title="｜海辺《うみべ》の: 計画",
            front_years="2026-2028",
        )
    plan = parse(text_of(room), SUBJECT)
    assert plan.title.text == "海辺の: 計画"
    assert (plan.plan.first_year, plan.plan.last_year) == (2026, 2028)


def test_付いてくる計画は_どれも節に分けられ_開いて保存しても変わらない(room: Room) -> None:
    from app.console.manuscript import split
    from content.notation_write import write

    for publication in load_folder(BUNDLED).publications:
        manuscript = split(write(publication))
        assert manuscript is not None
        assert manuscript.joined().text == write(publication)
        assert [p.id for p in manuscript.parts] == [s.id for s in publication.sections]


def test_全体を_1_つの文章で書き_節に戻れる(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        whole = send(client, client.get(PLAN), "whole", body_1="書きかけです。")
        assert "書きかけです。" in fields(whole)["text"]
        back = send(client, whole, "parts", text=fields(whole)["text"] + LONGER)
        assert fields(back)["heading_3"] == "場所"
        assert "下書きに保存しました。" in send(client, back).text
    assert [s.id for s in parse(text_of(room), SUBJECT).sections] == ["market", "night", "place"]


def test_分けられない文章は_全体で書け_文字は失わない(room: Room) -> None:
    broken = STANDARD.replace("表題: 海辺の計画", "表題 海辺の計画")
    with room.logged_in("suzuki") as client:
        whole = send(client, client.get(PLAN), "whole")
        page = send(client, whole, "parts", text=broken)
        assert "節に分けられません" in page.text
        assert fields(page)["text"] == broken
        fault = send(client, page)
        assert fault.status_code == 400
        assert re.search(r"\d 行目: 「項目: 値」の形で", fault.text)
        assert fields(fault)["text"] == broken


# 誤り ----------------------------------------------------------------------------


def test_書き方の誤りは_項目の所に出て_書いたものは残る(room: Room) -> None:
    body = "正しい行。\n\n誤りの《よみ》行。"
    with room.logged_in("suzuki") as client:
        page = send(client, client.get(PLAN), body_1=body, front_date="2026-13-40", front_issuer="")
        assert page.status_code == 400
        assert '<a href="#body_1">「朝市」の 3 行目: ' in page.text
        assert '<a href="#front_date">' in page.text and '<a href="#front_issuer">' in page.text
        assert '<details class="front" id="front" open>' in page.text
        assert fields(page)["body_1"] == body
        assert fields(page)["front_date"] == "2026-13-40"
        assert kept(room) is not None
        done = send(client, page, body_1="直した。", front_date="2026-12-01", front_issuer="海辺")
        assert "下書きに保存しました。" in done.text
    assert kept(room) is None


def test_見出しのない節の誤りは_その見出しの所に出る(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = send(client, send(client, client.get(PLAN), "add:1"))
        assert page.status_code == 400
        assert '<a href="#heading_2">' in page.text


def test_文章の中の命令は_文字のまま(room: Room) -> None:
    evil = "</textarea><script>alert(1)</script>"
    with room.logged_in("suzuki") as client:
        done = send(client, client.get(PLAN), body_1=evil, heading_1=f"朝市{evil}")
        assert "<script>alert" not in done.text
        assert fields(done)["body_1"] == evil
        assert f"朝市{evil}" in fields(done)["heading_1"]
        checked = send(client, done, "check", body_1=evil + "《")
        assert "<script>alert" not in checked.text


# 節を足す、動かす、消す -------------------------------------------------------------------


def test_節を足し_動かし_消す(room: Room) -> None:
    room.write(STANDARD + LONGER)
    with room.logged_in("suzuki") as client:
        added = send(client, client.get(PLAN), "add:2", body_1="変えた文です。")
        assert added.url.fragment == "part_4"
        assert (fields(added)["id_4"], fields(added)["level_4"]) == ("section-1", "1")
        moved = send(client, added, "up:4", heading_4="新しい市", body_4="文です。")
        assert [fields(moved)[f"heading_{n}"] for n in range(1, 5)] == [
            "朝市", "新しい市", "夜市", "場所",
        ]  # fmt: skip
        same = send(client, moved, "up:1")
        assert fields(same)["heading_1"] == "朝市"
        down = send(client, same, "down:1")
        assert fields(down)["heading_2"] == "朝市"
        send(client, down, removed_2="1")
    sections = parse(text_of(room), SUBJECT).sections
    assert [s.heading.text for s in sections] == ["新しい市", "夜市", "場所"]


def test_動かすと_下の節もいっしょに動く(room: Room) -> None:
    room.write(STANDARD + LONGER)
    with room.logged_in("suzuki") as client:
        page = send(client, client.get(PLAN), "up:2")
        assert [fields(page)[f"id_{n}"] for n in (1, 2, 3)] == ["night", "place", "market"]
        assert page.url.fragment == "part_1"


def test_すべての節を消しても_また足せる(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = client.get(PLAN)
        fault = send(client, page, removed_1="1")
        assert fault.status_code == 400 and "本文がありません" in fault.text
        assert "その節はありません" in send(client, page, "up:1", removed_1="1").text
        again = send(client, fault, "add")
        assert "下書きに保存しました。" in send(client, again, heading_1="夜市").text


def test_ない節を指しても_書いたものは残る(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = send(client, client.get(PLAN), "add:9", body_1="大切な文")
        assert page.status_code == 400
        assert "その節はありません" in page.text
        assert fields(page)["body_1"] == "大切な文"


# やさしい日本語 -------------------------------------------------------------------------


def test_やさしい文章の横に_ふつうの文章が出て_まだない節を足せる(room: Room) -> None:
    room.write(STANDARD + LONGER)
    with room.logged_in("suzuki") as client:
        page = client.get(EASY)
        assert "とれたての魚を配ります" in shown(page)
        assert f'href="{PLAN}#part_1"' in page.text
        added = send(client, page, "follow:place")
        added = send(client, added, "follow:night")
        assert [fields(added)[f"id_{n}"] for n in (1, 2, 3)] == ["market", "night", "place"]
        assert "まだ書いていません" in added.text
        send(client, added, body_2="夜も来てください。", body_3="海の所です。")
    assert [s.id for s in parse(text_of(room, "plain"), SUBJECT).sections] == [
        "market", "night", "place",
    ]  # fmt: skip


def test_まだないやさしい文章は_同じ見出しから書きはじめる(room: Room) -> None:
    subject = "umibe/plan-2"
    with room.logged_in("suzuki") as client:
        new = client.get("/staff/new/umibe")
        made = send(
            client,
            new,
            name="plan-2",
            front_title="第2期",
            front_series="計画",
            front_source="議事録",
        )
        assert client.get(f"/staff/edit/{subject}/plain").status_code == 404
        saved = send(client, made, heading_1="目標", body_1="認め合う心を広げます。")
        assert f'href="/staff/edit/{subject}/plain"' in saved.text
        page = client.get(f"/staff/edit/{subject}/plain")
        assert (fields(page)["heading_1"], fields(page)["body_1"]) == ("目標", "")
        assert fields(page)["front_title"] == "第2期"
        assert "認め合う心を広げます。" in shown(page)
        assert "下書きに保存しました。" in send(client, page, body_1="助け合います。").text


def test_ない文章と_受け持ちでない文章は_見えない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        for path in ("umibe/no/standard", "other/plan-1/standard", f"{SUBJECT}/kana"):
            assert client.get(f"/staff/edit/{path}").status_code == 404
    assert set(BESIDE) == {"plain"}


# 書きかけ ------------------------------------------------------------------------------


def test_書きかけは_開き直したときに_選べる(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        send(client, client.get(PLAN), "check", body_1="書きかけの文です。")
        again = client.get(PLAN)
        assert "まだ保存していない、あなたの書きかけがあります。" in again.text
        assert "書きかけの文です。" in shown(again).replace("（書きかけだけ: ", "").replace(
            "）", ""
        )
        assert "body_1" not in fields(again)
        go_on = client.get(f"{PLAN}?kept=1")
        assert fields(go_on)["body_1"] == "書きかけの文です。"
        sure = send(client, again, "discard")
        assert "この書きかけを捨てますか。" in sure.text and kept(room) is not None
        assert f'href="{PLAN}?kept=1"' in sure.text
        dropped = send(client, sure, "discard")
        assert "書きかけを捨てました。" in dropped.text
        assert fields(dropped)["body_1"] == "朝市では、とれたての魚を配ります。"


def test_ほかの画面の書きかけは_保存しても消えない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        here, there = client.get(PLAN), client.get(PLAN)
        here = send(client, here, "check", body_1="左の画面の、初めの文。")
        send(client, there, "check", body_1="右の画面の文。")
        send(client, here, "check", body_1="朝市では、とれたての魚を配ります。")
        assert "右の画面の文。" in (kept(room) or "")
        saved = send(client, here, body_1="左の画面の文。")
        assert "下書きに保存しました。" in saved.text
        assert "右の画面の文。" in (kept(room) or "")
        again = client.get(PLAN)
        assert "まだ保存していない、あなたの書きかけがあります。" in again.text
        go_on = client.get(f"{PLAN}?kept=1")
        conflict = send(client, go_on, body_1="右の画面の文。")
        assert conflict.status_code == 409  # 2 つを見比べる
        assert send(client, conflict).status_code == 200
    assert kept(room) is None


def test_もとに戻した文は_書きかけに残らない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = client.get(PLAN)
        changed = send(client, page, "check", body_1="変えた。")
        assert kept(room)
        send(client, changed, "check", body_1=fields(page)["body_1"])
    assert kept(room) is None


def test_ほかの人が後に保存した書きかけは_そう言う(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        send(client, client.get(PLAN), "check", body_1="書きかけ。")
        room.write(STANDARD.replace("魚", "貝"), name="sato")
        assert "ほかの画面で保存されました" in client.get(PLAN).text
        assert "ほかの画面で保存されました" in client.get(f"{PLAN}?kept=1").text


def test_時間が過ぎても_書いた文章は失わない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = client.get(PLAN)
        room.after(hours=13)
        expired = send(client, page, body_1="長い時間をかけた文章。\n\n2 つめの段落。")
        assert expired.status_code == 401
        resume = client.post(
            "/staff/login", data={**fields(expired), "name": "suzuki", "password": PASSWORD}
        )
        action = re.search(rf'action="({PLAN})"', resume.text)
        assert action is not None
        done = client.post(action[1], data=fields(resume))
        assert "下書きに保存しました。" in done.text
    assert "長い時間をかけた文章。\n\n2 つめの段落。" in text_of(room)


# 2 人 -----------------------------------------------------------------------------


def test_2_人が書くと_並べて見せ_合わせて保存できる(room: Room) -> None:
    room.write(STANDARD + LONGER)
    with room.logged_in("suzuki") as client:
        page = client.get(PLAN)
        theirs = (
            (STANDARD + LONGER).replace("とれたての魚を", "新しい魚を").replace("港です", "浜です")
        )
        room.write(theirs, name="sato")
        clash = send(
            client,
            page,
            body_1="朝市では、とれたての野菜を配ります。",
            body_2="夜も開きます。雨の日は休みます。",
        )
        assert clash.status_code == 409
        assert "あなたの文章" in clash.text and "いまの文章" in clash.text
        assert "佐藤 さんが保存しました" in shown(clash)
        assert re.search(r"<mark><span[^>]*>（あなただけ: </span>[^<]*野菜", clash.text)
        assert re.search(r"<mark><span[^>]*>（いまの文章だけ: </span>[^<]*新", clash.text)
        assert clash.text.count("2 人とも変えました。") == 1
        merged = fields(clash)
        assert merged["body_1"] == "朝市では、とれたての野菜を配ります。"
        assert merged["body_2"] == "夜も開きます。雨の日は休みます。"
        assert merged["body_3"] == "浜です。"
        assert kept(room) is not None
        done = send(client, clash, body_1="朝市では、新しい野菜を配ります。")
        assert "下書きに保存しました。" in done.text
    text = text_of(room)
    assert "新しい野菜" in text and "雨の日は休みます" in text and "浜です" in text


def test_片方が消した節と_足した節も_合わせる(room: Room) -> None:
    room.write(STANDARD + LONGER)
    with room.logged_in("suzuki") as client:
        page = client.get(PLAN)
        room.write(
            STANDARD + LONGER.replace("港です", "浜です") + "\n# 冬 {#winter}\n\n休みます。\n",
            name="sato",
        )
        clash = send(client, page, removed_3="1", front_title="海辺の新しい計画")
        assert "2 人とも変えました。" in clash.text
        merged = fields(clash)
        assert [merged[f"id_{n}"] for n in range(1, 5)] == ["market", "night", "place", "winter"]
        assert merged["front_title"] == "海辺の新しい計画"
        send(client, clash, removed_3="1")
    assert [s.id for s in parse(text_of(room), SUBJECT).sections] == ["market", "night", "winter"]


# しらせ ---------------------------------------------------------------------------


def test_確かめると_しらせが節の所に出て_書きかけも残る(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = send(
            client, client.get(EASY), "check", body_1="魚を 30 匹もらえます。\n\n連携を推進します。"
        )
        assert page.status_code == 200
        status = re.search(r'role="status"[^>]*>([^<]*)', page.text)
        assert status is not None
        assert re.fullmatch(r"直すもの \d+、考えるもの \d+。", status[1])
        assert re.search(r'<a href="#body_1" data-line="3" data-text="連携', page.text)
        assert "やさしさの点" in page.text
        assert "わけがあって認める" not in page.text
        assert fields(page)["body_1"].startswith("魚を 30 匹")
    assert kept(room, "plain") is not None
    assert text_of(room, "plain") == PLAIN


def test_言葉のない文章には_点を付けない(room: Room) -> None:
    room.write(PLAIN.replace(PLAIN[PLAIN.index("# ") :], "# 🐟 {#market}\n\n🐟🐟\n"), "plain")
    with room.logged_in("suzuki") as client:
        page = client.get(f"{EASY}?check=1")
        assert "言葉がないので、やさしさの点はありません。" in page.text
        assert "100 がいちばんやさしい" not in page.text


def test_書き方の誤りは_確かめたときに分かる(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = send(client, client.get(EASY), "check", body_1="1 行め。\n誤り《。")
        assert page.status_code == 200
        assert "書き方の誤り 1。" in page.text
        assert re.search(r'<a href="#body_1" data-line="\d"', page.text)


def test_管理者は_わけがあって認められる(room: Room) -> None:
    with room.logged_in("abe") as client:
        page = send(client, client.get(EASY), "check", body_1="連携を推進します。")
        before = int(re.findall(r"直すもの (\d+)、", page.text)[0])
        link = re.search(r'href="(/staff/excuse/[^"]*%E9%80%A3%E6%90%BA[^"]*)"', page.text)
        assert link is not None
        form = client.get(link[1].replace("&amp;", "&"))
        empty = send(client, form)
        assert empty.status_code == 400 and "わけがありません。" in empty.text
        done = send(client, empty, reason="正式な名前\tなので")
        assert done.url.path == EASY
        assert "を認めました。" in done.text
        assert int(re.findall(r"直すもの (\d+)、", done.text)[0]) == before - 1
        assert "認めたわけ: 正式な名前 なので" in done.text
    with room.logged_in("suzuki") as client:
        assert client.get(link[1].replace("&amp;", "&")).status_code == 403


# 写真 -----------------------------------------------------------------------------


def test_写真を入れる(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = client.get(PLAN)
        files = {"picture": ("朝 市.PNG", DOT)}
        no_words = send(client, page, "picture", files, body_1="変えた文。")
        assert no_words.status_code == 400 and "写真の説明がありません。" in no_words.text
        assert fields(no_words)["body_1"] == "変えた文。"
        kept_page = send(client, no_words, "picture", files, picture_text="魚の[山]《》")
        assert re.search(
            r'<img class="thumb" src="[^"]*/picture/picture-[0-9a-f]{8}.png"', kept_page.text
        )
        saved = send(client, kept_page)
        assert "下書きに保存しました。" in saved.text
    desk = room.console.approvals.desk(SUBJECT, "standard")
    assert desk is not None
    plan = room.console.approvals.publication(desk.latest)
    assert [p.data for p in plan.pictures] == [DOT]
    assert "魚の[山]《》" in [s.text for s in plan.sentences]
    with room.logged_in("sato") as client:
        name = plan.pictures[0].name
        got = client.get(f"{PLAN}/picture/{name}")
        assert (got.content, got.headers["content-type"]) == (DOT, "image/png")
        assert client.get(f"{PLAN}/picture/no.png").status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.gif", b"GIF89a", "PNG（.png）か JPEG（.jpg）の写真を選んでください"),
        ("a.png", b"<script>", "中身が PNG ではありません"),
        ("a.jpg", DOT, "中身が JPEG ではありません"),
        ("a.png", DOT[:12], "「a.png」は壊れていて、横と縦の大きさが読めません。"),
        (
            "a.png",
            DOT.replace(b"\0\0\0\1\0\0\0\1", b"\0\0\xea\x60\0\0\xea\x60"),
            "画像「a.png」は横 60000 × 縦 60000 画素あり、大きすぎて、見る人の機械で開けません。"
            "1 億画素（横 10000 × 縦 10000 など）までに縮めて保存したものを、選んでください。",
        ),
    ],
)
def test_写真でないものは断る(room: Room, name: str, data: bytes, message: str) -> None:
    with room.logged_in("suzuki") as client:
        page = send(
            client, client.get(PLAN), "picture", {"picture": (name, data)}, picture_text="魚"
        )
        assert page.status_code == 400 and message in page.text
        assert '<a href="#picture">' in page.text and kept(room) is None
