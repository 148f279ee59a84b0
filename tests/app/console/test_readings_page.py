"""読みの下見と、読みの直し。"""

from __future__ import annotations

import html
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from accessibility.sound import mp3_seconds
from app.console.account import Account
from app.console.readings_table import in_words
from content.workflow import Work
from tests.app.console.browsing import follow, log_in, press
from tests.app.console.room import PASSWORD, PLAIN, STANDARD, SUBJECT, Room
from tests.end_to_end.test_pages import CONTRAST, axe

FISH = STANDARD.replace("とれたての魚を", "網元の家で生魚を")
"""「生魚」は、2 つの辞書で読みが違う。"""
PAGE = f"/staff/readings/{SUBJECT}/standard"
FORM = f"{PAGE}/word"


def text(page: httpx.Response) -> str:
    main = page.text[page.text.index("<main") :]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def words(page: httpx.Response) -> dict[str, str]:
    """語と、直すページ。初めのもの。"""
    found: dict[str, str] = {}
    for href, shown in re.findall(
        r'<a class="yomi" href="([^"]+)" aria-label="[^"]+">(.*?)</a>', page.text
    ):
        word = re.sub(r"<rt>.*?</rt>|<rp>.*?</rp>|<[^>]+>", "", shown)
        found.setdefault(word, html.unescape(href))
    return found


def readings(page: httpx.Response) -> list[tuple[str, str]]:
    """ふりがな。"""
    return re.findall(r"<ruby>([^<]+)<rp>（</rp><rt>([^<]+)</rt>", page.text)


def filled(page: httpx.Response) -> dict[str, str]:
    """ページの項目に入っている値。"""
    values = {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(
            r'<input (?:type="hidden" )?(?:id="\w+" )?name="(\w+)"[^>]*? value="([^"]*)"', page.text
        )
    }
    radios = re.findall(r'type="radio" name="(\w+)" value="(\w*)"[^>]* checked', page.text)
    return {**values, **dict(radios)}


def correct(client: httpx.Client, chosen: str, /, **changed: str) -> httpx.Response:
    """読みのページで ``chosen`` の語を選び、``changed`` を書いて保存する。"""
    form = client.get(words(client.get(PAGE))[chosen])
    return client.post(form.url.path, data={**filled(form), "do": "save", **changed})


def table(room: Room) -> str:
    desk = room.console.approvals.desk("umibe", "readings")
    return desk.latest.text if desk else ""


# 見る ------------------------------------------------------------------------------


def test_文ごとにふりがなを付け_確かめる語は_言葉の印と_始めの一覧で示す(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        page = client.get(PAGE)
        assert ("朝市", "あさいち") in readings(page)
        assert ("生魚", "なまざかな") in readings(page)
        shown = text(page)
        assert "確かめる語 2 つの辞書で、読みが違った語です。" in shown
        assert "生魚（なまざかな）" in shown
        assert re.search(r"生魚<rp>.{0,60}</a><span class=\"doubt\"[^>]*>要確認</span>", page.text)
        assert not re.search(r"朝市<rp>.{0,60}</a><span class=\"doubt\"", page.text)
        # 目で見る字（rt）は、読み上げではリンクの名前に入らない
        assert re.search(r'aria-label="生魚（[ぁ-ん]+）、要確認"', page.text)
        assert 'aria-label="朝市（あさいち）"' in page.text
        assert "点字に、同じ読みが使われます" in shown
        form = client.get(words(page)["生魚"])
        assert "いまの読み なまざかな" in text(form)
        assert filled(form)["reading"] == "なまざかな"


def test_選んだ稿を下見する(room: Room) -> None:
    first = room.console.approvals.desk(SUBJECT, "standard")
    assert first is not None
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        assert "生魚" in words(client.get(PAGE))
        before = client.get(f"{PAGE}?revision={first.latest.id}")
        assert "生魚" not in words(before)
        assert "前の稿" in text(before)
        assert client.get(f"{PAGE}?revision=99").status_code == 404
        form = client.get(words(before)["魚"])
        sent = {**filled(form), "do": "save", "scope": "here"}
        assert "いちばん新しい稿だけです" in client.post(str(form.url), data=sent).text


def test_ないものと_受け持ちでないものは_見つからない(room: Room) -> None:
    stranger = Account("yoso", "よその人", "", "writer", frozenset({"saitama"}))
    room.console.accounts.add(stranger, None, PASSWORD)
    with room.logged_in("suzuki") as client, room.logged_in("yoso") as other:
        assert client.get(f"{FORM}?sentence=nai").status_code == 404
        assert client.get("/staff/readings/umibe/nai/standard").status_code == 404
        assert other.get(PAGE).status_code == 404
        data = {"sentence": "title", "word": "海辺", "reading": "かいへん", "do": "save"}
        assert other.post(FORM, data=data).status_code == 404
    assert table(room) == ""


# 社協の辞書に書く ------------------------------------------------------------------------


def test_直した読みは_下見にすぐに使い_承認されて公開されると_公開に使う(room: Room) -> None:
    revision = room.write(FISH)
    with room.logged_in("suzuki") as client:
        done = correct(client, "生魚", reading="せいぎょ", accent="1", note="お店の呼び方")
        said = "「生魚」の読みを「せいぎょ」、アクセントを「1 拍めの後で下がる」にしました。"
        assert said in text(done)
        assert ("生魚", "せいぎょ") in readings(done)
        assert "承認を待つ読み" in text(done)
        assert "生魚（せいぎょ） アクセント 1、お店の呼び方" in text(done)
        assert "要確認</span></p>" not in done.text
        assert "/staff/review/umibe/readings" in done.text
        assert client.get("/staff/review/umibe/readings").status_code == 200
    desk = room.console.approvals.desk("umibe", "readings")
    assert desk is not None
    assert desk.latest.author == "suzuki"
    assert (desk.state, desk.published) == ("draft", None)
    assert desk.latest.text == "語\t読み\tアクセント\t備考\t間\n生魚\tせいぎょ\t1\tお店の呼び方\n"
    approvals, sato = room.console.approvals, room.actor("sato")
    approvals.submit(revision.id, revision.digest, room.actor("suzuki"))
    approvals.approve(revision.id, revision.digest, sato)
    approvals.publish(revision.id, revision.digest, sato)
    desk = room.console.approvals.desk("umibe", "readings")
    assert desk is not None and desk.published == desk.latest
    with room.logged_in("suzuki") as client:
        assert "承認を待つ読み" not in text(client.get(PAGE))


def test_読みが正しければ_そのまま保存すると_印が消える(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        assert "読みの違った語はありません" not in text(client.get(PAGE))
        assert "読みの違った語はありません" in text(correct(client, "生魚"))
    assert "生魚\tなまざかな" in table(room)


def test_語は書きかえられ_前後の字を入れて長くできる(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        done = correct(client, "家", word="網元の家", reading="あみもとのや")
        assert ("家", "や") in readings(done)
        assert "「網元の家」の読みを「あみもとのや」にしました。" in text(done)


WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"reading": "生ざかな"}, "「読み」は、ひらがな（外来語はカタカナ）だけで"),
    ({"reading": "なま ざかな"}, "「読み」は、ひらがな（外来語はカタカナ）だけで"),
    ({"reading": ""}, "「読み」は、ひらがな（外来語はカタカナ）だけで"),
    ({"word": "鯨"}, "「語」は、この文の中の言葉を"),
    ({"word": ""}, "「語」は、この文の中の言葉を"),
    ({"word": "<script>alert(1)</script>"}, "「語」は、この文の中の言葉を"),
    ({"accent": "9"}, "「アクセント」は、この読みでは 0、1、2、3、4、5 のどれかです"),
    ({"accent": "１おく"}, "「アクセント」は、この読みでは 0、1、2、3、4、5 のどれかです"),
    ({"pause": "まえ"}, "「間（ま）」を選び直してください"),
    ({"scope": "mura"}, "「どこに使うか」を選んでください"),
    ({"word": "魚"}, "長い語の一部か、語の切れ目が違うので"),
    ({"scope": "here", "accent": "1"}, "ふりがなでは、アクセントは決められません"),
    ({"scope": "text", "pause": "後"}, "ふりがなでは、間（ま）は決められません"),
    ({"base": "x"}, "画面の様子が変わっています"),
)


def test_書けないものは_理由を言い_書いたものを残す(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        for changed, message in WRONG:
            page = correct(client, "生魚", note="わけ", **changed)
            assert page.status_code == 400, changed
            assert message in text(page), changed
            assert "わけ" in page.text
            assert "<script>alert" not in page.text
    assert table(room) == ""


def test_ほかの所の読みも変わるときは_見せてから保存する(room: Room) -> None:
    room.write(STANDARD.replace("とれたて", "年のちがう人が、2026年の秋に、とれたて"))
    room.write(PLAIN.replace("魚", "第2年の魚"), "plain")
    with room.logged_in("suzuki") as client:
        first = correct(client, "年", reading="よわい")
        assert first.status_code == 400
        shown = text(first)
        assert "ほかの 2 か所の読みも変わります。" in shown
        assert "人が、 2026年 の秋に、とれたての魚を" in shown
        assert "にせんにじゅうろくねん → にせんにじゅうろくよわい" in shown
        assert "にねん → によわい 海辺の計画（やさしい日本語）" in shown
        assert table(room) == ""
        again = client.post(FORM, data={**filled(first), "do": "save"})
        assert "「年」の読みを「よわい」にしました。" in text(again)
    assert "年\tよわい" in table(room)


def test_変わる所を_読みを書きかえる前から見せる(room: Room) -> None:
    room.write(STANDARD.replace("とれたて", "年のちがう人が、2026年の秋に、とれたて"))
    with room.logged_in("suzuki") as client:
        form = client.get(words(client.get(PAGE))["年"])
        assert "にせんにじゅうろくねん → にせんにじゅうろくとし" in text(form)
        form = client.get(words(client.get(PAGE))["朝市"])
        assert "ほかの所の読みは変わりません。" in text(form)
        assert "「朝市」の出てくる文章（2）" in text(form)


def test_聞きくらべても_保存はしない(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        page = correct(client, "生魚", reading="うお", do="listen")
        assert page.status_code == 200
        names = ("決めない", "平板（0）: ウオ￣", "頭高（1）: ウ＼オ", "尾高（2）: ウオ＼")
        assert all(name in text(page) for name in names)
        assert len(re.findall(r'<audio [^>]*controls preload="none"', page.text)) == 10
        assert filled(page)["reading"] == "うお"
    assert table(room) == ""


def test_辞書から除く(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        correct(client, "生魚", reading="せいぎょ")
        correct(client, "網元", reading="あみのもと")
        done = correct(client, "生魚", do="remove")
        assert "「生魚」を、社協の読みの辞書から除きました。" in text(done)
        assert ("生魚", "なまざかな") in readings(done)
    assert table(room) == "語\t読み\tアクセント\t備考\t間\n網元\tあみのもと\n"


def test_文章の中のふりがなは_辞書では変わらないと言う(room: Room) -> None:
    room.write(FISH.replace("生魚", "｜生魚《せいぎょ》"))
    with room.logged_in("suzuki") as client:
        assert "読みの違った語はありません" in text(client.get(PAGE))
        page = correct(client, "生魚", reading="なまうお")
        assert "文章の中のふりがな（｜漢字《かんじ》）で決まっていて" in text(page)
        assert table(room) == ""
        done = correct(client, "生魚", reading="なまうお", scope="here")
        assert ("生魚", "なまうお") in readings(done)


# 間 ------------------------------------------------------------------------------------


def sounds(page: httpx.Response) -> dict[str, str]:
    """聞く所の、名前と場所。"""
    found = re.findall(r'<audio [^>]*src="([^"]+)" aria-label="([^"]+)"', page.text)
    return {html.unescape(name): html.unescape(src) for src, name in found}


def test_語の前と後の間を決め_聞いてから保存し_言葉で示す(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        form = client.get(words(client.get(PAGE))["生魚"])
        assert filled(form)["pause"] == ""
        heard = sounds(form)
        choices = (
            "決めない（いつもの決まりで）",
            "前で休む",
            "後で休む",
            "前と後で休む",
            "休まない",
        )
        files = [client.get(heard[f"間（ま）を聞く: {choice}"]) for choice in choices]
        assert {file.headers["content-type"] for file in files} == {"audio/mpeg"}
        usual, before, after, both, none = (mp3_seconds(file.content) for file in files)
        assert usual + 0.2 < min(before, after) and max(before, after) + 0.2 < both
        assert none == usual
        assert table(room) == ""
        done = correct(client, "生魚", accent="1", pause="後")
        said = "の読みを「なまざかな」、アクセントを「1 拍めの後で下がる」、間を「後で休む」にしました。"
        assert said in text(done)
        assert "生魚（なまざかな） アクセント 1、間は「後で休む」" in text(done)
        assert ("生魚", "なまざかな") in readings(done)
        line = sounds(done)["聞く: 朝市では、網元の家で生魚を配ります。"]
        assert mp3_seconds(client.get(line).content) == pytest.approx(after, abs=0.1)
        again = client.get(words(done)["生魚"])
        assert filled(again)["pause"] == "後"
        assert "社協の読みの辞書にあります（アクセント 1、間は「後で休む」）" in text(again)
        correct(client, "生魚", pause="")
    assert table(room) == "語\t読み\tアクセント\t備考\t間\n生魚\tなまざかな\t1\n"


def test_前からの表には_間を書くときだけ_見出しに間を足す(room: Room) -> None:
    room.write(FISH)
    old = "語\t読み\tアクセント\t備考\n網元\tあみもと\t\t浜の人\n"
    room.console.drafts.save(Work("umibe", "readings", old), room.actor("suzuki"))
    with room.logged_in("suzuki") as client:
        correct(client, "生魚", accent="3")
        assert table(room) == old + "生魚\tなまざかな\t3\n"
        correct(client, "生魚", pause="前後")
    rows = "網元\tあみもと\t\t浜の人\n生魚\tなまざかな\t3\t\t前後\n"
    assert table(room) == "語\t読み\tアクセント\t備考\t間\n" + rows


def test_間で変わるほかの所を_見せてから保存する(room: Room) -> None:
    room.write(FISH)
    room.write(PLAIN.replace("魚をもらえます", "生魚をもらえます"), "plain")
    with room.logged_in("suzuki") as client:
        first = correct(client, "生魚", pause="前後")
        assert first.status_code == 400
        assert "ほかの 1 か所の読みも変わります。" in text(first)
        assert "なまざかな → なまざかな（間） 海辺の計画（やさしい日本語）" in text(first)
        again = client.post(FORM, data={**filled(first), "do": "save"})
        assert "間を「前と後で休む」にしました。" in text(again)


def test_この所で聞こえ方の変わらない間は_そう言う(room: Room) -> None:
    room.write(STANDARD.replace("とれたての魚を", "魚（海の幸）を"))
    with room.logged_in("suzuki") as client:
        idle = "いま選んでいる間にしても、聞こえ方は変わりません"
        for word, pause, expected in (
            ("魚", "前", True),
            ("魚", "後", True),
            ("幸", "前", False),
            ("魚", "なし", False),
        ):
            page = correct(client, word, pause=pause, do="listen")
            assert (idle in text(page)) == expected, (word, pause)


def test_間の試し聞きも_書けないものは理由を言う(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as client:
        src = sounds(client.get(words(client.get(PAGE))["生魚"]))["間（ま）を聞く: 前で休む"]
        assert client.get(src.replace("pause=%E5%89%8D", "pause=x")).status_code == 400
        assert client.get(src.replace("standard", "nai")).status_code == 404
    with room.client() as nobody:
        assert nobody.get(src).url.path == "/staff/login"


def test_先の人が間だけを直していれば_そう言う(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as one, room.logged_in("sato") as two:
        form = one.get(words(one.get(PAGE))["生魚"])
        correct(two, "生魚", pause="前")
        late = one.post(FORM, data={**filled(form), "do": "save", "pause": "後"})
        assert "「生魚」を「なまざかな」（間は「前で休む」）に直しました。" in text(late)


def test_表は_1語を1行の言葉にできる() -> None:
    rows = "# 浜の言葉\n生魚\tせいぎょ\t1\tお店\t前後\n\n網元\tあみもと\n"
    assert in_words("語\t読み\tアクセント\t備考\t間\n" + rows) == (
        "# 浜の言葉\n生魚（せいぎょ） アクセント 1、間は「前と後で休む」、お店\n網元（あみもと）\n"
    )
    assert in_words("読めない表") == "読めない表"
    assert in_words("") == ""


# 2 人で直す ---------------------------------------------------------------------------


def test_2人が別の語を直せば_どちらも残る(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as one, room.logged_in("sato") as two:
        form = one.get(words(one.get(PAGE))["生魚"])
        correct(two, "網元", reading="あみのもと")
        done = one.post(FORM, data={**filled(form), "do": "save", "reading": "せいぎょ"})
        assert "にしました。" in text(done)
    assert table(room).splitlines()[1:] == ["網元\tあみのもと", "生魚\tせいぎょ"]
    assert room.console.drafts.all_kept(room.actor("suzuki")) == ()


def test_同時に保存しても_どの語も残る(room: Room) -> None:
    room.write(FISH)
    corrections = {"生魚": "せいぎょ", "網元": "あみのもと", "家": "や"}
    with room.logged_in("suzuki") as client, ThreadPoolExecutor(3) as pool:
        forms = {w: filled(client.get(words(client.get(PAGE))[w])) for w in corrections}
        sent = [{**forms[w], "do": "save", "reading": r} for w, r in corrections.items()]
        done = [*pool.map(lambda data: client.post(FORM, data=data), sent)]
        assert [page.status_code for page in done] == [200, 200, 200]
    assert sorted(table(room).splitlines()[1:]) == ["家\tや", "生魚\tせいぎょ", "網元\tあみのもと"]
    assert room.console.drafts.all_kept(room.actor("suzuki")) == ()


def test_前の辞書に戻した後は_その辞書に書き足す(room: Room) -> None:
    room.write(FISH)
    approvals, suzuki, sato = room.console.approvals, room.actor("suzuki"), room.actor("sato")
    for reading in ("せいぎょ", "なまうお"):
        text_of = f"語\t読み\n生魚\t{reading}\n"
        desk = approvals.desk("umibe", "readings")
        base = desk.latest.id if desk else None
        made = room.console.drafts.save(Work("umibe", "readings", text_of, base), suzuki)
        approvals.submit(made.id, made.digest, suzuki)
        approvals.approve(made.id, made.digest, sato)
        approvals.publish(made.id, made.digest, sato)
    first = approvals.history("umibe", "readings")[0]
    approvals.restore(first.id, first.digest, sato)
    with room.logged_in("suzuki") as client:
        done = correct(client, "生魚", reading="さかな")
        assert "「生魚」の読みを「さかな」にしました。" in text(done)
    assert table(room) == "語\t読み\n生魚\tさかな\n"


def test_2人が同じ語を直せば_後の人に_先の直しを見せる(room: Room) -> None:
    room.write(FISH)
    with room.logged_in("suzuki") as one, room.logged_in("sato") as two:
        form = one.get(words(one.get(PAGE))["生魚"])
        correct(two, "生魚", reading="なまうお")
        late = one.post(FORM, data={**filled(form), "do": "save", "reading": "せいぎょ"})
        assert late.status_code == 400
        assert "見ている間に、ほかの人が「生魚」を「なまうお」に直しました。" in text(late)
        assert filled(late)["reading"] == "せいぎょ"
        assert "生魚\tなまうお" in table(room)
        one.post(FORM, data={**filled(late), "do": "save"})
    assert "生魚\tせいぎょ" in table(room)


# 文章にふりがなを書く ---------------------------------------------------------------------


def test_この所だけなら_文章の中にふりがなを書いた下書きになる(room: Room) -> None:
    room.write(FISH.replace("配ります。", "配ります。生魚は、朝に届きます。"), name="sato")
    with room.logged_in("suzuki") as client:
        done = correct(client, "生魚", reading="せいぎょ", scope="here")
        assert "文章の 1 か所に、ふりがなを書きました。" in text(done)
        assert readings(done).count(("生魚", "せいぎょ")) == 1
        assert readings(done).count(("生魚", "なまざかな")) == 1
    desk = room.console.approvals.desk(SUBJECT, "standard")
    assert desk is not None
    assert (desk.latest.author, desk.state) == ("suzuki", "draft")
    assert "家で｜生魚《せいぎょ》を配ります。生魚は" in desk.latest.text
    assert table(room) == ""


def test_この文章だけなら_同じ読みの所のすべてに書き_違う語には書かない(room: Room) -> None:
    body = "年のちがう人が来ます。年は、とります。2026年の朝市です。"
    room.write(STANDARD.replace("朝市では、とれたての魚を配ります。", body))
    with room.logged_in("suzuki") as client:
        done = correct(client, "年", reading="よわい", scope="text")
        assert "文章の 2 か所に、ふりがなを書きました。" in text(done)
    desk = room.console.approvals.desk(SUBJECT, "standard")
    assert desk is not None
    expected = "｜年《よわい》のちがう人が来ます。｜年《よわい》は、とります。2026年の朝市です。"
    assert expected in desk.latest.text


def test_自分の書きかけがあれば_文章は変えない(room: Room) -> None:
    room.write(FISH)
    kept = Work(SUBJECT, "standard", FISH + "\n書きかけ", None)
    room.console.drafts.keep(kept, room.actor("suzuki"))
    with room.logged_in("suzuki") as client:
        page = correct(client, "生魚", reading="せいぎょ", scope="here")
        assert "あなたの書きかけがあります。" in text(page)
    found = room.console.drafts.kept(SUBJECT, "standard", room.actor("suzuki"))
    assert found is not None and found.text == kept.text


# ブラウザー ---------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_自動検査は違反を見つけず_語を選んで直し_その文にもどる(
    room: Room, browser: Browser, scheme: Any
) -> None:
    room.write(FISH)
    rules = CONTRAST if scheme == "dark" else None
    with browser.new_context(bypass_csp=True, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{room.url}{PAGE}")
        log_in(page, "suzuki")
        assert axe(page, rules) == {}
        follow(page.get_by_role("link", name="生魚（なまざかな）", exact=True))
        assert axe(page, rules) == {}
        pauses = page.get_by_role("group", name="間（ま）")
        pauses.get_by_role("radio", name="決めない").focus()
        for _ in range(2):
            page.keyboard.press("ArrowDown")
        expect(pauses.get_by_role("radio", name="後で休む", exact=True)).to_be_checked()
        page.get_by_role("textbox", name="読み").fill("生ざかな")
        press(page, "保存する")
        assert axe(page, rules) == {}
        expect(page.get_by_role("alert")).to_contain_text("ひらがな")
        page.get_by_role("textbox", name="読み").fill("せいぎょ")
        press(page, "保存する")
        expect(page.get_by_role("main")).to_contain_text("間を「後で休む」にしました。")
        expect(page.locator("li:target .line")).to_contain_text("せいぎょ")
        assert axe(page, rules) == {}
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
