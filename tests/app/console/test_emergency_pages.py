"""緊急のお知らせのページ: 1 人で出し、ほかの人が確かめ、最初のページの始めに出る。"""

from __future__ import annotations

import httpx
import pytest
from markupsafe import escape

from app.console.pages_notice import easier
from tests.app.console.room import Room

PAGE = "/staff/emergency/umibe"
TEXT = {
    "standard": "大雨の警報が出ています。<b>避難所</b>を開きました。",
    "plain": "雨が とても たくさん ふります。",
    "kana": "あめが とても たくさん ふります。",
}
HOME = (
    '<!doctype html><html lang="ja"><head><title>最初</title></head><body class="x">\n<p>計画</p>'
)


@pytest.fixture(autouse=True)
def home(room: Room) -> None:
    (room.out / "ruby").mkdir()
    (room.out / "umibe").mkdir()
    for name in ("index.html", "ruby/index.html", "umibe/index.html"):
        (room.out / name).write_text(HOME, encoding="utf-8")


def publish(client: httpx.Client, **changed: str) -> httpx.Response:
    return client.post(PAGE, data={**TEXT, **changed, "do": "publish"})


def revision(page: str) -> str:
    return page.split('name="revision" value="')[1].split('"')[0]


def test_書く人ひとりで出せて_最初のページの始めに3つの文章が出る(room: Room) -> None:
    with room.logged_in("suzuki") as suzuki:
        done = publish(suzuki)
    assert "お知らせを出しました" in done.text
    assert "まだ確認されていません" in done.text
    with room.client() as reader:
        page = reader.get("/").text
        ruby = reader.get("/ruby/").text
        other = reader.get("/umibe/").text
    assert page.index("大雨の警報") < page.index("計画")
    assert "&lt;b&gt;避難所&lt;/b&gt;" in page and "<b>避難所" not in page
    assert TEXT["plain"] in page and TEXT["kana"] in page
    # ふりがなのページに、読みのない漢字を出さない
    assert TEXT["kana"] in ruby and TEXT["standard"][:5] not in ruby
    assert 'href="/index.html#emergency"' in other and "大雨" not in other


def test_出していても終えていても_控えのあるブラウザーに今のページを渡す(room: Room) -> None:
    with room.client() as reader, room.logged_in("suzuki") as suzuki:
        before = reader.get("/")
        tag = {"If-None-Match": before.headers["etag"]}
        assert reader.get("/", headers=tag).status_code == 304
        page = publish(suzuki)
        during = reader.get("/", headers=tag)
        assert during.status_code == 200 and "大雨" in during.text
        kept = {"If-None-Match": during.headers["etag"]}
        assert reader.get("/", headers=kept).status_code == 304
        suzuki.post(PAGE + "/end", data={"revision": revision(page.text)})
        after = reader.get("/", headers=kept)
    assert after.status_code == 200 and after.text == before.text == HOME


def test_次へで_空の欄を埋めて見え方を示し_まだ出さない(room: Room) -> None:
    with room.logged_in("suzuki") as suzuki:
        looked = suzuki.post(
            PAGE, data={"standard": "給水車が来ます。\n電話かFAXで。", "do": "look"}
        )
    assert looked.status_code == 200
    assert "きゅうすいしゃが きます。" in looked.text
    assert "ふぁっくす" in looked.text.casefold() or "ファックス" in looked.text
    assert "【きんきゅうのおしらせ】" in looked.text.replace(" ", "")
    assert "LINE での見え方" in looked.text and "最初のページでの見え方" in looked.text
    assert room.console.emergencies.current("umibe") is None


def test_書いた文章は_埋めても替えない(room: Room) -> None:
    with room.logged_in("suzuki") as suzuki:
        looked = suzuki.post(PAGE, data={**TEXT, "do": "look"})
    for text in (TEXT["plain"], TEXT["kana"]):
        assert f"\n{text}</textarea>" in looked.text


def test_やさしい文章の下書きは_かたい言い方を替える(room: Room) -> None:
    with room.logged_in("suzuki") as suzuki:
        looked = suzuki.post(PAGE, data={"standard": "速やかに高台へ。", "do": "look"})
    assert "\nすぐに高台へ。</textarea>" in looked.text


@pytest.mark.parametrize(
    ("text", "drafted"),
    [
        ("高齢者の避難が必要です。", "お年寄りの避難が必要です。"),
        ("高齢者のいる世帯", "お年寄りのいる家"),
        ("お問合せは044-739-8711へ。", "お問合せは044-739-8711へ。"),
        ("被災された方の支援を行います。", "被災された方の支援を行います。"),
        ("復旧の見込みは未定です。", "復旧の見込みは未定です。"),
        ("下記のとおり、開催は中止です。", "下記のとおり、開催は中止です。"),
    ],
)
def test_下書きは_日本語のくずれない所だけを替える(text: str, drafted: str) -> None:
    assert easier(text) == drafted


def test_やさしい文章がふつうの文章と同じなら_もう一度だけ聞く(room: Room) -> None:
    same = {"plain": TEXT["standard"] + "\r\n"}
    with room.logged_in("suzuki") as suzuki:
        asked = publish(suzuki, **same)
        assert asked.status_code == 400 and "ふつうの文章と同じです" in asked.text
        assert room.console.emergencies.current("umibe") is None
        done = suzuki.post(PAGE, data={**TEXT, **same, "do": "as_is"})
    assert "お知らせを出しました" in done.text


def test_何も書かずに公開しようとすれば_同じ文章とは言わない(room: Room) -> None:
    with room.logged_in("suzuki") as suzuki:
        asked = publish(suzuki, standard="", plain="")
    assert asked.status_code == 400 and "「ふつうの文章」" in asked.text
    assert "ふつうの文章と同じです" not in asked.text


def test_ほかの人が確かめると_確認済になり_名前が残る(room: Room) -> None:
    with room.logged_in("suzuki") as suzuki, room.logged_in("sato") as sato:
        number = revision(publish(suzuki).text)
        own = suzuki.post(PAGE + "/check", data={"revision": number})
        assert own.status_code == 403 and "自分では確かめられません" in own.text
        done = sato.post(PAGE + "/check", data={"revision": number})
        assert "確認済" in done.text and "佐藤" in done.text
        again = sato.post(PAGE + "/check", data={"revision": number})
        assert again.status_code == 409
        ended = sato.post(PAGE + "/end", data={"revision": number})
    assert "お知らせを終えました" in ended.text
    assert "いまは、出していません" in ended.text
    assert "佐藤 さんが終えました" in ended.text


def test_2度押しても_お知らせは1つ(room: Room) -> None:
    with room.logged_in("suzuki") as suzuki:
        assert "お知らせを出しました" in publish(suzuki).text
        assert "お知らせを出しました" in publish(suzuki).text
    assert len(room.console.emergencies.history("umibe")) == 1


@pytest.mark.parametrize(
    ("changed", "said", "field"),
    [
        ({"kana": "避難所です"}, "かなでない字「避」", "kana"),
        ({"plain": ""}, "「やさしい文章」がありません", "plain"),
        ({"standard": "あ" * 301}, "301 字あります", "standard"),
    ],
)
def test_出せない言葉は_どこを直すかを示し_書いたものを失わない(
    room: Room, changed: dict[str, str], said: str, field: str
) -> None:
    with room.logged_in("suzuki") as suzuki:
        page = publish(suzuki, **changed)
    assert page.status_code == 400
    assert f'<a href="#{field}">' in page.text and said in page.text
    for written in {**TEXT, **changed}.values():
        assert str(escape(written)) in page.text
    assert room.console.emergencies.current("umibe") is None


def test_ほかのサイトから送られたものは_出さない(room: Room) -> None:
    with room.logged_in("suzuki") as suzuki:
        forged = suzuki.post(
            PAGE,
            data={**TEXT, "do": "publish"},
            headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        )
    assert forged.status_code == 403
    assert room.console.emergencies.current("umibe") is None


def test_知らない社協のページはない(room: Room) -> None:
    with room.logged_in("suzuki") as suzuki:
        assert suzuki.get("/staff/emergency/nowhere").status_code == 404
        assert suzuki.post("/staff/emergency/nowhere", data={"do": "publish"}).status_code == 404
