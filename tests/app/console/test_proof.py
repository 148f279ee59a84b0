"""聞いて校正: 聞き、誤りを残し、職員が決め、版に「校正済」と入り、文章が変われば外れる。"""

from __future__ import annotations

import csv
import datetime
import io
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from accessibility.sound import decode
from content.model import Register
from content.notation import parse
from content.store import Store
from content.workflow.proofs import FAULTS
from tests.app.console.browsing import log_in
from tests.app.console.editions import build
from tests.app.console.room import STANDARD, SUBJECT, Room
from tests.end_to_end.test_pages import CONTRAST, axe

PAGE = f"/staff/proof/{SUBJECT}/standard"
TABLE = f"{PAGE}/table"
NEXT, FAULT = {"do": "next"}, {"do": "fault", "fault": "reading", "words": "「いち」ではない"}


def sentences(client: httpx.Client) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get(f"{PAGE}/sentences").json()
    return found


def hear_all(client: httpx.Client) -> None:
    for one in sentences(client):
        client.post(PAGE, data={"do": "next", "sentence": str(one["id"]), "quiet": "1"})


def finish(client: httpx.Client, room: Room) -> httpx.Response:
    return client.post(PAGE, data={"do": "finish", "heard": heard(room)})


def confirm(client: httpx.Client, room: Room, doing: str = "confirm") -> httpx.Response:
    return client.post(TABLE, data={"do": doing, "heard": heard(room)})


def heard(room: Room, register: Register = "standard") -> str:
    path = room.out / SUBJECT / register / "audio" / "sentences.json"
    whole: str = json.loads(path.read_bytes())["heard"]
    return whole


def said(room: Room, register: Register = "standard") -> str:
    """版が言う、校正の有無（音声の枠の言葉）。"""
    path = room.out / SUBJECT / register / "audio" / "sentences.json"
    facts = json.loads(path.read_bytes())
    texts = [str(text) for section in facts["sections"] for _, _, text in section["sentences"]]
    return next(t for t in texts if "校正" in t)


def rewrite(room: Room, text: str) -> None:
    """文章を直して、提出し、承認し、公開する。"""
    revision = room.write(text)
    desks, reviewer = room.console.approvals, room.actor("sato")
    desks.submit(revision.id, revision.digest, room.actor("suzuki"))
    desks.approve(revision.id, revision.digest, reviewer)
    desks.publish(revision.id, revision.digest, reviewer)


def test_音声の版がなければ_そう言う(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = client.get(PAGE)
        assert page.status_code == 200 and "まだ公開されていません" in page.text
        assert client.post(PAGE, data=NEXT).status_code == 404
        assert client.get(f"/staff/proof/{SUBJECT}/nothing").status_code == 404
        assert client.get("/staff/proof/umibe/nothing/standard").status_code == 404


def test_文を順に聞き_次に開くと続きから始まる(published: Room) -> None:
    with published.logged_in("suzuki") as client:
        every = sentences(client)
        texts = [str(one["text"]) for one in every]
        assert "朝市では、とれたての魚を配ります。" in texts and texts[0] == "海辺の計画"
        page = client.get(PAGE)
        assert f'lang="ja">{texts[0]}</p>' in page.text
        assert "autoplay" not in page.text  # 何か押すまで、音は鳴らない
        page = client.post(PAGE, data={**NEXT, "sentence": str(every[0]["id"])})
        assert f'lang="ja">{texts[1]}</p>' in page.text and "autoplay" in page.text
        assert '聞いた文 <span id="heard">1</span>' in page.text
        page = client.post(PAGE, data={"do": "back", "sentence": str(every[1]["id"])})
        assert f'lang="ja">{texts[0]}</p>' in page.text
        client.post(PAGE, data={**NEXT, "sentence": str(every[4]["id"])})
    with published.logged_in("suzuki") as client:
        again = client.get(PAGE)
        assert f'lang="ja">{texts[5]}</p>' in again.text
    with published.logged_in("sato") as client:  # 人ごとに残る
        assert f'lang="ja">{texts[0]}</p>' in client.get(PAGE).text


def test_文の音は_その文だけの長さで_続きからも渡せる(published: Room) -> None:
    times = json.loads((published.out / SUBJECT / "standard/audio/clips.json").read_bytes())
    with published.logged_in("suzuki") as client:
        for one in sentences(client):
            got = client.get(f"{PAGE}/sound/{one['id']}")
            assert got.headers["content-type"] == "audio/mp4"
            samples, rate = decode(got.content)
            begin, end = times["clips"][one["id"]]
            assert len(samples) / rate == pytest.approx(end - begin, abs=0.1)
        part = client.get(f"{PAGE}/sound/{one['id']}", headers={"Range": "bytes=0-9"})
        assert (part.status_code, part.content) == (206, got.content[:10])
        assert client.get(f"{PAGE}/sound/nothing-12345678").status_code == 404


def test_誤りは校正表に残り_CSVでも受け取れる(published: Room) -> None:
    with published.logged_in("suzuki") as client:
        id = str(sentences(client)[3]["id"])
        page = client.post(PAGE, data={**FAULT, "sentence": id, "words": "=1+1 <b>"})
        assert "誤りを校正表に残しました。" in page.text
        quiet = client.post(PAGE, data={**FAULT, "sentence": id, "fault": "accent", "quiet": "1"})
        assert (quiet.status_code, quiet.content) == (204, b"")
        table = client.get(TABLE).text
        assert "読み" in table and "&lt;b&gt;" in table and "鈴木" in table
        got = client.get(f"{TABLE}.csv")
        rows = list(csv.reader(io.StringIO(got.content.decode("utf-8-sig"))))
    assert [row[3] for row in rows] == ["誤り", "読み", "アクセント"]
    assert rows[1][4] == "'=1+1 <b>"  # 表計算に、式として読ませない
    assert rows[1][2] and rows[1][7] == "まだ決めていません"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"fault": ""}, "誤りの種類を、1 つ選んでください。"),
        ({"fault": "other", "words": " "}, "どこがどう違うかを書いてください。"),
        ({"words": "あ" * 1001}, "1000 字までにしてください。"),
    ],
)
def test_残せない誤りは_どこを直すかを示し_書いたものを失わない(
    published: Room, changed: dict[str, str], message: str
) -> None:
    with published.logged_in("suzuki") as client:
        one = sentences(client)[3]
        page = client.post(PAGE, data={**FAULT, "sentence": str(one["id"]), **changed})
        assert page.status_code == 400 and message in page.text
        assert '<a href="#fault">' in page.text and 'id="fault"' in page.text
        assert f'lang="ja">{one["text"]}</p>' in page.text
        assert (FAULT | changed)["words"] in page.text
        assert "誤りは、残されていません。" in client.get(TABLE).text


def test_すべての文を聞くまで_終えられない(published: Room) -> None:
    with published.logged_in("suzuki") as client:
        refused = finish(client, published)
        count = len(sentences(client))
        assert refused.status_code == 400 and "まだ聞いていない文が" in refused.text
        hear_all(client)
        page = client.get(PAGE).text
        assert f'<span id="heard">{count}</span>' in page
        assert "まだ聞いていない文へ" not in page
        done = finish(client, published)
        assert "校正を終えました。" in done.text and done.url.path == TABLE
        assert "もう終わっています" in finish(client, published).text


def test_職員が確かめると_版に校正済と日付が入り_文章を直すと外れる(published: Room) -> None:
    room = published
    assert "未校正" in said(room)
    with room.logged_in("suzuki") as suzuki, room.logged_in("sato") as sato:
        hear_all(suzuki)
        assert "校正は、まだ終わっていません。" in confirm(sato, room).text
        finish(suzuki, room)
        assert confirm(suzuki, room).status_code == 403
    room.after(days=1)
    with room.logged_in("sato") as sato:
        done = confirm(sato, room)
        assert "この音声の版は、校正済です。" in done.text
        assert room.console.builds.recent(1)[0].state == "waiting"
    build(room)
    assert "2026年11月22日に済みました" in said(room)  # 終えた日
    assert "未校正" in said(room, "plain")
    rewrite(room, STANDARD.replace("とれたて", "しぼりたて"))
    build(room)
    assert "未校正" in said(room)
    with room.logged_in("suzuki") as suzuki:
        unheard = [one for one in sentences(suzuki) if not one["heard"]]
        # 直した文（と、校正の有無を言う枠の文）だけを、聞き直せばよい。
        assert [one["text"] for one in unheard if "校正" not in str(one["text"])] == [
            "朝市では、しぼりたての魚を配ります。"
        ]
        assert "その後に、文章か読みが変わりました" in suzuki.get(TABLE).text


def test_読みの辞書を直しても_校正済は外れる(published: Room) -> None:
    room = published
    with room.logged_in("suzuki") as suzuki, room.logged_in("sato") as sato:
        hear_all(suzuki)
        finish(suzuki, room)
        confirm(sato, room)
    build(room)
    assert "済みました" in said(room)
    table = "語\t読み\tアクセント\t備考\n朝市\tちょうし\t\t\n"
    with Store.open(room.settings.database_url) as store:
        bundle = store.published()
        store.load(replace(bundle, readings=(("umibe", table),)))
    build(room)
    assert "未校正" in said(room)


def test_決めていない誤りや_直っていない誤りがあれば_確かめられない(published: Room) -> None:
    room = published
    with room.logged_in("suzuki") as suzuki, room.logged_in("sato") as sato:
        hear_all(suzuki)
        id = next(str(o["id"]) for o in sentences(suzuki) if "魚" in str(o["text"]))
        suzuki.post(PAGE, data={**FAULT, "sentence": id})
        finish(suzuki, room)
        home = sato.get("/staff").text
        assert "校正表に、決めていない誤りが 1 件あります" in home
        assert "聞いて校正が終わり、確かめるのを待っています" in home and TABLE in home
        assert "確かめるのを待っています" not in suzuki.get("/staff").text  # 自分では確かめられない
        refused = confirm(sato, room)
        assert refused.status_code == 400 and "まだ決めていない誤りが 1 件" in refused.text
        decision = {"do": "decide", "remark": "1", "state": "declined", "reason": " "}
        refused = sato.post(TABLE, data=decision)
        assert refused.status_code == 400 and '<a href="#reason_1">' in refused.text
        assert "校正表に書きました。" in sato.post(TABLE, data={**decision, "state": "fixed"}).text
        refused = confirm(sato, room)
        assert refused.status_code == 400 and "音声がまだ前のまま" in refused.text
        done = sato.post(TABLE, data={**decision, "reason": "この読みで正しい"})
        assert "直さない" in done.text and "この読みで正しい" in done.text
        assert "校正済です" in confirm(sato, room).text
        assert TABLE not in sato.get("/staff").text
        assert sato.post(TABLE, data={**decision, "remark": "9"}).status_code == 404


def test_確かめた校正も_取り消せる(published: Room) -> None:
    room = published
    with room.logged_in("suzuki") as suzuki, room.logged_in("sato") as sato:
        hear_all(suzuki)
        finish(suzuki, room)
        confirm(sato, room)
        build(room)
        assert "済みました" in said(room)
        assert suzuki.post(TABLE, data={"do": "withdraw", "heard": heard(room)}).status_code == 403
        assert "校正を取り消しました。" in confirm(sato, room, "withdraw").text
    build(room)
    assert "未校正" in said(room)


def test_聞いている間に音声が新しくなれば_終えられない(published: Room) -> None:
    room = published
    with room.logged_in("suzuki") as suzuki:
        hear_all(suzuki)
        before = heard(room)
        id = next(str(o["id"]) for o in sentences(suzuki) if "魚" in str(o["text"]))
        rewrite(room, STANDARD.replace("とれたて", "しぼりたて"))
        build(room)
        for data in ({"do": "finish", "heard": before}, {**FAULT, "sentence": id}):
            refused = suzuki.post(PAGE, data=data)
            assert refused.status_code == 400 and "音声が新しくなりました" in refused.text


def test_ほかのサイトから送られたものは_残さない(published: Room) -> None:
    with published.logged_in("suzuki") as client:
        id = str(sentences(client)[0]["id"])
        forged = {"Sec-Fetch-Site": "cross-site"}
        assert client.post(PAGE, data={**FAULT, "sentence": id}, headers=forged).status_code == 403
        assert "誤りは、残されていません。" in client.get(TABLE).text


def test_最初のページから開ける(published: Room) -> None:
    with published.logged_in("suzuki") as client:
        assert f'href="{PAGE}"' in client.get("/staff").text


def test_誤りの種類(published: Room) -> None:
    assert [*FAULTS.values()] == ["読み", "アクセント", "間", "文字", "音", "その他"]


# 原稿の「校正」 ---------------------------------------------------------------------

CLAIMED = STANDARD.replace("出典: 試験\n", "校正: 2026-04-02\n出典: 試験\n")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (CLAIMED, datetime.date(2026, 4, 2)),
        (CLAIMED.replace("出典: 試験", "出典: 資料"), datetime.date(2026, 4, 2)),
        (CLAIMED.replace("とれたて", "新しい"), None),
        (CLAIMED.replace("海辺の計画", "海の計画"), None),
        (CLAIMED.replace("とれたて", "新").replace("04-02", "04-09"), datetime.date(2026, 4, 9)),
    ],
)
def test_文章を直すと_原稿の校正の日は消える(
    room: Room, text: str, day: datetime.date | None
) -> None:
    room.write(CLAIMED)
    saved = room.write(text)
    assert parse(saved.text, SUBJECT).proofread == day


# ブラウザー ---------------------------------------------------------------------------


@pytest.mark.slow
def test_3つのキーで聞き_声に重なる知らせはなく_いる所は動かない(
    published: Room, browser: Browser
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(published.url + PAGE)
        log_in(page, "suzuki")
        paused = "document.getElementById('audio').paused"
        expect(page.locator("#player_keys")).to_be_visible()
        assert page.evaluate(paused)  # 何か押すまで、音は鳴らない
        next_one = page.get_by_role("button", name="次", exact=True)
        next_one.focus()
        page.keyboard.press("ArrowDown")
        expect(page.locator("#heard")).to_have_text("1")  # 終わりまで鳴ったら、聞いた文
        page.keyboard.press("ArrowRight")
        expect(page.locator("#number")).to_have_text("2")
        expect(page.locator("#sentence")).not_to_have_text("海辺の計画")
        page.wait_for_function(f"!{paused}")
        expect(next_one).to_be_focused()
        expect(page.locator("#said")).to_be_empty()
        assert page.locator("[aria-live]").count() == 0
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        expect(page.locator("#number")).to_have_text("2")
        expect(page.locator("#heard")).to_have_text("1")  # 聞かずに進んだ文は、数えない
        expect(page.locator("#remark")).to_be_hidden()
        page.keyboard.press("e")
        expect(page.get_by_label("読み", exact=True)).to_be_focused()
        assert page.evaluate(paused)
        page.keyboard.press("Escape")
        expect(page.locator("#remark")).to_be_hidden()
        expect(next_one).to_be_focused()
        page.keyboard.press("e")
        page.keyboard.press("Space")
        page.get_by_label("言葉").fill("読みが違う")
        next_one.click()  # 書きかけは、ほかの文のものにならない
        expect(page.get_by_role("status")).to_contain_text("書きかけの誤りがあります。")
        expect(page.locator("#number")).to_have_text("2")
        page.get_by_role("button", name="残す").click()
        expect(page.get_by_role("status")).to_have_text("誤りを校正表に残しました。")
        expect(page.locator("#remarked")).to_have_text("1")
        expect(next_one).to_be_focused()
        page.reload()
        expect(page.locator("#number")).to_have_text("2")
        page.get_by_role("link", name="校正表を見る").click()
        expect(page.get_by_text("読みが違う")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("script", [True, False])
def test_自動検査は_違反を見つけない(
    published: Room, browser: Browser, scheme: Any, script: bool
) -> None:
    with published.logged_in("suzuki") as client:
        id = str(sentences(client)[3]["id"])
        client.post(PAGE, data={**FAULT, "sentence": id})
        hear_all(client)
        finish(client, published)
    rules = CONTRAST if scheme == "dark" else None
    # 動きのないページも、検査の道具は動かす。
    with browser.new_context(bypass_csp=True, color_scheme=scheme) as context:
        page = context.new_page()
        if not script:
            page.route("**/proof.js", lambda route: route.abort())
        page.goto(published.url + PAGE)
        log_in(page, "sato")
        for place in ("", "?at=" + id, "/table"):
            page.set_viewport_size({"width": 1000, "height": 900})
            page.goto(f"{published.url}{PAGE}{place}")
            if script and place != "/table":
                expect(page.locator("#player_keys")).to_be_visible()  # 動きが付き終わった
            assert axe(page, rules) == {}, place
            if script and place.startswith("?"):
                page.get_by_role("button", name="誤り", exact=True).click()
                expect(page.locator("#remark")).to_be_visible()
                assert axe(page, rules) == {}, place
            page.set_viewport_size({"width": 320, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, place
