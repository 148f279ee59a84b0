"""人の録音: MP3 を入れ、切れ目を直し、使うと、ページ、音声、DAISY、EPUB の声が替わり、やめると戻る。"""

from __future__ import annotations

import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import numpy as np
import pytest
from filelock import FileLock
from playwright.sync_api import Browser, expect

from accessibility import sound
from accessibility.recorded import LOUDNESS, loudness
from tests.app.console.browsing import log_in, press
from tests.app.console.editions import build
from tests.app.console.room import STANDARD, SUBJECT, Room
from tests.app.console.test_proof import rewrite
from tests.end_to_end.test_pages import CONTRAST, axe

ALL = f"/staff/recordings/{SUBJECT}/standard"
PAGE = f"{ALL}/market"
GIVEN = {"do": "add", "reader": "山田花子", "consent": "1"}


def reading(seconds: tuple[float, ...] = (1.0, 3.0), level: float = 0.03) -> bytes:
    """人の声のかわりの MP3。声（高さの動く音）と、その間の 0.7 秒の無音。"""
    rate = sound.RATE
    parts = [np.zeros(rate // 2)]
    for length in seconds:
        t = np.arange(round(length * rate)) / rate
        parts += [level * np.sin(2 * np.pi * 300 * t) * (1 + np.sin(2 * np.pi * 4 * t))]
        parts += [np.zeros(round(0.7 * rate))]
    return sound.encode_mp3([(np.concatenate(parts) * 32767).astype(np.int16)])


def upload(client: httpx.Client, data: bytes, **changed: str) -> httpx.Response:
    return client.post(PAGE, data=GIVEN | changed, files={"file": ("yomi.mp3", data)})


def received(room: Room) -> str:
    """鈴木が録音を入れた後のページ。使うと決めるのは、ほかの人である。"""
    with room.logged_in("suzuki") as suzuki:
        return upload(suzuki, reading()).text


def borders(page: str) -> list[str]:
    return re.findall(r'name="begin_\d+"[^>]* value="([\d.]+)"', page)


def use(client: httpx.Client, page: str, doing: str = "use") -> httpx.Response:
    begins = {f"begin_{n}": value for n, value in enumerate(borders(page), 2)}
    return client.post(PAGE, data={"do": doing, "take": take(page), **begins})


def take(page: str) -> str:
    found = re.search(r'name="take" value="(\d+)"', page)
    assert found is not None
    return found[1]


def facts(room: Room, name: str) -> dict[str, object]:
    path = room.out / SUBJECT / "standard/audio" / name
    found: dict[str, object] = json.loads(path.read_bytes())
    return found


def guide(room: Room) -> str:
    return json.dumps(facts(room, "sentences.json"), ensure_ascii=False)


def test_音声の版がなければ_そう言う(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        assert "まだ公開されていません" in client.get(ALL).text
        assert client.get(PAGE).status_code == 404


def test_MP3を入れると_大きさがそろい_文の切れ目の見当が付く(published: Room) -> None:
    with published.logged_in("suzuki") as client:
        assert "朝市" in client.get(ALL).text and "合成音声" in client.get(ALL).text
        page = upload(client, reading())
        assert page.status_code == 200 and "録音を受け取りました。" in page.text
        assert "まだ使っていません" in page.text
        (begin,) = borders(page.text)  # 見出しと、1 つの文
        assert 1.5 < float(begin) < 2.2  # 間の中
        got = client.get(f"{PAGE}/{take(page.text)}")
        samples, rate = sound.decode(got.content)
        assert rate == sound.RATE
        assert loudness(samples) == pytest.approx(LOUDNESS, abs=0.5)
        assert "山田花子 さんの録音が、使うのを待っています。" in client.get(ALL).text


@pytest.mark.parametrize(
    ("data", "changed", "field", "message"),
    [
        (b"ID3" + bytes(range(256)) * 40, {}, "file", "MP3 として読めません"),
        (b"%PDF-1.7 not a sound", {}, "file", "MP3 として読めません"),
        (b"", {}, "file", "MP3 として読めません"),
        (reading((0.1,))[:300], {}, "file", "録音"),
        (reading(level=0.0), {}, "file", "録音に声がないか、小さすぎます"),
        (reading(), {"reader": " "}, "reader", "読んだ人の名前"),
        (reading(), {"reader": "《花》"}, "reader", "使わずに書いてください"),
        (reading(), {"reader": "山田\ufffe"}, "reader", "（U+FFFE）があります。"),
        (reading(), {"consent": ""}, "consent", "同意したことを確かめてください"),
    ],
)
def test_使えない録音は_どこを直すかを示す(
    published: Room, data: bytes, changed: dict[str, str], field: str, message: str
) -> None:
    with published.logged_in("suzuki") as client:
        page = upload(client, data, **changed)
        assert page.status_code == 400 and message in page.text
        assert f'<a href="#{field}">' in page.text
        assert (GIVEN | changed)["reader"].strip() in page.text
        assert "まだ使っていません" not in client.get(PAGE).text


def test_使うと_すべての版の声が替わり_やめると戻る(published: Room) -> None:
    room = published
    every = ("web", "audio", "daisy", "epub")
    build(room, *every)
    before = sounds(room)
    with room.logged_in("suzuki") as suzuki:
        page = upload(suzuki, reading()).text
        assert "この録音を使う</button>" not in page
        assert use(suzuki, page).status_code == 403
    with room.logged_in("sato") as sato:
        done = use(sato, sato.get(PAGE).text)
        assert "版を作り直しています。終わると、この人の声になります。" in done.text
        assert "使っています。" in done.text
        assert '<a href="/staff/publish">公開の様子を見る</a>' in done.text
        build(room, *every)
        after = sounds(room)
        assert all(after[name] != before[name] for name in before)
        recorded = sato.get(f"{PAGE}/{take(done.text)}").content
        # どの版も、同じ録音を使う。
        assert recorded in after["web"] and recorded in after["audio"]
        assert recorded in after["daisy"] and recorded in after["epub"]
        assert "音訳の山田花子さんが読みました" in guide(room)
        web = (room.out / SUBJECT / "standard/web/index.html").read_text("utf-8")
        assert "音訳 山田花子さん" in web
        assert "音訳 山田花子" in sato.get(ALL).text
        clips = facts(room, "clips.json")["clips"]
        assert isinstance(clips, dict)
        market = [clips[id] for id in clips if id.startswith("market-")]
        assert market[1][1] - market[0][0] == pytest.approx(5.9, abs=0.2)
        ended = use(sato, sato.get(PAGE).text, "end").text
        assert "版を作り直しています。終わると、合成音声に戻ります。" in ended
    build(room, *every)
    assert sounds(room) == before


def sounds(room: Room) -> dict[str, bytes]:
    """「朝市」の節の音を持つファイル。"""
    folder = room.out / SUBJECT / "standard"
    with zipfile.ZipFile(folder / "epub/plan-1.epub") as book:
        epub = b"".join(book.read(n) for n in sorted(book.namelist()) if n.endswith(".mp3"))
    with zipfile.ZipFile(next((folder / "daisy").glob("*.zip"))) as book:
        daisy = b"".join(book.read(n) for n in sorted(book.namelist()) if n.endswith(".mp3"))
    return {
        "web": b"".join(p.read_bytes() for p in sorted((folder / "web").rglob("*.mp3"))),
        "audio": next((folder / "audio").glob("*-market.mp3")).read_bytes(),
        "epub": epub,
        "daisy": daisy,
    }


def test_切れ目を直すと_音声の切れ目も変わる(published: Room) -> None:
    room = published
    page = received(room)
    with room.logged_in("sato") as sato:
        data = {"do": "use", "take": take(page), "begin_2": "2.5"}
        assert borders(sato.post(PAGE, data=data).text) == ["2.50"]
    build(room)
    clips = facts(room, "clips.json")["clips"]
    assert isinstance(clips, dict)
    first, second = [clips[id] for id in clips if id.startswith("market-")]
    assert first[1] - first[0] == pytest.approx(2.5, abs=0.1)
    assert second[0] == first[1]


@pytest.mark.parametrize("begin", ["", "あ", "nan", "-1", "0", "99"])
def test_使えない切れ目は_断る(published: Room, begin: str) -> None:
    page = received(published)
    with published.logged_in("sato") as sato:
        before = borders(page)
        refused = sato.post(PAGE, data={"do": "use", "take": take(page), "begin_2": begin})
        assert refused.status_code == 400
        assert borders(sato.get(PAGE).text) == before


def test_文章が変わると_録音は使われず_戻すとまた使われる(published: Room) -> None:
    room = published
    page = received(room)
    with room.logged_in("sato") as sato:
        use(sato, page)
        build(room)
        assert "山田花子さんが読みました" in guide(room)
        rewrite(room, STANDARD.replace("とれたて", "しぼりたて"))
        build(room)
        assert "山田花子" not in guide(room)
        assert "山田花子 さんの録音を使っていません" in sato.get(ALL).text
        assert "山田花子 さんの録音を使っていません" in sato.get("/staff").text
        page = sato.get(PAGE).text
        assert "文章が変わったので、使っていません" in page
        refused = sato.post(PAGE, data={"do": "use", "take": take(page), "begin_2": "2"})
        assert refused.status_code == 400
        rewrite(room, STANDARD)
    build(room)
    assert "山田花子さんが読みました" in guide(room)


def test_新しい録音を使うと_前の録音に代わる(published: Room) -> None:
    room = published
    page = received(room)
    with room.logged_in("suzuki") as suzuki, room.logged_in("sato") as sato:
        use(sato, page)
        again = upload(suzuki, reading((1.0, 2.0)), reader="田中")
        assert "この節の録音" in again.text
        use(sato, again.text)
    build(room)
    assert "田中さん" in guide(room) and "山田花子" not in guide(room)


def test_使うのを待っている録音は_決められる人に知らせ_入れた人には今を示す(
    published: Room,
) -> None:
    room = published
    told = "『朝市』の、山田花子 さんの録音が、使うのを待っています。"

    def homes() -> list[str]:
        shown = []
        for name in ("suzuki", "sato", "kato", "abe"):
            with room.logged_in(name) as client:
                shown += [name] if told in client.get("/staff").text else []
        return shown

    assert homes() == []
    page = received(room)
    assert homes() == ["sato", "kato", "abe"]
    assert "使うと決めるのを待っています。" in page
    with room.logged_in("sato") as sato:
        assert f'<a href="{PAGE}">聞いて決める' in sato.get("/staff").text
        use(sato, sato.get(PAGE).text)
        assert homes() == []
        # 自分で入れた録音は、自分には知らせない。
        upload(sato, reading(), reader="佐藤")
        told = told.replace("山田花子", "佐藤")
        assert homes() == ["kato", "abe"]
        every = sato.get(ALL).text
        assert "音訳 山田花子 さん" in every and "佐藤 さんの録音が、使うのを待っています" in every
    rewrite(room, STANDARD.replace("とれたて", "しぼりたて"))
    build(room)
    assert homes() == []
    with room.logged_in("sato") as sato:
        assert "佐藤 さんの録音は使えません。" in sato.get(ALL).text


def test_自分が入れた録音は_確かめる人でも使うと決められない(published: Room) -> None:
    with published.logged_in("sato") as sato:
        page = upload(sato, reading()).text
        assert "この録音を使う</button>" not in page
        assert "自分が入れた録音は、自分では使うと決められません。" in page
        assert use(sato, page).status_code == 403
        assert "音訳 山田花子" not in sato.get(ALL).text


def test_使っている録音の切れ目は_確かめずには変わらない(published: Room) -> None:
    room = published
    page = received(room)
    with room.logged_in("suzuki") as suzuki, room.logged_in("sato") as sato:
        save = {"do": "save", "take": take(page)}
        assert suzuki.post(PAGE, data=save | {"begin_2": "2.2"}).status_code == 200
        use(sato, sato.get(PAGE).text)
        asked = room.console.builds.recent()
        page = suzuki.get(PAGE).text
        assert "切れ目を保存する</button>" not in page
        assert suzuki.post(PAGE, data=save | {"begin_2": "3.3"}).status_code == 403
        assert borders(sato.get(PAGE).text) == ["2.20"]
        assert room.console.builds.recent() == asked
        done = sato.post(PAGE, data=save | {"begin_2": "2.4"}).text
        assert "終わると、音声の切れ目も変わります。" in done and borders(done) == ["2.40"]


def test_録音は1つずつ受け取り_その間もほかのページは答える(published: Room) -> None:
    with (
        published.logged_in("suzuki") as suzuki,
        published.logged_in("sato") as sato,
        ThreadPoolExecutor(1) as pool,
    ):
        with FileLock(published.settings.cache / "recordings.lock"):  # ほかの人の、長い録音
            sent = pool.submit(upload, suzuki, reading())
            assert sato.get("/staff").status_code == 200
            with pytest.raises(TimeoutError):
                sent.result(timeout=0.5)
        assert "録音を受け取りました。" in sent.result().text


def test_ほかの録音が長ければ_少し待って_もう一度と言う(published: Room) -> None:
    with published.logged_in("suzuki") as suzuki:
        with FileLock(published.settings.cache / "recordings.lock"):
            page = upload(suzuki, reading())
        assert page.status_code == 400 and "もう一度入れてください。" in page.text


def test_見出しにかぎ括弧があっても_題は読める(published: Room) -> None:
    with published.logged_in("suzuki") as suzuki:
        assert "<h1>人の録音『朝市』: " in suzuki.get(PAGE).text


def test_ない節や録音は_ないと言う(published: Room) -> None:
    with published.logged_in("sato") as sato:
        page = upload(sato, reading()).text
        assert sato.get(f"{ALL}/nothing").status_code == 404
        assert sato.get(f"{ALL}/opening_").status_code == 404
        assert sato.get(f"{PAGE}/999").status_code == 404
        other = sato.post(f"{ALL}/market", data={"do": "use", "take": "999"})
        assert other.status_code == 404
        forged = sato.post(
            PAGE, data={"do": "use", "take": take(page)}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert forged.status_code == 403


# ブラウザー ---------------------------------------------------------------------------


# 移った所（秒）。鳴り始めると進むので、移ったときに書きとめる。
SEEKING = """() => {
  window.sought = [];
  const audio = document.getElementById("recording");
  audio.addEventListener("seeking", () => window.sought.push(audio.currentTime));
}"""


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_自動検査は違反を見つけず_文の始まりから聞ける(
    published: Room, browser: Browser, scheme: Any
) -> None:
    rules = CONTRAST if scheme == "dark" else None
    with published.logged_in("sato") as sato:
        upload(sato, reading())
    with browser.new_context(bypass_csp=True, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(published.url + PAGE)
        log_in(page, "sato")
        page.get_by_label("始まり（秒）: 2 番めの文").fill("2.5")
        page.evaluate(SEEKING)
        page.get_by_role("button", name=re.compile("ここから聞く.*2 番めの文")).click()
        page.wait_for_function("document.getElementById('recording').currentTime > 2.5")
        assert page.evaluate("window.sought") == [2.5]
        for place in (ALL, PAGE):
            page.set_viewport_size({"width": 1000, "height": 900})
            page.goto(f"{published.url}{place}")
            assert axe(page, rules) == {}, place
            page.set_viewport_size({"width": 320, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, place
        press(page, "録音を入れる")
        expect(page.get_by_role("alert")).to_contain_text("読んだ人の名前")
        assert axe(page, rules) == {}
