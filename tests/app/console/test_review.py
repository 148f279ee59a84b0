"""確かめる: 違い、提出、取り下げ、承認、代理の承認、差し戻し、決裁の紙、前の稿。"""

from __future__ import annotations

import itertools
import re

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.console.account import Account
from app.console.comparison import compare, pieces
from content.model import Picture
from content.workflow import Revision, Work
from tests.app.console.room import PASSWORD, PLAIN, STANDARD, SUBJECT, Room
from tests.app.console.test_home import text

ADDRESS = f"/staff/review/{SUBJECT}/standard"
AUTUMN = STANDARD.replace("とれたての魚", "いわし")


def press(client: httpx.Client, revision: Revision, action: str, **fields: str) -> httpx.Response:
    seen = {"revision": str(revision.id), "digest": revision.digest, "action": action}
    return client.post(f"/staff/review/{SUBJECT}/{revision.kind}", data=seen | fields)


def submitted(room: Room, body: str = AUTUMN) -> Revision:
    """鈴木が書いて提出した稿。"""
    revision = room.write(body)
    room.console.approvals.submit(revision.id, revision.digest, room.actor("suzuki"))
    return revision


def state(room: Room) -> str:
    desk = room.console.approvals.desk(SUBJECT, "standard")
    assert desk is not None
    return desk.state


# 違い ------------------------------------------------------------------------------

words = st.text("あいを、。！\n漢字カタ12ab「」- ", max_size=40)


@given(words, words)
def test_違いをつなぐと_もとの2つの文章になる(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(p.text for p in found if p.mark != "removed") == after
    assert "".join(p.text for p in found if p.mark != "added") == before
    marks = [p.mark for p in found]
    assert all(a != b for a, b in itertools.pairwise(marks))


def test_違いは_言葉ごとに示し_全く違う文は_文ごとに示す() -> None:
    found = pieces("前の日の17時までに知らせます。", "前の日の15時までに知らせます。")
    assert [(p.mark, p.text) for p in found] == [
        ("same", "前の日の"),
        ("removed", "17"),
        ("added", "15"),
        ("same", "時までに知らせます。"),
    ]
    found = pieces("同じ文。朝市は休みです。", "同じ文。申込書を出してください。")
    assert [(p.mark, p.text) for p in found] == [
        ("same", "同じ文。"),
        ("removed", "朝市は休みです。"),
        ("added", "申込書を出してください。"),
    ]


def test_節は_加えた_消した_移した_書きかえた_を分ける() -> None:
    front = STANDARD[: STANDARD.index("# 朝市")]
    before = f"{front}# 一 {{#a}}\n\nあ。\n\n# 二 {{#b}}\n\nい。\n\n# 三 {{#c}}\n\nう。\n"
    after = f"{front}# 三 {{#c}}\n\nう。\n\n# 一 {{#a}}\n\nあか。\n\n# 四 {{#d}}\n\nえ。\n"
    found = {s.name: s.change for s in compare(before, after).sections}
    assert found["二"] == "removed" and found["四"] == "added"
    assert {found["一"], found["三"]} == {"moved", "changed"}
    assert compare(before, before).same
    level = compare(before, before.replace("# 一", "## 一", 1))
    assert [s.name for s in level.changed] == ["一"]


def test_変わった所を_印と言葉で示し_変わらない節は畳む(room: Room) -> None:
    rain = "\n# 雨の日 {#rain}\n\n休みです。\n"
    first = submitted(room, STANDARD + rain)
    approvals = room.console.approvals
    approvals.approve(first.id, first.digest, room.actor("sato"))
    approvals.publish(first.id, first.digest, room.actor("suzuki"))
    changed = (STANDARD + rain).replace("とれたての魚", "いわし").replace("海辺の計画", "浜の計画")
    room.write(changed)
    with room.logged_in("suzuki") as client:
        page = client.get(ADDRESS).text
    assert '<ins><span class="mark">［加えた］</span>いわし</ins>' in page
    assert '<del><span class="mark">［消した］</span>とれたての魚</del>' in page
    assert '<del><span class="mark">［消した］</span>海辺</del>' in page
    folded = page[page.index('<details class="unchanged">') : page.index("</details>")]
    assert "変わらない節（1）: 雨の日" in folded and "休みです。" in folded


def test_画像だけが替わっても_違いとして示す(room: Room) -> None:
    drawn = STANDARD + "\n![朝市の絵](fish.png)\n"
    png = b"\x89PNG\r\n\x1a\n"
    suzuki = room.actor("suzuki")

    def save(data: bytes) -> Revision:
        desk = room.console.approvals.desk(SUBJECT, "standard")
        assert desk is not None
        work = Work(SUBJECT, "standard", drawn, desk.latest.id, (Picture("fish.png", data),))
        return room.console.drafts.save(work, suzuki)

    first, second = save(png + b"1"), save(png + b"2")
    with room.logged_in("sato") as client:
        page = client.get(ADDRESS, params={"revision": second.id, "against": first.id})
        assert "fish.png 書きかえた" in text(page)
        assert "違いはありません" not in page.text
        found = re.search(r'src="([^"]+fish\.png[^"]*)"', page.text)
        assert found is not None
        shown = client.get(found[1])
        assert shown.content == png + b"2" and shown.headers["content-type"] == "image/png"
        assert client.get(f"{ADDRESS}/picture/none.png").status_code == 404


def test_文章の中のタグは_文字のまま(room: Room) -> None:
    submitted(room, AUTUMN + "\n<script>alert(1)</script>です。\n")
    with room.logged_in("sato") as client:
        page = client.get(ADDRESS).text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


# 提出から承認まで ---------------------------------------------------------------------


def test_提出すると_言葉が確かめる人に見える(room: Room) -> None:
    revision = room.write(AUTUMN)
    with room.logged_in("suzuki") as writer, room.logged_in("sato") as reviewer:
        done = press(writer, revision, "submit", note="日にちを\n見てください。")
        assert "「海辺の計画（ふつうの文章）」を提出しました。" in done.text
        assert "承認する" not in done.text  # 書く人には、承認のボタンがない
        page = reviewer.get(ADDRESS)
        assert "日にちを\n見てください。" in page.text
        assert "鈴木（承認は、ほかの人がします）" in text(page)
        press(writer, revision, "withdraw")
        assert state(room) == "draft"


def test_確かめる人が承認すると_公開できる(room: Room) -> None:
    revision = submitted(room)
    with room.logged_in("sato") as client:
        done = press(client, revision, "approve")
        assert "を承認しました。公開できます。" in done.text
        assert state(room) == "approved"
        assert re.search(r"佐藤: 稿 \d+ を承認しました", text(done))


def test_書く人は_承認も差し戻しもできない(room: Room) -> None:
    revision = submitted(room)
    with room.logged_in("suzuki") as client:
        refused = press(client, revision, "approve")
        assert refused.status_code == 403
        assert "承認できるのは、確かめる人です。" in refused.text
        assert press(client, revision, "return", comment="直して").status_code == 403
    assert state(room) == "submitted"


def test_自分が書いた文章は_自分では承認できない(room: Room) -> None:
    revision = room.write(AUTUMN, name="sato")
    room.console.approvals.submit(revision.id, revision.digest, room.actor("sato"))
    with room.logged_in("sato") as client:
        page = client.get(ADDRESS)
        assert "自分が書いた文章は、自分では承認できません。" in text(page)
        assert 'value="approve"' not in page.text
        refused = press(client, revision, "approve")
        assert refused.status_code == 403 and "自分が書いた文章は" in refused.text
    assert state(room) == "submitted"


def test_見ていた中身と違う稿は_承認できない(room: Room) -> None:
    revision = submitted(room)
    with room.logged_in("sato") as client:
        seen = {"revision": str(revision.id), "digest": "0" * 64, "action": "approve"}
        refused = client.post(ADDRESS, data=seen)
        assert refused.status_code == 409
        assert "画面で見ていた文章と、選んだ稿の中身が違います。" in refused.text
        newer = room.write(AUTUMN.replace("いわし", "さば"))
        refused = press(client, revision, "approve")
        assert refused.status_code == 409 and "新しい稿が保存されています" in refused.text
        assert f"稿 {newer.id} への違い" in refused.text  # 今の稿を見せる
    desk = room.console.approvals.desk(SUBJECT, "standard")
    assert desk is not None and desk.waiting is None


def test_ほかの文章の稿は_このページでは扱わない(room: Room) -> None:
    plain = room.write(PLAIN.replace("魚", "いわし"), "plain")
    with room.logged_in("suzuki") as client:
        seen = {"revision": str(plain.id), "digest": plain.digest, "action": "submit"}
        assert "画面の様子が変わっています" in client.post(ADDRESS, data=seen).text
        assert client.get(ADDRESS, params={"revision": plain.id}).status_code == 404
    desk = room.console.approvals.desk(SUBJECT, "plain")
    assert desk is not None and desk.state == "draft"


def test_管理者の承認には_代理の理由が要る(room: Room) -> None:
    revision = submitted(room)
    with room.logged_in("abe") as client:
        refused = press(client, revision, "approve", reason=" ")
        assert refused.status_code == 403
        assert 'href="#reason"' in refused.text and 'aria-invalid="true"' in refused.text
        assert "<title>エラー: " in refused.text
        done = press(client, revision, "approve", reason="佐藤と加藤が出張")
        assert "代理の承認 阿部" in text(done) and "佐藤と加藤が出張" in done.text
    assert state(room) == "approved"


def test_差し戻すには_言葉が要る(room: Room) -> None:
    revision = submitted(room)
    with room.logged_in("sato") as reviewer, room.logged_in("suzuki") as writer:
        refused = press(reviewer, revision, "return", comment="  ")
        assert refused.status_code == 400
        assert 'href="#comment"' in refused.text
        assert "どこをどう直すかを書いてください" in refused.text
        press(reviewer, revision, "return", comment="日付を足してください")
        page = writer.get(ADDRESS)
        assert "差し戻し 佐藤" in text(page) and "日付を足してください" in page.text
        assert 'value="submit"' in page.text
    assert state(room) == "returned"


def test_書いた言葉は_断られても残る(room: Room) -> None:
    revision = submitted(room)
    room.console.approvals.withdraw(revision.id, revision.digest, room.actor("suzuki"))
    room.console.approvals.submit(revision.id, revision.digest, room.actor("suzuki"))
    room.console.approvals.approve(revision.id, revision.digest, room.actor("kato"))
    room.console.approvals.publish(revision.id, revision.digest, room.actor("kato"))
    newer = submitted(room, AUTUMN.replace("いわし", "さば"))
    with room.logged_in("sato") as client:
        refused = press(client, revision, "return", comment="ここを直して")
        assert refused.status_code == 409
        assert "ここを直して</textarea>" in refused.text
        assert f'value="{newer.id}"' in refused.text


def test_よその社協の文章は_ないものと同じ(room: Room) -> None:
    stranger = Account("yoso", "よその人", "", "reviewer", frozenset({"saitama"}))
    room.console.accounts.add(stranger, None, PASSWORD)
    revision = submitted(room)
    with room.logged_in("yoso") as client:
        assert client.get(ADDRESS).status_code == 404
        assert press(client, revision, "approve").status_code == 404
    assert state(room) == "submitted"


@pytest.mark.parametrize("place", ["standard/print", "plain", "nai", "standard?revision=999"])
def test_どのページも_あるものだけを見せる(room: Room, place: str) -> None:
    with room.logged_in("suzuki") as client:
        status = client.get(f"/staff/review/{SUBJECT}/{place}").status_code
    assert status == (404 if place in ("nai", "standard?revision=999") else 200)


# いっしょに見るもの ---------------------------------------------------------------------


def test_やさしい文章には_検査の数と_ふつうの文章にない数を示す(room: Room) -> None:
    revision = room.write(PLAIN.replace("魚", "魚 30匹"), "plain")
    room.console.approvals.submit(revision.id, revision.digest, room.actor("suzuki"))
    with room.logged_in("sato") as client:
        page = text(client.get(f"/staff/review/{SUBJECT}/plain"))
    assert re.search(r"やさしい日本語の検査 直すもの [1-9]", page)
    assert "は、ふつうの文章の同じ節にありません。" in page


def test_いっしょに承認する読みの辞書も_違いを見せる(room: Room) -> None:
    table = "語\t読み\tアクセント\t備考\n朝市\tアサイチ\t2\t\n"
    room.console.drafts.save(Work("umibe", "readings", table), room.actor("suzuki"))
    submitted(room)
    with room.logged_in("sato") as client:
        page = text(client.get(ADDRESS))
    assert "いっしょに承認する読みの辞書" in page and "アサイチ" in page


def test_読みの辞書で_いくつの文章のいくつの所が変わるかを_承認する人に示す(room: Room) -> None:
    def spell(*lines: str) -> Revision:
        desk = room.console.approvals.desk("umibe", "readings")
        table = "".join(f"{line}\n" for line in ("語\t読み\tアクセント\t備考", *lines))
        work = Work("umibe", "readings", table, desk.latest.id if desk else None)
        return room.console.drafts.save(work, room.actor("suzuki"))

    def said(client: httpx.Client, address: str = ADDRESS) -> list[str]:
        return re.findall(r"この読みの辞書[^。]*。", text(client.get(address)))

    # 見出しと文の「朝市」、文の「魚」。「魚」は、ふつうの文章のほうを書きかえて、やさしい文章にだけある。
    both = ("朝市\tアサイチバ\t2\t", "魚\tサカナサン\t0\t")
    spell(*both, "鯨\tクジラ\t0\t")
    draft = submitted(room)
    with room.logged_in("suzuki") as writer, room.logged_in("sato") as reviewer:
        assert said(writer) == []
        (counted,) = said(reviewer)
        assert "、2 の文章の、合わせて 5 か所で、読みかアクセントか間が変わります" in counted
        room.console.approvals.approve(draft.id, draft.digest, room.actor("sato"))
        assert said(reviewer) == []  # もう決めた
        room.console.approvals.publish(draft.id, draft.digest, room.actor("sato"))
        alone = spell(*both, "鯨\tイサナ\t0\t")
        room.console.approvals.submit(alone.id, alone.digest, room.actor("suzuki"))
        none = "この読みの辞書で読みの変わる所は、いまの文章に見つかりません。"
        assert said(reviewer, "/staff/review/umibe/readings") == [none]
        room.console.approvals.withdraw(alone.id, alone.digest, room.actor("suzuki"))
        many = spell(*(f"{word}市\tイチ\t0\t" for word in "朝昼夕夜春"))
        room.console.approvals.submit(many.id, many.digest, room.actor("suzuki"))
        assert said(reviewer, "/staff/review/umibe/readings") == []  # 多すぎて、数えない


def test_いっしょに承認する読みの辞書を書いた人を_前もって見せる(room: Room) -> None:
    def spell(sound: str, name: str) -> None:
        desk = room.console.approvals.desk("umibe", "readings")
        table = f"語\t読み\tアクセント\t備考\n朝市\t{sound}\t2\t\n"
        work = Work("umibe", "readings", table, desk.latest.id if desk else None)
        room.console.drafts.save(work, room.actor(name))

    spell("アサイチ", "sato")
    spell("アサイチバ", "suzuki")
    draft = room.write(AUTUMN)
    said = "読みの辞書を書いた人 佐藤、鈴木（承認は、ほかの人がします）"
    with room.logged_in("sato") as client:
        assert "読みの辞書を書いた人" not in client.get(ADDRESS).text  # まだ、提出していない
        room.console.approvals.submit(draft.id, draft.digest, room.actor("suzuki"))
        page = client.get(ADDRESS)
        assert said in text(page)
        assert "自分が直した読みは、自分では承認できません。" in text(page)
        assert 'value="approve"' not in page.text
        assert "書いた人: 佐藤、鈴木" in text(client.get(f"{ADDRESS}/print"))
    with room.logged_in("kato") as client:
        page = client.get(ADDRESS)
        assert said in text(page) and 'value="approve"' in page.text
        done = text(press(client, draft, "approve"))
        assert "読みの辞書を書いた人 佐藤、鈴木" in done and said not in done
        room.console.approvals.publish(draft.id, draft.digest, room.actor("kato"))
        assert "読みの辞書を書いた人" not in client.get(ADDRESS).text


def test_前の稿の全文と_どの稿との違いも見られる(room: Room) -> None:
    first = room.write(AUTUMN)
    second = room.write(AUTUMN.replace("いわし", "さば"))
    with room.logged_in("suzuki") as client:
        page = client.get(ADDRESS, params={"revision": first.id, "against": "0"})
        assert "全文" in text(page) and "いわしを配ります" in page.text
        assert "<ins" not in page.text
        page = client.get(ADDRESS, params={"revision": second.id, "against": first.id})
        assert f"稿 {first.id} （" in text(page) or f"稿 {first.id}（" in page.text
        assert "［消した］</span>いわし" in page.text and "［加えた］</span>さば" in page.text


def test_決裁の紙に_人と日時と_稿の要約と_違いがある(room: Room) -> None:
    revision = submitted(room)
    room.after(hours=1)
    room.console.approvals.approve(
        revision.id, revision.digest, room.actor("abe"), "確かめる人が出張"
    )
    with room.logged_in("suzuki") as client:
        page = client.get(f"{ADDRESS}/print")
    shown = text(page)
    assert "件名 海辺の計画（ふつうの文章）" in shown
    assert f"稿 {revision.id}（要約 {revision.digest[:12]} ）" in shown
    assert revision.digest[:13] not in shown
    assert "起案者 鈴木、 2026年11月22日 12時00分" in shown
    assert "承認者 阿部、 2026年11月22日 13時00分" in shown
    assert "代理の承認。理由: 確かめる人が出張" in shown
    assert "［加えた］</span>いわし" in page.text


# 決める前に見るもの --------------------------------------------------------------------


def test_何も書いていない文章は_提出できない(room: Room) -> None:
    empty = PLAIN.replace("朝市では、魚をもらえます。\n", "")
    revision = room.write(empty, "plain")
    with room.logged_in("suzuki") as client:
        page = press(client, revision, "submit")
        assert page.status_code == 400
        assert "どの節にも、まだ文章がありません。" in text(page)
    desk = room.console.approvals.desk(SUBJECT, "plain")
    assert desk is not None and desk.state == "draft"


def test_まだ書いていない節を_提出する前と提出したときと確かめるときに言う(room: Room) -> None:
    more = "\n# 夜市 {#night}\n\n夜です。\n\n# 章 {#chapter}\n\n## 節 {#leaf}\n"
    room.write(STANDARD + more)
    plain = room.write(PLAIN + more.replace("夜です。\n", ""), "plain")
    address = f"/staff/review/{SUBJECT}/plain"
    with room.logged_in("suzuki") as client:
        page = client.get(address)
        assert "まだ書いていない節が 2 あります。" in text(page)
        assert f'<a href="/staff/edit/{SUBJECT}/plain#part_2">夜市</a>' in page.text
        assert f'<a href="/staff/edit/{SUBJECT}/plain#part_4">節</a>' in page.text
        assert '#part_3">章</a>' not in page.text
        done = press(client, plain, "submit")
        assert "提出しました。" in text(done) and "まだ書いていない節が 2 あります。" in text(done)
    with room.logged_in("sato") as client:
        assert "まだ書いていない節が 2 あります。" in text(client.get(address))
        assert "まだ書いていない節" not in text(
            client.get(f"/staff/review/{SUBJECT}/standard?revision=2")
        )


def test_検査のしらせを節ごとに並べ_編集と下見と読みへ移れる(room: Room) -> None:
    revision = room.write(PLAIN.replace("魚をもらえます", "連携を推進します"), "plain")
    with room.logged_in("sato") as client:
        page = client.get(f"/staff/review/{SUBJECT}/plain")
        told = page.text[page.text.index('<details class="told">') :]
        told = told[: told.index("</details>")]
        assert "朝市" in told and "連携" in told and "むずかしい言葉です。" in told
        assert f'href="/staff/edit/{SUBJECT}/plain#part_1"' in told
        for place in ("preview", "readings"):
            assert f'href="/staff/{place}/{SUBJECT}/plain"' in page.text
        first = revision.id - 1
        old = client.get(f"/staff/review/{SUBJECT}/plain?revision={first}")
        assert f'href="/staff/preview/{SUBJECT}/plain?revision={first}"' in old.text


def test_日付が公開中の稿と同じなら_提出と公開のページで言う(room: Room) -> None:
    said = "日付が前に公開した稿と同じです。フィードで受け取る人には、新しく見えません。"
    publish = f"/staff/publish/{SUBJECT}/standard"
    revision = room.write(AUTUMN)
    with room.logged_in("suzuki") as client:
        page = client.get(ADDRESS)
        assert said in text(page)
        assert f'href="/staff/edit/{SUBJECT}/standard?front=1#front_date"' in page.text
        assert (
            '<details class="front" id="front" open>'
            in client.get(f"/staff/edit/{SUBJECT}/standard?front=1").text
        )
        press(client, revision, "submit")
        room.console.approvals.approve(revision.id, revision.digest, room.actor("sato"))
        assert said in text(client.get(publish))
        room.write(AUTUMN.replace("2026-04-01", "2026-11-22"))
        assert said not in text(client.get(ADDRESS))


def test_もう承認された稿を承認すると_そう言う(room: Room) -> None:
    revision = submitted(room)
    room.console.approvals.approve(revision.id, revision.digest, room.actor("sato"))
    with room.logged_in("kato") as client:
        page = press(client, revision, "approve")
        assert page.status_code == 409 and "この稿は、もう承認されています。" in text(page)
    with room.logged_in("suzuki") as client:
        assert "いま承認されているので、提出ができません" in text(press(client, revision, "submit"))
