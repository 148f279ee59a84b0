"""書く画面の入口: 貼られた文字、箇条書き、同じ見出し、書いていない項目。直したことは言い、何も失わない。"""

from __future__ import annotations

import re

import pytest

from content.bundle import BUNDLED, load_folder
from content.intake.bullets import listed
from content.intake.characters import typed
from content.model import List
from content.notation import parse
from content.notation_write import write
from tests.app.console.page_forms import fields
from tests.app.console.room import STANDARD, SUBJECT, Room
from tests.app.console.test_edit import EASY, LONGER, PLAN, kept, send, shown, text_of


@pytest.mark.parametrize(
    ("pasted", "read"),
    [
        ("朝市\x0bです", "朝市\nです"),
        ("朝市\u2028で\u2029す", "朝市\nで\nす"),
        ("朝\u200b市\ufeffで\u00adす\x07", "朝市です"),
        ("朝市\r\nで\rす", "朝市\nで\nす"),
        ("\uf0b7\t魚\n\uf0b7\t貝", "・\t魚\n・\t貝"),
    ],
    ids=["Shift+Enter", "行と段落の区切り", "見えない文字", "CRLF", "Word の印"],
)
def test_貼られた_目に見えない文字は_画面が直す(room: Room, pasted: str, read: str) -> None:
    assert typed(pasted) == read
    with room.logged_in("suzuki") as client:
        done = send(client, client.get(PLAN), body_1=f"はじめ。\n\n{pasted}", front_title=pasted)
        assert "下書きに保存しました。" in done.text, shown(done)
    assert parse(text_of(room), SUBJECT)


def test_印で始まる行の続きは_箇条書きになり_そう言う(room: Room) -> None:
    body = "持ち物\n・魚\n●貝\n• 海草\n○ 米\nおわり。\n\n・ひとつだけ"
    with room.logged_in("suzuki") as client:
        done = send(client, client.get(PLAN), body_1=body)
        assert "「・」などで始まる 4 行を、箇条書き" in done.text
        items = "持ち物\n\n- 魚\n- 貝\n- 海草\n- 米\n\nおわり。\n\n・ひとつだけ"
        assert fields(done)["body_1"] == items
        block = parse(text_of(room), SUBJECT).sections[0].blocks[1]
        assert isinstance(block, List) and len(block.items) == 4
        back = send(client, done, body_1="持ち物\n\n・魚\n\n・貝")
        assert "箇条書き" not in back.text[: back.text.index("書き方の決まり")]
    assert "・魚・貝" in "".join(s.text for s in parse(text_of(room), SUBJECT).sentences)


def test_誤りがあっても_箇条書きにしたことを言う(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = send(client, client.get(PLAN), body_1="・魚\n・貝\n\n誤り《。")
        assert page.status_code == 400
        assert "「朝市」の 4 行目: " in page.text and "2 行を、箇条書き" in page.text
        assert fields(page)["body_1"] == "- 魚\n- 貝\n\n誤り《。"


def test_箇条書きにしないもの() -> None:
    for text in (
        "〇〇市の人\n〇〇県の人",
        "- 魚\n続き\n- 貝",
        "・ひとつ\n\n・ふたつ",
        "・1. 魚\n・2. 貝",
        "・・・という\n・・・こと",
        "-5 度\n-6 度",
        "| 日 |\n|---|\n| 1 |",
    ):
        assert listed(text) == (text, 0)
    assert listed("・10月\n・11月") == ("- 10月\n- 11月", 2)
    for publication in load_folder(BUNDLED).publications:
        assert listed(write(publication))[1] == 0


def test_同じ見出しの_2_つめには_番号の目印が付く(room: Room) -> None:
    body = "魚。\n\n## 場所\n\n港。\n\n## 場所\n\n浜。\n\n## 時間 {#market}\n\n朝。"
    with room.logged_in("suzuki") as client:
        done = send(client, client.get(PLAN), body_1=body)
        assert "下書きに保存しました。" in done.text, shown(done)
        ids = [s.id for s in parse(text_of(room), SUBJECT).sections]
        assert ids[0] == "market" and ids[2:] == ["section-1", "section-2"] and len(set(ids)) == 4
        whole = send(client, client.get(PLAN), "whole")
        text = f"{fields(whole)['text']}\n# 朝市 {{#market}}\n\n夕市。\n"
        assert "下書きに保存しました。" in send(client, whole, text=text).text
    assert [s.id for s in parse(text_of(room), SUBJECT).sections] == [*ids, "section-3"]


def test_書いていない項目は_画面の言葉で言う(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = send(client, client.get(PLAN), front_series="", front_title="\u200b")
        assert '<a href="#front_series">計画を入れてください。</a>' in page.text
        assert '<a href="#front_title">表題を入れてください。</a>' in page.text
        new = client.get("/staff/new/umibe")
        page = client.post(new.url.path, data={**fields(new), "name": "plan-9"})
        assert '<a href="#front_series">計画を入れてください。</a>' in page.text


def test_保存すると_書いていた節に戻る(room: Room) -> None:
    room.write(STANDARD + LONGER)
    with room.logged_in("suzuki") as client:

        def place(**changed: str) -> str:
            done = send(client, client.get(PLAN), "save", None, **changed)
            assert "下書きに保存しました。" in done.text, shown(done)
            return done.history[-1].headers["location"].partition("#")[2]

        assert place(body_2="夜です。") == "part_2"
        assert place(body_1="魚。", body_3="浜です。", at="3") == "part_3"
        assert place(body_1="貝。\n\n## 新しい節\n\nあ。", body_3="夜。", at="2") == "part_3"
        assert place(removed_2="1", body_3="昼。", at="3") == "part_2"
        assert place(front_title="海の計画", at="front") == "front"
        assert place(front_title="浜の計画") == ""


def test_前からあるしらせは_開いたときに出て_次にすることも近くにある(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        send(client, client.get(EASY), body_1="連携を推進します。")
        page = client.get(EASY)
        assert 'data-text="連携' in page.text and re.search("直すもの [1-9]", page.text)
        bar = page.text[page.text.index('class="edit-bar"') : page.text.index("kept_status")]
        for place in ("review", "preview", "readings"):
            assert f'href="/staff/{place}/{SUBJECT}/plain"' in bar


def test_とても長い文章は_書いている間は確かめず_そう言う(room: Room) -> None:
    body = "これは長い文です。" * 3_000
    with room.logged_in("suzuki") as client:
        live = send(client, client.get(EASY), "check", body_1=body, live="1")
        assert "文章が長いので、書いている間は確かめません。" in live.text
        assert body in (kept(room, "plain") or "")


def test_前の稿に戻した後は_公開中の稿の今と人を見せる(room: Room) -> None:
    approvals = room.console.approvals
    first = approvals.history(SUBJECT, "standard")[0]
    second = room.write(STANDARD.replace("魚", "貝"))
    suzuki, sato = room.actor("suzuki"), room.actor("sato")
    approvals.submit(second.id, second.digest, suzuki)
    approvals.approve(second.id, second.digest, sato)
    approvals.publish(second.id, second.digest, sato)
    approvals.restore(first.id, first.digest, sato)
    with room.logged_in("suzuki") as client:
        page = shown(client.get(PLAN))
        assert f"公開中 稿 {first.id}、原稿フォルダ、" in page and "前に公開" not in page
        preview = shown(client.get(f"/staff/preview/{SUBJECT}/standard/text"))
        assert f"公開中の稿（稿 {first.id}、原稿フォルダ、" in preview
        assert "この稿は「公開中」です。" in preview
