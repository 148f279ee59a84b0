"""社協の 1 日: 取り込み、書き、読みを直し、聞き、確かめ、公開し、戻す。してはならないことは、断られる。

本物の ``tsutawaru serve``、本物の声、本物のブラウザーで、初めの管理者から公開した版までを、ひと続きに歩く。
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, expect

from app.console.form import LARGEST_UPLOAD
from tests.conftest import Tsutawaru
from tests.content.intake.test_pdf import locked
from tests.content.intake.test_word import bomb
from tests.end_to_end.story import PATIENT, Desk, Office, Town, inside, printed, soon, stripped

pytestmark = pytest.mark.slow

PLAN = "umibe/plan-7/standard"
ABOUT = "umibe/about/standard"
MENDED = "朝市では、網元の家で生魚を配ります。買い物に行けない人の家にも届けます。"
SCRIPT = "<script>document.title = 'やぶれた'</script><img src=x onerror=alert(1)>"


def test_取り込みから公開と差し戻しまでを歩き_してはならないことは断られる(
    tmp_path: Path, tsutawaru: Tsutawaru, browser: Browser
) -> None:
    town = Town(tmp_path, tsutawaru)
    town.first_administrator("abe")
    with ExitStack() as stack:
        office = Office(stack.enter_context(town.serving()), browser, stack)
        abe = office.desk("abe")
        suzuki = office.newcomer(abe, "suzuki", "鈴木", "書く人")
        sato = office.newcomer(abe, "sato", "佐藤", "確かめる人")

        bring_in(suzuki, printed(browser))
        write(suzuki)
        correct_and_hear(suzuki)
        look_ahead(suzuki)
        submit(suzuki, PLAN)
        return_and_mend(suzuki, sato)
        approve(sato, PLAN)
        schedule(suzuki)

        # 予約の時刻を待つ間に、もう 1 つの文章で、してはならないことをし、公開し、前の稿に戻す。
        visitor = office.desk()
        meet_at_one_text(suzuki, abe)
        overstay(suzuki, town)
        forge(abe)
        refuse_wrong_approvals(suzuki, sato)
        approve(sato, ABOUT)
        publish_now(suzuki)
        refuse_uploads(suzuki, tmp_path)
        replace(suzuki, visitor)
        go_back(sato, visitor)

        go_live(suzuki)
        receive(visitor)
        ask(visitor)
        refuse_broken_recording(sato)
        assert not office.troubles


# 書く ------------------------------------------------------------------------------


def bring_in(desk: Desk, sheet: bytes) -> None:
    """印刷した資料を取り込み、もとのページの絵と見比べて、下書きにする。"""
    desk.open("/staff")
    desk.follow("資料を取り込む")
    desk.page.get_by_label("資料のファイル").set_input_files(
        {"name": "plan-7.pdf", "mimeType": "application/pdf", "buffer": sheet}
    )
    desk.press("取り込む")
    picture = desk.page.get_by_alt_text("もとの資料の 1 ページの絵")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True, timeout=PATIENT)
    assert picture.evaluate("picture => picture.naturalWidth") > 300
    expect(desk.page.locator("section.part h3")).to_have_text(["1. 朝市", "2. 見守り"])
    desk.shows("朝市では、網元の家で生魚を配ります。")
    expect(desk.page.get_by_label("文章の名前")).to_have_value("plan-7")
    desk.page.locator("#front_series").fill("福祉計画")
    desk.page.locator("#front_number").fill("7")
    desk.press("下書きにする")
    desk.said("下書きにしました。")


def write(desk: Desk) -> None:
    """書いている間に、しらせが出て、直すと消える。"""
    body, marks = desk.page.locator("#body_1"), desk.page.locator("#marks_1")
    before = body.input_value()
    body.press("Control+End")
    body.press_sequentially("地域の連携を推進します。", delay=5)
    expect(marks.locator("a", has_text="連携")).to_be_visible(timeout=PATIENT)
    body.fill(before + "みんなで助け合います。")
    expect(marks.locator("a", has_text="連携")).to_have_count(0, timeout=PATIENT)
    desk.press("保存する")
    desk.said("下書きに保存しました。")
    expect(body).to_have_value(before + "みんなで助け合います。")


def correct_and_hear(desk: Desk) -> None:
    """「生魚」の読みを直し、その文を聞く。"""
    desk.open(f"/staff/readings/{PLAN}")
    line = desk.page.locator("li", has_text="網元の家で").first
    expect(line.locator("a.yomi", has_text="生魚").locator("rt")).to_have_text(["なまざかな"])
    before = line.locator("audio").get_attribute("src")
    assert before is not None
    old = desk.page.request.get(desk.url + before).body()
    desk.follow("生魚（なまざかな）")
    desk.page.locator("#reading").fill("せいぎょ")
    desk.press("保存する")
    desk.said("「生魚」の読みを「せいぎょ」にしました。")
    expect(line.locator("a.yomi", has_text="生魚").locator("rt")).to_have_text(["せいぎょ"])

    player = line.locator("audio")
    length, loudest = desk.sound(player.get_attribute("src") or "")
    assert length > 2 and loudest > 0.1
    assert desk.page.request.get(desk.url + before).body() != old
    desk.play(player)


def look_ahead(desk: Desk) -> None:
    """公開の前に、どの媒体も見る。"""
    desk.open(f"/staff/preview/{PLAN}")
    desk.follow("ページ（ふりがなあり）")
    desk.go(desk.page.get_by_role("link", name="朝市"))
    expect(desk.page.locator("ruby", has_text="生魚").first.locator("rt")).to_have_text("せいぎょ")
    for place, words in (
        ("line", "網元の家で生魚を配ります"),
        ("sound", "見守り"),
        ("text", "みんなで助け合います。"),
    ):
        desk.open(f"/staff/preview/{PLAN}/{place}")
        desk.shows(words)


# 確かめる --------------------------------------------------------------------------


def submit(desk: Desk, text: str) -> None:
    desk.open(f"/staff/review/{text}")
    desk.press("提出する")
    desk.said("を提出しました。確かめる人に知らせました。")


def approve(desk: Desk, text: str) -> None:
    desk.open(f"/staff/review/{text}")
    desk.press("承認する")
    desk.said("を承認しました。公開できます。")


def return_and_mend(suzuki: Desk, sato: Desk) -> None:
    """差し戻されて、直し、もう一度出す。"""
    sato.open("/staff")
    sato.shows("海辺のまちの計画（ふつうの文章） 承認を待っています。")
    sato.open(f"/staff/review/{PLAN}")
    sato.shows("いっしょに承認する読みの辞書")
    sato.press("差し戻す")
    sato.refused("どこをどう直すかを書いてください。")
    sato.page.get_by_label("差し戻す言葉").fill("「声をかけて」が続くので、短くしてください。")
    sato.press("差し戻す")
    sato.said("を差し戻しました。書いた人に知らせました。")

    suzuki.open("/staff")
    suzuki.shows("差し戻されました。")
    suzuki.open(f"/staff/edit/{PLAN}")
    suzuki.shows("「声をかけて」が続くので、短くしてください。")
    suzuki.page.locator("#body_1").fill(MENDED)
    suzuki.press("保存する")
    suzuki.said("下書きに保存しました。")
    submit(suzuki, PLAN)


# 公開する --------------------------------------------------------------------------


def schedule(desk: Desk) -> None:
    due = soon()
    desk.open(f"/staff/publish/{PLAN}")
    desk.page.get_by_label("公開する日").fill(f"{due:%Y-%m-%d}")
    desk.page.get_by_label("公開する時刻").fill(f"{due:%H:%M}")
    desk.press("予約する")
    desk.said("公開を予約しました。")
    desk.shows(f"{due.hour}時{due:%M}分 に公開します。")


def go_live(desk: Desk) -> None:
    """予約の時刻が来ると、ひとりでに公開される。"""
    place = f"/staff/publish/{PLAN}"
    for _ in range(200):
        if 'id="progress"' in desk.data(place).decode():
            break
        desk.page.wait_for_timeout(1000)
    desk.open(place)
    desk.wait_for_build()


def receive(desk: Desk) -> None:
    """どの受け取り方にも、直した文章と読みが入っている。"""
    article = desk.open_chapter(PLAN, "朝市")
    expect(article).to_contain_text("買い物に行けない人の家にも届けます。")
    ruby = article.locator("ruby", has_text="生魚").first
    expect(ruby.locator("rt")).to_have_text("せいぎょ")
    length, loudest = desk.sound(article.locator("audio").first.evaluate("player => player.src"))
    assert length > 5 and loudest > 0.1

    length, loudest = desk.sound(f"/{PLAN}/audio/plan-7.m4b")
    assert length > 30 and loudest > 0.1

    said = "買い物に行けない人の家にも届けます。"
    assert said in desk.data(f"/{PLAN}/text/plan-7.txt").decode()
    assert said in stripped(desk.data(f"/{PLAN}/epub/plan-7.epub"), ".xhtml")
    assert "<rt>せいぎょ</rt>" in inside(desk.data(f"/{PLAN}/epub/plan-7.epub"), ".xhtml")
    assert said in stripped(desk.data(f"/{PLAN}/daisy/plan-7-daisy.zip"), ".html", ".xml")

    feed = ElementTree.fromstring(desk.data("/feed.xml"))
    atom = "{http://www.w3.org/2005/Atom}"
    titles = [e.findtext(f"{atom}title") for e in feed.iter(f"{atom}entry")]
    assert "海辺のまちの計画" in titles
    podcast = ElementTree.fromstring(desk.data(f"/{PLAN}/feed/podcast.xml"))
    duration = "{http://www.itunes.com/dtds/podcast-1.0.dtd}duration"
    market = next(i for i in podcast.iter("item") if i.findtext("title") == "朝市")
    enclosure = market.find("enclosure")
    assert enclosure is not None
    address = enclosure.attrib["url"]
    assert address.startswith(desk.url)
    sound, loudest = desk.sound(address)
    assert loudest > 0.1 and abs(sound - int(market.findtext(duration) or 0)) <= 1


def ask(desk: Desk) -> None:
    """会話も、公開した文章から答える。"""
    for _ in range(60):  # 公開した版に気づくまで、数秒かかる
        desk.open("/chat")
        desk.page.locator("#chat_text").fill("朝市では何を配りますか")
        desk.page.keyboard.press("Enter")
        expect(desk.page.locator(".exchange")).to_have_count(2, timeout=PATIENT)
        if "生魚を配ります" in desk.page.locator("#answer").inner_text():
            break
        desk.page.wait_for_timeout(1000)
    expect(desk.page.locator("#answer")).to_contain_text("生魚を配ります")


def publish_now(desk: Desk) -> None:
    desk.open(f"/staff/publish/{ABOUT}")
    desk.press("公開する")
    desk.said("公開を始めました。")


def replace(desk: Desk, visitor: Desk) -> None:
    """公開した稿が見える。文章の中の命令は、職員の画面でも公開したページでも、ただの文字である。"""
    for place in ("edit", "readings", "review"):
        desk.open(f"/staff/{place}/{ABOUT}")
        desk.shows(SCRIPT)
    desk.open(f"/staff/publish/{ABOUT}")
    desk.wait_for_build()
    article = visitor.open_chapter(ABOUT, "わたしたち")
    expect(article).to_contain_text("困ったときは")
    expect(article).to_contain_text(SCRIPT)
    assert "やぶれた" not in visitor.page.title()
    assert article.locator("script, img").count() == 0


def go_back(desk: Desk, visitor: Desk) -> None:
    """前の稿に、1 度押すだけで戻る。"""
    desk.open(f"/staff/publish/{ABOUT}")
    desk.press("この稿に戻す")
    desk.said("に戻します。")
    desk.wait_for_build()
    article = visitor.open_chapter(ABOUT, "わたしたち")
    expect(article).to_contain_text("海辺で働いています。")
    assert "困ったときは" not in visitor.page.content()


# してはならないこと ---------------------------------------------------------------------


def refuse_uploads(desk: Desk, home: Path) -> None:
    """大きすぎる、ふくらむ、パスワードの付いた資料。"""
    large = home / "large.pdf"
    with large.open("wb") as file:
        file.truncate(LARGEST_UPLOAD + 1)
    for name, data, said in (
        ("large.pdf", None, "「large.pdf」は 51 MB あります。50 MB までのファイルにしてください。"),
        ("bomb.docx", bomb(), "広げると大きすぎます。"),
        ("locked.pdf", locked(), "パスワードが付いています。"),
    ):
        desk.open("/staff/import/umibe")
        if data is not None:
            (home / name).write_bytes(data)
        desk.page.get_by_label("資料のファイル").set_input_files(home / name)
        desk.press("取り込む")
        desk.refused(said)
        # 前に取り込んだものは残り、続けて取り込める。
        expect(desk.main.get_by_role("link", name="plan-7.pdf")).to_be_visible()
        expect(desk.main.get_by_role("button", name="取り込む")).to_be_enabled()


def meet_at_one_text(suzuki: Desk, abe: Desk) -> None:
    """2 人が同じ文章を書いた。どちらの文章も失わずに、合わせる。"""
    mine, hers = "海辺で、毎日働いています。", "海辺で、みなさんと働いています。"
    for desk in (suzuki, abe):
        desk.open(f"/staff/edit/{ABOUT}")
    abe.page.locator("#body_1").fill(hers)
    abe.press("保存する")
    abe.said("下書きに保存しました。")
    suzuki.page.locator("#body_1").fill(mine)
    suzuki.press("保存する")
    suzuki.refused("あなたの文章は残してあります。2 つを見比べて、合わせてください。")
    suzuki.shows("2 人とも変えました。どちらにするか、決めてください。")
    suzuki.shows("みなさんと")
    expect(suzuki.page.locator("#body_1")).to_have_value(mine)
    suzuki.page.locator("#body_1").fill("海辺で、毎日、みなさんと働いています。")
    suzuki.press("合わせた文章を保存する")
    suzuki.said("下書きに保存しました。")


def overstay(desk: Desk, town: Town) -> None:
    """書いている間に、ログインの時間が過ぎた。"""
    long = f"海辺で、毎日、みなさんと働いています。\n\n困ったときは {SCRIPT} と電話で言います。"
    desk.page.locator("#body_1").fill(long)
    town.expire("suzuki")
    desk.press("保存する")
    desk.shows("書いたものは残してあり、ログインした後に送れます。")
    desk.log_in("suzuki")
    desk.press("もう一度送る")
    desk.said("下書きに保存しました。")
    expect(desk.page.locator("#body_1")).to_have_value(long)


def forge(desk: Desk) -> None:
    """ほかのサイトの、偽のフォーム。"""
    form = (
        f'<form method="post" action="{desk.url}/staff/edit/{ABOUT}"><input name="base" value="1">'
        '<textarea name="text">乗っ取りました。</textarea><button>賞品を受け取る</button></form>'
    )
    elsewhere = "http://example.com/"
    desk.page.route(elsewhere, lambda route: route.fulfill(content_type="text/html", body=form))
    desk.page.goto(elsewhere)
    desk.go(desk.page.get_by_role("button"))
    desk.refused("ほかのサイトのページから送られたので、何もしていません。")
    assert "乗っ取りました。" not in desk.page.content()
    desk.open(f"/staff/edit/{ABOUT}")
    expect(desk.page.locator("#body_1")).to_have_value(re.compile("困ったときは"))


def refuse_wrong_approvals(suzuki: Desk, sato: Desk) -> None:
    """書いた人の承認と、見ていない稿の承認。"""
    submit(suzuki, ABOUT)
    assert suzuki.main.get_by_role("button", name="承認する").count() == 0
    suzuki.tamper("button[value=withdraw]", "approve")
    suzuki.press("取り下げる")
    suzuki.refused("承認できるのは、確かめる人です。提出して、確かめる人を待ってください。")
    suzuki.shows("確かめる人の承認を待っています。")

    sato.open(f"/staff/review/{ABOUT}")
    comment = "電話の番号も書いてください。"
    sato.page.get_by_label("差し戻す言葉").fill(comment)
    sato.tamper("form:has(#comment) [name=digest]", "f" * 64)
    sato.press("差し戻す")
    sato.refused("画面で見ていた文章と、選んだ稿の中身が違います。")
    expect(sato.page.get_by_label("差し戻す言葉")).to_have_value(comment)
    sato.tamper("form:has(button[value=approve]) [name=digest]", "0" * 64)
    sato.press("承認する")
    sato.refused("画面で見ていた文章と、選んだ稿の中身が違います。")
    sato.shows("提出済み")


def refuse_broken_recording(desk: Desk) -> None:
    """壊れた MP3。書いた名前と同意は、残っている。"""
    desk.open(f"/staff/recordings/{PLAN}")
    market = desk.main.get_by_role("row", name="朝市")
    desk.go(market.get_by_role("link"))
    desk.page.get_by_label("MP3 のファイル").set_input_files(
        {"name": "asaichi.mp3", "mimeType": "audio/mpeg", "buffer": b"ID3\4" + bytes(4000)}
    )
    desk.page.get_by_label("読んだ人の名前").fill("山田")
    desk.page.get_by_label("読んだ人は、録音と名前の公開に同意しています").check()
    desk.press("録音を入れる")
    desk.refused("MP3 として読めません")
    expect(desk.page.get_by_label("読んだ人の名前")).to_have_value("山田")
    expect(desk.page.locator("#consent")).to_be_checked()
    desk.open(f"/staff/recordings/{PLAN}")
    expect(market).to_contain_text("合成音声")
